"""Words with how often they are used, stretches of characters that disclosures of several places share, and which
characters are typed for each other: what a mistyped word is known by (tools/make_words.py).

words.txt has a line for each character with which words begin, parted by tabs: the character; those that make a
word of two with it, * for itself alone; what each of these words costs, a letter each; longer words without their
first character, each with its letter; and the characters that stand behind it anywhere in longer words.
stretches.txt has a line for each character, too: with it begin the stretches of four and those of five characters,
printed without it, and last those that stand right behind it in stretches of four. Of both a line is taken apart when
it is first asked for: a document uses one character in ten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path

from yibenzhang.standards import load

_HERE = Path(__file__).parent
LONGEST = 4
"""No word of the list has more characters."""
STRETCH = 4
"""So many characters of a shared stretch are held against the text; one more where one of them is left out."""
_RARE, _SINGLE, _OWN = 8.5, 0.6, 5.0
"""What a character costs that is no word; what each costs besides that stands alone; and a word of our own list."""
_NEVER = 1e9
_COLUMNS = 4


def letter(cost: float) -> str:
    """A cost, which is a multiple of one half."""
    return chr(ord("a") + round(cost * 2))


def _cost(code: str) -> float:
    return (ord(code) - ord("a")) / 2


class Lines(dict[str, tuple[str, ...]]):
    """The lines of a text by their first character, parted at the tabs; of a character without a line all is empty."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._whole = {line[0]: line for line in text.splitlines()}

    def __missing__(self, char: str) -> tuple[str, ...]:
        parts = (*self._whole.get(char, "").split("\t")[1:], *("",) * _COLUMNS)[:_COLUMNS]
        self[char] = parts
        return parts


@dataclass(frozen=True, eq=False)
class Usage:
    """``words``: those of words.txt; ``own``: other words; ``stretches``: those of stretches.txt, which disclosures of
    several places share."""

    words: Lines
    own: frozenset[str]
    stretches: Lines

    def cost(self, word: str) -> float:
        """Minus the logarithm of how often a word is used; without end where it is none."""
        if word in self.own:
            return _OWN
        two, codes, longer, _ = self.words[word[:1]]
        if len(word) <= 2:
            at = two.find(word[1:] or "*")
            return _cost(codes[at]) if at >= 0 else _NEVER
        at = longer.find(f" {word[1:]}")
        code = longer[at + len(word)] if at >= 0 else ""
        return _cost(code) if code.isascii() and code else _NEVER

    def is_word(self, text: str) -> bool:
        """Of two characters or more."""
        return len(text) > 1 and self.cost(text) < _NEVER

    def least(self, text: str) -> float:
        """What the cheapest way costs to part a text into words."""
        costs = [0.0] + [_NEVER] * len(text)
        for start in range(len(text)):
            here = costs[start]
            for end in range(start + 1, min(start + LONGEST, len(text)) + 1):
                word = self.cost(text[start:end])
                word = min(word, _RARE) + _SINGLE if end == start + 1 else word
                costs[end] = min(costs[end], here + word)
        return costs[-1]

    def bare_in(self, text: str, single: frozenset[str]) -> tuple[int, ...]:
        """Those of a text of many lines, worked out once for all that ask."""
        return _bare(self, text, single)

    def bare(self, text: str, single: frozenset[str]) -> Iterator[int]:
        """The characters that belong to no word of several characters, wherever one may begin, and that do not often
        stand alone."""
        pairs = list(map(add, text, text[1:]))
        seen = {pair: self.words[pair[0]] for pair in set(pairs)}
        words = {pair for pair, line in seen.items() if pair[1] in line[0] or pair in self.own}
        inner = {pair for pair, line in seen.items() if pair[1] in line[3]}
        before = False
        for k, begins in enumerate((*map(words.__contains__, pairs), False)):
            if not (begins or before) and text[k] not in single and "\u4e00" <= text[k] <= "\u9fff":
                longer = text[k : k + 2] in inner or text[k - 1 : k + 1] in inner
                if not (longer and self.within(text, k, k)):
                    yield k
            before = begins

    def fitting(self, chars: Iterable[str], before: str, after: str) -> Iterator[str]:
        """Those of the characters that stand behind the one or before the other in some shared stretch."""
        follow = self.behind(before)
        return (c for c in chars if c in follow or (after and after in self.behind(c)))

    def behind(self, char: str) -> str:
        """The characters right behind this one in shared stretches."""
        return self.stretches[char][2]

    def whole(self, text: str) -> bool:
        """A text of four or five characters is a shared stretch."""
        return f" {text[1:]}" in self.stretches[text[:1]][len(text) - STRETCH]

    def shared(self, text: str, at: int) -> bool:
        """Some stretch that holds the character at ``at`` is shared by disclosures of several places."""
        return self._stretched(text, at - STRETCH + 1, at)

    def joined(self, text: str, at: int) -> bool:
        """A shared stretch holds the character at ``at`` with the one before it."""
        return self._stretched(text, at - STRETCH + 1, at - 1)

    def across(self, text: str, at: int) -> bool:
        """A shared stretch holds the character at ``at`` with those on both sides of it."""
        return self._stretched(text, at - STRETCH + 2, at - 1)

    def _stretched(self, text: str, first: int, last: int) -> bool:
        starts = range(max(0, first), min(last, len(text) - STRETCH) + 1)
        return any(self.whole(text[a : a + STRETCH]) for a in starts)

    def ends(self, text: str, at: int) -> bool:
        """Some word of several characters ends with the one at ``at``."""
        return any(self.is_word(text[at + 1 - n : at + 1]) for n in range(2, LONGEST + 1) if n <= at + 1)

    def begins(self, text: str, at: int) -> bool:
        """Some word of several characters begins at ``at``."""
        return any(self.is_word(text[at : at + n]) for n in range(2, LONGEST + 1) if at + n <= len(text))

    def within(self, text: str, first: int, last: int) -> bool:
        """Some word of several holds the characters from ``first`` to ``last``."""
        for size in range(max(2, last - first + 1), LONGEST + 1):
            starts = range(max(0, last - size + 1), min(first, len(text) - size) + 1)
            if any(self.is_word(text[a : a + size]) for a in starts):
                return True
        return False


