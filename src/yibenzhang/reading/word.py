"""Word documents (.docx): paragraphs, tables and text boxes in reading order.

What is not part of the text as published is left out: headers, footers, marks of notes, comments, tracked
deletions, hidden text, field codes. Footnotes and endnotes come after the body. Page numbers do not exist in the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from yibenzhang.model.documents import Cell, Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import FlowPlace
from yibenzhang.reading.blocks import Grid, blocks_of, lines_of, settled
from yibenzhang.reading.folding import plain
from yibenzhang.reading.limits import (
    MAX_CELL_CHARS,
    MAX_GRID_POSITIONS,
    MAX_OFFICE_CHARS,
    MAX_SHEET_CELLS,
    ReadingError,
)
from yibenzhang.reading.numbering import Numbering, value
from yibenzhang.reading.packages import BROKEN, Package, local, parse
from yibenzhang.reading.runs import Runs, is_mark, is_shaded

_THROUGH = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple",
    "dir", "bdo", "oMath", "oMathPara", "ruby", "rubyBase", "Choice", "Fallback"})  # fmt: skip
"""Wrappers whose content is part of the text."""
_BODY = frozenset({"body", "document", "sdt", "sdtContent", "ins", "moveTo", "customXml"})
_LARGE = (12 * 360_000, 5 * 360_000)
"""A picture of this size (EMU: 12 by 5 centimetres) may be a table."""
_SIDE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d{1,5}(?:\.\d{1,4})?)pt")
_POINT = 12_700
_MOST_COLUMNS = 1000
_TOLD_CELLS = 4
_HAIR = 70
"""Column edges this close (twentieths of a point) are one: as near as the edges of two pages may lie."""


@dataclass(slots=True)
class _Row:
    cells: list[tuple[int, int, str, etree._Element]]
    """(column, columns, merge downwards, element)."""


def read_docx(package: Package) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """The body of a document as one page. Raises ReadingError."""
    main = package.main()
    kinds = dict(package.relations(main).values())
    numbering = Numbering(package, kinds.get("numbering", ""), kinds.get("styles", ""))
    reader = _Reader(numbering, Runs(package, kinds.get("styles", "")))
    body = next(parse(package.read(main)).iterchildren("{*}body"), None)
    if body is None:
        raise ReadingError(BROKEN)
    for node in body:
        reader.block(node)
    for kind in ("footnote", "endnote"):
        if reader.noted[kind] and (part := kinds.get(f"{kind}s", "")) in package.members:
            reader.notes(kind, parse(package.read(part)))
    if not reader.blocks and not reader.unread:
        raise ReadingError("文档里没有任何文字。")
    return (Page(0, 0, 0, tuple(reader.blocks)),), reader.notices()


class _Reader:
    def __init__(self, numbering: Numbering, runs: Runs) -> None:
        self.numbering = numbering
        self.runs = runs
        self._style = ""  # of the paragraph that is being read
        self._shaded = self._styled = False  # its cell or itself, or its table, has a colour
        self.blocks: list[Paragraph | Table] = []
        self.unread: list[FlowPlace] = []
        self.noted: dict[str, list[str]] = {
            "footnote": [],
            "endnote": [],
        }  # numbers in the order of their marks
        self._paragraphs = 0
        self._tables = 0  # as a person counts them
        self._found = 0  # Table blocks so far
        self._cells = MAX_SHEET_CELLS
        self._chars = MAX_OFFICE_CHARS
        self._fields: list[bool] = []  # open fields, outermost first: True while in the code

    def notices(self) -> tuple[ReadingNotice, ...]:
        if not self.unread:
            return ()
        message = f"文中有 {len(self.unread)} 处较大的图片或嵌入的表格对象，里面的内容没有读取；请改为文档表格后再检查。"
        return (ReadingNotice(message, self.unread[0], True),)

    def notes(self, kind: str, part: etree._Element) -> None:
        """The notes to which there are marks, in the order of these."""
        found = {value(n, "id", own=True): n for n in part.iterchildren(f"{{*}}{kind}")}
        for number in dict.fromkeys(self.noted[kind]):
            for child in found.get(number, ()):
                self.block(child)

    # ---- blocks ----------------------------------------------------------------------------

    def block(self, node: etree._Element) -> None:
        kind = local(node)
        if kind == "p":
            self._paragraph(node)
        elif kind == "tbl":
            self._table(node)
        elif kind == "altChunk":
            self.unread.append(FlowPlace(self._paragraphs + 1))
        elif kind in _BODY:
            for child in node:
                self.block(child)

    def _paragraph(self, node: etree._Element) -> None:
        if not len(node):
            return
        boxes: list[etree._Element] = []
        text = self._text(node, boxes)
        if text.strip():
            self._paragraphs += 1
            self.blocks.extend(lines_of(text.replace("\t", " "), FlowPlace(self._paragraphs)))
        self._boxes(boxes)

    def _boxes(self, boxes: list[etree._Element]) -> None:
        for box in boxes:
            for child in box:
                self.block(child)

    def _table(self, node: etree._Element) -> None:
        rows = [_row(tr) for tr in _rows(node)]
        rows = [r for r in rows if r.cells]
        if not rows:
            return
        nested = sum(1 for _ in islice(node.iter("{*}tbl"), 2)) > 1
        if _lays_out(rows) if nested else len(rows) == 1 and len(rows[0].cells) == 1:
            for row in rows:
                for _, _, merge, tc in row.cells:
                    if merge != "continue":
                        for child in tc:
                            self.block(child)
            return
        rows = _snapped(node, rows)
        self._styled = self.runs.colours(node)
        self._tables += 1
        number = self._tables
        cells: list[Cell] = []
        open_cells: dict[int, int] = {}
        inner: list[etree._Element] = []
        width = 0
        for r, row in enumerate(rows):
            still: dict[int, int] = {}
            for c, wide, merge, tc in row.cells:
                width = max(width, c + wide)
                above = open_cells.get(c)
                if merge == "continue" and above is not None:
                    still[c] = above
                    known = cells[above]
                    cells[above] = Cell(
                        known.row, known.column, r - known.row + 1, known.column_span, known.text, known.place
                    )
                    continue
                if merge:
                    still[c] = len(cells)
                self._cells -= 1
                if self._cells < 0:
                    raise ReadingError(f"文档里的表格超过 {MAX_SHEET_CELLS} 格，不予读取。")
                text = self._cell_text(tc, inner)
                cells.append(Cell(r, c, 1, wide, text, FlowPlace(0, number, r + 1, c + 1)))
            open_cells = still
        if len(rows) * width > MAX_GRID_POSITIONS:
            raise ReadingError(f"文档里的一张表超过 {MAX_GRID_POSITIONS} 格，不予读取。")
        grid = Grid(len(rows), width, tuple(settled(cells, len(rows), width)), None, True, "ruled")
        blocks = blocks_of(grid, lambda i, j: FlowPlace(0, number, i + 1, j + 1), self._found)
        self._found += sum(isinstance(b, Table) for b in blocks)
        self.blocks.extend(blocks)
        self._boxes(inner)

    def _cell_text(self, tc: etree._Element, inner: list[etree._Element]) -> str:
        """The paragraphs of a cell as lines; tables and text boxes inside it are kept for after the table."""
        lines = []
        self._shaded = self._styled or is_shaded(tc.find("{*}tcPr"))
        for child in _children(tc):
            kind = local(child)
            if kind == "p":
                lines.append(self._text(child, inner))
            elif kind == "tbl":
                holder = etree.Element("body")
                holder.append(child)
                inner.append(holder)
        self._shaded = False
        return "\n".join(lines).strip()[:MAX_CELL_CHARS]

    # ---- text ------------------------------------------------------------------------------

    def _text(self, node: etree._Element, boxes: list[etree._Element]) -> str:
        out = [self.numbering.of(node)]
        properties = node.find("{*}pPr")
        self._style = value(properties, "pStyle") if properties is not None else ""
        outside, self._shaded = self._shaded, self._shaded or is_shaded(properties)
        self._inline(node, out, boxes)
        self._shaded = outside
        text = "".join(out)
        if text == out[0]:
            text = ""  # a number without words
        self._chars -= len(text)
        if self._chars < 0:
            raise ReadingError("文档里的文字过多，不予读取。")
        return text

    def _inline(self, node: etree._Element, out: list[str], boxes: list[etree._Element]) -> None:
        for child in node:
            kind = local(child)
            if kind == "r":
                gone = self.runs.unseen(child, self._style, self._shaded) or self.runs.struck(child, node)
                if not gone:
                    self._run(child, out, boxes)
            elif kind == "AlternateContent":
                self._alternate(child, out, boxes)
            elif kind in _THROUGH:
                self._inline(child, out, boxes)
            elif kind == "t":
                self._say(child.text or "", out)

    def _run(self, run: etree._Element, out: list[str], boxes: list[etree._Element]) -> None:
        for kind, numbers in self.noted.items():
            numbers += [value(m, "id", own=True) for m in run.iterchildren(f"{{*}}{kind}Reference")]
        if self.runs.raised(run, self._style) and is_mark(run, "".join(out)):
            return
        for child in run:
            kind = local(child)
            if kind == "t":
                self._say(child.text or "", out)
            elif kind == "tab":
                self._say("\t", out)
            elif kind in ("br", "cr"):
                self._say("\n", out)
            elif kind == "noBreakHyphen":
                self._say("-", out)
            elif kind == "fldChar":
                self._field(value(child, "fldCharType", own=True))
            elif kind == "AlternateContent":
                self._alternate(child, out, boxes)
            elif kind in ("drawing", "pict", "object"):
                self._drawing(child, kind, boxes)
            elif kind == "ruby":
                self._inline(child, out, boxes)

    def _say(self, text: str, out: list[str]) -> None:
        if not any(self._fields):
            out.append(plain(text))

    def _field(self, kind: str) -> None:
        if kind == "begin" and len(self._fields) < 100:
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _alternate(self, node: etree._Element, out: list[str], boxes: list[etree._Element]) -> None:
        """One of the ways in which the same thing is stored."""
        ways = [c for c in node if local(c) in ("Choice", "Fallback")]
        with_box = [w for w in ways if next(w.iter("{*}txbxContent"), None) is not None]
        for child in (with_box or ways)[:1]:
            for part in child:
                kind = local(part)
                if kind in ("drawing", "pict", "object"):
                    self._drawing(part, kind, boxes)
                elif kind == "r":
                    self._run(part, out, boxes)

    def _drawing(self, node: etree._Element, kind: str, boxes: list[etree._Element]) -> None:
        found = [b for b in node.iter("{*}txbxContent") if _outermost(b, node)]
        boxes.extend(found)
        if found:
            return
        size = _size(node)
        embedded = kind == "object" and next(node.iter("{*}OLEObject"), None) is not None
        if embedded or (size[0] >= _LARGE[0] and size[1] >= _LARGE[1]):
            self.unread.append(FlowPlace(self._paragraphs + 1))


def _emu(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 15 else 0


def _size(node: etree._Element) -> tuple[int, int]:
    """Width and height (EMU) of a picture, also of one in the older form (VML)."""
    extent = next(node.iter("{*}extent"), None)
    if extent is not None:
        return _emu(extent.get("cx")), _emu(extent.get("cy"))
    image = next(node.iter("{*}imagedata"), None)
    shape = image.getparent() if image is not None else None
    sides = dict(_SIDE.findall(shape.get("style") or "")) if shape is not None else {}
    wide, high = (round(float(sides.get(s, "0")) * _POINT) for s in ("width", "height"))
    return wide, high


def _outermost(box: etree._Element, top: etree._Element) -> bool:
    """Not a text box inside a text box, nor a second way of storing the first."""
    parent = box.getparent()
    while parent is not None and parent is not top:
        if local(parent) in ("txbxContent", "Fallback"):
            return False
        parent = parent.getparent()
    return True


def _children(node: etree._Element) -> list[etree._Element]:
    """Block children, also inside wrappers."""
    out = []
    for child in node:
        if local(child) in _BODY:
            out.extend(_children(child))
        else:
            out.append(child)
    return out


def _rows(table: etree._Element) -> list[etree._Element]:
    out = []
    for tr in _children(table):
        if local(tr) != "tr":
            continue
        properties = tr.find("{*}trPr")
        if properties is not None and any(local(p) in ("del", "hidden") for p in properties):
            continue
        out.append(tr)
    return out


def _row(tr: etree._Element) -> _Row:
    cells: list[tuple[int, int, str, etree._Element]] = []
    properties = tr.find("{*}trPr")
    column = _count(value(properties, "gridBefore"), 0) if properties is not None else 0
    for tc in _children(tr):
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
    return _Row(cells)


def _snapped(table: etree._Element, rows: list[_Row]) -> list[_Row]:
    """Rows on the columns a person sees: edges drawn by hand that miss each other by a hair are one edge."""
    grid = next(table.iterchildren("{*}tblGrid"), None)
    widths = [_emu(value(c, "w", own=True)) for c in grid] if grid is not None else []
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
        _Row([(at[c], at[c + w] - at[c], m, tc) for c, w, m, tc in row.cells if at[c + w] > at[c]])
        for row in rows
    ]


def _count(text: str, default: int) -> int:
    return min(int(text), _MOST_COLUMNS) if text.isascii() and text.isdigit() and len(text) < 8 else default


def _lays_out(rows: list[_Row]) -> bool:
    """A table that only places other tables and text on the page."""
    nested = told = 0
    for row in rows:
        for _, _, _, tc in row.cells:
            if next(tc.iter("{*}tbl"), None) is not None:
                nested += 1
            elif any((t.text or "").strip() for t in tc.iter("{*}t")):
                told += 1
    columns = max(len(row.cells) for row in rows)
    return nested > 0 and (told < _TOLD_CELLS or len(rows) < 2 or columns < 2)
