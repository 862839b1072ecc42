"""Words that a PDF tells in the place of those it paints (ActualText): what is painted counts, wherever it can be
read."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from yibenzhang.reading.limits import MAX_FORM_DEPTH, MAX_OBJECTS_PER_PAGE

ACTUAL_TEXT = b"ActualText"
_MOST_MARKS = 20


def as_painted(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> pdfium.PdfTextPage:
    """The characters of a page without what is told in their place; as they are told where the fonts do not say what
    they paint. The one that is not returned is closed."""
    marked = [obj for obj in _texts(page) if _without_marks(obj)]
    if not marked:
        return textpage
    painted = page.get_textpage()
    if _unknown(painted) > _unknown(textpage):
        painted.close()
        return textpage
    textpage.close()
    return painted


def _texts(page: pdfium.PdfPage) -> Iterator[raw.FPDF_PAGEOBJECT]:
    """The text objects of a page, also inside forms."""
    left = MAX_OBJECTS_PER_PAGE
    count = raw.FPDFPage_CountObjects(page.raw)
    stack = [(raw.FPDFPage_GetObject(page.raw, k), 0) for k in reversed(range(min(count, left)))]
    while stack and left > 0:
        left -= 1
        obj, depth = stack.pop()
        kind = raw.FPDFPageObj_GetType(obj)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            yield obj
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            inner = min(raw.FPDFFormObj_CountObjects(obj), left)
            stack += [(raw.FPDFFormObj_GetObject(obj, k), depth + 1) for k in range(inner)]


def _without_marks(obj: raw.FPDF_PAGEOBJECT) -> bool:
    """Take the marks off that tell other words; False where there is none."""
    count = min(raw.FPDFPageObj_CountMarks(obj), _MOST_MARKS)
    marks = [raw.FPDFPageObj_GetMark(obj, k) for k in range(count)]
    replacing = [
        m for m in marks if raw.FPDFPageObjMark_GetParamValueType(m, ACTUAL_TEXT) != raw.FPDF_OBJECT_UNKNOWN
    ]
    taken = [raw.FPDFPageObj_RemoveMark(obj, m) for m in replacing]
    return any(taken)


def _unknown(textpage: pdfium.PdfTextPage) -> int:
    """How many characters of a page are none: without a map to characters, or private ones."""
    count = max(raw.FPDFText_CountChars(textpage.raw), 0)
    buffer = (ctypes.c_ushort * (count + 1))()
    raw.FPDFText_GetText(textpage.raw, 0, count, buffer)
    text = bytes(buffer).decode("utf-16-le", "replace")[:count]
    return sum(c in "\x00\ufffd" or "\ue000" <= c <= "\uf8ff" for c in text)
