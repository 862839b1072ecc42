"""What each body has to do with a season's figures: departments with their units, and one body over the seasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yibenzhang.office.access import Actor, NotHere, visible_entries
from yibenzhang.office.models import Body, Entry, Matter, Season, Submission
from yibenzhang.office.roster import Brief, Line, board, counted, glance
from yibenzhang.office.statistics import READ, of_lines, one_where, to_clean, versions


@dataclass(frozen=True, slots=True)
class Share:
    """A body's part: findings once each (``errors`` …), what stands now, and its numbers. ``under`` > 0: the sum
    over a department and so many units under it."""

    entry: int
    body_id: int
    body: str
    parent: int | None
    under: int
    versions: int
    clean: int
    read: int
    errors: int
    warnings: int
    notices: int
    standing: int
    numbers: int
    proved: int
    days: float | None
    late: int


def departments(
    session: Session,
    actor: Actor,
    season: Season,
    today: date,
    lines: Sequence[Brief] | None = None,
    days: dict[int, int] | None = None,
) -> list[Share]:
    """Every body's part, units after the sum of their department; the department's own file is the first of them.
    ``lines`` and ``days``: what ``glance`` and ``days_to_clean`` tell, where it is known."""
    found = glance(session, actor, season, today) if lines is None else lines
    return summed(_shares(session, actor, season, counted(session, found), days=days))


def _shares(
    session: Session,
    actor: Actor,
    season: Season,
    lines: Sequence[Line],
    only: int | None = None,
    days: dict[int, int] | None = None,
) -> list[Share]:
    of_season = Submission.season_id == season.id
    if only is not None:
        of_season &= Submission.entry_id == only
    known = select(Entry.id, Entry.body_id).where(Entry.season_id == season.id)
    bodies: dict[int, int] = dict(session.execute(known).all())
    asked = select(Submission.id, Submission.entry_id).where(Submission.id.in_(versions(actor, of_season)))
    whose: dict[int, int | None] = dict(session.execute(asked).all())
    handed = Counter(whose.values())
    counted = (
        select(Matter.submission_id, Matter.severity, func.sum(one_where(Matter.before_id.is_(None))))
        .where(Matter.submission_id.in_(versions(actor, of_season)), Matter.gone.is_(False))
        .group_by(Matter.submission_id, Matter.severity)
    )
    counts: Counter[tuple[int | None, str]] = Counter()
    for submission, severity, n in session.execute(counted):
        counts[whose.get(submission or 0), severity] += n
    late = select(Matter.entry_id, Matter.severity, func.count()).where(
        of_lines(actor, of_season), Matter.gone.is_(False)
    )
    for entry, severity, n in session.execute(late.group_by(Matter.entry_id, Matter.severity)):
        counts[entry, severity] += n
    if days is None:
        days = {e: d for _, e, d in to_clean(session, actor, of_season)}
    return [
        Share(
            x.entry,
            bodies[x.entry],
            x.body,
            x.parent,
            0,
            handed[x.entry],
            int(x.status == "clean"),
            int(x.status in READ),
            counts[x.entry, "error"],
            counts[x.entry, "warning"],
            counts[x.entry, "notice"],
            x.errors + x.warnings,
            x.numbers,
            x.proved,
            days.get(x.entry),
            int(x.late > 0),
        )
        for x in lines
    ]


def summed(own: Sequence[Share]) -> list[Share]:
    """The parts with a sum before each department that has units."""
    here = {x.entry for x in own}
    under: dict[int, list[Share]] = defaultdict(list)
    for x in own:
        if x.parent in here and x.parent is not None:
            under[x.parent].append(x)
    out: list[Share] = []
    for x in own:
        if x.parent in here:
            continue
        below = _below(x, under)
        if len(below) > 1:
            taken = [d.days for d in below if d.days is not None]
            names = (
                "versions",
                "clean",
                "read",
                "errors",
                "warnings",
                "notices",
                "standing",
                "numbers",
                "proved",
                "late",
            )
            sums = {k: sum(getattr(d, k) for d in below) for k in names}
            out.append(
                Share(
                    x.entry,
                    x.body_id,
                    x.body,
                    None,
                    len(below) - 1,
                    days=median(taken) if taken else None,
                    **sums,
                )
            )
        out += below
    return out


def _below(x: Share, under: dict[int, list[Share]]) -> list[Share]:
    return [x, *(z for y in under.pop(x.entry, []) for z in _below(y, under))]


# ---- one body over the seasons -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BodySeason:
    """A body in a season: as in Share, with its units left out."""

    season: int
    name: str
    fiscal_year: int
    stage: str
    entry: int
    status: str
    late: int
    part: Share


def body_over_seasons(
    session: Session, actor: Actor, number: int, today: date
) -> tuple[Body, list[BodySeason]]:
    """A body's seasons, oldest first. Raises NotHere where the person may not see it."""
    asked = (
        select(Entry, Season)
        .join(Season)
        .where(Entry.body_id == number, visible_entries(actor))
        .order_by(Season.fiscal_year, Season.id)
    )
    found = session.execute(asked).all()
    body = session.get(Body, number)
    if body is None or not found:
        raise NotHere
    out = []
    for entry, season in found:
        (line,) = board(session, actor, season, today, [entry.id])
        (part,) = _shares(session, actor, season, [line], entry.id)
        out.append(
            BodySeason(
                season.id,
                season.name,
                season.fiscal_year,
                season.stage,
                entry.id,
                line.status,
                line.late,
                part,
            )
        )
    return body, out
