"""A photograph of a page on something darker: its four corners found, the page laid flat. Needs the extra ``ocr``."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from yibenzhang.reading.raster import Gray

Corners = npt.NDArray[np.float32]
_SMALL = 600
"""Corners are looked for in a picture whose longer side has so many pixels."""
_SHARE, _WHOLE = 0.35, 0.985
"""The page covers at least so much of the picture, and not all of it."""
_SEEN_AROUND = 0.12
"""So much of the picture's edge at least shows what lies around the page."""
_EDGE = 4
"""A dark edge (pixels) is added for pages that run to the edge of the picture."""
_MARGIN = 2.0
"""The outline is drawn in by so many of these pixels."""
_RING = 13
_DARKER = 35
"""What lies around the page is darker than it by this much (of 255), in the middle of all that does."""
_CLOSE = 0.02
"""An outline is four-cornered where it runs within this share of its length from four straight lines."""
_FILLED = 0.93
"""The outline covers so much of the four-cornered area."""


def laid_flat(gray: Gray, scale: float) -> tuple[Gray, float]:
    """The page by itself, seen from straight above, and points a pixel; the picture as it is where no page with four
    corners is seen on a darker ground."""
    corners = _corners(gray)
    if corners is None:
        return gray, scale
    top, right, bottom, left = (float(np.linalg.norm(corners[(k + 1) % 4] - corners[k])) for k in range(4))
    width, height = round(max(top, bottom)), round(max(left, right))
    if min(width, height) < _SMALL // 2:
        return gray, scale
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, square)
    flat = cv2.warpPerspective(
        gray, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    # the page, not the picture, is as long as the picture was taken to be
    return np.asarray(flat, dtype=np.uint8), scale * max(gray.shape) / max(width, height)


def _corners(gray: Gray) -> Corners | None:
    """The corners of the page from the top left clockwise, in pixels of the picture."""
    factor = _SMALL / max(gray.shape)
    small = np.asarray(
        cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
    if not _on_darker_ground(small):
        return None
    small = np.asarray(
        cv2.copyMakeBorder(small, _EDGE, _EDGE, _EDGE, _EDGE, cv2.BORDER_CONSTANT, value=0), np.uint8
    )
    calm = cv2.medianBlur(small, 5)
    level, _ = cv2.threshold(calm, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    paper = np.asarray(calm > level, dtype=np.uint8)
    paper = np.asarray(cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), dtype=np.uint8)
    outlines, _ = cv2.findContours(paper, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(outlines, key=cv2.contourArea, default=None)
    if largest is None:
        return None
    share = cv2.contourArea(largest) / small.size
    if not _SHARE <= share <= _WHOLE:
        return None
    found = cv2.approxPolyDP(largest, _CLOSE * cv2.arcLength(largest, True), True)
    if len(found) != 4 or not cv2.isContourConvex(found):
        return None
    if cv2.contourArea(largest) < _FILLED * cv2.contourArea(found):
        return None
    if not _is_sharp(small, found):
        return None
    corners = _ordered(found.reshape(4, 2).astype(np.float32))
    middle = corners.mean(axis=0)
    inner = corners - _MARGIN * np.sign(corners - middle)  # not a shade of what lies around it
    return np.asarray((inner - _EDGE) / factor, dtype=np.float32)


def _is_sharp(small: Gray, found: Any) -> bool:
    """Right inside of its outline the page is lighter than right outside: no shadow that falls over it."""
    page = np.zeros_like(small)
    cv2.fillConvexPoly(page, found, 1)
    ring = np.ones((_RING, _RING), np.uint8)
    seen = np.zeros_like(small)
    seen[_EDGE:-_EDGE, _EDGE:-_EDGE] = 1
    inside = (page > cv2.erode(page, ring)) & (seen > 0)
    outside = (page < cv2.dilate(page, ring)) & (seen > 0)
    if not inside.any() or not outside.any():
        return False
    return float(np.median(small[inside])) - float(np.median(small[outside])) > _DARKER


def _on_darker_ground(small: Gray) -> bool:
    """Cheaply: much of the picture's edge is darker than its middle."""
    edge = np.concatenate(
        [small[:3].ravel(), small[-3:].ravel(), small[:, :3].ravel(), small[:, -3:].ravel()]
    )
    high, wide = small.shape
    middle = float(np.median(small[high // 4 : -high // 4, wide // 4 : -wide // 4]))
    return float(np.mean(edge < middle - _DARKER)) > _SEEN_AROUND


def _ordered(points: Corners) -> Corners:
    """The corners from the top left clockwise."""
    total, difference = points.sum(axis=1), points[:, 1] - points[:, 0]
    order = [int(total.argmin()), int(difference.argmin()), int(total.argmax()), int(difference.argmax())]
    return points[order] if len(set(order)) == 4 else points
