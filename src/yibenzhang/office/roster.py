"""Seasons, their rosters, and the board that answers at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session

from yibenzhang.office import deadlines
from yibenzhang.office.access import Actor, Refused, note, still_open, visible_entries
from yibenzhang.office.models import ZONE, Body, Entry, Matter, Notice, Role, Season, State, Submission
from yibenzhang.office.naming import Named
from yibenzhang.office.roster_files import RosterRow

STAGE = {"budget": "预算", "accounts": "决算"}
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Brief:
    """A line of the board without what people decided: a roster line with what became of it. ``status`` is one of
    STATUS."""

    entry: int
    parent: int | None
    body: str
    code: str
    level: str
    approved_on: date | None
    due_on: date | None
    published_on: date | None
    published_url: str
    contact: str
    status: str
    late: int
    """Days late: publishing, or nothing handed in by now; 0 where in time or not due yet."""
    submission: int | None
    round: int
    unchecked: int
    numbers: int
    proved: int
    problem: str
    extent: str
    """How far the check went, in a sentence."""


@dataclass(frozen=True, slots=True)
class Line(Brief):
    """A line of the board, with what still stands against its version."""

    errors: int
    warnings: int
    lateness: str
    """What people made of its being late: open, confirmed, dismissed, solved; empty where it is no matter."""


STATUS = {
    "missing": "未交", "late": "逾期未交", "checking": "检查中", "asking": "待确认", "unreadable": "无法读取",
    "review": "待审核", "returned": "已退回", "clean": "已通过",
}  # fmt: skip
_OF_STATE: dict[str, str] = {
    State.WAITING: "checking", State.CHECKING: "checking", State.ASKING: "asking", State.UNREADABLE: "unreadable",
    State.REVIEW: "review", State.RETURNED: "returned", State.CLEAN: "clean",
}  # fmt: skip
_ENTRY: tuple[Any, ...] = (
    Entry.id, Entry.parent_id, Body.name, Body.code, Body.level, Entry.approved_on, Entry.due_on, Entry.published_on,
    Entry.published_url, Entry.contact,
)  # fmt: skip
_SUBMISSION: tuple[Any, ...] = (
    Submission.entry_id, Submission.state, Submission.id, Submission.round, Submission.unchecked, Submission.numbers,
    Submission.proved, Submission.problem, Submission.profile["extent"].as_string(),
)  # fmt: skip
"""A board of thousands is made from columns: whole objects take five times as long."""
_FIELDS = attrgetter(*(f.name for f in fields(Brief)))
OPEN = ("", "confirmed", "reopened")
"""Verdicts of matters that still stand."""


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
    rows = _told_apart(rows)
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
    by_name = {name: lines[body.id] for name, body in bodies.items() if body.id in lines}
    for row in rows:
        above = by_name.get(row.parent)
        mine = by_name[row.name]
        if above is not None and above is not mine and above.parent_id != mine.id:
            mine.parent_id = above.id
        elif row.level == "department" and not row.parent:  # said to be a department: it stands under nobody
            mine.parent_id = None
    note(session, actor, "roster.import", "season", season.id, added=added, changed=changed)
    return added, changed


def _told_apart(rows: Sequence[RosterRow]) -> list[RosterRow]:
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
    for told, hanging in (
        ("有交来的文件", select(Submission.id).where(Submission.entry_id == entry.id)),
        ("有发出的通知", select(Notice.id).where(Notice.entry_id == entry.id)),
        ("下面还有所属单位", select(Entry.id).where(Entry.parent_id == entry.id)),
    ):
        if session.scalars(hanging.limit(1)).first() is not None:
            raise Refused(f"这个单位{told}，不能从名录里删除。")
    note(session, actor, "roster.remove", "season", entry.season_id, name=entry.body.name)
    session.delete(entry)


def named(session: Session, season_id: int) -> list[Named]:
    """The bodies of a season's roster, for matching names; the ids are those of the roster lines."""
    asked = select(Entry, Body).join(Body).where(Entry.season_id == season_id).order_by(Entry.rank)
    found = session.execute(asked).all()
    names = {e.id: b.name for e, b in found}
    return [
        Named(e.id, b.name, b.code, b.level, tuple(b.aliases or ()), names.get(e.parent_id or 0, ""))
        for e, b in found
    ]


