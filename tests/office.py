"""The example disclosures as Word, Excel, HTML and CSV files, made from the same content by other libraries."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

import docx
import xlwt
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import make_examples
from make_examples import PLANTED, clean_documents, with_errors

Spanned = tuple[int, int, int, int, str]  # row, column, rows, columns, text


@lru_cache(maxsize=1)
def documents() -> dict[str, make_examples.Document]:
    """Every shipped example by its file name."""
    clean = clean_documents()
    out = dict(clean)
    for name, (source, slips) in PLANTED.items():
        out[name] = with_errors(clean[source], slips)[0]
    return out


def spanned(grid: list[list[str]]) -> list[Spanned]:
    """Cells with their spans; "<" and "^" belong to the cell at their left and above."""
    out = []
    for i, row in enumerate(grid):
        for j, text in enumerate(row):
            if text in ("<", "^"):
                continue
            wide = next((k for k in range(1, len(row) - j) if row[j + k] != "<"), len(row) - j)
            high = next((k for k in range(1, len(grid) - i) if grid[i + k][j] != "^"), len(grid) - i)
            out.append((i, j, high, wide, text))
    return out


def grid_of(table: make_examples.Table) -> list[Spanned]:
    head = len(table.header)
    body = [(r + head, c, h, w, t) for r, c, h, w, t in spanned(table.rows)]
    return [*spanned(table.header), *body]


def as_docx(doc: make_examples.Document) -> bytes:
    book = docx.Document()
    for line in doc.cover:
        book.add_paragraph(line)
    book.add_paragraph("目 录")
    for p in [*doc.before, *doc.after]:
        if p[0] == "#":
            book.add_paragraph(p.lstrip("# ") + "\t1")
    for p in doc.before:
        book.add_paragraph(p.lstrip("# "))
    for table in doc.tables:
        for text in (table.above, table.title, doc.label, f"单位：{table.unit}"):
            if text:
                book.add_paragraph(text)
        columns = len((table.header or table.rows)[0])
        made = book.add_table(len(table.header) + len(table.rows), columns)
        flat = list(made._cells)
        for r, c, h, w, text in grid_of(table):
            cell = flat[r * columns + c]
            cell.paragraphs[0].add_run(text)
            if h > 1 or w > 1:
                cell.merge(flat[(r + h - 1) * columns + c + w - 1])
        if table.note:
            book.add_paragraph(table.note)
        book.add_paragraph("")
    for p in doc.after:
        book.add_paragraph(p.lstrip("# "))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_xlsx(doc: make_examples.Document, borders: bool = True, texts: bool = False) -> bytes:
    """One sheet for the cover, one for the prose, one for each table with its title inside the sheet."""
    book = Workbook()
    cover: Any = book.active
    cover.title = "封面"
    for r, line in enumerate(doc.cover, 3):
        cover.cell(r * 3, 1, line)
    words = book.create_sheet("目录")
    words.cell(1, 1, "目  录")
    for r, p in enumerate([p for p in [*doc.before, *doc.after] if p[0] == "#"], 3):
        words.cell(r, 1, p.lstrip("# ") + "……………")
    _prose(book, "编制说明", doc.before)
    thin = Side(style="thin")
    for n, table in enumerate(doc.tables, 1):
        sheet: Any = book.create_sheet(f"{n}")
        columns = len((table.header or table.rows)[0])
        last = get_column_letter(columns)
        sheet.cell(1, 1, table.above)
        sheet.cell(2, 1, table.title)
        sheet.merge_cells(f"A2:{last}2")
        if doc.label:
            sheet.cell(3, 1, doc.label)
        sheet.cell(3, columns, f"单位：{table.unit}")
        for r, c, h, w, text in grid_of(table):
            cell = sheet.cell(r + 5, c + 1)
            _put(cell, text, texts or r < len(table.header))
            cell.alignment = Alignment(wrap_text=True)
            if h > 1 or w > 1:
                sheet.merge_cells(start_row=r + 5, start_column=c + 1, end_row=r + 4 + h, end_column=c + w)
        high = len(table.header) + len(table.rows)
        if borders:
            for row in sheet.iter_rows(min_row=5, max_row=4 + high, max_col=columns):
                for cell in row:
                    cell.border = Border(thin, thin, thin, thin)
        if table.note:
            sheet.cell(6 + high, 1, table.note)
    _prose(book, "其他说明", doc.after)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Any, text: str, as_text: bool) -> None:
    """Amounts as numbers with the format that prints them so; codes and words as text."""
    if not as_text and re.fullmatch(r"-?[\d,]+\.\d\d", text):
        cell.value = float(Decimal(text.replace(",", "")))
        cell.number_format = "#,##0.00" if "," in text or len(text) < 7 else "0.00"
    else:
        cell.value = text or None


def _prose(book: Workbook, name: str, paragraphs: list[str]) -> None:
    if not paragraphs:
        return
    sheet: Any = book.create_sheet(name)
    for r, p in enumerate(paragraphs, 1):
        sheet.cell(r, 1, p.lstrip("# "))
        sheet.merge_cells(f"A{r}:H{r}")


def as_html(doc: make_examples.Document, encoding: str = "utf-8", inside: bool = False) -> bytes:
    """A notice on a government site: menus around it, the prose in paragraphs, the tables below."""
    menu = "".join(
        f'<li><a href="/{k}.html">{k}</a></li>' for k in ("首页", "政务公开", "办事服务", "互动交流")
    )
    title = "".join(doc.cover)
    out = [
        f'<!DOCTYPE html><html><head><meta charset="{encoding}"><title>{title}_市人民政府门户网站</title>',
        "<style>td{border:1px solid}</style></head><body>",
        f'<div class="top"><ul>{menu}</ul></div><div class="path">您的位置：<a href="/">首页</a> &gt; 公开</div>',
        f'<table width="100%"><tr><td width="20%"><ul>{menu}</ul></td><td>',
        "<div id=content>", *(f"<p>{escape(line)}</p>" for line in doc.cover), "<p>目 录</p>",
    ]  # fmt: skip
    out += [f"<p>{escape(p.lstrip('# '))}</p>" for p in [*doc.before, *doc.after] if p[0] == "#"]
    out += [f"<p>　　{escape(p.lstrip('# '))}</p>" for p in doc.before]
    for table in doc.tables:
        columns = len((table.header or table.rows)[0])
        lead = [t for t in (table.above, table.title, doc.label, f"单位：{table.unit}") if t]
        if not inside:
            out += [f"<p align=center><b>{escape(t)}</b></p>" for t in lead]
        out.append("<table border=1><tbody>")
        if inside:
            out += [f"<tr><td colspan={columns}>{escape(t)}</td></tr>" for t in lead]
        rows: dict[int, list[str]] = {}
        for r, _, h, w, text in grid_of(table):
            rows.setdefault(r, []).append(
                f'<td rowspan="{h}" colspan="{w}"><p><span>{escape(text)}</span>&nbsp;</p></td>'
            )
        out += [f"<tr>{''.join(cells)}</tr>" for _, cells in sorted(rows.items())]
        out.append("</tbody></table>")
        out += [f"<p>{escape(table.note)}</p>"] if table.note else []
    out += [f"<p>　　{escape(p.lstrip('# '))}</p>" for p in doc.after]
    out.append(
        "</div></td></tr></table><div class=foot>版权所有：市人民政府 备案号：ICP备0000号</div></body></html>"
    )
    return "\n".join(out).encode(encoding, "xmlcharrefreplace")


def as_csv(doc: make_examples.Document, encoding: str = "gb18030") -> bytes:
    """The tables of a disclosure one below the other, as a sheet saved as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    for table in doc.tables:
        writer.writerow([table.title])
        writer.writerow(
            [doc.label, *[""] * (len((table.header or table.rows)[0]) - 2), f"单位：{table.unit}"]
        )
        for row in [*table.header, *table.rows]:
            writer.writerow([re.sub(r"^[<^]$", "", cell) for cell in row])
        writer.writerow([])
    return out.getvalue().encode(encoding)


