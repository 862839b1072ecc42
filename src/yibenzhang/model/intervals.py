"""Rounding: what a printed number can mean. The only rounding code of the project.

A number v printed with d decimals stands for [v - ½·10⁻ᵈ, v + ½·10⁻ᵈ]; a linear statement Σ cᵢ·xᵢ = 0
is contradicted only if |Σ cᵢ·vᵢ| > Σ |cᵢ|·hᵢ. Source: XBRL International, Calculations 1.1 (2023).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.amounts import Amount, Unit
from yibenzhang.model.packing import packed

_HALF = Decimal("0.5")
SCALE = 12
"""Whole-number arithmetic counts in units of 10^-12 of the base unit: exact for all that is printed on paper."""
_SCALED = Decimal(1).scaleb(SCALE)


@packed
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


class Scaler:
    """``interval`` in exact whole numbers of 10^-SCALE, worked out once for each precision and unit."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Unit | None, int, Decimal] | None] = {}

    def __call__(self, amount: Amount, decimals: int | None = None) -> tuple[int, int] | None:
        """Middle and half width; None where they are no such numbers."""
        d = amount.decimals
        if decimals is not None and decimals > d:
            d = decimals
        unit = amount.unit
        key = (d, id(unit))
        if key not in self._known:
            # the unit is kept, so that its address stays its own
            half, factor = half_width(amount, decimals) * _SCALED, unit.factor if unit else Decimal(1)
            whole = d < SCALE and half == int(half) and factor == int(factor)
            self._known[key] = (unit, int(half), factor * _SCALED) if whole else None
        known = self._known[key]
        return (int(amount.value * known[2]), known[1]) if known else None


def linear(terms: Iterable[tuple[Decimal, Interval]]) -> Interval:
    """The interval of Σ cᵢ·xᵢ for xᵢ anywhere in their intervals."""
    low = high = Decimal(0)
    for c, x in terms:
        a, b = c * x.low, c * x.high
        low += min(a, b)
        high += max(a, b)
    return Interval(low, high)
