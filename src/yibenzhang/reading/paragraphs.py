"""Glyphs outside tables to paragraphs: hard line breaks of the page are not breaks of the text."""

from __future__ import annotations

import re
from array import array
from itertools import accumulate

from yibenzhang.model.documents import Paragraph, PrintedLine
from yibenzhang.model.places import PagePlace
from yibenzhang.reading.glyphs import Line

_PAGE_NUMBER = re.compile(r"[-—–─\s]*(第\s*)?\d{1,4}(\s*页)?[-—–─\s]*")
STARTS = re.compile(
    r"[（(]?[一二三四五六七八九十]+[）)、.．]|\d+[、.．](?!\d)|[（(]\d+[）)]|第[一二三四五六七八九十]+(部分|章|条)|"
    r"单位[:：]|部门[:：]|附表|表\s?\d|公开\d\d|注[:：]|备注|目\s*录|其中[:：]"
)


def paragraphs_of(found: list[Line], page: int, height: float, width: float) -> list[Paragraph]:
    """Paragraphs of a page from its lines, top to bottom; a bare page number at the top or bottom is left out."""
    lines = [
        line
        for line in found
        if not (
            _PAGE_NUMBER.fullmatch(line.text) and (line.top > 0.88 * height or line.bottom < 0.08 * height)
        )
    ]
    if not lines:
        return []
    left = min(line.x0 for line in lines)
    right = max(0.72 * width, *(line.x1 for line in lines))
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1][-1], line, left, right):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [
        Paragraph(
            "".join(line.text for line in group),
            PagePlace(
                page,
                round(min(line.x0 for line in group), 1),
                round(group[0].top, 1),
                round(max(line.x1 for line in group), 1),
                round(group[-1].bottom, 1),
            ),
            round(group[0].size, 1),
            _printed(group),
        )
        for group in groups
    ]


def _printed(group: list[Line]) -> tuple[PrintedLine, ...]:
    out = []
    start = 0
    for line in group:
        if len(line.edges) == len(line.text) + 1:  # a glyph may stand for several characters
            out.append(PrintedLine(start, line.top, line.bottom, line.edges.tobytes()))
        else:
            out.append(_spread(start, line))
        start += len(line.text)
    return tuple(out)


def _spread(start: int, line: Line) -> PrintedLine:
    """The characters of a line spread over its width, Chinese ones twice as wide as others."""
    widths = [2 if c >= "\u2e80" else 1 for c in line.text]
    one = (line.x1 - line.x0) / max(sum(widths), 1)
    edges = array("f", accumulate((w * one for w in widths), initial=line.x0))
    return PrintedLine(start, line.top, line.bottom, edges.tobytes())


def _continues(before: Line, line: Line, left: float, right: float) -> bool:
    """A line goes on the one before it: that one is full, this one is not indented and starts nothing."""
    size = max(before.size, line.size)
    full = before.x1 >= right - 2.5 * size
    flush = line.x0 <= left + 1.2 * size
    near = line.top - before.bottom <= 2.2 * min(before.size, line.size)
    same = abs(before.size - line.size) <= 0.35 * size
    return full and flush and near and same and not STARTS.match(line.text)
