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


Place = PagePlace | LinePlace
