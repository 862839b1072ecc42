"""Lists of requests: by state on a day, by kind and body, by whose turn it is; each person only what is its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from yibenzhang.resources.models import Request
from yibenzhang.resources.request_rules import AUTHORITY, EXPIRE, PROVIDER, Rules
from yibenzhang.resources.requests import seen_by
from yibenzhang.resources.values import plain


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; ``only`` is the body beyond whose requests nothing is seen (as applicant or provider);
    ``turn`` are the roles whose turn it is, as that body; ``ids`` are those among which it is."""

    state: str = ""
    kind: str = ""
    body: str = ""
    find: str = ""
    only: str | None = None
    turn: frozenset[str] = frozenset()
    ids: tuple[int, ...] | None = None


def _wanted(rules: Rules, asked: Asked, today: date) -> list[ColumnElement[bool]]:
    out = seen_by(asked.only)
    if asked.kind:
        out.append(Request.kind == asked.kind)
    if asked.body:
        out.append(or_(Request.body == asked.body, Request.provider == asked.body))
    if asked.find:
        columns = (Request.code, Request.resource, Request.name, Request.body, Request.provider)
        out.append(or_(*(c.contains(asked.find, autoescape=True) for c in columns)))
    if asked.ids is not None:
        out.append(Request.id.in_(asked.ids))
    if asked.state:
        out.append(_in_state(rules, asked.state, today))
    if asked.turn:
        out.append(or_(*(_turn(rules, role, asked.only) for role in sorted(asked.turn))))
    return out


def _in_state(rules: Rules, state: str, today: date) -> ColumnElement[bool]:
    """In a state on a day (``state_on``), for the database."""
    due = [s for s in rules.states if rules.after(s, EXPIRE)]
    past = and_(Request.state.in_(due), Request.ends_on < today)
    if state == rules.steps[EXPIRE].after:
        return or_(Request.state == state, past)
    return and_(Request.state == state, ~past)


def _turn(rules: Rules, role: str, body: str | None) -> ColumnElement[bool]:
    """Whose turn it is; where nobody provides, it is the authority's instead."""
    if role == PROVIDER:
        as_provider = Request.provider != "" if body is None else Request.provider == body
        return and_(Request.state.in_(rules.turns(PROVIDER)), as_provider, Request.provider != "")
    unprovided = and_(Request.state.in_(rules.turns(PROVIDER)), Request.provider == "")
    return or_(Request.state.in_(rules.turns(AUTHORITY)), unprovided)


def requests(
    session: Session, rules: Rules, asked: Asked, today: date, start: int = 0, count: int | None = None
) -> Sequence[Request]:
    """The requests asked for, newest first."""
    found = select(Request).where(*_wanted(rules, asked, today)).order_by(Request.id.desc()).offset(start)
    return session.scalars(found.limit(count) if count is not None else found).all()


def counted(session: Session, rules: Rules, asked: Asked, today: date) -> int:
    wanted = _wanted(rules, asked, today)
    return session.scalar(select(func.count()).select_from(Request).where(*wanted)) or 0


def quantity_of(request: Request) -> str:
    """How much is asked for, as people write it."""
    amount = request.values.get("quantity")
    return f"{plain(Decimal(amount))}{request.values.get('measure') or ''}" if amount else ""
