"""What is drawn on a page of a PDF beside its characters: ruling lines, pictures, letters drawn as curves, covers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pypdfium2.raw as raw

from yibenzhang.reading.limits import MAX_FORM_DEPTH, MAX_OBJECTS_PER_PAGE, MAX_RULES_PER_PAGE
from yibenzhang.reading.paths import (
    DOT,
    IDENTITY,
    THIN,
    Matrix,
    Segment,
    add_rule,
    compose,
    dot,
    segments_of,
    thin,
)
from yibenzhang.reading.pdfium_calls import (
    Handle,
    Memory,
    count_segments,
    draw_mode,
    fill_colour,
    object_bounds,
    object_matrix,
    object_of_form,
    object_of_page,
    object_transparent,
    object_type,
    objects_of_form,
    objects_of_page,
    path_segment,
    segment_close,
    segment_point,
    segment_type,
    stroke_colour,
)
from yibenzhang.reading.rules import Rule
from yibenzhang.reading.scanned import Picture, picture

_WHITE = 250
_CURVED = 8
"""A filled path of more segments than this may be a letter."""
_LOOKED_AT = 60
_LETTER = 45.0
_SOLID = 250


@dataclass(frozen=True, slots=True)
class Frame:
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


Box = tuple[float, float, float, float]
"""Left, top, right, bottom of an upright page in points."""


@dataclass(slots=True)
class Drawn:
    """Rules both ways, pictures with their boxes, and what tells whether characters can be seen: grounds of a colour,
    covers drawn after text (how many objects of the page came before, and whether they are white); letters drawn as curves."""

    hs: list[Rule] = field(default_factory=list)
    vs: list[Rule] = field(default_factory=list)
    images: list[Picture] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)
    grounds: list[Box] = field(default_factory=list)
    covers: list[tuple[int, Box, bool]] = field(default_factory=list)
    letters: list[Box] = field(default_factory=list)


def drawn_on(page: Handle, frame: Frame) -> Drawn:
    """All that is drawn on a page but its characters, as far as it says something about them."""
    out = Drawn()
    for order, after, kind, obj, matrix in _objects(page):
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            placed = compose(_matrix(obj), matrix)
            out.images.append(picture(obj, placed))
            box = _upright(_corners(placed), frame)
            out.frames.append(box)
            out.grounds.append(box)
            if after and not object_transparent(obj):
                out.covers.append((order, box, False))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            count = count_segments(obj)
            if count > _CURVED and (letter := _letter(obj, count, matrix, frame)):
                out.letters.append(letter)
                continue
            found = _strokes(obj, count, matrix)
            for xa, ya, xb, yb in found:
                add_rule(out.hs, out.vs, frame.point(xa, ya), frame.point(xb, yb))
            if not found and count <= _CURVED + 1:
                _filled(obj, matrix, frame, out, order if after else 0)
            if len(out.hs) + len(out.vs) > MAX_RULES_PER_PAGE:
                break
    return out


def _letter(obj: Handle, count: int, matrix: Matrix, frame: Frame) -> Box | None:
    """The box of a filled path that is low and has curves: a letter, or a line of them."""
    if not draw_mode(obj, *_MODES.at) or not _MODES.values()[0] or not object_bounds(obj, *_BOUNDS.at):
        return None
    box = _bounded(matrix, frame)
    if not 1.0 < box[3] - box[1] <= _LETTER or not _visible(fill_colour, obj):
        return None
    kinds = (segment_type(path_segment(obj, k)) for k in range(min(count, _LOOKED_AT)))
    return box if raw.FPDF_SEGMENT_BEZIERTO in kinds else None


def _filled(obj: Handle, matrix: Matrix, frame: Frame, out: Drawn, after: int) -> None:
    """A path that rules nothing: a ground under characters, or a cover over them."""
    if not _MODES.values()[0] or not object_bounds(obj, *_BOUNDS.at):
        return
    box = _bounded(matrix, frame)
    coloured = _visible(fill_colour, obj)
    if coloured:
        out.grounds.append(box)
    if after and _RGBA.values()[3] >= _SOLID and not object_transparent(obj):
        out.covers.append((after, box, not coloured))


def _bounded(matrix: Matrix, frame: Frame) -> Box:
    """The box that PDFium has just written, upright."""
    left, bottom, right, top = _BOUNDS.values()
    return _upright([_moved(matrix, left, bottom), _moved(matrix, right, top)], frame)


def _moved(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _corners(m: Matrix) -> list[tuple[float, float]]:
    return [_moved(m, x, y) for x in (0.0, 1.0) for y in (0.0, 1.0)]


def _upright(points: list[tuple[float, float]], frame: Frame) -> Box:
    moved = [frame.point(x, y) for x, y in points]
    xs, ys = [p[0] for p in moved], [p[1] for p in moved]
    return min(xs), min(ys), max(xs), max(ys)


def order_of(page: Handle) -> dict[int, int]:
    """The address of each text object of a page → how many objects are drawn before it."""
    out = {}
    for i in range(min(objects_of_page(page), MAX_OBJECTS_PER_PAGE)):
        obj = object_of_page(page, i)
        if object_type(obj) == raw.FPDF_PAGEOBJ_TEXT:
            out[obj.value or 0] = i
    return out


def _objects(page: Handle) -> Iterator[tuple[int, bool, int, Handle, Matrix]]:
    """Paths and images, also inside form objects: place in the order of drawing, whether text came before, kind,
    object, and the matrix that carries it to the page."""
    left = MAX_OBJECTS_PER_PAGE
    stack: list[tuple[Handle, Matrix, int, int]] = []
    texts = False
    text, group = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM
    for i in range(min(objects_of_page(page), left)):
        obj = object_of_page(page, i)
        kind = object_type(obj)
        if kind == text:
            texts = True
            continue
        if kind == group:
            stack.append((obj, IDENTITY, 1, i))
        else:
            yield i, texts, kind, obj, IDENTITY
    while stack and left > 0:
        form, outer, depth, order = stack.pop()
        matrix = compose(_matrix(form), outer)
        for i in range(objects_of_form(form)):
            left -= 1
            if left <= 0:
                break
            obj = object_of_form(form, i)
            kind = object_type(obj)
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
                stack.append((obj, matrix, depth + 1, order))
            elif kind != raw.FPDF_PAGEOBJ_TEXT:
                yield order, False, kind, obj, matrix


def _matrix(obj: Handle) -> Matrix:
    if not object_matrix(obj, _MATRIX.at[0]):
        return IDENTITY
    a, b, c, d, e, f = _MATRIX.values()
    return a, b, c, d, e, f


def _on_page(obj: Handle, outer: Matrix) -> Matrix:
    return _matrix(obj) if outer is IDENTITY else compose(_matrix(obj), outer)


# Out-parameters of PDFium, made once: making them anew for each of thousands of objects costs more than the calls.
_RGBA, _MODES = Memory(ctypes.c_uint, 4), Memory(ctypes.c_int, 2)
_BOUNDS, _MATRIX, _POINT = Memory(ctypes.c_float, 4), Memory(ctypes.c_float, 6), Memory(ctypes.c_float, 2)


def _visible(getter: Callable[..., int], obj: Handle) -> bool:
    if not getter(obj, *_RGBA.at):
        return True
    red, green, blue, alpha = _RGBA.values()
    return alpha > 8 and not min(red, green, blue) >= _WHITE


def _strokes(obj: Handle, count: int, outer: Matrix) -> list[Segment]:
    """The rules one path draws, in page coordinates: strokes, sides of rectangles, thin filled boxes."""
    if not draw_mode(obj, *_MODES.at):
        return []
    mode, stroke = _MODES.values()
    stroked = bool(stroke) and _visible(stroke_colour, obj)
    filled = bool(mode) and _visible(fill_colour, obj)
    if not stroked and not filled:
        return []
    if not stroked and outer is IDENTITY and object_bounds(obj, *_BOUNDS.at):
        thin_box = _thin_box()
        if thin_box or count <= 5:
            return thin_box  # one large filled box is a background
    matrix = _on_page(obj, outer)
    if count == 2 and not filled and (line := _one_line(obj, matrix)):
        return [line]
    out: list[Segment] = []
    for points, closed in _subpaths(obj, count, matrix):
        out.extend(segments_of(points, closed, stroked, filled))
    return out


def _thin_box() -> list[Segment]:
    """The rule, or the dot, that the box is which PDFium has just written; none where it is an area."""
    left, bottom, right, top = _BOUNDS.values()
    w, h = right - left, top - bottom
    if max(w, h) <= DOT:
        return dot(left, bottom, right, top)
    return [thin(left, bottom, right, top)] if min(w, h) <= THIN else []


def _one_line(obj: Handle, m: Matrix) -> Segment | None:
    """A stroked path of one straight line, which half of all paths are; None where it is something else."""
    end = path_segment(obj, 1)
    if segment_type(end) != raw.FPDF_SEGMENT_LINETO or segment_close(end):
        return None
    segment_point(path_segment(obj, 0), *_POINT.at)
    x0, y0 = _POINT.values()
    segment_point(end, *_POINT.at)
    x1, y1 = _POINT.values()
    a, b, c, d, e, f = m
    return a * x0 + c * y0 + e, b * x0 + d * y0 + f, a * x1 + c * y1 + e, b * x1 + d * y1 + f


def _subpaths(obj: Handle, count: int, m: Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    points: list[tuple[float, float]] = []
    closed = curved = False
    for i in range(min(count, MAX_RULES_PER_PAGE)):
        segment = path_segment(obj, i)
        kind = segment_type(segment)
        segment_point(segment, *_POINT.at)
        x, y = _POINT.values()
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points, closed
            points, closed, curved = [], False, False
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            curved = True
        points.append((m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]))
        if segment_close(segment):
            closed = True
    if len(points) > 1 and not curved:
        yield points, closed
