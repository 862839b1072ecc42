"""Charts as SVG made here: bars, stacked bars, lines. Every value is written beside its mark, and a table goes along.

Colours differ in lightness as well as in hue, marks of lines in shape, so that neither colour-blind people nor a
grey printer lose anything. Widths are made for a column of a page: the text is then as large as that around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from math import ceil, log10

from markupsafe import Markup, escape

WIDTH = 560
"""Units of the picture, about as many pixels."""
COLOURS = {
    "error": "#b3261e",
    "warning": "#f0b429",
    "notice": "#6aa6d8",
    "good": "#cfe8d5",
    "proved": "#4a9d5f",
    "alone": "#c3cad4",
    "blue": "#2c6fc0",
    "deep": "#1f3a5f",
    "orange": "#d0700f",
    "purple": "#8d4a9e",
    "grey": "#8b95a3",
}
_INK, _SOFT, _LINE = "#1c2430", "#566071", "#d5dbe3"
_SIZE = 13
_ROW, _BAR = 28, 18
_MOST_LABEL = 210
_SHAPES = ("circle", "square", "triangle", "diamond")
_DASHES = ("", "7 4", "2 4", "10 4 2 4")
_number = count(1)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, with the same figures as a table: ``heads`` and ``rows``, text and numbers."""

    title: str
    picture: Markup
    heads: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of figure over all categories; None where there is none. ``colour`` is a name in COLOURS."""

    name: str
    values: tuple[float | None, ...]
    colour: str


def number_text(value: float | None, unit: str = "") -> str:
    """A figure as it is written: thousands apart, no needless decimals."""
    if value is None:
        return "—"
    text = f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else f"{value:,}"
    return text + unit


def wide(text: str, size: float = _SIZE) -> float:
    """About how wide a text is."""
    return sum(size if unicodedata.east_asian_width(c) in "WF" else size * 0.56 for c in text)


def cut(text: str, most: float, size: float = _SIZE) -> str:
    """The text, cut where it would be wider."""
    if wide(text, size) <= most:
        return text
    while text and wide(text, size) > most - size:
        text = text[:-1]
    return text + "…"


def bars(
    title: str,
    names: Sequence[str],
    series: Series,
    unit: str = "",
    heads: tuple[str, ...] = (),
    most: float | None = None,
    note: str = "",
) -> Chart:
    """Horizontal bars, one for each name. ``most``: where the scale ends, 100 for shares."""
    full = most or max([v for v in series.values if v is not None], default=0) or 1
    left = _left(names)
    room = WIDTH - left - 12 - max([wide(number_text(v, unit)) for v in series.values], default=0) - 8
    parts = [_axis(left, 4, 4 + _ROW * len(names))]
    for k, (name, value) in enumerate(zip(names, series.values, strict=True)):
        top = 4 + k * _ROW
        long = room * max(value or 0, 0) / full
        parts.append(_name(name, left, top))
        if value:
            parts.append(_rect(left, top + 5, max(long, 1.5), series.colour))
        parts.append(_text(left + long + 7, top + 19, number_text(value, unit), weight=600))
    rows = tuple((n, number_text(v, unit)) for n, v in zip(names, series.values, strict=True))
    said = "；".join(f"{n} {number_text(v, unit)}" for n, v in zip(names, series.values, strict=True))
    height = 8 + _ROW * max(len(names), 1)
    return Chart(title, _svg(title, said, height, parts), heads or ("", series.name), rows, note)


def stacked(
    title: str, names: Sequence[str], series: Sequence[Series], unit: str = "", note: str = ""
) -> Chart:
    """Stacked horizontal bars; the whole stands at the end, a part's figure in it where there is room."""
    sums = [sum(s.values[k] or 0 for s in series) for k in range(len(names))]
    full = max(sums, default=0) or 1
    left = _left(names)
    room = WIDTH - left - 12 - max([wide(number_text(v, unit)) for v in sums], default=0) - 8
    parts, top = _legend(series, left)
    parts.append(_axis(left, top, top + _ROW * len(names)))
    for k, name in enumerate(names):
        y = top + k * _ROW
        parts.append(_name(name, left, y))
        pieces, x = _pieces(series, k, float(left), y, room, full)
        parts += pieces
        parts.append(_text(x + 7, y + 19, number_text(sums[k], unit), weight=600))
    rows = tuple(
        (n, *(number_text(s.values[k], unit) for s in series), number_text(sums[k], unit))
        for k, n in enumerate(names)
    )
    said = "；".join(
        f"{n}：" + "，".join(f"{s.name} {number_text(s.values[k], unit)}" for s in series)
        for k, n in enumerate(names)
    )
    height = top + _ROW * max(len(names), 1) + 4
    return Chart(title, _svg(title, said, height, parts), ("", *(s.name for s in series), "合计"), rows, note)


