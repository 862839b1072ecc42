"""Native PDF: characters and ruling lines of each page through pypdfium2, closed page by page."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from yibenzhang.model.documents import Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.dress import UNSEEN
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.assembly import page_of
from yibenzhang.reading.clipping import STRAY, Clips
from yibenzhang.reading.damaged import Damage, damage
from yibenzhang.reading.extra import INSTALL, installed
from yibenzhang.reading.folding import FOLDED, FOLDS
from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.limits import (
    MAX_CHARS_PER_PAGE,
    MAX_OBJECTS_PER_PAGE,
    MAX_PAGES,
    MAX_RULES_PER_PAGE,
    ReadingError,
)
from yibenzhang.reading.nested_forms import expands_too_far
from yibenzhang.reading.painted import (
    PLAIN,
    Found,
    letters_outside,
    seen,
    tone_of,
    unread_pictures,
    without_sense,
)
from yibenzhang.reading.pdf_layers import attachments, has_hidden_layers, opened, with_forms
from yibenzhang.reading.pdf_paths import Drawn, Frame, drawn_on
from yibenzhang.reading.pdfium_calls import (
    Handle,
    Memory,
    char_angle,
    char_matrix,
    char_origin,
    font_size,
    handle,
    loose_char_box,
)
from yibenzhang.reading.replaced import as_painted
from yibenzhang.reading.scanned import is_scan, unseen_text
from yibenzhang.reading.steps import begins
from yibenzhang.reading.unread_ink import with_unread_cells

_ASKEW = 12.0
_INVISIBLE = UNSEEN | frozenset("\u00a0\u3000\ufffe")


PAGES_OPEN = 24
"""After so many pages the file is opened anew, so that memory does not grow with the pages."""


def _opened(data: bytes) -> tuple[pdfium.PdfDocument, int]:
    """With the number of its pages."""
    if expands_too_far(data, MAX_OBJECTS_PER_PAGE):
        raise ReadingError("PDF 里的图形层层套叠，展开后过大，未能读取；请重新导出。")
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadingError("PDF 已加密，需要密码才能打开；请提供未加密的版本。") from error
        raise ReadingError("PDF 已损坏或不完整，无法打开；请重新下载或导出。") from error
    if count == 0:
        raise ReadingError("PDF 中没有任何页面。")
    return document, count


def read_pdf(data: bytes) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """All pages of a PDF. Raises ReadingError with one sentence where it cannot be opened."""
    document, count = _opened(data)
    pages: list[Page] = []
    notices: list[ReadingNotice] = []
    tables = 0
    with_forms(document)
    layered = has_hidden_layers(data)
    broken = damage(data)
    notices += attachments(document)
    if count > MAX_PAGES:
        notices.append(ReadingNotice(f"共 {count} 页，只读取了前 {MAX_PAGES} 页。", cut=True))
    for number in range(min(count, MAX_PAGES)):
        if (
            number and number % PAGES_OPEN == 0
        ):  # PDFium keeps the fonts and pictures of every page it has opened
            document.close()
            document = pdfium.PdfDocument(data)
            with_forms(document)
        begins(number + 1, min(count, MAX_PAGES))
        try:
            page, page_notices = read_page(document, number, tables, layered, broken.replaced)
        except pdfium.PdfiumError:
            notices.append(ReadingNotice("本页损坏，未能读取。", PagePlace(number + 1, 0, 0, 0, 0), True))
            continue
        tables += sum(isinstance(b, Table) for b in page.blocks)
        pages.append(page)
        notices.extend(page_notices)
    notices += _damaged(broken)
    document.close()
    if pages and not any(p.blocks for p in pages):
        why = "也没有识别出文字" if installed() else INSTALL
        notices = [
            ReadingNotice(f"整份 PDF 没有文字层（扫描件或图片），内容未检查；{why}。"),
            *(n for n in notices if n.place is None),
        ]
    return tuple(pages), tuple(notices)


def _damaged(found: Damage) -> list[ReadingNotice]:
    """Notices of pages whose content breaks off, and of damage that belongs to no page."""
    stated = "本页的数据已损坏，只有一部分能读出，其余内容未检查，请看原件。"
    out = [
        ReadingNotice(stated, PagePlace(n, 0, 0, 0, 0), True) for n in sorted(found.pages) if n <= MAX_PAGES
    ]
    if found.elsewhere:
        out.append(ReadingNotice(f"PDF 里有 {found.elsewhere} 处数据已损坏，可能有内容没有读出，请看原件。"))
    return out


def read_page(
    document: pdfium.PdfDocument, number: int, first: int, layered: bool = False, replaced: bool = False
) -> tuple[Page, list[ReadingNotice]]:
    """One page; ``layered``: the file has layers that are off; ``replaced``: it may tell other words than it paints."""
    page = opened(document, number)
    notices: list[ReadingNotice] = []
    here = PagePlace(number + 1, 0, 0, 0, 0)
    try:
        shown = _shown(page, layered, replaced)
        drawn, glyphs = shown.drawn, shown.glyphs
        letters = letters_outside(drawn, glyphs)
        bad = without_sense(glyphs)
        scan = bool(drawn.images) and is_scan(len(glyphs), shown.share, shown.unseen)
        if scan or letters > len(glyphs) or 2 * bad > max(len(glyphs), 1):
            read = _recognised(
                page, number + 1, drawn, glyphs, first, 0 if scan else max(letters, len(glyphs))
            )
            if isinstance(read, tuple):
                return read
            notices += read
        elif letters:
            notices.append(ReadingNotice(f"本页有 {letters} 处文字是画出来的图形，没有字符，未读取。", here))
        if not glyphs and not drawn.images and raw.FPDFPage_CountObjects(page.raw) == 0:
            notices.append(ReadingNotice("本页没有任何内容，是空白页或已损坏，请看原件。", here))
        if not scan:
            notices += unread_pictures(page, drawn, glyphs, shown.frame.size, here)
    finally:
        page.close()
    if shown.count > MAX_CHARS_PER_PAGE:
        stated = f"本页有 {shown.count} 个字符，只读取了前 {MAX_CHARS_PER_PAGE} 个。"
        notices.append(ReadingNotice(stated, here, True))
    if bad > 3:
        notices.append(ReadingNotice(f"本页有 {bad} 个字形无法识别，涉及的内容未检查。", here))
    hs, vs = drawn.hs, drawn.vs
    if len(hs) + len(vs) > MAX_RULES_PER_PAGE:
        notices.append(ReadingNotice("本页线条过多，未按表格读取。", here, True))
        hs, vs = [], []
    made = page_of(number + 1, shown.frame.size, glyphs, hs, vs, first, turn=shown.turn)
    return with_unread_cells(made, drawn.letters, drawn.frames), notices


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a page shows: characters that are seen, what else is drawn, and how many characters it has in all."""

    frame: Frame
    turn: int
    """By how many degrees clockwise a reader shows it turned."""
    count: int
    unseen: bool
    """Most of its characters are not painted."""
    glyphs: list[Glyph]
    drawn: Drawn
    share: float
    """The share of the page that pictures cover."""


