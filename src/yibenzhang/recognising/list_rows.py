"""What the rows of views name, and how far their label columns are filled: by which lists are linked and summed."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.model.documents import Cell
from yibenzhang.model.patterns import late
from yibenzhang.model.row_marks import RowMark
from yibenzhang.model.views import View
from yibenzhang.recognising.forms import amount_of
from yibenzhang.recognising.stitching import Framed
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_STEM = late(r"^\[?([0-9A-Z]{6,})\]?[-－—]*")
_LEAST = 2
_HEADING_ROWS = 3
_LONG = 16
"""A heading is shorter."""
_CODE = late(r"\d+")
_WORDS = patterns("list_rows")


def row_marks(views: Sequence[View], frames: Sequence[Framed]) -> dict[tuple[int, int], RowMark]:
    """By position of the view and of its row."""
    grids = {f"t{f.table.index + 1}": f.table.grid() for f in frames}
    out: dict[tuple[int, int], RowMark] = {}
    for v, view in enumerate(views):
        grid = grids.get(view.table)
        if grid is None:
            continue
        numbers = {c.index for c in view.columns}
        filled = {r for r, _ in view.cells}
        both = _of_both(grid)
        for k in filled:
            out[v, k] = _words(grid[view.rows[k].index], view.rows[k].index, numbers, both)
    return out


def _of_both(grid: Sequence[Sequence[Cell | None]]) -> set[int]:
    """The columns whose heading names a unit and a project."""
    heads = [(c, cell) for row in grid[:_HEADING_ROWS] for c, cell in enumerate(row) if cell is not None]
    return {c for c, cell in heads if len(text := fold(cell.text)) < _LONG and _WORDS["both"].search(text)}


def _words(row: Sequence[Cell | None], r: int, numbers: set[int], both: set[int]) -> RowMark:
    names: list[str] = []
    last = code = 0
    first = min(numbers, default=0)  # what stands behind the amounts is a goal or a remark, no name
    seen: set[int] = set()
    for column, cell in enumerate(row):
        if cell is None or column in numbers or id(cell) in seen or not cell.text.strip():
            continue
        seen.add(id(cell))
        text = fold(cell.text)
        if cell.row == r:
            last = column
        if _CODE.fullmatch(text):
            code = len(text)
        elif column < first and amount_of(text) is None and (name := name_of(text)):
            names.append(name)
            if column in both and (unit := _WORDS["unit_first"].search(cell.text)):
                names.append(name_of(cell.text[unit.end() :]))
    return RowMark(tuple(dict.fromkeys(names)), last, code)


def name_of(text: str) -> str:
    """A project's name to compare: folded, without its code and what stands in brackets at its end for its kind."""
    name = _WORDS["tail"].sub("", _STEM.sub("", fold(text)))
    return name if len(name) >= _LEAST else ""
