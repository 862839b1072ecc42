"""What there is in a database (SQLAlchemy) or a folder of Parquet and CSV (DuckDB): tables, fields, rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, inspect, quoted_name, text
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope
from sqlalchemy.exc import SQLAlchemyError

from yibenzhang.reading.text import decode
from yibenzhang.resources.proposing import Found, Harvest
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.sources import SourceError, engine_of, reason

if TYPE_CHECKING:
    import duckdb

RESOURCE, FIELD, LOAD = "data_resource", "field", "load"
MEMORY = "2GB"
_OWN = frozenset({"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"})
Shape = tuple[tuple[str, str], ...]
"""Columns and their types."""
Tell = Callable[[int, int], None]
"""Called with how many of how many tables are done."""


def harvest_database(
    schema: Schema, source: str, body: str, count: bool = True, tell: Tell | None = None
) -> Harvest:
    """The tables and views of a database with their columns, comments and numbers of rows. Raises SourceError."""
    engine, called = engine_of(schema, source)
    try:
        found, problems = _inspected(schema, engine, body, count, tell)
    except (SQLAlchemyError, OSError) as error:
        raise SourceError(schema.say("source_away", why=reason(error))) from error
    finally:
        engine.dispose()
    return Harvest(called, tuple(found), tuple(problems))


def _inspected(
    schema: Schema, engine: Engine, body: str, count: bool, tell: Tell | None
) -> tuple[list[Found], list[str]]:
    found: list[Found] = []
    problems: list[str] = []
    tables = list(_all_tables(engine, inspect(engine)))
    with engine.connect() as connection:
        for done, (where, path, (name, columns, keys, comment)) in enumerate(tables, start=1):
            rows: int | None = None
            if count:
                try:
                    with connection.begin():
                        rows = connection.scalar(text(f"SELECT count(*) FROM {path}"))
                except SQLAlchemyError as error:
                    problems.append(schema.say("table_uncounted", name=where, why=reason(error)))
            values = {
                "name": (comment or name).strip()[:400],
                "body": body,
                "format": "table",
                "location": where,
                "records": rows,
                "abstract": comment if comment and len(comment) > 40 else None,
            }
            found.append(Found(RESOURCE, values, tuple(_field(c, keys) for c in columns)))
            if tell:
                tell(done, len(tables))
    return found, problems


TableShape = tuple[str, list[ReflectedColumn], frozenset[str], str]
"""A table: its name, columns, primary key and comment."""


def _all_tables(engine: Engine, inspector: Any) -> Iterator[tuple[str, str, TableShape]]:
    """Every table and view: where it lies, how SQL names it, and what it is."""
    default = inspector.default_schema_name
    spaces: list[str | None] = [None]
    if engine.dialect.name != "sqlite":
        spaces = [s for s in inspector.get_schema_names() if s not in _OWN]
    for space in spaces:
        for found in _tables(inspector, space):
            where = f"{space}.{found[0]}" if space and space != default else found[0]
            yield where, _path(engine, space, found[0]), found


def tables_of_database(
    engine: Engine, inspector: Any
) -> Iterator[tuple[str, str, list[ReflectedColumn], frozenset[str]]]:
    """The same for those who need the columns: location, name in SQL, columns, primary key."""
    for where, path, (_, columns, keys, _) in _all_tables(engine, inspector):
        yield where, path, columns, keys


def _tables(inspector: Any, space: str | None) -> Iterator[TableShape]:
    """Tables and views of a space: columns, primary key and comment, asked for all at once."""
    many = {"schema": space, "kind": ObjectKind.ANY, "scope": ObjectScope.DEFAULT}
    columns = inspector.get_multi_columns(**many)
    keys = inspector.get_multi_pk_constraint(**many)
    try:
        comments = inspector.get_multi_table_comment(**many)
    except NotImplementedError:
        comments = {}
    for at in sorted(columns, key=lambda k: str(k[1])):
        comment = (comments.get(at) or {}).get("text") or ""
        primary = frozenset((keys.get(at) or {}).get("constrained_columns") or ())
        yield str(at[1]), columns[at], primary, comment


def _path(engine: Engine, space: str | None, name: str) -> str:
    quote = engine.dialect.identifier_preparer.quote
    parts = ([space] if space else []) + [name]
    return ".".join(quote(quoted_name(p, True)) for p in parts)


def _field(column: ReflectedColumn, keys: frozenset[str]) -> Found:
    kind = column["type"]
    length = getattr(kind, "length", None)
    values = {
        "name": column["name"],
        "label": (column.get("comment") or "").strip() or None,
        "type": _type(kind),
        "length": length if isinstance(length, int) else None,
        "required": not column.get("nullable", True),
        "primary": True if column["name"] in keys else None,
    }
    return Found(FIELD, values, (), "resource")


def _type(kind: Any) -> str:
    try:
        return str(kind)[:100]
    except Exception:  # types of extensions that do not know how they are written
        return type(kind).__name__


# ---- folders -------------------------------------------------------------------------------------------

_READERS = {
    ".parquet": "read_parquet([{files}], union_by_name = true)",
    ".csv": "read_csv([{files}], union_by_name = true)",
}


def harvest_folder(schema: Schema, folder: Path, body: str, called: str = "") -> Harvest:
    """The Parquet and CSV files of a folder: a file is a resource; files of one folder with the same columns, and
    folders like ``year=2026``, are one resource with its partitions. Raises SourceError."""
    found: list[Found] = []
    problems: list[str] = []
    with opened() as con, tempfile.TemporaryDirectory(prefix="ybz-") as beside:
        for name, shapes in folder_tables(con, schema, folder, Path(beside), problems):
            _harvested(con, schema, name, shapes, folder, body, found, problems)
    return Harvest(called or str(folder), tuple(found), tuple(problems))


def folder_tables(
    con: duckdb.DuckDBPyConnection, schema: Schema, folder: Path, beside: Path, problems: list[str]
) -> Iterator[tuple[str, list[tuple[Path, Path, Shape]]]]:
    """The tables of a folder: a name and its files, each with the file to read in its place and its columns. ``beside``
    is a folder for copies in UTF-8. Raises SourceError where there are none."""
    groups = list(_groups(folder))
    if not groups:
        raise SourceError(schema.say("source_empty", where=folder.name))
    for name, files in groups:
        yield from _alike(con, schema, name, files, beside, problems)


def opened() -> duckdb.DuckDBPyConnection:
    """A connection to DuckDB with bounds."""
    import duckdb

    con = duckdb.connect(config={"memory_limit": MEMORY, "threads": 2})
    con.execute("SET enable_progress_bar = false")  # else it is drawn among what programs read
    return con


def _groups(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Files that may be one resource, with its name: those of one folder below, or below folders like a=b."""
    files = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
    root = folder.parent if folder.is_file() else folder
    groups: dict[tuple[str, str], list[Path]] = {}
    for p in files:
        ending = p.suffix.lower()
        parts = p.relative_to(root).parts
        if ending not in _READERS or any(x.startswith((".", "_")) for x in parts):
            continue
        plain = [x for x in parts[:-1] if "=" not in x]
        name = "/".join(plain) if len(parts) > 1 else "/".join([*plain, p.stem])
        groups.setdefault((name, ending), []).append(p)
    for (name, _), some in groups.items():
        yield name, some


