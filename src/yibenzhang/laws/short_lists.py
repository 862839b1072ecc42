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
    """Total rows that no way of reading the rows explains in several columns; those families stay silent there."""
    by_parent: dict[str, list[tuple[Family, Instance]]] = defaultdict(list)
    for family in families:
        if _fails_widely(family):
            continue  # no way to read the rows: it does not know which lists there are
        for i in family.instances:
            if not i.trivial:
                by_parent[i.parent].append((family, i))
    out = []
    for parent, found in by_parent.items():
        columns: dict[int, bool] = {}
        for _, i in found:
            column = i.explains.column
            columns[column] = columns.get(column, False) or i.holds
        failing = [c for c, holds in columns.items() if not holds]
        if len(failing) < LEAST:
            continue
        # the reading that adds up most of what is printed is the one that lacks least
        by_family: dict[str, list[Instance]] = defaultdict(list)
        failed = [(f, i) for f, i in found if not i.holds and i.explains.column in failing]
        for family, i in failed:
            by_family[family.name.rpartition("/")[0]].append(i)
        if len(failing) < len(columns) and any(_cancel(some) for some in by_family.values()):
            continue  # what one column has too much another has too little: a number stands in the wrong column
        for family, i in failed:
            family.silent |= {id(i)}
        sure = {
            name: some for name, some in by_family.items() if name.split("/")[2] == "codes" or some[0].whole
        }
        if not sure:
            continue  # indents and steps are read too loosely to miss a row by them
        best = min(sure.values(), key=lambda some: sum(abs(i.residual) for i in some))
        if all(i.residual > 0 for i in best):
            out.append(ShortList(parent.rpartition("/")[0], tuple(best)))
    return out


def _cancel(failing: Sequence[Instance]) -> bool:
    return abs(sum(i.residual for i in failing)) <= sum(i.slack for i in failing)


def _fails_widely(family: Family) -> bool:
    holding = [i.holds for i in family.instances if not i.trivial]
    return holding.count(False) > max(FEW, len(holding) // ONE_IN)
