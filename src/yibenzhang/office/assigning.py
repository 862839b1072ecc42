"""Who works on what, and by when: reviewers, last days and reminders (催报), for many lines of a roster at one go."""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yibenzhang.office import deadlines
from yibenzhang.office.access import Actor, NotHere, Refused, entry_of, note, still_open, visible_entries
from yibenzhang.office.desk_models import Assignment, Reminder, Visit
from yibenzhang.office.line_changes import detail_of, due_of
from yibenzhang.office.models import Decision, Entry, Matter, Role, Season, Submission, User, now
from yibenzhang.office.notice_text import Notice, chinese_date, fill
from yibenzhang.office.returning import setting
from yibenzhang.office.roster import STAGE, Brief

MOST = 1000
"""Lines of a roster at one go."""
VISIT = timedelta(minutes=30)
"""Looks at a board no further apart than this are one visit."""
_OWED: dict[str, str] = tomllib.loads(Path(__file__).with_name("reminder.toml").read_text(encoding="utf-8"))
"""What a reminder says is owed, by the status of the line."""
_HOLDER = re.compile(r"〔([^〔〕\d]{1,10})〕")


@dataclass(frozen=True, slots=True)
class Reminded:
    """What became of a batch of reminders: its mark, how many, and who owes nothing."""

    batch: str
    count: int
    left: tuple[str, ...]


@lru_cache(maxsize=1)
def template() -> str:
    return Path(__file__).with_name("reminder.txt").read_text(encoding="utf-8")


def assign(session: Session, actor: Actor, season: Season, entries: Collection[int], reviewer: int) -> int:
    """Give these lines of a roster to a reviewer; 0 takes them from whoever has them. How many. Raises Refused."""
    actor.must(Role.REVIEWER)
    found = _lines(session, actor, season, entries)
    user = session.get(User, reviewer) if reviewer else None
    if reviewer and (user is None or not user.active or user.role == Role.DEPARTMENT):
        raise Refused("请选择一个在用的审核人。")
    held = session.scalars(select(Assignment).where(Assignment.entry_id.in_([e.id for e in found])))
    before = {a.entry_id: a.user_id for a in held}
    session.execute(delete(Assignment).where(Assignment.entry_id.in_([e.id for e in found])))
    if user is not None:
        session.add_all(Assignment(entry_id=e.id, user_id=user.id) for e in found)
    who = (user.shown or user.name) if user else ""
    lines = [[e.id, before.get(e.id, 0), reviewer] for e in found]
    note(session, actor, "entry.assign", "season", season.id, name=who, **detail_of(lines))
    return len(found)


def set_due(
    session: Session, actor: Actor, season: Season, entries: Collection[int], due: date | None
) -> int:
    """Give these lines of a roster another last day; None takes the one worked out from the approval again."""
    actor.must(Role.REVIEWER)
    if due is not None and not 2000 <= due.year <= 2099:
        raise Refused("日期的年份应在 2000 至 2099 之间。")
    found = _lines(session, actor, season, entries)
    lines = []
    for entry in found:
        before, stood = entry.due_on, due_of(entry)
        worked_out = deadlines.due_on(entry.approved_on, season.days)
        entry.due_given = due is not None and due != worked_out
        entry.due_on = due if due is not None else worked_out
        if entry.due_on != before:
            stated = {"before": {"due_on": str(before or "")}, "after": {"due_on": str(entry.due_on or "")}}
            note(session, actor, "entry.change", "entry", entry.id, **stated)
        lines.append([entry.id, stood, due_of(entry)])
    note(session, actor, "entry.due", "season", season.id, due_on=str(due or ""), **detail_of(lines))
    return len(found)


def remind(
    session: Session, actor: Actor, season: Season, lines: Sequence[Brief], due: date, day: date
) -> Reminded:
    """Write down a reminder for each of these lines that owes something. Raises Refused where none does."""
    actor.must(Role.REVIEWER)
    still_open(session, season.id)
    if due < day:
        raise Refused("催报的期限已经过去，请填今天以后的日期。")
    if len(lines) > MOST:
        raise Refused(f"一次最多催 {MOST} 个单位。")
    batch, left, count = secrets.token_hex(8), [], 0
    known = {
        "年度": str(season.fiscal_year),
        "阶段": STAGE.get(season.stage, ""),
        "期限": chinese_date(due),
        "日期": chinese_date(day),
        "落款": setting(session, "office"),
        "联系人": setting(session, "contact"),
        "联系电话": setting(session, "phone"),
    }
    for line in lines:
        if line.status not in _OWED:
            left.append(line.body)
            continue
        text = _filled(line, known)
        session.add(
            Reminder(
                season_id=season.id,
                entry_id=line.entry,
                batch=batch,
                due_on=due,
                text=text,
                user_id=actor.id,
                who=actor.name,
            )
        )
        count += 1
    if not count:
        raise Refused("选中的单位都不欠材料，不用催。")
    note(session, actor, "entry.remind", "season", season.id, count=count, due_on=str(due))
    return Reminded(batch, count, tuple(left))


