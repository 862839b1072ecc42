"""A DuckDB connection with the tables and views of a ledger, which reads nothing outside of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from yibenzhang.ledger.bodies import Body, Printed, bare, own_pattern, resolve
from yibenzhang.model.analysis import LATER, LEDGER
from yibenzhang.standards.divisions import divisions
from yibenzhang.standards.lexicon.sentences import executed

if TYPE_CHECKING:
    from yibenzhang.ledger.store import Ledger

KEPT = "across.parquet"
"""What the last check across documents found (comparing.keep)."""
_ACROSS = ", ".join(
    [
        "id VARCHAR, rule VARCHAR, severity VARCHAR, message VARCHAR, who VARCHAR, year BIGINT, gap "
        "DECIMAL(38, 8), more BIGINT"
    ]
    + [
        f"{x}_{n}"
        for x in "ab"
        for n in (
            "document VARCHAR",
            "year BIGINT",
            "stage VARCHAR",
            "file VARCHAR",
            "page BIGINT",
            "title VARCHAR",
            "label VARCHAR",
            "heading VARCHAR",
            "printed VARCHAR",
            "unit VARCHAR",
        )
    ]
)
AT_PLACE = (
    "CASE WHEN unit <> '' THEN hash(unit, version, told_stage) ELSE CASE version WHEN '' THEN 0 WHEN "
    "'current_year' THEN 8 "
    "WHEN 'previous' THEN 16 ELSE 24 END + CASE told_stage WHEN '' THEN 0 WHEN 'initial' THEN 1 WHEN 'adjusted' THEN 2 "
    "WHEN 'final' THEN 3 ELSE 4 END END"
)
"""A number for unit, version and stage; without a unit the same in every engine."""
_VIEWS = Path(__file__).with_name("views.sql")
_COMPARED = Path(__file__).with_name("compared.sql")
_SQL: Mapping[str, str] = {"text": "VARCHAR", "int": "BIGINT", "bool": "BOOLEAN", "decimal": "DECIMAL(38, 8)"}
NARROW = "regexp_replace(translate(x, '（）', '()'), '[\\s“”\"]', '', 'g')"
"""A name of a table's row in half width, without blanks and quotation marks, as bodies.bare does it."""
_SOURCES = (
    "batch VARCHAR, document VARCHAR, path VARCHAR, sha256 VARCHAR, ingested VARCHAR, address VARCHAR, "
    "published VARCHAR, program VARCHAR"
)


