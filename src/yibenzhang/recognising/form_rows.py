"""Rows of forms: what a row of each kind of list holds, put into the open form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import narrow, unit_named
from yibenzhang.model.documents import Cell, Table
from yibenzhang.recognising.forms import UNIT_IN, GoalItem, GoalText, OpenForm, amount_of, label_of, words
from yibenzhang.recognising.indicators import Columns, Indicator, cells_of, target_of
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("form_rows")
MONEY = _WORDS["money"]
_DASHES = ("-", "--", "—", "——", "/")
TEXTS = ("begin", "end", "period", "nature", "category", "content", "former")
"""Labels whose words are kept as they are."""
Words = dict[str, dict[str, str]]
"""Labels by kind: {kind: {folded label: meaning}}."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its printed cells, in drawn tables the cell that covers each column, and the list it stands in."""

    cells: list[Cell]
    cover: list[Cell | None]
    table: Table
    columns: dict[str, int]
    period: str
    words: Words
    basis: frozenset[str]
    levels: tuple[tuple[str, ...], ...] = ()
    """Names of the first and of the second level, where these stand before an indicator's name in one cell."""

    def numbers(self) -> list[Cell]:
        return [c for c in self.cells[1:] if amount_of(c.text) is not None]

    def kind(self, cell: Cell) -> str:
        """What a row of sums is about (sum, income, carry …)."""
        return self.words["row"].get(label_of(cell.text), "")

    def is_label(self, cell: Cell) -> bool:
        text = label_of(cell.text)
        return text in self.words["label"] or text in self.words["amount"]


def labels(form: OpenForm, line: Line) -> bool:
    """Labels with their values at the right."""
    for cell, following in zip(line.cells, [*line.cells[1:], None], strict=True):
        text = label_of(cell.text)
        if match := UNIT_IN.search(fold(cell.text)):
            form.unit = unit_named(match.group(1)) or form.unit
        if following is None or line.is_label(following):
            continue
        kind, measure = line.words["label"].get(text), line.words["amount"].get(text)
        if kind:
            _labelled(form, line, kind, following)
        elif measure:
            _measured(form, line, measure, cell, following)
        elif amount_of(following.text) and MONEY.search(text) and not amount_of(cell.text):
            form.strangers += 1
            form.fact(following, line.table, cell.text, "unknown")
    return True


def _labelled(form: OpenForm, line: Line, kind: str, value: Cell) -> None:
    """What stands behind a label that is known."""
    if kind in TEXTS:
        form.texts.append(GoalText(kind, words(value.text), value.place))
    if kind == "former":
        _former(form, value, line.table)
    elif kind in ("name", "body"):
        form.name = form.name or words(value.text)
    elif kind == "code":
        form.code = form.code or words(value.text)
    elif kind == "owner":
        form.owner = form.owner or words(value.text)


def _measured(form: OpenForm, line: Line, measure: str, label: Cell, value: Cell) -> None:
    """An amount behind its label; those right of this year's, or where no total is, are of this year."""
    if measure == "year":
        form.year_column = min(form.year_column, label.column)
    if measure not in ("total", "year"):
        this_year = label.column >= form.year_column or "total" not in form.amounts
        measure = f"{'year' if this_year else 'total'}.{measure}"
    if measure not in form.amounts and (fact := form.fact(value, line.table, label.text, measure)):
        form.amounts[measure] = fact


def _former(form: OpenForm, cell: Cell, table: Table) -> None:
    for n, m in enumerate(list(_WORDS["former"].finditer(fold(cell.text)))[:4]):
        unit = m.group(3) if m.group(3) != "万" else "万元"
        if fact := form.fact(replace(cell, text=m.group(2) + unit), table, m.group(1), f"former{n}"):
            form.put("former", GoalItem(m.group(1), fact))


def _total_row(form: OpenForm, line: Line, scored: list[str]) -> bool:
    """The total of the points, or what the weights come to."""
    total = line.kind(line.cells[0]) if line.cells else ""
    if scored and total in ("points", "score", "sum"):
        _total_points(form, line, scored, total)
        return True
    return total in ("points", "sum") and "importance" in line.columns


