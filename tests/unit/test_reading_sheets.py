"""Workbooks: what is printed counts, what is hidden is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Border, Side

from tests.unit.test_reading_hostile import xlsx_of
from yibenzhang.checking.check import check_document, facts_of
from yibenzhang.model.amounts import CellState, cell_state, parse_amount
from yibenzhang.model.documents import Document, Table
from yibenzhang.reading import ReadingError, read
from yibenzhang.reading.numberformats import shown, shown_text

ROWS: list[list[object]] = [
    ["科目编码", "科目名称", "合计", "基本支出", "项目支出"],
    ["201", "一般公共服务支出", 30.5, 10.25, 20.25],
    ["合计", None, 30.5, 10.25, 20.25],
]


def saved(book: Workbook, folder: Path) -> Document:
    path = folder / "a.xlsx"
    book.save(path)
    return read(path)


def book_of(rows: list[list[object]], title: str = "2026年部门支出预算总表") -> tuple[Workbook, Any]:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "支出总表"
    for row in [[title], ["编制单位：云梦泽市青石区图书馆", None, None, None, "单位：万元"], *rows]:
        sheet.append(row)
    for row in sheet.iter_rows(min_row=4, min_col=3):
        for cell in row:
            cell.number_format = "#,##0.00"
    return book, sheet


def only(document: Document) -> Table:
    [found] = document.tables()
    return found


# (stored, format code, printed): ECMA-376 part 1, 18.8.31, and what Excel and WPS show
PRINTED = [
    ("1234.5600000000001", "#,##0.00", "1,234.56"),
    ("1234.5", "General", "1234.5"),
    ("0.30000000000000004", "General", "0.3"),
    ("12345678.123456", "General", "12345678.12"),
    ("12", "G/通用格式", "12"),
    ("123456", "0!.0,", "12.3"),
    ("123456", "0.00,", "123.46"),
    ("123456", '0"."0000', "12.3456"),
    ("1234567", '#,##0.00,"千元"', "1,234.57千元"),
    ("12345678", '[>=10000]0!.0000"万";0', "1234.5678万"),
    ("0.1234", "0.00%", "12.34%"),
    ("0", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
    ("1234.5", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234.50"),
    ("-1234.5", "#,##0_);(#,##0)", "-1,235"),
    ("-1234.5", "#,##0.00;[Red]#,##0.00", "-1,234.50"),
    ("0", "0.00;-0.00;;@", ""),
    ("1.005", "0.00", "1.01"),
    ("5", "00", "05"),
    ("45000", "yyyy/m/d", "2023/3/15"),
    ("1.5", "0.00E+00", "1.5"),
    ("nonsense", "0.00", "nonsense"),
]


@pytest.mark.parametrize(("stored", "code", "printed"), PRINTED)
def test_number_formats(stored: str, code: str, printed: str) -> None:
    assert shown(stored, code) == printed


def test_a_format_may_hide_words() -> None:
    assert shown_text("内部", ";;;") == ""
    assert shown_text("合计", "0.00;-0.00;0.00;@") == "合计"


@given(st.decimals(-(10**11), 10**11, places=4), st.sampled_from(["0.00", "#,##0.00", "#,##0.0000", "0"]))
def test_what_is_printed_is_the_stored_number_rounded(number: Any, code: str) -> None:
    amount = parse_amount(shown(str(number), code))
    places = len(code.partition(".")[2])
    assert amount is not None
    assert amount.decimals == places
    assert abs(amount.value - number) * 2 * 10**places <= 1


@given(st.text(max_size=30), st.floats() | st.text(max_size=12))
def test_any_code_and_value_print_something(code: str, value: object) -> None:
    assert isinstance(shown(str(value), code), str)
    assert isinstance(shown_text(str(value), code), str)


def test_title_unit_and_body_stand_before_the_table(tmp_path: Path) -> None:
    document = saved(book_of(ROWS)[0], tmp_path)
    assert [p.text for p in document.paragraphs()] == [
        "2026年部门支出预算总表", "编制单位：云梦泽市青石区图书馆", "单位：万元",
    ]  # fmt: skip
    assert only(document).texts()[1] == ["201", "一般公共服务支出", "30.50", "10.25", "20.25"]
    profile, [table], _ = facts_of(document)
    assert (profile.body, profile.fiscal_year, profile.stage) == ("云梦泽市青石区图书馆", 2026, "budget")
    assert table.table.standard is not None
    assert table.table.standard.id == "budget.expenditure"
    fact = next(f for f in table.facts() if f.text == "20.25")
    assert (str(fact.place), fact.place.key, fact.place.page) == ("支出总表!E4", "x:支出总表!E4", None)
    assert (fact.amount and fact.amount.base) == 202500


def test_the_tab_names_a_table_without_title(tmp_path: Path) -> None:
    book, sheet = book_of(ROWS, title="")
    sheet.title = "部门支出预算总表"
    [table] = facts_of(saved(book, tmp_path))[1]
    assert table.table.title == "部门支出预算总表"


def test_hidden_rows_columns_and_sheets_are_left_out_and_told(tmp_path: Path) -> None:
    book, sheet = book_of([*ROWS[:2], ["202", "外交支出", 99, 99, 0], ROWS[2]])
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["D"].hidden = True
    spare = book.create_sheet("底稿")
    spare["A1"] = "不公开"
    spare.sheet_state = "hidden"
    document = saved(book, tmp_path)
    assert only(document).texts()[1:] == [
        ["201", "一般公共服务支出", "30.50", "20.25"], ["合计", "", "30.50", "20.25"],
    ]  # fmt: skip
    told = "".join(n.message for n in document.notices)
    assert "1 个隐藏行（第 5 行）" in told
    assert "1 个隐藏列" in told
    assert "底稿" in told
    assert "不公开" not in "".join(p.text for p in document.paragraphs())


def test_nothing_is_told_where_nothing_is_hidden(tmp_path: Path) -> None:
    book, sheet = book_of(ROWS)
    sheet.row_dimensions[40].hidden = True  # hides nothing
    assert saved(book, tmp_path).notices == ()


def test_a_formula_without_stored_result_is_unreadable_and_never_zero(tmp_path: Path) -> None:
    book, sheet = book_of(ROWS)
    sheet["C5"] = "=SUM(C4:C4)"
    document = saved(book, tmp_path)
    [table] = facts_of(document)[1]
    fact = next(f for f in table.facts() if f.cell == (2, 2))
    assert (fact.state, fact.amount, fact.interval) == (CellState.UNREADABLE, None, None)
    assert "1 个公式没有保存计算结果" in document.notices[0].message
    assert str(document.notices[0].place) == "支出总表!C5"
    assert not any(f.rule.startswith(("rows.", "columns.")) for f in check_document(document).findings)


def test_a_stored_result_counts_and_an_error_is_told(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>项目</t></is></c><c r="B1" t="inlineStr"><is><t>预算数</t></is></c></row>'
    cells += (
        '<row r="2"><c r="A2" t="inlineStr"><is><t>合计</t></is></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
    )
    cells += '<row r="3"><c r="A3" t="inlineStr"><is><t>其他</t></is></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    cells += '<row r="4"><c r="A4" t="inlineStr"><is><t>空</t></is></c><c r="B4" t="str"><f>""</f><v></v></c></row>'
    path = tmp_path / "a"
    path.write_bytes(xlsx_of(f"<sheetData>{cells}</sheetData>"))
    document = read(path)
    table = only(document)
    assert [row[1] for row in table.texts()] == ["预算数", "2", "#DIV/0!", ""]
    assert [c.unreadable for c in table.cells if c.column == 1] == [False, False, True, False]
    assert [n.message for n in document.notices] == ["有 1 个单元格显示为公式错误（如 #DIV/0!）。"]


@pytest.mark.parametrize("zeros", [True, False])
def test_a_sheet_may_print_nothing_for_zero(tmp_path: Path, zeros: bool) -> None:
    book, sheet = book_of([ROWS[0], ["201", "一般公共服务支出", 30.5, 30.5, 0], ROWS[2]])
    sheet.sheet_view.showZeros = zeros
    assert only(saved(book, tmp_path)).texts()[1][4] == ("0.00" if zeros else "")


def test_numbers_stored_as_text_are_what_they_look_like(tmp_path: Path) -> None:
    book, sheet = book_of(ROWS)
    sheet["E4"] = "1,020.25"
    assert only(saved(book, tmp_path)).texts()[1][4] == "1,020.25"


def test_merged_cells_know_their_spans(tmp_path: Path) -> None:
    book, sheet = book_of([["科目", None, "支出预算", None, None], *ROWS])
    sheet.merge_cells("A3:B3")
    sheet.merge_cells("C3:E3")
    spans = {c.text: (c.row_span, c.column_span) for c in only(saved(book, tmp_path)).cells}
    assert (spans["科目"], spans["支出预算"]) == ((1, 2), (1, 3))


def test_a_merged_cell_that_begins_in_a_hidden_row_keeps_its_words(tmp_path: Path) -> None:
    book, sheet = book_of([["科目", None, "支出预算", None, None], *ROWS])
    sheet.merge_cells("C3:E4")
    sheet.row_dimensions[3].hidden = True
    assert "支出预算" in only(saved(book, tmp_path)).texts()[0]


def test_two_tables_in_one_sheet(tmp_path: Path) -> None:
    book, sheet = book_of(
        [*ROWS, [], ["2026年部门收入预算总表"], ["单位：元"], *ROWS, ["注：本表由系统生成。"]]
    )
    document = saved(book, tmp_path)
    assert [t.rows for t in document.tables()] == [3, 3]
    assert [t.table.unit.name for t in facts_of(document)[1] if t.table.unit] == ["万元", "元"]
    assert document.paragraphs()[-1].text == "注：本表由系统生成。"


def test_borders_tell_what_belongs_to_a_table(tmp_path: Path) -> None:
    book, sheet = book_of([*ROWS, ["填表人：", "某", "联系电话：", "123", None]])
    thin = Side(style="thin")
    for row in sheet["A3:E5"]:
        for cell in row:
            cell.border = Border(thin, thin, thin, thin)
    assert only(saved(book, tmp_path)).rows == 3


def test_a_cell_with_several_lines_is_several_paragraphs(tmp_path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet["A3"] = "一、收入情况。\n 二、支出情况。"
    paragraphs = saved(book, tmp_path).paragraphs()
    assert [p.text for p in paragraphs] == ["一、收入情况。", "二、支出情况。"]
    assert [p.place.key for p in paragraphs] == ["x:Sheet!A3", "x:Sheet!A3#1"]


CSV = '2026年部门支出预算总表,,\n单位：万元,,\n科目编码,科目名称,合计\n201,一般公共服务支出,"1,230.50"\n,合计,"1,230.50"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_known_by_its_content(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(CSV.encode(encoding))
    document = read(path)
    assert document.kind == "csv"
    assert only(document).texts()[1] == ["201", "一般公共服务支出", "1,230.50"]
    [table] = facts_of(document)[1]
    assert str(next(f.place for f in table.facts() if f.amount)) == "C4 单元格"


def test_sentences_with_commas_are_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "2026年, 收入预算1,234.50万元, 比上年增加3.2%。\n支出预算1,234.50万元。\n其中, 基本支出 200 万元。\n",
        "utf-8",
    )
    assert read(path).kind == "text"


def test_an_empty_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    Workbook().save(path)
    with pytest.raises(ReadingError, match="没有任何可见的内容"):
        read(path)


def test_cell_states_of_printed_formats() -> None:
    accounting = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '
    assert cell_state(shown("0", accounting)) == CellState.DASH
    assert cell_state(shown("0", "0.00;-0.00;")) == CellState.BLANK
