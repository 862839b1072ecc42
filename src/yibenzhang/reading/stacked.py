"""Several printed rows inside one ruled row: parted where the numbers of at least two columns stand line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.glyphs import Line, cell_text

Lines = Mapping[tuple[int, int], Sequence[Line]]
"""The printed lines of each cell, by its row and column."""
_LEVEL = 2.5
"""Lines of two cells this close (points) are on one level."""


def unstacked(table: Table, lines: Lines) -> Table:
    """The table with its stacked rows parted; itself where there are none."""
    levels: dict[int, list[float]] = {}
    for row, cells in _candidates(table).items():
        if found := _levels(cells, [lines[c.row, c.column] for c in cells], table, lines):
            levels[row] = found
    if not levels:
        return table
    shift = [0]
    for r in range(table.rows):
        shift.append(shift[-1] + len(levels.get(r, [0])) - 1)
    out: list[Cell] = []
    for c in table.cells:
        at = levels.get(c.row)
        if at is not None and c.row_span == 1:
            out.extend(_parted(c, lines.get((c.row, c.column), ()), at, c.row + shift[c.row]))
            continue
        span = c.row_span + shift[c.row + c.row_span] - shift[c.row]
        out.append(replace(c, row=c.row + shift[c.row], row_span=span))
    out.sort(key=lambda c: (c.row, c.column))
    return replace(table, rows=table.rows + shift[-1], cells=tuple(out))


def _candidates(table: Table) -> dict[int, list[Cell]]:
    """By row, the cells with several numbers one below another."""
    out: dict[int, list[Cell]] = {}
    for c in table.cells:
        if c.row_span == 1 and "\n" in c.text and all(parse_amount(t) for t in c.text.split("\n")):
            out.setdefault(c.row, []).append(c)
    return out


def _levels(cells: list[Cell], told: list[Sequence[Line]], table: Table, lines: Lines) -> list[float]:
    """The heights at which the row's printed rows begin; empty where it is one row."""
    tops = _tops(told[0])
    if len(cells) < 2 or any(not _same(tops, _tops(other)) for other in told[1:]):
        return []
    row = cells[0].row
    stacked = {c.column for c in cells}
    named = False
    for c in table.cells:
        if c.row != row or c.column in stacked or not c.text:
            continue
        own = _tops(lines.get((c.row, c.column), ()))
        if parse_amount(c.text):
            if not _on_one(own[0], tops):
                return []  # a number of another printed row
        elif all(_on_one(t, own) for t in tops):
            named = True
    return tops if named else []


def _tops(lines: Sequence[Line]) -> list[float]:
    return [line.top for line in lines]


def _on_one(top: float, tops: Sequence[float]) -> bool:
    """The line is on a level with one of the others."""
    return min(abs(top - t) for t in tops) <= _LEVEL


def _same(a: list[float], b: list[float]) -> bool:
    return len(a) == len(b) and all(abs(x - y) <= _LEVEL for x, y in zip(a, b, strict=True))


def _parted(cell: Cell, lines: Sequence[Line], tops: list[float], row: int) -> list[Cell]:
    """A cell's lines, each at the printed row it begins with or goes on."""
    groups: list[list[Line]] = [[] for _ in tops]
    for line in lines:
        groups[max((k for k, t in enumerate(tops) if t <= line.top + _LEVEL), default=0)].append(line)
    place = cell.place
    out = []
    for k, group in enumerate(groups):
        at = place
        if isinstance(place, PagePlace):
            top = place.top if k == 0 else tops[k] - 1
            bottom = place.bottom if k == len(tops) - 1 else tops[k + 1] - 1
            at = replace(place, top=round(top, 1), bottom=round(bottom, 1))
        wide = place.x1 - place.x0 if isinstance(place, PagePlace) else 0.0
        out.append(replace(cell, row=row + k, text=cell_text(group, wide), place=at))
    return out
