"""Requests and usage of the made city, with planted faults of every kind and as many twins: all by the program's own steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from yibenzhang.resources.applying import Form, apply
from yibenzhang.resources.request_rules import Rules, load_rules
from yibenzhang.resources.requests import Person, request_of, step
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Doer
from yibenzhang.resources.usage import take_usage

DELIVERED, ENDED, LAST = date(2026, 3, 2), date(2026, 6, 1), date(2026, 8, 31)
FIRST, BLOCK = 1_000, 100
"""The resource with which they begin, and how many each kind of fault has."""
ONE = timedelta(days=1)


@dataclass
class Town:
    """The account that they are made in. ``lines`` of usage go in last."""

    session: Session
    schema: Schema
    rules: Rules
    bodies: Sequence[str]
    plant: Callable[[str, str], None]
    lines: list[str]

    def asked(self, code: str, body: str, day: date, **more: str) -> str:
        form = Form(body, (code,), {"user": "某人", "purpose": "核验", "ends_on": "2026-12-31", **more})
        return apply(self.session, self.schema, self.rules, form, _clerk(day), day)[0].code

    def stepped(self, code: str, event: str, day: date, **values: str) -> None:
        r = request_of(self.session, self.rules, code)
        step(self.session, self.rules, r, event, r.version, _clerk(day), day, "造数", values)

    def delivered(self, number: int, body: str, day: date = DELIVERED, **more: str) -> str:
        code = self.asked(number_of("SJ", number), body, day, **more)
        self.stepped(code, "authority_agree", day)
        self.stepped(code, "deliver", day, interface=f"if{number}")
        return code

    def used(self, code: str, day: date, calls: int = 3) -> None:
        self.lines.append(f"{code},,,{day},{calls}")


def _clerk(day: date) -> Person:
    return Person(Doer(datetime(day.year, day.month, day.day, 1, tzinfo=UTC), "造数"), "", True, True)


def number_of(prefix: str, number: int) -> str:
    return f"{prefix}{number + 1:06d}"


def plant_requests(
    session: Session, schema: Schema, bodies: Sequence[str], plant: Callable[[str, str], None], many: int
) -> None:
    """``many`` faults of each kind and as many twins; every provider has usage to the last day."""
    town = Town(session, schema, load_rules(), bodies, plant, [])
    for n in range(len(bodies)):
        code = town.delivered(3_000 + n, town.bodies[(3_000 + n + 1) % len(bodies)])
        town.used(code, LAST)
    for block, make in enumerate((_unused, _none, _early, _after_end, _overdue)):
        for n in range(2 * many):
            number = FIRST + BLOCK * block + n
            provider, asker = (bodies[(number + k) % len(bodies)] for k in (0, 1))
            make(town, number, provider, asker, n < many)
    for n in range(2 * many):
        _cloud(town, n, n < many)
    head = "申请编号,接口,使用单位,日期,次数\n"
    take_usage(session, schema, town.rules, (head + "\n".join(town.lines)).encode(), _clerk(LAST).doer, LAST)


def _unused(town: Town, number: int, provider: str, asker: str, fault: bool) -> None:
    code = town.delivered(number, asker)
    if fault:
        town.plant("request.unused", f"资源{number}")
    else:
        town.used(code, DELIVERED + 3 * ONE, 1)


def _none(town: Town, number: int, provider: str, asker: str, fault: bool) -> None:
    """The twin is the provider's own use."""
    town.lines.append(f",资源{number},{asker if fault else provider},2026-07-01,9")
    if fault:
        town.plant("request.none", f"资源{number}")


def _early(town: Town, number: int, provider: str, asker: str, fault: bool) -> None:
    code = town.delivered(number, asker)
    town.used(code, DELIVERED - ONE if fault else DELIVERED)
    town.used(code, DELIVERED + ONE)
    if fault:
        town.plant("request.early", f"资源{number}")


def _after_end(town: Town, number: int, provider: str, asker: str, fault: bool) -> None:
    """Ended by a person, or by its own period."""
    by_itself = number % 2 == 1
    code = town.delivered(number, asker, ends_on=ENDED.isoformat() if by_itself else "2026-12-31")
    if not by_itself:
        town.stepped(code, "end", ENDED)
    town.used(code, ENDED + ONE if fault else ENDED)
    if fault:
        town.plant("request.after_end", f"资源{number}")


def _overdue(town: Town, number: int, provider: str, asker: str, fault: bool) -> None:
    """The bureau has two working days."""
    town.asked(number_of("SJ", number), asker, LAST - 6 * ONE if fault else LAST - 3 * ONE)
    if fault:
        town.plant("request.overdue", f"资源{number}")


def _cloud(town: Town, n: int, fault: bool) -> None:
    """More than the quota of 100, or two that are more together; twins ask for just so much, or one was ended."""
    body, other = town.bodies[n % len(town.bodies)], town.bodies[(n + 1) % len(town.bodies)]
    town.asked(number_of("YZ", 200 + n), body, LAST, quantity="101" if fault else "100", measure="核")
    many = 400 + n
    for k, who in enumerate((body, other)):
        code = town.asked(number_of("YZ", many), who, LAST, quantity="60", measure="核")
        town.stepped(code, "authority_agree", LAST)
        town.stepped(code, "deliver", LAST)
        if k and not fault:
            town.stepped(code, "end", LAST)
    if fault:
        town.plant("request.quota", f"主机{200 + n}")
        town.plant("request.granted", f"主机{many}")
