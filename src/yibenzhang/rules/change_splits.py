"""A change of a whole whose parts a standard names, and the changes of the parts in paragraphs of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Made, Relation, Term
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import BUDGET, Kind, Quantity
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
_NEAR = 24
"""A change stands so close behind the amount that moved."""
_BRACKET = late(r"\([^()]*\)")
_LEVELS = (Kind.VALUE, Kind.ACTUAL)
_SPLITS = ("prose.three_public", "prose.basic")
"""Wholes that their named parts make up in every year; what is bought need not be the same kinds."""


@rule("prose.changed", needs=("text",), each_file=True)
def over_paragraphs(case: Case) -> Iterator[Made]:
    """The changes of all parts make up that of the whole, where each is told once or said to be none."""
    for split in case.standards.splits:
        if split.id in _SPLITS:
            yield from _of(case, split)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change by the number of its part (0: the whole), and what it is compared with."""

    quantity: Quantity
    of: int
    base: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """A paragraph that tells the change of a whole with those below it, and all changes they tell by their names."""

    passages: Sequence[Passage]
    found: Sequence[_Change]
    names: Sequence[Sequence[str]]
    case: Case

    def each(self, whole: int, parts: Sequence[int]) -> list[_Change] | None:
        """The change of each part, without those that are said to be as they were; None where one is not told, told in
        two ways or compared with something else, or where the whole moved otherwise in another sentence."""
        wholes = self._of(whole)
        if len(wholes) != 1:
            return None
        of_budget = wholes[0].base == BUDGET
        out = []
        for number in parts:
            some = self._of(number)
            if len(some) > 1 or any(c.base != wholes[0].base for c in some):
                return None
            if any(c for c in some if not c.quantity.sign and c.quantity.amount.value):
                return None
            if not some and not _as_it_was(number, self.names, self.passages, of_budget):
                return None
            out += [c for c in some if c.quantity.amount.value]
        return out or None

    def _of(self, number: int) -> list[_Change]:
        """The changes that are told of a part, each once."""
        some = {(c.quantity.amount.base, c.quantity.sign): c for c in self.found if c.of == number}
        return list(some.values())

    def whole(self, number: int) -> Quantity | None:
        """The one change that is told of a whole, where it says which way."""
        some = self._of(number)
        return some[0].quantity if len(some) == 1 and some[0].quantity.amount.value else None


def _of(case: Case, split: Split) -> Iterator[Relation]:
    finer = [words for words in split.apart if words not in split.parts]
    names = (split.total, *split.parts, *finer)
    parts = range(1, 1 + len(split.parts))
    apart = [names.index(words) for words in split.apart]
    for position, passage in enumerate(case.passages):
        wholes = [c for c in _changes(passage, case.by_passage.get(position, []), names) if c.of == _WHOLE]
        # where it moved from the budget only, the parts did, too; beside last year's it is left alone
        plain = [c for c in wholes if not c.quantity.base]
        whole = plain or wholes
        if len(whole) != 1 or not whole[0].quantity.amount.value or two_ways(case, whole[0].quantity):
            continue
        passages = _below(case.passages, position)
        found = [
            c
            for k, p in enumerate(passages, start=position)
            for c in _changes(p, case.by_passage.get(k, []), names)
            if c.quantity.base == whole[0].quantity.base
        ]
        scope = _Scope(passages, found, names, case)
        relations = (_sum(scope, _WHOLE, some) for some in (parts, apart) if some)
        if (made := next((r for r in relations if r is not None), None)) is not None:
            yield made
        yield from _second(case, scope, parts, apart)


def _second(case: Case, scope: _Scope, parts: Sequence[int], apart: Sequence[int]) -> Iterator[Relation]:
    """The part that may be told in two, as the sum of the changes of these."""
    in_two = [n for n in parts if n not in apart]
    finer = [n for n in apart if n not in parts]
    for number in in_two if len(finer) > 1 else ():
        whole = scope.whole(number)
        if (
            whole is not None
            and not two_ways(case, whole)
            and (made := _sum(scope, number, finer)) is not None
        ):
            yield made


