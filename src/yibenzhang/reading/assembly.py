"""A page from its characters and ruling lines: the same for native PDF, OFD and scans."""

from __future__ import annotations

from yibenzhang.model.documents import Page, Paragraph, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.grid import tables_of
from yibenzhang.reading.paragraphs import paragraphs_of
from yibenzhang.reading.rules import Rule


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
    blocks: list[Paragraph | Table] = [*tables, *paragraphs_of(free, number, height, width)]
    blocks.sort(key=_top)
    return Page(number, round(width, 1), round(height, 1), tuple(blocks), scanned, turn, skew)


def _top(block: Paragraph | Table) -> float:
    place = block.cells[0].place if isinstance(block, Table) else block.place
    return place.top if isinstance(place, PagePlace) else 0.0
