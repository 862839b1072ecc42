"""A character typed wrong, left out or typed twice, where the words about it are those of every disclosure.

What is printed makes no word; with one character exchanged for another that sounds or looks like it, put in or taken
away, it makes words, and a stretch of four or five characters that disclosures of several places share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.rules.case import Case
from yibenzhang.rules.pieces import Piece, pieces
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.pairs import usual
from yibenzhang.standards.lexicon.usage import STRETCH, Usage, alike, usage
from yibenzhang.standards.patterns import patterns

_RUN = late(r"[\u4e00-\u9fff]{4,}")
_TWICE = late(r"([\u4e00-\u9fff])(?=\1)")
_WORDS = patterns("mistyped")
_AROUND = 5
"""So many characters on each side are parted into words."""
_GAIN, _GAIN_LOST = 3.0, 0.5
"""So much cheaper the words must be (in powers of ten) where a character is exchanged or put in."""
_SHOWN = 3
_OWN = 2
"""What stands in more connections than this is a word of the document."""


@dataclass(frozen=True, slots=True)
class Slip:
    """``at``: where in the text; ``written`` and ``right``: the words about it, as printed and as meant."""

    at: int
    written: str
    right: str
    gain: float


@dataclass(frozen=True, slots=True)
class Marks:
    """``single``: characters that often stand alone; ``endings``: those that are put behind any word."""

    single: frozenset[str]
    endings: frozenset[str]


def marks_of(lists: Mapping[str, Sequence[str]]) -> Marks:
    """As the standards have them."""
    return Marks(frozenset("".join(lists["single_words"])), frozenset("".join(lists["endings"])))


@rule("wording.mistyped")
def mistyped(case: Case) -> Iterator[Issue]:
    """Each such place once; not what the document writes so in several connections."""
    runs = runs_of(case)
    text = runs.text
    done: set[str] = set()
    for slip in slips(text, usage(), marks_of(case.standards.lists)):
        core = text[max(0, slip.at - 1) : slip.at + 2]
        if core in done or len(set(re.findall(f".?.?{core}.?.?", text))) > _OWN:
            continue
        done.add(core)
        piece, at = runs.where(slip.at)
        start = at - (slip.at - runs.begin(slip.at))
        odd, place = piece.text[max(start, at - 1) : at + 2], piece.place(at)
        yield issue_at("wording.mistyped", odd, place, written=slip.written, right=slip.right)


@dataclass(frozen=True, slots=True)
class Runs:
    """Each run of Chinese characters once, a line each, and where it stands first."""

    text: str
    _where: Mapping[str, tuple[Piece, int]]

    def begin(self, at: int) -> int:
        """Where the line begins."""
        return self.text.rfind("\n", 0, at) + 1

    def where(self, at: int) -> tuple[Piece, int]:
        """The piece, and the place in it, of a character of the text."""
        begin, end = self.begin(at), self.text.find("\n", at)
        piece, start = self._where[self.text[begin : end if end >= 0 else len(self.text)]]
        return piece, start + at - begin


def runs_of(case: Case) -> Runs:
    """The runs of what a document writes in words."""
    runs: dict[str, tuple[Piece, int]] = {}
    for piece in pieces(case):
        for m in _RUN.finditer(piece.text):
            runs.setdefault(m.group(), (piece, m.start()))
    return Runs("\n".join(runs), runs)


def slips(text: str, known: Usage, marks: Marks) -> Iterator[Slip]:
    """What is typed wrong in runs of characters, a line each."""
    for place in known.bare_in(text, marks.single):
        run, at = _about(text, place)
        new = (*_exchanged(run, at, known), *_swapped(run, at, known, marks), *_lost(run, at, known, marks))
        if new:
            gain, right = max(new)
            yield _slip(place, run, at, right, gain)
    for m in _TWICE.finditer(text):
        of_level = _WORDS["of_level"].match(
            text, m.start()
        )  # 甲州州本级: the name of a place, then its own level
        if m[1] not in marks.single and not of_level:
            run, at = _about(text, m.start())
            if _twice(run, at, known, marks):
                yield _slip(m.start(), run, at, run[:at] + run[at + 1 :], _GAIN)


def _about(text: str, place: int) -> tuple[str, int]:
    """The characters about a place, no others than those of its line, and where it is in them."""
    before = text[max(0, place - _AROUND) : place].rpartition("\n")[2]
    return before + text[place : place + _AROUND + 2].partition("\n")[0], len(before)


def _exchanged(run: str, at: int, known: Usage) -> Iterator[tuple[float, str]]:
    """Another character in its place makes words and a shared stretch."""
    for char in known.fitting(alike(run[at]), run[max(0, at - 1) : at], run[at + 1 : at + 2]):
        new = run[:at] + char + run[at + 1 :]
        if known.shared(new, at) and known.within(new, at, at) and _odd(run, new, at, known):
            gain = known.least(run) - known.least(new)
            if gain >= _GAIN:
                yield gain, new


def _odd(run: str, new: str, at: int, known: Usage) -> bool:
    """The pair that would be a word was never seen as it is printed; or neither pair, where the word is longer."""
    pairs = [k for k in (at - 1, at) if 0 <= k < len(run) - 1]
    words = [k for k in pairs if known.is_word(new[k : k + 2])] or pairs
    return all(not usual(run[k], run[k + 1]) for k in words)


def _swapped(run: str, at: int, known: Usage, marks: Marks) -> Iterator[tuple[float, str]]:
    """In the other order it makes a word with its neighbour, and a shared stretch."""
    for k in (at - 1, at):
        pair = run[max(k, 0) : k + 2]
        if k >= 0 and not marks.single.intersection(pair) and known.is_word(pair[::-1]):
            new = run[:k] + pair[::-1] + run[k + 2 :]
            if known.joined(new, k + 1) and not usual(*pair):
                gain = known.least(run) - known.least(new)
                if gain >= _GAIN:
                    yield gain, new


def _lost(run: str, at: int, known: Usage, marks: Marks) -> Iterator[tuple[float, str]]:
    """With a character put in beside it, it makes a word and a shared stretch of five; 新能源车 lacks nothing."""
    if run[at] in marks.endings:
        return
    for k in (at, at + 1):
        if not 0 < k < len(run) or known.joined(run, k) or usual(run[k - 1], run[k]):
            continue
        for char in known.behind(run[k - 1]):
            word = char + run[at] if k == at else run[at] + char
            if run[k] not in known.behind(char) or not known.is_word(word):
                continue
            new = run[:k] + char + run[k:]
            starts = range(max(0, k - STRETCH + 1), min(k, len(new) - STRETCH))
            if any(known.whole(new[a : a + STRETCH + 1]) for a in starts):
                gain = known.least(run) - known.least(new)
                if gain >= _GAIN_LOST:
                    yield gain, new


def _twice(run: str, at: int, known: Usage, marks: Marks) -> bool:
    """One of two equal characters belongs to a word and the other to none, or a shared stretch goes on without it."""
    ends, begins = known.ends(run, at), known.begins(run, at + 1)
    if known.joined(run, at + 1) or (ends and begins):
        return False  # 公务用车车辆, 部门门户: the end of one word and the beginning of another
    new = run[:at] + run[at + 1 :]
    if known.across(new, at) or (at == 0 and known.shared(new, 0)):
        return True
    if known.within(run, at, at + 1):
        return False
    if ends:
        return not begins and (
            at + 2 == len(run) or known.begins(run, at + 2) or run[at + 2] in marks.endings
        )
    return begins and at > 0 and known.ends(run, at - 1) and run[at] not in marks.endings


def _slip(place: int, run: str, at: int, new: str, gain: float) -> Slip:
    begin, more = max(0, at - _SHOWN), len(new) - len(run)
    return Slip(place, run[begin : at + _SHOWN + 1], new[begin : at + _SHOWN + 1 + more], gain)
