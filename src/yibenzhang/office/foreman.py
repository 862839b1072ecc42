"""The foreman hands work to the worker processes and writes down what they found; it survives what fails."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from yibenzhang.office.analysing import Analysed, Task, analyse
from yibenzhang.office.database import Database, lock_rows, unavailable
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.lateness import due_by, keep_up, today
from yibenzhang.office.models import Job, Submission, now
from yibenzhang.office.recording import failed, finish, given_of
from yibenzhang.office.states import Event, change
from yibenzhang.office.submissions import register
from yibenzhang.processes.confined import DEFAULT
from yibenzhang.processes.confining import MEGABYTE
from yibenzhang.processes.workers import Lost, Pool
from yibenzhang.standards.speech import speech

log = logging.getLogger("yibenzhang.foreman")
MOST_ATTEMPTS = 3
_TICK = 0.25
_AGAIN = 2.0
"""Seconds until a database that went away is asked again."""
_NOTES = 10.0
"""Seconds between two looks for received files and work that the database or this process lost sight of."""
_AT_ONCE = 50
"""Roster lines whose lateness is written down in one transaction."""
_NICE = 15
"""People who wait for a page come before files that wait to be checked."""
_RENEW = 200
"""A worker is replaced after so many files, whatever they left behind in it."""


@dataclass(frozen=True, slots=True)
class _Done:
    job: int
    result: Analysed | Lost


class Foreman:
    """One thread that feeds the workers. ``limit`` is the most seconds for one file."""

    def __init__(
        self, database: Database, ledger: FileStore, jobs: int = 2, limit: float = 900, extra: str = ""
    ) -> None:
        self._database, self._ledger, self._extra = database, ledger, extra
        self._jobs, self._limit = jobs, limit
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="foreman", daemon=True)
        self._pool: Pool | None = None
        self._out: set[int] = set()
        """Jobs that were given to the workers and are not written down yet."""
        self._unsaved: deque[_Done] = deque()
        self._looked = float("-inf")
        self._doubtful = True
        """The records may call work running that nobody is at: after a start, and after the database went away."""
        self._odd: set[str] = set()
        self._day: date | None = None
        """The day for which lateness was last looked at."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the workers; what they were at is taken up at the next start."""
        self._stop.set()
        self._wake.set()
        if self._pool is not None:
            self._pool.wake()
        if self._thread.ident is not None:
            self._thread.join(10)
        if self._pool is not None:
            self._pool.close()

    def wake(self) -> None:
        """There is new work."""
        self._wake.set()

    @property
    def workers(self) -> list[int]:
        """The process numbers of the workers."""
        return self._pool.pids() if self._pool else []

    def _run(self) -> None:
        results = str(self._ledger.folder / "analyses")
        self._pool = Pool(
            analyse, self._jobs, self._limit, limits=DEFAULT, writable=(results,), renew=_RENEW, nice=_NICE
        )
        while not self._stop.is_set():
            try:
                self._step(self._pool)
            except Exception as error:
                self._doubtful = True
                if unavailable(error):
                    log.warning("数据库暂时不可用，%g 秒后再试：%s", _AGAIN, str(error).partition("\n")[0])
                else:
                    log.exception("调度出错，%g 秒后再试", _AGAIN)
                self._stop.wait(_AGAIN)

    def _step(self, pool: Pool) -> None:
        for key, result in pool.poll(_TICK if pool.busy else 0):
            self._unsaved.append(_Done(int(key), result))
        while self._unsaved:
            self._save(self._unsaved[0])
            self._out.discard(self._unsaved.popleft().job)
        if self._doubtful:
            self._recover()
            self._doubtful = False
        if time.monotonic() - self._looked > _NOTES:
            self._notes()
        if self._day != today():
            self._late()
        if not pool.idle or not self._feed(pool):
            if not pool.busy:
                self._wake.wait(1.0)
            self._wake.clear()

    def _recover(self) -> None:
        """What was running when the last server ended, or is called so by mistake, waits again."""
        with self._database.session() as session:
            for job in session.scalars(select(Job).where(Job.state == "running")):
                if job.id not in self._out:
                    job.state = "waiting"

    def _notes(self) -> None:
        """Register what was received while the database was away."""
        self._looked = time.monotonic()
        for key, notes in self._ledger.remembered():
            try:
                found = self._database.settled(partial(_registered, notes))
            except Exception as error:
                if unavailable(error):
                    raise
                if key not in self._odd:
                    log.exception("收件记录 incoming/%s.json 没有登记成功，文件仍保存着", key)
                    self._odd.add(key)
                continue
            if None in found:
                log.error("收件记录 incoming/%s.aside 的公开季不存在，没有登记；文件仍保存着", key)
                self._ledger.set_aside(key)
            else:
                self._ledger.forget(key)

    def _late(self) -> None:
        """A new day: some are late by now, the others a day more."""
        day = today()
        with self._database.session() as session:
            entries = due_by(session, day)
        for at in range(0, len(entries), _AT_ONCE):  # in pieces: others want to write, too
            try:
                with self._database.session() as session:
                    keep_up(session, entries[at : at + _AT_ONCE], day)
            except Exception as error:
                if unavailable(error):
                    raise
                log.exception("逾期没有登记成功（名录行 %s）", entries[at : at + _AT_ONCE])
        self._day = day

    def _feed(self, pool: Pool) -> bool:
        """Hand out work, never two jobs of one submission at once; False where there is none."""
        with self._database.session() as session:
            other = aliased(Job)
            running = select(other.submission_id).where(other.state == "running")
            asked = (
                select(Job).where(Job.state == "waiting", Job.submission_id.not_in(running)).order_by(Job.id)
            )
            jobs: dict[int, Job] = {}
            for job in session.scalars(asked.limit(pool.idle)):
                jobs.setdefault(job.submission_id, job)
            for job in jobs.values():
                job.state, job.started_at, job.attempts = "running", now(), job.attempts + 1
                lock_rows(session, job.submission)
                change(job.submission, Event.STARTED)
            tasks = [(job.id, self._task(session, job.submission)) for job in jobs.values()]
        for number, task in tasks:
            pool.submit(number, (task,))
            self._out.add(number)
        return bool(tasks)

    def _task(self, session: Session, submission: Submission) -> Task:
        parts = session.scalars(select(Submission).where(Submission.part_of_id == submission.id)).all()
        files = tuple((s.name, s.sha256) for s in (submission, *parts))
        return Task(str(self._ledger.folder), submission.receipt, files, given_of(submission), self._extra)

    def _save(self, done: _Done) -> None:
        """Write down what a worker found, once; what cannot be written down is told, and holds up nothing else."""
        try:
            with self._database.session() as session:
                job = self._running(session, done)
                if job is None:
                    return
                if isinstance(done.result, Lost):
                    self._lost(session, job, done.result)
                else:
                    job.state, job.ended_at = "done", now()
                    finish(session, self._ledger, job.submission, done.result)
        except Exception as error:
            if unavailable(error):
                raise
            log.exception("检查结果没有登记成功（任务 %d）", done.job)
            with self._database.session() as session:
                job = self._running(session, done)
                if job is not None:
                    job.state, job.ended_at = "failed", now()
                    why = type(error).__name__
                    words = f"检查完了，但结果没有登记成功（{why}）；请重新检查，仍不行请报告给维护者。"
                    failed(session, job.submission, words)

    def _running(self, session: Session, done: _Done) -> Job | None:
        job = session.get(Job, done.job)
        if job is None or job.state != "running":
            return None
        lock_rows(session, job.submission)
        return job

    def _lost(self, session: Session, job: Job, lost: Lost) -> None:
        if lost == Lost.DIED and job.attempts < MOST_ATTEMPTS:
            job.state = "waiting"
            return
        words = speech()["desk"][lost.value]
        message = words.format(
            wall=f"{self._limit:g}",
            attempts=job.attempts,
            seconds=f"{DEFAULT.seconds:g}",
            memory=DEFAULT.memory // MEGABYTE,
        )
        job.state, job.ended_at = "failed", now()
        failed(session, job.submission, message)


def _registered(notes: Sequence[dict[str, Any]], session: Session) -> list[Submission | None]:
    """What became of the notes on files that were received."""
    return [register(session, n) for n in notes]
