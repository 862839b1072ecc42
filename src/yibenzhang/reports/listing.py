"""Every table as read and every number with its coordinates, one flat record each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yibenzhang.model.analysis import Analysis

_COUNTS = ("numbers", "proved", "contradicted", "alone", "trivial")


def tables_of(analysis: Analysis) -> list[dict[str, Any]]:
    """Every table: ``rows`` of printed text (merged cells at their top left position), ``state``: counts of its
    numbers by standing, ``unknown``: words of its headings that nothing explains."""
    printed = {t["table"]: [[""] * t["columns"] for _ in range(t["rows"])] for t in analysis.rows("tables")}
    for table, row, column, text in analysis.columns("cells", "table", "row", "column", "printed"):
        printed[table][row][column] = text
    return [
        {
            "id": t["table"],
            "title": t["title"],
            "standard": None if t["part"] else t["standard"] or None,
            "kind": t["kind"],
            "pages": list(t["pages"]),
            "unit": t["unit"] or None,
            "header_rows": t["header"],
            "state": {name: t[name] for name in _COUNTS},
            "unknown": list(t["unknown"]),
            "rows": printed[t["table"]],
        }
        for t in analysis.rows("tables")
    ]


def facts_of(analysis: Analysis) -> Iterator[dict[str, Any]]:
    """Every number of a table that is a standard one or has coordinates; ``coordinates`` are those that are said,
    ``residue`` the words of its place that nothing explains; ``key`` stays the same in a better reading."""
    for r in analysis.rows("readings"):
        yield {
            "id": r["fact"],
            "key": r["key"] or None,
            "table": r["table"],
            "standard": r["standard"],
            "side": r["side"] or None,
            "code": r["code"] or None,
            "row": r["row"],
            "token": r["token"] or None,
            "role": r["role"],
            "measure": r["measure"],
            "column": r["column"],
            "coordinates": dict(c.split("=", 1) for c in r["coordinates"]),
            "residue": list(r["residue"]),
            "standing": r["standing"] or None,
            "state": r["state"],
            "value": None if r["value"] is None else str(r["value"]),
            "unit": r["unit"] or None,
            "text": r["printed"],
            "page": r["page"],
            "place": r["place"],
            "where": r["where"],
        }
