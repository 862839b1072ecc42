"""The one text boundary: what comes from outside is made valid Unicode, and characters that would act are shown."""

from __future__ import annotations

import re

_HALVES = re.compile("[\ud800-\udfff]")
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]")
"""Control characters but tab and line feed, line separators, marks that turn the direction of print, and the two
numbers that XML does not allow."""


def broken(text: str) -> bool:
    """It holds halves of characters."""
    return bool(_HALVES.search(text))


def valid(text: str) -> str:
    """The text as Unicode can be written: halves of a character joined, a lone half as U+FFFD."""
    if not broken(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shown(text: str) -> str:
    """Valid, and with control characters as pictures (␛) or their numbers (⟨U+202E⟩), so that they do nothing."""
    return _ACTING.sub(_picture, valid(text))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x0D:
        return "\u240d"
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨U+{code:04X}⟩"
