"""Writing down what an analysis found: whose file it is, its findings, what became of those of the version before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from yibenzhang.office.access import PROGRAM, Actor, note, visible_entries
from yibenzhang.office.analysing import Analysed
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.following import PERSON, as_kept, follow, read_finding
from yibenzhang.office.lateness import keep_up
from yibenzhang.office.likeness import StoredFinding, stored_finding
from yibenzhang.office.matching import reread
from yibenzhang.office.models import (
    Audit,
    Decision,
    Entry,
    Job,
    Matter,
    Notice,
    Role,
    State,
    Submission,
    Tick,
    User,
    now,
)
from yibenzhang.office.naming import Match, match
from yibenzhang.office.roster import OPEN, STAGE, named
from yibenzhang.office.states import Event, change
from yibenzhang.recognising.profile import Profile
from yibenzhang.showing.view import ShownFinding


def given_of(submission: Submission) -> Profile | None:
    """What a person put right in the profile."""
    c = submission.corrected or {}
    if not any(c.get(k) for k in ("body", "fiscal_year", "stage", "level", "region")):
        return None
    return Profile(
        c.get("body") or "",
        c.get("fiscal_year"),
        c.get("stage") or "",
        c.get("level") or "",
        c.get("region") or "",
    )


def failed(session: Session, submission: Submission, problem: str) -> None:
    """There is no analysis, and why. An analysis made before stays."""
    if submission.state == State.WITHDRAWN:
        return
    submission.problem = problem
    if submission.checked_at is None or submission.state in (State.WAITING, State.CHECKING):
        change(submission, Event.FAILED)


def finish(session: Session, ledger: FileStore, submission: Submission, found: Analysed) -> None:
    """Write down an analysis and what follows from it."""
    if submission.state == State.WITHDRAWN or submission.part_of_id is not None:
        return
    if found.error:
        failed(session, submission, found.error)
        return
    if found.apart:
        _apart(session, submission)
    old = submission.state == State.SUPERSEDED
    submission.kind, submission.pages, submission.version = found.kind, found.pages, found.version
    submission.numbers, submission.proved = found.numbers, found.proved
    submission.contradicted, submission.unchecked = found.contradicted, found.unchecked
    submission.checked_at = now()
    submission.problem = ""
    profile = asdict(found.profile)
    submission.profile = (
        profile
        | {"conflicts": list(found.profile.conflicts), "role": found.role}
        | {
            "extent": found.extent,
            "too_little": found.too_little,
        }
    )
    matters = _upsert(session, submission, found.findings)
    _untick(session, submission, found.open_keys)
    if old:  # read again, but a newer version stands in its place
        follow(session, ledger, submission, matters)
        return
    if not found.usable:
        change(submission, Event.UNUSABLE, found.extent)
        return
    if found.numbers == 0:
        words = "没有读到任何数字，等于没有检查；如果是扫描件，请确认已安装识别组件（ocr）后重新检查。"
        change(submission, Event.UNUSABLE, words)
        return
    question = _whose(session, submission) or _other_half(session, submission)
    if question:
        change(submission, Event.QUESTIONED, question)
        return
    if _joins(session, submission):
        return
    question = _rival(session, submission)
    if question:
        change(submission, Event.QUESTIONED, question)
        return
    follow(session, ledger, submission, matters)
    settle(session, submission)
    session.flush()
    keep_up(session, [submission.entry_id] if submission.entry_id else [])
    if submission.state == State.SUPERSEDED:
        for newer in session.scalars(select(Submission).where(Submission.before_id == submission.id)):
            settle(session, newer)


def _upsert(session: Session, submission: Submission, findings: Sequence[ShownFinding]) -> list[Matter]:
    """The matters of a submission brought up to date: decisions stay with what they were about."""
    asked = select(Matter).where(Matter.submission_id == submission.id, Matter.rule != PERSON)
    known: dict[str, Matter] = {}
    for m in session.scalars(asked.order_by(Matter.gone, Matter.id)):
        known[f"#{m.id}" if m.finding in known else m.finding] = (
            m  # one that is gone may come back with its id
        )
    before = [_stored_finding(m, name) for name, m in known.items()]
    after = [stored_finding(f) for f in findings]
    partner = {new: old for old, new in reread(before, after).items()}
    out = []
    for rank, (f, stored) in enumerate(zip(findings, after, strict=True)):
        matter = known.pop(partner[f.id], None) if f.id in partner else None
        if matter is None:
            matter = Matter(submission_id=submission.id, verdict="")
            session.add(matter)
        matter.finding, matter.rank, matter.rule, matter.severity = f.id, rank, f.rule, f.severity.value
        matter.message, matter.told, matter.leaf, matter.gone = f.message, as_kept(stored), f.leaf, False
        out.append(matter)
    for matter in known.values():
        matter.gone = True
    session.flush()
    return out


def _stored_finding(matter: Matter, name: str) -> StoredFinding:
    return replace(read_finding(matter.told), id=name)


def _whose(session: Session, submission: Submission) -> str:
    """Find the roster line of a submission; a question for a person where that is doubtful, else empty."""
    if (submission.corrected or {}).get("accepted"):
        return "" if submission.entry_id else "还没有指定这份文件属于名录里的哪个单位。"
    if question := _other_season(submission):
        return question
    body, level = submission.profile.get("body") or "", submission.profile.get("level") or ""
    bodies = named(session, submission.season.id)
    found = match(body, level, bodies)
    names = {n.id: n.name for n in bodies}
    if submission.entry_id is not None:
        same = found.id in (None, submission.entry_id) or _related(session, submission.entry_id, found.id)
        own_body = names.get(submission.entry_id, "")
        return "" if same else f"文件写的单位是“{body}”，与指定的“{own_body}”不同，请确认。"
    own = _own(session, submission)
    if found.id is None:
        return _ask_for_body(body, found, names, own)
    if own is not None and found.id not in own:
        return f"文件写的单位是“{body}”，不是交件单位自己或下属的单位，请确认。"
    if found.how == "similar":
        like = f"“{names[found.id]}”（{found.reason.rstrip('。')}）"
        return f"文件写的单位是“{body}”，像是名录里的{like}，请确认。"
    submission.entry_id = found.id
    return ""


def _other_season(submission: Submission) -> str:
    """The question where a file is of another year or stage than its season."""
    p, season = submission.profile, submission.season
    year, stage = p.get("fiscal_year") or season.fiscal_year, p.get("stage") or ""
    if year == season.fiscal_year and stage in ("", season.stage):
        return ""
    asked = f"{season.fiscal_year} 年{STAGE[season.stage]}"
    return f"这份文件写的是 {year} 年{STAGE.get(stage, '')}，本季是 {asked}，是否交错了？"


def _ask_for_body(body: str, found: Match, names: Mapping[int, str], own: set[int] | None) -> str:
    """The question where no roster line is of that body; of the nearest only those are named that may be known."""
    if not body:
        return "没有读出编制单位，请指定属于名录里的哪个单位。"
    near = "、".join(f"“{names[c.id]}”" for c in found.candidates[:3] if own is None or c.id in own)
    rest = f"最接近的是{near}；" if near else ""
    return f"“{body}”不在本季名录里；{rest}请指定单位，或把它加进名录。"


def _own(session: Session, submission: Submission) -> set[int] | None:
    """The roster lines of the department that handed it in, which may neither take another's place nor learn of it;
    None where it was handed in by somebody else."""
    user = session.get(User, submission.user_id) if submission.user_id is not None else None
    if user is None or user.role != Role.DEPARTMENT:
        return None
    actor = Actor(user.id, user.name, Role.DEPARTMENT, user.body_id)
    return set(session.scalars(select(Entry.id).where(visible_entries(actor))))


def _related(session: Session, own: int, found: int | None) -> bool:
    """Department and unit of one name: the person's word counts."""
    a, b = session.get(Entry, own), session.get(Entry, found) if found else None
    return a is not None and b is not None and (a.parent_id == b.id or b.parent_id == a.id)


