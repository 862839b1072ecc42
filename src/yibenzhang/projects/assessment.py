"""Self-assessments worked out again from their own money and results, beside the points the body gave itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.amounts import Amount, parse_amount
from yibenzhang.model.places import Place
from yibenzhang.projects.method import Method
from yibenzhang.projects.scoring import Points, Reason, execution_points, indicator_points
from yibenzhang.recognising.forms import GoalForm, GoalItem

_ASKED = (Reason.OVER, Reason.NO_RESULT, Reason.ZERO_TARGET, Reason.OTHER_UNIT)
"""What a reviewer looks at even where the points are those of the method."""


@dataclass(frozen=True, slots=True)
class Line:
    """One scored line: target, result, its weight, the points printed and those the method allows."""

    level: str
    name: str
    target: str
    actual: str
    weight: Decimal
    printed: Amount | None
    points: Points
    place: Place

    @property
    def differs(self) -> bool:
        """The points printed are not those of the method."""
        return self.printed is not None and not self.points.allow(self.printed)

    @property
    def asked(self) -> bool:
        return self.points.reason in _ASKED


@dataclass(frozen=True, slots=True)
class Assessment:
    """A self-assessment form: the line of the execution (None where the form has none), the indicators, the total
    printed."""

    name: str
    owner: str
    place: Place
    execution: Line | None
    indicators: tuple[Line, ...]
    printed: Amount | None
    complete: bool
    """The weights read make up all points of the method: nothing was missed."""

    @property
    def lines(self) -> tuple[Line, ...]:
        return (self.execution, *self.indicators) if self.execution else self.indicators

    @property
    def total(self) -> tuple[Decimal, Decimal]:
        """The least and the most points in all; a line that only a person can judge counts from nothing to its
        weight."""
        low = sum((x.points.low if x.points.low is not None else Decimal(0) for x in self.lines), Decimal(0))
        high = sum((x.points.high if x.points.high is not None else x.weight for x in self.lines), Decimal(0))
        return low, high

    @property
    def differs(self) -> bool:
        low, high = self.total
        return (
            self.complete
            and self.printed is not None
            and not Points(low, high, Reason.REACHED).allow(self.printed)
        )


def assessments_of(forms: Sequence[GoalForm], method: Method) -> Iterator[Assessment]:
    """The self-assessments among a document's forms that have points for their indicators."""
    for form in forms:
        lines = tuple(_indicators(form, method))
        if form.kind == "evaluation" and lines:
            totals = [i.fact for i in form.scores if i.kind == "sum"]
            printed = totals[-1].amount if totals else None
            execution = _execution(form, method)
            every = sum((x.weight for x in (*lines, *([execution] if execution else []))), Decimal(0))
            yield Assessment(
                form.name, form.owner, form.place, execution, lines, printed, every == method.points
            )


def _indicators(form: GoalForm, method: Method) -> Iterator[Line]:
    for one in form.indicators:
        weight, printed = parse_amount(one.weight), parse_amount(one.score)
        if weight is None:
            continue
        points = indicator_points(one.value, one.actual, weight.value, method, (one.level1, one.level2))
        yield Line(one.level1, one.name, one.value, one.actual, weight.value, printed, points, one.place)


def _execution(form: GoalForm, method: Method) -> Line | None:
    budget, spent = form.amounts.get("year.budget"), form.amounts.get("year.spent")
    if budget is None or spent is None or budget.amount is None or spent.amount is None:
        return None
    names = frozenset(i.name for i in form.indicators)
    weight, printed = (_first(items, names) for items in (form.weights, form.scores))
    points = execution_points(spent.amount.base, budget.amount.base, method)
    most = weight.value if weight else method.execution
    return Line("", "", budget.text, spent.text, most, printed, points, spent.place)


def _first(items: Sequence[GoalItem], names: frozenset[str]) -> Amount | None:
    """The points of the execution of the budget: those of no indicator and no total."""
    found = (i.fact.amount for i in items if i.kind != "sum" and not i.group and i.name not in names)
    return next(found, None)
