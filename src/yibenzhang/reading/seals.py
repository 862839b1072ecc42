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
_DARKER = 16
"""A rule is darker than the paper beside it by so much."""
_RUN, _THICK, _OVER = 11.0, 3.2, 60.0
"""Points: how far a rule is seen on both sides of a seal (farther than a stroke is long), how thick it is at most, how
far it is carried on."""
_LEANS = 0.065
"""A rule of a page that lies askew leans by so much at most."""
_MOSTLY = 0.6
"""A gap in a rule is the seal's where it hides so much of it."""


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
        before = gray[part].copy()
        gray[part] = _taken_off(red[part], before, spread[part], dpi >= _FINE)
        hidden = _hidden(before, gray[part], spread[part])
        _carry_on(gray, hidden, (x0, top), dpi / 72)
        _carry_on(gray.T, hidden.T, (top, x0), dpi / 72)
    return gray


def _hidden(before: Gray, after: Gray, spread: Gray) -> npt.NDArray[np.bool_]:
    """Where the seal lies, and what was made lighter beside it."""
    changed = (cv2.absdiff(before, after) > _DARKER // 2) | (spread > _RED // 2)
    return np.asarray(cv2.dilate(changed.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0, dtype=np.bool_)


def _carry_on(gray: Gray, hidden: npt.NDArray[np.bool_], corner: tuple[int, int], points: float) -> None:
    """Rules that run into a seal from both sides run on under it: thin grey ones are too faint to be seen there.

    ``points`` is pixels a point; what runs across is carried on, in place.
    """
    run, thick = max(4, round(_RUN * points)), max(3, int(_THICK * points)) | 1
    x, y = corner
    left, top = max(0, x - 2 * run), max(0, y - thick)
    around = np.ascontiguousarray(
        gray[top : y + hidden.shape[0] + thick, left : x + hidden.shape[1] + 2 * run]
    )
    under = np.zeros(around.shape, dtype=bool)
    under[y - top : y - top + hidden.shape[0], x - left : x - left + hidden.shape[1]] = hidden
    dark = cv2.morphologyEx(around, cv2.MORPH_BLACKHAT, np.ones((thick, 1), np.uint8)) > _DARKER
    dark &= ~under
    # a page that lies askew steps from one row of pixels to the next
    wide = cv2.dilate(dark.astype(np.uint8), np.ones((3, 1), np.uint8))
    rules = cv2.bitwise_and(cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)), wide) > 0
    ends = np.diff(rules.astype(np.int8), axis=1)
    starts = [np.flatnonzero(row > 0) + 1 for row in ends]
    drawn = np.full(around.shape, 255, dtype=np.uint8)
    for r in np.flatnonzero(under.any(axis=1) & rules.any(axis=1)):
        for stop in np.flatnonzero(ends[r] < 0).tolist():
            found = _next(starts, int(r), stop, _OVER * points)
            if found is None or under[r, stop + 1 : found[0]].mean() < _MOSTLY:
                continue
            start, row = found
            tone = np.median(np.r_[around[r, stop + 1 - run : stop + 1], around[row, start : start + run]])
            cv2.line(drawn, (stop, int(r)), (start, row), (float(tone),), 1)
    here = gray[top : top + around.shape[0], left : left + around.shape[1]]
    np.minimum(here, drawn, out=here)


def _next(starts: list[npt.NDArray[np.int64]], row: int, stop: int, most: float) -> tuple[int, int] | None:
    """Where the rule that stops there starts again: column and row, in a row the nearer the shorter the gap is."""
    best: tuple[int, int] | None = None
    for other in range(max(0, row - 9), min(len(starts), row + 10)):
        for start in starts[other].tolist():
            gap = start - stop
            if not 1 < gap <= most or abs(other - row) > 1 + _LEANS * gap:
                continue
            if best is None or (abs(other - row), gap) < (abs(best[1] - row), best[0] - stop):
                best = start, other
    return best


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
