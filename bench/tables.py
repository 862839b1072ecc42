"""Figures as a plain table or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from rich.console import Console
from rich.table import Table

WIDTH = 200
"""Characters to a line where standard output is no terminal."""


def show(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], title: str = "") -> None:
    """``rows`` under the headings of ``columns`` (key → heading); numbers to the right."""
    table = Table(title=title or None, title_justify="left", show_edge=False)
    for key, heading in columns.items():
        words = any(isinstance(r.get(key), str) and not _figure(r[key]) for r in rows)
        table.add_column(heading, justify="left" if words else "right", overflow="fold")
    for row in rows:
        table.add_row(*("" if row.get(key) is None else str(row[key]) for key in columns))
    console().print(table, markup=False)


def console() -> Console:
    """Standard output, wide where it is no terminal."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDTH)


def as_json(report: Any) -> None:
    """Print a report for programs."""
    print(json.dumps(report, ensure_ascii=False, indent=2))


def share(part: int, whole: int) -> str:
    """Per cent with one digit; empty where there is nothing to count."""
    return f"{100 * part / whole:.1f}" if whole else ""


def between(part: int, whole: int) -> str:
    """The 95 % confidence interval of a share in per cent (Wilson); empty where there is nothing to count."""
    if not whole:
        return ""
    z, p = 1.96, part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return f"{100 * max(0.0, middle - half):.1f}–{100 * min(1.0, middle + half):.1f}"


def _figure(text: str) -> bool:
    return not text or text.replace(".", "").replace("–", "").isdigit()
