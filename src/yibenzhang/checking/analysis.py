"""From a check to its Analysis: what was found out, as columns (see model.analysis)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yibenzhang.balance.coverage import Standing
from yibenzhang.checking.check import Checked
from yibenzhang.checking.project_events import indicators_of, rows_of
from yibenzhang.model.analysis import SCHEMA, VERSION, Analysis
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.documents import Document
from yibenzhang.model.fact_keys import fact_keys
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Arguments, Evidence, Issue, Severity, Value
from yibenzhang.model.places import InFile, Place, file_of
from yibenzhang.standards import fold, load
from yibenzhang.standards.divisions import division_of, divisions

Row = tuple[Any, ...]
_NAMES = ("side", "fund", "period", "kind", "item", "version", "stage", "measure", "function", "department", "government",
          "unit", "project", "year")  # fmt: skip
_SHARED = ("side", "fund", "period", "kind", "item", "function", "department", "government", "project")
"""What two documents that tell the same number have in common."""


def analysis_of(checked: Checked) -> Analysis:
    """The analysis of a disclosure, of one file or of several checked together."""
    document = identity(checked.document)
    rows: dict[str, Iterable[Row]] = {
        "documents": [_document(checked, document)],
        "files": _files(checked.document),
        "facts": _facts(checked),
        "figures": _figures(checked),
        "statements": _statements(checked),
        "relations": _relations(checked),
        "terms": _terms(checked),
        "issues": (_issue(i) for i in checked.findings),
        "evidence": _evidence(checked),
        "not_checked": ((n.rule, n.table, n.reason) for n in checked.not_checked),
        "project_events": rows_of(checked),
        "indicators": indicators_of(checked),
    }
    return Analysis(document, {name: _columns(name, document, found) for name, found in rows.items()})


def identity(document: Document) -> str:
    """A disclosure is what its files hold: the hash of one, or of the hashes of all in order."""
    hashes = sorted({part.sha256 for part in document.parts} or {document.sha256})
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def _columns(table: str, document: str, rows: Iterable[Row]) -> tuple[tuple[Any, ...], ...]:
    found = [(document, *row) for row in rows]
    return tuple(zip(*found, strict=True)) if found else tuple(() for _ in SCHEMA[table])


def _document(c: Checked, document: str) -> Row:
    p, s = c.profile, c.coverage
    count = {severity: sum(f.severity is severity for f in c.findings) for severity in Severity}
    return (
        VERSION, p.body, p.fiscal_year, p.stage, p.level, p.region, _division(p.body, p.region), _code(c), c.document_kind, max(len(c.document.parts), 1),
        len(c.document.pages), s.numbers, s.proved, s.contradicted, s.alone, s.trivial, count[Severity.ERROR],
        count[Severity.WARNING],
    )  # fmt: skip


def _division(body: str, region: str) -> str:
    """The administrative division by the name of the body, or else by its region; empty where neither says."""
    found = division_of(body)
    if found is not None:
        return found.code
    if region in divisions():
        return region
    return next((r.division for r in load().regions if r.id == region), "")


def _code(c: Checked) -> str:
    """The unit code that the tables print beside the document's own body: the shortest, which is the department's."""
    own = fold(c.profile.body)
    if not own:
        return ""
    rows = {
        (row.coordinates.unit, fold(row.label)) for v in c.views for row in v.rows if row.coordinates.unit
    }
    found = sorted((len(unit), unit) for unit, label in rows if label == own and unit.isdigit())
    return found[0][1] if found else ""


def _files(document: Document) -> Iterator[Row]:
    for name, part in zip(document.names or ("",), document.parts or (document,), strict=True):
        yield name, part.sha256, part.kind, len(part.pages)


def _facts(c: Checked) -> Iterator[Row]:
    keys = fact_keys(c.views)
    seen: set[str] = set()
    for view in c.views:
        for (r, k), fact in sorted(view.cells.items()):
            if fact.id in seen:
                continue
            seen.add(fact.id)
            row, column = view.rows[r], view.columns[k]
            yield (
                fact.id, str(keys[fact.id]), view.table, view.title, view.panel, row.index, column.index, row.code,
                row.label, "/".join(column.path), row.total, *_amount(fact), *_coordinates(view.places[r, k]),
                _cell(fact, view.places[r, k]), _standing(c, fact.id), *_place(fact.place),
            )  # fmt: skip
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
                fact.id, "", fact.table, "", 0, row, column, fact.row.code, fact.row.label, fact.column,
                fact.row.role == "total", *_amount(fact), *_coordinates(Coordinates()), None, _standing(c, fact.id),
                *_place(fact.place),
            )  # fmt: skip


def _figures(c: Checked) -> Iterator[Row]:
    for q in c.quantities:
        section = " › ".join(q.passage.section[:2])
        yield (
            q.fact.id,
            section,
            q.lead[-40:],
            *_amount(q.fact),
            _standing(c, q.fact.id),
            *_place(q.fact.place),
        )


def _statements(c: Checked) -> Iterator[Row]:
    for s in c.statements:
        amount = _amount(s.quantity.fact)
        state = ("derived" if s.derived else amount[0], amount[1])
        yield (
            s.quantity.fact.id, s.bound.id, s.derived, " › ".join(s.quantity.passage.section[:2]), s.quantity.fact.said,
            s.bound.row.label, *state, s.span.middle, s.span.low, s.span.high, *amount[5:],
            *_coordinates(replace(s.at, version="previous")),
            _cell(s.bound, s.at), *_place(s.quantity.fact.place),
        )  # fmt: skip


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
        fact.state.value, fact.text, value, low, high, unit.name if unit else "", unit.dimension if unit else "", decimals,
    )  # fmt: skip


def _coordinates(at: Coordinates) -> Row:
    return (*(getattr(at, name) for name in _NAMES), " ".join(at.residue))


def _cell(fact: Fact, at: Coordinates) -> int | None:
    """One number for all coordinates of money that two documents share; None where they are not sure."""
    if at.residue or at.measure or at.year or fact.unit is None or fact.unit.dimension != "money":
        return None
    return _hashed(tuple(getattr(at, name) for name in _SHARED))


@lru_cache(maxsize=65536)
def _hashed(values: tuple[str, ...]) -> int:
    digest = hashlib.blake2b("|".join(values).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _place(place: Place) -> Row:
    inner = place.inner if isinstance(place, InFile) else place
    return file_of(place), place.page, inner.key


def _relations(c: Checked) -> Iterator[Row]:
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


def _terms(c: Checked) -> Iterator[Row]:
    for number, r in enumerate(c.results):
        for t in r.relation.terms:
            value = t.fact.amount.base if t.fact.amount else None
            yield number, t.fact.id, Decimal(t.coefficient), value


def _issue(i: Issue) -> Row:
    arguments = json.dumps(_plain(i.arguments), ensure_ascii=False, sort_keys=True)
    return (i.id, i.rule, i.severity.value, i.message, arguments, i.reported, i.expected, i.unit, i.certain)


def _plain(values: Arguments) -> Mapping[str, Any]:
    return {name: _value(v) for name, v in values}


def _value(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, Decimal) else value


def _evidence(c: Checked) -> Iterator[Row]:
    keys = fact_keys(c.views)
    for issue in c.findings:
        shown: list[tuple[str, Evidence, str]] = [("evidence", e, "") for e in issue.evidence]
        shown += [("suspect", s.evidence, s.suggestion) for s in issue.suspects]
        for nth, (role, e, suggestion) in enumerate(shown):
            key = str(keys[e.fact]) if e.fact in keys else ""
            yield (
                issue.id, nth, role, e.fact, key, e.table, e.row, e.column, e.text, suggestion, *_place(e.place),
            )  # fmt: skip
