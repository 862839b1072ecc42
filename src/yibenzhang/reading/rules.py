"""Ruling lines, and the lines under words that look like them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from yibenzhang.reading.glyphs import Glyph

GAP = 3.5
"""Collinear pieces this close are one rule."""
_UNDER, _OVER = 4.0, 1.0
"""An underline lies so far below the baseline of its words at most, or above it."""
_EDGE = 3.0
"""It begins and ends within so many points of where its words do."""


class Rule(NamedTuple):
    """A horizontal or vertical rule: ``at`` across it, from ``start`` to ``end`` along it.

    A named tuple: a page has hundreds.
    """

    at: float
    start: float
    end: float


def without_underlines(hs: list[Rule], vs: list[Rule], glyphs: list[Glyph]) -> list[Rule]:
    """The horizontal rules without those that only underline words inside one column."""
    loose = [h for h in hs if _inside_a_column(h, vs)]
    if not loose:
        return hs
    by_base = sorted(glyphs, key=lambda g: g.base)
    bases = [g.base for g in by_base]
    under = set()
    for h in loose:
        words = [
            g
            for g in by_base[bisect_left(bases, h.at - _UNDER) : bisect_right(bases, h.at + _OVER)]
            if h.start - _EDGE <= g.x0 and g.x1 <= h.end + _EDGE
        ]
        if (
            words
            and min(g.x0 for g in words) <= h.start + _EDGE
            and max(g.x1 for g in words) >= h.end - _EDGE
        ):
            under.add(h)
    return [h for h in hs if h not in under]


def _inside_a_column(h: Rule, vs: list[Rule]) -> bool:
    """It lies between two vertical rules and does not reach from one to the other."""
    crossing = [v.at for v in vs if v.start - GAP <= h.at <= v.end + GAP]
    left = max((x for x in crossing if x <= h.start + GAP), default=None)
    right = min((x for x in crossing if x >= h.end - GAP), default=None)
    if left is None or right is None or right <= left:
        return False
    if any(left < x < right for x in crossing):
        return False  # it spans a column
    return h.start - left > GAP or right - h.end > GAP
