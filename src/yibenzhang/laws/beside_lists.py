"""Lists of codes that go on in the panel beside: the items of a class, and the total below the second half of the
classes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.views import View

_CLASS = 3
"""Digits of the code of a class."""


def beside_lists(numbers: Numbers) -> Iterator[Family]:
    """A family for each column of a panel under the same headings as the one at its left; it proves and never
    accuses."""
    for p, (before, view) in enumerate(zip(numbers.views, numbers.views[1:], strict=False), start=1):
        if before.table != view.table or _headings(before) != _headings(view):
            continue
        for n in range(len(view.columns)):
            parts = [*_classes(numbers, p - 1, n), *_classes(numbers, p, n)]
            if found := [
                made for total in _totals(numbers, p, n) if (made := _made(total, parts)) is not None
            ]:
                name = f"{view.table}/{view.panel}/list beside/{n}"
                yield Family(
                    "total", "total.rows", name, "rows|list beside", found, weak=True, direction="rows"
                )


def running_on(numbers: Numbers, position: int) -> tuple[str, list[int]]:
    """The class whose items go on at the head of the next panel, which has no row of that class, and the rows there;
    no class where none does."""
    if position + 1 >= len(numbers.views):
        return "", []
    view, after = numbers.views[position : position + 2]
    coded = [(k, row.code) for k, row in enumerate(after.rows) if row.code]
    if view.table != after.table or not coded or _headings(view) != _headings(after):
        return "", []
    above = coded[0][1][:_CLASS]
    rows = [k for k, code in takewhile(lambda x: x[1].startswith(above), coded)]
    here = {row.code for row in view.rows}
    begins = above in here and any(c.startswith(above) and len(c) > _CLASS for c in here)
    return (above, rows) if begins and above not in {c for _, c in coded} else ("", [])


def running_lists(numbers: Numbers) -> Iterator[Family]:
    """A class whose items stand in its panel and at the head of the next."""
    for p, view in enumerate(numbers.views):
        above, more = running_on(numbers, p)
        for n in range(len(view.columns)) if above else ():
            cells, beyond = numbers.of[p], numbers.of[p + 1]
            items = [
                k for k, r in enumerate(view.rows) if r.code.startswith(above) and len(r.code) == _CLASS + 2
            ]
            parts = [x for k in items if (x := cells.get((k, n)))] + [
                x for k in more if (x := beyond.get((k, n)))
            ]
            total = next((cells.get((k, n)) for k, r in enumerate(view.rows) if r.code == above), None)
            if total is not None and (made := _made(total, parts)) is not None:
                name = f"{view.table}/{view.panel}/running list/{n}"
                yield Family("total", "total.rows", name, "rows|codes|item", [made], direction="rows")


def _headings(view: View) -> list[tuple[str, ...]]:
    return [c.path[-1:] for c in view.columns]


def _classes(numbers: Numbers, position: int, column: int) -> list[Number]:
    rows, cells = numbers.views[position].rows, numbers.of[position]
    found = (cells.get((k, column)) for k, row in enumerate(rows) if len(row.code) == _CLASS)
    return [x for x in found if x is not None]


def _totals(numbers: Numbers, position: int, column: int) -> list[Number]:
    rows, cells = numbers.views[position].rows, numbers.of[position]
    found = (cells.get((k, column)) for k, row in enumerate(rows) if row.subtotal and not row.keys)
    return [x for x in found if x is not None and not x.blank]


def _made(total: Number, parts: list[Number]) -> Instance | None:
    return instance(total, [(1, x) for x in parts]) if len(parts) > 1 else None
