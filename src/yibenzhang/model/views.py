"""A View: one panel of a printed table as numbers with coordinates, and the rows and columns they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.packing import packed


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A number column. ``path``: its headings; ``total``: the innermost says no more than 合计; ``partial``: 其中."""

    index: int
    path: tuple[str, ...]
    coordinates: Coordinates
    total: bool = False
    partial: bool = False


@packed
@dataclass(frozen=True, slots=True)
class ViewRow:
    """A body row. ``code`` and ``classification`` are its main key, ``keys`` all of them by classification.

    ``depth``: by numbering (None without); ``indent``: points or blanks; ``heads``: it names a unit and no item.
    """

    index: int
    label: str
    code: str = ""
    classification: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    coordinates: Coordinates = Coordinates()
    total: bool = False
    partial: bool = False
    subtotal: bool = False
    """Its name ends with 小计 and the like, but says of what."""
    heads: bool = False
    depth: int | None = None
    indent: float = 0.0
    level: int = 0
    """The first label column that is filled, of several that form steps."""


@dataclass(frozen=True)
class View:
    """``cells[(row, column)]`` by position in ``rows`` and ``columns``; ``open_end``: it may go on elsewhere."""

    table: str
    panel: int
    title: str
    scope: Coordinates
    columns: tuple[ViewColumn, ...]
    rows: tuple[ViewRow, ...]
    cells: Mapping[tuple[int, int], Fact]
    places: Mapping[tuple[int, int], Coordinates]
    open_end: bool = False
    steps: bool = False
    """True where several label columns are filled one step a row (a list of lists)."""
    family: str = ""
    """Views of one table share it."""
    entitled: bool = True
    """Its title says what it tells of, and every word of that is known."""
