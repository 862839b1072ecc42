"""FactKey: which number of a disclosure a fact is, whatever table was inserted before it or read better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from yibenzhang.model.views import View, ViewRow


@dataclass(frozen=True, slots=True)
class FactKey:
    """``view``: title and panel; ``row``: unit, code or name; ``column``: headings; ``nth`` of those alike, from 1.

    The disclosure (body, year, stage, level) stands before it where several meet.
    """

    view: str
    row: str
    column: str
    nth: int = 1

    def __str__(self) -> str:
        nth = f"#{self.nth}" if self.nth > 1 else ""
        return f"{self.view}|{self.row}|{self.column}{nth}"


def fact_keys(views: Sequence[View]) -> dict[str, FactKey]:
    """The key of every fact (by id) of a disclosure's views."""
    out: dict[str, FactKey] = {}
    titles: Counter[tuple[str, int]] = Counter()
    for view in views:
        titles[view.title, view.panel] += 1
        again = titles[view.title, view.panel]
        name = f"{view.title}/{view.panel + 1}" + (f"#{again}" if again > 1 else "")
        seen: Counter[tuple[str, str]] = Counter()
        for (r, c), fact in sorted(view.cells.items()):
            row, column = _row(view.rows[r]), "/".join(view.columns[c].path)
            seen[row, column] += 1
            out.setdefault(fact.id, FactKey(name, row, column, seen[row, column]))
    return out


def _row(row: ViewRow) -> str:
    """A code says more than a name, which may be printed in two ways."""
    unit = row.coordinates.unit
    keys = [code for kind, code in row.keys if kind != "unit"]
    if not keys and row.total:
        return f"{unit}/=" if unit else "="  # the total, whatever it is called
    name = "+".join(keys) or row.label
    return f"{unit}/{name}" if unit and unit != name else name
