"""Rounding: what a printed number can mean. The only rounding code of the project.

A number v printed with d decimals stands for [v - ½·10⁻ᵈ, v + ½·10⁻ᵈ]; a linear statement Σ cᵢ·xᵢ = 0
is contradicted only if |Σ cᵢ·vᵢ| > Σ |cᵢ|·hᵢ. Source: XBRL International, Calculations 1.1 (2023).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.amounts import Amount, Unit

_HALF = Decimal("0.5")
SCALE = 12
"""Whole-number arithmetic counts in units of 10^-12 of the base unit: exact for all that is printed on paper."""
_SCALED = Decimal(1).scaleb(SCALE)


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of base units (money: 元)."""

    low: Decimal
    high: Decimal

    @property
    def middle(self) -> Decimal:
        return (self.low + self.high) / 2

    @property
    def half_width(self) -> Decimal:
        return (self.high - self.low) / 2

    def __contains__(self, value: Decimal) -> bool:
        return self.low <= value <= self.high


def half_width(amount: Amount, decimals: int | None = None) -> Decimal:
    """Half the width of what ``amount`` can mean, in base units.

    ``decimals`` is the precision of the column it stands in, which it takes over: ``110`` among numbers with
    two decimals is 110.00, and a bare ``0`` an empty item, not anything below half of the unit.
    """
    if amount.unit is not None and amount.unit.dimension == "count":
        return Decimal(0)  # five cars are five cars
    d = amount.decimals
    if decimals is not None:
        d = max(d, decimals)
    return _HALF.scaleb(-d) * (amount.unit.factor if amount.unit else 1)


def interval(amount: Amount, decimals: int | None = None) -> Interval:
    """What ``amount`` can mean, in base units."""
    h = half_width(amount, decimals)
    return Interval(amount.base - h, amount.base + h)


_half_widths: dict[tuple[int, Unit | None], int | None] = {}


def scaled(amount: Amount, decimals: int | None = None) -> tuple[int, int] | None:
    """Middle and half width of ``interval`` as exact whole numbers of 10^-SCALE; None where they are none."""
    d = amount.decimals if decimals is None else max(amount.decimals, decimals)
    key = (d, amount.unit)
    if key not in _half_widths:
        _half_widths[key] = _whole(half_width(amount, decimals))
    half, middle = _half_widths[key], _whole(amount.base)
    return None if half is None or middle is None else (middle, half)


def _whole(value: Decimal) -> int | None:
    whole = int(value * _SCALED)
    return whole if whole == value * _SCALED else None


def linear(terms: Iterable[tuple[Decimal, Interval]]) -> Interval:
    """The interval of Σ cᵢ·xᵢ for xᵢ anywhere in their intervals."""
    low = high = Decimal(0)
    for c, x in terms:
        a, b = c * x.low, c * x.high
        low += min(a, b)
        high += max(a, b)
    return Interval(low, high)
