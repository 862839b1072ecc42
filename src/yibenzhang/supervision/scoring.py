"""A score: a pure function of a definition and the counts, exact until it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from yibenzhang.supervision.counting import Count
from yibenzhang.supervision.definitions import Definition, Measure

_SHOWN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Part:
    """What a group has in one measure; ``value`` and ``points`` are None where there was nothing to divide by."""

    measure: Measure
    above: Decimal | None
    below: Decimal | None
    value: Decimal | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A group by one dimension. ``total`` of 100 and ``rank`` from 1 are None where it has no part, or where a measure
    could not be read at all: a ranking without it would be another one."""

    dimension: str
    group: str
    total: Decimal | None
    rank: int | None
    parts: tuple[Part, ...]


def standings(definition: Definition, found: Sequence[Count]) -> list[Standing]:
    """All groups, by dimension in the definition's order, the best first."""
    return [
        s
        for d in definition.dimensions
        for s in _ranked(definition, d, [c for c in found if c.dimension == d])
    ]


def _standing(
    dimension: str, group: str, total: Fraction | None, totals: Sequence[Fraction], parts: tuple[Part, ...]
) -> Standing:
    """One group with its rank among all totals; neither where it has no total."""
    if total is None:
        return Standing(dimension, group, None, None, parts)
    return Standing(dimension, group, _shown(total), 1 + sum(t > total for t in totals), parts)


def _mean(weighed: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    """The points by their weights; None where nothing weighs."""
    weights = sum((w for w, _ in weighed), Fraction(0))
    return sum((w * p for w, p in weighed), Fraction(0)) / weights if weights else None


def _ranked(definition: Definition, dimension: str, found: Sequence[Count]) -> list[Standing]:
    counted = {c.measure: c for c in found}
    measures = [m for m in definition.measures if m.name in counted]
    whole = not any(c.gap for c in found)
    totals: dict[str, Fraction | None] = {}
    parts: dict[str, tuple[Part, ...]] = {}
    for group in sorted({g for c in found for g in c.groups}):
        exact = [_points(m, counted[m.name].groups.get(group)) for m in measures]
        mean = _mean([(Fraction(m.weight), p) for m, p in zip(measures, exact, strict=True) if p is not None])
        totals[group] = mean if whole and group else None
        parts[group] = tuple(
            _part(m, counted[m.name].groups.get(group), p) for m, p in zip(measures, exact, strict=True)
        )
    values = [t for t in totals.values() if t is not None]
    made = [_standing(dimension, g, t, values, parts[g]) for g, t in totals.items()]
    return sorted(made, key=lambda s: (s.rank is None, s.rank or 0, not s.group, s.group))


def _value(measure: Measure, counts: tuple[Decimal, Decimal | None] | None) -> Fraction | None:
    if counts is None:
        return None if measure.below else Fraction(0)
    above, below = counts
    if measure.below is None:
        return Fraction(above) * Fraction(measure.scale)
    return Fraction(above) * Fraction(measure.scale) / Fraction(below) if below else None


def _points(measure: Measure, counts: tuple[Decimal, Decimal | None] | None) -> Fraction | None:
    value = _value(measure, counts)
    if value is None:
        return None
    part = (value - Fraction(measure.zero)) / (Fraction(measure.full) - Fraction(measure.zero))
    return 100 * min(max(part, Fraction(0)), Fraction(1))


def _part(measure: Measure, counts: tuple[Decimal, Decimal | None] | None, points: Fraction | None) -> Part:
    above, below = counts or (None, None)
    value = _value(measure, counts)
    return Part(
        measure,
        above,
        below,
        None if value is None else _shown(value),
        None if points is None else _shown(points),
    )


def _shown(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_SHOWN, ROUND_HALF_UP)
