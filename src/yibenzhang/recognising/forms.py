"""Forms about performance: goals tables, project applications, self-evaluations.

A form is a grid in which labels and values stand side by side, with lists inside (sources of money, items,
purchases, indicators). It may run over several tables, and one table may hold several forms. Here is what a
form holds; form_rows.py reads its rows, form_reading.py finds where forms and lists begin and end.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from yibenzhang.model.amounts import Amount, CellState, Unit, narrow, parse_amount
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.places import Place
from yibenzhang.recognising.indicators import Indicator
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("forms")
UNIT_IN = _WORDS["unit_in"]
LIST = "list"
"""The kind of a form that is one project of a list of goals: its money is a view of its own."""
_POINTS, _SCORE = Unit("分", "count"), Unit("分", "score")
"""Points are given exactly; only a total may be rounded."""


@dataclass(frozen=True, slots=True)
class GoalItem:
    """A line of a list inside a form: its name, its amount, and for sources whether it is part of another."""

    name: str
    fact: Fact
    kind: str = "item"
    words: str = ""
    """All words of its row."""
    group: str = ""
    """Of points: the heading they stand under."""


@dataclass(frozen=True, slots=True)
class GoalText:
    """What a form says in words beside a label: ``kind`` as in forms.toml (begin, end, nature, …)."""

    kind: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class GoalForm:
    """One form. ``kind`` is overall, project, evaluation or list (a project of a list of goals, see goal_lists.py);
    amounts by measure (see forms.toml).

    ``sources`` of money, ``items`` of the calculation, ``purchases``, ``projects`` listed in an overall form
    (kind total or year), ``overview`` of an overall form (kind income, personnel, running, specific, other, within or
    sum, with the column before it: "year/income"), ``former`` years, ``weights`` and ``scores`` of a
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
    strangers: int = 0
    """Amounts of money under labels that are not known: sums may lack them."""
    texts: tuple[GoalText, ...] = ()

    def text(self, *kinds: str) -> GoalText | None:
        """The first thing said under one of these labels."""
        return next((t for k in kinds for t in self.texts if t.kind == k), None)

    def facts(self) -> Iterator[Fact]:
        """All its amounts."""
        yield from self.amounts.values()
        for items in (self.sources, self.items, self.purchases, self.projects, self.overview, self.former):
            yield from (i.fact for i in items)

    @property
    def year(self) -> Fact | None:
        """The amount of the year, where the form gives one."""
        return self.amounts.get("year") or (None if self.kind == "evaluation" else self.amounts.get("total"))


@dataclass
class OpenForm:
    """A form while it is read."""

    kind: str
    table: str
    standard: str
    place: Place
    unit: Unit | None = None
    name: str = ""
    code: str = ""
    owner: str = ""
    amounts: dict[str, Fact] = field(default_factory=dict)
    lists: dict[str, list[GoalItem]] = field(default_factory=dict)
    indicators: list[Indicator] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    texts: list[GoalText] = field(default_factory=list)
    strangers: int = 0
    year_column: int = 99
    list_unit: Unit | None = None
    precision: int = 0
    """The most decimals of a number in the table that is read."""

    @property
    def empty(self) -> bool:
        return not (self.indicators or self.amounts or self.lists)

    def put(self, where: str, item: GoalItem) -> None:
        self.lists.setdefault(where, []).append(item)

    def points(
        self, name: str, label: str, cell: Cell, table: Table, kind: str = "item", group: str = ""
    ) -> None:
        """A weight or a score of a self-evaluation."""
        unit = _SCORE if kind == "sum" and name == "score" else _POINTS
        bare = replace(cell, text=fold(cell.text).removesuffix("分"))
        if fact := self.fact(bare, table, label, name, unit):
            self.put(f"{name}s", GoalItem(label, fact, kind, group=group))

    def fact(
        self, cell: Cell, table: Table, label: str, measure: str, unit: Unit | None = None
    ) -> Fact | None:
        """The number of a cell; None where it holds none."""
        amount = amount_of(cell.text)
        if amount is None:
            return None
        amount = replace(amount, text=cell.text.strip()).in_unit(unit or self.unit)
        many = measure[-1] if measure.startswith("former") else ""  # two years in one cell
        where = f"{table.index}|{cell.row}|{cell.column}{many}"
        state = CellState.ZERO if amount.value == 0 else CellState.PRINTED
        row = Row(cell.row, "", words(label), role="field")
        fact = Fact(
            hashlib.sha256(where.encode()).hexdigest()[:16],
            f"t{table.index + 1}",
            self.standard,
            "",
            row,
            measure,
            self.name if self.kind != "overall" else "",
            state,
            amount,
            amount.unit,
            self._decimals(amount),
            cell.text.strip(),
            cell.place,
            (cell.row, cell.column),
        )
        self.facts.append(fact)
        return fact

    def _decimals(self, amount: Amount) -> int:
        money = amount.unit is not None and amount.unit.dimension == "money"
        return max(amount.decimals, self.precision) if money else amount.decimals

    def closed(self) -> GoalForm:
        def of(name: str) -> tuple[GoalItem, ...]:
            return tuple(self.lists.get(name, ()))

        return GoalForm(
            self.kind,
            self.name,
            self.code,
            self.owner,
            self.table,
            self.place,
            self.amounts,
            of("sources"),
            of("items"),
            of("purchases"),
            of("projects"),
            of("overview"),
            of("former"),
            of("weights"),
            of("scores"),
            tuple(self.indicators),
            self.strangers,
            tuple(self.texts),
        )


@lru_cache(maxsize=8192)
def label_of(text: str) -> str:
    """A label as the data gives it: folded, without "其中", its number, its unit and a colon."""
    folded = UNIT_IN.sub("", _WORDS["leading"].sub("", fold(text)))
    return (
        re.sub(r"\((?:[A-E]|[A-E]/[A-E]|\d+分?[^()]{0,8})\)$", "", folded).rstrip(":").removesuffix("(项目)")
    )


def amount_of(text: str) -> Amount | None:
    """The printed number of a cell, its unit set off by a blank or not; None for words."""
    return parse_amount(re.sub(r"\s+(?=[百千万亿]?元|%)", "", narrow(text)))


def words(text: str) -> str:
    """Printed words on one line."""
    return " ".join(text.split())


def goal_text(kind: str, cell: Cell) -> GoalText:
    """What a cell says that is to be reached."""
    return GoalText(f"goal.{kind}", words(cell.text), cell.place)


def nearest(labels: Mapping[int, str], cell: Cell) -> str:
    """The label above a cell: the nearest at its left, else the first."""
    return labels[max((at for at in labels if at <= cell.column), default=min(labels))]
