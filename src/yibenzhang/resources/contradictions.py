"""Contradictions across the account, the ledger and what was published: rules are SQL over tables of entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from yibenzhang.resources.measures import Measure
from yibenzhang.resources.mirror import Mirror, Row, tables
from yibenzhang.resources.schema import Schema, merged
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    import duckdb

    from yibenzhang.ledger.store import Ledger

SEVERITIES = ("error", "warning", "notice")


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


# ---- what comes beside the account --------------------------------------------------------------------


def with_ledger(con: duckdb.DuckDBPyConnection, ledger: Ledger, bodies: Iterable[str]) -> None:
    """Projects of these bodies in their disclosures."""
    from yibenzhang.resources.published import projects_of

    some = projects_of(ledger, *bodies)
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
    con.execute("CREATE TEMP TABLE claimed AS SELECT *, CAST(NULL AS DECIMAL(38, 4)) AS own FROM claim")
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
    mirror: Mirror | None = None,
) -> list[Contradiction]:
    """All contradictions of the account as of a day, gravest first; ``body``: of this one; ``only``: nothing of
    others is looked at beyond what a count needs; ``mirror``: the account as it was kept from before."""
    return looked_at(session, schema, rules, measures, today, ledger, body, only, mirror)[0]


def looked_at(
    session: Session,
    schema: Schema,
    rules: Mapping[str, Rule],
    measures: Mapping[str, Measure],
    today: date,
    ledger: Ledger | None = None,
    body: str = "",
    only: str | None = None,
    mirror: Mirror | None = None,
) -> tuple[list[Contradiction], dict[str, Decimal | None]]:
    """The contradictions, and how the account itself counts what each claim tells."""
    wanted = {b for b in (body, only) if b}
    with (mirror or Mirror(schema)).tables(session, today) as con:
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
