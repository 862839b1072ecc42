"""Requests and usage as the rules of contradictions.toml see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.resources.models import Entry, Request, Usage
from yibenzhang.resources.request_rules import AUTHORITY, Rules, day_of
from yibenzhang.resources.request_time import due_on, waits_for
from yibenzhang.resources.requests import state_on
from yibenzhang.resources.usage import newest, over_on


def request_rows(session: Session, rules: Rules, today: date) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The tables ``request`` and ``usage`` as of a day."""
    known = {r.id: r for r in session.scalars(select(Request).order_by(Request.id))}
    return {"request": [_row(rules, r, today) for r in known.values()], "usage": list(_usage(session, known))}


def _row(rules: Rules, r: Request, today: date) -> dict[str, Any]:
    state = state_on(rules, r, today)
    role, body = waits_for(rules, r)
    return {
        "code": r.code,
        "kind": r.kind,
        "resource": r.resource,
        "name": r.name,
        "body": r.body,
        "provider": r.provider,
        "way": r.way,
        "state": state,
        "state_name": rules.states[state].name,
        "waits_for": rules.words["roles"][AUTHORITY] if role == AUTHORITY else body,
        "interface": r.values.get("interface"),
        "quantity": r.values.get("quantity"),
        "measure": r.values.get("measure"),
        "applied_on": day_of(r.applied_at),
        "due_on": due_on(rules, r),
        "delivered_on": day_of(r.delivered_at) if r.delivered_at else None,
        "over_on": over_on(rules, r, today),
        "ends_on": r.ends_on,
    }


def _usage(session: Session, known: Mapping[int, Request]) -> list[dict[str, Any]]:
    columns = (Usage.request_id, Entry.code, Entry.name, Entry.body, Usage.interface, Usage.body)
    asked = select(*columns, Usage.day, Usage.calls, Usage.records).join(Entry, Entry.id == Usage.entry_id)
    names = ("resource", "name", "provider", "interface", "body", "day", "calls", "records")
    return [
        {"request": known[number].code if number else None, **dict(zip(names, rest, strict=True))}
        for number, *rest in session.execute(asked.where(Usage.id.in_(newest())))
    ]
