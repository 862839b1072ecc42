"""How far files have come that were handed in: which wait, which are being checked, what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from yibenzhang.office.access import Actor, visible_submissions
from yibenzhang.office.models import Entry, Job, Submission, now
from yibenzhang.office.recording import corrected_profile
from yibenzhang.web.settings import Office
from yibenzhang.web.words import STATES

WITH = (joinedload(Submission.entry).joinedload(Entry.body), joinedload(Submission.season))
"""What a list of files shows beside them, in the same statement."""


def newest(session: Session, office: Office, who: Actor, season: int, count: int) -> list[dict[str, Any]]:
    asked = select(Submission).where(Submission.season_id == season, visible_submissions(who)).options(*WITH)
    return progress_of(
        session, office, session.scalars(asked.order_by(Submission.id.desc()).limit(count)).all()
    )


def progress_of(session: Session, office: Office, files: Any) -> list[dict[str, Any]]:
    jobs = {
        j.submission_id: j
        for j in session.scalars(
            select(Job).where(Job.submission_id.in_([s.id for s in files])).order_by(Job.id)
        )
    }
    places = _places(session, [j.id for j in jobs.values() if j.state == "waiting"])
    out = []
    for s in files:
        job = jobs.get(s.part_of_id or s.id)
        step, seconds = "", 0.0
        busy = job is not None and job.state in ("waiting", "running")
        if job is not None and job.state == "running":
            step = _step(office.ledger.analysis(s.receipt, "progress"))
            seconds = (now() - job.started_at).total_seconds() if job.started_at else 0
        elif job is not None and job.state == "waiting":
            ahead = places.get(job.id, 0)
            step = f"前面还有 {ahead} 个" if ahead else "马上开始"
        p = corrected_profile(s)
        out.append(
            {
                "id": s.id,
                "name": s.name,
                "size": s.size,
                "state": s.state,
                "state_name": STATES[s.state],
                "busy": busy,
                "step": step,
                "seconds": round(seconds),
                "attempts": job.attempts if job else 0,
                "problem": s.problem,
                "body": p.get("body", ""),
                "fiscal_year": p.get("fiscal_year"),
                "stage": p.get("stage", ""),
                "level": p.get("level", ""),
                "entry": s.entry_id,
                "entry_body": s.entry.body.name if s.entry else "",
                "draft": s.draft,
                "part_of": s.part_of_id,
                "numbers": s.numbers,
                "proved": s.proved,
                "contradicted": s.contradicted,
                "received_at": s.received_at,
                "who": s.who,
                "round": s.round,
                "closed": s.season.closed_at is not None,
            }
        )
    return out


def _places(session: Session, jobs: list[int]) -> dict[int, int]:
    """How many wait before each of these that wait."""
    if not jobs:
        return {}
    place = func.row_number().over(order_by=Job.id) - 1
    line = select(Job.id, place.label("place")).where(Job.state == "waiting").subquery()
    return dict(session.execute(select(line.c.id, line.c.place).where(line.c.id.in_(jobs))).all())


def _step(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")[:80]
    except OSError:
        return ""
