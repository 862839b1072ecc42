"""What was read brought within bounds that rules can afford, whatever kind of file it was; nothing silently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from yibenzhang.model.documents import Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import Place
from yibenzhang.reading.limits import (
    MAX_BLOCKS,
    MAX_PARAGRAPH_CHARS,
    MAX_SHOWN_CELL_CHARS,
    MAX_TABLE_CELLS,
    MAX_TEXT_CHARS,
)

_END = re.compile(r"[。；;！？]")
_INSIDE = re.compile(r"[\d.,，]")
"""A number is not cut in two."""


class _Bounds:
    """What is left of a document's share, and what had to be told."""

    def __init__(self) -> None:
        self.chars, self.cells, self.blocks = MAX_TEXT_CHARS, MAX_TABLE_CELLS, MAX_BLOCKS
        self.long: list[Place] = []
        self.cut: list[Place] = []
        self.over: Place | None = None
        self.ended = False

    def block(self, block: Paragraph | Table) -> Iterator[Paragraph | Table]:
        if self.ended:
            return
        if isinstance(block, Table):
            size, chars = len(block.cells), sum(len(c.text) for c in block.cells)
            place = block.cells[0].place if block.cells else None
        else:
            size, chars, place = 0, len(block.text), block.place
        self.chars -= chars
        self.cells -= size
        self.blocks -= 1
        if min(self.chars, self.cells, self.blocks) < 0:
            self.ended, self.over = True, place
            return
        if isinstance(block, Table):
            yield self._table(block)
        elif len(block.text) > MAX_PARAGRAPH_CHARS:
            self.long.append(block.place)
            yield from pieces(block)
        else:
            yield block

    def _table(self, table: Table) -> Table:
        if all(len(c.text) <= MAX_SHOWN_CELL_CHARS for c in table.cells):
            return table
        self.cut += [c.place for c in table.cells if len(c.text) > MAX_SHOWN_CELL_CHARS]
        return replace(
            table, cells=tuple(replace(c, text=c.text[:MAX_SHOWN_CELL_CHARS]) for c in table.cells)
        )

    def notices(self) -> Iterator[ReadingNotice]:
        if self.long:
            stated = (
                f"有 {len(self.long)} 段文字超过 {MAX_PARAGRAPH_CHARS} 个字，分成几段核对，跨段的话没有核对。"
            )
            yield ReadingNotice(stated, self.long[0])
        if self.cut:
            stated = f"有 {len(self.cut)} 个单元格超过 {MAX_SHOWN_CELL_CHARS} 个字，其余的字没有读取。"
            yield ReadingNotice(stated, self.cut[0])
        if self.ended:
            stated = (
                f"内容超过 {MAX_TEXT_CHARS} 个字、{MAX_TABLE_CELLS} 个单元格或 {MAX_BLOCKS} 段，"
                "从这里起没有读取；请拆成几个文件。"
            )
            yield ReadingNotice(stated, self.over, True, cut=True)


def within(
    pages: Sequence[Page], notices: Sequence[ReadingNotice]
) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """Pages with paragraphs and cells of a bounded length, and bounded together; what was cut is a notice."""
    bounds = _Bounds()
    out = []
    for page in pages:
        blocks = tuple(b for block in page.blocks for b in bounds.block(block))
        same = len(blocks) == len(page.blocks) and all(
            a is b for a, b in zip(blocks, page.blocks, strict=True)
        )
        out.append(page if same else replace(page, blocks=blocks))
    return tuple(out), (*notices, *bounds.notices())


def pieces(paragraph: Paragraph) -> Iterator[Paragraph]:
    """A long paragraph in pieces that end with a sentence where there is one, and never within a number."""
    text, at = paragraph.text, 0
    while at < len(text):
        end = _end(text, at)
        lines = tuple(
            replace(line, start=line.start - at) for line in paragraph.lines if at <= line.start < end
        )
        yield replace(paragraph, text=text[at:end], lines=lines)
        at = end


def _end(text: str, at: int) -> int:
    most = at + MAX_PARAGRAPH_CHARS
    if most >= len(text):
        return len(text)
    stops = [m.end() for m in _END.finditer(text, at + MAX_PARAGRAPH_CHARS // 2, most)]
    if stops:
        return stops[-1]
    end = most
    while end > at + MAX_PARAGRAPH_CHARS // 2 and _INSIDE.match(text, end):
        end -= 1
    return end
