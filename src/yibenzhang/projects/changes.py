"""What became of a project's name, code and parts: renamed, given another code, merged and split, as events of its own.

They are worked out from what is linked, never printed: each cites the event that shows it first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from yibenzhang.projects.events import Event
from yibenzhang.projects.names import likeness, shape_of
from yibenzhang.projects.words import say

if TYPE_CHECKING:
    from yibenzhang.projects.linking import Link
    from yibenzhang.projects.members import Member

    _Row = tuple[Decimal, Member]

_ALIKE = 0.6
"""How alike names of rows must be to that of a sentence which tells both as one."""
OWN = frozenset({"renamed", "recoded", "merged", "split"})
_NAMING = frozenset({"budget", "goals", "self_assessment", "evaluation", "approval"})
"""Kinds of events that print the name and the code a project has in that year."""


def changes_of(members: Sequence[Member], links: Sequence[Link], place: str = "") -> Iterator[Event]:
    """The changes of a project, in the order of its years; a project that only one document tells of has none."""
    naming: dict[int, list[tuple[Event, Member]]] = defaultdict(list)
    for m in members:
        for e in m.events:
            if e.kind in _NAMING and e.year:
                naming[e.year].append((e, m))
    yield from _summed_up(members, links)
    years = sorted(naming)
    parts = {x.other for x in links if x.reason == "parts"}
    for before, year in zip(years, years[1:], strict=False):
        old, new = ([e for e, _ in naming[y]] for y in (before, year))
        was, lists = (_lists([(e, m) for e, m in naming[y] if m.id not in parts]) for y in (before, year))
        if len(was) > 1 and len(lists) == 1:
            several = "、".join(sorted(was.values()))
            yield _made("merged", new[0], say("was_several", names=several, year=before))
        elif len(was) == 1 and len(lists) > 1:
            yield _made("split", new[0], say("was_one", name=next(iter(was.values())), year=before))
        else:
            yield from _renamed(old, new, place)
        yield from _recoded(old, new)


def _lists(events: Iterable[tuple[Event, Member]]) -> Mapping[str, str]:
    """The members, with their names, of the list that has most of them."""
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for e, m in events:
        rows[e.origin][m.id] = e.name
    return max(rows.values(), key=len, default={})


def _renamed(then: Sequence[Event], now: Sequence[Event], place: str) -> Iterator[Event]:
    was, names = (
        {shape_of(e.name, place).core for e in events if e.name != e.code} for events in (then, now)
    )
    if was and names and not was & names:
        first = next(e for e in now if e.name != e.code)
        last = next(e for e in reversed(then) if e.name != e.code)
        yield _made("renamed", first, say("was_named", name=last.name, year=last.year))


def _recoded(then: Sequence[Event], now: Sequence[Event]) -> Iterator[Event]:
    was, codes = ({e.code for e in events if e.code} for events in (then, now))
    if was and codes and not was & codes:
        first = next(e for e in now if e.code)
        last = next(e for e in reversed(then) if e.code)
        yield _made("recoded", first, say("was_coded", code=last.code, year=last.year))


def _summed_up(members: Sequence[Member], links: Sequence[Link]) -> Iterator[Event]:
    """Rows of a list that a sentence of the same document tells as one."""
    by_id = {m.id: m for m in members}
    events = {e.id: (e, m) for m in members for e in m.events}
    merged: dict[str, list[str]] = defaultdict(list)
    for x in links:
        if x.reason == "parts" and x.cited in events and x.other in by_id:
            merged[x.cited].append(by_id[x.other].name)
    for cited, parts in merged.items():
        event, named = events[cited]
        names = [named.name, *parts] if len(parts) == 1 else parts
        yield _made("merged", event, say("told_as_one", names="、".join(names)))


def _made(kind: str, cited: Event, words: str) -> Event:
    return replace(
        cited,
        id=f"{cited.id}-{kind}",
        kind=kind,
        amounts=(),
        date="",
        words=words,
        supplier="",
        begin=None,
        end=None,
        origin="",
    )


def parts_in(
    members: Iterable[Member], root: Callable[[Member], str]
) -> Iterator[tuple[Member, Member, Event]]:
    """Two rows of one list that a sentence of the same document tells as one: whom it names, the other, the event.

    ``root`` tells which members are one project already. The sentence names a row and prints the sum of it and of one
    other exactly; no second row of the list would do.
    """
    budgets = [(e, m) for m in members for e in m.events if e.kind == "budget" and e.amount("budget")]
    lists: dict[tuple[str, int | None], list[_Row]] = defaultdict(list)
    for e, m in budgets:
        if not e.words:
            lists[e.source.document, e.year].append((e.amount("budget") or Decimal(0), m))
    for e, m in budgets:
        if not e.words:
            continue
        pairs = _summing(lists[e.source.document, e.year], e.amount("budget") or Decimal(0), m, root)
        if len(pairs) == 1:
            yield from ((m, x, e) for x in pairs[0] if root(x) != root(m))


def _summing(
    rows: Sequence[_Row], total: Decimal, named: Member, root: Callable[[Member], str]
) -> list[tuple[Member, Member]]:
    """The pairs of rows that come to the total: one that is the named project already with another, else two that are
    named like it."""
    known = [(v, one) for v, one in rows if root(one) == root(named)]
    others = [(v, one) for v, one in rows if root(one) != root(named)]
    if known:
        return [(a, b) for v, a in known for w, b in others if v != total and v + w == total]
    alike = [(v, one) for v, one in rows if likeness(one.shape, named.shape) >= _ALIKE]
    return [(a, b) for (v, a), (w, b) in combinations(alike, 2) if v + w == total]
