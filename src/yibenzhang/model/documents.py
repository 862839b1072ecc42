"""What was read: one model for every kind of file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from yibenzhang.model.packing import packed
from yibenzhang.model.places import Place, file_of, in_file


@packed
@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table grid; a merged cell stands at its top left position and knows its span."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    place: Place
    indent: float = 0.0
    """Distance of the first character from the cell's left rule in points, or leading blanks in text."""
    unreadable: bool = False
    """True where glyphs could not be mapped to characters."""
    sure: float = 1.0
    """The least sureness of its characters (0 to 1); below 1 only where they were recognised (OCR)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells. ``edges`` are the x positions of its columns (PDF) or empty.

    A table that ran over several pages is one Table after stitching; ``pages`` lists them all.
    """

    index: int
    pages: tuple[int, ...]
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    edges: tuple[float, ...] = ()
    confidence: str = "ruled"
    """ruled (drawn lines or real cells), spanless (real cells, none merged), tabbed (separators in text), aligned
    (no rules: clearly weaker)."""

    def grid(self) -> list[list[Cell | None]]:
        """rows × columns; every position a cell covers holds that cell."""
        return spread(self.cells, self.rows, self.columns)

    def texts(self) -> list[list[str]]:
        """rows × columns of printed text; a merged cell's text at its top left position only."""
        out = [[""] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            out[cell.row][cell.column] = cell.text
        return out


class Spanning(Protocol):
    """What stands at a position of a grid and runs over some more."""

    @property
    def row(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def row_span(self) -> int: ...
    @property
    def column_span(self) -> int: ...


At = TypeVar("At", bound=Spanning)


def spread(cells: Iterable[At], rows: int, columns: int) -> list[list[At | None]]:
    """rows × columns; every position a cell covers holds that cell."""
    out: list[list[At | None]] = [[None] * columns for _ in range(rows)]
    for cell in cells:
        if cell.row_span == cell.column_span == 1 and cell.row < rows and cell.column < columns:
            out[cell.row][cell.column] = cell
            continue
        for r in range(cell.row, min(cell.row + cell.row_span, rows)):
            for c in range(cell.column, min(cell.column + cell.column_span, columns)):
                out[r][c] = cell
    return out


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """Where one printed line of a paragraph stands: its text begins at ``start`` of the paragraph's."""

    start: int
    top: float
    bottom: float
    packed: bytes
    """The edges as single floats: a document has ten thousand characters, and many documents are held at once."""

    @property
    def edges(self) -> Sequence[float]:
        """The left edges of its characters and the right edge of the last, in points."""
        return memoryview(self.packed).cast("f")


Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of an upright page."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text outside tables; ``size`` is the font size in points (0 in text files).

    ``lines`` says where each character of a printed page stands, so that a number in a sentence can be shown;
    ``apart``: an empty line before it parts it from what stands above; ``cell``: the cell of a table that was not read
    as one, and no part of a sentence.
    """

    text: str
    place: Place
    size: float = 0.0
    lines: tuple[PrintedLine, ...] = field(default=(), compare=False, repr=False)
    apart: bool = field(default=False, compare=False, repr=False)
    cell: bool = field(default=False, compare=False, repr=False)

    def boxes(self, start: int, end: int) -> list[Box]:
        """The boxes of the characters [start, end), one a line; empty where the lines are not known."""
        out = []
        for line in self.lines:
            edges = line.edges
            first, last = max(start - line.start, 0), min(end - line.start, len(edges) - 1)
            if first < last:
                out.append((edges[first], line.top, edges[last], line.bottom))
        return out


@dataclass(frozen=True, slots=True)
class ReadingNotice:
    """Something about the reading a person must know: a page without text, broken glyphs, a limit reached."""

    message: str
    place: Place | None = None
    unread: bool = False
    """True where a whole page could not be read, so that what stands on it is unknown."""
    cut: bool = False
    """True where reading ended at a bound: what comes after it is unknown."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page in reading order; a text or Word file or web page is one page with number 0, a sheet one of its own."""

    number: int
    width: float
    height: float
    blocks: tuple[Paragraph | Table, ...]
    scanned: bool = False
    """True where what stands on it was recognised from an image (OCR)."""
    turn: int = 0
    """By how many degrees clockwise (a multiple of 90) the page as any viewer shows it was turned for reading."""
    skew: float = 0.0
    """By how many degrees clockwise it was then turned about its centre to stand straight."""


PARTS = "parts"
"""The kind of several files that are one disclosure."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read, or several that are one disclosure. ``kind`` says what its bytes are: pdf, ofd, text,
    docx, xlsx, xls, csv, html, doc, rtf, image …, or parts."""

    path: str
    kind: str
    sha256: str
    pages: tuple[Page, ...]
    notices: tuple[ReadingNotice, ...] = field(default=())
    parts: tuple[Document, ...] = ()
    """The files of a disclosure published in several; their places name the file. Empty for one file."""
    names: tuple[str, ...] = ()
    """What the parts are called."""

    @property
    def drawn(self) -> bool:
        """A file whose tables are marked as such: a table that is there is found."""
        return self.kind not in ("text", "csv", PARTS)

    @property
    def lost(self) -> frozenset[tuple[str, int]]:
        """The pages that were not read or not wholly, each with its file where there are several."""
        places = [n.place for n in self.notices if n.unread and n.place]
        return frozenset((file_of(p), p.page) for p in places if p.page is not None)

    @property
    def cut(self) -> bool:
        """Reading ended at a bound."""
        return any(n.cut for n in self.notices)

    def blocks(self) -> list[Paragraph | Table]:
        return [b for page in self.pages for b in page.blocks]

    def tables(self) -> list[Table]:
        return [b for b in self.blocks() if isinstance(b, Table)]

    def paragraphs(self) -> list[Paragraph]:
        return [b for b in self.blocks() if isinstance(b, Paragraph)]

    @property
    def scanned(self) -> frozenset[tuple[str, int]]:
        """The pages whose content was recognised from images, each with its file where there are several."""
        if self.parts:
            named = zip(self.parts, self.names, strict=True)
            return frozenset((name, page) for part, name in named for _, page in part.scanned)
        return frozenset(("", page.number) for page in self.pages if page.scanned and page.blocks)


def together(documents: Sequence[Document], names: Sequence[str]) -> Document:
    """Several files as one document: places name their file, tables are counted through."""
    parts = []
    first = 0
    for document, name in zip(documents, names, strict=True):
        parts.append(_renamed(document, name, first))
        first += max((t.index + 1 for t in document.tables()), default=0)
    digest = hashlib.sha256("|".join(p.sha256 for p in parts).encode()).hexdigest()
    pages = tuple(page for p in parts for page in p.pages)
    notices = tuple(n for p in parts for n in p.notices)
    return Document("、".join(names), PARTS, digest, pages, notices, tuple(parts), tuple(names))


def _renamed(document: Document, name: str, first: int) -> Document:
    def moved(block: Paragraph | Table) -> Paragraph | Table:
        if isinstance(block, Paragraph):
            return replace(block, place=in_file(block.place, name))
        cells = tuple(replace(c, place=in_file(c.place, name)) for c in block.cells)
        return replace(block, index=block.index + first, cells=cells)

    pages = tuple(replace(p, blocks=tuple(moved(b) for b in p.blocks)) for p in document.pages)
    notices = tuple(replace(n, place=in_file(n.place, name) if n.place else None) for n in document.notices)
    return replace(document, pages=pages, notices=notices)
