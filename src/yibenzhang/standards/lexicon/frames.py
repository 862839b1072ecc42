"""The words around a table: its title, number, unit, holder, and the furniture of a page."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late


@dataclass(frozen=True, slots=True)
class FrameWords:
    """Patterns over folded text (no blanks, half-width); see frames.toml for what each means."""

    page_number: re.Pattern[str]
    page_digit: re.Pattern[str]
    title: re.Pattern[str]
    not_title: re.Pattern[str]
    sentence: re.Pattern[str]
    longest_title: int
    text_title: re.Pattern[str]
    """A title of a text, by itself in a line."""
    plain_in_title: frozenset[str]
    """Words of a title that do not narrow what its table tells of."""
    number: re.Pattern[str]
    unit: re.Pattern[str]
    """Group 1 is the name of the unit."""
    unit_split: re.Pattern[str]
    """The first half of a unit whose second half stands on the next line; group 1 is what is there of its name."""
    unit_bare: re.Pattern[str]
    """A unit alone in brackets or at the end of them; group 1 is its name."""
    unit_name: re.Pattern[str]
    holder: re.Pattern[str]
    """A label with its colon; group 1 is the label."""
    holder_end: re.Pattern[str]
    not_holder: frozenset[str]
    aside: re.Pattern[str]
    continued: re.Pattern[str]
    """Over text as printed: that a table goes on."""
    totals: frozenset[str]
    contents: frozenset[str]
    row_start: re.Pattern[str]


def _any(parts: list[str]) -> str:
    return "|".join(sorted(parts, key=len, reverse=True))


@lru_cache(maxsize=1)
def frame_words() -> FrameWords:
    """The words of frames.toml."""
    with Path(__file__).with_name("frames.toml").open("rb") as f:
        return _words(tomllib.load(f))


_AFTER_DASH = "(?:[-—–]{1,2}[一-鿿]{2,16})"
_BRACKETED = "(?:[(][^()]*(?:[(][^()]*[)][^()]*)*[)])"
"""What may follow the word that ends a title."""


def _words(data: dict[str, Any]) -> FrameWords:
    page, title, unit, holder = data["page_number"], data["title"], data["unit"], data["holder"]
    names, labels = _any(unit["names"]), _any(unit["labels"])
    money = f"(?:{_any(unit['currency'])})?"
    digits, marks, words = page["digits"], page["marks"], _any(page["words"])
    number = _any(data["number"]["patterns"])
    return FrameWords(
        late(rf"(?:[{marks}]|{words}|[{digits}])+", re.I),
        late(rf"[{digits}]", re.I),
        late(rf"(?:{_any(title['ends'])}){_AFTER_DASH}?{_BRACKETED}*|{_any(title['part_ends'])}"),
        late(_any(title["never"])),
        late(_any(title["within"])),
        int(title["longest"]),
        late(title["text"]),
        frozenset(title["plain"]),
        late(rf"(?:{number}){data['number']['after']}"),
        late(rf"(?:{labels}):?{money}[(]?({names})[)]?"),
        late(rf"(?:{labels}):?({_any(unit['split'])})?$"),
        late(rf"[(](?:{labels})?:?{money}({names})[)]"),
        late(rf"{money}({names})"),
        late(rf"({_any(holder['labels'])}):"),
        late(rf"(?:{holder['ends']})[^:]{{0,6}}:"),
        frozenset(holder["never"]),
        late(_any(data["aside"]["patterns"])),
        late("|".join(data["continued"]["printed"])),
        frozenset(data["total"]["names"]),
        frozenset(data["contents"]["names"]),
        late(_any(data["row"]["starts"])),
    )
