"""The book of projects: a ledger's disclosures and what was imported beside them, linked into projects.

A Keeper holds the last book and works out anew only the bodies about which something new was said.
"""

from __future__ import annotations

import threading
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from yibenzhang.ledger.bodies import bare
from yibenzhang.ledger.store import Ledger
from yibenzhang.projects import decisions as said
from yibenzhang.projects import importing, records
from yibenzhang.projects.decisions import SAME, Decision, Ref, read_decisions
from yibenzhang.projects.events import FOLDER, Event, published_events
from yibenzhang.projects.importing import imported_events
from yibenzhang.projects.indicators import Indicators, indicators_of
from yibenzhang.projects.linking import Linked, Project, linked
from yibenzhang.projects.members import Member
from yibenzhang.projects.portfolio import Asked, asked, own_questions, questions
from yibenzhang.projects.records import Record, recorded_events
from yibenzhang.projects.summary import Figures, OfBody, Summary, by_body, figures_of, of_body, together
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    from collections.abc import Hashable

_BODIES = "bodies.jsonl"
_MOST_SUMS = 200
"""So many sums of one book are kept."""


@dataclass(frozen=True)
class Book:
    """All projects of a ledger as they stand now, and what is promised of them."""

    linked: Linked
    indicators: Indicators
    records: tuple[Record, ...] = ()

    @property
    def projects(self) -> tuple[Project, ...]:
        return self.linked.projects

    @property
    def members(self) -> Mapping[str, tuple[Project, Member]]:
        """Every member, by its id, with its project."""
        return self.linked.members

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years of all projects, the last first."""
        return tuple(sorted({y for p in self.linked.projects for y in p.years}, reverse=True))

    def project(self, member: str) -> Project | None:
        """The project that a member belongs to."""
        found = self.members.get(member)
        return found[0] if found else None


def book_of(ledger: Ledger, extra: str = "") -> Linked:
    """All projects of a ledger as they stand now; ``extra`` is a folder of standards with curated links."""
    return Keeper().book(ledger, extra).linked


@dataclass
class _Said:
    """Events of one source by body, and the names it prints of each body."""

    events: Mapping[str, list[Event]]
    names: Mapping[str, frozenset[str]]


def _by_body(events: Iterable[Event]) -> _Said:
    out: dict[str, list[Event]] = defaultdict(list)
    for e in events:
        out[e.who].append(e)
    return _Said(out, {who: frozenset(bare(b) for b in {e.body for e in some}) for who, some in out.items()})


@dataclass
class _Published:
    key: Hashable
    said: _Said
    indicators: Indicators
    whose: Mapping[str, str]


class Keeper:
    """The last book of one ledger, for everybody who asks; may be asked by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._published: _Published | None = None
        self._parts: dict[Hashable, tuple[Hashable, Linked]] = {}
        self._book: tuple[Hashable, Book] | None = None
        self._asked: dict[Hashable, tuple[Linked, str, list[Asked]]] = {}
        self._answers: tuple[Book, str, list[Asked]] | None = None
        self._imports: tuple[Hashable, _Said] | None = None
        self._imported: dict[tuple[str, ...], list[Event]] = {}
        self._forms = records.Forms()
        self._filled: tuple[Hashable, dict[str, Event]] = (None, {})
        self._figures: dict[str, tuple[Project, Figures]] = {}
        self._of_bodies: dict[str, tuple[list[Project], OfBody]] = {}
        self._sums: tuple[Book | None, dict[Hashable, Summary]] = (None, {})

    def book(self, ledger: Ledger, extra: str = "", held: bool = False) -> Book:
        """The book of the ledger as it stands; ``held``: with the disclosures as they were last read, and all that
        people said and took in since. Raises StandardsError."""
        with self._lock:
            whole = self._published.key if held and self._published is not None else published_key(ledger)
            key = _state(ledger, extra, whole)
            if self._book is None or self._book[0] != key:
                self._book = (key, self._made(ledger, extra, whole))
            return self._book[1]

    def behind(self, ledger: Ledger) -> bool:
        """The ledger has other disclosures than were last read."""
        kept = self._published
        return kept is None or kept.key != published_key(ledger)

    @property
    def empty(self) -> bool:
        """Nothing was read yet."""
        return self._published is None

    def copy(self) -> Keeper:
        """Another one that starts from what this one knows."""
        other = Keeper()
        with self._lock:
            other._hold(self)
        return other

    def take(self, other: Keeper) -> None:
        """Hold what another one made."""
        with self._lock, other._lock:
            self._hold(other)

    def _hold(self, other: Keeper) -> None:
        self._published, self._book, self._imports = other._published, other._book, other._imports
        self._parts, self._asked, self._answers = dict(other._parts), dict(other._asked), other._answers
        self._imported, self._figures = dict(other._imported), dict(other._figures)
        self._filled, self._of_bodies = (other._filled[0], dict(other._filled[1])), dict(other._of_bodies)

    def asked(self, ledger: Ledger, extra: str = "", held: bool = False) -> list[Asked]:
        """The answers to all questions; those of bodies without news are kept. Raises StandardsError."""
        book = self.book(ledger, extra, held)
        with self._lock:
            kept = self._answers
            if kept is None or kept[0] is not book or kept[1] != extra:
                kept = self._answers = (book, extra, self._answered(book, extra))
            return kept[2]

    def _answered(self, book: Book, extra: str) -> list[Asked]:
        rules, others = questions(extra), own_questions(extra)
        usual = [q for q in rules.values() if q.id not in others]
        new = {
            k: part
            for k, (_, part) in self._parts.items()
            if (known := self._asked.get(k)) is None or known[0] is not part or known[1] != extra
        }
        by_body: dict[str, list[Asked]] = defaultdict(list)
        wanted = [p for part in new.values() for p in part.projects]
        for a in asked(wanted, usual, book.indicators) if wanted else ():
            by_body[a.body].append(a)
        for k, part in new.items():
            bodies = dict.fromkeys(p.who for p in part.projects)
            self._asked[k] = (part, extra, [a for who in bodies for a in by_body[who]])
        found = [a for k in self._parts for a in self._asked[k][2]]
        if others:  # they may look beyond one body
            found += asked(book.projects, others.values(), book.indicators)
        order = {rule: n for n, rule in enumerate(rules)}
        return sorted(found, key=lambda a: (order[a.rule], a.body, a.name, a.project, a.event))

    def _made(self, ledger: Ledger, extra: str, whole: Hashable) -> Book:
        published = self._read(ledger, whole)
        who_of: Callable[[str], str] = lambda body: published.whose.get(bare(body), bare(body))  # noqa: E731
        kept = self._forms.standing(ledger.folder)
        if self._filled[0] != published.key:  # bodies may be others now
            self._filled = (published.key, {})
        sources = (
            published.said,
            self._taken(ledger, published, who_of),
            _by_body(recorded_events(kept, who_of, self._filled[1])),
        )
        decided, curated = (_Decided(some) for some in (read_decisions(ledger.folder), curated_links(extra)))
        parts: dict[Hashable, tuple[Hashable, Linked]] = {}
        for bodies in _together(sources, (*decided.every, *curated.every)):
            names = _names(sources, bodies)
            recorded, ready = decided.about(names), curated.about(names)
            # lists of events that are the same object are not compared event by event
            state = ([s.events.get(who) for s in sources for who in bodies], recorded, ready)
            known = self._parts.get(bodies)
            if known is not None and known[0] == state:
                parts[bodies] = known
                continue
            events = [e for who in bodies for s in sources for e in s.events.get(who, ())]
            parts[bodies] = (state, linked(events, recorded, ready))
        self._parts = parts
        self._asked = {k: v for k, v in self._asked.items() if k in parts}
        return Book(_whole([part for _, part in parts.values()]), published.indicators, kept)

    def summary(self, book: Book, key: Hashable, projects: Callable[[], Sequence[Project]]) -> Summary:
        """The sums of some of a book's projects, worked out once for each ``key`` as long as the book is the same.
        Of a body all projects are among them, or none."""
        with self._lock:
            if self._sums[0] is not book or len(self._sums[1]) > _MOST_SUMS:
                self._sums = (book, {})
            kept = self._sums[1]
            if key not in kept:
                kept[key] = together(self.of_bodies(projects()))
            return kept[key]

    def of_bodies(self, projects: Sequence[Project]) -> list[OfBody]:
        """The sums of each body; worked out once as long as nothing new is said of its projects."""
        out = []
        for who, some in by_body(projects).items():
            known = self._of_bodies.get(who)
            if known is None or not _same(known[0], some):
                known = self._of_bodies[who] = (some, of_body(who, some, self.figures))
            out.append(known[1])
        return out

    def figures(self, project: Project) -> Figures:
        """The money of a project; worked out once as long as nothing new is said of it."""
        known = self._figures.get(project.id)
        if known is None or known[0] is not project:
            known = self._figures[project.id] = (project, figures_of(project))
        return known[1]

    def _taken(self, ledger: Ledger, published: _Published, who_of: Callable[[str], str]) -> _Said:
        """The events of the imports, made anew only where something was taken in."""
        key = (published.key, _stamp(ledger.folder / importing.FILE))
        if self._imports is None or self._imports[0] != key:
            if self._imports is not None and self._imports[0][0] != key[0]:  # type: ignore[index]
                self._imported = {}  # bodies may be others now
            self._imports = (key, _by_body(imported_events(ledger.folder, who_of, self._imported)))
        return self._imports[1]

    def _read(self, ledger: Ledger, key: Hashable) -> _Published:
        if self._published is None or self._published.key != key:
            con = ledger.connect(compared=False)
            try:
                said = _by_body(published_events(con))
                whose = {
                    bare(name): who for name, who in con.execute("SELECT body, who FROM bodies").fetchall()
                }
                self._published = _Published(key, said, indicators_of(con), whose)
            finally:
                con.close()
        return self._published


