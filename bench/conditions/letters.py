"""Conditions of PDF whose letters are no characters: drawn as curves or pictures, mapped wrongly or not at all."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from bench.conditions.canvas import LEFTS, STEP, pdf, rules, wide
from bench.conditions.disclosure import GRID, HEADING, TITLE, UNIT
from bench.conditions.judging import Condition
from bench.conditions.pdfs import _NUMBER_BOX, _X, _Y, COLUMN, jpeg, one, page, picture_of


def _curves() -> bytes:
    """All words as curves, taken from the font that draws the control."""
    document = pdfium.PdfDocument(one(page()))
    leaf = document[0]
    out = []
    for k in range(raw.FPDFPage_CountObjects(leaf.raw)):
        obj = raw.FPDFPage_GetObject(leaf.raw, k)
        if raw.FPDFPageObj_GetType(obj) == raw.FPDF_PAGEOBJ_TEXT:
            out += _letters(leaf, obj)
    document.close()
    return one(rules(len(GRID)) + "".join(out))


def _curved_number() -> bytes:
    """One number alone as curves, in a cell that has no characters."""
    document = pdfium.PdfDocument(one(page()))
    leaf = document[0]
    out = []
    matrix = raw.FS_MATRIX()
    for k in range(raw.FPDFPage_CountObjects(leaf.raw)):
        obj = raw.FPDFPage_GetObject(leaf.raw, k)
        if raw.FPDFPageObj_GetType(obj) == raw.FPDF_PAGEOBJ_TEXT:
            raw.FPDFPageObj_GetMatrix(obj, matrix)
            if _X <= matrix.e < LEFTS[COLUMN + 1] and _Y <= matrix.f < _Y + STEP:
                out += _letters(leaf, obj)
    document.close()
    return one(page(skip=_NUMBER_BOX, after="".join(out)))


def _pasted_number() -> bytes:
    """One number alone as a picture."""
    scale = 200 / 72
    left, top, right, bottom = _X + 2, 842 - _Y - STEP + 2, LEFTS[COLUMN + 1] - 2, 842 - _Y - 2
    shown = picture_of(one(page()))
    part = shown.crop((left * scale, top * scale, right * scale, bottom * scale))
    drawn = f"q {right - left} 0 0 {bottom - top} {left} {842 - bottom} cm /Im1 Do Q\n"
    return one(page(skip=_NUMBER_BOX, after=drawn), {"resources": "/XObject << /Im1 10 0 R >>"}, [jpeg(part)])


def _letters(leaf: Any, obj: Any) -> list[str]:
    """The letters of one text object as filled paths."""
    words = leaf.get_textpage()
    buffer = (ctypes.c_ushort * 200)()
    count = raw.FPDFTextObj_GetText(obj, words.raw, buffer, 400) // 2 - 1
    matrix, size = raw.FS_MATRIX(), ctypes.c_float()
    raw.FPDFPageObj_GetMatrix(obj, matrix)
    raw.FPDFTextObj_GetFontSize(obj, size)
    font = raw.FPDFTextObj_GetFont(obj)
    x, out = matrix.e, []
    for code in buffer[: max(count, 0)]:
        out.append(_outline(font, code, size.value, x, matrix.f))
        x += wide(chr(code), size.value)
    return out


def _outline(font: Any, code: int, size: float, x: float, y: float) -> str:
    path = raw.FPDFFont_GetGlyphPath(font, code, 1000.0)  # of a body of one point, whatever is asked for
    px, py = ctypes.c_float(), ctypes.c_float()
    out, curve = [], []
    for k in range(max(raw.FPDFGlyphPath_CountGlyphSegments(path), 0) if path else 0):
        segment = raw.FPDFGlyphPath_GetGlyphPathSegment(path, k)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, px, py)
        point = f"{x + size * px.value:.3f} {y + size * py.value:.3f}"
        if kind == raw.FPDF_SEGMENT_BEZIERTO:
            curve.append(point)
            if len(curve) == 3:
                out.append(" ".join(curve) + " c")
                curve = []
        else:
            out.append(f"{point} {'m' if kind == raw.FPDF_SEGMENT_MOVETO else 'l'}")
        if raw.FPDFPathSegment_GetClose(segment):
            out.append("h")
    return " ".join(out) + " f\n" if out else ""


def _kangxi() -> bytes:
    """行 and 金 stored as radicals, through a map of the font."""
    return _mapped({"行": "⾏", "支": "⽀", "用": "⽤"}, True)


def _mapped(other: dict[str, str], told: bool) -> bytes:
    """Words in a font of glyph numbers, with or without a map to characters."""
    used = sorted({ch for row in GRID for w in row for ch in w} | set(HEADING + TITLE + UNIT))
    codes = {ch: 500 + n for n, ch in enumerate(used)}
    lines = "".join(f"<{codes[ch]:04x}> <{ord(other.get(ch, ch)):04x}>\n" for ch in used)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(used)} beginbfchar\n{lines}endbfchar\nendcmap end end"
    ).encode()
    objects = [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Song /Encoding /Identity-H /DescendantFonts [11 0 R]"
        + (b" /ToUnicode 12 0 R" if told else b"") + b" >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Song /CIDSystemInfo << /Registry (Adobe) /Ordering"
        b" (Identity) /Supplement 0 >> /DW 1000 /W [%s] /FontDescriptor 5 0 R >>"
        % b" ".join(b"%d [500]" % c for ch, c in codes.items() if ch < "\u2e80"),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap),
    ]  # fmt: skip
    content = page()

    def again(m: re.Match[str]) -> str:
        chars = bytes.fromhex(m.group(1)).decode("utf-16-be")
        return "<" + "".join(f"{codes[ch]:04x}" for ch in chars) + "> Tj"

    content = re.sub(r"<([0-9a-f]+)> Tj", again, content)
    return pdf([content], {"resources": "/Dummy null"}, objects).replace(b"/F1 3 0 R", b"/F1 10 0 R")


def conditions() -> Iterator[Condition]:
    """All of these conditions."""
    simple: dict[str, Callable[[], bytes]] = {
        "letters as curves": _curves,
        "number as curves": _curved_number,
        "number as a picture": _pasted_number,
        "radicals": _kangxi,
        "font without a map": lambda: _mapped({}, False),
    }
    for name, make in simple.items():
        yield Condition("pdf", name, make)
