"""How a table is set: column widths, the size of its type, so that it stands on one page where smaller type does
that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yibenzhang.drafting.parts import LABELS, LEFT, UP, Draft, Grid, Heading
from yibenzhang.drafting.text import span

MARGIN = 1.9
"""Centimetres beside the text of a page."""
_HEIGHTS = {False: 25.2, True: 16.5}
"""Centimetres of a page between its margins, upright and turned."""
_POINT = 2.54 / 72
_USUAL, _DENSE, _SMALLEST = 9.0, 7.5, 6.5
_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5)
_MANY, _VERY_MANY = 12, 18
"""Columns from which the type is smaller at once."""
_LINE = 1.3
"""A line of type is so many times its size high."""
_NUMBER = re.compile(r"-?[\d,.]+%?")
_WORDS = 6
"""Characters of a name that stand side by side at the least; of a heading two."""
_TALLEST = 1.5
"""A table that is more than so many pages high at the usual size goes over pages at that size."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The size of the type, the room at the sides of a cell and above and below it, and column widths in
    centimetres."""

    points: float
    beside: float
    above: float
    widths: tuple[float, ...]


def setting(draft: Draft, k: int) -> Setting:
    """How the table at that position of the draft is set."""
    grid, turned = draft.parts[k], draft.wide(k)
    assert isinstance(grid, Grid)
    heads = sum(isinstance(p, Heading) for p in draft.parts[max(0, k - 1) : k])
    room = _HEIGHTS[turned] - 2.4 - 1.6 * heads - (0.6 if grid.above else 0)
    room -= _lines_of(grid.note, 90 if turned else 58) * 0.5 + 0.1
    whole = (29.7 if turned else 21.0) - 2 * MARGIN
    usual = _DENSE if len(grid.columns) > _MANY else _USUAL
    first = _set(grid, usual, whole)
    if height(grid, first) <= room or height(grid, first) > _TALLEST * room:
        return first
    for points in (p for p in _SIZES if p < usual):
        for above in (first.above, first.above / 2):
            found = _set(grid, points, whole, above)
            if height(grid, found) <= room:
                return found
    return first


def repeated(grid: Grid) -> int:
    """Rows of the header that every page repeats: none where one of their cells goes on into the rows."""
    top = len(grid.header)
    lines = (*grid.header, *grid.rows)
    for r in range(top):
        if any(x not in (LEFT, UP) and r + span(lines, r, c)[1] > top for c, x in enumerate(lines[r])):
            return 0
    return top


def height(grid: Grid, how: Setting) -> float:
    """Centimetres that the rows are high, set like that."""
    lines = (*grid.header, *grid.rows)
    out = 0.0
    for r, row in enumerate(lines):
        most = 1
        for c, text in enumerate(row):
            if text in (LEFT, UP) or not text:
                continue
            wide, high = span(lines, r, c)
            inner = sum(how.widths[c : c + wide]) - 2 * how.beside
            most = max(most, -(-_lines_of(text, inner / (how.points * _POINT)) // high))
        out += most * how.points * _LINE * _POINT + 2 * how.above
    return out


def _set(grid: Grid, points: float, whole: float, above: float = 0.06) -> Setting:
    beside = 0.06 if len(grid.columns) > _VERY_MANY else 0.1
    if len(grid.columns) > _VERY_MANY:
        points = min(points, _SMALLEST)
    return Setting(points, beside, above, _widths(grid, points, beside, whole))


def _widths(grid: Grid, points: float, beside: float, whole: float) -> tuple[float, ...]:
    """Column widths that fill the page, none too narrow for its longest number or code, nor for a few characters."""
    columns = len(grid.columns)
    shares = grid.widths or (1.0,) * columns
    plain = [s * whole / sum(shares) for s in shares]
    em = points * _POINT
    least = [2 * beside + em * _least(grid, c) for c in range(columns)]
    if sum(least) > whole:
        return tuple(m * whole / sum(least) for m in least)
    lacking = sum(max(0.0, m - w) for m, w in zip(least, plain, strict=True))
    spare = sum(max(0.0, w - m) for m, w in zip(least, plain, strict=True))
    give = min(1.0, lacking / spare) if spare else 0.0
    return tuple(m if w < m else w - (w - m) * give for m, w in zip(least, plain, strict=True))


def _least(grid: Grid, c: int) -> float:
    """So many characters a column is wide at the least."""
    lines = (*grid.header, *grid.rows)
    out = 1.5
    for r, row in enumerate(lines):
        text = row[c]
        if text in (LEFT, UP) or not text or row[c + 1 : c + 2] == (LEFT,):
            continue
        if _NUMBER.fullmatch(text):
            out = max(out, 0.52 * len(text))
        elif r < len(grid.header):
            out = max(out, min(_wide(text), 2.1))
        elif grid.columns[c] in LABELS:
            out = max(out, min(_wide(text), _WORDS))
    return out


def _wide(text: str) -> float:
    """The width of a text in characters: others than Chinese ones are half as wide."""
    return sum(1.0 if c >= "\u2e80" else 0.52 for c in text)


def _lines_of(text: str, inner: float) -> int:
    """The lines of a text in so many characters' width."""
    return -(-int(_wide(text) * 100) // max(int(inner * 100), 1)) if text else 0
