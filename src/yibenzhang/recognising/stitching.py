"""Tables that run over several pages become one; the titles and notes around each table are gathered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from yibenzhang.amounts import cell_state
from yibenzhang.documents import Cell, Document, Paragraph, Table
from yibenzhang.standards import fold

_NEAR = 3.5
"""Column edges of two pages this close (points) are the same edge."""
_REACH = 8
"""So many paragraphs before a table may hold its title, unit and body."""
_HEADED = re.compile(r"表$|表[（(].*[）)]$|单位[:：].*元|公开\d+表|附?表\s*-?\d")


@dataclass(frozen=True, slots=True)
class Framed:
    """A whole table with the paragraphs right before it (nearest last) and right after it."""

    table: Table
    before: tuple[Paragraph, ...]
    after: tuple[Paragraph, ...]


def framed_tables(document: Document) -> list[Framed]:
    """The tables of a document in order, continued pages joined."""
    out: list[tuple[Table, list[Paragraph]]] = []
    between: list[Paragraph] = []
    afters: list[list[Paragraph]] = []
    for block in document.blocks():
        if isinstance(block, Paragraph):
            between.append(block)
            continue
        joined = join(out[-1][0], block) if out and not between else None
        if joined is not None:
            out[-1] = (joined, out[-1][1])
            continue
        if afters:
            afters[-1] = between[:3]
        out.append((block, between[-_REACH:]))
        afters.append([])
        between = []
    if afters:
        afters[-1] = between[:3]
    return [Framed(t, tuple(b), tuple(a)) for (t, b), a in zip(out, afters, strict=True)]


def join(first: Table, second: Table) -> Table | None:
    """The second table as the continuation of the first, or None where it is a table of its own."""
    if first.confidence != second.confidence:
        return None
    if first.edges and second.edges:
        if second.pages[0] not in (first.pages[-1], first.pages[-1] + 1):
            return None
        if second.pages[0] == first.pages[-1]:
            return None  # two tables on one page are two tables
        shifted = _aligned(first, second)
        if shifted is None:
            return None
        first, second = shifted
    elif first.columns != second.columns:
        return None
    heads = 0
    a, b = first.texts(), second.texts()
    while heads < min(len(a), len(b), 5) and _same(a[heads], b[heads]):
        heads += 1
    if first.confidence == "tabbed" and heads == 0 and not _numbers(b[0]):
        return None
    cells = [
        replace(c, row=c.row - heads + first.rows, row_span=c.row_span)
        for c in second.cells
        if c.row >= heads
    ]
    old = list(first.cells)
    if heads == 0:
        tail = _cut_row(first, second)
        if tail:
            old = [
                replace(c, text=c.text + tail[c.column])
                if c.row == first.rows - 1 and c.column in tail
                else c
                for c in old
            ]
            cells = [replace(c, row=c.row - 1) for c in cells if c.row > first.rows]
            heads = 1
    return replace(
        first,
        pages=first.pages + tuple(p for p in second.pages if p not in first.pages),
        rows=first.rows + second.rows - heads,
        cells=tuple(old + cells),
    )


def _same(a: list[str], b: list[str]) -> bool:
    return any(fold(x) for x in a) and [fold(x) for x in a] == [fold(x) for x in b] and not _numbers(a)


def _numbers(row: list[str]) -> bool:
    return any((s := cell_state(t)) is not None and s not in ("blank", "dash") for t in row)


def _cut_row(first: Table, second: Table) -> dict[int, str]:
    """The rest of labels whose row the page's end cut in two: {column: text}; empty where none was."""
    if second.rows < 2:
        return {}
    head = [c for c in second.cells if c.row == 0]
    words = [c for c in head if fold(c.text)]
    last = {c.column: c for c in first.cells if c.row + c.row_span == first.rows}
    if len(words) != 1 or any(c.row_span > 1 for c in head) or _numbers([c.text for c in head]):
        return {}
    word = words[0]
    above = last.get(word.column)
    if above is None or not fold(above.text) or len(fold(word.text)) > 6:
        return {}
    if re.match(r"[一二三四五六七八九十廿]+、|[（(]|\d|其中|合计|总计|本年|年[初末]", fold(word.text)):
        return {}
    return {word.column: word.text}


def _aligned(first: Table, second: Table) -> tuple[Table, Table] | None:
    """Both tables on the union of their column edges, or None where the outer edges differ."""
    a, b = first.edges, second.edges
    shift = a[0] - b[0]
    if abs((a[-1] - a[0]) - (b[-1] - b[0])) > 2 * _NEAR:
        return None
    moved = [x + shift for x in b]
    union: list[float] = []
    for x in sorted([*a, *moved]):
        if not union or x - union[-1] > _NEAR:
            union.append(x)
    if len(union) > max(len(a), len(b)):
        return None  # neither is a refinement of the other: different tables
    return _spread(first, list(a), union), _spread(second, moved, union)


def _spread(table: Table, edges: list[float], union: list[float]) -> Table:
    at = [min(range(len(union)), key=lambda k, x=x: abs(union[k] - x)) for x in edges]  # type: ignore[misc]
    cells: list[Cell] = []
    for c in table.cells:
        start, end = at[c.column], at[c.column + c.column_span]
        cells.append(replace(c, column=start, column_span=max(1, end - start)))
    return replace(table, columns=len(union) - 1, cells=tuple(cells), edges=tuple(union))
