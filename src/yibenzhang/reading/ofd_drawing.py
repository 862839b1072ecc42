"""What one page of an OFD shows: text, path and composite objects to characters and lines."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from yibenzhang.reading.folding import FOLDED
from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.limits import (
    MAX_CHARS_PER_PAGE,
    MAX_FORM_DEPTH,
    MAX_MARKS,
    MAX_OBJECTS_PER_PAGE,
    MAX_RULES_PER_PAGE,
)
from yibenzhang.reading.ofd_colours import CLEAR, PALE, SEEN, WHITE, colour_of
from yibenzhang.reading.ofd_paths import number, subpaths_of
from yibenzhang.reading.ofd_values import children, deltas, numbers, tag
from yibenzhang.reading.paths import IDENTITY, Matrix, Segment, add_rule, compose, segments_of
from yibenzhang.reading.rules import Rule
from yibenzhang.reading.tiles import tiles

POINTS = 72 / 25.4
"""Points in a millimetre."""
_AREA = 2.5
"""A filled area this wide and high (millimetres) is no rule."""
_SLACK = 3.0
"""Marks this far (millimetres) outside an object's boundary are clipped away; makers' boundaries are rough."""
_INVISIBLE = frozenset("\u00a0\u3000\ufeff\u200b\ufffe")
_CURVES = re.compile("[BQA]")
_LETTER = 7.0
"""A filled path with curves that is no higher than this (millimetres) may be a letter."""
_NO_CODE = "\u00a4"
"""What makers write where a glyph has no character."""


def _boundary(e: Element) -> tuple[float, ...]:
    return numbers(e.get("Boundary"), 4) or (0.0, 0.0, 0.0, 0.0)


def _matrix(text: str | None) -> Matrix:
    found = numbers(text, 6)
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if found else IDENTITY


Box = tuple[float, float, float, float]


class _Mark(NamedTuple):
    """A character in millimetres of the page: baseline origin, way and width of the advance, size."""

    char: str
    x: float
    y: float
    dx: float
    dy: float
    size: float
    tone: int = SEEN


class Picture(NamedTuple):
    """A picture on a page: its resource, width, height, left and top in millimetres."""

    resource: str
    width: float
    height: float
    left: float = 0.0
    top: float = 0.0

    @property
    def box(self) -> Box:
        """Its box in points."""
        left, top = self.left * POINTS, self.top * POINTS
        return left, top, left + self.width * POINTS, top + self.height * POINTS


@dataclass
class Resources:
    """What the pages of a document share, by id, and how many marks may still be drawn in all."""

    units: dict[str, Element] = field(default_factory=dict)
    params: dict[str, Element] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    left: int = MAX_MARKS


@dataclass
class Drawing:
    """What one page shows."""

    shared: Resources
    outer: Matrix
    marks: list[_Mark] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    images: list[Picture] = field(default_factory=list)
    grounds: list[Box] = field(default_factory=list)
    covers: list[tuple[int, Box]] = field(default_factory=list)
    letters: list[Box] = field(default_factory=list)
    """Letters drawn as curves, in points."""
    chars: int = 0
    left: int = MAX_OBJECTS_PER_PAGE

    def draw_content(self, page: Element) -> None:
        """The layers of a page or template page; a template within a template is not followed."""
        for content in children(page, "Content"):
            self._draw(content, self.outer, "", 0)

    def draw_note(self, look: Element) -> None:
        """The appearance of a note: a block with a boundary of its own."""
        box = _boundary(look)
        self._draw(look, compose((1, 0, 0, 1, box[0], box[1]), self.outer), "", 1)

    def told(self) -> Iterator[tuple[str, bool]]:
        """What was left out, and whether the page must count as unread."""
        if self.chars > MAX_CHARS_PER_PAGE:
            yield f"本页有 {self.chars} 个字符，只读取了前 {MAX_CHARS_PER_PAGE} 个。", True
        if self.left <= 0:
            yield f"本页图形对象超过 {MAX_OBJECTS_PER_PAGE} 个，其余未读取。", True
        elif self.shared.left <= 0:
            yield "文件内容过多，本页未读全。", True

    def _draw(self, block: Element, outer: Matrix, param: str, depth: int) -> None:
        for e in block:
            self.left -= 1
            self.shared.left -= 1
            if self.left <= 0 or self.shared.left <= 0:
                return
            if e.get("Visible", "true").lower() in ("false", "0"):
                continue
            kind = tag(e)
            if kind in ("Layer", "PageBlock"):
                self._draw(e, outer, e.get("DrawParam", param), depth)
            elif kind == "TextObject":
                self._text(e, outer, e.get("DrawParam", param))
            elif kind == "PathObject":
                self._path(e, outer, e.get("DrawParam", param))
            elif kind == "ImageObject":
                self.images.append(_picture(e, outer))
            elif kind == "CompositeObject" and depth < MAX_FORM_DEPTH:
                unit = self.shared.units.get(e.get("ResourceID", ""))
                if unit is not None:
                    inner, _, _ = _placed(e, outer)
                    for content in children(unit, "Content"):
                        self._draw(content, inner, e.get("DrawParam", param), depth + 1)

    def _text(self, e: Element, outer: Matrix, param: str) -> None:
        colour = self._letters_colour(e, param)
        size = number(e.get("Size"))
        if colour == CLEAR or size <= 0:
            return
        matrix, ctm, bounds = _placed(e, outer)
        stretch = number(e.get("HScale"), 1.0) or 1.0
        angle = math.radians(number(e.get("CharDirection")))
        cos, sin = math.cos(angle), math.sin(angle)
        a, b, c, d, left, top = matrix
        way = (a * cos + c * sin, b * cos + d * sin)
        scale = math.hypot(c * cos - a * sin, d * cos - b * sin)
        upright = abs(sin) < 0.01 and cos > 0
        slack = max(_SLACK, 1.5 * size) * max(scale, 1)
        x = y = 0.0
        mapped = False
        for code in e:
            mapped = mapped or tag(code) == "CGTransform"
            if tag(code) != "TextCode":
                continue
            text = _words(code)
            x, y = number(code.get("X"), x), number(code.get("Y"), y)
            for char, px, py, advance in self._letters(text, _positions(code, text, x, y, size, stretch, e)):
                if not _within(ctm, bounds, px, py, slack):
                    continue
                shown = "\ufffd" if char == _NO_CODE and mapped else char
                wide = advance if upright and advance else _em(shown) * size * stretch
                mx, my = a * px + c * py + left, b * px + d * py + top
                self.marks.append(_Mark(shown, mx, my, way[0] * wide, way[1] * wide, size * scale, colour))

    def _letters(
        self, text: str, places: Iterator[tuple[float, float, float]]
    ) -> Iterator[tuple[str, float, float, float]]:
        """The characters that paint something, with their places, as long as there may be more of them."""
        for char, (x, y, advance) in zip(text, places, strict=True):
            if char <= " " or char in _INVISIBLE:
                continue
            self.chars += 1
            self.shared.left -= 1
            if self.chars <= MAX_CHARS_PER_PAGE and self.shared.left > 0:
                yield char, x, y, advance

    def _letters_colour(self, e: Element, param: str) -> int:
        """The colour of letters, which are filled or else drawn as outlines."""
        if e.get("Fill", "true").lower() not in ("false", "0"):
            return colour_of(e, "FillColor", param, self.shared.params, letters=True)
        stroked = e.get("Stroke", "false").lower() in ("true", "1")
        return colour_of(e, "StrokeColor", param, self.shared.params, letters=True) if stroked else CLEAR

    def _path(self, e: Element, outer: Matrix, param: str) -> None:
        if len(self.segments) > 4 * MAX_RULES_PER_PAGE:
            return
        stroked = e.get("Stroke", "true").lower() not in ("false", "0")
        filled = e.get("Fill", "false").lower() in ("true", "1")
        params = self.shared.params
        ground = colour_of(e, "FillColor", param, params) if filled else CLEAR
        stroked = stroked and colour_of(e, "StrokeColor", param, params) == SEEN
        filled = ground == SEEN
        if not stroked and ground == CLEAR:
            return
        _, ctm, bounds = _placed(e, outer)
        boundary = _boundary(e)
        shift = compose((1, 0, 0, 1, boundary[0], boundary[1]), outer)
        data = next((k.text for k in e if tag(k) == "AbbreviatedData"), "") or ""
        if filled and _CURVES.search(data) and (letter := _letter(boundary, shift)):
            self.letters.append(letter)
        for points, closed in subpaths_of(data):
            self.shared.left -= len(points)
            if self.shared.left <= 0:
                return
            moved = [_moved(x, y, ctm, bounds, shift) for x, y in points]
            if ground != CLEAR and moved:
                self._area(moved, ground)
            if stroked or filled:
                self.segments.extend(segments_of(moved, closed, stroked, filled))

    def _area(self, points: list[tuple[float, float]], colour: int) -> None:
        """A filled area: a ground under letters, white over the ones drawn before."""
        xs, ys = [x / POINTS for x, _ in points], [y / POINTS for _, y in points]
        box = (min(xs), min(ys), max(xs), max(ys))
        if min(box[2] - box[0], box[3] - box[1]) < _AREA:
            return
        if colour == SEEN:
            self.grounds.append(box)
        else:
            self.covers.append((len(self.marks), box))

    def turn(self) -> int:
        """The quarter turn (degrees clockwise) at which most characters run."""
        ways = Counter(round(math.degrees(math.atan2(m.dy, m.dx)) / 90) * 90 % 360 for m in self.marks[:4000])
        return ways.most_common(1)[0][0] if ways else 0

    def glyphs(self, turn: int, width: float, height: float) -> list[Glyph]:
        """The characters upright, in points; what is set askew (a watermark) or off the page is left out."""
        wide, high = (height, width) if turn in (90, 270) else (width, height)
        out: list[Glyph] = []
        pale: list[int] = []
        for k, (char, mx, my, mdx, mdy, msize, tone) in enumerate(self.marks):
            if tone == WHITE and not any(_over(mx, my, msize, box) for box in self.grounds):
                continue
            if any(k < until and _over(mx, my, msize, box) for until, box in self.covers):
                continue
            x, y = _upright(mx, my, turn, width, height)
            dx, dy = _turned(mdx, mdy, turn)
            if min(abs(dx), abs(dy)) > 0.3 * max(abs(dx), abs(dy)):
                continue
            x0, x1 = min(x, x + dx), max(x, x + dx)
            if abs(dy) > abs(dx):  # a character lying on its side
                x0, x1 = x - 0.85 * msize, x + 0.15 * msize
            size = max(msize * POINTS, 2.0)
            base = y * POINTS
            if x1 < 0 or x0 > wide or base + 0.15 * size < 0 or base - 0.85 * size > high * POINTS:
                continue
            if tone == PALE:
                pale.append(len(out))
            out.append(
                Glyph(char, x0 * POINTS, base - 0.85 * size, x1 * POINTS, base + 0.15 * size, base, size)
            )
        gone = tiles(out, pale)
        return [g for k, g in enumerate(out) if k not in gone] if gone else out

    def rules(self, turn: int, width: float, height: float) -> tuple[list[Rule], list[Rule]]:
        hs: list[Rule] = []
        vs: list[Rule] = []
        wide, high = width * POINTS, height * POINTS
        for x0, y0, x1, y1 in self.segments:
            add_rule(hs, vs, _upright(x0, y0, turn, wide, high), _upright(x1, y1, turn, wide, high))
        return hs, vs


def _over(x: float, y: float, size: float, box: Box) -> bool:
    """The letter stands in the area: its origin a little above the baseline."""
    return box[0] <= x + 0.2 * size <= box[2] and box[1] <= y - 0.3 * size <= box[3]


def _picture(e: Element, outer: Matrix) -> Picture:
    box = _boundary(e)
    width, height = box[2] * math.hypot(outer[0], outer[1]), box[3] * math.hypot(outer[2], outer[3])
    left = outer[0] * box[0] + outer[2] * box[1] + outer[4]
    top = outer[1] * box[0] + outer[3] * box[1] + outer[5]
    return Picture(e.get("ResourceID", ""), width, height, left, top)


def _letter(boundary: tuple[float, ...], shift: Matrix) -> Box | None:
    """The box (points) of a filled path with curves that is as low as a letter."""
    if not 0 < boundary[3] <= _LETTER:
        return None
    corners = [
        (shift[0] * x + shift[2] * y + shift[4], shift[1] * x + shift[3] * y + shift[5])
        for x, y in ((0.0, 0.0), (boundary[2], boundary[3]))
    ]
    xs, ys = [x * POINTS for x, _ in corners], [y * POINTS for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _placed(e: Element, outer: Matrix) -> tuple[Matrix, Matrix, tuple[float, float]]:
    """Matrix of an object to the page, its own matrix to its boundary, and the size of the boundary."""
    box = _boundary(e)
    ctm = _matrix(e.get("CTM"))
    return compose(compose(ctm, (1, 0, 0, 1, box[0], box[1])), outer), ctm, (box[2], box[3])


def _moved(
    x: float, y: float, ctm: Matrix, bounds: tuple[float, float], shift: Matrix
) -> tuple[float, float]:
    """A point of a path in points of the page; outside of its boundary it is clipped to that."""
    width, height = bounds
    cx, cy = ctm[0] * x + ctm[2] * y + ctm[4], ctm[1] * x + ctm[3] * y + ctm[5]
    if width > 0 or height > 0:  # a line may have a boundary without height
        cx = min(max(cx, -_SLACK), width + _SLACK)
        cy = min(max(cy, -_SLACK), height + _SLACK)
    qx = shift[0] * cx + shift[2] * cy + shift[4]
    qy = shift[1] * cx + shift[3] * cy + shift[5]
    return qx * POINTS, qy * POINTS


def _within(ctm: Matrix, bounds: tuple[float, float], x: float, y: float, slack: float) -> bool:
    """The point of an object stands inside its boundary, give or take; anywhere where it has none."""
    width, height = bounds
    if width <= 0 or height <= 0:
        return True
    cx, cy = ctm[0] * x + ctm[2] * y + ctm[4], ctm[1] * x + ctm[3] * y + ctm[5]
    return -slack <= cx <= width + slack and -slack <= cy <= height + slack


def _words(code: Element) -> str:
    text = (code.text or "").translate(FOLDED)
    return text.strip() if "\n" in text else text


def _em(char: str) -> float:
    """The usual advance of a character in its size; fonts are not opened."""
    return 1.0 if char >= "\u2e80" else 0.5


def _positions(
    code: Element, text: str, x: float, y: float, size: float, stretch: float, e: Element
) -> Iterator[tuple[float, float, float]]:
    """Origin of each character in the object's own space, and its advance where the next one is that near."""
    most = max(len(text) - 1, 0)
    xs, ys = deltas(code.get("DeltaX"), most), deltas(code.get("DeltaY"), most)
    way = math.radians(number(e.get("ReadDirection")))
    for k, char in enumerate(text):
        usual = _em(char) * size * stretch
        if xs is None and ys is None:
            dx, dy = round(math.cos(way), 6) * usual, round(math.sin(way), 6) * usual
        else:
            dx, dy = (xs[k] if xs and k < most else 0.0), (ys[k] if ys and k < most else 0.0)
        wide = char >= "\u2010" or text[k : k + 2].strip("0123456789,.%") == ""  # some fonts set wide digits
        near = (1.3 if wide else 0.65) * size * stretch
        yield x, y, dx if 0 < dx <= near and not dy else 0.0
        x, y = x + dx, y + dy


def _upright(x: float, y: float, turn: int, width: float, height: float) -> tuple[float, float]:
    if turn == 90:
        return y, width - x
    if turn == 180:
        return width - x, height - y
    if turn == 270:
        return height - y, x
    return x, y


def _turned(dx: float, dy: float, turn: int) -> tuple[float, float]:
    x, y = _upright(dx, dy, turn, 0, 0)
    return x, y
