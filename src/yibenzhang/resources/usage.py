"""What was used, by interface and day: taken from tables of people, bound to requests, the first use told to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, insert, or_, select
from sqlalchemy.orm import Session

from yibenzhang.resources.importing import Refused, read_table
from yibenzhang.resources.models import Entry, Request, Usage
from yibenzhang.resources.request_rules import USE, Rules, day_of
from yibenzhang.resources.requests import by_program, state_on
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import CHUNK, Doer
from yibenzhang.resources.values import Refusal

DATA = "data_resource"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of a table. ``first``: codes of requests that were used for the first time."""

    added: int
    changed: int
    same: int
    refused: tuple[Refused, ...]
    first: tuple[str, ...]
    written: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is bound: to a request, or to a resource that somebody used without one."""

    line: int
    request: Request | None
    entry_id: int
    interface: str
    body: str
    day: date
    calls: int
    records: int | None

    @property
    def key(self) -> str:
        what = f"R{self.request.id}" if self.request else f"E{self.entry_id}\x1f{self.body}"
        return f"{what}\x1f{self.interface}\x1f{self.day.isoformat()}"


class _Binder:
    """Which request a line of usage belongs to: by its code, or by the interface, the body and the day."""

    def __init__(self, session: Session, rules: Rules, today: date) -> None:
        self._rules, self._today = rules, today
        self._codes: dict[str, Request] = {}
        self._interfaces: dict[str, list[Request]] = {}
        self._entries: dict[str, set[int]] = {}
        for r in session.scalars(select(Request).order_by(Request.id)):
            self._codes[r.code] = r
            for name in {str(r.values.get("interface") or ""), r.resource, r.name} - {""}:
                self._interfaces.setdefault(name, []).append(r)
        columns = (Entry.id, Entry.code, Entry.name, Entry.values["location"].as_string())
        for number, code, name, location in session.execute(select(*columns).where(Entry.kind == DATA)):
            for known in {code, name, location} - {None, ""}:
                self._entries.setdefault(str(known), set()).add(number)

    def line(self, number: int, values: Mapping[str, Any]) -> Line:
        """The line bound. Raises Refusal with the reason where it cannot be."""

        def wrong(sentence: str, /, **arguments: object) -> Refusal:
            return Refusal(self._rules.say(sentence, line=number, **arguments))

        day, calls, records = date.fromisoformat(values["day"]), values["calls"], values.get("records")
        code, interface, body = (str(values.get(k) or "") for k in ("request", "interface", "body"))
        if day > self._today:
            raise wrong("usage_future", day=day)
        if calls < 0 or (records or 0) < 0:
            raise wrong("usage_negative")
        if not code and not interface:
            raise wrong("usage_neither")
        request = (
            self._coded(wrong, code, interface, body) if code else self._named(wrong, interface, body, day)
        )
        if request is None:
            entry = self._entry(wrong, interface, body)
            return Line(number, None, entry, interface[:400], body[:200], day, calls, records)
        own = str(request.values.get("interface") or "") or request.resource
        return Line(number, request, request.entry_id, own[:400], request.body, day, calls, records)

    def _entry(self, wrong: Any, interface: str, body: str) -> int:
        """The resource that a body used without a request."""
        requested = {r.entry_id for r in self._interfaces.get(interface, ())}
        found = requested or self._entries.get(interface, set())
        if len(found) != 1:
            raise wrong("usage_unknown", interface=interface)
        if not body:
            raise wrong("usage_nobody", interface=interface)
        return min(found)

    def _coded(self, wrong: Any, code: str, interface: str, body: str) -> Request:
        request = self._codes.get(code)
        if request is None:
            raise wrong("usage_no_request", code=code)
        own = str(request.values.get("interface") or "")
        if interface and interface not in (own, request.resource, request.name):
            raise wrong("usage_other", interface=interface, code=code, own=own or request.resource)
        if body and body != request.body:
            raise wrong("usage_body", code=code, body=request.body, other=body)
        return request

    def _named(self, wrong: Any, interface: str, body: str, day: date) -> Request | None:
        """Of several requests the one that was in use on the day; else the last that was delivered before. One that was
        never delivered is meant only where its body is named. None where nobody asked (or this body did not)."""
        asked = [r for r in self._interfaces.get(interface, ()) if not body or r.body == body]
        delivered = [(r, r.delivered_at) for r in asked if r.delivered_at is not None]
        if not delivered:
            return asked[-1] if body and len({r.entry_id for r in asked}) == 1 else None
        covering = [(r, at) for r, at in delivered if self._covers(r, day)] or delivered
        if len({(r.body, r.entry_id) for r, _ in (covering if body else delivered)}) > 1:
            raise wrong("usage_many", interface=interface, count=len(delivered))
        before = [r for r, at in covering if day_of(at) <= day]
        return before[-1] if before else covering[0][0]

    def _covers(self, request: Request, day: date) -> bool:
        start, end = request.delivered_at, over_on(self._rules, request, self._today)
        return start is not None and day_of(start) <= day and (end is None or day <= end)


def over_on(rules: Rules, request: Request, today: date) -> date | None:
    """The last day of use: that on which a request was ended, or to which it ran; None while it runs."""
    ended = day_of(request.over_at) if request.over_at else None
    if rules.states[state_on(rules, request, today)].over and request.delivered_at is not None:
        return min(ended or request.ends_on, request.ends_on)
    return ended


def take_usage(
    session: Session, schema: Schema, rules: Rules, data: bytes, doer: Doer, today: date, rest: bool = False
) -> Imported:
    """Write a table of usage (Excel, CSV). All lines are taken or none, unless the ``rest`` of a refused one is asked
    for. Raises ReadingError for what is no such table."""
    read = read_table(session, schema, rules.usage, data)
    binder, refused = _Binder(session, rules, today), list(read.refused)
    lines: dict[str, Line] = {}
    for row in read.rows:
        try:
            line = binder.line(row.line, row.draft.values)
        except Refusal as error:
            refused.append(Refused(row.line, str(error)))
            continue
        if (other := lines.get(line.key)) is not None:
            why = schema.say("twice", line=row.line, other=other.line, key=line.interface)
            refused.append(Refused(row.line, why))
            continue
        lines[line.key] = line
    refused.sort(key=lambda r: r.line)
    if refused and not rest:
        return Imported(0, 0, 0, tuple(refused), (), False)
    known = _known(session, lines)
    new = [n for n in lines.values() if known.get(n.key) != (n.calls, n.records)]
    changed = sum(n.key in known for n in new)
    for k in range(0, len(new), CHUNK):
        session.execute(insert(Usage), [_row(n, doer) for n in new[k : k + CHUNK]])
    first = _begin(session, rules, new, doer, today)
    return Imported(len(new) - changed, changed, len(lines) - len(new), tuple(refused), tuple(first), True)


def _row(n: Line, doer: Doer) -> dict[str, Any]:
    return {
        "key": n.key,
        "request_id": n.request.id if n.request else None,
        "entry_id": n.entry_id,
        "interface": n.interface,
        "body": n.body,
        "day": n.day,
        "calls": n.calls,
        "records": n.records,
        "at": doer.at,
        "who": doer.who,
        "source": doer.source,
    }


def _known(session: Session, keys: Iterable[str]) -> dict[str, tuple[int, int | None]]:
    wanted, out = list(keys), {}
    for k in range(0, len(wanted), 500):
        asked = select(Usage.key, Usage.calls, Usage.records).where(Usage.key.in_(wanted[k : k + 500]))
        for key, calls, records in session.execute(asked.order_by(Usage.id)):
            out[key] = (calls, records)
    return out


def _begin(session: Session, rules: Rules, lines: Sequence[Line], doer: Doer, today: date) -> list[str]:
    """Requests that were delivered and are now used for the first time."""
    days: dict[int, tuple[Request, date]] = {}
    for n in lines:
        r = n.request
        if r is not None and n.calls > 0 and r.delivered_at is not None and day_of(r.delivered_at) <= n.day:
            before = days.get(r.id)
            days[r.id] = (r, min(n.day, before[1]) if before else n.day)
    out = []
    for request, day in days.values():
        session.refresh(request)
        if rules.after(request.state, USE) and day <= request.ends_on:
            by_program(session, rules, request, USE, doer, rules.say("first_day", day=day.isoformat()))
            out.append(request.code)
    return out


# ---- reading -------------------------------------------------------------------------------------------


def newest() -> Select[Any]:
    """The lines that count: of each key the last."""
    return select(func.max(Usage.id)).group_by(Usage.key)


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of one interface by one body. ``request`` is None where nobody asked for it."""

    request: Request | None
    resource: str
    name: str
    provider: str
    interface: str
    body: str
    first: date | None
    last: date | None
    days: int
    calls: int
    records: int | None


