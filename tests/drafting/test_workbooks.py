"""Workbooks that are wrong get a list of cells with reasons, and nothing is written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from yibenzhang.cli import app
from yibenzhang.drafting.invented import Shape, body
from yibenzhang.drafting.template import write_figures, write_template
from yibenzhang.drafting.workbook import WorkbookError, read_workbook

Edit = Callable[[Any], None]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "figures.xlsx"
    write_figures(body(3, 4, "hubei", "budget", 2026, Shape(2, 3)), path)
    return path


def errors_of(path: Path, edit: Edit) -> list[str]:
    book = load_workbook(path)
    edit(book)
    book.save(path)
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    return [str(e) for e in caught.value.errors]


def put(sheet: str, cell: str, value: object) -> Edit:
    def edit(book: Any) -> None:
        book[sheet][cell] = value

    return edit


WRONG: list[tuple[str, Edit, str]] = [
    ("missing sheet", lambda b: b.remove(b["国有资产"]), "缺少工作表“国有资产”"),
    ("text in a number cell", put("收入", "D2", "三万"), "收入!D2：“金额”应是数，填的是“三万”"),
    ("unknown code", put("基本支出", "B3", "2018888"), "基本支出!B3：不认识的科目编码 2018888"),
    ("code of another level", put("基本支出", "B3", "20141"), "基本支出!B3：功能科目编码应是七位"),
    ("formula error", put("项目支出", "F2", "#DIV/0!"), "项目支出!F2：公式出错（#DIV/0!）"),
    ("formula without a result", put("项目支出", "F2", "=F3+1"), "项目支出!F2：公式还没有算出结果"),
    ("two rows with one code", lambda b: b["单位"].__setitem__("A3", b["单位"]["A2"].value), "单位!A3：与第 2 行重复"),
    ("unknown unit", put("收入", "A2", "999999"), "收入!A2：“单位”表中没有编码 999999"),
    ("unknown choice", put("收入", "B2", "借款"), "收入!B2：“资金来源”只能填"),
    ("missing column", put("收入", "D1", "数额"), "收入!A1：缺少“金额”一栏"),
    ("blank where something must be", put("收入", "D2", None), "收入!D2：“金额”没有填"),
    ("year", put("基本信息", "B2", "明年"), "基本信息!B2：“年度”应是四位年份"),
    ("no body", put("基本信息", "B1", None), "基本信息!B1：“单位名称”没有填"),
    ("empty sheet that must not be", lambda b: b["单位"].delete_rows(2, 50), "“单位”一行也没有填"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "told"), [(e, t) for _, e, t in WRONG], ids=[n for n, _, _ in WRONG])
def test_wrong_cells_are_told_with_their_reason(filled: Path, edit: Edit, told: str) -> None:
    errors = errors_of(filled, edit)
    assert any(e.startswith(told) or told in e for e in errors), errors


def test_all_errors_are_told_at_once(filled: Path) -> None:
    def both(book: Any) -> None:
        put("收入", "D2", "三万")(book)
        put("项目支出", "F2", "#REF!")(book)

    errors = errors_of(filled, both)
    assert any("收入!D2" in e for e in errors)
    assert any("项目支出!F2" in e for e in errors)


def test_the_filled_workbook_reads_without_errors(filled: Path) -> None:
    assert read_workbook(filled).entries


def test_a_file_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(WorkbookError, match="不是能打开的 xlsx"):
        read_workbook(path)


@pytest.mark.parametrize("region", ["hubei", "shanghai", "jiangsu", "national"])
@pytest.mark.parametrize("stage", ["budget", "accounts"])
def test_the_empty_workbook_asks_only_for_what_is_needed(region: str, stage: str, tmp_path: Path) -> None:
    path = tmp_path / "new.xlsx"
    write_template(path, stage, region)
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    assert {str(e).partition("：")[0] for e in caught.value.errors} == {
        "基本信息!B1",
        "基本信息!B2",
        "基本信息!B6",
    }


def run(*args: str) -> Any:
    return CliRunner().invoke(app, ["draft", *args])


def test_command_line_writes_all_or_nothing(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    good = run(str(filled), "--out", str(out), "--format", "txt,json,csv,html")
    assert good.exit_code == 0, good.output
    assert {p.suffix for p in out.iterdir()} == {".txt", ".json", ".csv", ".html"}
    book = load_workbook(filled)
    book["收入"]["D2"] = 1
    book.save(filled)
    out = tmp_path / "none"
    bad = run(str(filled), "--out", str(out), "--format", "txt,docx")
    assert bad.exit_code == 1
    assert "balance" in bad.output
    assert "收入!D2" in bad.output
    assert not out.exists()


def test_a_stated_total_that_differs_is_told_at_its_cell(filled: Path, tmp_path: Path) -> None:
    book = load_workbook(filled)
    book["批复总数"]["A2"], book["批复总数"]["B2"] = "项目支出", 123
    book.save(filled)
    bad = run(str(filled), "--out", str(tmp_path / "out"))
    assert bad.exit_code == 1
    assert "批复总数!B2" in bad.output


def test_a_missing_reason_is_asked_for_and_not_invented(filled: Path, tmp_path: Path) -> None:
    book = load_workbook(filled)
    sheet = book["文字说明"]
    sheet.delete_rows(2, sheet.max_row)
    book["上年数"]["A2"], book["上年数"]["B2"] = "收入总计", 1000
    book.save(filled)
    form = tmp_path / "ask.toml"
    bad = run(str(filled), "--out", str(tmp_path / "out"), "--ask", str(form))
    assert bad.exit_code == 1
    assert "reason.income_total" in bad.output
    assert "duties" in form.read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()
    form.write_text(form.read_text(encoding="utf-8").replace('""', '"按工作需要安排"'), encoding="utf-8")
    good = run(str(filled), "--out", str(tmp_path / "out"), "--notes", str(form), "--format", "txt")
    assert good.exit_code == 0, good.output


def test_last_years_document_gives_the_changes(tmp_path: Path) -> None:
    for year in (2025, 2026):
        write_figures(body(3, 4, "hubei", "budget", year, Shape(2, 3)), tmp_path / f"{year}.xlsx")
    out = tmp_path / "out"
    assert run(str(tmp_path / "2025.xlsx"), "--out", str(out), "--format", "txt").exit_code == 0
    [before] = out.iterdir()
    by_document = run(
        str(tmp_path / "2026.xlsx"), "--last", str(before), "--out", str(tmp_path / "a"), "--format", "txt"
    )
    by_workbook = run(
        str(tmp_path / "2026.xlsx"),
        "--last",
        str(tmp_path / "2025.xlsx"),
        "--out",
        str(tmp_path / "b"),
        "--format",
        "txt",
    )
    assert by_document.exit_code == by_workbook.exit_code == 0, by_document.output + by_workbook.output
    texts = [next(d.iterdir()).read_text(encoding="utf-8") for d in (tmp_path / "a", tmp_path / "b")]
    assert "比上年" in texts[0]
    income = [next(line for line in t.splitlines() if "收入预算总额为" in line) for t in texts]
    assert income[0] == income[1]


@pytest.mark.parametrize(
    ("args", "told"),
    [(["--new", "x"], "budget 或 accounts"), ([], "请给出工作簿"), (["a.xlsx", "--format", "doc"], "不认识的格式 doc"),
     (["--new", "budget", "--region", "hunan"], "没有 hunan-budget 的编制样式")],
)  # fmt: skip
def test_the_command_line_says_what_it_needs(args: list[str], told: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert told in result.output.replace("\n", "")


def test_a_bomb_is_not_unpacked(tmp_path: Path, filled: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(filled) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            extra = b" " * 20_000_000 if name == "xl/styles.xml" else b""
            new.writestr(name, old.read(name) + extra)
    with pytest.raises(WorkbookError, match="不是能打开的 xlsx"):
        read_workbook(bomb)
