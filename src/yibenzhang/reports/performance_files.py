"""A self-assessment or monitoring as Word and Excel."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from docx import Document as NewDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from yibenzhang.drafting.docx import set_page, set_styles
from yibenzhang.office.spreadsheets import put
from yibenzhang.reports.performance_words import Paper, Table

_SMALL = 9
_WIDTHS = (10, 12, 22, 12, 14, 8, 9, 12, 26, 20)
_SIDE = Side("thin", color="9FB0C6")
_LINE = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_HEAD = PatternFill("solid", fgColor="E9EEF5")


def as_docx(paper: Paper, landscape: bool = True) -> bytes:
    """The document as Word, in the styles of the other documents."""
    document: Any = NewDocument()
    set_styles(document)
    set_page(document.sections[0], landscape)
    document.add_paragraph(paper.title, style="Title")
    _centred(document, paper.below)
    if paper.pairs:
        _grid(document, Table((), paper.pairs, frozenset()), (4.5, 20.0 if landscape else 12.0))
        document.add_paragraph()
    for section in paper.sections:
        if section.heading:
            document.add_heading(section.heading, 1)
        for line in section.lines:
            document.add_paragraph(line)
        if section.table is not None:
            _grid(document, section.table)
    document.add_paragraph(paper.foot).runs[0].font.size = Pt(_SMALL)
    document.core_properties.title = paper.title
    document.core_properties.language = "zh-CN"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _centred(document: Any, text: str) -> None:
    line = document.add_paragraph(text)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.first_line_indent = Pt(0)


def _grid(document: Any, table: Table, widths: Sequence[float] = ()) -> None:
    rows = ([table.heads] if table.heads else []) + list(table.rows)
    if not rows:
        return
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    made.style = "Table Grid"
    made.autofit = not widths
    if table.heads:
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        made.rows[0]._tr.get_or_add_trPr().append(repeated)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            cell = made.cell(r, c)
            if widths:
                cell.width = Cm(widths[c])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.first_line_indent = Pt(0)
            run = paragraph.add_run(text)
            run.font.size = Pt(_SMALL)
            run.font.bold = bool(table.heads and r == 0) or (not table.heads and c == 0)
            if c in table.numbers and r:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def as_xlsx(paper: Paper) -> bytes:
    """The tables as one sheet, ready to print on A4 across."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = paper.title[:28]
    for k, width in enumerate(_WIDTHS):
        sheet.column_dimensions[chr(ord("A") + k)].width = width
    put(sheet, 1, 1, paper.title).font = Font(bold=True, size=14)
    put(sheet, 2, 1, paper.below)
    r = 3
    for name, value in paper.pairs:
        put(sheet, r, 1, name).font = Font(bold=True)
        put(sheet, r, 3, value).alignment = Alignment(wrap_text=False, vertical="top")
        r += 1
    for section in paper.sections:
        if section.table is not None:
            r = _rows(sheet, r + 1, section.table)
    put(sheet, r + 1, 1, paper.foot)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(sheet: Any, first: int, table: Table) -> int:
    for r, row in enumerate((table.heads, *table.rows), start=first):
        for c, text in enumerate(row, start=1):
            cell = put(sheet, r, c, _value(text) if c - 1 in table.numbers and r > first else text)
            cell.border = _LINE
            cell.alignment = Alignment(
                wrap_text=True, vertical="top", horizontal="right" if c - 1 in table.numbers else None
            )
            if r == first:
                cell.font, cell.fill = Font(bold=True), _HEAD
    return first + 1 + len(table.rows)


def _value(text: str) -> str | Decimal:
    """A number that Excel can add up; what is none stays a text."""
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
