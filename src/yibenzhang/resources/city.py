"""一本账 of the city: a line for each body, what the account and the disclosures tell of it side by side."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sqlalchemy.orm import Session

from yibenzhang.ledger.store import Ledger
from yibenzhang.resources.account import bodies
from yibenzhang.resources.contradictions import contradictions, rules_of
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.mirror import Mirror
from yibenzhang.resources.published import PublishedFigure, bodies_of, budgets_of, together
from yibenzhang.resources.schema import Schema
from yibenzhang.standards import HERE


@dataclass(frozen=True, slots=True)
class Column:
    """``summed``: bodies may be added up."""

    id: str
    name: str
    summed: bool
    sql: str


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of a body: ``values`` by column, None where it is not known; ``found``: contradictions by
    severity; ``budget``: expenditure of its newest budget, with its place."""

    body: str
    values: Mapping[str, Decimal | None]
    found: Mapping[str, int]
    budget: PublishedFigure | None


@dataclass(frozen=True, slots=True)
class City:
    """``known``: of how many bodies each column is known."""

    as_of: date
    lines: tuple[Line, ...]
    totals: Mapping[str, Decimal]
    known: Mapping[str, int]


@lru_cache(maxsize=1)
def columns() -> tuple[Column, ...]:
    text = (HERE / "resources" / "account" / "city.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)["column"]
    return tuple(Column(c["id"], c["name"], bool(c.get("sum")), c["sql"]) for c in found)


def city_of(
    session: Session,
    schema: Schema,
    as_of: date,
    ledger: Ledger | None = None,
    extra: str = "",
    mirror: Mirror | None = None,
    only: str | None = None,
) -> City:
    """The page as of a day; ``only``: nothing of others is on it."""
    seen = mirror or Mirror(schema)
    values: dict[str, dict[str, Decimal | None]] = {}
    with seen.tables(session, as_of) as con:
        for column in columns():
            for body, value in con.execute(column.sql).fetchall():
                known = None if value is None else Decimal(str(value))
                values.setdefault(str(body or ""), {})[column.id] = known
    found: dict[str, Counter[str]] = {}
    with together(ledger):
        for c in contradictions(
            session, schema, rules_of(extra), measures_of(extra), as_of, ledger, "", only, seen
        ):
            found.setdefault(c.body, Counter())[c.severity] += 1
        budgets = budgets_of(ledger) if ledger else {}
        names = {*bodies(session), *(bodies_of(ledger) if ledger else ())}
    lines = tuple(
        Line(b, values.get(b, {}), found.get(b, {}), budgets.get(b))
        for b in sorted(names)
        if only is None or b == only
    )
    return City(as_of, lines, *_summed(lines))


def _summed(lines: Iterable[Line]) -> tuple[dict[str, Decimal], dict[str, int]]:
    totals: dict[str, Decimal] = {}
    known: dict[str, int] = {}
    for line in lines:
        for column in columns():
            value = line.values.get(column.id)
            if value is not None:
                known[column.id] = known.get(column.id, 0) + 1
                if column.summed:
                    totals[column.id] = totals.get(column.id, Decimal(0)) + value
    return totals, known
