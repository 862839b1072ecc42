"""Every table as read and every number with its coordinates, one flat record each."""

from __future__ import annotations

from typing import Any

from yibenzhang.balance.coverage import Standing, coverage
from yibenzhang.checking.check import Checked
from yibenzhang.model.coordinates import DIMENSIONS, Coordinates
from yibenzhang.model.fact_keys import FactKey, fact_keys
from yibenzhang.model.facts import Fact


def tables_of(checked: Checked) -> list[dict[str, Any]]:
    """Every table: ``rows`` of printed text (merged cells at their top left position), ``state``: counts of its
    numbers by standing, ``unknown``: words of its headings that nothing explains."""
    unknown: dict[str, dict[str, None]] = {}
    found: dict[str, dict[str, Any]] = {}
    for v in checked.views:
        words = unknown.setdefault(v.table, {})
        for column in v.columns:
            words |= dict.fromkeys(column.coordinates.residue)
        standings = {f.id: checked.standing[f.id] for f in v.cells.values() if f.id in checked.standing}
        found.setdefault(v.table, {}).update(standings)
    out = []
    for t in checked.tables:
        c = coverage(found.get(t.table.id, {}))
        out.append(
            {
                "id": t.table.id,
                "title": t.table.title,
                "standard": t.table.standard.id if t.table.standard and not t.table.part_of else None,
                "kind": checked.kinds.get(t.table.id),
                "pages": list(t.table.table.pages),
                "unit": t.table.unit.name if t.table.unit else None,
                "header_rows": t.table.header.first,
                "state": {
                    "numbers": c.numbers,
                    "proved": c.proved,
                    "contradicted": c.contradicted,
                    "alone": c.alone,
                    "trivial": c.trivial,
                },
                "unknown": list(unknown.get(t.table.id, ())),
                "rows": t.table.table.texts(),
            }
        )
    return out


def facts_of(checked: Checked) -> list[dict[str, Any]]:
    """Every number of a table that is a standard one or has coordinates; ``coordinates`` are those that are said,
    ``residue`` the words of its place that nothing explains; ``key`` stays the same in a better reading."""
    places: dict[str, Coordinates] = {}
    for v in checked.views:
        for cell, fact in v.cells.items():
            if cell in v.places:
                places.setdefault(fact.id, v.places[cell])
    keys = fact_keys(checked.views)
    return [
        _fact(f, places.get(f.id), keys.get(f.id), checked.standing.get(f.id))
        for table in checked.tables
        for f in table.facts()
        if table.table.standard is not None or f.id in places
    ]


def _fact(f: Fact, at: Coordinates | None, key: FactKey | None, standing: Standing | None) -> dict[str, Any]:
    return {
        "id": f.id,
        "key": None if key is None else str(key),
        "table": f.table,
        "standard": f.standard,
        "side": f.side or None,
        "code": f.row.code or None,
        "row": f.row.label,
        "token": f.row.token or None,
        "role": f.row.role,
        "measure": f.measure,
        "column": f.column,
        "coordinates": {d: value for d in DIMENSIONS if at and (value := getattr(at, d))},
        "residue": list(at.residue) if at else [],
        "standing": standing.value if standing else None,
        "state": f.state.value,
        "value": str(f.amount.value) if f.amount else None,
        "unit": f.unit.name if f.unit else None,
        "text": f.text,
        "page": f.place.page,
        "place": f.place.key,
        "where": str(f.place),
    }
