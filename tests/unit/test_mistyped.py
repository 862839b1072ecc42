"""Words typed wrong, held against a small list of words and stretches of its own."""

from __future__ import annotations

import pytest

from yibenzhang.rules.mistyped import Marks, slips
from yibenzhang.standards.lexicon.confused import places
from yibenzhang.standards.lexicon.usage import Lines, Usage, stretch_lines, usage

_MARKS = Marks(frozenset("的"), frozenset("费"))
_STRETCHES = ("有效保障", "医疗保障", "疗保障工", "保障工作", "信息系统", "医疗保障工", "疗保障工作")


def _known() -> Usage:
    return Usage(usage().words, frozenset(), Lines(stretch_lines(_STRETCHES)))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("有郊保障", "有效保障"),
        ("医疗障工作", "医疗保障工作"),
        ("信息系系统", "信息系统"),
    ],
)
def test_a_slip_is_told_with_what_is_meant(text: str, right: str) -> None:
    assert [s.right for s in slips(text, _known(), _MARKS)] == [right]


@pytest.mark.parametrize("text", ["有效保障", "医疗保障工作", "城郊保障", "信息系统", "法院院长", ""])
def test_what_makes_words_is_no_slip(text: str) -> None:
    assert not list(slips(text, _known(), _MARKS))


def test_words_of_three_characters_are_known_by_their_first() -> None:
    known = usage()
    assert known.is_word("有效") and not known.is_word("有郊")
    assert known.cost("的") < known.cost("效")


def test_a_word_is_told_once_under_its_longest_name() -> None:
    found = [(e.wrong, e.right) for _, e in places("服务周边常驻人口，常驻机构另计，储备防汛物质。")]
    assert found == [("防汛物质", "防汛物资"), ("常驻", "常住")]
