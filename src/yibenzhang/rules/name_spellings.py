"""Names that a document itself gives, in quotes or with the kind of place behind them, spelt in two ways that are read
alike ("清漪湖", "清依湖")."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.likeness import SHAPES
from yibenzhang.rules.registry import rule
from yibenzhang.standards import readings
from yibenzhang.standards.patterns import patterns

_QUOTED = late(r"[“\"](?P<name>[\u4e00-\u9fff]{2,10})[”\"](?P<after>[\u4e00-\u9fff]{0,2})")
_LONG = 4
"""A shorter name in quotes is the same one where the two characters behind it are the same."""
_AFTER = 2
_NEAR, _FAR = 3, 6
_APART = 200
_WORDS = patterns("name_spellings")
_HAN = late(r"[\u4e00-\u9fff]")
_At = tuple[int, Passage, int]
"""Which passage, the passage, and where in it."""


@rule("names.homophone", needs=("text",))
def spellings(case: Case) -> Iterator[Issue]:
    """One name in two spellings, of which one character is read alike; the rarer is told, or the later."""
    lists = case.standards.lists
    other_words, puns = ({frozenset(pair) for pair in lists[k]} for k in ("homophones", "puns"))
    looks = {frozenset(pair) for group in lists["lookalikes"] for pair in combinations(group, 2)}
    joins = frozenset("".join(lists["place_joins"]))
    named = _names(case.passages, tuple(lists["place_kinds"]))
    for one, two in _alike(named):
        k = next(k for k, (a, b) in enumerate(zip(one, two, strict=True)) if a != b)
        apart = frozenset((one[k], two[k]))
        place = not one.startswith("“") and any(one.endswith(kind) for kind in lists["place_kinds"])
        same = apart in looks or _read_alike(one[k], two[k])
        if apart in other_words or (place and joins & apart) or not same:
            continue
        if apart in puns and not _together(named[one], named[two], one):
            continue
        if any(_mistaken_for(i, j, k, len(one)) for i in named[one] for j in named[two]):
            continue
        wrong, right = sorted((one, two), key=lambda n: (len(named[n]), -named[n][0][0], -named[n][0][2]))
        (_, p, at), (_, q, there) = named[wrong][0], named[right][0]
        words, other = p.verbatim(at, at + len(wrong)).strip(), q.verbatim(there, there + len(right)).strip()
        yield issue_at("names.homophone", words, p.place(at), (other, q.place(there)), other=other)


def _names(passages: Sequence[Passage], kinds: tuple[str, ...]) -> dict[str, list[_At]]:
    """The names, each with where it stands: what is quoted, with the words behind it where it is short, and places."""
    places = _places(kinds)
    out: dict[str, list[_At]] = defaultdict(list)
    for n, p in enumerate(passages):
        for m in _QUOTED.finditer(p.text):
            short = len(m["name"]) < _LONG
            if not short or len(m["after"]) == _AFTER:
                out[m.group() if short else m["name"]].append((n, p, m.start() if short else m.start("name")))
        for m in places.finditer(p.text):
            out[m["name"]].append((n, p, m.start("name")))
    return out


@lru_cache(maxsize=8)
def _places(kinds: tuple[str, ...]) -> re.Pattern[str]:
    """Two characters and the kind of place; the matches may overlap."""
    return late(rf"(?=(?P<name>[\u4e00-\u9fff]{{2}}(?:{'|'.join(kinds)})))")


def _alike(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names of which one character differs, in order."""
    around: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names:
        for k in range(len(name)):
            around[name[:k], name[k + 1 :]].add(name)
    yield from sorted({pair for same in around.values() for pair in combinations(sorted(same), 2)})


def _read_alike(one: str, two: str) -> bool:
    sounds = readings()
    return one in sounds and two in sounds and sounds[one] == sounds[two]


def _together(one: Sequence[_At], two: Sequence[_At], name: str) -> bool:
    """Long names in quotes that stand in one passage, not far from each other: what is often played with is one name
    there."""
    if len(name) < _LONG or name.startswith("“"):
        return False
    return any(m == n and abs(i - j) <= _APART for m, _, i in one for n, _, j in two)


def _mistaken_for(one: _At, two: _At, k: int, length: int) -> bool:
    """The two are different names, since they stand in one list, or so much around them agrees that it is told
    already."""
    (m, p, i), (n, q, j) = one, two
    if m == n and abs(i - j) <= _NEAR * length and _WORDS["joined"].search(p.text, min(i, j), max(i, j)):
        return True
    before, after = p.text[: i + k][::-1], q.text[: j + k][::-1]
    left = _agree(before, after)
    right = _agree(p.text[i + k + 1 :], q.text[j + k + 1 :])
    return any(left >= a and right >= b for a, n, b in SHAPES if n == 1)


def _agree(one: str, two: str) -> int:
    """So many Chinese characters agree from the beginning on."""
    pairs = enumerate(zip(one[:_FAR], two[:_FAR], strict=False))
    return next((k for k, (a, b) in pairs if a != b or not _HAN.match(a)), min(len(one), len(two), _FAR))
