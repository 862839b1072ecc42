"""Tables that are written another way: lying on their side (items across, measures down) and with decimal commas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from yibenzhang.model.documents import Page, Paragraph, ReadingNotice, Table

_CODE = re.compile(r"\d{3}(?:\d\d){0,2}")
_CODES = re.compile(r"(?:功能分类)?(?:科目)?编码")
_FEWEST_CODES, _FEWEST = 4, 3
_COMMA_FOR_POINT = re.compile(r"-?\d{1,3}(?:\.\d{3})+,\d{1,2}")
_ALSO = re.compile(r"-?\d{1,3}(?:\.\d{3})*,\d{1,2}")
_TURNED = str.maketrans(",.", ".,")
_USUAL = re.compile(r"\d\.\d{1,2}$")


def upright(pages: Iterable[Page]) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """The pages with tables that lie on their side stood up, their cells' places as they are printed; amounts with
    decimal commas get points, which is told once."""
    notices: list[ReadingNotice] = []
    out = []
    for page in pages:
        blocks = tuple(_settled(b, notices) for b in page.blocks)
        changed = any(a is not b for a, b in zip(blocks, page.blocks, strict=True))
        out.append(replace(page, blocks=blocks) if changed else page)
    return tuple(out), tuple(notices)


def _settled(block: Paragraph | Table, notices: list[ReadingNotice]) -> Paragraph | Table:
    if isinstance(block, Paragraph):
        return block
    if _lies(block):
        block = _stood(block)
    strange = [c for c in block.cells if "," in c.text and _ALSO.fullmatch(c.text.strip())]
    if sum(bool(_COMMA_FOR_POINT.fullmatch(c.text.strip())) for c in strange) < _FEWEST:
        return block
    if any(_USUAL.search(c.text.strip()) for c in block.cells):
        return block  # both ways in one table: each number is judged by itself
    shown = strange[0].text.strip()
    text = f"一张表有 {len(strange)} 个数以逗号作小数点（如“{shown}”），已按小数点读取，请核对。"
    notices.append(ReadingNotice(text, strange[0].place))
    odd = {id(c) for c in strange}
    cells = (replace(c, text=c.text.translate(_TURNED)) if id(c) in odd else c for c in block.cells)
    return replace(block, cells=tuple(cells))


def _lies(table: Table) -> bool:
    """Its first row is a row of classification codes, of different depths, and its first column has none."""
    if not 3 <= table.rows < table.columns or any(c.row_span * c.column_span > 1 for c in table.cells):
        return False
    first = sorted((c for c in table.cells if c.row == 0), key=attrgetter("column"))
    labels = [c.text.strip() for c in table.cells if c.column == 0]
    if not first or not _CODES.fullmatch(first[0].text.strip()) or any(map(_DIGIT.search, labels)):
        return False
    codes = [w for c in first[1:] if (w := c.text.strip())]
    found = [w for w in codes if _CODE.fullmatch(w)]
    return len(found) >= _FEWEST_CODES and len(codes) - len(found) <= 1 and len({len(w) for w in found}) > 1


_DIGIT = re.compile(r"\d")


def _stood(table: Table) -> Table:
    cells = [replace(c, row=c.column, column=c.row) for c in table.cells]
    cells.sort(key=lambda c: (c.row, c.column))
    return replace(table, rows=table.columns, columns=table.rows, cells=tuple(cells), edges=())
