"""How alike two findings are: by their rule, what they are about, their printed numbers, their sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from yibenzhang.model.amounts import narrow
from yibenzhang.model.issues import TEXT
from yibenzhang.showing.view import ShownFinding, Spot

SURE = 0.5
"""Findings at least so alike are one and the same."""
_NUMBER = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
_QUOTED = re.compile(r"“([^”]*)”")
_AT_END = re.compile(r"(?:\(续表?\)|续表)$")


def table_of(spot: Spot) -> str:
    """The name of the table a place of a finding stands in, folded; empty for the text and words without a name."""
    name = fold_table(spot.words.partition("“")[0])
    return "" if name == TEXT else name


def sentence_of(spot: Spot) -> str:
    """The printed words in the text; empty for a place in a table."""
    return "" if table_of(spot) else spot.words.partition("“")[2].rstrip("”") or spot.text


@dataclass(frozen=True)  # no slots: cached properties
class StoredFinding(ShownFinding):
    """A finding with what is kept of it in the office, and what it is compared by; ``spots`` begin with the likely
    culprit and are without leaf and box."""

    context: frozenset[str] = frozenset()
    """What stands before the words in the text, in runs of characters, for words that many sentences share."""

    @property
    def family(self) -> str:
        return self.rule.partition(".")[0]

    @cached_property
    def about(self) -> tuple[Subject, ...]:
        return tuple(Subject.of(s) for s in self.spots)

    @cached_property
    def things(self) -> frozenset[tuple[str, ...]]:
        return frozenset(a.names for a in self.about)

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(s.key for s in self.spots if s.key)

    @cached_property
    def said(self) -> frozenset[str]:
        return grams(fold(self.message))


def stored_finding(finding: ShownFinding) -> StoredFinding:
    """What is kept of a shown finding."""
    return StoredFinding(
        finding.rule,
        id=finding.id,
        severity=finding.severity,
        message=finding.message,
        reported=finding.reported,
        expected=finding.expected,
        spots=tuple(place_in_words(s.key, s.words, s.text) for s in finding.spots),
    )


def place_in_words(key: str, words: str, text: str) -> Spot:
    """A place of a finding without a leaf: its key, what it is (支出总表“教育支出”“合计”; 正文“…”), the printed
    text."""
    return Spot(key, 0, None, words, text)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a place is about, whatever its number: table, row and column, or the words of a sentence."""

    names: tuple[str, ...]
    text: str
    said: frozenset[str]

    @classmethod
    def of(cls, spot: Spot) -> Subject:
        text = plain(spot.text)
        if (table := table_of(spot)) and "“" in spot.words:
            names = (table, *(fold(q) for q in _QUOTED.findall(spot.words)))
            return cls(names, text, frozenset())
        words = fold(spot.words)
        return cls((words, fold(spot.text)), text, grams(words + fold(spot.text)))

    def like(self, other: Subject) -> float:
        """0 to 1: 1 where both are about the same thing."""
        if self.names == other.names:
            return 1.0
        if self.said or other.said:
            return dice(self.said, other.said)
        if self.names[0] != other.names[0]:
            return 0.0
        same = sum(a == b for a, b in zip(self.names[1:], other.names[1:], strict=False))
        return 0.1 + 0.4 * same / max(len(self.names) - 1, len(other.names) - 1, 1)


def alike(old: StoredFinding, new: StoredFinding, placed: bool = False) -> float:
    """0 to 1; from SURE on they are the same finding.

    ``placed``: both are of the same file, so that the keys of the places say more than the words.
    """
    if not old.about or not new.about:
        if bool(old.about) != bool(new.about) or old.rule != new.rule:
            return 0.0
        return 0.4 + 0.6 * dice(old.said, new.said) if old.message != new.message else 1.0
    shared = _share(old.things, new.things)
    all_shared = _jaccard(old.things, new.things)
    if placed:
        shared = max(shared, _share(old.keys, new.keys))
        all_shared = max(all_shared, _jaccard(old.keys, new.keys))
    main = max(
        _culprits(old, new, placed), 0.8 * all_shared
    )  # the culprit may have moved among the same numbers
    same_number = bool(old.about[0].text) and old.about[0].text == new.about[0].text
    said = dice(old.said, new.said)
    if old.rule == new.rule:
        return 0.5 * main + 0.2 * shared + 0.15 * said + 0.15 * same_number
    related = old.family == new.family or "prose" in (old.family, new.family)
    if main < 0.9 and shared < 0.5:
        return 0.0
    return 0.45 * main + 0.2 * shared + 0.1 * said + 0.15 * same_number + 0.1 * related


def _culprits(old: StoredFinding, new: StoredFinding, placed: bool) -> float:
    """How alike the likely culprits are, 0 to 1."""
    first = old.about[0]
    main = first.like(new.about[0])
    if not placed:
        if first.said and old.context and new.context:
            return 0.5 * main + 0.5 * dice(old.context, new.context)
        return main
    if old.rule != new.rule:
        return main
    if old.spots[0].key == new.spots[0].key:
        return max(main, 0.8)
    return max(main, 0.6) if _crossed(old, new) else main


def _crossed(old: StoredFinding, new: StoredFinding) -> bool:
    """The culprit of one stands among the numbers of the other: it moved inside one group."""
    return old.about[0].names in new.things or new.about[0].names in old.things


def _share(a: frozenset[Any], b: frozenset[Any]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _jaccard(a: frozenset[Any], b: frozenset[Any]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def fold(text: str) -> str:
    """Without blanks and widths, every number as #."""
    return _NUMBER.sub("#", "".join(narrow(text).split()))


def fold_table(name: str) -> str:
    return _AT_END.sub("", fold(name))


def plain(text: str) -> str:
    """A printed text without blanks, widths and thousands separators."""
    return "".join(narrow(text).split()).replace(",", "")


def grams(text: str, size: int = 3) -> frozenset[str]:
    """All runs of that many characters; a shorter text is one run."""
    return frozenset(text[k : k + size] for k in range(max(len(text) - size + 1, 1))) if text else frozenset()


def dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
