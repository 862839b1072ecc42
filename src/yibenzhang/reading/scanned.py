"""Is a page of a PDF a picture of text? Imports nothing large to find out."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import pypdfium2.raw as raw

from yibenzhang.reading.pdfium_calls import Handle, image_size, render_mode, text_object


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a page: its area in square points, its resolution, its pixels."""

    area: float
    dpi: float
    pixels: int


def is_scan(glyphs: int, share: float, unseen: bool) -> bool:
    """True where what a page shows is a picture of text: its own characters are none, a stamp's or a page
    number's, or the unseen ones that scanners lay under the picture."""
    return not glyphs or share > 0.5 and (unseen or glyphs <= 40)


def unseen_text(textpage: Handle, count: int) -> bool:
    """True where most characters are drawn in no colour at all."""
    step = max(1, count // 20)
    modes = [render_mode(obj) for i in range(0, count, step) if (obj := text_object(textpage, i))]
    return 2 * modes.count(raw.FPDF_TEXTRENDERMODE_INVISIBLE) > len(modes)


def picture(obj: Handle, m: tuple[float, float, float, float, float, float]) -> Picture:
    across, down = ctypes.c_uint(), ctypes.c_uint()
    width, height = math.hypot(m[0], m[1]), math.hypot(m[2], m[3])
    if not image_size(obj, ctypes.byref(across), ctypes.byref(down)):
        return Picture(width * height, 0.0, 0)
    dpi = 72 * across.value / width if width > 1 else 0.0
    return Picture(width * height, dpi, across.value * down.value)
