"""Work orders of the quality of data: failing rows go to the owner, he says that they are mended, the next check of the
same source closes the order or opens it again. Steps are only added; the state of an order is its last step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from yibenzhang.office.access import NotHere, Refused
from yibenzhang.resources.models import Mending, Quality
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Doer, numbers

PREFIX = "ZG"
DAYS = 15
"""So many days an owner has, unless another day is named."""
_WAITING = ("open", "again")


@dataclass(frozen=True, slots=True)
class Order:
    """``state``: open (also where a check found it again), mended as the owner says, closed by a check."""

    code: str
    steps: tuple[Mending, ...]

    @property
    def last(self) -> Mending:
        return self.steps[-1]

    @property
    def first(self) -> Mending:
        return self.steps[0]

    @property
    def state(self) -> str:
        return "open" if self.last.event in _WAITING else self.last.event

    @property
    def failed(self) -> int:
        """Rows that failed when it was last looked at."""
        return next((s.failed for s in reversed(self.steps) if s.failed is not None), 0)

    def late(self, today: date) -> bool:
        return self.state == "open" and self.first.due_on is not None and self.first.due_on < today


def orders(session: Session, only: str | None = None, state: str = "") -> list[Order]:
    """Orders, the newest first; ``only``: of this body."""
    asked = select(Mending).order_by(Mending.code, Mending.step)
    if only is not None:
        asked = asked.where(Mending.body == only)
    return _grouped(session.scalars(asked), state)


def order_of(session: Session, schema: Schema, code: str, only: str | None = None) -> Order:
    """The order with this code. Raises NotHere."""
    asked = select(Mending).where(Mending.code == code).order_by(Mending.step)
    if only is not None:
        asked = asked.where(Mending.body == only)
    found = _grouped(session.scalars(asked))
    if not found:
        raise NotHere(schema.say("not_here", code=code))
    return found[0]


def _grouped(steps: Iterable[Mending], state: str = "") -> list[Order]:
    by_code: dict[str, list[Mending]] = {}
    for s in steps:
        by_code.setdefault(s.code, []).append(s)
    made = [Order(code, tuple(some)) for code, some in by_code.items()]
    return [o for o in sorted(made, key=lambda o: o.code, reverse=True) if state in ("", o.state)]


def _of(x: Mending | Quality) -> tuple[str, str, str, str, str]:
    return (x.source, x.body, x.resource, x.rule, x.field)


def send(session: Session, found: Sequence[Quality], doer: Doer, due_on: date | None = None) -> list[str]:
    """An order for each result with failing rows that has none yet; their codes. ``found``: results of last runs."""
    live = {_of(o.first) for o in orders(session) if o.state != "closed"}
    failing = [q for q in found if q.checked is not None and q.passed is not None and q.passed < q.checked]
    fresh = [q for q in failing if _of(q) not in live]
    if not fresh:
        return []
    first = numbers(session, PREFIX, len(fresh))
    rows = [
        {
            **_named(q),
            "code": f"{PREFIX}{first + k:06d}",
            "step": 1,
            "event": "open",
            "at": doer.at,
            "who": doer.who,
            "due_on": due_on or doer.at.date() + timedelta(days=DAYS),
            "run": q.run,
            "checked": q.checked,
            "failed": (q.checked or 0) - (q.passed or 0),
            "note": "",
        }
        for k, q in enumerate(fresh)
    ]
    session.execute(insert(Mending), rows)
    return [str(r["code"]) for r in rows]


def _named(x: Mending | Quality) -> dict[str, Any]:
    return {"source": x.source, "body": x.body, "resource": x.resource, "rule": x.rule, "field": x.field}


def mended(session: Session, schema: Schema, order: Order, step: int, note: str, doer: Doer) -> None:
    """The owner says that it is mended, and how. ``step``: the last that he saw. Raises Refused."""
    if not note.strip():
        raise Refused(schema.say("mending_note"))
    if order.state != "open" or order.last.step != step:
        raise Refused(schema.say("mending_moved", code=order.code, who=order.last.who or "—"))
    try:
        with session.begin_nested():
            session.add(_next(order, "mended", doer, note=note.strip()))
    except IntegrityError as error:  # somebody was first at the same moment
        raise Refused(schema.say("mending_moved", code=order.code, who="—")) from error


def _next(order: Order, event: str, doer: Doer, **more: Any) -> Mending:
    return Mending(
        **_named(order.first),
        code=order.code,
        step=order.last.step + 1,
        event=event,
        at=doer.at,
        who=doer.who,
        due_on=order.first.due_on,
        **more,
    )


def recheck(
    session: Session, source: str, body: str, results: Sequence[Mapping[str, Any]], run: str, doer: Doer
) -> None:
    """What a new run says of the live orders of its source: mended rows close one, failing ones open it again. What
    could not be checked says nothing."""
    by_key = {(r["source"], r["body"], r["resource"], r["rule"], r["field"]): r for r in results}
    for order in orders(session, body):
        found = by_key.get(_of(order.first))
        if (
            order.first.source != source
            or order.state == "closed"
            or found is None
            or found["checked"] is None
        ):
            continue
        failed = found["checked"] - (found["passed"] or 0)
        if failed and order.state == "open" and failed == order.failed:
            continue  # as it was, and nobody said otherwise
        event = "again" if failed else "closed"
        session.add(_next(order, event, doer, run=run, checked=found["checked"], failed=failed, note=""))
