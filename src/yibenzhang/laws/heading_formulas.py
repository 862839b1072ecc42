"""Law of printed formulas: columns whose headings say how they are worked out ("小计③=①+②", "实现率(%)⑤=④/③")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yibenzhang.laws.families import Family, Instance, instance
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.laws.rates import rate_of
from yibenzhang.model.patterns import late
from yibenzhang.model.views import View

_MARK = r"[①-⑳]|[(（]\d{1,2}[)）]"
_FORMULA = late(rf"({_MARK})\s*[=＝]\s*(.+)$")
_ALONE = late(rf"(?:{_MARK})$")
_LINEAR = late(rf"(?:{_MARK})(?:[+＋\-－](?:{_MARK}))+")
_RATIO = late(rf"({_MARK})[/÷]({_MARK})(?:[×*xX]100[%％]?)?")
_TERM = late(rf"([+＋\-－]?)({_MARK})")
_MINUS = "-－"

Cells = Mapping[tuple[int, int], Number]
Columns = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """``columns`` are the sum of ``parts`` (sign, columns), or, where ``ratio``, the first over the second in %.

    Several columns are one that a wide heading was printed over: one of them is filled in each row.
    """

    columns: Columns
    parts: tuple[tuple[int, Columns], ...]
    ratio: bool


def formula_families(numbers: Numbers) -> Iterator[Family]:
    """A family for each column whose heading prints a formula over other columns of its view."""
    for position, view in enumerate(numbers.views):
        for formula in formulas_of(view):
            found = list(_instances(view, numbers.of[position], numbers.unreadable[position], formula))
            if found:
                law, rule = ("rate", "rate") if formula.ratio else ("total", "total.columns")
                name = f"{view.table}/{view.panel}/formula/{formula.columns[0]}"
                direction = "rate" if formula.ratio else "columns"
                yield Family(law, rule, name, f"{direction}|formula", found, direction=direction)


def formulas_of(view: View) -> list[Formula]:
    """The formulas of the headings; none where a mark stands for two different columns."""
    marks: dict[str, Columns] = {}
    written: dict[str, str] = {}
    for n, column in enumerate(view.columns):
        heading = column.path[-1] if column.path else ""
        found = _FORMULA.search(heading)
        mark = found.group(1) if found else alone.group() if (alone := _ALONE.search(heading)) else ""
        if not mark:
            continue
        if mark in marks and view.columns[marks[mark][0]].path != column.path:
            return []
        marks[mark] = (*marks.get(mark, ()), n)
        if found:
            written[mark] = found.group(2).replace(" ", "")
    return [f for mark, text in written.items() if (f := _parsed(marks[mark], text, marks)) is not None]


def _parsed(columns: Columns, text: str, marks: Mapping[str, Columns]) -> Formula | None:
    if (ratio := _RATIO.fullmatch(text)) and ratio[1] in marks and ratio[2] in marks:
        return Formula(columns, ((1, marks[ratio[1]]), (1, marks[ratio[2]])), True)
    if not _LINEAR.fullmatch(text):
        return None
    terms = [(-1 if sign and sign in _MINUS else 1, mark) for sign, mark in _TERM.findall(text)]
    if not all(mark in marks for _, mark in terms):
        return None
    return Formula(columns, tuple((sign, marks[mark]) for sign, mark in terms), False)


def _instances(view: View, cells: Cells, lost: set[tuple[int, int]], formula: Formula) -> Iterator[Instance]:
    for r in range(len(view.rows)):
        whole = _filled(cells, r, formula.columns)
        if whole is None or any((r, c) in lost for _, columns in formula.parts for c in columns):
            continue
        parts = [
            (sign, x) for sign, columns in formula.parts if (x := _filled(cells, r, columns)) is not None
        ]
        if not formula.ratio:
            made = instance(whole, parts) if parts else None
        else:
            made = rate_of(whole, parts[0][1], parts[1][1], False) if len(parts) == 2 else None
        if made is not None:
            yield made


def _filled(cells: Cells, row: int, columns: Columns) -> Number | None:
    found = [n for c in columns if (n := cells.get((row, c))) is not None]
    return next((n for n in found if not n.blank), found[0] if found else None)
