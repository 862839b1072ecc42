"""Word documents (.docx): paragraphs, tables and text boxes in reading order.

What is not part of the text as published is left out: headers, footers, marks of notes, comments, tracked
deletions, hidden text, field codes. Footnotes and endnotes come after the body. Page numbers do not exist in the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from lxml import etree

from yibenzhang.model.documents import Cell, Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import FlowPlace
from yibenzhang.reading.blocks import Grid, blocks_of, lines_of, settled
from yibenzhang.reading.folding import plain
from yibenzhang.reading.headed import take_headings
from yibenzhang.reading.limits import (
    MAX_CELL_CHARS,
    MAX_GRID_POSITIONS,
    MAX_OFFICE_CHARS,
    MAX_SHEET_CELLS,
    ReadingError,
)
from yibenzhang.reading.numbering import Numbering, value
from yibenzhang.reading.packages import BROKEN, Package, local, parse
from yibenzhang.reading.runs import Runs, fill_of, is_mark, is_shaded, sign_of
from yibenzhang.reading.word_tables import (
    BODY,
    TableRow,
    block_children,
    is_drawn,
    only_lays_out,
    rows_of,
    snapped,
    whole,
)

_THROUGH = frozenset(
    {
        "sdt",
        "sdtContent",
        "ins",
        "moveTo",
        "customXml",
        "smartTag",
        "hyperlink",
        "fldSimple",
        "dir",
        "bdo",
        "oMath",
        "oMathPara",
        "ruby",
        "rubyBase",
        "Choice",
        "Fallback",
    }
)
"""Wrappers whose content is part of the text."""
_LARGE = (12 * 360_000, 5 * 360_000)
"""A picture of this size (EMU: 12 by 5 centimetres) may be a table."""
_SIDE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d{1,5}(?:\.\d{1,4})?)pt")
_POINT = 12_700
_FIGURES = re.compile(r"(?:\d\.\d\d.*){4}", re.DOTALL)
"""Amounts of a table."""


def read_docx(package: Package) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """The body of a document as one page. Raises ReadingError."""
    main = package.main()
    kinds = dict(package.relations(main).values())
    numbering = Numbering(package, kinds.get("numbering", ""), kinds.get("styles", ""))
    reader = _Reader(numbering, Runs(package, kinds.get("styles", "")))
    body = next(parse(package.read(main)).iterchildren("{*}body"), None)
    if body is None:
        raise ReadingError(BROKEN)
    take_headings(body, "tbl")
    for node in body:
        reader.block(node)
    for kind, part in package.relations(main).values():
        if kind in ("header", "footer") and part in package.members:
            reader.tables_in(parse(package.read(part)))
    for kind in ("footnote", "endnote"):
        if reader.noted[kind] and (part := kinds.get(f"{kind}s", "")) in package.members:
            reader.notes(kind, parse(package.read(part)))
    if not reader.blocks and not reader.unread:
        raise ReadingError("文档里没有任何文字。")
    return (Page(0, 0, 0, tuple(reader.blocks)),), reader.notices()


_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
"""Elements of a run that stand for one character."""


class _Reader:
    def __init__(self, numbering: Numbering, runs: Runs) -> None:
        self.numbering = numbering
        self.runs = runs
        self._style = ""  # of the paragraph that is being read
        self._shaded = self._styled = False  # its cell or itself, or its table, has a colour
        self._fill = ""  # the colour of its cell
        self.blocks: list[Paragraph | Table] = []
        self.unread: list[FlowPlace] = []
        self.noted: dict[str, list[str]] = {
            "footnote": [],
            "endnote": [],
        }  # numbers in the order of their marks
        self._paragraphs = 0
        self._tables = 0  # as a person counts them
        self._found = 0  # Table blocks so far
        self._left = MAX_SHEET_CELLS  # cells that may still be read
        self._chars = MAX_OFFICE_CHARS
        self._fields: list[bool] = []  # open fields, outermost first: True while in the code

    def notices(self) -> tuple[ReadingNotice, ...]:
        if not self.unread:
            return ()
        count = len(self.unread)
        stated = f"文中有 {count} 处较大的图片或嵌入的表格对象，里面的内容没有读取；请改为文档表格后再检查。"
        return (ReadingNotice(stated, self.unread[0], True),)

    def tables_in(self, part: etree._Element) -> None:
        """A table with numbers in the head or foot of pages is not read, and told."""
        words = ("".join(t.text or "" for t in tbl.iter("{*}t")) for tbl in part.iter("{*}tbl"))
        if any(_FIGURES.search(w) for w in words):
            self.unread.append(FlowPlace(0))

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
        elif kind in BODY:
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
        rows = [r for r in rows_of(node) if r.cells]
        if not rows:
            return
        nested = sum(1 for _ in islice(node.iter("{*}tbl"), 2)) > 1
        if only_lays_out(rows) if nested else len(rows) == 1 and len(rows[0].cells) == 1:
            self._boxes([tc for row in rows for _, _, merge, tc in row.cells if merge != "continue"])
            return
        rows = snapped(node, rows)
        self._styled = self.runs.colours(node)
        self._tables += 1
        number = self._tables
        inner: list[etree._Element] = []
        width = max((c + wide for row in rows for c, wide, _, _ in row.cells), default=0)
        cells = self._cells_of(rows, number, inner)
        if len(rows) * width > MAX_GRID_POSITIONS:
            raise ReadingError(f"文档里的一张表超过 {MAX_GRID_POSITIONS} 格，不予读取。")
        grid = Grid(len(rows), width, tuple(settled(cells, len(rows), width)), None, True, "ruled")
        blocks = blocks_of(grid, lambda i, j: FlowPlace(0, number, i + 1, j + 1), self._found)
        self._found += sum(isinstance(b, Table) for b in blocks)
        self.blocks.extend(blocks)
        self._boxes(inner)

    def _cells_of(self, rows: list[TableRow], number: int, inner: list[etree._Element]) -> list[Cell]:
        """The cells of a table, those that are merged downwards as one."""
        cells: list[Cell] = []
        open_cells: dict[int, int] = {}
        for r, row in enumerate(rows):
            still: dict[int, int] = {}
            for c, wide, merge, tc in row.cells:
                above = open_cells.get(c)
                if merge == "continue" and above is not None:
                    still[c] = above
                    cells[above] = replace(cells[above], row_span=r - cells[above].row + 1)
                    continue
                if merge:
                    still[c] = len(cells)
                self._left -= 1
                if self._left < 0:
                    raise ReadingError(f"文档里的表格超过 {MAX_SHEET_CELLS} 格，不予读取。")
                text = self._cell_text(tc, inner)
                drawn = not text and is_drawn(tc)
                cells.append(Cell(r, c, 1, wide, text, FlowPlace(0, number, r + 1, c + 1), unreadable=drawn))
            open_cells = still
        return cells

    def _cell_text(self, tc: etree._Element, inner: list[etree._Element]) -> str:
        """The paragraphs of a cell as lines; tables and text boxes inside it are kept for after the table."""
        lines = []
        self._fill = fill_of(tc.find("{*}tcPr"))
        self._shaded = self._styled or bool(self._fill)
        for child in block_children(tc):
            kind = local(child)
            if kind == "p":
                lines.append(self._text(child, inner))
            elif kind == "tbl":
                holder = etree.Element("body")
                holder.append(child)
                inner.append(holder)
        self._shaded, self._fill = False, ""
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
                gone = self.runs.unseen(child, self._style, self._shaded, self._fill)
                if not gone and not self.runs.struck(child, node):
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
        raised = self.runs.raised(run, self._style)
        if raised and is_mark(run, "".join(out), raised):
            return
        for child in run:
            kind = local(child)
            if kind == "t":
                self._say(child.text or "", out)
            elif kind in _SIGNS:
                self._say(_SIGNS[kind], out)
            elif kind == "sym":
                self._say(sign_of(child), out)
            elif kind == "fldChar":
                self._say(_chosen(child), out)
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


def _chosen(field: etree._Element) -> str:
    """What a list to choose from shows, which stores no result of its own; empty for other fields."""
    choice = next(field.iter("{*}ddList"), None)
    if choice is None:
        return ""
    entries = [value(e, "val", own=True) for e in choice.iterchildren("{*}listEntry")]
    number = whole(value(choice, "result")) if choice.find("{*}result") is not None else 0
    return entries[number] if number < len(entries) else ""


def _size(node: etree._Element) -> tuple[int, int]:
    """Width and height (EMU) of a picture, also of one in the older form (VML)."""
    extent = next(node.iter("{*}extent"), None)
    if extent is not None:
        return whole(extent.get("cx")), whole(extent.get("cy"))
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
