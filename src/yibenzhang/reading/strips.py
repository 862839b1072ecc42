"""Pieces of ink gathered into strips: one line of text of one cell, or one stretch of text outside tables."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from yibenzhang.model.documents import Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.raster import Piece, Sheet

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of ink in pixels, its pieces from left to right; ``em`` is the height of a full character.

    ``home`` is the box in points it must stay in: that of its cell.
    """

    x0: int
    top: int
    x1: int
    bottom: int
    pieces: tuple[Piece, ...]
    em: float
    home: Box | None = None

    @property
    def height(self) -> int:
        return self.bottom - self.top


def strips_of(sheet: Sheet, tables: Iterable[Table]) -> list[Strip]:
    """All strips of a page: cell by cell, then what stands outside the tables."""
    inside, free = _by_cell(sheet, tables)
    tall = [p.height for p in sheet.pieces if p.height * sheet.scale > 3.5]
    em = median(tall) if tall else 8 / sheet.scale
    # characters fall into pieces lower than themselves: lines are what tells their height
    whole = [h for c in inside.values() for b in _bands(c) if (h := _extent(b)) > 0.8 * em]
    em_inside = median(whole) if whole else em
    out: list[Strip] = []
    for home, pieces in inside.items():
        for line, size in _lines(pieces, em_inside):
            out.append(_strip(line, size, home))
    for band, size in _lines(free, em):
        for part in _parts(band, 2.2 * size):
            # two columns may stand at different heights: each is cut into its own lines
            for line, own in _lines(part, size):
                out.append(_strip(line, own, None))
    return out


def _by_cell(sheet: Sheet, tables: Iterable[Table]) -> tuple[dict[Box, list[Piece]], list[Piece]]:
    """The pieces by the cell their centre lies in, and the others."""
    inside: dict[Box, list[Piece]] = defaultdict(list)
    free = sheet.pieces
    for table in tables:
        grid = table.grid()
        rows: dict[int, float] = {}
        for cell in table.cells:
            if isinstance(cell.place, PagePlace):
                rows.setdefault(cell.row, cell.place.top)
        tops = [rows.get(r, 0.0) for r in range(table.rows)]
        for r in range(1, table.rows):
            tops[r] = max(tops[r], tops[r - 1])
        bottom = max(c.place.bottom for c in table.cells if isinstance(c.place, PagePlace))
        rest: list[Piece] = []
        for p in free:
            x, y = (p.x0 + p.x1) / 2 * sheet.scale, (p.top + p.bottom) / 2 * sheet.scale
            if not (table.edges[0] <= x <= table.edges[-1] and tops[0] <= y <= bottom):
                rest.append(p)
                continue
            r = bisect_right(tops, y, 1) - 1
            c = min(bisect_right(table.edges, x, 1), table.columns) - 1
            cell_at = grid[r][c]
            place = cell_at.place if cell_at else None
            if isinstance(place, PagePlace):
                inside[place.x0, place.top, place.x1, place.bottom].append(p)
        free = rest
    return inside, free


def _bands(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces parted where a row of pixels is free of ink."""
    bands: list[list[Piece]] = []
    floor = -1
    for p in sorted(pieces, key=lambda p: p.top):
        if bands and p.top < floor:
            bands[-1].append(p)
            floor = max(floor, p.bottom)
        else:
            bands.append([p])
            floor = p.bottom
    return bands


def _lines(pieces: list[Piece], em: float) -> Iterator[tuple[list[Piece], float]]:
    """Pieces line by line, with the height of a full character; ``em`` is what it is around here."""
    bands = _bands(pieces)
    full = [h for b in bands if (h := _extent(b)) > 0.6 * em]
    size = max(median(full), 0.9 * em) if full else em
    joined: list[list[Piece]] = []
    for band in bands:
        if joined:
            top, above = min(p.top for p in band), max(p.bottom for p in joined[-1])
            low = min(_extent(band), _extent(joined[-1])) < 0.5 * size
            both = max(p.bottom for p in band) - min(p.top for p in joined[-1])
            # parts of one character (二, 元) or of one line (a dash, a point): together no higher than a line
            if low and (both < 1.12 * size or top - above < 0.3 * size and both < 1.25 * size):
                joined[-1].extend(band)
                continue
        joined.append(list(band))
    for band in joined:
        yield from _untangled(band, size)


def _extent(pieces: list[Piece]) -> int:
    return max(p.bottom for p in pieces) - min(p.top for p in pieces)


def _untangled(band: list[Piece], size: float) -> Iterator[tuple[list[Piece], float]]:
    """Lines so close that their ink overlaps are parted by the centres of their characters."""
    extent = _extent(band)
    large = max(p.height for p in band) > 0.7 * extent  # one line of a larger face: a title
    if extent < 1.7 * size or large or len(band) < 4:
        yield band, float(extent) if extent > 0.6 * size else size
        return
    rows: list[list[Piece]] = []
    at = 0.0
    for p in sorted(band, key=lambda p: p.top + p.bottom):
        middle = (p.top + p.bottom) / 2
        if rows and middle - at < 0.55 * size:
            rows[-1].append(p)
            at = sum(q.top + q.bottom for q in rows[-1]) / 2 / len(rows[-1])
        else:
            rows.append([p])
            at = middle
    for row in rows:
        yield row, max(0.6 * size, float(_extent(row)))


def _parts(band: list[Piece], gap: float) -> Iterator[list[Piece]]:
    part: list[Piece] = []
    right = 0
    for p in sorted(band, key=lambda p: p.x0):
        if part and p.x0 - right > gap:
            yield part
            part = []
        part.append(p)
        right = max(right, p.x1) if len(part) > 1 else p.x1
    if part:
        yield part


def _strip(pieces: list[Piece], em: float, home: Box | None) -> Strip:
    pieces = sorted(pieces, key=lambda p: p.x0)
    return Strip(
        pieces[0].x0,
        min(p.top for p in pieces),
        max(p.x1 for p in pieces),
        max(p.bottom for p in pieces),
        tuple(pieces),
        em,
        home,
    )


def boxes_of(strip: Strip) -> list[Piece]:
    """Pieces that stand side by side; those above one another are one character."""
    out: list[Piece] = []
    for p in strip.pieces:
        if out and p.x0 < out[-1].x1 - 0.4 * min(p.width, out[-1].width):
            q = out.pop()
            p = Piece(q.x0, min(p.top, q.top), max(p.x1, q.x1), max(p.bottom, q.bottom), p.area + q.area)
        out.append(p)
    return out