class _Decided:
    """Decisions by the bodies they name."""

    def __init__(self, every: Sequence[Decision]) -> None:
        self.every = every
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for n, d in enumerate(every):
            for name in {bare(r.body) for r in d.members}:
                self._by_name[name].append(n)

    def about(self, names: Iterable[str]) -> list[Decision]:
        """Those that name one of these, in their order."""
        return [self.every[n] for n in sorted({n for name in names for n in self._by_name.get(name, ())})]


def _same(one: Sequence[Project], other: Sequence[Project]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def _names(sources: Iterable[_Said], bodies: Sequence[str]) -> set[str]:
    """What the bodies' projects are called."""
    return {name for s in sources for who in bodies for name in s.names.get(who, ())}


def _together(sources: Sequence[_Said], decided: Sequence[Decision]) -> Iterator[tuple[str, ...]]:
    """Bodies, each alone or with those that a decision about projects ties it to."""
    tied: dict[str, set[str]] = {who: {who} for s in sources for who in s.events}
    across = [d for d in decided if len({bare(r.body) for r in d.members}) > 1]
    if across:
        whose: dict[str, set[str]] = defaultdict(set)
        for s in sources:
            for who, names in s.names.items():
                for name in names:
                    whose[name].add(who)
        for d in across:
            bodies = set().union(*(whose[bare(r.body)] for r in d.members))
            group = set().union(*(tied[w] for w in bodies)) if bodies else set()
            tied.update(dict.fromkeys(group, group))
    seen: set[str] = set()
    for who in sorted(tied):
        if who not in seen:
            seen |= tied[who]
            yield tuple(sorted(tied[who]))


def _whole(parts: Sequence[Linked]) -> Linked:
    projects = sorted((p for part in parts for p in part.projects), key=lambda p: (p.who, p.name, p.id))
    proposals = sorted(
        (x for part in parts for x in part.proposals), key=lambda x: (-x.score, x.one, x.other)
    )
    members: dict[str, tuple[Project, Member]] = {}
    for part in parts:
        members.update(part.members)
    return Linked(tuple(projects), tuple(proposals), members)


def published_key(ledger: Ledger) -> Hashable:
    """What the disclosures of a ledger depend on: its batches, and what people said of bodies."""
    names = tuple(b.name for b in ledger.batch_folders())
    return str(ledger.folder), names, _stamp(ledger.folder / _BODIES)


def _state(ledger: Ledger, extra: str, published: Hashable) -> Hashable:
    """What the book depends on: the disclosures and the files beside them, by name, size and time."""
    files = (said.FILE, importing.FILE, records.FILE)
    return (
        published,
        tuple(_stamp(ledger.folder / f) for f in files),
        extra,
        _stamp(Path(extra) / "projects" / "links.toml") if extra else None,
    )


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)


def curated_links(extra: str = "") -> tuple[Decision, ...]:
    """Links that standards bring (projects/links.toml: [[link]] body, one, other; code or name). Raises
    StandardsError."""
    from yibenzhang.projects.names import folded

    out = []
    for folder in (FOLDER, *((Path(extra) / "projects",) if extra else ())):
        file = folder / "links.toml"
        if not file.exists():
            continue
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8")).get("link", [])
            for x in found:
                one, other = (Ref(x["body"], folded(x[k])) for k in ("one", "other"))
                out.append(Decision("", SAME, (one, other)))
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise StandardsError(f"links.toml: {error}") from error
    return tuple(out)
