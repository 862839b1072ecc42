"""What one page of an OFD shows: text, path and composite objects to characters and lines."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from yibenzhang.reading.glyphs import Glyph
from yibenzhang.reading.limits import (
    MAX_CHARS_PER_PAGE,
    MAX_FORM_DEPTH,
    MAX_MARKS,
    MAX_OBJECTS_PER_PAGE,
    MAX_RULES_PER_PAGE,
)
from yibenzhang.reading.paths import IDENTITY, Matrix, Segment, add_rule, compose, segments_of
from yibenzhang.reading.rules import Rule

POINTS = 72 / 25.4
"""Points in a millimetre."""
_SLACK = 3.0
"""Marks this far (millimetres) outside an object's boundary are clipped away; makers' boundaries are rough."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DELTA = re.compile(rf"[gG]|{_NUMBER.pattern}")
_STEP = re.compile(rf"[A-Za-z]|{_NUMBER.pattern}")
_TAKES = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_INVISIBLE = frozenset("\u00a0\u3000\ufeff\u200b\ufffe")
_NO_CODE = "\u00a4"
"""What makers write where a glyph has no character."""


def tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Descendants by a path of local names."""
    for child in element:
        if tag(child) == names[0]:
            if len(names) == 1:
                yield child
            else:
                yield from children(child, *names[1:])


def number(text: str | None, default: float = 0.0) -> float:
    """A finite number of page dimensions; anything else is the default."""
    try:
        value = float(text or "")
    except ValueError:
        return default
    return value if abs(value) < 1e6 else default  # false for nan


def numbers(text: str | None, count: int) -> tuple[float, ...] | None:
    found = [number(m.group()) for m in _NUMBER.finditer((text or "")[:400])]
    return tuple(found[:count]) if len(found) >= count else None


def _matrix(text: str | None) -> Matrix:
    found = numbers(text, 6)
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if found else IDENTITY


def deltas(text: str | None, count: int) -> list[float] | None:
    """``count`` offsets from a list in which ``g n v`` stands for n times v; the last one goes on."""
    out: list[float] = []
    found = _DELTA.finditer(text or "")
    for m in found:
        if len(out) >= count:
            break
        if m.group() in "gG":
            times = next(found, None)
            value = next(found, None)
            if times is None or value is None or times.group() in "gG":
                break
            repeat = int(max(0.0, min(float(times.group()), count - len(out))))
            out += [number(value.group())] * repeat
        else:
            out.append(number(m.group()))
    if not out:
        return None
    return (out + [out[-1]] * (count - len(out)))[:count]


class _Mark(NamedTuple):
    """A character in millimetres of the page: baseline origin, way and width of the advance, size."""

    char: str
    x: float
    y: float
    dx: float
    dy: float
    size: float


@dataclass
class Resources:
    """What the pages of a document share, by id, and how many marks may still be drawn in all."""

    units: dict[str, Element] = field(default_factory=dict)
    params: dict[str, Element] = field(default_factory=dict)
    left: int = MAX_MARKS


@dataclass
class Drawing:
    """What one page shows."""

    shared: Resources
    outer: Matrix
    marks: list[_Mark] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    images: int = 0
    chars: int = 0
    left: int = MAX_OBJECTS_PER_PAGE

    def draw_content(self, page: Element) -> None:
        """The layers of a page or template page; a template within a template is not followed."""
        for content in children(page, "Content"):
            self._draw(content, self.outer, "", 0)

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
                self._text(e, outer)
            elif kind == "PathObject":
                self._path(e, outer, e.get("DrawParam", param))
            elif kind == "ImageObject":
                self.images += 1
            elif kind == "CompositeObject" and depth < MAX_FORM_DEPTH:
                unit = self.shared.units.get(e.get("ResourceID", ""))
                if unit is not None:
                    inner, _, _ = _placed(e, outer)
                    for content in children(unit, "Content"):
                        self._draw(content, inner, e.get("DrawParam", param), depth + 1)

    def _text(self, e: Element, outer: Matrix) -> None:
        matrix, ctm, (width, height) = _placed(e, outer)
        size = number(e.get("Size"))
        if size <= 0:
            return
        stretch = number(e.get("HScale"), 1.0) or 1.0
        angle = math.radians(number(e.get("CharDirection")))
        cos, sin = math.cos(angle), math.sin(angle)
        a, b, c, d, _, _ = matrix
        way = (a * cos + c * sin, b * cos + d * sin)
        scale = math.hypot(c * cos - a * sin, d * cos - b * sin)
        upright = abs(sin) < 0.01 and cos > 0
        x = y = 0.0
        mapped: Element | None = None
        for code in e:
            if tag(code) == "CGTransform":
                mapped = code
            if tag(code) != "TextCode":
                continue
            text = code.text or ""
            text = text.strip() if "\n" in text else text
            x, y = number(code.get("X"), x), number(code.get("Y"), y)
            for at, (px, py, advance) in enumerate(_positions(code, text, x, y, size, stretch, e)):
                char = text[at]
                if char <= " " or char in _INVISIBLE:
                    continue
                self.chars += 1
                self.shared.left -= 1
                if self.chars > MAX_CHARS_PER_PAGE or self.shared.left <= 0:
                    continue
                slack = max(_SLACK, 1.5 * size)
                cx, cy = ctm[0] * px + ctm[2] * py + ctm[4], ctm[1] * px + ctm[3] * py + ctm[5]
                if width > 0 and height > 0 and not _within(cx, cy, width, height, slack * max(scale, 1)):
                    continue
                if char == _NO_CODE and mapped is not None:
                    char = "\ufffd"
                wide = advance if upright and advance else _em(char) * size * stretch
                self.marks.append(
                    _Mark(
                        char,
                        a * px + c * py + matrix[4],
                        b * px + d * py + matrix[5],
                        way[0] * wide,
                        way[1] * wide,
                        size * scale,
                    )
                )

    def _path(self, e: Element, outer: Matrix, param: str) -> None:
        if len(self.segments) > 4 * MAX_RULES_PER_PAGE:
            return
        stroked = e.get("Stroke", "true").lower() not in ("false", "0")
        filled = e.get("Fill", "false").lower() in ("true", "1")
        stroked = stroked and self._visible(e, "StrokeColor", param)
        filled = filled and self._visible(e, "FillColor", param)
        if not stroked and not filled:
            return
        _, ctm, (width, height) = _placed(e, outer)
        boundary = numbers(e.get("Boundary"), 4) or (0, 0, 0, 0)
        a, b, c, d, s, t = ctm
        shift = compose((1, 0, 0, 1, boundary[0], boundary[1]), outer)
        data = next((k.text for k in e if tag(k) == "AbbreviatedData"), "") or ""
        for points, closed in _subpaths(data):
            self.shared.left -= len(points)
            if self.shared.left <= 0:
                return
            moved = []
            for px, py in points:
                cx, cy = a * px + c * py + s, b * px + d * py + t
                if width > 0 or height > 0:  # a line may have a boundary without height
                    cx = min(max(cx, -_SLACK), width + _SLACK)
                    cy = min(max(cy, -_SLACK), height + _SLACK)
                qx = shift[0] * cx + shift[2] * cy + shift[4]
                qy = shift[1] * cx + shift[3] * cy + shift[5]
                moved.append((qx * POINTS, qy * POINTS))
            self.segments.extend(segments_of(moved, closed, stroked, filled))

    def _visible(self, e: Element, what: str, param: str) -> bool:
        """False for white or clear; the colour stands on the object or in its draw parameters."""
        color = next((k for k in e if tag(k) == what), None)
        for _ in range(5):
            found = self.shared.params.get(param)
            if color is not None or found is None:
                break
            color = next((k for k in found if tag(k) == what), None)
            param = found.get("Relative", "")
        if color is None:
            return True
        if number(color.get("Alpha"), 255) <= 8:
            return False
        values = [
            int(m.group(1), 16) if m.group(1) else float(m.group(2))
            for m in re.finditer(r"#([0-9A-Fa-f]{1,2})|(\d{1,3}(?:\.\d+)?)", color.get("Value", ""))
        ]
        if len(values) == 4:
            return max(values) > 5
        return not values or min(values) < 250

    def turn(self) -> int:
        """The quarter turn (degrees clockwise) at which most characters run."""
        ways = Counter(round(math.degrees(math.atan2(m.dy, m.dx)) / 90) * 90 % 360 for m in self.marks[:4000])
        return ways.most_common(1)[0][0] if ways else 0

    def glyphs(self, turn: int, width: float, height: float) -> list[Glyph]:
        """The characters upright, in points; what is set askew (a watermark) or off the page is left out."""
        wide, high = (height, width) if turn in (90, 270) else (width, height)
        out = []
        for char, mx, my, mdx, mdy, msize in self.marks:
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
            out.append(
                Glyph(char, x0 * POINTS, base - 0.85 * size, x1 * POINTS, base + 0.15 * size, base, size)
            )
        return out

    def rules(self, turn: int, width: float, height: float) -> tuple[list[Rule], list[Rule]]:
        hs: list[Rule] = []
        vs: list[Rule] = []
        wide, high = width * POINTS, height * POINTS
        for x0, y0, x1, y1 in self.segments:
            add_rule(hs, vs, _upright(x0, y0, turn, wide, high), _upright(x1, y1, turn, wide, high))
        return hs, vs


def _placed(e: Element, outer: Matrix) -> tuple[Matrix, Matrix, tuple[float, float]]:
    """Matrix of an object to the page, its own matrix to its boundary, and the size of the boundary."""
    box = numbers(e.get("Boundary"), 4) or (0.0, 0.0, 0.0, 0.0)
    ctm = _matrix(e.get("CTM"))
    return compose(compose(ctm, (1, 0, 0, 1, box[0], box[1])), outer), ctm, (box[2], box[3])


def _within(x: float, y: float, width: float, height: float, slack: float) -> bool:
    return -slack <= x <= width + slack and -slack <= y <= height + slack


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


def _subpaths(data: str) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """Straight subpaths of abbreviated path data; one with a curve rules nothing."""
    points: list[tuple[float, float]] = []
    closed = curved = False
    step = ""
    values: list[float] = []
    count = 0
    for m in _STEP.finditer(data):
        token = m.group()
        if token.isalpha():
            step, values = token.upper(), []
            if step != "C":
                continue
            closed = True
            continue
        values.append(number(token))
        if len(values) < _TAKES.get(step, 99):
            continue
        count += 1
        if count > 4 * MAX_RULES_PER_PAGE:
            break
        if step in ("M", "S"):
            if len(points) > 1 and not curved:
                yield points, closed
            points, closed, curved = [], False, False
        elif step != "L":
            curved = True
        points.append((values[-2], values[-1]))
        values = []
    if len(points) > 1 and not curved:
        yield points, closed
