"""Tables without a grid: rows of numbers that stand below one another, with three rules, shaded bands or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.blocks import is_lead
from yibenzhang.reading.fields import STRONG, Field, FieldRow, field_rows
from yibenzhang.reading.glyphs import Glyph, Line, unmapped
from yibenzhang.reading.rules import Rule

_FEWEST_ROWS = 3
_FEWEST_STRONG = 4
_FAR = 3.2
"""Rows of one table follow each other within so many sizes."""
_HEADER_LINES = 4


def may_hold_tables(lines: Sequence[Line]) -> bool:
    """Cheaply: several lines hold two numbers apart from each other, or a name and a number."""
    found = 0
    for line in lines:
        if " " in line.text and STRONG.search(line.text):
            parts = line.text.split(" ")
            found += parse_amount(parts[-1]) is not None
            if found >= _FEWEST_ROWS:
                return True
    return False


def aligned_tables(
    page: int, glyphs: list[Glyph], hs: Sequence[Rule], vs: Sequence[Rule], first: int
) -> tuple[list[Table], list[Glyph]]:
    """The tables among glyphs that stand in no grid, and the glyphs left over. ``hs`` and ``vs``: rules drawn there,
    which part columns and say how far a heading reaches."""
    rows = field_rows(glyphs, vs)
    tables: list[Table] = []
    used: set[int] = set()
    k = 0
    while k < len(rows):
        run = _run(rows, k)
        columns = _columns(rows, run, vs) if run else []
        if not columns:
            k = run[-1] + 1 if run else k + 1
            continue
        start = _header_start(rows, run[0], columns, 0 if not tables else k)
        table = _table(page, first + len(tables), rows[start : run[-1] + 1], run[0] - start, columns, hs)
        tables.append(table)
        used |= {id(g) for row in rows[start : run[-1] + 1] for f in row.fields for g in f.glyphs}
        k = run[-1] + 1
    return tables, [g for g in glyphs if id(g) not in used] if tables else glyphs


def _run(rows: Sequence[FieldRow], start: int) -> list[int]:
    """The rows from ``start`` that are the body of a table: their numbers, with what hangs between them."""
    if not rows[start].of_table:
        return []
    out = [start]
    waiting: list[int] = []
    for k in range(start + 1, len(rows)):
        before, row = rows[(waiting or out)[-1]], rows[k]
        if row.top - before.bottom > _FAR * max(row.size, before.size):
            break
        if row.of_table:
            out += [*waiting, k]
            waiting = []
        elif row.may_hang and len(waiting) < 2:
            waiting.append(k)
        else:
            break
    numbers = [f for k in out for f in rows[k].numbers]
    strong = sum(bool(STRONG.search(f.text)) for f in numbers)
    enough = sum(bool(rows[k].numbers) for k in out) >= _FEWEST_ROWS
    return out if enough and strong >= _FEWEST_STRONG and 2 * strong >= len(numbers) else []


def _columns(rows: Sequence[FieldRow], run: Sequence[int], vs: Sequence[Rule]) -> list[tuple[float, float]]:
    """The columns of a body as intervals; empty where its numbers do not stand below one another."""
    fields = sorted((f for k in run for f in rows[k].fields), key=lambda f: f.x0)
    numeric = _below_one_another([f for f in fields if f.number and STRONG.search(f.text)])
    size = max(rows[k].size for k in run)
    several = [column for column in numeric if len(column) > 1]
    if not numeric or 2 * len(several) < len(numeric) or not all(_level(column, size) for column in several):
        return []
    spans = _spans(fields, numeric, size)
    return spans if len(spans) > 1 else []


def _spans(
    fields: Sequence[Field], numeric: Sequence[Sequence[Field]], size: float
) -> list[tuple[float, float]]:
    """From where to where each column reaches, by its numbers and its words."""
    spans: list[tuple[float, float]] = []
    for f in fields:
        crossing = sum(o[0].x0 < f.x1 and f.x0 < o[0].x1 for o in numeric)
        if crossing > 1:
            continue  # a remark over several columns
        if spans and f.x0 < spans[-1][1] - 0.2 * size:
            spans[-1] = (spans[-1][0], max(spans[-1][1], f.x1))
        else:
            spans.append((f.x0, f.x1))
    return spans


def _below_one_another(fields: Sequence[Field]) -> list[list[Field]]:
    """Fields (from left to right) that overlap, together."""
    out: list[list[Field]] = []
    for f in fields:
        if out and f.x0 < max(o.x1 for o in out[-1]):
            out[-1].append(f)
        else:
            out.append([f])
    return out


def _level(column: Sequence[Field], size: float) -> bool:
    """The numbers of a column end, begin or are centred below one another."""
    for edges in ([f.x1 for f in column], [f.middle for f in column], [f.x0 for f in column]):
        at = sorted(edges)
        middle = at[len(at) // 2]
        if 4 * sum(abs(x - middle) <= 0.6 * size for x in at) >= 3 * len(at):
            return True
    return False


def _header_start(
    rows: Sequence[FieldRow], body: int, columns: Sequence[tuple[float, float]], least: int
) -> int:
    """The first row of the headings above a body: words over its columns, up to a title, a unit or a gap."""
    start = body
    left, right = columns[0][0], columns[-1][1]
    while start > least and body - start < _HEADER_LINES:
        row = rows[start - 1]
        if rows[start].top - row.bottom > _FAR * row.size or row.numbers:
            break
        if any(is_lead(f.text) for f in row.fields) or any(
            f.x0 < left - 40 or f.x1 > right + 40 for f in row.fields
        ):
            break
        if len(row.fields) < 2 and (start == body or not _continues(row.fields[0], rows[start], columns)):
            break
        start -= 1
    while start < body and len(rows[start].fields) < 2:
        start += 1
    return start


def _continues(field: Field, below: FieldRow, columns: Sequence[tuple[float, float]]) -> bool:
    """A lone field right above the headings: the first line of one of them, or a heading over several."""
    over = sum(field.x0 < b and a < field.x1 for a, b in columns)
    title = re.search(r"表$|20\d\d年", field.text)
    return not title and 0 < over < len(columns) and len(field.text) <= 12


def _table(
    page: int,
    index: int,
    rows: Sequence[FieldRow],
    heads: int,
    columns: Sequence[tuple[float, float]],
    hs: Sequence[Rule],
) -> Table:
    edges = [columns[0][0] - 2.0, *((a[1] + b[0]) / 2 for a, b in pairwise(columns)), columns[-1][1] + 2.0]
    cells: list[Cell] = []
    body_at = 0
    if heads:
        header, body_at = _header(page, rows[:heads], edges, columns, hs)
        cells += header
    at = body_at
    for row in rows[heads:]:
        if not row.numbers and cells and _goes_on(row, cells, at - 1, edges, body_at):
            continue
        taken: set[int] = set()
        for field in row.fields:
            c = _column_of(field, edges)
            if c in taken:
                last = cells[-1]
                cells[-1] = _cell(page, at, c, 1, [last.text, field.text], row, edges, field)
                continue
            taken.add(c)
            cells.append(_cell(page, at, c, 1, [field.text], row, edges, field))
        cells += [
            Cell(at, c, 1, 1, "", _place(page, row, edges, c, 1))
            for c in range(len(columns))
            if c not in taken
        ]
        at += 1
    cells.sort(key=lambda c: (c.row, c.column))
    return Table(index, (page,), at, len(columns), tuple(cells), tuple(round(e, 1) for e in edges), "aligned")


def _goes_on(row: FieldRow, cells: list[Cell], at: int, edges: Sequence[float], least: int) -> bool:
    """A line of words alone continues the name above it: put it there."""
    c = _column_of(row.fields[0], edges)
    for k, cell in enumerate(cells):
        if cell.row == at >= least and cell.column == c and cell.text and isinstance(cell.place, PagePlace):
            if row.top - cell.place.bottom > 0.6 * row.size:
                return False
            cells[k] = replace(cell, row_span=1, text=cell.text + row.fields[0].text)
            return True
    return False


def _header(
    page: int,
    rows: Sequence[FieldRow],
    edges: Sequence[float],
    columns: Sequence[tuple[float, float]],
    hs: Sequence[Rule],
) -> tuple[list[Cell], int]:
    """Headings: those over several columns in rows of their own, the lines of all others put together."""
    spanning: list[Cell] = []
    single: dict[int, list[str]] = {}
    tops = 0
    for row in rows:
        over = _placed(row, edges, columns, hs)
        wide = [(f, a, b) for f, a, b in over if b > a + 1]
        for f, a, b in wide:
            spanning.append(_cell(page, tops, a, b - a, [f.text], row, edges, f))
        tops += bool(wide)
        for f, a, b in over:
            if b <= a + 1:
                single.setdefault(a, []).append(f.text)
    last = rows[-1]
    cells = list(spanning)
    covered = {(c.row, k) for c in spanning for k in range(c.column, c.column + c.column_span)}
    for c in range(len(columns)):
        top = next((r for r in range(tops) if all((k, c) not in covered for k in range(r, tops))), tops)
        cells += [
            Cell(r, c, 1, 1, "", _place(page, rows[0], edges, c, 1))
            for r in range(top)
            if (r, c) not in covered
        ]
        text = "".join(single.get(c, ()))
        cells.append(Cell(top, c, tops - top + 1, 1, text, _place(page, last, edges, c, 1)))
    return cells, tops + 1


def _placed(
    row: FieldRow, edges: Sequence[float], columns: Sequence[tuple[float, float]], hs: Sequence[Rule]
) -> list[tuple[Field, int, int]]:
    """The columns [a, b) each heading of a line stands over: in order, one heading a column, as near as can be."""
    reach = [(f, *_reach(f, row, edges, columns, hs)) for f in row.fields]
    alone = [f for f, a, b in reach if b == a + 1]
    wide = {k for _, a, b in reach if b > a + 1 for k in range(a, b)}
    free = [k for k in range(len(columns)) if k not in wide]
    if len(alone) > len(free):
        return reach
    # best[j]: cost and columns of the headings so far, the last of them at or left of free[j]
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * (len(free) + 1)
    for n, f in enumerate(alone):
        after: list[tuple[float, tuple[int, ...]]] = [(float("inf"), ())] * (len(free) + 1)
        for j in range(n + 1, len(free) + 1):
            a, b = columns[free[j - 1]]
            apart = max(a - f.x1, f.x0 - b, 0.0) + 0.3 * min(
                abs(f.x1 - b), abs(f.x0 - a), abs(f.middle - (a + b) / 2)
            )
            taken = (best[j - 1][0] + apart, (*best[j - 1][1], free[j - 1]))
            after[j] = min(after[j - 1], taken)
        best = after
    at = dict(zip(map(id, alone), best[-1][1], strict=True))
    return [(f, at[id(f)], at[id(f)] + 1) if id(f) in at else (f, a, b) for f, a, b in reach]


def _reach(
    field: Field,
    row: FieldRow,
    edges: Sequence[float],
    columns: Sequence[tuple[float, float]],
    hs: Sequence[Rule],
) -> tuple[int, int]:
    """The columns [a, b) a heading stands over: those it covers, or those of the rule drawn right below it."""
    left, right = field.x0, field.x1
    whole = edges[-1] - edges[0]
    for h in hs:
        near = row.bottom - 2 <= h.at <= row.bottom + 0.8 * row.size
        if near and h.start <= field.middle <= h.end and h.end - h.start < 0.8 * whole:
            left, right = min(left, h.start), max(right, h.end)
    covered = [k for k, (a, b) in enumerate(columns) if left < (a + b) / 2 < right]
    if len(covered) > 1:
        return covered[0], covered[-1] + 1
    c = _column_of(field, edges)
    return c, c + 1


def _column_of(field: Field, edges: Sequence[float]) -> int:
    """The column in which most of a field lies."""
    shares = [min(field.x1, b) - max(field.x0, a) for a, b in pairwise(edges)]
    return max(range(len(shares)), key=shares.__getitem__)


def _place(page: int, row: FieldRow, edges: Sequence[float], c: int, wide: int) -> PagePlace:
    return PagePlace(
        page, round(edges[c], 1), round(row.top, 1), round(edges[c + wide], 1), round(row.bottom, 1)
    )


def _cell(
    page: int,
    r: int,
    c: int,
    wide: int,
    texts: Sequence[str],
    row: FieldRow,
    edges: Sequence[float],
    field: Field,
) -> Cell:
    text = " ".join(t for t in texts if t)
    bad = any(unmapped(ch) for ch in text)
    sure = min(g.sure for g in field.glyphs)
    return Cell(
        r, c, 1, wide, text, _place(page, row, edges, c, wide), round(field.x0 - edges[c], 1), bad, sure
    )
