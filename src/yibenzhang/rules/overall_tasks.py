"""The main tasks of a body's own self-assessment (年度主要任务完成情况): their money against the accounts, their points
against the rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.amounts import PERCENT, Amount, unit_named
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.recognising.forms import UNIT_IN, amount_of, label_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicators import MOST_NAMED
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("overall_tasks")
_COLUMNS = {"weight": _WORDS["weight"], "rate": _WORDS["rate"], "score": _WORDS["score"]}
_FUNDS = {"spent/all": _WORDS["all"], "spent/fiscal": _WORDS["fiscal"]}
_ENOUGH = 5
"""So many rows must be in the accounts before one that is not is asked about, and at most one in so many is not."""
_CLOSE = Decimal(100)
_FAR = Decimal(10)
"""Percent of the budget that were not spent: all points are no rounding then."""
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Task:
    """A row: its name, and its cells by column: spent/all, spent/fiscal, weight, rate, score."""

    name: str
    cells: Mapping[str, Cell]
    total: bool

    def amount(self, column: str) -> Amount | None:
        cell = self.cells.get(column)
        return amount_of(cell.text) if cell is not None else None


@dataclass(frozen=True, slots=True)
class _Tasks:
    rows: tuple[_Task, ...]
    factor: Decimal
    unit: str


def _tasks(case: Case) -> Iterator[_Tasks]:
    for table in case.document.tables():
        grid = table.grid() if any(_WORDS["task"].fullmatch(label_of(c.text)) for c in table.cells) else []
        for h, row in enumerate(grid[:-1]):
            tops = {k: label_of(c.text) for k, c in enumerate(row) if c is not None}
            named = [k for k, t in tops.items() if _WORDS["task"].fullmatch(t)]
            columns = _columns(tops, grid[h + 1])
            if named and "spent/all" in columns:
                yield _read(table, grid, h, named[0], columns)
                break


def _columns(tops: Mapping[int, str], below: list[Cell | None]) -> dict[str, int]:
    out: dict[str, int] = {}
    for k, top in tops.items():
        cell = below[k]
        sub = label_of(cell.text) if cell is not None else ""
        for kind, words in _COLUMNS.items():
            if words.fullmatch(top):
                out.setdefault(kind, k)
        for kind, words in _FUNDS.items():
            if _WORDS["spent"].fullmatch(top) and words.fullmatch(sub):
                out.setdefault(kind, k)
    return out


def _read(table: Table, grid: list[list[Cell | None]], h: int, at: int, columns: Mapping[str, int]) -> _Tasks:
    unit = next(
        (m.group(1) for c in grid[h] if c is not None and (m := UNIT_IN.search(fold(c.text)))), "万元"
    )
    rows = []
    for row in grid[h + 2 :]:
        name = row[at]
        cells = {
            kind: c
            for kind, k in columns.items()
            if (c := row[k]) is not None and c.row == (name.row if name else -1)
        }
        if name is None or not fold(name.text) or "spent/all" not in cells:
            continue
        rows.append(_Task(fold(name.text), cells, _WORDS["total"].fullmatch(fold(name.text)) is not None))
    known = unit_named(unit)
    return _Tasks(tuple(rows), known.factor if known else Decimal(1), unit)


@rule("scores.tasks", needs=("tables",), stages=("accounts",))
def against_accounts(case: Case) -> Iterator[Issue]:
    """Money spent on a task named as a function that the accounts' tables do not have in any row of that name."""
    printed: dict[str, list[Fact]] | None = None
    for tasks in _tasks(case):
        printed = printed if printed is not None else _printed(case)
        for column in ("spent/all", "spent/fiscal"):
            yield from _not_there(tasks, column, printed)


def _printed(case: Case) -> dict[str, list[Fact]]:
    """The money of the standard tables by the folded names of their rows."""
    out: dict[str, list[Fact]] = defaultdict(list)
    for t in case.tables:
        if t.table.standard is None or t.table.standard.layout == "form":
            continue
        for f in t.facts():
            if f.amount is not None and f.unit is not None and f.unit.dimension == "money":
                out[fold(f.row.label)].append(f)
    return out


def _not_there(tasks: _Tasks, column: str, printed: Mapping[str, list[Fact]]) -> Iterator[Issue]:
    known = [r for r in tasks.rows if not r.total and r.name in printed and r.amount(column)]
    off = [r for r in known if not _has(printed[r.name], _base(r, column, tasks))]
    if len(known) - len(off) < _ENOUGH or len(off) * _ENOUGH > len(known):
        return
    for r in off:
        cell = r.cells[column]
        base = _base(r, column, tasks)
        near = min(printed[r.name], key=lambda f: abs(f.amount.base - base) if f.amount else base)
        total = _with_it(tasks, column, base - (near.amount.base if near.amount else base), printed)
        places = ((near.text, near.place), *(((c.text, c.place),) if (c := total) is not None else ()))
        yield issue_at(
            "scores.tasks",
            cell.text,
            cell.place,
            *places,
            name=r.name,
            printed=near.text,
            others=len(known) - len(off),
            rows=len(known),
            total=total.text if total is not None else None,
        )


def _base(task: _Task, column: str, tasks: _Tasks) -> Decimal:
    amount = task.amount(column)
    return amount.value * tasks.factor if amount is not None else Decimal(0)


def _has(facts: list[Fact], base: Decimal) -> bool:
    return any(f.amount is not None and abs(f.amount.base - base) <= _CLOSE for f in facts)


def _with_it(tasks: _Tasks, column: str, more: Decimal, printed: Mapping[str, list[Fact]]) -> Cell | None:
    """The printed total, where the accounts have it without what this row has too much."""
    every = [f for facts in printed.values() for f in facts]
    for r in tasks.rows:
        if (
            r.total
            and r.amount(column)
            and _has(every, _base(r, column, tasks) - more)
            and not _has(every, _base(r, column, tasks))
        ):
            return r.cells[column]
    return None


@rule("scores.task_score", needs=("tables",))
def full_points(case: Case) -> Iterator[Issue]:
    """All points for tasks of whose money much was left."""
    for tasks in _tasks(case):
        found = [r for r in tasks.rows if _all_for_little(r)]
        if not found:
            continue
        first, *others = sorted(found, key=lambda r: not r.total)
        shown = tuple(
            arguments(name=r.name, rate=r.cells["rate"].text.strip(), score=r.cells["score"].text.strip())
            for r in (first, *others)[:MOST_NAMED]
        )
        score = first.cells["score"]
        places = ((r.name, r.cells["score"].place) for r in others[: MOST_NAMED - 1])
        more = len(found) - MOST_NAMED
        yield issue_at(
            "scores.task_score",
            score.text,
            score.place,
            *places,
            tasks=shown,
            more=more if more > 0 else None,
        )


def _all_for_little(r: _Task) -> bool:
    weight, rate, score = (r.amount(k) for k in ("weight", "rate", "score"))
    if weight is None or rate is None or score is None or rate.unit != PERCENT:
        return False
    return weight.value > 0 and score.value == weight.value and _HUNDRED - rate.value > _FAR
