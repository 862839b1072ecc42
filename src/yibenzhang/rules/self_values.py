"""Self-assessments line by line: all points for what was not reached, or not said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.digits import exact_number
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm, GoalText
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicators import MOST_NAMED
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("self_values")
_RISE, _FALL = ("≥", ">"), ("≤", "<")
_FEW = 2
"""At most one indicator in so many has no value, else the column was not read."""


@rule("goals.reached", needs=("forms",))
def reached(case: Case) -> Iterator[Issue]:
    """All points for less than the target."""
    for form in _assessments(case):
        for i in form.indicators:
            weight = exact_number(i.weight)
            if weight and weight == exact_number(i.score) and _missed(i):
                yield issue_at(
                    "goals.reached", i.name, i.place, form=form.name or None, value=i.value, reached=i.actual,
                    points=i.score,
                )  # fmt: skip


@rule("goals.unreported", needs=("forms",))
def unreported(case: Case) -> Iterator[Issue]:
    """All points where nothing was reported, form by form."""
    for form in _assessments(case):
        blank = [i for i in form.indicators if not fold(i.actual)]
        found = [
            i for i in blank if fold(i.value) and (w := exact_number(i.weight)) and w == exact_number(i.score)
        ]
        if found and len(blank) * _FEW <= len(form.indicators):
            first, *others = found
            shown = tuple(arguments(name=i.name, points=i.score) for i in found[:MOST_NAMED])
            count = len(found) if len(found) > MOST_NAMED else None
            places = ((i.name, i.place) for i in others[: MOST_NAMED - 1])
            yield issue_at(
                "goals.unreported", first.name, first.place, *places, form=form.name or None, indicators=shown,
                count=count,
            )  # fmt: skip


@rule("goals.reached_bound", needs=("forms",))
def bounds(case: Case) -> Iterator[Issue]:
    """What was reached as a bound, word by word that of the target: nothing was measured."""
    found = [
        i
        for form in _assessments(case)
        for i in form.indicators
        if fold(i.actual) == fold(i.value)
        and (target := target_of(i.actual)) is not None
        and target.sign in _BOUNDS
    ]
    if found:
        first, *others = found
        shown = tuple(arguments(name=i.name, value=i.actual) for i in found[:MOST_NAMED])
        count = len(found) if len(found) > MOST_NAMED else None
        places = ((i.actual, i.place) for i in others[: MOST_NAMED - 1])
        yield issue_at(
            "goals.reached_bound", first.actual, first.place, *places, indicators=shown, count=count
        )


_BOUNDS = (*_RISE, *_FALL)


@rule("goals.done_copied", needs=("forms",))
def copied(case: Case) -> Iterator[Issue]:
    """What was done, word by word what was to be done."""
    found: list[tuple[GoalForm, GoalText]] = []
    for form in _assessments(case):
        goal, done = form.text("goal.year"), form.text("goal.done")
        if goal is None or done is None or goal.place.key == done.place.key:
            continue  # one cell over both columns
        if len(fold(goal.text)) >= _LEAST and fold(goal.text) == fold(done.text):
            found.append((form, done))
    if found:
        (_, first), *others = found
        shown = tuple(arguments(name=form.name) for form, _ in found[:MOST_NAMED])
        count = len(found) if len(found) > MOST_NAMED else None
        places = ((t.text[:_LEAST], t.place) for _, t in others[: MOST_NAMED - 1])
        yield issue_at(
            "goals.done_copied", first.text[:_LEAST], first.place, *places, forms=shown, count=count
        )


_LEAST = 10
"""A goal of fewer letters can hardly be told otherwise when it is done."""


@rule("goals.spent_cost", needs=("forms",))
def spent_cost(case: Case) -> Iterator[Issue]:
    """All the cost of a project, as it was reached, that is no amount of its money."""
    for form in _assessments(case):
        spent = form.amounts.get("year.spent")
        costs = [i for i in form.indicators if _WORDS["cost"].search(i.key) and fold(i.actual)]
        if (
            len(costs) != 1
            or spent is None
            or spent.amount is None
            or spent.unit is None
            or not spent.amount.base
        ):
            continue
        [i] = costs
        found = _WORDS["money"].fullmatch(_WORDS["lead"].sub("", fold(i.actual)))
        money = _money(found, spent.unit.factor) if found is not None else ()
        amounts = [
            f.amount.base for f in form.amounts.values() if f.amount is not None and f.unit is not None
        ]
        if any(money) and not any(abs(m - base) <= _NEAR * base for m in money for base in amounts):
            yield issue_at(
                "goals.spent_cost", i.name, i.place, (spent.text, spent.place), form=form.name or None, reached=i.actual,
                spent=spent.text, unit=spent.unit.name,
            )  # fmt: skip


_NEAR = Decimal("0.005")
"""Money told in round numbers is that money."""
_FACTORS = {"亿元": 10**8, "万元": 10**4, "万": 10**4, "元": 1}


def _money(found: re.Match[str], factor: int | Decimal) -> tuple[Decimal, ...]:
    """What it may be in 元: a number without a unit is in that of the form, or in 元."""
    number = Decimal(found.group("number").replace(",", ""))
    unit = found.group("unit")
    return (number * _FACTORS[unit],) if unit else (number * Decimal(factor), number)


def _assessments(case: Case) -> Iterator[GoalForm]:
    return (f for f in case.forms if f.kind == "evaluation")


def _missed(i: Indicator) -> bool:
    """What was reached is on the wrong side of the target; one without a sign may be a forecast."""
    target, actual = target_of(i.value), _actual(i)
    if target is None or actual is None or _WORDS["time"].search(target.unit):
        return False
    fraction = not actual.unit and target.unit == "%" and actual.number <= 1  # 0.98 for 98%
    if actual.unit not in ("", target.unit) or fraction:
        return False
    less = bool(_WORDS["less"].search(i.key + fold(i.level2)))
    if target.sign in _RISE:
        return not less and actual.number < target.number
    return target.sign in _FALL and actual.number > target.number


def _actual(i: Indicator) -> Target | None:
    """What was reached as a number with its unit, behind the words for it; a bound is no number."""
    found = target_of(_WORDS["lead"].sub("", fold(i.actual)))
    return found if found is not None and not found.sign else None
