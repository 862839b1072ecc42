"""Words that run from the bottom of a cell to its top: one character a line, drawn in that order."""

from __future__ import annotations

from yibenzhang.reading.glyphs import Glyph, Line

_HAN = "\u2e80"


def is_turned(lines: list[Line]) -> bool:
    """Perhaps: at least two lines of one Chinese character each."""
    return len(lines) > 1 and all(len(line.text) == 1 and line.text >= _HAN for line in lines)


def turned_lines(lines: list[Line], glyphs: list[Glyph], drawn: list[Glyph]) -> list[Line]:
    """The lines in the order of drawing where that runs upwards; ``drawn`` has all glyphs in that order."""
    own = {id(g) for g in glyphs}
    bases = [g.base for g in drawn if id(g) in own]
    upwards = all(a > b for a, b in zip(bases, bases[1:], strict=False))
    return lines[::-1] if upwards else lines
