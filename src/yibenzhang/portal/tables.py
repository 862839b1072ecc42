"""Numbers side by side: a line for each row of the pages, a column for each document; the classifications as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yibenzhang.ledger.index import rows
from yibenzhang.portal.reading import Disclosure, Number, label_name

_MOST = 60
"""So many lines of one kind."""


@dataclass(frozen=True, slots=True)
class Line:
    """A number for each column, None where its document does not tell it. ``parts``: the lines below it in a tree."""

    name: str
    label: str
    numbers: tuple[Number | None, ...]
    parts: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under columns; ``of_one_fund``: columns that tell this of the general budget only."""

    columns: tuple[Disclosure, ...]
    lines: tuple[Line, ...]
    of_one_fund: tuple[int, ...] = field(default=())


def sheet(columns: Sequence[Disclosure], numbers: Sequence[Number], wanted: Sequence[str]) -> Table:
    """The lines of some rows."""
    at = {(n.row, n.label, n.d): n for n in numbers}
    lines = []
    for row in wanted:
        sizes: dict[str, Decimal] = {}
        for n in numbers:
            if n.row == row:
                sizes[n.label] = max(sizes.get(n.label, Decimal(0)), n.value)
        by_code = rows()[row].names in ("function", "department")
        order = sorted(sizes, key=lambda x: (x,) if by_code else (-sizes[x], x))
        for label in order[:_MOST]:
            found = tuple(at.get((row, label, c.d)) for c in columns)
            if label and (
                not any(n and n.value for n in found)
                or label in {x for c in columns for x in (c.who, c.body)}
            ):
                continue  # forms print every class with its zero; a list of projects begins with the body's own line
            lines.append(Line(label_name(row, label), label, found))
    return Table(tuple(columns), tuple(lines))


def tree(columns: Sequence[Disclosure], numbers: Sequence[Number]) -> Table:
    """Expenditure by function: 类, 款, 项. Of each document the numbers of all funds where they go into detail, else
    those of the general budget."""
    general = _general_alone(numbers)
    row_of = {c.d: "general" if c.d in general else "function" for c in columns}
    at = {(n.label, n.d): n for n in numbers if n.row == row_of.get(n.d)}
    codes = sorted({label for (label, _), n in at.items() if n.value})

    def branch(code: str) -> Line:
        found = tuple(at.get((code, c.d)) for c in columns)
        below = [x for x in codes if x != code and x.startswith(code)]
        return Line(label_name("function", code), code, found, tuple(map(branch, _tops(below))))

    of_one_fund = tuple(k for k, c in enumerate(columns) if c.d in general)
    return Table(tuple(columns), tuple(map(branch, _tops(codes))), of_one_fund)


def _general_alone(numbers: Sequence[Number]) -> set[int]:
    """The documents whose functions go into more detail in the general budget than over all funds."""
    deepest: dict[tuple[int, str], int] = {}
    for n in numbers:
        deepest[n.d, n.row] = max(deepest.get((n.d, n.row), 0), len(n.label))
    return {
        d for (d, row), deep in deepest.items() if row == "general" and deep > deepest.get((d, "function"), 0)
    }


def _tops(codes: Sequence[str]) -> list[str]:
    """The codes that are below no other of them."""
    return [x for x in codes if not any(y != x and x.startswith(y) for y in codes)]
