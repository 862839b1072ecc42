"""Spans of time: sets of half-open intervals of whole seconds since 1970, kept sorted and apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""Begin and end in seconds; the end is not part of it."""
Spans: TypeAlias = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """All of them as spans that neither touch nor overlap; empty ones are left out."""
    out: list[Span] = []
    for begin, end in sorted(s for s in spans if s[0] < s[1]):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return tuple(out)


def both(one: Spans, other: Spans) -> Spans:
    """What is in both."""
    out: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        begin, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if begin < end:
            out.append((begin, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(out)


def without(one: Spans, other: Spans) -> Spans:
    """What is in the first and not in the second."""
    out: list[Span] = []
    j = 0
    for span in one:
        begin, end = span
        while j < len(other) and other[j][1] <= begin:
            j += 1
        k = j
        while k < len(other) and other[k][0] < end:
            if other[k][0] > begin:
                out.append((begin, other[k][0]))
            begin = max(begin, other[k][1])
            k += 1
        if begin < end:
            out.append((begin, end))
    return tuple(out)


def length(spans: Spans) -> int:
    """Seconds in all."""
    return sum(end - begin for begin, end in spans)
