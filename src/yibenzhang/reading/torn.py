"""A number wider than its cell: printed on over the rule, it is one number still and stands where most of it does."""

from __future__ import annotations

import re

from yibenzhang.model.amounts import parse_amount
from yibenzhang.reading.glyphs import Glyph

_SIGNS = frozenset("0123456789.,")
_TOUCH = 0.2
"""Characters of one number are no farther apart than this (in their size)."""
_WHOLE = re.compile(r"-?[\d,]*\d\.\d\d")
_LEVEL = 0.5


def goes_on(last: Glyph, g: Glyph) -> bool:
    """The character may be the next of the number that ends with the one before, beyond a rule."""
    return (
        g.text in _SIGNS
        and last.text in _SIGNS
        and -0.5 * g.size < g.x0 - last.x1 <= _TOUCH * g.size
        and abs(g.base - last.base) < _LEVEL
    )


def rejoin(before: list[Glyph], after: list[Glyph]) -> None:
    """Put both parts of a number that a rule cuts into the cell that holds more of it; where the first part is a
    whole number, or both together are none, they stay where they are."""
    start = len(before)
    while (
        start
        and (start == len(before) or goes_on(before[start - 1], before[start]))
        and before[start - 1].text in _SIGNS
    ):
        start -= 1
    end = 1
    while end < len(after) and goes_on(after[end - 1], after[end]):
        end += 1
    head, tail = before[start:], after[:end]
    first, rest = ("".join(g.text for g in part) for part in (head, tail))
    if _WHOLE.fullmatch(first) or parse_amount(first + rest) is None or not _WHOLE.fullmatch(first + rest):
        return
    if head[-1].x1 - head[0].x0 > tail[-1].x1 - tail[0].x0:
        before += tail
        del after[:end]
    else:
        after[:0] = head
        del before[start:]
