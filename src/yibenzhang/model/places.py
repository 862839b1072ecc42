"""Where something stands, by kind of file; every place can be shown to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from yibenzhang.model.packing import packed


@packed
@dataclass(frozen=True, slots=True)
class PagePlace:
    """A box on a page of a PDF: points from the top left corner of the page as it is read."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float

    def __str__(self) -> str:
        return f"第{self.page}页"

    @property
    def key(self) -> str:
        return f"p{self.page}:{self.x0:.0f},{self.top:.0f},{self.x1:.0f},{self.bottom:.0f}"


@packed
@dataclass(frozen=True, slots=True)
class LinePlace:
    """A line of a text file, counted from 1, and the columns [start, end) within it, counted from 0."""

    line: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"第{self.line}行"

    @property
    def page(self) -> None:
        return None

    @property
    def key(self) -> str:
        return f"l{self.line}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A cell of a workbook: row and column counted from 1 (0: the tab itself); ``part`` counts the lines of
    one cell from 0.

    ``sheet`` is the name on the tab, unique in its workbook; empty for CSV.
    """

    sheet: str
    row: int
    column: int
    part: int = 0

    def __str__(self) -> str:
        if not self.row:
            return f"工作表“{self.sheet}”"
        return f"{self.sheet}!{self._cell}" if self.sheet else f"{self._cell} 单元格"

    @property
    def _cell(self) -> str:
        letters, rest = "", self.column
        while rest > 0:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(65 + digit) + letters
        return f"{letters}{self.row}"

    @property
    def page(self) -> None:
        return None

    @property
    def key(self) -> str:
        return f"x:{self.sheet}!{self._cell}" + (f"#{self.part}" if self.part else "")


@dataclass(frozen=True, slots=True)
class FlowPlace:
    """A paragraph, or a cell of a table, in a file without fixed pages: Word and web pages.

    All count from 1 in reading order, 0 being the title of a web page; outside tables ``table``, ``row`` and
    ``column`` are 0, inside them ``paragraph`` is 0. ``part`` counts the lines of one cell or paragraph from 0.
    """

    paragraph: int = 0
    table: int = 0
    row: int = 0
    column: int = 0
    part: int = 0

    def __str__(self) -> str:
        if not self.table:
            return f"第{self.paragraph}段" if self.paragraph else "标题"
        return f"第{self.table}个表第{self.row}行第{self.column}列"

    @property
    def page(self) -> None:
        return None

    @property
    def key(self) -> str:
        at = f"d:t{self.table}r{self.row}c{self.column}" if self.table else f"d:{self.paragraph}"
        return at + (f"#{self.part}" if self.part else "")


@dataclass(frozen=True, slots=True)
class InFile:
    """A place in one file of a disclosure that was published in several; ``file`` is what the file is called."""

    file: str
    inner: PagePlace | LinePlace | SheetPlace | FlowPlace

    def __str__(self) -> str:
        return f"{self.file} {self.inner}"

    @property
    def page(self) -> int | None:
        return self.inner.page

    @property
    def key(self) -> str:
        return f"{self.file}#{self.inner.key}"


Place = PagePlace | LinePlace | SheetPlace | FlowPlace | InFile


def file_of(place: Place | None) -> str:
    """The file of a place; empty where the disclosure is one file."""
    return place.file if isinstance(place, InFile) else ""


def in_file(place: Place, file: str) -> InFile:
    """The same place, with the file it is in."""
    return place if isinstance(place, InFile) else InFile(file, place)


Plain = tuple[str | int | float, ...]
_KINDS = {"page": PagePlace, "line": LinePlace, "sheet": SheetPlace, "flow": FlowPlace}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def plain(place: Place) -> Plain:
    """The kind of a place and its numbers, without its file."""
    inner = place.inner if isinstance(place, InFile) else place
    return (_NAMES[type(inner)], *astuple(inner))


def placed(values: Sequence[Any], file: str = "") -> Place:
    """The place of which ``plain`` made these values; in a file of several where one is named."""
    kind, *numbers = values
    inner = _KINDS[kind](*numbers)
    return InFile(file, inner) if file else inner
