"""Words are shown where they are printed, also where the rule that quotes them speaks of a whole table."""

from __future__ import annotations

from yibenzhang.checking.placing import Whereabouts
from yibenzhang.model.documents import Cell, Document, Page, Paragraph, Table
from yibenzhang.model.places import FlowPlace, Place


def _place(n: int) -> Place:
    return FlowPlace(n)


CELLS = tuple(
    Cell(k // 2, k % 2, 1, 1, text, _place(10 + k))
    for k, text in enumerate(("项目编码", "金额", "6157Y01", "209.84", "6157Y02", "13.00"))
)
BLOCKS = (
    Paragraph("公开 10 表：政府性基金支出预算表", _place(1)),
    Table(0, (0,), 3, 2, CELLS),
    Paragraph("注：本单位没有政府性基金支出，故本表为空表。", _place(2)),
)
DOCUMENT = Document("x.html", "html", "0" * 64, (Page(0, 0.0, 0.0, BLOCKS),), ())


def test_words_in_the_cell_stay() -> None:
    assert Whereabouts(DOCUMENT).of("209.84", _place(13)) == _place(13)


def test_a_code_is_found_in_its_row_and_not_in_another() -> None:
    assert Whereabouts(DOCUMENT).of("6157Y02", _place(15)) == _place(14)


def test_a_note_and_a_title_are_found_by_the_table() -> None:
    found = Whereabouts(DOCUMENT)
    assert found.of("没有政府性基金支出，故本表为空表", _place(15)) == _place(2)
    assert found.of("政府性基金支出预算表", _place(10)) == _place(1)
    assert found.of("公开10表：政府性基金", _place(10)) == _place(1)  # blanks do not matter


def test_words_that_are_nowhere_stay_where_the_rule_put_them() -> None:
    found = Whereabouts(DOCUMENT)
    assert found.of("因公出国（境）费用", _place(15)) == _place(15)
    assert found.of("注", _place(15)) == _place(15)  # one character stands anywhere
    assert found.of("公开", _place(2)) == _place(2)  # not a place in a table
