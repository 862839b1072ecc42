"""A pack's tables made from a source's: the SQL for it, and what is missing before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from yibenzhang.evidence.mappings import From, Mapped, TableSource
from yibenzhang.evidence.packs import Column, Table
from yibenzhang.evidence.sources import Source
from yibenzhang.evidence.words import evidence_words

_PREFIX = "pack_"
_NEVER_EMPTY = (
    *("TIMESTAMP", "DATE", "INT", "BIGINT", "SMALLINT", "NUMERIC", "DECIMAL", "DOUBLE", "REAL", "FLOAT"),
    "BOOL",
)
"""Types of columns whose values are never an empty text."""
_TYPES: Mapping[str, Mapping[str, str]] = {
    "duckdb": {
        "text": "VARCHAR",
        "integer": "BIGINT",
        "decimal": "DECIMAL(24, 6)",
        "time": "TIMESTAMP",
        "date": "DATE",
    },
    "postgresql": {
        "text": "VARCHAR",
        "integer": "NUMERIC",
        "decimal": "NUMERIC",
        "time": "TIMESTAMP",
        "date": "DATE",
    },
    "mysql": {"text": "CHAR", "integer": "", "decimal": "", "time": "DATETIME", "date": "DATE"},
}


def _say(key: str, **values: object) -> str:
    return str(evidence_words()["contract"][key]).format(**values)


def missing(mapped: Mapped, source: Source) -> list[tuple[str, str]]:
    """What is missing by the names alone: (table, sentence); table is empty where it touches none."""
    out: list[tuple[str, str]] = []
    for name in mapped.tables:
        if name not in mapped.pack.tables:
            out.append(("", _say("unknown_table", table=name)))
    for name, table in mapped.pack.tables.items():
        given = mapped.tables.get(name)
        if given is None:
            out.append((name, _say("no_table", table=name, meaning=table.meaning)))
            continue
        there = source.columns(place(mapped, name))
        if there is None:
            shown = given.name or given.file or given.address
            out.append((name, _say("away_table", table=name, meaning=table.meaning, name=shown)))
            continue
        out += [(name, sentence) for sentence in _columns(table, given, there)]
    return out


def _columns(table: Table, given: TableSource, there: Mapping[str, str]) -> Iterator[str]:
    for name in given.columns:
        if name not in table.columns:
            yield _say("unknown_column", table=table.name, column=name)
    for name, column in table.columns.items():
        of = given.columns.get(name)
        if of is None:
            if not column.blank:
                yield _say("no_column", table=table.name, column=name, meaning=column.meaning)
        elif of.column and of.column not in there:
            shown = given.name or given.file or given.address
            yield _say(
                "away_column",
                table=table.name,
                column=name,
                meaning=column.meaning,
                name=shown,
                there=of.column,
            )


def place(mapped: Mapped, table: str) -> str:
    """How the source calls a table of the pack."""
    given = mapped.tables[table]
    return (given.name or table) if mapped.kind == "database" else f"source_{table}"


def query(mapped: Mapped, source: Source, sql: str, tables: Sequence[str]) -> str:
    """SQL of a pack with its tables made from the source's."""
    made = []
    for name in tables:
        given, columns = mapped.tables[name], mapped.pack.tables[name].columns
        types = source.columns(place(mapped, name)) or {}
        parts = [
            f"{_typed(c, given.columns.get(n), source, types)} AS {source.named(n)}"
            for n, c in columns.items()
        ]
        made.append(
            f"{_PREFIX}{name} AS (SELECT {', '.join(parts)} FROM {source.named(place(mapped, name))})"
        )
        sql = sql.replace(f"{{{name}}}", _PREFIX + name)
    if not made:
        return sql
    return f"WITH {', '.join(made)} " + (", " + sql[5:] if sql[:5].lower() == "with " else sql)


