"""What rules yield, evaluated: relations put to the test, of alternatives the one that holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from yibenzhang.balance.evaluate import evaluate
from yibenzhang.model.issues import Issue
from yibenzhang.model.relations import (
    Alternatives,
    Made,
    NotChecked,
    Outcome,
    Relation,
    Result,
    Supported,
)


def decide(made: Made) -> Iterator[Result | Issue | NotChecked]:
    """What becomes of one thing that a rule yields."""
    if isinstance(made, Alternatives):
        yield from _one_of(made)
    elif isinstance(made, Relation):
        yield _nearly(_evaluated(made))
    elif made is not None:
        yield made


def _one_of(made: Alternatives) -> Iterator[Result | Issue | NotChecked]:
    """The first that holds, or is supported; else what stands instead."""
    for option in made.options:
        if isinstance(option, Supported):
            if _support(option) >= option.least:
                yield _nearly(_evaluated(option.relation))
                return
        elif (result := _evaluated(option)).outcome != Outcome.CONTRADICTED:
            of_text = any(f.table == "prose" for f in option.facts()) and option.rule not in _BY_KIND
            heard = not of_text or _heard(made.otherwise)
            yield result if heard else replace(result, relation=replace(option, accuses=False))
            return
    yield from decide(made.otherwise)


_BY_KIND = ("prose.table", "prose.changed")
"""What these would tell of a wrong number depends on whether it stands somewhere in the tables: they say so
themselves."""


def _heard(made: Made) -> bool:
    """Something would be told if none held: where nothing would, what holds proves nothing."""
    if isinstance(made, Relation):
        return made.accuses
    if isinstance(made, Alternatives):
        return _heard(made.otherwise)
    return isinstance(made, Issue)


def _support(option: Supported) -> int:
    return sum(r.outcome != Outcome.CONTRADICTED for r in evaluate(option.witnesses))


def _evaluated(relation: Relation) -> Result:
    [result] = evaluate([relation])
    return replace(result, relation=replace(relation, accuses=False)) if _by_whole_numbers(result) else result


def _by_whole_numbers(result: Result) -> bool:
    """A sum of a sentence that agrees only because its whole numbers may be rounded: people print 6 for 6.00, so that
    it proves nothing, and may still be right."""
    facts = result.relation.facts()
    if (
        result.outcome == Outcome.CONTRADICTED
        or not result.residual
        or any(f.table != "prose" for f in facts)
    ):
        return False
    if any(f.unit is None or f.unit.dimension != "money" or f.amount is None for f in facts):
        return False
    finer = [
        abs(Decimal(t.coefficient)) * x.half_width
        for t in result.relation.terms
        if t.fact.decimals and (x := t.fact.interval) is not None
    ]
    return abs(result.residual) > sum(finer, Decimal(0))


def _nearly(result: Result) -> Result:
    """A contradiction that is small enough to be a breach of a lesser rule."""
    near = result.relation.nearly
    if near is None or result.outcome != Outcome.CONTRADICTED:
        return result
    if abs(result.residual) > near.within + (result.slack if near.beside else 0):
        return result
    return replace(result, relation=replace(result.relation, rule=near.rule))
