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
from yibenzhang.projects.portfolio import Asked, asked, questions
from yibenzhang.projects.records import Record, recorded_events
from yibenzhang.projects.summary import Figures, Summary, figures_of, summed
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

    @cached_property
    def members(self) -> Mapping[str, tuple[Project, Member]]:
        """Every member, by its id, with its project."""
        return {m.id: (p, m) for p in self.linked.projects for m in p.members}

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
class _Published:
    key: Hashable
    events: Mapping[str, list[Event]]
    indicators: Indicators
    whose: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    """The names that documents print of each body."""


class Keeper:
    """The last book of one ledger, for everybody who asks; may be asked by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._published: _Published | None = None
        self._parts: dict[Hashable, tuple[Hashable, Linked]] = {}
        self._book: tuple[Hashable, Book] | None = None
        self._asked: dict[Hashable, tuple[Linked, list[Asked]]] = {}
        self._imports: tuple[Hashable, list[Event]] | None = None
        self._imported: dict[tuple[str, ...], list[Event]] = {}
        self._figures: dict[str, tuple[Project, Figures]] = {}
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
        self._parts, self._asked = dict(other._parts), dict(other._asked)
        self._imported, self._figures = dict(other._imported), dict(other._figures)

    def asked(self, ledger: Ledger, extra: str = "", held: bool = False) -> list[Asked]:
        """The answers to all questions; those of bodies without news are kept. Raises StandardsError."""
        book = self.book(ledger, extra, held)
        with self._lock:
            rules = questions(extra).values()
            if extra:  # a rule of others may look beyond one body
                return asked(book.projects, rules, book.indicators)
            new = {
                k: part for k, (_, part) in self._parts.items() if self._asked.get(k, (None,))[0] is not part
            }
            wanted = [p for part in new.values() for p in part.projects]
            by_body: dict[str, list[Asked]] = defaultdict(list)
            for a in asked(wanted, rules, book.indicators) if wanted else ():
                by_body[a.body].append(a)
            for k, part in new.items():
                bodies = dict.fromkeys(p.who for p in part.projects)
                self._asked[k] = (part, [a for who in bodies for a in by_body[who]])
            order = {rule.id: n for n, rule in enumerate(rules)}
            kept = [a for k in self._parts for a in self._asked[k][1]]
            return sorted(kept, key=lambda a: (order[a.rule], a.body, a.name, a.project, a.event))

    def _made(self, ledger: Ledger, extra: str, whole: Hashable) -> Book:
        published = self._read(ledger, whole)
        who_of: Callable[[str], str] = lambda body: published.whose.get(bare(body), bare(body))  # noqa: E731
        own: dict[str, list[Event]] = defaultdict(list)
        kept = records.standing(ledger.folder)
        for e in (*self._taken(ledger, published, who_of), *recorded_events(kept, who_of)):
            own[e.who].append(e)
        decided, curated = read_decisions(ledger.folder), curated_links(extra)
        parts: dict[Hashable, tuple[Hashable, Linked]] = {}
        for bodies in _together({**published.events, **own}, published.events, own, (*decided, *curated)):
            names = frozenset(bare(b) for b in {e.body for e in own_of(own, bodies)}).union(
                *(published.names.get(who, frozenset()) for who in bodies)
            )
            recorded, ready = (
                [d for d in some if any(bare(r.body) in names for r in d.members)]
                for some in (decided, curated)
            )
            state = (
                tuple(own_of(published.events, bodies)),
                tuple(own_of(own, bodies)),
                tuple(recorded),
                tuple(ready),
            )
            known = self._parts.get(bodies)
            if known is not None and known[0] == state:
                parts[bodies] = known
                continue
            events = [e for who in bodies for e in (*published.events.get(who, ()), *own.get(who, ()))]
            parts[bodies] = (state, linked(events, recorded, ready))
        self._parts = parts
        self._asked = {k: v for k, v in self._asked.items() if k in parts}
        return Book(_whole([part for _, part in parts.values()]), published.indicators, kept)

    def summary(self, book: Book, key: Hashable, projects: Callable[[], Sequence[Project]]) -> Summary:
        """The sums of some of a book's projects, worked out once for each ``key`` as long as the book is the same."""
        with self._lock:
            if self._sums[0] is not book or len(self._sums[1]) > _MOST_SUMS:
                self._sums = (book, {})
            kept = self._sums[1]
            if key not in kept:
                kept[key] = summed(projects(), self.figures)
            return kept[key]

    def figures(self, project: Project) -> Figures:
        """The money of a project; worked out once as long as nothing new is said of it."""
        known = self._figures.get(project.id)
        if known is None or known[0] is not project:
            known = self._figures[project.id] = (project, figures_of(project))
        return known[1]

    def _taken(self, ledger: Ledger, published: _Published, who_of: Callable[[str], str]) -> list[Event]:
        """The events of the imports, made anew only where something was taken in."""
        key = (published.key, _stamp(ledger.folder / importing.FILE))
        if self._imports is None or self._imports[0] != key:
            if self._imports is not None and self._imports[0][0] != key[0]:  # type: ignore[index]
                self._imported = {}  # bodies may be others now
            self._imports = (key, imported_events(ledger.folder, who_of, self._imported))
        return self._imports[1]

    def _read(self, ledger: Ledger, key: Hashable) -> _Published:
        if self._published is None or self._published.key != key:
            con = ledger.connect(compared=False)
            try:
                events: dict[str, list[Event]] = defaultdict(list)
                for e in published_events(con):
                    events[e.who].append(e)
                whose = {
                    bare(name): who for name, who in con.execute("SELECT body, who FROM bodies").fetchall()
                }
                names = {
                    who: frozenset(bare(b) for b in {e.body for e in found}) for who, found in events.items()
                }
                self._published = _Published(key, events, indicators_of(con), whose, names)
            finally:
                con.close()
        return self._published


def own_of(own: Mapping[str, Sequence[Event]], bodies: Iterable[str]) -> Iterator[Event]:
    """What was imported and recorded of these bodies."""
    return (e for who in bodies for e in own.get(who, ()))


def _together(
    every: Iterable[str],
    published: Mapping[str, Sequence[Event]],
    own: Mapping[str, Sequence[Event]],
    decided: Sequence[Decision],
) -> Iterator[tuple[str, ...]]:
    """Bodies, each alone or with those that a decision about projects ties it to."""
    tied: dict[str, set[str]] = {who: {who} for who in every}
    across = [d for d in decided if len({bare(r.body) for r in d.members}) > 1]
    if across:
        whose: dict[str, set[str]] = defaultdict(set)
        for who in tied:
            for e in (*published.get(who, ()), *own.get(who, ())):
                whose[bare(e.body)].add(who)
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
    return Linked(
        tuple(projects), tuple(proposals), {k: v for part in parts for k, v in part.by_member.items()}
    )


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