_STANDING = (State.REVIEW, State.RETURNED, State.CLEAN)


def _beside(submission: Submission, *states: State) -> Select[Submission]:
    """The other submissions of the same roster line in these states."""
    return select(Submission).where(
        Submission.season_id == submission.season_id,
        Submission.entry_id == submission.entry_id,
        Submission.draft.is_(submission.draft),
        Submission.part_of_id.is_(None),
        Submission.id != submission.id,
        Submission.state.in_(states),
    )


def _joins(session: Session, submission: Submission) -> bool:
    """Where the other half of this disclosure came in the same delivery, check the two as one."""
    role = submission.profile.get("role")
    if role not in ("text", "tables") or submission.part_of_id is not None:
        return False
    asked = _beside(submission, *_STANDING, State.CHECKING).where(
        Submission.delivery_id == submission.delivery_id, Submission.checked_at.is_not(None)
    )
    for other in session.scalars(asked):
        other_role = other.profile.get("role")
        if other_role == role or other_role not in ("text", "tables", "whole"):
            continue
        if other.corrected.get("apart") or submission.corrected.get("apart"):
            continue
        main, part = (
            (submission, other) if role == "text" and not _judged(session, other) else (other, submission)
        )
        part.part_of_id, part.before_id = main.id, None
        change(part, Event.JOINED_AS_PART)
        change(main, Event.JOINED)
        session.add(Job(submission_id=main.id))
        return True
    return False


