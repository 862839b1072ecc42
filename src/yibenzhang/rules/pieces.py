"""All that a document writes in words: its passages, and the cells of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.documents import Cell
from yibenzhang.model.packing import packed
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case


@packed
@dataclass(frozen=True, slots=True)
class Piece:
    """A passage, or a cell with its blanks left out."""

    text: str
    source: Passage | Cell

    def place(self, at: int) -> Place:
        """Where the character stands."""
        return self.source.place(at) if isinstance(self.source, Passage) else self.source.place


def pieces(case: Case) -> Iterator[Piece]:
    """The passages first; what stands in several places once."""
    seen: set[str] = set()
    for p in case.passages:
        if p.text not in seen:
            seen.add(p.text)
            yield Piece(p.text, p)
    for table in case.document.tables():
        for cell in table.cells:
            if len(cell.text) < 2 or cell.text.isascii() or cell.text in seen:
                continue
            text = "".join(cell.text.split())
            if text not in seen:
                seen.update((text, cell.text))
                yield Piece(text, cell)
