"""A notice as a Word file that an office edits, prints and seals."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from docx import Document as NewDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from yibenzhang.drafting.docx import SANS, put_field, set_fonts, set_page, set_styles
from yibenzhang.office.notice_layout import (
    ANNEX_TITLE,
    RECEIPT_COLUMNS,
    RECEIPT_END,
    RECEIPT_TITLE,
    WIDTH,
    Shown,
    is_number,
    pictures_of,
    square,
    title_lines,
    widths,
)
from yibenzhang.office.notice_text import (
    CENTRE,
    FLUSH,
    HEADING,
    LIST,
    RECEIPT,
    RIGHT,
    TITLE,
    Line,
    Notice,
    NoticeItem,
)

_BODY, _SMALL, _DETAIL, _TABLE = 14, 12, 10.5, 9
_MARKED = "FBE3E1"


def notice_docx(notice: Notice) -> bytes:
    """The .docx; the same notice gives the same bytes."""
    document: Any = NewDocument()
    set_styles(document)
    document.styles["Title"].font.size = Pt(20)
    section = document.sections[0]
    set_page(section, False)
    _numbered(section.footer.paragraphs[0])
    pictures = pictures_of(notice.items)
    for k, line in enumerate(notice.lines):
        if line.kind == LIST:
            for item, shown, pointer in zip(notice.items, pictures.inline, pictures.pointers, strict=True):
                _item(document, item, shown, pointer)
        elif line.kind == RECEIPT:
            _receipt(document, notice)
        else:
            before = notice.lines[k - 1].kind if k else ""
            after = RIGHT if any(x.kind == RIGHT for x in notice.lines[k + 1 : k + 3]) else ""
            _line(document, line, before, after)
    if pictures.annex and any(line.kind == LIST for line in notice.lines):
        document.add_page_break()
        document.add_paragraph(ANNEX_TITLE, style="Caption")
        for one in pictures.annex:
            _picture(document, one)
    properties = document.core_properties
    properties.title, properties.author, properties.language = (
        _clean(notice.title)[:250],
        _clean(notice.office)[:250],
        "zh-CN",
    )
    made = datetime(notice.date.year, notice.date.month, notice.date.day)
    properties.created = properties.modified = made
    properties.last_modified_by = ""
    out = io.BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _numbered(paragraph: Any) -> None:
    """— 1 —, as official documents are numbered."""
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    put_field(paragraph, "PAGE")
    paragraph.add_run(" —")


def _undated(data: bytes) -> bytes:
    """The same parts without the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(info))
    return out.getvalue()


def _clean(text: str) -> str:
    """Words without what XML cannot hold."""
    return "".join(c if c.isprintable() or c in "\n\t　" else " " for c in text)


def _line(document: Any, line: Line, before: str, after: str) -> None:
    if line.kind == TITLE:
        paragraph = document.add_paragraph("\n".join(title_lines(_clean(line.text))), style="Title")
        paragraph.paragraph_format.space_after = Pt(10)
        return
    paragraph = document.add_paragraph(style="Body Text")
    run = paragraph.add_run(_clean(line.text))
    run.font.size = Pt(_BODY)
    form = paragraph.paragraph_format
    if line.kind == HEADING:
        set_fonts(run._r, SANS)
        form.keep_with_next = True
        form.space_before = Pt(6)
    elif line.kind == CENTRE:
        _flush(paragraph)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form.space_after = Pt(14)
    elif line.kind == FLUSH:
        _flush(paragraph)
    elif line.kind == RIGHT:
        _flush(paragraph)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        form.right_indent = Cm(1.0)
        form.keep_together = True
        form.space_before = Pt(0 if before == RIGHT else 28)
    if line.kind not in (CENTRE, RIGHT, HEADING):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    form.widow_control = True
    if after == RIGHT:
        form.keep_with_next = True  # a signature never stands alone on a page


def _flush(paragraph: Any) -> None:
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "0")
    indent.set(qn("w:firstLine"), "0")