def _judged(session: Session, submission: Submission) -> bool:
    """People have worked on it: what they decided stays where they see it."""
    number = submission.id
    asked = (
        select(Decision.id).join(Matter).where(Matter.submission_id == number),
        select(Tick.id).where(Tick.submission_id == number),
        select(Notice.id).where(Notice.submission_id == number),
    )
    return any(session.scalars(a.limit(1)).first() is not None for a in asked)


def _other_half(session: Session, submission: Submission) -> str:
    """A question where a file came apart from another of its delivery: neither is the next version of the other."""
    corrected = submission.corrected or {}
    if not corrected.get("apart") or corrected.get("accepted"):
        return ""
    asked = _beside(submission, *_STANDING).where(Submission.delivery_id == submission.delivery_id)
    other = next((s for s in session.scalars(asked) if (s.corrected or {}).get("apart")), None)
    if other is None:
        return ""
    return (
        f"与同一批交来的“{other.name}”合不成一份公开，只能有一份算数：如果这一份才是，请保存；否则请作废它。"
    )


_HALVES = {"text": "只有正文", "tables": "只有表格"}


def _rival(session: Session, submission: Submission) -> str:
    """A question where it is doubtful whether this is the next version of what stands: another file of the same
    delivery, or the other half of it."""
    if (submission.corrected or {}).get("accepted") or submission.before_id is not None:
        return ""
    asked = _beside(submission, *_STANDING)
    if submission.draft:
        asked = asked.where(Submission.user_id == submission.user_id)
    role = (submission.profile or {}).get("role")
    for other in session.scalars(asked):
        if other.delivery_id == submission.delivery_id:
            return f"同一批交来的“{other.name}”也是这个单位的；如果这一份才是要用的，请保存；否则请作废它。"
        other_role = (other.profile or {}).get("role")
        if role in _HALVES and other_role in _HALVES and role != other_role:
            return (
                f"这份文件{_HALVES[role]}，已有的“{other.name}”{_HALVES[other_role]}："
                "如果是同一份公开，请把两份一起重新交；如果这一份是来代替它的，请保存。"
            )
    return ""


