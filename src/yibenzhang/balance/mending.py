"""What would mend: where a number would have to lie, and whether relations hold once numbers are changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from yibenzhang.balance.around import Touching, nothing
from yibenzhang.balance.causes import Culprit
from yibenzhang.balance.slips import rounded, slipped
from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval
from yibenzhang.model.relations import Law, Outcome, Result

STATES = {CellState.PRINTED: 1.0, CellState.ZERO: 1.4, CellState.BLANK: 1.6, CellState.DASH: 1.6}
COMPUTED = 0.15
"""Rates and totals that nothing else repeats are worked out by hand: so much sooner are they wrong."""


def weight(fact: Fact, support: int, computed: bool = False) -> float:
    """What it costs to call a number wrong: more where it is empty and where relations that hold speak for it."""
    return STATES.get(fact.state, 1.0) + 0.01 * min(support, 20) - (COMPUTED if computed else 0.0)


def is_computed(fact: Fact, results: Iterable[Result]) -> bool:
    """A rate, or what relations only ever work out and never repeat."""
    if fact.unit is not None and fact.unit.dimension == "percent":
        return True
    found = False
    for r in results:
        relation = r.relation
        explained = relation.explains or (relation.total.id if relation.law is Law.TOTAL else "")
        if explained != fact.id:
            return False
        found = True
    return found


def around(group: Iterable[Result], touching: Touching) -> list[Result]:
    """Every relation that a number of the group stands in, each once."""
    found = {id(r): r for broken in group for f in broken.relation.facts() for r in touching[f.id]}
    return list(found.values())


def weights_of(facts: Mapping[str, Fact], group: Iterable[Result], touching: Touching) -> dict[str, float]:
    """What it costs to call each number wrong; relations outside of the group speak for it."""
    own = {id(r) for r in group}
    return {
        i: weight(f, sum(id(r) not in own for r in touching[i]), is_computed(f, touching[i]))
        for i, f in facts.items()
    }


def coefficient(r: Result, fact_id: str) -> Decimal:
    """What a change of the number by one changes the relation by."""
    return sum((Decimal(t.coefficient) for t in r.relation.terms if t.fact.id == fact_id), Decimal(0))


def mended(fact: Fact, results: Iterable[Result], moved: dict[str, Decimal] | None = None) -> Interval | None:
    """Where the number would have to lie for all those relations to hold, the others as printed.

    ``moved``: by how much other numbers (ids) are changed along with it.
    """
    low: Decimal | None = None
    high: Decimal | None = None
    own = fact.interval
    if own is None:
        return None
    for r in results:
        c = coefficient(r, fact.id)
        if c == 0:  # a change of nothing, a rate of zero: this number cannot mend it
            if r.outcome == Outcome.CONTRADICTED:
                return None
            continue
        residual = r.residual + _shift(r, moved)
        rest = residual - c * own.middle
        slack = r.slack
        rate = r.relation.terms[-1].fact
        if r.relation.note and rate.id != fact.id and rate.interval is not None:
            # the slack was worked out at the printed amounts; it grows with the amount a rate is taken of
            slack += rate.interval.half_width * abs(-rest / c - own.middle)
        ends = sorted(((-rest - slack) / c, (-rest + slack) / c))
        low = ends[0] if low is None else max(low, ends[0])
        high = ends[1] if high is None else min(high, ends[1])
    if low is None or high is None or low > high:
        return None
    if high < 0 <= own.high and not low <= -own.middle <= high:
        return None  # only a negative amount where a positive one stands, and not the same one
    return Interval(low, high)


def _shift(r: Result, moved: dict[str, Decimal] | None) -> Decimal:
    if not moved:
        return Decimal(0)
    return sum((t.coefficient * moved[t.fact.id] for t in r.relation.terms if t.fact.id in moved), Decimal(0))


def culprit_of(fact: Fact, where: Interval | None) -> Culprit:
    """The number with the value to print instead, if one can be printed that mends all."""
    if where is None:
        return Culprit(fact, None)
    slip, value = slipped(fact, where)
    if value is None:
        factor = fact.unit.factor if fact.unit else Decimal(1)
        if rounded(fact, where) * factor not in where:
            return Culprit(fact, _wide(fact, where))
    return Culprit(fact, where, slip, value)


def _wide(fact: Fact, where: Interval) -> Interval | None:
    """An interval between two printable values: a number printed more finely would do; kept where it is text."""
    return where if fact.table == "prose" or fact.amount is None or nothing(fact) else None


def settled(facts: Sequence[Fact], touching: Touching) -> dict[str, Interval] | None:
    """Where several numbers changed together must lie: each from relations in which it is the last one open.

    None where that does not determine them all, or where something that touches them would not hold.
    """
    open_ = {f.id for f in facts}
    moved: dict[str, Decimal] = {}
    out: dict[str, Interval] = {}
    left = list(facts)
    while left:
        for fact in left:
            others = open_ - {fact.id}
            known = [r for r in touching[fact.id] if not any(t.fact.id in others for t in r.relation.terms)]
            if not known:
                continue
            where, own = mended(fact, known, moved), fact.interval
            if where is None or own is None:
                return None
            out[fact.id] = where
            factor = fact.unit.factor if fact.unit else Decimal(1)
            value = culprit_of(fact, where).suggestion
            if value is None:
                return None
            moved[fact.id] = value * factor - own.middle
            open_.discard(fact.id)
            left.remove(fact)
            break
        else:
            return None
    return out if holds_all(moved, touching) else None


def holds_all(moved: dict[str, Decimal], touching: Touching) -> bool:
    """Whether everything that touches those numbers holds once each is moved by so much."""
    return all(holds(r, moved) for i in moved for r in touching[i])


def holds(r: Result, moved: dict[str, Decimal]) -> bool:
    """Whether the relation holds once those numbers are moved by so much."""
    slack = r.slack
    if r.relation.note:
        rate = r.relation.terms[-1].fact
        own = rate.interval
        base = sum((abs(moved[t.fact.id]) for t in r.relation.terms[:-1] if t.fact.id in moved), Decimal(0))
        slack += own.half_width * base if own is not None else 0
    return abs(r.residual + _shift(r, moved)) <= slack
