"""The foreman hands work to the worker processes and writes down what they found; it survives what fails."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from yibenzhang.ledger.files import Ledger
from yibenzhang.office.analysing import Analysed, Task, analyse
from yibenzhang.office.database import Database, away
from yibenzhang.office.models import Job, State, Submission, now
from yibenzhang.office.recording import failed, finish, given_of
from yibenzhang.office.submissions import registered
from yibenzhang.workers import Lost, Pool

log = logging.getLogger("yibenzhang.foreman")
MOST_ATTEMPTS = 3
_TICK = 0.25
_AGAIN = 2.0
"""Seconds until a database that went away is asked again."""
_NOTES = 10.0
"""Seconds between two looks for received files that the database does not know of."""


@dataclass(frozen=True, slots=True)
class _Done:
    job: int
    result: Analysed | Lost


class Foreman:
    """One thread that feeds the workers. ``limit`` is the most seconds for one file."""

    def __init__(
        self, database: Database, ledger: Ledger, jobs: int = 2, limit: float = 900, extra: str = ""
    ) -> None:
        self._database, self._ledger, self._extra = database, ledger, extra
        self._jobs, self._limit = jobs, limit
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="foreman", daemon=True)
        self._pool: Pool | None = None
        self._unsaved: list[_Done] = []
        self._looked = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the workers; what they were at is taken up at the next start."""
        self._stop.set()
        self._wake.set()
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
        self._pool = Pool(analyse, self._jobs, self._limit)
        fresh = True
        while not self._stop.is_set():
            try:
                if fresh:
                    self._recover()
                    fresh = False
                self._step(self._pool)
            except Exception as error:
                if away(error):
                    log.warning("数据库暂时不可用，%g 秒后再试：%s", _AGAIN, error)
                else:
                    log.exception("调度出错，%g 秒后再试", _AGAIN)
                self._stop.wait(_AGAIN)

    def _recover(self) -> None:
        """What was running when the last server ended waits again."""
        with self._database.session() as session:
            session.execute(update(Job).where(Job.state == "running").values(state="waiting"))
        self._notes()

    def _notes(self) -> None:
        self._looked = time.monotonic()
        for receipt, told in self._ledger.remembered():
            registered(self._database, receipt, told)
            self._ledger.forget(receipt)

    def _step(self, pool: Pool) -> None:
        for key, result in pool.poll(_TICK if pool.busy else 0):
            self._unsaved.append(_Done(int(key), result))
        while self._unsaved:
            try:
                self._save(self._unsaved[0])
            except Exception as error:
                if away(error):
                    raise  # kept, and written down when the database is back
                log.exception("结果没有记下")
                self._spoilt(self._unsaved[0], error)
            self._unsaved.pop(0)
        if time.monotonic() - self._looked > _NOTES:
            self._notes()
        if not pool.idle or not self._feed(pool):
            if not pool.busy:
                self._wake.wait(1.0)
            self._wake.clear()

    def _feed(self, pool: Pool) -> bool:
        """Hand out work; False where there is none."""
        with self._database.session() as session:
            asked = select(Job).where(Job.state == "waiting").order_by(Job.id).limit(pool.idle)
            jobs = session.scalars(asked).all()
            for job in jobs:
                job.state, job.started_at, job.attempts = "running", now(), job.attempts + 1
                if job.submission.state == State.WAITING:
                    job.submission.state = State.CHECKING
            tasks = [(job.id, self._task(session, job.submission)) for job in jobs]
        for number, task in tasks:
            pool.submit(number, (task,))
        return bool(tasks)

    def _task(self, session: Session, submission: Submission) -> Task:
        parts = session.scalars(select(Submission).where(Submission.part_of_id == submission.id)).all()
        files = tuple((s.name, s.sha256) for s in (submission, *parts))
        return Task(str(self._ledger.folder), submission.receipt, files, given_of(submission), self._extra)

    def _save(self, done: _Done) -> None:
        with self._database.session() as session:
            job = session.get(Job, done.job)
            if job is None or job.state != "running":
                return
            if isinstance(done.result, Lost):
                self._lost(session, job, done.result)
            else:
                job.state, job.ended_at = "done", now()
                finish(session, self._ledger, job.submission, done.result)

    def _spoilt(self, done: _Done, error: Exception) -> None:
        """A result that cannot be written down must not hold up the others."""
        with self._database.session() as session:
            job = session.get(Job, done.job)
            if job is not None:
                job.state, job.ended_at = "failed", now()
                failed(
                    session,
                    job.submission,
                    f"程序出错（{type(error).__name__}），结果没有记下；请重新检查或报告给维护者。",
                )

    def _lost(self, session: Session, job: Job, lost: Lost) -> None:
        if lost == Lost.DIED and job.attempts < MOST_ATTEMPTS:
            job.state = "waiting"
            return
        told = (
            f"超过 {self._limit:g} 秒的时限，未能检查完；可以重新检查，或拆分后再交。"
            if lost == Lost.LATE
            else f"检查这个文件的进程 {job.attempts} 次意外中止，未能检查；文件已保存，可以重新检查。"
        )
        job.state, job.ended_at = "failed", now()
        failed(session, job.submission, told)


def queue_of(session: Session) -> dict[str, Any]:
    """How much is waiting and running."""
    states = session.scalars(select(Job.state).where(Job.state.in_(("waiting", "running")))).all()
    return {"waiting": states.count("waiting"), "running": states.count("running")}
