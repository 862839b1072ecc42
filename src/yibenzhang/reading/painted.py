"""Is it painted, and is all that is painted read? What colours, covers, layers and pictures say of a page of a PDF."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, field

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from yibenzhang.model.documents import ReadingNotice
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.pdf_paths import Box, Drawn, order_of
from yibenzhang.reading.pdfium_calls import (
    Handle,
    Memory,
    fill_colour,
    handle,
    render_mode,
    stroke_colour,
    text_object,
)
from yibenzhang.reading.tiles import tiles

PLAIN, WHITE, CLEAR, PALE = 0, 1, 2, 3
"""How a text object is painted: seen, white (seen on a colour alone), not at all, pale (a watermark where it is
large)."""
_LIGHT = 250
_FAINT = 8
_PALE, _THIN = 150, 120
_LARGE, _LARGER = 24.0, 2.5
"""Pale letters of this size (points), and so much larger than most, lie across the page as a watermark."""
_CONTRAST = 16
_SCALE = 2
_LETTERS = 12
"""So many letters drawn as curves are no ornament."""
_PICTURE = 0.04
"""A picture of this share of the page may hold a table."""
_LEAST_DPI = 40
_RGBA = Memory(ctypes.c_uint, 4)
_INVISIBLE = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


@dataclass(frozen=True, slots=True)
class Found:
    """The characters of a page, the index of each in PDFium, and how those are painted that are not PLAIN."""

    all: list[Glyph]
    at: list[int] = field(default_factory=list)
    faint: dict[int, int] = field(default_factory=dict)


def tone_of(obj: Handle) -> int:
    """PLAIN, WHITE, CLEAR or PALE, by render mode and colour."""
    if not obj:
        return PLAIN
    mode = render_mode(obj)
    if mode in _INVISIBLE:
        return CLEAR
    getter = stroke_colour if mode == raw.FPDF_TEXTRENDERMODE_STROKE else fill_colour
    if not getter(obj, *_RGBA.at):
        return PLAIN
    red, green, blue, alpha = _RGBA.values()
    if alpha <= _FAINT:
        return CLEAR
    lightest = min(red, green, blue)
    if lightest >= _LIGHT:
        return WHITE
    return PALE if lightest >= _PALE or alpha <= _THIN else PLAIN


def seen(
    found: Found, drawn: Drawn, page: pdfium.PdfPage, textpage: raw.FPDF_TEXTPAGE, layered: bool
) -> list[Glyph]:
    """The characters a person sees: not white on white, not clear, not on a layer that is off, not under white; those
    under something else that nobody can see through are unreadable."""
    gone = {k for k, tone in found.faint.items() if _unseen(found.all[k], tone, found.all, drawn.grounds)}
    gone |= tiles(found.all, sorted(k for k, tone in found.faint.items() if tone == PALE))
    masked: set[int] = set()
    if drawn.covers and found.at:
        under, masked = _covered(found, drawn, page, textpage)
        gone |= under
    if layered and found.at:
        gone |= _without_ink(found.all, page)
    if not gone and not masked:
        return found.all
    return [g._replace(text="\ufffd") if k in masked else g for k, g in enumerate(found.all) if k not in gone]


def _unseen(g: Glyph, tone: int, glyphs: list[Glyph], grounds: list[Box]) -> bool:
    """A large pale watermark, or what is clear, or white on no colour."""
    if tone == PALE:
        return g.size >= _LARGE and g.size >= _LARGER * _usual(glyphs)
    return tone == CLEAR or not any(_inside(g, box) for box in grounds)


def _usual(glyphs: list[Glyph]) -> float:
    """The size most characters have at most."""
    return sorted(g.size for g in glyphs)[len(glyphs) // 2]


def _inside(g: Glyph, box: Box) -> bool:
    return box[0] <= (g.x0 + g.x1) / 2 <= box[2] and box[1] <= (g.top + g.bottom) / 2 <= box[3]


def _covered(
    found: Found, drawn: Drawn, page: pdfium.PdfPage, textpage: raw.FPDF_TEXTPAGE
) -> tuple[set[int], set[int]]:
    """Characters drawn before a solid area that lies over them: gone where it is white or carries others, else
    masked."""
    gone: set[int] = set()
    masked: set[int] = set()
    first: dict[int, int] = {}
    chars = handle(textpage)
    xs = np.array([(g.x0 + g.x1) / 2 for g in found.all])
    ys = np.array([(g.top + g.bottom) / 2 for g in found.all])
    for order, box, white in drawn.covers:
        inside = np.flatnonzero((xs >= box[0]) & (xs <= box[2]) & (ys >= box[1]) & (ys <= box[3])).tolist()
        if not inside:
            continue
        first = first or order_of(handle(page.raw))
        at = {k: first.get(text_object(chars, found.at[k]).value or 0, order) for k in inside}
        under = {k for k in inside if at[k] < order}
        if white or len(under) < len(inside):
            gone |= under
        else:
            masked |= under
    return gone, masked - gone


def _without_ink(glyphs: list[Glyph], page: pdfium.PdfPage) -> set[int]:
    """Characters at whose place nothing is painted."""
    if page.get_rotation():
        return set()
    bitmap = page.render(scale=_SCALE, grayscale=True)
    try:
        ink = np.asarray(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
        out = set()
        for k, g in enumerate(glyphs):
            part = ink[
                max(int(g.top * _SCALE), 0) : int(g.bottom * _SCALE) + 1,
                max(int(g.x0 * _SCALE), 0) : int(g.x1 * _SCALE) + 1,
            ]
            if part.size and int(part.max()) - int(part.min()) < _CONTRAST:
                out.add(k)
        return out
    finally:
        bitmap.close()


_PLAIN_SIGNS = frozenset(".,-%()/:;*#'\"+=&@_")


def without_sense(glyphs: list[Glyph]) -> int:
    """How many characters are none: without a map to characters a font tells the numbers of its glyphs, which are
    private, of no script that is printed here, or a soup of signs without one Chinese character."""
    text = "".join([g[0] for g in glyphs])
    if text.isascii():
        signs = sum(not c.isalnum() and c not in _PLAIN_SIGNS for c in text)
        return len(text) if 4 * signs > len(text) > _SOUP else 0
    odd, strange = len(_UNMAPPED.findall(text)), len(_FOREIGN.findall(text))
    return odd + (strange if 4 * strange > len(text) else 0)


_UNMAPPED = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_FOREIGN = re.compile("[\u0100-\u036f\u0500-\u1fff]")
_SOUP = 20


def letters_outside(drawn: Drawn, glyphs: list[Glyph]) -> int:
    """How many letters are drawn as curves where no character stands; 0 where they are few."""
    if len(drawn.letters) < _LETTERS:
        return 0
    count = (
        sum(not any(_inside(g, box) for g in glyphs) for box in drawn.letters[:_MOST])
        if glyphs
        else len(drawn.letters)
    )
    return count if count >= _LETTERS else 0


_MOST = 400


def unread_pictures(
    shown: pdfium.PdfPage, drawn: Drawn, glyphs: list[Glyph], size: tuple[float, float], here: PagePlace
) -> list[ReadingNotice]:
    """A notice on pictures that are large enough to hold a table, show something, and are no ground under
    characters."""
    page = max(size[0] * size[1], 1.0)
    large: list[Box] = []
    for picture, box in zip(drawn.images, drawn.frames, strict=True):
        if picture.area < _PICTURE * page or picture.dpi < _LEAST_DPI:
            continue
        over = sum(_inside(g, box) for g in glyphs)
        if over * 4000 < picture.area:
            large.append(box)
    plain = _plain(shown, glyphs, large) if large and not shown.get_rotation() else 0
    return pictures_notice(len(large) - plain, here)


def _plain(page: pdfium.PdfPage, glyphs: list[Glyph], boxes: list[Box]) -> int:
    """How many of the areas are of one colour but for the characters on them: white laid over something."""
    bitmap = page.render(scale=1, grayscale=True)
    try:
        ink = np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()
    apart = np.ones(ink.shape, dtype=bool)
    for g in glyphs:
        apart[max(int(g.top) - 1, 0) : int(g.bottom) + 2, max(int(g.x0) - 1, 0) : int(g.x1) + 2] = False
    count = 0
    for x0, top, x1, bottom in boxes:
        part = slice(max(int(top) + 1, 0), max(int(bottom), 0)), slice(max(int(x0) + 1, 0), max(int(x1), 0))
        left = ink[part][apart[part]]
        count += bool(left.size) and int(left.max()) - int(left.min()) < _CONTRAST
    return count


def pictures_notice(count: int, here: PagePlace) -> list[ReadingNotice]:
    """The notice that so many pictures of a page were not read; none where there is none."""
    text = f"本页有 {count} 幅较大的图片，图片里的内容没有读取。"
    return [ReadingNotice(text, here)] if count else []
