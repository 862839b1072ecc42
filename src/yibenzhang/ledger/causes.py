"""One cause, one finding, also across documents: numbers that differ by the same, along sums, or of one printed
number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

_MANY = 12
"""So many different gaps of a pair are tried as sums of two or three others."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two numbers that ought to be one. ``pair``: the two documents; ``gap`` by how much they differ, ``slack`` how far
    rounding goes; ``depth``: how fine the number is (codes and names it has); ``at``: the printed number that both may
    share with differences of other pairs."""

    pair: tuple[int, int]
    gap: Decimal
    slack: Decimal
    depth: int
    at: tuple[int, int]


def causes(differences: Sequence[Difference]) -> list[list[int]]:
    """The differences by cause, as their positions; the first of each is the one to speak of, the finest."""
    root = list(range(len(differences)))

    def find(k: int) -> int:
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    by_pair: dict[tuple[int, int], list[int]] = {}
    by_place: dict[tuple[int, int], int] = {}
    for k, d in enumerate(differences):
        by_pair.setdefault(d.pair, []).append(k)
        if d.at[0]:
            root[find(k)] = find(by_place.setdefault(d.at, k))
    for found in by_pair.values():
        for a, b in _explained(differences, found):
            root[find(b)] = find(a)
    groups: dict[int, list[int]] = {}
    for k in range(len(differences)):
        groups.setdefault(find(k), []).append(k)
    for group in groups.values():
        group.sort(key=lambda k: (-differences[k].depth, k))
    return sorted(groups.values(), key=min)


def _explained(differences: Sequence[Difference], found: list[int]) -> list[tuple[int, int]]:
    """Pairs of positions: the second differs by what the first does, or by that and what others do."""
    out: list[tuple[int, int]] = []
    first: list[int] = []  # one for each gap, the finest
    for k in sorted(found, key=lambda k: (-differences[k].depth, k)):
        d = differences[k]
        same = next((f for f in first if _meets(abs(differences[f].gap), abs(d.gap), d.slack)), None)
        if same is None:
            first.append(k)
        else:
            out.append((same, k))
    if len(first) > _MANY:
        return out
    for k in first:
        finer = [f for f in first if differences[f].depth > differences[k].depth]
        sums = (c for n in (2, 3, len(finer)) if n >= 2 for c in combinations(finer, min(n, len(finer))))
        gap, slack = differences[k].gap, differences[k].slack
        part = next(
            (c for c in sums if _meets(sum((differences[f].gap for f in c), Decimal(0)), gap, slack)), ()
        )
        if part:
            out.append((max(part, key=lambda f: abs(differences[f].gap)), k))
    return out


def _meets(a: Decimal, b: Decimal, slack: Decimal) -> bool:
    return abs(a - b) <= slack
