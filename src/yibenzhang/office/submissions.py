"""Taking files in: nothing that was received is lost, whatever stops working afterwards."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yibenzhang.ledger.files import Ledger
from yibenzhang.office.access import Actor, NotHere, Refused, entry_of, note
from yibenzhang.office.models import Delivery, Entry, Job, Role, Season, State, Submission, now

MAX_NAME = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_KEY = re.compile(r"[0-9a-f]{32}")


def clean_name(name: str) -> str:
    """A file name fit to be shown and kept: the last part of a path, without control and direction marks."""
    last = PurePosixPath(_CONTROL.sub("", name).replace("\\", "/")).name.strip(" .")
    if len(last) > MAX_NAME:
        stem, dot, suffix = last.rpartition(".")
        last = (
            f"{stem[: MAX_NAME - len(suffix) - 1]}{dot}{suffix}"
            if dot and len(suffix) < 10
            else last[:MAX_NAME]
        )
    return last or "未命名"


def told(
    actor: Actor,
    season: int,
    delivery: str,
    name: str,
    sha256: str,
    size: int,
    entry: int | None,
    draft: bool,
) -> dict[str, Any]:
    """What is known of a file when it comes in: enough to register it later."""
    return {
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


def receive(ledger: Ledger, notes: list[dict[str, Any]]) -> list[str]:
    """Note on the disk what came in, before the database is asked; the receipts. Raises OSError."""
    receipts = []
    for n in notes:
        receipt = uuid.uuid4().hex
        ledger.remember(receipt, n)
        receipts.append(receipt)
    return receipts


def register(session: Session, receipt: str, n: dict[str, Any]) -> Submission | None:
    """Put a received file into the records, once. None where its season is no longer there."""
    known = session.scalars(select(Submission).where(Submission.receipt == receipt)).first()
    if known is not None:
        return known
    season = session.get(Season, n["season"])
    if season is None or not _KEY.fullmatch(n["delivery"]):
        return None
    at = datetime.fromisoformat(n["at"])
    delivery = session.scalars(select(Delivery).where(Delivery.key == n["delivery"])).first()
    if (
        delivery is not None and delivery.user_id != n["user"]
    ):  # another's: it is kept, but does not join theirs
        delivery, n = None, n | {"delivery": uuid.uuid4().hex}
    if delivery is None:
        delivery = Delivery(
            key=n["delivery"], season_id=season.id, user_id=n["user"], who=n["who"], made_at=at
        )
        session.add(delivery)
        session.flush()
    submission = Submission(
        receipt=receipt,
        delivery_id=delivery.id,
        season_id=season.id,
        entry_id=n["entry"] if n["entry"] and session.get(Entry, n["entry"]) else None,
        draft=n["draft"],
        name=n["name"],
        sha256=n["sha256"],
        size=n["size"],
        received_at=at,
        user_id=n["user"],
        who=n["who"],
    )
    session.add(submission)
    session.flush()
    session.add(Job(submission_id=submission.id))
    actor = Actor(n["user"], n["who"], Role.DEPARTMENT, address=n["address"])
    note(
        session,
        actor,
        "file.in",
        "submission",
        submission.id,
        name=n["name"],
        sha256=n["sha256"],
        size=n["size"],
    )
    return submission


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
    mine = session.scalars(asked).first()
    if mine is None:
        raise Refused("本季名录里没有您的单位，请与财政部门联系。")
    units = session.scalar(select(func.count()).where(Entry.parent_id == mine.id))
    return None if units else mine.id  # with units under it, the content says whose it is


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
    """Have a submission checked once more."""
    enqueue(session, submission.part_of_id or submission.id, running=True)
    if submission.state in (State.UNREADABLE, State.ASKING):
        submission.state, submission.problem = State.WAITING, ""
    note(session, actor, "submission.again", "submission", submission.id)


def outdated(session: Session, actor: Actor, season: Season, version: str) -> list[Submission]:
    """The current versions that were last checked with another program or other standards, and do not wait for a
    check already. Drafts are their departments' own."""
    actor.must(Role.REVIEWER)
    under_way = select(Job.submission_id).where(Job.state.in_(("waiting", "running")))
    asked = select(Submission).where(
        Submission.season_id == season.id,
        Submission.part_of_id.is_(None),
        Submission.draft.is_(False),
        Submission.state.in_((State.REVIEW, State.RETURNED, State.CLEAN, State.ASKING)),
        Submission.version != version,
        Submission.id.not_in(under_way),
    )
    return list(session.scalars(asked.order_by(Submission.id)))


def recheck(session: Session, actor: Actor, season: Season, version: str) -> int:
    """Have all of them checked with the present version; how many."""
    found = outdated(session, actor, season, version)
    count = sum(enqueue(session, s.id, running=True) for s in found)
    if count:
        note(session, actor, "season.recheck", "season", season.id, count=count, version=version[:12])
    return count
