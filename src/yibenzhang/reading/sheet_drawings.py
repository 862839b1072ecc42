"""Pictures, text boxes and embedded objects that lie over cells of a worksheet: where they are, not what they show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from yibenzhang.reading.cell_styles import whole
from yibenzhang.reading.limits import ReadingError
from yibenzhang.reading.packages import Package, local, parse

_ANCHORS = ("twoCellAnchor", "oneCellAnchor")
_SHOWN = ("pic", "sp", "graphicFrame", "grpSp", "AlternateContent")
_IN_CELL = 2
"""A drawing over no more rows and columns than this stands for what the cell says."""
_ROW, _COLUMN = 190_500, 609_600
"""How high and wide a cell is where nothing is said (EMU)."""
_LARGE = (4, 3)
"""A picture over so many rows and columns may be a table."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What lies over the cells from ``top``, ``left`` to ``bottom``, ``right`` (from 1, inclusive)."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def within_cells(self) -> bool:
        return self.bottom - self.top < _IN_CELL and self.right - self.left < _IN_CELL

    @property
    def large(self) -> bool:
        return self.bottom - self.top >= _LARGE[0] and self.right - self.left >= _LARGE[1]

    def cells(self) -> Iterator[tuple[int, int]]:
        return ((r, c) for r in range(self.top, self.bottom + 1) for c in range(self.left, self.right + 1))


def drawings_of(package: Package, sheet: str) -> list[Drawing]:
    """The drawings of a worksheet that show a picture, words or an object; none where the part is damaged."""
    out = []
    for kind, target in package.relations(sheet).values():
        if kind != "drawing" or target not in package.members:
            continue
        try:
            root = parse(package.read(target))
        except ReadingError:
            continue
        out += [d for node in root if local(node) in _ANCHORS and (d := _drawing(node)) is not None]
    return out


def _drawing(anchor: etree._Element) -> Drawing | None:
    if not any(local(child) in _SHOWN for child in anchor) or _unseen(anchor):
        return None
    start = _corner(next(anchor.iterchildren("{*}from"), None))
    if start is None:
        return None
    end = _corner(next(anchor.iterchildren("{*}to"), None), last=True)
    if end is None:
        size = next(anchor.iterchildren("{*}ext"), None)
        wide, high = (whole(size.get("cx")), whole(size.get("cy"))) if size is not None else (0, 0)
        end = (start[0] + max(high - 1, 0) // _ROW, start[1] + max(wide - 1, 0) // _COLUMN)
    return Drawing(*start, max(end[0], start[0]), max(end[1], start[1]))


def _unseen(anchor: etree._Element) -> bool:
    """Hidden, or a shape without words: a line or a frame."""
    if any(node.get("hidden") in ("1", "true") for node in anchor.iter("{*}cNvPr")):
        return True
    shown = {local(n) for n in anchor.iter() if isinstance(n.tag, str)}
    return not shown & {"pic", "graphicFrame"} and not any(
        (t.text or "").strip() for t in anchor.iter("{*}t")
    )


def _corner(node: etree._Element | None, last: bool = False) -> tuple[int, int] | None:
    """The row and the column (from 1) of a corner; one that touches a cell at its edge does not cover it."""
    if node is None:
        return None
    said = {local(child): whole(child.text) for child in node}
    row, column = said.get("row", 0) + 1, said.get("col", 0) + 1
    if last:
        row -= said.get("rowOff", 1) == 0
        column -= said.get("colOff", 1) == 0
    return row, column
