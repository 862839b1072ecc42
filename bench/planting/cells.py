"""Errors in the tables, and tables and statements left out; one function for each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from bench.planting.plants import (
    Kind,
    Plant,
    Soil,
    in_cells,
    in_text,
    lost_point,
    swapped_digits,
    wrong_digit,
)
from yibenzhang.model.documents import Cell, Paragraph, Table

_MONEY = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+\.\d\d")
_NOTHING = ("", "0.00", "0")
_STATED = re.compile(
    r"(?:没有|无)(?:使用)?[^。；]{0,16}?(?:预算|拨款|收支|收入|支出|数据)|本表无数据|故本表为空表"
)


def _rows(table: Table) -> dict[int, list[Cell]]:
    rows: dict[int, list[Cell]] = {}
    for cell in sorted(table.cells, key=lambda c: (c.row, c.column)):
        rows.setdefault(cell.row, []).append(cell)
    return rows


def _numbers(row: list[Cell]) -> list[Cell]:
    return [c for c in row if _MONEY.fullmatch(c.text.strip())]


def _told(row: list[Cell]) -> str:
    return " ".join(c.text.strip() for c in row if c.text.strip())


def _each(kind: str, soil: Soil, change: object, random: Random) -> Iterator[Plant]:
    for at, table in soil.tables():
        for row in _rows(table).values():
            for cell in _numbers(row):
                text = cell.text.strip()
                if not float(text.replace(",", "")):
                    continue
                new = change(text, random) if callable(change) else None
                if new and new != text:
                    yield in_cells(kind, at, table, {cell: new}, _told(row))


def digit(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _each("cell_digit", soil, wrong_digit, random)


def swapped(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _each("cell_swapped_digits", soil, swapped_digits, random)


def point(soil: Soil, random: Random) -> Iterator[Plant]:
    yield from _each("cell_lost_point", soil, lambda n, _: lost_point(n), random)


def columns(soil: Soil, random: Random) -> Iterator[Plant]:
    """Two neighbouring numbers of a row in each other's column; one of them may be nothing."""
    for at, table in soil.tables():
        used = {c.column for c in table.cells if _MONEY.fullmatch(c.text.strip())}
        for row in _rows(table).values():
            numbers = [
                c
                for c in row
                if c.column in used
                and c.column_span == 1
                and (_MONEY.fullmatch(c.text.strip()) or c.text.strip() in _NOTHING)
            ]
            for a, b in zip(numbers, numbers[1:], strict=False):
                one, two = a.text.strip(), b.text.strip()
                if b.column - a.column != 1 or one == two or (one in _NOTHING and two in _NOTHING):
                    continue
                yield in_cells("swapped_columns", at, table, {a: b.text, b: a.text}, _told(row))


def rows(soil: Soil, random: Random) -> Iterator[Plant]:
    """Two neighbouring rows with each other's numbers."""
    for at, table in soil.tables():
        found = [r for r in _rows(table).values() if _numbers(r)]
        for above, below in zip(found, found[1:], strict=False):
            one, two = ({c.column: c for c in r} for r in (above, below))
            changed: dict[Cell, str] = {}
            for column in one.keys() & two.keys():
                a, b = one[column], two[column]
                number = _MONEY.fullmatch(a.text.strip()) or _MONEY.fullmatch(b.text.strip())
                if number and a.text.strip() != b.text.strip():
                    changed |= {a: b.text, b: a.text}
            if changed and any(v.strip() not in _NOTHING for v in changed.values()):
                told = all(_restated(soil, at, r) for r in (above, below))
                yield in_cells(
                    "swapped_rows", at, table, changed, f"{_told(above)} / {_told(below)}", not told
                )


def _restated(soil: Soil, at: tuple[int, int], row: list[Cell]) -> bool:
    """Another table or a sentence gives one of the numbers of the row beside its name."""
    names = {c.text.strip() for c in row if re.search(r"[一-鿿]{3}", c.text)}
    numbers = {c.text.strip() for c in _numbers(row)} - {*_NOTHING}
    for where, block in soil.blocks():
        if isinstance(block, Paragraph):
            if any(n in block.text for n in names) and any(v in block.text for v in numbers):
                return True
        elif where != at:
            for other in _rows(block).values():
                texts = {c.text.strip() for c in other}
                if texts & names and texts & numbers:
                    return True
    return False


