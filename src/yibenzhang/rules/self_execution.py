"""The points of self-assessments for the execution of the budget: against the rate, in the total, and how rates are
printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from yibenzhang.model.amounts import PERCENT
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_points import base_of
from yibenzhang.rules.registry import rule

_WHOLE = Decimal(100)
_USUAL = Decimal(10)
"""Points for the execution by the national method (财预〔2020〕10号)."""
_OFF = Decimal("0.02")
"""Points farther from the rate than this share of all of them are not rounded."""
_FAR = Decimal("0.2")
"""All points for a rate lower than the whole by more than this need no other forms to be asked about."""
_FEW = 3
"""So many forms of a document show how points follow the rate, or that the total has them."""
_MOST_PERCENT = 5
"""A rate is no more than so many times the whole."""


@dataclass(frozen=True, slots=True)
class _Execution:
    """The row of all money in a form: what it is worth, what was given, and the rate that its money comes to."""

    form: GoalForm
    weight: Decimal | None
    score: Fact | None
    rate: Decimal
    row: Fact
    others: tuple[Decimal, ...]
    """The rates of the rows below, of fiscal and of other money."""

    @property
    def due(self) -> Decimal:
        return self._due(self.rate)

    def _due(self, rate: Decimal) -> Decimal:
        return (self.weight if self.weight is not None else _USUAL) * min(rate, Decimal(1))

    @property
    def follows(self) -> bool:
        """The points are the rate's share of all of them, rounded as they are printed or to one place less; by the
        rate of all money or of one kind of it."""
        return any(self._near(self._due(rate)) for rate in (self.rate, *self.others))

    def _near(self, due: Decimal) -> bool:
        if self.score is None or self.score.amount is None:
            return False
        given, places = self.score.amount.value, self.score.amount.decimals
        near = [due.quantize(Decimal(1).scaleb(-n), ROUND_HALF_UP) for n in {places, max(places, 1) - 1, 1}]
        return given in near or abs(given - due) <= _OFF * max(self.weight or _USUAL, Decimal(1))


def _executions(case: Case) -> Iterator[_Execution]:
    for form in case.forms:
        spent, budget = form.amounts.get("year.spent"), form.amounts.get("year.budget")
        if form.kind != "evaluation" or spent is None or budget is None or base_of(budget) <= 0:
            continue
        row = spent.row.label
        weight = next((i.fact for i in form.weights if i.kind == "item" and i.fact.row.label == row), None)
        score = next((i.fact for i in form.scores if i.kind == "item" and i.fact.row.label == row), None)
        points = base_of(weight) if weight else None
        yield _Execution(form, points, score, base_of(spent) / base_of(budget), spent, tuple(_rates(form)))


def _rates(form: GoalForm) -> Iterator[Decimal]:
    for kind, spent in form.amounts.items():
        budget = form.amounts.get(f"{kind.removesuffix('.spent')}.budget")
        if kind.endswith(".spent") and budget is not None and base_of(budget) > 0:
            yield base_of(spent) / base_of(budget)


@rule("scores.execution")
def against_rate(case: Case) -> Iterator[Issue]:
    """Points for the execution that are not the rate's share: where other forms of the document show that method, or
    where all points were given for a rate far from the whole."""
    found = [e for e in _executions(case) if e.score is not None and e.rate > 0]
    telling = [e for e in found if e.rate < 1]
    right = sum(e.follows for e in telling)
    shown = right >= _FEW and right * 2 > len(telling)
    lenient = not shown and sum(not e.follows and _all_for_less(e) for e in telling) > 1
    for e in telling:
        if e.follows or e.score is None or not base_of(e.score) or lenient or _misprinted(e):
            continue  # all points again and again, or none at all, are a method of steps
        weight, full = e.weight if e.weight is not None or not shown else _USUAL, _all_for_less(e)
        if shown or full:
            rate = form_rate(e.form) or f"{100 * e.rate:.2f}%"
            yield issue_at(
                "scores.execution",
                e.score.text,
                e.score.place,
                form=e.form.name or None,
                rate=rate,
                weight=weight,
                due=round(e.due, 2),
                template="full" if full and not shown else "",
            )


def _misprinted(e: _Execution) -> bool:
    """The points of the form do not come to their total, or more were given than there are: told by a sum, or as
    that."""
    if e.weight and e.score is not None and base_of(e.score) > e.weight:
        return True
    whole = _total(e.form, "weight")
    parts = [i.fact for i in e.form.weights if i.kind == "item"]
    return whole is not None and bool(parts) and _sum(parts) != base_of(whole)


def _all_for_less(e: _Execution) -> bool:
    """All points for a rate far from the whole."""
    return e.score is not None and bool(e.weight) and base_of(e.score) == e.weight and 1 - e.rate > _FAR


def form_rate(form: GoalForm) -> str:
    """The printed rate of all money."""
    rate = form.amounts.get("year.rate")
    return rate.text if rate else ""


@rule("scores.total")
def without_execution(case: Case) -> Iterator[Issue]:
    """A total that leaves out the points for the execution, which the other forms of the document take in; or one that
    takes in what they are worth, though none were given."""
    found = list(_executions(case))
    taken = {id(e): _takes_in(e) for e in found}
    if sum(t is True for t in taken.values()) < max(_FEW, 2 * sum(t is False for t in taken.values())):
        return
    for e in found:
        total = _total(e.form, "score")
        if taken[id(e)] is False and total is not None and e.score is not None:
            yield issue_at(
                "scores.total",
                total.text,
                total.place,
                (e.score.text, e.score.place),
                form=e.form.name or None,
                points=e.score.text,
                right=base_of(total) + base_of(e.score),
            )
        elif e.score is None and _worth_and_not_given(e) and total is not None:
            yield issue_at(
                "scores.total",
                total.text,
                total.place,
                form=e.form.name or None,
                template="blank",
                rate=form_rate(e.form) or f"{100 * e.rate:.2f}%",
                weight=e.weight,
            )


def _total(form: GoalForm, which: str) -> Fact | None:
    items = form.weights if which == "weight" else form.scores
    sums = [i.fact for i in items if i.kind == "sum"]
    return sums[-1] if sums else None


def _indicators(e: _Execution, which: str) -> list[Fact]:
    items = e.form.weights if which == "weight" else e.form.scores
    return [i.fact for i in items if i.kind == "item" and i.fact.row.label != e.row.row.label]


def _sum(facts: Sequence[Fact]) -> Decimal:
    return sum((base_of(f) for f in facts), Decimal(0))


def _takes_in(e: _Execution) -> bool | None:
    """The printed total is with the points for the execution (True), without them (False), or neither."""
    total, scores = _total(e.form, "score"), _indicators(e, "score")
    if total is None or e.score is None or not base_of(e.score) or len(scores) < _FEW:
        return None
    whole = _sum(scores)
    if base_of(total) == whole + base_of(e.score):
        return True
    return False if base_of(total) == whole else None


def _worth_and_not_given(e: _Execution) -> bool:
    """The points of the form's heading come to the whole with those of the execution; the scores are without any."""
    total, worth = _total(e.form, "score"), _total(e.form, "weight")
    scores = _indicators(e, "score")
    if total is None or worth is None or not e.weight or len(scores) < _FEW:
        return False
    return base_of(worth) == _sum(_indicators(e, "weight")) + e.weight and base_of(total) == _sum(scores)


