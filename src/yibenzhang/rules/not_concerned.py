"""Tables said to be empty because nothing concerns the body, where another table has figures; meetings among the
trainings of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from yibenzhang.model.documents import Cell
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import amount_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_LINES = 200
"""A whole number below this may count the lines of the table."""
_MANY = 10_000
_LONGEST = 30
"""A row's name has no more letters."""


@rule("presence.not_concerned", needs=("tables",))
def not_concerned(case: Case) -> Iterator[Issue]:
    """A list of tables that calls one empty (不涉及), and a row of another table that has an amount of its subject."""
    lists = case.standards.lists
    asked, none = (late("|".join(lists[k])) for k in ("empty_asked", "empty_because"))
    for subject, cell in _denied(case, asked, none).items():
        found = _figure(case, subject, cell)
        if found is not None and not _has_form(case, found[1]):
            label, amount, table = found
            yield issue_at(
                "presence.not_concerned",
                cell.text.strip(),
                cell.place,
                (f"{label.text.strip()}{amount.text.strip()}", amount.place),
                row=label.text.strip(),
                amount=amount.text.strip(),
                table=table or None,
            )


def _denied(case: Case, asked: re.Pattern[str], none: re.Pattern[str]) -> dict[str, Cell]:
    """The cells that name tables said not to concern the body, by what these tables are about."""
    out: dict[str, Cell] = {}
    for t in case.tables:
        rows = _rows(t.table.table.cells)
        if not any(asked.search(fold(c.text)) for row in list(rows.values())[:2] for c in row):
            continue
        for row in rows.values():
            texts = [fold(c.text) for c in row]
            if not any(none.search(x) for x in texts[1:]):
                continue
            for subject in case.standards.lists["empty_subjects"]:
                named = next(
                    (c for c in row if subject in fold(c.text) and not none.search(fold(c.text))), None
                )
                if named is not None:
                    out.setdefault(subject, named)
    return out


def _has_form(case: Case, printed: Cell) -> bool:
    """A goals form has just this amount, in whatever unit: what is asked for stands in another table of goals."""
    amount = amount_of(printed.text)
    years = {f.year.amount.base for f in case.forms if f.year is not None and f.year.amount is not None}
    return amount is not None and not years.isdisjoint({amount.value, amount.value * _MANY})


def _rows(cells: Sequence[Cell]) -> Mapping[int, list[Cell]]:
    out: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.text.strip():
            out.setdefault(cell.row, []).append(cell)
    return out


def _figure(case: Case, subject: str, own: Cell) -> tuple[Cell, Cell, str] | None:
    """A row named by the subject with an amount above nothing beside it, in a table that is not the list itself."""
    for t in case.tables:
        cells = t.table.table.cells
        if any(c is own for c in cells):
            continue
        for row in _rows(cells).values():
            for label, beside in zip(row, row[1:], strict=False):
                if subject not in fold(label.text) or len(fold(label.text)) > _LONGEST:
                    continue
                amount = amount_of(beside.text) if beside.column > label.column else None
                line = amount is not None and not amount.decimals and amount.value < _LINES
                if amount is not None and not line and amount.value > 0 and beside.column - label.column <= 1:
                    return label, beside, t.table.name
    return None


@rule("names.meeting", stages=("budget",))
def meetings(case: Case) -> Iterator[Issue]:
    """A meeting among the trainings of a list of trainings: the two are paid from different items."""
    lists = case.standards.lists
    meeting, training = (late("|".join(lists[k])) for k in ("meeting_names", "training_names"))
    for view in case.views:
        title = fold(view.title)
        if lists["training_list"][0] not in title or any(w in title for w in lists["training_list"][1:]):
            continue
        for k, row in enumerate(view.rows):
            name = fold(row.label)
            fact = next((f for (r, _), f in sorted(view.cells.items()) if r == k and f.amount), None)
            if fact is not None and meeting.search(name) and not training.search(name):
                yield issue_at("names.meeting", row.label, fact.place, table=view.title)
