"""The short names by which a text calls its own body."""

from __future__ import annotations

import pytest

from yibenzhang.checking.check import case_related_of
from yibenzhang.prose.passages import passages_of
from yibenzhang.prose.short_names import short_names
from yibenzhang.proving import document_of

BODY = "示范市青石区文化和旅游局"
WITHOUT_PLACES = ("青石区文化和旅游局", "文化和旅游局")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("区文旅局2026年收入预算 12.00 万元。\n区文旅局2026年支出预算 12.00 万元。", ("区文旅局",)),
        ("区文旅局2026年收入预算 12.00 万元。", ()),
        ("区财政局2026年收入预算 12.00 万元。\n区财政局2026年支出预算 12.00 万元。", ()),
        ("区文旅局预算如下。\n区文旅局支出如下。", ()),
    ],
)
def test_a_short_name_is_made_of_the_bodys_own(text: str, expected: tuple[str, ...]) -> None:
    assert short_names(passages_of(document_of(text)), BODY) == (*WITHOUT_PLACES, *expected)


def test_an_amount_of_the_short_name_is_that_of_the_body() -> None:
    text = f"{BODY}2026年部门预算\n一、收支情况\n区文旅局2026年收入预算 12.00 万元。\n区文旅局2026年支出预算 12.00 万元。\n"
    _, case = case_related_of(document_of(text))
    said = [case.reader.said(q) for q in case.quantities]
    assert [s.residue if s else None for s in said] == [(), ()]
