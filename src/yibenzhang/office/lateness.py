"""Late or not published at all: what the dates of a roster line say of the line, judged by people like any finding.

It hangs on the line and on no version of its file: no reading tells it, no better version mends it, and it never keeps
a file from passing. It is shown with the versions of the line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from yibenzhang.model.issues import Issue
from yibenzhang.office.database import lock_rows
from yibenzhang.office.deadlines import issue_late
from yibenzhang.office.models import ZONE, Entry, Matter, Season, State, Submission
from yibenzhang.office.roster import STAGE
from yibenzhang.standards import load

LEVEL = {"department": "部门", "unit": "单位", "": "部门"}
_STANDING = (State.REVIEW, State.RETURNED, State.CLEAN)
_SHOWS_IT = (*_STANDING, State.SUPERSEDED)
_RANK = 9_000
"""After what the file itself says, before what a person added."""


def today() -> date:
    """The day in China."""
    return datetime.now(ZONE).date()


def late_finding(entry: Entry, day: date) -> Issue | None:
    """What is told of a roster line whose day has passed; None where nothing is late."""
    season = entry.season
    name = (
        f"{entry.body.name}{season.fiscal_year}年{LEVEL.get(entry.body.level, '部门')}{STAGE[season.stage]}"
    )
    return issue_late(name, entry.due_on, entry.published_on, day, load())


def shows_lateness() -> ColumnElement[bool]:
    """True for a version on whose page the lateness of its roster line stands, too."""
    return and_(Submission.draft.is_(False), Submission.part_of_id.is_(None), Submission.state.in_(_SHOWS_IT))


def judged_with(submission: Submission) -> ColumnElement[bool]:
    """True for what is judged on the page of a version: what is about its file, and the lateness of its line."""
    own = Matter.submission_id == submission.id
    if submission.draft or submission.part_of_id is not None or submission.state not in _SHOWS_IT:
        return own
    return or_(own, Matter.entry_id == submission.entry_id)


def standing_version(session: Session, entry: int) -> Submission | None:
    """The version that stands on a roster line."""
    asked = select(Submission).where(
        Submission.entry_id == entry, shows_lateness(), Submission.state.in_(_STANDING)
    )
    found = asked.options(joinedload(Submission.season)).order_by(Submission.id.desc()).limit(1)
    return session.scalars(found).first()


def keep_up(session: Session, entries: Sequence[int], day: date | None = None) -> None:
    """Bring the lateness of these roster lines up to date, as far as something was handed in. Decisions stay with what
    they were about: another last day, or published instead of not published, is another matter."""
    for at in range(0, len(entries), 500):
        some = entries[at : at + 500]
        known = _known(session, some)
        handed_in = select(Submission.entry_id).where(
            Submission.entry_id.in_(some), shows_lateness(), Submission.state.in_(_STANDING)
        )
        asked = (
            select(Entry)
            .join(Season, Season.id == Entry.season_id)
            .where(Entry.id.in_({*known, *(e for e in session.scalars(handed_in) if e is not None)}))
            .where(Season.closed_at.is_(None))
            .options(joinedload(Entry.body), joinedload(Entry.season))
            .order_by(Entry.id)  # held in one order: no two wait in a circle
        )
        for entry in session.scalars(asked):
            _kept_up(session, entry, known[entry.id], day or today())


def _known(session: Session, entries: Sequence[int]) -> dict[int, list[Matter]]:
    out: dict[int, list[Matter]] = defaultdict(list)
    asked = select(Matter).where(Matter.entry_id.in_(entries)).order_by(Matter.id)
    for m in session.scalars(asked.execution_options(populate_existing=True)):
        if m.entry_id is not None:
            out[m.entry_id].append(m)
    return out


def _kept_up(session: Session, entry: Entry, known: Sequence[Matter], day: date) -> None:
    finding = late_finding(entry, day)
    if finding is None and all(m.gone for m in known):
        return
    lock_rows(session, entry)
    finding, late = late_finding(entry, day), None
    for m in _known(session, [entry.id])[entry.id]:  # as they stand now
        if finding is not None and m.finding == finding.id:
            late = m
        else:
            m.gone = True
    if finding is None:
        return
    late = late or Matter(entry_id=entry.id, finding=finding.id, rank=_RANK, rule=finding.rule, verdict="")
    late.severity, late.message, late.gone = finding.severity.value, finding.message, False
    late.told = {"basis": list(finding.basis)}
    session.add(late)
    session.flush()


def due_by(session: Session, day: date) -> list[int]:
    """The roster lines of open seasons whose day has passed and that have something handed in."""
    asked = (
        select(Entry.id)
        .join(Season, Season.id == Entry.season_id)
        .where(
            Season.closed_at.is_(None),
            Entry.due_on < day,
            or_(Entry.published_on.is_(None), Entry.published_on > Entry.due_on),
            select(Submission.id)
            .where(Submission.entry_id == Entry.id, Submission.state.in_(_STANDING))
            .exists(),
        )
        .order_by(Entry.id)
    )
    return list(session.scalars(asked))
