"""The parts that a project's cost is to have, against the project's money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import single
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import MOST_NAMED, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("goal_costs")
_MONEY = {"亿元": 10**8, "万元": 10**4, "万": 10**4, "元": 1}
_RISE = ("≥", ">")


@dataclass(frozen=True)
class _Cost:
    indicator: Indicator
    money: Decimal
    off: Decimal
    """Half a unit of its last decimal."""


@rule("goals.cost", needs=("forms",), stages=("budget",))
def parts(case: Case) -> Iterator[Issue]:
    """Costs of several parts, each less than the project's money of the year, that come to more than it."""
    known = Vocabulary(words_of(case))
    for form in case.forms:
        budget = form.year
        if (
            form.kind not in ("project", "list")
            or budget is None
            or budget.amount is None
            or budget.unit is None
        ):
            continue
        if "total" in form.amounts or not budget.amount.base:
            continue
        costs = list(_costs(form, known))
        base, factor = budget.amount.base, budget.unit.factor
        whole = sum((c.money for c in costs), Decimal(0))
        slack = sum((c.off for c in costs), Decimal(factor) * _half(budget.amount.decimals))
        if len(costs) < len(("one", "other")) or any(c.money >= base for c in costs) or whole - slack <= base:
            continue
        shown = tuple(arguments(name=c.indicator.name, value=c.indicator.value) for c in costs[:MOST_NAMED])
        first, *others = (c.indicator for c in costs)
        yield issue_at(
            "goals.cost",
            f"{first.name}{first.value}",
            first.place,
            *((f"{i.name}{i.value}", i.place) for i in others[: MOST_NAMED - 1]),
            template="sum",
            form=form.name,
            budget=budget.text,
            unit=budget.unit.name,
            indicators=shown,
            count=len(costs),
            total=whole / factor,
            subject=budget.table,
        )


def _costs(form: GoalForm, known: Vocabulary) -> Iterator[_Cost]:
    """Its targets of cost in money that can be added; none where one of them is the whole."""
    found: list[_Cost] = []
    for i in single(form):
        target = target_of(i.value)
        if target is None or i.period == "long" or not known.under(i, "cost") or target.sign in _RISE:
            continue
        if _WORDS["others"].search(fold(i.level2)):
            continue
        unit = known.unit(i, target)
        name = fold(i.name)
        if _WORDS["each"].search(name) or unit not in _MONEY:
            continue
        if _WORDS["whole"].search(name):
            return
        exponent = -int(target.number.as_tuple().exponent)
        found.append(_Cost(i, target.number * _MONEY[unit], _MONEY[unit] * _half(max(exponent, 0))))
    yield from found


def _half(decimals: int) -> Decimal:
    return Decimal(5).scaleb(-decimals - 1)
