"""Cells of a drawn table that have ink and no characters: a number drawn as curves or pasted as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yibenzhang.model.documents import Cell, Page, Paragraph, Table
from yibenzhang.model.places import PagePlace

Box = tuple[float, float, float, float]
_MOST = 500
_WIDE = 1.5
"""A curve so many times wider than high is a line of letters."""
_LEAST = (6.0, 4.0)
"""A smaller picture (points) is an ornament."""


def with_unread_cells(page: Page, letters: Sequence[Box], pictures: Sequence[Box]) -> Page:
    """The page with every empty cell marked as unreadable in which letters are drawn or a picture lies."""
    if not letters and not pictures or len(letters) + len(pictures) > _MOST:
        return page
    blocks = tuple(_marked(b, letters, pictures) for b in page.blocks)
    return page if blocks == page.blocks else replace(page, blocks=blocks)


def _marked(block: Paragraph | Table, letters: Sequence[Box], pictures: Sequence[Box]) -> Paragraph | Table:
    if isinstance(block, Paragraph):
        return block
    cells = tuple(
        replace(c, unreadable=True) if not c.text and _has_ink(c, letters, pictures) else c
        for c in block.cells
    )
    return replace(block, cells=cells)


def _has_ink(cell: Cell, letters: Sequence[Box], pictures: Sequence[Box]) -> bool:
    """Two letters or a line of them; a picture no larger than the cell."""
    place = cell.place
    if not isinstance(place, PagePlace):
        return False
    found = [b for b in letters if _inside(b, place)]
    if len(found) > 1 or any(b[2] - b[0] > _WIDE * (b[3] - b[1]) for b in found):
        return True
    return any(
        b[2] - b[0] >= _LEAST[0]
        and b[3] - b[1] >= _LEAST[1]
        and b[0] >= place.x0 - 2
        and b[2] <= place.x1 + 2
        and b[1] >= place.top - 2
        and b[3] <= place.bottom + 2
        for b in pictures
    )


def _inside(box: Box, place: PagePlace) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return place.x0 <= x <= place.x1 and place.top <= y <= place.bottom
