"""Requests for resources of the account: who sees them, and their steps; every step is an event that is only added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from yibenzhang.office.access import PROGRAM as PROGRAM_ACTOR
from yibenzhang.office.access import NotAllowed, NotHere, Refused
from yibenzhang.resources.models import Request, RequestEvent
from yibenzhang.resources.request_rules import (
    APPLICANT,
    AUTHORITY,
    EXPIRE,
    PROGRAM,
    PROVIDER,
    Rules,
    Step,
)
from yibenzhang.resources.store import Conflict, Doer


@dataclass(frozen=True, slots=True)
class Person:
    """Who does something, of which body. ``authority``: answers for the data bureau; ``whole``: may stand in for
    everybody (the administrator, the command line)."""

    doer: Doer
    body: str = ""
    authority: bool = False
    whole: bool = False

    def roles(self, request: Request) -> set[str]:
        """What this person is in a request."""
        out = {APPLICANT, PROVIDER, AUTHORITY} if self.whole else set()
        if self.authority:
            out.add(AUTHORITY)
        if self.body and self.body == request.body:
            out.add(APPLICANT)
        if self.body and self.body == request.provider:
            out.add(PROVIDER)
        return out


def state_on(rules: Rules, request: Request, today: date) -> str:
    """The state on a day: what may be used until a day is expired after it, whether or not that was written down."""
    expired = rules.after(request.state, EXPIRE)
    return expired if expired and request.ends_on < today else request.state


def seen_by(only: str | None) -> list[ColumnElement[bool]]:
    """The requests that a body sees; all where ``only`` is None."""
    return [] if only is None else [or_(Request.body == only, Request.provider == only)]


def request_of(session: Session, rules: Rules, code: str, only: str | None = None) -> Request:
    """The request with this code. Raises NotHere."""
    found = session.scalars(select(Request).where(Request.code == code, *seen_by(only))).first()
    if found is None:
        raise NotHere(rules.say("no_request", code=code))
    return found


def events_of(session: Session, request: Request) -> Sequence[RequestEvent]:
    """All steps of a request, oldest first."""
    asked = select(RequestEvent).where(RequestEvent.request_id == request.id).order_by(RequestEvent.version)
    return session.scalars(asked).all()


# ---- steps ---------------------------------------------------------------------------------------------


def steps_for(rules: Rules, request: Request, person: Person, today: date) -> list[Step]:
    """What a person can do with a request now."""
    roles = person.roles(request)
    return [s for s in rules.steps_from(state_on(rules, request, today)) if roles & set(s.by)]


def step(
    session: Session,
    rules: Rules,
    request: Request,
    event: str,
    version: int,
    person: Person,
    today: date,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
) -> None:
    """One step of a person. ``version`` is the one that was seen. Raises Refused where it cannot be taken now,
    NotAllowed where it is not this person's, Conflict where somebody took one since."""
    state = state_on(rules, request, today)
    found = rules.steps.get(event)
    roles = person.roles(request)
    if version != request.version:
        raise _conflict(session, rules, request, version)
    if found is None or state not in found.before:
        known = "、".join(s.name for s in rules.steps_from(state) if roles & set(s.by)) or "—"
        given = {"name": request.name, "code": request.code, "state": rules.states[state].name}
        action = found.name if found else event
        raise Refused(rules.say("no_step", action=action, known=known, **given))
    role = next((r for r in found.by if r in roles), "")
    if not role:
        raise NotAllowed
    if found.reason and not reason.strip():
        raise Refused(rules.say("no_reason", action=found.name))
    given = {k: v for k, v in (values or {}).items() if k in found.asks and v not in (None, "")}
    _advance(session, rules, request, found, version, role, person, given, reason.strip())


def by_program(
    session: Session, rules: Rules, request: Request, event: str, doer: Doer, reason: str = ""
) -> None:
    """A step that follows by itself from what is known."""
    itself = Person(Doer(doer.at, PROGRAM_ACTOR.name, doer.source))
    _advance(session, rules, request, rules.steps[event], request.version, PROGRAM, itself, {}, reason)


def expire_due(session: Session, rules: Rules, today: date, doer: Doer) -> list[str]:
    """Write down which requests have come to the end of their period; their codes."""
    due = [s for s in rules.states if rules.after(s, EXPIRE)]
    asked = select(Request).where(Request.state.in_(due), Request.ends_on < today).order_by(Request.id)
    out = []
    for request in session.scalars(asked).all():
        by_program(
            session, rules, request, EXPIRE, doer, rules.say("given_up", ends=request.ends_on.isoformat())
        )
        out.append(request.code)
    return out


def _advance(
    session: Session,
    rules: Rules,
    request: Request,
    found: Step,
    version: int,
    role: str,
    person: Person,
    values: Mapping[str, Any],
    reason: str,
) -> None:
    """The database compares the version while it writes: of two at the same moment one is refused."""
    at, after = person.doer.at, rules.states[found.after]
    before = {"state": request.state, **{k: request.values.get(k) for k in values}}
    new: dict[str, Any] = {"state": after.id, "since": at, "values": {**request.values, **values}}
    if after.live and request.delivered_at is None:
        new["delivered_at"] = at
    if after.over:
        new["over_at"] = at
    asked = (
        update(Request)
        .where(Request.id == request.id, Request.version == version)
        .values(version=Request.version + 1, **new)
        .execution_options(synchronize_session=False)
    )
    done = session.execute(asked).rowcount  # type: ignore[attr-defined]
    session.refresh(request)
    if done != 1:
        raise _conflict(session, rules, request, version)
    recorded = {"state": after.id, **values}
    add_event(session, request, found.id, role, person.body, person.doer, before, recorded, reason)


def _conflict(session: Session, rules: Rules, request: Request, version: int) -> Conflict:
    session.refresh(request)
    since = [e for e in events_of(session, request) if e.version > version]
    who = "、".join(dict.fromkeys(e.who for e in since if e.who)) or "—"
    names = [rules.steps[e.event].name if e.event in rules.steps else e.event for e in since]
    words = {"name": request.name, "code": request.code, "who": who}
    return Conflict(rules.say("conflict", actions="、".join(names) or "—", **words))


def add_event(
    session: Session,
    request: Request,
    event: str,
    role: str,
    body: str,
    doer: Doer,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str,
) -> None:
    session.add(
        RequestEvent(
            request_id=request.id,
            version=request.version,
            at=doer.at,
            who=doer.who,
            role=role,
            body=body,
            event=event,
            before=dict(before),
            after=dict(after),
            reason=reason,
            source=doer.source,
        )
    )
    session.flush()
