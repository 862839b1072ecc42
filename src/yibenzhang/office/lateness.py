"""Lateness as a matter of the version that stands: told by the dates, judged by people like any other.

No reading of a file tells it, and no better version mends it: it never keeps a file from passing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from yibenzhang.model.issues import Issue
from yibenzhang.office.database import lock_rows
from yibenzhang.office.deadlines import RULES, issue_late
from yibenzhang.office.following import carry
from yibenzhang.office.models import ZONE, Entry, Matter, Season, State, Submission
from yibenzhang.office.roster import STAGE
from yibenzhang.standards import load

LEVEL = {"department": "部门", "unit": "单位", "": "部门"}
_STANDING = (State.REVIEW, State.RETURNED, State.CLEAN)
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


def keep_up(session: Session, entries: Sequence[int], day: date | None = None) -> None:
    """Bring the lateness of the versions that stand on these roster lines up to date. Decisions stay with what they
    were about: another last day, or published instead of not published, is another matter."""
    found: list[Submission] = []
    for at in range(0, len(entries), 500):
        asked = select(Submission).where(
            Submission.entry_id.in_(entries[at : at + 500]),
            Submission.draft.is_(False),
            Submission.part_of_id.is_(None),
            Submission.state.in_(_STANDING),
        )
        found += session.scalars(asked)
    for submission in sorted(found, key=lambda s: s.id):  # held in one order: no two wait in a circle
        _kept_up(session, submission, day or today())


def _kept_up(session: Session, submission: Submission, day: date) -> None:
    if submission.entry is None or submission.season.closed_at is not None:
        return
    finding = late_finding(submission.entry, day)
    asked = select(Matter).where(Matter.submission_id == submission.id, Matter.rule.in_(RULES))
    if finding is None and session.scalars(asked.where(Matter.gone.is_(False)).limit(1)).first() is None:
        return
    lock_rows(session, submission)
    known = None
    for m in session.scalars(asked.order_by(Matter.id).execution_options(populate_existing=True)):
        if finding is not None and m.finding == finding.id:
            known = m
        else:
            m.gone = True
    if finding is None:
        return
    new = known is None
    known = known or Matter(
        submission_id=submission.id, finding=finding.id, rank=_RANK, rule=finding.rule, verdict=""
    )
    known.severity, known.message, known.gone = finding.severity.value, finding.message, False
    known.told = {"basis": list(finding.basis)}
    session.add(known)
    session.flush()
    before = _before(session, submission, finding) if new else None
    if before is not None:
        known.before_id = before[0].id
        carry(before[0], known, before[1])


def _before(session: Session, submission: Submission, finding: Issue) -> tuple[Matter, int] | None:
    """The same matter in the version before, and that version's round."""
    if submission.before_id is None:
        return None
    asked = select(Matter).where(
        Matter.submission_id == submission.before_id,
        Matter.finding == finding.id,
        Matter.rule == finding.rule,
    )
    found = session.scalars(asked).first()
    before = session.get(Submission, submission.before_id)
    return (found, before.round) if found is not None and before is not None else None


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
