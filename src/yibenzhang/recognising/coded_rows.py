"""Rows of a table that print a classification code with its name, in whatever form: in one cell (`2010301 name`,
`[2010301]name`), in two, or the code in a column for each level. Independent of what the table is known to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place

_TOGETHER = late(r"[\[【(（]?(?P<code>\d{3,7})[\]】)）]?[-—－–_:：]*(?P<name>[^\d.,，%].*)")
_CODE = late(r"[\[【(（]?(?P<code>\d{3,7})[\]】)）]?")
_PART = late(r"\d{2}")
_OPENS = frozenset("0123456789０１２３４５６７８９[【(（")
_NAME = late(r"[^\d]*[\u4e00-\u9fff]{2}.*")
_BLANKS = 2
"""So many blank cells may stand between a code and its name."""


@dataclass(frozen=True, slots=True)
class CodedRow:
    """A code and the name that the same row prints for it. ``column`` is that of the code's first cell."""

    row: int
    column: int
    code: str
    name: str
    place: Place


def coded_rows(table: Table) -> tuple[CodedRow, ...]:
    """All coded rows of a table in order; a row may have several, in panels side by side."""
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if not cell.unreadable:
            by_row.setdefault(cell.row, []).append(cell)
    return tuple(
        found for r in sorted(by_row) for found in _of_row(sorted(by_row[r], key=lambda c: c.column))
    )


def _of_row(cells: list[Cell]) -> Iterator[CodedRow]:
    texts = ["".join(c.text.split()) for c in cells]
    at = 0
    while at < len(cells):
        code, name, last = _coded(texts, at)
        if code and name:
            yield CodedRow(cells[at].row, cells[at].column, code, name, cells[last].place)
        at = last + 1


def _coded(texts: list[str], at: int) -> tuple[str, str, int]:
    """The code that stands at ``at``, its name, and the last place that either takes; empty where there is none."""
    if texts[at][:1] not in _OPENS:
        return "", "", at
    if (m := _TOGETHER.fullmatch(texts[at])) and _NAME.fullmatch(m["name"]):
        return m["code"], m["name"], at
    m = _CODE.fullmatch(texts[at])
    if m is None:
        return "", "", at
    code = m["code"]
    while len(code) in (3, 5) and _PART.fullmatch(_at(texts, at + 1)):
        at += 1
        code += texts[at]
    for _ in range(_BLANKS):
        if at + 1 < len(texts) and not texts[at + 1]:
            at += 1
    if _NAME.fullmatch(_at(texts, at + 1)):
        return code, texts[at + 1], at + 1
    return code, "", at


def _at(texts: list[str], k: int) -> str:
    return texts[k] if k < len(texts) else ""