def glance(
    session: Session, actor: Actor, season: Season, today: date, only: Sequence[int] | None = None
) -> list[Brief]:  # fmt: skip
    """The lines of a season's roster that a person sees, departments first, their units under them; or only those of
    these roster lines (a few hundred at most), in the order given. Nothing but commits of the roster and of what was
    handed in changes them, and the day."""
    asked, current = _entries(actor, season), _current(season)
    if only is not None:
        asked, current = asked.where(Entry.id.in_(only)), current.where(Submission.entry_id.in_(only))
    latest: dict[int, Any] = {s[0]: s for s in session.execute(current)}
    came = _came(session, season, only)
    lines = [_line(e, latest.get(e[0]), came.get(e[0]), today) for e in session.execute(asked)]
    if only is None:
        return in_order(lines)
    place = {entry: k for k, entry in enumerate(only)}
    return sorted(lines, key=lambda x: place[x.entry])


def counted(session: Session, lines: Sequence[Brief]) -> list[Line]:
    """The lines with what still stands against them now."""
    versions = [x.submission for x in lines if x.submission is not None]
    counts, judged = open_matters(session, versions), judged_late(session, versions)
    out = []
    for x in lines:
        number = x.submission or 0
        standing = (counts.get((number, "error"), 0), counts.get((number, "warning"), 0))
        values: tuple[Any, ...] = (*_FIELDS(x), *standing, judged.get(number, ""))
        out.append(Line(*values))
    return out


def board(
    session: Session, actor: Actor, season: Season, today: date, only: Sequence[int] | None = None
) -> list[Line]:  # fmt: skip
    """The lines as in ``glance``, with what still stands against them."""
    return counted(session, glance(session, actor, season, today, only))


def _came(session: Session, season: Season, only: Sequence[int] | None = None) -> dict[int, datetime]:
    """When the first version of each roster line came in that is not published, or not known to be: a corrected one
    does not make it late."""
    asked = (
        select(Submission.entry_id, func.min(Submission.received_at))
        .join(Entry, Entry.id == Submission.entry_id)
        .where(
            Submission.season_id == season.id, Submission.draft.is_(False), Entry.published_on.is_(None),
            Submission.state.not_in((State.UNREADABLE, State.WITHDRAWN)),
        )
    )  # fmt: skip
    if only is not None:
        asked = asked.where(Submission.entry_id.in_(only))
    found = session.execute(asked.group_by(Submission.entry_id))
    return {entry: came for entry, came in found if entry is not None}


def _entries(actor: Actor, season: Season) -> Select[Any]:
    asked = select(*_ENTRY).join(Body, Body.id == Entry.body_id)
    return asked.where(Entry.season_id == season.id, visible_entries(actor)).order_by(Entry.rank, Entry.id)


def _current(season: Season) -> Select[Any]:
    """The version of each roster line that stands now; of several the last comes last.
    In this order SQLite finds them by the board's index."""
    return (
        select(*_SUBMISSION)
        .where(
            Submission.season_id == season.id,
            Submission.entry_id.is_not(None),
            Submission.part_of_id.is_(None),
            Submission.draft.is_(False),
            Submission.state.not_in((State.SUPERSEDED, State.WITHDRAWN)),
        )
        .order_by(Submission.entry_id, Submission.id)
    )


