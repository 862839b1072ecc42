"""Passwords that are tried first: common ones, with a few characters more, and what all know of a person's office.

The 30,000 most common ones come with the package zxcvbn; words of the trade are in ``easy_passwords.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

BESIDE = 5
"""Characters that a password must have beside the words that anybody would try."""
_LEET = str.maketrans("@0134$57!", "aoieassti")
_YEAR = re.compile(r"(?:19|20)\d{2}(?:0?[1-9]|1[0-2])?(?:0[1-9]|[12]\d|3[01])?年?")
_PRIVATE = re.compile(r"1[3-9]\d{9}|\d{17}[\dx]")
"""Mobile numbers and identity numbers."""
_PLACE = re.compile(r".*?(?:省|自治区|市|州|盟|县|旗|区|镇|乡|街道)(?=..)")


def easy(folded: str, names: Iterable[str]) -> bool:
    """Whether a password, folded to small letters, is among those that are tried first. ``names``: of the person, the
    account and the body."""
    words, runs = _context()
    if _common(folded) or _PRIVATE.fullmatch(folded) or folded in (folded + folded)[1:-1]:
        return True
    if any(folded in run for run in runs):
        return True
    stated = {w for n in names for w in _words_of(n.casefold())}
    return len(_beside(folded, stated | words)) < BESIDE


def _common(folded: str) -> bool:
    """A common one, also in other letters, turned round or with digits and signs at its ends."""
    listed = _listed()
    bare = folded.strip("0123456789 .,_-+*/!?@#$%^&=~。，！")
    for text in (folded, bare, folded.translate(_LEET), bare.translate(_LEET), folded[::-1]):
        if text in listed and len(folded) - len(text) < BESIDE + 4:
            return True
    return False


def _words_of(name: str) -> set[str]:
    """A name, and without the places before it; also how both sound, whole and by first letters."""
    found = {name, _PLACE.sub("", name)}
    sounds = set()
    for text in found:
        if any("\u4e00" <= c <= "\u9fff" for c in text):
            stated = _sound(text)
            sounds |= {"".join(stated), "".join(t[:1] for t in stated)}
    return {w for w in found | sounds if len(w) > 1}


def _sound(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # its dictionary takes a moment

    return [str(s) for s in lazy_pinyin(text)]


def _beside(folded: str, words: Iterable[str]) -> str:
    """What is left of a password without words and years."""
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, "")
    return _YEAR.sub("", folded)


@lru_cache(maxsize=1)
def _context() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words of the trade, and runs of characters."""
    stated = tomllib.loads((Path(__file__).parent / "easy_passwords.toml").read_text(encoding="utf-8"))
    return frozenset(stated["words"]), tuple(stated["runs"])


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    stated = tomllib.loads((Path(__file__).parent / "easy_passwords.toml").read_text(encoding="utf-8"))
    lists = (stated["common"], FREQUENCY_LISTS["passwords"])
    return frozenset(w for words in lists for w in words if len(w) > 3)
