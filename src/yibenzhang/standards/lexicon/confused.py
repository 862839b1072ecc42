"""Words that are written for others; see confused.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yibenzhang.model.patterns import late

_WINDOW = 12


@dataclass(frozen=True, slots=True)
class Confused:
    """``near``: what must stand about the word, ``unless``: what must not; None: nothing is asked."""

    wrong: str
    right: str
    near: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None

    def places(self, text: str) -> Iterator[int]:
        """Where the word stands for the other."""
        at = text.find(self.wrong)
        while at >= 0:
            if self._means(text, at):
                yield at
            at = text.find(self.wrong, at + 1)

    def _means(self, text: str, at: int) -> bool:
        end = at + len(self.wrong)
        if self.near is None:
            return True
        about = text[max(0, at - _WINDOW) : end + _WINDOW]
        if self.unless is not None and self.unless.search(about):
            return False
        return any(
            m.start() < end and m.end() > at
            for m in self.near.finditer(text, max(0, at - _WINDOW), end + _WINDOW)
        )


def places(text: str) -> Iterator[tuple[int, Confused]]:
    """Where words stand for others, each place once."""
    found = {text[k : k + 2] for k in range(len(text) - 1)}
    taken: list[range] = []
    for entry in confused():
        if entry.wrong[:2] not in found or entry.wrong[-2:] not in found:
            continue
        for at in entry.places(text):
            if not any(at in r or at + len(entry.wrong) - 1 in r for r in taken):
                taken.append(range(at, at + len(entry.wrong)))
                yield at, entry


@lru_cache(maxsize=1)
def confused() -> tuple[Confused, ...]:
    """The longest first: a place is told once."""
    with Path(__file__).with_name("confused.toml").open("rb") as f:
        data = tomllib.load(f)
    found = [Confused(*entry.split()) for entry in data["always"]]
    for pair in data["pair"]:
        near, unless = (late(pair[k]) if k in pair else None for k in ("near", "unless"))
        found.append(Confused(pair["wrong"], pair["right"], near, unless))
    return tuple(sorted(found, key=lambda c: (-len(c.wrong), c.wrong)))