def connect(
    ledger: Ledger,
    threads: int,
    memory: str,
    spill: Path | None,
    only: Sequence[Path] | None = None,
    compared: bool = True,
) -> duckdb.DuckDBPyConnection:
    """See Ledger.connect."""
    con = duckdb.connect(config={"threads": threads, "memory_limit": memory})
    con.execute("SET temp_directory = ''" if spill is None else f"SET temp_directory = {quoted(str(spill))}")
    con.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
    folders = list(ledger.batch_folders() if only is None else only)
    for table, columns in LEDGER.items():
        kinds = ", ".join(f'"{name}" {_SQL[kind]}' for name, kind in columns.items())
        con.execute(f"CREATE TABLE empty_{table} (batch VARCHAR, {kinds})")
        listed = _listed(folders, table)
        con.execute(f"CREATE VIEW all_{table} AS {listed or f'SELECT * FROM empty_{table}'}")
    con.execute(f"CREATE TABLE sources ({_SOURCES})")
    if listed := _listed(folders, "sources"):
        con.execute(f"INSERT INTO sources BY NAME {listed}")
    _bodies(con, ledger)
    kept = ledger.folder / KEPT
    con.execute(f"CREATE TABLE asked_across ({_ACROSS})")
    if kept.exists():
        con.execute(f"INSERT INTO asked_across BY NAME SELECT * FROM read_parquet({quoted(str(kept))})")
    own = quoted(own_pattern())
    con.execute(
        f"CREATE MACRO own_name(x) AS regexp_matches(narrow_name(x), {own})".replace("narrow_name(x)", NARROW)
    )
    con.execute(f"CREATE MACRO bare_name(x) AS regexp_replace({NARROW}, {own}, '')")
    words = quoted("|".join(map(re.escape, executed())))
    con.execute(f"CREATE MACRO spent(x) AS regexp_matches(x, {words})")
    con.execute(f"CREATE MACRO at_place(unit, version, told_stage) AS {AT_PLACE}")
    con.execute("CREATE MACRO wan(x) AS TRY_CAST(x AS DECIMAL(26, 8)) * 0.0001")
    con.execute("CREATE TYPE stages AS ENUM ('initial', 'adjusted', 'final', 'completion')")
    for path in (_VIEWS, _COMPARED) if compared else (_VIEWS,):
        views = path.read_text(encoding="utf-8")
        for name in ("told", "pairs", "units"):
            views = views.replace(f"{{{name}}}", across_sql(name))
        con.execute(views)
    con.execute(f"SET allowed_directories = [{quoted(str(ledger.batches))}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def across_sql(name: str, **over: str) -> str:
    """A query across documents (across/*.sql) over the views told, units, pairs and all facts, or what ``over``
    names."""
    text = (_VIEWS.parent / "across" / f"{name}.sql").read_text(encoding="utf-8")
    if "{counted}" in text:
        over.setdefault("counted", f"({across_sql('counted', **over)})")
    for view, given in {**_OVER, **over}.items():
        text = text.replace(f"{{{view}}}", given)
    return text


_OVER = {
    "told": "told",
    "units": "units",
    "pairs": "pairs",
    "facts": "all_facts",
    "statements": "all_statements",
    "batch": "f.batch",
}


def statements_of(batch: Path, units: str) -> str:
    """What the documents of one batch say of whom, as a query: they lie whole in their batch."""
    facts, statements = (
        f"read_parquet({quoted(str(batch / f'{t}.parquet'))})" for t in ("facts", "statements")
    )
    return across_sql("told", units=units, facts=facts, statements=statements, batch=quoted(batch.name))


def _listed(folders: list[Path], table: str) -> str:
    """The files of a table in all batches as one SELECT; nothing where there is no batch."""
    if table in LATER:
        folders = [f for f in folders if (f / f"{table}.parquet").exists()]
    if not folders:
        return ""
    files = ", ".join(quoted(str(f / f"{table}.parquet")) for f in folders)
    return (
        f"SELECT parse_path(filename)[-2] AS batch, * EXCLUDE (filename) FROM read_parquet([{files}], "
        "filename = true)"
    )


def printed_bodies(con: duckdb.DuckDBPyConnection) -> list[Printed]:
    """Every body as documents print it, one for each of its names, divisions and codes."""
    rows = con.execute(
        "SELECT body, division, code, max(coalesce(year, 0)) FROM all_documents WHERE body <> '' "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return [Printed(*row) for row in rows]


def _bodies(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """The table of names: which body each is; and of the divisions."""
    found: dict[tuple[str, str], Body] = {}
    for body in resolve(printed_bodies(con), ledger.decisions()):
        found.setdefault((body.name, body.division), body)
    rows = list(found.values())
    table = pa.table(
        {
            "body": pa.array([b.name for b in rows], pa.string()),
            "division": pa.array([b.division for b in rows], pa.string()),
            "name": pa.array([bare(b.name) for b in rows], pa.string()),
            "who": pa.array([b.who for b in rows], pa.string()),
            "how": pa.array([b.how for b in rows], pa.string()),
            "own": pa.array([b.own for b in rows], pa.bool_()),
        }
    )
    _keep(con, "bodies", table)
    known = list(divisions().values())
    columns = ("code", "name", "short", "level", "parent")
    _keep(con, "divisions", pa.table({c: [getattr(d, c) for d in known] for c in columns}))


def _keep(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("arrow_rows", table)
    con.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_rows")
    con.unregister("arrow_rows")


def quoted(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"
