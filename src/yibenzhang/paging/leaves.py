"""The leaves of a document: pages as they are printed, or flowing text cut into pages to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from yibenzhang.checking.check import Checked
from yibenzhang.model.documents import Box as PageBox
from yibenzhang.model.documents import Cell, Document, Page, Paragraph, Table
from yibenzhang.model.leaves import Block, FlowCell, Leaf, Mark, Piece
from yibenzhang.model.places import PagePlace, Place, SheetPlace
from yibenzhang.paging.leaf_names import CONTENTS, Names
from yibenzhang.paging.printed import Keys, Printed, box_of, by_spot, files_of, inner
from yibenzhang.prose.passages import flat, is_heading
from yibenzhang.reading.limits import MAX_SHOWN_CELLS

_PICTURES = {"pdf": "picture", "image": "picture", "ofd": "drawn"}
_LINES = 80
"""Paragraphs and rows of tables on one flow leaf."""
_LONG = 120
"""A paragraph counts as one line for so many characters."""
_A4 = (595.3, 841.9)


@dataclass(slots=True)
class Leaves:
    """The leaves, and where to find what stands on them."""

    keys: Keys
    leaves: list[Leaf] = field(default_factory=list)
    by_page: dict[tuple[int, int], int] = field(default_factory=dict)
    by_key: dict[str, int] = field(default_factory=dict)
    by_sheet: dict[tuple[int, str], int] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    """The name of the table that each cell belongs to, by the cell's key."""
    cut: bool = False
    """True where tables too long to be shown were cut."""

    def of(self, place: Place) -> int:
        """The leaf a place is on; 0 where it is on none."""
        at, file = inner(place), self.keys.file(place)
        if isinstance(at, PagePlace):
            return self.by_page.get((file, at.page), 0)
        found = self.by_key.get(self.keys.of(place), 0)
        if not found and isinstance(at, SheetPlace):
            return self.by_sheet.get((file, at.sheet), 0)
        return found


def leaves_of(checked: Checked, numbers: list[Printed], keys: Keys) -> Leaves:
    """One leaf a page for PDF, OFD and images; for everything else leaves of about eighty lines."""
    spots = by_spot(numbers)
    heads = _heads(checked, keys)
    tables = _tables(checked, keys)
    out = Leaves(keys, tables=tables)
    for file, document in enumerate(files_of(checked.document)):
        kind = _PICTURES.get(document.kind)
        if kind:
            _pages(out, document, file, kind, numbers, tables)
        else:
            _flow(out, document, file, spots, heads, tables)
    return out


def _heads(checked: Checked, keys: Keys) -> set[str]:
    """The keys of the cells of headers."""
    out = set()
    for t in checked.tables:
        first = t.table.header.first
        out |= {keys.of(c.place) for c in t.table.table.cells if c.row < first}
    return out


def _tables(checked: Checked, keys: Keys) -> dict[str, str]:
    """The name of the table that each cell belongs to, by the cell's key."""
    named = [t.table for t in checked.tables if t.table.standard or t.table.title]
    return {keys.of(c.place): t.name for t in named for c in t.table.cells}


def _title(cells: Iterable[str], headings: Iterable[str], tables: dict[str, str]) -> str:
    """What a leaf is called: the tables on it, else its first heading that is no line of the contents."""
    names = dict.fromkeys(tables[key] for key in cells if key in tables)
    if names:
        return "、".join(list(names)[:2]) + ("等" if len(names) > 2 else "")
    return next((h.strip()[:40] for h in headings if not CONTENTS.search(h)), "")


def _pages(
    out: Leaves,
    document: Document,
    file: int,
    kind: str,
    numbers: list[Printed],
    tables: dict[str, str],
) -> None:
    marks: dict[int, list[Mark]] = {}
    for n in numbers:
        if n.file == file and n.page is not None:
            marks.setdefault(n.page, []).append(Mark(n.key, n.text, n.standing, n.box))
    pages = {p.number: p for p in document.pages}
    noticed = [n.place.page for n in document.notices if n.place is not None and n.place.page]
    for number in range(1, max([*pages, *noticed], default=0) + 1):
        page = pages.get(number) or Page(number, *_A4, ())  # a page that could not be read has its leaf too
        cells, lines = _texts(page, kind)
        out.by_page[file, number] = len(out.leaves) + 1
        out.leaves.append(
            Leaf(
                len(out.leaves) + 1,
                file,
                number,
                kind,
                _title_of(page, out.keys, tables),
                page.width,
                page.height,
                tuple(sorted(marks.get(number, ()), key=_order)),
                (*cells, *lines),
                (),
                page.turn,
                page.skew,
                len(cells),
                page.scanned,
            )
        )


