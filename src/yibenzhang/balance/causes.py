"""What a diagnosis says: a cause with the broken relations it explains and the numbers that may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from yibenzhang.balance.slips import rounded
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval
from yibenzhang.model.relations import Result


class Kind(StrEnum):
    """What is wrong. A number is the last thing to be accused: first comes what stands in a wrong place."""

    NUMBER = "number"
    SWAPPED = "swapped"
    """Two cells, rows or columns in each other's place: the culprits, two by two."""
    SHIFTED = "shifted"
    """A column whose numbers stand one row too high or too low."""
    MISSING_ROW = "missing_row"
    """A row left out of a list, or withheld: the list falls short in several columns."""
    EXTRA_ROW = "extra_row"
    """A row counted in a list it does not belong to: the culprits are its numbers."""
    WRONG_PLACE = "wrong_place"
    """A row under the wrong parent or with a wrong code: ``from_list`` and ``to_list`` say which."""
    UNIT = "unit"
    """A whole table off by one power of ten: our reading of its unit, or the unit as printed."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """A number that may be wrong, the interval (base units) that would mend all, and how it slipped.

    ``value`` is what should have been printed where a slip of the keyboard explains it.
    """

    fact: Fact
    mended: Interval | None
    slip: str = ""
    value: Decimal | None = None

    @property
    def suggestion(self) -> Decimal | None:
        """The value to print instead, in the fact's unit and precision; None where it is not determined."""
        if self.value is not None or self.mended is None:
            return self.value
        return rounded(self.fact, self.mended)


@dataclass(frozen=True, slots=True)
class Cause:
    """A group of broken relations with one cause: ``certain`` where nothing else as simple explains them.

    ``missing_row`` is also set where a number or a row left out would explain them alike.
    """

    broken: tuple[Result, ...]
    culprits: tuple[Culprit, ...]
    certain: bool
    missing_row: bool = False
    gave_up: bool = False
    swapped: bool = False
    along: tuple[Result, ...] = ()
    """What will not hold where the number alone is put right: others must be put right with it."""
    kind: Kind = Kind.NUMBER
    from_list: str = ""
    to_list: str = ""
    """Of a row in the wrong place: the ``parent`` it was counted under, the one it belongs to; or empty."""
    tables: tuple[str, ...] = ()
    """Of a unit: the tables that may have the wrong one."""
    factor: Decimal | None = None
    """Of a unit, or of numbers otherwise equal: the power of ten, or 2, between them. A doubt of the reading first."""

    @property
    def structural(self) -> bool:
        """No number is wrong in itself: nothing "ought to be" another amount."""
        return self.kind in (Kind.EXTRA_ROW, Kind.WRONG_PLACE, Kind.UNIT)