def _filled(line: Brief, known: dict[str, str]) -> str:
    stated = known | {
        "单位": line.body,
        "级次": "单位" if line.level == "unit" else "部门",
        "最晚": f"（不晚于{chinese_date(line.due_on)}）" if line.due_on else "",
        "逾期": str(line.late),
        "版次": str(line.round),
        "说明": line.problem.rstrip("。") or "文件损坏或不是公开材料",
    }
    reason = _put(_OWED[line.status], stated)
    return _put(template(), stated | {"缘由": reason})


def _put(text: str, values: dict[str, str]) -> str:
    return _HOLDER.sub(lambda m: values.get(m.group(1)) or ("" if m.group(1) in values else m.group()), text)


def as_notice(reminder: Reminder, body: str, office: str) -> Notice:
    """A reminder ready to be set as Word or PDF."""
    lines = fill(reminder.text, {}).lines
    title = "".join(x.text for x in lines if x.kind == "title")
    day = reminder.made_at.date()
    return Notice("", body, office, title, day, reminder.due_on, lines, ())


def plain(reminder: Reminder) -> str:
    """A reminder as it is pasted into a message."""
    return "\n".join(x.text for x in fill(reminder.text, {}).lines if x.text)


def reminders_of(session: Session, actor: Actor, season: Season, entry: int = 0) -> list[Reminder]:
    """The reminders of a season that a person sees, or of one line of its roster; the newest first."""
    asked = select(Reminder).where(Reminder.season_id == season.id).order_by(Reminder.id.desc())
    if entry:
        asked = asked.where(Reminder.entry_id == entry_of(session, actor, entry).id)
    elif actor.outside:
        asked = asked.where(Reminder.entry_id.in_(_own(session, actor, season)))
    return list(session.scalars(asked.limit(5 * MOST)))


def _own(session: Session, actor: Actor, season: Season) -> Any:
    return select(Entry.id).where(Entry.season_id == season.id, visible_entries(actor))


def last_visit(session: Session, actor: Actor, season: Season) -> tuple[datetime | None, bool]:
    """When this person looked at the board before this visit, None at the first; and whether this look is a visit of
    its own, to be noted. Nothing is written: a page must open while somebody else writes."""
    found = _visit_of(session, actor, season.id)
    if found is None:
        return None, True
    anew = now() - found.seen_at > VISIT
    return (found.seen_at if anew else found.before_at), anew


def note_visit(session: Session, actor: Actor, season: int) -> None:
    """Note that this person looked at the board now."""
    found = _visit_of(session, actor, season)
    if found is None:
        session.add(Visit(person=actor.id or 0, season_id=season, seen_at=now(), before_at=None))
    elif now() - found.seen_at > VISIT:
        found.before_at, found.seen_at = found.seen_at, now()


def _visit_of(session: Session, actor: Actor, season: int) -> Visit | None:
    asked = select(Visit).where(Visit.person == (actor.id or 0), Visit.season_id == season)
    return session.scalars(asked).first()


def changed_since(session: Session, actor: Actor, season: Season, moment: datetime) -> set[int]:
    """The lines of a roster where something came in, was checked, or was decided by somebody else since then."""
    came = select(Submission.entry_id).where(
        Submission.season_id == season.id,
        Submission.draft.is_(False),
        (Submission.received_at > moment) | (Submission.checked_at > moment),
    )
    decided = (
        select(Submission.entry_id)
        .join(Matter, Matter.submission_id == Submission.id)
        .join(Decision, Decision.matter_id == Matter.id)
        .where(
            Submission.season_id == season.id,
            Submission.draft.is_(False),
            Decision.at > moment,
            Decision.who != actor.name,
        )
    )
    late = (
        select(Matter.entry_id)
        .join(Decision, Decision.matter_id == Matter.id)
        .join(Entry, Entry.id == Matter.entry_id)
        .where(Entry.season_id == season.id, Decision.at > moment, Decision.who != actor.name)
    )
    return {e for asked in (came, decided, late) for e in session.scalars(asked.distinct()) if e is not None}


def _lines(session: Session, actor: Actor, season: Season, entries: Collection[int]) -> list[Entry]:
    still_open(session, season.id)
    wanted = sorted(set(entries))
    if not wanted:
        raise Refused("没有选中任何单位。")
    if len(wanted) > MOST:
        raise Refused(f"一次最多 {MOST} 个单位。")
    found = [e for e in (entry_of(session, actor, n) for n in wanted) if e.season_id == season.id]
    if len(found) != len(wanted):
        raise NotHere
    return found
