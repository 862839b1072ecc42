"""The total of a self-assessment where its points bear out that all rows are there: it needs no other forms to say
so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Relation
from yibenzhang.recognising.forms import GoalForm, GoalItem
from yibenzhang.rules.case import Case
from yibenzhang.rules.goals import equal
from yibenzhang.rules.registry import rule

_LEAST = 3


@rule("goals.scores", needs=("forms",))
def totals(case: Case) -> Iterator[Relation]:
    """Scores of the same rows whose points come to the printed total of points, none above its points."""
    for form in case.forms:
        if form.kind == "evaluation" and (made := _witnessed(form)) is not None:
            yield made


def _witnessed(form: GoalForm) -> Relation | None:
    weights, points = _split(form.weights)
    scores, total = _split(form.scores)
    if points is None or total is None or len(scores) < _LEAST:
        return None
    given = {(f.table, f.cell[0]): _value(f) for f in weights}
    reached = {(f.table, f.cell[0]): _value(f) for f in scores}
    if len(given) != len(weights) or given.keys() != reached.keys():
        return None
    if sum(given.values()) != _value(points) or any(reached[k] > given[k] for k in given):
        return None
    return equal("goals.scores", total, scores)


def _split(items: Sequence[GoalItem]) -> tuple[list[Fact], Fact | None]:
    sums = [i.fact for i in items if i.kind == "sum"]
    return [i.fact for i in items if i.kind == "item"], sums[-1] if sums else None


def _value(fact: Fact) -> Decimal:
    return fact.amount.value if fact.amount else Decimal(0)
