"""Characters with boxes, and their assembly into words and lines; shared by every page-like reader."""

from __future__ import annotations

from dataclasses import dataclass

from yibenzhang.amounts import parse_amount


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character on an upright page: points, origin top left, ``base`` is the baseline."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float

    @property
    def x(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, left to right."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float


def unmapped(char: str) -> bool:
    """Private-use and replacement characters: a broken glyph map, never to be guessed at."""
    code = ord(char)
    return 0xE000 <= code <= 0xF8FF or code in (0, 0xFFFD) or code >= 0xF0000


def _wide(char: str) -> bool:
    return ord(char) >= 0x2E80


def lines_of(glyphs: list[Glyph]) -> list[Line]:
    """Glyphs gathered into lines by baseline; characters drawn twice count once."""
    if not glyphs:
        return []
    rows: list[list[Glyph]] = []
    for g in sorted(glyphs, key=lambda g: (g.base, g.x0)):
        if rows and abs(g.base - rows[-1][-1].base) <= max(1.5, 0.35 * min(g.size, rows[-1][-1].size)):
            rows[-1].append(g)
        else:
            rows.append([g])
    return [_line(sorted(row, key=lambda g: g.x0)) for row in rows]


def _line(row: list[Glyph]) -> Line:
    kept: list[Glyph] = []
    for g in row:
        if any(
            k.text == g.text and abs(k.x0 - g.x0) < 0.25 * g.size and abs(k.base - g.base) < 0.25 * g.size
            for k in kept[-2:]
        ):
            continue
        kept.append(g)
    out = [kept[0].text]
    for a, b in zip(kept, kept[1:], strict=False):
        gap = b.x0 - a.x1
        wide = _wide(a.text) and _wide(b.text)
        if gap > (1.2 if wide else 0.45) * max(a.size, b.size):
            out.append(" ")
        out.append(b.text)
    return Line(
        "".join(out),
        kept[0].x0,
        min(g.top for g in kept),
        max(g.x1 for g in kept),
        max(g.bottom for g in kept),
        max(g.size for g in kept),
    )


def cell_text(lines: list[Line], width: float) -> str:
    """The lines of one cell as one string.

    A number wrapped in a narrow cell is one number if the joined text is well formed and the first line
    fills the cell; two numbers in one cell stay two, parted by a line break.
    """
    if not lines:
        return ""
    text = lines[0].text
    for before, line in zip(lines, lines[1:], strict=False):
        numeric = _numeric(before.text) and _numeric(line.text)
        filled = before.x1 - before.x0 >= 0.6 * width
        if not numeric or (filled and parse_amount(text + line.text) is not None and _open(text)):
            text += line.text
        else:
            text += "\n" + line.text
    return text


def _numeric(text: str) -> bool:
    return bool(text) and all(c in "0123456789,.-%" for c in text.strip())


def _open(text: str) -> bool:
    """True where a number may go on: it lacks the two decimals that money is printed with."""
    _, point, decimals = text.rpartition(".")
    return not point or len(decimals.strip()) < 2
