"""The Analysis of a disclosure: one versioned artefact, columnar, that ledger and programs read.

Tables of plain columns; what is in a column and of what type is SCHEMA. The same documents give the same analysis,
byte for byte: no clock, no path of the machine. Amounts are exact decimals in base units (money: 元, rates: %).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "yibenzhang/analysis/3"

_COORDINATES = dict.fromkeys(
    (
        "side",
        "fund",
        "period",
        "kind",
        "item",
        "version",
        "told_stage",
        "measure",
        "function",
        "department",
        "government",
        "unit",
        "project",
        "told_year",
        "residue",
    ),
    "text",
)
_AMOUNT = {
    "state": "text",
    "printed": "text",
    "value": "decimal",
    "low": "decimal",
    "high": "decimal",
    "unit_name": "text",
    "dimension": "text",
    "decimals": "int",
}
_PLACE = {"file": "text", "page": "int", "place": "text"}

SCHEMA: Mapping[str, Mapping[str, str]] = {
    "documents": {
        "document": "text",
        "schema": "text",
        "body": "text",
        "year": "int",
        "stage": "text",
        "level": "text",
        "region": "text",
        "division": "text",
        "code": "text",
        "kind": "text",
        "files": "int",
        "pages": "int",
        "numbers": "int",
        "proved": "int",
        "contradicted": "int",
        "alone": "int",
        "trivial": "int",
        "errors": "int",
        "warnings": "int",
    },
    "files": {"document": "text", "file": "text", "sha256": "text", "format": "text", "pages": "int"},
    "facts": {
        "document": "text",
        "fact": "text",
        "key": "text",
        "table": "text",
        "title": "text",
        "panel": "int",
        "row": "int",
        "column": "int",
        "code": "text",
        "label": "text",
        "heading": "text",
        "total": "bool",
        **_AMOUNT,
        **_COORDINATES,
        "cell": "int",
        "standing": "text",
        **_PLACE,
    },
    "figures": {
        "document": "text",
        "fact": "text",
        "section": "text",
        "words": "text",
        **_AMOUNT,
        "standing": "text",
        **_PLACE,
    },
    "statements": {
        "document": "text",
        "fact": "text",
        "bound": "text",
        "derived": "bool",
        "section": "text",
        "words": "text",
        "label": "text",
        **_AMOUNT,
        **_COORDINATES,
        "cell": "int",
        **_PLACE,
    },
    "relations": {
        "document": "text",
        "relation": "int",
        "rule": "text",
        "law": "text",
        "family": "text",
        "outcome": "text",
        "residual": "decimal",
        "slack": "decimal",
        "accuses": "bool",
        "explains": "text",
        "constant": "decimal",
    },
    "terms": {
        "document": "text",
        "relation": "int",
        "fact": "text",
        "coefficient": "decimal",
        "value": "decimal",
    },
    "issues": {
        "document": "text",
        "issue": "text",
        "rule": "text",
        "severity": "text",
        "message": "text",
        "arguments": "text",
        "reported": "text",
        "expected": "text",
        "unit_name": "text",
        "certain": "bool",
    },
    "evidence": {
        "document": "text",
        "issue": "text",
        "nth": "int",
        "role": "text",
        "fact": "text",
        "key": "text",
        "table": "text",
        "row": "text",
        "column": "text",
        "printed": "text",
        "suggestion": "text",
        **_PLACE,
    },
    "not_checked": {"document": "text", "rule": "text", "table": "text", "reason": "text"},
    "project_events": {
        "document": "text",
        "event": "text",
        "kind": "text",
        "name": "text",
        "code": "text",
        "owner": "text",
        "about_year": "int",
        "begin": "int",
        "end": "int",
        "measure": "text",
        "value": "decimal",
        "printed": "text",
        "words": "text",
        **_PLACE,
    },
    "indicators": {
        "document": "text",
        "event": "text",
        "form": "text",
        "name": "text",
        "level1": "text",
        "level2": "text",
        "indicator": "text",
        "target": "text",
        "former": "text",
        "last": "text",
        "actual": "text",
        "period": "text",
        "weight": "text",
        "score": "text",
        **_PLACE,
    },
}
"""Table → column → type: text, int, decimal, bool. Empty text is *not said*; None is *unknown*.

``cell`` is a number for the coordinates of an amount of money without version, stage and unit: numbers of one cell, body,
year and stage are equal in whatever document. It is None where a word of the place is unknown (``residue``).
``project_events`` has a row for each amount of an event (standards/projects/events.toml), ``indicators`` one for each
indicator of a form, with the event it belongs to. ``statements`` are what sentences say of the year before; ``code`` is the unit code a document prints for its own body,
``division`` its place by GB/T 2260.
"""

Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """``tables``: for each table of SCHEMA its columns, all of one length, in the order of SCHEMA."""

    document: str
    tables: Mapping[str, Rows]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table row by row, for those who want one."""
        names = tuple(SCHEMA[table])
        return [dict(zip(names, row, strict=True)) for row in zip(*self.tables[table], strict=True)]
