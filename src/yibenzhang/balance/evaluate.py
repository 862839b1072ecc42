"""Relations put to the test by interval arithmetic.

A relation is a set of rows (relation, fact, coefficient) of one long table; its test is two grouped sums:
Σ c·v against Σ |c|·h. The same sums serve one document or a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from yibenzhang.model.relations import Outcome, Relation, Result


def evaluate(relations: Iterable[Relation]) -> list[Result]:
    """The outcome of every relation. Facts without an interval never reach here (see rules.sums)."""
    return [_evaluate(r) for r in relations]


def _evaluate(relation: Relation) -> Result:
    residual, slack = relation.constant, Decimal(0)
    for term in relation.terms:
        x = term.fact.interval
        if x is None:
            raise ValueError(f"{relation.id}: an unreadable number cannot take part in a relation")
        residual += Decimal(term.coefficient) * x.middle
        slack += abs(Decimal(term.coefficient)) * x.half_width
    if residual == 0:
        outcome = Outcome.HELD
    elif abs(residual) <= slack:
        outcome = Outcome.WITHIN_ROUNDING
    else:
        outcome = Outcome.CONTRADICTED
    return Result(relation, outcome, residual, slack)
