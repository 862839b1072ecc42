"""The lexicon: what the words of headers, rows and titles say, as coordinates; data in ``lexicon/``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late
from yibenzhang.standards import HERE, StandardsError
from yibenzhang.standards.model import fold

_YEAR = late(r"(20\d\d)年?度?")
_SKIP = 500
"""What a character that no word explains costs; a word that says much costs less than one that says little."""
_COSTS = {"side": 11}
_SAYS, _PLAIN = 10, 12
_CJK = late(r"[\u4e00-\u9fff]")
_SIGNS = "()（）、,，:：;；.。-—/*·“”\"' "
_SHORT = 2
LONGEST = 60
"""Longer phrases are sentences, not headings."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A dimension: its nodes and, of each, the node right above it (empty: directly below the whole)."""

    parents: Mapping[str, str]

    def above(self, node: str) -> tuple[str, ...]:
        """The nodes above, nearest first, ending with the whole (empty)."""
        out = []
        while node:
            node = self.parents.get(node, "")
            out.append(node)
        return tuple(out)

    def below(self, node: str, other: str) -> bool:
        """True where ``node`` is a part of ``other``; everything is a part of the whole."""
        if node == other:
            return False
        while node:
            node = self.parents.get(node, "")
            if node == other:
                return True
        return False

    def joined(self, a: str, b: str) -> str | None:
        """The more precise of two that lie on one branch; None where they exclude each other."""
        if not a or a == b or self.below(b, a):
            return b
        return a if not b or self.below(a, b) else None


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a phrase says: coordinates by dimension, years, the words nothing explains."""

    values: tuple[tuple[str, str], ...] = ()
    years: tuple[str, ...] = ()
    total: bool = False
    label: str = ""
    residue: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    """Dimensions of which it names several values, and so none of them."""


@dataclass(frozen=True, slots=True, order=True)
class Meaning:
    """What a word may say: a ``node`` of a ``dimension``; or *plain* (it adds nothing), *total*, or *label* (the
    ``node`` is the kind of label column that it heads). Written as sections of words.toml are: ``fund.general``."""

    dimension: str
    node: str = ""

    def __str__(self) -> str:
        return f"{self.dimension}.{self.node}" if self.node else self.dimension


@dataclass(frozen=True)
class Lexicon:
    """Words by what they say. ``meanings``: word → (dimension, node) pairs; ``plain`` add nothing."""

    trees: Mapping[str, Tree]
    meanings: Mapping[str, tuple[tuple[str, str], ...]]
    plain: frozenset[str]
    totals: frozenset[str]
    labels: Mapping[str, str]
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of_which: tuple[str, ...] = ()
    excluding: tuple[str, ...] = ()
    as_income: Mapping[str, str] = field(default_factory=dict)
    """Kinds of expenditure whose short names mean a fund where a table is about income."""
    year_words: frozenset[str] = frozenset()
    """Words that name a version only beside another ("本年" beside "上年")."""
    _starts: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _known: dict[str, Phrase] = field(default_factory=dict, repr=False)

    def phrase(self, text: str) -> Phrase:
        """What a heading, a row's name or a title says."""
        folded = fold(text)
        if (known := self._known.get(folded)) is None:
            known = self._known[folded] = self._read(folded)
        return known

    def extended(self, word: str, meaning: Meaning) -> Lexicon:
        """The same with one word more."""
        word = fold(word)
        known = {t: p for t, p in self._known.items() if word not in t}
        if meaning.dimension == "label":
            return replace(self, labels={**self.labels, word: meaning.node}, _known=known)
        starts = {**self._starts, word[0]: [*dict.fromkeys((word, *self._starts.get(word[0], ())))]}
        same = {"_starts": starts, "_known": known}
        if meaning.dimension in ("plain", "total"):
            bare = self.year_words | {word}
            if meaning.dimension == "plain":
                return replace(self, plain=self.plain | {word}, year_words=bare, **same)  # type: ignore[arg-type]
            return replace(self, totals=self.totals | {word}, year_words=bare, **same)  # type: ignore[arg-type]
        said = {**dict(self.meanings.get(word, ())), meaning.dimension: meaning.node}
        return replace(self, meanings={**self.meanings, word: tuple(said.items())}, **same)  # type: ignore[arg-type]

    def with_plain(self, words: Iterable[str]) -> Lexicon:
        """The same with more words that add nothing."""
        more = frozenset(words) - set(self.meanings)
        starts = {k: list(v) for k, v in self._starts.items()}
        for word in more - self.plain - self.totals:
            starts.setdefault(word[0], []).append(word)
        bare = self.year_words | more
        return replace(self, plain=self.plain | more, year_words=bare, _starts=starts, _known={})

    def pieces(self, text: str) -> tuple[str, ...]:
        """The unknown words of a phrase, as a person would name them: with the plain word that a single character
        was torn from; the whole phrase where it falls into several pieces."""
        text = _YEAR.sub("", self._without(fold(text)))
        phrase = self.phrase(text)
        plain = [w for w in phrase.words if w in self.plain and w not in self.totals and len(w) <= _SHORT]
        found = []
        for piece in phrase.residue:
            if len(piece) == 1:
                joined = [w for word in plain for w in (piece + word, word + piece) if w in text]
                piece = max(joined, key=len, default=piece)
            bare = _stripped(piece)
            if _CJK.search(bare) or bare == "%":
                found.append(bare)
        if len(found) > 1 or any(len(f) == 1 for f in found):
            found = [_stripped(text)]
        return tuple(dict.fromkeys(f for f in found if f not in self.meanings and f not in self.plain))

    def subtotal(self, text: str) -> bool:
        """True for a name that ends with a word for a total."""
        words = self.phrase(text).words
        if len(words) == 1:  # listed whole ("人员经费合计")
            return words[0] not in self.totals and words[0].endswith(tuple(self.totals))
        return len(words) > 1 and words[-1] in self.totals

    def key(self, path: Iterable[str]) -> str:
        """Which classification the headings of a label column name: function, department, government, unit, project."""
        for heading in reversed(tuple(path)):
            for kind, words in self.keys.items():
                if any(w in heading for w in words):
                    return kind
        return ""

    def partial(self, text: str) -> bool:
        """True for a row or column that is only some of what stands above or beside it ("其中")."""
        return fold(text).startswith(self.of_which)

    def _read(self, text: str) -> Phrase:
        if len(text) > LONGEST:
            return Phrase(residue=(text[:LONGEST],))
        text = self._without(text)
        years = tuple(dict.fromkeys(_YEAR.findall(text)))
        bare = _YEAR.sub("", text)
        label = self.labels.get(bare, "") or self.labels.get(bare.partition("(")[0], "")
        words, residue = self._segments(bare)
        values: dict[str, str] = {}
        several: set[str] = set()  # dimensions of which the phrase names several values: it says none of them
        for word in words:
            for dimension, node in self.meanings.get(word, ()):
                joined = self.trees[dimension].joined(values.get(dimension, ""), node)
                if joined is None:
                    residue = (*residue, word)
                    several.add(dimension)
                else:
                    values[dimension] = joined
        values = {d: v for d, v in values.items() if d not in several}
        total = bare in self.totals or (not residue and self._totals(words))
        return Phrase(tuple(values.items()), years, total, label, residue, words, tuple(sorted(several)))

    def _without(self, text: str) -> str:
        """A phrase without what it says it leaves out, in brackets ("(不含上年结转)")."""
        if "(" not in text or not any(w in text for w in self.excluding):
            return text
        return re.sub(rf"\((?:{'|'.join(map(re.escape, self.excluding))})[^()]*\)", "", text)

    def _totals(self, words: tuple[str, ...]) -> bool:
        """No more than 合计 of a side or a period ("当年支出小计")."""
        said = {d for w in words for d, _ in self.meanings.get(w, ())}
        return bool(words) and words[-1] in self.totals and said <= {"side", "period"}

    def _cost(self, word: str) -> int:
        meanings = self.meanings.get(word)
        return min((_COSTS.get(d, _SAYS) for d, _ in meanings), default=_PLAIN) if meanings else _PLAIN

    def _segments(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of a phrase, and what is left: least left over first, then fewest words."""
        size = len(text)
        cost = [0] + [_SKIP * (size + 1)] * size
        step: list[tuple[int, bool]] = [(0, False)] * (size + 1)
        for at in range(size):
            here = cost[at]
            if here + _SKIP < cost[at + 1]:
                cost[at + 1], step[at + 1] = here + _SKIP, (at, False)
            for word in self._starts.get(text[at], ()):
                end = at + len(word)
                if (
                    end <= size
                    and text.startswith(word, at)
                    and here + (price := self._cost(word)) < cost[end]
                ):
                    cost[end], step[end] = here + price, (at, True)
        words: list[str] = []
        left: list[str] = []
        at, gap = size, False
        while at:
            start, known = step[at]
            piece = text[start:at]
            if known:
                words.append(piece)
            elif gap:
                left[-1] = piece + left[-1]
            else:
                left.append(piece)
            gap = not known
            at = start
        return tuple(reversed(words)), tuple(reversed(left))


def _stripped(text: str) -> str:
    """Without the signs around it; brackets stay where they close."""
    bare = text.strip(_SIGNS)
    return bare + ")" if bare.count("(") > bare.count(")") else bare


def _toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise StandardsError(f"{path.name}: 格式有误：{error}") from error


def _words(section: Any, where: str) -> Iterable[str]:
    words = section.get("words") if isinstance(section, dict) else None
    if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise StandardsError(f'words.toml [{where}]: 应写成 words = ["…"]')
    return [fold(w) for w in words]


def layers(region: str, extra: str) -> list[Path]:
    """The folders whose data are laid over one another: national, the region's, a user's own."""
    out = [HERE]
    if region:
        out += [HERE / "regions" / region]
    if extra:
        out += [Path(extra)] + ([Path(extra) / "regions" / region] if region else [])
    return out


def load_lexicon(region: str = "", extra: str = "", left_out: frozenset[str] = frozenset()) -> Lexicon:
    """The lexicon of a region; ``left_out`` are words to do without (to measure how much they carry).

    Raises StandardsError with the file and the entry that cannot be used.
    """
    files = [folder / "lexicon" / "words.toml" for folder in layers(region, extra)]
    return _lexicon(region, extra, left_out, tuple(f.stat().st_mtime_ns for f in files if f.exists()))


@lru_cache(maxsize=16)
def _lexicon(region: str, extra: str, left_out: frozenset[str], stamp: tuple[int, ...]) -> Lexicon:
    """``stamp`` tells one state of the folders from another, so that an edit is seen at once."""
    trees = {d: Tree(nodes) for d, nodes in _toml(HERE / "lexicon" / "dimensions.toml").items()}
    read = _Read(trees)
    for folder in layers(region, extra):
        for name, section in _toml(folder / "lexicon" / "words.toml").items():
            read.take(name, section)
    plain, totals = read.sets["plain"], read.sets["total"]
    kept = {w: tuple(m.items()) for w, m in read.meanings.items() if w not in left_out}
    starts: dict[str, list[str]] = {}
    for word in sorted({*kept, *plain, *totals} - left_out, key=len, reverse=True):
        starts.setdefault(word[0], []).append(word)
    return Lexicon(
        trees,
        kept,
        frozenset(plain),
        frozenset(totals),
        read.labels,
        read.keys,
        read.lists["of_which"],
        read.lists["excluding"],
        read.as_income,
        frozenset(read.sets["year_words"] | plain | totals),
        starts,
    )


@dataclass
class _Read:
    """The words of all layers, section by section."""

    trees: Mapping[str, Tree]
    meanings: dict[str, dict[str, str]] = field(default_factory=dict)
    sets: dict[str, set[str]] = field(
        default_factory=lambda: {"plain": set(), "total": set(), "year_words": set()}
    )
    lists: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"of_which": (), "excluding": ()})
    labels: dict[str, str] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    as_income: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, section: Any) -> None:
        """One section of words.toml. Raises StandardsError where there is no such section or node."""
        if name in self.sets:
            self.sets[name].update(_words(section, name))
        elif name in self.lists:
            self.lists[name] += tuple(_words(section, name))
        elif name == "as_income":
            self.as_income |= section
        elif name == "key":
            for kind, listed in section.items():
                self.keys[kind] = (*self.keys.get(kind, ()), *(fold(w) for w in listed))
        elif name == "label":
            self.labels |= {fold(w): kind for kind, words in section.items() for w in words}
        elif name in self.trees:
            self._nodes(name, section)
        else:
            raise StandardsError(f"words.toml: 不认识的一节 [{name}]")

    def _nodes(self, dimension: str, section: Any) -> None:
        for node, entry in section.items():
            if node not in self.trees[dimension].parents:
                raise StandardsError(f"words.toml [{dimension}.{node}]: dimensions.toml 里没有 {node}")
            for word in _words(entry, f"{dimension}.{node}"):
                self.meanings.setdefault(word, {})[dimension] = node
