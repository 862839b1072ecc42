"""Files that are parts of one disclosure: found, checked across, told; and those that only look so."""

from __future__ import annotations

import io
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pypdfium2 as pdfium
import pytest
from typer.testing import CliRunner

from tests.conftest import checked
from tests.ofds import from_pdf, zipped
from yibenzhang.checking.check import check, check_document, check_together
from yibenzhang.checking.multi_file import groups_of, same_body
from yibenzhang.cli import app
from yibenzhang.reading import read_data

pytestmark = pytest.mark.middle  # workers for each folder

EXAMPLES = Path(__file__).parents[2] / "examples"
TEXT, TABLES = (0, 1, 2, 9, 10, 11, 12), (3, 4, 5, 6, 7, 8)
"""The pages of the Jiangsu example with sentences, and those with tables."""


def pages(name: str, kept: tuple[int, ...]) -> bytes:
    out = pdfium.PdfDocument.new()
    out.import_pages(pdfium.PdfDocument((EXAMPLES / name).read_bytes()), list(kept))
    data = io.BytesIO()
    out.save(data)
    return data.getvalue()


def prose(change: tuple[str, str] = ("", "")) -> str:
    """The sentences of the example as a text file, one of them changed."""
    document = read_data("a", pages("jiangsu-clean.pdf", TEXT))
    text = "\n\n".join(p.text for p in document.paragraphs())
    assert change[0] in text
    return text.replace(*change, 1) if change[0] else text


