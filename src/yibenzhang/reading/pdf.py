"""Native PDF: characters and ruling lines of each page through pypdfium2, closed page by page."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from yibenzhang.model.documents import Page, ReadingNotice, Table
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.assembly import page_of
from yibenzhang.reading.clipping import STRAY, Clips
from yibenzhang.reading.glyphs import Glyph, unmapped
from yibenzhang.reading.limits import (
    MAX_CHARS_PER_PAGE,
    MAX_FORM_DEPTH,
    MAX_OBJECTS_PER_PAGE,
    MAX_PAGES,
    MAX_RULES_PER_PAGE,
    ReadingError,
)
from yibenzhang.reading.paths import IDENTITY, THIN, Matrix, Segment, add_rule, compose, segments_of, thin
from yibenzhang.reading.rules import Rule
from yibenzhang.reading.scanned import INSTALL, Picture, installed, is_scan, picture, unseen_text
from yibenzhang.reading.steps import begins

_WHITE = 250
_ASKEW = 12.0
_INVISIBLE = frozenset("\u00a0\u3000\ufeff\u200b\ufffe")


@dataclass(frozen=True, slots=True)
class _Frame:
    """Turns page coordinates (origin bottom left) upright: the way most characters run."""

    left: float
    bottom: float
    width: float
    height: float
    turn: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        if self.turn == 270:
            return y, x
        if self.turn == 180:
            return self.width - x, y
        if self.turn == 90:
            return self.height - y, self.width - x
        return x, self.height - y

    @property
    def size(self) -> tuple[float, float]:
        return (self.height, self.width) if self.turn in (90, 270) else (self.width, self.height)


def read_pdf(data: bytes) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """All pages of a PDF. Raises ReadingError with one sentence where it cannot be opened."""
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadingError("PDF 已加密，需要密码才能打开；请提供未加密的版本。") from error
        raise ReadingError("PDF 已损坏或不完整，无法打开；请重新下载或导出。") from error
    if count == 0:
        raise ReadingError("PDF 中没有任何页面。")
    pages: list[Page] = []
    notices: list[ReadingNotice] = []
    tables = 0
    if count > MAX_PAGES:
        notices.append(ReadingNotice(f"共 {count} 页，只读取了前 {MAX_PAGES} 页。"))
    for number in range(min(count, MAX_PAGES)):
        begins(number + 1, min(count, MAX_PAGES))
        try:
            page, told = read_page(document, number, tables)
        except pdfium.PdfiumError:
            notices.append(ReadingNotice("本页损坏，未能读取。", PagePlace(number + 1, 0, 0, 0, 0), True))
            continue
        tables += sum(isinstance(b, Table) for b in page.blocks)
        pages.append(page)
        notices.extend(told)
    document.close()
    if pages and not any(p.blocks for p in pages):
        why = "也没有识别出文字" if installed() else INSTALL
        notices = [ReadingNotice(f"整份 PDF 没有文字层（扫描件或图片），内容未检查；{why}。")]
    return tuple(pages), tuple(notices)


def read_page(document: pdfium.PdfDocument, number: int, first: int) -> tuple[Page, list[ReadingNotice]]:
    page = document[number]
    notices: list[ReadingNotice] = []
    here = PagePlace(number + 1, 0, 0, 0, 0)
    try:
        left, bottom, right, top = page.get_bbox()
        textpage = page.get_textpage()
        try:
            rotation = page.get_rotation()
            turn = _turn(textpage.raw, rotation)
            frame = _Frame(left, bottom, right - left, top - bottom, turn)
            glyphs = _glyphs(textpage.raw, frame)
            count = raw.FPDFText_CountChars(textpage.raw)
            unseen = unseen_text(textpage.raw, count)
        finally:
            textpage.close()
        hs, vs, images = _rules(page.raw, frame)
        share = sum(i.area for i in images) / max(frame.width * frame.height, 1.0)
        if images and is_scan(len(glyphs), share, unseen):
            if installed():
                from yibenzhang.reading.pictures import read_scanned_page

                largest = max(images, key=lambda i: i.area)
                read = read_scanned_page(page, number + 1, largest.dpi, max(i.pixels for i in images), first)
                if not isinstance(read, ReadingNotice):
                    return read
                notices.append(read)
            elif not glyphs:
                notices.append(ReadingNotice(f"本页是图片，没有文字层，内容未检查；{INSTALL}。", here, True))
    finally:
        page.close()
    if count > MAX_CHARS_PER_PAGE:
        notices.append(
            ReadingNotice(f"本页有 {count} 个字符，只读取了前 {MAX_CHARS_PER_PAGE} 个。", here, True)
        )
    bad = sum(unmapped(g.text) for g in glyphs)
    if bad > 3:
        notices.append(ReadingNotice(f"本页有 {bad} 个字形无法识别，涉及的内容未检查。", here))
    if len(hs) + len(vs) > MAX_RULES_PER_PAGE:
        notices.append(ReadingNotice("本页线条过多，未按表格读取。", here, True))
        hs, vs = [], []
    shown = (360 - turn - rotation) % 360
    return page_of(number + 1, frame.size, glyphs, hs, vs, first, turn=shown), notices


def _turn(textpage: raw.FPDF_TEXTPAGE, rotation: int) -> int:
    """The angle (degrees, PDFium's sense: clockwise) at which most characters of the page run."""
    count = raw.FPDFText_CountChars(textpage)
    if count <= 0:
        return rotation * 3 % 360
    step = max(1, count // 40)
    angles: Counter[int] = Counter()
    for i in range(0, count, step):
        angle = raw.FPDFText_GetCharAngle(textpage, i)
        if angle >= 0:
            angles[round(math.degrees(angle) / 90) * 90 % 360] += 1
    return angles.most_common(1)[0][0] if angles else 0


def _glyphs(textpage: raw.FPDF_TEXTPAGE, frame: _Frame) -> list[Glyph]:
    """The characters that can be seen: on the page and inside their clips."""
    if frame.turn:
        return _turned_glyphs(textpage, frame)
    out: list[Glyph] = []
    unseen: dict[str, list[Glyph]] = {"x": [], "y": []}
    clips = Clips(textpage)
    rect, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    ox, oy = ctypes.c_double(), ctypes.c_double()
    box_of = raw.FPDFText_GetLooseCharBox
    width, height = frame.size
    left, ceiling = frame.left, frame.bottom + frame.height
    base = size = top = bottom = end = 0.0
    last_top = last_bottom = -1.0
    slanted = False
    for i, char in enumerate(_characters(textpage)):
        if char <= " " or char in _INVISIBLE or not box_of(textpage, i, rect):
            continue
        # the box of the font, not of the ink: characters that share its top and bottom are set alike
        changed = rect.top != last_top or rect.bottom != last_bottom
        if changed:
            last_top, last_bottom = rect.top, rect.bottom
            raw.FPDFText_GetCharOrigin(textpage, i, ox, oy)
            base = ceiling - oy.value
            size = raw.FPDFText_GetFontSize(textpage, i)
            if raw.FPDFText_GetMatrix(textpage, i, matrix):
                size *= math.hypot(matrix.c, matrix.d)
            size = size if size > 2.0 else 2.0
            top, bottom = base - 0.85 * size, base + 0.15 * size
        x0, x1 = rect.left - left, rect.right - left
        if x1 < 0 or x0 > width or bottom < 0 or top > height:
            continue  # drawn off the page: not part of what was published
        if changed or not -STRAY < x0 - end < STRAY:
            clips.look_up(i)
            slanted = _slanted(textpage, i)
        end = x1
        if slanted:
            continue  # a watermark
        if clips.some and (behind := clips.hides(i, rect, oy.value, size)):
            unseen[behind].append(Glyph(char, x0, top, x1, bottom, base, size))
            continue
        out.append(Glyph(char, x0, top, x1, bottom, base, size))
    return _trusted(out, unseen)


def _slanted(textpage: raw.FPDF_TEXTPAGE, index: int) -> bool:
    """A character that stands at an angle to the page, more than a page laid down askew could."""
    angle = math.degrees(raw.FPDFText_GetCharAngle(textpage, index)) % 90
    if not _ASKEW < angle < 90 - _ASKEW:
        return False
    matrix = raw.FS_MATRIX()  # a face that only leans has an angle, but its line is level
    if not raw.FPDFText_GetMatrix(textpage, index, matrix):
        return False
    return _ASKEW < math.degrees(math.atan2(matrix.b, matrix.a)) % 90 < 90 - _ASKEW


def _trusted(seen: list[Glyph], unseen: dict[str, list[Glyph]]) -> list[Glyph]:
    """What is seen; clips that hide all, or much at the sides, are in another measure and hide nothing."""
    if len(unseen["x"]) > len(seen):
        seen = [*seen, *unseen["x"]]
    return seen or unseen["y"]


def _characters(textpage: raw.FPDF_TEXTPAGE) -> Sequence[str]:
    """All characters of a page, one for each of PDFium's indices; of one that takes two, the second is empty."""
    count = min(raw.FPDFText_CountChars(textpage), MAX_CHARS_PER_PAGE)
    buffer = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(textpage, 0, count, buffer) == count + 1:
        text = bytes(buffer)[:-2].decode("utf-16-le", "replace")
        if len(text) == count:
            return text
    units = [raw.FPDFText_GetUnicode(textpage, i) for i in range(count)]
    out = [chr(u) if not 0xD800 <= u < 0xE000 else "\ufffd" for u in units]
    for i, (high, low) in enumerate(itertools.pairwise(units)):
        if 0xD800 <= high < 0xDC00 <= low < 0xE000:
            out[i : i + 2] = [chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00), ""]
    return out


def _turned_glyphs(textpage: raw.FPDF_TEXTPAGE, frame: _Frame) -> list[Glyph]:
    """The same for a page whose text runs sideways, where PDFium's font boxes are not turned along."""
    out: list[Glyph] = []
    l, r, b, t, ox, oy = (ctypes.c_double() for _ in range(6))  # noqa: E741
    width, height = frame.size
    for i, char in enumerate(_characters(textpage)):
        if char <= " " or char in _INVISIBLE or not raw.FPDFText_GetCharBox(textpage, i, l, r, b, t):
            continue
        raw.FPDFText_GetCharOrigin(textpage, i, ox, oy)
        xa, ya = frame.point(l.value, t.value)
        xb, yb = frame.point(r.value, b.value)
        x0, x1 = min(xa, xb), max(xa, xb)
        top, bottom = min(ya, yb), max(ya, yb)
        if x1 < 0 or x0 > width or bottom < 0 or top > height:
            continue
        base = frame.point(ox.value, oy.value)[1]
        size = max(x1 - x0, bottom - top) if char >= "\u2e80" else 1.4 * (bottom - top)
        out.append(Glyph(char, x0, top, x1, bottom, base, max(size, 2.0)))
    return out


def _rules(page: raw.FPDF_PAGE, frame: _Frame) -> tuple[list[Rule], list[Rule], list[Picture]]:
    hs: list[Rule] = []
    vs: list[Rule] = []
    images: list[Picture] = []
    for kind, obj, matrix in _objects(page):
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            images.append(picture(obj, compose(_matrix(obj), matrix)))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            for xa, ya, xb, yb in _strokes(obj, matrix):
                add_rule(hs, vs, frame.point(xa, ya), frame.point(xb, yb))
            if len(hs) + len(vs) > MAX_RULES_PER_PAGE:
                break
    return hs, vs, images


def _objects(page: raw.FPDF_PAGE) -> Iterator[tuple[int, raw.FPDF_PAGEOBJECT, Matrix]]:
    """Paths and images, also inside form objects, with the matrix that carries them to the page."""
    left = MAX_OBJECTS_PER_PAGE
    stack: list[tuple[raw.FPDF_PAGEOBJECT, Matrix, int]] = []
    object_of, type_of = raw.FPDFPage_GetObject, raw.FPDFPageObj_GetType
    text, group = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM
    for i in range(min(raw.FPDFPage_CountObjects(page), left)):
        obj = object_of(page, i)
        kind = type_of(obj)
        if kind == text:
            continue
        if kind == group:
            stack.append((obj, IDENTITY, 1))
        else:
            yield kind, obj, IDENTITY
    while stack and left > 0:
        form, outer, depth = stack.pop()
        matrix = compose(_matrix(form), outer)
        for i in range(raw.FPDFFormObj_CountObjects(form)):
            left -= 1
            if left <= 0:
                break
            obj = raw.FPDFFormObj_GetObject(form, i)
            kind = raw.FPDFPageObj_GetType(obj)
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
                stack.append((obj, matrix, depth + 1))
            elif kind != raw.FPDF_PAGEOBJ_TEXT:
                yield kind, obj, matrix


def _matrix(obj: raw.FPDF_PAGEOBJECT) -> Matrix:
    m = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(obj, m):
        return IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


# Out-parameters of PDFium, made once: making them anew for each of thousands of objects costs more than the
# calls. PDFium is not thread-safe anyway; a process reads one page at a time.
_RGBA = tuple(ctypes.c_uint() for _ in range(4))
_BOUNDS = tuple(ctypes.c_float() for _ in range(4))
_POINT = (ctypes.c_float(), ctypes.c_float())
_MODES = (ctypes.c_int(), ctypes.c_int())


def _visible(getter: object, obj: raw.FPDF_PAGEOBJECT) -> bool:
    red, green, blue, alpha = _RGBA
    if not getter(obj, red, green, blue, alpha):  # type: ignore[operator]
        return True
    white = min(red.value, green.value, blue.value) >= _WHITE
    return alpha.value > 8 and not white


def _strokes(obj: raw.FPDF_PAGEOBJECT, outer: Matrix) -> list[Segment]:
    """The rules one path draws, in page coordinates: strokes, sides of rectangles, thin filled boxes."""
    mode, stroke = _MODES
    if not raw.FPDFPath_GetDrawMode(obj, mode, stroke):
        return []
    stroked = bool(stroke.value) and _visible(raw.FPDFPageObj_GetStrokeColor, obj)
    filled = bool(mode.value) and _visible(raw.FPDFPageObj_GetFillColor, obj)
    if not stroked and not filled:
        return []
    if not stroked and outer is IDENTITY:
        l, b, r, t = _BOUNDS  # noqa: E741
        if raw.FPDFPageObj_GetBounds(obj, l, b, r, t):
            w, h = r.value - l.value, t.value - b.value
            if min(w, h) <= THIN:
                return [thin(l.value, b.value, r.value, t.value)]
            if raw.FPDFPath_CountSegments(obj) <= 5:
                return []  # one large filled box is a background
    matrix = compose(_matrix(obj), outer)
    out: list[Segment] = []
    for points, closed in _subpaths(obj, matrix):
        out.extend(segments_of(points, closed, stroked, filled))
    return out


def _subpaths(obj: raw.FPDF_PAGEOBJECT, m: Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    points: list[tuple[float, float]] = []
    closed = curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(min(raw.FPDFPath_CountSegments(obj), MAX_RULES_PER_PAGE)):
        segment = raw.FPDFPath_GetPathSegment(obj, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (m[0] * x.value + m[2] * y.value + m[4], m[1] * x.value + m[3] * y.value + m[5])
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points, closed
            points, closed, curved = [], False, False
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            curved = True
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment):
            closed = True
    if len(points) > 1 and not curved:
        yield points, closed
