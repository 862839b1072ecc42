"""A scanned page as pixels: set upright and straight, its ruling lines found, its ink cut into pieces.

Pixels become points only here, by ``Sheet.scale``. Needs the extra ``ocr`` (OpenCV, NumPy).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from yibenzhang.reading.grid import groups_of
from yibenzhang.reading.limits import MAX_RULES_PER_PAGE
from yibenzhang.reading.rules import GAP, Rule
from yibenzhang.reading.seals import without_seals

_LONG = 40.0
"""A rule of so many points need not end at others: tables may lack their outer edges."""

Gray = npt.NDArray[np.uint8]

MAX_SKEW = 3.5
"""Degrees; a page turned further is straightened only where it does not read well as it lies."""
FAR_SKEW = 10.0
"""No page is straightened by more."""
_CONTRAST = 28
"""A rule is darker than what lies beside it by this much (of 255)."""
_FAINT = 16
"""On a page without grain this is enough: thin grey rules that lie askew."""
_INK = 26
"""Ink is darker than the mean around it by this much."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A connected piece of ink, in pixels: [x0, x1) × [top, bottom), and how many pixels it has."""

    x0: int
    top: int
    x1: int
    bottom: int
    area: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.x1 - self.x0


@dataclass(frozen=True)
class Sheet:
    """An upright page: ``gray`` without its rules, ``scale`` points a pixel, rules in points."""

    gray: Gray
    scale: float
    hs: list[Rule]
    vs: list[Rule]
    pieces: list[Piece]

    @property
    def size(self) -> tuple[float, float]:
        height, width = self.gray.shape
        return width * self.scale, height * self.scale


def gray_of(image: npt.NDArray[Any], dpi: float) -> Gray:
    """One channel, without the red seals over a coloured page (RGB)."""
    if image.ndim == 2:
        return np.ascontiguousarray(image, dtype=np.uint8)
    if image.shape[2] == 1:
        return np.ascontiguousarray(image[:, :, 0], dtype=np.uint8)
    return without_seals(image, dpi)


def turned(gray: Gray, degrees: int) -> Gray:
    """The page turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(gray, -(degrees // 90) % 4))


def ink_of(gray: Gray, scale: float, darker: int = _INK) -> Gray:
    """Ink (255) on paper (0), whatever the paper's shade."""
    block = int(24 / scale) | 1
    return np.asarray(
        cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, darker),
        dtype=np.uint8,
    )


def is_blank(gray: Gray) -> bool:
    """True where next to nothing on the page is darker than its paper."""
    paper = float(np.median(gray[::7, ::7]))
    return float(np.mean(gray < paper - 40)) < 0.000_2 and float(np.mean(gray > paper + 40)) < 0.02


def lies_sideways(ink: Gray, scale: float) -> float:
    """How much more of the text runs up and down the page than across it: above 1 it lies on its side.

    Characters of a line stand closer to one another than lines do: closing small gaps along the lines
    makes long bars of them, closing them across does not.
    """
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # a pixel a point
    dots = np.where(small > 60, 255, 0).astype(np.uint8)
    long = cv2.morphologyEx(dots, cv2.MORPH_OPEN, np.ones((1, 24), np.uint8))
    tall = cv2.morphologyEx(dots, cv2.MORPH_OPEN, np.ones((24, 1), np.uint8))
    dots[cv2.dilate(cv2.max(long, tall), np.ones((3, 3), np.uint8)) > 0] = 0
    across = _bars(dots, (3, 1))
    along = _bars(np.ascontiguousarray(dots.T), (3, 1))
    return along / max(across, 1.0)


