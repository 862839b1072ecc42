"""Red seals over a scanned page are taken off, what is printed under them stays; red print beside them is print."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Gray = npt.NDArray[np.uint8]

_RED = 48
"""Red is lighter than green and blue by this much (of 255)."""
_FEW = 0.000_2
_SIZE = 0.06
"""A seal is larger than this share of the page's shorter side, and its parts stand closer than a sixth of that."""
_LONG = 2.5
_SHARE = 0.05
"""Of its box a seal covers at least so much: a ring does, a frame or a rule does not."""
_FULL = 60
_TRANSPARENT = 0.72
"""Where a seal covers paper, its red is at least so light."""
_DARK = 60
"""What is darker than this is print, and stays as it is."""
_FINE = 180
"""From this resolution on the thinnest rules are dark."""
_FAINT, _COLOURED = 200, 0.3
_SMALL = 4


def without_seals(image: npt.NDArray[Any], dpi: float) -> Gray:
    """One channel of a coloured page (RGB): the luminance, and inside of seals the red that they let through."""
    rgb = np.ascontiguousarray(image[:, :, :3], dtype=np.uint8)
    gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    red, green, blue = (np.asarray(c, dtype=np.uint8) for c in cv2.split(rgb))
    spread = np.asarray(cv2.subtract(red, cv2.max(green, blue)), dtype=np.uint8)
    if float(np.mean(spread[::3, ::3] > _RED)) < _FEW:
        return gray
    for x0, top, x1, bottom in _seals(spread):
        part = (slice(top, bottom), slice(x0, x1))
        gray[part] = _taken_off(red[part], gray[part], spread[part], dpi >= _FINE)
    return gray


def _taken_off(red: Gray, gray: Gray, spread: Gray, fine: bool) -> Gray:
    """A part of the page without the seal on it: the red that it lets through, made as light as paper.

    JPEG spreads a pixel's colour over its neighbours but not its darkness, so a seal counts one pixel further than its
    colour; what is dark under it stays as it is, thin rules above all. Where even these are dark (``fine``) what is
    faint is left of the seal.
    """
    over = spread.astype(np.float32)
    strong = over > _RED
    if not strong.any():
        return gray
    full = max(float(np.percentile(over[strong], _FULL)), 1.0)
    cover = cv2.dilate(np.minimum(over / full, 1.0), np.ones((3, 3), np.uint8))
    light = 255 * (1.0 - (1.0 - _TRANSPARENT) * cover)
    through = red.astype(np.float32)
    lifted = _DARK + (through - _DARK) * ((255 - _DARK) / (light - _DARK))
    through = np.where(through > _DARK, lifted, through)
    if fine:
        through[(through > _FAINT) & (over > _COLOURED * full)] = 255
    return np.where(cover > 0.05, np.clip(through, 0, 255), gray).astype(np.uint8)


def _seals(spread: Gray) -> list[tuple[int, int, int, int]]:
    """Boxes of what is red, compact and large."""
    height, width = spread.shape
    small = cv2.resize(
        spread, (max(1, width // _SMALL), max(1, height // _SMALL)), interpolation=cv2.INTER_AREA
    )
    mask = np.where(small > _RED // 2, 255, 0).astype(np.uint8)
    least = _SIZE * min(small.shape)
    reach = max(3, int(least / 6)) | 1
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(closed, np.uint8), connectivity=8)
    out = []
    for x, y, w, h, area in stats[1:].tolist():
        if min(w, h) < least or max(w, h) > _LONG * min(w, h) or area < _SHARE * w * h:
            continue
        x0, top = max(0, (x - 1) * _SMALL), max(0, (y - 1) * _SMALL)
        out.append((x0, top, min(width, (x + w + 1) * _SMALL), min(height, (y + h + 1) * _SMALL)))
    return out
