"""Posts, staff and pensioners in the text against the last row of a table that lists them by unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("staff_tables")
_KINDS = {
    "posts": (_WORDS["posts"], _WORDS["posts_head"]),
    "staff": (_WORDS["staff"], _WORDS["staff_head"]),
    "retired": (_WORDS["retired"], _WORDS["retired_head"]),
}
"""What the text says of each, and the heading of its column."""
_BLANK = frozenset({"", "-", "--", "—", "——", "/", "0"})
_HEAD = 3
"""A heading has no more rows."""
_FEWEST = 2
"""So few kinds and units a table has at least, to be one by units."""


@dataclass(frozen=True, slots=True)
class _Total:
    number: int
    place: Place


@rule("counts.table")
def against_staff_tables(case: Case) -> Iterator[Issue]:
    """The one count of a paragraph that differs, where another of it is the table's and the table's own sum holds."""
    for table in case.document.tables():
        totals = _totals(table)
        for p in case.passages if len(totals) >= _FEWEST else ():
            said = {kind: m for kind in totals if (m := _said(p, kind)) is not None}
            wrong = [kind for kind, m in said.items() if int(m["n"]) != totals[kind].number]
            if len(wrong) == 1 and len(said) > 1:
                m, printed = said[wrong[0]], totals[wrong[0]]
                yield issue_at(
                    "counts.table",
                    p.verbatim(m.start(), m.end()).strip(),
                    p.place(m.start("n")),
                    (str(printed.number), printed.place),
                    said=int(m["n"]),
                    printed=str(printed.number),
                )


def _said(p: Passage, kind: str) -> re.Match[str] | None:
    """What a paragraph says of a kind, if it says it once and of no other time or part."""
    found = list(_KINDS[kind][0].finditer(p.text))
    if p.heading or len(found) != 1:
        return None
    before = re.split("[;。]", p.text[: found[0].start()])[-1]
    apart = _WORDS["other"].search(before) or _WORDS["parted"].match(p.text, found[0].end())
    return None if apart else found[0]


def _totals(table: Table) -> dict[str, _Total]:
    """The numbers of the row of the sum by kind, of the columns that come to it."""
    grid = table.grid()
    columns: dict[str, set[int]] = {}
    for row in grid[:_HEAD]:
        for k, cell in enumerate(row):
            text = _WORDS["unit"].sub("", fold(cell.text)) if cell is not None else ""
            for kind in _KINDS:
                if _KINDS[kind][1].fullmatch(text):
                    columns.setdefault(kind, set()).add(k)
    out: dict[str, _Total] = {}
    rows = [row for row in grid if row and row[0] is not None]
    summed = [
        n for n, row in enumerate(rows) if any(_WORDS["total"].fullmatch(_text(c)) for c in row[:_HEAD])
    ]
    if len(summed) != 1 or len(columns) < _FEWEST:
        return {}
    for kind, at in columns.items():
        if len(at) == 1 and (total := _summed(rows, summed[0], *at)) is not None:
            out[kind] = total
    return out


def _summed(rows: Sequence[Sequence[Cell | None]], last: int, column: int) -> _Total | None:
    """The number of the row of the sum in a column, if the others come to it."""
    cell = rows[last][column]
    others = [_text(row[column]) for n, row in enumerate(rows) if n != last]
    numbers = [int(t) for t in others if t.isdigit()]
    words = [t for t in others if not t.isdigit() and t not in _BLANK]
    if cell is None or not _text(cell).isdigit() or len(numbers) < _FEWEST or len(words) > _HEAD:
        return None
    whole = int(_text(cell))
    return _Total(whole, cell.place) if whole and sum(numbers) == whole else None


def _text(cell: Cell | None) -> str:
    return fold(cell.text).replace(",", "") if cell is not None else ""
