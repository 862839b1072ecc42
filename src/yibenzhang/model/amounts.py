"""Printed numbers: an Amount keeps exactly what stood on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache


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

_WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    0x3000: 0x20, 0x2212: 0x2D, 0x2013: 0x2D, 0x2014: 0x2D, 0x2015: 0x2D, 0xFE63: 0x2D, 0x00A0: 0x20,
}  # fmt: skip
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_TAIL = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_AMOUNT = re.compile(rf"[¥￥]?({_NUMBER.pattern})({_TAIL})?")
_SPACE = re.compile(r"\s+")
_DASHES = frozenset({"-", "--", "---", "/", "—"})
_DIGITS_ONLY = re.compile(r"[\d,.\s+-]+%?")
# Longer digit runs are codes or identifiers; no public body's accounts need sixteen digits of yuan.
MAX_DIGITS = 15


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
        return self if self.unit or not unit else replace(self, unit=unit)


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones, so that both are read alike."""
    return text.translate(_WIDE)


def unit_named(name: str) -> Unit | None:
    """The unit of that printed name, or None."""
    return _UNITS.get(name)


@lru_cache(maxsize=16384)
def parse_amount(text: str) -> Amount | None:
    """A well-formed printed number with nothing else around it, or None.

    Blanks inside the number are tolerated where the joined text is well formed: PDF and text extraction
    split ``4,335.95`` into ``4,33 5.95``. Two numbers in one cell never join to a well-formed one unless
    the first lacks its decimals, so a first part that is complete (two decimals) refuses.
    """
    raw = narrow(text).strip()
    if not raw:
        return None
    parts = raw.split()
    if len(parts) > 1 and any(re.fullmatch(r"[+-]?[\d,]+\.\d\d", p) for p in parts[:-1]):
        return None
    match = _AMOUNT.fullmatch("".join(parts))
    if not match:
        return None
    digits = match.group(3).replace(",", "")
    if len(digits) > MAX_DIGITS:
        return None
    decimals = len(match.group(4) or ".") - 1
    value = Decimal(f"{match.group(2)}{digits}{match.group(4) or ''}")
    return Amount(value, decimals, _UNITS.get(match.group(5) or ""), text.strip())


@lru_cache(maxsize=16384)
def cell_state(text: str) -> CellState | None:
    """The state of a cell that ought to hold a number; None where it holds words instead."""
    raw = _SPACE.sub("", narrow(text))
    if not raw:
        return CellState.BLANK
    if raw in _DASHES or set(raw) == {"-"}:
        return CellState.DASH
    amount = parse_amount(text)
    if amount is not None:
        return CellState.ZERO if amount.value == 0 else CellState.PRINTED
    return CellState.UNREADABLE if _DIGITS_ONLY.fullmatch(raw) and any(c.isdigit() for c in raw) else None
