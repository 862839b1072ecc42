"""Characters with boxes, and their assembly into words and lines; shared by every page-like reader."""

from __future__ import annotations

import math
from array import array
from operator import eq, itemgetter, sub
from typing import NamedTuple

from yibenzhang.model.amounts import parse_amount


class Glyph(NamedTuple):
    """A character on an upright page: points, origin top left, ``base`` is the baseline.

    A named tuple: a page has a thousand, and making them is what reading costs.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    sure: float = 1.0
    """How surely it was recognised; 1 where nothing had to be (only OCR is ever below)."""


class Line(NamedTuple):
    """A line of text, left to right; ``edges`` are the left edges of its characters and the last's right one."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    edges: array[float] = array("f")


def unmapped(char: str) -> bool:
    """Private-use and replacement characters: a broken glyph map, never to be guessed at."""
    code = ord(char)
    return 0xE000 <= code <= 0xF8FF or code in (0, 0xFFFD) or code >= 0xF0000


def lines_of(glyphs: list[Glyph]) -> list[Line]:
    """Glyphs gathered into lines by baseline; characters drawn twice count once."""
    if not glyphs:
        return []
    if glyphs[-1].base - glyphs[0].base <= _LEVEL and (line := _even_line(glyphs)):
        return [line]
    rows: list[list[Glyph]] = []
    last_base, last_size = -math.inf, 0.0
    for g in sorted(glyphs, key=_by_base):
        base, size = g[5], g[6]
        below = base - last_base
        if below <= _LEVEL or below <= 0.35 * (size if size < last_size else last_size):
            rows[-1].append(g)
        else:
            rows.append([g])
        last_base, last_size = base, size
    return [_line(row) for row in rows]


_by_base, _by_x, _char = itemgetter(5), itemgetter(1), itemgetter(0)
_OPENING = frozenset("“‘（《〈【「『〔")


def _middle(g: Glyph) -> float:
    return g[1] + g[3]


_LEVEL = 1.5
"""Baselines this close (points) are one in any case."""
_TWICE, _APART = 0.25, 0.45
"""A character so near the one before (in characters) may be the same one drawn twice; a gap so wide, a blank."""


def _line(row: list[Glyph]) -> Line:
    row.sort(key=_by_x)
    if not _OPENING.isdisjoint(map(_char, row)):
        # the box of an opening mark is wide and empty at its left: it may reach over a point before it
        row.sort(key=_middle)
    return _even_line(row) or _any_line(row)


def _even_line(row: list[Glyph]) -> Line | None:
    """The line where its characters are given from left to right, on one level, beside one another, none drawn twice,
    and without gaps: nearly always."""
    text, lefts, tops, rights, bottoms, bases, sizes, _ = zip(*row, strict=True)
    size = max(sizes)
    if len(row) > 1:
        nexts = lefts[1:]
        step = min(map(sub, nexts, lefts))
        if (
            max(map(sub, nexts, rights)) > _APART * min(sizes)
            or max(bases) - min(bases) > _LEVEL
            or step < _TWICE * size
            and (step <= 0 or any(map(eq, text, text[1:])))
        ):
            return None
    edges = array("f", lefts)
    edges.append(rights[-1])
    return Line("".join(text), lefts[0], min(tops), max(rights), max(bottoms), size, edges)


def _any_line(row: list[Glyph]) -> Line:
    last = row[0]
    out = [last.text]
    edges = [last.x0]
    top, bottom, right, size = last.top, last.bottom, last.x1, last.size
    for g in row[1:]:
        char, x0, g_top, x1, g_bottom, base, g_size, _ = g
        if x0 - last.x0 < _TWICE * g_size and char == last.text and abs(base - last.base) < _TWICE * g_size:
            continue  # drawn twice for bold
        gap = x0 - last.x1
        if gap > _APART * g_size:
            wide = char >= "\u2e80" and last.text >= "\u2e80"
            if gap > (1.2 if wide else _APART) * max(last.size, g_size):
                out.append(" ")
                edges.append(last.x1)
        out.append(char)
        edges.append(x0)
        if g_top < top:
            top = g_top
        if g_bottom > bottom:
            bottom = g_bottom
        if x1 > right:
            right = x1
        if g_size > size:
            size = g_size
        last = g
    edges.append(last.x1)
    return Line("".join(out), row[0].x0, top, right, bottom, size, array("f", edges))


def cell_text(lines: list[Line], width: float) -> str:
    """The lines of one cell as one string.

    A number wrapped in a narrow cell is one number if the joined text is well formed and the first line
    fills the cell; two numbers in one cell stay two, parted by a line break.
    """
    if not lines:
        return ""
    if len(lines) == 1:
        return lines[0].text
    lines = _without_marks(lines)
    text = lines[0].text
    for before, line in zip(lines, lines[1:], strict=False):
        numeric = _numeric(before.text) and _numeric(line.text)
        filled = before.x1 - before.x0 >= 0.6 * width
        if not numeric or (filled and parse_amount(text + line.text) is not None and _open(text, line.text)):
            text += line.text
        else:
            text += "\n" + line.text
    return text


def _without_marks(lines: list[Line]) -> list[Line]:
    """A number's lines without the small raised mark of a note after it."""
    return [
        line
        for line in lines
        if not any(
            len(line.text) <= 3
            and line.size < 0.8 * of.size
            and line.bottom > of.top
            and line.top < of.bottom
            and line.x0 >= of.x1 - 0.3 * of.size
            and _numeric(of.text)
            for of in lines
        )
    ]


def _numeric(text: str) -> bool:
    return bool(text) and all(c in "0123456789,.-%" for c in text.strip())


def _open(text: str, rest: str) -> bool:
    """True where a number may go on: it has not just the two decimals that money is printed with, or what follows
    is no number of its own."""
    _, point, decimals = text.rpartition(".")
    return (
        not point or len(decimals.strip()) != 2 or (len(rest) > 1 and rest.startswith("0") and rest.isdigit())
    )
