"""What quality is measured of and what comes out: tables, results, rates, and cells masked before they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from yibenzhang.resources.quality_rules import Check, Column

SAMPLES = 5
Ask = Callable[[str], list[tuple[Any, ...]]]
"""Runs one statement in the source: its rows."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a source: where it lies, what it is in SQL, its columns. ``columnar``: one column of it is read
    without the others."""

    location: str
    sql: str
    columns: tuple[Column, ...]
    columnar: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: ``checked`` rows that have something to check and ``passed`` of them; None where it could not
    be made, with the ``problem``. ``samples`` are failing cells, masked."""

    location: str
    check: Check
    checked: int | None
    passed: int | None
    problem: str = ""
    samples: tuple[str, ...] = ()

    @property
    def rate(self) -> Decimal | None:
        return rate(self.checked, self.passed)


def rate(checked: int | None, passed: int | None) -> Decimal | None:
    """In percent, cut off after two decimals and never rounded up: 99.999 % is not 100 %."""
    if not checked or passed is None:
        return None
    return (Decimal(100 * passed) / checked).quantize(Decimal("0.01"), ROUND_FLOOR)


def masked(value: object) -> str:
    """A cell without what it tells of a person: its length and its first and last letters stay."""
    text = str(value)
    n = len(text)
    head, tail = (3, 2) if n >= 12 else (1, 1) if n >= 5 else (1, 0) if n >= 2 else (0, 0)
    return f"{text[:head]}{'*' * min(n - head - tail, 20)}{text[n - tail :] if tail else ''}"
