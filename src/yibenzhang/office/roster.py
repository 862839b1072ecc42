"""Rosters as they stand, and the board that answers at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session

from yibenzhang.office import deadlines
from yibenzhang.office.access import Actor, visible_entries
from yibenzhang.office.desk_models import Assignment
from yibenzhang.office.models import ZONE, Body, Entry, Matter, Season, State, Submission, User
from yibenzhang.office.naming import Named

STAGE = {"budget": "预算", "accounts": "决算"}


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
    undecided: int
    """Errors and doubts that nobody has decided about."""
    reviewer: str


STATUS = {
    "missing": "未交",
    "late": "逾期未交",
    "checking": "检查中",
    "asking": "待确认",
    "unreadable": "无法读取",
    "review": "待审核",
    "returned": "已退回",
    "clean": "已通过",
}
_OF_STATE: dict[str, str] = {
    State.WAITING: "checking",
    State.CHECKING: "checking",
    State.ASKING: "asking",
    State.UNREADABLE: "unreadable",
    State.REVIEW: "review",
    State.RETURNED: "returned",
    State.CLEAN: "clean",
}
_ENTRY: tuple[Any, ...] = (
    Entry.id,
    Entry.parent_id,
    Body.name,
    Body.code,
    Body.level,
    Entry.approved_on,
    Entry.due_on,
    Entry.published_on,
    Entry.published_url,
    Entry.contact,
)
_SUBMISSION: tuple[Any, ...] = (
    Submission.entry_id,
    Submission.state,
    Submission.id,
    Submission.round,
    Submission.unchecked,
    Submission.numbers,
    Submission.proved,
    Submission.problem,
    Submission.profile["extent"].as_string(),
)
"""A board of thousands is made from columns: whole objects take five times as long."""
_FIELDS = attrgetter(*(f.name for f in fields(Brief)))
OPEN = ("", "confirmed", "reopened")
"""Verdicts of matters that still stand."""


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
) -> list[Brief]:
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
    counts, waiting = open_and_undecided(session, versions)
    judged = judged_late(session, [x.entry for x in lines if x.submission is not None])
    reviewers = reviewers_of(session, [x.entry for x in lines])
    out = []
    for x in lines:
        number = x.submission or 0
        standing = (counts.get((number, "error"), 0), counts.get((number, "warning"), 0))
        open_ = waiting.get((number, "error"), 0) + waiting.get((number, "warning"), 0)
        who = reviewers.get(x.entry, (0, ""))[1]
        values: tuple[Any, ...] = (*_FIELDS(x), *standing, judged.get(x.entry, ""), open_, who)
        out.append(Line(*values))
    return out


def board(
    session: Session, actor: Actor, season: Season, today: date, only: Sequence[int] | None = None
) -> list[Line]:
    """The lines as in ``glance``, with what still stands against them."""
    return counted(session, glance(session, actor, season, today, only))


def _came(session: Session, season: Season, only: Sequence[int] | None = None) -> dict[int, datetime]:
    """When the first version of each roster line came in that is not published, or not known to be: a corrected one
    does not make it late."""
    asked = (
        select(Submission.entry_id, func.min(Submission.received_at))
        .join(Entry, Entry.id == Submission.entry_id)
        .where(
            Submission.season_id == season.id,
            Submission.draft.is_(False),
            Entry.published_on.is_(None),
            Submission.state.not_in((State.UNREADABLE, State.WITHDRAWN)),
        )
    )
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


def reviewers_of(session: Session, entries: Sequence[int]) -> dict[int, tuple[int, str]]:
    """{roster line: number and name of who reviews it}."""
    out: dict[int, tuple[int, str]] = {}
    for at in range(0, len(entries), 500):
        asked = (
            select(Assignment.entry_id, User.id, User.shown, User.name)
            .join(User, User.id == Assignment.user_id)
            .where(Assignment.entry_id.in_(entries[at : at + 500]))
        )
        out.update({entry: (number, shown or name) for entry, number, shown, name in session.execute(asked)})
    return out


Counts = dict[tuple[int, str], int]


def open_and_undecided(session: Session, submissions: Sequence[int]) -> tuple[Counts, Counts]:
    """{(submission, severity): how many matters still stand}, and how many of these nobody has decided about."""
    stands: Counter[tuple[int, str]] = Counter()
    undecided: Counter[tuple[int, str]] = Counter()
    for at in range(0, len(submissions), 500):
        asked = (
            select(Matter.submission_id, Matter.severity, Matter.verdict, func.count())
            .where(
                Matter.submission_id.in_(submissions[at : at + 500]),
                Matter.gone.is_(False),
                Matter.verdict.in_(OPEN),
            )
            .group_by(Matter.submission_id, Matter.severity, Matter.verdict)
        )
        for number, severity, verdict, n in session.execute(asked):
            assert number is not None  # asked of submissions
            stands[number, severity] += n
            undecided[number, severity] += 0 if verdict == "confirmed" else n
    return stands, undecided


def judged_late(session: Session, entries: Sequence[int]) -> dict[int, str]:
    """{roster line: what people made of its lateness}: open, confirmed, dismissed, solved."""
    out: dict[int, str] = {}
    for at in range(0, len(entries), 500):
        asked = select(Matter.entry_id, Matter.verdict).where(
            Matter.entry_id.in_(entries[at : at + 500]), Matter.gone.is_(False)
        )
        out.update({e: verdict or "open" for e, verdict in session.execute(asked) if e is not None})
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
