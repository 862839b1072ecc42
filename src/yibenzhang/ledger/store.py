"""The store: batches of analyses as Parquet in one folder, read with DuckDB; nothing to install or start.

A batch is a folder that is written beside its place, brought to the disk and then moved there: it is there wholly or
not at all, also after a kill. Two ingests may run at once; a document that both brought counts once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibenzhang.model.analysis import SCHEMA, VERSION, Analysis

if TYPE_CHECKING:
    import duckdb

_SOURCES = "sources.json"
_MARK = "ledger.json"
_VIEWS = Path(__file__).with_name("views.sql")


class LedgerError(Exception):
    """What cannot be done with a ledger; one sentence for people."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from: file or address, hash of its bytes, when it was taken in and published (ISO dates)."""

    document: str
    path: str
    sha256: str
    ingested: str
    address: str = ""
    published: str = ""
    program: str = ""
    """What analysed it: the program with its standards, by their hash (journal.version_of)."""


class Ledger:
    """A folder of analysed disclosures. ``Ledger(path)`` opens it and makes it where there is none.

    Raises LedgerError for a folder that holds something else.
    """

    def __init__(self, path: str | Path) -> None:
        self.folder = Path(path)
        self.batches = self.folder / "batches"
        mark = self.folder / _MARK
        if not mark.exists():
            if self.folder.exists() and any(self.folder.iterdir()):
                raise LedgerError(f"{self.folder} 里有别的东西，不是账本；请另给一个空文件夹。")
            self.batches.mkdir(parents=True, exist_ok=True)
            _write(mark, json.dumps({"schema": VERSION}))
        found = json.loads(mark.read_text(encoding="utf-8")).get("schema")
        if found != VERSION:
            raise LedgerError(f"账本是 {found} 版的，本程序读写 {VERSION}；请重新 ingest。")
        self.batches.mkdir(exist_ok=True)

    def clean(self) -> None:
        """Remove what a killed ingest left beside; nobody may be taking in meanwhile."""
        for left in self.batches.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)

    # ---- what is in it -----------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """Every document with where it came from, in the order of its batches."""
        return [source for _, source in self._sources()]

    def _sources(self) -> Iterator[tuple[str, Source]]:
        for batch in self._batches():
            for one in json.loads((batch / _SOURCES).read_text(encoding="utf-8")):
                yield batch.name, Source(**one)

    def known(self, program: str) -> frozenset[tuple[str, ...]]:
        """The files that this program has analysed together, each by its hash, in order."""
        found: dict[str, list[str]] = {}
        for s in self.sources():
            if s.program == program:
                found.setdefault(s.document, []).append(s.sha256)
        return frozenset(tuple(sorted(set(hashes))) for hashes in found.values())

    def _batches(self) -> Iterator[Path]:
        yield from sorted(p for p in self.batches.iterdir() if p.is_dir() and not p.name.startswith("."))

    # ---- coming in ---------------------------------------------------------------------------------

    def add(self, analyses: Sequence[Analysis], sources: Sequence[Source]) -> str:
        """Take analyses in as one batch; its name. All of them are there when this returns, or none.

        Raises OSError where the disk is full; nothing is half taken then.
        """
        from yibenzhang.ledger.parquet import arrow_tables, write_tables

        beside = self.batches / f".{uuid.uuid4().hex}"
        try:
            write_tables(arrow_tables(analyses), beside)
            _write(beside / _SOURCES, json.dumps([asdict(s) for s in sources], ensure_ascii=False, indent=1))
            for file in beside.iterdir():
                _sync(file)
            name = _digest(beside)
            place = self.batches / name
            if place.exists():
                return name  # another ingest was first, with the same content
            beside.rename(place)
            _sync(self.batches)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return name

    # ---- asking ------------------------------------------------------------------------------------

    def connect(self, threads: int = 2, memory: str = "4GB") -> duckdb.DuckDBPyConnection:
        """A connection with the tables and views of the ledger (docs/ledger.md); it reads nothing outside of it."""
        import duckdb

        con = duckdb.connect(config={"threads": threads, "memory_limit": memory})
        files = [str(b) for b in self._batches()]
        for table, columns in SCHEMA.items():
            kinds = ", ".join(f'"{name}" {_SQL[kind]}' for name, kind in columns.items())
            con.execute(f"CREATE TABLE empty_{table} (batch VARCHAR, {kinds})")
            if files:
                paths = [str(Path(f) / f"{table}.parquet") for f in files]
                listed = ", ".join(_quoted(p) for p in paths)
                batch = "parse_path(filename)[-2] AS batch"
                con.execute(
                    f"CREATE VIEW all_{table} AS SELECT {batch}, * EXCLUDE (filename) FROM read_parquet([{listed}], filename = true)"
                )
            else:
                con.execute(f"CREATE VIEW all_{table} AS SELECT * FROM empty_{table}")
        names = [f.name for f in fields(Source)]
        con.execute(f"CREATE TABLE sources (batch VARCHAR, {', '.join(f'{n} VARCHAR' for n in names)})")
        rows = [(batch, *asdict(source).values()) for batch, source in self._sources()]
        if rows:
            con.executemany(f"INSERT INTO sources VALUES ({', '.join('?' * (len(names) + 1))})", rows)
        con.execute(_VIEWS.read_text(encoding="utf-8"))
        con.execute(f"SET allowed_directories = [{_quoted(str(self.batches))}]")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        return con

    # ---- keeping it safe ---------------------------------------------------------------------------

    def verify(self) -> list[str]:
        """What is wrong with the files, a sentence each; nothing is the answer of a sound ledger."""
        import pyarrow.parquet as pq

        out: list[str] = []
        for batch in self._batches():
            before = len(out)
            for table in SCHEMA:
                try:
                    found = pq.read_schema(batch / f"{table}.parquet").names
                    if found != list(SCHEMA[table]):
                        out.append(f"{batch.name}/{table}.parquet 的列不是这一版的。")
                except Exception as error:  # whatever a damaged file makes the reader say
                    out.append(f"{batch.name}/{table}.parquet 读不了：{str(error).splitlines()[0]}")
            if len(out) == before and _digest(batch) != batch.name:
                out.append(f"{batch.name} 的内容与收进时不同。")
        return out

    def backup(self, file: Path) -> None:
        """All complete batches as one archive, written beside its place."""
        beside = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
        try:
            with tarfile.open(beside, "w") as archive:
                archive.add(self.folder / _MARK, _MARK)
                for batch in self._batches():
                    archive.add(batch, f"batches/{batch.name}")
            _sync(beside)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)


