"""Findings across documents as text, JSON and CSV; each side with its file and page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from yibenzhang.ledger.comparing import AcrossFinding, Side

SCHEMA = "yibenzhang/across/1"
_SIDE = (
    "body",
    "year",
    "stage",
    "level",
    "document",
    "path",
    "address",
    "file",
    "page",
    "place",
    "title",
    "label",
    "heading",
    "printed",
    "unit",
    "value",
    "key",
)
_FINDING = ("id", "rule", "severity", "name", "message", "who", "year", "gap")


def as_json(findings: Sequence[AcrossFinding]) -> str:
    """An object with ``schema`` and ``findings``; numbers are strings, None is not known."""
    rows = [
        {
            **{n: _plain(getattr(f, n)) for n in _FINDING},
            "basis": list(f.basis),
            "sides": [_side(s) for s in f.sides],
            "more": [[_side(s) for s in two] for two in f.more],
        }
        for f in findings
    ]
    return json.dumps({"schema": SCHEMA, "findings": rows}, ensure_ascii=False, indent=2) + "\n"


def csv_rows(findings: Sequence[AcrossFinding]) -> tuple[list[str], list[list[Any]]]:
    """Names and rows, a finding each: the finding, then both sides as a_… and b_…; how many more numbers differ with
    it."""
    names = [*_FINDING, *(f"{x}_{n}" for x in "ab" for n in _SIDE), "more"]
    rows = []
    for f in findings:
        sides = [_plain(getattr(s, n)) for s in f.sides for n in _SIDE]
        rows.append([*(_plain(getattr(f, n)) for n in _FINDING), *sides, len(f.more)])
    return names, rows


def as_csv(findings: Sequence[AcrossFinding]) -> str:
    """The same as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names, rows = csv_rows(findings)
    writer.writerow(names)
    writer.writerows(["" if v is None else v for v in row] for row in rows)
    return out.getvalue()


def as_text(findings: Sequence[AcrossFinding], words: dict[str, str]) -> Iterator[str]:
    """Lines for people. ``words`` names the severities."""
    for f in findings:
        yield f"[{words.get(f.severity, f.severity)}] {f.who}　{f.message}"
        yield from (f"    {where(s)}" for s in dict.fromkeys(f.sides))
        yield from (f"    · {where(a)} ／ {where(b)}" for a, b in f.more[:5])
        yield f"    {f.rule} {f.id}"


def where(s: Side) -> str:
    """File and page of a number, or the line of a text, and what is printed there."""
    place = f"第{s.page}页" if s.page else ""
    printed = f"：{s.printed}{s.unit}" if s.printed else ""
    return f"{s.file}{'　' + place if place else ''}{printed}"


def _side(s: Side) -> dict[str, Any]:
    return {n: _plain(getattr(s, n)) for n in _SIDE} | {"sentence": s.sentence}


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
