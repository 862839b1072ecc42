"""CSV, Excel, Parquet and JSON files as tables of an embedded DuckDB, which is locked before any query is asked."""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from yibenzhang.evidence.guard import guarded, masked
from yibenzhang.evidence.sources import Limits, Reading
from yibenzhang.evidence.words import EvidenceError, say

_READERS = {
    ".csv": "read_csv($file, all_varchar = true, header = true)",
    ".tsv": "read_csv($file, all_varchar = true, header = true, delim = '\t')",
    ".parquet": "read_parquet($file)",
}


class Files:
    """A source of tables that are files or answers of addresses; add them, then ask."""

    dialect = "duckdb"

    def __init__(self, limits: Limits) -> None:
        import duckdb

        self.called = ""
        self._limits = limits
        self._hashes: dict[str, str] = {}
        self._locked = False
        self._con = duckdb.connect(config={"memory_limit": limits.memory, "threads": 2})
        self._con.execute(
            "SET enable_progress_bar = false; SET temp_directory = ''; SET TimeZone = 'Asia/Shanghai'"
        )

    def close(self) -> None:
        self._con.close()

    def add_file(self, table: str, file: Path, sheet: str = "") -> None:
        """One file as one table. Raises EvidenceError."""
        if not file.is_file():
            raise EvidenceError(say("no_file", name=file.name))
        if file.stat().st_size > self._limits.size:
            raise EvidenceError(say("too_big", name=file.name))
        before = hash_of_file(file)
        ending = file.suffix.lower()
        try:
            if ending in (".csv", ".tsv") and not _is_utf8(file):
                self._insert(table, *_chinese_csv(file, "\t" if ending == ".tsv" else ","))
            elif reader := _READERS.get(ending):
                if any(c in str(file) for c in "*?[{"):
                    raise EvidenceError(say("no_file", name=file.name))  # DuckDB would read a pattern
                self._con.execute(f"CREATE TABLE {self.named(table)} AS FROM {reader}", {"file": str(file)})
            elif ending in (".json", ".jsonl", ".ndjson"):
                self.add_rows(table, _json_rows(file), before, file.name)
            elif ending in (".xlsx", ".xlsm"):
                self._insert(table, *_sheet(file, sheet))
            else:
                raise EvidenceError(say("no_kind", name=file.name))
        except EvidenceError:
            raise
        except Exception as error:  # damaged files raise what they like
            raise EvidenceError(say("source_failed", name=file.name, why=masked(error))) from None
        if hash_of_file(file) != before:
            raise EvidenceError(say("changed", name=file.name))
        self._known(table, before, file.name)

    def add_rows(self, table: str, rows: Sequence[Mapping[str, Any]], hash: str, called: str) -> None:
        """Objects as one table; their values become text, null stays nothing."""
        columns = list(dict.fromkeys(k for r in rows for k in r))
        if not columns:
            raise EvidenceError(say("no_rows", name=called))
        self._insert(table, columns, ([r.get(c) for c in columns] for r in rows))
        self._known(table, hash, called)

    def columns(self, table: str) -> Mapping[str, str] | None:
        if table not in self._hashes:
            return None
        return {r[0]: r[1] for r in self._con.execute(f"DESCRIBE {self.named(table)}").fetchall()}

    def named(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def ask(self, sql: str, values: Mapping[str, Any]) -> Reading:
        sql = guarded(sql)
        self._lock()
        watch = threading.Timer(self._limits.seconds, self._con.interrupt)
        watch.daemon = True
        watch.start()
        asked = re.sub(r"(?<![:\w]):([a-z_]+)", r"$\1", sql)
        try:
            used = {k: v for k, v in values.items() if f"${k}" in asked}
            result = self._con.execute(asked, used)
            rows = result.fetchmany(self._limits.rows + 1)
            columns = tuple(d[0] for d in result.description or ())
        except Exception as error:
            name = type(error).__name__
            why = say("too_long", seconds=self._limits.seconds) if "Interrupt" in name else masked(error)
            raise EvidenceError(say("source_failed", name=self.called, why=why)) from None
        finally:
            watch.cancel()
        if len(rows) > self._limits.rows:
            raise EvidenceError(say("too_many", rows=self._limits.rows))
        read = [h for t, h in sorted(self._hashes.items()) if self.named(t) in sql]
        return Reading(columns, rows, read[0] if len(read) == 1 else _joined(read))

    def table(self, sql: str) -> Any:
        sql = guarded(sql)
        self._lock()
        watch = threading.Timer(self._limits.seconds, self._con.interrupt)
        watch.daemon = True
        watch.start()
        try:
            found = self._con.sql(sql).to_arrow_table()
        except Exception as error:
            raise EvidenceError(say("source_failed", name=self.called, why=masked(error))) from None
        finally:
            watch.cancel()
        if found.num_rows > self._limits.orders:
            raise EvidenceError(say("too_many", rows=self._limits.orders))
        return found

    def _lock(self) -> None:
        """From here on nothing outside of the tables can be read or written, and no option changed."""
        if not self._locked:
            self._con.execute("SET enable_external_access = false; SET lock_configuration = true")
            self._locked = True

    def _insert(self, table: str, columns: Sequence[str], rows: Iterator[list[Any]]) -> None:
        names = ", ".join(f"{self.named(c)} VARCHAR" for c in columns)
        self._con.execute(f"CREATE TABLE {self.named(table)} ({names})")
        import pyarrow as pa

        held = [[_text(v) for v in r] for r in rows]
        arrays = [pa.array([r[k] for r in held], pa.string()) for k in range(len(columns))]
        given = pa.table(arrays, names=[f"c{k}" for k in range(len(columns))])
        self._con.register("given", given)
        self._con.execute(f"INSERT INTO {self.named(table)} SELECT * FROM given")
        self._con.unregister("given")

    def _known(self, table: str, hash: str, called: str) -> None:
        if table not in self._hashes:
            self.called = "、".join(filter(None, (self.called, called)))
        self._hashes[table] = hash


def hash_of_file(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def rows_at(data: Any, path: str, called: str) -> list[Mapping[str, Any]]:
    """The objects at a path like ``data.items`` of a JSON value. Raises EvidenceError."""
    for step in filter(None, path.split(".")):
        data = data.get(step) if isinstance(data, dict) else None
    if not isinstance(data, list) or not all(isinstance(r, dict) for r in data):
        raise EvidenceError(say("no_list", name=called, path=path or "$"))
    return data


def _joined(hashes: Sequence[str]) -> str:
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with file.open("rb") as stream:
            while some := stream.read(1 << 20):
                decoder.decode(some)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _chinese_csv(file: Path, delimiter: str) -> tuple[list[str], Iterator[list[Any]]]:
    """A file of Excel's Chinese CSV; a line with more or fewer cells than the header is no row."""
    with file.open(encoding="gb18030", newline="") as stream:
        lines = [line for line in csv.reader(stream, delimiter=delimiter, strict=True) if line]
    if not lines or any(len(line) != len(lines[0]) for line in lines):
        raise EvidenceError(say("no_rows", name=file.name) if not lines else say("uneven", name=file.name))
    return [c.strip() for c in lines[0]], iter(lines[1:])


def _json_rows(file: Path) -> list[Mapping[str, Any]]:
    text = file.read_text(encoding="utf-8-sig")
    if file.suffix.lower() == ".json":
        return rows_at(json.loads(text, parse_float=Decimal), "", file.name)
    return [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip()]


def _sheet(file: Path, sheet: str) -> tuple[list[str], Iterator[list[Any]]]:
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    if sheet and sheet not in book.sheetnames:
        raise EvidenceError(say("no_sheet", name=file.name, sheet=sheet))
    rows = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
    columns = [str(c).strip() if c is not None else f"column{k}" for k, c in enumerate(next(rows, ()), 1)]
    if not columns:
        raise EvidenceError(say("no_rows", name=file.name))
    return columns, (list(r) for r in rows if any(v is not None for v in r))


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
