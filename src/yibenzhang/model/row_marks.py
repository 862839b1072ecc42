"""What a row of a list names, and how far its labels go: by which lists are linked and summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowMark:
    """``names`` in the row, folded and without codes; ``last``: its last filled column; ``code``: the length of
    the last code in it."""

    names: tuple[str, ...]
    last: int
    code: int


Marks = Mapping[tuple[int, int], RowMark]
"""By position of the view and of the row in it."""
