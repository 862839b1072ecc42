"""Tables that run over several pages become one; the titles and notes around each table are gathered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import cell_state
from yibenzhang.model.documents import Cell, Document, Paragraph, Table
from yibenzhang.standards import fold

_NEAR = 3.5
"""Column edges of two pages this close (points) are the same edge."""
_REACH = 8
"""So many paragraphs before a table may hold its title, unit and body."""
_HEAD_ROWS = 5
"""So many rows at the top of a page may repeat the table's head."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A whole table with the paragraphs right before it (nearest last) and right after it."""

    table: Table
    before: tuple[Paragraph, ...]
    after: tuple[Paragraph, ...]


def framed_tables(document: Document) -> list[Framed]:
    """The tables of a document in order, continued pages joined."""
    out: list[tuple[_Run, list[Paragraph]]] = []
    between: list[Paragraph] = []
    afters: list[list[Paragraph]] = []
    for block in document.blocks():
        if isinstance(block, Paragraph):
            between.append(block)
            continue
        if out and not between and out[-1][0].add(block):
            continue
        if afters:
            afters[-1] = between[:3]
        out.append((_Run(block), between[-_REACH:]))
        afters.append([])
        between = []
    if afters:
        afters[-1] = between[:3]
    return [Framed(r.table(), tuple(b), tuple(a)) for (r, b), a in zip(out, afters, strict=True)]


class _Run:
    """A table that grows page by page; its cells become one table only at the end (500 pages are read)."""

    def __init__(self, first: Table) -> None:
        self.first = first
        self.pages = list(first.pages)
        self.rows = first.rows
        self.cells = list(first.cells)
        self.head = first.texts()[:_HEAD_ROWS]
        self.foot = 0  # where the cells of the last page begin

    def table(self) -> Table:
        """The whole table."""
        return replace(self.first, pages=tuple(self.pages), rows=self.rows, cells=tuple(self.cells))

    def add(self, second: Table) -> bool:
        """Take the second table as the continuation; False where it is a table of its own."""
        first = self.first
        if first.confidence != second.confidence:
            return False
        if first.edges and second.edges:
            if second.pages[0] != self.pages[-1] + 1:
                return False  # two tables on one page are two tables
            moved, union = _aligned(first.edges, second.edges)
            if not union:
                return False
            if len(union) > len(first.edges):
                self._widen(union)
            edges = list(self.first.edges)
            cells = tuple(_spread(second.cells, moved, edges))
            second = replace(second, columns=len(edges) - 1, cells=cells)
        elif first.columns != second.columns:
            return False
        heads = 0
        texts = second.texts()
        while heads < min(len(self.head), len(texts)) and _same(self.head[heads], texts[heads]):
            heads += 1
        if not first.edges and heads == 0 and not _numbers(texts[0]):
            return False
        if heads == 0 and (tail := self._cut_row(second)):
            for k in range(self.foot, len(self.cells)):
                cell = self.cells[k]
                if cell.row == self.rows - 1 and cell.column in tail:
                    self.cells[k] = replace(cell, text=cell.text + tail[cell.column])
            heads = 1
        if second.rows > heads:
            self.foot = len(self.cells)
        self.cells.extend(replace(c, row=c.row - heads + self.rows) for c in second.cells if c.row >= heads)
        self.rows += second.rows - heads
        self.pages.extend(p for p in second.pages if p not in self.pages)
        return True

    def _widen(self, union: list[float]) -> None:
        """What was read so far, on column edges of which the new page has more."""
        self.cells = _spread(self.cells, self.first.edges, union)
        cells = tuple(_spread(self.first.cells, self.first.edges, union))
        self.first = replace(self.first, columns=len(union) - 1, cells=cells, edges=tuple(union))
        self.head = self.first.texts()[:_HEAD_ROWS]

    def _cut_row(self, second: Table) -> dict[int, str]:
        """The rest of labels whose row the page's end cut in two: {column: text}; empty where none was."""
        if second.rows < 2:
            return {}
        head = [c for c in second.cells if c.row == 0]
        words = [c for c in head if fold(c.text)]
        last = {c.column: c for c in self.cells[self.foot :] if c.row + c.row_span == self.rows}
        if len(words) != 1 or any(c.row_span > 1 for c in head) or _numbers([c.text for c in head]):
            return {}
        word = words[0]
        above = last.get(word.column)
        if above is None or not fold(above.text) or len(fold(word.text)) > 6:
            return {}
        if re.match(r"[一二三四五六七八九十廿]+、|[（(]|\d|其中|合计|总计|本年|年[初末]", fold(word.text)):
            return {}
        return {word.column: word.text}


def _same(a: list[str], b: list[str]) -> bool:
    return any(fold(x) for x in a) and [fold(x) for x in a] == [fold(x) for x in b] and not _numbers(a)


def _numbers(row: list[str]) -> bool:
    return any((s := cell_state(t)) is not None and s not in ("blank", "dash") for t in row)


def _aligned(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[list[float], list[float]]:
    """The second edges laid on the first, and the union of both: empty where they are different tables."""
    shift = a[0] - b[0]
    moved = [x + shift for x in b]
    union: list[float] = []
    for x in sorted([*a, *moved]):
        if not union or x - union[-1] > _NEAR:
            union.append(x)
    same_ends = abs((a[-1] - a[0]) - (b[-1] - b[0])) <= 2 * _NEAR
    if not same_ends or len(union) > max(len(a), len(b)):
        return moved, []  # neither is a refinement of the other
    return moved, union


def _spread(cells: Iterable[Cell], edges: Sequence[float], union: list[float]) -> list[Cell]:
    at = [min(range(len(union)), key=lambda k, x=x: abs(union[k] - x)) for x in edges]  # type: ignore[misc]
    return [
        replace(c, column=at[c.column], column_span=max(1, at[c.column + c.column_span] - at[c.column]))
        for c in cells
    ]
