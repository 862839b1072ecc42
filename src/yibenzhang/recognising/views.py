"""From a framed table to views: every number with its coordinates, from title, headings, codes and names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import PERCENT, CellState, Unit, narrow, parse_amount
from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.documents import Cell
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.patterns import late
from yibenzhang.model.views import View, ViewColumn, ViewRow
from yibenzhang.recognising.panels import NumberColumn, Panel, Panels, folded, panels_of, state_of
from yibenzhang.recognising.row_keys import RowReader
from yibenzhang.recognising.stitching import Framed
from yibenzhang.standards.lexicon.frames import frame_words
from yibenzhang.standards.lexicon.words import Lexicon, Phrase
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import Registers

_COUNT = Unit("", "count")
_MOST_DECIMALS = 8
_PERCENT = late(r"\d%$")


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading views needs: the lexicon, the registers and the fiscal year (None: unknown)."""

    lexicon: Lexicon
    registers: Registers
    year: int | None

    def views(self, frames: Iterable[Framed]) -> list[View]:
        """The views of all tables of a document, in order."""
        out: list[View] = []
        for frame in frames:
            layout = panels_of(frame.table, frame.first, self.lexicon)
            if layout is None:
                continue
            title = frame.titles[0] if frame.titles else ""
            scope = self._scope(title)
            out += [self._view(frame, layout, panel, title, scope) for panel in layout.panels]
        return out

    def _scope(self, title: str) -> Coordinates:
        """What the title says. A dimension of which it names several values is theirs together: nobody else's."""
        phrase = self.lexicon.phrase(bare_title(title))
        scope = self._placed(Coordinates(), phrase, False)
        return scope.placed({d: f"*{folded(title)}" for d in phrase.several if d not in ("side", "period")})

    def _entitled(self, title: str) -> bool:
        residue = self.lexicon.phrase(_WORDS["ordinal"].sub("", bare_title(title))).residue
        return bool(title) and all(r in frame_words().plain_in_title for r in residue)

    def _placed(self, at: Coordinates, phrase: Phrase, residue: bool = True) -> Coordinates:
        """The coordinates with what a phrase says; what stands nearer to the number wins."""
        changes: dict[str, str] = {}
        for dimension, node in phrase.values:
            tree = self.lexicon.trees[dimension]
            changes[dimension] = tree.joined(getattr(at, dimension), node) or node
        if changes.get("version") == "current_year":
            changes["version"] = ""
        if len(phrase.years) == 1 and self.year:
            year = int(phrase.years[0])
            if year == self.year - 1:
                changes["version"] = "previous"
            elif year != self.year:
                changes["year"] = phrase.years[0]
        left = (*at.residue, *phrase.residue) if residue else at.residue
        return replace(at, **changes, residue=left)

    def _column(self, column: NumberColumn, scope: Coordinates) -> ViewColumn:
        at = scope
        phrase = Phrase(total=True)
        for heading in column.path:
            phrase = self.lexicon.phrase(heading)
            if not phrase.label:
                at = self._placed(at, phrase)
        partial = any(self.lexicon.partial(h) for h in column.path)
        if at.side == "income" and (fund := self.lexicon.as_income.get(at.kind)):
            at = at.placed({"kind": "", "fund": fund})
        return ViewColumn(column.index, column.path, at, phrase.total and bool(column.path), partial)

    def _columns(self, panel: Panel, scope: Coordinates) -> tuple[ViewColumn, ...]:
        columns = [self._column(c, scope) for c in panel.numbers]
        if len(columns) > 1:  # a column without a heading beside others: nothing is known of it
            columns = [
                c if c.path else replace(c, coordinates=replace(c.coordinates, residue=("",)))
                for c in columns
            ]
        if any(c.coordinates.version == "previous" for c in columns):
            # beside 上年 the words 本年 and 当年 name a version, not a period
            for k, c in enumerate(columns):
                words = {w for h in c.path for w in self.lexicon.phrase(h).words}
                if c.coordinates.period == "current" and not words - self.lexicon.year_words:
                    columns[k] = replace(c, coordinates=replace(c.coordinates, period=scope.period))
        return tuple(columns)

    def _sided(self, panel: Panel, scope: Coordinates) -> Coordinates:
        """The scope with the side that 收入 or 支出 above a list of names says."""
        for heading in dict.fromkeys(h for c in panel.labels for h in c.path):
            phrase = self.lexicon.phrase(heading)
            side = dict(phrase.values).get("side")
            if side and not phrase.label:
                scope = replace(scope, side=side)
        return scope

    def _view(self, frame: Framed, layout: Panels, panel: Panel, title: str, scope: Coordinates) -> View:
        scope = self._sided(panel, scope)
        columns = self._columns(panel, scope)
        rows = _periods(RowReader(self.lexicon, self.registers, self.year, layout, panel, scope).rows())
        columns = tuple(_of_percents(c, rows, layout) for c in columns)
        cells: dict[tuple[int, int], Fact] = {}
        places: dict[tuple[int, int], Coordinates] = {}
        entitled = self._entitled(title)
        known = _numbers(layout, panel, [entitled or _is_of_money(c.coordinates) for c in columns])
        for k, row in enumerate(rows):
            for n, column in enumerate(columns):
                cell = layout.grid[row.index][column.index]
                if cell is None or cell.row != row.index or cell.column != column.index:
                    continue
                at = self._at(column, row)
                fact = self._fact(frame, row, column, cell, at, known[n])
                if fact is not None:
                    cells[k, n] = fact
                    places[k, n] = at
        steps = sum(c.kind == "name" for c in panel.labels) > 1
        table = f"t{frame.table.index + 1}"
        return View(
            table,
            panel.number,
            title,
            scope,
            columns,
            tuple(rows),
            cells,
            places,
            frame.open_end,
            steps,
            entitled=entitled,
        )

    def _at(self, column: ViewColumn, row: ViewRow) -> Coordinates:
        """Row and column together; where both speak of one dimension the more precise wins, then the row."""
        a, b = column.coordinates, row.coordinates
        changes: dict[str, str] = {}
        for dimension in (*self.lexicon.trees, *_CODES):
            node = getattr(b, dimension)
            if node:
                tree = self.lexicon.trees.get(dimension)
                joined = tree.joined(getattr(a, dimension), node) if tree else node
                changes[dimension] = joined or node
        at = a.placed(changes)
        return replace(at, residue=(*a.residue, *b.residue)) if b.residue else at

    def _is_heading(self, text: str) -> bool:
        """Words that say whose money it is or what kind, and nothing else: a heading among the rows."""
        phrase = self.lexicon.phrase(text)
        return bool(phrase.label or phrase.values or phrase.total) and not phrase.residue

    def _fact(
        self, frame: Framed, row: ViewRow, column: ViewColumn, cell: Cell, at: Coordinates, known: _Numbers
    ) -> Fact | None:
        state = CellState.UNREADABLE if cell.unreadable else state_of(cell.text, True)
        # else it is a heading that stands among the rows
        named = bool(row.label or row.code or row.total or row.index in known.told)
        if state is None and known.mostly and named and cell.text.strip() and not self._is_heading(cell.text):
            state = CellState.UNREADABLE  # words among numbers: nothing is known of that number
        if known.money and _PERCENT.search(cell.text.strip()) and not _is_rate(at) and _named_as_money(row):
            state = CellState.UNREADABLE  # a percentage where amounts stand
        if state is None:
            return None
        unit = _unit(frame.unit, at, cell.text)
        amount = parse_amount(cell.text, True) if state in (CellState.PRINTED, CellState.ZERO) else None
        where = f"{frame.table.index}|{cell.row}|{cell.column}"
        return Fact(
            id=hashlib.sha256(where.encode()).hexdigest()[:16],
            table=f"t{frame.table.index + 1}",
            standard="",
            side=at.side,
            row=Row(row.index, row.code, row.label, role="total" if row.total else "item"),
            measure="",
            column=_heading(column),
            state=state,
            amount=amount.in_unit(unit) if amount is not None else None,
            unit=unit,
            decimals=known.decimals,
            text=cell.text,
            place=cell.place,
            cell=(cell.row, cell.column),
        )


