"""One indicator under two levels of the second order: of one form, of the overall form and a project's, of two
projects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_levels import is_misplaced
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import MOST_NAMED, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_BRACKETS = late(r"[(（][^()（）]*[)）]")
_LEAST = 5
"""A shorter name is said of many things."""
_OPEN = frozenset({"benefit"})
"""A level that only says it is an effect may be any of the effects."""

_EFFECTS = frozenset({"economic", "social", "ecological", "sustainable"})
_OUTPUTS = frozenset({"quantity", "quality", "time"})


@dataclass(frozen=True)
class _Placed:
    form: GoalForm
    indicator: Indicator
    kinds: frozenset[str]


@rule("goals.placed", "goals.placed_twice", "goals.placed_apart", needs=("forms",))
def placed(case: Case) -> Iterator[Issue]:
    """Indicators that stand under two levels: within a form or against the overall one each, among projects all
    together."""
    known = Vocabulary(words_of(case))
    apart: list[tuple[_Placed, _Placed]] = []
    for same in _by_name(case, known):
        pair = next(_pairs(same), None)
        if pair is None:
            continue
        one, other = pair
        if one.form is other.form or "overall" in (one.form.kind, other.form.kind):
            yield _placed(one, other)
        else:
            apart.append(pair)
    if apart:
        yield _apart(apart)


def _by_name(case: Case, known: Vocabulary) -> Iterator[list[_Placed]]:
    """The indicators of one name, those left out that are known to stand wrong."""
    found: dict[str, list[_Placed]] = defaultdict(list)
    for form in case.forms:
        for i in form.indicators:
            name, kinds = _BRACKETS.sub("", fold(known.name(i))), known.kinds(i.level2) - _OPEN
            if len(name) >= _LEAST and kinds and name not in known.of("generic"):
                found[name].append(_Placed(form, i, kinds))
    for same in found.values():
        if len({x.kinds for x in same}) > 1 and not any(
            is_misplaced(case, x.form, x.indicator) for x in same
        ):
            yield same


def _pairs(same: Sequence[_Placed]) -> Iterator[tuple[_Placed, _Placed]]:
    """The first under another level than one before; an effect that repeats an output in its form is told as such."""
    first = same[0]
    for other in same[1:]:
        if first.kinds.isdisjoint(other.kinds) and not _effect(first, other):
            yield first, other


def _effect(one: _Placed, other: _Placed) -> bool:
    def has(kinds: frozenset[str]) -> list[bool]:
        return [bool(kinds & x.kinds) for x in (one, other)]

    return one.form is other.form and any(has(_EFFECTS)) and any(has(_OUTPUTS))


def _placed(one: _Placed, other: _Placed) -> Issue:
    i, there = other.indicator, one.indicator
    if one.form is other.form:
        return issue_at(
            "goals.placed_twice",
            i.name,
            i.place,
            (there.name, there.place),
            form=_named(other.form),
            second=i.level2,
            third=there.level2,
        )
    return issue_at(
        "goals.placed",
        i.name,
        i.place,
        (there.name, there.place),
        form=_named(other.form),
        overall=_overall(other.form),
        second=i.level2,
        other=_named(one.form),
        wider=_overall(one.form),
        third=there.level2,
    )


def _named(form: GoalForm) -> str | None:
    return None if form.kind == "overall" else form.name or None


def _overall(form: GoalForm) -> str | None:
    return "overall" if form.kind == "overall" else None


def _apart(pairs: Sequence[tuple[_Placed, _Placed]]) -> Issue:
    shown = tuple(
        arguments(name=b.indicator.name, first=a.indicator.level2, second=b.indicator.level2)
        for a, b in pairs[:MOST_NAMED]
    )
    count = len(pairs) if len(pairs) > MOST_NAMED else None
    first = pairs[0][1].indicator
    places = [(x.indicator.name, x.indicator.place) for pair in pairs[:MOST_NAMED] for x in pair]
    return issue_at("goals.placed_apart", first.name, first.place, *places, indicators=shown, count=count)
