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

from yibenzhang.reading.rules import Rule
from yibenzhang.reading.ruling import crossed, ruled
from yibenzhang.reading.seals import without_seals

Gray = npt.NDArray[np.uint8]

MAX_SKEW = 3.5
"""Degrees; a page turned further is straightened only where it does not read well as it lies."""
FAR_SKEW = 10.0
"""No page is straightened by more."""
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
    paper = int(np.median(gray[::7, ::7]))
    dots = ink_of(calm, scale, max(_INK, round(3.2 * grain)))
    found = ruled(gray, dots, scale, grain)
    clean = gray.copy()
    grown = cv2.dilate(crossed(found.mask, scale), np.ones((3, 3), np.uint8))
    clean[grown > 0] = paper
    calm[grown > 0] = paper
    ink = ink_of(calm, scale, max(_INK, round(3.2 * grain)))
    ink[grown > 0] = 0
    pieces = [p for p in _pieces(ink, scale) if not _left_over(p, scale, found.hs, found.vs)]
    pieces = _without_specks(pieces, gray.shape, scale)
    return Sheet(clean, scale, found.hs, found.vs, pieces)


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


def _pieces(ink: Gray, scale: float) -> Iterable[Piece]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    least = max(3, 0.35 / (scale * scale))
    for x0, top, width, height, area in stats[1:].tolist():
        if area >= least and width * scale < 200 and height * scale < 120:
            yield Piece(x0, top, x0 + width, top + height, area)
