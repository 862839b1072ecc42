"""Unknown words: what headings, rows and titles say that the lexicon does not know, and how much stands under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from yibenzhang.model.places import Place
from yibenzhang.model.views import View
from yibenzhang.recognising.panels import folded
from yibenzhang.recognising.profile import named_as_body
from yibenzhang.recognising.views import bare_title
from yibenzhang.standards.lexicon.words import Lexicon

LONGEST = 20
"""Longer ones are sentences or names of projects."""


class Position(StrEnum):
    """Where an unknown word stands."""

    HEADING = "heading"
    ROW = "row"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A text that holds the word, with the first number that stands under it."""

    document: int
    position: Position
    table: str
    text: str
    title: str
    place: Place | None


@dataclass
class Unknown:
    """An unknown word. ``numbers``: the printed numbers (document, fact id) that stand under it."""

    word: str
    occurrences: list[Occurrence] = field(default_factory=list)
    numbers: set[tuple[int, str]] = field(default_factory=set)
    own: bool = True
    """No word of its texts is known."""

    @property
    def documents(self) -> tuple[int, ...]:
        return tuple(sorted({o.document for o in self.occurrences}))

    @property
    def positions(self) -> tuple[Position, ...]:
        """The positions it stands in, the most frequent first."""
        return tuple(sorted(Position, key=lambda p: -sum(o.position == p for o in self.occurrences)))[
            : len({o.position for o in self.occurrences})
        ]

    def tables(self, document: int) -> frozenset[str]:
        """The tables (ids) of a document that it stands in."""
        return frozenset(o.table for o in self.occurrences if o.document == document)

    @property
    def texts(self) -> tuple[str, ...]:
        """The different texts that hold it."""
        return tuple(dict.fromkeys(folded(o.text) for o in self.occurrences))


def unknown_words(documents: Iterable[tuple[Sequence[View], str]], lexicon: Lexicon) -> list[Unknown]:
    """The unknown words of these documents (views of budget tables, name of the body), the most telling first."""
    found: dict[str, Unknown] = {}
    for n, (views, body) in enumerate(documents):
        for view in views:
            for word, position, text, lines in _of(view, body, lexicon):
                if not word or len(word) > LONGEST:
                    continue
                facts = [f for (r, c), f in view.cells.items() if (r, c) in lines and f.printed]
                entry = found.setdefault(word, Unknown(word))
                entry.own = entry.own and not lexicon.phrase(text).words
                place = facts[0].place if facts else None
                entry.occurrences.append(Occurrence(n, position, view.table, text, view.title, place))
                entry.numbers.update((n, f.id) for f in facts)
    order = {p: k for k, p in enumerate(Position)}
    return sorted(
        (u for u in found.values() if u.numbers and not _seldom(u)),
        key=lambda u: (order[u.positions[0]], -len(u.documents), -len(u.numbers), u.word),
    )


def _seldom(word: Unknown) -> bool:
    """Names of one document that stand alone in their rows are its projects and units, not words."""
    return word.positions == (Position.ROW,) and len(word.documents) < 2 and word.own


Cells = set[tuple[int, int]]


def _of(view: View, body: str, lexicon: Lexicon) -> Iterator[tuple[str, Position, str, Cells]]:
    at: dict[str, Cells] = defaultdict(set)
    for n, column in enumerate(view.columns):
        for heading in column.path if column.coordinates.residue else ():
            at[heading] |= {p for p in view.cells if p[1] == n}
    for heading, cells in at.items():
        if not lexicon.phrase(heading).label:
            for word in lexicon.pieces(heading):
                yield word, Position.HEADING, heading, cells
    for k, row in enumerate(view.rows):
        if row.total or row.partial or row.heads or row.keys or not row.label or lexicon.partial(row.label):
            continue
        if not (row.coordinates.residue or row.coordinates.project):
            continue
        phrase = lexicon.phrase(row.label)
        if not phrase.words and named_as_body(folded(row.label)):
            continue
        words = lexicon.pieces(row.label) if phrase.values else (folded(row.label),)
        for word in words:
            yield word, Position.ROW, row.label, {p for p in view.cells if p[0] == k}
    title = bare_title(view.title)
    for word in lexicon.pieces(title.replace(folded(body), "") if body else title):
        if len(word) > 1:
            yield word, Position.TITLE, view.title, set(view.cells)
