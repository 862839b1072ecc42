"""Handing in and checking without worker processes: the foreman's own steps, one job after the other."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from sqlalchemy import select

from tests.conftest import EXAMPLES
from tests.office import PLANTED, as_docx, documents, make_examples, with_errors
from tests.web.conftest import Browser, Shop
from yibenzhang.office.analysing import Analysed, Task, analyse
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.foreman import _Done
from yibenzhang.office.lateness import judged_with
from yibenzhang.office.models import Entry, Job, Matter, State, Submission, now

BODY, OTHER, LATE = "江苏省湖荡保护厅", "江苏省云水厅", "江苏省竹林局"
ROSTER = f"""单位名称,单位编码,主管部门,批复日期,联系人
{BODY},301001,,2018-02-01,甲
{BODY}监测中心,301002,{BODY},2018-02-01,乙
{OTHER},302001,,2018-02-01,丙
{LATE},303001,,2018-02-01,丁
"""
Change = Callable[[Task, Analysed], Analysed]
_kept: dict[tuple[Any, ...], tuple[Analysed, dict[str, bytes]]] = {}


def example(name: str) -> bytes:
    """A shipped example; as a Word file, which needs no page pictures, the one with three errors or the one with none."""
    made = {"three-errors.docx": (0, 1, 2), "clean.docx": ()}
    return version(*made[name]) if name in made else (EXAMPLES / name).read_bytes()


@lru_cache(maxsize=16)
def pages(name: str, kept: tuple[int, ...]) -> bytes:
    """Some pages of a shipped PDF, counted from 0."""
    out = pdfium.PdfDocument.new()
    out.import_pages(pdfium.PdfDocument(example(name)), list(kept))
    data = io.BytesIO()
    out.save(data)
    return data.getvalue()


def season(shop: Shop, who: Browser, year: int = 2018, roster: str = ROSTER, stage: str = "budget") -> int:
    """A season with its roster; its number."""
    made = who.post("/seasons", {"year": year, "stage": stage})
    assert made.status_code == 303, made.text
    number = int(made.headers["location"].split("/")[2])
    assert import_roster(who, number, roster).status_code == 200
    return number


def import_roster(who: Browser, number: int, roster: str | bytes, name: str = "名录.csv") -> Any:
    data = roster if isinstance(roster, bytes) else roster.encode("utf-8-sig")
    return who.post(f"/seasons/{number}/roster", files={"file": (name, data)})


def hand_in(
    who: Browser, number: int, name: str, data: bytes, delivery: str = "", entry: int | None = None, draft: bool = False
) -> str:  # fmt: skip
    """Hand in a file, unchecked as yet; the delivery."""
    ask: dict[str, Any] = {"name": name, "delivery": delivery or uuid.uuid4().hex, "draft": draft}
    if entry is not None:
        ask["entry"] = entry
    answer = who.post(f"/seasons/{number}/files", params=ask, content=data)
    assert answer.status_code == 201, answer.text
    return str(ask["delivery"])


def work(shop: Shop, change: Change | None = None, only: int | None = None) -> int:
    """Do what waits, in order (``only``: one submission's); how many jobs. ``change`` makes of a result another."""
    done = 0
    while True:
        with shop.office.session() as session:
            asked = select(Job).where(Job.state == "waiting").order_by(Job.id)
            job = session.scalars(asked.where(Job.submission_id == only) if only else asked).first()
            if job is None:
                return done
            job.state, job.started_at, job.attempts = "running", now(), job.attempts + 1
            if job.submission.state == State.WAITING:
                job.submission.state = State.CHECKING
            task, number = shop.office.foreman._task(session, job.submission), job.id
        found = analysed(task)
        shop.office.foreman._save(_Done(number, change(task, found) if change else found))
        done += 1


def analysed(task: Task) -> Analysed:
    """The analysis, once for the same files in all tests."""
    ledger = FileStore(Path(task.folder))
    key = (task.files, task.given, task.extra)
    if key not in _kept:
        found = analyse(task)
        kinds = [] if found.error else ["analysis"]
        _kept[key] = found, {k: ledger.analysis(task.receipt, k).read_bytes() for k in kinds}
    found, files = _kept[key]
    for kind, data in files.items():
        ledger.put_analysis(task.receipt, kind, data)
    return replace(found, receipt=task.receipt)


def submissions(shop: Shop) -> list[Submission]:
    """All of them, as they came."""
    with shop.office.session() as session:
        return list(session.scalars(select(Submission).order_by(Submission.id)))


def last(shop: Shop) -> Submission:
    return submissions(shop)[-1]


def matters(shop: Shop, submission: int, gone: bool = False, late: bool = False) -> list[Matter]:
    """The matters of a submission with their decisions; the lateness of its line only where asked for (``late``)."""
    with shop.office.session() as session:
        s = session.get_one(Submission, submission)
        of = judged_with(s) if late else Matter.submission_id == submission
        found = session.scalars(select(Matter).where(of).order_by(Matter.id)).all()
        for m in found:
            _ = m.decisions
        return [m for m in found if gone or not m.gone]


def entry_of(shop: Shop, season: int, body: str) -> int:
    with shop.office.session() as session:
        asked = select(Entry).where(Entry.season_id == season)
        return next(e.id for e in session.scalars(asked) if e.body.name == body)


def decide(who: Browser, matter: int, verdict: str, reason: str = "") -> Any:
    answer = who.post(f"/matters/{matter}/decisions", {"verdict": verdict, "reason": reason})
    assert answer.status_code == 200, answer.text
    return answer


def checked(
    shop: Shop, who: Browser, number: int, name: str, data: bytes | None = None, **more: Any
) -> Submission:
    """Hand in a file (an example by its name) and have it checked."""
    hand_in(who, number, name, example(name) if data is None else data, **more)
    work(shop)
    return last(shop)


def confirm_all(shop: Shop, who: Browser, submission: int) -> None:
    for m in matters(shop, submission):
        if not m.verdict:
            decide(who, m.id, "confirmed")


def give_back(who: Browser, submission: int) -> int:
    """Return a submission; the notice's number."""
    answer = who.post(f"/submissions/{submission}/return", {"due": "2018-03-01"})
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].split("?")[0].rsplit("/", 1)[-1])


@lru_cache(maxsize=16)
def version(*slips: int, more: bool = False) -> bytes:
    """The three planted errors of the example, only those with these numbers, as a Word file; ``more``: two others."""
    source, planted = PLANTED["jiangsu-three-errors.pdf"]
    others = PLANTED["jiangsu-two-tables-differ.pdf"][1] if more else []
    return as_docx(with_errors(documents()[source], [*(planted[k] for k in slips), *others])[0])


@lru_cache(maxsize=4)
def other_numbers() -> bytes:
    """The first planted error with another wrong number."""
    clean = documents()["jiangsu-clean.pdf"]
    slip = PLANTED["jiangsu-three-errors.pdf"][1][0]
    return as_docx(with_errors(clean, [replace(slip, action=make_examples.digit(2, 0, "9"))])[0])
