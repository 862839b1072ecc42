"""A draft as a workbook: a sheet for every table, numbers as numbers, and one for the text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from yibenzhang.drafting.parts import LABELS, LEFT, UP, Draft, Grid, Heading
from yibenzhang.drafting.text import contents, span
from yibenzhang.model.amounts import parse_amount

_THIN = Border(*(Side(style="thin"),) * 4)


def write_xlsx(draft: Draft, path: Path) -> None:
    """Write the draft. Raises OSError where the file cannot be written."""
    book = Workbook()
    front = book.active
    assert front is not None
    front.title = "封面"
    for r, line in enumerate(draft.cover, 6):
        front.cell(r, 1, line).font = Font(size=22, bold=True)
    front.column_dimensions["A"].width = 80
    for r, line in enumerate(["目 录", *contents(draft)], 10):
        front.cell(r, 1, line)
    names: set[str] = {"封面"}
    text: Any = None
    row = 1
    for part in draft.parts:
        if isinstance(part, Grid):
            text = None
            _grid(book.create_sheet(_name(part.title, names)), part)
            continue
        if text is None:
            text = book.create_sheet(_name("正文", names))
            text.column_dimensions["A"].width = 110
            row = 1
        cell = text.cell(row, 1, part.text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if isinstance(part, Heading):
            cell.font = Font(bold=True, size=14 if part.level == 0 else 12)
        row += 1
    book.properties.title, book.properties.creator = draft.title, draft.body
    book.save(path)


def _name(title: str, used: set[str]) -> str:
    """A sheet name of at most 31 characters that was not used yet."""
    base = re.sub(r"[\\/*?:\[\]]", "", title)[:27] or "表"
    name, n = base, 2
    while name in used:
        name, n = f"{base}{n}", n + 1
    used.add(name)
    return name


def _grid(ws: Any, grid: Grid) -> None:
    columns = len(grid.columns)
    r = _above(ws, grid)
    lines = (*grid.header, *grid.rows)
    widths = grid.widths or (1.0,) * columns
    for c, width in enumerate(widths, 1):
        ws.column_dimensions[get_column_letter(c)].width = max(9.0, 110 * width / sum(widths))
    for k, line in enumerate(lines):
        for c, text in enumerate(line):
            cell = ws.cell(r + k, c + 1)
            cell.border = _THIN
            if text in (LEFT, UP):
                continue
            wide, high = span(lines, k, c)
            _fill(cell, text, k < len(grid.header), grid.columns[c] in LABELS, wide > 1)
            if wide > 1 or high > 1:
                ws.merge_cells(
                    start_row=r + k, start_column=c + 1, end_row=r + k + high - 1, end_column=c + wide
                )
    if grid.note:
        ws.cell(r + len(lines), 1, grid.note)
    ws.print_title_rows = f"{r}:{r + max(len(grid.header), 1) - 1}"
    ws.page_setup.orientation = "landscape" if grid.landscape else "portrait"
    ws.page_setup.paperSize = ws.PAPERSIZE_A4
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
    ws.sheet_properties.pageSetUpPr.fitToPage = True


def _above(ws: Any, grid: Grid) -> int:
    """What stands above a table: its number, title, holder and unit; the row where the table begins."""
    columns = len(grid.columns)
    r = 1
    if grid.above:
        ws.cell(r, 1, grid.above)
        r += 1
    ws.cell(r, 1, grid.title).font = Font(bold=True, size=14)
    ws.cell(r, 1).alignment = Alignment(horizontal="center")
    ws.merge_cells(start_row=r, start_column=1, end_row=r, end_column=columns)
    r += 1
    if grid.holder or grid.unit:
        ws.cell(r, 1, grid.holder or None)
        unit = ws.cell(r, columns, f"单位：{grid.unit}" if grid.unit else None)
        unit.alignment = Alignment(horizontal="right")
        r += 1
    return r


def _fill(cell: Any, text: str, header: bool, label: bool, wide: bool) -> None:
    """The words or the number of a cell, and how it looks."""
    amount = None if header or label else parse_amount(text)
    if amount is not None and amount.unit is None:
        cell.value = amount.value
        cell.number_format = "#,##0.00" if amount.decimals == 2 else "General"
    else:
        cell.value = text or None
        cell.number_format = "@"
    side = "center" if header or wide else "left" if label else "right"
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    cell.font = Font(bold=header, size=10)
