"""A scanned page to a Page: the same builder as native PDF, from recognised characters and found rules."""

from __future__ import annotations

import re
from dataclasses import replace

from yibenzhang.model.documents import Page, ReadingNotice
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.assembly import page_of
from yibenzhang.reading.digits import looks_like_a_number, number_of
from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.grid import tables_of
from yibenzhang.reading.limits import MAX_SCAN_CHARS, MAX_SCAN_STRIPS
from yibenzhang.reading.ocr import BESIDE, Reading, Recogniser, crop_of, recogniser
from yibenzhang.reading.photos import laid_flat
from yibenzhang.reading.raster import (
    FAR_SKEW,
    MAX_SKEW,
    Gray,
    Sheet,
    ink_of,
    is_blank,
    lies_sideways,
    sheet_of,
    straight,
    turned,
)
from yibenzhang.reading.shapes import PLAIN, Shapes, pictures_of
from yibenzhang.reading.steps import recognises
from yibenzhang.reading.strips import Strip, boxes_of, strips_of

_SURE = 0.999_9
"""The most a recognised character can be sure of: below 1 means recognised, not read."""
_LEAST, _SLIM = 40, 15
"""Fewer pixels, or a longer strip than this, are no page."""
_UPRIGHT = 0.9
_FAIR = 0.8
"""A page whose longest lines read less surely may lie far askew."""
_STROKES = re.compile(r"[1lIiLtT|｜_一丨\-—–.·:;,' ]+|(.)\1*")
"""What dashes and dots of rules are taken for."""
_CLEAR = 0.85
"""Words with a character less sure than this are looked at again."""
_GUESS = 0.4
"""A lone digit less sure than this may be dust: neither a number nor a blank, but unreadable."""
UNREADABLE = "\ufffd"
_LEGIBLE = 0.6
"""Mean sureness of the characters of a page; below it nothing on it can be relied on."""
_WIDE = str.maketrans({",": "，", ":": "：", ";": "；", "(": "（", ")": "）", "?": "？", "!": "！"})


def read_scan(gray: Gray, scale: float, number: int, first: int) -> tuple[Page, list[ReadingNotice]]:
    """One page from its pixels (grey, ``scale`` points a pixel); ``first`` is its first table's index."""
    here = PagePlace(number, 0, 0, 0, 0)
    low, high = sorted(gray.shape)
    if low < _LEAST or high > _SLIM * low:
        stated = "本页图像太小或太窄，不像一页文件，未识别，内容未检查。"
        size = gray.shape[1] * scale, gray.shape[0] * scale
        return Page(number, *size, (), True), [ReadingNotice(stated, here, True)]
    sheet, turn, skew = _upright(*laid_flat(gray, scale))
    tables, _ = tables_of(number, sheet.hs, sheet.vs, [], first)
    strips = strips_of(sheet, tables)
    notices: list[ReadingNotice] = []
    if len(strips) > MAX_SCAN_STRIPS:
        stated = f"本页的文字超过 {MAX_SCAN_STRIPS} 处，只识别了其中一部分；未识别的内容未检查。"
        notices.append(ReadingNotice(stated, here, True))
        strips = strips[:MAX_SCAN_STRIPS]
    glyphs: list[Glyph] = []
    wide = 0.0
    if strips:
        recognises()
    reader, shapes = recogniser(), Shapes()
    for strip in strips:
        wide += (strip.x1 - strip.x0) / max(strip.em, 1.0)
        if wide > MAX_SCAN_CHARS:
            stated = f"本页的文字超过 {MAX_SCAN_CHARS:,} 字，只识别了其中一部分；未识别的内容未检查。"
            notices.append(ReadingNotice(stated, here, True))
            break
        glyphs.extend(glyphs_of(read_strip(reader, shapes, sheet, strip), strip, sheet.scale))
    unread = _garbled(glyphs) if strips else not tables and not is_blank(gray)
    if unread and not notices:
        stated = "本页图像不清或不是文字，未能识别，内容未检查。"
        return Page(number, *sheet.size, (), True, turn, skew), [ReadingNotice(stated, here, True)]
    page = page_of(number, sheet.size, glyphs, sheet.hs, sheet.vs, first, True, turn, skew)
    return page, notices


def _garbled(glyphs: list[Glyph]) -> bool:
    """Most of what was recognised was guessed: a picture, or print that is past reading."""
    return not glyphs or sum(g.sure for g in glyphs) < _LEGIBLE * len(glyphs)


Upright = tuple[Sheet, int, float]
"""A page set upright: by how many degrees clockwise it was turned by quarters, and then straightened."""


def _upright(gray: Gray, scale: float) -> Upright:
    """The page turned by quarters until its longest lines read well, and straightened; one that reads well in no way
    may lie farther askew."""
    side = lies_sideways(ink_of(gray, scale), scale) > 1.3
    quarters = (90, 270, 0, 180) if side else (0, 180, 90, 270)
    sure, best = _best(gray, scale, quarters, MAX_SKEW)
    if sure is not None and sure < _FAIR:
        far, other = _best(gray, scale, quarters, FAR_SKEW)
        best = other if far is not None and far > sure else best
    return best


