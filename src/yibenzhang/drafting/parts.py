"""The drafted document before it has a format: headings, paragraphs and tables in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.places import Place
from yibenzhang.recognising.rows import bare
from yibenzhang.standards import Standards

_bare = lru_cache(maxsize=50_000)(bare)  # labels come again in every document
LABELS = ("code", "name", "unit", "other", "group")
LEFT, UP = "<", "^"
"""Cells that belong to the one at their left or above."""


class FontMissing(Exception):
    """No Chinese font is installed, so a PDF would be empty boxes."""


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 0 is a part of the document, 1 a section, 2 below it."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A number of a table as printed: its address, and the row and column of the grid it stands in."""

    standard: str
    side: str
    code: str
    label: str
    token: str
    measure: str
    value: Decimal
    row: int
    column: int


@dataclass(frozen=True)
class Grid:
    """A table. ``columns`` are label kinds or measures, ``side:measure`` where two lists stand side by side.

    In ``header`` and ``rows`` "<" and "^" belong to the cell at the left and above; ``places`` say from which
    cells of the workbook a number was made.
    """

    standard: str
    title: str
    unit: str
    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    align: str = ""
    widths: tuple[float, ...] = ()
    above: str = ""
    holder: str = ""
    note: str = ""
    landscape: bool = False
    places: Mapping[tuple[int, int], Place] = field(default_factory=dict)

    def printed(self, standards: Standards) -> Iterator[Printed]:
        """Every number of the table with its address."""
        for r, row in enumerate(self.rows):
            code = label = ""
            fresh = True  # a label column after a number opens the next list
            for c, kind in enumerate(self.columns):
                if row[c] == LEFT:
                    continue  # the cell before runs over this column
                if kind in LABELS:
                    if fresh:
                        code, label, fresh = "", "", False
                    code, label = _labelled(kind, row, c, code, label)
                    continue
                fresh = True
                amount = parse_amount(row[c])
                if amount is None:
                    continue
                side, _, measure = kind.rpartition(":")
                token = _token(code, label, standards)
                yield Printed(self.standard, side, code, _bare(label), token, measure, amount.value, r, c)

    @property
    def empty(self) -> bool:
        """True where the table has no amount but zero."""
        return not any(
            (a := parse_amount(row[c])) and a.value
            for row in self.rows
            for c, kind in enumerate(self.columns)
            if kind not in LABELS
        )


def _labelled(kind: str, row: tuple[str, ...], c: int, code: str, label: str) -> tuple[str, str]:
    """Code and label of a row, with what a label column adds to those of the columns before it."""
    text = "" if row[c] == UP else row[c]
    if kind == "code" and (text.isascii() or not text):
        return code + text, label
    if kind in ("code", "name"):
        return code, label or text
    if kind == "group" and LEFT in row[c + 1 : c + 2]:
        return code, text
    return code, label


def _token(code: str, label: str, standards: Standards) -> str:
    name = _bare(label)
    if found := standards.row_names.get(name):
        return found.id
    if not code and name in standards.classes:
        return "class:" + standards.classes[name]
    return ""


@dataclass(frozen=True)
class Draft:
    """The whole disclosure: cover lines and the parts below it."""

    body: str
    year: int
    stage: str
    family: str
    cover: tuple[str, ...]
    parts: tuple[Heading | Words | Grid, ...]

    @property
    def title(self) -> str:
        return "".join(self.cover)

    def wide(self, k: int) -> bool:
        """The part at that position stands on a page turned sideways: a wide table, or a heading right above one."""
        part = self.parts[k]
        if isinstance(part, Heading) and k + 1 < len(self.parts):
            return self.wide(k + 1)
        return isinstance(part, Grid) and part.landscape

    def alone(self, k: int) -> bool:
        """The table at that position begins a page of its own, for another stands right before it."""
        part, before = self.parts[k], self.parts[k - 1] if k else None
        return isinstance(part, Grid) and isinstance(before, Grid) and bool(part.header)

    def grids(self) -> list[Grid]:
        return [p for p in self.parts if isinstance(p, Grid)]
