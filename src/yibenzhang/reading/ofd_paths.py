"""The abbreviated path data of OFD as straight subpaths."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.reading.limits import MAX_RULES_PER_PAGE

_STEP = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TAKES = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


def number(text: str | None, default: float = 0.0) -> float:
    """A finite number of page dimensions; anything else is the default."""
    try:
        value = float(text or "")
    except ValueError:
        return default
    return value if abs(value) < 1e6 else default  # false for nan


def subpaths_of(data: str) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """Straight subpaths of abbreviated path data; one with a curve rules nothing."""
    points: list[tuple[float, float]] = []
    closed = curved = False
    step = ""
    values: list[float] = []
    count = 0
    for m in _STEP.finditer(data):
        token = m.group()
        if token.isalpha():
            step, values = token.upper(), []
            if step != "C":
                continue
            closed = True
            continue
        values.append(number(token))
        if len(values) < _TAKES.get(step, 99):
            continue
        count += 1
        if count > 4 * MAX_RULES_PER_PAGE:
            break
        if step in ("M", "S"):
            if len(points) > 1 and not curved:
                yield points, closed
            points, closed, curved = [], False, False
        elif step != "L":
            curved = True
        points.append((values[-2], values[-1]))
        values = []
    if len(points) > 1 and not curved:
        yield points, closed
