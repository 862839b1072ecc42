"""Amounts as sentences print them, and the lines that templates list."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Line:
    """A classification or project as the templates see it."""

    code: str
    name: str
    path: str
    money: str
    share: str
    value: Decimal
    key: str
    goal: str = ""


def shown(value: Decimal) -> str:
    """万元 as printed in sentences."""
    return f"{value:,.2f}万元"


def rate(part: Decimal, whole: Decimal) -> str:
    """part as a percentage of whole, without its sign; with more decimals where two would make nothing of something."""
    exact = HUNDRED * abs(part) / abs(whole)
    places = next((p for p in (2, 3, 4, 5, 6) if exact >= Decimal(5).scaleb(-p - 1)), 2)
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)}"
