"""A table whose unit is printed wrong: all that compares it with the rest is off by ten thousand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.amounts import WAN_YUAN, YUAN, Unit
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome, Result
from yibenzhang.prose.quantities import Quantity
from yibenzhang.recognising.table_facts import TableFacts

LEAST = 2
_DIGITS = 5
"""A number of so many digits that is right in the other unit alone proves as much as two relations."""
"""Fewer relations with other tables or the text prove nothing about the unit of a whole table."""
_FEW = 3
"""A unit is doubted on less where so many times more tables state the other one."""
_MENDED = 4
"""Where numbers are printed alike elsewhere, so many relations must hold in the other unit for one that does in
neither."""
_OTHER = {YUAN.name: WAN_YUAN, WAN_YUAN.name: YUAN}


@dataclass(frozen=True, slots=True)
class Misstated:
    """A table (its position), the unit it ought to state, and the relations that shows."""

    position: int
    unit: Unit
    broken: tuple[Result, ...]
    same: tuple[Fact, ...] = ()
    """Numbers printed alike elsewhere, in that unit, where no relation tells anything."""


def misstated(
    tables: tuple[TableFacts, ...], results: list[Result], quantities: tuple[Quantity, ...]
) -> Iterator[Misstated]:
    """Tables of which every relation with the rest of the document holds in the other unit, and only there.

    Of two tables that contradict only each other, the one whose unit fewer tables state.
    """
    stated = Counter(t.table.unit.name for t in tables if t.table.unit)
    named: set[int] = set()
    between: dict[str, list[Result]] = {}  # relations of amounts that tie a table to another, or to the text
    for r in results:
        tables_of = {f.table for f in r.relation.facts()}
        if len(tables_of) > 1 and _amounts(r):
            for t in tables_of:
                between.setdefault(t, []).append(r)
    order = sorted(range(len(tables)), key=lambda k: stated[u.name] if (u := tables[k].table.unit) else 0)
    for position in order:
        table = tables[position]
        unit = _OTHER.get(table.table.unit.name) if table.table.unit else None
        if unit is None or table.table.unit is None:
            continue
        own = table.table.id
        across = between.get(own, [])
        broken = [r for r in across if r.outcome == Outcome.CONTRADICTED]
        by = unit.factor / table.table.unit.factor
        if named & {id(r) for r in broken}:
            continue
        few = stated[table.table.unit.name] * _FEW <= stated[unit.name]
        same = _printed_alike(table, tables, quantities, unit) if few else ()
        if same and not across:
            yield Misstated(position, unit, (), same)
            continue
        alone = few and any(_telling(r) or same for r in broken)
        mended = [r for r in broken if _holds(r, own, by)]
        kept = all(_holds(r, own, by) for r in across if r.outcome != Outcome.CONTRADICTED)
        if (len(mended) >= LEAST or alone) and kept and _most(len(mended), len(broken), bool(same)):
            named |= {id(r) for r in broken}
            yield Misstated(position, unit, tuple(mended))


def _most(mended: int, broken: int, same: bool) -> bool:
    """All hold in the other unit; where numbers stand elsewhere as printed here (``same``) a few may hold in neither,
    being of something else."""
    neither = broken - mended
    return mended > 0 and (neither * _MENDED <= mended if same else not neither)


def _amounts(result: Result) -> bool:
    """A relation of amounts alone: one with a percentage is worked out at the amounts as printed."""
    return all(f.unit is None or f.unit.dimension == "money" for f in result.relation.facts())


def _printed_alike(
    table: TableFacts, tables: tuple[TableFacts, ...], quantities: tuple[Quantity, ...], unit: Unit
) -> tuple[Fact, ...]:
    """Numbers of the table, long enough for that to be no chance, that stand elsewhere in the other unit."""
    others = {
        f.amount.value for t in tables if t is not table for f in t.facts() if f.amount and f.unit == unit
    }
    others |= {q.amount.value for q in quantities if q.amount.unit == unit}
    return tuple(f for f in table.facts() if f.amount and f.amount.value in others and _digits(f) >= _DIGITS)


def _digits(fact: Fact) -> int:
    return len(f"{fact.amount.value.normalize():f}".replace(".", "").strip("0")) if fact.amount else 0


def _telling(result: Result) -> bool:
    """Tables alone, printed with so many digits that no chance makes them agree in the other unit."""
    facts = result.relation.facts()
    return all(f.table != "prose" for f in facts) and max(map(_digits, facts)) >= _DIGITS


def _holds(result: Result, table: str, by: Decimal) -> bool:
    residual, slack = result.residual, result.slack
    for t in result.relation.terms:
        own = t.fact.interval
        if t.fact.table == table and own is not None:
            residual += Decimal(t.coefficient) * own.middle * (by - 1)
            slack += abs(Decimal(t.coefficient)) * own.half_width * (by - 1)
    return abs(residual) <= slack
