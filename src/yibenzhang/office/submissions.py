"""Taking files in: nothing that was received is lost, whatever stops working afterwards."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from yibenzhang.office.access import (
    Actor,
    NotHere,
    Refused,
    entry_of,
    held_open,
    held_season,
    note,
    still_open,
)
from yibenzhang.office.database import lock_rows
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.models import Delivery, Entry, Job, Role, Season, State, Submission, User, now
from yibenzhang.office.states import Event, change

MAX_NAME = 200
_MARKS = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
"""Direction marks and others that are not seen; the joiners of emoji stay."""
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)")
ENDED = "交来时这一季已经结束，没有检查，不计入；文件仍保存着，请与财政部门联系。"
_KEY = re.compile(r"[0-9a-f]{32}")


def clean_name(name: str) -> str:
    """A file name fit to be shown and kept on any system: the last part of a path, without control characters and
    direction marks."""
    seen = "".join(c for c in _MARKS.sub("", name) if unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    last = PurePosixPath(seen.replace("\\", "/")).name.strip(" .")
    if len(last) > MAX_NAME:
        stem, dot, suffix = last.rpartition(".")
        last = (
            f"{stem[: MAX_NAME - len(suffix) - 1]}{dot}{suffix}"
            if dot and len(suffix) < 10
            else last[:MAX_NAME]
        )
    last = last.rstrip(" .")
    return f"_{last}" if _DEVICE.match(last) else last or "未命名"


def arrival(
    actor: Actor,
    season: int,
    delivery: str,
    name: str,
    sha256: str,
    size: int,
    entry: int | None,
    draft: bool,
    resolved: bool = True,
) -> dict[str, Any]:
    """What is known of a file when it comes in: enough to register it later. ``resolved``: the roster line was looked
    at; else that is done when it is registered."""
    return {
        "receipt": uuid.uuid4().hex,
        "resolved": resolved,
        "season": season,
        "delivery": delivery,
        "name": clean_name(name),
        "sha256": sha256,
        "size": size,
        "entry": entry,
        "draft": draft,
        "user": actor.id,
        "who": actor.name,
        "address": actor.address,
        "at": now().isoformat(),
    }


def receive(ledger: FileStore, notes: list[dict[str, Any]]) -> str:
    """Note on the disk what came in, before the database is asked; the key of the note. Raises OSError."""
    key = uuid.uuid4().hex
    ledger.remember(key, notes)
    return key


def register(session: Session, n: dict[str, Any]) -> Submission | None:
    """Put a received file into the records, once. None where its season is not there.

    Raises IntegrityError where another does the same at this moment: then it is to be done again.
    """
    known = session.scalars(select(Submission).where(Submission.receipt == n["receipt"])).first()
    if known is not None:
        return known
    season = held_season(session, n["season"])
    if season is None or not _KEY.fullmatch(n["delivery"]):
        return None
    at = datetime.fromisoformat(n["at"])
    delivery = _delivery(session, n["delivery"], season, n, at)
    lock_rows(session, delivery)
    entry = n["entry"] if n["resolved"] else _resolved(session, season, n)
    same = _same(session, delivery, n)
    if same is not None:
        return same
    submission = Submission(
        receipt=n["receipt"],
        delivery_id=delivery.id,
        season_id=season.id,
        entry_id=entry if entry and session.get(Entry, entry) else None,
        draft=n["draft"],
        name=n["name"],
        sha256=n["sha256"],
        size=n["size"],
        received_at=at,
        user_id=n["user"],
        who=n["who"],
    )
    if season.closed_at is None:
        change(submission, Event.RECEIVED)
    else:  # it ended between the sending and this: kept, and told, but it counts for nothing
        change(submission, Event.RECEIVED_AFTER_END, ENDED)
    session.add(submission)
    session.flush()
    if season.closed_at is None:
        session.add(Job(submission_id=submission.id))
    actor = Actor(n["user"], n["who"], Role.DEPARTMENT, address=n["address"])
    details = (
        {"draft": True} if n["draft"] else {k: n[k] for k in ("name", "sha256", "size")}
    )  # a draft is nobody else's
    note(session, actor, "file.in", "submission", submission.id, **details)
    return submission


def _delivery(session: Session, key: str, season: Season, n: dict[str, Any], at: datetime) -> Delivery:
    """The delivery with this key; where somebody else has chosen the same, one beside it."""
    found = session.scalars(select(Delivery).where(Delivery.key == key)).first()
    if found is None:
        found = Delivery(key=key, season_id=season.id, user_id=n["user"], who=n["who"], made_at=at)
        session.add(found)
        session.flush()
    elif (found.season_id, found.user_id) != (season.id, n["user"]):
        other = hashlib.sha256(f"{key}|{season.id}|{n['user']}".encode()).hexdigest()[:32]
        return _delivery(session, other, season, n, at)
    return found


def _same(session: Session, delivery: Delivery, n: dict[str, Any]) -> Submission | None:
    """The same file of the same delivery, sent once more because its sender got no answer."""
    asked = select(Submission).where(
        Submission.delivery_id == delivery.id,
        Submission.sha256 == n["sha256"],
        Submission.name == n["name"],
        Submission.draft.is_(n["draft"]),
        Submission.state != State.WITHDRAWN,
    )
    return session.scalars(asked).first()


def _resolved(session: Session, season: Season, n: dict[str, Any]) -> int | None:
    """The roster line for a file that came in while the database was away; None: by its content."""
    user = session.get(User, n["user"]) if n["user"] is not None else None
    role = Role(user.role) if user else Role.ADMINISTRATOR
    actor = Actor(n["user"], n["who"], role, user.body_id if user else None)
    try:
        return own_entry(session, actor, season, n["entry"])
    except (NotHere, Refused):
        return None


def delivery_of(session: Session, actor: Actor, key: str) -> Delivery:
    """A delivery of one's own, or any where one may see all. Raises NotHere."""
    found = session.scalars(select(Delivery).where(Delivery.key == key)).first()
    if found is None or (actor.outside and found.user_id != actor.id):
        raise NotHere
    return found


