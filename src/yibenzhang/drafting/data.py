"""A draft as data: every number of its standard tables with its meaning, as JSON and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yibenzhang.drafting.parts import Draft, Grid, Heading
from yibenzhang.standards import load

FIELDS = ("body", "fiscal_year", "stage", "table", "title", "side", "code", "row", "measure", "value", "unit")


def records(draft: Draft) -> Iterator[dict[str, Any]]:
    """One record for every printed number; values are strings, exact as printed, without grouping."""
    standards = load()
    for grid in draft.grids():
        for p in grid.printed(standards):
            yield {
                "body": draft.body,
                "fiscal_year": draft.year,
                "stage": draft.stage,
                "table": p.standard,
                "title": grid.title,
                "side": p.side,
                "code": p.code,
                "row": p.label,
                "measure": p.measure,
                "value": str(p.value),
                "unit": grid.unit,
            }


def write_json(draft: Draft, path: Path) -> None:
    """The text and the tables of a draft, and its numbers. Raises OSError where it cannot be written."""
    parts: list[dict[str, Any]] = []
    for part in draft.parts:
        if isinstance(part, Grid):
            rows = [list(r) for r in part.rows]
            parts.append(
                {
                    "table": part.standard,
                    "title": part.title,
                    "unit": part.unit,
                    "header": [list(r) for r in part.header],
                    "rows": rows,
                    "note": part.note,
                }
            )
        elif isinstance(part, Heading):
            parts.append({"heading": part.text, "level": part.level})
        else:
            parts.append({"text": part.text})
    out = {
        "schema": "yibenzhang/draft/1",
        "title": draft.title,
        "body": draft.body,
        "fiscal_year": draft.year,
        "stage": draft.stage,
        "family": draft.family,
        "facts": list(records(draft)),
        "parts": parts,
    }
    path.write_text(json.dumps(out, ensure_ascii=False, indent=1), encoding="utf-8")


def write_csv(draft: Draft, path: Path) -> None:
    """The numbers as CSV, with the mark that lets Excel read UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as f:
        writer = csv.DictWriter(f, FIELDS)
        writer.writeheader()
        writer.writerows(records(draft))
