"""Where the words stand that an issue quotes: a rule that speaks of a table gives a cell of it, and the words may be
printed in another cell of the row, in the table's title or in the note under it."""

from __future__ import annotations

from functools import cached_property

from yibenzhang.model.documents import Cell, Document, Paragraph, Table
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import flat

_AROUND = 6
"""Blocks before and after a table that its title and its notes stand in."""
_LEAST = 2
"""Characters: one alone stands in too many places."""


class Whereabouts:
    """The printed places of words in a document. Each text is made comparable once: there may be many issues."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._flat: dict[int, list[str]] = {}

    @cached_property
    def _blocks(self) -> list[Paragraph | Table]:
        return list(self._document.blocks())

    @cached_property
    def _cells(self) -> dict[Place, tuple[int, Cell]]:
        found: dict[Place, tuple[int, Cell]] = {}
        for n, block in enumerate(self._blocks):
            if isinstance(block, Table):
                for cell in block.cells:
                    found.setdefault(cell.place, (n, cell))
        return found

    def _texts(self, n: int) -> list[str]:
        """The texts of a table's cells, or of a paragraph."""
        if n not in self._flat:
            block = self._blocks[n]
            self._flat[n] = (
                [flat(c.text) for c in block.cells] if isinstance(block, Table) else [flat(block.text)]
            )
        return self._flat[n]

    def of(self, words: str, place: Place) -> Place:
        """The place where these words are printed: the given one where they stand there or nowhere near."""
        wanted = flat(words)
        if len(wanted) < _LEAST or place not in self._cells:
            return place
        n, cell = self._cells[place]
        table = self._blocks[n]
        if wanted in flat(cell.text) or not isinstance(table, Table):
            return place
        holding = [c for c, text in zip(table.cells, self._texts(n), strict=True) if wanted in text]
        for c in holding:
            if c.row < cell.row + cell.row_span and cell.row < c.row + c.row_span:
                return c.place
        for away in range(1, _AROUND + 1):
            for k in (n + away, n - away):
                block = self._blocks[k] if 0 <= k < len(self._blocks) else None
                if isinstance(block, Paragraph) and wanted in self._texts(k)[0]:
                    return block.place
        return holding[0].place if holding else place
