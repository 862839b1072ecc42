"""Where something stands, by kind of file; every place can be shown to a person."""

from __future__ import annotations

from dataclasses import dataclass


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
class InFile:
    """A place in one file of a disclosure that was published in several; ``file`` is what the file is called."""

    file: str
    inner: PagePlace | LinePlace

    def __str__(self) -> str:
        return f"{self.file} {self.inner}"

    @property
    def page(self) -> int | None:
        return self.inner.page

    @property
    def key(self) -> str:
        return f"{self.file}#{self.inner.key}"


Place = PagePlace | LinePlace | InFile


def file_of(place: Place | None) -> str:
    """The file of a place; empty where the disclosure is one file."""
    return place.file if isinstance(place, InFile) else ""


def in_file(place: Place, file: str) -> InFile:
    """The same place, with the file it is in."""
    return place if isinstance(place, InFile) else InFile(file, place)