def open_delivery(session: Session, actor: Actor, key: str) -> None:
    """Files may join a delivery of one's own only. Raises NotHere."""
    found = session.scalars(select(Delivery).where(Delivery.key == key)).first()
    if found is not None and found.user_id != actor.id:
        raise NotHere


def own_entry(session: Session, actor: Actor, season: Season, wanted: int | None) -> int | None:
    """The roster line a file is handed in for: the one asked for, or a department's own, or None: by its content."""
    if wanted is not None:
        entry = entry_of(session, actor, wanted)
        if entry.season_id != season.id:
            raise NotHere
        return entry.id
    if not actor.outside:
        return None
    asked = select(Entry).where(Entry.season_id == season.id, Entry.body_id == actor.body_id)
    found = session.scalars(asked).first()
    if found is None:
        raise Refused("本季名录里没有您的单位，请与财政部门联系。")
    units = session.scalar(select(func.count()).where(Entry.parent_id == found.id))
    return None if units else found.id  # with units under it, the content says whose it is


def enqueue(session: Session, submission: int, running: bool = False) -> bool:
    """Have a submission analysed; False where that waits already. ``running``: one that is at work will do, too."""
    states = ("waiting", "running") if running else ("waiting",)
    asked = select(Job.id).where(Job.submission_id == submission, Job.state.in_(states))
    if session.scalars(asked).first() is not None:
        return False
    session.add(Job(submission_id=submission))
    session.flush()
    return True


def again(session: Session, actor: Actor, submission: Submission) -> None:
    """Have a submission checked once more. Raises Refused where it was withdrawn."""
    held_open(session, submission)
    if submission.state == State.WITHDRAWN:
        raise Refused("这一版已经作废，不再检查。")
    enqueue(session, submission.part_of_id or submission.id, running=True)
    if submission.state in (State.UNREADABLE, State.ASKING):
        change(submission, Event.AGAIN, "")
    note(session, actor, "submission.again", "submission", submission.id)


def _outdated(season: Season, version: str) -> ColumnElement[bool]:
    under_way = select(Job.submission_id).where(Job.state.in_(("waiting", "running")))
    return and_(
        Submission.season_id == season.id,
        Submission.part_of_id.is_(None),
        Submission.draft.is_(False),
        Submission.state.in_((State.REVIEW, State.RETURNED, State.CLEAN, State.ASKING)),
        Submission.version != version,
        Submission.id.not_in(under_way),
    )


def outdated(session: Session, season: Season, version: str) -> int:
    """How many current versions were last checked with another program or other standards, and do not wait for a
    check already. Drafts are their departments' own."""
    return session.scalar(select(func.count()).select_from(Submission).where(_outdated(season, version))) or 0


def recheck(session: Session, actor: Actor, season: Season, version: str) -> int:
    """Have all of them checked with the present version; how many."""
    actor.must(Role.REVIEWER)
    still_open(session, season.id)
    found = session.scalars(
        select(Submission.id).where(_outdated(season, version)).order_by(Submission.id)
    ).all()
    count = sum(enqueue(session, number, running=True) for number in found)
    if count:
        note(session, actor, "season.recheck", "season", season.id, count=count, version=version[:12])
    return count
