"""Of all numbers in a document: how many are proved, contradicted, alone, or trivial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from yibenzhang.balance.whole import all_zero
from yibenzhang.model.relations import Outcome, Result


class Standing(StrEnum):
    PROVED = "proved"
    CONTRADICTED = "contradicted"
    ALONE = "alone"
    TRIVIAL = "trivial"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of printed numbers by standing; ``trivial`` ones hold between zeros only and prove nothing."""

    numbers: int
    proved: int
    contradicted: int
    alone: int
    trivial: int = 0


def standings(ids: Iterable[str], results: list[Result], suspected: set[str]) -> dict[str, Standing]:
    """The standing of every number.

    Contradicted: suspected (the culprit of a finding or, where the document cannot decide, one of those that may be),
    or in a broken relation and in none that held. Proved is a promise: a relation that held, may accuse and is not
    between zeros only would break under a gross change of the number, and that would be said. Trivial: only relations
    between zeros hold. Alone: nothing that may accuse speaks of it.
    """
    proving: set[str] = set()
    zeros: set[str] = set()
    broken: set[str] = set()
    for r in results:
        if not r.relation.accuses:
            continue
        held = zeros if all_zero(r) else proving
        into = broken if r.outcome is Outcome.CONTRADICTED else held
        # a coefficient of nothing is blind to the number
        into.update([t.fact.id for t in r.relation.terms if t.coefficient])
    out = {}
    for i in ids:
        if i in suspected or (i in broken and i not in proving):
            out[i] = Standing.CONTRADICTED
        elif i in proving:
            out[i] = Standing.PROVED
        else:
            out[i] = Standing.TRIVIAL if i in zeros else Standing.ALONE
    return out


def coverage(standing: dict[str, Standing]) -> Coverage:
    """Counts of a document's numbers by standing."""
    values = list(standing.values())
    proved, contradicted, trivial = (
        values.count(s) for s in (Standing.PROVED, Standing.CONTRADICTED, Standing.TRIVIAL)
    )
    alone = len(values) - proved - contradicted - trivial
    return Coverage(len(values), proved, contradicted, alone, trivial)
