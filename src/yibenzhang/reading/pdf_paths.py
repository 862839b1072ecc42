"""What is drawn on a page of a PDF beside its characters: ruling lines, pictures, letters drawn as curves, covers."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
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


def drawn_on(page: raw.FPDF_PAGE, frame: Frame) -> Drawn:
    """All that is drawn on a page but its characters, as far as it says something about them."""
    out = Drawn()
    for order, after, kind, obj, matrix in _objects(page):
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            placed = compose(_matrix(obj), matrix)
            out.images.append(picture(obj, placed))
            box = _upright(_corners(placed), frame)
            out.frames.append(box)
            out.grounds.append(box)
            if after and not raw.FPDFPageObj_HasTransparency(obj):
                out.covers.append((order, box, False))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            if raw.FPDFPath_CountSegments(obj) > _CURVED and (letter := _letter(obj, matrix, frame)):
                out.letters.append(letter)
                continue
            found = _strokes(obj, matrix)
            for xa, ya, xb, yb in found:
                add_rule(out.hs, out.vs, frame.point(xa, ya), frame.point(xb, yb))
            if not found:
                _filled(obj, matrix, frame, out, order if after else 0)
            if len(out.hs) + len(out.vs) > MAX_RULES_PER_PAGE:
                break
    return out


def _letter(obj: raw.FPDF_PAGEOBJECT, matrix: Matrix, frame: Frame) -> Box | None:
    """The box of a filled path that is low and has curves: a letter, or a line of them."""
    mode, stroke = _MODES
    l, b, r, t = _BOUNDS  # noqa: E741
    if (
        not raw.FPDFPath_GetDrawMode(obj, mode, stroke)
        or not mode.value
        or not raw.FPDFPageObj_GetBounds(obj, l, b, r, t)
    ):
        return None
    box = _upright([_moved(matrix, x, y) for x, y in ((l.value, b.value), (r.value, t.value))], frame)
    if not 1.0 < box[3] - box[1] <= _LETTER or not _visible(raw.FPDFPageObj_GetFillColor, obj):
        return None
    kinds = (
        raw.FPDFPathSegment_GetType(raw.FPDFPath_GetPathSegment(obj, k))
        for k in range(min(raw.FPDFPath_CountSegments(obj), _LOOKED_AT))
    )
    return box if raw.FPDF_SEGMENT_BEZIERTO in kinds else None


def _filled(obj: raw.FPDF_PAGEOBJECT, matrix: Matrix, frame: Frame, out: Drawn, after: int) -> None:
    """A path that rules nothing: a ground under characters, a cover over them, or a letter of its own."""
    mode, stroke = _MODES
    l, b, r, t = _BOUNDS  # noqa: E741
    if not mode.value or not raw.FPDFPageObj_GetBounds(obj, l, b, r, t):
        return
    box = _upright([_moved(matrix, x, y) for x, y in ((l.value, b.value), (r.value, t.value))], frame)
    coloured = _visible(raw.FPDFPageObj_GetFillColor, obj)
    if raw.FPDFPath_CountSegments(obj) > _CURVED + 1:
        return
    if coloured:
        out.grounds.append(box)
    if after and _RGBA[3].value >= _SOLID and not raw.FPDFPageObj_HasTransparency(obj):
        out.covers.append((after, box, not coloured))


def _moved(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _corners(m: Matrix) -> list[tuple[float, float]]:
    return [_moved(m, x, y) for x in (0.0, 1.0) for y in (0.0, 1.0)]


def _upright(points: list[tuple[float, float]], frame: Frame) -> Box:
    moved = [frame.point(x, y) for x, y in points]
    xs, ys = [p[0] for p in moved], [p[1] for p in moved]
    return min(xs), min(ys), max(xs), max(ys)


def order_of(page: raw.FPDF_PAGE) -> dict[int, int]:
    """The address of each text object of a page → how many objects are drawn before it."""
    out = {}
    for i in range(min(raw.FPDFPage_CountObjects(page), MAX_OBJECTS_PER_PAGE)):
        obj = raw.FPDFPage_GetObject(page, i)
        if raw.FPDFPageObj_GetType(obj) == raw.FPDF_PAGEOBJ_TEXT:
            out[address(obj)] = i
    return out


def address(obj: raw.FPDF_PAGEOBJECT) -> int:
    return ctypes.cast(obj, ctypes.c_void_p).value or 0


def _objects(page: raw.FPDF_PAGE) -> Iterator[tuple[int, bool, int, raw.FPDF_PAGEOBJECT, Matrix]]:
    """Paths and images, also inside form objects: place in the order of drawing, whether text came before, kind,
    object, and the matrix that carries it to the page."""
    left = MAX_OBJECTS_PER_PAGE
    stack: list[tuple[raw.FPDF_PAGEOBJECT, Matrix, int, int]] = []
    texts = False
    object_of, type_of = raw.FPDFPage_GetObject, raw.FPDFPageObj_GetType
    text, group = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_FORM
    for i in range(min(raw.FPDFPage_CountObjects(page), left)):
        obj = object_of(page, i)
        kind = type_of(obj)
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
        for i in range(raw.FPDFFormObj_CountObjects(form)):
            left -= 1
            if left <= 0:
                break
            obj = raw.FPDFFormObj_GetObject(form, i)
            kind = raw.FPDFPageObj_GetType(obj)
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
                stack.append((obj, matrix, depth + 1, order))
            elif kind != raw.FPDF_PAGEOBJ_TEXT:
                yield order, False, kind, obj, matrix


def _matrix(obj: raw.FPDF_PAGEOBJECT) -> Matrix:
    m = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(obj, m):
        return IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


# Out-parameters of PDFium, made once: making them anew for each of thousands of objects costs more than the
# calls. PDFium is not thread-safe anyway; a process reads one page at a time.
_RGBA = tuple(ctypes.c_uint() for _ in range(4))
_BOUNDS = tuple(ctypes.c_float() for _ in range(4))
_POINT = (ctypes.c_float(), ctypes.c_float())
_MODES = (ctypes.c_int(), ctypes.c_int())


def _visible(getter: object, obj: raw.FPDF_PAGEOBJECT) -> bool:
    red, green, blue, alpha = _RGBA
    if not getter(obj, red, green, blue, alpha):  # type: ignore[operator]
        return True
    white = min(red.value, green.value, blue.value) >= _WHITE
    return alpha.value > 8 and not white


def _strokes(obj: raw.FPDF_PAGEOBJECT, outer: Matrix) -> list[Segment]:
    """The rules one path draws, in page coordinates: strokes, sides of rectangles, thin filled boxes."""
    mode, stroke = _MODES
    if not raw.FPDFPath_GetDrawMode(obj, mode, stroke):
        return []
    stroked = bool(stroke.value) and _visible(raw.FPDFPageObj_GetStrokeColor, obj)
    filled = bool(mode.value) and _visible(raw.FPDFPageObj_GetFillColor, obj)
    if not stroked and not filled:
        return []
    if not stroked and outer is IDENTITY:
        l, b, r, t = _BOUNDS  # noqa: E741
        if raw.FPDFPageObj_GetBounds(obj, l, b, r, t):
            w, h = r.value - l.value, t.value - b.value
            if max(w, h) <= DOT:
                return dot(l.value, b.value, r.value, t.value)
            if min(w, h) <= THIN:
                return [thin(l.value, b.value, r.value, t.value)]
            if raw.FPDFPath_CountSegments(obj) <= 5:
                return []  # one large filled box is a background
    matrix = compose(_matrix(obj), outer)
    out: list[Segment] = []
    for points, closed in _subpaths(obj, matrix):
        out.extend(segments_of(points, closed, stroked, filled))
    return out


def _subpaths(obj: raw.FPDF_PAGEOBJECT, m: Matrix) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    points: list[tuple[float, float]] = []
    closed = curved = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(min(raw.FPDFPath_CountSegments(obj), MAX_RULES_PER_PAGE)):
        segment = raw.FPDFPath_GetPathSegment(obj, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (m[0] * x.value + m[2] * y.value + m[4], m[1] * x.value + m[3] * y.value + m[5])
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1 and not curved:
                yield points, closed
            points, closed, curved = [], False, False
        elif kind == raw.FPDF_SEGMENT_BEZIERTO:
            curved = True
        points.append(point)
        if raw.FPDFPathSegment_GetClose(segment):
            closed = True
    if len(points) > 1 and not curved:
        yield points, closed
