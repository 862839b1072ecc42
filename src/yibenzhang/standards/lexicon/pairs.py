"""Which characters stand side by side in published disclosures, and in the phrases of the dictionary of readings:
counted facts (tools/make_pairs.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent
MIDDLE = 2
"""Where in a fragment of five characters the one stands that is asked for."""


@lru_cache(maxsize=1 << 16)
def usual(one: str, two: str) -> bool:
    """The second character has been seen right behind the first."""
    return two in _pairs().get(one, "") or in_dictionary(one + two)


def in_dictionary(pair: str) -> bool:
    """The two characters stand side by side in a phrase of the dictionary."""
    return pair[1] in _pairs("phrases.txt").get(pair[0], "")


def in_fragment(before: str, after: str) -> frozenset[str]:
    """The characters seen between these two and these two, in disclosures of several places."""
    return _fragments().get(before + after, frozenset())


@lru_cache(maxsize=2)
def _pairs(name: str = "pairs.txt") -> Mapping[str, str]:
    """Each character with those that stand behind it."""
    lines = (_HERE / name).read_text(encoding="utf-8").split()
    return {line[0]: line[1:] for line in lines}


@lru_cache(maxsize=1)
def _fragments() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in (_HERE / "fragments.txt").read_text(encoding="utf-8").split():
        found[line[:MIDDLE] + line[MIDDLE + 1 :]].add(line[MIDDLE])
    return {around: frozenset(between) for around, between in found.items()}