def _apart(session: Session, submission: Submission) -> None:
    """Files that turned out not to be one disclosure stand alone again."""
    for part in session.scalars(select(Submission).where(Submission.part_of_id == submission.id)):
        part.part_of_id = None
        change(part, Event.SPLIT)
        part.corrected = (part.corrected or {}) | {"apart": True}
        session.add(Job(submission_id=part.id))
    submission.corrected = (submission.corrected or {}) | {"apart": True}


def settle(session: Session, submission: Submission) -> None:
    """Where nothing stands any more, the round closes by itself; where no version was returned yet, what could not be
    checked waits for a person all the same. That it was closed before need not be told again."""
    if submission.state in (State.SUPERSEDED, State.WITHDRAWN) or submission.part_of_id is not None:
        return
    session.flush()
    standing = session.scalars(
        select(Matter.id).where(
            Matter.submission_id == submission.id,
            Matter.gone.is_(False),
            Matter.severity.in_(("error", "warning")),
            Matter.verdict.in_(OPEN),
        )
    ).first()
    why = "" if standing is not None else _why_closed(session, submission)
    if why and submission.state != State.CLEAN and not submission.draft:
        note(session, PROGRAM, "submission.close", "submission", submission.id, reason=why)
    change(submission, Event.FOUND_SETTLED if why else Event.FOUND_OPEN)


def _why_closed(session: Session, submission: Submission) -> str:
    """Why a version in which nothing stands needs no person to let it pass; empty where it does."""
    if submission.draft:
        return "自查"
    if _passed(session, submission):
        return "此前已由人审核通过"
    if submission.profile.get("too_little"):
        return "错误和疑问都已处理，未能核对的都已勾过" if _looked(session, submission) else ""
    if _returned(session, submission):
        return "退回后的新版里，错误和疑问都已改正或排除"
    return "错误和疑问都已处理，未能核对的都已勾过" if _looked(session, submission) else ""


def _untick(session: Session, submission: Submission, keys: Sequence[str]) -> None:
    """What a person ticked off and another reading no longer tells must not stand for something else."""
    asked = select(Tick).where(Tick.submission_id == submission.id).order_by(Tick.id)
    last = {t.key: t.done for t in session.scalars(asked)}
    for key in (k for k, done in last.items() if done and k not in keys):
        words = "重新检查后没有这一项"
        session.add(Tick(submission_id=submission.id, key=key, done=False, note=words, who="程序"))


def _looked(session: Session, submission: Submission) -> bool:
    """Everything that could not be checked was ticked off by a person: silence is no pass."""
    ticks = session.execute(
        select(Tick.key, Tick.done).where(Tick.submission_id == submission.id).order_by(Tick.id)
    )
    last: dict[str, bool] = {}
    for key, done in ticks:
        last[key] = done
    return sum(last.values()) >= submission.unchecked


def _returned(session: Session, submission: Submission) -> bool:
    """A version before this one was reviewed and returned: this one answers to that."""
    if submission.before_id is None:
        return False
    asked = select(Notice.id).where(
        Notice.entry_id == submission.entry_id, Notice.submission_id < submission.id
    )
    return session.scalars(asked.limit(1)).first() is not None


def _passed(session: Session, submission: Submission) -> bool:
    """A person let this version pass, and did not take that back."""
    asked = select(Audit.action).where(
        Audit.action.in_(("submission.accept", "submission.unaccept")),
        Audit.subject == "submission",
        Audit.subject_id == submission.id,
    )
    return session.scalars(asked.order_by(Audit.id.desc()).limit(1)).first() == "submission.accept"


def corrected_profile(submission: Submission) -> dict[str, Any]:
    """The profile as recognised, with what a person put right."""
    corrected = {k: v for k, v in (submission.corrected or {}).items() if v}
    return (submission.profile or {}) | {k: corrected[k] for k in corrected if k in submission.profile}
