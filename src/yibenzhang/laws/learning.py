"""Learning: for each unknown word the meanings that make most relations hold, with their support over all documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.laws.families import ENOUGH
from yibenzhang.laws.trying import Document, Effect, Source, contradicted, proved
from yibenzhang.laws.unknown import Occurrence, Position, Unknown, unknown_words
from yibenzhang.model.views import View
from yibenzhang.standards.lexicon.words import Lexicon, Meaning
from yibenzhang.standards.registers import Registers

MOST = {Position.HEADING: 40, Position.ROW: 6, Position.TITLE: 2}
"""So many unknown words are tried, the most telling first."""
FIRST_TRY = 2, 1
"""All meanings are tried in so many documents, in so many tables of each; the best in all."""
FINALISTS = 5
PROPOSED = 3
"""So many meanings are proposed for a word."""
ROUNDS = 4
"""A word that was learnt may explain another: so many times over."""
LABELS = ("code", "name", "index", "remark")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A meaning of a word with what speaks for it and against it.

    ``laws``: relations gained by law; ``documents`` in which; ``failed``: relations that follow from the coordinates
    and fail; ``proved``: numbers newly proved; ``lost``: numbers no longer proved; ``broken``: relations newly
    contradicted, as told in a report; ``rivals``: other meanings that do as well.
    """

    meaning: Meaning
    laws: tuple[tuple[str, int], ...]
    documents: int
    failed: int
    proved: int
    lost: int
    broken: int
    rivals: int

    @property
    def gained(self) -> int:
        return sum(n for _, n in self.laws)

    @property
    def acceptable(self) -> bool:
        """Two different laws are its witnesses, with relations enough; nothing fails; no other does as well."""
        sound = not (self.failed or self.broken or self.lost or self.rivals)
        return sound and len(self.laws) > 1 and self.gained >= ENOUGH


@dataclass(frozen=True, slots=True)
class Learnt:
    """An unknown word with its proposals, best first; ``accepted`` is the one that was taken, in which round."""

    word: str
    positions: tuple[Position, ...]
    documents: tuple[str, ...]
    numbers: int
    texts: tuple[str, ...]
    examples: tuple[Occurrence, ...]
    proposals: tuple[Proposal, ...]
    accepted: Meaning | None = None
    round: int = 0


Tried = tuple[Meaning, list[Effect]]
Choose = Callable[[Unknown, Sequence[Proposal], Lexicon], "Meaning | None"]
"""What is taken for a word of what is proposed."""


@dataclass(frozen=True)
class Learning:
    """What was learnt of the documents: words, and the numbers proved of all printed before and after."""

    sources: tuple[Source, ...]
    words: tuple[Learnt, ...]
    lexicon: Lexicon
    numbers: int
    proved_before: int
    proved_after: int
    left: int = 0
    """Unknown words that were not tried because there were too many."""


def safe(word: Unknown, proposals: Sequence[Proposal], lexicon: Lexicon) -> Meaning | None:
    """The best proposal where nothing speaks against it and two laws speak for it.

    A title is left to a person: its unknown words leave no number unsure, and a wrong one puts a whole table elsewhere.
    """
    if not proposals or word.positions[0] == Position.TITLE:
        return None
    return proposals[0].meaning if proposals[0].acceptable else None


def learn(
    sources: Sequence[Source], lexicon: Lexicon, registers: Registers, choose: Choose = safe
) -> Learning:
    """The unknown words of these documents with proposals; those that ``choose`` takes help to learn the others."""
    documents = [Document(s, lexicon, registers) for s in sources]
    printed = sum(
        bool(f.amount and f.amount.value)
        for d in documents
        for v in (*_views(d), *d.others)
        for f in v.cells.values()
    )
    before = sum(len(proved(d.laws())) for d in documents)
    taken: dict[str, Learnt] = {}
    rest: list[Learnt] = []
    touched: set[tuple[int, str]] = set()
    left = 0
    for turn in range(1, ROUNDS + 1):
        unknown = unknown_words([(_views(d), d.source.body) for d in documents], lexicon)
        unknown = [u for u in unknown if u.word not in taken]
        chosen = [u for p in Position for u in [w for w in unknown if w.positions[0] == p][: MOST[p]]]
        left = len(unknown) - len(chosen)
        known = {one.word: one for one in rest}
        rest = []
        fresh: list[Learnt] = []
        learnt_at: set[tuple[int, str]] = set()
        for word in chosen:
            if word.word in known and not _places(word) & touched:
                rest.append(known[word.word])
                continue
            proposals = tuple(_proposals(word, documents, lexicon))
            meaning = choose(word, proposals, lexicon)
            learnt = _learnt(word, documents, proposals, meaning, turn if meaning else 0)
            (fresh if meaning else rest).append(learnt)
            learnt_at |= _places(word) if meaning else set()
        if not fresh:
            break
        touched = learnt_at
        for one in fresh:
            assert one.accepted is not None
            lexicon = taught(lexicon, one.word, one.texts, one.accepted)
            taken[one.word] = one
        documents = [Document(s, lexicon, registers) for s in sources]
    after = sum(len(proved(d.laws())) for d in documents)
    return Learning(tuple(sources), (*taken.values(), *rest), lexicon, printed, before, after, left)


