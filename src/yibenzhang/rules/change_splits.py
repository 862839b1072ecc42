"""A change of a whole whose parts a standard names, and the changes of the parts in paragraphs of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.relations import Made, Relation, Term
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.changing import two_ways
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Split
from yibenzhang.standards.lexicon.sentences import as_before
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("change_splits")
_FAR = 12
"""The parts of a whole stand in so many paragraphs below it."""
_WHOLE = 0
_SPLITS = ("prose.three_public", "prose.basic")
"""Wholes that their named parts make up in every year; what is bought need not be the same kinds."""


@rule("prose.changed", needs=("text",), each_file=True)
def over_paragraphs(case: Case) -> Iterator[Made]:
    """The changes of all parts make up that of the whole, where each is told once or said to be none."""
    made: set[str] = set()
    for split in case.standards.splits:
        if split.id in _SPLITS:
            for parts, other in ((split.parts, split.apart), (split.apart, split.parts)):
                for relation in _of(case, split, parts, other) if parts else ():
                    if relation.terms[0].fact.id not in made:
                        made.add(relation.terms[0].fact.id)
                        yield relation


@dataclass(frozen=True, slots=True)
class _Names:
    """``of``: the words of the whole and of its parts; ``apart``: those of a part of a part or of two together."""

    of: Sequence[Sequence[str]]
    apart: Sequence[str]


def _apart(parts: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> list[str]:
    """The words by which the other way to part the whole names what this way does not: a change of 购置及运行费 is
    none of 运行费."""
    own = {w for words in parts for w in words}
    return [w for words in other for w in words if w not in own]


@dataclass(frozen=True, slots=True)
class _Change:
    """A change by the number of its part (0: the whole), and what it is compared with."""

    quantity: Quantity
    of: int
    base: str


def _of(
    case: Case, split: Split, parts: Sequence[Sequence[str]], other: Sequence[Sequence[str]]
) -> Iterator[Relation]:
    names = _Names((split.total, *parts), _apart(parts, other))
    for position, passage in enumerate(case.passages):
        whole = [c for c in _changes(passage, case.by_passage.get(position, []), names) if c.of == _WHOLE]
        if len(whole) != 1 or not whole[0].quantity.amount.value or two_ways(case, whole[0].quantity):
            continue
        scope = _below(case.passages, position)
        found = [
            c
            for k, p in enumerate(scope, start=position)
            for c in _changes(p, case.by_passage.get(k, []), names)
        ]
        each = _each(found, whole[0], names.of, scope)
        if each is not None and any(c.quantity.passage is not passage for c in each):
            total = whole[0].quantity
            terms = [Term(1, total.fact)]
            terms += [Term(-Decimal(total.sign * c.quantity.sign), c.quantity.fact) for c in each]
            yield Relation(f"prose.changed|{total.fact.id}|paragraphs", "prose.changed", tuple(terms))


def _below(passages: Sequence[Passage], position: int) -> list[Passage]:
    """The paragraph with those below it in its part of the text."""
    first = passages[position]
    out = [first]
    for p in passages[position + 1 : position + _FAR + 1]:
        if p.section[: len(first.section)] != first.section or (
            p.heading and p.section == first.section[:-1]
        ):
            break
        out.append(p)
    return out


def _each(
    found: Sequence[_Change], whole: _Change, names: Sequence[Sequence[str]], scope: Sequence[Passage]
) -> list[_Change] | None:
    """The change of each part, without those that are said to be as they were; None where one is not told, told in two
    ways or compared with something else, or where the whole moved otherwise in another sentence."""
    out = []
    for number in range(len(names)):
        some = {(c.quantity.amount.base, c.quantity.sign): c for c in found if c.of == number}
        if number == _WHOLE:
            if len(some) != 1:
                return None
            continue
        if len(some) > 1 or any(c.base != whole.base for c in some.values()):
            return None
        if any(two for two in some.values() if not two.quantity.sign and two.quantity.amount.value):
            return None
        if not some and not _as_it_was(names[number], scope):
            return None
        out += [c for c in some.values() if c.quantity.amount.value]
    return out if len(out) > 1 else None


def _as_it_was(words: Sequence[str], scope: Sequence[Passage]) -> bool:
    """A sentence that names the part says that it is as it was."""
    named = "|".join(map(re.escape, words))
    for p in scope:
        for m in re.finditer(rf"(?:{named})[^。;]*", _plain(p.text)):
            if as_before().search(m.group()) or _WORDS["none"].search(m.group()):
                return True
    return False


def _changes(passage: Passage, numbers: Sequence[Quantity], names: _Names) -> Iterator[_Change]:
    """The amounts by which something moved, each by the name that stands nearest before it."""
    for q in numbers:
        if q.kind == Kind.DELTA and q.money and not q.base:
            begin = passage.text.rfind("。", 0, q.start) + 1
            before = passage.text[begin : q.start]
            of = _named(_plain(before), names)
            if of is None:
                of = _named(_plain(passage.text[:begin]), names)
            if of is None and passage.section:
                of = _named(_plain(passage.section[-1]), names)
            if of is not None and of < len(names.of):
                against = _WORDS["budget"].search(re.split("[,;。]", before)[-1])
                yield _Change(q, of, "budget" if against else "")


def _named(text: str, names: _Names) -> int | None:
    """The one whose name stands last; of names that end together the longer one."""
    every = enumerate((*names.of, names.apart))
    at = [(text.rfind(w) + len(w), len(w), n) for n, words in every for w in words if w in text]
    return max(at)[2] if at else None


def _plain(text: str) -> str:
    return _WORDS["marks"].sub("", text)
