"""Lists of projects, goods and meetings as views: the columns of names and of money, without goals and indicators.

Also the grids of money inside forms: each is cut out with its heading and read as a view of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import Unit, cell_state, unit_named
from yibenzhang.model.documents import Cell
from yibenzhang.model.facts import Fact
from yibenzhang.model.views import View
from yibenzhang.recognising.forms import UNIT_IN, amount_of, label_of
from yibenzhang.recognising.panels import fresh
from yibenzhang.recognising.stitching import Framed
from yibenzhang.recognising.table_kinds import BRACKETS, title_rows
from yibenzhang.recognising.views import Reader
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.frames import frame_words
from yibenzhang.standards.lexicon.table_kinds import TableKinds, table_kinds

LISTS = ("goal_list", "meeting_list")
FORMS = ("goal_form", "self_assessment")
GRIDS = 100
"""The panels of the grids inside forms are numbered from here on."""
_HEADING_ROWS = 3
"""A heading of a grid inside a form has no more rows."""
Grid = list[list[Cell | None]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The columns of a list that are read, and its number of columns."""

    columns: tuple[int, ...]
    wide: int
    unit: Unit | None


def list_views(frames: Sequence[Framed], kinds: Sequence[str], reader: Reader) -> list[View]:
    """The views of all goal and meeting lists, and of the money grids inside forms."""
    words = table_kinds()
    out: list[View] = []
    last: tuple[_Kept, View] | None = None
    for frame, kind in zip(frames, kinds, strict=True):
        if kind in LISTS:
            kept = _columns(frame, words)
            if kept is not None:
                views = [_unsummed(v) for v in reader.views([_reduced(frame, kept)])]
                last = (kept, views[0]) if len(views) == 1 else None
                out += views
            elif last is not None and last[0].wide == frame.table.columns:
                out += [_unsummed(_continued(v, last[1])) for v in reader.views([_reduced(frame, last[0])])]
        elif kind in FORMS:
            for n, part in enumerate(_grids(frame, words), 1):
                out += [replace(v, panel=v.panel + GRIDS * n) for v in reader.views([part])]
    return out


# ---- lists -----------------------------------------------------------------------------------------


def _columns(frame: Framed, words: TableKinds) -> _Kept | None:
    """Which columns hold names and money; None without a heading that says so."""
    table = frame.table
    grid = table.grid()
    start = max(title_rows(table), frame.first)
    first = next((r for r in range(start + 1, len(grid)) if _body(grid[r], r)), len(grid))
    money: list[int] = []
    names: list[int] = []
    unit: Unit | None = None
    for c in range(table.columns):
        cells = {id(x): x for r in range(start, first) if (x := grid[r][c]) is not None and x.text.strip()}
        path = [label_of(x.text) for x in cells.values()]
        inner = path[-1] if path else ""
        if _among(inner, words.money):
            money.append(c)
            stated = [m.group(1) for x in cells.values() if (m := UNIT_IN.search(fold(x.text)))]
            unit = unit_named(stated[-1]) if stated else unit
        elif _among(inner, words.name):
            names.append(c)
    if not money or not names or first == start:
        return None
    return _Kept(tuple(sorted({*names, *money})), table.columns, unit)


def _unsummed(view: View) -> View:
    """A list without a total is no sum of anything: whatever its rows come to, nothing is short."""
    return view if any(r.total for r in view.rows) else replace(view, open_end=True)


def _continued(view: View, whole: View) -> View:
    """A piece without a heading: its columns are those of the list it goes on."""
    known = {c.index: n for n, c in enumerate(whole.columns)}
    if not all(c.index in known for c in view.columns):
        return view
    at = [known[c.index] for c in view.columns]
    cells: dict[tuple[int, int], Fact] = {}
    for (r, n), fact in view.cells.items():
        path = whole.columns[at[n]].path
        cells[r, at[n]] = replace(fact, column=path[-1] if path else "")
    places = {(r, at[n]): place for (r, n), place in view.places.items()}
    return replace(view, columns=whole.columns, cells=cells, places=places, title=whole.title)


