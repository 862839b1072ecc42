"""The command line as a person or a script uses it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests.office import VARIANTS, documents
from tests.pdfs import IMAGE, pdf
from yibenzhang.cli import app

CLEAN = """上海市临江区示范局2026年部门预算
支出总表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
\t合计\t130.00\t100.00\t30.00
201\t一般公共服务支出\t110.00\t80.00\t30.00
20101\t人大事务\t110.00\t80.00\t30.00
2010101\t行政运行\t80.00\t80.00\t0.00
2010102\t一般行政管理事务\t30.00\t0.00\t30.00
208\t社会保障和就业支出\t20.00\t20.00\t0.00
"""
WRONG = CLEAN.replace("行政运行\t80.00\t80.00", "行政运行\t89.00\t80.00")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clean.txt").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "wrong.txt").write_text(WRONG, encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    return tmp_path


def test_status_says_clean_errors_or_unread(folder: Path) -> None:
    assert run("check", str(folder / "clean.txt")).exit_code == 0
    assert run("check", str(folder / "wrong.txt")).exit_code == 1
    assert run("check", str(folder / "broken.pdf")).exit_code == 2
    assert run("check", str(folder / "nowhere.txt")).exit_code == 2
    assert run("check", str(folder)).exit_code == 1


def test_an_unread_image_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdf([IMAGE]))
    result = run("check", str(tmp_path / "scan.pdf"), "--format", "json")
    assert result.exit_code == 2
    [document] = json.loads(result.stdout)["documents"]
    assert [f["rule"] for f in document["findings"]] == ["reading.page"]


def test_the_cell_and_its_value_are_named(folder: Path) -> None:
    result = run("check", str(folder / "wrong.txt"), "--format", "json")
    [document] = json.loads(result.stdout)["documents"]
    [finding] = document["findings"]
    assert (finding["reported"], finding["expected"], finding["difference"]) == ("89.00", "80.00", "9.00")
    assert finding["severity"] == "error"
    assert finding["suspects"][0]["evidence"]["row"] == "行政运行"
    assert finding["suspects"][0]["evidence"]["place"].startswith("l8:")
    assert len(finding["relations"]) == 2
    assert document["profile"]["fiscal_year"] == 2026


def test_json_keeps_its_contract(folder: Path) -> None:
    schema = json.loads((files("yibenzhang.reports") / "report.schema.json").read_text(encoding="utf-8"))
    report = json.loads(run("check", str(folder), "--format", "json").stdout)
    jsonschema.validate(report, schema)
    assert [Path(d["path"]).name for d in report["documents"]] == ["broken.pdf", "clean.txt", "wrong.txt"]
    assert report["documents"][0]["error"]


def test_one_bad_file_does_not_stop_the_others(folder: Path) -> None:
    result = run("check", str(folder), str(folder / "nowhere.txt"), "--jobs", "2")
    assert "未能读取" in result.stdout
    assert "应为 80.00" in result.stdout
    assert "没有发现问题" in result.stdout


def test_globs(folder: Path) -> None:
    report = json.loads(run("check", str(folder / "*.txt"), "--format", "json").stdout)
    assert len(report["documents"]) == 2


def test_reports_are_written(folder: Path) -> None:
    html, excel = folder / "r.html", folder / "r.xlsx"
    run(
        "check",
        str(folder / "clean.txt"),
        str(folder / "wrong.txt"),
        "--html",
        str(html),
        "--excel",
        str(excel),
    )
    page = html.read_text(encoding="utf-8")
    assert "行政运行" in page and "contradicted" in page
    assert "http://" not in page and "https://" not in page and page.count("<script") == 1
    book = openpyxl.load_workbook(excel)
    assert book.sheetnames == ["文件汇总", "问题清单", "未能核对", "各表"]
    assert book["问题清单"]["G2"].value == 89.0


def test_a_report_cannot_be_smuggled_into(tmp_path: Path) -> None:
    evil = WRONG.replace("行政运行", '=HYPERLINK("x")<script>alert(1)</script>')
    (tmp_path / "e.txt").write_text(evil, encoding="utf-8")
    html, excel = tmp_path / "r.html", tmp_path / "r.xlsx"
    run("check", str(tmp_path / "e.txt"), "--html", str(html), "--excel", str(excel))
    assert html.read_text(encoding="utf-8").count("<script") == 1  # its own, and its policy lets no other run
    rows = openpyxl.load_workbook(excel)["问题清单"].iter_rows(min_row=2)
    assert all(cell.data_type != "f" for row in rows for cell in row)


def test_a_report_that_cannot_be_written_is_said(folder: Path) -> None:
    result = run("check", str(folder / "clean.txt"), "--html", str(folder / "no" / "r.html"))
    assert result.exit_code == 2


def test_tables_and_facts(folder: Path) -> None:
    [table] = json.loads(run("tables", str(folder / "clean.txt"), "--format", "json").stdout)
    assert (table["title"], table["standard"], table["header_rows"]) == ("支出总表", "budget.expenditure", 1)
    assert table["rows"][1] == ["", "合计", "130.00", "100.00", "30.00"]
    facts = json.loads(run("facts", str(folder / "clean.txt"), "--format", "json").stdout)
    assert {f["measure"] for f in facts} == {"total", "basic", "project"}
    assert "行政运行" in run("tables", str(folder / "clean.txt")).stdout
    assert "行政运行" in run("facts", str(folder / "clean.txt")).stdout
    assert run("tables", str(folder / "broken.pdf")).exit_code == 2


def test_explain(folder: Path) -> None:
    assert "total.columns" in run("explain").stdout
    shown = run("explain", "total.rows").stdout
    assert "依据" in shown and "例子" in shown
    assert run("explain", "total.rwos").exit_code == 2


def test_a_word_and_a_title_of_ones_own(tmp_path: Path) -> None:
    layer = tmp_path / "mine"
    (layer / "lexicon").mkdir(parents=True)
    (layer / "tables.toml").write_text(
        '[[table]]\nid = "budget.expenditure"\ntitles = ["支出安排一览"]\n', encoding="utf-8"
    )
    (layer / "lexicon" / "words.toml").write_text('[kind.project]\nwords = ["办大事"]\n', encoding="utf-8")
    text = CLEAN.replace("支出总表", "支出安排一览").replace("项目支出\n", "办大事\n")
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    plain = json.loads(run("check", str(tmp_path / "a.txt"), "--format", "json").stdout)["documents"][0]
    assert plain["tables"][0]["standard"] is None
    assert any("办大事" in n["reason"] for n in plain["not_checked"])
    report = json.loads(
        run("check", str(tmp_path / "a.txt"), "--format", "json", "--standards", str(layer)).stdout
    )["documents"][0]  # fmt: skip
    assert report["tables"][0]["standard"] == "budget.expenditure"
    assert not any("办大事" in n["reason"] for n in report["not_checked"])


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("rules/mine.toml", '[[rule]]\nid = "mine.one"\nseverity = "error"\n', "mine.one"),
        ("lexicon/words.toml", '[kind.nothing]\nwords = ["办大事"]\n', "kind.nothing"),
        ("sums.toml", '[[columns]]\nid = "columns.mine"\n', "sums.toml"),
    ],
)
def test_data_that_is_wrong_is_named(tmp_path: Path, folder: Path, file: str, text: str, word: str) -> None:
    (tmp_path / "mine" / file).parent.mkdir(parents=True)
    (tmp_path / "mine" / file).write_text(text, encoding="utf-8")
    result = run("check", str(folder / "clean.txt"), "--standards", str(tmp_path / "mine"))
    assert result.exit_code == 2
    assert word in result.output


OFFICE = {
    ".xlsx": "1!B31", ".docx": "第1个表第27行第2列", ".html": "第1个表第27行第2列",
}  # fmt: skip
"""Where the first planted error of the example stands in each kind of file."""


@pytest.mark.middle
@pytest.mark.parametrize("suffix", OFFICE)
def test_office_files_from_end_to_end(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_bytes(VARIANTS[suffix](documents()["hubei-lost-point.txt"]))
    file, page, excel = str(tmp_path / f"a{suffix}"), tmp_path / "out.htm", tmp_path / "out.xls"
    shown = run("check", file, "--html", str(page), "--excel", str(excel))
    assert shown.exit_code == 1
    assert OFFICE[suffix] in shown.stdout
    assert f"位置：{OFFICE[suffix]}" in page.read_text(encoding="utf-8")
    assert openpyxl.load_workbook(excel.open("rb"))["问题清单"]["F2"].value.startswith(OFFICE[suffix])
    report = json.loads(run("check", str(tmp_path / f"a{suffix}"), "--format", "json").stdout)
    schema = json.loads((files("yibenzhang.reports") / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)
    evidence = report["documents"][0]["findings"][0]["evidence"][0]
    assert (evidence["page"], evidence["value"]) == (None, "4408.31")
    assert evidence["place"].startswith("x:1!" if suffix == ".xlsx" else "d:t1r")
    assert len(json.loads(run("tables", file, "--format", "json").stdout)) == 10
    assert suffix != ".xlsx" or "工作表“10”" in run("tables", file).stdout
    assert OFFICE[suffix] in {f["where"] for f in json.loads(run("facts", file, "--format", "json").stdout)}


@pytest.mark.middle
def test_a_folder_of_office_files(tmp_path: Path) -> None:
    for suffix in OFFICE:
        (tmp_path / f"a{suffix}").write_bytes(VARIANTS[suffix](documents()["hubei-clean.txt"]))
    (tmp_path / "a_files").mkdir()
    (tmp_path / "a_files" / "menu.js").write_text("var a = 1;", encoding="utf-8")  # beside a saved page
    (tmp_path / "~$a.docx").write_bytes(b"lock")
    report = json.loads(run("check", str(tmp_path), "--format", "json").stdout)
    assert [Path(d["path"]).name for d in report["documents"]] == ["a.docx", "a.html", "a.xlsx"]
    assert [d["findings"] for d in report["documents"]] == [[], [], []]
