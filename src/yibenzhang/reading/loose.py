"""Rows of numbers that lie in no table: told, since nothing is checked of them as of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable

from yibenzhang.model.documents import Page, Paragraph, ReadingNotice

_MONEY = re.compile(r"(?<![\d.,:])[-(△▲]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,2}(?![\d.%])")
_GLUED = re.compile(r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)\.\d\d){2,}")
"""Numbers of two decimals with nothing between them."""
_LISTED = re.compile(r"(?:，-?[\d,]+\.\d{1,2}){2,}$")
"""Numbers parted by full-width commas up to the end of the line: values and no sentence."""
_SENTENCE = re.compile(r"[。；，？！]|万元|亿元|\d元|%")
_FEWEST_IN_ROW = 2
_FEWEST = 6
"""So many numbers beside one another, in all, are the rests of a table."""
_WORDS = 12
"""A row of a table has no more letters than this for each of its numbers."""


def loose_notice(pages: Iterable[Page]) -> list[ReadingNotice]:
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
        return []
    return [ReadingNotice(f"有 {rows} 行共 {count} 个数字并排而不成表，没有按表核对，请看原件。", place)]
