"""Numbers with their meaning: every number cell of a recognised table becomes a Fact."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from yibenzhang.model.amounts import CellState, cell_state, parse_amount
from yibenzhang.model.documents import Cell
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.intervals import Interval
from yibenzhang.model.patterns import late
from yibenzhang.recognising.headers import Block, Column
from yibenzhang.recognising.tables import RecognisedTable

_VAGUE = frozenset({"小计", "合计", "预算数", "决算数", "年初预算数", "全年预算数"})
"""Headings that say nothing without the one above them."""
_SPACED = late(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
"""Blanks that only spread a word over its cell ("总 计")."""
_STOPS = "，、；。：） \u3000"
_ZERO = Interval(Decimal(0), Decimal(0))


@dataclass(frozen=True)  # no slots: cached properties
class BlockFacts:
    """The facts of one block: ``cells[(position of the row in rows, measure)]``."""

    block: Block
    rows: tuple[Row, ...]
    cells: dict[tuple[int, str], Fact]

    @cached_property
    def told(self) -> frozenset[int]:
        """Positions of the rows with at least one number."""
        return frozenset(k for (k, _), fact in self.cells.items() if fact.printed)

    @cached_property
    def repeated_code(self) -> str:
        """A code that stands on more than one row, which leaves the tree of the rows open; else empty."""
        codes = Counter(r.code for r in self.rows if r.code and r.role == "item")
        return next((c for c, n in codes.items() if n > 1), "")

    @property
    def unknown(self) -> tuple[Column, ...]:
        """Number columns whose meaning is not known."""
        used = {fact.cell[1] for fact in self.cells.values()}
        return tuple(c for c in self.block.measures if c.kind == "unknown" and c.index in used)


def block_of(facts: Sequence[Fact]) -> BlockFacts:
    """The numbers of a form as one block, a row for each label."""
    rows = list(dict.fromkeys(f.row for f in facts))
    at = {row: k for k, row in enumerate(rows)}
    return BlockFacts(Block("", (), ()), tuple(rows), {(at[f.row], f"{f.measure}|{f.id}"): f for f in facts})


@dataclass(frozen=True, slots=True)
class TableFacts:
    """All facts of one table."""

    table: RecognisedTable
    blocks: tuple[BlockFacts, ...]

    def facts(self) -> Iterable[Fact]:
        seen: set[str] = set()
        for block in self.blocks:
            for fact in block.cells.values():
                if fact.id not in seen:
                    seen.add(fact.id)
                    yield fact


def table_facts(recognised: RecognisedTable) -> TableFacts:
    """The facts of a table; words in number columns and header rows yield none."""
    grid = recognised.table.grid()
    blocks = []
    by_cell: dict[int, Fact] = {}
    for block, rows in recognised.blocks:
        precision = {c.index: _decimals(grid, recognised.header.first, c.index) for c in block.measures}
        cells: dict[tuple[int, str], Fact] = {}
        for k, row in enumerate(rows):
            labels = {id(c) for lab in block.labels if (c := grid[row.index][lab.index]) is not None}
            for column in block.measures:
                cell, at = _number_cell(grid[row.index], column.index, labels, len(block.measures) == 1)
                if cell is None or cell.row != row.index:
                    continue
                known = by_cell.get(id(cell))
                if known is not None and known.row.index == row.index:
                    cells.setdefault((k, _key(column)), known)
                    continue
                fact = _fact(recognised, block.side, row, column, cell, at, precision)
                if fact is not None:
                    by_cell[id(cell)] = fact
                    cells[k, _key(column)] = fact
        blocks.append(BlockFacts(block, rows, cells))
    return TableFacts(recognised, tuple(blocks))


def _key(column: Column) -> str:
    return column.measure or f"?{column.index}"


def _number_cell(
    cells: list[Cell | None], index: int, labels: set[int], single: bool
) -> tuple[Cell | None, int]:
    """The cell of that column; where a label runs over it, the next number at its right."""
    cell = cells[index]
    if cell is None or id(cell) not in labels:
        return cell, index
    if single:
        for k in range(index + 1, len(cells)):
            c = cells[k]
            if c is not None and c is not cell and c.text.strip():
                return (c, k) if parse_amount(c.text) else (None, index)
    return None, index


def _decimals(grid: list[list[Cell | None]], first: int, column: int) -> int:
    """The precision of a column: the most decimals printed in it."""
    most = 0
    for row in grid[first:]:
        cell = row[column]
        if cell is not None and (amount := parse_amount(cell.text, True)):
            most = max(most, min(amount.decimals, 6))
    return most


def _fact(
    recognised: RecognisedTable,
    side: str,
    row: Row,
    column: Column,
    cell: Cell,
    at: int,
    precision: dict[int, int],
) -> Fact | None:
    state = CellState.UNREADABLE if cell.unreadable else cell_state(cell.text, True)
    if state is None:
        return None
    amount = parse_amount(cell.text, True) if state in (CellState.PRINTED, CellState.ZERO) else None
    if amount is not None:
        amount = amount.in_unit(recognised.unit)
    where = f"{recognised.table.index}|{cell.row}|{cell.column}"
    return Fact(
        id=hashlib.sha256(where.encode()).hexdigest()[:16],
        table=recognised.id,
        standard=recognised.standard.id if recognised.standard else "",
        side=side,
        row=row,
        measure=_key(column),
        column="/".join(column.path[-2:] if column.path[-1] in _VAGUE else column.path[-1:])
        if column.path
        else "",
        state=state,
        amount=amount,
        unit=recognised.unit,
        decimals=precision.get(at, precision.get(column.index, 0)),
        text=cell.text,
        place=cell.place,
        cell=(cell.row, cell.column),
    )
