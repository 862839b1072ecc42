"""What views state at coordinates: a printed number, or several of a detail table that make one up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.packing import packed
from yibenzhang.model.views import View, ViewRow

Key = tuple[str, ...]
CODES = ("function", "department", "government")
Cells = Mapping[tuple[int, int], Number]


@packed
@dataclass(frozen=True, slots=True)
class Statement:
    """What a view states at coordinates; ``rolled``: its numbers are added up."""

    view: int
    column: int
    numbers: tuple[Number, ...]
    at: Coordinates
    rolled: bool = False

    @property
    def value(self) -> int:
        return sum(n.value for n in self.numbers)


def statements(numbers: Numbers, short: frozenset[str], first: int = 0) -> Iterator[Statement]:
    """All statements of the views from position ``first`` on.

    ``short`` are views (table/panel) whose lists lack rows: nothing is added up in them.
    """
    for v, view in list(enumerate(numbers.views))[first:]:
        cells = numbers.of[v]
        detailed = not _hierarchical(view)
        by_place: dict[tuple[int, Key], list[Number]] = defaultdict(list)
        for (r, c), number in cells.items():
            if _speaks(view, view.rows[r], number.at):
                by_place[c, number.at.values()].append(number)
        for (column, _), found in by_place.items():
            if len(found) == 1:
                yield Statement(v, column, (found[0],), found[0].at)
            elif (
                detailed
                and not any(c == column for _, c in numbers.unreadable[v])
                and all(view.rows[n.row].keys for n in found)
            ):
                yield Statement(v, column, tuple(found), found[0].at, True)
        if detailed and f"{view.table}/{view.panel}" not in short:
            for column in range(len(view.columns)):
                yield from _rolled(view, v, column, cells, numbers.unreadable[v])


def _speaks(view: View, row: ViewRow, at: Coordinates) -> bool:
    """All words of the place are known, and the row is named unless it is the only one."""
    if at.residue or at.measure in ("percent", "price") or at.version in ("rate", "share"):
        return False
    named = bool(row.label or row.keys or row.total)
    return named or len(view.rows) == 1 or not any(r.label for r in view.rows)


def _hierarchical(view: View) -> bool:
    """Whether rows of shorter codes sum up those of longer ones, so that parents need no adding up."""
    codes = {(r.coordinates.unit, k, c) for r in view.rows for k, c in r.keys if k in CODES}
    return any((u, k, c[:-2]) in codes for u, k, c in codes if len(c) > 3)


def _rolled(
    view: View, v: int, column: int, cells: Cells, lost: Collection[tuple[int, int]]
) -> Iterator[Statement]:
    """What the rows of a detail table come to for every code, and every code above it, of each classification;
    nothing where one of them cannot be read."""
    if any(c == column for _, c in lost):
        return
    rows = [
        (keys, row.coordinates.unit, number)
        for k, row in enumerate(view.rows)
        if not (row.total or row.heads) and (number := cells.get((k, column))) is not None
        if (keys := {kind: code for kind, code in row.keys if kind in CODES})
    ]
    several = any(len(keys) > 1 for keys, _, _ in rows)
    for kind in CODES if len(rows) > 1 else ():
        if any(kind not in keys and number.value for keys, _, number in rows):
            continue
        sums: dict[tuple[str, str], list[Number]] = defaultdict(list)
        for keys, unit, number in rows:
            code = keys.get(kind, "")
            for size in range(3, len(code) + 1, 2):
                sums[unit, code[:size]].append(number)
        others = [c for c in CODES if c != kind]
        for (unit, code), found in sums.items():
            as_printed = len(found) == 1 and not several and getattr(found[0].at, kind) == code
            if not as_printed:
                at = found[0].at.without(*others).placed({"unit": unit, kind: code})
                yield Statement(v, column, tuple(found), at, True)