def indicator(form: OpenForm, line: Line) -> bool:
    """A row of indicators, or the total of their points."""
    scored: list[str] = [n for n in ("weight", "score") if n in line.columns]
    if _total_row(form, line, scored):
        return True
    cells = cells_of(Columns(line.columns, bool(line.cover), line.basis), line.cells, line.cover)
    if cells is None or "name" not in cells:
        return True
    text = {n: words(c.text) for n, c in cells.items()}
    if text["name"].isdigit():
        return True  # the row of column numbers
    if "whole" in line.columns:
        text |= _parted(text["name"], line.levels)
    if line.cover and form.indicators:
        text |= _levels(form.indicators[-1], text, line)
    form.indicators.append(
        Indicator(
            level1=text.get("level1", ""),
            level2=text.get("level2", ""),
            name=text["name"],
            value=_target(text),
            former=text.get("former", ""),
            last=text.get("last", ""),
            period=line.period,
            place=cells["name"].place,
            actual=text.get("actual", ""),
            weight=text.get("weight", text.get("importance", "")),
            score=text.get("score", ""),
            reason=text.get("reason", ""),
            unreported=_unreported(cells, line),
        )
    )
    for name in scored:
        if name in cells:
            form.points(name, text["name"], cells[name], line.table, group=text.get("level1", ""))
    return True


def _unreported(cells: Mapping[str, Cell], line: Line) -> bool:
    """The cell of what was reached is blank; in text it is where name and score stand in their own columns."""
    if "actual" in cells or "actual" not in line.columns:
        return "actual" in cells and not fold(cells["actual"].text)
    at = {n: c.column for n, c in cells.items()}
    return not line.cover and all(n in at and at[n] == line.columns.get(n) for n in ("name", "score"))


def _total_points(form: OpenForm, line: Line, scored: list[str], total: str) -> None:
    """The row of sums: one number is the score, or that of the column it stands in."""
    numbers = [c for c in line.cells if amount_of(c.text)]
    if len(numbers) == 1:
        nearest = min(scored, key=lambda n: abs(line.columns[n] - numbers[0].column))
        scored = ["score"] if total == "score" and "score" in scored else [nearest]
    for name, cell in zip(scored, numbers, strict=False):
        form.points(name, line.cells[0].text, cell, line.table, "sum")


def _target(text: Mapping[str, str]) -> str:
    """What is to be reached; sign and unit may stand in columns of their own."""
    value, unit = text.get("now", text.get("value", "")), text.get("measure", "")
    target = target_of(value)
    if target and "sign" in text:
        return f"{text['sign'].replace('定性', '').replace('定量', '')}{value}{unit}"
    return f"{value}{unit}" if target and not target.unit else value


def _levels(before: Indicator, text: dict[str, str], line: Line) -> dict[str, str]:
    """The levels of the row above where none are printed: a new page does not print them again."""
    if before.period != line.period or text.get("level1") or not {"level1", "level2"} & set(line.columns):
        return {}
    return (
        {"level1": before.level1}
        if text.get("level2")
        else {"level1": before.level1, "level2": before.level2}
    )


