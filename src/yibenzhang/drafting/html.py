"""A draft as one web page that opens anywhere and prints well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from yibenzhang.drafting.parts import LABELS, LEFT, UP, Draft, Grid, Heading, Words
from yibenzhang.drafting.text import span


def write_html(draft: Draft, path: Path) -> None:
    """Write the draft. Raises OSError where the file cannot be written."""
    environment = Environment(
        loader=PackageLoader("yibenzhang.drafting", "."),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = []
    for n, p in enumerate(draft.parts):
        kind = "heading" if isinstance(p, Heading) else "words" if isinstance(p, Words) else "grid"
        parts.append(
            {"kind": kind, "part": p, "id": f"p{n}", "rows": _rows(p) if isinstance(p, Grid) else []}
        )
    page = environment.get_template("draft.html").render(draft=draft, parts=parts)
    path.write_text(page, encoding="utf-8")


def _rows(grid: Grid) -> list[list[dict[str, Any]]]:
    lines = (*grid.header, *grid.rows)
    out = []
    for r, line in enumerate(lines):
        row = []
        for c, text in enumerate(line):
            if text in (LEFT, UP):
                continue
            wide, high = span(lines, r, c)
            header = r < len(grid.header)
            letter = grid.align[c] if grid.align else ("l" if grid.columns[c] in LABELS else "r")
            row.append(
                {"text": text, "wide": wide, "high": high, "tag": "th" if header else "td", "align": letter}
            )
        out.append(row)
    return out
