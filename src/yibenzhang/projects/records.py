"""What people filled in on their own projects: mid-year monitoring and self-assessment at the year's end.

A file beside the ledger that is only ever added to; who, when and every former version stay.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from yibenzhang.ledger.appending import Growing, append_line
from yibenzhang.ledger.bodies import bare
from yibenzhang.projects.events import Event, Money, Source
from yibenzhang.projects.words import say

FILE = "performance.jsonl"
MONITORING, ASSESSMENT = "monitoring", "self_assessment"
_LONG = 4000
"""No text that a person fills in is longer."""
_MOST = 300
"""Nor are there more indicators."""
_DATE = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


class RecordRefused(Exception):
    """A form that cannot be kept; one sentence for people, each thing that is wrong in it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One indicator with what was reached; ``given``: the points that the body gives itself; ``why`` it differs;
    ``evidence``: where it can be seen. ``forecast``: whether the year's target will be met (yes, no or empty)."""

    level1: str
    level2: str
    name: str
    target: str
    actual: str = ""
    weight: str = ""
    given: str = ""
    why: str = ""
    evidence: str = ""
    forecast: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One form: of which project (its body as printed, code and name), year and day; money in 元 as decimal strings."""

    id: str
    kind: str
    body: str
    code: str
    name: str
    key: str
    year: int
    date: str
    budget: str
    executed: str
    results: tuple[Result, ...]
    words: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    at: str = ""

    @property
    def about(self) -> tuple[str, str, int, str]:
        """What a later form of the same takes the place of."""
        return (bare(self.body), self.key, self.year, self.kind)

    @property
    def proved(self) -> bool:
        """Every result that is given names its evidence."""
        return all(r.evidence for r in self.results if r.actual)


def checked(record: Record) -> Record:
    """The record as it is kept. Raises RecordRefused."""
    money = {name: str(getattr(record, name)) for name in ("budget", "executed")}
    wrong = [*_wrong_day(record), *_wrong_money(money), *_wrong_points(record), *_too_long(record)]
    if wrong:
        raise RecordRefused("；".join(dict.fromkeys(wrong)))
    return replace(record, budget=_kept_money(money["budget"]), executed=_kept_money(money["executed"]))


def _wrong_day(record: Record) -> Iterator[str]:
    if not _DATE.fullmatch(record.date):
        yield say("bad_date", date=record.date or "—")
    elif not record.date.startswith(str(record.year)) and record.kind == MONITORING:
        yield say("other_year", date=record.date, year=record.year)


def _wrong_money(money: Mapping[str, str]) -> Iterator[str]:
    for text in money.values():
        value = _money(text)
        if text.replace(",", "").strip() and (value is None or value < 0):
            yield say("bad_money", text=text)


def _money(text: str) -> Decimal | None:
    return _decimal(text.replace(",", ""))


def _kept_money(text: str) -> str:
    value = _money(text)
    return f"{value:f}" if value is not None else ""


def _wrong_points(record: Record) -> Iterator[str]:
    """Points are 0 to 100, and no more are given than an indicator weighs."""
    for r in record.results:
        for text in (r.weight, r.given):
            if not _are_points(text):
                yield say("bad_points", name=r.name, text=text)
        given, weight = _decimal(r.given), _decimal(r.weight)
        if given is not None and weight is not None and given > weight:
            yield say("above_weight", name=r.name, given=r.given, weight=r.weight)
    execution = record.words.get("execution_given", "")
    if not _are_points(execution):
        yield say("bad_points", name=say("execution"), text=execution)


_DRESS = re.compile(r"[()（）\s%％分点:：,，]+")


def undressed(text: str) -> str:
    """Points as forms print them and people type them (30%, 20分, (10 分)), without what stands about the number."""
    return _DRESS.sub("", text)


def points_text(text: str) -> str:
    """The same of a printed weight; what is no number is left out."""
    plain = undressed(text)
    return plain if _are_points(plain) else ""


def _are_points(text: str) -> bool:
    """Points, or nothing."""
    value = _decimal(text)
    return not text.strip() or (value is not None and 0 <= value <= 100)


def _too_long(record: Record) -> Iterator[str]:
    texts = [t for r in record.results for t in asdict(r).values()] + list(record.words.values())
    if len(record.results) > _MOST or any(len(t) > _LONG for t in texts):
        yield say("too_long", most=_LONG)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 15 else None


def keep(folder: Path, record: Record) -> Record:
    """Keep a form, on the disk when this returns. Raises RecordRefused."""
    made = replace(checked(record), id=uuid.uuid4().hex[:12])
    append_line(folder / FILE, json.dumps({"action": "keep", **asdict(made)}, ensure_ascii=False))
    return made


def take_back(folder: Path, record: str, at: str, by: str) -> None:
    """Take a form back; what stood before it stands again. Raises RecordRefused."""
    if not any(r.id == record for r in standing(folder)):
        raise RecordRefused(say("no_record", asked=record))
    append_line(folder / FILE, json.dumps({"action": "undo", "record": record, "at": at, "by": by}))


def standing(folder: Path) -> tuple[Record, ...]:
    """The forms that hold today: of each project, year and kind the last that was not taken back."""
    return Forms().standing(folder)


class Forms:
    """The forms of a ledger that are asked for again and again: only those that are new are read."""

    def __init__(self) -> None:
        self._file = Growing()
        self._said: dict[tuple[str, str, int, str], list[Record]] = {}

    def standing(self, folder: Path) -> tuple[Record, ...]:
        """As the function."""
        another, lines = self._file.fresh(folder / FILE)
        if another:
            self._said = {}
        for line in lines:
            if line["action"] == "undo":
                for kept in self._said.values():
                    kept[:] = [r for r in kept if r.id != line["record"]]
            else:
                record = _record(line)
                self._said.setdefault(record.about, []).append(record)
        return tuple(kept[-1] for kept in self._said.values() if kept)


def _record(line: Mapping[str, Any]) -> Record:
    given = {k: v for k, v in line.items() if k not in ("action", "results")}
    return Record(**given, results=tuple(Result(**r) for r in line["results"]))


def recorded_events(
    kept: Sequence[Record], who_of: Callable[[str], str], made: dict[str, Event] | None = None
) -> Iterable[Event]:
    """The events of the forms that hold. ``made``: those made before, by form; only what is new is made."""
    known = {} if made is None else made
    for r in kept:
        if r.id not in known:
            known[r.id] = _event(r, who_of)
        yield known[r.id]


def _event(r: Record, who_of: Callable[[str], str]) -> Event:
    money = [(m, v) for m, v in (("budget", r.budget), ("executed", r.executed)) if v]
    points = [Decimal(x.given) for x in r.results if x.given]
    if r.kind == ASSESSMENT and points:
        money.append(("score", f"{sum(points, Decimal(r.words.get('execution_given') or 0)):f}"))
    return Event(
        id=r.id,
        kind=r.kind,
        who=who_of(r.body),
        body=r.body,
        name=r.name,
        code=r.code,
        year=r.year,
        amounts=tuple(Money(m, Decimal(v), v if m == "score" else say("yuan", value=v)) for m, v in money),
        source=Source("", say("form_of", by=r.by or "—"), r.at[:16].replace("T", " ")),
        date=r.date,
        words=r.words.get("progress", "")[:200],
        member=r.key,
        evidence=r.proved if r.kind == ASSESSMENT and any(x.actual for x in r.results) else None,
    )
