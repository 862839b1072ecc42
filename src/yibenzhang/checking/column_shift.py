"""Rows whose cells slid sideways in somebody else's text extraction, put back where every sum holds.

A doubt about the extraction is not a doubt about the document: a row is put back only if one arrangement
of its numbers, in their printed order, makes all sums of the row hold and none lies nearer to what was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from math import comb

from yibenzhang.laws.columns import by_coordinates, by_headings
from yibenzhang.model.amounts import Amount, parse_amount
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.intervals import half_width
from yibenzhang.model.views import View
from yibenzhang.standards.lexicon.words import Tree

MAX_ARRANGEMENTS = 60_000

Sums = Sequence[tuple[int, tuple[int, ...]]]
"""A total's grid column with those of its parts."""


@dataclass(frozen=True, slots=True)
class Realigned:
    """A table with rows put back, the rows (grid indices) that were, and the cells that moved, as read."""

    table: Table
    rows: tuple[int, ...]
    cells: tuple[Cell, ...]


def realign(table: Table, view: View, trees: Mapping[str, Tree]) -> Realigned | None:
    """The table with its slid rows put back, or None where nothing had to be, or could be, moved."""
    if table.confidence != "tabbed":
        return None
    columns = [c.index for c in view.columns]
    headed = [c.index for c in view.columns if c.path]
    found = [*by_coordinates(view, trees), *(s for s in by_headings(view) if s[2] == "headings")]
    sums = list(
        dict.fromkeys(
            (columns[total], tuple(sorted(columns[p] for p in parts)))
            for total, parts, _ in found
            if len(parts) > 1 and view.columns[total].path
        )
    )
    if not sums:
        return None
    numbers: dict[int, list[Cell]] = {}
    cells: list[Cell] = []
    for cell in table.cells:
        (numbers.setdefault(cell.row, []) if cell.column >= min(columns) else cells).append(cell)
    moved: list[int] = []
    before: list[Cell] = []
    for row in view.rows:
        placed = _placed(numbers.get(row.index, []), headed, sums)
        if placed is not None:
            was = {c.place.key: c.column for c in numbers[row.index]}
            before += [c for c in placed if was[c.place.key] != c.column]
            numbers[row.index] = placed
            moved.append(row.index)
    if not moved:
        return None
    cells.extend(c for of_row in numbers.values() for c in of_row)
    cells.sort(key=lambda c: (c.row, c.column))
    return Realigned(replace(table, cells=tuple(cells)), tuple(moved), tuple(before))


def _placed(cells: list[Cell], columns: list[int], sums: Sums) -> list[Cell] | None:
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
    if set(now) <= set(at) and _empty_totals(dict(zip(now, amounts, strict=True)), sums) == []:
        return None
    best: list[tuple[tuple[int, int, int], tuple[int, ...], list[int]]] = []
    for positions in combinations(at, len(telling)):
        empty = _empty_totals(dict(zip(positions, amounts, strict=True)), sums)
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
    free = [p for p in at if p not in positions and p not in empty]
    out = [replace(c, column=p) for (c, _), p in zip(telling, positions, strict=True)]
    out.extend(replace(c, column=p) for c, p in zip(zeros, free, strict=False))
    return out


def _empty_totals(values: Mapping[int, Amount], sums: Sums) -> list[int] | None:
    """The totals (columns) that stand empty over parts that have numbers; None where a sum is broken."""
    empty: list[int] = []
    checked = 0
    for column, parts in sums:
        total = values.get(column)
        found = [values[p] for p in parts if p in values]
        if total is None:
            if found:
                empty.append(column)
            continue
        difference = total.value - sum((a.value for a in found), Decimal(0))
        slack = half_width(total) + sum((half_width(a) for a in found), Decimal(0))
        if abs(difference) > slack:
            return None
        checked += 1
    return empty if checked else None
