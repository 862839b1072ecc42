"""Workbooks and CSV to pages: one page per sheet, what is hidden left out and told."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from yibenzhang.model.amounts import cell_state, parse_amount
from yibenzhang.model.documents import Cell, Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import SheetPlace
from yibenzhang.reading.blocks import Grid, blocks_of, settled
from yibenzhang.reading.folding import plain
from yibenzhang.reading.limits import (
    MAX_CELL_CHARS,
    MAX_GRID_POSITIONS,
    MAX_SHEET_CELLS,
    ReadingError,
)
from yibenzhang.reading.separated import rows_of

_NO_NAME = re.compile(r"(sheet|工作表|表)\s*\d*", re.IGNORECASE)
_ERRORS = re.compile(r"#(REF!|VALUE!|DIV/0!|NAME\?|N/A|NUM!|NULL!|SPILL!|CALC!)")


@dataclass(frozen=True, slots=True)
class Value:
    """One stored cell as it is printed; ``missing`` where a formula has no stored result."""

    text: str
    ruled: bool = False
    indent: float = 0.0
    missing: bool = False
    drawn: bool = False
    """Nothing is stored in it, and a picture lies over it."""

    @property
    def blank(self) -> bool:
        return not (self.text.strip() or self.missing or self.drawn)

    @property
    def unreadable(self) -> bool:
        return self.missing or self.drawn or bool(_ERRORS.fullmatch(self.text))


@dataclass(slots=True)
class Sheet:
    """One visible sheet while it is read; rows and columns count from 1, merges are inclusive corners."""

    name: str
    values: dict[tuple[int, int], Value] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    pictures: list[tuple[int, int]] = field(default_factory=list)
    """The corners of pictures that may be tables."""


class Budget:
    """Counts cells and characters over a whole workbook."""

    def __init__(self) -> None:
        self._cells = MAX_SHEET_CELLS
        self._blanks = MAX_SHEET_CELLS

    def blank(self) -> bool:
        """Room for one more empty cell with borders; sheets ruled to their last row are cut off silently."""
        self._blanks -= 1
        return self._blanks >= 0

    def spend(self, text: str) -> str:
        """The text as kept. Raises ReadingError where there are too many."""
        self._cells -= bool(text)
        if self._cells < 0:
            raise ReadingError(f"工作簿里有内容的单元格超过 {MAX_SHEET_CELLS} 个，不予读取。")
        return text[:MAX_CELL_CHARS]


def pages_of(sheets: Iterable[Sheet], notices: list[ReadingNotice]) -> tuple[Page, ...]:
    """The pages of a workbook; adds notices on what was left out."""
    pages: list[Page] = []
    tables = 0
    for number, sheet in enumerate(sheets, start=1):
        blocks, stated = _blocks(sheet, tables)
        tables += sum(isinstance(b, Table) for b in blocks)
        notices.extend(stated)
        pages.append(Page(number, 0, 0, tuple(blocks)))
    return tuple(pages)


def _blocks(sheet: Sheet, first: int) -> tuple[list[Paragraph | Table], list[ReadingNotice]]:
    values = sheet.values
    hidden = _hidden_columns(sheet)
    notices = _notices(sheet, hidden)
    # only rows and columns in which something stands: a sheet may reach to its last row with one cell
    rows = sorted({r for (r, _), v in values.items() if r not in sheet.hidden_rows and (v.text or v.ruled)})
    columns = sorted(
        {c for (_, c), v in values.items() if c not in hidden and (v.text or v.ruled or v.missing)}
    )
    if not rows or not columns:
        return [], notices
    blocks: list[Paragraph | Table] = []
    for group in _apart(sheet, columns):
        own = rows if len(group) == len(columns) else _rows_of(sheet, rows, group)
        count = sum(isinstance(b, Table) for b in blocks)
        blocks += _laid(sheet, own, group, first + count)
    return _named(sheet, blocks), notices


def _rows_of(sheet: Sheet, rows: list[int], columns: list[int]) -> list[int]:
    """Those of the rows in which something stands in the columns."""
    known, inside = set(rows), set(columns)
    return sorted(
        {r for (r, c), v in sheet.values.items() if c in inside and r in known and (v.text or v.ruled)}
    )


def _hidden_columns(sheet: Sheet) -> set[int]:
    """The hidden columns in which something is stored."""
    spans = sheet.hidden_columns
    used = {c for _, c in sheet.values} if spans else set()
    return {c for c in used if any(a <= c <= b for a, b in spans)}


def _notices(sheet: Sheet, hidden: set[int]) -> list[ReadingNotice]:
    """What was left out or cannot be read: hidden rows and columns, formulas without results, errors."""
    values, here = sheet.values, SheetPlace(sheet.name, 1, 1)
    lost = {r for (r, _), v in values.items() if r in sheet.hidden_rows and v.text.strip()}
    lost_columns = {c for (_, c), v in values.items() if c in hidden and v.text.strip()}
    missing = [
        at for at, v in values.items() if v.missing and at[0] not in lost and at[1] not in lost_columns
    ]
    faults = [at for at, v in values.items() if _ERRORS.fullmatch(v.text)]
    notices = []
    if lost:
        notices.append(ReadingNotice(f"有 {len(lost)} 个隐藏行（{_ranges(lost)}）没有读取。", here))
    if lost_columns:
        notices.append(ReadingNotice(f"有 {len(lost_columns)} 个隐藏列没有读取。", here))
    if missing:
        stated = f"有 {len(missing)} 个公式没有保存计算结果，按无法读取处理；请用表格软件打开并保存后再检查。"
        notices.append(ReadingNotice(stated, SheetPlace(sheet.name, *min(missing))))
    if sheet.pictures:
        stated = f"有 {len(sheet.pictures)} 幅较大的图片、文本框或嵌入对象，里面的内容没有读取，请看原件。"
        notices.append(ReadingNotice(stated, SheetPlace(sheet.name, *min(sheet.pictures))))
    if faults:
        stated = f"有 {len(faults)} 个单元格显示为公式错误（如 {values[min(faults)].text}）。"
        notices.append(ReadingNotice(stated, SheetPlace(sheet.name, *min(faults))))
    return notices


def _apart(sheet: Sheet, columns: list[int]) -> list[list[int]]:
    """The columns of tables that stand side by side with an empty column between them; one group where they are one."""
    hidden = {c for a, b in sheet.hidden_columns for c in range(a, min(b, a + 1000) + 1)}
    groups = [[columns[0]]]
    for a, b in pairwise(columns):
        between = [c for c in range(a + 1, min(b, a + 50)) if c not in hidden]
        if between and not any(left <= a and right >= b for _, left, _, right in sheet.merges):
            groups.append([])
        groups[-1].append(b)
    if len(groups) == 1 or not all(_is_table(sheet, set(g)) for g in groups):
        return [columns]
    return groups


def _is_table(sheet: Sheet, columns: set[int]) -> bool:
    """Several rows with a name and a number, and a row of headings above them."""
    by_row: dict[int, list[str]] = {}
    for (r, c), v in sheet.values.items():
        if c in columns and v.text.strip() and r not in sheet.hidden_rows:
            by_row.setdefault(r, []).append(v.text)
    mixed = [r for r, texts in by_row.items() if len(texts) > 1 and any(parse_amount(t) for t in texts)]
    named = [r for r in mixed if any(cell_state(t) is None for t in by_row[r])]
    heads = [r for r, texts in by_row.items() if len(texts) > 1 and not any(parse_amount(t) for t in texts)]
    return len(named) > 1 and bool(heads) and min(heads) < min(named)


def _laid(sheet: Sheet, rows: list[int], columns: list[int], first: int) -> list[Paragraph | Table]:
    """What stands in these rows and columns of a sheet, as paragraphs and tables."""
    rows = _with_gaps(rows, sheet.hidden_rows)
    merged = _merged(sheet, rows, columns)
    corners = {at: corner for corner, at in merged.moved.items()}
    cells: list[Cell] = []
    ruled: Counter[int] = Counter()
    row_at, column_at = _positions(rows), _positions(columns)
    for (r, c), value in sheet.values.items():
        i, j = merged.moved.get((r, c)) or (row_at.get(r, -1), column_at.get(c, -1))
        if i < 0 or j < 0 or (r, c) in merged.covered:
            continue
        if value.ruled:
            ruled[i] += 1
        if value.blank and (i, j) not in merged.spans:
            continue
        if corners.get((i, j), (r, c)) != (r, c):
            continue
        high, wide = merged.spans.get((i, j), (1, 1))
        text, indent = plain(value.text).strip(), value.indent or _indent(value.text)
        place = SheetPlace(sheet.name, r, c)
        cells.append(Cell(i, j, high, wide, text, place, indent, value.unreadable))
    spanning = any(wide > 1 for _, wide in merged.spans.values())
    grid = Grid(
        len(rows),
        len(columns),
        tuple(settled(cells, len(rows), len(columns))),
        _lined(ruled, merged, len(rows)),
        whole=False,
        confidence="ruled" if spanning else "spanless",
    )
    return blocks_of(grid, lambda i, j: SheetPlace(sheet.name, rows[i], columns[j]), first)


def _positions(numbers: list[int]) -> dict[int, int]:
    return {n: i for i, n in enumerate(numbers)}


def _lined(ruled: Counter[int], merged: _Merged, rows: int) -> frozenset[int]:
    """The rows of the grid that have ruled sides, by how many of their cells have; a merged one has them in all its
    rows."""
    lined = {i for i, n in ruled.items() if n > 1 or any(s[0] == i for s in merged.spans)}
    for (i, _), (high, _wide) in merged.spans.items():
        if i in lined:
            lined.update(range(i, min(i + high, rows)))
    return frozenset(lined)


def _indent(text: str) -> float:
    return float(len(text) - len(text.lstrip()))


def _with_gaps(rows: list[int], hidden: set[int]) -> list[int]:
    """One empty visible row between rows that do not follow one another: it parts what stands above from below."""
    out: list[int] = []
    for r in rows:
        if out:
            gap = out[-1] + 1
            while gap < r and gap in hidden:
                gap += 1
            if gap < r:
                out.append(gap)
        out.append(r)
    return out


@dataclass(slots=True)
class _Merged:
    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Position in the grid → rows and columns."""
    covered: set[tuple[int, int]] = field(default_factory=set)
    """Cells of the sheet that a merged one hides."""
    moved: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Corner of the sheet → position in the grid."""


def _merged(sheet: Sheet, rows: list[int], columns: list[int]) -> _Merged:
    out = _Merged()
    work = MAX_GRID_POSITIONS
    for top, left, bottom, right in sheet.merges:
        i, j = bisect_left(rows, top), bisect_left(columns, left)
        high, wide = bisect_left(rows, bottom + 1) - i, bisect_left(columns, right + 1) - j
        if high < 1 or wide < 1:
            continue
        work -= high * wide
        if work < 0:
            break
        out.moved[top, left] = (i, j)
        out.spans[i, j] = (high, wide)
        for r in rows[i : i + high]:
            for c in columns[j : j + wide]:
                if (r, c) != (top, left):
                    out.covered.add((r, c))
    return out


def _named(sheet: Sheet, blocks: list[Paragraph | Table]) -> list[Paragraph | Table]:
    """The name on the tab before a first table that has no title of its own."""
    name = sheet.name.strip()
    if not name or _NO_NAME.fullmatch(name):
        return blocks
    for k, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            if re.search(r"表([(（].*[)）])?$", block.text.strip()):
                return blocks
            continue
        head = [c.text for c in block.cells if c.row < 2]
        if any(re.search(r"\S{3}表$", t.strip()) for t in head):
            return blocks
        return [*blocks[:k], Paragraph(name, SheetPlace(sheet.name, 0, 0)), block, *blocks[k + 1 :]]
    return blocks


def _ranges(numbers: set[int]) -> str:
    """Row numbers in words: "第 3、5–9 行"."""
    runs: list[list[int]] = []
    for n in sorted(numbers):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    named = "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs[:5])
    return f"第 {named}{' 等' if len(runs) > 5 else ''} 行"


# ---- separated values ----------------------------------------------------------------------


def read_csv(text: str, separator: str) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """A file of separated values as one sheet without a name. Merged cells do not exist in it: blanks may continue
    headings."""
    budget = Budget()
    sheet = Sheet("")
    read = rows_of(text, separator, MAX_SHEET_CELLS)
    for r, (_, row) in enumerate(read.rows, start=1):
        for c, words in enumerate(row, start=1):
            if words.strip():
                sheet.values[r, c] = Value(budget.spend(words))
    place = {number: SheetPlace("", r, 1) for r, (number, _) in enumerate(read.rows, start=1)}
    notices = [
        ReadingNotice(template.format(lines=_ranges(set(lines))), place.get(lines[0]))
        for lines, template in (
            (read.unpaired, "{lines}的引号没有配对，已去掉引号逐行读取，请核对。"),
            (read.split, "{lines}里带千分位逗号的数没有加引号，已按表头的栏数合起来读，请核对。"),
            (read.uneven, "{lines}的栏数比表头多，各栏可能错位，请核对。"),
        )
        if lines
    ]
    pages = pages_of([sheet], notices)
    if not any(p.blocks for p in pages):
        raise ReadingError("文件是空的，没有任何内容。")
    return pages, tuple(notices)
