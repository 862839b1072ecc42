"""What people decide about findings: kept with who, when and why, and never overwritten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload

from yibenzhang.office.access import (
    Actor,
    NotHere,
    Refused,
    entry_of,
    held_open,
    note,
    visible_entries,
    visible_submissions,
)
from yibenzhang.office.following import PERSON, replaced, unfollow
from yibenzhang.office.lateness import judged_with, keep_up, standing_version
from yibenzhang.office.models import (
    Body,
    Decision,
    Entry,
    Matter,
    Notice,
    Role,
    State,
    Submission,
    Tick,
    Verdict,
)
from yibenzhang.office.recording import settle
from yibenzhang.office.roster import OPEN
from yibenzhang.office.states import Event, change
from yibenzhang.office.submissions import enqueue

MAX_WORDS = 2000
CLOSED = (State.SUPERSEDED, State.WITHDRAWN, State.WAITING, State.CHECKING, State.ASKING, State.UNREADABLE)


def matter_of(session: Session, actor: Actor, number: int, decisions: bool = False) -> Matter:
    """The matter with this number; ``decisions``: with what was decided, in the same statement. Raises NotHere."""
    more = (joinedload(Matter.decisions),) if decisions else ()
    asked = (
        select(Matter)
        .outerjoin(Submission, Submission.id == Matter.submission_id)
        .outerjoin(Entry, Entry.id == Matter.entry_id)
        .where(
            Matter.id == number,
            or_(
                and_(Matter.submission_id.is_not(None), visible_submissions(actor)),
                and_(Matter.entry_id.is_not(None), visible_entries(actor)),
            ),
        )
        .options(contains_eager(Matter.submission).joinedload(Submission.season), *more)
    )
    found = session.scalars(asked).unique().first()
    if found is None:
        raise NotHere
    return found


def version_of(session: Session, matter: Matter) -> Submission:
    """The version on whose page a matter is judged: its own, or the one that stands on the line that is late. Raises
    NotHere."""
    found = matter.submission
    if matter.entry_id is not None:
        found = standing_version(session, matter.entry_id)
    if found is None:
        raise NotHere
    return found


def matters_of(session: Session, submission: Submission, brief: bool = False) -> list[Matter]:
    """The matters judged on a version's page with their decisions, worst first; what a person added stands with its
    severity. ``brief``: without what they are compared by."""
    order = {"error": 0, "warning": 1, "notice": 2}
    left = (defer(Matter.told, raiseload=True),) if brief else ()
    asked = select(Matter).where(judged_with(submission))
    asked = asked.options(selectinload(Matter.decisions), *left)
    found = session.scalars(asked).all()
    return sorted(found, key=lambda m: (m.gone, order.get(m.severity, 3), m.rank, m.id))


def decide(session: Session, actor: Actor, matter: Matter, verdict: str, reason: str = "") -> Decision:
    """Decide about a matter. Raises Refused where a reason is missing or the version is not under review."""
    submission = version_of(session, matter)
    may_judge(actor, submission)
    reason = reason.strip()[:MAX_WORDS]
    if verdict not in set(Verdict):
        raise Refused("不认识的处理方式。")
    if verdict == Verdict.DISMISSED and not reason:
        raise Refused("排除一个问题要写理由。")
    _open(session, submission, matter)
    made = write_decision(session, actor, submission, matter, verdict, reason)
    session.flush()
    session.expire(matter, ["decisions"])
    resettle(session, submission)
    return made


def write_decision(
    session: Session,
    actor: Actor,
    submission: Submission,
    matter: Matter,
    verdict: str,
    reason: str,
    batch: str = "",
) -> Decision:
    """Add a decision to the record, and say so in the trail; of a draft only that there was one."""
    made = Decision(
        matter_id=matter.id, verdict=verdict, reason=reason, user_id=actor.id, who=actor.name, batch=batch
    )
    session.add(made)
    matter.verdict = "" if verdict == Verdict.REOPENED else verdict
    details: dict[str, Any] = {"draft": True} if submission.draft else {"reason": reason, "rule": matter.rule}
    note(session, actor, f"matter.{verdict}", "matter", matter.id, **details)
    return made


def add_defect(
    session: Session,
    actor: Actor,
    submission: Submission,
    severity: str,
    words: str,
    leaf: int,
    spot: dict[str, Any],
) -> Matter:
    """Add a defect that the program missed, marked on a leaf; it stands as confirmed."""
    may_judge(actor, submission)
    _open(session, submission)
    words = words.strip()[:MAX_WORDS]
    if not words:
        raise Refused("请写明问题是什么。")
    if severity not in ("error", "warning", "notice"):
        raise Refused("请选择程度：错误、疑问或提示。")
    matter = Matter(
        submission_id=submission.id,
        rank=10_000,
        rule=PERSON,
        severity=severity,
        message=words,
        leaf=leaf,
        spot=spot,
        told={},
        user_id=actor.id,
        who=actor.name,
        verdict=Verdict.CONFIRMED,
    )
    matter.decisions.append(
        Decision(verdict=Verdict.CONFIRMED, reason="人工补充", user_id=actor.id, who=actor.name)
    )
    session.add(matter)
    session.flush()
    stated: dict[str, Any] = {"draft": True} if submission.draft else {"words": words, "leaf": leaf}
    note(session, actor, "matter.added", "matter", matter.id, **stated)
    resettle(session, submission)
    return matter


def tick(
    session: Session,
    actor: Actor,
    submission: Submission,
    key: str,
    done: bool,
    words: str = "",
    name: str = "",
) -> Tick:
    """Note that a person looked at something that could not be checked (called ``name``), or take that back."""
    may_judge(actor, submission)
    _open(session, submission)
    made = Tick(
        submission_id=submission.id,
        key=key[:64],
        done=done,
        note=words[:MAX_WORDS],
        user_id=actor.id,
        who=actor.name,
    )
    session.add(made)
    note(
        session,
        actor,
        "unchecked.tick" if done else "unchecked.untick",
        "submission",
        submission.id,
        key=key[:64],
        **({"name": name} if name and not submission.draft else {}),
    )
    if submission.state == State.REVIEW or not done:
        resettle(session, submission)
    return made


def ticks_of(session: Session, submission: Submission) -> dict[str, Tick]:
    """The last word on each thing that could not be checked."""
    asked = select(Tick).where(Tick.submission_id == submission.id).order_by(Tick.id)
    return {t.key: t for t in session.scalars(asked)}


def accept(session: Session, actor: Actor, submission: Submission) -> None:
    """Let a version pass. Raises Refused while something still stands."""
    actor.must(Role.REVIEWER)
    _open(session, submission)
    own = [m for m in matters_of(session, submission) if m.entry_id is None]
    worst = [m for m in own if not m.gone and m.verdict in OPEN and m.severity != "notice"]
    if worst:
        raise Refused(f"还有 {len(worst)} 个错误或疑问没有处理完，不能通过；请逐个确认或排除。")
    change(submission, Event.ACCEPTED)
    note(session, actor, "submission.accept", "submission", submission.id)


def unaccept(session: Session, actor: Actor, submission: Submission) -> None:
    """Take up again a version that had passed. Raises Refused."""
    actor.must(Role.REVIEWER)
    _open(session, submission)
    if submission.state != State.CLEAN:
        raise Refused("这一版没有通过，不用撤回。")
    change(submission, Event.REOPENED)
    note(session, actor, "submission.unaccept", "submission", submission.id)


def withdraw(session: Session, actor: Actor, submission: Submission) -> None:
    """Take back what was handed in by mistake; the version it replaced stands again. Raises Refused."""
    if submission.user_id != actor.id or actor.id is None:
        actor.must(Role.REVIEWER)
    held_open(session, submission)
    if submission.state in (State.SUPERSEDED, State.WITHDRAWN) or submission.part_of_id is not None:
        raise Refused("这一版已经被新版代替或已经作废，不能再作废。")
    if session.scalars(select(Notice.id).where(Notice.submission_id == submission.id)).first() is not None:
        raise Refused("这一版已经发过通知，不能作废。")
    judged = (
        select(Decision.id)
        .join(Matter)
        .where(Matter.submission_id == submission.id, Decision.user_id != actor.id)
    )
    if actor.outside and (submission.state == State.CLEAN or session.scalars(judged).first() is not None):
        raise Refused("这一版已经审核过，不能自己作废；请与财政部门联系。")
    change(submission, Event.WITHDRAWN, f"{actor.name} 作废")
    before = session.get(Submission, submission.before_id) if submission.before_id else None
    if before is not None and before.state == State.SUPERSEDED and not replaced(session, before):
        stated = session.scalars(select(Notice.id).where(Notice.submission_id == before.id)).first()
        change(before, Event.RESTORED_RETURNED if stated else Event.RESTORED)
        unfollow(session, before)
        session.execute(update(Matter).where(Matter.submission_id == submission.id).values(before_id=None))
        settle(session, before)
        session.flush()
        keep_up(session, [before.entry_id] if before.entry_id else [])
    note(session, actor, "submission.withdraw", "submission", submission.id)


def correct(
    session: Session,
    actor: Actor,
    submission: Submission,
    entry: int | None,
    profile: dict[str, Any],
    add: str = "",
) -> None:
    """Put right whose file it is and for which year. ``add`` is the name of a body to be put on the roster first.

    A department puts its own drafts right, and chooses among its own lines of the roster.
    """
    may_judge(actor, submission)
    if actor.outside:
        add = ""
        entry = entry_of(session, actor, entry).id if entry else None
    held_open(session, submission)
    if submission.part_of_id is not None:
        raise Refused("这份文件与另一份合并为一份公开，请在那一份上改正。")
    if submission.state in (State.SUPERSEDED, State.WITHDRAWN):
        raise Refused("这一版已经被新版代替或已经作废，不能再改正。")
    if add:
        entry = _added_to_roster(session, actor, submission.season_id, add).id
    before = {"entry": submission.entry_id, "corrected": submission.corrected}
    if entry:
        _choose(session, submission, entry)
    if submission.entry_id is None:
        raise Refused("请指定这份文件属于名录里的哪个单位。")
    given = {k: v for k, v in profile.items() if v}
    submission.corrected = (submission.corrected or {}) | given | {"accepted": True}
    if submission.state in (State.ASKING, State.UNREADABLE):
        change(submission, Event.AGAIN, "")
    enqueue(session, submission.id)
    after = {"entry": submission.entry_id, "corrected": submission.corrected}
    note(session, actor, "profile.correct", "submission", submission.id, before=before, after=after)


def _added_to_roster(session: Session, actor: Actor, season: int, name: str) -> Entry:
    """The roster line of the body of that name, made where there is none."""
    body = session.scalars(select(Body).where(Body.name == name)).first() or Body(name=name[:200], aliases=[])
    session.add(body)
    session.flush()
    asked = select(Entry).where(Entry.season_id == season, Entry.body_id == body.id)
    found = session.scalars(asked).first()
    if found is None:
        found = Entry(season_id=season, body_id=body.id, rank=100_000)
        session.add(found)
        session.flush()
        note(session, actor, "roster.add", "entry", found.id, name=name)
    return found


def _choose(session: Session, submission: Submission, entry: int) -> None:
    """Take the roster line for the file's. Raises Refused where it is of another season or is settled already."""
    chosen = session.get(Entry, entry)
    if chosen is None or chosen.season_id != submission.season_id:
        raise Refused("这个单位不在本季名录里。")
    if entry == submission.entry_id:
        return
    if submission.before_id is not None:
        raise Refused("这份文件已经接在前一版之后，不能再改单位；请重新交到正确的单位名下。")
    stated = select(Notice.id).where(Notice.submission_id == submission.id)
    if session.scalars(stated).first() is not None:
        raise Refused("这一版已经发过通知，不能再改单位。")
    submission.entry_id = entry


