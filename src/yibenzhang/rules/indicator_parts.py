"""Indicators that share one row: several names in one cell with as many values beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of

_BREAK = late(r"[;；\n]")
_LISTED = late(r"[;；、\n]")
MOST = 20
"""More parts than this are a text."""


def pieces(text: str, listed: bool = False) -> list[str]:
    """What stands between semicolons, also between the marks of a list where asked for."""
    return [p for part in (_LISTED if listed else _BREAK).split(text) if (p := part.strip(" 。."))]


def parts_of(indicator: Indicator) -> tuple[Indicator, ...]:
    """Each indicator of a row by itself, where there are as many names as values; else the row as it is."""
    values = pieces(indicator.value)
    if not 1 < len(values) <= MOST or any(target_of(v) is None for v in values):
        return (indicator,)
    for listed in (False, True):
        names = pieces(indicator.name, listed)
        if len(names) == len(values):
            return tuple(replace(indicator, name=n, value=v) for n, v in zip(names, values, strict=True))
    return (indicator,)


def single(form: GoalForm) -> Iterator[Indicator]:
    """The indicators of a form one by one."""
    for indicator in form.indicators:
        yield from parts_of(indicator)


def unpaired(indicator: Indicator) -> bool:
    """Several values that cannot be told apart by the names."""
    return len(pieces(indicator.value)) > 1 and len(parts_of(indicator)) == 1
