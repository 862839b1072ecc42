"""Where forms and the lists inside them begin and end: a state machine over the rows of form tables.

Labels, headings and columns are data (standards/forms.toml).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from yibenzhang.model.amounts import PERCENT, Unit, parse_amount, unit_named
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.facts import Fact
from yibenzhang.model.patterns import late
from yibenzhang.reading.limits import MAX_FORM_ROWS
from yibenzhang.recognising.form_rows import MONEY, READERS, Line
from yibenzhang.recognising.forms import (
    UNIT_IN,
    GoalForm,
    OpenForm,
    amount_of,
    goal_text,
    label_of,
    nearest,
    words,
)
from yibenzhang.recognising.goal_lists import listed_goals
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.table_facts import TableFacts, block_of
from yibenzhang.recognising.table_kinds import kinds_of
from yibenzhang.standards import Standards, fold

_HEADS = (
    ("indicator", {"name"}), ("execution", {"spent"}), ("item", {"name", "amount"}), ("purchase", {"name", "amount"}),
    ("listed", {"name", "year"}), ("source", {"name", "amount"}), ("overview", {"name", "year"}),
)  # fmt: skip
"""Kinds of list and the columns by which their heading is known."""
_FORMS = ("goal_form", "self_assessment")
_LISTS = ("goal_list", "meeting_list", "procurement", "contents")
"""Kinds of tables that are forms, and that have other readers."""
_SUMS = ("execution", "overview", "source")
"""Lists whose rows bear the names of amounts."""
_HEAD = 12
"""So many rows at the top of a form may state its unit, in so many characters."""
_STEP = late(r"(?:\(%\))?(?:[①-⑳]|\d)(?:=.*)?$")
"""The number of a column of money behind its heading, with what it is worked out from."""
_LEAST_GOAL = 6
"""A goal in words has more letters."""
_WHOLE = 5
"""A heading with so many columns of money may have the money of the project beside its label."""
_FUNDS = frozenset({"general", "fund"})
_COMMON = ("备注", "其他资金", "得分", "分值", "上年", "当年")
"""Headings that other tables have too."""


def forms_of(
    framed: Sequence[Framed], tables: Sequence[TableFacts], standards: Standards
) -> tuple[tuple[GoalForm, ...], tuple[TableFacts, ...]]:
    """The forms of a document, and its tables with the numbers of the forms as their facts."""
    reader = _Reader(standards)
    kinds = kinds_of(framed)
    out = [reader.table(f, t, k) for f, t, k in zip(framed, tables, kinds, strict=True)]
    reader.close()
    return (*reader.forms, *listed_goals(framed, kinds, standards)), tuple(out)


class _Reader:
    """Reads the rows of form tables in order; at most one form is open."""

    def __init__(self, standards: Standards) -> None:
        self._standards = standards
        self._basis = frozenset(fold(w) for w in standards.forms.get("word", {}).get("basis", ()))
        self._words = {
            kind: {fold(n): i for i, names in groups.items() for n in names}
            for kind, groups in standards.forms.items()
            if kind != "word"
        }
        self.forms: list[GoalForm] = []
        self._open: OpenForm | None = None
        self._mode = "label"
        self._columns: dict[str, int] = {}
        self._headed: tuple[int, dict[str, int]] = (0, {})
        """The columns of the table's heading of indicators, which may stand above the labels of the form."""
        self._period = ""
        self._heading_of = 0
        self._from = 0
        self._rows = 0
        self._standard = ""
        self._goals_below: dict[int, str] = {}
        self._overall = [fold(w) for w in standards.forms.get("word", {}).get("overall", ())]
        self._levels = tuple(
            tuple(fold(w) for w in standards.forms.get("word", {}).get(k, ())) for k in ("levels1", "levels2")
        )
        self._begun: list[str] = []
        """The row that the open form began with."""
        self._apart = True
        """Words stand between this table and the one before."""
        self._unit: Unit | None = None
        """The unit of the form before, which holds for the forms that follow with nothing between."""
        self._untold = "project"
        """The kind of a form that does not name what it is of: by the title of its table."""

    def table(self, frame: Framed, facts: TableFacts, kind: str) -> TableFacts:
        """The table with the facts of its forms; as it was where it is no form."""
        recognised, table = facts.table, frame.table
        standard = recognised.standard
        named = standard is not None and standard.layout == "form" and kind != "goal_list"
        if not named and (kind in _LISTS or standard is not None or not self._is_form(frame, table, kind)):
            self.close()
            self._unit = None
            return facts
        if named and standard is not None:
            self._standard = standard.id
        self._continue(frame, recognised.unit)
        before = self._open
        unit = recognised.unit or (None if self._apart else self._unit)
        found = self._read(table, unit, recognised.id)
        self._unit = self._open.unit if self._open is not None else unit
        known = standard or self._standards.table_by_id.get(self._standard)
        title = recognised.title or (known.name if known else "")
        begun = "" if named or before is None else before.table
        read = replace(recognised, standard=known, title=title, blocks=(), part_of=begun)
        return TableFacts(read, (block_of(found),))

    def _continue(self, frame: Framed, unit: Unit | None) -> None:
        """The open form goes on in this table, unless the title says that it is another's."""
        for p in frame.before:
            self._section(fold(p.text))
        self._apart = not all(self._is_heading(fold(p.text)) for p in frame.before)
        if self._open is not None and unit:
            self._open.unit = unit
        title = fold("".join(frame.titles[:1]))
        self._untold = "overall" if any(w in title for w in self._overall) else "project"
        if self._untold == "overall" and self._open is not None and self._open.kind == "project":
            self.close()  # what is titled as the form of the whole body is no part of a project's

    def close(self) -> None:
        """End the open form."""
        if self._open is not None and not self._open.empty:
            self.forms.append(self._open.closed())
        self._open = None
        self._mode, self._columns, self._period = "label", {}, ""

    # ---- is it a form? -------------------------------------------------------------------------

    def _is_form(self, frame: Framed, table: Table, kind: str) -> bool:
        """A table without a known title: it has the labels of a form, or goes on an open one."""
        if kind in _FORMS:
            return True
        marks = self._marks(table)
        if self._open is not None and (marks or self._goes_on(frame, table)):
            return True
        known = {*self._words["label"], *self._words["amount"]} - self._of_funds
        upright = sum(c.column == 0 and label_of(c.text) in known for c in table.cells)
        return marks >= 3 and ("三级指标" in {label_of(c.text) for c in table.cells} or upright >= 3)

    @property
    def _of_funds(self) -> set[str]:
        """Names of funds, which the budget tables have, too."""
        return {w for w, kind in self._words["amount"].items() if kind in _FUNDS}

    def _marks(self, table: Table) -> int:
        """So many different labels and headings of forms stand in the table."""
        kinds = ("label", "amount", "indicator", "source", "section")
        known = {w for kind in kinds for w in self._words[kind]} - set(_COMMON) - self._of_funds
        return len(known & {label_of(c.text) for c in table.cells})

    def _goes_on(self, frame: Framed, table: Table) -> bool:
        """A table without a label of its own goes on the one before: nothing but headings stands between."""
        if self._mode == "label" or (self._columns and table.columns + 3 < max(self._columns.values())):
            return False
        return all(self._is_heading(fold(p.text)) for p in frame.before)

    def _is_heading(self, text: str) -> bool:
        dated = text.startswith(("单位:", "填报日期", "申报日期"))
        number = re.fullmatch(r"[-—－]*(?:第?\d+页?(?:[,/]?共?\d+页)?)[-—－]*", text)
        return len(text) <= 4 or dated or bool(number) or bool(self._section_of(text))

    # ---- rows ----------------------------------------------------------------------------------

    def _read(self, table: Table, unit: Unit | None, table_id: str) -> list[Fact]:
        """Read a table's rows; the numbers found in them."""
        grid = table.grid() if table.confidence == "ruled" else []
        by_row: dict[int, list[Cell]] = {}
        for cell in table.cells:
            if fold(cell.text):
                by_row.setdefault(cell.row, []).append(cell)
        unit = self._stated(table) or unit
        found: list[Fact] = []
        printed = [a for cells in by_row.values() for c in cells if (a := amount_of(c.text))]
        precision = max((min(a.decimals, 6) for a in printed if a.unit != PERCENT), default=0)
        for r in range(table.rows):
            self._rows += 1
            row = sorted(by_row.get(r, ()), key=lambda c: c.column)
            if self._open is not None:
                self._open.precision = precision
            if row and self._rows <= MAX_FORM_ROWS:
                self._row(row, grid[r] if grid else [], table, unit, table_id)
            if self._open is not None:
                found += self._open.facts
                self._open.facts = []
        return found

    def _stated(self, table: Table) -> Unit | None:
        """The unit that a label of money states, though it stand below the first amount."""
        known = self._words["amount"]
        for cell in table.cells:
            text = fold(cell.text)
            if cell.row < _HEAD and (match := UNIT_IN.search(text)) and len(text) < _HEAD:
                bare = label_of(cell.text)
                if not bare or bare in known or MONEY.search(bare):
                    return unit_named(match.group(1))
        return None

    def _row(
        self, row: list[Cell], cover: list[Cell | None], table: Table, unit: Unit | None, table_id: str
    ) -> None:
        first = label_of(row[0].text)
        heading = self._heads(row, cover)
        begins = heading is not None and not self._names_one(row, table)
        form = self._form_of(row, first, begins, unit, table_id)
        if form is None:
            return
        self._goals(form, row)
        goal = len(row) == 2 and re.match(r"(?:长期|年度|中期)(?:绩效)?目标", first)
        if len(row) == 1 or (goal and self._section_of(first)):
            self._section(first)
            return
        if heading is not None:
            self._list_begins(form, row, table, heading)
            self._section(first)
            return
        self._switch(first, table)
        if table.columns != self._heading_of:
            cover = []  # the columns of the heading are not those of this table
        if self._mode == "indicator" and self._from:
            row = [c for c in row if c.column >= self._from]
        line = Line(row, cover, table, self._columns, self._period, self._words, self._basis, self._levels)
        if not READERS[self._mode](form, line):
            self._mode = "label"

    def _names_one(self, row: Sequence[Cell], table: Table) -> bool:
        """The first heading of the columns of money is the name of the one project that the form is of."""
        if self._words["label"].get(label_of(row[0].text)) != "name" or len(row) < 2:
            return False
        known = {w for group in self._words.values() for w in group}
        return label_of(row[1].text) not in known and "三级指标" in {label_of(c.text) for c in table.cells}

    def _again(self, row: Sequence[Cell]) -> bool:
        """The heading of the open form with its money, repeated at the top of a page; two forms may have one name."""
        before = self._open
        same = before is not None and before.kind != "overall" and self._begun == [words(c.text) for c in row]
        money = any(parse_amount(c.text) for c in row[2:])
        return same and money and (row[0].row > 0 or not self._apart)

    def _form_of(
        self, row: Sequence[Cell], first: str, heading: bool, unit: Unit | None, table_id: str
    ) -> OpenForm | None:
        """The form that a row is of: a new one where the row names it; None where the row is of none."""
        kind = self._words["label"].get(first, "")
        if kind in ("name", "body") and len(row) > 1 and not heading:
            if kind == "name" and self._again(row):
                return self._open
            self._begun = [words(c.text) for c in row]
            self._start("project" if kind == "name" else "overall", row[0], unit, table_id)
        elif self._open is None:
            aimed = self._untold == "overall" and first in self._words["goal"]
            if not heading and first not in self._words["amount"] and not aimed:
                return None
            self._start(self._untold, row[0], unit, table_id)
        return self._open

    def _list_begins(
        self, form: OpenForm, row: Sequence[Cell], table: Table, heading: tuple[str, dict[str, int]]
    ) -> None:
        """A list begins under this heading: its kind, its columns and the unit that the heading states."""
        self._mode, self._columns = heading
        if not form.name and self._names_one(row, table):
            form.name = words(row[1].text)
        self._heading_of = table.columns
        if self._mode == "indicator":
            self._headed = (id(table), self._columns)
        if "spent" in self._columns or {"name", "actual"} <= set(self._columns):
            form.kind, self._standard = "evaluation", "accounts.self_evaluation"
        if match := UNIT_IN.search(fold(row[0].text)):
            form.unit = unit_named(match.group(1)) or form.unit
        column = self._columns.get("amount")
        units = [m.group(1) for c in row if c.column == column and (m := UNIT_IN.search(fold(c.text)))]
        form.list_unit = unit_named(units[0]) if units else None

    def _switch(self, first: str, table: Table) -> None:
        """Labels after a list, and indicators after labels, are known by the first word of their row."""
        if first in self._words["label"] or (first in self._words["amount"] and self._mode not in _SUMS):
            self._mode = "label"
        elif self._mode == "label" and self._headed[0] == id(table) and self._is_level(first):
            self._mode, self._columns = "indicator", self._headed[1]

    def _is_level(self, label: str) -> bool:
        """The name of a level of indicators, as 数量指标."""
        return any(label == w or label == f"{w}指标" for names in self._levels for w in names)

    def _goals(self, form: OpenForm, row: Sequence[Cell]) -> None:
        """What is to be reached, in words: right of its label, or in the row below a row of labels."""
        known = self._words["goal"]
        kinds = [(known.get(re.sub(r"\d+$", "", label_of(c.text))), c) for c in row]
        labels = [(kind, c.column) for kind, c in kinds if kind]
        texts = [c for kind, c in kinds if not kind and len(fold(c.text)) >= _LEAST_GOAL]
        if not labels:
            below, self._goals_below = self._goals_below, {}
            form.texts += [goal_text(nearest(below, c), c) for c in texts if below]
            return
        self._goals_below = {}
        if texts and len({kind for kind, _ in labels}) == 1:
            form.texts += [goal_text(labels[0][0], c) for c in texts]
        elif not texts and len(labels) == len(row):
            self._goals_below = {column: kind for kind, column in labels}

    def _start(self, kind: str, cell: Cell, unit: Unit | None, table_id: str) -> None:
        self.close()
        kind = "evaluation" if "evaluation" in self._standard else kind
        self._standard = self._standard or f"budget.goals_{kind}"
        self._open = OpenForm(kind, table_id, self._standard, cell.place, unit)

    def _section_of(self, text: str) -> str:
        """Which part of a form begins under this heading; empty where it is none."""
        known = self._words["section"]
        bare = re.sub(r"\(.*|\d+$|[:：].*", "", text)
        longer = (i for w, i in known.items() if len(w) >= 6 and text.startswith(w))
        return known.get(bare) or next(longer, "")

    def _section(self, text: str) -> None:
        found = self._section_of(text)
        if found in ("long", "annual"):
            self._period = found
        elif found:
            self._mode = "label"

    def _second(self, kind: str, texts: list[tuple[str, int]]) -> dict[str, int]:
        """The columns of the second of two lists of indicators side by side: that of the year."""
        self._from = 0
        known = [(i, c) for t, c in texts if (i := self._words[kind].get(t))]
        if kind != "indicator" or [i for i, _ in known].count("name") != 2:
            return {}
        middle = [c for i, c in known if i == "name"][0]
        second = {i: c for i, c in known if c > middle + 1}
        first_of = {i: c for i, c in known if i not in second}
        self._from = min(second.values()) if "value" in second else 0
        self._period = "annual" if self._from else self._period
        return (first_of | second) if self._from else {}

    def _heads(self, row: Sequence[Cell], cover: Sequence[Cell | None]) -> tuple[str, dict[str, int]] | None:
        """The list that begins under this row and its columns; None where the row is no heading. Points may stand in a
        row of the heading above (``cover``: the cells that reach into this row)."""
        texts = [(label_of(c.text), c.column) for c in row]
        numbers = sum(parse_amount(c.text) is not None for c in row)
        for kind, needed in _HEADS:
            found = self._meanings(kind, texts)
            allowed = kind == "execution" and len(found) >= _WHOLE
            if needed <= set(found) and len(found) >= 2 and numbers <= allowed:
                if kind == "execution":
                    found |= self._points_above(row, cover, found)
                return kind, found | self._second(kind, texts)
        if self._mode != "indicator":
            return None
        years = {
            i: c for t, c in texts if (i := self._words["indicator"].get(t)) in ("former", "last", "now")
        }
        if years and len(years) == sum(t != "近两年指标值" for t, _ in texts):
            return "indicator", self._columns | years
        return None

    def _meanings(self, kind: str, texts: Sequence[tuple[str, int]]) -> dict[str, int]:
        """What the headings of a row mean in this kind of list, and their columns."""
        found: dict[str, int] = {}
        for text, column in texts:
            bare = _STEP.sub("", text) if kind == "execution" else text
            if identity := self._words[kind].get(text) or self._words[kind].get(bare):
                found.setdefault(identity, column)
        if "whole" in found and "name" not in found and {"sign", "level2"} & set(found):
            found["name"] = found["whole"]  # the levels stand before the name in one cell
        elif "whole" in found:
            del found["whole"]
        if "name" not in found and {"level2", "weight", "score"} <= set(found):
            found["name"] = found.pop("level2")  # a self-assessment that goes no deeper
        if (subtotal := found.pop("subtotal", None)) is not None:
            found.setdefault("budget", subtotal)
        return found

    def _points_above(
        self, row: Sequence[Cell], cover: Sequence[Cell | None], found: Mapping[str, int]
    ) -> dict[str, int]:
        """The columns of weight and score whose headings run down from the row above into this one."""
        known = self._words["execution"]
        own = row[0].row
        above = {c.column: c for c in cover if c is not None and c.row == own - 1 and c.row_span > 1}
        named = {i: column for column, c in above.items() if (i := known.get(label_of(c.text)))}
        return {i: c for i, c in named.items() if i in ("weight", "score") and i not in found}