def soundness(mapped: Mapped, source: Source, table: str) -> tuple[int, list[str]]:
    """The rows of a table, and what in them cannot be used: unreadable values, blanks where none may be."""
    given, contract = mapped.tables[table], mapped.pack.tables[table]
    types = source.columns(place(mapped, table)) or {}
    asked: list[tuple[Column, bool]] = []
    counts = ["count(*)"]
    for name, column in contract.columns.items():
        of = given.columns.get(name)
        if of is None:
            continue
        raw, made = _raw(of, source, types), _typed(column, of, source, types)
        counts.append(f"sum(CASE WHEN {raw} IS NOT NULL AND {made} IS NULL THEN 1 ELSE 0 END)")
        asked.append((column, True))
        if not column.blank:
            counts.append(f"sum(CASE WHEN {raw} IS NULL THEN 1 ELSE 0 END)")
            asked.append((column, False))
    names = ", ".join(f"{c} AS n{k}" for k, c in enumerate(counts))
    found = source.ask(f"SELECT {names} FROM {source.named(place(mapped, table))}", {}).rows[0]
    out = []
    for (column, unreadable), rows in zip(asked, found[1:], strict=True):
        if rows:
            key = "unreadable" if unreadable else "blank"
            kind = evidence_words()["kind"][column.kind]
            out.append(
                _say(
                    key,
                    table=table,
                    column=column.name,
                    meaning=column.meaning,
                    rows=int(Decimal(str(rows))),
                    kind=kind,
                )
            )
    return int(found[0]), out


def _raw(of: From, source: Source, types: Mapping[str, str]) -> str:
    """The value as text or as it is; what is empty is nothing."""
    kind = types.get(of.column, "").upper()
    if source.dialect != "sqlite" and kind.startswith(_NEVER_EMPTY):
        return source.named(of.column)
    value = f"({of.sql})" if of.sql else source.named(of.column)
    text = {"mysql": "CHAR", "mariadb": "CHAR", "sqlite": "TEXT"}.get(source.dialect, "VARCHAR")
    return f"CASE WHEN trim(CAST({value} AS {text})) <> '' THEN {value} END"


def _typed(column: Column, of: From | None, source: Source, types: Mapping[str, str]) -> str:
    if of is None:
        return "NULL"
    raw = _raw(of, source, types)
    text = {"mysql": "CHAR", "mariadb": "CHAR", "sqlite": "TEXT"}.get(source.dialect, "VARCHAR")
    if of.values is not None or column.kind == "yes":
        raw = _coded(f"lower(trim(CAST({raw} AS {text})))", of.values, column.kind)
        if column.kind == "yes":
            return raw
    if source.dialect == "sqlite":
        return _sqlite(column.kind, raw)
    kind = _TYPES.get("mysql" if source.dialect == "mariadb" else source.dialect, {}).get(column.kind, "")
    if source.dialect in ("mysql", "mariadb") and column.kind in ("integer", "decimal"):
        shape = "^-?[0-9]+([.][0-9]+)?$"
        return f"CASE WHEN CAST({raw} AS CHAR) REGEXP '{shape}' THEN CAST({raw} AS DECIMAL(24, 6)) END"
    if not kind:
        return raw
    return f"{'TRY_CAST' if source.dialect == 'duckdb' else 'CAST'}({raw} AS {kind})"


def _sqlite(kind: str, raw: str) -> str:
    """SQLite has no times and makes 0 of words: numbers are checked, times kept as text in ISO form."""
    if kind in ("integer", "decimal"):
        return (
            f"CASE WHEN typeof({raw}) = 'integer' OR typeof({raw}) = 'real' THEN {raw} WHEN {raw} GLOB '*[0-9]*' "
            f"AND NOT substr({raw}, 2) GLOB '*[^0-9.]*' AND substr({raw}, 1, 1) GLOB '[0-9-]' THEN "
            f"CAST({raw} AS NUMERIC) END"
        )
    if kind in ("time", "date"):
        made = f"replace({raw}, 'T', ' ')" if kind == "time" else f"substr({raw}, 1, 10)"
        return f"CASE WHEN {raw} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' THEN {made} END"
    return f"CAST({raw} AS TEXT)"


def _coded(value: str, values: Mapping[str, str] | None, kind: str) -> str:
    if values is None:
        words: Mapping[str, Any] = evidence_words()["yes"]
        pairs = [(w, "1") for w in words["yes"]] + [(w, "0") for w in words["no"]]
    else:
        pairs = [(k.strip().lower(), v) for k, v in values.items()]
    cases = " ".join(
        f"WHEN {_literal(k)} THEN {v if kind == 'yes' and v in ('0', '1') else _literal(v)}" for k, v in pairs
    )
    return f"CASE {value} {cases} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
