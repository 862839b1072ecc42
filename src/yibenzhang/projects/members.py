"""Events of one body under one code or one name: what linking puts together into projects."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yibenzhang.ledger.bodies import bare
from yibenzhang.projects.decisions import Ref
from yibenzhang.projects.events import Event
from yibenzhang.projects.names import Shape, folded, place_of_body, shape_of

_GIVEN = ("budget", "approved", "contracted")


@dataclass(frozen=True, slots=True)
class Member:
    """All events of one body under one code, or where there is none under one name."""

    id: str
    who: str
    code: str
    name: str
    key: str
    bodies: frozenset[str]
    events: tuple[Event, ...]
    shape: Shape
    origins: frozenset[str]

    @property
    def year(self) -> int:
        return min((e.year for e in self.events if e.year), default=9999)

    @property
    def ref(self) -> Ref:
        """How a decision names it: it holds also after bodies or projects were put together."""
        return Ref(self.events[0].body, self.key)

    def amounts(self, measures: Collection[str] = _GIVEN) -> dict[int, set[Decimal]]:
        """Its amounts by year, of what is given or of these measures; those whose year is not known under 0."""
        out: dict[int, set[Decimal]] = defaultdict(set)
        for e in self.events:
            for m in e.amounts:
                if m.value and m.measure in measures:
                    out[e.year or 0].add(m.value)
        return out

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of its name without the year it is of."""
        own = {str(e.year) for e in self.events if e.year}
        return tuple(n for n in self.shape.numbers if n not in own)


def members_of(events: Iterable[Event]) -> list[Member]:
    """Events by body and code, or name; a code that one list prints with several names says nothing alone."""
    events = list(_bought(list(events)))
    unsure, twice = _codes_of_several_names(events), _names_of_several_rows(events)
    groups: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for e in events:
        key = e.code or folded(e.name)
        if e.code and (e.who, e.code) in unsure:
            key = f"{e.code}|{folded(e.name)}"
        elif not e.code and e.origin and (e.who, key) in twice:
            key = f"{key}|{_first(e)}"  # one list has the name several times: its amount tells the rows apart
        groups[e.who, e.member or key].append(e)
    members = [_member(who, key, found) for (who, key), found in groups.items()]
    return sorted(members, key=lambda m: (m.who, m.year, m.id))


def _bought(events: Sequence[Event]) -> Iterator[Event]:
    """What a form of several projects says it buys is of the project that the body names so, at that price."""
    listed: set[tuple[str, int | None, str, Decimal]] = set()
    for e in events:
        value = e.amount("budget")
        if e.kind == "budget" and value and e.origin:
            listed.add((e.who, e.year, shape_of(e.name, place_of_body(e.who)).core, value))
    for e in events:
        value = e.amount("planned")
        if e.kind == "intention" and e.words and value:
            core = shape_of(e.words, place_of_body(e.who)).core
            own = shape_of(e.name, place_of_body(e.who)).core
            if core != own and (e.who, e.year, core, value) in listed:
                e = replace(e, name=e.words, code="", words=e.name)
        yield e


def _codes_of_several_names(events: Iterable[Event]) -> set[tuple[str, str]]:
    """The codes, by body, that one list prints with several names."""
    said: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for e in events:
        if e.code:
            said[e.who, e.code, e.origin].add(folded(e.name))
    return {(who, code) for (who, code, _), names in said.items() if len(names) > 1}


def _names_of_several_rows(events: Iterable[Event]) -> set[tuple[str, str]]:
    """The names without codes, by body, that stand in several rows of one list."""
    rows: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for e in events:
        if not e.code and e.origin and e.kind != "intention":
            rows[e.who, folded(e.name), e.origin].add(e.id)
    return {(who, name) for (who, name, _), found in rows.items() if len(found) > 1}


def _member(who: str, key: str, events: Iterable[Event]) -> Member:
    found = sorted(events, key=lambda e: (*e.when, e.id))
    last = next((e for e in reversed(found) if e.name != e.code), found[-1])
    return Member(
        id=hashlib.blake2b(f"{who}|{key}".encode(), digest_size=5).hexdigest(),
        who=who,
        code=next((e.code for e in found if e.code), ""),
        name=last.name,
        key=key,
        bodies=frozenset(bare(e.body) for e in found),
        events=tuple(found),
        shape=shape_of(last.name, place_of_body(who)),
        origins=frozenset(e.origin for e in found if e.origin),
    )


def _first(e: Event) -> str:
    return next(
        (f"{m.value.normalize():f}" for m in e.amounts if m.value is not None and m.measure == "budget"), ""
    )
