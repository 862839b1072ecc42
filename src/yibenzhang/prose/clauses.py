"""The clauses before a number, nearest first: where its name may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from yibenzhang.model.patterns import late
from yibenzhang.prose.quantities import Quantity
from yibenzhang.standards.patterns import patterns

_SEPARATOR = ",;:"
_WORDS = patterns("clauses")
_STOP = late(r"[。;]")
BACK = 3
"""So many sentences back a subject may be named."""


MOST = 120
"""So many clauses back in its own sentence."""


class Distance(StrEnum):
    """How far from the number a clause stands."""

    OWN = "own"
    CLAUSE = "clause"
    SENTENCE = "sentence"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Clause:
    """Some words before a number."""

    text: str
    distance: Distance


def clauses_before(q: Quantity) -> Iterator[Clause]:
    """Its own clause, the clauses before it in the sentence, the beginnings of earlier sentences, the headings."""
    sentences = _STOP.split(q.passage.text[: q.start])
    pieces = [p for c in _split(sentences[-1]) for p in _WORDS["amount"].split(c)]
    for k, piece in enumerate(reversed(pieces[-MOST:])):
        yield Clause(piece.lstrip("、和及与"), Distance.CLAUSE if k else Distance.OWN)
    for sentence in reversed(sentences[-BACK - 1 : -1]):
        first = next((c for c in _split(sentence) if c), "")
        yield Clause(_WORDS["amount"].split(first)[0], Distance.SENTENCE)
    if not q.passage.heading:
        for heading in reversed(q.passage.section[-2:]):
            yield Clause(heading, Distance.HEADING)


def first_clauses(text: str) -> Iterator[Clause]:
    """The clauses of the first sentence of a paragraph in order, without amounts."""
    for clause in _split(_STOP.split(text)[0]):
        yield Clause(_WORDS["amount"].split(clause)[0], Distance.SENTENCE)


def _split(sentence: str) -> Iterator[str]:
    """The clauses of a sentence; brackets that close belong to their clause, one that is open begins another."""
    depth = start = 0
    closing = sentence.rfind(")")
    for k, char in enumerate(sentence):
        if char == "(":
            if k < closing:
                depth += 1
            else:
                yield sentence[start:k]
                start = k + 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char in _SEPARATOR and not depth and not _within_number(sentence, k):
            yield sentence[start:k]
            start = k + 1
    yield sentence[start:]


def _within_number(text: str, at: int) -> bool:
    return text[at] == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 4].isdigit()
