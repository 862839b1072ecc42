"""Drawn paths to ruling lines: the same for PDF and OFD."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.reading.rules import Rule

THIN = 3.0
"""A filled rectangle no thicker than this (points) is a ruling line."""
Segment = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def compose(m: Matrix, n: Matrix) -> Matrix:
    """First ``m``, then ``n``."""
    a, b, c, d, e, f = m
    p, q, r, s, u, v = n
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + u, e * q + f * s + v)


def thin(x0: float, y0: float, x1: float, y1: float) -> Segment:
    """The middle of a narrow box, along its length."""
    if x1 - x0 >= y1 - y0:
        y = (y0 + y1) / 2
        return (x0, y, x1, y)
    x = (x0 + x1) / 2
    return (x, y0, x, y1)


DOT = 1.6
"""A filled box no larger than this (points) is a dot of a dotted rule."""


def dot(x0: float, y0: float, x1: float, y1: float) -> list[Segment]:
    """A dot may be part of a rule either way."""
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return [(x0, y, x1, y), (x, y0, x, y1)]


def segments_of(
    points: Sequence[tuple[float, float]], closed: bool, stroked: bool, filled: bool
) -> list[Segment]:
    """What one straight subpath draws: a thin box is one line, a stroked path its sides, a filled area none."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = (min(xs), min(ys), max(xs), max(ys))
    if max(box[2] - box[0], box[3] - box[1]) <= DOT and filled:
        return dot(*box)
    if min(box[2] - box[0], box[3] - box[1]) <= THIN and (filled or closed):
        return [thin(*box)]
    if not stroked:
        return []
    ring = [*points, points[0]] if closed else points
    return [(a[0], a[1], b[0], b[1]) for a, b in zip(ring, ring[1:], strict=False)]


def add_rule(hs: list[Rule], vs: list[Rule], a: tuple[float, float], b: tuple[float, float]) -> None:
    """A segment between upright points as a horizontal or vertical rule; oblique ones are none."""
    (ax, ay), (bx, by) = a, b
    if abs(ay - by) <= 1.0 and abs(ax - bx) > 0.2:
        hs.append(Rule((ay + by) / 2, ax, bx) if ax < bx else Rule((ay + by) / 2, bx, ax))
    elif abs(ax - bx) <= 1.0 and abs(ay - by) > 0.2:
        vs.append(Rule((ax + bx) / 2, ay, by) if ay < by else Rule((ax + bx) / 2, by, ay))
