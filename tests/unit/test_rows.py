"""Row trees: by code, by numbering, by merged groups."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yibenzhang.model.documents import Cell
from yibenzhang.model.facts import Row
from yibenzhang.model.places import LinePlace
from yibenzhang.recognising.headers import Block, Column
from yibenzhang.recognising.rows import block_rows
from yibenzhang.standards import load

CODED = Block("", (Column(0, "code", "", ("科目编码",)), Column(1, "name", "", ("科目名称",))), ())
NAMED = Block("income", (Column(0, "name", "", ("项目",)),), ())


def rows(texts: list[tuple[str, ...]], block: Block) -> tuple[Row, ...]:
    grid: list[list[Cell | None]] = [
        [Cell(r, c, 1, 1, t, LinePlace(r + 1, c, c + 1)) for c, t in enumerate(row)]
        for r, row in enumerate(texts)
    ]
    return block_rows(grid, 0, block, "", load())


def tree(found: tuple[Row, ...]) -> list[int | None]:
    return [r.parent for r in found]


def test_codes() -> None:
    found = rows(
        [
            ("", "合计"),
            ("201", "一般公共服务支出"),
            ("20141", "数据事务"),
            ("2014101", "行政运行"),
            ("2014199", "其他"),
        ],
        CODED,
    )
    assert tree(found) == [None, None, 1, 2, 2]
    assert found[0].role == "total"


def test_a_missing_level_is_stepped_over() -> None:
    assert tree(rows([("201", "甲"), ("2014101", "乙")], CODED)) == [None, 0]


def test_numbering_and_of_which() -> None:
    found = rows(
        [("一、财政拨款",), ("1. 一般公共预算",), ("2. 政府性基金",), ("其中：彩票",), ("二、其他资金",), ("当年收入小计",),
         ("上年结转资金",), ("收入合计",)],
        NAMED,
    )  # fmt: skip
    assert tree(found) == [None, 0, 0, 2, None, None, None, None]
    assert [r.role for r in found][3] == "of_which"
    assert [r.role for r in found][-3:] == ["subtotal", "item", "total"]


def test_items_under_the_opening_balance_are_its_parts() -> None:
    found = rows(
        [
            ("一、一般公共预算财政拨款",),
            ("本年收入合计",),
            ("年初财政拨款结转和结余",),
            ("一、一般公共预算财政拨款",),
            ("总计",),
        ],
        NAMED,
    )
    assert tree(found) == [None, None, None, 2, None]


def test_an_unnumbered_line_in_a_numbered_list_is_not_guessed_at() -> None:
    found = rows(
        [("一、财政拨款收入",), ("政府性基金预算财政拨款收入甲",), ("二、事业收入",), ("收入总计",)], NAMED
    )
    assert found[1].role == "unclear"


codes = st.lists(
    st.tuples(st.integers(201, 234), st.integers(1, 99), st.integers(1, 99)).flatmap(
        lambda t: st.sampled_from([f"{t[0]}", f"{t[0]}{t[1]:02d}", f"{t[0]}{t[1]:02d}{t[2]:02d}"])
    ),
    unique=True,
    max_size=40,
)


@given(codes)
def test_a_parent_is_always_the_nearest_shorter_code(found_codes: list[str]) -> None:
    found = rows([(c, "x") for c in found_codes], CODED)
    for row in found:
        shorter = [c for c in found_codes if row.code.startswith(c) and c != row.code]
        expected = max(shorter, key=len, default=None)
        assert (found[row.parent].code if row.parent is not None else None) == expected


@given(codes)
def test_the_tree_has_no_cycle(found_codes: list[str]) -> None:
    found = rows([(c, "x") for c in found_codes], CODED)
    for row in found:
        steps, at = 0, row.parent
        while at is not None:
            at, steps = found[at].parent, steps + 1
            assert steps <= 3
