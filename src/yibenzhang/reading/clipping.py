"""What a clip lets be seen of the text of a PDF page: words run on unseen behind the next cell or the next page."""

from __future__ import annotations

import ctypes
import math

from yibenzhang.reading.pdfium_calls import (
    Handle,
    Memory,
    clip_path,
    clip_paths,
    clip_segment,
    clip_segments,
    object_bounds,
    segment_point,
    text_object,
)

STRAY = 3.0
"""A character this far (points) from the end of the one before may belong to another text object."""
_MOST_PATHS, _MOST_POINTS = 8, 12
_CORNERS, _BOUNDS = Memory(ctypes.c_float, 4), Memory(ctypes.c_float, 4)
_FIRST, _OPPOSITE = _CORNERS.at[:2], _CORNERS.at[2:]
_ALL = (-math.inf, -math.inf, math.inf, math.inf)


class Clips:
    """The clip of the text object that is being read; ``some`` is False where it shows all."""

    def __init__(self, textpage: Handle) -> None:
        self._page = textpage
        self._box = self._own = _ALL
        self._fresh = True
        self.some = False
        self.object = Handle()

    def look_up(self, index: int) -> None:
        """Another text object may begin at this character."""
        obj = text_object(self._page, index)
        if not obj or obj.value != self.object.value:
            self._own = clip_box(obj)
        self.object = obj
        self._box = self._own
        self._fresh = True
        self.some = self._box is not _ALL

    def hides(self, index: int, left: float, right: float, base: float, size: float) -> str:
        """Where a character is cut off: ``y`` above or below its clip, ``x`` at its side; else empty."""
        out = self._outside(left, right, base, size)
        if out and not self._fresh:
            self.look_up(index)
            out = self._outside(left, right, base, size)
        self._fresh = False
        if out and not self._in_page(index, left, base, size):
            self._box, self.some = _ALL, False
            return ""
        return out

    def _in_page(self, index: int, left: float, base: float, size: float) -> bool:
        """Object and clip are in the measure of the page: those inside a form may be in another."""
        obj = text_object(self._page, index)
        if not obj or not object_bounds(obj, *_BOUNDS.at):
            return True
        west, floor, east, roof = _BOUNDS.values()
        return bool(west - size <= left <= east + size and floor - size <= base <= roof + size)

    def _outside(self, left: float, right: float, base: float, size: float) -> str:
        west, floor, east, roof = self._box
        if not floor - 0.3 * size <= base <= roof + 0.3 * size:
            return "y"
        return "" if west <= (left + right) / 2 <= east else "x"


def clip_box(obj: Handle) -> tuple[float, float, float, float]:
    """Left, bottom, right and top (page coordinates) of what is shown of a text object."""
    clip = clip_path(obj) if obj else None
    paths = clip_paths(clip) if clip else 0
    if clip is None or paths <= 0:
        return _ALL
    west, floor, east, roof = _ALL
    for path in range(min(paths, _MOST_PATHS)):
        count = clip_segments(clip, path)
        if not 3 <= count <= _MOST_POINTS:
            continue
        if count in (4, 5):  # two opposite corners of a rectangle say all
            segment_point(clip_segment(clip, path, 0), *_FIRST)
            segment_point(clip_segment(clip, path, 2), *_OPPOSITE)
            x0, y0, x1, y1 = _CORNERS.values()
            left, right = (x0, x1) if x0 < x1 else (x1, x0)
            bottom, top = (y0, y1) if y0 < y1 else (y1, y0)
        else:
            left, bottom, right, top = _bounds(clip, path, count)
        west, east = left if left > west else west, right if right < east else east
        floor, roof = bottom if bottom > floor else floor, top if top < roof else roof
    return west, floor, east, roof


def _bounds(clip: Handle, path: int, count: int) -> tuple[float, float, float, float]:
    xs, ys = [], []
    for k in range(count):
        segment_point(clip_segment(clip, path, k), *_FIRST)
        x, y, _, _ = _CORNERS.values()
        xs.append(x)
        ys.append(y)
    return min(xs), min(ys), max(xs), max(ys)
