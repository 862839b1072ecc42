"""A page from its characters and ruling lines: the same for native PDF, OFD and scans."""

from __future__ import annotations

import re
from dataclasses import replace

from yibenzhang.model.documents import Cell, Page, Paragraph, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.aligned import aligned_tables, may_hold_tables
from yibenzhang.reading.glyphs import Glyph, lines_of
from yibenzhang.reading.grid import tables_of
from yibenzhang.reading.paragraphs import paragraphs_of
from yibenzhang.reading.rules import Rule

_FEW_COLUMNS = 3
_LUMPED = 3
_NUMBER = re.compile(r"-?[\d,]*\d\.\d+")


def page_of(
    number: int,
    size: tuple[float, float],
    glyphs: list[Glyph],
    hs: list[Rule],
    vs: list[Rule],
    first: int,
    scanned: bool = False,
    turn: int = 0,
    skew: float = 0.0,
) -> Page:
    """One page, upright, in points; ``first`` is the index of its first table in the document."""
    width, height = size
    tables, free = tables_of(number, hs, vs, glyphs, first)
    tables, free = _without_lumps(tables, free, glyphs)
    lines = lines_of(free)
    if may_hold_tables(lines):
        more, rest = aligned_tables(number, free, hs, vs, 0)
        if more:
            tables = numbered([*tables, *more], first)
            lines = lines_of(rest)
    blocks: list[Paragraph | Table] = [*tables, *paragraphs_of(lines, number, height, width)]
    blocks.sort(key=_top)
    return Page(number, round(width, 1), round(height, 1), tuple(blocks), scanned, turn, skew)


def _without_lumps(
    tables: list[Table], free: list[Glyph], glyphs: list[Glyph]
) -> tuple[list[Table], list[Glyph]]:
    """A frame that parts its rows but not its columns is no table: what stands in it is read by how it is aligned."""
    lumps = [t for t in tables if t.columns <= _FEW_COLUMNS and sum(_lumped(c) for c in t.cells) >= _LUMPED]
    for t in lumps:
        left, right = t.edges[0], t.edges[-1]
        tops = [c.place.top for c in t.cells if isinstance(c.place, PagePlace)]
        ends = [c.place.bottom for c in t.cells if isinstance(c.place, PagePlace)]
        inside = [
            g
            for g in glyphs
            if left <= (g.x0 + g.x1) / 2 <= right and min(tops) <= (g.top + g.bottom) / 2 <= max(ends)
        ]
        free = [*free, *inside]
    return [t for t in tables if all(t is not lump for lump in lumps)], free


def _lumped(cell: Cell) -> bool:
    """Several numbers apart from each other in one cell."""
    return " " in cell.text and sum(_NUMBER.fullmatch(p) is not None for p in cell.text.split()) > 1


def numbered(tables: list[Table], first: int) -> list[Table]:
    """Tables from top to bottom, counted on from ``first``."""
    return [replace(t, index=first + k) for k, t in enumerate(sorted(tables, key=_top))]


def _top(block: Paragraph | Table) -> float:
    place = block.cells[0].place if isinstance(block, Table) else block.place
    return place.top if isinstance(place, PagePlace) else 0.0
