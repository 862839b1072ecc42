"""Lines of a page cut into fields: words and numbers with wide gaps between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from yibenzhang.model.amounts import CellState, cell_state
from yibenzhang.reading.blocks import is_lead
from yibenzhang.reading.glyphs import Glyph, lines_of
from yibenzhang.reading.rules import Rule

STRONG = re.compile(r"\d[.,]\d")
_APART = 0.9
"""Fields are parted by so much of their size."""
_SPREAD = 3.2
"""Single Chinese characters up to this far apart are one word spread over its column."""
_HAN = "\u2e80"


@dataclass(slots=True)
class Field:
    """Words or a number of one line without a wide gap inside."""

    text: str
    x0: float
    x1: float
    glyphs: list[Glyph]
    number: bool = False

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(slots=True)
class FieldRow:
    fields: list[Field]
    top: float
    bottom: float
    size: float

    @property
    def numbers(self) -> list[Field]:
        return [f for f in self.fields if f.number]

    @property
    def of_table(self) -> bool:
        """A number and something beside it."""
        return len(self.fields) >= 2 and any(f.number for f in self.fields)

    @property
    def may_hang(self) -> bool:
        """A name that goes on, or a row that has no numbers."""
        text = self.fields[0].text
        return len(self.fields) == 1 and len(text) < 30 and not is_lead(text)


def field_rows(glyphs: list[Glyph], vs: Sequence[Rule]) -> list[FieldRow]:
    rows = []
    taken: list[list[Glyph]] = []
    for g in sorted(glyphs, key=lambda g: g.base):
        if taken and abs(g.base - taken[-1][-1].base) <= 0.35 * min(g.size, taken[-1][-1].size):
            taken[-1].append(g)
        else:
            taken.append([g])
    for line in taken:
        line.sort(key=lambda g: g.x0)
        fields = _fields(line, vs)
        rows.append(
            FieldRow(fields, min(g.top for g in line), max(g.bottom for g in line), max(g.size for g in line))
        )
    return rows


def _fields(line: list[Glyph], vs: Sequence[Rule]) -> list[Field]:
    """The line cut at wide gaps and at vertical rules; a word spread over its column stays one."""
    middle = (line[0].top + line[0].bottom) / 2
    at = sorted(v.at for v in vs if v.start <= middle <= v.end)
    out: list[Field] = []
    for part in _parts(line, at):
        found = lines_of(part)
        text = found[0].text if len(found) == 1 else "".join(g.text for g in part)
        field = Field(text, part[0].x0, part[-1].x1, part)
        last = out[-1] if out else None
        if last is not None and _spread(last, field) and not _ruled_between(last.x1, field.x0, at):
            last.text, last.x1 = last.text + field.text, field.x1
            last.glyphs.extend(part)
        else:
            out.append(field)
    for field in out:
        field.number = _is_number(field.text)
    return out


def _parts(line: list[Glyph], at: Sequence[float]) -> list[list[Glyph]]:
    parts: list[list[Glyph]] = [[line[0]]]
    for a, b in pairwise(line):
        if b.x0 - a.x1 > _APART * max(a.size, b.size) or _ruled_between(a.x1, b.x0, at):
            parts.append([])
        parts[-1].append(b)
    return parts


def _ruled_between(left: float, right: float, at: Sequence[float]) -> bool:
    return any(left - 1 <= x <= right + 1 for x in at)


def _is_number(text: str) -> bool:
    """A number, or what stands in the place of one."""
    state = cell_state(text)
    if state == CellState.UNREADABLE and STRONG.search(text):
        return True
    return state in (CellState.PRINTED, CellState.ZERO) or set(text) == {"#"}


def _spread(a: Field, b: Field) -> bool:
    """Two single characters of one word ("合    计")."""
    size = b.glyphs[0].size
    single = len(b.text) == 1 and b.text >= _HAN and len(a.glyphs[-1:]) == 1 and a.text >= _HAN
    return single and len(a.text) <= 3 and b.x0 - a.x1 <= _SPREAD * size and all(c >= _HAN for c in a.text)