def _parted(text: str, levels: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """The levels and the name that stand in one cell without a mark between them."""
    out = {}
    for key, names in zip(("level1", "level2"), levels, strict=False):
        found = max((n for n in names if text.startswith(n)), key=len, default="")
        if found and len(found) < len(text):
            out[key], text = found, text[len(found) :].strip()
    return out | {"name": text}


def item(form: OpenForm, line: Line) -> bool:
    """A line of the calculation."""
    return _amount_in_list(form, line, "items")


def purchase(form: OpenForm, line: Line) -> bool:
    """A line of the purchases."""
    return _amount_in_list(form, line, "purchases")


def _amount_in_list(form: OpenForm, line: Line, where: str) -> bool:
    """The name stands first; the amount in its column, or else is the last number of the row."""
    numbers = line.numbers()
    named = [c for c in numbers if c.column == line.columns["amount"]]
    if numbers:
        name = words(line.cells[0].text)
        if fact := form.fact((named or numbers)[-1], line.table, name, where, form.list_unit):
            kind = "sum" if line.kind(line.cells[0]) == "sum" else "item"
            said = " ".join(words(c.text) for c in line.cells if c not in numbers)
            form.put(where, GoalItem(name, fact, kind, said))
    return True


def source(form: OpenForm, line: Line) -> bool:
    """A source of money: part of the whole, carried over, or within the line above."""
    numbers = line.numbers()
    if not numbers or len(line.cells) > 3:
        return True
    label = line.cells[-2]
    known = line.kind(label)
    kind = known if known in ("sum", "carry", "within") else "item"
    if fold(label.text).startswith("其中"):
        kind = "within"
    if fact := form.fact(numbers[-1], line.table, label.text, "sources", form.list_unit):
        form.put("sources", GoalItem(words(label.text), fact, kind))
    return True


def listed(form: OpenForm, line: Line) -> bool:
    """A project of an overall form; False where the list is over."""
    numbers = line.numbers()
    if not numbers:
        return len(line.cells) < 2 or bool(line.cells[0].column)
    name = words(line.cells[0].text)
    kinds = ("total", "year") if len(numbers) > 1 else ("year",)
    for kind, cell in zip(kinds, numbers[:2], strict=True):
        if fact := form.fact(cell, line.table, name, f"projects.{kind}"):
            form.put("projects", GoalItem(name, fact, kind))
    return True


def overview(form: OpenForm, line: Line) -> bool:
    """Sums of an overall form: this year's amount, its share, the two years before."""
    named = [c for c in line.cells if amount_of(c.text) is None]
    if not named or len(named) == len(line.cells):
        return not line.is_label(line.cells[0]) and "概述" not in line.cells[0].text
    numbers = [c for c in line.cells if amount_of(c.text) is not None]
    money = [c for c in numbers if "%" not in narrow(c.text)]
    if not money or len(money) > 3 or len(numbers) - len(money) > 1:
        return True
    pairs = [("share", c) for c in numbers if c not in money]
    if len(money) == 3:
        pairs += zip(("year", "former1", "former2"), money, strict=True)
    elif money[0].column == line.columns["year"]:
        pairs.append(("year", money[0]))
    kind = _overview_kind(line, named[-1])
    for name, cell in pairs:
        if fact := form.fact(cell, line.table, named[-1].text, f"{name}/{kind}"):
            form.put("overview", GoalItem(words(named[-1].text), fact, f"{name}/{kind}"))
    return True


def _overview_kind(line: Line, label: Cell) -> str:
    """What a row of the overview is of."""
    if fold(label.text).startswith("其中"):
        return "within"
    kind = line.kind(label)
    return (
        kind if kind in ("sum", "income", "basic", "personnel", "running", "specific", "within") else "other"
    )


def execution(form: OpenForm, line: Line) -> bool:
    """Budget, spending and rate of a self-evaluation; False where that list is over."""
    line = _split_points(line)
    named = [c for c in line.cells if amount_of(c.text) is None and fold(c.text) not in _DASHES]
    numbers = [c for c in line.cells if amount_of(c.text) is not None]
    if not named:
        return False
    label = named[-1].text
    measure = _executed(form, line, label_of(label))
    if not numbers:
        return bool(measure)  # a source of which there is nothing
    if not measure:
        return True
    prefix = "year" if measure in ("total", "year") else f"year.{measure}"
    for name, cell in _execution_columns(line, numbers).items():
        if name in ("weight", "score"):
            if prefix == "year":
                form.points(name, label, cell, line.table)
        elif fact := form.fact(cell, line.table, label, f"{prefix}.{name}"):
            form.amounts.setdefault(f"{prefix}.{name}", fact)
    return True


def _executed(form: OpenForm, line: Line, text: str) -> str:
    """The measure that a row of the list is named by; the first row of all money is that of the year."""
    total = text in ("预算执行情况", "项目资金") or line.words["row"].get(text) == "sum"
    first = total and "year.budget" not in form.amounts
    return line.words["amount"].get(text, "year" if first else "")


def _execution_columns(line: Line, numbers: Sequence[Cell]) -> dict[str, Cell]:
    """The numbers by the meaning of their column; by their order where all are there and some have slid."""
    wanted = sorted(line.columns, key=lambda n: line.columns[n])
    placed = {n: c for n in wanted for c in numbers if c.column == line.columns[n]}
    if len(placed) < len(numbers) and len(numbers) == len(wanted):
        return dict(zip(wanted, numbers, strict=True))
    return placed


def _split_points(line: Line) -> Line:
    """Points and rate that share a cell ("10/98.61%") are its points; the rate is worked out from the money."""
    cells = [
        replace(c, text=m.group("points")) if (m := _WORDS["points_and_rate"].fullmatch(fold(c.text))) else c
        for c in line.cells
    ]
    columns = dict(line.columns)
    for old, new in zip(line.cells, cells, strict=True):
        if new is not old:
            columns.setdefault("weight", new.column)
    return replace(line, cells=cells, columns=columns)


READERS: dict[str, Callable[[OpenForm, Line], bool]] = {
    "label": labels, "indicator": indicator, "item": item, "purchase": purchase, "source": source,
    "listed": listed, "overview": overview, "execution": execution,
}  # fmt: skip
"""By kind of list; each tells whether the list goes on after the row."""
