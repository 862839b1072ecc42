"""Questions to a portfolio of projects: SQL over tables of projects, events and indicators
(standards/projects/portfolio.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibenzhang.projects.events import FOLDER, Event, Source
from yibenzhang.projects.indicators import Indicators, made, none
from yibenzhang.projects.linking import Project
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    import duckdb

_COLUMNS = {
    "project": {"project": "VARCHAR", "body": "VARCHAR", "name": "VARCHAR", "codes": "VARCHAR"},
    "event": {
        "event": "VARCHAR",
        "project": "VARCHAR",
        "body": "VARCHAR",
        "name": "VARCHAR",
        "kind": "VARCHAR",
        "year": "BIGINT",
        "date": "DATE",
        "measure": "VARCHAR",
        "value": "DECIMAL(38, 8)",
        "supplier": "VARCHAR",
        "until": "BIGINT",
        "list": "BOOLEAN",
        "number": "VARCHAR",
        "evidence": "BOOLEAN",
    },
}
_INDICATORS = """
CREATE TABLE indicator AS
SELECT e.project, e.body, e.year, e.kind, g.event, g.level1, g.level2, g.name AS indicator, g.target, g.sign, g.number,
       g.unit, g.actual, g.reached, g.reached_unit, g.last, g.before, g.before_unit, g.weight, g.points
FROM given g JOIN (SELECT event, any_value(project) AS project, any_value(body) AS body, any_value(year) AS year,
                          any_value(kind) AS kind FROM event GROUP BY event) e USING (event)
WHERE g.period <> 'long' OR g.event NOT IN (SELECT event FROM given WHERE period = 'annual')
"""
"""Of a form with goals of the year and of the whole life of a project those of the year."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its SQL gives a row for every place, its message is filled from the row."""

    id: str
    name: str
    message: str
    sql: str
    fires: tuple[Mapping[str, Any], ...]
    twin: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One place to ask about; ``project`` is empty where it is of a body; ``source``: of the event it rests on."""

    rule: str
    title: str
    body: str
    project: str
    name: str
    message: str
    event: str
    source: Source | None
    arguments: Mapping[str, Any]


def own_questions(extra: str) -> Mapping[str, Question]:
    """Those that the folder ``extra`` brings."""
    usual = questions()
    return {k: q for k, q in questions(extra).items() if usual.get(k) != q} if extra else {}


@lru_cache(maxsize=8)
def questions(extra: str = "") -> Mapping[str, Question]:
    """The questions by id; a file of the folder ``extra`` adds to them or takes their place. Raises StandardsError."""
    out = {}
    for folder in (FOLDER, *((Path(extra) / "projects",) if extra else ())):
        file = folder / "portfolio.toml"
        if not file.exists():
            continue
        try:
            for q in tomllib.loads(file.read_text(encoding="utf-8")).get("question", ()):
                out[q["id"]] = Question(
                    q["id"], q["name"], q["message"], q["sql"], tuple(q["fires"]), tuple(q["twin"])
                )
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise StandardsError(f"portfolio.toml: {error}") from error
    return out


def asked(
    projects: Sequence[Project], rules: Iterable[Question], indicators: Indicators | None = None
) -> list[Asked]:
    """All places to ask about, by rule, body and project."""
    events = {e.id: e for p in projects for e in p.events}
    with tables(_projects(projects), _events(projects), indicators) as con:
        return list(_found(con, rules, events))


def case_of(question: Question, rows: Sequence[Mapping[str, Any]]) -> list[Asked]:
    """What a question finds in the rows of its case or twin: of one body, and one project where none is named. A row
    with a ``target`` is an indicator of the event of its project, year and kind (goals where none is named)."""
    events: dict[str, Mapping[str, Any]] = {}
    promises: list[Mapping[str, Any]] = []
    for n, row in enumerate(rows):
        kind, project = str(row.get("kind", "goals")), str(row.get("project", "项目"))
        fields = {"project": project, "body": "甲局", "list": kind == "budget", **row, "kind": kind}
        event = f"e{n}" if "target" not in row else f"{project}-{row.get('year')}-{kind}"
        events.setdefault(event, {**fields, "event": event})
        if "target" in row:
            promises.append({**row, "name": row["indicator"], "event": event})
    names = dict.fromkeys(str(e["project"]) for e in events.values())
    projects = [{"project": n, "body": "甲局", "name": n, "codes": ""} for n in names]
    with tables(projects, list(events.values()), made(promises)) as con:
        return list(_found(con, [question], {}))


def _found(
    con: duckdb.DuckDBPyConnection, rules: Iterable[Question], events: Mapping[str, Event]
) -> Iterator[Asked]:
    for rule in rules:
        answer = con.execute(rule.sql)
        names = [d[0] for d in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        for row in sorted(
            rows, key=lambda r: (str(r["body"]), str(r["name"]), str(r["project"]), str(r["cited"]))
        ):
            event = events.get(str(row["cited"]))
            values = {k: _plain(v) for k, v in row.items()}
            yield Asked(
                rule.id,
                rule.name,
                str(row["body"]),
                str(row["project"]),
                str(row["name"]),
                _said(rule.message, row, values),
                str(row["cited"]),
                event.source if event else None,
                values,
            )


def _said(message: str, row: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """The message filled in; without the year where it is not known."""
    unknown = "year" in row and row["year"] is None
    return (message.replace("{year}年", "") if unknown else message).format(**values)


def tables(
    projects: Sequence[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
    indicators: Indicators | None = None,
) -> duckdb.DuckDBPyConnection:
    """A database in memory with the three tables; it reads nothing outside of it."""
    import pyarrow as pa

    from yibenzhang.resources.harvesting import opened

    con = opened()
    con.execute("SET enable_external_access = false")  # questions may come from a folder of standards
    for name, rows in (("project", projects), ("event", events)):
        columns = _COLUMNS[name]
        con.execute(f"CREATE TABLE {name} ({', '.join(f'{c} {t}' for c, t in columns.items())})")
        if rows:
            given = pa.table({c: pa.array([_text(r.get(c)) for r in rows], pa.string()) for c in columns})
            con.register("given", given)
            casts = ", ".join(_cast(c, t) for c, t in columns.items())
            con.execute(f"INSERT INTO {name} SELECT {casts} FROM given")
            con.unregister("given")
    con.register("given", (indicators or none()).read_of({str(e["event"]) for e in events}))
    con.execute(_INDICATORS)
    con.unregister("given")
    return con


def _cast(column: str, kind: str) -> str:
    inner = f"coalesce({column}, '')" if kind == "VARCHAR" else column
    return f"CAST({inner} AS {kind})"


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return "" if value is None else str(value)


def _projects(projects: Sequence[Project]) -> list[Mapping[str, Any]]:
    return [{"project": p.id, "body": p.who, "name": p.name, "codes": "、".join(p.codes)} for p in projects]


def _events(projects: Sequence[Project]) -> list[Mapping[str, Any]]:
    return [
        {
            "event": e.id,
            "project": p.id,
            "body": p.who,
            "name": e.name,
            "kind": e.kind,
            "year": e.year,
            "date": e.date,
            "measure": m.measure if m else "",
            "value": m.value if m else None,
            "supplier": e.supplier,
            "until": e.end,
            "list": e.kind == "budget",
            "number": e.number,
            "evidence": e.evidence,
        }
        for p in projects
        for e in p.events
        for m in (e.amounts or (None,))
    ]
