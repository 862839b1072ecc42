"""Rows of numbers that lie in no table: told, since nothing is checked of them as of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yibenzhang.model.amounts import cell_state
from yibenzhang.model.documents import Cell, Page, Paragraph, ReadingNotice, Table

_MONEY = re.compile(r"(?<![\d.,:])[-(△▲]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,2}(?![\d.%])")
_GLUED = re.compile(r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)\.\d\d){2,}")
"""Numbers of two decimals with nothing between them."""
_LISTED = re.compile(r"(?:，-?[\d,]+\.\d{1,2}){2,}$")
"""Numbers parted by full-width commas up to the end of the line: values and no sentence."""
_SENTENCE = re.compile(r"[。；，？！]|万元|亿元|\d元|%")
_FEWEST_IN_ROW = 2
_FEWEST = 6
"""So many numbers beside one another, in all, are the rests of a table."""
_SHORT = 16
_LIMIT = re.compile(r"[≥≤<>＜＞=％%]|[^\W\d]{5}")
"""What a goal says, or words."""
_WORDS = 12
"""A row of a table has no more letters than this for each of its numbers."""


def loose_notice(pages: Sequence[Page]) -> list[ReadingNotice]:
    """At most one notice: paragraphs that hold numbers side by side as a row of a table does, and no sentence."""
    rows = count = 0
    place = None
    for page in pages:
        for block in page.blocks:
            if not isinstance(block, Paragraph):
                continue
            listed = _LISTED.search(block.text)
            found = len(_MONEY.findall(block.text)) + sum(g.count(".") for g in _GLUED.findall(block.text))
            if found < _FEWEST_IN_ROW or not listed and _SENTENCE.search(block.text):
                continue
            if sum(c.isalpha() for c in block.text) > _WORDS * found:
                continue
            rows, count, place = rows + 1, count + found, place or block.place
    if count < _FEWEST:
        return _dressed_notice(pages)
    return [ReadingNotice(f"有 {rows} 行共 {count} 个数字并排而不成表，没有按表核对，请看原件。", place)]


def _dressed_notice(pages: Sequence[Page]) -> list[ReadingNotice]:
    """At most one notice: columns of tables that hold amounts and nothing else, none of which can be read as a number:
    nobody would take such a column for one of numbers."""
    cells: list[Cell] = []
    for table in (b for p in pages for b in p.blocks if isinstance(b, Table)):
        columns: dict[int, list[Cell]] = {}
        for cell in table.cells:
            if cell.text.strip():
                columns.setdefault(cell.column, []).append(cell)
        for column in columns.values():
            dressed = [c for c in column if _is_dressed(c.text)]
            plain = any(cell_state(c.text) is not None for c in column)
            if len(dressed) >= _FEWEST and not plain and 2 * len(dressed) > len(column):
                cells += dressed
    if not cells:
        return []
    example = f"如“{cells[0].text.strip()}”"
    message = f"表里有 {len(cells)} 格的金额带着别的字（{example}），没有读成数字，没有核对，请看原件。"
    return [ReadingNotice(message, cells[0].place)]


def _is_dressed(text: str) -> bool:
    """One amount with a few signs or words around it, of which none says more or less than or parts of something."""
    words = "".join(text.split())
    return (
        len(words) <= _SHORT
        and len(_MONEY.findall(words)) == 1
        and not _LIMIT.search(words)
        and cell_state(text) is None
    )