def _alike(
    con: duckdb.DuckDBPyConnection,
    schema: Schema,
    name: str,
    files: list[Path],
    beside: Path,
    problems: list[str],
) -> Iterator[tuple[str, list[tuple[Path, Path, Shape]]]]:
    """Files of one shape together; where shapes differ each file is a resource of its own."""
    shapes: list[tuple[Path, Path, Shape]] = []
    for p in files:
        try:
            shapes.append((p, *_shape(con, p, beside)))
        except Exception as error:  # whatever a damaged file makes DuckDB say
            problems.append(schema.say("source_unread", name=p.name, why=reason(error)))
    names = {tuple(n for n, _ in s) for _, _, s in shapes}
    if len(names) == 1 or any("=" in part for p in files for part in p.parts):
        yield name, shapes
        return
    for one in shapes:
        yield (f"{name}/{one[0].stem}" if name else one[0].stem), [one]


def _shape(con: duckdb.DuckDBPyConnection, path: Path, beside: Path) -> tuple[Path, Shape]:
    """The columns of a file; a CSV that is not in UTF-8 is read from a copy that is."""
    try:
        return path, _columns(con, path)
    except Exception:
        if path.suffix.lower() != ".csv":
            raise
        copy = beside / f"{len(list(beside.iterdir()))}.csv"
        copy.write_text(decode(path.read_bytes()), encoding="utf-8")
        return copy, _columns(con, copy)


def _columns(con: duckdb.DuckDBPyConnection, path: Path) -> Shape:
    rows = con.execute(f"DESCRIBE SELECT * FROM {reader([path])}").fetchall()
    con.execute(f"SELECT count(*) FROM {reader([path])}")  # a broken file says so here
    return tuple((str(r[0]), str(r[1])) for r in rows)


def reader(paths: Iterable[Path], plain: bool = False) -> str:
    """The SQL that reads files of one kind as a table. ``plain``: the cells of a CSV stay as they are written (a code
    does not lose its zeros)."""
    some = list(paths)
    listed = ", ".join("'" + str(p).replace("'", "''") + "'" for p in some)
    ending = some[0].suffix.lower()
    made = _READERS[ending].format(files=listed)
    return (
        made.replace("union_by_name", "all_varchar = true, union_by_name")
        if plain and ending == ".csv"
        else made
    )


def _harvested(
    con: duckdb.DuckDBPyConnection,
    schema: Schema,
    name: str,
    shapes: list[tuple[Path, Path, Shape]],
    folder: Path,
    body: str,
    found: list[Found],
    problems: list[str],
) -> None:
    root = folder.parent if folder.is_file() else folder
    columns: dict[str, str] = {}
    loads: dict[str, int] = {}
    for original, path, shape in shapes:
        columns |= {n: t for n, t in shape if n not in columns}
        try:
            rows = con.execute(f"SELECT count(*) FROM {reader([path])}").fetchone()
        except Exception as error:
            problems.append(schema.say("source_unread", name=original.name, why=reason(error)))
            return
        hive = "/".join(x for x in original.relative_to(root).parts[:-1] if "=" in x)
        part = hive or original.stem
        loads[part] = loads.get(part, 0) + (int(rows[0]) if rows else 0)
    fields = [Found(FIELD, {"name": n, "type": t}, (), "resource") for n, t in columns.items()]
    if len(shapes) > 1:
        fields += [Found(LOAD, {"name": n, "records": k}, (), "resource") for n, k in loads.items()]
    values = {
        "name": name,
        "body": body,
        "format": "file",
        "location": location_of(name, shapes, root),
        "records": sum(loads.values()),
    }
    found.append(Found(RESOURCE, values, tuple(fields)))


def location_of(name: str, shapes: list[tuple[Path, Path, Shape]], root: Path) -> str:
    """Where a table of a folder lies: its file, or what its files have in common."""
    return name if len(shapes) > 1 else str(shapes[0][0].relative_to(root))
