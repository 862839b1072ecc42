"""Whole tables and columns: a table in another unit, a column one row too high or too low, a factor between twins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
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

Column = dict[int, tuple[Fact, Fact, Result]]
"""By row: a number of the column, the one in another table it ought to be, and the broken relation that says so."""


def wrong_units(broken: list[Result], results: list[Result]) -> list[Cause]:
    """Tables all of whose relations with others are off by the same power of ten: one cause each."""
    found: dict[frozenset[int], list[_Off]] = defaultdict(list)
    for off in _off_by_powers(broken):
        found[frozenset(id(r) for r in off.broken)].append(off)
    denied = _denied({off.table for alike in found.values() for off in alike}, results)
    kept = {ids: [off for off in alike if off.table not in denied] for ids, alike in found.items()}
    kept = {ids: alike for ids, alike in kept.items() if alike}
    causes: list[Cause] = []
    taken: set[int] = set()
    for ids in sorted(kept, key=lambda ids: (-len(ids), kept[ids][0].table)):
        if not ids & taken:
            taken |= ids
            alike = kept[ids]
            tables = tuple(off.table for off in alike)
            factor = Decimal(10) ** alike[0].power
            sure = len(tables) == 1
            causes.append(
                Cause(tuple(alike[0].broken), (), sure, kind=Kind.UNIT, tables=tables, factor=factor)
            )
    return causes


@dataclass(frozen=True, slots=True)
class _Off:
    """A table that a power of ten would mend, with the relations it would."""

    table: str
    power: int
    broken: list[Result]


def _off_by_powers(broken: list[Result]) -> Iterator[_Off]:
    """The tables most of whose broken relations with others the same power of ten would mend."""
    suspected: dict[str, list[Result]] = defaultdict(list)
    for r in broken:
        here = {t.fact.table for t in r.relation.terms}
        if len(here) > 1:
            for table in here - {_PROSE}:
                suspected[table].append(r)
    for table, crossing in sorted(suspected.items()):
        if len(crossing) < LEAST_CROSSING:
            continue
        for power in (*POWERS, *(-p for p in POWERS)):
            mends = [r for r in crossing if _mends(r, table, power)]
            if len(mends) >= LEAST_CROSSING and 2 * len(mends) > len(crossing):
                yield _Off(table, power, mends)
                break


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
    own = [t for t in r.relation.terms if t.fact.table == table]
    inside = sum((t.coefficient * x.middle for t in own if (x := t.fact.interval)), Decimal(0))
    factor = Decimal(10) ** power
    return bool(inside) and abs(r.residual + inside * (factor - 1)) <= r.slack * max(factor, Decimal(1))


def shifted_columns(broken: list[Result], touching: Touching) -> list[Cause]:
    """Columns whose numbers stand one row off from where another table has them."""
    out: list[Cause] = []
    taken: set[int] = set()
    columns = _restated_columns(broken)
    for at in sorted(columns):
        column = columns[at]
        if len(column) < LEAST_SHIFTED or any(id(r) in taken for _, _, r in column.values()):
            continue
        causes = (_shifted(column, step, broken, touching) for step in (1, -1))
        cause = next((c for c in causes if c is not None), None)
        if cause is not None:
            taken |= {id(r) for r in cause.broken}
            out.append(cause)
    return out


def _restated_columns(broken: list[Result]) -> dict[tuple[str, int], Column]:
    """The columns with numbers that another table has otherwise."""
    out: dict[tuple[str, int], Column] = defaultdict(dict)
    for r in broken:
        if len(r.relation.terms) == 2 and not r.relation.note:
            a, b = (t.fact for t in r.relation.terms)
            for own, other in ((a, b), (b, a)):
                if own.table != _PROSE and own.table != other.table:
                    out[own.table, own.cell[1]][own.cell[0]] = (own, other, r)
    return out


def _shifted(column: Column, step: int, broken: list[Result], touching: Touching) -> Cause | None:
    """The cause where all but two of the numbers stand a step from their row, and moving them mends everything."""
    rows = [column[k] for k in sorted(column)]
    stepped = list(zip(rows[1:], rows, strict=False) if step > 0 else zip(rows, rows[1:], strict=False))
    hits = sum(_same(there[0], here[1]) for there, here in stepped)
    if hits < max(LEAST_SHIFTED, len(rows) - 2):
        return None
    culprits = tuple(culprit_of(own, mended(own, [r])) for own, _, r in rows)
    moved = _moved(culprits)
    if moved is None or not holds_all(moved, touching):
        return None
    return Cause(_explained(culprits, [r for _, _, r in rows], broken), culprits, True, kind=Kind.SHIFTED)


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
    kept = {id(r) for r in own}
    return (
        *own,
        *(r for r in broken if id(r) not in kept and any(t.fact.id in ids for t in r.relation.terms)),
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
