"""A table that grows page by page: what goes on below it, what goes on at its side, what is another table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import cell_state
from yibenzhang.model.documents import Cell, Table
from yibenzhang.recognising.regridding import NEAR, aligned, moved_right, once, put, row_tops, spread, without
from yibenzhang.recognising.titles import Head, same_words
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.frames import frame_words

_ROW_NEAR = 2.5
"""Row edges of two pages this close are the same: the right part of a table cut in two by the page's side."""
_HEAD_ROWS = 8
"""So many rows at the top of a page may repeat the table's head."""
_FORM = 4
"""So many first rows tell a form that begins again."""
_SHORT = 6
"""The rest of a label that the page's end cut off is no longer than this."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where the rows of one page stand in the whole table."""

    page: int
    tops: tuple[float, ...]
    rows: tuple[int, ...]


def _nearest(rows: Sequence[tuple[int, float]], top: float) -> int:
    """The row whose top is nearest."""
    return min(rows, key=lambda row: abs(row[1] - top))[0]


class Run:
    """A table that grows; its cells become one table only at the end (500 pages are read)."""

    def __init__(self, first: Table, head: Head) -> None:
        self.first = first
        self.head = head
        self.pages = list(first.pages)
        self.rows = first.rows
        self.cells = list(first.cells)
        self.open_end = False
        self._top = first.texts()[head.first : head.first + _HEAD_ROWS]
        self._heads = -1  # header rows, known once a page has repeated them
        self._foot = 0  # where the cells of the last page begin
        self._pieces = [
            _Piece(first.pages[0] if first.pages else 0, row_tops(first), tuple(range(first.rows)))
        ]
        self._right: list[tuple[int, Table]] = []
        self._wide = 0  # columns at the right that stood on pages of their own

    @property
    def columns(self) -> int:
        return self.first.columns

    def table(self) -> Table:
        """The whole table."""
        cells = self.cells
        columns = self.first.columns
        edges = self.first.edges
        for at, part in self._right:
            rows = self._rows_of(at, part)
            cells = [*cells, *(moved_right(c, rows, self.first.columns) for c in part.cells)]
        if self._right:
            columns += self._wide
            part = self._right[0][1]
            shift = edges[-1] - part.edges[0]
            edges = (*edges, *(round(x + shift, 1) for x in part.edges[1:]))
            cells = sorted(once(cells), key=lambda c: (c.row, c.column))
        return replace(
            self.first,
            pages=tuple(self.pages),
            rows=self.rows,
            columns=columns,
            cells=tuple(cells),
            edges=edges,
        )

    def add(self, second: Table, head: Head) -> bool:
        """Take the second table as the continuation; False where it is a table of its own."""
        if self.first.confidence != second.confidence or not self._follows(second):
            return False
        return self._below(second, head) or self._beside(second, head)

    def resembles(self, second: Table) -> bool:
        """It begins and ends where this table does."""
        a, b = self.first.edges, second.edges
        if a and b:
            return abs(a[0] - b[0]) <= 2 * NEAR and abs(a[-1] - b[-1]) <= 2 * NEAR
        return self.first.columns == second.columns

    def _follows(self, second: Table) -> bool:
        if not (self.first.edges and second.edges):
            return True
        return second.pages[0] == self.pages[-1] + 1  # two tables on one page are two tables

    # ---- below ---------------------------------------------------------------------------------

    def _below(self, second: Table, head: Head) -> bool:
        if head.prose or not self._same_frame(head):
            return False
        texts = second.texts()
        heads = self._repeated(texts, head.first)
        laid = self._laid(second, heads)
        if laid is None or not self._goes_on(laid, head, heads):
            return False
        self._append(laid, head.first + heads, heads)
        return True

    def _same_frame(self, head: Head) -> bool:
        """What stands at the head of the new page does not name another table, unit or body."""
        own = self.head
        if head.titles and not (own.titles and same_words(own.titles[0], head.titles[0])):
            return False
        if head.number and not own.number and not head.own:
            return False
        if not (same_words(own.number, head.number) and same_words(own.holder, head.holder)):
            return False
        return head.unit is None or own.unit is None or head.unit == own.unit

    def _repeated(self, texts: list[list[str]], start: int) -> int:
        """So many rows at the new page's top repeat the header."""
        heads = blank = 0
        for own, row in zip(self._top, texts[start:], strict=False):
            if heads and not any(map(fold, own)) and not any(map(fold, row)):
                blank += 1
                continue
            if not _same(own, row, heads + blank > 0):
                break
            heads += 1 + blank
            blank = 0
        return heads

    def _laid(self, second: Table, heads: int) -> Table | None:
        """The second table on the columns of the first; None where they are different tables."""
        first = self.first
        if not (first.edges and second.edges):
            return second if first.columns == second.columns else None
        moved, union = aligned(first.edges, second.edges)
        if not union:
            return second if heads and first.columns == second.columns else None
        if len(union) > len(first.edges):
            self._widen(union)
        edges = list(self.first.edges)
        cells = tuple(spread(second.cells, moved, edges))
        return replace(second, columns=len(edges) - 1, cells=cells)

    def _goes_on(self, second: Table, head: Head, heads: int) -> bool:
        texts = second.texts()
        body = head.first + heads
        if body >= len(texts):
            return heads > 0 and not head.own
        if heads == 0 and not _numbers(texts[body]):
            if head.own or not self.first.edges:
                return False
            if self._opens(second, texts[body]):
                return False
        return not self._restarts(texts, body, head, heads)

    def _opens(self, second: Table, row: list[str]) -> bool:
        """The first row of the new page is a header: it has words where this table has its numbers."""
        top = self._top[0] if self._top else []
        if top and fold(top[0]):
            if fold(row[0]) == fold(top[0]):
                return True
            if not fold(row[0]):
                return False  # the rest of a cell that began on the page before
        numeric = self._numeric()
        cover: list[str] = [""] * second.columns
        for c in second.cells:
            if c.row == 0:
                cover[c.column : c.column + c.column_span] = [c.text] * c.column_span
        words = [k for k in numeric if k < len(cover) and cell_state(cover[k]) is None]
        return bool(numeric) and 2 * len(words) >= len(numeric) and len(words) > 0

    def _numeric(self) -> list[int]:
        """The columns that hold numbers on the last page so far."""
        printed: dict[int, int] = {}
        words: dict[int, int] = {}
        for c in self.cells[self._foot :]:
            if not c.text.strip():
                continue
            count = words if cell_state(c.text) is None else printed
            count[c.column] = count.get(c.column, 0) + 1
        return [k for k, n in sorted(printed.items()) if n > words.get(k, 0) and n > 1]

    def _restarts(self, texts: list[list[str]], at: int, head: Head, heads: int) -> bool:
        """The new page begins with the rows this table began with: the same table or form for another body."""
        if heads >= len(self._top):
            return False
        if _same_form(self._top[heads:], texts[at:]):
            return True
        own, other = _labels(self._top[heads]), _labels(texts[at])
        if heads == 0 or not own or own != other:
            return False
        return head.own or bool(set(own) & frame_words().totals)

    def _append(self, second: Table, skip: int, heads: int) -> None:
        if heads > 0:
            self._heads = heads
        elif tail := self._cut_row(second, skip):
            self._mend(tail)
            skip += 1
        rows = tuple(r - skip + self.rows if r >= skip else min(r, self.rows - 1) for r in range(second.rows))
        self._pieces.append(_Piece(second.pages[0] if second.pages else 0, row_tops(second), rows))
        if second.rows > skip:
            self._foot = len(self.cells)
        for c in second.cells:
            if c.row >= skip:
                self.cells.append(put(c, c.row - skip + self.rows, c.column, c.column_span))
            elif c.row == 0 and heads == 0 and c.row_span > skip:
                self.cells.append(replace(c, row=self.rows, row_span=c.row_span - skip))
        self.rows += max(0, second.rows - skip)
        self.pages.extend(p for p in second.pages if p not in self.pages)

    def _mend(self, tail: dict[int, str]) -> None:
        """The rest of its labels, by column, put to the last row."""
        for k in range(self._foot, len(self.cells)):
            cell = self.cells[k]
            if cell.row + cell.row_span == self.rows and cell.column in tail:
                self.cells[k] = replace(cell, text=cell.text + tail[cell.column])

    def _widen(self, union: list[float]) -> None:
        """What was read so far, on column edges of which the new page has more."""
        self.cells = spread(self.cells, self.first.edges, union)
        cells = tuple(spread(self.first.cells, self.first.edges, union))
        self.first = replace(self.first, columns=len(union) - 1, cells=cells, edges=tuple(union))
        self._top = self.first.texts()[self.head.first : self.head.first + _HEAD_ROWS]

    def _cut_row(self, second: Table, at: int) -> dict[int, str]:
        """The rest of labels whose row the page's end cut in two: {column: text}; empty where none was."""
        if second.rows < at + 2:
            return {}
        head = [c for c in second.cells if c.row == at]
        words = [c for c in head if fold(c.text)]
        last = {c.column: c for c in self.cells[self._foot :] if c.row + c.row_span == self.rows}
        if not words or any(c.row_span > 1 for c in head) or _numbers([c.text for c in head]):
            return {}
        if len(words) > 2 or any(not self._tail(w, last.get(w.column)) for w in words):
            return {}
        return {w.column: w.text for w in words}

    def _tail(self, word: Cell, above: Cell | None) -> bool:
        text = fold(word.text)
        if above is None or not fold(above.text) or frame_words().row_start.match(text):
            return False
        return len(text) <= _SHORT or (word.column > 0 and self._keyed() and len(text) <= 4 * _SHORT)

    def _keyed(self) -> bool:
        """Every row of the last page has something in the first column: one that has not is no row of its own."""
        rows = {c.row: c for c in self.cells[self._foot :] if c.column == 0}
        return len(rows) > 3 and all(fold(c.text) and c.row_span == 1 for c in rows.values())

    # ---- beside --------------------------------------------------------------------------------

    def _beside(self, second: Table, head: Head) -> bool:
        """The last columns, alone on a page: its rows stand where those of an earlier page stand."""
        if not second.edges or not (self._cut_title(head) or self._same_frame(head)):
            return False
        if self._top and _labels(self._top[0]) == _labels(second.texts()[head.first]):
            return False  # the same columns once more
        at = len(self._right)
        if at >= len(self._pieces) or not self._same_rows(at, row_tops(second)):
            return False
        part = without(second, self._repeated_columns(at, second))
        other_columns = self._wide and part.columns != self._wide
        if other_columns or part.columns >= self.first.columns or _has_labels(part):
            return False
        self._right.append((at, part))
        if self.head.unit is None:
            self.head = replace(self.head, unit=head.unit)
        self._wide = part.columns
        self.pages.extend(p for p in second.pages if p not in self.pages)
        return True

    def _cut_title(self, head: Head) -> bool:
        """The head is no more than a part of this table's title, which the page's side cut in two."""
        title = fold(self.head.titles[0]) if self.head.titles else ""
        return not (head.number or head.holder) and any(fold(t) in title for t in head.titles)

    def _repeated_columns(self, at: int, second: Table) -> int:
        """So many columns at the left of a right part repeat the first ones of the table: its labels."""
        rows = self._rows_of(at, second)
        printed = {(c.row, c.column): fold(c.text) for c in self.cells if fold(c.text)}
        other = {(rows[c.row], c.column): fold(c.text) for c in second.cells if fold(c.text)}
        wide = 0
        while wide < min(second.columns, self.first.columns) - 1:
            own = {r: t for (r, c), t in printed.items() if c == wide and r in rows}
            if not own or own != {r: t for (r, c), t in other.items() if c == wide}:
                break
            wide += 1
        return wide

    def _same_rows(self, at: int, tops: tuple[float, ...]) -> bool:
        own = self._pieces[at].tops
        if len(tops) < 3 or not len(own) - 3 <= len(tops) <= len(own):
            return False
        return all(min(abs(t - m) for m in own) <= _ROW_NEAR for t in tops) and (
            abs(tops[-1] - own[-1]) <= _ROW_NEAR
        )

    def _rows_of(self, at: int, part: Table) -> list[int]:
        """Where each row of a right part stands in the whole table."""
        piece = self._pieces[at]
        rows = list(zip(piece.rows, piece.tops, strict=False))
        return [_nearest(rows, top) for top in row_tops(part)[:-1]]

    @property
    def half_beside(self) -> bool:
        """Some pages have their last columns on a page of their own, others not."""
        return 0 < len(self._right) < len(self._pieces)


