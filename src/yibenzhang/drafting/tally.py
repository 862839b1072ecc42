"""Sums over approved entries by conditions: exact, each with the cell its first part came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from yibenzhang.drafting.families import Condition
from yibenzhang.drafting.figures import Entry, Unit
from yibenzhang.places import Place

ZERO = Decimal(0)
_CODES = ("function", "economic")
Sum = tuple[Decimal, Place | None]
NOTHING: Sum = (ZERO, None)


class Tally:
    """The entries of one body. ``where`` keeps those that meet a condition; ``by`` sums them by a key."""

    def __init__(self, entries: Iterable[Entry], units: Iterable[Unit]) -> None:
        self.entries = tuple(entries)
        self._nature = {u.code: u.nature for u in units}
        self._known: dict[str, tuple[Entry, ...]] = {}

    def where(self, *conditions: Condition) -> tuple[Entry, ...]:
        """The entries that meet all conditions."""
        key = "|".join(repr(sorted(c.items())) for c in conditions if c)
        if key not in self._known:
            kept = self.entries
            for condition in conditions:
                kept = tuple(e for e in kept if self.meets(e, condition))
            self._known[key] = kept
        return self._known[key]

    def meets(self, entry: Entry, condition: Condition) -> bool:
        for name, wanted in condition.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            if name == "nature":
                if self._nature.get(entry.unit, "行政") not in values:
                    return False
            elif name == "administrative":
                if (entry.function[5:7] in ("01", "03") and not entry.function.startswith("208")) is not wanted:
                    return False
            elif name in _CODES:
                if not getattr(entry, name).startswith(tuple(values)):
                    return False
            elif getattr(entry, name) not in values:
                return False
        return True

    def sum(self, *conditions: Condition) -> Sum:
        return total(self.where(*conditions))

    def by(self, keys: Callable[[Entry], Iterable[str]], *conditions: Condition) -> dict[str, Sum]:
        """The sums by each of an entry's keys (a code and the codes above it)."""
        sums: dict[str, Decimal] = {}
        places: dict[str, Place | None] = {}
        for e in self.where(*conditions):
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
