"""一本账 for people, programs and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from yibenzhang.resources.account import SCHEMA
from yibenzhang.resources.account_page import Account, Figure
from yibenzhang.resources.schema import Schema

_TEN_THOUSAND = Decimal(10_000)


def said(f: Figure) -> str:
    """A value for people: money as printed, or in 万元."""
    if f.words:
        return f.words
    if f.value is None:
        return "—"
    if f.unit == "元" and f.printed:
        return f.printed
    if f.unit == "元":
        return f"{(f.value / _TEN_THOUSAND).normalize():,f} 万元"
    return f"{f.value.normalize():,f}{f.unit}"


def lines(schema: Schema, made: Account) -> Iterator[str]:
    """The page as text."""
    yield f"{made.body}　{made.as_of.isoformat()}"
    for s in made.sections:
        if not s.figures and not s.unknown:
            continue
        yield ""
        yield s.title
        for f in s.figures:
            line = "　".join(w for w in (f.name, said(f), f.note, f"［{f.cite}］" if f.cite else "") if w)
            yield f"  {line}"
        for u in s.unknown:
            yield f"  不知道：{u}"
    if made.contradictions:
        yield ""
        for c in made.contradictions:
            yield f"  {schema.words['severity'][c.severity]}　{c.code}　{c.message}（{c.rule}）"


def rows(made: Account) -> list[dict[str, Any]]:
    """The page as a table: a line a figure, then what is not known and the contradictions."""
    out: list[dict[str, Any]] = []
    for s in made.sections:
        for f in s.figures:
            out.append(
                {
                    "section": s.id,
                    "section_name": s.title,
                    "name": f.name,
                    "value": None if f.value is None else f"{f.value:f}",
                    "unit": f.unit,
                    "printed": f.printed,
                    "cite": f.cite,
                    "note": f.note,
                    "codes": list(f.codes),
                    "words": f.words,
                    "said": said(f),
                }
            )
        out += [_bare(s.id, s.title, u) for u in s.unknown]
    return out


def _bare(section: str, title: str, note: str) -> dict[str, Any]:
    return {
        "section": section,
        "section_name": title,
        "name": "",
        "value": None,
        "unit": "",
        "printed": "",
        "cite": "",
        "note": note,
        "codes": [],
        "words": "",
        "said": "—",
    }


def report(made: Account) -> dict[str, Any]:
    """The page for programs: numbers as strings; None is unknown."""
    found = [
        {k: v for k, v in asdict(c).items() if k != "arguments"}
        | {"arguments": {k: None if v is None else str(v) for k, v in c.arguments.items()}}
        for c in made.contradictions
    ]
    return {
        "schema": SCHEMA,
        "body": made.body,
        "as_of": made.as_of.isoformat(),
        "rows": rows(made),
        "unknown": made.unknown,
        "contradictions": found,
    }
