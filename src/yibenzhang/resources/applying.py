"""Asking for resources: the catalogue of what is published, and one form for data, cloud and network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from yibenzhang.office.access import NotAllowed, Refused
from yibenzhang.resources.models import Entry, Request
from yibenzhang.resources.request_rules import APPLICANT, APPLY, Rules, Way
from yibenzhang.resources.requests import Person, add_event, by_program
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import WITHDRAWN, Doer, numbers
from yibenzhang.resources.values import Refusal, parsed, problems, shown

MOST = 50
"""Resources on one form."""
LARGEST = 10**12
"""What no quantity reaches."""
PUBLISHED = "published"
_PARTED = re.compile(r"[、,，;；\n]")


@dataclass(frozen=True, slots=True)
class Form:
    """One form: who asks for which resources (codes), with values for all of them and for single ones."""

    body: str
    codes: tuple[str, ...]
    values: Mapping[str, Any]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, code: str) -> dict[str, Any]:
        found = {**self.values, **self.own.get(code, {})}
        return {k: v for k, v in found.items() if v is not None}


def offered(
    session: Session, rules: Rules, find: str = "", kind: str = "", codes: Sequence[str] = (), most: int = 100
) -> Sequence[Entry]:
    """The catalogue: published entries that can be asked for, by words or by their codes."""
    kinds = [k for k in rules.offers if not kind or k == kind]
    asked = select(Entry).where(Entry.state == PUBLISHED, Entry.kind.in_(kinds))
    if codes:
        asked = asked.where(Entry.code.in_(codes))
    for word in find.split()[:10]:
        texts = (Entry.name, Entry.code, Entry.body, Entry.values["abstract"].as_string())
        asked = asked.where(or_(*(c.contains(word, autoescape=True) for c in texts)))
    order = case({k: n for n, k in enumerate(rules.offers)}, value=Entry.kind)
    return session.scalars(asked.order_by(order, Entry.id).limit(most)).all()


def way_of(rules: Rules, entry: Entry) -> Way | None:
    """Which way a request for an entry goes; None where it cannot be asked for."""
    return rules.way_of(entry.kind, str(entry.values.get("share") or ""))


def offer_row(schema: Schema, rules: Rules, entry: Entry) -> dict[str, Any]:
    """What the catalogue shows of an entry: no more than its offer says."""
    kind, way, offer = schema.kinds[entry.kind], way_of(rules, entry), rules.offers[entry.kind]
    parts = [
        f"{f.name}：{shown(schema, f, entry.values[f.id])}"
        for f in kind.fields
        if f.id in offer.shown and entry.values.get(f.id) not in (None, "")
    ]
    return {
        "id": entry.id,
        "code": entry.code,
        "kind": entry.kind,
        "kind_name": kind.name,
        "name": entry.name,
        "body": entry.body,
        "way": way.id if way else "",
        "way_name": way.name if way else "",
        "told": "；".join(parts),
    }


def form_values(schema: Schema, rules: Rules, given: Mapping[str, str]) -> dict[str, Any]:
    """What a form says of the fields it holds. Raises Refused."""
    out: dict[str, Any] = {}
    for f in rules.fields.fields:
        if f.id in given:
            try:
                out[f.id] = parsed(schema, f, given[f.id], lambda _, text: text)
            except Refusal as error:
                raise Refused(str(error)) from error
    return out


# ---- asking ------------------------------------------------------------------------------------------------


def apply(
    session: Session, schema: Schema, rules: Rules, form: Form, person: Person, today: date
) -> list[Request]:
    """Ask for every resource of a form, each on its own way; all or none. Raises Refused, or NotAllowed for another
    body's form."""
    if not form.body:
        raise Refused(rules.say("no_body"))
    if not person.whole and form.body != person.body:
        raise NotAllowed
    codes = list(dict.fromkeys(form.codes))
    if not codes:
        raise Refused(rules.say("no_resources"))
    if len(codes) > MOST:
        raise Refused(rules.say("too_many", most=MOST))
    first = numbers(
        session, rules.fields.prefix, len(codes)
    )  # others who ask wait here, and then see this one
    there = {e.code: e for e in offered(session, rules, codes=codes)}
    picked: list[tuple[Entry, Way, dict[str, Any]]] = []
    for code in codes:
        entry = there.get(code)
        way = way_of(rules, entry) if entry is not None else None
        if entry is None or way is None:
            raise Refused(rules.say("not_offered", code=code))
        _acceptable(session, rules, entry, way, form.body)
        picked.append((entry, way, _checked(session, schema, rules, entry, form.of(code), today)))
    return [
        _made(session, rules, form.body, entry, way, values, first, first + n, person)
        for n, (entry, way, values) in enumerate(picked)
    ]


