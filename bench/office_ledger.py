"""A ledger as large as a province's, to measure the workbench on: invented documents, really checked, many times over."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, insert

from bench.invented_corpus import KINDS, document, plant
from yibenzhang.checking.check import check_document
from yibenzhang.drafting.pipeline import WRITERS
from yibenzhang.drafting.text import as_document
from yibenzhang.model.issues import Severity
from yibenzhang.office.analysing import Analysed, Task, analyse
from yibenzhang.office.database import engine_of, prepare
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.following import as_kept
from yibenzhang.office.likeness import stored_finding
from yibenzhang.office.models import (
    Audit,
    Base,
    Body,
    Decision,
    Delivery,
    Entry,
    Job,
    Matter,
    Season,
    State,
    Submission,
)
from yibenzhang.showing.kept import Kept
from yibenzhang.showing.stored import StoredError

SEASONS = (("budget", 2025), ("accounts", 2024), ("budget", 2026), ("accounts", 2025))
UNDER = 9
"""Units under each department."""
_SEED = 20
_LINKS = 20_000
"""Hard links to one file; file systems allow some tens of thousands."""
_CHUNK = 2_000
_REASONS = ("读取有误，原文没有问题", "原文有说明，不是错误", "不适用于本单位", "已与单位核实无误")


class Unmade(Exception):
    """The ledger could not be made; one sentence."""


@dataclass(frozen=True, slots=True)
class Master:
    """A document that was really checked: its bytes, and what was found out about it."""

    data: bytes
    sha256: str
    found: Analysed
    stored: bytes
    """The Analysis."""


@dataclass(frozen=True, slots=True)
class Made:
    """``open`` are the submissions of the last season that wait for review, ``pages`` how many pages each has."""

    folder: Path
    documents: int
    matters: int
    season: int
    open: tuple[int, ...]
    pages: int
    document: Path


def make(folder: Path, documents: int, matters: int, tell: Callable[[str], None]) -> Made:
    """A ledger of so many documents in the folder: four seasons, every body with two versions in each.

    Raises Unmade where no document can be drawn up, OSError where the folder cannot be written.
    """
    ledger = FileStore.opened(folder)
    try:
        tell("编制并检查虚构的文件")
        masters = {stage: _master(ledger, n, matters) for n, stage in enumerate(("budget", "accounts"))}
        original = folder / "document.pdf"
        original.write_bytes(masters["budget"].data)
        engine = engine_of("", folder)
        try:
            prepare(engine)
            filler = _Filler(engine, ledger, masters, max(documents // (2 * len(SEASONS)), 1), matters, tell)
            filler.fill()
        finally:
            engine.dispose()
    finally:
        ledger.close()  # the server opens it next
    pages = masters["accounts"].found.pages
    made = Made(folder, filler.documents, filler.told, len(SEASONS), tuple(filler.open), pages, original)
    (folder / "made.json").write_text(
        json.dumps(
            {"documents": made.documents, "matters": made.matters, "open": made.open, "pages": made.pages}
        )
    )
    return made


def made_before(folder: Path) -> Made | None:
    """The ledger that was made in this folder before, if there is one. Raises Unmade where its analyses are of another
    version of the program."""
    try:
        told = json.loads((folder / "made.json").read_text())
    except FileNotFoundError:
        return None
    try:
        Kept(next((folder / "analyses").glob("*/*.analysis"), folder / "made.json").read_bytes())
    except StoredError as error:
        raise Unmade(f"{folder} 里的账本是旧版程序造的，请换一个文件夹，或删掉它再造。") from error
    return Made(
        folder, told["documents"], told["matters"], len(SEASONS), tuple(told["open"]), told["pages"], folder / "document.pdf"
    )  # fmt: skip


def _master(ledger: FileStore, number: int, matters: int) -> Master:
    """An invented document with errors planted until it has so many findings, written as PDF and checked."""
    draft, _ = document(number, _SEED, Decimal(0), True)
    random = Random(_SEED + number)
    for k in range(40 * matters):
        found = plant(draft, "", random, KINDS[k % len(KINDS)])
        draft = found[0] if found else draft
        if k >= matters // 2 and k % 3 == 0 and _worst(as_document(draft, draft.body)) >= matters:
            break
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "document.pdf"
        try:
            WRITERS["pdf"](draft, path)
        except Exception as error:  # no font to print with
            raise Unmade(f"虚构的文件没有编成：{error}") from error
        data = path.read_bytes()
    sha256, receipt = ledger.put(data), uuid.uuid4().hex
    analysed = analyse(Task(str(ledger.folder), receipt, (("document.pdf", sha256),)))
    if analysed.error or len(analysed.findings) < matters:
        raise Unmade(analysed.error or f"虚构的文件只有 {len(analysed.findings)} 个问题，不够 {matters} 个。")
    return Master(data, sha256, analysed, ledger.analysis(receipt, "analysis").read_bytes())


def _worst(made: Any) -> int:
    return sum(f.severity != Severity.NOTICE for f in check_document(made).findings)


class _Filler:
    """Fills the tables; numbers are given here, so that everything goes in by the thousand."""

    def __init__(
        self,
        engine: Engine,
        ledger: FileStore,
        masters: dict[str, Master],
        bodies: int,
        matters: int,
        tell: Callable[[str], None],
    ) -> None:
        self._engine, self._ledger, self._masters = engine, ledger, masters
        self._bodies, self._matters, self._tell = bodies, matters, tell
        self._random = Random(_SEED)
        self._rows: dict[type[Base], list[dict[str, Any]]] = {}
        self._next: dict[type[Base], int] = {}
        self._linked: dict[str, tuple[int, Path]] = {}
        self.documents = self.told = 0
        self.open: list[int] = []

    def fill(self) -> None:
        for n in range(self._bodies):
            name = f"虚构市第{n // (UNDER + 1) + 1}局" + (f"第{n % (UNDER + 1)}所" if n % (UNDER + 1) else "")
            level = "unit" if n % (UNDER + 1) else "department"
            self._add(Body, name=name, code=f"{n:05d}", level=level, aliases=[])
        for stage, year in SEASONS:
            self._season(stage, year)
        self._put()

    def _season(self, stage: str, year: int) -> None:
        name = f"{year} 年部门{'决算' if stage == 'accounts' else '预算'}"
        season = self._add(Season, name=name, fiscal_year=year, stage=stage, days=20)
        begun = date(year, 2, 10) if stage == "budget" else date(year + 1, 8, 20)
        self.open = []
        above = 0
        for n in range(self._bodies):
            due = begun + timedelta(20)
            out = begun + timedelta(self._random.randrange(10, 26)) if self._random.random() < 0.8 else None
            entry = self._add(
                Entry, season_id=season, body_id=n + 1, parent_id=above or None if n % (UNDER + 1) else None, rank=n,
                approved_on=begun, due_on=due, due_given=False, published_on=out, published_url="", contact="",
            )  # fmt: skip
            if n % (UNDER + 1) == 0:
                above = entry
            self._versions(season, entry, self._masters[stage], stage, year, begun)
            if n % 50 == 0:
                self._tell(f"{name}：{n}/{self._bodies}")
                self._put()

    def _versions(self, season: int, entry: int, master: Master, stage: str, year: int, begun: date) -> None:
        random = self._random
        at = datetime(begun.year, begun.month, begun.day, 1, tzinfo=UTC) + timedelta(
            hours=random.randrange(400)
        )
        first = self._submission(season, entry, master, State.SUPERSEDED, 1, at, None)
        old: list[tuple[int, str, str]] = []
        for f in master.found.findings[: self._matters]:
            lot = random.random()
            verdict = "dismissed" if lot < 0.12 else "confirmed"
            fate = "still" if lot < 0.4 else "unsure" if lot < 0.45 else "fixed"
            old.append(
                (self._matter(first, len(old), f, None, fate, verdict, at + timedelta(1)), fate, verdict)
            )
        again = at + timedelta(random.randrange(2, 12))
        state = random.choice([State.REVIEW, State.REVIEW, State.REVIEW, State.RETURNED, State.CLEAN])
        if not self.open:  # also a small ledger has something to review
            state = State.REVIEW
        second = self._submission(season, entry, master, state, 2, again, first)
        if state == State.REVIEW:
            self.open.append(second)
        verdict = {State.REVIEW: "", State.RETURNED: "confirmed", State.CLEAN: "dismissed"}[state]
        for k, f in enumerate(master.found.findings[: self._matters]):
            before, fate, said = old[k]
            same = before if fate == "still" else None
            kept = said if same and said == "dismissed" else verdict
            self._matter(second, k, f, same, "", kept, again + timedelta(1 + random.randrange(4)))

    def _submission(
        self, season: int, entry: int, master: Master, state: State, round: int, at: datetime, before: int | None
    ) -> int:  # fmt: skip
        delivery = self._add(
            Delivery, key=uuid.uuid4().hex, season_id=season, user_id=None, who="本机用户", made_at=at, joined=True
        )  # fmt: skip
        receipt, f = uuid.uuid4().hex, master.found
        number = self._add(
            Submission, receipt=receipt, delivery_id=delivery, season_id=season, entry_id=entry, part_of_id=None,
            before_id=before, round=round, draft=False, name="document.pdf", sha256=master.sha256, size=len(master.data),
            state=state.value, problem="", received_at=at, user_id=None, who="本机用户",
            profile={"body": "", "fiscal_year": None, "stage": "", "level": "", "region": "", "conflicts": [], "role": f.role},
            corrected={}, kind=f.kind, pages=f.pages, numbers=f.numbers, proved=f.proved, contradicted=f.contradicted,
            unchecked=f.unchecked, checked_at=at, version=f.version,
        )  # fmt: skip
        self._add(
            Job, submission_id=number, state="done", attempts=1, made_at=at, started_at=at, ended_at=at + timedelta(minutes=1)
        )  # fmt: skip
        self._add(
            Audit, at=at, user_id=None, who="本机用户", action="file.in", subject="submission", subject_id=number,
            detail={"name": "document.pdf"}, address="",
        )  # fmt: skip
        self._link("analysis" + master.sha256, master.stored, self._ledger.analysis(receipt, "analysis"))
        self.documents += 1
        return number

    def _matter(
        self, submission: int, rank: int, f: Any, before: int | None, fate: str, verdict: str, at: datetime
    ) -> int:  # fmt: skip
        number = self._add(
            Matter, submission_id=submission, finding=f.id, rank=rank, rule=f.rule, severity=f.severity.value, message=f.message,
            told=as_kept(stored_finding(f)), leaf=f.leaf, spot={}, gone=False, before_id=before, fate=fate, fate_reason="", user_id=None,
            who="", made_at=at, verdict=verdict,
        )  # fmt: skip
        self.told += 1
        if verdict:
            reason = self._random.choice(_REASONS) if verdict == "dismissed" else ""
            self._add(
                Decision,
                matter_id=number,
                verdict=verdict,
                reason=reason,
                user_id=None,
                who="本机用户",
                at=at,
            )
            self._add(
                Audit, at=at, user_id=None, who="本机用户", action=f"matter.{verdict}", subject="matter",
                subject_id=number, detail={"reason": reason, "rule": f.rule}, address="",
            )  # fmt: skip
        return number

    def _link(self, name: str, data: bytes, target: Path) -> None:
        count, path = self._linked.get(name, (_LINKS, target))
        target.parent.mkdir(parents=True, exist_ok=True)
        if count >= _LINKS:
            target.write_bytes(data)
            self._linked[name] = (1, target)
            return
        try:
            os.link(path, target)
        except OSError:  # a file system without hard links
            shutil.copyfile(path, target)
        self._linked[name] = (count + 1, path)

    def _add(self, table: type[Base], **values: Any) -> int:
        number = self._next[table] = self._next.get(table, 0) + 1
        self._rows.setdefault(table, []).append({"id": number, **values})
        return number

    def _put(self) -> None:
        with self._engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                model = next((m for m in self._rows if m.__table__ is table), None)
                for rows in _chunks(self._rows.pop(model, [])) if model else ():
                    connection.execute(insert(table), rows)


def _chunks(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for at in range(0, len(rows), _CHUNK):
        yield rows[at : at + _CHUNK]
