"""Where very many numbers are wrong at once: the number most broken relations agree on is put right, then the next.

Not the smallest set for certain, but linear in the relations around, and right where errors stand apart. A number
is put right only if nothing that holds forbids it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from yibenzhang.balance.around import Steps, Touching
from yibenzhang.balance.mending import coefficient, culprit_of, mended
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome, Result

LEAST_VOTES = 2


class Moved:
    """The relations around a group with some numbers moved: residuals and outcomes as they would be."""

    def __init__(self, touching: Touching) -> None:
        self.touching = touching
        self.now: dict[int, Result] = {}
        self.was: dict[int, Result] = {}
        """The relation as printed, by the one as it would be."""

    def of(self, fact_id: str) -> list[Result]:
        """The relations of a number, as they would be."""
        return [self.now.get(id(r), r) for r in self.touching[fact_id]]

    def move(self, fact: Fact, by: Decimal) -> None:
        """Have a number changed by so much (base units)."""
        for r in self.touching[fact.id]:
            seen = self.now.get(id(r), r)
            residual = seen.residual + coefficient(r, fact.id) * by
            outcome = Outcome.CONTRADICTED if abs(residual) > r.slack else Outcome.WITHIN_ROUNDING
            self.now[id(r)] = made = replace(r, residual=residual, outcome=outcome)
            self.was[id(made)] = r

    def as_printed(self, results: Iterable[Result]) -> tuple[Result, ...]:
        return tuple(self.was.get(id(r), r) for r in results)

    def view(self) -> Touching:
        """The relations as they would be, by number."""
        return _View(self)


class _View(dict[str, list[Result]]):
    def __init__(self, moved: Moved) -> None:
        super().__init__()
        self.moved = moved

    def __missing__(self, fact_id: str) -> list[Result]:
        self[fact_id] = found = self.moved.of(fact_id)
        return found


def voted(group: list[Result], touching: Touching, steps: Steps) -> tuple[list[tuple[Fact, Decimal]], Moved]:
    """Numbers to change, each with its right value as printed; and the relations once they are changed."""
    moved = Moved(touching)
    facts = {f.id: f for r in group for f in r.relation.facts() if f.interval is not None}
    ranks = {i: _rank(f, moved) for i, f in sorted(facts.items()) if steps.take(len(touching[i]))}
    out: list[tuple[Fact, Decimal]] = []
    while not steps.spent:
        best = max(
            (i for i in ranks if ranks[i][0] >= LEAST_VOTES),
            key=lambda i: (ranks[i][0], _early(facts[i])),
            default=None,
        )
        if best is None:
            break
        fact, (_, value) = facts[best], ranks[best]
        factor, own = fact.unit.factor if fact.unit else Decimal(1), fact.interval
        if own is None:
            break
        moved.move(fact, value * factor - own.middle)
        out.append((fact, value))
        del ranks[best]
        near = {t.fact.id for r in touching[best] for t in r.relation.terms} & ranks.keys()
        for i in near:
            steps.take(len(touching[i]))
            ranks[i] = _rank(facts[i], moved)
    return out, moved


def _early(fact: Fact) -> tuple[int, ...]:
    """Of equals the one that stands first."""
    return (fact.table != "prose", -fact.cell[0], -fact.cell[1])


def _rank(fact: Fact, moved: Moved) -> tuple[int, Decimal]:
    """How many broken relations agree on another value that everything that holds allows, and that value."""
    around = moved.of(fact.id)
    held = [r for r in around if r.outcome is not Outcome.CONTRADICTED]
    broken = [r for r in around if r.outcome is Outcome.CONTRADICTED]
    votes: dict[Decimal, int] = defaultdict(int)
    if len(broken) < LEAST_VOTES:
        return 0, Decimal(0)
    for r in broken:
        where = mended(fact, [r, *held])
        value = culprit_of(fact, where).suggestion if where else None
        if value is not None and where is not None:
            votes[value] += 1
    if not votes:
        return 0, Decimal(0)
    best = max(votes, key=lambda v: (votes[v], -abs(v), v))
    return votes[best], best
