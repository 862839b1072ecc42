"""A season after it was made: another name or another deadline rule, its end, and opening it again."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yibenzhang.office import deadlines
from yibenzhang.office.access import Actor, Refused, note, still_open
from yibenzhang.office.database import lock_rows
from yibenzhang.office.lateness import keep_up
from yibenzhang.office.models import Entry, Job, Role, Season, Submission, now
from yibenzhang.office.roster_changes import MOST_DAYS

LONGEST = 120


def change_season(session: Session, actor: Actor, season: Season, name: str, days: int) -> int:
    """Give a season another name and other days from approval to the last day; how many last days moved. Those that
    were given as dates stay. Raises Refused."""
    actor.must(Role.HEAD)
    lock_rows(session, season)
    still_open(session, season.id)
    name = name.strip()
    if not name or len(name) > LONGEST:
        raise Refused(f"请写明公开季的名称，最多 {LONGEST} 个字。")
    if not 0 < days <= MOST_DAYS:
        raise Refused(f"公开天数须在 1 至 {MOST_DAYS} 之间。")
    asked = select(Season.id).where(Season.name == name, Season.id != season.id)
    if session.scalars(asked).first() is not None:
        raise Refused(f"已有名为“{name}”的公开季，请换一个名称。")
    before = {"name": season.name, "days": season.days}
    moved = _moved(session, season, days) if days != season.days else 0
    season.name, season.days = name, days
    if moved:
        dates_changed(session, season)
    after = {"name": name, "days": days}
    if after != before:
        note(
            session,
            actor,
            "season.change",
            "season",
            season.id,
            before=before,
            after=after,
            changed=moved or None,
        )
    return moved


def _moved(session: Session, season: Season, days: int) -> int:
    worked_out = select(Entry).where(
        Entry.season_id == season.id, Entry.due_given.is_(False), Entry.approved_on.is_not(None)
    )
    count = 0
    for entry in session.scalars(worked_out):
        entry.due_on = deadlines.due_on(entry.approved_on, days)
        count += 1
    return count


def dates_changed(session: Session, season: Season) -> None:
    """Bring the lateness of a season's files up to date after its dates changed."""
    session.flush()
    keep_up(session, session.scalars(select(Entry.id).where(Entry.season_id == season.id)).all())


def close_season(session: Session, actor: Actor, season: Season) -> None:
    """End a season: everything in it can be read, nothing handed in or decided. Raises Refused."""
    actor.must(Role.HEAD)
    lock_rows(session, season)
    if season.closed_at is not None:
        raise Refused(f"“{season.name}”已经结束了。")
    under_way = (
        select(func.count(Job.id))
        .join(Submission, Submission.id == Job.submission_id)
        .where(Submission.season_id == season.id, Job.state.in_(("waiting", "running")))
    )
    count = session.scalar(under_way) or 0
    if count:
        raise Refused(f"还有 {count} 份文件正在检查或排队，请等检查完再结束。")
    season.closed_at, season.closed_by = now(), actor.name
    note(session, actor, "season.close", "season", season.id, name=season.name)


def reopen_season(session: Session, actor: Actor, season: Season) -> None:
    """Open a season again that had ended. Raises Refused."""
    actor.must(Role.HEAD)
    lock_rows(session, season)
    if season.closed_at is None:
        raise Refused(f"“{season.name}”没有结束，不用重新打开。")
    season.closed_at, season.closed_by = None, ""
    dates_changed(session, season)
    note(session, actor, "season.reopen", "season", season.id, name=season.name)
