"""What the ledger tells of one body's money, every figure with its document and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from yibenzhang.ledger.store import Ledger
from yibenzhang.resources.measures import Claim, Measure, claims_in_row, claims_in_text
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


@dataclass(frozen=True, slots=True)
class Goal:
    """An indicator of a body's performance: what was promised, what came of it (either may be empty), and where it is
    told; ``project`` is empty where it is the body's as a whole."""

    year: int | None
    stage: str
    project: str
    name: str
    target: str
    actual: str
    file: str
    place: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A count or promise that a disclosure tells, with its document."""

    claim: Claim
    year: int | None
    stage: str
    file: str


_KEPT: ContextVar[tuple[Ledger, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def together(ledger: Ledger | None) -> Iterator[None]:
    """All that is asked of a ledger meanwhile is asked of one connection: to make one takes longer than most
    answers."""
    kept = _KEPT.get()
    if ledger is None or (kept is not None and kept[0] is ledger):
        yield
        return
    con = ledger.connect(compared=False)
    token = _KEPT.set((ledger, con))
    try:
        yield
    finally:
        _KEPT.reset(token)
        con.close()


def _rows(ledger: Ledger, sql: str, **values: Any) -> list[dict[str, Any]]:
    with together(ledger):
        kept = _KEPT.get()
        assert kept is not None
        found = kept[1].execute(sql, values)
        names = [d[0] for d in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _asked(ledger: Ledger, name: str, *bodies: str) -> Iterator[dict[str, Any]]:
    sql = (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    yield from _rows(ledger, sql, **({"bodies": list(bodies)} if "$bodies" in sql else {}))


def disclosures_of(ledger: Ledger, *bodies: str) -> list[Disclosure]:
    """The documents of some bodies that count, oldest first."""
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
        for r in _asked(ledger, "documents", *bodies)
    ]


def _published(ledger: Ledger, name: str, field: str, *bodies: str) -> list[PublishedFigure]:
    files = {d.document: d.file for d in disclosures_of(ledger, *bodies)}
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
        for r in _asked(ledger, name, *bodies)
    ]


def totals_of(ledger: Ledger, body: str) -> list[PublishedFigure]:
    """Income and expenditure in all, by year and stage; ``name`` is income or expenditure."""
    return _published(ledger, "totals", "side", body)


def budgets_of(ledger: Ledger) -> dict[str, PublishedFigure]:
    """The expenditure in all of each body's newest budget."""
    return {
        r["body"]: PublishedFigure(
            r["body"],
            r["year"],
            "budget",
            "expenditure",
            Decimal(r["value"]),
            f"{r['printed']} {r['unit_name'] or ''}".strip(),
            "",
            Path(str(r["path"] or "")).name,
            place_of(r["page"], r["place"]),
        )
        for r in _asked(ledger, "money")
    }


def projects_of(ledger: Ledger, *bodies: str) -> list[PublishedFigure]:
    """The projects of some bodies, by year and stage, the dearest first."""
    return _published(ledger, "projects", "name", *bodies)


def goals_of(ledger: Ledger, body: str) -> list[Goal]:
    """The performance indicators of a body, oldest first."""
    files = {d.document: d.file for d in disclosures_of(ledger, body)}
    return [
        Goal(
            r["year"],
            r["stage"],
            "" if r["form"] == "overall" else r["name"] or "",
            r["indicator"],
            r["target"] or "",
            r["actual"] or "",
            files.get(r["document"], ""),
            place_of(r["page"], r["place"]),
        )
        for r in _asked(ledger, "indicators", body)
    ]


def counts_of(ledger: Ledger, body: str, measures: Mapping[str, Measure]) -> list[Counted]:
    """Counts and promises in the sentences and indicators of a body's disclosures, each once a document: what
    ``measures.claims_in`` finds in the document itself."""
    files = {d.document: d.file for d in disclosures_of(ledger, body)}
    out: dict[tuple[str, str, str, Decimal], Counted] = {}

    def keep(r: Mapping[str, Any], some: Iterable[Claim]) -> None:
        for c in some:
            one = Counted(c, r["year"], r["stage"], files.get(r["document"], ""))
            out.setdefault((r["document"], c.measure.id, c.sign, c.value), one)

    for r in _asked(ledger, "indicators", body):
        place = place_of(r["page"], r["place"])
        keep(r, claims_in_row([r["indicator"], r["target"] or ""], place, measures))
    for r in _asked(ledger, "passages", body):
        keep(r, claims_in_text(r["printed"], place_of(r["page"], r["place"]), measures))
    return list(out.values())


def place_of(page: int | None, place: str | None) -> str:
    """A page, or a line of a file without pages, for people."""
    if page:
        return f"第{page}页"
    key = (place or "").rpartition("#")[2] if "#" in (place or "") else place or ""
    line = key[1:].partition(":")[0]
    return f"第{line}行" if key.startswith("l") and line.isdigit() else key


def bodies_of(ledger: Ledger) -> list[str]:
    """The bodies whose documents the ledger holds."""
    sql = "SELECT DISTINCT body FROM documents WHERE body <> '' ORDER BY 1"
    return [str(r["body"]) for r in _rows(ledger, sql)]
