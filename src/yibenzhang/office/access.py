"""Who acts, what they may do and what they may see; what is not theirs does not exist for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.base import ExecutableOption

from yibenzhang.office.database import lock_rows
from yibenzhang.office.models import Audit, Entry, Notice, Role, Season, Submission, User

ROLE = {"department": "部门", "reviewer": "审核人", "head": "负责人", "administrator": "管理员"}
"""What people call the roles."""
_RANK = {role: k for k, role in enumerate(Role)}


class NotHere(Exception):
    """There is no such thing, or it is not for this person; the two are not told apart."""


class NotAllowed(Exception):
    """The person's role does not go so far."""


class Refused(Exception):
    """Something cannot be done as asked; the message is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, or the program with a person's key, that asks. ``id`` None is the one user of an own computer."""

    id: int | None
    name: str
    role: Role
    body_id: int | None = None
    body: str = ""
    address: str = ""

    def may(self, role: Role) -> bool:
        return _RANK[self.role] >= _RANK[role]

    def must(self, role: Role) -> None:
        if not self.may(role):
            raise NotAllowed

    @property
    def outside(self) -> bool:
        """A department: it sees its own matters only."""
        return self.role == Role.DEPARTMENT


LOCAL = Actor(None, "本机用户", Role.ADMINISTRATOR)
PROGRAM = Actor(None, "程序", Role.ADMINISTRATOR)
"""Who does what happens by itself, in the audit trail."""


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """The roster lines a person sees: all, or the own body's and those of the units under it."""
    if not actor.outside:
        return Entry.id.is_not(None)
    if actor.body_id is None:
        return false()
    parent = aliased(Entry)
    under = select(parent.id).where(parent.body_id == actor.body_id)
    return or_(Entry.body_id == actor.body_id, Entry.parent_id.in_(under))


def visible_submissions(actor: Actor) -> ColumnElement[bool]:
    """The submissions a person sees. A draft is its department's alone; what nobody is known to own is seen by
    those who handed it in."""
    if not actor.outside:
        return or_(Submission.draft.is_(False), Submission.user_id.is_(None), Submission.user_id == actor.id)
    colleagues = select(User.id).where(User.body_id == actor.body_id)
    own = Submission.user_id.in_(colleagues) if actor.body_id is not None else false()
    entries = select(Entry.id).where(visible_entries(actor))
    handed_in = and_(Submission.entry_id.in_(entries), or_(Submission.draft.is_(False), own))
    return or_(handed_in, and_(Submission.entry_id.is_(None), own))


def submission_of(session: Session, actor: Actor, number: int, *options: ExecutableOption) -> Submission:
    """The submission with this number. Raises NotHere."""
    asked = select(Submission).where(Submission.id == number, visible_submissions(actor)).options(*options)
    found = session.scalars(asked).first()
    if found is None:
        raise NotHere
    return found


def submission_columns(session: Session, actor: Actor, number: int, *columns: Any) -> Row[Any]:
    """These columns of the submission with this number: a third of the work of all of it. Raises NotHere."""
    asked = select(*columns).where(Submission.id == number, visible_submissions(actor))
    found = session.execute(asked).first()
    if found is None:
        raise NotHere
    return found


def entry_of(session: Session, actor: Actor, number: int) -> Entry:
    """The roster line with this number. Raises NotHere."""
    found = session.scalars(select(Entry).where(Entry.id == number, visible_entries(actor))).first()
    if found is None:
        raise NotHere
    return found


def notice_of(session: Session, actor: Actor, number: int) -> Notice:
    """The notice with this number. Raises NotHere."""
    found = session.get(Notice, number)
    if found is None:
        raise NotHere
    submission_of(session, actor, found.submission_id)
    return found


def season_of(session: Session, number: int) -> Season:
    """The season with this number. Raises NotHere."""
    found = session.get(Season, number)
    if found is None:
        raise NotHere
    return found


def still_open(session: Session, season: int, held: bool = True) -> Season:
    """The season with this number, which nobody closes before this transaction ends; without ``held`` it is only looked
    at. Raises NotHere, and Refused where it is closed."""
    found = held_season(session, season) if held else session.get(Season, season)
    if found is None:
        raise NotHere
    if found.closed_at is not None:
        raise Refused(f"“{found.name}”已经结束，只能查看；要改动，请负责人先重新打开这一季。")
    return found


def held_season(session: Session, number: int) -> Season | None:
    """The season as it stands now; it is not closed or opened before this transaction ends."""
    if (
        session.get_bind().dialect.name == "sqlite"
    ):  # knows no shared locks on rows, and lets one write at a time
        found = session.get(Season, number)
        if found is not None:
            lock_rows(session, found)
        return found
    asked = select(Season).where(Season.id == number).with_for_update(read=True)
    return session.scalars(asked.execution_options(populate_existing=True)).first()


def held_open(session: Session, submission: Submission) -> Season:
    """Hold a submission and its season, which is open. Always the season first: who changes a season holds it and then
    its submissions, and nobody may wait for the other in a circle. Raises NotHere or Refused."""
    season = still_open(session, submission.season_id)
    lock_rows(session, submission)
    if submission.season_id != season.id:
        raise Refused("这份文件刚刚被移到另一季，没有执行；请刷新页面后再试。")
    return season


def note(
    session: Session, actor: Actor, action: str, subject: str = "", number: int | None = None, **detail: Any
) -> None:
    """Write into the audit trail, in the same transaction as the change itself."""
    session.add(
        Audit(
            user_id=actor.id,
            who=actor.name,
            action=action,
            subject=subject,
            subject_id=number,
            detail=detail,
            address=actor.address,
        )
    )
