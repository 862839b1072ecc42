"""What the ledger tells of one body's money, every figure with its document and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from yibenzhang.ledger.store import Ledger
from yibenzhang.standards import HERE

_QUERIES = HERE / "resources" / "account"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A document of the body; ``file`` is what it is called, ``address`` where it was published."""

    document: str
    body: str
    year: int | None
    stage: str
    level: str
    file: str
    address: str


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure: what of (``name``: income, expenditure or a project), its value in 元, as printed, and where."""

    body: str
    year: int | None
    stage: str
    name: str
    value: Decimal
    printed: str
    title: str
    file: str
    place: str
    code: str = ""


def _asked(ledger: Ledger, name: str, body: str) -> Iterator[dict[str, Any]]:
    con = ledger.connect()
    try:
        found = con.execute((_QUERIES / f"{name}.sql").read_text(encoding="utf-8"), {"body": body})
        names = [d[0] for d in found.description or ()]
        for row in found.fetchall():
            yield dict(zip(names, row, strict=True))
    finally:
        con.close()


def disclosures_of(ledger: Ledger, body: str) -> list[Disclosure]:
    """The documents of a body that count, oldest first."""
    return [
        Disclosure(
            r["document"],
            r["body"],
            r["year"],
            r["stage"],
            r["level"],
            Path(str(r["path"] or "")).name,
            r["address"] or "",
        )
        for r in _asked(ledger, "documents", body)
    ]


def _published(ledger: Ledger, name: str, body: str, field: str) -> list[PublishedFigure]:
    files = {d.document: d.file for d in disclosures_of(ledger, body)}
    return [
        PublishedFigure(
            r["body"],
            r["year"],
            r["stage"],
            r[field],
            Decimal(r["value"]),
            f"{r['printed']} {r['unit_name'] or ''}".strip(),
            r["title"] or "",
            files.get(r["document"], ""),
            place_of(r["page"], r["place"]),
            str(r.get("project") or ""),
        )
        for r in _asked(ledger, name, body)
    ]


def totals_of(ledger: Ledger, body: str) -> list[PublishedFigure]:
    """Income and expenditure in all, by year and stage; ``name`` is income or expenditure."""
    return _published(ledger, "totals", body, "side")


def projects_of(ledger: Ledger, body: str) -> list[PublishedFigure]:
    """The projects of a body, by year and stage, the dearest first."""
    return _published(ledger, "projects", body, "name")


def place_of(page: int | None, place: str | None) -> str:
    """A page, or a line of a file without pages, for people."""
    if page:
        return f"第{page}页"
    key = (place or "").rpartition("#")[2] if "#" in (place or "") else place or ""
    line = key[1:].partition(":")[0]
    return f"第{line}行" if key.startswith("l") and line.isdigit() else key


def bodies_of(ledger: Ledger) -> list[str]:
    """The bodies whose documents the ledger holds."""
    con = ledger.connect()
    try:
        found = con.execute("SELECT DISTINCT body FROM documents WHERE body <> '' ORDER BY 1").fetchall()
        return [str(r[0]) for r in found]
    finally:
        con.close()
