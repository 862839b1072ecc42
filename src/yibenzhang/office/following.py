"""One version after the other: what the next made of the matters of the one before, and what is carried over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.model.issues import Severity
from yibenzhang.office import stored_views
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.likeness import StoredFinding, place_in_words
from yibenzhang.office.matching import Version, compare, version_of
from yibenzhang.office.models import Decision, Matter, State, Submission, Verdict
from yibenzhang.office.roster import OPEN
from yibenzhang.office.states import Event, change
from yibenzhang.showing.stored import StoredError

PERSON = "person.added"
"""The rule of a defect that a person added."""
_STANDING = (State.REVIEW, State.RETURNED, State.CLEAN, State.SUPERSEDED)
_CARRIED = "沿用第 "
_KEPT = ("id", "rule", "severity", "message", "reported", "expected")
"""Fields of a finding that the records keep, besides its places."""


def read_finding(data: dict[str, Any]) -> StoredFinding:
    """What a finding is compared by, as it was kept."""
    kept = {k: data[k] for k in _KEPT}
    spots = tuple(place_in_words(**s) for s in data["spots"])
    context = frozenset(data.get("context", ()))
    return StoredFinding(
        **kept | {"severity": Severity(kept["severity"]), "spots": spots, "context": context}
    )


def as_kept(finding: StoredFinding) -> dict[str, Any]:
    """The same as the records keep it."""
    spots = [{"key": s.key, "words": s.words, "text": s.text} for s in finding.spots]
    return {k: getattr(finding, k) for k in _KEPT} | {"spots": spots, "context": sorted(finding.context)}


def follow(session: Session, ledger: FileStore, submission: Submission, matters: Sequence[Matter]) -> None:
    """Put a submission among the versions of its roster line, in the order they were handed in, and tell what became
    of the matters of the one before. After another analysis the same is told anew."""
    chain = _others(session, submission)
    before = next((s for s in reversed(chain) if s.id < submission.id), None)
    after = next((s for s in chain if s.id > submission.id), None)
    placed = after is not None and after.before_id == submission.id
    submission.before_id = before.id if before is not None else None
    if before is not None:
        change(before, Event.FOLLOWED)
        _linked(session, ledger, before, submission, matters)
    if after is None:
        submission.round = before.round + 1 if before is not None else 1
        return
    change(submission, Event.FOLLOWED)  # a newer one was checked first
    if placed:
        return
    after.before_id = submission.id
    submission.round = before.round + 1 if before is not None else 1
    for count, s in enumerate([x for x in chain if x.id > submission.id], start=submission.round + 1):
        s.round = count
    _linked(session, ledger, submission, after, _reported(session, after))


def unfollow(session: Session, before: Submission) -> None:
    """The version after this one was withdrawn: what it made of the matters no longer counts."""
    for m in session.scalars(select(Matter).where(Matter.submission_id == before.id)):
        m.fate, m.fate_reason = "", ""


def detach(session: Session, ledger: FileStore, submission: Submission) -> Submission | None:
    """Take a version out from among those of its roster line. What it made of the one before no longer counts, the one
    after follows on the one before; that one where it now stands again (its state is for the caller)."""
    before = session.get(Submission, submission.before_id) if submission.before_id else None
    after = _next(session, submission)
    for m in _apart_from_before(session, submission):
        m.fate, m.fate_reason = "", ""
    submission.before_id, submission.round = None, 1
    session.flush()
    if after is None and before is not None and replaced(session, before):
        return None
    if before is not None:
        unfollow(session, before)
    if after is None:
        return before if before is not None and before.state == State.SUPERSEDED else None
    count = before.round if before else 0
    later: Submission | None = after
    while later is not None:
        later.round = count = count + 1
        later = _next(session, later)
    after.before_id = before.id if before is not None else None
    session.flush()
    if before is not None:
        _linked(session, ledger, before, after, _reported(session, after))
    else:
        _apart_from_before(session, after)
    return None


def _apart_from_before(session: Session, submission: Submission) -> Sequence[Matter]:
    """The matters of a version that has none before it any more; what was asked because of that is gone."""
    matters = session.scalars(select(Matter).where(Matter.submission_id == submission.id)).all()
    for m in matters:
        m.before_id = None
        if (m.spot or {}).get("asked") and not m.decisions:
            m.gone = True
    return matters


def _next(session: Session, submission: Submission) -> Submission | None:
    """The version after this one."""
    asked = select(Submission).where(
        Submission.before_id == submission.id, Submission.state != State.WITHDRAWN
    )
    return session.scalars(asked.order_by(Submission.id)).first()


def replaced(session: Session, submission: Submission) -> bool:
    """Whether a version that counts stands in the place of this one."""
    asked = select(Submission.id).where(
        Submission.before_id == submission.id, Submission.state.in_(_STANDING)
    )
    return session.scalars(asked.limit(1)).first() is not None


def _others(session: Session, submission: Submission) -> list[Submission]:
    """The other versions of the same roster line, in the order they were handed in."""
    asked = (
        select(Submission)
        .where(
            Submission.entry_id == submission.entry_id,
            Submission.season_id == submission.season_id,
            Submission.draft.is_(submission.draft),
            Submission.part_of_id.is_(None),
            Submission.state.in_(_STANDING),
            Submission.id != submission.id,
        )
        .order_by(Submission.id)
    )
    if submission.draft:
        asked = asked.where(Submission.user_id == submission.user_id)
    return list(session.scalars(asked))


def _reported(session: Session, submission: Submission) -> list[Matter]:
    """The findings of a version as last read."""
    asked = select(Matter).where(
        Matter.submission_id == submission.id, Matter.gone.is_(False), Matter.rule != PERSON
    )
    return list(session.scalars(asked))


def _linked(
    session: Session, ledger: FileStore, before: Submission, submission: Submission, matters: Sequence[Matter]
) -> None:
    """Tell what a version made of the matters of the one before."""
    asked = select(Matter).where(Matter.submission_id == before.id, Matter.gone.is_(False))
    old = session.scalars(asked.order_by(Matter.id)).all()
    by_id = {m.finding: m for m in old if m.rule != PERSON}
    new = {m.finding: m for m in matters}
    compared = compare(_version(session, ledger, before), _version(session, ledger, submission))
    for m in matters:
        m.before_id = None
    for t in compared.fixed:
        if t.id in by_id:
            by_id[t.id].fate, by_id[t.id].fate_reason = "fixed", ""
    for t, n in compared.still:
        if t.id in by_id and n.id in new:
            by_id[t.id].fate, by_id[t.id].fate_reason = "still", ""
            new[n.id].before_id = by_id[t.id].id
            carry(by_id[t.id], new[n.id], before.round)
    unsure = {by_id[t.id].id: why for t, why in compared.gone if t.id in by_id}
    for m in old:
        if m.rule == PERSON and m.verdict in OPEN:
            unsure[m.id] = "人工补充的问题，程序不能比较"
    _ask_again(session, old, submission, unsure)


def _version(session: Session, ledger: FileStore, submission: Submission) -> Version:
    """What was found in a version. Of an analysis that another version of the program kept, only its findings."""
    try:
        return version_of(stored_views.read(stored_views.place_of(ledger, submission.receipt)).whole())
    except (FileNotFoundError, StoredError):
        kept = _reported(session, submission)
        return Version(tuple(replace(read_finding(m.told), id=m.finding) for m in kept))


def carry(old: Matter, new: Matter, round: int) -> None:
    """A decision about the version before holds for what is still there; a dismissal only for the same numbers."""
    if new.decisions or not old.verdict or not old.decisions:
        return
    last = old.decisions[-1]
    if last.verdict not in (Verdict.CONFIRMED, Verdict.DISMISSED):
        return
    if last.verdict == Verdict.DISMISSED and _printed(old) != _printed(new):
        return
    reason = last.reason
    if not reason.startswith(_CARRIED):
        reason = f"{_CARRIED}{round} 版的决定" + (f"：{reason}" if reason else "")
    new.decisions.append(
        Decision(verdict=last.verdict, reason=reason[:2000], user_id=last.user_id, who=last.who, at=last.at)
    )
    new.verdict = last.verdict


def _printed(matter: Matter) -> tuple[object, ...]:
    """The numbers a finding is about, as printed."""
    data = matter.told
    return data.get("reported"), data.get("expected"), tuple(s["text"] for s in data.get("spots", ()))


def _ask_again(
    session: Session, old: Sequence[Matter], submission: Submission, unsure: dict[int, str]
) -> None:
    """What cannot be compared by the program: the next version asks a person, once, whether it was mended."""
    known = {m.id: m for m in old}
    asked = select(Matter).where(Matter.submission_id == submission.id, Matter.rule == PERSON)
    copies = {m.before_id: m for m in session.scalars(asked) if m.before_id is not None}
    for number, why in unsure.items():
        m = known[number]
        m.fate, m.fate_reason = "unsure", why
        copy = copies.pop(number, None) or copies.pop(m.before_id or 0, None)
        if m.verdict not in OPEN:
            if copy is not None:
                copy.before_id = number
            continue
        if copy is not None:
            copy.before_id, copy.gone = number, False
            continue
        spot = {k: v for k, v in (m.spot or {}).items() if k == "text"} | {"asked": why}
        made = Matter(
            submission_id=submission.id,
            rank=m.rank,
            rule=PERSON,
            severity=m.severity,
            message=m.message,
            told=m.told,
            spot=spot,
            before_id=number,
            user_id=m.user_id,
            who=m.who,
            verdict="",
        )
        session.add(made)
    for copy in copies.values():  # another analysis could tell: it need not be asked
        if copy.before_id in known and not copy.decisions:
            copy.gone = True
