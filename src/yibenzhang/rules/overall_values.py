"""The overall form against the one project that has the same indicator: rates, and counts whose names say no
counting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import single
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("overall_values")
_LEAST = 6
"""A shorter name is said of many things."""
_RISE, _FALL = ("≥", ">"), ("≤", "<")
_OWN_RULE = ("annual", "long")
"""Periods in which indicators of one name are compared elsewhere (rules/indicators.py)."""
_Counted = tuple[GoalForm, Indicator, Target]


@rule("goals.value", needs=("forms",))
def values(case: Case) -> Iterator[Issue]:
    """A target of the overall form that is another than that of the one project with the same indicator."""
    known = Vocabulary(words_of(case))
    projects: dict[str, list[_Counted]] = defaultdict(list)
    several = sum(form.kind in ("project", "list") for form in case.forms) > 1
    for form in case.forms:
        for name, counted in _targets(form, known) if form.kind in ("project", "list") else ():
            projects[name].append(counted)
    seen: set[str] = set()
    for overall in case.forms:
        for name, (_, i, target) in _targets(overall, known) if overall.kind == "overall" else ():
            same = projects.get(name, ())
            if len(same) != 1 or name in seen:
                continue  # it may sum up what several projects do
            if several and _WORDS["satisfied"].search(name):
                continue  # those whom all projects serve are not those whom one does
            form, other, aim = same[0]
            if _differ(known, (i, target), (other, aim)) and not _compared(i, other, form, known):
                seen.add(name)
                yield issue_at(
                    "goals.value",
                    other.name,
                    other.place,
                    (i.name, i.place),
                    template="renamed",
                    period=i.period or None,
                    name=i.name,
                    value=i.value,
                    form=form.name,
                    called=other.name,
                    other=other.value,
                )


def _targets(form: GoalForm, known: Vocabulary) -> Iterator[tuple[str, _Counted]]:
    """What a form aims at, by name without the words that carry no meaning."""
    for i in single(form):
        target = target_of(i.value)
        name = _WORDS["light"].sub("", fold(known.name(i)))
        if target is None or len(name) < _LEAST or _WORDS["common"].search(name):
            continue
        if i.period != "long" and name not in known.of("generic"):
            yield name, (form, i, target)


def _differ(known: Vocabulary, one: tuple[Indicator, Target], other: tuple[Indicator, Target]) -> bool:
    """Two numbers of one unit that ask for the same way."""
    (_, a), (_, b) = one, other
    units = {known.unit(*one), known.unit(*other)} - {""}
    ways = {a.sign, b.sign}
    opposite = bool(ways & set(_RISE)) and bool(ways & set(_FALL))
    return a.number != b.number and len(units) < len((one, other)) and not opposite


def _compared(i: Indicator, other: Indicator, form: GoalForm, known: Vocabulary) -> bool:
    """Another rule compares them: indicators of one name in forms of their own, counts of things."""
    same = (
        i.key == other.key and form.kind == "project" and i.period == other.period and i.period in _OWN_RULE
    )
    counting = known.of("counting")
    counts = all(
        known.under(x, "quantity")
        and fold(known.name(x)).endswith(counting)
        and (t := target_of(x.value))
        and t.unit != "%"
        for x in (i, other)
    )
    return same or counts
