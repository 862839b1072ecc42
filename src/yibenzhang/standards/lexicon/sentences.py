"""The words of sentences about money as data (sentences.toml), over those of headers and rows."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late
from yibenzhang.standards.lexicon.words import Lexicon, load_lexicon
from yibenzhang.standards.model import fold
from yibenzhang.standards.registers import registers


@dataclass(frozen=True)
class SentenceWords:
    """The parts of sentences.toml.

    ``lexicon``: what words say, with those that sentences add; ``aside``: how clauses begin that name no subject;
    ``opening``: words between a whole and its parts; ``elsewhere``: words of headings of sections that speak of a
    choice of projects; ``opened``: words of the budget as it was opened; ``tails``: words a name may go without;
    ``inside``: how a whole ends of which what follows is a part ("基本支出中"); ``sums``: coordinates that economic
    items make up together.
    """

    lexicon: Lexicon
    same: tuple[tuple[str, str], ...]
    aside: tuple[str, ...]
    tails: tuple[str, ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    opening: tuple[str, ...]
    elsewhere: tuple[str, ...]
    opened: tuple[str, ...]
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoClaimWords:
    """What stands right before or after a number that is no claim; ``percent``: before a percentage."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    percent: re.Pattern[str]


@lru_cache(maxsize=1)
def no_claim_words() -> NoClaimWords:
    """The patterns of [no_claim]."""
    data = _data()["no_claim"]
    return NoClaimWords(*(late("|".join(data[k])) for k in ("before", "after", "percent_before")))


@lru_cache(maxsize=1)
def purpose() -> re.Pattern[str]:
    """How a clause begins that says what an amount is for."""
    return late("|".join(map(re.escape, _data()["purpose"]["words"])))


@lru_cache(maxsize=1)
def nothing_before() -> re.Pattern[str]:
    """What a sentence says where the year before had nothing."""
    return late("|".join(_data()["nothing_before"]["words"]))


@lru_cache(maxsize=1)
def unbudgeted() -> re.Pattern[str]:
    """What a sentence says where an item had no budget at the beginning of the year."""
    return late("|".join(_data()["unbudgeted"]["words"]))


@lru_cache(maxsize=1)
def as_before() -> re.Pattern[str]:
    """What stands right after an amount that is what it was the year before."""
    return late("|".join(_data()["as_before"]["words"]))


@lru_cache(maxsize=1)
def rows_of_totals() -> re.Pattern[str]:
    """A numbered row of the table of all income and spending, or two of them side by side."""
    classes = (name for e in registers().function.entries if len(e.code) == _CLASS for name in e.names)
    names = "|".join(sorted(map(re.escape, {*_data()["rows"]["words"], *classes})))
    number = "[一二三四五六七八九十]+、"
    return late(f"{number}(?:[^、]{{2,20}}{number}|(?:{names})$)")


_CLASS = 3


@lru_cache(maxsize=1)
def executed() -> tuple[str, ...]:
    """Words that say that a number of the year before was spent, not budgeted."""
    return _folded(_data(), "executed")


@lru_cache(maxsize=1)
def parts_follow() -> re.Pattern[str]:
    """Words after which the parts of what was just named follow."""
    return late("|".join(_folded(_data(), "nested")))


@lru_cache(maxsize=1)
def across() -> re.Pattern[str]:
    """The beginning of a part that divides the whole another way than the parts before it."""
    return late("|".join(_data()["across"]["words"]))


@lru_cache(maxsize=1)
def selected() -> re.Pattern[str]:
    """Words that announce some of the parts only."""
    return late("|".join(_folded(_data(), "selected")))


@lru_cache(maxsize=1)
def made_of() -> tuple[str, ...]:
    """Words after which all that something is made of is listed."""
    return _folded(_data(), "made_of")


_LAST: list[tuple[Lexicon, SentenceWords]] = []


def sentence_words(lexicon: Lexicon | None = None) -> SentenceWords:
    """The words of sentences over a lexicon; the last few are kept."""
    lexicon, data = lexicon or load_lexicon(), _data()
    for known, words in _LAST:
        if known is lexicon:
            return words
    same = sorted(((fold(a), fold(b)) for a, b in data["same"].items()), key=lambda p: -len(p[0]))
    made = SentenceWords(
        lexicon.with_plain(_folded(data, "plain")),
        tuple(same),
        _folded(data, "aside"),
        _folded(data, "tail"),
        tuple((node, tuple(codes)) for node, codes in data["sums"].items()),
        _folded(data, "opening"),
        _folded(data, "elsewhere"),
        _folded(data, "opened"),
        _folded(data, "inside"),
    )
    _LAST[:] = [(lexicon, made), *_LAST[:3]]
    return made


def _folded(data: dict[str, Any], section: str) -> tuple[str, ...]:
    return tuple(fold(w) for w in data[section]["words"])


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    with Path(__file__).with_name("sentences.toml").open("rb") as f:
        return tomllib.load(f)
