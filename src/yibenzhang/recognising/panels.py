"""A printed table as panels: label columns, number columns with their headings, rows. No words are needed
for this beyond the kinds of label columns: what is a number is seen in the cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from yibenzhang.model.amounts import CellState, cell_state, narrow
from yibenzhang.model.digits import whole_number
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.patterns import late
from yibenzhang.standards.lexicon.words import Lexicon
from yibenzhang.standards.model import fold
from yibenzhang.standards.patterns import patterns

Grid = list[list[Cell | None]]

_MARK = 3
_ONE_ON = late(r"1,2,3,4(,|$)")
_SAYS_SO = frozenset({"栏次", "行次"})
_CODE_LEVELS = frozenset({"类", "款", "项", "目"})
_WORDS = patterns("panels")
_CODE = late(r"\d{3,10}")
_CJK = late(r"[\u4e00-\u9fff]")
_STRONG = late(r"[-+△▲(]?\d{1,3}(,\d{3})+(\.\d+)?\)?%?|[-+△▲(]?\d+\.\d+\)?%?|[-+]?[1-9]\d{4,}")
_LONG = 4
"""A heading of fewer letters (项目) may stand above names as well."""
_FEW_WORDS = 2
"""A column of numbers may have no number, and in so many cells words for one."""


@dataclass(frozen=True, slots=True)
class LabelColumn:
    """A column of words or codes. ``kind``: code, name, index or remark; ``path`` its headings."""

    index: int
    kind: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of numbers with the headings above it, outermost first."""

    index: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Label columns and the number columns at their right; a table has one panel or several side by side."""

    number: int
    labels: tuple[LabelColumn, ...]
    numbers: tuple[NumberColumn, ...]


@dataclass(frozen=True, slots=True)
class Panels:
    """A table laid out: the first row that is no header, its body rows, its panels."""

    grid: Grid
    first: int
    body: tuple[int, ...]
    panels: tuple[Panel, ...]


folded, state_of = fold, cell_state


def panels_of(table: Table, start: int, lexicon: Lexicon) -> Panels | None:
    """The layout of a table whose header begins at row ``start``; None where it has no number column."""
    grid = table.grid()
    if not grid or table.columns < 2:
        return None
    first = _body_start(grid, start, lexicon)
    body = tuple(r for r in range(first, len(grid)) if not index_row(grid[r], r))
    heads = _headings(table, grid, start, first)
    columns = [_column(grid, body, c, heads[c], lexicon) for c in range(table.columns)]
    panels = _panels(columns, grid, body, lexicon)
    return Panels(grid, first, body, panels) if panels else None


def fresh(row: Sequence[Cell | None], r: int) -> list[Cell]:
    """The cells that begin in row ``r`` and hold something."""
    seen: dict[int, Cell] = {id(c): c for c in row if c is not None and c.row == r}
    return [c for c in seen.values() if c.text.strip()]


_SEVERAL = 5
_COUNTED = "".join(str(n) for n in range(1, 40))


def index_row(row: Sequence[Cell | None], r: int) -> bool:
    """The row of column numbers that some headers end with ("栏次 1 2 3", "** 1 2")."""
    cells = fresh(row, r)
    texts = [folded(c.text) or c.text.strip() for c in cells]
    if cells and cells[0].sure < 1 and len(texts[0]) <= _MARK and _ONE_ON.match(",".join(texts[1:])):
        return True  # of a scan: whatever the stars were read as
    if len(texts) >= _SEVERAL and _COUNTED.startswith("".join(texts)):
        return True  # "1 2 3 678": of cells that run over several columns
    if any(t in _SAYS_SO for t in texts):  # the levels of a code may stand before it: 类 款 项 栏次 1 2
        return _counts_up([t for t in texts if _WORDS["index"].fullmatch(t)])
    if texts and texts[0] in _CODE_LEVELS:  # the levels of a code, whose heading stands above: 类 款 项 1 2
        texts = [t for t in texts if t not in _CODE_LEVELS]
    return len(texts) > 1 and all(_WORDS["index"].fullmatch(t) for t in texts) and _counts_up(texts)


def _counts_up(texts: list[str]) -> bool:
    """Numbers from one to the next, or at least one beside a star or a word."""
    numbers = [whole_number(m.group()) for t in texts if (m := re.match(r"\d+", t))]
    if len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers)):
        return True
    return bool(numbers) and any("*" in t or _CJK.search(t) for t in texts)


def _body_start(grid: Grid, start: int, lexicon: Lexicon) -> int:
    covered = start
    for r in range(start, len(grid)):
        cells = fresh(grid[r], r)
        if r > start and r >= covered and _is_body(cells, grid[r], r, lexicon):
            return r
        if r == start and any(_STRONG.fullmatch(narrow(c.text).strip()) for c in cells):
            return r  # a piece without a header
        if not index_row(grid[r], r):
            covered = max([covered, *(c.row + c.row_span for c in cells if c.row_span < len(grid))])
    return len(grid)


def _is_body(cells: list[Cell], row: Sequence[Cell | None], r: int, lexicon: Lexicon) -> bool:
    if index_row(row, r):
        return False
    if not cells:
        return True  # an empty row below the header: the table has no data
    texts = [narrow(c.text).strip() for c in cells]
    if any(_tells_row(t) for t in texts):
        return not all(_WORDS["year"].fullmatch(t) for t in texts)
    words = [c for c in cells if _CJK.search(c.text)]
    left = max(2, len(row) // 3)
    if len(words) in (1, 2) and all(c.column + c.column_span <= left for c in words):
        return not any(lexicon.phrase(c.text).label for c in words)
    return any(len(folded(c.text)) > 25 for c in words)


def _tells_row(text: str) -> bool:
    """An amount, a code or a numbered name: what stands in rows, and in a heading only as a year."""
    if (
        _STRONG.fullmatch(text)
        or _CODE.fullmatch(text)
        or _WORDS["coded"].match(text)
        or _WORDS["item"].match(text)
    ):
        return True
    return state_of(text) in (CellState.PRINTED, CellState.ZERO) and not _WORDS["year"].fullmatch(text)


def _headings(table: Table, grid: Grid, start: int, first: int) -> list[tuple[str, ...]]:
    """For each column the headings above it."""
    rows = [
        [(c.text if c else "") for c in grid[r]] for r in range(start, first) if not index_row(grid[r], r)
    ]
    spread_headings(table, rows)
    return [_path(row[c] for row in rows) for c in range(table.columns)]


def _path(headings: Iterable[str]) -> tuple[str, ...]:
    """Headings from the outermost in, without marks and what is said twice."""
    path: list[str] = []
    for heading in headings:
        text = folded(heading)
        if (
            text
            and (_CJK.search(text) or not _WORDS["index"].fullmatch(text))
            and (not path or path[-1] != text)
        ):
            path.append(text)
    return tuple(path)


def spread_headings(table: Table, rows: list[list[str]]) -> None:
    """In text without spans a blank in the header rows continues the heading at its left; put there in place."""
    if table.confidence not in ("tabbed", "spanless"):
        return
    printed = [list(row) for row in rows]
    for r, row in enumerate(rows):
        for c in range(1, len(row)):
            if row[c].strip() or not row[c - 1].strip() or any(up[c].strip() for up in printed[:r]):
                continue  # another group begins above
            below = any(low[c].strip() for low in printed[r + 1 :])
            lefts = any(low[c - 1].strip() for low in printed[r + 1 :])
            if below and (lefts or r == 0):
                row[c] = row[c - 1]


def _column(
    grid: Grid, body: tuple[int, ...], index: int, path: tuple[str, ...], lexicon: Lexicon
) -> LabelColumn | NumberColumn:
    """What a column is, by its headings and by what stands in it."""
    cells = [c for r in body if (c := grid[r][index]) is not None and c.row == r and c.text.strip()]
    kind = _label_kind(cells, path, lexicon)
    return LabelColumn(index, kind, path) if kind else NumberColumn(index, path)


def _label_kind(cells: list[Cell], path: tuple[str, ...], lexicon: Lexicon) -> str:
    """The kind of label column; empty for a column of numbers."""
    label = next((p.label for w in reversed(path) if (p := lexicon.phrase(w)).label), "")
    if label in ("index", "code"):
        return label
    amounts, words = _amounts_and_words(cells)
    whole = amounts > 0 and not words
    if whole and _counting(cells):
        return "index"
    if label == "remark" and not _money(cells):
        return label
    if not amounts and not label and 0 < words <= _FEW_WORDS and _of_numbers(path, lexicon):
        return ""
    if words > amounts:
        return "name"
    if whole and _codes(cells):
        return "code"
    if amounts:
        return ""
    return label if path else "remark"


def _of_numbers(path: tuple[str, ...], lexicon: Lexicon) -> bool:
    """A heading that says whose money or which kind stands below it, and nothing else."""
    phrases = [lexicon.phrase(w) for w in path]
    if not phrases or len(path[-1]) < _LONG or any(p.residue or p.label for p in phrases):
        return False
    return any(d in ("kind", "fund") for d, _ in phrases[-1].values)


def _amounts_and_words(cells: list[Cell]) -> tuple[int, int]:
    """How many of the cells are amounts, and how many are words."""
    states = [state_of(c.text) for c in cells]
    amounts = sum(s in (CellState.PRINTED, CellState.ZERO) for s in states)
    return amounts, sum(s is None and bool(_CJK.search(c.text)) for s, c in zip(states, cells, strict=True))


def _money(cells: list[Cell]) -> bool:
    return sum(bool(_STRONG.fullmatch(narrow(c.text).strip())) for c in cells) * 2 > len(cells) > 0


def _counting(cells: list[Cell]) -> bool:
    """Line numbers: whole numbers that go up by one from cell to cell."""
    texts = [narrow(c.text).strip() for c in cells]
    if len(texts) < 3 or not all(t.isascii() and t.isdigit() and len(t) < 5 for t in texts):
        return False
    return all(int(b) == int(a) + 1 for a, b in zip(texts, texts[1:], strict=False))


def _codes(cells: list[Cell]) -> bool:
    """Whole numbers of three, five or seven digits without marks, all of them: classification codes."""
    texts = [narrow(c.text).strip() for c in cells]
    if len(texts) < 2 or all(len(t) <= 3 for t in texts):
        return False
    return all(re.fullmatch(r"[1-9]\d{2}(\d\d){0,2}|\d{6}", t) for t in texts)


def _panels(
    columns: list[LabelColumn | NumberColumn], grid: Grid, body: tuple[int, ...], lexicon: Lexicon
) -> tuple[Panel, ...]:
    """A panel begins at a label column after number columns whose rows live on their own."""
    out: list[Panel] = []
    labels: list[LabelColumn] = []
    numbers: list[NumberColumn] = []
    for k, column in enumerate(columns):
        if isinstance(column, NumberColumn):
            numbers.append(column)
            continue
        followed = any(isinstance(c, NumberColumn) for c in columns[k + 1 :])
        if numbers and followed and column.kind in ("name", "code"):
            money = any(not _counted(n, lexicon) for n in numbers)
            titled = money and _titled(column, columns[k - 1], lexicon)
            if titled or not labels or _opens(column, labels, grid, body):
                out.append(Panel(len(out), tuple(labels), tuple(numbers)))
                labels, numbers = [], []
        labels.append(column)
    if numbers:
        out.append(Panel(len(out), tuple(labels), tuple(numbers)))
    return tuple(out)


def _counted(column: NumberColumn, lexicon: Lexicon) -> bool:
    """A column of counts or prices: what stands at its right is the same list."""
    return any(d == "measure" for w in column.path for d, _ in lexicon.phrase(w).values)


def _titled(column: LabelColumn, left: LabelColumn | NumberColumn, lexicon: Lexicon) -> bool:
    """Right after a number column stands the name of a classification: a list of its own."""
    return isinstance(left, NumberColumn) and column.kind == "name" and bool(lexicon.key(column.path))


def _opens(column: LabelColumn, labels: list[LabelColumn], grid: Grid, body: tuple[int, ...]) -> bool:
    """Rows of two lists side by side come out of step: somewhere one has a name and the other none."""
    names = [c for c in labels if c.kind in ("name", "code")]
    if not names:
        return True
    if column.path and any(n.kind == column.kind and n.path == column.path for n in names):
        return True  # the same headings once more: a list goes on beside itself
    left, right = names[-1].path[:1], column.path[:1]
    if left and right and left != right and column.path[-1:] == names[-1].path[-1:]:
        return True
    rows = Counter((_printed(grid[r], (column,)), _printed(grid[r], names)) for r in body)
    return _out_of_step(rows[True, True], rows[True, False], rows[False, True], left != right)


def _out_of_step(both: int, right_alone: int, left_alone: int, other_headings: bool) -> bool:
    """By how many rows have a name in both lists, at the right alone and at the left alone."""
    if not right_alone and 0 < both < left_alone:
        return False
    return (right_alone > 0 or other_headings) and both + right_alone >= 1


def _printed(row: Sequence[Cell | None], columns: Iterable[LabelColumn]) -> bool:
    """A name stands in one of the columns, a merged one on each row it covers."""
    return any((c := row[n.index]) is not None and c.text.strip() for n in columns)
