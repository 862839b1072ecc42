"""The broken relations with everything that touches their numbers, in an order of their own; and steps counted.

Nothing here depends on the order in which relations were yielded or on how fast the machine is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Outcome, Result

Touching = dict[str, list[Result]]
"""Relations by the id of a number that stands in them."""
_DIGITS = late(r"(\d+)")


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


class Around(dict[str, list[Result]]):
    """The relations each number stands in, each once, by their ids; broken ones that must not accuse are left out.

    Those of the numbers of broken relations are gathered at once, all others when the first of them is asked for.
    """

    def __init__(self, results: list[Result], broken: list[Result]) -> None:
        super().__init__()
        self.results = results
        self._all: dict[str, list[Result]] | None = None
        self._facts: list[Fact] | None = None
        near: dict[str, list[Result]] = {t.fact.id: [] for r in broken for t in r.relation.terms}
        for r in results:
            for t in r.relation.terms:
                if t.fact.id in near and _speaks(r):
                    near[t.fact.id].append(r)
        for i, found in near.items():
            self[i] = _each_once(found)

    def __missing__(self, fact_id: str) -> list[Result]:
        if self._all is None:
            self._all = {}
            for r in self.results:
                if _speaks(r):
                    for t in r.relation.terms:
                        self._all.setdefault(t.fact.id, []).append(r)
        self[fact_id] = found = _each_once(self._all.get(fact_id, []))
        return found

    def facts(self) -> list[Fact]:
        """Every number that stands in a relation, by id."""
        if self._facts is None:
            known = {t.fact.id: t.fact for r in self.results for t in r.relation.terms}
            self._facts = [known[i] for i in sorted(known)]
        return self._facts


def _speaks(r: Result) -> bool:
    return r.outcome is not Outcome.CONTRADICTED or r.relation.accuses


def _each_once(results: list[Result]) -> list[Result]:
    return in_order({id(r): r for r in results}.values())


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
