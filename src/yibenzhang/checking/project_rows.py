"""Rows of a list without codes: which of them are the projects, and which only sum up those below them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

_STEPS = 50_000
"""Readings tried of one list; where they do not suffice nothing is said."""
_ROWS = 400
"""Longer lists are not read in this way."""
_ENDS = 3
"""So many readings of one sum are kept."""


def lowest(amounts: Sequence[Decimal], whole: Decimal) -> frozenset[int]:
    """The positions of the rows that no rows below them make up; none where the list does not come to its whole.

    Rows stand in the order of a tree, each above its parts. A row is a sum where rows that follow it come to it
    exactly; where it equals the next one alone, the whole decides whether they are a sum and its part or two projects.
    """
    if not 0 < len(amounts) <= _ROWS:
        return frozenset()
    reader = _Reader(amounts)
    read = reader.read(0, whole, len(amounts))
    return frozenset(reader.leaves(read)) if read is not None and reader.steps <= _STEPS else frozenset()


class _Reader:
    """``ends[i]``: where the rows end that row ``i`` may stand for, itself alone or as a sum; the likeliest first."""

    def __init__(self, amounts: Sequence[Decimal]) -> None:
        self._amounts = amounts
        self.steps = 0
        self._ends: list[tuple[int, ...]] = [()] * len(amounts)
        for i in reversed(range(len(amounts))):
            self._ends[i] = self._ends_of(i)

    def _ends_of(self, i: int) -> tuple[int, ...]:
        if self._amounts[i] <= 0:
            return (i + 1,)
        found: list[int] = []
        several = False
        while len(found) < _ENDS and (parts := self.read(i + 1, self._amounts[i], without=found)) is not None:
            found.append(parts[-1][1])
            several = several or len(parts) > 1
        return tuple(found) if several else (*found, i + 1)

    def read(
        self, first: int, rest: Decimal, last: int | None = None, without: Sequence[int] = ()
    ) -> list[tuple[int, int]] | None:
        """Rows from ``first`` on that come to ``rest`` exactly, each with its end; None where there are none. They end
        at ``last``, where it is given, and not where another reading does (``without``)."""
        stack: list[tuple[int, Decimal, tuple[tuple[int, int], ...]]] = [(first, rest, ())]
        while stack:
            at, left, path = stack.pop()
            self.steps += 1
            if self.steps > _STEPS:
                return None
            if left == 0 and path and last in (None, at) and at not in without:
                return list(path)
            if left <= 0 or at >= len(self._amounts) or not 0 < self._amounts[at] <= left:
                continue
            left -= self._amounts[at]
            stack += [(end, left, (*path, (at, end))) for end in reversed(self._ends[at])]
        return None

    def leaves(self, read: Sequence[tuple[int, int]]) -> list[int]:
        """The rows that are no sums."""
        out: list[int] = []
        for row, end in read:
            below = self.read(row + 1, self._amounts[row], end) if end > row + 1 else None
            out += [row] if below is None else self.leaves(below)
        return out