def may_judge(actor: Actor, submission: Submission) -> None:
    """A department judges its own drafts only."""
    if not submission.draft:
        actor.must(Role.REVIEWER)


def _open(session: Session, submission: Submission, *matters: Matter) -> None:
    """Two who judge the same version do so one after the other; the matters are as the one before left them."""
    held_open(session, submission)
    for matter in matters:
        session.refresh(matter)
    if submission.state in CLOSED:
        raise Refused("这一版不在审核中（已有新版，或还没有检查完），不能再处理。")


def resettle(session: Session, submission: Submission) -> None:
    """After a decision: closed where nothing stands any more; taken up again where something does."""
    settle(session, submission)


def following_of(session: Session, actor: Actor, s: Submission) -> int | None:
    """The next submission of the season that waits for review, after the last the first; None for people from outside,
    where the season is closed, and at the end."""
    if actor.outside or s.season.closed_at is not None:
        return None
    waiting = (
        select(Submission.id)
        .where(
            Submission.season_id == s.season_id,
            Submission.state == State.REVIEW,
            Submission.part_of_id.is_(None),
            Submission.draft.is_(False),
        )
        .order_by(Submission.id)
        .limit(1)
    )
    after, first = (waiting.where(x).scalar_subquery() for x in (Submission.id > s.id, Submission.id < s.id))
    found: int | None = session.scalar(select(func.coalesce(after, first)))
    return found
