"""Issue the facts an address of the standards speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.model.facts import Fact, Row
from yibenzhang.recognising.table_facts import BlockFacts, TableFacts
from yibenzhang.standards import Address


class Book:
    """The tables of one document, looked up by address."""

    def __init__(self, tables: tuple[TableFacts, ...], stage: str) -> None:
        self._stage = stage
        self._tables: dict[str, list[TableFacts]] = {}
        for table in tables:
            if table.table.standard:
                self._tables.setdefault(table.table.standard.id, []).append(table)

    def table_id(self, address: Address) -> str:
        """The id of the address's table with ``*.`` filled in by the document's stage."""
        return (
            address.table.replace("*", self._stage or "budget", 1)
            if address.table.startswith("*.")
            else address.table
        )

    def tables_of(self, address: Address) -> list[TableFacts]:
        return self._tables.get(self.table_id(address), [])

    def resolve(self, address: Address) -> dict[str, list[Fact]]:
        """Facts by key: the code for ``*`` and ``class``, else one empty key; several facts are summed."""
        out: dict[str, list[Fact]] = {}
        for table in self.tables_of(address)[:1]:
            for block in table.blocks:
                if address.side and block.block.side and block.block.side != address.side:
                    continue
                for key, rows in _rows(address.row, block, len(table.blocks) == 1).items():
                    facts = [f for k in rows if (f := _cell(block, k, address.measure, table))]
                    known = {f.id for f in out.get(key, [])}
                    if facts and not known:
                        out[key] = facts
        return out


def _cell(block: BlockFacts, row: int, measure: str, table: TableFacts) -> Fact | None:
    """The fact of that measure; where budget and actual stand side by side, the one of the table's stage."""
    stage = table.table.standard.stage if table.table.standard else ""
    basis = {"budget": "@budgeted", "accounts": "@actual"}.get(stage, "")
    return block.cells.get((row, measure)) or block.cells.get((row, measure + basis))


def _rows(wanted: str, block: BlockFacts, alone: bool) -> dict[str, list[int]]:
    rows = block.rows
    if wanted == "class":
        return {key: at for key, at in _items(rows).items() if len(at) == 1 and len(key) == 3}
    if wanted == "*":
        out = {key: at for key, at in _items(rows).items() if len(at) == 1}
        totals = [k for k, r in enumerate(rows) if r.role == "total"]
        return out | {"total": totals} if len(totals) == 1 else out
    if wanted == "total":
        at = _total_rows(rows, block, alone)
        return {"": at} if at else {}
    named = [k for k, r in enumerate(rows) if wanted in (r.code, r.token) and not _within_carry(rows, r)]
    return {"": named[:1]} if named else {}


def _items(rows: Sequence[Row]) -> dict[str, list[int]]:
    """The rows of classification items by their code."""
    out: dict[str, list[int]] = {}
    for k, row in enumerate(rows):
        key = row.code or row.token.removeprefix("class:")
        if row.role == "item" and key.isdigit():
            out.setdefault(key, []).append(k)
    return out


def _total_rows(rows: tuple[Row, ...], block: BlockFacts, alone: bool) -> list[int]:
    """The total row; in a table of one row that row; where the total was left out, all top rows."""
    totals = [k for k, r in enumerate(rows) if r.role == "total" and r.token in ("total", "")]
    if totals:
        return totals[-1:]
    if not alone:
        return []
    printed = sorted({r for (r, _), f in block.cells.items() if f.printed})
    if not any(c.kind in ("code", "name") for c in block.block.labels):
        return printed if len(printed) == 1 else []
    tops = [k for k in printed if rows[k].parent is None and rows[k].role == "item" and rows[k].code]
    return tops if all(rows[k].code for k in printed) else []


def _within_carry(rows: tuple[Row, ...], row: Row) -> bool:
    at = row.parent
    while at is not None:
        if rows[at].token in ("carry_in", "carry_out"):
            return True
        at = rows[at].parent
    return False
