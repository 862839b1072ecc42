"""Deciding about many findings at one go, and taking back what was done last: decisions are only ever added."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from yibenzhang.office.access import (
    Actor,
    NotHere,
    Refused,
    held_open,
    submission_of,
    visible_submissions,
)
from yibenzhang.office.lateness import judged_with
from yibenzhang.office.models import Decision, Entry, Matter, Submission, Tick, Verdict
from yibenzhang.office.reviews import CLOSED, MAX_WORDS, may_judge, resettle, tick, write_decision

MOST = 2000
"""Findings decided about at one go."""
UNDONE = "undo:"
"""Begins the mark of a decision that takes another back; then what it takes back, a batch or a decision's number."""
_WORDS = "撤销"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of many: the mark of the batch, how many were decided, and what was left and why."""

    batch: str
    count: int
    left: tuple[str, ...] = ()


def decide_many(
    session: Session, actor: Actor, numbers: Collection[int], verdict: str, reason: str = ""
) -> Done:
    """Decide about all of these findings alike. What is not under review is left, and told. Raises Refused."""
    reason = reason.strip()[:MAX_WORDS]
    if verdict not in set(Verdict):
        raise Refused("不认识的处理方式。")
    if verdict == Verdict.DISMISSED and not reason:
        raise Refused("排除问题要写理由。")
    if not numbers:
        raise Refused("没有选中任何问题。")
    if len(numbers) > MOST:
        raise Refused(f"一次最多处理 {MOST} 个问题，这里有 {len(numbers)} 个；请先筛选。")
    batch, count, left = secrets.token_hex(8), 0, []
    for submission, matters in _by_submission(session, actor, numbers):
        try:
            _hold(session, actor, submission)
        except Refused as error:
            left.append(f"{submission.name}：{error}")
            continue
        for matter in matters:
            session.refresh(matter)
            write_decision(session, actor, submission, matter, verdict, reason, batch)
        count += len(matters)
        session.flush()
        resettle(session, submission)
    if left and not count:
        raise Refused(left[0])
    return Done(batch, count, tuple(left))


def undo_batch(session: Session, actor: Actor, batch: str) -> Done:
    """Take back what was decided at one go, as far as nobody decided anew since. Raises NotHere or Refused."""
    made = session.scalars(select(Decision).where(Decision.batch == batch)).all() if batch else []
    own = [d for d in made if d.user_id == actor.id]
    if not own or batch.startswith(UNDONE):
        raise NotHere
    if session.scalars(select(Decision.id).where(Decision.batch == f"{UNDONE}{batch}").limit(1)).first():
        raise Refused("这一批已经撤销过了。")
    count, left = 0, []
    of = {d.matter_id: d for d in own}
    for submission, matters in _by_submission(session, actor, list(of)):
        try:
            _hold(session, actor, submission)
        except Refused as error:
            left.append(f"{submission.name}：{error}")
            continue
        for matter in matters:
            if _taken_back(session, actor, submission, matter, of[matter.id], f"{UNDONE}{batch}"):
                count += 1
            else:
                left.append(f"“{matter.message[:30]}”后来又处理过，没有动。")
        session.flush()
        resettle(session, submission)
    return Done(batch, count, tuple(left))


def undo_last(session: Session, actor: Actor, number: int) -> tuple[str, tuple[int, ...]]:
    """Take back what this person did last in a submission, whatever it was; a batch at one go. What it was in words,
    and the findings that changed. Raises NotHere or Refused."""
    submission = submission_of(session, actor, number)
    may_judge(actor, submission)
    decision, seen = _last_decision(session, actor, submission), _last_tick(session, actor, submission)
    if decision is None and seen is None:
        raise Refused("没有可以撤回的操作。")
    if seen is not None and (decision is None or seen.at > decision.at):
        tick(session, actor, submission, seen.key, not seen.done, f"{UNDONE}{seen.id}")
        return "已撤回“看过”的勾选。" if seen.done else "已恢复“看过”的勾选。", ()
    assert decision is not None
    if decision.batch:
        ids = session.scalars(select(Decision.matter_id).where(Decision.batch == decision.batch)).all()
        done = undo_batch(session, actor, decision.batch)
        return f"已撤回对 {done.count} 个问题的处理。", tuple(ids)
    _hold(session, actor, submission)
    matter = session.get_one(Matter, decision.matter_id)
    if not _taken_back(session, actor, submission, matter, decision, f"{UNDONE}{decision.id}"):
        raise Refused("这个问题后来又有人处理过，没有撤回。")
    session.flush()
    resettle(session, submission)
    return "已撤回上一步。", (matter.id,)


def _by_submission(
    session: Session, actor: Actor, numbers: Collection[int]
) -> list[tuple[Submission, list[Matter]]]:
    """The findings by file, in one order for everybody: who holds one waits for nobody who waits for it."""
    found: dict[int, tuple[Submission, list[Matter]]] = {}
    wanted = sorted(set(numbers))
    for at in range(0, len(wanted), 500):
        asked = (
            select(Matter, Submission)
            .join(Submission, Submission.id == func.coalesce(Matter.submission_id, _stands_on()))
            .where(Matter.id.in_(wanted[at : at + 500]), visible_submissions(actor))
            .options(joinedload(Submission.season))
        )
        for matter, submission in session.execute(asked):
            found.setdefault(submission.id, (submission, []))[1].append(matter)
    if sum(len(m) for _, m in found.values()) != len(wanted):
        raise NotHere
    return [found[k] for k in sorted(found, key=lambda k: (found[k][0].season_id, k))]


def _stands_on() -> ScalarSelect[Any]:
    """The version that stands on the line that is late."""
    stands = aliased(Submission)
    return (
        select(func.max(stands.id))
        .where(
            stands.entry_id == Matter.entry_id,
            stands.draft.is_(False),
            stands.part_of_id.is_(None),
            stands.state.not_in(CLOSED),
        )
        .scalar_subquery()
    )


def _hold(session: Session, actor: Actor, submission: Submission) -> None:
    may_judge(actor, submission)
    held_open(session, submission)
    if submission.state in CLOSED:
        raise Refused("不在审核中（已有新版，或还没有检查完）。")


def _taken_back(
    session: Session, actor: Actor, submission: Submission, matter: Matter, decision: Decision, mark: str
) -> bool:
    """Put a finding back to how it stood before this decision; False where somebody decided since."""
    session.refresh(matter)
    asked = select(Decision).where(Decision.matter_id == matter.id).order_by(Decision.id)
    stands: list[Decision] = []  # without what was taken back
    for made in session.scalars(asked):
        if made.batch.startswith(UNDONE):
            stands = stands[:-1]
        else:
            stands.append(made)
    if not stands or stands[-1].id != decision.id:
        return False
    before = stands[-2] if len(stands) > 1 else None
    verdict = before.verdict if before else Verdict.REOPENED
    reason = before.reason if before and before.verdict != Verdict.REOPENED else _WORDS
    if decision.reason == "人工补充" and before is None:  # a defect that was added by mistake
        verdict, reason = Verdict.DISMISSED, "撤销补记"
    write_decision(session, actor, submission, matter, verdict, reason, mark)
    return True


def _last_decision(session: Session, actor: Actor, submission: Submission) -> Decision | None:
    """The last decision of this person's in a submission that was not taken back."""
    asked = (
        select(Decision)
        .join(Matter, Matter.id == Decision.matter_id)
        .where(
            judged_with(submission),
            Decision.user_id == actor.id if actor.id else Decision.user_id.is_(None),
            Decision.who == actor.name,
        )
        .order_by(Decision.id.desc())
        .limit(4 * MOST)
    )
    made = session.scalars(asked).all()
    found: Decision | None = _not_undone(made, lambda d: d.batch or str(d.id), lambda d: d.batch)
    return found


