"""Lists of projects with their goals as forms: one row for a project, or one row for each of its indicators.

The numbers of such lists are views of their own (lists.py); here is what they promise, each project as a form of
kind "list" with its name, its amount, its goal in words and its indicators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibenzhang.model.amounts import Unit, unit_named
from yibenzhang.model.documents import Cell
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
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.table_kinds import BRACKETS, title_rows
from yibenzhang.standards import Standards, fold
from yibenzhang.standards.lexicon.table_kinds import table_kinds

_CODED = re.compile(r"^\[?([0-9A-Z]{10,})\]?[-－—]*")
_DIGITS = re.compile(r"^[0-9A-Z]{6,}$")
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
    table, kinds, known = frame.table, table_kinds(), standards.forms
    start = max(title_rows(table), frame.first)
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.text.strip():
            by_row.setdefault(cell.row, []).append(cell)
    body = (r for r in range(start + 1, table.rows) if any(amount_of(c.text) for c in by_row.get(r, ())))
    first = next(body, table.rows)
    heads = [c for r in range(start, first) for c in by_row.get(r, ())]
    labels = [(label_of(c.text), c) for c in heads]
    bare = [(BRACKETS.sub("", text), c) for text, c in labels]
    names = [c.column for text, c in labels if text in kinds.project]
    money = [c for text, c in (*labels, *bare) if text in kinds.money]
    goals = frozenset(fold(n) for n_ in known["goal"].values() for n in n_)
    meanings = {fold(n): identity for identity, words_ in known["indicator"].items() for n in words_}
    columns: dict[str, int] = {}
    for text, c in bare:
        if identity := meanings.get(text):
            columns.setdefault(identity, c.column)
    goal = [c.column for text, c in bare if text in goals]
    packed = columns.get("whole", -1) if "name" not in columns else -1
    if not names or first == start or not (goal or packed >= 0 or "name" in columns):
        return None
    units = [m.group(1) for c in money if (m := UNIT_IN.search(fold(c.text)))]
    return _Columns(
        first, table.columns, names[-1], min((c.column for c in money), default=-1), (goal or [-1])[0],
        packed, columns if {"name", "value"} <= set(columns) else {},
        unit_named(units[0]) if units else frame.unit,
    )  # fmt: skip


class _Reader:
    """Reads the rows of one list; at most one project is open."""

    def __init__(self, frame: Framed, columns: _Columns, standards: Standards) -> None:
        self._table, self._at = frame.table, columns
        forms = standards.forms
        self._words: Words = {
            kind: {fold(n): i for i, names in groups.items() for n in names}
            for kind, groups in forms.items()
            if kind in ("row", "label", "amount")
        }
        self._packed = [re.compile(p) for p in forms.get("word", {}).get("packed_rows", ())]
        self._open: OpenForm | None = None
        self._owner = ""
        self._name: list[str] = []
        self._goal: list[GoalText] = []

    def read(self) -> Iterator[GoalForm]:
        grid = self._table.grid()
        for r in range(self._at.first, min(self._table.rows, MAX_FORM_ROWS)):
            row = grid[r]
            name, goal = self._cell(row, self._at.name, r), self._cell(row, self._at.goal, r)
            if name is not None and self._begins(row, r, name):
                yield from self._close()
                self._begin(row, r, name)
            elif name is not None and self._open is not None and fold(name.text) != fold("".join(self._name)):
                self._name.append(words(name.text))  # a name that a page break cut in two
                self._amount(row, r)
            if self._open is None:
                continue
            if goal is not None and goal.text.strip():
                self._goal.append(GoalText("goal.year", words(goal.text), goal.place))
            self._indicators(row, r)
        yield from self._close()

    def _cell(self, row: Sequence[Cell | None], column: int, r: int) -> Cell | None:
        """The printed cell that begins in this row."""
        cell = row[column] if 0 <= column < len(row) else None
        return cell if cell is not None and cell.row == r and cell.text.strip() else None

    def _begins(self, row: Sequence[Cell | None], r: int, name: Cell) -> bool:
        """A new project: its amount is printed, or it is the first; a row without is the rest of the one before, and
        so is one that a new page begins with the same name and amount."""
        amount = self._cell(row, self._at.amount, r)
        if self._open is None:
            return True
        if amount is None:
            return bool(self._at.indicator) and bool(_CODED.match(fold(name.text)))
        known = self._open.amounts.get("year")
        coded = bool(_CODED.match(fold(self._name[0])) or _DIGITS.match(fold(self._name[0])))
        if self._at.indicator and known is None and coded and not _CODED.match(fold(name.text)):
            return (
                False  # a page break ran through the row: its amount stands with the second half of the name
            )
        again = known is not None and known.text == amount.text.strip()
        return not (again and fold(name.text) == fold("".join(self._name)))

    def _begin(self, row: Sequence[Cell | None], r: int, name: Cell) -> None:
        form = OpenForm(LIST, f"t{self._table.index + 1}", _STANDARD, name.place, self._at.unit)
        self._open, self._name, self._goal = form, [words(name.text)], []
        form.name = words(name.text)
        self._amount(row, r)

    def _amount(self, row: Sequence[Cell | None], r: int) -> None:
        amount, form = self._cell(row, self._at.amount, r), self._open
        if amount is None or form is None or "year" in form.amounts:
            return
        if fact := form.fact(amount, self._table, form.name, "year"):
            form.amounts["year"] = fact

    def _indicators(self, row: Sequence[Cell | None], r: int) -> None:
        form = self._open
        if form is None:
            return
        packed = self._cell(row, self._at.packed, r)
        if packed is not None:
            form.indicators += _unpacked(packed, self._packed)
        if self._at.indicator and self._cell(row, self._at.indicator["name"], r) is not None:
            own = sorted(
                {id(c): c for c in row if c is not None and c.row == r and c.text.strip()}.values(),
                key=_column,
            )
            cells = [c for c in own if c.column >= min(self._at.indicator.values())]
            line = Line(cells, list(row), self._table, self._at.indicator, "", self._words, frozenset())
            indicator(form, line)

    def _close(self) -> Iterator[GoalForm]:
        form, self._open = self._open, None
        if form is None or not (self._goal or form.indicators):
            return
        name = "".join(self._name)
        code = _CODED.match(fold(name))
        form.name = _CODED.sub("", name) if code else name
        form.code = code.group(1) if code else ""
        if self._goal:  # pieces of one goal over a page break are one
            first = self._goal[0]
            form.texts.append(GoalText(first.kind, "".join(t.text for t in self._goal), first.place))
        yield form.closed()


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
