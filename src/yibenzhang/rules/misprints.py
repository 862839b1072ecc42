"""One character wrong in words that are written otherwise elsewhere: the characters beside it never stand so.

Dictionaries do not know the names of a department's own projects and units; the document does, and so do disclosures of
other places. A character is a misprint only where neither of its two pairs was ever seen, here or elsewhere; or one of
the two, where the same words stand elsewhere with a character that sounds or looks like it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.rules.case import Case
from yibenzhang.rules.misspelt import mistaken
from yibenzhang.rules.registry import rule
from yibenzhang.standards import load
from yibenzhang.standards.lexicon.pairs import MIDDLE, in_dictionary, in_fragment, usual

_RUN = late(r"[\u4e00-\u9fff]{4,}")
_FIRST, _LAST = "\u4e00", "\u9fff"
_LONG = 5
_OFTEN = 4
"""So many times the words must stand in the document with the other character."""
_AROUND = ((1, 2), (2, 1), (3, 0), (0, 3))
"""So many characters before and behind agree with those around a character that sounds or looks alike."""


@rule("wording.misprint", needs=("text",))
def misprints(case: Case) -> Iterator[Issue]:
    """A character that stands once, where the same words have another one elsewhere."""
    text = "\n".join((*(p.text for p in case.passages), *_cells(case)))
    (particles,) = case.standards.lists["particles"]
    seen: set[str] = set()
    for p in case.passages:
        for m in _RUN.finditer(p.text):
            for at in _odd(m.group(), m.start()):
                near = p.text[at - 1 : at + 2]
                right = None if near in seen else _meant(p.text, at, m.span(), text, particles)
                if right is not None:
                    seen.add(near)
                    begin, end = max(m.start(), at - MIDDLE), min(m.end(), at + MIDDLE + 1)
                    other = p.text[begin:at] + right + p.text[at + 1 : end]
                    odd, there = p.verbatim(at - 1, at + 2), p.place(at - 1)
                    yield issue_at("wording.misprint", odd, there, written=p.text[begin:end], other=other)


@rule("wording.misprint", needs=("text",))
def typed_alike(case: Case) -> Iterator[Issue]:
    """A character that stands once, where the same words have one elsewhere that sounds or looks like it."""
    text = "\n".join((*(p.text for p in case.passages), *_cells(case)))
    lists = case.standards.lists
    unlike = frozenset("".join(lists["particles"])), {frozenset(p) for p in lists["puns"]}
    seen: set[str] = set()
    for p in case.passages:
        for m in _RUN.finditer(p.text):
            run = m.group()
            unseen = [not usual(one, two) for one, two in pairwise(run)]
            for k in (k for k in range(len(run)) if any(unseen[max(0, k - 1) : k + 1])):
                near = run[max(0, k - 1) : k + 2]
                if near in seen or not (right := _alike(run, k, text, *unlike)):
                    continue
                seen.add(near)
                begin, end = max(0, k - 3), k + 4
                other = run[begin:k] + right + run[k + 1 : end]
                at = m.start() + max(0, k - 1)
                odd, there = p.verbatim(at, m.start() + k + 2), p.place(at)
                yield issue_at("wording.misprint", odd, there, written=run[begin:end], other=other)


def _alike(run: str, k: int, whole: str, particles: frozenset[str], puns: set[frozenset[str]]) -> str:
    """The character for which the one at a place of a run was typed; empty where it may be right."""
    char = run[k]
    odd = _odd_pairs(run, k, whole)
    if not odd or char in particles or _names_place(run[k + 1 : k + 2]):
        return ""
    for before, after in ((b, a) for b, a in _AROUND if b <= k < len(run) - a):
        left, right = run[k - before : k], run[k + 1 : k + 1 + after]
        found = set(_between(left, right, whole))
        near = None if before and after else k - 1 if before else k
        for other in sorted(found - particles - {char}):
            like = frozenset((char, other)) not in puns and mistaken(other, char)
            if like and _stands(run, run[:k] + other + run[k + 1 :], k, odd, near):
                return other
    return ""


def _names_place(behind: str) -> bool:
    """The character stands for a family in the name of a place: 杨家坡 and 阳家坡 are two."""
    return bool(behind) and behind in load().lists["place_middles"]


def _odd_pairs(run: str, k: int, whole: str) -> list[int]:
    """Where the pairs of a character begin that were never seen; none where one of its pairs stands twice."""
    pairs = [i for i in (k - 1, k) if 0 <= i < len(run) - 1]
    if any(whole.count(run[i : i + 2]) > 1 for i in pairs):
        return []
    return [i for i in pairs if not usual(run[i], run[i + 1])]


def _between(left: str, right: str, whole: str) -> Iterator[str]:
    """The Chinese characters that stand between these words; one of the two may be empty."""
    words, here = (left, len(left)) if len(left) >= len(right) else (right, -1)
    begin = whole.find(words)
    while begin >= 0:
        at = begin + here
        char = whole[at : at + 1] if at >= len(left) else ""
        if _FIRST <= char <= _LAST and whole.endswith(left, 0, at) and whole.startswith(right, at + 1):
            yield char
        begin = whole.find(words, begin + 1)


def _stands(run: str, new: str, k: int, odd: list[int], near: int | None) -> bool:
    """The other character stands well where its neighbours agree: on both sides, or on that of the pair ``near``."""
    if near is None:
        return all(usual(new[i], new[i + 1]) for i in odd)
    return near in odd and _of_word(new, run, near, 2 * k - 1 - near)


def _of_word(new: str, run: str, near: int, far: int) -> bool:
    """The other character belongs to the word on the side that agrees, and the one printed to none on the other
    side."""
    beside = run[max(far, 0) : far + 2] if far >= 0 else ""
    return in_dictionary(new[near : near + 2]) and not (len(beside) == 2 and in_dictionary(beside))


def _cells(case: Case) -> Iterator[str]:
    for t in case.document.tables():
        for c in t.cells:
            yield "".join(c.text.split())


def _odd(run: str, start: int) -> Iterator[int]:
    """Where in the text a character stands that was never seen behind the one before it nor before the one behind
    it."""
    odd_before = False
    for k in range(len(run) - 1):
        odd = not usual(run[k], run[k + 1])
        if odd and odd_before:
            yield start + k
        odd_before = odd


def _meant(text: str, at: int, run: tuple[int, int], whole: str, particles: str) -> str | None:
    """The character that the words have elsewhere; None where they are not known with another one."""
    if text[at] in particles or whole.count(text[at - 1 : at + 1]) > 1 or whole.count(text[at : at + 2]) > 1:
        return None
    found: Counter[str] = Counter()
    for begin in range(max(run[0], at - 3), min(at, run[1] - _LONG + 1)):
        elsewhere = Counter(_between(text[begin:at], text[at + 1 : begin + _LONG], whole))
        for char, times in elsewhere.items():
            if char != text[at] and char not in particles:
                found[char] = max(found[char], times)
    if found and max(found.values()) >= _OFTEN:
        return max(found, key=lambda c: (found[c], c))
    if run[0] <= at - MIDDLE and at + MIDDLE < run[1]:
        usually = in_fragment(text[at - MIDDLE : at], text[at + 1 : at + 1 + MIDDLE])
        return min(usually.difference(particles), default=None)
    return None
