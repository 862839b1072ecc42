"""Printed digits as numbers: the one conversion, which never raises, whatever stands there and however long it is."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

MOST = 30
"""No count, year or amount has more digits."""
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def whole_number(text: str | bytes, default: int = 0) -> int:
    """Nothing but digits as a whole number; ``default`` for anything else, and for more digits than any count has."""
    words = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    return int(words) if len(words) <= MOST and _DIGITS.fullmatch(words) else default


def exact_number(text: str) -> Decimal | None:
    """A number with or without marks of thousands; None for anything else, and for more digits than any amount has."""
    words = text.replace(",", "")
    if len(words) > MOST or not _NUMBER.fullmatch(words):
        return None
    try:
        return Decimal(words)
    except InvalidOperation:  # digits that only some alphabets have
        return None
