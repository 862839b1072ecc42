"""Of all numbers in a document: how many are proved, contradicted, or alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from yibenzhang.model.relations import Outcome, Result


class Standing(StrEnum):
    PROVED = "proved"
    CONTRADICTED = "contradicted"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of printed numbers by standing."""

    numbers: int
    proved: int
    contradicted: int
    alone: int


def standings(ids: Iterable[str], results: list[Result], suspected: set[str]) -> dict[str, Standing]:
    """The standing of every number.

    A number is contradicted if it is suspected (the culprit of a finding or, where the document cannot decide, one of
    those that may be), or if it takes part in a broken relation and in none that held; it is proved if it takes part in
    one that held and is not contradicted.
    """
    held = {f.id for r in results if r.outcome != Outcome.CONTRADICTED for f in r.relation.facts()}
    broken = {f.id for r in results if r.outcome == Outcome.CONTRADICTED for f in r.relation.facts()}
    out = {}
    for i in ids:
        if i in suspected or (i in broken and i not in held):
            out[i] = Standing.CONTRADICTED
        else:
            out[i] = Standing.PROVED if i in held else Standing.ALONE
    return out


def coverage(standing: dict[str, Standing], others: int = 0) -> Coverage:
    """Counts; ``others`` are numbers that no relation can reach yet, all alone."""
    values = list(standing.values())
    proved, contradicted = values.count(Standing.PROVED), values.count(Standing.CONTRADICTED)
    return Coverage(len(values) + others, proved, contradicted, len(values) - proved - contradicted + others)