def report(*arguments: str | Path) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["check", *map(str, arguments), "--format", "json"])
    found: dict[str, Any] = json.loads(result.stdout)
    schema = json.loads((files("yibenzhang.reports") / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(found, schema)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "公开文件.pdf").write_bytes(pages("jiangsu-clean.pdf", TEXT))
    (tmp_path / "公开表格.pdf").write_bytes(pages("jiangsu-clean.pdf", TABLES))
    return tmp_path


def test_text_and_tables_are_one_disclosure(folder: Path) -> None:
    whole = checked("jiangsu-clean.pdf")
    found = report(folder)
    [group] = found["groups"]
    assert [Path(f).name for f in group["files"]] == ["公开文件.pdf", "公开表格.pdf"]
    assert (group["body"], group["fiscal_year"], group["stage"]) == ("江苏省湖荡保护厅", 2018, "budget")
    assert found["across"] == []
    covered = [d["coverage"] for d in found["documents"]]
    assert sum(c["numbers"] for c in covered) == whole.coverage.numbers
    assert sum(c["proved"] for c in covered) == whole.coverage.proved
    assert all(d["findings"] == [] and d["group"] == 1 for d in found["documents"])


def test_alone_or_switched_off_nothing_changes(folder: Path) -> None:
    one = report(folder / "公开文件.pdf")
    assert "groups" not in one
    off = report(folder, "--no-group")
    assert "groups" not in off and all("group" not in d for d in off["documents"])


def test_the_text_is_proved_by_the_tables_of_the_other_file(tmp_path: Path) -> None:
    # every number stands once: no sentence proves another
    once = re.sub(r"\d[\d,]*\.\d+万元", "若干万元", prose()).replace("若干万元", "15,168.72万元", 1)
    statement = once.replace("若干万元", "相应金额")
    (tmp_path / "text.txt").write_text(statement, encoding="utf-8")
    (tmp_path / "tables.ofd").write_bytes(from_pdf(pages("jiangsu-clean.pdf", TABLES)))
    proved = [
        {Path(d["path"]).name: d["coverage"]["proved"] for d in report(tmp_path, *how)["documents"]}
        for how in ((), ("--no-group",))
    ]
    assert proved[0]["text.txt"] > proved[1]["text.txt"]


def test_the_text_is_checked_against_the_tables_of_the_other_file(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(
        prose(("支出预算总计15,168.72万元", "支出预算总计15,186.72万元")), encoding="utf-8"
    )
    (tmp_path / "tables.ofd").write_bytes(from_pdf(pages("jiangsu-clean.pdf", TABLES)))
    found = report(tmp_path)
    across = [f for f in found["across"] if f["severity"] == "error"]
    assert across
    evidence = {Path(e["file"]).name for f in across for e in f["evidence"]}
    assert evidence == {"text.txt", "tables.ofd"}
    assert any("15,186.72" in f["message"] for f in across)
    assert any(f["reported"] == "15186.72" and f["expected"] == "15168.72" for f in across)
    assert found["groups"][0]["findings"] == [f["id"] for f in found["across"]]
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "同一份公开" in result.stdout


def test_the_same_table_in_two_files_is_compared(tmp_path: Path) -> None:
    (tmp_path / "whole.pdf").write_bytes((EXAMPLES / "jiangsu-clean.pdf").read_bytes())
    (tmp_path / "tables.ofd").write_bytes(from_pdf(pages("jiangsu-clean.pdf", TABLES)))
    found = report(tmp_path)
    assert found["across"] == [] and len(found["groups"]) == 1
    wrong = from_pdf(pages("jiangsu-two-tables-differ.pdf", TABLES))
    (tmp_path / "tables.ofd").write_bytes(wrong)
    found = report(tmp_path)
    rules = {r["rule"] for f in found["across"] for r in f["relations"]}
    assert "together.same" in rules
    rows = {s["evidence"]["row"] for f in found["across"] for s in f["suspects"]}
    alone = checked("jiangsu-two-tables-differ.pdf")
    assert {s.evidence.row for f in alone.findings for s in f.suspects} & rows


def test_a_table_in_the_other_file_is_not_missing(tmp_path: Path) -> None:
    most = tuple(k for k in TABLES if k not in (3,))  # 收支预算总表 and 收入预算总表 stand on that page
    (tmp_path / "text.pdf").write_bytes(pages("jiangsu-clean.pdf", (*TEXT[:3], *most, *TEXT[3:])))
    (tmp_path / "rest.pdf").write_bytes(pages("jiangsu-clean.pdf", (3,)))
    alone = report(tmp_path / "text.pdf")
    assert "presence.listed" in {f["rule"] for f in alone["documents"][0]["findings"]}
    found = report(tmp_path)
    assert len(found["groups"]) == 1
    assert {f["rule"] for d in found["documents"] for f in d["findings"]} == set()


def test_versions_of_one_file_are_not_parts(tmp_path: Path) -> None:
    for name in ("jiangsu-clean.pdf", "jiangsu-three-errors.pdf"):
        (tmp_path / name).write_bytes((EXAMPLES / name).read_bytes())
    found = report(tmp_path)
    assert "groups" not in found and found["across"] == []


def test_two_candidates_are_no_choice_and_that_is_said(folder: Path) -> None:
    (folder / "旧表格.pdf").write_bytes(pages("jiangsu-two-tables-differ.pdf", TABLES))
    found = report(folder)
    assert "groups" not in found
    assert all("together.same" in {n["rule"] for n in d["not_checked"]} for d in found["documents"])


def test_other_years_bodies_and_stages_are_kept_apart(folder: Path) -> None:
    (folder / "budget.txt").write_text(prose().replace("2018", "2019"), encoding="utf-8")
    (folder / "body.txt").write_text(prose().replace("湖荡保护厅", "山林保护厅"), encoding="utf-8")
    found = report(folder)
    [group] = found["groups"]
    assert [Path(f).name for f in group["files"]] == ["公开文件.pdf", "公开表格.pdf"]


def test_what_a_part_does_not_say_is_taken_from_its_folder(folder: Path) -> None:
    text = prose().replace("2018年度", "").replace("2018年", "")
    (folder / "公开文件.pdf").unlink()
    (folder / "说明.txt").write_text(text, encoding="utf-8")
    assert report(folder / "说明.txt")["documents"][0]["profile"]["fiscal_year"] is None
    found = report(folder)
    assert len(found["groups"]) == 1
    profile = next(d for d in found["documents"] if d["path"].endswith("说明.txt"))["profile"]
    assert profile["fiscal_year"] == 2018
    (folder / "更早.pdf").write_bytes(pages("shanghai-budget-clean.pdf", tuple(range(4, 12))))
    assert len(report(folder)["groups"]) == 1  # of another region: no choice opens


def test_subfolders_and_archives(folder: Path) -> None:
    data = {p.name: p.read_bytes() for p in sorted(folder.iterdir())}
    box = folder / "A.zip"
    box.write_bytes(zipped({f"{n[:4]}/{n}": d for n, d in data.items()}))
    found = report(box)
    assert [Path(f).name for f in found["groups"][0]["files"]] == ["公开文件.pdf", "公开表格.pdf"]
    assert len(report(*sorted(folder.glob("*.pdf")))["groups"]) == 1


def test_a_group_in_html_and_excel(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(
        prose(("支出预算总计15,168.72万元", "支出预算总计15,186.72万元")), encoding="utf-8"
    )
    (tmp_path / "tables.pdf").write_bytes(pages("jiangsu-clean.pdf", TABLES))
    html, excel = tmp_path / "r.html", tmp_path / "r.xlsx"
    inputs = [str(tmp_path / n) for n in ("text.txt", "tables.pdf")]
    CliRunner().invoke(app, ["check", *inputs, "--html", str(html), "--excel", str(excel)])
    page = html.read_text(encoding="utf-8")
    assert "同一份公开：江苏省湖荡保护厅" in page and "15,186.72" in page and "tables.pdf 第" in page
    book = openpyxl.load_workbook(excel)
    names = [row[1].value for row in book["问题清单"].iter_rows(min_row=2)]
    assert "text.txt、tables.pdf" in names
    told = [row[0].value for row in book["文件汇总"].iter_rows(min_row=2)]
    assert "同一份公开：text.txt、tables.pdf" in told


def test_names_of_one_body() -> None:
    assert same_body("中国共产党江苏省委员会办公厅", "江苏省委办公厅")
    assert same_body("中共甲省委办公厅", "甲省委办公厅")
    assert same_body("临江区人民政府办公室", "临江区政府办公室（本级）")
    assert same_body("", "甲局")
    assert not same_body("甲区教育局", "乙区教育局")
    assert not same_body("甲区财政局", "甲区教育局")


def test_nothing_to_group() -> None:
    assert groups_of([]) == ([], {})


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
def test_errors_planted_in_the_text_are_found_by_the_tables_of_the_other_file(step: int) -> None:
    """Every amount of the text, or every fifth, with a wrong first digit, one at a time."""
    tables = read_data("t.pdf", pages("jiangsu-clean.pdf", TABLES))
    text = prose()
    profile = check_document(read_data("a.txt", text.encode())).profile
    planted = together = alone = 0
    for m in [*re.finditer(r"\d[\d,]*\.\d\d(?=万元)", text)][::step]:
        digit = "8" if m.group()[0] != "8" else "3"
        changed = read_data("a.txt", (text[: m.start()] + digit + text[m.start() + 1 :]).encode())
        planted += 1
        alone += bool(check_document(changed).findings)
        together += bool(check_together([changed, tables], ["a.txt", "t.pdf"], profile).findings)
    print(f"\namount: {together} of {planted} found with the tables of the other file, {alone} without")
    assert planted > 20 // step
    assert planted - together <= max(1, 0.05 * planted)
    assert together > alone


def test_tables_that_do_not_say_whose_they_are_go_to_the_text_with_the_same_amounts(tmp_path: Path) -> None:
    """Two bodies in one folder, each with a text and with tables without a name."""
    table = "收支总表\n单位：万元\n收入\t预算数\t支出\t预算数\n一、财政拨款\t{a}\t一、一般公共服务支出\t{b}\n二、其他收入\t{c}\t二、住房保障支出\t{d}\n收入总计\t{t}\t支出总计\t{t}\n"
    text = "示范市{n}局2026年部门预算\n收入预算{t}万元，其中：财政拨款{a}万元，其他收入{c}万元。\n支出预算{t}万元，其中：一般公共服务支出{b}万元，住房保障支出{d}万元。\n共有车辆3辆，设备5台，房屋2个。\n"
    for name, n, amounts in (("一", "数据", (812.35, 700.15, 63.4)), ("二", "审计", (953.27, 820.6, 41.92))):
        a, b, c = amounts
        values = {"a": a, "b": b, "c": c, "d": f"{a + c - b:.2f}", "t": f"{a + c:.2f}", "n": n}
        (tmp_path / f"文字{name}.txt").write_text(text.format(**values), encoding="utf-8")
        (tmp_path / f"表{name}.txt").write_text(table.format(**values), encoding="utf-8")
    groups, _ = groups_of([(str(p), check(p)) for p in sorted(tmp_path.iterdir())])
    assert sorted(g.names for g in groups) == [("文字一.txt", "表一.txt"), ("文字二.txt", "表二.txt")]
