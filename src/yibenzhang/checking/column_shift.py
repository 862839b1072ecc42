"""Rows whose cells slid sideways in somebody else's text extraction, put back where every sum holds.

A doubt about the extraction is not a doubt about the document: a row is put back only if one arrangement
of its numbers, in their printed order, makes all sums of the row hold and none lies nearer to what was read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from math import comb

from yibenzhang.model.amounts import Amount, parse_amount
from yibenzhang.model.documents import Cell
from yibenzhang.model.intervals import half_width
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.recognising.tables import RecognisedTable
from yibenzhang.rules.sums import layout_of
from yibenzhang.standards import Standards, SumRule

MAX_ARRANGEMENTS = 60_000


@dataclass(frozen=True, slots=True)
class Realigned:
    """A table with rows put back, and the rows (grid indices) that were."""

    table: RecognisedTable
    rows: tuple[int, ...]


def realign(facts: TableFacts, standards: Standards) -> Realigned | None:
    """The table with its slid rows put back, or None where nothing had to be, or could be, moved."""
    recognised = facts.table
    standard = recognised.standard
    if recognised.table.confidence != "tabbed" or standard is None or len(facts.blocks) != 1:
        return None
    block = facts.blocks[0]
    if layout_of(facts, block) not in ("coded", "projects", "single"):
        return None
    rules = [r for r in standards.rules if r.form == "columns" and standard.id in r.tables]
    columns = {c.index: c.measure for c in block.block.measures if c.kind == "measure"}
    if not rules or len(set(columns.values())) != len(columns):
        return None
    numbers: dict[int, list[Cell]] = {}
    cells: list[Cell] = []
    for cell in recognised.table.cells:
        (numbers.setdefault(cell.row, []) if cell.column >= min(columns) else cells).append(cell)
    moved: list[int] = []
    for row in block.rows:
        placed = _placed(numbers.get(row.index, []), columns, rules)
        if placed is not None:
            numbers[row.index] = placed
            moved.append(row.index)
    if not moved:
        return None
    cells.extend(c for of_row in numbers.values() for c in of_row)
    cells.sort(key=lambda c: (c.row, c.column))
    return Realigned(replace(recognised, table=replace(recognised.table, cells=tuple(cells))), tuple(moved))


def _placed(cells: list[Cell], columns: dict[int, str], rules: list[SumRule]) -> list[Cell] | None:
    """The number cells of one row in the columns where its sums hold; None where they stand right as read."""
    numbers = [(c, a) for c in cells if (a := parse_amount(c.text)) is not None]
    if len(numbers) != sum(bool(c.text.strip()) for c in cells):
        return None  # words among the numbers: not a slid row
    telling = [(c, a) for c, a in numbers if a.value != 0]
    at = sorted(columns)
    now = [c.column for c, _ in telling]
    if len(telling) < 2 or comb(len(at), len(telling)) > MAX_ARRANGEMENTS:
        return None
    amounts = [a for _, a in telling]
    if set(now) <= set(at) and _empty_totals(dict(zip(now, amounts, strict=True)), columns, rules) == []:
        return None
    best: list[tuple[tuple[int, int, int], tuple[int, ...], list[str]]] = []
    for positions in combinations(at, len(telling)):
        empty = _empty_totals(dict(zip(positions, amounts, strict=True)), columns, rules)
        if empty is not None and len(empty) <= 1:
            shifts = [p - q for p, q in zip(positions, now, strict=True)]
            breaks = sum(a != b for a, b in zip([0, *shifts], shifts, strict=False))
            best.append(((len(empty), breaks, sum(map(abs, shifts))), positions, empty))
    if not best:
        return None
    best.sort()
    if len(best) > 1 and best[0][0] == best[1][0]:
        return None  # two arrangements are equally near: do not guess
    _, positions, empty = best[0]
    if list(positions) == now:
        return None
    zeros = [c for c, a in numbers if a.value == 0]
    free = [p for p in at if p not in positions and columns[p] not in empty]
    out = [replace(c, column=p) for (c, _), p in zip(telling, positions, strict=True)]
    out.extend(replace(c, column=p) for c, p in zip(zeros, free, strict=False))
    return out


def _empty_totals(
    values: dict[int, Amount], columns: dict[int, str], rules: list[SumRule]
) -> list[str] | None:
    """The totals that stand empty over parts that have numbers; None where a sum is broken."""
    by_measure = {columns[p]: a for p, a in values.items()}
    have = set(columns.values())
    empty: list[str] = []
    checked = 0
    for rule in rules:
        parts = [p for p in rule.parts if p in have]
        if (
            rule.total not in have
            or len(parts) < 2
            or not set(rule.needs) <= have
            or set(rule.without) & have
        ):
            continue
        total = by_measure.get(rule.total)
        told = [by_measure[p] for p in parts if p in by_measure]
        if total is None:
            if told:
                empty.append(rule.total)
            continue
        difference = total.value - sum((a.value for a in told), Decimal(0))
        slack = half_width(total) + sum((half_width(a) for a in told), Decimal(0))
        if abs(difference) > slack:
            return None
        checked += 1
    return empty if checked else None
