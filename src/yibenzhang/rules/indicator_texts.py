"""The names of indicators as texts: one sentence under two levels, several indicators with one value between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from yibenzhang.model.issues import Issue
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import pieces
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import about, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_LEAST = 10
"""A sentence has more letters; what is shorter is a name, which several levels may measure."""
_COVERED = 0.75
"""Of the shorter of two sentences so much stands in the other without a break."""
_BRACKETS = late(r"[(（][^()（）]*[)）]")
_MOST = 40
"""Forms with more sentences than this among their indicators are not compared."""


@rule("goals.restated", needs=("forms",))
def restated(case: Case) -> Iterator[Issue]:
    """A sentence that stands under two levels of a form: time and quality, or an output and its effect."""
    known = Vocabulary(words_of(case))
    for form in case.forms:
        said = [i for i in form.indicators if _is_sentence(i, known)]
        seen: set[str] = set()
        for n, first in enumerate(said if len(said) <= _MOST else ()):
            for i in said[n + 1 :]:
                if (
                    i.key not in seen
                    and _levels(first, i, known)
                    and _same(_bare(first, known), _bare(i, known))
                ):
                    seen |= {i.key, first.key}
                    yield _restated(form, first, i)


def _is_sentence(i: Indicator, known: Vocabulary) -> bool:
    """It says what is done and measures nothing."""
    name = _bare(i, known)
    return len(name) >= _LEAST and not name.endswith(known.of("measures"))


def _bare(i: Indicator, known: Vocabulary) -> str:
    """Its name without what stands in brackets: of which part of a project it speaks."""
    return _BRACKETS.sub("", known.name(i))


def _levels(one: Indicator, other: Indicator, known: Vocabulary) -> bool:
    """Two levels that ask for different things; what an effect repeats word by word is told as such (goals.effect)."""
    if one.period != other.period or fold(one.level2) == fold(other.level2) or one.key == other.key:
        return False
    outputs = (
        known.under(one, "quantity", "quality", "time"),
        known.under(other, "quantity", "quality", "time"),
    )
    effects = known.under(one, "benefit"), known.under(other, "benefit")
    return (outputs[0] and (outputs[1] or effects[1])) or (effects[0] and outputs[1])


def _same(one: str, other: str) -> bool:
    shared = SequenceMatcher(None, one, other, autojunk=False)
    if shared.quick_ratio() < _COVERED / 2:
        return False
    size = shared.find_longest_match().size
    least = min(len(one), len(other))
    return size >= _LEAST and (size >= _COVERED * least or shared.ratio() >= _ALIKE)


_ALIKE = 0.85


def _restated(form: GoalForm, first: Indicator, i: Indicator) -> Issue:
    return about(
        "goals.restated",
        form,
        i,
        second=i.level2,
        third=first.level2,
        other=first.name if first.key != i.key else None,
        before=first.value if fold(first.value) != fold(i.value) and first.value and i.value else None,
    )


@rule("goals.no_value", needs=("forms",))
def fewer_values(case: Case) -> Iterator[Issue]:
    """Names of several indicators in one cell, each something counted, beside one value."""
    known = Vocabulary(words_of(case))
    counted = late(rf"(?:{'|'.join(map(re.escape, known.of('counts')))})(?:[(（][^()（）]{{1,8}}[)）])?$")
    for form in case.forms:
        for i in form.indicators:
            names = pieces(i.name)
            if len(names) < 2 or len(pieces(i.value)) != 1 or not i.value.strip():
                continue
            if all(counted.search(fold(n)) for n in names):
                yield about("goals.no_value", form, i, "fewer", count=len(names))