def _shown(page: pdfium.PdfPage, layered: bool, replaced: bool) -> _Shown:
    left, bottom, right, top = page.get_bbox()
    textpage = page.get_textpage()
    if replaced:
        textpage = as_painted(page, textpage)
    try:
        rotation = page.get_rotation()
        count = raw.FPDFText_CountChars(textpage.raw)
        turn = _turn(handle(textpage.raw), count, rotation)
        frame = Frame(left, bottom, right - left, top - bottom, turn)
        found = _glyphs(textpage.raw, frame)
        unseen = unseen_text(handle(textpage.raw), count)
        drawn = drawn_on(handle(page.raw), frame)
        share = sum(i.area for i in drawn.images) / max(frame.width * frame.height, 1.0)
        layer = bool(unseen and drawn.images and share > 0.5)
        glyphs = found.all if layer else seen(found, drawn, page, textpage.raw, layered)
    finally:
        textpage.close()
    return _Shown(frame, (360 - turn - rotation) % 360, count, unseen, glyphs, drawn, share)


def _recognised(
    page: pdfium.PdfPage, number: int, drawn: Drawn, glyphs: list[Glyph], first: int, letters: int
) -> tuple[Page, list[ReadingNotice]] | list[ReadingNotice]:
    """A page that shows more than its characters say, by what it shows; else notices, and its characters count.
    ``letters``: how many letters are seen that are no characters; 0 for a page that is a picture."""
    scan = not letters
    here = PagePlace(number, 0, 0, 0, 0)
    what = "是图片，没有文字层" if scan else "的文字没有可用的字符（画成图形，或字体没有编码）"
    if not installed():
        if scan and glyphs:
            return [ReadingNotice("本页大部分是图片，图片里的内容没有读取。", here)]
        return [ReadingNotice(f"本页{what}，内容未检查；{INSTALL}。", here, True)]
    from yibenzhang.reading.pictures import MOST_DPI, read_scanned_page

    largest = max(drawn.images, key=lambda i: i.area) if scan else None
    dpi = largest.dpi if largest else MOST_DPI
    read = read_scanned_page(page, number, dpi, max((i.pixels for i in drawn.images), default=0), first)
    if isinstance(read, ReadingNotice):
        return [read]
    if 3 * _chars(read[0]) < letters:
        return [ReadingNotice(f"本页{what}，也没有识别出来，内容未检查。", here, True)]
    if glyphs and scan and (any(n.unread for n in read[1]) or _chars(read[0]) < len(glyphs)):
        return [
            ReadingNotice("本页大部分是图片，图片里的内容没有读取。", here)
        ]  # a cover: its own text counts
    return read


