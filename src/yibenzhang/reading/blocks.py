"""From a grid of cells to paragraphs and tables: titles, units and notes that stand inside the grid taken out.

Workbooks put the title, 编制单位 and 单位：万元 above the header in the same sheet; Word and web pages often put
them into the first rows of the table itself. Recognising wants them as paragraphs before the table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import narrow, parse_amount
from yibenzhang.model.documents import Cell, Paragraph, Table
from yibenzhang.model.places import FlowPlace, Place, SheetPlace
from yibenzhang.reading.limits import MAX_GRID_POSITIONS

_LEAD = re.compile(
    r"(金额)?单位:?(人民币)?(亿元|百万元|万元|千元|元)|"
    r"(主管|编制|填报|公开|预算|决算|填表)?(部门|单位)(名称|盖章|\(盖章\))?:|"
    r"公开\d+表|附?表\d|附件\d*|(编制|填报|填表|报送|公开)?(日期|时间):|20\d\d年\d+月"
)
_NOTE = re.compile(
    r"(附?注|备注|说明)\s*\d?[:：]|.{0,60}(无数据|空表|没有使用|没有安排|尾差|四舍五入|保持一致)"
)
_TITLE = re.compile(r".{2,60}表([(（].{0,20}[)）])?")
_LABEL_ONLY = re.compile(r"(主管|编制|填报|公开|预算|决算|填表)?(部门|单位)(名称)?:")
_LOOK_AHEAD = 10
_LONGEST_HEADING = 30
_STREWN = 100_000
"""A grid of more positions than this must be filled by a twentieth to be a table."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Anchored cells (spans inside the grid, none over another) and the rows that have ruled sides.

    ``ruled`` is None where nothing is known of borders; ``whole`` says that the grid is one table of its
    file (Word, web), never several below one another (sheets).
    """

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    ruled: frozenset[int] | None
    whole: bool
    confidence: str


def settled(cells: Iterable[Cell], rows: int, columns: int) -> list[Cell]:
    """Cells in reading order with spans cut at the grid's edge and at the cells beside them.

    A cell whose own position is taken already is left out.
    """
    taken: set[tuple[int, int]] = set()
    out = []
    for cell in sorted(cells, key=lambda c: (c.row, c.column)):
        r, c = cell.row, cell.column
        if not (0 <= r < rows and 0 <= c < columns) or (r, c) in taken:
            continue
        high, wide = _free(cell, rows, columns, taken)
        if wide == high == 1:
            taken.add((r, c))
        else:
            taken.update((i, k) for i in range(r, r + high) for k in range(c, c + wide))
        same = high == cell.row_span and wide == cell.column_span
        out.append(cell if same else replace(cell, row_span=high, column_span=wide))
    return out


def _free(cell: Cell, rows: int, columns: int, taken: set[tuple[int, int]]) -> tuple[int, int]:
    """How many rows and columns of its span a cell can have; one of each where the grid would be too large."""
    r, c = cell.row, cell.column
    wide = high = 1
    while wide < min(cell.column_span, columns - c) and (r, c + wide) not in taken:
        wide += 1
    while high < min(cell.row_span, rows - r) and all((r + high, c + k) not in taken for k in range(wide)):
        high += 1
    return (high, wide) if len(taken) + wide * high <= MAX_GRID_POSITIONS else (1, 1)


def blocks_of(grid: Grid, empty: Callable[[int, int], Place], first: int) -> list[Paragraph | Table]:
    """Paragraphs and tables in order; ``first`` is the index of the first table in the document.

    ``empty`` gives the place of a position of the grid where no cell stands.
    """
    return _Cutter(grid, empty, first).blocks()


class _Cutter:
    def __init__(self, grid: Grid, empty: Callable[[int, int], Place], first: int) -> None:
        self.grid = grid
        self.empty = empty
        self.first = first
        self.fresh: list[list[Cell]] = [[] for _ in range(grid.rows)]
        self.covered = [False] * grid.rows
        for cell in grid.cells:
            if not cell.text.strip():
                continue
            self.fresh[cell.row].append(cell)
            for r in range(cell.row + 1, cell.row + cell.row_span):
                self.covered[r] = True
        ruled = grid.ruled
        self.ruled = ruled if ruled and len(ruled) > 1 else None

    def blocks(self) -> list[Paragraph | Table]:
        out: list[Paragraph | Table] = []
        tables = 0
        r = 0
        while r < self.grid.rows:
            start = self._start(r)
            for k in range(r, start):
                out.extend(self._paragraphs(k))
            if start >= self.grid.rows:
                break
            end = self._end(start)
            body = self._without_notes(start, end)
            if self._no_table(start, body):
                for k in range(start, end):
                    out.extend(self._paragraphs(k))
                r = end
                continue
            out.append(self._table(start, body, self.first + tables))
            tables += 1
            for k in range(body, end):
                out.extend(self._paragraphs(k))
            r = end
        return out

    # ---- what a row is ---------------------------------------------------------------------

    def _blank(self, r: int) -> bool:
        return not self.fresh[r] and not self.covered[r]

    def _lone(self, r: int) -> bool:
        return len(self.fresh[r]) == 1 and not self.covered[r]

    def _lead(self, r: int) -> bool:
        """Only words that stand above a table: its number, its unit, its body, a date."""
        texts = [_flat(c.text) for c in self.fresh[r]]
        if not texts or self.covered[r] or len(texts) > 6 or any(parse_amount(t) for t in texts):
            return False
        known = [bool(_LEAD.match(t)) for t in texts]
        return (
            all(known) or (known[0] and len(texts) <= 3) or (len(texts) == 2 and known[1] and _unit(texts[1]))
        )

    def _figures(self, r: int) -> bool:
        """A row of a table although nobody drew its borders."""
        cells = self.fresh[r]
        signed = any(_flat(c.text).endswith(":") for c in cells)  # "填表人：… 联系电话：…"
        return (
            len(cells) > 1
            and any(parse_amount(c.text) for c in cells[1:])
            and not signed
            and not self._lead(r)
        )

    def _above(self, r: int) -> bool:
        """A row that may stand above a table."""
        if self.ruled is not None and r in self.ruled:
            return self._lead(r) or (self._lone(r) and self._title(r))
        if self.ruled is not None:
            return not self._figures(r)
        return self._blank(r) or self._lone(r) or self._lead(r)

    def _surely_above(self, r: int) -> bool:
        """Of those rows, one that is no heading over all columns of the table below it."""
        if not self._lone(r):
            return True
        cell = self.fresh[r][0]
        text = _flat(cell.text)
        heading = len(text) <= _LONGEST_HEADING and not re.search(
            r"[，。；,;]|^[一二三四五六七八九十]+、|^[(]", text
        )
        spanning = cell.column_span > 1 or self.grid.confidence == "spanless"
        return self._lead(r) or self._title(r) or not (heading and spanning)

    def _title(self, r: int) -> bool:
        text = _flat(self.fresh[r][0].text)
        return bool(_TITLE.fullmatch(text) or re.match(r"[^。；]{0,30}20\d\d年", text))

    # ---- where a table begins and ends -----------------------------------------------------

    def _start(self, r: int) -> int:
        """The first row at or after ``r`` that belongs to a table; the number of rows where there is none."""
        rows = self.grid.rows
        k = r
        while k < rows and self._above(k):
            k += 1
        if self.ruled is None and not any(len(self.fresh[i]) > 1 for i in range(k, rows)):
            return rows
        first = k
        while first < rows and k > r and self._of_header(k - 1, first):
            k -= 1
        return k if self.grid.columns > 1 else rows

    def _of_header(self, r: int, first: int) -> bool:
        """A row that may stand above the ``first`` of a table is rather one of its header."""
        if self.ruled is None:
            return not self._surely_above(r)
        # the headings of a table without borders among others that have them
        return first not in self.ruled and len(self.fresh[r]) > 1 and not self._lead(r)

    def _end(self, start: int) -> int:
        rows = self.grid.rows
        for r in range(start + 1, rows):
            if self.covered[r]:
                continue
            if self.ruled is not None:
                if r not in self.ruled and not self._figures(r):
                    return r
            elif not self.grid.whole and self._opens_another(r):
                return r
        return rows

    def _opens_another(self, r: int) -> bool:
        """A title or a unit here, with a table below it."""
        if not (self._lone(r) or self._lead(r)):
            return False
        stated = self._blank(r - 1) and self._lone(r) and self._title(r)
        gap = False
        for k in range(r, min(r + _LOOK_AHEAD, self.grid.rows)):
            if self._lead(k):
                stated = stated or not gap
            elif self._blank(k):
                gap = True
            elif not self._lone(k):
                return stated
            elif gap and not stated:
                return False  # the last line of this table, and the next one's title below a blank row
        return False

    def _without_notes(self, start: int, end: int) -> int:
        """Where the table's rows end and the notes below them begin."""
        last = end
        while last > start + 1:
            r = last - 1
            if self.covered[r]:
                break
            note = self._lone(r) and (
                _NOTE.match(self.fresh[r][0].text.strip())
                or (self.ruled is None and self._apart(r))
                or (len(self.fresh[r][0].text) > 40 and self.fresh[r][0].column_span >= self.grid.columns)
            )
            if not note and not (self._blank(r) and self.ruled is None):
                break
            last -= 1
        return last

    def _apart(self, r: int) -> bool:
        """A line below a blank row, or a sentence, where no borders tell what belongs to the table."""
        text = self.fresh[r][0].text.strip()
        return not self.grid.whole and (self._blank(r - 1) or (len(text) > 25 and "。" in text))

    def _no_table(self, start: int, end: int) -> bool:
        """A single row, or cells strewn over a grid that is nearly empty."""
        rows = [self.fresh[k] for k in range(start, end) if self.fresh[k]]
        stated = sum(map(len, rows))
        positions = len(rows) * len({c.column for row in rows for c in row})
        return len(rows) < 2 or positions > MAX_GRID_POSITIONS or positions > _STREWN + 20 * stated

    # ---- what comes out --------------------------------------------------------------------

    def _paragraphs(self, r: int) -> list[Paragraph]:
        cells = self.fresh[r]
        out: list[Paragraph] = []
        k = 0
        while k < len(cells):
            text = cells[k].text
            if (
                k + 1 < len(cells)
                and _LABEL_ONLY.fullmatch(_flat(text))
                and not _LEAD.match(_flat(cells[k + 1].text))
            ):
                out.append(Paragraph(text.strip() + cells[k + 1].text.strip(), cells[k].place))
                k += 2
                continue
            out.extend(lines_of(text, cells[k].place))
            k += 1
        return out

    def _table(self, start: int, end: int, index: int) -> Table:
        """Rows [start, end) without the rows and columns in which nothing is printed."""
        inside = [c for c in self.grid.cells if start <= c.row < end]
        columns = sorted({c.column for c in inside if c.text.strip()})
        rows = self._kept_rows(start, end, inside, len(columns))
        cells = []
        filled: set[tuple[int, int]] = set()
        known_rows, known_columns = set(rows), set(columns)
        for c in inside:
            if c.row not in known_rows or c.column not in known_columns:
                continue
            r, k = bisect_left(rows, c.row), bisect_left(columns, c.column)
            high = max(1, bisect_left(rows, c.row + c.row_span) - r)
            wide = max(1, bisect_left(columns, c.column + c.column_span) - k)
            same = (r, k, high, wide) == (c.row, c.column, c.row_span, c.column_span)
            cells.append(c if same else replace(c, row=r, column=k, row_span=high, column_span=wide))
            if wide == high == 1:
                filled.add((r, k))
            else:
                filled.update((i, j) for i in range(r, r + high) for j in range(k, k + wide))
        for i, r in enumerate(rows):
            for j, k in enumerate(columns):
                if (i, j) not in filled:
                    cells.append(Cell(i, j, 1, 1, "", self.empty(r, k)))
        cells.sort(key=lambda c: (c.row, c.column))
        return Table(index, (), len(rows), len(columns), tuple(cells), (), self.grid.confidence)

    def _kept_rows(self, start: int, end: int, cells: list[Cell], columns: int) -> list[int]:
        """The rows with words; a ruled row without words counts, but a long empty form has one of them."""
        rows = sorted({c.row for c in cells if c.text.strip()})
        if not rows or self.ruled is None:
            return rows
        inner = [r for r in range(rows[0] + 1, rows[-1]) if self._blank(r)]
        below = [r for r in range(rows[-1] + 1, end) if self._blank(r)]
        return sorted({*rows, *inner[: _STREWN // columns], *below[:1]})


def lines_of(text: str, place: Place) -> list[Paragraph]:
    """The lines of one cell or paragraph as paragraphs, each with a place of its own."""
    out = []
    for part, line in enumerate(text.splitlines()):
        if line.strip():
            at = place
            if part and isinstance(place, (SheetPlace, FlowPlace)):
                at = replace(place, part=part)
            out.append(Paragraph(line.strip(), at))
    return out


def is_lead(text: str) -> bool:
    """Words that stand above a table: its number, its unit, its body, a date."""
    return bool(_LEAD.match(_flat(text)))


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", narrow(text)).replace("：", ":")


def _unit(text: str) -> bool:
    return bool(re.match(r"(金额)?单位:?(人民币)?(亿元|百万元|万元|千元|元)", text))
