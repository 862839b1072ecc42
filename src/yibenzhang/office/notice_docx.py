"""A notice as a Word file that an office edits, prints and seals."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from docx import Document as NewDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from yibenzhang.drafting.docx import SANS, put_field, set_fonts, set_page, set_styles
from yibenzhang.office.notice_pictures import WIDTH, Album
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

_BODY, _SMALL, _TABLE = 14, 12, 9
_MARKED = "FBE3E1"
RECEIPT_COLUMNS = (
    ("序号", 1.4),
    ("问题", 7.0),
    ("整改情况（已更正、不需更正的理由）", 6.2),
    ("更正后的数", 2.6),
)
MAX_COLUMNS = 12


def notice_docx(notice: Notice) -> bytes:
    """The .docx; the same notice gives the same bytes."""
    document: Any = NewDocument()
    set_styles(document)
    document.styles["Title"].font.size = Pt(20)
    section = document.sections[0]
    set_page(section, False)
    _numbered(section.footer.paragraphs[0])
    album = Album()
    for k, line in enumerate(notice.lines):
        if line.kind == LIST:
            for item in notice.items:
                _item(document, item, album)
        elif line.kind == RECEIPT:
            _receipt(document, notice)
        else:
            _line(document, line, k > 0 and notice.lines[k - 1].kind != RIGHT)
    properties = document.core_properties
    properties.title, properties.author, properties.language = (
        notice.title[:250],
        notice.office[:250],
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
    return "".join(c if c.isprintable() or c in "\n　" else " " for c in text)


def _line(document: Any, line: Line, above: bool) -> None:
    if line.kind == TITLE:
        paragraph = document.add_paragraph(_clean(line.text), style="Title")
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
        form.space_before = Pt(30 if above else 0)
    if line.kind not in (CENTRE, RIGHT, HEADING):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    form.widow_control = True


def _flush(paragraph: Any) -> None:
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "0")
    indent.set(qn("w:firstLine"), "0")


def _item(document: Any, item: NoticeItem, album: Album) -> None:
    head = document.add_paragraph(style="Body Text")
    head.paragraph_format.keep_with_next = True
    head.paragraph_format.space_before = Pt(8)
    run = head.add_run(_clean(item.heading))
    run.font.size, run.font.bold = Pt(_SMALL), True
    for label, words in item.details:
        paragraph = document.add_paragraph()
        form = paragraph.paragraph_format
        form.left_indent, form.first_line_indent = Cm(2.9), Cm(-2.05)
        form.space_after = Pt(2)
        form.line_spacing = 1.25
        form.tab_stops.add_tab_stop(Cm(2.9))
        name = paragraph.add_run(f"{label}\t")
        set_fonts(name._r, SANS)
        name.font.size = Pt(10.5)
        paragraph.add_run(_clean(words)).font.size = Pt(10.5)
    if item.rows:
        _excerpt(document, item)
    for shown in album.of(item):
        if shown.png:
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_before = Pt(6)
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run().add_picture(io.BytesIO(shown.png), width=Cm(shown.width))
            drawing = paragraph.runs[0]._r.find(".//" + qn("wp:docPr"))
            drawing.set("descr", _clean(f"问题 {item.number}：{shown.caption}"))
        caption = document.add_paragraph()
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.space_after = Pt(8)
        caption.add_run(_clean(shown.caption)).font.size = Pt(10)


def _excerpt(document: Any, item: NoticeItem) -> None:
    columns = min(MAX_COLUMNS, max(len(r) for r in item.rows))
    table = document.add_table(rows=len(item.rows), cols=columns, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for r, row in enumerate(item.rows):
        properties = table.rows[r]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        cells = table.rows[r].cells
        for c, text in enumerate(row[:columns]):
            _put(cells[c], text, bold=r == 0 or (r, c) in item.marked, number=r > 0 and is_number(text))
            if (r, c) in item.marked:
                _shade(cells[c], _MARKED)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def is_number(text: str) -> bool:
    """A cell that stands at the right of its column."""
    digits = text.replace(",", "").replace(".", "").replace("-", "").replace("%", "")
    return digits.isdigit() and digits.isascii()


def _put(cell: Any, text: str, bold: bool = False, number: bool = False, size: float = _TABLE) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(_clean(text))
    run.font.size, run.font.bold = Pt(size), bold
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _receipt(document: Any, notice: Notice) -> None:
    """A form for the answer: every matter with room beside it."""
    document.add_page_break()
    document.add_paragraph("整改情况反馈表", style="Caption")
    top = document.add_paragraph()
    top.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), alignment=2)
    top.add_run(_clean(f"单位（盖章）：{notice.body}\t{notice.number}")).font.size = Pt(10.5)
    table = document.add_table(rows=1 + len(notice.items), cols=len(RECEIPT_COLUMNS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    rows = [[name for name, _ in RECEIPT_COLUMNS]]
    rows += [[str(i.number), i.sentence, "", ""] for i in notice.items]
    for r, row in enumerate(rows):
        line = table.rows[r]
        properties = line._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if r == 0:
            properties.append(OxmlElement("w:tblHeader"))
        else:
            line.height = Cm(1.3)
        for c, text in enumerate(row):
            line.cells[c].width = Cm(RECEIPT_COLUMNS[c][1])
            _put(line.cells[c], text, bold=r == 0, size=10)
    end = document.add_paragraph()
    end.paragraph_format.space_before = Pt(12)
    end.add_run(RECEIPT_END).font.size = Pt(10.5)


RECEIPT_END = "填表人：　　　　　　　　联系电话：　　　　　　　　填表日期：　　　　年　　月　　日"