def _best(gray: Gray, scale: float, quarters: tuple[int, ...], most: float) -> tuple[float | None, Upright]:
    """The way of lying in which the page reads best, and how surely it reads then; None where nothing is to be
    read."""
    best: tuple[float, Upright] | None = None
    for degrees in quarters:
        level, angle = straight(turned(gray, degrees), scale, most)
        sheet = sheet_of(level, scale)
        sure = _legible(sheet)
        if sure is None:
            return best or (None, (sheet, degrees, angle))
        if best is None or sure > best[0]:
            best = (sure, (sheet, degrees, angle))
        if sure >= _UPRIGHT:
            break
    assert best is not None
    return best


def _legible(sheet: Sheet) -> float | None:
    """How surely the longest strips of a page read; None where there is nothing to read."""
    tables, _ = tables_of(1, sheet.hs, sheet.vs, [], 0)
    strips = [s for s in strips_of(sheet, tables) if s.x1 - s.x0 > 2.5 * s.em]
    strips.sort(key=lambda s: s.x1 - s.x0, reverse=True)
    sure: list[float] = []
    for strip in strips[:24:3]:
        end = min(strip.x1, strip.x0 + round(6 * strip.em))
        part = Strip(strip.x0, strip.top, end, strip.bottom, strip.pieces, strip.em)
        reading, _ = recogniser().read(crop_of(sheet, part))
        if reading.text and not _STROKES.fullmatch(reading.text):
            sure.append(sum(reading.sure) / len(reading.sure))
        if len(sure) >= 4:
            break
    return sum(sure) / len(sure) if sure else None


def read_strip(reader: Recogniser, shapes: Shapes, sheet: Sheet, strip: Strip) -> Reading:
    """What one strip says; digits and signs only where it looks like a number."""
    seen = pictures_of(sheet, strip)
    if seen is not None and (text := shapes.read(seen)):
        side = BESIDE * strip.em  # places are told on the crop, which has a margin
        whole = strip.x1 - strip.x0 + 2 * side
        at = [((b.x0 + b.x1) / 2 - strip.x0 + side) / whole for b in boxes_of(strip)]
        return Reading(text, (PLAIN,) * len(text), tuple(at))
    free, numeric = reader.read(crop_of(sheet, strip))
    if not looks_like_a_number(free.text):
        if free.least < _CLEAR and len(free.text) > 1:  # at another size the network sees it afresh
            again, _ = reader.read(crop_of(sheet, strip, 0.24))
            free = max(free, again, key=lambda r: r.least)
        return Reading(_punctuated(free.text), free.sure, free.at)
    if not numeric.text:
        return free
    number = number_of(numeric, reader, sheet, strip)
    if len(number.text) == 1 and number.least < _GUESS:
        return replace(number, text=UNREADABLE)
    if seen is not None:
        shapes.learn(number, seen)
    return number


def _punctuated(text: str) -> str:
    """Full-width punctuation between Chinese characters, as it is printed there."""
    chars = list(text)
    for k, c in enumerate(chars):
        around = text[max(0, k - 1) : k] + text[k + 1 : k + 2]
        if ord(c) in _WIDE and any("\u4e00" <= a <= "\u9fff" for a in around):
            chars[k] = c.translate(_WIDE)
    return "".join(chars)


def glyphs_of(reading: Reading, strip: Strip, scale: float) -> list[Glyph]:
    """The characters of a strip with boxes in points, inside the cell they were found in."""
    chars = [(c, s, a) for c, s, a in zip(reading.text, reading.sure, reading.at, strict=True) if c > " "]
    if not chars:
        return []
    words = any(c >= "\u2e80" for c, _, _ in chars)
    top, bottom = strip.top * scale, strip.bottom * scale
    left, right = strip.x0 * scale, strip.x1 * scale
    if strip.home is not None:
        left, right = max(left, strip.home[0] + 0.1), min(right, strip.home[2] - 0.1)
        top, bottom = max(top, strip.home[1] + 0.1), min(bottom, strip.home[3] - 0.1)
    # the ink of a Chinese character fills nine tenths of its body, a digit's three quarters
    size = max(2.0, (strip.bottom - strip.top) * scale / (0.92 if words else 0.74))
    if not any(c.isalnum() for c, _, _ in chars):
        size = max(size, strip.em * scale)  # marks alone are lower than the characters they stand among
    # the places the network gives are measured on the crop, which has a margin on both sides
    margin = BESIDE * strip.em * scale
    whole = right - left + 2 * margin
    centres = [min(max(left + a * whole - margin, left), right) for _, _, a in chars]
    out: list[Glyph] = []
    last = left
    for k, (char, sure, _) in enumerate(chars):
        half = (0.5 if char >= "\u2e80" else 0.3) * size
        before = centres[k - 1] if k else 2 * left - centres[0]
        after = centres[k + 1] if k + 1 < len(centres) else 2 * right - centres[-1]
        x0 = max(last, centres[k] - half, (before + centres[k]) / 2)
        x1 = max(x0 + 0.2, min(centres[k] + half, (centres[k] + after) / 2, right))
        out.append(Glyph(char, x0, top, x1, bottom, bottom, size, min(sure, _SURE)))
        last = x1
    return out
