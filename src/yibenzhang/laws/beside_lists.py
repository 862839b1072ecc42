"""Totals of a list of codes that goes on in the panel beside: 公用经费合计 below the second half of its classes."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.model.views import View

_CLASS = 3
"""Digits of the code of a class."""


def beside_lists(numbers: Numbers) -> Iterator[Family]:
    """A family for each column of a panel under the same headings as the one at its left; it proves and never accuses."""
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
