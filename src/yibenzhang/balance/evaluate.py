"""Relations put to the test by interval arithmetic.

A relation is a set of rows (relation, fact, coefficient) of one long table; its test is two grouped sums:
Σ c·v against Σ |c|·h. Whole numbers do it exactly: every interval is carried to one power of ten, and only
relations with printed coefficients (rates) or with finer numbers are worked out in decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import SCALE, Scaler
from yibenzhang.model.relations import Outcome, Relation, Result, Term

_ZERO = Decimal(0)
Whole = tuple[int, int]
"""Middle and half width in units of 10^-SCALE."""


def evaluate(relations: Iterable[Relation]) -> list[Result]:
    """The outcome of every relation. Facts without an interval never reach here."""
    known: dict[str, tuple[Fact, Whole | None]] = {}
    scaler = Scaler()
    exact: dict[int, Decimal] = {0: _ZERO}
    out = []
    for relation in relations:
        whole = None if relation.constant else _whole(relation.terms, known, scaler)
        if whole is None:
            out.append(_evaluate(relation))
            continue
        residual, half = whole
        if (slack := exact.get(half)) is None:
            slack = exact[half] = Decimal(half).scaleb(-SCALE).normalize()
        if residual == 0:
            out.append(Result(relation, Outcome.HELD, _ZERO, slack))
        else:
            outcome = Outcome.WITHIN_ROUNDING if abs(residual) <= half else Outcome.CONTRADICTED
            out.append(Result(relation, outcome, Decimal(residual).scaleb(-SCALE).normalize(), slack))
    return out


def _whole(
    terms: tuple[Term, ...], known: dict[str, tuple[Fact, Whole | None]], scaler: Scaler
) -> Whole | None:
    """Residual and slack as whole numbers; None where they are not."""
    residual = slack = 0
    for term in terms:
        c, fact = term.coefficient, term.fact
        found = known.get(fact.id)
        if found is None or found[0] is not fact:
            found = known[fact.id] = (fact, _scaled(fact, scaler))
        x = found[1]
        if x is None or c.__class__ is not int:
            return None
        if c == -1:
            residual -= x[0]
            slack += x[1]
        elif c == 1:
            residual += x[0]
            slack += x[1]
        else:
            residual += int(c) * x[0]
            slack += abs(int(c)) * x[1]
    return residual, slack


def _scaled(fact: Fact, scaler: Scaler) -> Whole | None:
    if fact.amount is not None:
        return scaler(fact.amount, fact.decimals)
    return (0, 0) if fact.interval is not None else None


def _evaluate(relation: Relation) -> Result:
    residual, slack = relation.constant, _ZERO
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
