"""What reports hold: order, summary, places with their sections, amounts, all suspects, who made them when."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from tests.conftest import EXAMPLES, checked, undecidable
from tests.unit.test_cli import CLEAN, WRONG
from tests.views import found_in
from yibenzhang.checking.check import check
from yibenzhang.cli import app
from yibenzhang.model.issues import Evidence, Issue, Severity
from yibenzhang.model.places import PagePlace, SheetPlace
from yibenzhang.reports.about import About, grouped_amount, places, summary, suspects
from yibenzhang.reports.excel import write_excel
from yibenzhang.reports.found import FoundFile
from yibenzhang.standards import load

PDF = EXAMPLES / "shanghai-accounts-two-errors.pdf"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, Path]:
    """The text, the page and the workbook of a run over three bodies."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "doubt.txt").write_bytes(undecidable())
    html, excel = folder / "r.html", folder / "r.xlsx"
    files = [str(PDF), str(folder / "doubt.txt"), str(EXAMPLES / "hubei-goals-weak-targets.txt")]
    result = run("check", *files, "--html", str(html), "--excel", str(excel))
    return result.output, html.read_text(encoding="utf-8"), excel


def test_the_worst_first_then_by_page() -> None:
    for name in (
        "shanghai-accounts-two-errors.pdf",
        "jiangsu-three-errors.pdf",
        "hubei-goals-three-errors.pdf",
    ):
        found = checked(name).findings
        order = [(list(Severity).index(f.severity), f.place.page or 0 if f.place else 999) for f in found]
        assert len(order) > 1 and order == sorted(order)


def test_order_knows_sheets_and_what_has_no_place() -> None:
    from yibenzhang.checking.ordering import ordered
    from yibenzhang.model.documents import Cell, Document, Page, Table

    cells = [Cell(0, 0, 1, 1, "x", SheetPlace(sheet, 1, 1)) for sheet in ("后", "前")]
    blocks = tuple(Table(k, (1,), 1, 1, (c,)) for k, c in enumerate(cells))
    document = Document("a.xlsx", "xlsx", "", (Page(1, 0, 0, blocks),))

    def issue(name: str, sheet: str, row: int, severity: Severity = Severity.WARNING) -> Issue:
        place = (Evidence("", "", "", "", "", "x", "", SheetPlace(sheet, row, 1)),) if sheet else ()
        return Issue(name, (), place, severity=severity)

    given = [issue("whole", "", 0), issue("b", "前", 1), issue("a2", "后", 9), issue("a1", "后", 2),
             issue("worst", "前", 5, Severity.ERROR)]  # fmt: skip
    assert [i.rule for i in ordered(given, document)] == ["worst", "a1", "a2", "b", "whole"]


def test_the_summary_says_what_is_to_be_done() -> None:
    told = dict(summary(found_in(check(PDF))))
    assert re.fullmatch(r"必须改正 2 处（第\d+页、第\d+页）", told["must"])
    goals = dict(summary(found_in(checked("hubei-goals-weak-targets.txt"))))
    assert goals["ask"].startswith("需要核实 3 处（第125行") and goals["unchecked"].startswith(
        "未能核对 1 项："
    )


def test_every_face_has_summary_hash_version_and_date(reports: tuple[str, str, Path]) -> None:
    text, page, excel = reports
    digest = hashlib.sha256(PDF.read_bytes()).hexdigest()
    from yibenzhang import __version__

    for face in (text, page):
        assert "必须改正 2 处" in face and "需要核实 3 处" in face and "未能核对" in face
        assert digest in face.replace("\n", "") and re.search(
            rf"Yibenzhang {__version__}，20\d\d-\d\d-\d\d", face
        )
    book = openpyxl.load_workbook(excel)
    head = [c.value for c in book["文件汇总"][1]]
    row = dict(zip(head, [c.value for c in book["文件汇总"][2]], strict=True))
    assert (row["错误"], row["sha256"]) == (2, digest)
    assert __version__ in book["问题清单"].oddFooter.left.text


def test_no_clock_in_the_reports() -> None:
    assert About().line.endswith("0.1.0") and "，" not in About().line
    assert About("2026-01-02").line.endswith("，2026-01-02")


def test_places_name_their_table_or_section(reports: tuple[str, str, Path]) -> None:
    one_checked = checked("hubei-goals-weak-targets.txt")
    found = found_in(one_checked)
    [first] = places(found.findings[0])
    assert first == "第125行（项目支出绩效目标表）"
    assert "第125行（项目支出绩效目标表）" in reports[1]
    written = next(p for p in one_checked.passages if p.section)
    evidence = Evidence("", "", "正文", "", "", "x", "", written.place(0))
    said = found_in(replace(one_checked, findings=(Issue("x", (), (evidence,)),))).findings[0]
    assert said.evidence[0].section == " › ".join(written.section[-2:])
    one = Evidence("f", "t1", "收支总表", "", "", "1", "1", PagePlace(3, 0, 0, 1, 1))
    two = Evidence("g", "t1", "收支总表", "", "", "1", "1", PagePlace(4, 0, 0, 1, 1))
    both = found_in(replace(one_checked, findings=(Issue("x", (), (one, one, two)),))).findings[0]
    assert list(places(both)) == ["第3页、第4页（收支总表）"]


def test_amounts_have_marks_of_thousands_and_their_unit(reports: tuple[str, str, Path]) -> None:
    assert [grouped_amount(x) for x in ("32408814.70", "-72000", "", "9.5", "约三成")] == [
        "32,408,814.70", "-72,000", "", "9.5", "约三成",
    ]  # fmt: skip
    result = run("check", str(EXAMPLES / "shanghai-budget-swapped-digits.pdf"))
    assert "印为 32,408,814.70  应为 32,480,814.70  相差 -72,000.00 元" in result.stdout


