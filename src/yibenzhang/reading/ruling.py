"""Ruling lines in the pixels of an upright page: thin, grey, broken and among grain; strokes of characters are none.

Needs the extra ``ocr`` (OpenCV, NumPy). Thresholds are of 255, lengths in points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from yibenzhang.reading.grid import groups_of
from yibenzhang.reading.limits import MAX_RULES_PER_PAGE
from yibenzhang.reading.rules import GAP, Rule

Gray = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""x0, top, x1, bottom in pixels."""

_LONG = 40.0
"""A rule of so many points need not end at others: tables may lack their outer edges."""
_ALONE = 60.0
"""A line of so many points that stands alone is no rule of a table, and no character either."""
_CONTRAST, _FAINT = 28, 16
"""A rule is darker than what lies beside it by this much; on a page without grain the second is enough."""
_GRAINY = 3.0
"""From here on what lies along a line is looked at together, and part of it may be missing."""
_OVER_GRAIN = 2.4
"""Among grain a rule is darker by this many times the grain, if that is more than what is faint."""
_ALONG = 1.5
"""So far the grain is smoothed, along the rule only: a rule of one pixel does not survive it across."""
_VOTE = 0.8
"""Among grain this share of a stretch at least is dark."""
_WHOLE, _DASHED = (1.4, 14.0), (3.2, 60.0)
"""Gaps inside of a rule, and how long it is at least: dashes and dots make a rule where they go on."""
_EVEN, _EVEN_STRONG = 0.6, 0.5
"""A tenth of a rule is not lighter than this share of its middle and of its darker tone; a row of strokes is."""
_BESIDE = 0.2
"""Over or under so much of it lie other strokes."""
_LITTLE, _UNEVEN = 0.05, 0.35
"""Where fewer do, a row of strokes is known by being very uneven."""
_UNCROSSED = 0.4
_NEAR = 1.2
_THICK = 3.2
"""The thickest rule."""
_FINE, _THICKEST = 4.2, 5.0
"""A bar that is thicker than the first may have characters clinging to it; one thicker than the second is no rule, even
where it leans a little."""
_CORE = 0.8
_SHORT = 12.0
_EDGE = 0.6
_COLLINEAR = 0.8
_CRACK, _BREAK = 12.0, 45.0
"""A rule is broken by a crack; by a longer break only where it is whole on both sides and ends at no other."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rule and the boxes of its pixels; so many more beside them are its grey edges."""

    rule: Rule
    boxes: tuple[Box, ...]
    edge: int = 0


@dataclass(frozen=True)
class Ruled:
    """The rules of tables, and a mask of all that is a line."""

    hs: list[Rule]
    vs: list[Rule]
    mask: Gray


@dataclass(frozen=True)
class _Way:
    """The bars one way with the mask they were found in."""

    bars: list[Bar]
    mask: Gray

    @property
    def rules(self) -> list[Rule]:
        return [b.rule for b in self.bars]


@dataclass(frozen=True)
class _Seen:
    """How much darker each pixel is than what lies on both sides of it, and a mask of where it is enough."""

    dark: Gray
    mask: Gray


def ruled(gray: Gray, ink: Gray, scale: float, grain: float) -> Ruled:
    """The rules on the page; ``ink`` is all that is dark on it, ``grain`` how much the paper varies."""
    across, along = _both_ways(gray, ink, scale, grain, *_WHOLE)
    keep_h, keep_v = _drawn(across.rules, along.rules)
    if not keep_h and not keep_v and grain < 2:  # among grain everything is dashed
        across, along = _both_ways(gray, ink, scale, grain, *_DASHED)
        keep_h, keep_v = _drawn(across.rules, along.rules)
    else:
        joined_h, joined_v = _joined(across, keep_h, along), _joined(along, keep_v, across)
        across, along = replace(across, bars=joined_h), replace(along, bars=joined_v)
        keep_h, keep_v = _drawn(across.rules, along.rules)
    mask = np.zeros_like(gray)
    for way, keep, flat in ((across, keep_h, True), (along, keep_v, False)):
        for k, bar in enumerate(way.bars):
            if k in keep or bar.rule.end - bar.rule.start > _ALONE:
                tall, wide = (bar.edge, 0) if flat else (0, bar.edge)
                for x0, top, x1, bottom in bar.boxes:
                    part = slice(max(0, top - tall), bottom + tall), slice(max(0, x0 - wide), x1 + wide)
                    mask[part] |= way.mask[part]
    return Ruled([across.rules[k] for k in sorted(keep_h)], [along.rules[k] for k in sorted(keep_v)], mask)