def _has_labels(table: Table) -> bool:
    """Words in the rows below the header: these columns could stand alone."""
    words = sum(1 for c in table.cells if c.row > 2 and c.text.strip() and cell_state(c.text) is None)
    return words > 0


def _same_form(own: list[list[str]], other: list[list[str]]) -> bool:
    """The rows have the same different words in their first cells and something else in the others."""
    pairs = [(fold(r[0]), fold(s[0]), r != s) for r, s in zip(own[:_FORM], other[:_FORM], strict=False)]
    return len({x for x, y, differs in pairs if x and x == y and differs and cell_state(x) is None}) > 1


def _labels(row: list[str]) -> list[str]:
    return [fold(t) for t in row if fold(t) and cell_state(t) is None]


def _same(a: list[str], b: list[str], below: bool) -> bool:
    """Two header rows: equal, or the new one with something of a cut row printed over it.

    ``below`` another header row even numbers (of columns) may be repeated.
    """
    if len(a) != len(b) or not any(fold(x) for x in a):
        return False
    pairs = [(fold(x), fold(y)) for x, y in zip(a, b, strict=True)]
    if all(x == y for x, y in pairs):
        return below or not _numbers(a)
    if _numbers(a):
        return False
    return all(x == y or (len(x) > 1 and y.startswith(x)) for x, y in pairs)


def _numbers(row: list[str]) -> bool:
    return any((s := cell_state(t)) is not None and s not in ("blank", "dash") for t in row)
