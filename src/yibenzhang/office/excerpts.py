"""The rows of a table around its numbers in question, for files that have no page pictures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from yibenzhang.model.leaves import Block, FlowCell, Leaf

_AROUND = 1
_MOST_ROWS = 14
_MOST_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Rows of words, the header first; ``marked`` are (row, column) of the numbers in question."""

    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[tuple[int, int]]


def excerpt(leaf: Leaf, keys: Collection[str], among: Collection[str] = ()) -> Excerpt | None:
    """The header and the rows of the leaf's first table that has one of these numbers (one of ``among``, where given);
    None where none has."""
    wanted = among or keys
    for block in leaf.blocks:
        if block.kind == "table" and any(_holds(c, wanted) for row in block.rows for c in row):
            return _of(block, keys)
    return None


def _holds(cell: FlowCell, keys: Collection[str]) -> bool:
    return cell.key in keys or any(p.key in keys for p in cell.pieces if p.key)


def _of(block: Block, keys: Collection[str]) -> Excerpt:
    grid, hits = _spread(block, keys)
    chosen = _chosen_rows(block, {r for r, _ in hits}, len(grid))
    columns = _columns(max(map(len, grid)), {c for _, c in hits})
    at = {r: k for k, r in enumerate(chosen)}
    to = {c: k for k, c in enumerate(columns)}
    words = tuple(tuple(grid[r][c] if c < len(grid[r]) else "" for c in columns) for r in chosen)
    return Excerpt(words, frozenset((at[r], to[c]) for r, c in hits if r in at and c in to))


def _chosen_rows(block: Block, hits: set[int], count: int) -> list[int]:
    """The rows of the header, then those of the numbers and around them; where these are too many, without the
    latter."""
    head = [r for r, row in enumerate(block.rows) if row and all(c.head for c in row)]
    near = {k for r in hits for k in range(r - _AROUND, r + _AROUND + 1) if 0 <= k < count}
    chosen = [*head, *sorted(near - set(head))]
    return chosen if len(chosen) <= _MOST_ROWS else [*head, *sorted(hits - set(head))][:_MOST_ROWS]


def _columns(count: int, hits: set[int]) -> list[int]:
    """All columns, or of a wide table the first two and those around the numbers."""
    if count <= _MOST_COLUMNS:
        return list(range(count))
    wanted = {0, 1} | {k for c in hits for k in (c - 1, c, c + 1) if 0 <= k < count}
    return sorted(wanted)[:_MOST_COLUMNS]


def _spread(block: Block, keys: Collection[str]) -> tuple[list[list[str]], list[tuple[int, int]]]:
    """The words by position, merged cells at their first; and the positions of the numbers in question."""
    taken: dict[tuple[int, int], str] = {}
    hits = []
    for r, row in enumerate(block.rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            for y in range(cell.row_span):
                for x in range(cell.column_span):
                    taken[r + y, c + x] = ""
            taken[r, c] = "".join(p.text for p in cell.pieces).strip()
            if _holds(cell, keys):
                hits.append((r, c))
            c += cell.column_span
    wide = max((c for _, c in taken), default=-1) + 1
    return [[taken.get((r, c), "") for c in range(wide)] for r in range(len(block.rows))], hits