def missing_row(soil: Soil, random: Random) -> Iterator[Plant]:
    """A row of numbers left out of its list."""
    for at, table in soil.tables():
        for k, row in _rows(table).items():
            labels = [c.text.strip() for c in row if c.text.strip() and not _MONEY.fullmatch(c.text.strip())]
            alone = any(c.row_span > 1 for c in row) or any(
                c.row < k < c.row + c.row_span for c in table.cells
            )
            values = [float(c.text.replace(",", "")) for c in _numbers(row)]
            total = any(re.search(r"[合总小]\s*计|^收入$|^支出$", x) for x in labels)
            if not any(values) or not labels or total or alone:
                continue
            kept = tuple(replace(c, row=c.row - (c.row > k)) for c in table.cells if c.row != k)
            others = [c for c in table.cells if c.row != k]
            spots = tuple(dict.fromkeys(c.place.key for c in others))
            told = tuple(dict.fromkeys(c.text for c in others if _MONEY.fullmatch(c.text.strip())))
            changed = replace(table, cells=kept, rows=table.rows - 1)
            yield Plant("missing_row", ((at, changed),), spots, told, _told(row), "", _told(row))


def table_unit(soil: Soil, random: Random) -> Iterator[Plant]:
    """The unit above a table: 元 for 万元 and the other way round."""
    blocks = list(soil.blocks())
    for k, (at, block) in enumerate(blocks):
        if not isinstance(block, Paragraph):
            continue
        m = re.search(r"单位[:：]\s*(万元|元)", block.text)
        table = next((b for _, b in blocks[k + 1 : k + 3] if isinstance(b, Table)), None)
        if m and table:
            new = "元" if m.group(1) == "万元" else "万元"
            plant = in_text("table_unit", at, block, m.start(1), m.end(1), new, (new,))
            cells = tuple(c.place.key for c in table.cells)
            numbers = any(
                _MONEY.fullmatch(c.text.strip()) and float(c.text.replace(",", "")) for c in table.cells
            )
            if numbers:
                yield replace(
                    plant, spots=(*plant.spots, *cells), words=(new, *(c.text for c in table.cells if c.text))
                )


def missing_table(soil: Soil, random: Random) -> Iterator[Plant]:
    """A table with its title left out; a listing of the contents still names it."""
    blocks = list(soil.blocks())
    for k, (at, block) in enumerate(blocks):
        if not isinstance(block, Table) or k == 0:
            continue
        above = []
        for where, b in reversed(blocks[:k]):
            if not isinstance(b, Paragraph) or len(b.text) > 50:
                break
            above.append((where, b))
            if re.search(r"表(?:（.*）)?\s*$", b.text):
                break
        titles = [b for _, b in above if re.search(r"表(?:（.*）)?\s*$", b.text)]
        if not titles:
            continue  # the rest of a table from the page before
        title = titles[0].text.strip()
        edits = ((at, None), *((w, None) for w, _ in above))
        name = re.sub(r"^.*?[：:]|^20\d\d年(?:度|部门)?", "", title)
        spots = tuple(b.place.key for _, b in blocks if isinstance(b, Paragraph))
        yield Plant("missing_table", edits, spots, (title, name), title, "", title)


def missing_statement(soil: Soil, random: Random) -> Iterator[Plant]:
    """All that says why a table is empty left out."""
    for at, table in soil.tables():
        cells = [c for r in _rows(table).values() for c in _numbers(r)]
        title = _title(soil, at)
        subject = "政府性基金" if "基金" in title else "国有资本" if "国有资本" in title else ""
        if not subject or any(float(c.text.replace(",", "")) for c in cells):
            continue
        edits: list[tuple[tuple[int, int], Paragraph | Table | None]] = []
        for where, p in soil.paragraphs():
            near = where[0] == at[0] and 0 < where[1] - at[1] <= 2
            if _STATED.search(p.text) and (subject in p.text or near) and len(p.text) < 80:
                edits.append((where, None))
        inside = [c for c in table.cells if _STATED.search(c.text)]
        if inside:
            edits.append(
                (
                    at,
                    replace(
                        table, cells=tuple(replace(c, text="") if c in inside else c for c in table.cells)
                    ),
                )
            )
        if edits:
            heads = (p.place.key for _, p in soil.paragraphs() if p.text.strip() == title)
            spots = (*(c.place.key for c in table.cells), *(c.place.key for c in inside), *heads)
            yield Plant("missing_statement", tuple(edits), spots, (title, subject), title, "", title)


def _title(soil: Soil, at: tuple[int, int]) -> str:
    """The last short line above a table that ends on 表."""
    found = ""
    for where, block in soil.blocks():
        if where == at:
            return found
        if isinstance(block, Paragraph) and re.search(r"表\s*$", block.text) and len(block.text) < 60:
            found = block.text.strip()
    return found


KINDS: dict[str, Kind] = {
    "cell_digit": digit, "cell_swapped_digits": swapped, "cell_lost_point": point, "swapped_columns": columns,
    "swapped_rows": rows, "missing_row": missing_row, "table_unit": table_unit, "missing_table": missing_table,
    "missing_statement": missing_statement,
}  # fmt: skip