def used(session: Session, rules: Rules, only: str | None = None) -> list[Used]:
    """All that was used, and what was delivered and never used (no day, no calls); ``only``: what a body sees."""
    lines = (
        select(
            Usage.request_id,
            Entry.code,
            Entry.name,
            Entry.body,
            Usage.interface,
            Usage.body,
            func.min(Usage.day),
            func.max(Usage.day),
            func.count(),
            func.sum(Usage.calls),
            func.sum(Usage.records),
        )
        .join(Entry, Entry.id == Usage.entry_id)
        .where(Usage.id.in_(newest()), Usage.calls > 0)
        .group_by(
            Usage.request_id, Usage.entry_id, Entry.code, Entry.name, Entry.body, Usage.interface, Usage.body
        )
        .order_by(Entry.code, Usage.body)
    )
    asked = select(Request).where(Request.delivered_at.is_not(None)).order_by(Request.id)
    if only is not None:
        lines = lines.where(or_(Usage.body == only, Entry.body == only))
        asked = asked.where(or_(Request.body == only, Request.provider == only))
    known = {r.id: r for r in session.scalars(asked)}
    out, seen = [], set()
    for number, code, name, provider, interface, body, first, last, days, calls, records in session.execute(
        lines
    ):
        seen.add(number)
        request = known.get(number) if number else None
        counted = (first, last, days, int(calls), None if records is None else int(records))
        out.append(Used(request, code, name, provider, interface, body, *counted))
    for r in known.values():
        if r.id not in seen and r.kind == DATA:
            own = str(r.values.get("interface") or "")
            out.append(Used(r, r.resource, r.name, r.provider, own, r.body, None, None, 0, 0, None))
    return out