def in_order(lines: Sequence[Brief]) -> list[Brief]:
    """Departments, each followed by its units."""
    here = {x.entry for x in lines}
    under: dict[int, list[Brief]] = {}
    for x in lines:
        if x.parent in here and x.parent is not None:
            under.setdefault(x.parent, []).append(x)
    out: list[Brief] = [y for x in lines if x.parent not in here for y in _below(x, under, frozenset())]
    placed = {x.entry for x in out}
    rest: list[Brief] = [
        x for x in lines if x.entry not in placed
    ]  # those that stand under each other in a ring
    return out + rest


def statuses(session: Session, actor: Actor, today: date) -> dict[int, Counter[str]]:
    """{season: how many lines of its board have which status}, without making the boards."""
    latest = (
        select(Submission.entry_id.label("entry"), func.max(Submission.id).label("number"))
        .where(
            Submission.entry_id.is_not(None),
            Submission.part_of_id.is_(None),
            Submission.draft.is_(False),
            Submission.state.not_in((State.SUPERSEDED, State.WITHDRAWN)),
        )
        .group_by(Submission.entry_id)
        .subquery()
    )
    each = (
        select(
            Entry.season_id.label("season"),
            Submission.state.label("state"),
            case((func.coalesce(Entry.published_on, today) > Entry.due_on, 1), else_=0).label("late"),
        )
        .outerjoin(latest, latest.c.entry == Entry.id)
        .outerjoin(Submission, Submission.id == latest.c.number)
        .where(visible_entries(actor))
        .subquery()
    )
    asked = select(each.c.season, each.c.state, each.c.late, func.count()).group_by(
        each.c.season, each.c.state, each.c.late
    )
    out: dict[int, Counter[str]] = {}
    for season, state, over, n in session.execute(asked):
        status = _OF_STATE[state] if state else ("late" if over else "missing")
        out.setdefault(season, Counter())[status] += n
    return out


def _below(line: Brief, under: dict[int, list[Brief]], seen: frozenset[int]) -> list[Brief]:
    if line.entry in seen:
        return []
    out = [line]
    for unit in under.get(line.entry, ()):
        out += _below(unit, under, seen | {line.entry})
    return out


def open_matters(session: Session, submissions: Sequence[int]) -> dict[tuple[int, str], int]:
    """{(submission, severity): how many matters still stand}; lateness has its own column."""
    out: dict[tuple[int, str], int] = {}
    for at in range(0, len(submissions), 500):
        asked = (
            select(Matter.submission_id, Matter.severity, func.count())
            .where(
                Matter.submission_id.in_(submissions[at : at + 500]),
                Matter.gone.is_(False),
                Matter.verdict.in_(OPEN),
                Matter.rule.not_in(deadlines.RULES),
            )
            .group_by(Matter.submission_id, Matter.severity)
        )
        out.update({(s, severity): n for s, severity, n in session.execute(asked)})
    return out


def judged_late(session: Session, submissions: Sequence[int]) -> dict[int, str]:
    """{submission: what people made of its lateness}: open, confirmed, dismissed, solved."""
    out: dict[int, str] = {}
    for at in range(0, len(submissions), 500):
        asked = select(Matter.submission_id, Matter.verdict).where(
            Matter.submission_id.in_(submissions[at : at + 500]),
            Matter.gone.is_(False),
            Matter.rule.in_(deadlines.RULES),
        )
        out.update({s: verdict or "open" for s, verdict in session.execute(asked)})
    return out


def _line(e: Row[Any], s: Row[Any] | None, came: datetime | None, today: date) -> Brief:
    """A roster line, the version that stands, and when the first came in."""
    number, parent, body, code, level, approved, due, published, url, contact = tuple(e)
    handed_in = came.astimezone(ZONE).date() if came else None
    late = deadlines.days_late(due, published or handed_in, today)
    _, state, *rest = tuple(s) if s else (None, "", None, 0, 0, 0, 0, "", "")
    rest[-1] = rest[-1] or ""  # checked by an earlier version, which did not say
    status = _OF_STATE[state] if state else ("late" if late else "missing")
    return Brief(
        number, parent, body, code, level, approved, due, published, url, contact, status, late, *rest
    )
