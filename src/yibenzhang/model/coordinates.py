"""Where a number stands in the one cube of a body's money: a value in each dimension that its place names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter

from yibenzhang.model.packing import packed


@packed
@dataclass(frozen=True, slots=True)
class Coordinates:
    """A node in each dimension's tree (standards/lexicon/dimensions.toml), or a code of a register.

    An empty string is *unsaid*: the whole of the dimension within the scope of the view. ``year`` is a
    fiscal year other than the document's. ``residue`` holds the words of the place that nothing explains;
    the coordinates are *sure* only without.
    """

    side: str = ""
    fund: str = ""
    period: str = ""
    kind: str = ""
    item: str = ""
    version: str = ""
    stage: str = ""
    measure: str = ""
    function: str = ""
    department: str = ""
    government: str = ""
    unit: str = ""
    project: str = ""
    year: str = ""
    residue: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        return not self.residue

    def values(self) -> tuple[str, ...]:
        """All values in the order of DIMENSIONS: equal tuples are the same place of the cube."""
        return (
            self.side,
            self.fund,
            self.period,
            self.kind,
            self.item,
            self.version,
            self.stage,
            self.measure,
            self.function,
            self.department,
            self.government,
            self.unit,
            self.project,
            self.year,
        )

    def placed(self, values: Mapping[str, str]) -> Coordinates:
        """The same with other values in those dimensions."""
        return _placed(self, tuple(values.items()))

    def without(self, *dimensions: str) -> Coordinates:
        """The same with those dimensions unsaid."""
        return self.placed(dict.fromkeys(dimensions, ""))


@lru_cache(maxsize=8192)
def _placed(at: Coordinates, values: tuple[tuple[str, str], ...]) -> Coordinates:
    changed = list(_ALL(at))
    for dimension, value in values:
        changed[_AT[dimension]] = value
    return Coordinates(*changed)


DIMENSIONS = tuple(f.name for f in fields(Coordinates) if f.name != "residue")
_ALL = attrgetter(*DIMENSIONS, "residue")
_AT = {name: k for k, name in enumerate(DIMENSIONS)}