def crossed(mask: Gray, scale: float) -> Gray:
    """Where two rules cross, each hides the other's contrast: the hole between their ends is closed."""
    over = max(3, int(2 / scale)) | 1
    wide = cv2.dilate(mask, np.ones((1, over), np.uint8))
    tall = cv2.dilate(mask, np.ones((over, 1), np.uint8))
    return np.asarray(cv2.max(mask, cv2.min(wide, tall)), dtype=np.uint8)


def _both_ways(
    gray: Gray, ink: Gray, scale: float, grain: float, gap: float, shortest: float
) -> tuple[_Way, _Way]:
    seen = [_seen(gray, scale, grain, gap), _seen(_turned(gray), scale, grain, gap)]
    first = [_long(s.mask, scale, grain, gap, shortest) for s in seen]
    ways = []
    for k, flat in enumerate((True, False)):
        there = _crossings(_turned(first[1 - k]), scale)
        through = cv2.min(_closed(seen[k].mask, _THICK, scale), there)
        mask = _long(np.asarray(cv2.max(seen[k].mask, through), np.uint8), scale, grain, gap, shortest)
        dots = ink if flat else _turned(ink)
        bars = _bars(mask, scale)
        if gap == _WHOLE[0]:
            bars = [b for b in bars if not _of_strokes(seen[k].dark, there, dots, b, scale)]
        if not flat:
            mask = _turned(mask)
            bars = [replace(b, boxes=tuple((t, x0, b_, x1) for x0, t, x1, b_ in b.boxes)) for b in bars]
        ways.append(_Way(bars, mask))
    return ways[0], ways[1]


def _turned(gray: Gray) -> Gray:
    return np.ascontiguousarray(gray.T)


