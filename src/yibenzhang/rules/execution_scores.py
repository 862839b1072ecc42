"""Self-assessments: the points for the execution of the budget, by the rate at which the other forms give theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("execution_scores")
_FEWEST, _SHARE = 3, 2
"""So many forms give points by the rate, and so many times as many as do not."""
_EXACT, _OFF = Decimal("0.06"), Decimal("0.1")
"""Points are rounded by less than the first; by more than the second they are others."""
_WHOLE = Decimal(1)


@dataclass(frozen=True)
class _Scored:
    form: GoalForm
    weight: Fact
    score: Fact
    due: Decimal
    rate: Decimal

    @property
    def off(self) -> Decimal:
        return abs((self.score.amount.value if self.score.amount else self.due) - self.due)


@rule("goals.execution_score", needs=("forms",))
def execution_scores(case: Case) -> Iterator[Issue]:
    """Points that are not the weight times the rate, where most forms of the document give them so."""
    found = [s for form in case.forms if form.kind == "evaluation" and (s := _scored(form)) is not None]
    right = [s for s in found if s.off <= _EXACT and s.rate < _WHOLE]
    wrong = [s for s in found if s.off > _OFF]
    if len(right) < max(_FEWEST, _SHARE * len(wrong)):
        return
    for s in wrong:
        yield issue_of(
            "goals.execution_score",
            (s.score, s.weight),
            form=s.form.name or None,
            score=s.score.text,
            weight=s.weight.text,
            rate=round(s.rate * 100, 2),
            due=round(s.due, 2),
            others=len(right),
        )


def _scored(form: GoalForm) -> _Scored | None:
    """The points for the execution and what they come to by the rate of the whole budget."""
    budget, spent = form.amounts.get("year.budget"), form.amounts.get("year.spent")
    weights = {
        i.name: i.fact for i in form.weights if i.kind != "sum" and _WORDS["execution"].search(fold(i.name))
    }
    scores = {i.name: i.fact for i in form.scores if i.kind != "sum"}
    both = weights.keys() & scores.keys()
    if len(both) != 1 or budget is None or spent is None or not budget.amount or not spent.amount:
        return None
    [name] = both
    weight, score = weights[name], scores[name]
    if weight.amount is None or score.amount is None or budget.amount.base <= 0 or spent.amount.base < 0:
        return None
    rate = min(spent.amount.base / budget.amount.base, _WHOLE)
    return _Scored(form, weight, score, weight.amount.value * rate, rate)