def as_xls(doc: make_examples.Document) -> bytes:
    """The same workbook in the old binary kind."""
    old = xlwt.Workbook()
    new = load_workbook(io.BytesIO(as_xlsx(doc)))
    for sheet in new:
        made = old.add_sheet(sheet.title)
        spans = {(m.min_row, m.min_col): m for m in sheet.merged_cells.ranges}
        inside = {(r, c) for m in spans.values() for r, c in m.cells} - set(spans)
        for row in sheet.iter_rows():
            for cell in row:
                at = (cell.row, cell.column)
                if at in inside:
                    continue
                style = xlwt.XFStyle()
                style.num_format_str = cell.number_format
                if cell.border.left.style:
                    style.borders.left = style.borders.right = xlwt.Borders.THIN
                if at in spans:
                    m = spans[at]
                    made.write_merge(
                        m.min_row - 1, m.max_row - 1, m.min_col - 1, m.max_col - 1, cell.value, style
                    )
                elif cell.value is not None or cell.border.left.style:
                    made.write(cell.row - 1, cell.column - 1, cell.value, style)
    out = io.BytesIO()
    old.save(out)
    return out.getvalue()


VARIANTS: dict[str, Callable[[make_examples.Document], bytes]] = {
    ".docx": as_docx,
    ".xlsx": as_xlsx,
    "-plain.xlsx": lambda d: as_xlsx(d, borders=False, texts=True),
    ".html": as_html,
    "-gbk-inside.html": lambda d: as_html(d, "gb2312", inside=True),
    ".xls": as_xls,
}

__all__ = ["VARIANTS", "OxmlElement", "as_docx", "as_html", "as_xlsx", "documents", "qn"]