def test_all_suspects_are_in_every_face(reports: tuple[str, str, Path]) -> None:
    text, page, excel = reports
    [finding] = [f for f in found_in(check(PDF)).findings if len(f.suspects) > 1]
    told = suspects(finding)
    assert len(told) == len(finding.suspects) > 1
    for one in told:
        printed = one.partition("（")[0].split()[-1]
        assert one in page and printed in text
    sheet = openpyxl.load_workbook(excel)["问题清单"]
    column = [c.value for c in sheet[1]].index("可能有误的数") + 1
    assert "\n".join(told) in [sheet.cell(r, column).value for r in range(2, sheet.max_row + 1)]


def test_the_page_runs_its_own_script_and_no_other(reports: tuple[str, str, Path]) -> None:
    page = reports[1]
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page and "default-src 'none'" in page
    assert '<div class="tools" hidden>' in page and "@page { size:A4" in page
    articles = re.findall(r'<article class="\w+" id="[^"]+" data-severity="(\w+)" data-family="(\w+)">', page)
    assert len(articles) == page.count("<article") > 3


def test_the_list_fits_a4_and_can_be_filtered(reports: tuple[str, str, Path]) -> None:
    book = openpyxl.load_workbook(reports[2])
    assert book.sheetnames[:2] == ["文件汇总", "问题清单"] and book.sheetnames[-2:] == ["未能核对", "各表"]
    assert len(book.sheetnames) >= 6, "a sheet for each of several bodies"
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.page_setup.fitToHeight == 0 and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.auto_filter.ref.startswith("A1:") and sheet.freeze_panes == "A2"
        last = openpyxl.utils.cell.range_boundaries(sheet.print_area.rpartition("!")[2].replace("$", ""))[2]
        wide = sum(
            sheet.column_dimensions[openpyxl.utils.get_column_letter(c)].width for c in range(1, last + 1)
        )
        assert wide * 5.6 * 11 / 11 <= 27.7 / 2.54 * 72 * 11 / 8.5, (
            f"{sheet.title}: type smaller than 8.5 points"
        )
    mine = book["问题清单"]
    assert all(mine.row_dimensions[r].height >= 15 for r in range(2, mine.max_row + 1))


def test_names_of_sheets_are_what_excel_allows(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WRONG, encoding="utf-8")
    checked = check(tmp_path / "a.txt")
    names = ["问题清单", "市[甲]/乙:局*?", "很长的" * 30, "很长的" * 31, "'引号'", "\x1b局"]
    results = [
        FoundFile(f"{k}.txt", found_in(replace(checked, profile=replace(checked.profile, body=n))))
        for k, n in enumerate(names)
    ]
    write_excel(tmp_path / "r.xlsx", results, load())
    titles = openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames
    assert len(titles) == len(names) + 4 == len({t.lower() for t in titles})
    assert all(len(t) <= 31 and not set(t) & set("[]:*?/\\'\x1b") for t in titles)
    (tmp_path / "b.txt").write_text(CLEAN, encoding="utf-8")
    write_excel(tmp_path / "r.xlsx", [FoundFile("b.txt", found_in(check(tmp_path / "b.txt")))], load())
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames == [
        "文件汇总",
        "问题清单",
        "未能核对",
        "各表",
    ]


def test_quotations_are_whole_clauses() -> None:
    from yibenzhang.model.documents import Paragraph
    from yibenzhang.model.places import LinePlace
    from yibenzhang.prose.passages import Passage, flat

    printed = "一般公共预算 1,234.50万元，比上年增加40万元，增幅100.0%。主要原因是：人员经费增加；其他。"
    p = Passage(flat(printed), (), ((0, Paragraph(printed, LinePlace(1, 0, len(printed)))),))

    def quoted(words: str, **how: int) -> str:
        at = p.text.index(words)
        return p.clauses(at, at + len(words), **how)

    assert quoted("40万元") == "比上年增加40万元"
    assert quoted("40万元,增幅100.0%") == "比上年增加40万元，增幅100.0%"
    assert quoted("34.50") == "一般公共预算 1,234.50万元", "a mark of thousands ends no clause"
    assert quoted("经费") == "人员经费增加" and quoted("其他") == "其他"
    assert quoted("1,234.50万元,比上年增加40万元,增幅100.0%", most=20) == "一般公共预算 1,234.50万元"
    long = "甲" * 300
    assert Passage(long, (), ((0, Paragraph(long, LinePlace(1, 0, 300))),)).clauses(100, 103) == "甲甲甲"


def test_several_files_stand_worst_first_with_a_sentence_on_top(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    names = (
        "hubei-clean.txt",
        "hubei-goals-weak-targets.txt",
        "hubei-wrong-digit.txt",
        "hubei-lost-point.txt",
    )
    html, excel = tmp_path / "a.html", tmp_path / "a.xlsx"
    options = ["--html", str(html), "--excel", str(excel)]
    CliRunner().invoke(app, ["check", *(str(EXAMPLES / n) for n in names), *options])
    text = html.read_text(encoding="utf-8")
    assert "4 份文件：2 份有错误" in text and "1 份只有疑问，1 份没有发现问题。" in text
    order = [text.index(f">{EXAMPLES / n}</a>") for n in reversed(names)]
    assert order == sorted(order), "most errors first, the clean one last"
    book = load_workbook(excel)
    assert [Path(str(r[0].value)).name for r in book["文件汇总"].iter_rows(min_row=2)] == list(
        reversed(names)
    )
    assert "prefers-color-scheme: dark" in text
