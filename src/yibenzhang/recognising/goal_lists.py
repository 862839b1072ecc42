"""Lists of projects with their goals as forms: one row for a project, or one row for each of its indicators.

The numbers of such lists are views of their own (lists.py); here is what they promise, each project as a form of
kind "list" with its name, its amount, its goal in words and its indicators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.model.amounts import Unit, unit_named
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.patterns import late
from yibenzhang.reading.limits import MAX_FORM_ROWS
from yibenzhang.recognising.form_rows import Line, Words, indicator
from yibenzhang.recognising.forms import (
    LIST,
    UNIT_IN,
    GoalForm,
    GoalText,
    OpenForm,
    amount_of,
    label_of,
    words,
)
from yibenzhang.recognising.indicators import Indicator
from yibenzhang.recognising.panels import index_row
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.table_kinds import BRACKETS, title_rows
from yibenzhang.standards import Standards, fold
from yibenzhang.standards.lexicon.table_kinds import table_kinds

_CODED = late(r"^\[?([0-9A-Z]{10,})\]?[-－—]*")
_STANDARD = "budget.goals_list"
Grid = list[list[Cell | None]]


def listed_goals(frames: Sequence[Framed], kinds: Sequence[str], standards: Standards) -> Iterator[GoalForm]:
    """The projects of every list of goals; a piece without a heading has the columns of the list before it."""
    last: _Columns | None = None
    for frame, kind in zip(frames, kinds, strict=True):
        if kind != "goal_list":
            continue
        found = _columns(frame, standards)
        if found is None and last is not None and last.wide == frame.table.columns:
            found = _Columns(
                0, last.wide, last.name, last.amount, last.goal, last.packed, last.indicator, last.unit
            )
        if found is not None:
            last = found
            yield from _Reader(frame, found, standards).read()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the body begins and which column means what (-1: there is none)."""

    first: int
    wide: int
    name: int
    amount: int
    goal: int
    packed: int
    """All indicators of a project in one cell."""
    indicator: dict[str, int]
    unit: Unit | None


def _columns(frame: Framed, standards: Standards) -> _Columns | None:
    """The columns of a list by its heading; None where it has none for names, or for goals."""
    start = max(title_rows(frame.table), frame.first)
    first, heads = _heading(frame.table, start)
    labels = [(label_of(c.text), c) for c in heads]
    bare = [(BRACKETS.sub("", text), c) for text, c in labels]
    names = [c.column for text, c in labels if text in table_kinds().project]
    money = _money(labels, bare)
    columns = _first_columns(bare, _meaning_words(standards, "indicator"))
    goals = _meaning_words(standards, "goal")
    goal = next((c.column for text, c in bare if text in goals), -1)
    packed = columns.get("whole", -1) if "name" not in columns else -1
    if not names or first == start or (goal < 0 and packed < 0 and "name" not in columns):
        return None
    return _Columns(
        first,
        frame.table.columns,
        names[-1],
        min((c.column for c in money), default=-1),
        goal,
        packed,
        columns if {"name", "value"} <= set(columns) else {},
        _unit(money, frame.unit),
    )


def _heading(table: Table, start: int) -> tuple[int, list[Cell]]:
    """The first row of numbers below ``start``, and the cells between."""
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.text.strip():
            by_row.setdefault(cell.row, []).append(cell)
    body = (r for r in range(start + 1, table.rows) if any(amount_of(c.text) for c in by_row.get(r, ())))
    first = next(body, table.rows)
    return first, [c for r in range(start, first) for c in by_row.get(r, ())]


Labelled = Sequence[tuple[str, Cell]]
"""Headings: the words of a cell without what is no meaning, and the cell."""


def _money(labels: Labelled, bare: Labelled) -> list[Cell]:
    """The headings of amounts; where none is known, those that have a word of money in them."""
    kinds = table_kinds()
    known = [c for text, c in (*labels, *bare) if text in kinds.money]
    return known or [c for text, c in bare if any(w in text for w in kinds.money_words)]


def _unit(heads: Sequence[Cell], otherwise: Unit | None) -> Unit | None:
    """The unit that a heading states."""
    units = [m.group(1) for c in heads if (m := UNIT_IN.search(fold(c.text)))]
    return unit_named(units[0]) if units else otherwise


def _meaning_words(standards: Standards, kind: str) -> dict[str, str]:
    """What the words of a heading mean."""
    return {fold(n): identity for identity, names in standards.forms[kind].items() for n in names}


def _first_columns(heads: Labelled, meanings: Mapping[str, str]) -> dict[str, int]:
    """The first column of each meaning."""
    out: dict[str, int] = {}
    for text, cell in heads:
        if identity := meanings.get(text):
            out.setdefault(identity, cell.column)
    return out


@dataclass
class _Block:
    """One project while it is read: a form, and the pieces of its name, which several projects may share."""

    form: OpenForm
    name: list[str]
    goal: list[GoalText]

    @property
    def amount(self) -> str:
        """Its amount as printed; empty where it has none yet."""
        fact = self.form.amounts.get("year")
        return "" if fact is None else fact.text


