"""Events of projects: what happened, to which project of which body, when, for how much, and where it is written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibenzhang.standards import HERE

if TYPE_CHECKING:
    import duckdb

FOLDER = HERE / "projects"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event (events.toml); ``status`` is that of OC4IDS, empty where there is none."""

    id: str
    name: str
    status: str
    order: int


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of an event: what it is (events.toml [measure]), in 元 (points: 分), and as printed."""

    measure: str
    value: Decimal | None
    printed: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where an event is written: the document (its hash, or that of an imported file), file and place for people."""

    document: str
    file: str
    place: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``who`` is the body over its names, ``body`` as printed; ``date`` is ISO or empty; ``year`` may be
    unknown. ``origin`` tells apart lists of one document: of two rows of one list neither is the other. ``number`` is
    that of a contract or a payment; ``member``: the key of the member it was said of; ``evidence`` False where a person
    gave a result and no proof of it."""

    id: str
    kind: str
    who: str
    body: str
    name: str
    code: str
    year: int | None
    amounts: tuple[Money, ...]
    source: Source
    date: str = ""
    words: str = ""
    supplier: str = ""
    begin: int | None = None
    end: int | None = None
    origin: str = ""
    number: str = ""
    member: str = ""
    evidence: bool | None = None

    def amount(self, measure: str) -> Decimal | None:
        """The first amount of that measure."""
        return next((m.value for m in self.amounts if m.measure == measure), None)

    @property
    def when(self) -> tuple[int, str, int]:
        """By which events stand in order: year, date, the way of a project; unknown years last. What has no date stands
        before the dated events of its year where it belongs to the plan, else after them."""
        kind = kinds()[self.kind]
        undated = "" if kind.status in ("identification", "preparation") else "9999"
        return (self.year or 9999, self.date or undated, kind.order)


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / "events.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """The kinds of events in the order of a project's way."""
    return {e["id"]: Kind(e["id"], e["name"], e["status"], n) for n, e in enumerate(_data()["event"])}


def measures() -> Mapping[str, str]:
    """What amounts of events are, by id."""
    found: Mapping[str, str] = _data()["measure"]
    return found


_SQL = """
SELECT event, kind, who, body, name, code, about_year, year, "begin", "end", measure, value, printed, words,
owner, document,
       file, page, place, path, address
FROM project_events WHERE who <> '' ORDER BY who, document, event, measure
"""


def published_events(con: duckdb.DuckDBPyConnection) -> list[Event]:
    """The events that the disclosures of a ledger tell, those of bodies that are known."""
    found = con.execute(_SQL)
    names = [d[0] for d in found.description or ()]
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in found.fetchall():
        one = dict(zip(names, row, strict=True))
        groups.setdefault((one["document"], one["event"]), []).append(one)
    return [_event(rows) for rows in groups.values()]


def _event(rows: list[Mapping[str, Any]]) -> Event:
    one = rows[0]
    file = one["file"] or Path(str(one["path"] or "").partition("、")[0]).name
    amounts = tuple(Money(r["measure"], r["value"], r["printed"]) for r in rows if r["measure"])
    return Event(
        id=f"{one['document'][:12]}-{one['event']}",
        kind=one["kind"],
        who=one["who"],
        body=one["body"],
        name=one["name"],
        code=one["code"],
        year=one["about_year"],
        amounts=amounts,
        source=Source(one["document"], file, place_of(one["page"], one["place"]), one["address"] or ""),
        words=one["words"],
        begin=one["begin"],
        end=one["end"],
        origin=f"{one['document']}|{one['kind']}|{one['about_year']}|{_where(one)}",
    )


def _where(row: Mapping[str, Any]) -> str:
    """Which list of a document: the text (a budget with its purpose), a table of projects, or a form."""
    if row["kind"] == "budget" and row["about_year"] == row["year"]:
        return "text" if row["words"] else ""
    return "form" if row["owner"] else ""


def place_of(page: int | None, place: str | None) -> str:
    """A page, or a line of a file without pages, for people."""
    from yibenzhang.resources.published import place_of as said

    return said(page, place)
