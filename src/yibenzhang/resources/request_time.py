"""Time limits of requests: when a step is due, what is late, what soon will be. The day is always passed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.resources.models import Request
from yibenzhang.resources.request_rules import AUTHORITY, Rules, day_of
from yibenzhang.resources.requests import seen_by, state_on

LATE, SOON, ENDING = "late", "soon", "ending"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A request that waits for somebody (late, soon), or whose period ends (ending). ``left``: working days to the
    limit, or days to the end of the period; negative is past. ``waits_for``: a body, or empty for the authority."""

    request: Request
    what: str
    due_on: date
    left: int
    waits_for: str


def due_on(rules: Rules, request: Request) -> date | None:
    """The last day of the step a request waits for; None where it waits for none, or no limit is set."""
    way = rules.ways.get(request.way)
    days = way.limits.get(request.state) if way is not None else None
    return None if days is None else rules.calendar.after(day_of(request.since), days)


def waits_for(rules: Rules, request: Request) -> tuple[str, str]:
    """Whose turn it is: the role and its body; empty where it is nobody's."""
    state = rules.states.get(request.state)
    if state is None or not state.turn:
        return "", ""
    if state.turn == AUTHORITY or not request.provider:
        return AUTHORITY, ""
    return state.turn, request.provider


def reminder(rules: Rules, request: Request, today: date) -> Reminder | None:
    """What is to be told of a request on a day."""
    due, remind = due_on(rules, request), rules.words["remind"]
    if due is not None:
        left = rules.calendar.between(today, due)
        if left > remind["days"]:
            return None
        return Reminder(request, LATE if due < today else SOON, due, left, waits_for(rules, request)[1])
    left = (request.ends_on - today).days
    if rules.states[state_on(rules, request, today)].live and left <= remind["ending"]:
        return Reminder(request, ENDING, request.ends_on, left, request.body)
    return None


def reminders(session: Session, rules: Rules, today: date, only: str | None = None) -> list[Reminder]:
    """All that is late or soon will be, the latest first; then periods that end."""
    over = rules.marked("over")
    asked = select(Request).where(Request.state.not_in(over), *seen_by(only)).order_by(Request.id)
    found = [r for request in session.scalars(asked) if (r := reminder(rules, request, today)) is not None]
    return sorted(found, key=lambda r: (r.what == ENDING, r.due_on, r.request.id))


def unknown_years(rules: Rules, days: Iterable[date]) -> list[int]:
    """Years whose holidays are not written down, among those of these days."""
    return sorted({d.year for d in days} - rules.calendar.years)
