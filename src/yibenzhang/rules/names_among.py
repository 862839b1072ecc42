"""A name among others of another kind: 差旅费 between classes of the functions, 抚恤金 among the 三公经费."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import CLASS, DEPARTMENT_ECONOMIC, GOVERNMENT_ECONOMIC, registers

_WORDS = patterns("names_among")
_NUMBERED = _WORDS["numbered"]
_NEAR = 2
"""So many paragraphs apart the items of one list may stand."""
_LEAST = 2
"""So many items of one kind, and none of another, stand right beside the odd one."""


@dataclass(frozen=True, slots=True)
class _Named:
    """An amount with the name right before it; ``kind``: what the name is one of."""

    position: int
    quantity: Quantity
    name: str
    kind: str


@rule("names.among", needs=("text",))
def among_others(case: Case) -> Iterator[Issue]:
    """An item of another kind than all those it is listed with, whose amount the tables do not bear out."""
    found = list(_named(case))
    for at, one in enumerate(found):
        kinds = {n.kind for n in _beside(found, at)}
        if len(kinds) != 1 or len(list(_beside(found, at))) < _LEAST or one.kind in kinds:
            continue
        kind = kinds.pop()
        if kind in _WHOLE_KINDS and one.kind not in _NEVER_ODD.get(kind, ()) and not _borne_out(case, one):
            q = one.quantity
            words = q.passage.clauses(max(0, q.start - len(one.name)), q.end)
            yield issue_at("names.among", words, q.passage.place(q.start), name=one.name, kind=kind)


_WHOLE_KINDS = ("function_class", "economic_class", "three_public")
_NEVER_ODD = {
    "three_public": ("meeting",),
    "function_class": ("function",),
    "economic_class": ("economic", "function", "three_public", "meeting"),
}


def _beside(found: list[_Named], at: int) -> Iterator[_Named]:
    """The nearest items before and after it, two on each side, of the same list."""
    one = found[at]
    for step in (-1, 1):
        for k in range(1, _LEAST + 1):
            other = at + step * k
            if not 0 <= other < len(found) or not _listed_with(found[other], one):
                break
            yield found[other]


def _listed_with(other: _Named, one: _Named) -> bool:
    here, there = one.quantity.passage, other.quantity.passage
    if here is there:
        first, second = sorted((one.quantity, other.quantity), key=lambda q: q.start)
        return "。" not in here.text[first.end : second.start]
    numbered = all(_NUMBERED.match(p.text) for p in (here, there))
    return numbered and here.section == there.section and abs(one.position - other.position) <= _NEAR


def _named(case: Case) -> Iterator[_Named]:
    for position, quantities in case.by_passage.items():
        for q in quantities:
            if not q.money or q.kind not in (Kind.VALUE, Kind.ACTUAL):
                continue
            name = _NUMBERED.sub("", re.split("[,;。:、]", fold(q.lead))[-1] if q.lead else "")
            if name.startswith("(") and name.count("(") > name.count(")"):
                name = name[1:]  # opened right behind the amount before: "201 万元（运行维护费 201 万元、"
            name = _WORDS["around"].sub("", re.sub("[“”]", "", name))
            plain = _WORDS["level"].sub("", name)
            if kind := _kind(plain) or _kind(_WORDS["spent"].sub("", plain)):
                yield _Named(position, q, name, kind)


def _kind(name: str) -> str:
    """What a name is one of: of the 三公经费, of the classes or items of the functions, of the economic items."""
    if len(name) < _SHORTEST:
        return ""
    if _WORDS["three_public"].fullmatch(_WORDS["spending"].sub("", name)):
        return "three_public"
    if _WORDS["meeting"].fullmatch(name):
        return "meeting"
    known = registers()
    if entries := known.function.named(name):
        return "function_class" if any(e.level == CLASS for e in entries) else "function"
    economic = [e for k in (DEPARTMENT_ECONOMIC, GOVERNMENT_ECONOMIC) for e in known.of(k).named(name)]
    return ("economic_class" if any(e.level == CLASS for e in economic) else "economic") if economic else ""


_SHORTEST = 3


def _borne_out(case: Case, one: _Named) -> bool:
    """The tables have the amount where its name says."""
    reading = case.reader.read(one.quantity)
    return reading is not None and any(agree(one.quantity.fact, f) for f in reading.facts)