def _pieces(
    series: Sequence[Series], k: int, x: float, y: float, room: float, full: float
) -> tuple[list[str], float]:
    """The parts of one bar beside each other, from ``x`` on, and where it ends."""
    parts: list[str] = []
    for s in series:
        value = s.values[k] or 0
        if not value:
            continue
        long = room * value / full
        parts.append(_rect(x, y + 5, max(long - 1, 1), s.colour))
        if wide(number_text(value), 12) + 6 <= long:
            ink = _INK if _light(COLOURS[s.colour]) else "#fff"
            parts.append(_text(x + long / 2, y + 18.5, number_text(value), "middle", ink, 12, kind="on"))
        x += long
    return parts, x


def lines(
    title: str,
    names: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    most: float | None = None,
    note: str = "",
) -> Chart:
    """Lines over years or seasons; every point is written, a gap stays a gap."""
    full = most or _round_up(max((v for s in series for v in s.values if v is not None), default=0))
    parts, top = _legend(series, 50, marks=True)
    top, tall = top + 14, 190
    bottom, left, right = top + tall, 50, WIDTH - 46
    parts += _scale(left, bottom, tall, full, unit)
    step = (right - left - 40) / max(len(names) - 1, 1)
    at = [left + 40 + step * k if len(names) > 1 else (left + right) / 2 for k in range(len(names))]
    parts += [
        _text(x, bottom + 20, cut(n, max(step - 6, 60)), "middle") for x, n in zip(at, names, strict=True)
    ]
    taken: dict[int, list[float]] = defaultdict(list)
    met: set[tuple[int, int, str]] = set()
    for n, s in enumerate(series):
        spots = [
            (k, at[k], bottom - tall * min(v / full, 1)) for k, v in enumerate(s.values) if v is not None
        ]
        parts += _strokes(spots, n, s.colour)
        for k, x, y in spots:
            parts.append(_mark(x, y, n, s.colour))
            words = number_text(s.values[k], unit)
            if (k, round(y), words) not in met:  # where two lines meet their number is told once
                met.add((k, round(y), words))
                label = _beside(y, bottom, taken[k])
                taken[k].append(label)
                parts.append(_text(x, label, words, "middle", _INK, 12, 600))
    rows = tuple((name, *(number_text(s.values[k], unit) for s in series)) for k, name in enumerate(names))
    said = "；".join(_said(s, names, unit) for s in series)
    return Chart(title, _svg(title, said, bottom + 32, parts), ("", *(s.name for s in series)), rows, note)


def _said(series: Series, names: Sequence[str], unit: str) -> str:
    values = zip(names, series.values, strict=True)
    return f"{series.name}：" + "，".join(f"{name} {number_text(value, unit)}" for name, value in values)


def _scale(left: float, bottom: float, tall: float, full: float, unit: str) -> Iterator[str]:
    """Level lines with the values they stand at."""
    for k in range(5):
        y = bottom - tall * k / 4
        yield f'<path d="M{left} {y:.1f}H{WIDTH - 10}" stroke="{_LINE}" stroke-width="1"/>'
        yield _text(left - 8, y + 4, number_text(full * k / 4, unit), "end", _SOFT, 12)


def _strokes(spots: Sequence[tuple[int, float, float]], n: int, colour: str) -> Iterator[str]:
    """The line between neighbouring points of the n-th series; a gap stays a gap."""
    dash = f' stroke-dasharray="{_DASHES[n % 4]}"' if n % 4 else ""
    look = f'stroke="{COLOURS[colour]}" stroke-width="2.5" fill="none"{dash}'
    for a, b in pairwise(spots):
        if b[0] == a[0] + 1:
            yield f'<path d="M{a[1]:.1f} {a[2]:.1f}L{b[1]:.1f} {b[2]:.1f}" {look}/>'


