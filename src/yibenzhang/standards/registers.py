"""The registers: codes and names of the classifications by year, and of the administrative divisions.

The data stand in the folder of the same name (its README says what the columns mean). The registers are
not the official catalogue: a code that is not found is not known, which is not the same as wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from yibenzhang.model.patterns import late
from yibenzhang.standards.model import fold

FUNCTION = "function"
DEPARTMENT_ECONOMIC = "department_economic"
GOVERNMENT_ECONOMIC = "government_economic"
KINDS = (FUNCTION, DEPARTMENT_ECONOMIC, GOVERNMENT_ECONOMIC)
CLASS, SECTION, ITEM = 1, 2, 3
"""The levels 类, 款 and 项; an economic classification has the first two."""
LENGTHS = {3: CLASS, 5: SECTION, 7: ITEM}
FOLDER = Path(__file__).parent / "registers"
_PUNCTUATION = late(r"[()、,;:·.\-]")


@lru_cache(maxsize=16384)
def fold_name(name: str) -> str:
    """A name as the registers compare it: without width, blanks, brackets and punctuation."""
    return _fold(name)


def _fold(text: str) -> str:
    return _PUNCTUATION.sub("", fold(text))


@dataclass(frozen=True, slots=True)
class Former:
    """A name that an entry had; ``last_year`` is the last fiscal year of it, None where that is not known."""

    name: str
    last_year: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A code with its name; a year that is None is open or not known. ``seen``: documents that print it."""

    code: str
    name: str
    level: int
    first_year: int | None
    last_year: int | None
    former: tuple[Former, ...]
    seen: int

    def in_force(self, year: int) -> bool:
        """Whether nothing that is known keeps the code out of that fiscal year."""
        return (self.first_year or 0) <= year <= (self.last_year or year)

    def name_in(self, year: int) -> str:
        """The name in that fiscal year, as far as the years of former names are known."""
        dated = [f for f in self.former if f.last_year is not None and year <= f.last_year]
        return min(dated, key=lambda f: f.last_year or 0).name if dated else self.name

    @property
    def names(self) -> tuple[str, ...]:
        """The name of today and all former ones."""
        return (self.name, *(f.name for f in self.former))

    def called(self, name: str) -> bool:
        """Whether ``name`` is the name of today or a former one."""
        folded = fold_name(name)
        return any(fold_name(n) == folded for n in self.names)


@dataclass(frozen=True)  # no slots: cached properties
class Register:
    """One classification. Where a code changed its meaning, its entries stand in the order of their years."""

    kind: str
    entries: tuple[Entry, ...]

    @cached_property
    def _codes(self) -> dict[str, tuple[Entry, ...]]:
        out: dict[str, tuple[Entry, ...]] = {}
        for e in self.entries:
            out[e.code] = (*out.get(e.code, ()), e)
        return out

    @cached_property
    def _names(self) -> dict[str, tuple[Entry, ...]]:
        of = [(n, e) for e in self.entries for n in e.names]
        folded = _fold("\0".join(n for n, _ in of)).split("\0")  # at once: one by one takes ten times as long
        out: dict[str, list[Entry]] = {}
        for name, (_, e) in zip(folded, of, strict=True):
            found = out.setdefault(name, [])
            if not found or found[-1] is not e:
                found.append(e)
        return {name: tuple(found) for name, found in out.items()}

    def __contains__(self, code: object) -> bool:
        return code in self._codes

    def meanings(self, code: str) -> tuple[Entry, ...]:
        """All entries of a code, the earlier first."""
        return self._codes.get(code, ())

    def entry(self, code: str, year: int | None = None) -> Entry | None:
        """The entry of a code: that in force in ``year`` (None where there is none), else the newest."""
        found = self.meanings(code)
        if year is not None:
            found = tuple(e for e in found if e.in_force(year))
        return found[-1] if found else None

    def named(self, name: str, year: int | None = None) -> tuple[Entry, ...]:
        """All entries with that name, today's or a former one; with ``year`` those in force then."""
        found = self._names.get(fold_name(name), ())
        return found if year is None else tuple(e for e in found if e.in_force(year))

    def parent(self, code: str, year: int | None = None) -> Entry | None:
        """The entry that ``code`` is part of; None for a class and where it is not known."""
        return self.entry(code[:-2], year) if len(code) > 3 else None

    def level(self, code: str) -> int | None:
        """The level of a code that is known."""
        found = self.meanings(code)
        return found[0].level if found else None

    @cached_property
    def classes(self) -> frozenset[str]:
        """The codes of all classes."""
        return frozenset(e.code for e in self.entries if e.level == CLASS)


@dataclass(frozen=True, slots=True)
class Registers:
    """The three classifications together."""

    function: Register
    department_economic: Register
    government_economic: Register

    def __iter__(self) -> Iterator[Register]:
        return iter((self.function, self.department_economic, self.government_economic))

    def of(self, kind: str) -> Register:
        """The register of that kind."""
        found: Register = getattr(self, kind)
        return found

    def classify(self, code: str) -> str | None:
        """The classification that a code belongs to by its class and its length, known or not.

        Economic items are also printed with two more digits, which regions add.
        """
        if len(code) not in LENGTHS or not (code.isascii() and code.isdigit()):
            return None
        return next((r.kind for r in self if code[:3] in r.classes), None)

    def classify_name(self, name: str, year: int | None = None) -> tuple[str, ...]:
        """The classifications that have an entry of that name."""
        return tuple(r.kind for r in self if r.named(name, year))

    def entry(self, code: str, year: int | None = None) -> Entry | None:
        """The entry of a code in the classification it belongs to."""
        kind = self.classify(code)
        return self.of(kind).entry(code, year) if kind else None


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A government economic item; ``payer``: that of an organ's, an institution's or any body's spending."""

    code: str
    payer: str


@lru_cache(maxsize=1)
def economic_map() -> dict[str, tuple[Counterpart, ...]]:
    """Government economic items by department economic item, where the correspondence is fixed."""
    out: dict[str, tuple[Counterpart, ...]] = {}
    with (FOLDER / "economic_map.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            found = Counterpart(row["government"], row["payer"])
            out[row["department"]] = (*out.get(row["department"], ()), found)
    return out


@lru_cache(maxsize=1)
def registers() -> Registers:
    """The shipped registers."""
    return Registers(*(Register(kind, _entries(kind)) for kind in KINDS))


def _entries(kind: str) -> tuple[Entry, ...]:
    with (FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as f:
        rows = csv.reader(f)
        next(rows)
        return tuple(
            Entry(code, name, int(level), _year(first), _year(last), _former(former), int(seen))
            for code, name, level, first, last, former, seen in rows
        )


def _former(text: str) -> tuple[Former, ...]:
    if not text:
        return ()
    return tuple(Former(n, _year(y)) for n, _, y in (part.partition("@") for part in text.split("|")))


def _year(text: str) -> int | None:
    return int(text) if text else None
