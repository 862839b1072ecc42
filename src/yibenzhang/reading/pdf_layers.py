"""What lies on and beside the pages of a PDF: fields and notes painted over them, layers, attached files."""

from __future__ import annotations

import re
import zlib

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from yibenzhang.model.documents import ReadingNotice

_OFF = re.compile(rb"/OFF\s*\[\s*\d|/BaseState\s*/OFF")
_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)
_MOST_STREAM = 4_000_000
_MOST_STREAMS = 2000
_PAINTED = frozenset(
    {
        raw.FPDF_ANNOT_WIDGET,
        raw.FPDF_ANNOT_FREETEXT,
        raw.FPDF_ANNOT_STAMP,
        raw.FPDF_ANNOT_XFAWIDGET,
        raw.FPDF_ANNOT_LINE,
        raw.FPDF_ANNOT_SQUARE,
        raw.FPDF_ANNOT_CIRCLE,
        raw.FPDF_ANNOT_POLYGON,
        raw.FPDF_ANNOT_POLYLINE,
        raw.FPDF_ANNOT_INK,
        raw.FPDF_ANNOT_CARET,
        raw.FPDF_ANNOT_REDACT,
        raw.FPDF_ANNOT_WATERMARK,
    }
)
_MOST_MARKS = 2000
_NAMED = 8


def with_forms(document: pdfium.PdfDocument) -> None:
    """Make fields without an appearance show what they hold. Before any page is opened."""
    if document.get_formtype() not in (None, raw.FORMTYPE_NONE):
        try:
            document.init_forms()
        except pdfium.PdfiumError:
            return


def opened(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage:
    """A page with what fields and notes paint on it made part of it."""
    page = document[number]
    count = raw.FPDFPage_GetAnnotCount(page.raw)
    if not 0 < count <= _MOST_MARKS:
        return page
    for k in range(count):
        mark = raw.FPDFPage_GetAnnot(page.raw, k)
        kind = raw.FPDFAnnot_GetSubtype(mark)
        raw.FPDFPage_CloseAnnot(mark)
        if kind in _PAINTED:
            break
    else:
        return page
    done = raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
    if done != raw.FLATTEN_SUCCESS:
        return page
    page.close()
    return document[number]


def has_hidden_layers(data: bytes) -> bool:
    """The file has layers, and some of them are off."""
    if b"/OCProperties" in data and _OFF.search(data):
        return True
    if b"/ObjStm" not in data:
        return False
    for n, match in enumerate(_STREAM.finditer(data)):
        if n >= _MOST_STREAMS:
            return False
        try:
            part = zlib.decompressobj().decompress(
                data[match.end() : match.end() + _MOST_STREAM], _MOST_STREAM
            )
        except zlib.error:
            continue
        if b"/OCProperties" in part or b"/OCG" in part:
            return bool(_OFF.search(part))
    return False


def attachments(document: pdfium.PdfDocument) -> list[ReadingNotice]:
    """A notice that names the files inside the file, which are not read."""
    count = document.count_attachments()
    if count <= 0:
        return []
    names = []
    for k in range(min(count, _NAMED)):
        try:
            names.append("".join(c for c in document.get_attachment(k).get_name() if c.isprintable())[:60])
        except pdfium.PdfiumError:
            continue
    named = "、".join(n for n in names if n) + (" 等" if count > _NAMED else "")
    return [ReadingNotice(f"PDF 里附有 {count} 个文件，没有读取，请取出后一并检查：{named}。")]