def _title_of(page: Page, keys: Keys, tables: dict[str, str]) -> str:
    cells = (keys.of(c.place) for t in page.blocks if isinstance(t, Table) for c in t.cells)
    headings = (b.text for b in page.blocks if isinstance(b, Paragraph) and _heading(b))
    return _title(cells, headings, tables)


def _order(mark: Mark) -> tuple[float, float]:
    return (mark.box[1], mark.box[0]) if mark.box else (0.0, 0.0)


Texts = list[tuple[PageBox, str]]


def _texts(page: Page, kind: str) -> tuple[Texts, Texts]:
    """The cells of a page and its lines of text; cells without words only where the page is drawn from them."""
    cells: Texts = []
    lines: Texts = []
    for block in page.blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                box = box_of(cell.place)
                if box and (cell.text or kind == "drawn"):
                    cells.append((_rounded(box), cell.text))
        else:
            lines += _lines(block)
    return cells, lines


def _lines(paragraph: Paragraph) -> Iterator[tuple[PageBox, str]]:
    """The printed lines of a paragraph, parted where they have a wide gap."""
    for line in paragraph.lines:
        edges, wide = line.edges, 1.5 * (line.bottom - line.top)
        text = paragraph.text[line.start : line.start + len(edges) - 1]
        start = 0
        for k, char in enumerate(text):
            if char == " " and edges[k + 1] - edges[k] > wide:
                yield _rounded((edges[start], line.top, edges[k], line.bottom)), text[start:k]
                start = k + 1
        yield _rounded((edges[start], line.top, edges[-1], line.bottom)), text[start:]
    box = box_of(paragraph.place)
    if not paragraph.lines and box:
        yield _rounded(box), paragraph.text


def _rounded(box: PageBox) -> PageBox:
    x0, top, x1, bottom = box
    return round(x0, 1), round(top, 1), round(x1, 1), round(bottom, 1)


def _flow(
    out: Leaves,
    document: Document,
    file: int,
    spots: dict[str, list[Printed]],
    heads: set[str],
    tables: dict[str, str],
) -> None:
    left = MAX_SHOWN_CELLS
    names = Names()
    for page in document.pages:
        title = _sheet(page)
        names.sheet(title)
        first = len(out.leaves) + 1
        blocks: list[Block] = []
        lines = 0
        for block, height, cells in _blocks(page, out.keys, spots, heads):
            left -= cells
            if left < 0:
                out.cut = True
                break
            if blocks and lines + height > _LINES:
                _close(out, file, names, blocks, tables)
                blocks, lines = [], 0
            blocks.append(block)
            lines += height
        if blocks:
            _close(out, file, names, blocks, tables)
        if title and len(out.leaves) >= first:
            out.by_sheet[file, title] = first


def _close(out: Leaves, file: int, names: Names, blocks: list[Block], tables: dict[str, str]) -> None:
    number = len(out.leaves) + 1
    marks = []
    for block in blocks:
        holders: list[Block | FlowCell] = [block, *(c for row in block.rows for c in row)]
        for holder in holders:
            if holder.key:
                out.by_key.setdefault(holder.key, number)
            marks += [Mark(p.key, p.text, p.standing, None) for p in holder.pieces if p.key]
    title = names.of(blocks, tables)
    out.leaves.append(Leaf(number, file, 0, "flow", title, 0, 0, tuple(marks), (), tuple(blocks)))


def _sheet(page: Page) -> str:
    """The tab a page of a workbook is; empty elsewhere."""
    for block in page.blocks:
        places: Iterable[Place] = (
            (block.place,) if isinstance(block, Paragraph) else (c.place for c in block.cells[:1])
        )
        for place in places:
            at = inner(place)
            return at.sheet if isinstance(at, SheetPlace) else ""
    return ""