def _item(document: Any, item: NoticeItem, pictures: tuple[Shown, ...], pointer: str) -> None:
    head = document.add_paragraph(style="Body Text")
    head.paragraph_format.keep_with_next = True
    head.paragraph_format.space_before, head.paragraph_format.space_after = Pt(10), Pt(4)
    head.paragraph_format.line_spacing = 1.25
    run = head.add_run(_clean(item.heading))
    run.font.size, run.font.bold = Pt(_SMALL), True
    for label, words in (*item.details, *([("附图", pointer)] if pointer else [])):
        paragraph = document.add_paragraph()
        form = paragraph.paragraph_format
        form.left_indent, form.first_line_indent = Cm(2.9), Cm(-2.05)
        form.space_after = Pt(2)
        form.line_spacing = 1.2
        form.tab_stops.add_tab_stop(Cm(2.9))
        name = paragraph.add_run(f"{label}\t")
        set_fonts(name._r, SANS)
        name.font.size = Pt(_DETAIL)
        paragraph.add_run(_clean(words)).font.size = Pt(_DETAIL)
    if item.rows:
        _excerpt(document, item)
    for shown in pictures:
        _picture(document, shown)


def _picture(document: Any, shown: Shown) -> None:
    caption = _clean(shown.caption)
    if shown.png:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        form = paragraph.paragraph_format
        form.keep_with_next = True
        form.space_before, form.space_after = Pt(6), Pt(2)
        paragraph.add_run().add_picture(io.BytesIO(shown.png), width=Cm(shown.width))
        paragraph.runs[0]._r.find(".//" + qn("wp:docPr")).set("descr", caption)
    under = document.add_paragraph()
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    under.paragraph_format.space_after = Pt(8)
    under.add_run(caption).font.size = Pt(10)


def _excerpt(document: Any, item: NoticeItem) -> None:
    rows = square(item.rows)
    if not rows[0]:
        return
    cells = _table(document, rows, widths(rows))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            cell = cells[r][c]
            _put(cell, text, bold=r == 0 or (r, c) in item.marked, side=_side(r, text))
            if (r, c) in item.marked:
                _shade(cell, _MARKED)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _side(row: int, text: str) -> Any:
    if row == 0:
        return WD_ALIGN_PARAGRAPH.CENTER
    return WD_ALIGN_PARAGRAPH.RIGHT if is_number(text) else WD_ALIGN_PARAGRAPH.LEFT


def _table(document: Any, rows: list[list[str]], centimetres: list[float]) -> list[list[Any]]:
    """An empty table; its cells, for finding them one by one is slow."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, centimetres, strict=True):
        column.width = Cm(width)
    out = []
    for r, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if r == 0:
            properties.append(OxmlElement("w:tblHeader"))
        cells = list(row.cells)
        for cell, width in zip(cells, centimetres, strict=True):
            cell.width = Cm(width)
        out.append(cells)
    return out


def _put(cell: Any, text: str, bold: bool, side: Any, size: float = _TABLE) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = side
    run = paragraph.add_run(_clean(text))
    run.font.size, run.font.bold = Pt(size), bold


def _high(cell: Any, centimetres: float) -> None:
    cell._tc.getparent().trHeight_val = Cm(centimetres)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _receipt(document: Any, notice: Notice) -> None:
    """A form for the answer: every matter with room beside it."""
    document.add_page_break()
    document.add_paragraph(RECEIPT_TITLE, style="Caption")
    top = document.add_paragraph()
    top.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), alignment=2)
    top.add_run(_clean(f"单位（盖章）：{notice.body}\t{notice.number}")).font.size = Pt(10.5)
    rows = [[name for name, _ in RECEIPT_COLUMNS]]
    rows += [[str(i.number), i.sentence, "", ""] for i in notice.items]
    cells = _table(document, rows, [width for _, width in RECEIPT_COLUMNS])
    for r, row in enumerate(rows):
        if r:
            _high(cells[r][0], 1.3)
        for c, text in enumerate(row):
            side = WD_ALIGN_PARAGRAPH.CENTER if r == 0 or c == 0 else WD_ALIGN_PARAGRAPH.LEFT
            _put(cells[r][c], text, r == 0, side, 10)
    end = document.add_paragraph()
    end.paragraph_format.space_before = Pt(12)
    end.add_run(RECEIPT_END).font.size = Pt(10.5)
