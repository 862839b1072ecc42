"""The numbers of tables as they were read, with all that was understood of each: a table of the Analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yibenzhang.checking.check import Checked
from yibenzhang.model.coordinates import DIMENSIONS, Coordinates
from yibenzhang.model.fact_keys import FactKey
from yibenzhang.model.facts import Fact

Row = tuple[Any, ...]


def readings(c: Checked, keys: Mapping[str, FactKey]) -> Iterator[Row]:
    places: dict[str, Coordinates] = {}
    for view in c.views:
        for cell, fact in view.cells.items():
            if cell in view.places:
                places.setdefault(fact.id, view.places[cell])
    for table in c.tables:
        for fact in table.facts():
            at = places.get(fact.id)
            if table.table.standard is not None or at is not None:
                standing = c.standing.get(fact.id)
                yield _reading(fact, at, keys.get(fact.id), standing.value if standing else "")


def _reading(f: Fact, at: Coordinates | None, key: FactKey | None, standing: str) -> Row:
    return (
        f.id,
        "" if key is None else str(key),
        f.table,
        f.standard,
        f.side,
        f.row.code,
        f.row.label,
        f.row.token,
        f.row.role,
        f.measure,
        f.column,
        tuple(f"{d}={value}" for d in DIMENSIONS if at and (value := getattr(at, d))),
        at.residue if at else (),
        standing,
        f.state.value,
        f.amount.value if f.amount else None,
        f.unit.name if f.unit else "",
        f.text,
        f.place.page,
        f.place.key,
        str(f.place),
    )
