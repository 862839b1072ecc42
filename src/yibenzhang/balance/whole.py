"""Whole tables and columns: a table in another unit, a column one row too high or too low, a factor between twins."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from yibenzhang.balance.around import Touching
from yibenzhang.balance.causes import Cause, Culprit, Kind
from yibenzhang.balance.mending import culprit_of, holds_all, mended
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome, Result

POWERS = (1, 2, 3, 4, 8)
"""Between 元, 百元, 千元, 万元, 亿元; and a ten for a lost digit."""
LEAST_CROSSING = 3
"""A table is in another unit where so many relations with other tables say so, and none denies it."""
LEAST_SHIFTED = 3
_PROSE = "prose"


def wrong_units(broken: list[Result], results: list[Result]) -> list[Cause]:
    """Tables all of whose relations with others are off by the same power of ten: one cause each."""
    suspected: dict[str, list[Result]] = defaultdict(list)
    for r in broken:
        here = {t.fact.table for t in r.relation.terms}
        if len(here) > 1:
            for table in here - {_PROSE}:
                suspected[table].append(r)
    likely = {t for t, rs in suspected.items() if len(rs) >= LEAST_CROSSING}
    found: dict[frozenset[int], list[tuple[str, int, list[Result]]]] = defaultdict(list)
    for table in sorted(likely):
        for power in (*POWERS, *(-p for p in POWERS)):
            mends = [r for r in suspected[table] if _mends(r, table, power)]
            if len(mends) >= LEAST_CROSSING and 2 * len(mends) > len(suspected[table]):
                found[frozenset(id(r) for r in mends)].append((table, power, mends))
                break
    denied = _denied({table for alike in found.values() for table, _, _ in alike}, results)
    for ids in list(found):
        found[ids] = [one for one in found[ids] if one[0] not in denied]
        if not found[ids]:
            del found[ids]
    causes: list[Cause] = []
    taken: set[int] = set()
    for ids in sorted(found, key=lambda ids: (-len(ids), found[ids][0][0])):
        if not ids & taken:
            taken |= ids
            alike = found[ids]
            tables = tuple(table for table, _, _ in alike)
            factor = Decimal(10) ** alike[0][1]
            causes.append(
                Cause(tuple(alike[0][2]), (), len(tables) == 1, kind=Kind.UNIT, tables=tables, factor=factor)
            )
    return causes


def _denied(tables: set[str], results: list[Result]) -> set[str]:
    """Those of the tables whose numbers agree with other tables somewhere, other than nothing with nothing."""
    out: set[str] = set()
    for r in results if tables else ():
        if r.outcome is Outcome.CONTRADICTED:
            continue
        here = {t.fact.table for t in r.relation.terms}
        if len(here) > 1 and here & tables and not all_zero(r):
            # a rate of amounts of one table is in no unit of money: only sums deny
            out |= here & tables if not r.relation.note else set()
    return out


def all_zero(r: Result) -> bool:
    """A relation between nothing but zeros and empty cells: it would hold in any document."""
    return not r.relation.constant and all(
        t.fact.amount is None or not t.fact.amount.value for t in r.relation.terms
    )


def _mends(r: Result, table: str, power: int) -> bool:
    if r.relation.note:
        return False
    inside = sum(
        (t.coefficient * t.fact.interval.middle for t in r.relation.terms if t.fact.table == table and t.fact.interval),
        Decimal(0),
    )  # fmt: skip
    factor = Decimal(10) ** power
    return bool(inside) and abs(r.residual + inside * (factor - 1)) <= r.slack * max(factor, Decimal(1))


def shifted_columns(broken: list[Result], touching: Touching) -> list[Cause]:
    """Columns whose numbers stand one row off from where another table has them."""
    pairs: dict[tuple[str, int], dict[int, tuple[Fact, Fact, Result]]] = defaultdict(dict)
    for r in broken:
        if len(r.relation.terms) == 2 and not r.relation.note:
            a, b = (t.fact for t in r.relation.terms)
            for own, other in ((a, b), (b, a)):
                if own.table != _PROSE and own.table != other.table:
                    pairs[own.table, own.cell[1]][own.cell[0]] = (own, other, r)
    out: list[Cause] = []
    taken: set[int] = set()
    for at in sorted(pairs):
        rows = pairs[at]
        if len(rows) < LEAST_SHIFTED:
            continue
        order = sorted(rows)
        for step in (1, -1):
            hits = [
                k
                for n, k in enumerate(order)
                if 0 <= n + step < len(order) and _same(rows[order[n + step]][0], rows[k][1])
            ]
            mine = {id(rows[k][2]) for k in order}
            if len(hits) < LEAST_SHIFTED or len(hits) < len(order) - 2 or mine & taken:
                continue
            culprits = tuple(culprit_of(rows[k][0], mended(rows[k][0], [rows[k][2]])) for k in order)
            moved = _moved(culprits)
            if moved is not None and holds_all(moved, touching):
                explained = _explained(culprits, [rows[k][2] for k in order], broken)
                taken |= {id(r) for r in explained}
                out.append(Cause(explained, culprits, True, kind=Kind.SHIFTED))
                break
    return out


def _moved(culprits: tuple[Culprit, ...]) -> dict[str, Decimal] | None:
    """By how much each would change; None where one has no value that mends."""
    out: dict[str, Decimal] = {}
    for c in culprits:
        own, right = c.fact.interval, c.suggestion
        if own is None or right is None:
            return None
        out[c.fact.id] = right * (c.fact.unit.factor if c.fact.unit else 1) - own.middle
    return out


def _explained(culprits: tuple[Culprit, ...], own: list[Result], broken: list[Result]) -> tuple[Result, ...]:
    ids = {c.fact.id for c in culprits}
    mine = {id(r) for r in own}
    return (
        *own,
        *(r for r in broken if id(r) not in mine and any(t.fact.id in ids for t in r.relation.terms)),
    )


def _same(a: Fact, b: Fact) -> bool:
    x, y = a.interval, b.interval
    if x is None or y is None or not x.middle:
        return False
    return abs(x.middle - y.middle) <= x.half_width + y.half_width


def factor_between(group: list[Result]) -> Decimal | None:
    """The factor of 2, or the power of ten above ten, between two numbers that ought to be equal; else None."""
    if len(group) != 1 or len(group[0].relation.terms) != 2 or group[0].relation.note:
        return None
    terms = group[0].relation.terms
    x, y = terms[0].fact.interval, terms[1].fact.interval
    if x is None or y is None or terms[0].coefficient != -terms[1].coefficient:
        return None
    small, large = sorted((x.middle, y.middle), key=abs)
    for factor in (Decimal(2), Decimal(100), Decimal(1000), Decimal(10000)):
        if small and large == small * factor:
            return factor
    return None