def _of_percents(column: ViewColumn, rows: list[ViewRow], layout: Panels) -> ViewColumn:
    """A column under words that are not known has percents where all its numbers are printed so: they do not add up."""
    at = column.coordinates
    cells = (layout.grid[r.index][column.index] for r in rows)
    printed = [c.text.strip() for c in cells if c is not None and _DIGIT.search(c.text)]
    if not at.residue or at.measure or _is_rate(at) or len(printed) < _PERCENTS:
        return column
    return (
        replace(column, coordinates=replace(at, measure="percent"))
        if all(map(_PERCENT.search, printed))
        else column
    )


_DIGIT = late(r"\d")
_PERCENTS = 2


def _periods(rows: list[ViewRow]) -> list[ViewRow]:
    """Beside 本年支出合计 a plain 支出总计 takes in what was carried over as well; where 上年结转 itself stands in
    the list, so does the total below it. The funds above are this year's, those below 上年结转 are carried over."""
    carried = _first(rows, "carried_in", total=False)
    current = _first(rows, "current", total=True)
    if current == len(rows) and not any(r.total for r in rows[carried:]):
        return rows
    out = list(rows)
    inside = False
    for k, row in enumerate(rows):
        if row.total:
            inside = False
            out[k] = _of_period(row, "all") if current < len(rows) or k > carried else row
        elif k >= carried:
            inside = k == carried or (inside and not _beside(row, rows[carried]))
            out[k] = _of_period(row, "carried_in") if inside and row.coordinates.fund else row
        elif k < min(carried, current) and row.coordinates.fund:
            out[k] = _of_period(row, "current")
    return out


def _first(rows: list[ViewRow], period: str, total: bool) -> int:
    found = (
        k for k, r in enumerate(rows) if r.coordinates.period == period and r.total == total and not r.partial
    )
    return next(found, len(rows))


def _beside(row: ViewRow, other: ViewRow) -> bool:
    return row.depth is not None and other.depth is not None and row.depth <= other.depth


