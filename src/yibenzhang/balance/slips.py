"""How a number slipped: the printed digits against the right ones."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval

ONE_DIGIT, EXCHANGED, ONE_MORE, MOVED_POINT, SIGN = (
    "错了一位数字",
    "两位数字颠倒",
    "多写或漏写一位数字",
    "小数点或位数错",
    "正负号写反",
)
"""Slips of the keyboard, in the words of the reports."""
_COUNTED = 100
MOST_TRIED = 120
"""So many values on either side of the middle are tried for a slip of the keyboard."""


def rounded(fact: Fact, mended: Interval) -> Decimal:
    """The middle of an interval of base units as the fact's column would print it."""
    factor = fact.unit.factor if fact.unit else Decimal(1)
    places = max(fact.decimals, fact.amount.decimals if fact.amount else 0)
    if fact.table == "prose" and factor > 1:
        places = max(places, 2)  # "2,995 万元" for 2,995.39 would be another wrong number
    return (mended.middle / factor).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def slipped(fact: Fact, mended: Interval) -> tuple[str, Decimal | None]:
    """The slip of the keyboard that explains the number and the right value, nearest the middle; or nothing."""
    if fact.amount is None or fact.amount.value == 0:
        return "", None
    if fact.unit is not None and fact.unit.dimension == "count" and abs(fact.amount.value) < _COUNTED:
        return "", None  # of two small counts one is a wrong digit of the other, whichever is wrong
    factor = fact.unit.factor if fact.unit else Decimal(1)
    places = max(fact.decimals, fact.amount.decimals)
    step = Decimal(1).scaleb(-places)
    printed = f"{fact.amount.value:.{places}f}"
    middle = rounded(fact, mended)
    for n in range(MOST_TRIED):
        value = middle + n * step
        other = middle - n * step
        fits = [v for v in (value, other)[: 2 if n else 1] if mended.low <= v * factor <= mended.high]
        if n and not fits:
            break
        for v in fits:
            if kind := slip_kind(printed, f"{v:.{places}f}"):
                return kind, v
    return "", None


def slip_kind(printed: str, right: str) -> str:
    """The slip of the keyboard that turns ``right`` into ``printed``: words for a person, or empty."""
    a, b = printed.lstrip("-"), right.lstrip("-")
    if a == b and printed != right:
        return SIGN
    da, db = a.replace(".", ""), b.replace(".", "")
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        if len(wrong) == 1:
            return ONE_DIGIT
        if (
            len(wrong) == 2
            and wrong[1] - wrong[0] <= 2
            and (a[wrong[0]], a[wrong[1]]) == (b[wrong[1]], b[wrong[0]])
        ):
            return EXCHANGED
    if da.strip("0") == db.strip("0") and da.strip("0"):
        return MOVED_POINT
    for long, short in ((da, db), (db, da)):
        if len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
            return ONE_MORE
    return ""
