"""Numbers of views made ready for arithmetic: exact integers on one scale, with the slack of their rounding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yibenzhang.model.amounts import CellState
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import half_width
from yibenzhang.model.views import View

_LEAST_SCALE = 10
NOTHING = (CellState.BLANK, CellState.DASH)


@dataclass(frozen=True, slots=True)
class Number:
    """A cell of a view. ``value`` and ``slack`` (half the width of its interval) are base units × 10^scale.

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
        scale = _scale(f for v in views for f in v.cells.values())
        self.scale = scale
        self.views = views
        self.of: list[dict[tuple[int, int], Number]] = []
        self.unreadable: list[set[tuple[int, int]]] = []
        for view in views:
            numbers: dict[tuple[int, int], Number] = {}
            lost: set[tuple[int, int]] = set()
            for (r, c), fact in view.cells.items():
                if fact.amount is not None:
                    value = int(fact.amount.base.scaleb(scale))
                    slack = int(half_width(fact.amount, fact.decimals).scaleb(scale))
                    own = int(half_width(fact.amount).scaleb(scale))
                    numbers[r, c] = Number(fact, view.places[r, c], r, c, value, slack, own, False)
                elif fact.state in NOTHING:
                    numbers[r, c] = Number(fact, view.places[r, c], r, c, 0, 0, 0, True)
                else:
                    lost.add((r, c))
            self.of.append(numbers)
            self.unreadable.append(lost)


def _scale(facts: Iterable[Fact]) -> int:
    """So many decimals of the base unit that every value and half width is a whole number."""
    most = _LEAST_SCALE
    for fact in facts:
        if fact.amount is not None:
            exponent = half_width(fact.amount, fact.decimals).as_tuple().exponent
            base = fact.amount.base.as_tuple().exponent
            most = max(most, *(-e for e in (exponent, base) if isinstance(e, int)))
    return most
