"""A character that makes no word where it stands, and the same words elsewhere with one read alike in its place
("惠企通平台", "慧企通平台")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.likeness import SHAPES
from yibenzhang.rules.mistyped import Runs, marks_of, runs_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import readings
from yibenzhang.standards.lexicon.usage import usage
from yibenzhang.standards.patterns import patterns

_BEHIND, _BEFORE = 3, 2
"""So many characters are the same behind it, or before it."""
_SIDES = ((1, 3), (2, 2), (0, 4), (3, 1))
"""So many before and behind it, at the least."""
_WHOLE = (0, 3)
"""Enough of a name in quotes, which begins with it."""
_FAR = 12
_MOST = 50
"""So many other places are looked at."""
_NEAR = 200
"""Names that only differ by what is often played with are one name where they stand so near each other."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Where the two characters stand in the runs."""

    odd: int
    other: int


@rule("names.homophone", needs=("text",))
def odd_spellings(case: Case) -> Iterator[Issue]:
    """Each such place once; the one that makes no word is told, of two the rarer or the later."""
    lists, runs = case.standards.lists, runs_of(case)
    allowed = {frozenset((pair[0], pair[-1])) for pair in lists["homophones"]}
    puns = {frozenset(pair) for pair in lists["puns"]}
    done: set[tuple[str, str]] = set()
    looks = {frozenset(two) for group in lists["lookalikes"] for two in combinations(group, 2)}
    for pair in pairs(runs, marks_of(lists).single, readings(), looks):
        wrong, right = runs.text[pair.odd], runs.text[pair.other]
        apart = frozenset((wrong, right))
        if apart in allowed or (wrong, right) in done or (right, wrong) in done:
            continue
        if _beside(runs, pair) or (apart in puns and not _near(runs, pair)) or _of_places(runs, pair):
            continue
        done.add((wrong, right))
        begin, end = _agreed(runs.text, pair)
        piece, at = runs.where(pair.odd)
        there, k = runs.where(pair.other)
        words = piece.text[at - begin : at + end + 1]
        other = there.text[k - begin : k + end + 1]
        yield issue_at("names.homophone", words, piece.place(at), (other, there.place(k)), other=other)


def pairs(
    runs: Runs, single: frozenset[str], sounds: Mapping[str, str], looks: set[frozenset[str]]
) -> Iterator[Pair]:
    """Characters of no word with one that is read or looks alike and has the same characters about it."""
    text, known = runs.text, usage()
    bare = set(known.bare_in(text, single))
    met: set[str] = set()
    for at in sorted(bare):
        about = text[max(0, at - _BEHIND) : at + 1 + _BEHIND]
        if about in met:
            continue  # what is written again and again is looked at once
        met.add(about)
        for other in _like(text, at):
            wrong, right = text[at], text[other]
            same = sounds.get(right, right) == sounds.get(wrong, wrong) or frozenset((wrong, right)) in looks
            if wrong == right or not same or right in single or right == "\n":
                continue
            if other in bare and not _first_odd(text, at, other):
                continue
            before, behind = _agreed(text, Pair(at, other))
            if not before and other not in bare and _ends_word(text, other):
                continue  # the end of another word
            if any(before >= a and behind >= b for a, n, b in SHAPES if n == 1):
                continue  # told by what is the same about them
            if any(before >= a and behind >= b for a, b in _SIDES) or _quoted(runs, at, other, behind):
                yield Pair(at, other)


def _ends_word(text: str, at: int) -> bool:
    """The character goes with the one before it, or begins no word ("办公" before "设备", beside "军供")."""
    known = usage()
    line = text[text.rfind("\n", 0, at) + 1 : at + 1]
    return known.ends(line, len(line) - 1) or not known.begins(text[at : at + _BEHIND + 1], 0)


def _like(text: str, at: int) -> Iterator[int]:
    """Other places with the same characters behind, or before them."""
    behind, before = text[at + 1 : at + 1 + _BEHIND], text[max(0, at - _BEFORE) : at]
    if len(behind) == _BEHIND and "\n" not in behind:
        places = islice(re.finditer(behind, text), _MOST)
        yield from (m.start() - 1 for m in places if m.start() not in (0, at + 1))
    if len(before) == _BEFORE and "\n" not in before and text[at + 1 : at + 2] not in ("", "\n"):
        pattern = f"{before}(?=.{text[at + 1]})"
        yield from (m.end() for m in islice(re.finditer(pattern, text), _MOST) if m.end() != at)


def _agreed(text: str, pair: Pair) -> tuple[int, int]:
    """So many characters are the same before and behind the two."""
    one, two = pair.odd, pair.other
    before = behind = 0
    while before < min(one, two, _FAR) and text[one - before - 1] == text[two - before - 1] != "\n":
        before += 1
    most = min(len(text) - max(one, two) - 1, _FAR)
    while behind < most and text[one + behind + 1] == text[two + behind + 1] != "\n":
        behind += 1
    return before, behind


def _first_odd(text: str, one: int, two: int) -> bool:
    """Of two that both make no word the rarer one is told, or the later."""
    behind = text[one + 1 : one + 1 + _BEHIND]
    many = text.count(text[one] + behind), text.count(text[two] + behind)
    return (many[0], -one) < (many[1], -two)


def _quoted(runs: Runs, one: int, two: int, behind: int) -> bool:
    """Both begin a name in quotes that goes on alike."""
    if behind < _WHOLE[1]:
        return False
    at = (runs.where(one), runs.where(two))
    piece, k = at[0]
    close = min((n for c in '”"》' if (n := piece.text.find(c, k)) >= 0), default=-1)
    if not 0 <= close - k < behind:  # what stands behind the names is the same, too
        return False
    return all(k > 0 and piece.text[k - 1] in '“"《' for piece, k in at)


def _beside(runs: Runs, pair: Pair) -> bool:
    """They stand in one list, or each has an amount of its own: two names."""
    (p, i), (q, j) = runs.where(pair.odd), runs.where(pair.other)
    between = p.text[min(i, j) : max(i, j)] if p is q else ""
    if between and len(between) <= _FAR * 2 and _WORDS["joins"].search(between):
        return True
    return all(_WORDS["amount"].match(at.text, k + 1) for at, k in ((p, i), (q, j)))


_WORDS = patterns("odd_spellings")


def _of_places(runs: Runs, pair: Pair) -> bool:
    """Names of villages and small places, which may differ by one character."""
    return any(_WORDS["place"].match(runs.text, k + 1) for k in (pair.odd, pair.other))


def _near(runs: Runs, pair: Pair) -> bool:
    return runs.where(pair.odd)[0] is runs.where(pair.other)[0] and abs(pair.odd - pair.other) <= _NEAR
