"""The numbers of the standard tables that words or addresses name."""

from __future__ import annotations

from yibenzhang.model.facts import Fact
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.addresses import Book
from yibenzhang.standards import Address


class TableFinder:
    def __init__(self, book: Book, tables: tuple[TableFacts, ...]) -> None:
        self._book = book
        self._cells = {
            (t.table.id, n, k, m): f
            for t in tables
            for n, b in enumerate(t.blocks)
            for (k, m), f in b.cells.items()
        }
        self._key_of = {f.id: key for key, f in self._cells.items()}

    def facts(self, address: Address) -> list[Fact]:
        """The numbers at an address that names one each."""
        found = [fs for fs in self._book.resolve(address).values() if len(fs) == 1]
        return [f for fs in found for f in fs]

    def planned(self, fact: Fact) -> Fact | None:
        """The budget that is printed beside an actual amount."""
        table, n, k, measure = self._key_of.get(fact.id, ("", 0, 0, ""))
        measure, _, basis = measure.partition("@")
        return self._cells.get((table, n, k, f"{measure}@budgeted")) if basis == "actual" else None