def _sum(scope: _Scope, whole: int, parts: Sequence[int]) -> Relation | None:
    """The change of a whole as the sum of those of its parts, not all of which its own paragraph tells."""
    total, each = scope.whole(whole), scope.each(whole, parts)
    if total is None or each is None or total in (c.quantity for c in each):
        return None
    if whole == _WHOLE and all(c.quantity.passage is total.passage for c in each):
        return None
    if (whole != _WHOLE or len(each) == 1) and not all(_of_level(scope.case, c.quantity) for c in each):
        return None
    terms = [Term(1, total.fact)]
    terms += [Term(-Decimal(total.sign * c.quantity.sign), c.quantity.fact) for c in each]
    return Relation(f"prose.changed|{total.fact.id}|paragraphs", "prose.changed", tuple(terms))


def _below(passages: Sequence[Passage], position: int) -> list[Passage]:
    """The paragraph with those below it in its part of the text."""
    first = passages[position]
    out = [first]
    for p in passages[position + 1 : position + _FAR + 1]:
        beside = p.heading and first.section and p.section == first.section[:-1]
        if beside or p.section[: len(first.section)] != first.section:
            break
        out.append(p)
    return out


def _of_level(case: Case, change: Quantity) -> bool:
    """The change is told right behind the amount that moved: it is no reason of another change."""
    found = next((found for found in case.numbers if any(q is change for q in found)), ())
    before = [q for q in found if q.end <= change.start]
    if not before or not before[-1].money or before[-1].kind not in _LEVELS:
        return False
    between = change.passage.text[before[-1].end : change.start]
    return len(between) <= _NEAR and not _WORDS["parted"].search(between)


def _as_it_was(
    number: int, names: Sequence[Sequence[str]], scope: Sequence[Passage], of_budget: bool
) -> bool:
    """A sentence that names the part says that it is as it was, before it names another; ``of_budget``: as budgeted."""
    named = "|".join(map(re.escape, names[number]))
    others = "|".join(re.escape(w) for n, words in enumerate(names) for w in words if n != number)
    for p in scope:
        for m in re.finditer(rf"(?:{named})[^。;]*", _plain(p.text)):
            said = as_before().search(m.group()) or _WORDS["none"].search(m.group())
            if said is None or re.search(others, m.group()[: said.start()]):
                continue
            if not of_budget or _WORDS["budget"].search(m.group()[: said.end()]):
                return True
    return False


def _changes(
    passage: Passage, numbers: Sequence[Quantity], names: Sequence[Sequence[str]]
) -> Iterator[_Change]:
    """The amounts by which something moved, each by the name that stands nearest before it."""
    for q in numbers:
        if q.kind == Kind.DELTA and q.money and q.base in ("", BUDGET):
            begin = passage.text.rfind("。", 0, q.start) + 1
            before = _BRACKET.sub("", passage.text[begin : q.start])  # behind it: of what stands before it
            of = _named(_plain(before), names)
            if of is None and _WORDS["others"].search(before):
                continue
            if of is None:
                of = _named(_plain(passage.text[:begin]), names)
            if of is None and passage.section:
                of = _named(_plain(passage.section[-1]), names)
            if of is not None:
                against = re.split("[,;。]", before)[-1]
                base = BUDGET if q.base or _WORDS["budget"].search(against) else ""
                yield _Change(q, of, "executed" if _WORDS["executed"].search(against) else base)


def _named(text: str, names: Sequence[Sequence[str]]) -> int | None:
    """The one whose name stands last; of names that end together the longer one."""
    at = [(text.rfind(w) + len(w), len(w), n) for n, words in enumerate(names) for w in words if w in text]
    return max(at)[2] if at else None


def _plain(text: str) -> str:
    return _WORDS["marks"].sub("", text)
