"""Lists that lack rows: their total exceeds them in several columns at once, by what would be a row of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from yibenzhang.laws.families import FEW, ONE_IN, Family, Instance

LEAST = 2
"""In so many columns the list must be short: one wrong number shows in one column only."""


@dataclass(frozen=True, slots=True)
class ShortList:
    """A total row with the columns in which its list is short; ``view`` is table/panel."""

    view: str
    instances: tuple[Instance, ...]


def short_lists(families: Sequence[Family]) -> list[ShortList]:
    """Total rows that no way of reading the rows explains in several columns; those families stay silent there.

    Not where another list has too much what this one has too little: rows stand in each other's place then.
    """
    by_parent: dict[str, list[tuple[Family, Instance]]] = defaultdict(list)
    for family in families:
        if _fails_widely(family):
            continue  # no way to read the rows: it does not know which lists there are
        for i in family.instances:
            if not i.trivial:
                by_parent[i.parent].append((family, i))
    unexplained = {p: failed for p, found in by_parent.items() if (failed := _unexplained(found))}
    gaps = [_gaps(failed) for failed in unexplained.values()]
    out = []
    for parent, failed in unexplained.items():
        own = _gaps(failed)
        if own and {c: -gap for c, gap in own.items()} in gaps:
            continue
        for family, i in failed:
            family.silent |= {id(i)}
        if (found := _short(parent, failed)) is not None:
            out.append(found)
    return out


Failing = list[tuple[Family, Instance]]


def _unexplained(found: Failing) -> Failing:
    """What fails of a total row, where no reading holds in several columns."""
    columns: dict[int, bool] = {}
    for _, i in found:
        column = i.explains.column
        columns[column] = columns.get(column, False) or i.holds
    failing = [c for c, holds in columns.items() if not holds]
    if len(failing) < LEAST:
        return []
    failed = [(f, i) for f, i in found if not i.holds and i.explains.column in failing]
    if len(failing) < len(columns) and any(_cancel(some) for some in _readings(failed).values()):
        return []  # what one column has too much another has too little: a number stands in the wrong column
    return failed


def _readings(failed: Failing) -> dict[str, list[Instance]]:
    out: dict[str, list[Instance]] = defaultdict(list)
    for family, i in failed:
        out[family.name.rpartition("/")[0]].append(i)
    return out


def _gaps(failed: Failing) -> dict[int, int]:
    """Column → what its list lacks or has too much, where the rows are read by their codes."""
    return {i.explains.column: i.residual for f, i in failed if f.name.split("/")[2] == "codes"}


def _short(parent: str, failed: Failing) -> ShortList | None:
    """The list as one that lacks rows; of several readings that which adds up most of what is printed."""
    sure = {
        name: some
        for name, some in _readings(failed).items()
        if name.split("/")[2] == "codes" or some[0].whole
    }  # indents and steps are read too loosely to miss a row by them
    if not sure:
        return None
    best = min(sure.values(), key=lambda some: sum(abs(i.residual) for i in some))
    if any(i.residual <= 0 for i in best):
        return None
    return ShortList(parent.rpartition("/")[0], tuple(best))


def _cancel(failing: Sequence[Instance]) -> bool:
    return abs(sum(i.residual for i in failing)) <= sum(i.slack for i in failing)


def _fails_widely(family: Family) -> bool:
    holding = [i.holds for i in family.instances if not i.trivial]
    return holding.count(False) > max(FEW, len(holding) // ONE_IN)
