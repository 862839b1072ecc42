"""A file handed in under the wrong season: moved to the right one, with all that was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, Refused, held_open, note, season_of, still_open, visible_entries
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.following import detach
from yibenzhang.office.lateness import keep_up
from yibenzhang.office.models import Entry, Notice, Season, State, Submission
from yibenzhang.office.recording import settle
from yibenzhang.office.reviews import may_judge
from yibenzhang.office.states import Event, change
from yibenzhang.office.submissions import enqueue, own_entry


def seasons_for(session: Session, submission: Submission) -> list[Season]:
    """The seasons a file may be moved to; the one that its year and stage speak for comes first."""
    asked = select(Season).where(Season.id != submission.season_id, Season.closed_at.is_(None))
    year, stage = said_season(submission)
    found = session.scalars(asked.order_by(Season.id.desc())).all()
    return sorted(found, key=lambda s: -((s.fiscal_year == year) + (s.stage == stage)))


def said_season(submission: Submission) -> tuple[int | None, str]:
    """The fiscal year and the stage that the file itself states."""
    p = submission.profile or {}
    read = p.get("stated") or p
    return read.get("fiscal_year"), read.get("stage") or ""


def move(session: Session, ledger: FileStore, actor: Actor, submission: Submission, number: int) -> bool:
    """Move a file with its parts, decisions and marks to another season; who handed it in and when stays. It is checked
    again there; False where its body is not on that roster and a person is asked for it at once. Raises Refused."""
    may_judge(actor, submission)
    source, target = held_open(session, submission), season_of(session, number)
    _refuse(session, submission, source, target)
    own_entry(session, actor, target, None)  # a department that is not on that roster has nothing there
    entry = _line_in(session, actor, submission, target)
    known = submission.entry is None or entry is not None
    was = _as_it_is(submission, source)
    before = detach(session, ledger, submission)
    if before is not None:
        change(before, Event.RESTORED_RETURNED if _returned(session, before) else Event.RESTORED)
    parts = session.scalars(select(Submission).where(Submission.part_of_id == submission.id)).all()
    for s in (submission, *parts):
        s.season, s.entry = target, entry
    submission.corrected = _still_said(submission.corrected or {}, target)
    change(submission, Event.MOVED, "")
    if not known:
        question = f"从“{source.name}”移来，本季名录里没有原来的单位，请指定单位，或把它加进名录。"
        change(submission, Event.QUESTIONED, question)
    else:
        enqueue(session, submission.id)
    session.flush()
    if before is not None:
        settle(session, before)
        session.flush()
        keep_up(session, [before.entry_id] if before.entry_id else [])
    words: dict[str, Any] = {"name": submission.name, "before": was, "after": _as_it_is(submission, target)}
    details = {"draft": True} if submission.draft else words
    note(session, actor, "submission.move", "submission", submission.id, **details)
    return known


def _refuse(session: Session, submission: Submission, source: Season, target: Season) -> None:
    """Raises Refused where a file may not be moved from one season to the other."""
    if target.id == source.id:
        raise Refused("这份文件已经在这一季里，请选择另一季。")
    still_open(session, target.id)
    if submission.part_of_id is not None:
        raise Refused("这份文件与另一份合并为一份公开，请移动那一份。")
    if submission.state == State.WITHDRAWN:
        raise Refused("这一版已经作废，不能移动。")
    if _returned(session, submission):
        raise Refused("这一版已经按本季发过整改通知，不能移到另一季；请让单位在那一季重新交。")


def _returned(session: Session, submission: Submission) -> bool:
    notices = select(Notice.id).where(Notice.submission_id == submission.id)
    return session.scalars(notices.limit(1)).first() is not None


def _still_said(corrected: Mapping[str, Any], target: Season) -> dict[str, Any]:
    """What a person put right, without what was said of the other season."""
    out = {key: value for key, value in corrected.items() if key != "accepted"}
    for key, value in (("fiscal_year", target.fiscal_year), ("stage", target.stage)):
        if out.get(key) not in (None, "", value):
            out.pop(key)
    return out


def _line_in(session: Session, actor: Actor, submission: Submission, target: Season) -> Entry | None:
    """The line of the same body on the other roster, where the person may see it."""
    if submission.entry is None:
        return None
    asked = select(Entry).where(
        Entry.season_id == target.id, Entry.body_id == submission.entry.body_id, visible_entries(actor)
    )
    return session.scalars(asked).first()


def _as_it_is(submission: Submission, season: Season) -> dict[str, Any]:
    return {"season": season.name, "entry": submission.entry_id, "corrected": submission.corrected or {}}
