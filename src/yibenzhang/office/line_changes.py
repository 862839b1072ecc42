"""Taking back what was done to many lines of a roster at one go: last days and reviewers.

Each such change is one entry of the audit trail, with a mark and with what the lines had before; nothing else is
stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, NotHere, Refused, note, still_open
from yibenzhang.office.deciding import Done
from yibenzhang.office.desk_models import Assignment
from yibenzhang.office.models import Audit, Entry, Role, Season, User, now

RECENT = timedelta(days=1)
"""So long a change can be taken back in one go."""
DUE, ASSIGN, UNDO = "entry.due", "entry.assign", "entry.undo"


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of a person's to many lines: its mark, what it was, of how many."""

    batch: str
    action: str
    count: int


def detail_of(lines: Sequence[list[Any]]) -> dict[str, Any]:
    """What is noted of a change of many lines: each as number, what it had before, what it has now."""
    return {"count": len(lines), "batch": secrets.token_hex(8), "lines": list(lines)}


def last_change(session: Session, actor: Actor, season: int) -> Change | None:
    """The last change of this person's to many lines of a season that was not taken back."""
    gone: set[str] = set()
    for made in _made(session, actor, season):
        if made.action == UNDO:
            gone.add(made.detail.get("batch", ""))
        elif (mark := made.detail.get("batch", "")) and mark not in gone:
            return Change(mark, made.action, len(made.detail["lines"]))
    return None


def take_back(session: Session, actor: Actor, season: Season, batch: str) -> Done:
    """Give the lines back what they had before a change, where nobody changed it since. Raises NotHere or Refused."""
    actor.must(Role.REVIEWER)
    still_open(session, season.id)
    made = {m.action: m for m in _made(session, actor, season.id) if m.detail.get("batch") == batch}
    change = made.get(DUE) or made.get(ASSIGN)
    if not batch or change is None:
        raise NotHere
    if UNDO in made:
        raise Refused("这一批已经撤销过了。")
    again = _due_again if change.action == DUE else _assigned_again
    count, left = 0, []
    for number, before, after in change.detail["lines"]:
        entry = session.get(Entry, number)
        if entry is None or entry.season_id != season.id:
            left.append("有的单位已不在名录里。")
        elif again(session, actor, entry, before, after):
            count += 1
        else:
            left.append(f"{entry.body.name}后来又改过，没有动。")
    note(session, actor, "entry.undo", "season", season.id, count=count, batch=batch)
    return Done(batch, count, tuple(left))


def _made(session: Session, actor: Actor, season: int) -> Iterator[Audit]:
    """What this person did to many lines of a season lately, the last first."""
    asked = select(Audit).where(
        Audit.at > now() - RECENT,
        Audit.action.in_((DUE, ASSIGN, UNDO)),
        Audit.subject_id == season,
        Audit.user_id == actor.id if actor.id else Audit.user_id.is_(None),
        Audit.who == actor.name,
    )
    yield from session.scalars(asked.order_by(Audit.id.desc()).limit(100))


def due_of(entry: Entry) -> list[Any]:
    """The last day of a line and whether it was given, as they are noted."""
    return [entry.due_on.isoformat() if entry.due_on else "", entry.due_given]


def _due_again(session: Session, actor: Actor, entry: Entry, before: list[Any], after: list[Any]) -> bool:
    session.refresh(entry)
    if due_of(entry) != after:
        return False
    entry.due_on, entry.due_given = date.fromisoformat(before[0]) if before[0] else None, bool(before[1])
    days = {"before": {"due_on": after[0]}, "after": {"due_on": before[0]}}
    note(session, actor, "entry.change", "entry", entry.id, **days)
    return True


def _assigned_again(session: Session, actor: Actor, entry: Entry, before: int, after: int) -> bool:
    asked = select(Assignment.user_id).where(Assignment.entry_id == entry.id)
    if (session.scalars(asked).first() or 0) != after:
        return False
    user = session.get(User, before) if before else None
    if before and (user is None or not user.active or user.role == Role.DEPARTMENT):
        return False
    session.execute(delete(Assignment).where(Assignment.entry_id == entry.id))
    if before:
        session.add(Assignment(entry_id=entry.id, user_id=before))
    return True
