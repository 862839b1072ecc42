"""Sums over approved entries by conditions: exact, each with the cell its first part came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from yibenzhang.drafting.families import Condition
from yibenzhang.drafting.figures import Entry, Unit
from yibenzhang.model.places import Place

ZERO = Decimal(0)
_CODES = ("function", "economic")
Sum = tuple[Decimal, Place | None]
NOTHING: Sum = (ZERO, None)


class Tally:
    """The entries of one body. ``where`` keeps those that meet a condition; ``by`` sums them by a key.

    A set of entries is an integer with a bit for each: conditions are worked out once and intersected.
    """

    def __init__(self, entries: Iterable[Entry], units: Iterable[Unit]) -> None:
        self.entries = tuple(entries)
        self._nature = {u.code: u.nature for u in units}
        self._all = (1 << len(self.entries)) - 1
        self._masks: dict[str, int] = {}
        self._sums: dict[int, Sum] = {}

    def where(self, *conditions: Condition) -> tuple[Entry, ...]:
        """The entries that meet all conditions."""
        return tuple(self._kept(self._mask(conditions)))

    def _mask(self, conditions: Iterable[Condition]) -> int:
        mask = self._all
        for condition in conditions:
            for name, wanted in condition.items():
                if not mask:
                    return 0
                key = f"{name}={wanted}"
                if key not in self._masks:
                    self._masks[key] = self._meeting(name, wanted if isinstance(wanted, list) else [wanted])
                mask &= self._masks[key]
        return mask

    def _kept(self, mask: int) -> Iterable[Entry]:
        while mask:
            low = mask & -mask
            yield self.entries[low.bit_length() - 1]
            mask ^= low

    def _meeting(self, name: str, values: list[object]) -> int:
        if name == "nature":
            met = [self._nature.get(e.unit, "行政") in values for e in self.entries]
        elif name in _CODES:
            beginnings = tuple(map(str, values))
            met = [getattr(e, name).startswith(beginnings) for e in self.entries]
        else:
            met = [getattr(e, name) in values for e in self.entries]
        return sum(1 << k for k, m in enumerate(met) if m)

    def sum(self, *conditions: Condition) -> Sum:
        mask = self._mask(conditions)
        if mask not in self._sums:
            self._sums[mask] = total(self._kept(mask))
        return self._sums[mask]

    def by(self, keys: Callable[[Entry], Iterable[str]], *conditions: Condition) -> dict[str, Sum]:
        """The sums by each of an entry's keys (a code and the codes above it)."""
        sums: dict[str, Decimal] = {}
        places: dict[str, Place | None] = {}
        for e in self._kept(self._mask(conditions)):
            for key in keys(e):
                if key in sums:
                    sums[key] += e.amount
                else:
                    sums[key], places[key] = e.amount, e.place
        return {key: (amount, places[key]) for key, amount in sums.items()}


def total(entries: Iterable[Entry]) -> Sum:
    """The sum of entries and where the first one stands."""
    out, place = ZERO, None
    for e in entries:
        out += e.amount
        place = place or e.place
    return out, place


def functions(entry: Entry) -> tuple[str, ...]:
    """The function codes an entry counts under: class, section, item."""
    code = entry.function
    return tuple(dict.fromkeys((code[:3], code[:5], code[:7]))) if code else ()


def economics(entry: Entry) -> tuple[str, ...]:
    code = entry.economic
    return tuple(dict.fromkeys((code[:3], code[:5]))) if code else ()
