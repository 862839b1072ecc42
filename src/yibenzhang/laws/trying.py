"""Trying a meaning: the relations that hold and fail where a word is read with it, in the tables that hold the word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

from yibenzhang.laws.change import change_families
from yibenzhang.laws.columns import column_families, item_families
from yibenzhang.laws.engine import Laws, laws_of
from yibenzhang.laws.equality import equality_families, meetings_of
from yibenzhang.laws.families import ONE_IN, Family, State, judge
from yibenzhang.laws.numbers import Numbers
from yibenzhang.laws.rows import row_families
from yibenzhang.laws.special import special_families
from yibenzhang.laws.statements import Key, Statement
from yibenzhang.laws.support import measured
from yibenzhang.model.views import View
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.special import special_views
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.table_kinds import kinds_of
from yibenzhang.recognising.views import Reader
from yibenzhang.standards.lexicon.words import Lexicon
from yibenzhang.standards.registers import Registers

WITNESSES = ("rows", "columns", "equal", "change")
"""The laws that may be witnesses of a meaning."""
_READ_AS_THEY_STAND = ("budget", "other")
_SURE = ("equal|same", "columns|coordinates", "rows|coordinates", "change")
"""Kinds of families that follow from coordinates alone: what fails in them speaks against the coordinates.

The others are readings that compete (a list by numbering or by indent, a time unsaid): they fail for other reasons."""


_NO_WITNESS = ("columns|headings", "equal|time", "equal|whole")
"""Sums below a heading hold whatever its columns mean; equal where one says less is a guess of its own."""


@dataclass(frozen=True)
class Source:
    """A document made ready: its whole tables and forms, the fiscal year and the body's name."""

    name: str
    year: int | None
    body: str
    frames: tuple[Framed, ...]
    forms: tuple[GoalForm, ...] = ()
    sums: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()


@dataclass(frozen=True)
class Score:
    """What holds in the tables concerned, by kind of law, what fails, and how many lines are not told apart."""

    held: Mapping[str, int] = field(default_factory=dict)
    failed: int = 0
    alike: int = 0


@dataclass(frozen=True)
class Effect:
    """What a meaning changes. ``laws``: relations gained by law."""

    laws: Mapping[str, int]
    failed: int = 0
    alike: int = 0
    reading: int = 0
    """Equal where two meanings put all lines of the tables concerned at the same coordinates."""

    @property
    def gained(self) -> int:
        return sum(self.laws.values())

    @property
    def rank(self) -> tuple[int, int]:
        """No failures first, then the relations gained; smaller is better."""
        return self.failed, -self.gained


