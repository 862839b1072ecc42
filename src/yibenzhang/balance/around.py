"""The broken relations with everything that touches their numbers, in an order of their own; and steps counted.

Nothing here depends on the order in which relations were yielded or on how fast the machine is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome, Result

Touching = dict[str, list[Result]]
"""Relations by the id of a number that stands in them."""
_DIGITS = re.compile(r"(\d+)")


@dataclass
class Steps:
    """Work still allowed, in relations visited."""

    left: int

    @property
    def spent(self) -> bool:
        return self.left <= 0

    def take(self, count: int = 1) -> bool:
        """Count work about to be done; False once there is none left."""
        self.left -= count
        return self.left > 0


def in_order(results: Iterable[Result]) -> list[Result]:
    """Relations by their ids, whatever order they came in."""
    return sorted(results, key=lambda r: (r.relation.id, r.relation.terms[0].fact.id))


def touching_of(results: Iterable[Result]) -> Touching:
    """The relations each number stands in, each once; broken ones that must not accuse are left out."""
    out: Touching = defaultdict(list)
    for r in results:
        if r.outcome is Outcome.CONTRADICTED and not r.relation.accuses:
            continue
        for t in r.relation.terms:
            known = out[t.fact.id]
            if not known or known[-1] is not r:
                known.append(r)
    return out


def groups_of(broken: Iterable[Result]) -> list[list[Result]]:
    """Broken relations that share a number belong together; an empty cell joins nothing."""
    home: dict[int, int] = {}

    def root(k: int) -> int:
        while home[k] != k:
            home[k] = home[home[k]]
            k = home[k]
        return k

    every = list(broken)
    first: dict[str, int] = {}
    for k, r in enumerate(every):
        home[k] = k
        for t in r.relation.terms:
            if not nothing(t.fact):
                a, b = root(first.setdefault(t.fact.id, k)), root(k)
                home[max(a, b)] = min(a, b)
    out: dict[int, list[Result]] = defaultdict(list)
    for k, r in enumerate(every):
        out[root(k)].append(r)
    return [out[k] for k in sorted(out)]


def nothing(fact: Fact) -> bool:
    """An empty cell."""
    return fact.state in (CellState.BLANK, CellState.DASH)


def place_key(fact: Fact) -> tuple[object, ...]:
    """Where a number stands, to be sorted by: tables first, each in its order, then the text."""
    prose = fact.table == "prose"
    return (prose, natural(fact.table), fact.cell, natural(fact.place.key) if prose else (), fact.id)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts t2 before t10."""
    parts = _DIGITS.split(text)
    return tuple((1, int(p), "") if p.isdigit() else (0, 0, p) for p in parts if p)
