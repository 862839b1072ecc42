"""What a notice looks like in any format: the lines of its title, its pictures, the widths of its tables."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from yibenzhang.office.notice_text import NoticeItem
from yibenzhang.reading.limits import MAX_SCAN_PIXELS

WIDTH = 17.2
"""Centimetres between the margins."""
_HIGHEST, _INLINE = 22.0, 11.0
"""Centimetres that a picture may be high on a page of its own, and between the lines of the text."""
_SHARP = 90
"""Dots an inch below which a picture is not enlarged."""
MAX_PICTURES = 120
MAX_COLUMNS, MAX_ROWS = 12, 80
"""Of an excerpt; the rest is left out."""
RECEIPT_COLUMNS = (
    ("序号", 1.4),
    ("问题", 7.4),
    ("整改情况（已更正，或不需更正的理由）", 5.6),
    ("更正后的数", 2.8),
)
RECEIPT_TITLE, ANNEX_TITLE = "整改情况反馈表", "附图"
RECEIPT_END = "填表人：　　　　　　　　联系电话：　　　　　　　　填表日期：　　　　年　　月　　日"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture to be set, ``width`` in centimetres; without ``png`` the caption stands alone and says why."""

    caption: str
    png: bytes = b""
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Pictures:
    """``inline``: by position of the item, those between its lines. ``annex``: whole pages, after everything else."""

    inline: tuple[tuple[Shown, ...], ...]
    annex: tuple[Shown, ...]
    pointers: tuple[str, ...]
    """By position of the item: which pictures of the annex belong to it, in words."""


def pictures_of(items: Sequence[NoticeItem]) -> Pictures:
    """Every picture once: one that comes again is pointed to."""
    seen: dict[str, int] = {}  # digest → number of the item, for those inline
    pages: dict[str, tuple[str, bytes, float, list[int]]] = {}
    inline: list[tuple[Shown, ...]] = []
    lines: list[list[str]] = []
    for item in items:
        shown: list[Shown] = []
        of_pages: list[str] = []
        for picture in item.pictures:
            key = hashlib.sha256(picture.png).hexdigest()
            if key in pages:
                pages[key][3].append(item.number)
                of_pages.append(key)
            elif key in seen:
                if seen[key] != item.number:
                    shown.append(Shown(f"{picture.caption}：图见问题 {seen[key]}。"))
            elif len(seen) + len(pages) >= MAX_PICTURES:
                shown.append(Shown(f"{picture.caption}：图片超过 {MAX_PICTURES} 幅，从略。"))
            elif (size := _size(picture.png)) is None:
                shown.append(Shown(f"{picture.caption}：图片无法显示。"))
            else:
                wide, high = size
                width = min(WIDTH, wide / _SHARP * 2.54, _HIGHEST * wide / high)
                if width * high / wide > _INLINE:
                    pages[key] = (picture.caption, picture.png, width, [item.number])
                    of_pages.append(key)
                else:
                    seen[key] = item.number
                    shown.append(Shown(picture.caption, picture.png, round(width, 2)))
        inline.append(tuple(shown))
        lines.append(list(dict.fromkeys(of_pages)))
    number = {key: k for k, key in enumerate(pages, start=1)}
    annex = tuple(
        Shown(
            f"附图 {number[key]}　{caption}（问题 {'、'.join(map(str, dict.fromkeys(findings)))}）",
            png,
            round(width, 2),
        )
        for key, (caption, png, width, findings) in pages.items()
    )
    pointers = tuple("、".join(f"附图 {number[key]}（{pages[key][0]}）" for key in keys) for keys in lines)
    return Pictures(tuple(inline), annex, pointers)


def _size(png: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, where it is a sound picture of a bearable size."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            wide, high = image.size
            if wide * high > MAX_SCAN_PIXELS:
                return None
            image.load()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
    ):
        return None
    return (wide, high) if wide and high else None


def title_lines(title: str) -> list[str]:
    """A long title in two lines of about one length, broken where its words allow it."""
    if len(title) <= 22:
        return [title]
    places = [m.start() for m in re.finditer(r"(?<!^)(?=20\d\d年|公开问题|预决算公开|问题的)", title)]
    places += [m.end() for m in re.finditer(r"预算|决算", title)]
    fit = [p for p in places if max(p, len(title) - p) <= 24]
    if not fit:
        return [title]
    best = min(fit, key=lambda p: (abs(2 * p - len(title)), p))
    return [title[:best], title[best:]]


def is_number(text: str) -> bool:
    """A cell that stands at the right of its column."""
    digits = text.replace(",", "").replace(".", "").replace("-", "").replace("%", "")
    return digits.isdigit() and digits.isascii()


def square(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """An excerpt with as many cells in every row, and no more columns than a page has room for."""
    columns = min(MAX_COLUMNS, max((len(r) for r in rows[:MAX_ROWS]), default=0))
    return [[*row[:columns], *[""] * (columns - len(row))] for row in rows[:MAX_ROWS]]


def widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Centimetres of the columns of an excerpt, by what stands in them; never wider than the page."""
    asked = [
        min(6.5, 0.5 + max(sum(0.34 if ord(ch) > 0x2E7F else 0.18 for ch in row[c]) for row in rows))
        for c in range(len(rows[0]))
    ]
    shrink = min(1.0, WIDTH / sum(asked))
    return [round(w * shrink, 2) for w in asked]
