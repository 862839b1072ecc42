"""Reasons in a sentence of their own: "……增加 51.05 万元。收入减少的主要原因是……"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("later_reasons")
_MOVED = (Kind.DELTA, Kind.RATE)
_WAYS = {1: ("增加", _WORDS["up"]), -1: ("减少", _WORDS["down"])}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """The sentence before a reason: where it stands, and the amounts and rates it says something moved by."""

    passage: Passage
    begin: int
    end: int
    moved: tuple[Quantity, ...]

    @property
    def text(self) -> str:
        return self.passage.text[self.begin : self.end]


@rule("reasons.direction", needs=("text",))
def in_next_sentence(case: Case) -> Iterator[Issue]:
    """The sentence behind a change explains why it moved the other way, and no word before it says that anything
    did."""
    for position, p in enumerate(case.passages):
        for m in _WORDS["opens"].finditer(p.text):
            begin = m.start("what")
            before = _before(case.passages, case.by_passage, position, begin)
            if before is None:
                continue
            way = before.moved[0].sign
            _, other = _WAYS[-way]
            if not other.fullmatch(m["way"]) or other.search(before.text):
                continue
            first = before.passage.text[before.begin : before.moved[0].start]
            if m["what"] and (m["what"] not in first or _WORDS["several"].search(first)):
                continue  # of one of several things
            words = p.clauses(begin, m.end())
            if before.passage is p:
                words = p.clauses(before.moved[0].start, m.end())
            yield issue_at("reasons.direction", words, p.place(begin), way=_WAYS[way][0], other=m["way"])


def _before(
    passages: Sequence[Passage], numbers: dict[int, list[Quantity]], position: int, at: int
) -> _Sentence | None:
    """The sentence before that place, in its paragraph or at the end of the one above; None where it tells no change,
    or changes in both directions."""
    if at == 0:
        position -= 1
        if position < 0 or passages[position].heading:
            return None
        at = len(passages[position].text)
    p = passages[position]
    begin = p.text.rfind("。", 0, max(at - 1, 0)) + 1
    found = numbers.get(position, [])
    first, end = (bisect_left(found, k, key=lambda q: q.start) for k in (begin, at))
    moved = tuple(q for q in found[first:end] if q.kind in _MOVED and q.sign and q.amount.value)
    one_way = len({q.sign for q in moved}) == 1 and any(q.money for q in moved)
    return _Sentence(p, begin, at, moved) if one_way else None