def _blocks(
    page: Page, keys: Keys, spots: dict[str, list[Printed]], heads: set[str]
) -> Iterator[tuple[Block, int, int]]:
    """The blocks of a page in reading order, long tables in parts, each with its height in lines and its cells."""
    for block in page.blocks:
        if isinstance(block, Table):
            yield from _parts(block, keys, spots, heads)
        elif block.text.strip():
            key = keys.of(block.place)
            numbers = [n for n in spots.get(key, ()) if flat(block.text[n.start : n.end]) == n.text]
            spots[key] = [n for n in spots.get(key, ()) if n not in numbers]
            kind = "heading" if _heading(block) else "paragraph"
            yield Block(kind, key, _pieces(block.text, numbers)), 1 + len(block.text) // _LONG, 0


def _heading(paragraph: Paragraph) -> bool:
    return is_heading(flat(paragraph.text))


def _pieces(text: str, numbers: list[Printed]) -> tuple[Piece, ...]:
    out: list[Piece] = []
    at = 0
    for n in numbers:
        if n.start < at:
            continue
        if n.start > at:
            out.append(Piece(text[at : n.start]))
        out.append(Piece(text[n.start : n.end], n.key, n.standing))
        at = n.end
    if at < len(text):
        out.append(Piece(text[at:]))
    return tuple(out)


def _parts(
    table: Table, keys: Keys, spots: dict[str, list[Printed]], heads: set[str]
) -> Iterator[tuple[Block, int, int]]:
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        by_row.setdefault(cell.row, []).append(cell)
    tall = [c for c in table.cells if c.row_span > 1]
    names = {id(c): keys.of(c.place) for c in table.cells}
    header = _header_rows(table, by_row, {i for i, key in names.items() if key in heads})
    for start in range(0, table.rows, _LINES):
        end = min(start + _LINES, table.rows)
        rows: list[tuple[FlowCell, ...]] = []
        if start:
            rows += [_again(by_row.get(r, ()), r, header) for r in range(header)]
        running = [c for c in tall if c.row < start < c.row + c.row_span]
        for r in range(start, end):
            row = [(c, False) for c in by_row.get(r, ())]
            if r == start:
                row += [(c, True) for c in running]
            row.sort(key=lambda pair: pair[0].column)
            rows.append(
                tuple(_cell(c, r, end, "" if again else names[id(c)], spots, r < header) for c, again in row)
            )
        yield Block("table", "", (), tuple(rows)), len(rows), sum(map(len, rows))


def _header_rows(table: Table, by_row: dict[int, list[Cell]], heads: set[int]) -> int:
    """How many rows at the top of a table hold cells (ids of the objects) of its header, six at most."""
    header = 0
    while header < min(table.rows, 6) and any(id(c) in heads for c in by_row.get(header, ())):
        header += 1
    return header


def _again(cells: Iterable[Cell], row: int, header: int) -> tuple[FlowCell, ...]:
    """A row of the header once more, on the next leaf of a long table."""
    return tuple(
        FlowCell("", (Piece(c.text),), min(c.row_span, header - row), c.column_span, True)
        for c in sorted(cells, key=lambda c: c.column)
    )


def _cell(cell: Cell, row: int, end: int, key: str, spots: dict[str, list[Printed]], head: bool) -> FlowCell:
    span = min(cell.row + cell.row_span, end) - row
    numbers = spots.pop(key, []) if key else []
    return FlowCell(key, _numbered(cell.text, numbers), max(1, span), cell.column_span, head)


def _numbered(text: str, numbers: list[Printed]) -> tuple[Piece, ...]:
    """The words of a cell, and its number or several."""
    out: list[Piece] = []
    at = 0
    for n in numbers:
        start, end = (n.start, n.end) if n.start >= 0 else _found(text, n.text, at)
        if start > at:
            out.append(Piece(text[at:start]))
        out.append(Piece(text[start:end] or n.text, n.key, n.standing))
        at = max(at, end)
    if at < len(text):
        out.append(Piece(text[at:]))
    return tuple(out)


def _found(text: str, number: str, at: int) -> tuple[int, int]:
    start = text.find(number, at)
    return (start, start + len(number)) if start >= 0 else (at, len(text))
