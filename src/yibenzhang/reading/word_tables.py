"""The rows and cells of a table in a Word document, on the columns a person sees."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from yibenzhang.reading.numbering import value
from yibenzhang.reading.packages import local

BODY = frozenset({"body", "document", "sdt", "sdtContent", "ins", "moveTo", "customXml"})
_MOST_COLUMNS = 1000
_TOLD_CELLS = 4
_HAIR = 70
"""Column edges this close (twentieths of a point) are one: as near as the edges of two pages may lie."""


@dataclass(slots=True)
class TableRow:
    cells: list[tuple[int, int, str, etree._Element]]
    """(column, columns, merge downwards, element)."""


def whole(text: str | None) -> int:
    """A whole number of an attribute; 0 where there is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 15 else 0


def block_children(node: etree._Element) -> list[etree._Element]:
    """Block children, also inside wrappers."""
    out = []
    for child in node:
        if local(child) in BODY:
            out.extend(block_children(child))
        else:
            out.append(child)
    return out


def rows_of(table: etree._Element) -> list[TableRow]:
    """The rows of a table that are there: no tracked deletions, none that is hidden."""
    out = []
    for tr in block_children(table):
        if local(tr) != "tr":
            continue
        properties = tr.find("{*}trPr")
        if properties is not None and any(local(p) in ("del", "hidden") for p in properties):
            continue
        out.append(_row(tr))
    return out


def _row(tr: etree._Element) -> TableRow:
    cells: list[tuple[int, int, str, etree._Element]] = []
    properties = tr.find("{*}trPr")
    column = _count(value(properties, "gridBefore"), 0) if properties is not None else 0
    for tc in block_children(tr):
        if local(tc) != "tc" or column >= _MOST_COLUMNS:
            continue
        properties = tc.find("{*}tcPr")
        wide, merge = 1, ""
        if properties is not None and properties.find("{*}cellDel") is not None:
            continue  # a tracked deletion: the row as it is when that is accepted
        if properties is not None:
            wide = max(1, _count(value(properties, "gridSpan"), 1))
            down = properties.find("{*}vMerge")
            if down is not None:
                merge = "restart" if value(down, "val", own=True) == "restart" else "continue"
            along = properties.find("{*}hMerge")
            if along is not None and value(along, "val", own=True) != "restart" and cells:
                c, before, m, first = cells[-1]
                cells[-1] = (c, before + wide, m, first)
                column += wide
                continue
        cells.append((column, wide, merge, tc))
        column += wide
    return TableRow(cells)


def snapped(table: etree._Element, rows: list[TableRow]) -> list[TableRow]:
    """Rows on the columns a person sees: edges drawn by hand that miss each other by a hair are one edge."""
    grid = next(table.iterchildren("{*}tblGrid"), None)
    widths = [whole(value(c, "w", own=True)) for c in grid] if grid is not None else []
    if not any(0 < w < _HAIR for w in widths) or max(c + w for r in rows for c, w, _, _ in r.cells) > len(
        widths
    ):
        return rows
    at = [0]
    edge = last = 0
    for width in widths:
        edge += width
        if edge - last >= _HAIR:
            at.append(at[-1] + 1)
            last = edge
        else:
            at.append(at[-1])
    return [
        TableRow([(at[c], at[c + w] - at[c], m, tc) for c, w, m, tc in row.cells if at[c + w] > at[c]])
        for row in rows
    ]


def _count(text: str, default: int) -> int:
    return min(int(text), _MOST_COLUMNS) if text.isascii() and text.isdigit() and len(text) < 8 else default


def only_lays_out(rows: list[TableRow]) -> bool:
    """A table that only places other tables and text on the page."""
    nested = stated = 0
    for row in rows:
        for _, _, _, tc in row.cells:
            if next(tc.iter("{*}tbl"), None) is not None:
                nested += 1
            elif any((t.text or "").strip() for t in tc.iter("{*}t")):
                stated += 1
    columns = max(len(row.cells) for row in rows)
    return nested > 0 and (stated < _TOLD_CELLS or len(rows) < 2 or columns < 2)


def is_drawn(tc: etree._Element) -> bool:
    """A cell that shows a picture or an object, and no text box."""
    if next(tc.iter("{*}txbxContent"), None) is not None or next(tc.iter("{*}tbl"), None) is not None:
        return False
    return next(tc.iter("{*}blip", "{*}imagedata", "{*}object", "{*}chart"), None) is not None