@rule("goals.score", needs=("forms",))
def above_total(case: Case) -> Iterator[Issue]:
    """A total of scores above the total of points; one that its own scores contradict is told by their sum."""
    for form in case.forms:
        total, worth = _total(form, "score"), _total(form, "weight")
        above = total and worth and base_of(total) > base_of(worth) > 0 and total.cell[0] == worth.cell[0]
        scores = [i.fact for i in form.scores if i.kind == "item"]
        otherwise = len(scores) >= _FEW and _sum(scores) != base_of(total) if total else False
        if form.kind == "evaluation" and above and total and worth and not otherwise:
            yield issue_at(
                "goals.score",
                total.text,
                total.place,
                (worth.text, worth.place),
                form=form.name,
                item=total.row.label,
                weight=worth.text,
            )


def _printed_rates(case: Case) -> list[tuple[GoalForm, str, Fact]]:
    return [
        (form, kind, f)
        for form in case.forms
        if form.kind == "evaluation"
        for kind, f in form.amounts.items()
        if kind.endswith(".rate") and f.amount is not None and f.amount.value
    ]


@rule("scores.rate_sign")
def without_sign(case: Case) -> Iterator[Issue]:
    """A rate printed without the sign that the other rates of the document have."""
    rates = _printed_rates(case)
    bare = [(form, kind, f) for form, kind, f in rates if f.amount and f.amount.unit != PERCENT]
    if len(rates) - len(bare) < max(_FEW, 2 * len(bare)):
        return
    for form, kind, f in bare:
        base = kind.removesuffix(".rate")
        spent, budget = form.amounts.get(f"{base}.spent"), form.amounts.get(f"{base}.budget")
        if spent is None or budget is None or not base_of(budget) or not f.amount:
            continue
        rate = _WHOLE * base_of(spent) / base_of(budget)
        if 1 < f.amount.value <= _MOST_PERCENT * _WHOLE and abs(rate - f.amount.value) < 1:
            yield issue_at(
                "scores.rate_sign",
                f.text,
                f.place,
                form=form.name or None,
                row=f.row.label,
                rate=f"{rate:.2f}%",
            )
