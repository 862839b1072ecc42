"""How exactly a text prints its money: where zeros at the end are left out, ``60`` among ``7,678.47`` is 60.00."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from yibenzhang.prose.quantities import Kind, Quantity

_ENOUGH = 20
"""Of so many amounts with decimals one in ten would end with a zero by chance."""
_MOST = 2
"""At least half of the amounts with decimals have the most that are printed."""
_PRINTED = (Kind.BROKEN, Kind.NO_CLAIM)

Numbers = tuple[tuple[Quantity, ...], ...]


def precise(numbers: Numbers) -> Numbers:
    """The numbers of a text, passage by passage, each with the decimals that it is meant to have.

    A unit whose amounts never end with a zero after the point is one whose zeros are left out: its amounts take the
    decimals that most of them print. A bare ``0`` is an empty item, not anything below half of the unit: it is as exact
    as the most exact amount of its unit. Elsewhere a number is as exact as it is printed.
    """
    by_unit: dict[str, list[Quantity]] = defaultdict(list)
    for found in numbers:
        for q in found:
            if q.money and q.kind not in _PRINTED and q.amount.unit is not None:
                by_unit[q.amount.unit.name].append(q)
    known = {unit: _left_out(found) for unit, found in by_unit.items()}
    finest = {unit: max(q.amount.decimals for q in found) for unit, found in by_unit.items()}
    return tuple(tuple(_exact(q, known if q.amount.value else finest) for q in found) for found in numbers)


def _left_out(found: Sequence[Quantity]) -> int:
    """The decimals of amounts that leave zeros at their end out; 0 where they do not."""
    counts = Counter(q.amount.decimals for q in found if q.amount.decimals)
    most = max(counts, default=0)
    if sum(counts.values()) < _ENOUGH or counts[most] * _MOST < sum(counts.values()):
        return 0
    shown = any(q.amount.decimals and q.amount.text.endswith("0") for q in found)
    return 0 if shown else most


def _exact(q: Quantity, known: dict[str, int]) -> Quantity:
    decimals = known.get(q.amount.unit.name, 0) if q.money and q.amount.unit else 0
    return replace(q, decimals=decimals) if decimals > q.amount.decimals else q