def _chars(page: Page) -> int:
    return sum(
        len(b.text) if isinstance(b, Paragraph) else sum(len(c.text) for c in b.cells) for b in page.blocks
    )


def _turn(textpage: Handle, count: int, rotation: int) -> int:
    """The angle (degrees, PDFium's sense: clockwise) at which most characters of the page run."""
    if count <= 0:
        return rotation * 3 % 360
    step = max(1, count // 40)
    angles: Counter[int] = Counter()
    for i in range(0, count, step):
        angle = char_angle(textpage, i)
        if angle >= 0:
            angles[round(math.degrees(angle) / 90) * 90 % 360] += 1
    return angles.most_common(1)[0][0] if angles else 0


_BOX, _MATRIX, _ORIGIN = Memory(ctypes.c_float, 4), Memory(ctypes.c_float, 6), Memory(ctypes.c_double, 2)


def _glyphs(textpage: raw.FPDF_TEXTPAGE, frame: Frame) -> Found:
    """The characters that can be seen: on the page and inside their clips."""
    if frame.turn:
        return Found(_turned_glyphs(textpage, frame))
    out: list[Glyph] = []
    at: list[int] = []
    faint: dict[int, int] = {}
    tone = PLAIN
    unseen: dict[str, list[Glyph]] = {"x": [], "y": []}
    page = handle(textpage)
    clips = Clips(page)
    box, origin, matrix = _BOX.values, _ORIGIN.values, _MATRIX.values
    box_at, matrix_at = _BOX.at[0], _MATRIX.at[0]
    make = tuple.__new__
    width, height = frame.size
    west, ceiling = frame.left, frame.bottom + frame.height
    base = size = top = bottom = end = y = 0.0
    last_above = last_below = -1.0
    slanted = False
    for i, char in enumerate(_characters(textpage)):
        if char <= " " or char in _INVISIBLE or not loose_char_box(page, i, box_at):
            continue
        # the box of the font, not of the ink: characters that share its top and bottom are set alike
        left, above, right, below = box()
        changed = above != last_above or below != last_below
        if changed:
            last_above, last_below = above, below
            char_origin(page, i, *_ORIGIN.at)
            y = origin()[1]
            base = ceiling - y
            size = font_size(page, i)
            if char_matrix(page, i, matrix_at):
                _, _, c, d, _, _ = matrix()
                size *= math.hypot(c, d)
            size = size if size > 2.0 else 2.0
            top, bottom = base - 0.85 * size, base + 0.15 * size
        x0, x1 = left - west, right - west
        if x1 < 0 or x0 > width or bottom < 0 or top > height:
            continue  # drawn off the page: not part of what was published
        if changed or not -STRAY < x0 - end < STRAY:
            clips.look_up(i)
            tone = tone_of(clips.object)
            slanted = _slanted(page, i)
        end = x1
        if slanted:
            continue  # a watermark
        if clips.some and (behind := clips.hides(i, left, right, y, size)):
            unseen[behind].append(Glyph(char, x0, top, x1, bottom, base, size))
            continue
        if tone:
            faint[len(out)] = tone
        out.append(make(Glyph, (char, x0, top, x1, bottom, base, size, 1.0)))
        at.append(i)
    trusted = _trusted(out, unseen)
    return Found(trusted, at, faint) if trusted is out else Found(trusted)


def _slanted(page: Handle, index: int) -> bool:
    """A character that stands at an angle to the page, more than a page laid down askew could."""
    angle = char_angle(page, index)
    if not angle or not _ASKEW < math.degrees(angle) % 90 < 90 - _ASKEW:
        return False
    # a face that only leans has an angle, but its line is level
    if not char_matrix(page, index, _MATRIX.at[0]):
        return False
    a, b, *_ = _MATRIX.values()
    return _ASKEW < math.degrees(math.atan2(b, a)) % 90 < 90 - _ASKEW


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
            return text.translate(FOLDED) if FOLDS.search(text) else text
    units = [raw.FPDFText_GetUnicode(textpage, i) for i in range(count)]
    out = [chr(u) if not 0xD800 <= u < 0xE000 else "\ufffd" for u in units]
    for i, (high, low) in enumerate(itertools.pairwise(units)):
        if 0xD800 <= high < 0xDC00 <= low < 0xE000:
            out[i : i + 2] = [chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00), ""]
    return out


def _turned_glyphs(textpage: raw.FPDF_TEXTPAGE, frame: Frame) -> list[Glyph]:
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
