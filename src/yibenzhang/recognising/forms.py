"""Forms about performance: goals tables, project applications, self-evaluations.

A form is a grid in which labels and values stand side by side, with lists inside (sources of money, items,
purchases, indicators). It may run over several tables, and one table may hold several forms. Labels are data
(standards/forms.toml).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from yibenzhang.amounts import Amount, CellState, Unit, narrow, parse_amount, unit_named
from yibenzhang.documents import Cell, Table
from yibenzhang.facts import BlockFacts, Fact, TableFacts
from yibenzhang.places import Place
from yibenzhang.recognising.headers import Block
from yibenzhang.recognising.indicators import Columns, Indicator, cells_of
from yibenzhang.recognising.rows import Row
from yibenzhang.recognising.stitching import Framed
from yibenzhang.standards import Standards, fold

_LEADING = re.compile(r"^(?:其中:?|\(?\d{1,2}[.、)]|\(?[一二三四五六七八九十]+[、)])+")
_UNIT_IN = re.compile(r"\(?(?:单位:)?(亿元|万元|千元|元)\)$")
_FORMER = re.compile(r"(20\d\d)年(?:度)?[^\d;。]{0,12}?(\d[\d,]*(?:\.\d+)?)(亿元|万元|万|元)")
_POINTS, _SCORE = Unit("分", "count"), Unit("分", "score")
"""Points are given exactly; only a total may be rounded."""
MOST_ROWS = 20000
"""Rows of forms read in one document; what comes after is left alone."""


@dataclass(frozen=True, slots=True)
class GoalItem:
    """A line of a list inside a form: its name, its amount, and for sources whether it is part of another."""

    name: str
    fact: Fact
    kind: str = "item"


@dataclass(frozen=True, slots=True)
class GoalForm:
    """One form. ``kind`` is overall, project or evaluation; amounts by measure (see forms.toml).

    ``sources`` of money, ``items`` of the calculation, ``purchases``, ``projects`` listed in an overall form
    (kind total or year), ``overview`` of an overall form (kind income, personnel, running, specific or sum,
    with the column before it: "year/income"), ``former`` years, ``weights`` and ``scores`` of a
    self-evaluation (the kind "sum" is their printed total), ``indicators``.
    """

    kind: str
    name: str
    code: str
    owner: str
    table: str
    place: Place
    amounts: dict[str, Fact]
    sources: tuple[GoalItem, ...]
    items: tuple[GoalItem, ...]
    purchases: tuple[GoalItem, ...]
    projects: tuple[GoalItem, ...]
    overview: tuple[GoalItem, ...]
    former: tuple[GoalItem, ...]
    weights: tuple[GoalItem, ...]
    scores: tuple[GoalItem, ...]
    indicators: tuple[Indicator, ...]

    @property
    def year(self) -> Fact | None:
        """The amount of the year, where the form gives one."""
        return self.amounts.get("year") or (None if self.kind == "evaluation" else self.amounts.get("total"))


@dataclass
class _Open:
    """A form while it is read."""

    kind: str
    table: str
    place: Place
    texts: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, Fact] = field(default_factory=dict)
    lists: dict[str, list[GoalItem]] = field(default_factory=dict)
    indicators: list[Indicator] = field(default_factory=list)
    year_column: int = 99
    unit: Unit | None = None

    def put(self, where: str, item: GoalItem) -> None:
        self.lists.setdefault(where, []).append(item)

    def closed(self) -> GoalForm:
        lists = {k: tuple(v) for k, v in self.lists.items()}
        return GoalForm(
            self.kind, self.texts.get("name", ""), self.texts.get("code", ""), self.texts.get("owner", ""),
            self.table, self.place, self.amounts,
            *(lists.get(k, ()) for k in ("sources", "items", "purchases", "projects", "overview", "former")),
            lists.get("weights", ()), lists.get("scores", ()), tuple(self.indicators),
        )  # fmt: skip


def forms_of(
    framed: Sequence[Framed], tables: Sequence[TableFacts], standards: Standards
) -> tuple[tuple[GoalForm, ...], tuple[TableFacts, ...]]:
    """The forms of a document, and its tables with the numbers of the forms as their facts."""
    reader = _Reader(standards)
    out = []
    for frame, table in zip(framed, tables, strict=True):
        read = reader.table(frame, table)
        out.append(read if read is not None else table)
    reader.close()
    return tuple(reader.forms), tuple(out)


class _Reader:
    """Reads the rows of form tables in order; a state machine with one open form."""

    def __init__(self, standards: Standards) -> None:
        words = standards.forms
        self._standards = standards
        self._basis = frozenset(fold(w) for w in words.get("word", {}).get("basis", ()))
        self._words = {
            kind: {fold(n): i for i, names in groups.items() for n in names}
            for kind, groups in words.items()
            if kind != "word"
        }
        self.forms: list[GoalForm] = []
        self._open: _Open | None = None
        self._mode = "label"
        self._columns: dict[str, int] = {}
        self._period = ""
        self._list_unit: Unit | None = None
        self._rows = 0
        self._standard = ""
        self._facts: list[Fact] = []

    # ---- tables --------------------------------------------------------------------------------

    def table(self, frame: Framed, facts: TableFacts) -> TableFacts | None:
        """The table with the facts of its forms; None where it is no form."""
        recognised, table = facts.table, frame.table
        standard = recognised.standard
        named = standard is not None and standard.layout == "form"
        if standard is not None and not named:
            self.close()
            return None
        marks = self._marks(table)
        if not named and not (marks >= 3 or (self._open and (marks or self._goes_on(frame, table)))):
            self.close()
            return None
        if named and standard is not None:
            self._standard = standard.id
        self._facts = []
        for p in frame.before:
            self._section(fold(p.text))
        if self._open is not None and recognised.unit:
            self._open.unit = recognised.unit
        self._read(table, recognised.unit, recognised.id)
        known = standard or self._standards.table_by_id.get(self._standard)
        rows = list(dict.fromkeys(f.row for f in self._facts))
        at = {row: k for k, row in enumerate(rows)}
        cells = {(at[f.row], f"{f.measure}|{f.id}"): f for f in self._facts}
        block = BlockFacts(Block("", (), ()), tuple(rows), cells)
        title = recognised.title or (known.name if known else "")
        return TableFacts(replace(recognised, standard=known, title=title, blocks=()), (block,))

    def close(self) -> None:
        """End the open form."""
        if self._open is not None and (self._open.indicators or self._open.amounts or self._open.lists):
            self.forms.append(self._open.closed())
        self._open = None
        self._mode, self._columns, self._period = "label", {}, ""

    def _marks(self, table: Table) -> int:
        """So many different labels and headings of forms stand in the table."""
        seen = set()
        for cell in table.cells:
            text = _label(cell.text)
            for kind in ("label", "amount", "indicator", "source", "section"):
                if text in self._words.get(kind, {}) and text not in (
                    "备注",
                    "其他资金",
                    "得分",
                    "分值",
                    "上年",
                    "当年",
                ):
                    seen.add(text)
        return len(seen)

    def _goes_on(self, frame: Framed, table: Table) -> bool:
        """A table without a label of its own goes on the one before: nothing but headings stands between."""
        if self._mode == "label" or (self._columns and table.columns + 3 < max(self._columns.values())):
            return False
        return all(self._is_heading(fold(p.text)) for p in frame.before)

    def _is_heading(self, text: str) -> bool:
        return (
            len(text) <= 4
            or bool(self._section_of(text))
            or text.startswith(("单位:", "填报日期", "申报日期"))
        )

    # ---- rows ----------------------------------------------------------------------------------

    def _read(self, table: Table, unit: Unit | None, table_id: str) -> None:
        grid = table.grid() if table.edges or table.confidence == "ruled" else []
        by_row: dict[int, list[Cell]] = {}
        for cell in table.cells:
            if fold(cell.text):
                by_row.setdefault(cell.row, []).append(cell)
        for r in range(table.rows):
            self._rows += 1
            row = sorted(by_row.get(r, ()), key=lambda c: c.column)
            if row and self._rows <= MOST_ROWS:
                self._row(row, grid[r] if grid else [], table, unit, table_id)

    def _row(
        self, row: list[Cell], cover: list[Cell | None], table: Table, unit: Unit | None, table_id: str
    ) -> None:
        first = _label(row[0].text)
        kind = self._words["label"].get(first, "")
        if kind in ("name", "body") and len(row) > 1 and not self._heads(row):
            self._start("project" if kind == "name" else "overall", row[0], unit, table_id)
        if self._open is None:
            if not (self._heads(row) or first in self._words["amount"]):
                return
            self._start("project", row[0], unit, table_id)
        assert self._open is not None
        if len(row) == 1 or (len(row) == 2 and re.match(r"(?:长期|年度|中期)(?:绩效)?目标", first)):
            if self._section(first) or len(row) == 1:
                return
        if found := self._heads(row):
            self._mode, columns = found
            if match := _UNIT_IN.search(fold(row[0].text)):
                self._open.unit = unit_named(match.group(1)) or self._open.unit
            units = [
                m.group(1)
                for c in row
                if c.column == columns.get("amount") and (m := _UNIT_IN.search(fold(c.text)))
            ]
            self._list_unit = unit_named(units[0]) if units else None
            if self._mode == "indicator" and columns.get("now") is not None and "name" not in columns:
                columns = self._columns | columns
            self._columns = columns
            self._section(first)
            return
        if kind or (first in self._words["amount"] and self._mode not in ("execution",)):
            self._mode = "label"
        {"indicator": self._indicator, "item": self._item, "purchase": self._purchase, "source": self._source,
         "listed": self._listed, "overview": self._overview, "execution": self._execution}.get(
            self._mode, self._labels)(row, cover, table)  # fmt: skip

    def _start(self, kind: str, cell: Cell, unit: Unit | None, table_id: str) -> None:
        self.close()
        if "evaluation" in self._standard:
            kind = "evaluation"
        self._open = _Open(kind, table_id, cell.place, unit=unit)

    def _section_of(self, text: str) -> str:
        bare = re.sub(r"\(.*|\d+$|[:：].*", "", text)
        exact = self._words["section"].get(bare, "")
        return exact or next(
            (i for w, i in self._words["section"].items() if len(w) >= 6 and text.startswith(w)), ""
        )

    def _section(self, text: str) -> bool:
        found = self._section_of(text)
        if found in ("long", "annual"):
            self._period = found
        elif found in ("items", "purchases", "goals"):
            self._mode = "label"
        return bool(found)

    def _heads(self, row: Sequence[Cell]) -> tuple[str, dict[str, int]] | None:
        """The list that begins under this row and its columns; None where the row is no heading."""
        texts = [(_label(c.text), c.column) for c in row]
        for kind, needed in (
            ("indicator", {"name"}), ("execution", {"spent"}), ("item", {"name", "amount"}),
            ("purchase", {"name", "amount"}), ("listed", {"name", "year"}), ("source", {"name", "amount"}),
            ("overview", {"name", "year"}),
        ):  # fmt: skip
            found: dict[str, int] = {}
            for text, column in texts:
                if identity := self._words[kind].get(text):
                    found.setdefault(identity, column)
            if needed <= set(found) and len(found) >= 2 and not any(parse_amount(c.text) for c in row):
                return kind, found
        if self._mode == "indicator":
            found = {
                i: c for t, c in texts if (i := self._words["indicator"].get(t)) in ("former", "last", "now")
            }
            if found and len(found) == len([t for t, _ in texts if t not in ("近两年指标值",)]):
                return "indicator", found if "now" in found or "now" not in self._columns else {
                    **self._columns,
                    **found,
                    "now": self._columns["now"],
                }
        return None

    # ---- what a row of each list holds ----------------------------------------------------------

    def _labels(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        form = self._open
        assert form is not None
        for k, cell in enumerate(row):
            text = _label(cell.text)
            if match := _UNIT_IN.search(fold(cell.text)):
                form.unit = unit_named(match.group(1)) or form.unit
            following = row[k + 1] if k + 1 < len(row) else None
            if following is None or self._is_label(following):
                continue
            if (kind := self._words["label"].get(text)) and kind != "other":
                if kind == "former":
                    self._former(following, table)
                else:
                    form.texts.setdefault(
                        "name" if kind == "body" else kind, " ".join(following.text.split())
                    )
            elif measure := self._words["amount"].get(text):
                if measure == "year":
                    form.year_column = min(form.year_column, cell.column)
                if measure not in ("total", "year"):
                    side = (
                        "year" if cell.column >= form.year_column or "total" not in form.amounts else "total"
                    )
                    measure = f"{side}.{measure}"
                if measure not in form.amounts and (fact := self._fact(following, table, cell.text, measure)):
                    form.amounts[measure] = fact

    def _is_label(self, cell: Cell) -> bool:
        text = _label(cell.text)
        return text in self._words["label"] or text in self._words["amount"]

    def _former(self, cell: Cell, table: Table) -> None:
        assert self._open is not None
        for n, m in enumerate(_FORMER.finditer(fold(cell.text))):
            unit = m.group(3) if m.group(3) != "万" else "万元"
            if fact := self._fact(replace(cell, text=m.group(2) + unit), table, m.group(1), f"former{n}"):
                self._open.put("former", GoalItem(m.group(1), fact))

    def _indicator(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        form = self._open
        assert form is not None
        total = _label(row[0].text) in ("总分", "总计", "合计", "得分合计")
        columns = Columns(self._columns, bool(cover), self._basis)
        if total and ("weight" in self._columns or "score" in self._columns):
            told = [c for c in row if parse_amount(c.text)]
            names = [n for n in ("weight", "score") if n in self._columns]
            if len(told) == 1 and len(names) == 2:  # one number: that of the column it stands in
                names = [min(names, key=lambda n: abs(self._columns[n] - told[0].column))]
            for name, cell in zip(names, told, strict=False):
                self._points(name, row[0].text, cell, table, "sum")
            return
        cells = cells_of(columns, row, cover)
        if cells is None or "name" not in cells:
            return
        text = {n: " ".join(c.text.split()) for n, c in cells.items()}
        value = text.get("now", text.get("value", ""))
        form.indicators.append(
            Indicator(text.get("level1", ""), text.get("level2", ""), text["name"], value,
                text.get("former", ""), text.get("last", ""), self._period, cells["name"].place)
        )  # fmt: skip
        for name in ("weight", "score"):
            if name in cells:
                self._points(name, text["name"], cells[name], table)

    def _points(self, name: str, label: str, cell: Cell, table: Table, kind: str = "item") -> None:
        assert self._open is not None
        fact = self._fact(replace(cell, text=fold(cell.text).removesuffix("分")), table, label, name,
            _SCORE if kind == "sum" and name == "score" else _POINTS)  # fmt: skip
        if fact:
            self._open.put(f"{name}s", GoalItem(label, fact, kind))

    def _item(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        self._listed_amount("items", row, table)

    def _purchase(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        self._listed_amount("purchases", row, table)

    def _listed_amount(self, where: str, row: list[Cell], table: Table) -> None:
        """The name stands first; the amount in its column, or else is the last number of the row."""
        assert self._open is not None
        numbers = [c for c in row[1:] if _amount(c.text) is not None]
        named = [c for c in numbers if c.column == self._columns["amount"]]
        if not numbers or (where == "purchases" and len(row) < 2):
            return
        cell = (named or numbers)[-1]
        name = " ".join(row[0].text.split())
        if fact := self._fact(cell, table, name, where):
            kind = (
                "sum"
                if fold(name) in self._words["row"] and self._words["row"][fold(name)] == "sum"
                else "item"
            )
            self._open.put(where, GoalItem(name, fact, kind))

    def _source(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        numbers = [c for c in row[1:] if _amount(c.text) is not None]
        if not numbers or len(row) > 3:
            return
        label = row[-2] if len(row) > 1 else row[0]
        known = self._words["row"].get(_label(label.text), "")
        kind = known if known in ("sum", "carry", "within") else "item"
        if fold(label.text).startswith("其中"):
            kind = "within"
        assert self._open is not None
        if fact := self._fact(numbers[-1], table, label.text, "sources"):
            self._open.put("sources", GoalItem(" ".join(label.text.split()), fact, kind))

    def _listed(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        numbers = [c for c in row[1:] if _amount(c.text) is not None]
        assert self._open is not None
        if not numbers:
            self._mode = "label" if len(row) >= 2 and not row[0].column else self._mode
            return
        name = " ".join(row[0].text.split())
        kinds = ("total", "year") if len(numbers) > 1 else ("year",)
        for kind, cell in zip(kinds, numbers[:2], strict=True):
            if fact := self._fact(cell, table, name, f"projects.{kind}"):
                self._open.put("projects", GoalItem(name, fact, kind))

    def _overview(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        """Sums of an overall form: this year's amount, its share, the two years before."""
        named = [c for c in row if _amount(c.text) is None]
        if not named or len(named) == len(row):
            if _label(row[0].text) in self._words["label"] or "概述" in row[0].text:
                self._mode = "label"
            return
        kind = self._words["row"].get(_label(named[-1].text), "")
        numbers = [c for c in row if _amount(c.text) is not None]
        money = [c for c in numbers if "%" not in narrow(c.text)]
        if not kind or not money or len(money) > 3 or len(numbers) - len(money) > 1:
            return
        assert self._open is not None
        if len(money) == 3 or money[0].column == self._columns["year"]:
            names = ("year", "former1", "former2")
            for name, cell in zip(names, money, strict=False):
                if len(money) == 3 or name == "year":
                    if fact := self._fact(cell, table, named[-1].text, f"{name}/{kind}"):
                        self._open.put(
                            "overview", GoalItem(" ".join(named[-1].text.split()), fact, f"{name}/{kind}")
                        )
        for cell in numbers:
            if "%" in narrow(cell.text) and (
                fact := self._fact(cell, table, named[-1].text, f"share/{kind}")
            ):
                self._open.put("overview", GoalItem(named[-1].text, fact, f"share/{kind}"))

    def _execution(self, row: list[Cell], cover: list[Cell | None], table: Table) -> None:
        named = [c for c in row if _amount(c.text) is None and fold(c.text) not in ("-", "—", "——", "/")]
        numbers = [c for c in row if c not in named]
        if not named or not numbers:
            self._mode = "label"
            return
        text = _label(named[-1].text)
        measure = self._words["amount"].get(text, "year" if text in ("预算执行情况", "项目资金") else "")
        if not measure:
            return
        prefix = "year" if measure in ("total", "year") else f"year.{measure}"
        wanted = sorted(self._columns, key=lambda n: self._columns[n])
        placed = {n: c for n in wanted for c in numbers if c.column == self._columns[n]}
        if len(placed) < len(numbers) and len(numbers) == len(wanted):
            placed = dict(zip(wanted, numbers, strict=True))
        assert self._open is not None
        for name, cell in placed.items():
            if name in ("weight", "score"):
                if prefix == "year":
                    self._points(name, named[-1].text, cell, table)
            elif fact := self._fact(cell, table, named[-1].text, f"{prefix}.{name}"):
                self._open.amounts.setdefault(f"{prefix}.{name}", fact)

    # ---- numbers -------------------------------------------------------------------------------

    def _fact(
        self, cell: Cell, table: Table, label: str, measure: str, unit: Unit | None = None
    ) -> Fact | None:
        amount = _amount(cell.text)
        if amount is None:
            return None
        form = self._open
        assert form is not None
        amount = replace(amount, text=cell.text.strip()).in_unit(
            unit or (self._list_unit if self._mode != "label" else None) or form.unit
        )
        where = f"{table.index}|{cell.row}|{cell.column}" + (
            measure[-1] if measure.startswith("former") else ""
        )
        words = " ".join(label.split())
        state = CellState.ZERO if amount.value == 0 else CellState.PRINTED
        fact = Fact(
            hashlib.sha256(where.encode()).hexdigest()[:16], f"t{table.index + 1}", self._standard, "",
            Row(cell.row, "", words, role="field"), measure, form.texts.get("name", "") if form.kind != "overall" else "",
            state, amount, amount.unit, amount.decimals, cell.text.strip(), cell.place, (cell.row, cell.column),
        )  # fmt: skip
        self._facts.append(fact)
        return fact


def _label(text: str) -> str:
    """A label as the data gives it: folded, without "其中", its number, its unit and a colon."""
    folded = _UNIT_IN.sub("", _LEADING.sub("", fold(text)))
    return (
        re.sub(r"\((?:[A-E]|[A-E]/[A-E]|\d+分?[^()]{0,8})\)$", "", folded).rstrip(":").removesuffix("(项目)")
    )


def _amount(text: str) -> Amount | None:
    return parse_amount(re.sub(r"\s+(?=[百千万亿]?元|%)", "", narrow(text)))


__all__: Iterable[str] = ["GoalForm", "GoalItem", "forms_of"]
