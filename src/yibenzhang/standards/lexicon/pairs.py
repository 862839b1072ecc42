"""Which characters stand side by side in published disclosures: counted facts (tools/make_pairs.py), and the phrases of
the dictionary of readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent
MIDDLE = 2
"""Where in a fragment of five characters the one stands that is asked for."""


def usual(one: str, two: str) -> bool:
    """The second character has been seen right behind the first."""
    return two in _pairs().get(one, "") or one + two in _phrases()


def in_dictionary(pair: str) -> bool:
    """The two characters stand side by side in a phrase of the dictionary."""
    return pair in _phrases()


def in_fragment(before: str, after: str) -> frozenset[str]:
    """The characters seen between these two and these two, in disclosures of several places."""
    return _fragments().get(before + after, frozenset())


@lru_cache(maxsize=1)
def _pairs() -> Mapping[str, str]:
    lines = (_HERE / "pairs.txt").read_text(encoding="utf-8").split()
    return {line[0]: line[1:] for line in lines}


@lru_cache(maxsize=1)
def _fragments() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in (_HERE / "fragments.txt").read_text(encoding="utf-8").split():
        found[line[:MIDDLE] + line[MIDDLE + 1 :]].add(line[MIDDLE])
    return {around: frozenset(between) for around, between in found.items()}


@lru_cache(maxsize=1)
def _phrases() -> frozenset[str]:
    """Asked for seldom: loading the dictionary takes a while."""
    from pypinyin.phrases_dict import phrases_dict

    return frozenset(w[k : k + 2] for w in phrases_dict for k in range(len(w) - 1))
