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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibenzhang.ledger.bodies import Decision, append_decision, read_decisions
from yibenzhang.model.analysis import LATER, LEDGER, LEDGERS, VERSION, Analysis

if TYPE_CHECKING:
    import duckdb

SOURCES = "sources.parquet"
_DECISIONS = "bodies.jsonl"
_BESIDE = (_DECISIONS, "projects.jsonl", "imports.jsonl", "performance.jsonl")
"""What people said and took in: files that are only ever added to, and go into backups."""
_MARK = "ledger.json"
_OWN = re.compile(
    r"mappings|scheme\.toml|(?:observations|probes|probe-gaps|supervision-[\w-]+|imports|performance|projects)\.jsonl"
)
"""What other commands of the program keep in a folder that is no ledger yet."""
_REPLACES = "replaces.json"
"""In a merged batch: the names of those it holds, which count no more, also where a kill left them."""


class LedgerError(Exception):
    """What cannot be done with a ledger; one sentence for people."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document came from: file or address, hash of its bytes, when it was taken in and published (ISO
    dates)."""

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
            if self.folder.exists() and not all(_OWN.fullmatch(f.name) for f in self.folder.iterdir()):
                raise LedgerError(f"{self.folder} 里有别的东西，不是账本；请另给一个空文件夹。")
            self.batches.mkdir(parents=True, exist_ok=True)
            _write(mark, json.dumps({"schema": VERSION}))
        found = json.loads(mark.read_text(encoding="utf-8")).get("schema")
        if found not in LEDGERS:
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
        from yibenzhang.ledger.parquet import read_sources

        for batch in self.batch_folders():
            for row in read_sources(batch / SOURCES):
                yield batch.name, Source(**row)

    def batch_folders(self) -> list[Path]:
        """The folders of all complete batches that no merged one replaces, in order."""
        found = sorted(p for p in self.batches.iterdir() if p.is_dir() and not p.name.startswith("."))
        old: set[str] = set()
        for batch in found:
            with suppress(FileNotFoundError):
                old.update(json.loads((batch / _REPLACES).read_text(encoding="utf-8")))
        return [b for b in found if b.name not in old]

    def decisions(self) -> tuple[Decision, ...]:
        """What people said of bodies, in order."""
        return read_decisions(self.folder / _DECISIONS)

    def decide(self, decision: Decision) -> None:
        """Keep what a person said of two bodies; what was said before stays as it was."""
        append_decision(self.folder / _DECISIONS, decision)

    # ---- coming in ---------------------------------------------------------------------------------

    def add(self, analyses: Sequence[Analysis], sources: Sequence[Source]) -> str:
        """Take analyses in as one batch; its name. All of them are there when this returns, or none.

        Raises OSError where the disk is full; nothing is half taken then.
        """
        from yibenzhang.ledger.parquet import arrow_tables

        return self.add_arrow(arrow_tables(analyses), sources)

    def add_arrow(self, tables: Mapping[str, Any], sources: Sequence[Source]) -> str:
        """The same from Arrow tables by the names of LEDGER."""
        from yibenzhang.ledger.parquet import sources_table, write_tables

        return self.put(lambda folder: write_tables({**tables, "sources": sources_table(sources)}, folder))

    def put(self, write: Callable[[Path], None], replaces: Sequence[str] = ()) -> str:
        """A batch of the files that ``write`` puts into a folder; ``replaces``: batches that it holds wholly."""
        beside = self.batches / f".{uuid.uuid4().hex}"
        try:
            beside.mkdir()
            write(beside)
            if replaces:
                _write(beside / _REPLACES, json.dumps(sorted(replaces)))
            for file in beside.iterdir():
                _sync(file)
            name = _digest(beside)
            try:
                beside.rename(self.batches / name)
            except OSError:
                if not (self.batches / name).is_dir():
                    raise
                return name  # another ingest was first, with the same content
            _sync(self.batches)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return name

    def remove_replaced(self) -> None:
        """Remove the batches that merged ones hold; nobody may be asking meanwhile."""
        kept = {b.name for b in self.batch_folders()}
        for batch in self.batches.iterdir():
            if batch.is_dir() and not batch.name.startswith(".") and batch.name not in kept:
                shutil.rmtree(batch)

    # ---- asking ------------------------------------------------------------------------------------

    def connect(
        self,
        threads: int = 2,
        memory: str = "4GB",
        spill: Path | None = None,
        only: Sequence[Path] | None = None,
        compared: bool = True,
    ) -> duckdb.DuckDBPyConnection:
        """A connection with the tables and views of the ledger (docs/ledger.md); it reads nothing outside of it.

        ``spill``: a folder for what does not fit into ``memory``; without one there is none. ``only``: these batches.
        ``compared``: with pairs, supported and across too, which take three times as long to make as all the others.
        """
        from yibenzhang.ledger.connecting import connect

        return connect(self, threads, memory, spill, only, compared)

    # ---- keeping it safe ---------------------------------------------------------------------------

    def verify(self) -> list[str]:
        """What is wrong with the files, a sentence each; nothing is the answer of a sound ledger."""
        import pyarrow.parquet as pq

        out: list[str] = []
        for batch in self.batch_folders():
            before = len(out)
            for table, columns in {**LEDGER, "sources": None}.items():
                if table in LATER and not (batch / f"{table}.parquet").exists():
                    continue
                try:
                    found = pq.read_schema(batch / f"{table}.parquet").names
                    if columns is not None and found != list(columns):
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
                for name in _BESIDE:
                    if (self.folder / name).exists():
                        archive.add(self.folder / name, name)
                for batch in self.batch_folders():
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


_MEMBERS = re.compile(
    rf"{'|'.join(map(re.escape, (_MARK, *_BESIDE)))}|batches/[0-9a-f]{{16}}/[a-z_]+\.(?:parquet|json)"
)


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


def _digest(batch: Path) -> str:
    """The name of a batch: the hash of its files."""
    digest = hashlib.sha256()
    for file in sorted(batch.iterdir()):
        with file.open("rb") as f:
            while block := f.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:16]


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
