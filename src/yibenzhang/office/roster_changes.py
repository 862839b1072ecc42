"""Changes of rosters: seasons opened, rows put in, lines changed and taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yibenzhang.office import deadlines
from yibenzhang.office.access import Actor, Refused, note, still_open
from yibenzhang.office.desk_models import Assignment, Reminder
from yibenzhang.office.models import Body, Entry, Notice, Role, Season, Submission
from yibenzhang.office.roster import STAGE
from yibenzhang.office.roster_files import RosterRow

MOST_DAYS = 400


def new_season(session: Session, actor: Actor, name: str, year: int, stage: str, days: int = 20) -> Season:
    """Raises Refused where the name is taken or the figures make no sense."""
    actor.must(Role.HEAD)
    if stage not in STAGE or not 2000 <= year <= 2099 or not 0 < days <= MOST_DAYS:
        raise Refused("请写明年度（2000 至 2099）、预算或决算，公开天数须在 1 至 400 之间。")
    name = name.strip() or f"{year} 年部门{STAGE[stage]}"
    if session.scalars(select(Season).where(Season.name == name)).first():
        raise Refused(f"已有名为“{name}”的公开季，请换一个名称。")
    season = Season(name=name[:120], fiscal_year=year, stage=stage, days=days)
    session.add(season)
    session.flush()
    note(session, actor, "season.new", "season", season.id, name=name)
    return season


def import_rows(session: Session, actor: Actor, season: Season, rows: Sequence[RosterRow]) -> tuple[int, int]:
    """Put rows into the roster: (new lines, changed lines). A body that is there already is brought up to date
    by what the row states; what it leaves out stays."""
    actor.must(Role.REVIEWER)
    still_open(session, season.id)
    rows = _distinct_names(rows)
    bodies = {b.name: b for b in session.scalars(select(Body))}
    lines = {e.body_id: e for e in session.scalars(select(Entry).where(Entry.season_id == season.id))}
    added = changed = 0
    for rank, row in enumerate(rows, start=len(lines) + 1):
        body = bodies.get(row.name)
        if body is None:
            body = bodies[row.name] = Body(name=row.name, aliases=[])
            session.add(body)
        body.code = row.code or body.code
        body.level = row.level or body.level
        body.aliases = list(dict.fromkeys([*(body.aliases or []), *row.aliases]))
        session.flush()
        entry = lines.get(body.id)
        if entry is None:
            entry = lines[body.id] = Entry(season_id=season.id, body_id=body.id, rank=rank)
            session.add(entry)
            added += 1
        else:
            changed += 1
        _dated(entry, season, row.approved_on, row.due_on)
        entry.published_on = row.published_on or entry.published_on
        entry.published_url = row.published_url or entry.published_url or ""
        entry.contact = row.contact or entry.contact or ""
    session.flush()
    _put_under_parents(rows, {name: lines[b.id] for name, b in bodies.items() if b.id in lines})
    note(session, actor, "roster.import", "season", season.id, added=added, changed=changed)
    return added, changed


def _put_under_parents(rows: Sequence[RosterRow], by_name: Mapping[str, Entry]) -> None:
    """Every line under that of its parent; a department whose row tells none stands under nobody."""
    for row in rows:
        above = by_name.get(row.parent)
        row_of = by_name[row.name]
        if above is not None and above is not row_of and above.parent_id != row_of.id:
            row_of.parent_id = above.id
        elif row.level == "department" and not row.parent:
            row_of.parent_id = None


def _distinct_names(rows: Sequence[RosterRow]) -> list[RosterRow]:
    """Bodies of one name by names of their own: a department's own unit is its 本级, a unit bears its department's."""
    count = Counter(r.name for r in rows)
    out = []
    for r in rows:
        if count[r.name] > 1 and r.level == "unit" and r.parent in ("", r.name):
            r = replace(r, name=f"{r.name}（本级）", parent=r.name)
        elif count[r.name] > 1 and r.parent not in ("", r.name):
            r = replace(r, name=f"{r.parent}{r.name}"[:200], aliases=(*r.aliases, r.name))
        out.append(r)
    return out


def _dated(entry: Entry, season: Season, approved: date | None, due: date | None) -> None:
    entry.approved_on = approved or entry.approved_on
    if due is not None:  # a roster taken out and put in again gives nothing new
        entry.due_on, entry.due_given = due, due != deadlines.due_on(entry.approved_on, season.days)
    elif not entry.due_given and entry.approved_on is not None:
        entry.due_on = deadlines.due_on(entry.approved_on, season.days)


def change_entry(
    session: Session,
    actor: Actor,
    entry: Entry,
    approved_on: date | None,
    due_on: date | None,
    published_on: date | None,
    published_url: str,
    contact: str,
) -> None:
    """Set the dates and addresses of a roster line; an empty last day is worked out from the approval."""
    actor.must(Role.REVIEWER)
    still_open(session, entry.season_id)
    if published_url and not published_url.startswith(("http://", "https://")):
        raise Refused("公开网址应以 http:// 或 https:// 开头。")
    given = [d for d in (approved_on, due_on, published_on) if d is not None]
    if any(not 2000 <= d.year <= 2099 for d in given):
        raise Refused("日期的年份应在 2000 至 2099 之间。")
    before = {
        k: str(getattr(entry, k) or "") for k in ("approved_on", "due_on", "published_on", "published_url")
    }
    worked_out = deadlines.due_on(entry.approved_on, entry.season.days)
    entry.due_given = due_on is not None and due_on not in (
        worked_out,
        entry.due_on if not entry.due_given else None,
    )
    entry.approved_on = approved_on
    entry.due_on = due_on if entry.due_given else None
    _dated(entry, entry.season, approved_on, None)
    entry.published_on, entry.published_url, entry.contact = published_on, published_url[:500], contact[:120]
    after = {k: str(getattr(entry, k) or "") for k in before}
    note(session, actor, "entry.change", "entry", entry.id, before=before, after=after)


def remove_entry(session: Session, actor: Actor, entry: Entry) -> None:
    """Take a line off the roster that was put there by mistake. Raises Refused where anything hangs on it."""
    actor.must(Role.REVIEWER)
    still_open(session, entry.season_id)
    for reason, hanging in (
        ("有交来的文件", select(Submission.id).where(Submission.entry_id == entry.id)),
        ("有发出的通知", select(Notice.id).where(Notice.entry_id == entry.id)),
        ("有催报的记录", select(Reminder.id).where(Reminder.entry_id == entry.id)),
        ("下面还有所属单位", select(Entry.id).where(Entry.parent_id == entry.id)),
    ):
        if session.scalars(hanging.limit(1)).first() is not None:
            raise Refused(f"这个单位{reason}，不能从名录里删除。")
    session.execute(delete(Assignment).where(Assignment.entry_id == entry.id))
    note(session, actor, "roster.remove", "season", entry.season_id, name=entry.body.name)
    session.delete(entry)
