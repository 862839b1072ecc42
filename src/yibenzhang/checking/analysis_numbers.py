"""The numbers of an Analysis: of tables and sentences, and the relations between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yibenzhang.balance.coverage import Standing
from yibenzhang.checking.check import Checked
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.fact_keys import FactKey
from yibenzhang.model.facts import Fact
from yibenzhang.model.places import InFile, Place, file_of

Row = tuple[Any, ...]
_NAMES = (
    "side", "fund", "period", "kind", "item", "version", "stage", "measure", "function", "department",
    "government", "unit", "project", "year",
)  # fmt: skip
_SHARED = ("side", "fund", "period", "kind", "item", "function", "department", "government", "project")
"""What two documents that tell the same number have in common."""
_SPENT = ("basic", "project")
"""Kinds that are spending whether the table says so or not, as codes of classifications and items are."""


def facts(c: Checked, keys: Mapping[str, FactKey]) -> Iterator[Row]:
    seen: set[str] = set()
    for view in c.views:
        for (r, k), fact in sorted(view.cells.items()):
            if fact.id in seen:
                continue
            seen.add(fact.id)
            row, column = view.rows[r], view.columns[k]
            yield (
                fact.id,
                str(keys[fact.id]),
                view.table,
                view.title,
                view.panel,
                row.index,
                column.index,
                row.code,
                row.label,
                "/".join(column.path),
                row.total,
                *_amount(fact),
                *_coordinates(view.places[r, k]),
                _cell(fact, view.places[r, k]),
                _standing(c, fact.id),
                *place_of(fact.place),
            )
    yield from _others(c, seen)


def _others(c: Checked, seen: set[str]) -> Iterator[Row]:
    """Numbers of forms and of relations that no view has: their words and places, without coordinates."""
    figures = {q.fact.id for q in c.quantities}
    known = {f.id: f for t in c.tables if t.table.standard for f in t.facts() if f.printed}
    known |= {t.fact.id: t.fact for r in c.results for t in r.relation.terms}
    for fact in known.values():
        if fact.id not in seen and fact.id not in figures:
            row, column = fact.cell
            yield (
                fact.id,
                "",
                fact.table,
                "",
                0,
                row,
                column,
                fact.row.code,
                fact.row.label,
                fact.column,
                fact.row.role == "total",
                *_amount(fact),
                *_coordinates(Coordinates()),
                None,
                _standing(c, fact.id),
                *place_of(fact.place),
            )


def figures(c: Checked) -> Iterator[Row]:
    passages = {id(p): n for n, p in enumerate(c.passages)}
    for q in c.quantities:
        section = " › ".join(q.passage.section[:2])
        yield (
            q.fact.id,
            section,
            q.lead[-40:],
            *_amount(q.fact),
            _standing(c, q.fact.id),
            *place_of(q.fact.place),
            passages.get(id(q.passage)),
            q.start,
            q.end,
        )


def statements(c: Checked) -> Iterator[Row]:
    for s in c.statements:
        amount = _amount(s.quantity.fact)
        state = ("derived" if s.derived else amount[0], amount[1])
        yield (
            s.quantity.fact.id,
            s.bound.id if s.bound else "",
            s.derived,
            " › ".join(s.quantity.passage.section[:2]),
            s.words,
            s.bound.row.label if s.bound else "",
            *state,
            s.span.middle,
            s.span.low,
            s.span.high,
            *amount[5:],
            *_coordinates(s.at),
            _cell(s.bound or s.quantity.fact, s.at),
            *place_of(s.quantity.fact.place),
        )


def _standing(c: Checked, fact: str) -> str:
    found: Standing | None = c.standing.get(fact)
    return found.value if found else ""


def _amount(fact: Fact) -> Row:
    span = fact.interval if fact.amount is not None else None
    value = fact.amount.base if fact.amount is not None else None
    low, high = (span.low, span.high) if span else (None, None)
    unit = fact.unit
    decimals = max(fact.decimals, fact.amount.decimals) if fact.amount else fact.decimals
    return (
        fact.state.value,
        fact.text,
        value,
        low,
        high,
        unit.name if unit else "",
        unit.dimension if unit else "",
        decimals,
    )


def _coordinates(at: Coordinates) -> Row:
    return (*(getattr(at, name) for name in _NAMES), " ".join(at.residue))


def _cell(fact: Fact, at: Coordinates) -> int | None:
    """One number for all coordinates of money that two documents share; None where they are not sure."""
    if at.residue or at.measure or at.year or fact.unit is None or fact.unit.dimension != "money":
        return None
    spent = at.function or at.department or at.government or at.item or at.kind in _SPENT
    shared = replace(at, side=at.side or ("expenditure" if spent else ""))
    return _hashed(tuple(getattr(shared, name) for name in _SHARED))


@lru_cache(maxsize=65536)
def _hashed(values: tuple[str, ...]) -> int:
    digest = hashlib.blake2b("|".join(values).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def place_of(place: Place) -> Row:
    inner = place.inner if isinstance(place, InFile) else place
    return file_of(place), place.page, inner.key


def relations(c: Checked) -> Iterator[Row]:
    for number, r in enumerate(c.results):
        x = r.relation
        law = x.law.value if x.law else ""
        yield (
            number,
            x.rule,
            law,
            x.family,
            r.outcome.value,
            r.residual,
            r.slack,
            x.accuses,
            x.explains,
            x.constant,
        )


def terms(c: Checked) -> Iterator[Row]:
    for number, r in enumerate(c.results):
        for t in r.relation.terms:
            value = t.fact.amount.base if t.fact.amount else None
            yield number, t.fact.id, Decimal(t.coefficient), value
