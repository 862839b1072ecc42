"""Tables of several pages on one grid: where rows and columns stand, and cells put at another place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.places import InFile, PagePlace

NEAR = 3.5
"""Column edges of two pages this close (points) are the same edge."""


def row_tops(table: Table) -> tuple[float, ...]:
    """The edges of a table's rows from top to bottom; empty where it has no place on a page."""
    tops: dict[int, float] = {}
    bottom = 0.0
    for c in table.cells:
        place = c.place.inner if isinstance(c.place, InFile) else c.place
        if not isinstance(place, PagePlace):
            return ()
        tops.setdefault(c.row, place.top)
        if c.row + c.row_span == table.rows:
            bottom = max(bottom, place.bottom)
    if len(tops) < table.rows:
        return ()
    return (*(tops[r] for r in range(table.rows)), bottom)


def without(table: Table, columns: int) -> Table:
    """The table without so many of its first columns."""
    if not columns:
        return table
    cells = tuple(
        put(c, c.row, c.column - columns, c.column_span) for c in table.cells if c.column >= columns
    )
    return replace(table, columns=table.columns - columns, cells=cells, edges=table.edges[columns:])


def moved_right(cell: Cell, rows: list[int], columns: int) -> Cell:
    last = rows[min(cell.row + cell.row_span, len(rows)) - 1]
    row = rows[cell.row]
    return replace(cell, row=row, column=cell.column + columns, row_span=max(1, last - row + 1))


def once(cells: Iterable[Cell]) -> list[Cell]:
    """One cell at each position: a repeated header's right part stands where that of the first page does."""
    out: dict[tuple[int, int], Cell] = {}
    for c in cells:
        out.setdefault((c.row, c.column), c)
    return list(out.values())


def aligned(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[list[float], list[float]]:
    """The second edges laid on the first, and the union of both: empty where they are different tables."""
    shift = a[0] - b[0]
    moved = [x + shift for x in b]
    union: list[float] = []
    for x in sorted([*a, *moved]):
        if not union or x - union[-1] > NEAR:
            union.append(x)
    same_ends = abs((a[-1] - a[0]) - (b[-1] - b[0])) <= 2 * NEAR
    if not same_ends or len(union) > max(len(a), len(b)):
        return moved, []  # neither is a refinement of the other
    return moved, union


def spread(cells: Iterable[Cell], edges: Sequence[float], union: list[float]) -> list[Cell]:
    at = [min(range(len(union)), key=lambda k, x=x: abs(union[k] - x)) for x in edges]  # type: ignore[misc]
    if at == list(range(len(edges))):
        return list(cells)
    return [put(c, c.row, at[c.column], max(1, at[c.column + c.column_span] - at[c.column])) for c in cells]


def put(c: Cell, row: int, column: int, wide: int) -> Cell:
    """The cell at another place of the grid; written out, for it is made for every cell of every page."""
    return Cell(row, column, c.row_span, wide, c.text, c.place, c.indent, c.unreadable, c.sure)