class _Reader:
    """Reads the rows of one list.

    A project begins where its amount begins, or its name where it has no amount. A page break cuts a row in two: its
    name, its amount and its goal may stand in either half, or partly in both.
    """

    def __init__(self, frame: Framed, columns: _Columns, standards: Standards) -> None:
        self._table, self._at = frame.table, columns
        forms = standards.forms
        self._words: Words = {
            kind: {fold(n): i for i, names in groups.items() for n in names}
            for kind, groups in forms.items()
            if kind in ("row", "label", "amount")
        }
        self._packed = [late(p) for p in forms.get("word", {}).get("packed_rows", ())]
        self._merged = any(c.column == columns.amount and c.row_span > 1 for c in frame.table.cells)
        self._open: _Block | None = None
        self._blocks: list[_Block] = []
        self._name: list[str] = []
        self._page: int | None = None

    def read(self) -> Iterator[GoalForm]:
        grid = self._table.grid()
        for r in range(self._at.first, min(self._table.rows, MAX_FORM_ROWS)):
            row = grid[r]
            page = next((c.place.page for c in row if c is not None and c.row == r), self._page)
            broken, self._page = self._page is not None and page != self._page, page
            if not index_row(row, r):
                self._row(row, r, broken)
        yield from (form for block in self._blocks if (form := _closed(block)) is not None)

    def _row(self, row: Sequence[Cell | None], r: int, broken: bool) -> None:
        name, amount, goal = (self._start(row, k, r) for k in (self._at.name, self._at.amount, self._at.goal))
        named = name is not None and bool(name.text.strip())
        if self._begins(name, amount, goal, broken):
            if name is not None and (named or not broken):
                self._name = []
            self._open = _Block(self._form(row, r), self._name, [])
            self._blocks.append(self._open)
        if name is not None and named and words(name.text) not in self._name:
            self._name.append(words(name.text))
        block = self._open
        if block is None:
            return
        if amount is not None:
            self._amount(block, amount)
        if goal is not None and goal.text.strip():
            block.goal.append(GoalText("goal.year", words(goal.text), goal.place))
        self._indicators(block.form, row, r)

    def _start(self, row: Sequence[Cell | None], column: int, r: int) -> Cell | None:
        """The cell that begins in this row, blank or not; a blank one only where cells are merged."""
        cell = row[column] if 0 <= column < len(row) else None
        if cell is None or cell.row != r or not (cell.text.strip() or self._merged):
            return None
        return cell

    def _amount(self, block: _Block, amount: Cell) -> None:
        """The first amount of a project is its own."""
        if "year" not in block.form.amounts:
            fact = block.form.fact(amount, self._table, "".join(self._name), "year")
            if fact is not None:
                block.form.amounts["year"] = fact

    def _begins(self, name: Cell | None, amount: Cell | None, goal: Cell | None, broken: bool) -> bool:
        """A project begins in this row."""
        if self._open is None:
            return bool(_text(name) or _text(amount))
        coded = bool(_CODED.match(_text(name)))
        if broken and self._at.indicator:  # the row of the page before may go on
            other = bool(_text(amount)) and self._open.amount not in ("", _text(amount))
            return other or (coded and bool("".join(self._name)))
        if self._at.amount < 0:
            return bool(_text(name))
        if _text(amount):
            same = self._open.amount == _text(amount) and _text(name) == fold("".join(self._name))
            return not (broken and same)
        return coded or (self._merged and amount is not None and goal is not None)

    def _form(self, row: Sequence[Cell | None], r: int) -> OpenForm:
        cell = next((c for c in (row[self._at.name], *row) if c is not None and c.row == r), None)
        cell = cell or next(c for c in row if c is not None)
        return OpenForm(LIST, f"t{self._table.index + 1}", _STANDARD, cell.place, self._at.unit)

    def _indicators(self, form: OpenForm, row: Sequence[Cell | None], r: int) -> None:
        packed = row[self._at.packed] if self._at.packed >= 0 else None
        if packed is not None and packed.row == r:
            form.indicators += _unpacked(packed, self._packed)
        name = row[self._at.indicator["name"]] if self._at.indicator else None
        if name is not None and name.row == r and name.text.strip():
            own = {id(c): c for c in row if c is not None and c.row == r and c.text.strip()}
            cells = [
                c for c in sorted(own.values(), key=_column) if c.column >= min(self._at.indicator.values())
            ]
            line = Line(cells, list(row), self._table, self._at.indicator, "", self._words, frozenset())
            indicator(form, line)


def _text(cell: Cell | None) -> str:
    return fold(cell.text) if cell is not None else ""


def _closed(block: _Block) -> GoalForm | None:
    """The finished form; None for rows without goals, which are bodies and sums."""
    form = block.form
    if not (block.goal or form.indicators):
        return None
    name = "".join(block.name)
    code = _CODED.match(fold(name))
    form.name = _CODED.sub("", name) if code else name
    form.code = code.group(1) if code else ""
    if block.goal:  # pieces of one goal over a page break are one
        first = block.goal[0]
        form.texts.append(GoalText(first.kind, _joined([t.text for t in block.goal]), first.place))
    return form.closed()


def _joined(pieces: Sequence[str]) -> str:
    """One text of pieces on several pages; a line that the break runs through is printed on both of them."""
    text = ""
    for piece in pieces:
        most = min(len(text), len(piece))
        again = next((k for k in range(most, 1, -1) if text.endswith(piece[:k])), 0)
        text += piece[again:]
    return text


def _column(cell: Cell) -> int:
    return cell.column


def _unpacked(cell: Cell, patterns: Sequence[re.Pattern[str]]) -> Iterator[Indicator]:
    """The indicators that one cell lists, each with its levels, its name and the value of the year."""
    text = words(cell.text)
    for pattern in patterns:
        for m in pattern.finditer(text):
            value = m.group("value").strip()
            yield Indicator(
                m.group("level1"), m.group("level2"), m.group("name"), value, "", "", "annual", cell.place
            )
