"""A Fact is a printed number with where it stands in its table and what that says of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.amounts import Amount, CellState, Unit
from yibenzhang.model.intervals import Interval, interval
from yibenzhang.model.packing import packed
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place

_SPACED = late(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
"""Blanks that only spread a word over its cell ("总 计")."""
_STOPS = "，、；。：） \u3000"
_ZERO = Interval(Decimal(0), Decimal(0))


@packed
@dataclass(frozen=True, slots=True)
class Row:
    """A body row of one block.

    ``code`` is the joined classification or unit code; ``token`` a row id of the standards or
    ``class:208``; ``role`` is item, total, subtotal, of_which or unclear (its place in the tree is not
    sure); ``parent`` is the index (in the block's rows) of the row it is part of.
    """

    index: int
    code: str
    label: str
    token: str = ""
    role: str = "item"
    level: int = 0
    parent: int | None = None
    leaf: bool = False


@packed
@dataclass(frozen=True, slots=True)
class Fact:
    """A number cell of a standard table. ``id`` hashes where it stands in the document, not its value."""

    id: str
    table: str
    standard: str
    side: str
    row: Row
    measure: str
    column: str
    state: CellState
    amount: Amount | None
    unit: Unit | None
    decimals: int
    text: str
    place: Place
    cell: tuple[int, int]

    @property
    def interval(self) -> Interval | None:
        """What the cell can mean in base units; a blank or a dash is taken for nothing, by sums alone."""
        if self.amount is not None:
            return interval(self.amount, self.decimals)
        return _ZERO if self.state in (CellState.BLANK, CellState.DASH) else None

    @property
    def printed(self) -> bool:
        return self.amount is not None

    @property
    def where(self) -> str:
        """Row and column in words, of a number in a sentence its words; a total says which side of the table it
        stands on."""
        if self.table == "prose" and self.row.label:
            return f"“{self.said}”"
        label = _SPACED.sub("", self.row.label or self.row.code)
        side = {"income": "收入", "expenditure": "支出"}.get(self.side, "")
        if self.row.role == "total" and side and side not in label:
            label = f"{side}{label}"
        column = f"“{self.column or '金额'}”"
        return f"“{label}”·{column}" if label else column  # a table of one row does not name it

    @property
    def said(self) -> str:
        """The row's words to stand between quotation marks: without the half of a pair whose
        other half was cut off, and the stop they were cut at."""
        out: list[str] = []
        for char in self.row.label:
            if char == "”" and out.count("“") <= out.count("”"):
                continue
            out.append(char)
        while out.count("“") > out.count("”"):
            out.pop(len(out) - 1 - out[::-1].index("“"))
        return "".join(out).lstrip(_STOPS)
