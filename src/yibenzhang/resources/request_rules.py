"""How requests go, as data (standards/resources/requests.toml): ways, the one table of transitions, limits, the
calendar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from yibenzhang.office.models import ZONE
from yibenzhang.resources.schema import FOLDER, Kind, kind_of, layers_of, merged
from yibenzhang.standards import StandardsError

NAME = "requests"
NEW = "new"
"""The state before the first event."""
APPLY, USE, EXPIRE = "apply", "use", "expire"
"""Events that the program itself knows; all others are only in the table."""
APPLICANT, PROVIDER, AUTHORITY, PROGRAM = "applicant", "provider", "authority", "program"


@dataclass(frozen=True, slots=True)
class State:
    """``turn``: whose turn it is; ``live``: the resource may be used; ``over``: nothing comes after."""

    id: str
    name: str
    turn: str = ""
    live: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table: from these states by this event to that state. ``answer`` is yes or no where it is one."""

    id: str
    name: str
    before: frozenset[str]
    after: str
    by: tuple[str, ...]
    reason: bool = False
    asks: tuple[str, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Which steps a request takes, by the kind and share type of its resource. ``limits``: state → working days."""

    id: str
    name: str
    kinds: tuple[str, ...]
    share: tuple[str, ...]
    first: str
    told: str
    limits: Mapping[str, int]
    provided: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """What the catalogue shows of a kind, and what a request for it says."""

    kind: str
    shown: tuple[str, ...]
    asked: tuple[str, ...]
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off and days worked beside the week; ``years`` are those that are known."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]

    def works(self, day: date) -> bool:
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def after(self, day: date, days: int) -> date:
        """The working day that is so many working days after a day."""
        while days > 0:
            day += timedelta(days=1)
            days -= self.works(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to ``end``; negative where ``end`` is the earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


@dataclass(frozen=True)
class Rules:
    """Everything of requests.toml. ``fields``: of a request; ``usage``: of a line of usage."""

    fields: Kind
    usage: Kind
    states: Mapping[str, State]
    steps: Mapping[str, Step]
    ways: Mapping[str, Way]
    offers: Mapping[str, Offer]
    calendar: Calendar
    words: Mapping[str, Mapping[str, Any]]

    def say(self, sentence: str, /, **arguments: object) -> str:
        return str(self.words["says"][sentence]).format(**arguments)

    def after(self, state: str, event: str) -> str:
        """The state that an event leads to; empty where it cannot happen."""
        step = self.steps.get(event)
        return step.after if step is not None and state in step.before else ""

    def folded(self, events: Iterable[str]) -> str:
        """The state that events lead to, one after the other. Raises ValueError where one of them cannot happen."""
        state = NEW
        for event in events:
            state = self.after(state, event)
            if not state:
                raise ValueError(event)
        return state

    def steps_from(self, state: str) -> list[Step]:
        return [s for s in self.steps.values() if state in s.before]

    def way_of(self, kind: str, share: str) -> Way | None:
        """The way of a resource of this kind and share type; None where it cannot be asked for."""
        return next((w for w in self.ways.values() if kind in w.kinds and share in w.share), None)

    def marked(self, mark: str) -> list[str]:
        """The states that are live, or over."""
        return [s.id for s in self.states.values() if getattr(s, mark)]

    def turns(self, role: str) -> list[str]:
        """The states in which it is this role's turn."""
        return [s.id for s in self.states.values() if s.turn == role]


def day_of(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(ZONE).date()


def load_rules(extra: str = "") -> Rules:
    """The rules with the folder ``extra`` on top. Raises StandardsError."""
    files = [layer / f"{NAME}.toml" for layer in layers_of(extra)]
    return _loaded(extra, tuple((str(p), p.stat().st_mtime_ns) for p in files if p.exists()))


@lru_cache(maxsize=16)
def _loaded(extra: str, stamp: tuple[tuple[str, int], ...]) -> Rules:
    data = merged(extra, NAME)
    where = f"{FOLDER}/{NAME}.toml"
    try:
        made = Rules(
            kind_of({"kind": data["kind"], "field": data["field"].values()}, where),
            kind_of({"kind": _USAGE, "field": data["usage"].values()}, where),
            {i: _state(e) for i, e in data["state"].items()},
            {i: _step(e) for i, e in data["transition"].items()},
            {i: _way(e) for i, e in data["way"].items()},
            {i: _offer(e) for i, e in data["offer"].items()},
            _calendar(data.get("calendar", {})),
            {k: data[k] for k in ("says", "roles", "due", "remind")},
        )
    except (KeyError, ValueError) as error:
        raise StandardsError(f"{where}: {error}") from error
    wrong = list(_unsound(made))
    if wrong:
        raise StandardsError(f"{where}: {'、'.join(wrong)}")
    return made


_USAGE = {
    "id": "usage",
    "name": "usage",
    "prefix": "",
    "key": ["request", "interface", "body", "day"],
}


def _state(e: Mapping[str, Any]) -> State:
    return State(
        e["id"], e["name"], e.get("turn", ""), bool(e.get("live", False)), bool(e.get("over", False))
    )


def _step(e: Mapping[str, Any]) -> Step:
    return Step(
        e["id"],
        e["name"],
        frozenset(e["from"]),
        e["to"],
        tuple(e["by"]),
        bool(e.get("reason", False)),
        tuple(e.get("asks", ())),
        e.get("answer", ""),
    )


def _way(e: Mapping[str, Any]) -> Way:
    return Way(
        e["id"],
        e["name"],
        tuple(e["kinds"]),
        tuple(e["share"]),
        e["first"],
        e["told"],
        e.get("limits", {}),
        bool(e.get("provided", True)),
    )


def _offer(e: Mapping[str, Any]) -> Offer:
    return Offer(e["id"], tuple(e.get("shown", ())), tuple(e.get("asked", ())), tuple(e.get("needed", ())))


def _calendar(data: Mapping[str, Mapping[str, Any]]) -> Calendar:
    off = {d for year in data.values() for span in year.get("off", ()) for d in _days(span)}
    work = {date.fromisoformat(d) for year in data.values() for d in year.get("work", ())}
    return Calendar(frozenset(off), frozenset(work), frozenset(map(int, data)))


def _days(span: str) -> Iterator[date]:
    first, _, last = span.partition("/")
    day, end = date.fromisoformat(first), date.fromisoformat(last or first)
    while day <= end:
        yield day
        day += timedelta(days=1)


def _unsound(rules: Rules) -> Iterator[str]:
    """What the tables name and is not there."""
    roles = {APPLICANT, PROVIDER, AUTHORITY, PROGRAM}
    for step in rules.steps.values():
        yield from (f"{step.id}: {s}" for s in (*step.before, step.after) if s not in rules.states)
        yield from (f"{step.id}: {r}" for r in step.by if r not in roles)
        yield from (f"{step.id}: {f}" for f in step.asks if rules.fields.field(f) is None)
    yield from (e for e in (APPLY, USE, EXPIRE) if e not in rules.steps)
    for state in rules.states.values():
        if state.over and rules.steps_from(state.id):
            yield f"{state.id}: over"
    for way in rules.ways.values():
        if not rules.after(rules.steps[APPLY].after, way.first):
            yield f"{way.id}: {way.first}"
        yield from (f"{way.id}: {s}" for s in way.limits if s not in rules.states)
        yield from (f"{way.id}: {k}" for k in way.kinds if k not in rules.offers)