def restore(file: Path, folder: Path) -> Ledger:
    """A ledger from a backup, in a folder that is not there or empty. Raises LedgerError."""
    if folder.exists() and any(folder.iterdir()):
        raise LedgerError(f"{folder} 不是空的，不覆盖。")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                _extract(archive, member, folder)
    except (OSError, tarfile.TarError) as error:
        raise LedgerError(f"备份 {file.name} 读不了：{error}。") from error
    return Ledger(folder)


_MEMBERS = re.compile(rf"{re.escape(_MARK)}|batches/[0-9a-f]{{16}}/[a-z_]+\.(?:parquet|json)")


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """A file of a backup into its place; what a backup does not hold is refused, whatever its name says."""
    if member.isdir():
        return
    if not member.isfile() or not _MEMBERS.fullmatch(member.name):
        raise LedgerError(f"备份里有不认识的 {member.name}，没有恢复。")
    place = folder / member.name
    place.parent.mkdir(parents=True, exist_ok=True)
    held = archive.extractfile(member)
    if held is not None:
        with held, place.open("wb") as out:
            shutil.copyfileobj(held, out)


_SQL: Mapping[str, Any] = {"text": "VARCHAR", "int": "BIGINT", "bool": "BOOLEAN", "decimal": "DECIMAL(38, 8)"}


def _digest(batch: Path) -> str:
    """The name of a batch: the hash of its files."""
    digest = hashlib.sha256()
    for file in sorted(batch.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _sync(path: Path) -> None:
    """To the disk; a folder cannot be synced on Windows."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
