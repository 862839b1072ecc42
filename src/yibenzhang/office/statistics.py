"""What a season comes to in figures: files, findings, rounds, days, lateness, over the years. Drafts never count.

A finding that a later version still has counts once: where it was first told (``before_id`` is None there).
The lateness of a roster line counts among the findings, by its kind and rule; it is no finding of a file: it makes
none worse, stands in no file's way and has no rounds. Everything is counted by the database, in groups; a department's
figures are those of its own files.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, visible_entries, visible_submissions
from yibenzhang.office.models import (
    ZONE,
    Audit,
    Decision,
    Entry,
    Job,
    Matter,
    Season,
    State,
    Submission,
    Verdict,
)
from yibenzhang.office.roster import OPEN, Brief

SEVERITIES = ("error", "warning", "notice")
READ = (State.REVIEW, State.RETURNED, State.CLEAN)
"""What was read and checked, and has no newer version."""
DAYS = (("当天", 0), ("1–3 天", 3), ("4–7 天", 7), ("8–15 天", 15), ("16–30 天", 30), ("30 天以上", 100_000))


def share(part: int, whole: int) -> float | None:
    """Per cent with one decimal; None where there is nothing to share."""
    return round(100 * part / whole, 1) if whole else None


@dataclass(slots=True)
class Files:
    """Files by their worst finding. ``nothing``: no finding at all stands."""

    error: int = 0
    warning: int = 0
    notice: int = 0
    nothing: int = 0

    @property
    def count(self) -> int:
        return self.error + self.warning + self.notice + self.nothing

    @property
    def good(self) -> int:
        """Files without errors and warnings."""
        return self.notice + self.nothing


@dataclass(slots=True)
class Measures:
    """A season in figures. ``first``: the first versions, findings that people dismissed left out; ``present``: the
    versions that stand now, what is settled left out. ``findings``: every finding once, by severity."""

    season: int
    name: str
    fiscal_year: int
    stage: str
    bodies: int = 0
    handed_in: int = 0
    versions: int = 0
    unreadable: int = 0
    clean: int = 0
    first: Files = field(default_factory=Files)
    present: Files = field(default_factory=Files)
    findings: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEVERITIES, 0))
    standing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEVERITIES, 0))
    numbers: int = 0
    proved: int = 0
    contradicted: int = 0
    unchecked: int = 0
    days: float | None = None
    """Half of the clean files took no more days from their first version."""

    @property
    def read(self) -> int:
        return self.present.count


def versions(actor: Actor, *where: ColumnElement[bool]) -> Select[Any]:
    """The numbers of the checked versions that count: no drafts, no parts, nothing whose owner is in doubt."""
    return select(Submission.id).where(
        visible_submissions(actor),
        Submission.draft.is_(False),
        Submission.part_of_id.is_(None),
        Submission.entry_id.is_not(None),
        Submission.checked_at.is_not(None),
        Submission.state.in_((*READ, State.SUPERSEDED)),
        *where,
    )


def of_lines(actor: Actor, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """True for the lateness of the roster lines that have a version that counts."""
    return Matter.entry_id.in_(versions(actor, *where).with_only_columns(Submission.entry_id))


Taken = tuple[int, int, int]
"""Season, roster line, days from handing in to clean."""


def measures(
    session: Session, actor: Actor, seasons: Sequence[Season], days: Sequence[Taken] | None = None
) -> list[Measures]:
    """The figures of these seasons, in their order. ``days``: what ``to_clean`` tells of them, where it is known."""
    out = {s.id: Measures(s.id, s.name, s.fiscal_year, s.stage) for s in seasons}
    wanted = Entry.season_id.in_(out)
    asked = (
        select(Entry.season_id, func.count()).where(wanted, visible_entries(actor)).group_by(Entry.season_id)
    )
    for season, count in session.execute(asked):
        out[season].bodies = count
    _submissions(session, actor, out)
    of_seasons = Submission.season_id.in_(out)
    _worst(
        session,
        actor,
        out,
        "first",
        of_seasons & (Submission.round == 1),
        Matter.verdict != Verdict.DISMISSED,
    )
    _worst(session, actor, out, "present", of_seasons & Submission.state.in_(READ), Matter.verdict.in_(OPEN))
    present = Submission.state.in_(READ) & Matter.verdict.in_(OPEN)
    counted = (
        select(
            Submission.season_id,
            Matter.severity,
            func.sum(one_where(Matter.before_id.is_(None))),
            func.sum(one_where(present)),
        )
        .join(Submission, Submission.id == Matter.submission_id)
        .where(Matter.submission_id.in_(versions(actor, of_seasons)), Matter.gone.is_(False))
        .group_by(Submission.season_id, Matter.severity)
    )
    for season, severity, number, standing in session.execute(counted):
        out[season].findings[severity], out[season].standing[severity] = number, standing
    late = (
        select(Entry.season_id, Matter.severity, func.count())
        .join(Entry, Entry.id == Matter.entry_id)
        .where(of_lines(actor, of_seasons), Matter.gone.is_(False))
        .group_by(Entry.season_id, Matter.severity)
    )
    for season, severity, number in session.execute(late):
        out[season].findings[severity] += number
    taken: dict[int, list[int]] = defaultdict(list)
    for season, _, count in to_clean(session, actor, of_seasons) if days is None else days:
        taken[season].append(count)
    for season, found in taken.items():
        out[season].days = median(found)
    return [out[s.id] for s in seasons]


def one_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _submissions(session: Session, actor: Actor, out: dict[int, Measures]) -> None:
    main = (
        visible_submissions(actor),
        Submission.season_id.in_(out),
        Submission.draft.is_(False),
        Submission.part_of_id.is_(None),
        Submission.entry_id.is_not(None),
        Submission.state != State.WITHDRAWN,
    )
    handed_in = select(Submission.season_id, func.count(Submission.entry_id.distinct())).where(*main)
    for season, count in session.execute(handed_in.group_by(Submission.season_id)):
        out[season].handed_in = count
    s = Submission
    sums = [func.sum(c) for c in (s.numbers, s.proved, s.contradicted, s.unchecked)]
    by_state: Any = select(s.season_id, s.state, func.count(), *sums).where(*main)
    for season, state, count, numbers, proved, contradicted, unchecked in session.execute(
        by_state.group_by(s.season_id, s.state)
    ):
        m = out[season]
        m.versions += count
        m.unreadable += count if state == State.UNREADABLE else 0
        m.clean += count if state == State.CLEAN else 0
        if state in READ:
            m.numbers, m.proved = m.numbers + numbers, m.proved + proved
            m.contradicted, m.unchecked = m.contradicted + contradicted, m.unchecked + unchecked


def _worst(
    session: Session,
    actor: Actor,
    out: dict[int, Measures],
    name: str,
    where: ColumnElement[bool],
    counts: ColumnElement[bool],
) -> None:
    """Count the versions ``mine`` by the worst of their findings that count."""
    rank = case(
        (Matter.severity == "error", 0), (Matter.severity == "warning", 1), (Matter.severity == "notice", 2)
    )
    hangs = and_(Matter.submission_id == Submission.id, Matter.gone.is_(False), counts)
    each = (
        select(Submission.season_id.label("season"), func.coalesce(func.min(rank), 3).label("worst"))
        .outerjoin(Matter, hangs)
        .where(Submission.id.in_(versions(actor, where)))
        .group_by(Submission.id, Submission.season_id)
        .subquery()
    )
    asked = select(each.c.season, each.c.worst, func.count()).group_by(each.c.season, each.c.worst)
    for season, worst, count in session.execute(asked):
        setattr(getattr(out[season], name), ("error", "warning", "notice", "nothing")[worst], count)


# ---- rounds --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    """The versions of one round, and what became of their findings. ``found`` is the sum of the others but
    ``fresh`` (not in the version before) and ``kept`` (in it already)."""

    round: int
    versions: int
    found: int
    dismissed: int
    fixed: int
    still: int
    unsure: int
    waiting: int
    """No next version has told yet."""
    fresh: int
    kept: int


def rounds(session: Session, actor: Actor, season: int) -> list[Round]:
    """Round after round of a season: errors and warnings."""
    where = versions(actor, Submission.season_id == season)
    asked = select(Submission.round, func.count()).where(Submission.id.in_(where)).group_by(Submission.round)
    count: dict[int, int] = dict(session.execute(asked).all())
    known = Matter.before_id.is_not(None)
    grouped = (
        select(Submission.round, Matter.fate, known, Matter.verdict, func.count())
        .join(Submission, Submission.id == Matter.submission_id)
        .where(
            Matter.submission_id.in_(where),
            Matter.gone.is_(False),
            Matter.severity.in_(("error", "warning")),
        )
        .group_by(Submission.round, Matter.fate, known, Matter.verdict)
    )
    sums: dict[int, Counter[str]] = defaultdict(Counter)
    for r, fate, was, verdict, n in session.execute(grouped):
        sums[r]["found"] += n
        sums[r]["kept" if was else "fresh"] += n
        sums[r]["dismissed" if verdict == Verdict.DISMISSED else fate or "waiting"] += n
    names = ("found", "dismissed", "fixed", "still", "unsure", "waiting", "fresh", "kept")
    return [Round(r, count[r], **{k: sums[r][k] for k in names}) for r in sorted(count)]


# ---- days and lateness ---------------------------------------------------------------------


def to_clean(session: Session, actor: Actor, where: ColumnElement[bool]) -> list[Taken]:
    """Every roster line that is clean now: days from its first version to the day when the last thing that stood in its
    way was settled."""
    clean = versions(actor, where, Submission.state == State.CLEAN)
    last = select(Submission.season_id, Submission.entry_id, Submission.id).where(Submission.id.in_(clean))
    found = {entry: (season, number) for season, entry, number in session.execute(last)}
    numbers = last.with_only_columns(Submission.id)
    ends: dict[int, datetime] = {}
    checked = select(Job.submission_id, func.min(Job.ended_at)).where(
        Job.state == "done", Job.submission_id.in_(numbers)
    )
    decided = (
        select(Matter.submission_id, func.max(Decision.at))
        .join(Matter, Matter.id == Decision.matter_id)
        .where(
            Matter.submission_id.in_(numbers),
            Matter.severity.in_(("error", "warning")),
        )
    )
    passed = select(Audit.subject_id, func.max(Audit.at)).where(
        Audit.action == "submission.accept", Audit.subject_id.in_(numbers)
    )
    asked = (
        checked.group_by(Job.submission_id),
        decided.group_by(Matter.submission_id),
        passed.group_by(Audit.subject_id),
    )
    for one in asked:
        for number, at in session.execute(one):
            if at is not None:
                ends[number] = max(ends.get(number, at), at)
    begun = (
        select(Submission.entry_id, func.min(Submission.received_at))
        .where(
            Submission.entry_id.in_(last.with_only_columns(Submission.entry_id)),
            Submission.draft.is_(False),
            Submission.part_of_id.is_(None),
            Submission.state != State.WITHDRAWN,
        )
        .group_by(Submission.entry_id)
    )
    out: list[Taken] = []
    for entry, first in session.execute(begun):
        if entry is None:
            continue
        season, number = found[entry]
        if number in ends:
            out.append((season, entry, max((_day(ends[number]) - _day(first)).days, 0)))
    return out


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def days_to_clean(session: Session, actor: Actor, season: int) -> dict[int, int]:
    """{roster line: days from handing in to clean}."""
    return {e: d for _, e, d in to_clean(session, actor, Submission.season_id == season)}


def in_steps(days: Iterable[int]) -> list[tuple[str, int]]:
    """How many took how long."""
    count = Counter(next(k for k, (_, most) in enumerate(DAYS) if d <= most) for d in days)
    return [(name, count[k]) for k, (name, _) in enumerate(DAYS)]


LATENESS = {
    "in_time": "按时公开",
    "published_late": "逾期公开",
    "handed_in": "按时交来，未登记公开",
    "handed_in_late": "逾期交来，未登记公开",
    "overdue": "逾期未交",
    "ahead": "未交，期限未到",
    "no_date": "没有登记期限",
}


def lateness_of(line: Brief) -> str:
    """What a line of the board is by its dates: a key of LATENESS."""
    if line.due_on is None:
        return "no_date"
    if line.published_on is not None:
        return "published_late" if line.late else "in_time"
    if line.submission is not None:
        return "handed_in_late" if line.late else "handed_in"
    return "overdue" if line.late else "ahead"