def taught(lexicon: Lexicon, word: str, texts: Sequence[str], meaning: Meaning) -> Lexicon:
    """The lexicon with the word; a kind of label is said of whole headings."""
    for text in texts if meaning.dimension == "label" else (word,):
        lexicon = lexicon.extended(text, meaning)
    return lexicon


def meanings(lexicon: Lexicon, positions: Sequence[Position]) -> Iterator[Meaning]:
    """All that a word in these positions may say."""
    yield Meaning("plain")
    if positions[0] != Position.TITLE:
        yield Meaning("total")
    for dimension, tree in lexicon.trees.items():
        for node in tree.parents:
            yield Meaning(dimension, node)
    if positions[0] == Position.HEADING:
        for kind in LABELS:
            yield Meaning("label", kind)


def _places(word: Unknown) -> set[tuple[int, str]]:
    """The tables (document, id) that a word stands in."""
    return {(o.document, o.table) for o in word.occurrences}


def _views(document: Document) -> list[View]:
    return [v for found in document.views for v in found]


def _proposals(word: Unknown, documents: Sequence[Document], lexicon: Lexicon) -> list[Proposal]:
    """The best meanings, those already taken beside it left out: they leave lines that are not told apart."""
    places = [(documents[n], documents[n].concerned(word.tables(n))) for n in word.documents]
    few = sorted(places, key=lambda p: sum(len(v.cells) for k in p[1] for v in p[0].views[k]))
    first = [(d, at[: FIRST_TRY[1]]) for d, at in few[-FIRST_TRY[0] :]]
    tried: list[Tried] = []
    for meaning in meanings(lexicon, word.positions):
        words = taught(lexicon, word.word, word.texts, meaning)
        effects = [d.effect(at, words) for d, at in first]
        if not any(e.alike for e in effects) and any(e.gained for e in effects):
            tried.append((meaning, effects))
    tried.sort(key=lambda t: _order(word, *t))
    tried = _distinct(tried)
    if first != few:
        again: list[Tried] = []
        for meaning, _ in tried[:FINALISTS]:
            words = taught(lexicon, word.word, word.texts, meaning)
            again.append((meaning, [d.effect(at, words) for d, at in places]))
        tried = sorted((t for t in again if not any(e.alike for e in t[1])), key=lambda t: _order(word, *t))
    found = [_proposal(word, m, e, [d for d, _ in places], lexicon, tried) for m, e in tried[:PROPOSED]]
    return sorted(found, key=lambda p: (p.failed + p.broken, -p.gained))


def _rank(effects: Sequence[Effect]) -> tuple[int, int]:
    return sum(e.failed for e in effects), -sum(e.gained for e in effects)


def _order(word: Unknown, meaning: Meaning, effects: Sequence[Effect]) -> tuple[int, int, bool]:
    """By rank; of *plain* and *total*, which stand at the same coordinates, total where others add up to the word
    alone."""
    adds_up = word.texts == (word.word,) and any("columns" in e.laws for e in effects)
    return *_rank(effects), meaning.dimension == ("plain" if adds_up else "total")


def _proposal(
    word: Unknown,
    meaning: Meaning,
    effects: Sequence[Effect],
    places: Sequence[Document],
    lexicon: Lexicon,
    tried: Sequence[Tried],
) -> Proposal:
    laws: Counter[str] = Counter()
    for e in effects:
        laws.update(e.laws)
    words = taught(lexicon, word.word, word.texts, meaning)
    new = lost = broken = 0
    for d in places:
        before, after = d.laws(), d.laws(words)
        new += len(proved(after) - proved(before))
        lost += len(proved(before) - proved(after))
        broken += len(contradicted(after) - contradicted(before))
    rank = _rank(effects)
    rivals = sum(_rank(e) <= rank for m, e in tried if m != meaning)
    return Proposal(
        meaning,
        tuple(sorted(laws.items())),
        sum(bool(e.gained) for e in effects),
        sum(e.failed for e in effects),
        new,
        lost,
        broken,
        rivals,
    )


def _distinct(tried: Sequence[Tried]) -> list[Tried]:
    """Of meanings that come to the same coordinates the first (what the words beside it say already is *plain*)."""
    first: dict[tuple[int, ...], Tried] = {}
    for one in tried:
        first.setdefault(tuple(e.reading for e in one[1]), one)
    return list(first.values())


def _learnt(
    word: Unknown,
    documents: Sequence[Document],
    proposals: tuple[Proposal, ...],
    meaning: Meaning | None,
    turn: int,
) -> Learnt:
    names = tuple(documents[n].source.name for n in word.documents)
    first: Mapping[str, Occurrence] = {o.text: o for o in reversed(word.occurrences)}
    examples = tuple(first[t] for t in dict.fromkeys(o.text for o in word.occurrences))[:3]
    return Learnt(
        word.word, word.positions, names, len(word.numbers), word.texts, examples, proposals, meaning, turn
    )
