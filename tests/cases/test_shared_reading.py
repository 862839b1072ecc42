"""The small made-up files of ../shared/cases that an earlier version read wrong: each as its table says."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.issues import Severity
from yibenzhang.reading import ReadingError, read
from yibenzhang.reading.extra import installed

SHARED = Path(__file__).parents[3] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not here")
RIGHT = {
    ("合计", "合计"): "2110.68", ("合计", "基本支出"): "612.08", ("合计", "项目支出"): "1498.60",
    ("201", "合计"): "2110.68", ("201", "基本支出"): "612.08", ("201", "项目支出"): "1498.60",
    ("20141", "合计"): "2110.68", ("20141", "基本支出"): "612.08", ("20141", "项目支出"): "1498.60",
    ("2014101", "合计"): "612.08", ("2014101", "基本支出"): "612.08", ("2014101", "项目支出"): "0.00",
    ("2014102", "合计"): "1498.60", ("2014102", "基本支出"): "0.00", ("2014102", "项目支出"): "1498.60",
}  # fmt: skip
READ = [
    "00-control.pdf", "01-superscript.pdf", "02-circled-mark.pdf", "03-clipped-name.pdf", "04-watermark.pdf", "06-three-line.pdf",
    "10-turned-header.pdf", "12-underline.pdf", "20-control.html", "21-zero-width.html", "23-class-hidden.html", "25-sup.html",
    "30-control.csv", "31-semicolon.csv", "32-equals.csv", "40-control.docx", "41-celldel.docx",
]  # fmt: skip


def _checked(name: str) -> Checked:
    return check_document(read(SHARED / "reading" / name))


def _numbers(checked: Checked) -> dict[tuple[str, str], str]:
    return {
        (v.rows[r].code or v.rows[r].label, "/".join(v.columns[c].path)): f"{f.amount.value:f}"
        for v in checked.views
        for (r, c), f in v.cells.items()
        if f.amount is not None
    }


def _serious(checked: Checked) -> list[str]:
    return [f.rule for f in checked.findings if f.severity in (Severity.ERROR, Severity.WARNING)]


@pytest.mark.parametrize("name", READ)
def test_read_right(name: str) -> None:
    checked = _checked(name)
    assert _numbers(checked) == RIGHT
    assert not _serious(checked)


@pytest.mark.parametrize("name", ["08-hash.pdf", "09-letter-O.pdf"])
def test_told_at_the_cell(name: str) -> None:
    checked = _checked(name)
    assert _serious(checked) == ["reading.cell"]
    [told] = [f for f in checked.findings if f.rule == "reading.cell"]
    assert (told.evidence[0].row, told.evidence[0].column) == ("一般行政管理事务", "项目支出")
    got = _numbers(checked)
    assert all(got[k] == v for k, v in RIGHT.items() if k in got)
    assert len(got) == len(RIGHT) - 1


def test_underlined_error_is_found() -> None:
    found = _checked("12-underline-err.pdf").findings
    assert [(f.rule, f.expected) for f in found if f.severity == Severity.ERROR] == [
        ("total.rows", "1498.60")
    ]


def test_outlines_are_read_or_told() -> None:
    checked = _checked("13-outline.pdf")
    assert not _serious(checked)
    if installed():
        assert _numbers(checked) == RIGHT
    else:
        assert any(n.unread for n in checked.document.notices)


def test_negatives_in_dress() -> None:
    checked = _checked("34-bracket-negative.csv")
    assert sorted(v for v in _numbers(checked).values() if v.startswith("-")) == ["-25.00"]
    assert set(_serious(checked)) <= {"signs.negative"}


def test_slip_in_yuan_is_found() -> None:
    found = _checked("43-yuan-in-text.docx").findings
    assert any("14,968,000" in f.message and "14,986,000" in f.message for f in found)


def test_open_quote_is_told_with_its_line() -> None:
    checked = check_document(read(SHARED / "hostile" / "csv-quote.csv"))
    assert any("第 9 行" in n.message for n in checked.document.notices)
    assert any("999.00" in f.message for f in checked.findings if f.severity == Severity.ERROR)


@pytest.mark.parametrize(
    "name",
    ["rare2.pdf", "hdr-1.txt", "ctl3.txt", "body.txt", "i60-assessed-2dots.txt", "f03-digits-100k.xlsx"],
)
def test_no_program_error(name: str) -> None:
    try:
        checked = check_document(read(SHARED / "hostile" / name))
    except ReadingError:
        return
    assert not checked.faults


@pytest.mark.parametrize("name", ["b25-form-billion.pdf", "k10-ods-repeat-1e9.ods"])
def test_too_large_is_told_in_one_sentence(name: str) -> None:
    with pytest.raises(ReadingError):
        read(SHARED / "hostile" / name)


@pytest.mark.parametrize("name", ["c08-nocontents-page9.pdf", "c09-halfstream-page10.pdf"])
def test_damaged_page_is_told_and_accuses_nobody(name: str) -> None:
    checked = check_document(read(SHARED / "hostile" / name))
    assert any("损坏" in n.message and n.place is not None for n in checked.document.notices)
    assert not _serious(checked)


def test_sixteen_hundred_units_take_no_time() -> None:
    start = time.process_time()
    check_document(read(SHARED / "hostile" / "wan-1600.txt"))
    assert time.process_time() - start < 10  # it was 53 seconds