def _last_tick(session: Session, actor: Actor, submission: Submission) -> Tick | None:
    asked = (
        select(Tick)
        .where(Tick.submission_id == submission.id, Tick.who == actor.name)
        .order_by(Tick.id.desc())
        .limit(MOST)
    )
    found: Tick | None = _not_undone(session.scalars(asked).all(), lambda t: str(t.id), lambda t: t.note)
    return found


def _not_undone(made: Sequence[Any], called: Any, mark: Any) -> Any:
    """The last one, of those that come last first, that neither takes something back nor was taken back."""
    gone = {mark(x).removeprefix(UNDONE) for x in made if mark(x).startswith(UNDONE)}
    return next((x for x in made if not mark(x).startswith(UNDONE) and called(x) not in gone), None)


def last_batch(session: Session, actor: Actor, season: int) -> tuple[str, str, int] | None:
    """The last thing this person decided at one go in a season, if it was not taken back: its mark, the verdict, how
    many."""
    asked = (
        select(Decision.batch, Decision.verdict)
        .join(Matter, Matter.id == Decision.matter_id)
        .outerjoin(Submission, Submission.id == Matter.submission_id)
        .outerjoin(Entry, Entry.id == Matter.entry_id)
        .where(
            or_(Submission.season_id == season, Entry.season_id == season),
            Decision.who == actor.name,
            Decision.batch != "",
        )
        .order_by(Decision.id.desc())
        .limit(4 * MOST)
    )
    made = session.execute(asked).all()
    found = _not_undone(made, lambda d: d[0], lambda d: d[0])
    return (found[0], found[1], sum(d[0] == found[0] for d in made)) if found else None
