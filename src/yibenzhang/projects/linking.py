"""Which events are of one project, by a ladder: decision of a person, project code, curated link, same body with the
same name, same body with a similar name and a near amount; what is below stays unlinked and may be proposed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yibenzhang.ledger.bodies import bare
from yibenzhang.projects.changes import changes_of, parts_in
from yibenzhang.projects.decisions import APART, SAME, Decision, Ref, standing
from yibenzhang.projects.events import Event
from yibenzhang.projects.members import Member, members_of
from yibenzhang.projects.names import folded, likeness, place_of_body, unjoined

_SAME_AMOUNT, _NEAR_AMOUNT, _ASKED = 0.6, 0.85, 0.6
"""How alike names must be: with an equal amount in one year, with a near one in another, to be asked about at all."""
_OWN = 0.9
"""How alike names are that differ in nothing but the unit before them."""
_ONLY = 0.5
"""How alike names must be where an amount of one year is in no other row of either list."""
_NEAR = Decimal("1.5")
"""Amounts of different years are near if neither is more than this many times the other."""
_TIE = 0.05
"""Names that differ by less in how alike they are, are as near as each other."""
_COMMON = 40
"""A pair of letters that more members of one body share finds no candidates."""


@dataclass(frozen=True, slots=True)
class Link:
    """Why two members are one project: decision, code, curated, name, alike or parts; ``score`` from 0 to 1;
    ``cited``: the event that tells them as one."""

    one: str
    other: str
    reason: str
    score: float
    cited: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A project with all that is known of it. ``id`` is that of its earliest member."""

    id: str
    who: str
    name: str
    codes: tuple[str, ...]
    events: tuple[Event, ...]
    members: tuple[Member, ...]
    links: tuple[Link, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """Projects in the order of body and name, and what may be one project and is not taken for one."""

    projects: tuple[Project, ...]
    proposals: tuple[Link, ...]
    members: Mapping[str, tuple[Project, Member]] = field(default_factory=dict)
    """Every member, by its id, with its project."""


class _Sets:
    """Members put together, as far as no one said that two of them are apart and no list has both."""

    def __init__(self, members: Sequence[Member], apart: frozenset[tuple[str, str]]) -> None:
        self._of = {m.id: m.id for m in members}
        self.groups: dict[str, list[Member]] = {m.id: [m] for m in members}
        self._apart = apart
        self.links: list[Link] = []

    def root(self, m: Member) -> str:
        return self._of[m.id]

    def join(self, a: Member, b: Member, reason: str, score: float, cited: str = "") -> bool:
        one, other = self._of[a.id], self._of[b.id]
        if one == other:
            return True
        as_parts = reason == "parts"  # one list has them as two rows, and a sentence as one
        if reason != "decision" and any(
            self.refused(x, y, as_parts) for x in self.groups[one] for y in self.groups[other]
        ):
            return False
        if reason == "alike" and self._codes(one) and self._codes(other):
            return False  # each is known under a code of its own: only a person may say that it is one
        for m in self.groups.pop(other):
            self._of[m.id] = one
            self.groups[one].append(m)
        self.links.append(Link(a.id, b.id, reason, score, cited))
        return True

    def _codes(self, root: str) -> frozenset[str]:
        return frozenset(m.code for m in self.groups[root] if m.code)

    def refused(self, x: Member, y: Member, as_parts: bool = False) -> bool:
        if _pair(x, y) in self._apart:
            return True
        return not as_parts and bool(x.origins & y.origins) and not _twice(x, y)


def linked(
    events: Iterable[Event], decisions: Iterable[Decision] = (), curated: Iterable[Decision] = ()
) -> Linked:
    """The projects of all events. The same events and decisions give the same projects, in whatever order they come."""
    members = members_of(events)
    decided, ready = standing(decisions), standing(curated)
    pairs = dict(_decided(members, decided))
    sets = _Sets(members, frozenset(_pair(a, b) for (a, b), x in pairs.items() if x == APART))
    for reason, known in (("decision", pairs.items()), ("curated", _decided(members, ready))):
        for (a, b), action in known:
            if action == SAME:
                sets.join(a, b, reason, 1.0)
    proposals = _climbed(members, sets)
    for a, b, event in list(parts_in(members, sets.root)):
        sets.join(a, b, "parts", 1.0, event.id)
    by_id = {m.id: m for m in members}
    links: dict[str, list[Link]] = defaultdict(list)
    for x in sets.links:
        links[sets.root(by_id[x.one])].append(x)
    projects = [_project(group, links[root]) for root, group in sets.groups.items()]
    projects.sort(key=lambda p: (p.who, p.name, p.id))
    return Linked(
        tuple(projects),
        _still_open(proposals, sets, by_id),
        {m.id: (p, m) for p in projects for m in p.members},
    )


def _climbed(members: Sequence[Member], sets: _Sets) -> list[Link]:
    """Put together what the ladder allows, its highest steps first; what is left to be asked."""
    proposals: list[Link] = []
    found = sorted(_settled(_candidates(members)), key=lambda c: (c[0], -c[1], c[2].year, c[2].id, c[3].id))
    for step, score, a, b in found:
        if step < _PROPOSED and sets.join(a, b, _REASONS[step], score):
            continue
        if not sets.refused(a, b):
            proposals.append(Link(a.id, b.id, "proposed", round(score, 2)))
    return proposals


def _still_open(proposals: Iterable[Link], sets: _Sets, by_id: Mapping[str, Member]) -> tuple[Link, ...]:
    """The best proposal between each two projects."""
    out: dict[tuple[str, ...], Link] = {}
    for p in sorted(proposals, key=lambda p: (-p.score, p.one, p.other)):
        between = tuple(sorted((sets.root(by_id[p.one]), sets.root(by_id[p.other]))))
        if between[0] != between[1]:
            out.setdefault(between, p)
    return tuple(out.values())


def _pair(a: Member, b: Member) -> tuple[str, str]:
    """Two members, whichever of them comes first."""
    return (a.id, b.id) if a.id < b.id else (b.id, a.id)


_REASONS = ("name", "name", "alike", "alike")
_PROPOSED = 4
_SPENT = ("executed",)


def _decided(
    members: Sequence[Member], said: Mapping[tuple[Ref, Ref], str]
) -> Iterator[tuple[tuple[Member, Member], str]]:
    by_key: dict[str, list[Member]] = defaultdict(list)
    for m in members:
        by_key[m.key].append(m)
    for (a, b), action in said.items():
        for one in by_key.get(a.key, ()):
            for other in by_key.get(b.key, ()):
                if one is not other and bare(a.body) in one.bodies and bare(b.body) in other.bodies:
                    yield (one, other), action


def _candidates(members: Sequence[Member]) -> Iterator[_Candidate]:
    """Pairs of one body whose names have something in common: the step of the ladder, how alike, and both."""
    bodies: dict[str, list[Member]] = defaultdict(list)
    for m in members:
        bodies[m.who].append(m)
    for group in bodies.values():
        money, spent = [m.amounts() for m in group], [m.amounts(_SPENT) for m in group]
        only = _only(group, money)
        for k, j in sorted({*_near_names(group), *only}):
            a, b = group[k], group[j]
            if a.code and b.code and a.code == b.code:
                continue  # one code with several names
            equal = _equal(money[k], money[j]) or _equal(spent[k], spent[j])
            step, score = _step(a, b, (money[k], money[j]), equal, (k, j) in only)
            if step <= _PROPOSED:
                yield step, score, a, b


def _only(group: Sequence[Member], money: Sequence[Mapping[int, set[Decimal]]]) -> set[tuple[int, int]]:
    """Pairs of members of two lists of one year, of which no other row of the body has their amount."""
    having: dict[tuple[int, Decimal], list[int]] = defaultdict(list)
    for k, found in enumerate(money):
        for year, values in found.items():
            for value in values:
                having[year, value].append(k)
    pairs = ((year, found) for (year, _), found in having.items() if year and len(found) == 2)
    return {(k, j) for _, (k, j) in pairs if not group[k].origins & group[j].origins}


def _twice(a: Member, b: Member) -> bool:
    """One document has the name twice, with and without a word like 和: not two rows of one list."""
    return a.code == b.code and unjoined(a.name) == unjoined(b.name) and _equal(a.amounts(), b.amounts())


_Candidate = tuple[int, float, Member, Member]
_Amounts = Mapping[int, set[Decimal]]


def _settled(candidates: Iterable[_Candidate]) -> Iterator[_Candidate]:
    """Where a member is as near to two that cannot both be it, neither is taken: a person has to tell. What is nearer
    to another row of the member's list is no rival."""
    found = list(candidates)
    best: dict[str, list[tuple[int, float, Member]]] = defaultdict(list)
    for step, score, a, b in found:
        if step < _PROPOSED:
            best[a.id].append((step, score, b))
            best[b.id].append((step, score, a))
    for step, score, a, b in found:
        rivals = any(
            s <= step
            and t >= score - _TIE
            and x.id not in (a.id, b.id)
            and x.origins & other.origins
            and not x.origins & one.origins
            and not any(r < s and y.id != one.id and y.origins & one.origins for r, _, y in best[x.id])
            for one, other in ((a, b), (b, a))
            for s, t, x in best[one.id]
        )
        yield (_PROPOSED if rivals else step), score, a, b


def _near_names(group: Sequence[Member]) -> Iterator[tuple[int, int]]:
    where: dict[tuple[str, int], list[int]] = defaultdict(list)
    exact: dict[str, list[int]] = defaultdict(list)
    for k, m in enumerate(group):
        exact[m.shape.core].append(k)
        if len(m.shape.own) >= 2 and m.shape.own != m.shape.core:
            exact[m.shape.own].append(k)
        for pair in m.shape.pairs:
            where[pair].append(k)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for same in exact.values():
        for n, k in enumerate(same):
            for j in same[n + 1 :]:
                if k != j:
                    shared[min(k, j), max(k, j)] += 1000
    for found in where.values():
        if len(found) <= _COMMON:
            for n, k in enumerate(found):
                for j in found[n + 1 :]:
                    shared[k, j] += 1
    for (k, j), count in shared.items():
        if count * 4 >= min(len(group[k].shape.pairs), len(group[j].shape.pairs)):
            yield k, j


def _step(
    a: Member, b: Member, amounts: tuple[_Amounts, _Amounts], equal: bool, only: bool
) -> tuple[int, float]:
    """Where on the ladder two members of one body are one: 0 and 1 the same name, 2 and 3 alike, 4 to be asked, 9
    not. ``equal``: an amount of one year is the same; ``only``: nothing else has it."""
    money, other = amounts
    if _same_name(a, b):
        return int(not equal), 1.0
    score = likeness(a.shape, b.shape)
    if equal and _same_but_unit(a, b):
        score = max(score, _OWN)
    uncoded = not (a.code and b.code)
    if uncoded and equal and score >= (_ONLY if only else _SAME_AMOUNT) and _same_numbers(a, b):
        return 2, score
    near = score >= _NEAR_AMOUNT and not money.keys() & other.keys() and _near(money, other)
    if uncoded and near and a.shape.numbers == b.shape.numbers:
        return 3, score
    if only and uncoded and _same_numbers(a, b):
        score = max(score, _ASKED)
    return (_PROPOSED if score >= _ASKED else 9), score


def _same_numbers(a: Member, b: Member) -> bool:
    """The numbers of both names, or those without their years."""
    return a.shape.numbers == b.shape.numbers or a.numbers == b.numbers


def _same_but_unit(a: Member, b: Member) -> bool:
    """But for the unit before it the name is the same."""
    return len(a.shape.own) >= 2 and a.shape.own == b.shape.own


def _same_name(a: Member, b: Member) -> bool:
    """The same words; between two codes also the same writing."""
    return a.shape.core == b.shape.core and (folded(a.name) == folded(b.name) or not (a.code and b.code))


def _equal(a: Mapping[int, set[Decimal]], b: Mapping[int, set[Decimal]]) -> bool:
    """An amount of one year is the same in both, or of any year where one of them does not say its year."""
    if any(a[y] & b[y] for y in a.keys() & b.keys()):
        return True
    return any(x.get(0, set()) & set().union(*y.values()) for x, y in ((a, b), (b, a)))


def _near(a: Mapping[int, set[Decimal]], b: Mapping[int, set[Decimal]]) -> bool:
    """The amounts of the years that lie nearest to each other are near."""
    known = [(abs(y - z), y, z) for y in a for z in b if y and z]
    if not known:
        return False
    _, y, z = min(known)
    one, other = max(a[y]), max(b[z])
    return max(one, other) <= _NEAR * min(one, other)


def _project(group: Sequence[Member], links: Sequence[Link]) -> Project:
    members = sorted(group, key=lambda m: (m.year, not m.code, m.id))
    printed = [e for m in members for e in m.events]
    own = changes_of(members, links, place_of_body(members[0].who))
    events = sorted((*printed, *own), key=lambda e: (*e.when, e.id))
    parts = {x.other for x in links if x.reason == "parts"}
    naming = [e for m in members if m.id not in parts for e in m.events] or printed
    named = (
        [e for e in naming if e.code and e.name != e.code]
        or [e for e in naming if e.name != e.code]
        or naming
    )
    named.sort(key=lambda e: (*e.when, e.id))
    codes = tuple(dict.fromkeys(m.code for m in members if m.code))
    years = tuple(sorted({e.year for e in events if e.year}))
    return Project(
        members[0].id,
        members[0].who,
        named[-1].name,
        codes,
        tuple(events),
        tuple(members),
        tuple(links),
        years,
    )
