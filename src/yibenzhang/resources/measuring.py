"""Runs of quality kept in the account: what was found of each resource, and rates by resource, body and property."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from yibenzhang.resources.mending import recheck
from yibenzhang.resources.models import Entry, Quality
from yibenzhang.resources.quality_rules import Column
from yibenzhang.resources.quality_tables import Result, rate
from yibenzhang.resources.store import Doer


def known_columns(session: Session, body: str) -> dict[str, dict[str, Column]]:
    """What the account says of the columns of a body's data resources: location → column → what is known."""
    located = select(Entry.code, Entry.values["location"].as_string()).where(Entry.kind == "data_resource")
    places = {code: place for code, place in session.execute(located.where(Entry.body == body)) if place}
    out: dict[str, dict[str, Column]] = {}
    asked = select(Entry).where(Entry.kind == "field", Entry.body == body)
    for e in session.scalars(asked):
        place = places.get(str(e.values.get("resource")))
        if place:
            column = Column(
                e.name,
                str(e.values.get("type") or ""),
                str(e.values.get("label") or ""),
                bool(e.values.get("required")),
                bool(e.values.get("primary")),
            )
            out.setdefault(place, {})[e.name] = column
    return out


def keep(session: Session, source: str, body: str, results: Sequence[Result], run: str, doer: Doer) -> None:
    """Keep a run. ``run`` names it; a resource of the account is known by where it lies."""
    asked = select(Entry.values["location"].as_string(), Entry.code).where(
        Entry.kind == "data_resource", Entry.body == body
    )
    codes = {place: code for place, code in session.execute(asked) if place}
    rows = [
        {
            "run": run,
            "at": doer.at,
            "source": source[:400],
            "resource": codes.get(r.location, r.location)[:400],
            "body": body,
            "rule": r.check.rule.id,
            "property": r.check.rule.property,
            "field": r.check.field[:400],
            "checked": r.checked,
            "passed": r.passed,
            "problem": r.problem,
            "samples": list(r.samples),
        }
        for r in results
    ]
    if rows:
        session.execute(insert(Quality), rows)
        recheck(session, source[:400], body, rows, run, doer)


@dataclass(frozen=True, slots=True)
class Rate:
    """Rows looked at and passed, of a resource or body, in one property (``aspect``) or, empty, in all; ``unmade``:
    checks not made."""

    name: str
    aspect: str
    checked: int
    passed: int
    unmade: int

    @property
    def percent(self) -> Decimal | None:
        return rate(self.checked, self.passed)


def rates(results: Iterable[tuple[str, str, int | None, int | None]]) -> list[Rate]:
    """By name and property, from (name, property, checked, passed)."""
    sums: dict[tuple[str, str], list[int]] = {}
    for name, property, checked, passed in results:
        for key in ((name, property), (name, "")):
            some = sums.setdefault(key, [0, 0, 0])
            some[0] += checked or 0
            some[1] += passed or 0
            some[2] += checked is None
    return [Rate(name, property, *some) for (name, property), some in sums.items()]


def last_run(session: Session, only: str | None = None) -> list[Quality]:
    """The newest results: of every source its last run."""
    newest = select(func.max(Quality.id)).group_by(Quality.source, Quality.body)
    runs = select(Quality.run).where(Quality.id.in_(newest))
    asked = select(Quality).where(Quality.run.in_(runs)).order_by(Quality.resource, Quality.id)
    if only is not None:
        asked = asked.where(Quality.body == only)
    return list(session.scalars(asked))