def _seen(gray: Gray, scale: float, grain: float, gap: float) -> _Seen:
    """What is darker than what lies above and below it, in bars no thicker than rules."""
    grainy = grain >= _GRAINY
    if grainy:
        gray = np.asarray(cv2.blur(gray, (max(3, int(_ALONG / scale)) | 1, 1)), dtype=np.uint8)
    thick = max(3, int(_THICK / scale)) | 1
    dark = np.asarray(cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, np.ones((thick, 1), np.uint8)), np.uint8)
    least = _FAINT if grain < 2 else _CONTRAST if not grainy else max(_FAINT, round(_OVER_GRAIN * grain))
    mask = np.asarray(cv2.threshold(dark, least, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    return _Seen(dark, mask if grainy else _closed(mask, gap, scale))


def _crossings(crossing: Gray, scale: float) -> Gray:
    """Where bars are crossed by others: there neither is darker than what lies beside it, and both go on."""
    over = max(3, int(_THICK / scale)) | 1
    there = cv2.morphologyEx(crossing, cv2.MORPH_CLOSE, np.ones((over, 1), np.uint8))
    return np.asarray(cv2.dilate(there, np.ones((1, 5), np.uint8)), dtype=np.uint8)


def _long(mask: Gray, scale: float, grain: float, gap: float, shortest: float) -> Gray:
    """Bars that run across for at least so many points, in a mask of what is dark."""
    length = int(shortest / scale)
    # a line that still leans a little steps from one row of pixels to the next
    wide = np.asarray(cv2.dilate(mask, np.ones((3, 1), np.uint8)), dtype=np.uint8)
    if grain < _GRAINY:
        wide = np.asarray(cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)), np.uint8)
        return np.asarray(cv2.bitwise_and(mask, wide), dtype=np.uint8)
    share = np.asarray(cv2.blur(wide, (length, 1)), dtype=np.uint8)
    dense = cv2.threshold(share, round(255 * _VOTE), 255, cv2.THRESH_BINARY)[1]
    stretch = np.asarray(cv2.dilate(dense, np.ones((1, length // 2 | 1), np.uint8)), dtype=np.uint8)
    return _closed(np.asarray(cv2.bitwise_and(mask, stretch), dtype=np.uint8), 2 * gap, scale)


def _closed(mask: Gray, gap: float, scale: float) -> Gray:
    kernel = np.ones((1, max(3, int(gap / scale))), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), dtype=np.uint8)


def _bars(mask: Gray, scale: float) -> list[Bar]:
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    bars: list[Bar] = []
    for outline in outlines[:MAX_RULES_PER_PAGE]:
        x0, top, length, thick = cv2.boundingRect(outline)
        if length * scale < _SHORT:
            continue
        edge = 0
        if thick * scale > _FINE:
            whole = thick
            x0, top, length, thick = _core(mask, (x0, top, x0 + length, top + thick))
            edge = round(_EDGE / scale) if thick < whole else 0
        if length * scale < _SHORT or thick * scale > _THICKEST or length < 4 * thick:
            continue
        rule = Rule((top + thick / 2) * scale, x0 * scale, (x0 + length) * scale)
        bars.append(Bar(rule, ((x0, top, x0 + length, top + thick),), edge))
    return bars


def _core(mask: Gray, box: Box) -> tuple[int, int, int, int]:
    """The rule inside of a bar to which characters cling: left, top, length and thickness; all of the bar where no
    row of it is dark throughout."""
    x0, top, x1, bottom = box
    part = mask[top:bottom, x0:x1]
    share = (np.asarray(cv2.dilate(part, np.ones((3, 1), np.uint8))) > 0).mean(axis=1)
    best = int(share.argmax())
    if share[best] < _CORE:
        return x0, top, x1 - x0, bottom - top
    first = last = best
    while first > 0 and share[first - 1] >= _CORE:
        first -= 1
    while last + 1 < len(share) and share[last + 1] >= _CORE:
        last += 1
    first, last = (first + 1, last - 1) if last - first >= 3 else (first, last)  # by so much it was widened
    there = np.flatnonzero(part[first : last + 1].any(axis=0))
    return x0 + int(there[0]), top + first, int(there[-1] - there[0]) + 1, last - first + 1


def _of_strokes(dark: Gray, crossings: Gray, ink: Gray, bar: Bar, scale: float) -> bool:
    """Strokes of characters beside one another make a bar, but an uneven one, with more strokes over or under it."""
    [(x0, top, x1, bottom)] = bar.boxes
    near, off = max(2, round(_NEAR / scale)), 1 + max(1, round(0.5 / scale))
    over = ink[max(0, top - off - near) : max(1, top - off + 1), x0:x1].any(axis=0).mean()
    under = ink[bottom + off - 1 : bottom + off + near, x0:x1].any(axis=0).mean()
    if over + under <= _LITTLE:
        return False
    tones = dark[top:bottom, x0:x1].max(axis=0)
    uncrossed = ~crossings[top:bottom, x0:x1].any(axis=0)
    if uncrossed.mean() > _UNCROSSED:
        tones = tones[uncrossed]
    light, middle, strong = np.percentile(tones, (10, 50, 75))
    if over + under <= _BESIDE:
        return bool(light < _UNEVEN * strong)
    return bool(light < max(_EVEN * middle, _EVEN_STRONG * strong))


def _joined(way: _Way, keep: set[int], crossing: _Way) -> list[Bar]:
    """Pieces of one broken rule become one again: those that lie in line with a rule that is known as one."""
    order = sorted(range(len(way.bars)), key=lambda k: way.bars[k].rule.start)
    at = [way.bars[k].rule.at for k in order]
    out: list[Bar] = []
    gone: set[int] = set()
    for n, k in enumerate(order):
        if k in gone:
            continue
        bar, sure = way.bars[k], k in keep
        for m in range(n + 1, len(order)):
            j = order[m]
            other = way.bars[j].rule
            if abs(at[m] - bar.rule.at) > _COLLINEAR or j in gone or other.start - bar.rule.end > _BREAK:
                continue
            if (sure or j in keep) and _broken(bar.rule, other, crossing.rules):
                whole = Rule(bar.rule.at, bar.rule.start, max(bar.rule.end, other.end))
                edge = max(bar.edge, way.bars[j].edge)
                bar, sure = Bar(whole, bar.boxes + way.bars[j].boxes, edge), True
                gone.add(j)
        out.append(bar)
    return out


def _broken(left: Rule, right: Rule, crossing: list[Rule]) -> bool:
    gap = right.start - left.end
    if gap <= GAP:
        return gap > -GAP
    free = [
        not any(abs(c.at - end) <= GAP and c.start - GAP <= left.at <= c.end + GAP for c in crossing)
        for end in (left.end, right.start)
    ]
    if gap <= _CRACK:
        return any(free)
    return all(free) and min(left.end - left.start, right.end - right.start) >= gap / 2


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
            keep_v |= {v_at[id(c)] for c in columns} | _open_columns(rows, vs)
    return keep_h, keep_v


def _open_columns(rows: list[Rule], vs: list[Rule]) -> set[int]:
    """Upright rules as high as the table beside them, which no row touches: columns of cells that begin before this
    page and end after it."""
    top, bottom = min(r.at for r in rows), max(r.at for r in rows)
    if len(rows) < 3 or bottom - top < _LONG:
        return set()
    return {k for k, v in enumerate(vs) if abs(v.start - top) <= GAP and abs(v.end - bottom) <= GAP}


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