def _of_period(row: ViewRow, period: str) -> ViewRow:
    at = row.coordinates
    return row if at.period else replace(row, coordinates=replace(at, period=period))


_WORDS = patterns("views")
_CODES = ("function", "department", "government", "unit", "project", "year")


def _heading(column: ViewColumn) -> str:
    """The innermost heading, with the one above it where it says no more than 小计."""
    return "/".join(column.path[-2:] if column.total else column.path[-1:])


def bare_title(title: str) -> str:
    """A title without its number and the body's name before it, as far as signs show them."""
    text = folded(title)
    return re.sub(r"^.{0,8}?[:：]", "", text) if ":" in text[:10] else text


def _unit(stated: Unit | None, at: Coordinates, text: str) -> Unit | None:
    """The unit of a number: counts, prices and percents have their own; the others that of the table."""
    if at.measure == "count":
        return _COUNT
    if at.measure == "price":
        return None
    return PERCENT if _is_rate(at) or _PERCENT.search(text.strip()) else stated


def _is_rate(at: Coordinates) -> bool:
    return at.measure == "percent" or at.version in ("rate", "share")


def _named_as_money(row: ViewRow) -> bool:
    """The row is an item of classification or a total: no rate that a form prints among amounts."""
    return bool(row.code or row.total)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the other cells of a column tell of each: its precision, and that it should be a number."""

    decimals: int
    mostly: bool
    """The column has a few words among many numbers."""
    money: bool = False
    """The column has a percentage or two among amounts."""
    told: frozenset[int] = frozenset()
    """Rows of the table that print an amount in some column."""


def _stated(columns: Iterable[Sequence[Cell]]) -> frozenset[int]:
    """The rows in which an amount is printed."""
    amounts = (c for cells in columns for c in cells if _AMOUNT.fullmatch(narrow(c.text).strip()))
    return frozenset(c.row for c in amounts)


def _numbers(layout: Panels, panel: Panel, certain: Sequence[bool]) -> list[_Numbers]:
    """Of each number column; the precision of one with a single number is the table's."""
    columns = [_cells_of(layout, column) for column in panel.numbers]
    others = [_cells_of(layout, c) for p in layout.panels if p is not panel for c in p.numbers]
    found = [
        [min(a.decimals, _MOST_DECIMALS) for c in cells if (a := parse_amount(c.text, True))]
        for cells in columns
    ]
    most = [max(decimals, default=0) for decimals in found]
    whole = max(most, default=0)
    # only where title or heading are understood: other tables print words among numbers on purpose
    table = _amounts_and_words([c for cells in (*columns, *others) for c in cells])
    stated = _stated(columns)
    return [
        _Numbers(
            whole if len(decimals) < 2 else own,
            _mostly_numbers(cells, table if sure else (0, 0)),
            _amounts_but_few(cells),
            stated if sure else frozenset(),
        )
        for cells, decimals, own, sure in zip(columns, found, most, certain, strict=True)
    ]


def _is_of_money(at: Coordinates) -> bool:
    """A heading that names a fund, a kind or an item of money, and nothing that is not understood."""
    return bool(at.kind or at.fund or at.item) and not at.residue


def _cells_of(layout: Panels, column: NumberColumn) -> list[Cell]:
    """The cells that begin in the rows of a column."""
    return [c for r in layout.body if (c := layout.grid[r][column.index]) is not None and c.row == r]


def _mostly_numbers(cells: Sequence[Cell], table: tuple[int, int]) -> bool:
    """Few words among many numbers; or among amounts of money, be they those of the whole table (amounts and words)."""
    states = [state_of(c.text, True) for c in cells if c.text.strip()]
    printed = sum(s in (CellState.PRINTED, CellState.ZERO) for s in states)
    words = states.count(None)
    if printed >= 4 * words > 0:
        return True
    sure, _ = _amounts_and_words(cells)
    of_money = sure >= _FEW_AMOUNTS or table[0] >= max(_FEW_IN_TABLE, 3 * table[1])
    return of_money and (sure >= words > 0 or (not sure and 0 < words <= _FEW_WORDS))


def _amounts_and_words(cells: Sequence[Cell]) -> tuple[int, int]:
    """How many cells print amounts with two decimals, and how many print words."""
    texts = [narrow(c.text).strip() for c in cells]
    words = sum(state_of(c.text, True) is None for c in cells if c.text.strip())
    return sum(bool(_AMOUNT.fullmatch(t)) for t in texts), words


_AMOUNT = late(r"-?(\d{1,3}(,\d{3})+|\d+)\.\d{2}")
_FEW_AMOUNTS = 4
_FEW_WORDS = 2
_FEW_IN_TABLE = 4
"""So many amounts with two decimals make a column, or a table, one of money, whatever words stand among them."""


def _amounts_but_few(cells: Sequence[Cell]) -> bool:
    texts = [narrow(c.text).strip() for c in cells]
    rates = sum(bool(_PERCENT.search(t)) for t in texts)
    return sum(bool(_AMOUNT.fullmatch(t)) for t in texts) >= max(_FEW_AMOUNTS, 4 * rates) and rates > 0


__all__ = ["Reader", "bare_title", "narrow"]