def _beside(y: float, bottom: float, others: Sequence[float]) -> float:
    """Where a point's number is written: above it, else below, further and further off; never on the axis or on another
    number."""
    tries = [y - 10, y + 20, *(y - 10 - 14 * k for k in range(1, 2 * len(others) + 3))]
    return next(at for at in tries if at < bottom - 2 and all(abs(at - o) >= 14 for o in others))


# ---- parts ---------------------------------------------------------------------------------


def _svg(title: str, said: str, height: float, parts: Sequence[str]) -> Markup:
    key = f"chart{next(_number)}"
    inside = "".join(parts)
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{key}t {key}d" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" font-size="{_SIZE}"><title id="{key}t">{_safe(title)}</title>'
        f'<desc id="{key}d">{_safe(said)}</desc>{inside}</svg>'
    )


def _safe(text: str) -> str:
    return str(escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)))


def _text(
    x: float,
    y: float,
    text: str,
    anchor: str = "start",
    ink: str = _INK,
    size: float = _SIZE,
    weight: int = 400,
    kind: str = "",
) -> str:
    """``kind`` is for style sheets: without it, words on the ground of the page are ink or soft."""
    kind = kind or {_INK: "ink", _SOFT: "soft"}.get(ink, "")
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    look = f'class="{kind}" text-anchor="{anchor}" fill="{ink}" font-size="{size:g}"{bold}'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{_safe(text)}</text>'


def _rect(x: float, y: float, long: float, colour: str) -> str:
    edge = ' stroke="#8fb99b" stroke-width="0.8"' if colour == "good" else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{long:.1f}" height="{_BAR}" fill="{COLOURS[colour]}"{edge}/>'
    )


def _axis(x: float, top: float, bottom: float) -> str:
    return f'<path d="M{x - 0.5:.1f} {top:.1f}V{bottom:.1f}" stroke="#9aa6b5" stroke-width="1"/>'


def _left(names: Sequence[str]) -> float:
    return min(max([wide(n) for n in names], default=0) + 12, _MOST_LABEL)


def _name(name: str, left: float, top: float) -> str:
    return _text(left - 9, top + 19, cut(name, _MOST_LABEL - 12), "end")


def _legend(series: Sequence[Series], left: float, marks: bool = False) -> tuple[list[str], float]:
    """The names of the parts in their order, in as many lines as they need."""
    parts, x, y = [], 4.0, 4.0
    for n, s in enumerate(series):
        if x + 20 + wide(s.name) > WIDTH and x > 4:
            x, y = 4.0, y + 22
        if marks:
            dash = f' stroke-dasharray="{_DASHES[n % 4]}"' if n % 4 else ""
            parts.append(f'<path d="M{x} {y + 9}h24" stroke="{COLOURS[s.colour]}" stroke-width="2.5"{dash}/>')
            parts.append(_mark(x + 12, y + 9, n, s.colour))
            x += 14
        else:
            edge = ' stroke="#8fb99b" stroke-width="0.8"' if s.colour == "good" else ""
            parts.append(
                f'<rect x="{x}" y="{y + 3}" width="13" height="13" fill="{COLOURS[s.colour]}"{edge}/>'
            )
        parts.append(_text(x + 19, y + 14, s.name, ink=_SOFT))
        x += 19 + wide(s.name) + 16
    return parts, y + 26


def _mark(x: float, y: float, n: int, colour: str) -> str:
    fill = f'fill="{COLOURS[colour]}" stroke="#fff" stroke-width="1"'
    shape = _SHAPES[n % len(_SHAPES)]
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" {fill}/>'
    points = {
        "square": ((-4.5, -4.5), (4.5, -4.5), (4.5, 4.5), (-4.5, 4.5)),
        "triangle": ((0, -5.5), (5.5, 4.5), (-5.5, 4.5)),
        "diamond": ((0, -6), (6, 0), (0, 6), (-6, 0)),
    }[shape]
    return f'<polygon points="{" ".join(f"{x + a:.1f},{y + b:.1f}" for a, b in points)}" {fill}/>'


def _light(colour: str) -> bool:
    """Whether dark words are read better on it."""
    r, g, b = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (r, g, b)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.25


def _round_up(value: float) -> float:
    """The next figure that four steps make even."""
    if value <= 4:
        return 4
    power = 10 ** int(log10(value))
    return float(next(n * power for n in (1, 2, 4, 6, 8, 10, 20) if n * power >= ceil(value)))
