"""Requests, their steps and what was used as rows: the same for pages, tables and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yibenzhang.resources.models import Request, RequestEvent
from yibenzhang.resources.request_lists import quantity_of
from yibenzhang.resources.request_rules import APPLICANT, APPLY, AUTHORITY, PROVIDER, Rules, day_of
from yibenzhang.resources.request_time import due_on, reminder, waits_for
from yibenzhang.resources.requests import state_on
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.telling import STATE, change_sentence
from yibenzhang.resources.usage import Used, over_on
from yibenzhang.resources.values import heading, shown


def request_row(schema: Schema, rules: Rules, r: Request, today: date) -> dict[str, Any]:
    """A request as of a day. ``due``: late, soon or ending, empty where nothing is to be told."""
    kind, way = schema.kinds.get(r.kind), rules.ways.get(r.way)
    state, due = state_on(rules, r, today), reminder(rules, r, today)
    role, body = waits_for(rules, r)
    return {
        "id": r.id,
        "code": r.code,
        "form": r.form,
        "kind": r.kind,
        "kind_name": kind.name if kind else r.kind,
        "resource": r.resource,
        "name": r.name,
        "body": r.body,
        "provider": r.provider,
        "way": r.way,
        "way_name": way.name if way else r.way,
        "state": state,
        "state_name": rules.states[state].name,
        "version": r.version,
        "waits_for": rules.words["roles"][AUTHORITY] if role == AUTHORITY else body,
        "due_on": due_on(rules, r),
        "due": due.what if due else "",
        "due_name": rules.words["due"][due.what] if due else "",
        "left": due.left if due else None,
        "applied_at": r.applied_at,
        "delivered_on": day_of(r.delivered_at) if r.delivered_at else None,
        "over_on": over_on(rules, r, today),
        "ends_on": r.ends_on,
        "quantity": quantity_of(r),
        "interface": str(r.values.get("interface") or ""),
        "values": r.values,
    }


def field_rows(schema: Schema, rules: Rules, r: Request) -> list[dict[str, Any]]:
    """What was written on the form, and what was told when it was delivered."""
    return [
        {"id": f.id, "name": heading(f), "value": r.values[f.id], "shown": shown(schema, f, r.values[f.id])}
        for f in rules.fields.fields
        if r.values.get(f.id) not in (None, "")
    ]


def event_row(schema: Schema, rules: Rules, r: Request, e: RequestEvent) -> dict[str, Any]:
    """A step in words of people. ``stands_in``: by somebody who is not of that body."""
    step = rules.steps.get(e.event)
    body = {APPLICANT: r.body, PROVIDER: r.provider}.get(e.role, e.body)
    return {
        "version": e.version,
        "at": e.at,
        "who": e.who,
        "role": e.role,
        "role_name": rules.words["roles"].get(e.role, e.role),
        "stands_in": e.body != body,
        "event": e.event,
        "event_name": step.name if step else e.event,
        "before": e.before,
        "after": e.after,
        "told": _event_sentence(schema, rules, e),
        "reason": e.reason,
        "source": e.source,
    }


def _event_sentence(schema: Schema, rules: Rules, e: RequestEvent) -> str:
    old, new = (rules.states.get(str(v.get(STATE) or "")) for v in (e.before, e.after))
    moved = f"{old.name} → {new.name}" if old and new else new.name if new else ""
    if e.event == APPLY:
        return moved
    rest = change_sentence(schema, rules.fields, _without(e.before), _without(e.after))
    return f"{moved}；{rest}" if rest else moved


def _without(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if k != STATE}


def used_row(rules: Rules, u: Used, today: date) -> dict[str, Any]:
    """What was used of an interface; ``request`` is empty where nobody asked for it."""
    r = u.request
    state = state_on(rules, r, today) if r else ""
    return {
        "request_id": r.id if r else None,
        "request": r.code if r else "",
        "resource": u.resource,
        "name": u.name,
        "provider": u.provider,
        "interface": u.interface,
        "body": u.body,
        "state": state,
        "state_name": rules.states[state].name if state else "",
        "delivered_on": day_of(r.delivered_at) if r and r.delivered_at else None,
        "first": u.first,
        "last": u.last,
        "days": u.days,
        "calls": u.calls,
        "records": u.records,
    }
