"""The smallest set of numbers to change, found by hitting what conflicts: exact, and quick where few are wrong.

Every broken relation must have one of its numbers changed; a number so changed may be asked to be two
things at once, and then one of the numbers of those two relations must be changed too (R. Reiter, A theory
of diagnosis from first principles, Artificial Intelligence 32, 1987). The search deepens by cost, so the
first sets it meets are the smallest.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from yibenzhang.balance.around import Steps, Touching
from yibenzhang.balance.mending import around, weights_of
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome, Result

STEPS = 60_000
"""Relations looked at before a group is left to the program."""
AS_GOOD = 0.36
"""Sets that cost no more than this above the best are as good: no weight alone makes a culprit certain."""
LEAST = 0.85
"""What the cheapest number costs."""
BOUNDS = (1.45, 2.45, 3.65, 4.85, 6.05, 7.25, 8.45, 9.65)
"""The costs tried one after the other: one number, two, three, …"""

Found = list[tuple[str, bool]]
Box = tuple[Decimal, Decimal, int, int]
"""How far a number may move, and the relations (positions) that hold it there."""


def _apart(conflicts: list[set[str]]) -> int:
    """Conflicts that share no number: at least so many more must be changed."""
    taken: set[str] = set()
    count = 0
    for conflict in sorted(conflicts, key=lambda c: (len(c), sorted(c))):
        if not conflict & taken:
            taken |= conflict
            count += 1
    return count


@dataclass
class _Search:
    """A group with the relations around it: terms by relation, relations by number."""

    facts: dict[str, Fact]
    results: list[Result]
    cost: dict[str, float]
    steps: Steps
    terms: list[dict[str, Decimal]] = field(default_factory=list)
    of: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    broken: list[int] = field(default_factory=list)
    seen: set[frozenset[str]] = field(default_factory=set)
    sets: list[tuple[float, frozenset[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for k, r in enumerate(self.results):
            terms: dict[str, Decimal] = {}
            for t in r.relation.terms:
                terms[t.fact.id] = terms.get(t.fact.id, Decimal(0)) + Decimal(t.coefficient)
            self.terms.append({i: c for i, c in terms.items() if c})
            for i in self.terms[-1]:
                self.of[i].append(k)
            if r.outcome == Outcome.CONTRADICTED:
                self.broken.append(k)

    def conflicts(self, chosen: frozenset[str]) -> list[set[str]] | None:
        """Sets of numbers of each of which one more must be changed; None where the chosen can never do."""
        out = [set(self.terms[k]) for k in self.broken if not chosen & self.terms[k].keys()]
        boxes: dict[str, Box] = {}
        shared: set[int] = set()
        for i in chosen:
            self.steps.take(len(self.of[i]))
            box = self._box(i, chosen, shared)
            if box is None:
                continue
            if no_room := self._no_room(i, box):
                out.append(no_room)
            else:
                boxes[i] = box
        for k in shared:
            if (conflict := self._shared(k, chosen, boxes)) is not None:
                out.append(conflict)
        out = [c - chosen for c in out]
        return out if all(out) else None

    def _box(self, i: str, chosen: frozenset[str], shared: set[int]) -> Box | None:
        """How far a number may move by the relations it is the only one chosen of; the others go to ``shared``."""
        low: tuple[Decimal, int] | None = None
        high: tuple[Decimal, int] | None = None
        for k in self.of[i]:
            if len(chosen & self.terms[k].keys()) > 1:
                shared.add(k)
                continue
            c, r = self.terms[k][i], self.results[k]
            a, b = sorted(((-r.residual - r.slack) / c, (-r.residual + r.slack) / c))
            low = (a, k) if low is None or a > low[0] else low
            high = (b, k) if high is None or b < high[0] else high
        return None if low is None or high is None else (low[0], high[0], low[1], high[1])

    def _no_room(self, i: str, box: Box) -> set[str]:
        """The numbers of the relations that leave no room for this one, or only for a negative amount."""
        low, high, one, two = box
        if low > high:
            return set(self.terms[one]) | set(self.terms[two])
        own = self.facts[i].interval
        return set(self.terms[two]) if own is not None and own.high >= 0 > own.middle + high else set()

    def _shared(self, k: int, chosen: frozenset[str], boxes: dict[str, Box]) -> set[str] | None:
        """A relation between chosen numbers that cannot hold however they move."""
        r = self.results[k]
        low, high = r.residual - r.slack, r.residual + r.slack
        behind = set(self.terms[k])
        for i in chosen & self.terms[k].keys():
            if i not in boxes:
                return None  # free to move
            c, (a, b, one, two) = self.terms[k][i], boxes[i]
            low, high = low + min(c * a, c * b), high + max(c * a, c * b)
            behind |= set(self.terms[one]) | set(self.terms[two])
        return behind if low > 0 or high < 0 else None

    def search(self, chosen: frozenset[str], cost: float, bound: float) -> None:
        """All sets within the bound that hold ``chosen``."""
        if chosen in self.seen or not self.steps.take():
            return
        self.seen.add(chosen)
        conflicts = self.conflicts(chosen)
        if conflicts is None:
            return
        if not conflicts:
            self.sets.append((cost, chosen))
            return
        if cost + LEAST * _apart(conflicts) > bound:
            return
        options = min(conflicts, key=lambda c: (len(c), sorted(c)))
        if cost + 2 * LEAST > bound:  # one more at most: it must answer every conflict
            options = set.intersection(*conflicts)
        for i in sorted(options, key=lambda i: (self.cost[i], i)):
            best = min((c for c, _ in self.sets), default=bound)
            if cost + self.cost[i] <= min(bound, best + AS_GOOD):
                self.search(chosen | {i}, cost + self.cost[i], bound)


@dataclass(frozen=True, slots=True)
class Sets:
    """The best set of numbers to change, in the order of their ids, and all as good, the best first."""

    best: tuple[str, ...]
    good: tuple[frozenset[str], ...]


def smallest_sets(group: list[Result], touching: Touching, steps: Steps) -> Sets | None:
    """The smallest sets of numbers to change; None where too many are wrong or the steps are used up."""
    results = around(group, touching)
    facts = {f.id: f for r in results for f in r.relation.facts() if f.interval is not None}
    search = _Search(facts, results, weights_of(facts, group, touching), steps)
    own = {id(r) for r in group}
    search.broken = [k for k, r in enumerate(results) if id(r) in own]
    for bound in BOUNDS:
        search.seen.clear()
        search.search(frozenset(), 0.0, bound)
        if steps.spent:
            return None
        if search.sets:
            break
    if not search.sets:
        return None
    best, chosen = min(search.sets, key=lambda s: (s[0], sorted(s[1])))
    within = sorted(((c, sorted(s), s) for c, s in search.sets if c <= best + AS_GOOD), key=lambda g: g[:2])
    good = tuple(s for _, _, s in within)
    return Sets(tuple(sorted(chosen)), good)


def smallest(group: list[Result], touching: Touching, steps: Steps) -> Found | None:
    """Ids of the numbers to change, each with whether no set as good does without it; None where too many."""
    sets = smallest_sets(group, touching, steps)
    if sets is None:
        return None
    near = {f.id for r in group for f in r.relation.facts()}
    return [(i, all(i in s for s in sets.good)) for i in sets.best if i in near]
