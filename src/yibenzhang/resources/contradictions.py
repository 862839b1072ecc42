"""Contradictions across the account, the ledger and what was published: rules are SQL over tables of entries."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, select, type_coerce
from sqlalchemy.orm import Session

from yibenzhang.resources.harvesting import opened
from yibenzhang.resources.measures import Measure
from yibenzhang.resources.measuring import last_run
from yibenzhang.resources.models import Entry
from yibenzhang.resources.request_findings import request_rows
from yibenzhang.resources.request_rules import load_rules
from yibenzhang.resources.schema import Field, Kind, Schema, merged
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    import duckdb

    from yibenzhang.ledger.store import Ledger

_SQL = {
    "int": "BIGINT",
    "decimal": "DECIMAL(38, 6)",
    "money": "DECIMAL(38, 6)",
    "date": "DATE",
    "yes": "BOOLEAN",
}
SEVERITIES = ("error", "warning", "notice")
_OTHERS = {
    "request": "code VARCHAR, kind VARCHAR, resource VARCHAR, name VARCHAR, body VARCHAR, provider VARCHAR, way "
    "VARCHAR, "
    "state VARCHAR, state_name VARCHAR, waits_for VARCHAR, interface VARCHAR, quantity DECIMAL(38, "
    "6), measure VARCHAR, "
    "applied_on DATE, due_on DATE, delivered_on DATE, over_on DATE, ends_on DATE",
    "usage": "request VARCHAR, resource VARCHAR, name VARCHAR, provider VARCHAR, interface VARCHAR, body "
    "VARCHAR, day DATE, "
    "calls BIGINT, records BIGINT",
    "quality": "body VARCHAR, resource VARCHAR, checked BIGINT, passed BIGINT",
    "spending": "body VARCHAR, year BIGINT, stage VARCHAR, name VARCHAR, value DECIMAL(38, 8), place VARCHAR",
    "budgeted": "body VARCHAR, year BIGINT",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its SQL gives a row for every contradiction, its message is filled from the row."""

    id: str
    name: str
    severity: str
    message: str
    sql: str
    fires: tuple[Mapping[str, Any], ...]
    twin: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One finding: which rule, about which entry of which body, in words and as arguments."""

    rule: str
    severity: str
    code: str
    name: str
    body: str
    message: str
    arguments: Mapping[str, Any]


Row = Mapping[str, Any]
"""An entry as a rule sees it: its values with ``code`` and ``state``."""


def rules_of(extra: str = "") -> dict[str, Rule]:
    """The rules by id, with the layer ``extra`` on top. Raises StandardsError."""
    out = {}
    for name, e in merged(extra, "contradictions").get("rule", {}).items():
        where = f"contradictions.toml [[rule]] {name}"
        missing = [k for k in ("name", "severity", "message", "sql", "fires", "twin") if not e.get(k)]
        if missing or e["severity"] not in SEVERITIES:
            raise StandardsError(f"{where}: {'、'.join(missing) or 'severity'}")
        out[name] = Rule(
            name, e["name"], e["severity"], e["message"], e["sql"], tuple(e["fires"]), tuple(e["twin"])
        )
    return out


# ---- tables --------------------------------------------------------------------------------------------


def tables(schema: Schema, rows: Mapping[str, Sequence[Row]]) -> duckdb.DuckDBPyConnection:
    """A database in memory with a table for each kind, and empty ones for what comes from elsewhere."""
    con = opened()
    for kind in schema.kinds.values():
        _table(con, kind.id, _columns(kind), rows.get(kind.id, ()))
    for name, columns in _OTHERS.items():
        some = [(n, t) for n, _, t in (c.partition(" ") for c in re.split(r", (?=[a-z])", columns))]
        _table(con, name, some, rows.get(name, ()))
    return con


def _columns(kind: Kind) -> list[tuple[str, str]]:
    extra = [("code", "VARCHAR"), ("state", "VARCHAR")]
    if kind.field("body") is None:
        extra.append(("body", "VARCHAR"))
    return [*extra, *((f.id, _type(f)) for f in kind.fields)]


def _table(
    con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[tuple[str, str]], rows: Sequence[Row]
) -> None:
    import pyarrow as pa

    definitions = ", ".join(f'"{n}" {t}' for n, t in columns)
    con.execute(f'CREATE TABLE "{name}" ({definitions})')
    if not rows:
        return
    given = pa.table({n: pa.array([_plain(r.get(n)) for r in rows], pa.string()) for n, _ in columns})
    con.register("given", given)
    casts = ", ".join(_cast(n, t) for n, t in columns)
    con.execute(f'INSERT INTO "{name}" SELECT {casts} FROM given')
    con.unregister("given")


def _entries(con: duckdb.DuckDBPyConnection, kind: Kind, entries: Sequence[Sequence[str]]) -> None:
    """Entries as they come from the account, their values as JSON: DuckDB takes them apart faster than Python."""
    import pyarrow as pa

    if not entries:
        return
    names = ("code", "state", "own_body", "held")
    con.register(
        "given",
        pa.table(
            {n: pa.array(c, pa.string()) for n, c in zip(names, zip(*entries, strict=True), strict=True)}
        ),
    )
    columns = _columns(kind)
    paths = ", ".join("'$.\"" + n + "\"'" for n, _ in columns)
    made = []
    for n, (name, type) in enumerate(columns, start=1):
        cell = f"held[{n}]"
        if name in ("code", "state"):
            made.append(name)
        elif name == "body":
            made.append(f"coalesce({cell}, own_body)")
        elif type == "VARCHAR[]":
            made.append(f"CAST(CAST({cell} AS JSON) AS VARCHAR[])")
        else:
            made.append(f"CAST({cell} AS {type})")
    con.execute(
        f'INSERT INTO "{kind.id}" SELECT {", ".join(made)} FROM ('
        f"SELECT code, state, own_body, json_extract_string(held, [{paths}]) AS held FROM given)"
    )
    con.unregister("given")


def _type(field: Field) -> str:
    return "VARCHAR[]" if field.many else _SQL.get(field.type, "VARCHAR")


def _plain(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\x1f".join(map(str, value))
    return None if value is None else str(value)


def _cast(name: str, type: str) -> str:
    if type == "VARCHAR[]":
        return f"string_split(\"{name}\", '\x1f')"
    return f'CAST("{name}" AS {type})'


def account_tables(session: Session, schema: Schema, today: date) -> duckdb.DuckDBPyConnection:
    """The tables of the account as rules see them; fields are left out, for no rule looks at them."""
    con = tables(schema, request_rows(session, load_rules(schema.extra), today))
    by_kind: dict[str, list[Sequence[str]]] = {}
    c = Entry.__table__.c
    asked = select(c.kind, c.code, c.state, c.body, type_coerce(cast(c["values"], Text), Text))
    for kind, *entry in session.connection().execute(asked.where(c.kind != "field")).all():
        by_kind.setdefault(kind, []).append(entry)
    for name, some in by_kind.items():
        if name in schema.kinds:
            _entries(con, schema.kinds[name], some)
    with_quality(con, session)
    return con


def with_quality(con: duckdb.DuckDBPyConnection, session: Session) -> None:
    """The newest results of every source."""
    rows = [(q.body, q.resource, q.checked, q.passed) for q in last_run(session) if q.checked is not None]
    if rows:
        con.executemany("INSERT INTO quality VALUES (?, ?, ?, ?)", rows)


def with_ledger(con: duckdb.DuckDBPyConnection, ledger: Ledger, bodies: Iterable[str]) -> None:
    """Projects of these bodies in their disclosures."""
    from yibenzhang.resources.published import projects_of

    for body in bodies:
        some = projects_of(ledger, body)
        rows = [(p.body, p.year, p.stage, p.name, p.value, p.place) for p in some]
        if rows:
            con.executemany("INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?)", rows)
            years = sorted({(p.body, p.year) for p in some if p.stage == "budget"}, key=str)
            if years:
                con.executemany("INSERT INTO budgeted VALUES (?, ?)", years)


def with_claims(
    con: duckdb.DuckDBPyConnection, measures: Mapping[str, Measure], bodies: Collection[str] = ()
) -> dict[str, Decimal | None]:
    """The table ``claimed``: claims with what the account itself counts, which comes back by the claim's code; None
    where it cannot know. ``bodies``: only the claims of these are counted."""
    con.execute("CREATE TABLE claimed AS SELECT *, CAST(NULL AS DECIMAL(38, 4)) AS own FROM claim")
    counted: dict[tuple[str, str, int], Decimal | None] = {}
    out: dict[str, Decimal | None] = {}
    for code, name, body, year in con.execute("SELECT code, measure, body, year FROM claimed").fetchall():
        if bodies and body not in bodies:
            continue
        key = (name, body, year or 0)
        if key not in counted:
            counted[key] = count_of(con, measures[name], body, year or 0) if name in measures else None
        out[code] = counted[key]
    known = [(str(n), code) for code, n in out.items() if n is not None]
    if known:
        con.executemany("UPDATE claimed SET own = CAST(? AS DECIMAL(38, 4)) WHERE code = ?", known)
    return out


def count_of(con: duckdb.DuckDBPyConnection, m: Measure, body: str, year: int) -> Decimal | None:
    """How the account counts a measure; None where it holds nothing of the kind or not all that is needed."""
    known = con.execute(f'SELECT count(*) FROM "{m.kind}"').fetchone()
    if not known or not known[0]:
        return None
    sql = m.sql
    if m.own_body:
        sql = f'WITH "{m.kind}" AS (SELECT * FROM main."{m.kind}" WHERE body = $body) {sql}'
    given = {k: v for k, v in (("body", body), ("year", year)) if f"${k}" in sql}
    row = con.execute(sql, given).fetchone()
    return None if row is None or row[0] is None else Decimal(str(row[0]))


# ---- findings ------------------------------------------------------------------------------------------


def found(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule], today: date) -> Iterator[Contradiction]:
    """What contradicts what, rule by rule."""
    for rule in rules:
        answer = con.execute(rule.sql, {"today": today} if "$today" in rule.sql else {})
        names = [d[0] for d in answer.description or ()]
        for row in answer.fetchall():
            values = dict(zip(names, row, strict=True))
            words = {k: _said(v) for k, v in values.items()}
            yield Contradiction(
                rule.id,
                rule.severity,
                str(values.get("code") or ""),
                str(values.get("name") or ""),
                str(values.get("body") or ""),
                rule.message.format(**words),
                values,
            )


def _said(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return "" if value is None else _SIGNS.get(str(value), str(value))


_SIGNS = {">=": "≥", "<=": "≤"}


def contradictions(
    session: Session,
    schema: Schema,
    rules: Mapping[str, Rule],
    measures: Mapping[str, Measure],
    today: date,
    ledger: Ledger | None = None,
    body: str = "",
    only: str | None = None,
) -> list[Contradiction]:
    """All contradictions of the account as of a day, gravest first; ``body``: of this one; ``only``: nothing of
    others is looked at beyond what a count needs."""
    return looked_at(session, schema, rules, measures, today, ledger, body, only)[0]


def looked_at(
    session: Session,
    schema: Schema,
    rules: Mapping[str, Rule],
    measures: Mapping[str, Measure],
    today: date,
    ledger: Ledger | None = None,
    body: str = "",
    only: str | None = None,
) -> tuple[list[Contradiction], dict[str, Decimal | None]]:
    """The contradictions, and how the account itself counts what each claim tells."""
    wanted = {b for b in (body, only) if b}
    with account_tables(session, schema, today) as con:
        if ledger is not None:
            named = {
                str(r[0]) for r in con.execute("SELECT DISTINCT body FROM application").fetchall() if r[0]
            }
            with_ledger(con, ledger, sorted(named & ({body} if body else named)))
        own = with_claims(con, measures, wanted)
        out = [c for c in found(con, rules.values(), today) if not wanted or {c.body} == wanted]
    return sorted(out, key=lambda c: (SEVERITIES.index(c.severity), c.rule, c.body, c.code)), own


def case_of(
    schema: Schema,
    rule: Rule,
    rows: Sequence[Mapping[str, Any]],
    measures: Mapping[str, Measure],
    today: date,
) -> list[Contradiction]:
    """What a rule finds in rows written into the catalogue."""
    by_kind: dict[str, list[Row]] = {}
    for n, r in enumerate(rows):
        by_kind.setdefault(r["kind"], []).append(
            {"code": f"C{n}", "state": "draft", **{k: v for k, v in r.items() if k != "kind"}}
        )
    with tables(schema, by_kind) as con:
        with_claims(con, measures)
        return list(found(con, [rule], today))
