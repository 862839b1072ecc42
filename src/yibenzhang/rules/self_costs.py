"""Cost indicators of self-assessments that are the whole cost of a project, against the project's own money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.amounts import unit_named
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_points import base_of
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("self_costs")
_NEAR = Decimal("0.0005")
"""A cost that is off by less than this share is the amount, rounded."""
_ROUNDED = Decimal("0.01")
"""A cost that is the budget, where less than this share of it was left, was told before all was paid."""
_FEW = 3
"""So many forms of a document show that such costs are the money spent; at most one in so many is another's."""


@dataclass(frozen=True, slots=True)
class _Cost:
    """An indicator of the whole cost: its target and what was reached, in 元; None where either is no amount."""

    form: GoalForm
    indicator: Indicator
    target: Decimal | None
    reached: Decimal | None
    spent: Fact
    budget: Fact
    others: tuple[Decimal, ...]
    """All other money of the form."""

    @property
    def held(self) -> bool:
        return self.reached is not None and _same(self.reached, base_of(self.spent))

    @property
    def known(self) -> bool:
        """It is some other amount of the form, or what was reached is no amount."""
        return self.reached is None or any(_same(self.reached, o) for o in self.others)


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= max(_NEAR * abs(other), Decimal(50))


def _costs(case: Case) -> Iterator[_Cost]:
    known = Vocabulary(words_of(case))
    for form in case.forms:
        spent, budget = form.amounts.get("year.spent"), form.amounts.get("year.budget")
        if form.kind != "evaluation" or spent is None or budget is None or not base_of(spent):
            continue
        rows = [i for i in form.indicators if known.under(i, "cost") and _amount(i.value, form) is not None]
        whole = [i for i in rows if _WORDS["whole"].fullmatch(known.name(i))]
        if len(rows) == len(whole) == 1:
            one = whole[0]
            money = tuple(
                base_of(f)
                for k, f in form.amounts.items()
                if not k.endswith(".rate") and base_of(f) and f is not spent
            )
            yield _Cost(form, one, _amount(one.value, form), _amount(one.actual, form), spent, budget, money)


def _amount(text: str, form: GoalForm) -> Decimal | None:
    """An amount of money in 元; without a unit in that of the form."""
    found = target_of(_WORDS["paid"].sub("", flat(text)))
    if found is None:
        return None
    unit = form.amounts["year.spent"].unit if "year.spent" in form.amounts else None
    named = (
        unit_named(found.unit) or unit_named(f"{found.unit}{_WORDS['yuan'].pattern}") if found.unit else unit
    )
    factor = named.factor if named is not None and named.dimension == "money" else None
    return found.number * factor if factor else None


@rule("scores.cost")
def costs(case: Case) -> Iterator[Issue]:
    """A whole cost that is none of the project's own money, or the budget where less was spent."""
    found = list(_costs(case))
    held = sum(c.held for c in found)
    off = [c for c in found if not c.held]
    if held < _FEW or held < _FEW * len([c for c in off if not c.known]):
        return
    for c in off:
        if (template := _wrong(c)) is not None:
            yield _issue(c, template, _copied(c, found))


def _wrong(c: _Cost) -> str | None:
    if c.reached is None:
        return None
    spent, budget = base_of(c.spent), base_of(c.budget)
    if not c.known:
        return ""
    if _same(c.reached, budget) and budget - spent > _ROUNDED * budget:
        return "budget"
    return "more" if c.reached > budget and c.reached - budget > _ROUNDED * budget else None


def _copied(c: _Cost, found: Sequence[_Cost]) -> str | None:
    """Another project's whose cost this is."""
    same = [
        o
        for o in found
        if o.form is not c.form and o.reached == c.reached and o.target == c.target and o.held
    ]
    return same[0].form.name if len(same) == 1 else None


def _issue(c: _Cost, template: str, copied: str | None) -> Issue:
    one = c.indicator
    return issue_at(
        "scores.cost",
        one.name,
        one.place,
        (c.spent.text, c.spent.place),
        template=template,
        form=c.form.name or None,
        target=flat(one.value),
        reached=flat(one.actual),
        spent=c.spent.text,
        budget=c.budget.text,
        unit=c.spent.unit.name if c.spent.unit else None,
        copied=copied,
    )
