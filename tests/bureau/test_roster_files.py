"""Rosters as bureaus keep them, and lists as the workbench gives them out."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment

from tests.conftest import examples
from yibenzhang.office.roster_files import read_roster, roster_template, write_csv, write_sheet
from yibenzhang.reading.limits import MAX_ROSTER_BYTES, MAX_ROSTER_ROWS, ReadingError

DAY = date(2026, 2, 10)


def read_csv(text: str) -> Any:
    return read_roster(text.encode())


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "printed",
    ["2026-02-10", "2026年2月10日", "2026.2.10", "2026/02/10", "20260210", "２０２６年２月１０日", "2026-02-10 00:00:00",
     "2026年2月10日前", "46063", " 2026 年 2 月 10 日 "],
)  # fmt: skip
def test_dates_as_they_are_written(printed: str) -> None:
    read = read_csv(f"单位名称,批复时间\n青禾区财政局,{printed}\n")
    assert read.rows[0].approved_on == DAY
    assert not read.problems


@pytest.mark.parametrize("printed", ["2月10日", "2026年2月", "2026-02-30", "26.2.10", "尽快", "20261301"])
def test_what_is_no_date_is_told(printed: str) -> None:
    read = read_csv(f"单位名称,截止日期\n青禾区财政局,{printed}\n")
    assert read.rows[0].due_on is None
    assert read.problems == (f"第 2 行的截止日期写作“{printed}”，不是完整的日期，没有读入。",)


MESSY = (
    "青禾区2026年部门预算应公开单位名单,,,,,\n,,,,,\n"
    "序号,单位 名称（全称）,单位编码,批复日期,公开网址,联系电话\n"
    "1,青禾区财政局,101,2026.2.10,https://www.example.cn/1,0800-1\n"
    "2,青禾区财政局本级,101001,,,\n"
    "3,青禾区教育局,102,,javascript:alert(1),\n"
    ",,,,,\n"
    "序号,单位 名称（全称）,单位编码,批复日期,公开网址,联系电话\n"
    "4,青禾区第一中学,102001,,,\n"
    "5,青禾区教育局,102,,,\n"
    "6,,103,2026.2.10,,\n"
    "合计,5家,,,,\n备注：以上单位均须公开。,,,,,\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_messy_list(encoding: str) -> None:
    read = read_roster(MESSY.encode(encoding))
    told = [(r.line, r.name, r.code, r.parent, r.level) for r in read.rows]
    assert told == [
        (4, "青禾区财政局", "101", "", "department"),
        (5, "青禾区财政局本级", "101001", "青禾区财政局", "unit"),
        (6, "青禾区教育局", "102", "", "department"),
        (9, "青禾区第一中学", "102001", "青禾区教育局", "unit"),
    ]
    assert read.rows[0].published_url == "https://www.example.cn/1"
    assert read.rows[0].contact == "0800-1"
    assert read.problems == (
        "第 6 行的公开网址写作“javascript:alert(1)”，不是 http 或 https 网址，没有读入。",
        "第 11 行没有单位名称，没有读入。",
        "第 10 行的“青禾区教育局”与第 6 行重复，只读入前一行。",
    )


def test_units_under_the_column_of_their_department() -> None:
    read = read_csv(
        "主管部门,单位名称,简称,别名\n青禾区教育局,青禾区教育局,教育局,\n青禾区教育局,青禾区第一中学,一中、青禾一中,老一中\n青禾区体育局,青禾区少年体校,,\n"
    )
    assert [(r.name, r.parent, r.level) for r in read.rows] == [
        ("青禾区教育局", "", "department"),
        ("青禾区第一中学", "青禾区教育局", "unit"),
        ("青禾区少年体校", "青禾区体育局", "unit"),
    ]
    assert read.rows[1].aliases == ("一中", "青禾一中", "老一中")
    assert read.problems == ("第 4 行的主管部门“青禾区体育局”在名单里没有自己的一行；它也要公开的，请补上。",)


def test_a_parent_written_once_for_several_rows() -> None:
    listed = (
        "主管部门,单位名称,级次\n青禾区教育局,第一中学,单位\n,第二中学,单位\n青禾区体育局,少年体校,单位\n"
    )
    assert [r.parent for r in read_csv(listed).rows] == ["青禾区教育局", "青禾区教育局", "青禾区体育局"]
    assert "按上一行的主管部门读入" in read_csv(listed).problems[0]
    bare = (
        "主管部门,单位名称\n青禾区教育局,第一中学\n,审计局\n"  # who sees what hangs on it: nothing is guessed
    )
    assert [r.parent for r in read_csv(bare).rows] == ["青禾区教育局", ""]
    apart = "主管部门,单位名称\n,青禾区教育局\n青禾区教育局,第一中学\n,青禾区审计局\n"
    assert [r.parent for r in read_csv(apart).rows] == ["", "青禾区教育局", ""]


def test_a_header_with_one_known_column() -> None:
    assert [r.name for r in read_csv("经费性质,单位名称\n全额,青禾区财政局\n").rows] == ["青禾区财政局"]
    assert [r.name for r in read_csv("单位\n青禾区财政局\n").rows] == ["青禾区财政局"]


def test_names_laid_out_in_their_cells() -> None:
    read = read_csv('单 位 名 称,电话\n"青禾区\n教育局",1\n★财　政　局,2\nABC 中心,3\n')
    assert [r.name for r in read.rows] == ["青禾区教育局", "财政局", "ABC 中心"]


def test_a_second_column_of_one_meaning_is_told() -> None:
    read = read_csv("单位名称,批复日期,批复时间\n青禾区财政局,2026-02-10,2026-08-10\n")
    assert read.rows[0].approved_on == DAY
    assert read.problems == ("C 栏的意思与前面的一栏相同，没有读入；请核对。",)


def test_endless_problems_are_counted() -> None:
    read = read_csv("单位名称,截止日期\n" + "".join(f"青禾区第{k}中学,不详\n" for k in range(300)))
    assert len(read.rows) == 300
    assert len(read.problems) == 201
    assert read.problems[-1].startswith("另有 100 处")


def test_a_parent_in_other_words_and_on_another_sheet() -> None:
    book = Workbook()
    first: Any = book.active
    first.title = "部门"
    for r, row in enumerate(
        [("部门名称", "简称"), ("云岭市青禾区教育局", ""), ("青禾区数据局", "数管局")], start=1
    ):
        first.cell(r, 1, row[0])
        first.cell(r, 2, row[1])
    second: Any = book.create_sheet("单位")
    listed = [
        ("主管部门", "单位名称"),
        ("区教育局", "第一中学"),
        ("数管局", "数据中心"),
        ("体育局", "少年体校"),
        ("体育局", "第一中学"),
    ]
    for r, row in enumerate(listed, start=1):
        second.cell(r, 1, row[0])
        second.cell(r, 2, row[1])
    read = read_roster(saved(book))
    assert [(r.name, r.parent, r.level) for r in read.rows] == [
        ("云岭市青禾区教育局", "", "department"), ("青禾区数据局", "", "department"), ("第一中学", "云岭市青禾区教育局", "unit"),
        ("数据中心", "青禾区数据局", "unit"), ("少年体校", "体育局", "unit"), ("第一中学", "体育局", "unit"),
    ]  # fmt: skip
    assert read.problems == (
        "工作表“单位”第 4 行等 2 行的主管部门“体育局”在名单里没有自己的一行；它也要公开的，请补上。",
    )


def test_a_department_column_alone_names_the_bodies() -> None:
    read = read_csv("部门名称,部门编码,级次\n青禾区教育局,102,一级预算单位\n第一中学,102001,二级\n")
    assert [(r.name, r.code, r.level) for r in read.rows] == [
        ("青禾区教育局", "102", "department"),
        ("第一中学", "102001", "unit"),
    ]


def test_a_parent_told_by_its_code() -> None:
    read = read_csv("部门编码,单位名称,单位编码\n,青禾区教育局,102\n102,第一中学,7001\n")
    assert read.rows[1].parent == "青禾区教育局"


@pytest.mark.parametrize("first", ["", "　　", "1."])
def test_units_set_in_under_their_department(first: str) -> None:
    inner = first or "  "
    read = read_csv(f"单位名称,电话\n青禾区教育局,1\n{inner}第一中学,2\n{inner}第二中学,2\n青禾区体育局,3\n")
    assert [(r.name, r.parent) for r in read.rows] == [
        ("青禾区教育局", ""),
        ("第一中学", "青禾区教育局"),
        ("第二中学", "青禾区教育局"),
        ("青禾区体育局", ""),
    ]


def test_a_numbered_list_is_flat() -> None:
    read = read_csv("单位名称,电话\n1.青禾区教育局,1\n2.青禾区体育局,3\n合计,2\n")
    assert [(r.name, r.parent, r.level) for r in read.rows] == [
        ("青禾区教育局", "", ""),
        ("青禾区体育局", "", ""),
    ]


def workbook() -> Workbook:
    book = Workbook()
    sheet: Any = book.active
    sheet["A1"] = "应公开单位名单"
    sheet.merge_cells("A1:F1")
    for c, text in enumerate(["主管部门", "单位名称", "预算代码", "联系方式", None, "批复日期"], start=1):
        sheet.cell(2, c, text)
    sheet.merge_cells("D2:E2")
    sheet["D3"], sheet["E3"] = "联系人", "电话"
    for letter in "ABCF":
        sheet.merge_cells(f"{letter}2:{letter}3")
    for r, name in enumerate(["青禾区教育局本级", "青禾区第一中学", "青禾区第二中学"], start=4):
        sheet.cell(r, 2, name)
        sheet.cell(r, 3, f"0{r}")
        sheet.cell(r, 4, "沈某")
        sheet.cell(r, 5, 8001234)
    sheet["A4"] = "青禾区教育局"
    sheet.merge_cells("A4:A6")
    sheet["F4"] = DAY
    sheet["F4"].number_format = 'm"月"d"日"'  # prints no year, yet is a whole date
    sheet.merge_cells("F4:F6")
    return book


def test_merged_cells_and_a_header_of_two_lines() -> None:
    read = read_roster(saved(workbook()))
    assert [(r.name, r.code, r.parent, r.level) for r in read.rows] == [
        ("青禾区教育局本级", "04", "青禾区教育局", "unit"),
        ("青禾区第一中学", "05", "青禾区教育局", "unit"),
        ("青禾区第二中学", "06", "青禾区教育局", "unit"),
    ]
    assert {r.approved_on for r in read.rows} == {DAY}
    assert read.rows[0].contact == "沈某 8001234"


def test_the_indent_of_a_cell() -> None:
    book = Workbook()
    sheet: Any = book.active
    for r, (name, indent) in enumerate([("单位名称", 0), ("青禾区教育局", 0), ("第一中学", 2)], start=1):
        sheet.cell(r, 1, name).alignment = Alignment(indent=indent)
    assert read_roster(saved(book)).rows[1].parent == "青禾区教育局"


def test_hidden_rows_and_formulas_are_told() -> None:
    book = workbook()
    sheet: Any = book.active
    sheet.row_dimensions[5].hidden = True
    sheet["B7"] = '="青禾区"&"统计局"'
    read = read_roster(saved(book))
    assert len(read.rows) == 3
    assert read.problems[:2] == (
        "有 1 个隐藏行（从第 5 行起），也已读入。",
        "第 7 行的单位名称是没有结果的公式，没有读入；请用表格软件打开并保存后再导入。",
    )


def test_an_old_workbook() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for c, text in enumerate(("单位名称", "单位编码", "批复日期")):
        sheet.write(0, c, text)
    sheet.write(1, 0, "青禾区财政局")
    sheet.write(1, 1, 101)
    sheet.write(1, 2, DAY, xlwt.easyxf(num_format_str="D-MMM-YY"))
    out = io.BytesIO()
    book.save(out)
    row = read_roster(out.getvalue()).rows[0]
    assert (row.name, row.code, row.approved_on) == ("青禾区财政局", "101", DAY)


def test_two_of_one_name_stay_apart() -> None:
    read = read_csv(
        "单位名称,级次,单位编码\n青禾区财政局,部门,101\n青禾区财政局,单位,101001\n青禾区财政局,单位,101\n"
    )
    assert [(r.level, r.code) for r in read.rows] == [
        ("department", "101"),
        ("unit", "101001"),
        ("unit", "101"),
    ]
    assert len(read.problems) == 1 and "编码不同" in read.problems[0]


BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as _zip:
    _zip.writestr("xl/workbook.xml", b" " * 50_000_000)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b" \n ", "空的"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04rubbish", "损坏"),
        (BOMB.getvalue(), "压缩"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "损坏"),
        (bytes(range(256)) * 8, "文本"),
        (b"a" * (MAX_ROSTER_BYTES + 1), "MB"),
        ("单位名称\n".encode() + "青禾区某局\n".encode() * (MAX_ROSTER_ROWS + 1), "行"),
        ("张三,李四\n王五,赵六\n".encode(), "单位名称"),
        ("单位名称,电话\n合计,2\n".encode(), "没有一个单位"),
        (b'"' + b"x" * 200_000 + b'",1\n', "CSV"),
    ],
)
def test_what_is_no_roster_is_told_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(ReadingError, match=words) as told:
        read_roster(data)
    assert str(told.value).endswith("。")


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=8), st.binary(max_size=40))
def test_any_file_is_read_or_refused(rows: list[list[str]], noise: bytes) -> None:
    sheet = write_csv(["单位名称", "主管部门", "级次", "批复日期", "公开网址"], rows)
    for data in (sheet, noise, saved(workbook())[:-20] + noise, sheet + noise):
        try:
            read = read_roster(data)
        except ReadingError as error:
            assert str(error)
        else:
            assert all(r.name and len(r.name) <= 80 for r in read.rows)


def test_the_template_reads_back_without_its_example() -> None:
    data = roster_template()
    with pytest.raises(ReadingError, match="没有一个单位"):
        read_roster(data)
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    assert [c.value for c in sheet[1]][:2] == ["单位名称", "单位编码"]
    sheet["A3"], sheet["B3"], sheet["C3"], sheet["F3"] = "青禾区财政局", "0101", "部门", DAY
    read = read_roster(saved(book))
    row = read.rows[0]
    assert (row.name, row.code, row.level, row.approved_on) == ("青禾区财政局", "0101", "department", DAY)
    assert not read.problems


EVIL = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x")']


def test_no_text_of_others_becomes_a_formula() -> None:
    data = write_sheet("清单/2026", ["名称", "=头"], [[text, 1] for text in EVIL])
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    for r, text in enumerate(EVIL, start=2):
        cell = sheet.cell(r, 1)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert sheet.cell(1, 2).data_type == "s"
    lines = list(csv.reader(io.StringIO(write_csv(["名称"], [[t] for t in EVIL]).decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == ["'" + t for t in EVIL]


def test_lists_keep_numbers_dates_and_blanks() -> None:
    row = ["青禾区财政局", 3, Decimal("-12.50"), DAY, None, "-12.5%", True, "控\x00制"]
    data = write_sheet("清单", list("甲乙丙丁戊己庚辛"), [row])
    cells = [c.value for c in load_workbook(io.BytesIO(data)).worksheets[0][2]]
    assert cells[:3] == ["青禾区财政局", 3, -12.5]
    assert cells[3].date() == DAY  # type: ignore[union-attr]
    assert cells[4:] == [None, "-12.5%", "是", "控制"]
    out = write_csv(list("甲乙丙丁戊己庚辛"), [row])
    assert out.startswith(b"\xef\xbb\xbf")
    assert out.decode("utf-8-sig").splitlines()[1] == "青禾区财政局,3,-12.50,2026-02-10,,-12.5%,是,控制"


def test_a_budget_workbook_is_no_roster() -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (
        ("编制单位：", "青禾区财政局", "单位：元"),
        ("本年收入", "", "本年支出"),
        ("项目", "预算数", "项目"),
        ("财政拨款收入", 12, "教育支出"),
    ):
        sheet.append(row)
    with pytest.raises(ReadingError, match="没有找到“单位名称”一栏"):
        read_roster(saved(book))
