"""Tables that lie on their side stand up; decimal commas become points; what only looks so stays as it is."""

from __future__ import annotations

import pytest

from yibenzhang.model.documents import Cell, Page, Paragraph, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.laying import upright

CODES = ["科目编码", "205", "20501", "2050101", "206"]
LYING = [
    CODES,
    ["科目名称", "教育支出", "教育管理事务", "行政运行", "科学技术支出"],
    ["合计", "12.00", "10.00", "10.00", "3.00"],
]


def table(rows: list[list[str]]) -> Table:
    """A table on page 1, each cell as it is printed: 40 points wide, 10 high."""
    cells = tuple(
        Cell(r, c, 1, 1, text, PagePlace(1, 40 * c, 10 * r, 40 * c + 40, 10 * r + 10))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    columns = len(rows[0])
    return Table(0, (1,), len(rows), columns, cells, tuple(40.0 * k for k in range(columns + 1)))


def page(*blocks: Paragraph | Table) -> Page:
    return Page(1, 595.0, 842.0, blocks)


def stood(rows: list[list[str]]) -> Table:
    """The table as it comes back."""
    ([back], _) = upright([page(table(rows))])
    [block] = back.blocks
    assert isinstance(block, Table)
    return block


def test_a_table_on_its_side_stands_up() -> None:
    block = stood(LYING)
    assert block.texts() == [list(column) for column in zip(*LYING, strict=True)]
    assert (block.rows, block.columns, block.edges) == (5, 3, ())
    named = next(c for c in block.cells if c.text == "3.00")
    assert (named.row, named.column) == (4, 2)
    assert named.place == PagePlace(1, 160, 20, 200, 30)  # as it is printed


def test_its_cells_come_row_by_row() -> None:
    block = stood(LYING)
    assert [(c.row, c.column) for c in block.cells] == [(r, c) for r in range(5) for c in range(3)]


@pytest.mark.parametrize(
    "rows",
    [
        [["科目编码", "205", "206", "207", "208"], *LYING[1:]],
        [CODES[:4], *(row[:4] for row in LYING[1:])],
        [["项目", *CODES[1:]], *LYING[1:]],
        [["科目编码", "205", "2025年", "2026年", "206"], *LYING[1:]],
        [CODES, LYING[1], ["2026年", *LYING[2][1:]]],
        LYING[:2],
        [*LYING, ["基本支出", *LYING[2][1:]], ["项目支出", *LYING[2][1:]]],
        [list(column) for column in zip(*LYING, strict=True)],
    ],
    ids=["codes-of-one-depth", "few-codes", "other-corner", "few-codes-among-others", "numbers-beside", "two-rows",
         "as-high-as-wide", "upright-already"],
)  # fmt: skip
def test_what_does_not_lie_stays(rows: list[list[str]]) -> None:
    assert stood(rows) == table(rows)


def test_a_table_with_merged_cells_stays() -> None:
    lying = table(LYING)
    merged = Table(
        0, (1,), 3, 5, (Cell(0, 0, 2, 1, "科目编码", lying.cells[0].place), *lying.cells[1:]), lying.edges
    )
    ([back], notices) = upright([page(merged)])
    assert back.blocks == (merged,)
    assert notices == ()


@pytest.mark.parametrize("corner", ["编码", "科目编码", "功能分类科目编码", " 功能分类编码 "])
def test_how_its_corner_is_called(corner: str) -> None:
    assert stood([[corner, *CODES[1:]], *LYING[1:]]).rows == 5


def test_one_column_may_have_no_code() -> None:
    assert stood([[*CODES, "合计"], *([*row, "1.00"] for row in LYING[1:])]).rows == 6


COMMAS = [["项目", "预算数"], ["甲", "1.234.567,89"], ["乙", "12.345,60"], ["丙", "1.000,00"], ["丁", "7,5"]]


def test_decimal_commas_become_points_and_are_told_once() -> None:
    pages, notices = upright([page(table(COMMAS))])
    [block] = pages[0].blocks
    assert isinstance(block, Table)
    assert [row[1] for row in block.texts()[1:]] == ["1,234,567.89", "12,345.60", "1,000.00", "7.5"]
    [notice] = notices
    assert "有 4 个数以逗号作小数点（如“1.234.567,89”）" in notice.message
    assert notice.place == PagePlace(1, 40, 10, 80, 20)


@pytest.mark.parametrize(
    "rows",
    [
        [*COMMAS[:3], ["丁", "7,5"]],
        [*COMMAS, ["戊", "1,234.56"]],
        [["项目", "预算数"], ["甲", "1,234"], ["乙", "12,345"], ["丙", "1,000"]],
        [["项目", "说明"], ["甲", "见1.234,56"], ["乙", "1.234,56元"], ["丙", "约1.234,56"]],
    ],
    ids=["too-few", "both-ways", "thousands", "among-words"],
)
def test_what_is_no_decimal_comma_stays(rows: list[list[str]]) -> None:
    pages, notices = upright([page(table(rows))])
    assert pages[0].blocks == (table(rows),)
    assert notices == ()


def test_paragraphs_and_pages_without_change_are_the_same() -> None:
    text = Paragraph("支出1.234,56、1.234,57、1.234,58万元", PagePlace(1, 0, 0, 100, 10))
    own = page(text, table(LYING[1:]))
    ([back], notices) = upright([own])
    assert back is own
    assert notices == ()
