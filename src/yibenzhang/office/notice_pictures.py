"""The pictures of a notice: what can be shown, how large, and none twice."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image, UnidentifiedImageError

from yibenzhang.office.notice_text import NoticeItem, Picture
from yibenzhang.reading.limits import MAX_SCAN_PIXELS

WIDTH, HEIGHT = 17.2, 21.0
"""Centimetres that a picture has on a page beside the margins, with room for its caption."""
_SHARP = 90
"""Dots an inch below which a picture is not enlarged."""
MAX_PICTURES = 120


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture to be set, ``width`` in centimetres; without ``png`` the caption says why there is none."""

    caption: str
    png: bytes = b""
    width: float = 0.0


@dataclass(slots=True)
class Album:
    """The pictures of one notice; the same page is printed once and pointed to after that."""

    _first: dict[str, int] = field(default_factory=dict)

    def of(self, item: NoticeItem) -> Iterator[Shown]:
        for picture in item.pictures:
            yield self._one(item.number, picture)

    def _one(self, number: int, picture: Picture) -> Shown:
        key = hashlib.sha256(picture.png).hexdigest()
        if key in self._first:
            return Shown(f"{picture.caption}：图见问题 {self._first[key]}。")
        if len(self._first) >= MAX_PICTURES:
            return Shown(f"{picture.caption}：图片超过 {MAX_PICTURES} 幅，从略。")
        size = _size(picture.png)
        if size is None:
            return Shown(f"{picture.caption}：图片无法显示。")
        self._first[key] = number
        wide, high = size
        width = min(WIDTH, wide / _SHARP * 2.54, HEIGHT * wide / high)
        return Shown(picture.caption, picture.png, round(width, 2))


def _size(png: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, where it is a sound picture of a bearable size."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            wide, high = image.size
            if wide * high > MAX_SCAN_PIXELS:
                return None
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return (wide, high) if wide and high else None
