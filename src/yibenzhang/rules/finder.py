"""The numbers of the standard tables that words or addresses name."""

from __future__ import annotations

from yibenzhang.model.facts import Fact
from yibenzhang.prose.binding import Finder
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.addresses import Book
from yibenzhang.standards import Address


class TableFinder(Finder):
    def __init__(self, book: Book, tables: tuple[TableFacts, ...]) -> None:
        self._book = book
        self._cells = {
            (t.table.id, n, k, m): f
            for t in tables
            for n, b in enumerate(t.blocks)
            for (k, m), f in b.cells.items()
        }
        self._key_of = {f.id: key for key, f in self._cells.items()}

    def facts(self, address: object) -> list[Fact]:
        assert isinstance(address, Address)
        found = [fs for fs in self._book.resolve(address).values() if len(fs) == 1]
        return [f for fs in found for f in fs]

    def beside(self, fact: Fact, basis: str) -> Fact | None:
        table, n, k, measure = self._key_of.get(fact.id, ("", 0, 0, ""))
        if "@" not in measure:
            return fact
        return self._cells.get((table, n, k, measure.partition("@")[0] + basis))