@lru_cache(maxsize=2)
def _bare(known: Usage, text: str, single: frozenset[str]) -> tuple[int, ...]:
    return tuple(known.bare(f"{text}\n", single))


def followers(words: Iterable[str]) -> dict[str, str]:
    """Each character with those right behind it."""
    found: dict[str, set[str]] = defaultdict(set)
    for pair in {w[k : k + 2] for w in words for k in range(len(w) - 1)}:
        found[pair[0]].add(pair[1])
    return {c: "".join(sorted(o)) for c, o in found.items()}


def stretch_lines(stretches: Iterable[str]) -> str:
    """Stretches of four and five characters as stretches.txt has them."""
    found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for stretch in sorted(stretches):
        found[stretch[0]][len(stretch) - STRETCH].append(f" {stretch[1:]}")
    behind = followers(s for s in stretches if len(s) == STRETCH)
    lines = (
        f"{c}\t{''.join(found[c][0])}\t{''.join(found[c][1])}\t{behind.get(c, '')}\n"
        for c in sorted({*found, *behind})
    )
    return "".join(lines)


@lru_cache(maxsize=1)
def usage() -> Usage:
    """As it is packaged, with the words of our own list."""
    words, stretches = (
        Lines((_HERE / name).read_text(encoding="utf-8")) for name in ("words.txt", "stretches.txt")
    )
    own = frozenset(w for group in load().lists["official_words"] for w in group.split())
    return Usage(words, own, stretches)


@lru_cache(maxsize=1)
def _groups() -> tuple[str, ...]:
    """Characters that sound or look alike."""
    lists = load().lists
    groups = (_HERE / "alike.txt").read_text(encoding="utf-8").split()
    return (*groups, *lists["lookalikes"], *lists["shapes"])


@lru_cache(maxsize=4096)
def alike(char: str) -> frozenset[str]:
    """The characters that are typed for this one, or this one for them."""
    known = {c for group in _groups() if char in group for c in group}
    pairs = ({pair[0], pair[-1]} for pair in load().lists["homophones"] if char in (pair[0], pair[-1]))
    return frozenset(known.difference(*pairs, char))