class Document:
    """A source read with a lexicon, ready to have words tried in it."""

    def __init__(self, source: Source, lexicon: Lexicon, registers: Registers) -> None:
        self.source, self.lexicon, self.registers = source, lexicon, registers
        self.kinds = kinds_of(source.frames)
        read = self._reader(lexicon)
        pairs = zip(source.frames, self.kinds, strict=True)
        self.frames = [f for f, k in pairs if k in _READ_AS_THEY_STAND]
        self.views = [tuple(read.views([f])) for f in self.frames]
        special = special_views(source.frames, self.kinds, source.forms, read)
        own = {f"t{f.table.index + 1}" for f in self.frames}
        self.others = tuple(v for v in special.views if v.table not in own)
        self._rest: dict[tuple[int, ...], tuple[Numbers, dict[Key, list[Statement]]]] = {}
        self._before: dict[tuple[int, ...], Score] = {}
        self._laws: Laws | None = None

    def _reader(self, lexicon: Lexicon) -> Reader:
        return Reader(lexicon, self.registers, self.source.year)

    def concerned(self, tables: Set[str]) -> tuple[int, ...]:
        """The positions of these tables."""
        return tuple(k for k, f in enumerate(self.frames) if f"t{f.table.index + 1}" in tables)

    def effect(self, at: tuple[int, ...], lexicon: Lexicon) -> Effect:
        """What changes where the tables at these positions are read with another lexicon."""
        if not at:
            return Effect({})
        if at not in self._before:
            self._before[at] = self._score(at, self.lexicon, [v for k in at for v in self.views[k]])
        before = self._before[at]
        views = [v for k in at for v in self._reader(lexicon).views([self.frames[k]])]
        after = self._score(at, lexicon, views)
        laws: Counter[str] = Counter()
        for kind in after.held:
            change = after.held.get(kind, 0) - before.held.get(kind, 0)
            if change > 0:
                laws[kind] += change
        return Effect(
            laws, max(0, after.failed - before.failed), max(0, after.alike - before.alike), _reading(views)
        )

    def _score(self, at: tuple[int, ...], lexicon: Lexicon, views: Sequence[View]) -> Score:
        rest, meetings = self._around(at)
        fresh = Numbers(views)
        whole = Numbers(())
        whole.views = (*rest.views, *views)
        whole.of = [*rest.of, *fresh.of]
        whole.unreadable = [*rest.unreadable, *fresh.unreadable]
        families = [
            *row_families(fresh),
            *item_families(fresh, lexicon.trees),
            *column_families(fresh, lexicon.trees),
            *change_families(fresh),
            *equality_families(whole, lexicon.trees, frozenset(), meetings, len(rest.views)),
        ]
        judge(families, {})
        return Score(_held(families), sum(f.failed for f in families if f.pool in _SURE), _alike(views))

    def _around(self, at: tuple[int, ...]) -> tuple[Numbers, dict[Key, list[Statement]]]:
        if at not in self._rest:
            views = [v for k, found in enumerate(self.views) if k not in at for v in found]
            rest = Numbers((*views, *self.others))
            self._rest[at] = rest, meetings_of(rest, frozenset())
        return self._rest[at]

    def laws(self, lexicon: Lexicon | None = None) -> Laws:
        """All laws over the whole document, read with another lexicon or as it was."""
        if lexicon is None and self._laws is not None:
            return self._laws
        words = lexicon or self.lexicon
        source = self.source
        special = special_views(source.frames, self.kinds, source.forms, self._reader(words))
        more: Callable[[Numbers], Iterable[Family]] = partial(special_families, special, list(source.sums))
        laws = laws_of(special.views, words.trees, measured(), more)
        if lexicon is None:
            self._laws = laws
        return laws


def proved(laws: Laws) -> set[str]:
    """The numbers (fact ids) that are proved: relations that hold, may accuse, and are not between zeros."""
    return {
        n.fact.id
        for f, i in laws.held
        if not i.trivial and f.robust in (State.LAW, State.WITNESS)
        for _, n in i.terms
        if n.value
    }


def contradicted(laws: Laws) -> set[tuple[str, ...]]:
    """The relations that are contradicted, by the numbers in them."""
    return {tuple(sorted(n.fact.id for _, n in i.terms)) for _, i in laws.contradicted}


def _held(families: Sequence[Family]) -> Counter[str]:
    """Relations that hold, by law, of families that do not fail widely and may accuse.

    Sums by coordinates count where the coordinates are sure.
    """
    out: Counter[str] = Counter()
    for f in families:
        law = f.pool.partition("|")[0]
        if (
            law not in WITNESSES
            or f.weak
            or f.failed * ONE_IN > f.held + f.failed
            or f.pool.removesuffix("|unsure") in _NO_WITNESS
        ):
            continue
        sure = f.pool in _SURE
        out[law] += sum(
            i.holds and not i.trivial and (not sure or not any(n.at.residue for _, n in i.terms))
            for i in f.instances
        )
    return out


def _reading(views: Sequence[View]) -> int:
    columns = tuple(c.coordinates.values() for v in views for c in v.columns)
    return hash((columns, tuple(r.coordinates.values() for v in views for r in v.rows)))


def _alike(views: Sequence[View]) -> int:
    """Columns, and rows without codes, of one view that stand at the same coordinates and so are not told apart."""
    out = 0
    for view in views:
        columns = [c.coordinates.values() for c in view.columns if c.coordinates.sure and c.path]
        rows = [
            r.coordinates.values()
            for r in view.rows
            if r.label and not (r.keys or r.total or r.heads or r.partial) and r.coordinates.sure
        ]
        out += len(columns) - len(set(columns)) + len(rows) - len(set(rows))
    return out