def _among(heading: str, words: frozenset[str]) -> bool:
    return heading in words or BRACKETS.sub("", heading) in words


def _body(row: Sequence[Cell | None], r: int) -> bool:
    return any(c is not None and c.row == r and amount_of(c.text) for c in row)


def _reduced(frame: Framed, kept: _Kept) -> Framed:
    """The table without the columns of goals and indicators; the rows keep their numbers."""
    table = frame.table
    cells = tuple(
        c for c in table.cells if c.row_span < table.rows and any(_covers(c, k) for k in kept.columns)
    )
    return replace(frame, table=replace(table, cells=cells), unit=kept.unit or frame.unit or _stated(frame))


def _covers(cell: Cell, column: int) -> bool:
    return cell.column <= column < cell.column + cell.column_span


def _stated(frame: Framed) -> Unit | None:
    """The unit on one of the last lines before the list."""
    for p in reversed(frame.before[-2:]):
        if (m := frame_words().unit.search(fold(p.text))) is not None:
            return unit_named(m.group(1))
    return None


# ---- grids inside forms ----------------------------------------------------------------------------


def _grids(frame: Framed, words: TableKinds) -> Iterator[Framed]:
    """The grids of money of a form, each with its heading; the form's side headings are left out."""
    table = frame.table
    grid = table.grid()
    r = 0
    while r < len(grid):
        end = _heading_end(grid, r, words)
        if not end:
            r += 1
            continue
        heads = [c for row in range(r, end) for c in grid[row] if c is not None and _of_money(c, words)]
        columns = [c.column for c in heads if c.column_span < table.columns]
        last = end
        while last < len(grid) and _row_of(grid[last], last, columns):
            last += 1
        if last > end and any(_body(grid[k], k) for k in range(end, last)):
            yield _cut(frame, grid, (r, end, last), words)
        r = max(last, r + 1)


def _heading_end(grid: Grid, r: int, words: TableKinds) -> int:
    """The row after a heading that begins in row ``r`` and names money above numbers; 0 where there is none."""
    cells = fresh(grid[r], r)
    money = [c for c in cells if _of_money(c, words)]
    if not money or len(cells) < 2 or any(amount_of(c.text) for c in cells):
        return 0
    first = r + max(c.row_span for c in money)
    for end in range(first, min(len(grid), r + _HEADING_ROWS)):
        here = fresh(grid[end], end)
        under = [c for c in here if any(_covers(m, c.column) for m in money)]
        if any(amount_of(c.text) for c in under):
            return end
        if not here or not all(_of_money(c, words) for c in under):
            return 0
    return 0


def _of_money(cell: Cell, words: TableKinds) -> bool:
    return _among(label_of(cell.text), words.money)


def _row_of(row: Sequence[Cell | None], r: int, columns: Sequence[int]) -> bool:
    """Nothing but numbers and blanks stands in the columns of money, and a name or a number in the row."""
    cells = [c for k in set(columns) if (c := row[k]) is not None and c.column == k]
    if any(c.text.strip() and cell_state(c.text) is None and amount_of(c.text) is None for c in cells):
        return False
    return any(c is not None and c.row == r and c.text.strip() for c in row) and bool(cells)


def _cut(frame: Framed, grid: Grid, rows: tuple[int, int, int], words: TableKinds) -> Framed:
    """The rows (heading, first number, end) as a table whose rows keep their numbers.

    Left out are side headings that run down from the heading, and columns of points.
    """
    first, body, last = rows
    table, unit = frame.table, frame.unit
    points = {
        c.column
        for r in range(first, body)
        for c in grid[r]
        if c is not None and label_of(c.text) in words.points
    }
    cells = []
    for c in table.cells:
        if not first <= c.row < last or c.column in points:
            continue
        if c.row < body and (m := UNIT_IN.search(fold(c.text))) is not None:
            unit = unit_named(m.group(1)) or unit
        if c.row < body < c.row + c.row_span or c.row + c.row_span > last:
            continue
        cells.append(c)
    return replace(
        frame, table=replace(table, rows=last, cells=tuple(cells)), first=first, unit=unit, titles=()
    )