def _bars(dots: Gray, gap: tuple[int, int]) -> float:
    closed = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((gap[1], gap[0] + 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
    width, height = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    bars = (width >= 3 * height) & (height >= 4)
    return float(np.sum(width[bars]))


def skew_of(ink: Gray, most: float = MAX_SKEW) -> float:
    """The angle in degrees (clockwise), ``most`` at most, by which the page must be turned to stand straight."""
    factor = min(1.0, 800 / max(ink.shape))
    small = np.asarray(cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    best = 0.0
    for reach, step in ((most, 0.5), (0.5, 0.1), (0.1, 0.025)):
        angles = best + np.arange(-reach, reach + step / 2, step)
        best = float(angles[int(np.argmax([_sharpness(small, float(a)) for a in angles]))])
    return best if abs(best) <= most else 0.0


def _sharpness(small: Gray, angle: float) -> float:
    rows = _rotated(small, angle, 0, cv2.INTER_LINEAR).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def sharpened(crop: Gray) -> Gray:
    """Twice the size, grain smoothed away, ink and paper drawn apart."""
    large = cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.bilateralFilter(np.asarray(large, np.uint8), 5, 40, 3)
    low, high = np.percentile(smooth, (2, 75))
    spread = max(float(high - low), 24.0)
    return np.asarray(np.clip((smooth.astype(np.float32) - low) * (255 / spread), 0, 255), dtype=np.uint8)


def _rotated(gray: Gray, angle: float, border: int, way: int = cv2.INTER_CUBIC) -> Gray:
    height, width = gray.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1.0)
    constant = cv2.BORDER_CONSTANT
    turned = cv2.warpAffine(gray, matrix, (width, height), flags=way, borderMode=constant, borderValue=border)
    return np.asarray(turned, dtype=np.uint8)


def straight(gray: Gray, scale: float, most: float = MAX_SKEW) -> tuple[Gray, float]:
    """The page with its skew taken out, and by how many degrees clockwise it was turned for that."""
    angle = skew_of(ink_of(gray, scale), most)
    if abs(angle) < 0.04:
        return gray, 0.0
    return _rotated(gray, angle, int(np.median(gray[::7, ::7]))), angle


def sheet_of(gray: Gray, scale: float) -> Sheet:
    """Rules and ink of an upright, straight page."""
    calm, grain = _calm(gray)
    least = _FAINT if grain < 2 else _CONTRAST
    (across, hs, h_boxes), (along, vs, v_boxes) = _both_ways(calm, scale, least, *_WHOLE)
    keep_h, keep_v = _drawn(hs, vs)
    if not keep_h and not keep_v and grain < 2:  # among grain everything is dashed
        (across, hs, h_boxes), (along, vs, v_boxes) = _both_ways(calm, scale, least, *_DASHED)
        keep_h, keep_v = _drawn(hs, vs)
    rules = np.zeros_like(gray)
    for mask, boxes, keep, kept in ((across, h_boxes, keep_h, hs), (along, v_boxes, keep_v, vs)):
        for k, (x0, top, x1, bottom) in enumerate(boxes):
            # a long line that stands alone is no rule of a table, and no character either
            if k in keep or kept[k].end - kept[k].start > 60:
                rules[top:bottom, x0:x1] |= mask[top:bottom, x0:x1]
    clean = gray.copy()
    rules = _crossed(rules, scale)
    grown = cv2.dilate(rules, np.ones((3, 3), np.uint8))
    clean[grown > 0] = int(np.median(gray[::7, ::7]))
    calm[grown > 0] = int(np.median(gray[::7, ::7]))
    ink = ink_of(calm, scale, max(_INK, round(3.2 * grain)))
    ink[grown > 0] = 0
    hs, vs = [hs[k] for k in sorted(keep_h)], [vs[k] for k in sorted(keep_v)]
    pieces = [p for p in _pieces(ink, scale) if not _left_over(p, scale, hs, vs)]
    pieces = _without_specks(pieces, gray.shape, scale)
    return Sheet(clean, scale, hs, vs, pieces)


_WHOLE, _DASHED = (1.4, 14.0), (3.2, 60.0)
"""Gaps (points) inside of a rule, and how long it is at least: dashes and dots make a rule where they go on."""
_Found = tuple[Gray, list[Rule], list[tuple[int, int, int, int]]]
"""A mask of bars one way, the rules they are, and their boxes."""


def _both_ways(gray: Gray, scale: float, least: int, gap: float, shortest: float) -> tuple[_Found, _Found]:
    across = _bars_of(gray, scale, least, gap, shortest)
    along = _bars_of(np.ascontiguousarray(gray.T), scale, least, gap, shortest)
    along = np.ascontiguousarray(along.T)
    return (across, *_rules(across, scale, flat=True)), (along, *_rules(along, scale, flat=False))


def _calm(gray: Gray) -> tuple[Gray, float]:
    """The page with its grain smoothed where it has much (a copy in any case), and how much it has."""
    some = np.ascontiguousarray(gray[::2, ::2])
    grain = float(np.median(cv2.absdiff(some, np.asarray(cv2.medianBlur(some, 3), np.uint8))))
    if grain < 3:
        return gray.copy(), grain
    return np.asarray(cv2.GaussianBlur(gray, (3, 3), 0), dtype=np.uint8), grain


def _without_specks(pieces: list[Piece], shape: tuple[int, ...], scale: float) -> list[Piece]:
    """Dust goes: specks with no character beside them. Points and strokes stand next to one."""
    small = 1.9 / scale
    cell = max(1, int(4 / scale))
    near = np.zeros((shape[0] // cell + 1, shape[1] // cell + 1), dtype=np.uint8)
    for p in pieces:
        if max(p.width, p.height) > small:
            near[p.top // cell : p.bottom // cell + 1, p.x0 // cell : p.x1 // cell + 1] = 1
    near = np.asarray(cv2.dilate(near, np.ones((3, 5), np.uint8)), dtype=np.uint8)
    return [
        p
        for p in pieces
        if max(p.width, p.height) > small or near[(p.top + p.bottom) // 2 // cell, (p.x0 + p.x1) // 2 // cell]
    ]


def _left_over(piece: Piece, scale: float, hs: list[Rule], vs: list[Rule]) -> bool:
    """True for a crumb of a corner where two rules meet."""
    if max(piece.width, piece.height) * scale > 1.6:
        return False
    x, y = (piece.x0 + piece.x1) / 2 * scale, (piece.top + piece.bottom) / 2 * scale
    return any(abs(h.at - y) < 2 and h.start - 2 < x < h.end + 2 for h in hs) and any(
        abs(v.at - x) < 2 and v.start - 2 < y < v.end + 2 for v in vs
    )


def _crossed(rules: Gray, scale: float) -> Gray:
    """Where two rules cross, each hides the other's contrast: the hole between their ends is closed."""
    over = max(3, int(2 / scale)) | 1
    wide = cv2.dilate(rules, np.ones((1, over), np.uint8))
    tall = cv2.dilate(rules, np.ones((over, 1), np.uint8))
    return np.asarray(cv2.max(rules, cv2.min(wide, tall)), dtype=np.uint8)


def _bars_of(gray: Gray, scale: float, least: int, gap: float, shortest: float) -> Gray:
    """A mask of thin dark bars that run across for at least so many points, with gaps no wider than told."""
    thick = max(3, int(3.2 / scale)) | 1
    dark = cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, np.ones((thick, 1), np.uint8))
    mask = np.asarray(cv2.threshold(dark, least, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    mask = np.asarray(
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, max(3, int(gap / scale))), np.uint8))
    )
    # a line that still leans a little steps from one row of pixels to the next
    wide = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    wide = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((1, int(shortest / scale)), np.uint8))
    return np.asarray(cv2.bitwise_and(mask, wide), dtype=np.uint8)


def _rules(mask: Gray, scale: float, flat: bool) -> tuple[list[Rule], list[tuple[int, int, int, int]]]:
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rules: list[Rule] = []
    boxes: list[tuple[int, int, int, int]] = []
    for outline in outlines[:MAX_RULES_PER_PAGE]:
        x0, top, width, height = cv2.boundingRect(outline)
        length, thick = (width, height) if flat else (height, width)
        if length * scale < 12 or thick * scale > 5 or length < 4 * thick:
            continue
        at = top + height / 2 if flat else x0 + width / 2
        start = x0 if flat else top
        rules.append(Rule(at * scale, start * scale, (start + length) * scale))
        boxes.append((x0, top, x0 + width, top + height))
    return rules, boxes


def _drawn(hs: list[Rule], vs: list[Rule]) -> tuple[set[int], set[int]]:
    """Which rules belong to a table: strokes of characters and dashes do not.

    A short one must end at rules that cross it, and what touches must be of a table's size together.
    """
    keep_h, keep_v = set(range(len(hs))), set(range(len(vs)))
    if len(hs) * len(vs) > 4_000_000:
        return keep_h, keep_v
    for _ in range(3):
        keep_h = {i for i in keep_h if _held(hs[i], [vs[k] for k in keep_v])}
        keep_v = {k for k in keep_v if _held(vs[k], [hs[i] for i in keep_h])}
    h_at = {id(hs[i]): i for i in keep_h}
    v_at = {id(vs[k]): k for k in keep_v}
    keep_h, keep_v = set(), set()
    for rows, columns in groups_of([hs[i] for i in h_at.values()], [vs[k] for k in v_at.values()]):
        if _of_a_table(rows, columns):
            keep_h |= {h_at[id(r)] for r in rows}
            keep_v |= {v_at[id(c)] for c in columns}
    return keep_h, keep_v


def _of_a_table(rows: list[Rule], columns: list[Rule]) -> bool:
    """Rules that touch are of a table's size together."""
    width = max(r.end for r in rows) - min(r.start for r in rows)
    height = max(c.end for c in columns) - min(c.start for c in columns)
    return len(rows) >= 2 and width >= 50 and height >= 16 and max(width, height) >= 80


def _held(rule: Rule, crossing: list[Rule]) -> bool:
    met = [c.at for c in crossing if _meet(rule, c)]
    if rule.end - rule.start >= _LONG:
        return bool(met)
    return any(abs(m - rule.start) <= GAP for m in met) and any(abs(m - rule.end) <= GAP for m in met)


def _meet(a: Rule, b: Rule) -> bool:
    return a.start - GAP <= b.at <= a.end + GAP and b.start - GAP <= a.at <= b.end + GAP


def _pieces(ink: Gray, scale: float) -> Iterable[Piece]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least = max(3, 0.35 / (scale * scale))
    for x0, top, width, height, area in stats[1:].tolist():
        if area >= least and width * scale < 200 and height * scale < 120:
            yield Piece(x0, top, x0 + width, top + height, area)
