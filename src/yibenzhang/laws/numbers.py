"""Numbers of views made ready for arithmetic: exact integers on one scale, with the slack of their rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibenzhang.model.amounts import CellState
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Scaler
from yibenzhang.model.packing import packed
from yibenzhang.model.views import View

NOTHING = (CellState.BLANK, CellState.DASH)


@packed
@dataclass(frozen=True, slots=True)
class Number:
    """A cell of a view. ``value`` and ``slack`` (half the width of its interval) are base units × 10^SCALE (see
    model.intervals).

    A blank or a dash is nothing where it is a part and says nothing where it is a total.
    """

    fact: Fact
    at: Coordinates
    row: int
    column: int
    value: int
    slack: int
    own: int
    """The slack by its own digits, where it prints fewer decimals than its column."""
    blank: bool


class Numbers:
    """The numbers of all views of a document: ``of[v][(row, column)]``; unreadable cells are in ``unreadable``."""

    def __init__(self, views: Sequence[View]) -> None:
        self.views = views
        scaled = Scaler()
        self.of: list[dict[tuple[int, int], Number]] = []
        self.unreadable: list[set[tuple[int, int]]] = []
        for view in views:
            numbers: dict[tuple[int, int], Number] = {}
            lost: set[tuple[int, int]] = set()
            for (r, c), fact in view.cells.items():
                whole = scaled(fact.amount, fact.decimals) if fact.amount is not None else None
                if fact.amount is not None and whole is not None:
                    own = scaled(fact.amount) or whole
                    numbers[r, c] = Number(fact, view.places[r, c], r, c, *whole, own[1], False)
                elif fact.state in NOTHING:
                    numbers[r, c] = Number(fact, view.places[r, c], r, c, 0, 0, 0, True)
                else:
                    lost.add((r, c))
            self.of.append(numbers)
            self.unreadable.append(lost)
