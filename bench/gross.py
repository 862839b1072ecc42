"""Gross changes of a printed number: a digit, two digits swapped, × 1.37, the sign, the point lost."""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
FACTOR = Decimal("1.37")
KINDS = ("digit", "swapped_digits", "factor", "sign", "lost_point")
TRIES = 20


def value_of(text: str) -> Decimal:
    """The value of a plain printed number."""
    return Decimal(text.replace(",", ""))


def is_plain(text: str) -> bool:
    """A number without unit, sign of currency or blanks: what can be changed safely."""
    return bool(_NUMBER.fullmatch(text))


def changed(text: str, kind: str, room: Decimal, random: Random) -> str | None:
    """The number printed wrongly so that its value is off by more than ``room``; None where that cannot be."""
    for _ in range(TRIES if kind in ("digit", "swapped_digits") else 1):
        new = _CHANGES[kind](text, random)
        if new is not None and is_plain(new) and abs(value_of(new) - value_of(text)) > room:
            return new
    return None


def _digit(text: str, random: Random) -> str | None:
    k = random.choice([k for k, c in enumerate(text) if c.isdigit()])
    new = text[:k] + random.choice([d for d in "0123456789" if d != text[k]]) + text[k + 1 :]
    return None if _leads_with_nothing(new) else new


def _swapped(text: str, random: Random) -> str | None:
    at = [k for k, c in enumerate(text) if c.isdigit()]
    pairs = [(a, b) for a, b in zip(at, at[1:], strict=False) if text[a] != text[b]]
    if not pairs:
        return None
    a, b = random.choice(pairs)
    new = text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]
    return None if _leads_with_nothing(new) else new


def _factor(text: str, _: Random) -> str | None:
    decimals = len(text.partition(".")[2])
    new = (value_of(text) * FACTOR).quantize(Decimal(1).scaleb(-decimals))
    return f"{new:,}" if "," in text else f"{new}"


def _sign(text: str, _: Random) -> str | None:
    return text[1:] if text.startswith("-") else f"-{text}"


def _lost_point(text: str, _: Random) -> str | None:
    if "." not in text:
        return None
    sign = "-" if text.startswith("-") else ""
    digits = re.sub(r"\D", "", text).lstrip("0")
    return f"{sign}{digits}" if digits else None


def _leads_with_nothing(text: str) -> bool:
    whole = text.lstrip("-").partition(".")[0]
    return len(whole) > 1 and whole[0] == "0"


_CHANGES = {
    "digit": _digit, "swapped_digits": _swapped, "factor": _factor, "sign": _sign, "lost_point": _lost_point,
}  # fmt: skip
