"""Printed numbers: an Amount keeps exactly what stood on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from yibenzhang.model.dress import is_garbled, narrow, undressed, without_unseen
from yibenzhang.model.packing import packed

__all__ = [
    "BAI_WAN_YUAN",
    "PERCENT",
    "QIAN_YUAN",
    "WAN_YI_YUAN",
    "WAN_YUAN",
    "YI_YUAN",
    "YUAN",
    "Amount",
    "CellState",
    "Unit",
    "cell_state",
    "narrow",
    "parse_amount",
    "unit_named",
]


class CellState(StrEnum):
    """What a cell that should hold a number shows. A blank is not a zero."""

    PRINTED = "printed"
    BLANK = "blank"
    DASH = "dash"
    ZERO = "zero"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: ``factor`` carries a printed value to the base unit of its dimension (元, %)."""

    name: str
    dimension: str
    factor: Decimal = Decimal(1)


YUAN = Unit("元", "money")
QIAN_YUAN = Unit("千元", "money", Decimal(1000))
WAN_YUAN = Unit("万元", "money", Decimal(10000))
BAI_WAN_YUAN = Unit("百万元", "money", Decimal(1000000))
YI_YUAN = Unit("亿元", "money", Decimal(100000000))
WAN_YI_YUAN = Unit("万亿元", "money", Decimal(1000000000000))
PERCENT = Unit("%", "percent")

_UNITS = {u.name: u for u in (WAN_YI_YUAN, YI_YUAN, BAI_WAN_YUAN, WAN_YUAN, QIAN_YUAN, YUAN, PERCENT)}

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_TAIL = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_AMOUNT = re.compile(rf"[¥￥]?({_NUMBER.pattern})({_TAIL})?")
_SPACE = re.compile(r"\s+")
_DASHES = frozenset({"-", "--", "---", "/", "—"})
_DIGITS_ONLY = re.compile(r"[\d,.\s+-]+%?")
# Longer digit runs are codes or identifiers; no public body's accounts need sixteen digits of yuan.
MAX_DIGITS = 15
_LONGEST = 40
"""No number in a dress is longer."""


@packed
@dataclass(frozen=True, slots=True)
class Amount:
    """A printed number.

    ``value`` is exact and in the printed unit; ``decimals`` counts the digits printed after the point;
    ``text`` is the printed string.
    """

    value: Decimal
    decimals: int
    unit: Unit | None
    text: str

    @property
    def base(self) -> Decimal:
        """The value in the base unit of its dimension (money: 元)."""
        return self.value * self.unit.factor if self.unit else self.value

    def in_unit(self, unit: Unit | None) -> Amount:
        """The same printed number with the unit its table states, unless it carries its own."""
        return self if self.unit or not unit else Amount(self.value, self.decimals, unit, self.text)


def unit_named(name: str) -> Unit | None:
    """The unit of that printed name, or None."""
    return _UNITS.get(name)


@lru_cache(maxsize=16384)
def parse_amount(text: str, loose: bool = False) -> Amount | None:
    """A printed number with nothing else around it but a dress that only numbers wear, or None.

    ``(25.00)``, ``△25`` and ``25.00-`` are negative, the marks of notes after ``1,498.60①`` are set aside. Where a
    number must stand (``loose``) ``(25)``, ``2025[1]`` and ``3个`` are numbers too. Blanks inside the number are
    tolerated where the joined text is well formed: PDF and text extraction split ``4,335.95`` into ``4,33 5.95``.
    Two numbers in one cell never join to a well-formed one unless the first lacks its decimals, so a first part
    that is complete (two decimals) refuses.
    """
    raw = narrow(without_unseen(text)).strip()
    if not raw:
        return None
    parts = raw.split()
    if len(parts) > 1 and _several_numbers(parts):
        return None
    joined = "".join(parts)
    match = _AMOUNT.fullmatch(joined)
    if not match:
        if joined.isalpha() or len(joined) > _LONGEST or not any(map(str.isdigit, joined)):
            return None
        match = _AMOUNT.fullmatch(undressed(joined, loose))
    if not match:
        return None
    digits = match.group(3).replace(",", "")
    if len(digits) > MAX_DIGITS:
        return None
    decimals = len(match.group(4) or ".") - 1
    if decimals > _LONGEST:
        return None
    value = Decimal(f"{match.group(2)}{digits}{match.group(4) or ''}")
    return Amount(value, decimals, _UNITS.get(match.group(5) or ""), text.strip())


def _several_numbers(parts: list[str]) -> bool:
    """A part that is a whole number with two decimals, before one that begins with a digit."""
    return any(re.fullmatch(r"[+-]?[\d,]+\.\d\d", p) and after[0].isdecimal() for p, after in pairwise(parts))


@lru_cache(maxsize=16384)
def cell_state(text: str, loose: bool = False) -> CellState | None:
    """The state of a cell that ought to hold a number; None where it holds words instead. ``loose``: see
    parse_amount."""
    raw = _SPACE.sub("", narrow(without_unseen(text)))
    if not raw:
        return CellState.BLANK
    if raw in _DASHES or set(raw) == {"-"}:
        return CellState.DASH
    amount = parse_amount(text, loose)
    if amount is not None:
        return CellState.ZERO if amount.value == 0 else CellState.PRINTED
    if _DIGITS_ONLY.fullmatch(raw) and any(c.isdigit() for c in raw):
        return CellState.UNREADABLE
    return CellState.UNREADABLE if is_garbled(raw) else None