def _acceptable(session: Session, rules: Rules, entry: Entry, way: Way, body: str) -> None:
    if way.provided and entry.body == body:
        raise Refused(rules.say("own", name=entry.name))
    waiting = [s.id for s in rules.states.values() if not s.live and not s.over]
    asked = select(Request).where(
        Request.entry_id == entry.id, Request.body == body, Request.state.in_(waiting)
    )
    if (other := session.scalars(asked).first()) is not None:
        state = rules.states[other.state].name
        raise Refused(rules.say("open_already", name=entry.name, other=other.code, state=state))


def _checked(
    session: Session, schema: Schema, rules: Rules, entry: Entry, values: dict[str, Any], today: date
) -> dict[str, Any]:
    """The values that a request for this entry keeps. Raises Refused."""
    offer = rules.offers[entry.kind]
    special = {f for o in rules.offers.values() for f in o.asked} - set(offer.asked)
    later = {f for s in rules.steps.values() for f in s.asks}
    kept = {k: v for k, v in values.items() if k not in special | later}
    if missing := problems(schema, rules.fields, kept):
        raise Refused("；".join(missing))
    for name in offer.needed:
        if kept.get(name) in (None, ""):
            raise Refused(rules.say("needed", name=entry.name, field=_named(rules, name)))
    begins, ends = kept.setdefault("begins_on", today.isoformat()), kept["ends_on"]
    if ends < today.isoformat():
        raise Refused(rules.say("period_past", ends=ends))
    if begins > ends:
        raise Refused(rules.say("period_order", begins=begins, ends=ends))
    if "quantity" in kept and not 0 < Decimal(kept["quantity"]) < LARGEST:
        raise Refused(rules.say("not_positive", field=_named(rules, "quantity")))
    if kept.get("fields"):
        kept["fields"] = "、".join(_known_fields(session, rules, entry, kept["fields"]))
    return kept


def _named(rules: Rules, name: str) -> str:
    found = rules.fields.field(name)
    return found.name if found else name


def fields_of(session: Session, entry: Entry) -> dict[str, str]:
    """Where the account has an entry's fields, what each is called: by its Chinese name or else its own, which also
    leads to it. Names in small letters lead to what people read."""
    of_resource = Entry.values["resource"].as_string() == entry.code
    label = Entry.values["label"].as_string()
    fields = select(Entry.name, label).where(Entry.kind == "field", Entry.body == entry.body)
    asked = fields.where(Entry.state != WITHDRAWN, of_resource)
    found = session.execute(asked.order_by(Entry.id)).all()
    own = {name.casefold(): label or name for name, label in found}
    return own | {label.casefold(): label for _, label in found if label}


def _known_fields(session: Session, rules: Rules, entry: Entry, text: str) -> list[str]:
    wanted = list(dict.fromkeys(w for part in _PARTED.split(text) if (w := part.strip())))
    known = fields_of(session, entry)
    lost = [w for w in wanted if w.casefold() not in known]
    if known and lost:
        names = list(dict.fromkeys(known.values()))[:40]
        fields = {"fields": "、".join(lost), "known": "、".join(names)}
        raise Refused(rules.say("no_field", name=entry.name, **fields))
    return list(dict.fromkeys(known.get(w.casefold(), w) for w in wanted))


def _made(
    session: Session,
    rules: Rules,
    body: str,
    entry: Entry,
    way: Way,
    values: dict[str, Any],
    first: int,
    number: int,
    person: Person,
) -> Request:
    prefix, at = rules.fields.prefix, person.doer.at
    request = Request(
        code=f"{prefix}{number:06d}",
        form=f"{prefix}{first:06d}",
        kind=entry.kind,
        entry_id=entry.id,
        resource=entry.code,
        name=entry.name,
        body=body,
        provider=entry.body if way.provided else "",
        way=way.id,
        state=rules.steps[APPLY].after,
        since=at,
        version=1,
        values=values,
        ends_on=date.fromisoformat(values["ends_on"]),
        applied_at=at,
    )
    session.add(request)
    session.flush()
    after = {**values, "state": request.state}
    add_event(session, request, APPLY, APPLICANT, person.body, person.doer, {}, after, "")
    reason = way.told
    if rules.states[rules.steps[way.first].after].over:
        why = str(entry.values.get("share_condition") or "")
        reason = rules.say("declined", why=why) if why else rules.say("declined_bare")
    by_program(session, rules, request, way.first, Doer(at), reason)
    return request
