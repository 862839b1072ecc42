"""What rules yield, evaluated: relations put to the test, of alternatives the one that holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
            yield result
            return
    yield from decide(made.otherwise)


def _support(option: Supported) -> int:
    return sum(r.outcome != Outcome.CONTRADICTED for r in evaluate(option.witnesses))


def _evaluated(relation: Relation) -> Result:
    [result] = evaluate([relation])
    return result


def _nearly(result: Result) -> Result:
    """A contradiction that is small enough to be a breach of a lesser rule."""
    near = result.relation.nearly
    if near is None or result.outcome != Outcome.CONTRADICTED:
        return result
    if abs(result.residual) > near.within + (result.slack if near.beside else 0):
        return result
    return replace(result, relation=replace(result.relation, rule=near.rule))
