"""The header tree of a table: header rows, what each column means, the blocks that stand side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import cell_state
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.patterns import late
from yibenzhang.recognising.panels import fresh, spread_headings
from yibenzhang.standards import HeaderWord, Standards, fold
from yibenzhang.standards.patterns import patterns

LABELS = ("code", "name", "other", "index")
_YEAR = late(r"20\d\d")
_CODE = late(r"\d{3,7}")
_WORDS = patterns("headers")
_TOTALS = ("合计", "总计", "小计", "收入总计", "支出总计")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``kind`` is code, name, other, index (labels), measure or unknown; ``path`` its headings."""

    index: int
    kind: str
    measure: str
    path: tuple[str, ...]

    @property
    def title(self) -> str:
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Block:
    """Label columns and the number columns that belong to them; left-right tables have several."""

    side: str
    labels: tuple[Column, ...]
    measures: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """``first`` is the first body row; ``title`` is a heading row inside the grid, if there is one."""

    first: int
    title: str
    blocks: tuple[Block, ...]


def header_of(table: Table, standards: Standards) -> Header:
    """Header rows, columns and blocks of a table."""
    grid = table.grid()
    start, title = _inner_title(grid)
    first = _body_start(grid, start, standards)
    columns = _columns(table, grid, start, first, standards)
    return Header(first, title, _blocks(columns))


def _inner_title(grid: list[list[Cell | None]]) -> tuple[int, str]:
    """Full-width heading rows at the top of the grid ("…填报表", "（2023年度）")."""
    titles: list[str] = []
    row = 0
    while row < len(grid) - 1 and row < 3:
        cells = {id(c): c for c in grid[row] if c is not None}
        if len(grid[row]) < 2 or len(cells) != 1 or not (text := fold(next(iter(cells.values())).text)):
            break
        if not (text.endswith("表") or re.fullmatch(r"\(?20\d\d年度?\)?", text)):
            break
        titles.append(text)
        row += 1
    return row, titles[0] if titles else ""


def _body_start(grid: list[list[Cell | None]], start: int, standards: Standards) -> int:
    """The first row that is not header: it holds a number, a code, an item number or a total's name."""
    spanned = start
    for r in range(start, len(grid)):
        cells = fresh(grid[r], r)
        texts = [fold(c.text) for c in cells]
        if r == start:
            if any(_CODE.fullmatch(t) for t in texts) and _is_body(cells, texts, standards):
                return r  # a continuation without a header
        elif r >= spanned and _is_body(cells, texts, standards):
            return r
        if r >= spanned:
            spanned = max([spanned, *(c.row + c.row_span for c in cells if _known(c, standards))])
        if r > start and (any(_amount(t) for t in texts) or _total_row(cells, grid, start, standards)):
            return r
    return len(grid)


def _total_row(fresh: list[Cell], grid: list[list[Cell | None]], start: int, standards: Standards) -> bool:
    """A total's name stands below the heading of a label column."""
    for cell in fresh:
        if fold(cell.text) in _TOTALS:
            above = [
                c
                for r in range(start, cell.row)
                if (c := grid[r][cell.column]) is not None and c.text.strip()
            ]
            word = standards.header_words.get(fold(above[-1].text)) if above else None
            if word and word.kind == "label":
                return True
    return False


def _amount(text: str) -> bool:
    return cell_state(text) in ("printed", "zero") and not re.fullmatch(r"\d{1,2}", text)


def _known(cell: Cell, standards: Standards) -> bool:
    return cell.row_span > 1 or fold(cell.text) in standards.header_words


def _is_body(cells: list[Cell], texts: list[str], standards: Standards) -> bool:
    if not texts:
        return True  # an empty row below the header: the table has no data
    if any(_amount(t) or _CODE.fullmatch(t) or _WORDS["item"].match(t) for t in texts):
        return True
    numbers = [int(t) for t in texts if re.fullmatch(r"\d{1,2}", t)]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return True  # not the row of column numbers that some headers end with
    known = sum(_header_text(t, standards) for t in texts)
    if cells[0].column <= 1 and texts[0] in _TOTALS and known == 1:
        return True
    return known * 2 < len(texts)


def _header_text(text: str, standards: Standards) -> bool:
    """A known heading, a measure's year or a number of a column."""
    words = text in standards.header_words or text in standards.basis_words
    return words or bool(_WORDS["index"].fullmatch(text))


def _columns(
    table: Table, grid: list[list[Cell | None]], start: int, first: int, standards: Standards
) -> list[Column]:
    head = _filled(table, grid, start, first, standards)
    paths = [_path(row[c] for row in head) for c in range(table.columns)]
    kinds = {standards.basis_words[p[-1]] for p in paths if p and p[-1] in standards.basis_words}
    columns = [_column(c, path, frozenset(), standards, len(kinds) > 1) for c, path in enumerate(paths)]
    columns = [_by_content(c, grid, first) for c in columns]
    empty = _without_meaning(columns, standards)
    named = [
        c if c.kind in LABELS else _column(c.index, c.path, empty, standards, len(kinds) > 1) for c in columns
    ]
    return _years_apart(named)


def _path(headings: Iterable[str]) -> tuple[str, ...]:
    """Headings from the outermost in, without numbers of columns and what is said twice."""
    path: list[str] = []
    for heading in headings:
        text = fold(heading)
        if text and not _WORDS["index"].fullmatch(text) and (not path or path[-1] != text):
            path.append(text)
    return tuple(path)


def _without_meaning(columns: list[Column], standards: Standards) -> frozenset[str]:
    """Headings that also stand over the label columns, or over all numbers."""
    over_labels = {t for c in columns if c.kind in LABELS for t in c.path}
    rest = [c for c in columns if c.kind not in LABELS and c.path]
    shared = {t for t in (rest[0].path if len(rest) > 1 else ()) if all(t in c.path[:-1] for c in rest)}
    return frozenset(over_labels | {t for t in shared if t not in standards.header_words})


def _years_apart(columns: list[Column]) -> list[Column]:
    """Columns of one meaning for several years: the latest keeps its name, the others carry their year.

    Neighbouring blocks may share a meaning; within one block it must be unique.
    """
    return [c for block in _sides(columns) for c in _distinct_measures(block)]


def _sides(columns: list[Column]) -> list[list[Column]]:
    """The columns block by block: a block begins at a label column that follows another kind."""
    out: list[list[Column]] = []
    for k, column in enumerate(columns):
        if k == 0 or (column.kind in LABELS and columns[k - 1].kind not in LABELS):
            out.append([])
        out[-1].append(column)
    return out


def _distinct_measures(block: list[Column]) -> list[Column]:
    by_measure: dict[str, list[Column]] = {}
    for c in block:
        if c.kind == "measure":
            by_measure.setdefault(c.measure, []).append(c)
    renamed: dict[int, Column] = {}
    for measure, same in by_measure.items():
        years = [m.group() if (m := _YEAR.search(c.title)) else "" for c in same]
        latest = max(years) if len(set(years) - {""}) == len(same) > 1 else None
        for n, (c, year) in enumerate(zip(same, years, strict=True), start=1):
            if len(same) > 1 and year != latest:
                renamed[c.index] = replace(c, measure=f"{measure}@{year or n}")
    return [renamed.get(c.index, c) for c in block]


def _by_content(column: Column, grid: list[list[Cell | None]], first: int) -> Column:
    """A column of no known heading that holds words and no amounts is a label column."""
    if column.kind != "unknown":
        return column
    texts = [
        c.text for r in range(first, len(grid)) if (c := grid[r][column.index]) is not None and c.row == r
    ]
    states = [cell_state(t) for t in texts]
    if any(s is None for s in states) and not any(s in ("printed", "zero") for s in states):
        return Column(column.index, "other" if column.path else "name", "", column.path)
    return column


def _header_rest(cell: Cell | None, above: list[str], standards: Standards) -> str:
    """The text of a cell in the first body row if it still belongs to the header, else nothing."""
    if cell is None or fold(cell.text) not in standards.header_words:
        return ""
    heads = [w for t in above if (w := standards.header_words.get(fold(t)))]
    under_label = bool(heads) and heads[-1].kind == "label"
    return "" if under_label and fold(cell.text) in _TOTALS else cell.text


def _filled(
    table: Table, grid: list[list[Cell | None]], start: int, first: int, standards: Standards
) -> list[list[str]]:
    """Header texts by row and column, group headings repeated over the columns below them."""
    rows = [[(cell.text if cell else "") for cell in grid[r]] for r in range(start, first)]
    if first < len(grid) and first > start:
        last = [_header_rest(cell, [row[c] for row in rows], standards) for c, cell in enumerate(grid[first])]
        if sum(bool(t) for t in last) >= 2:  # "类 款 项 合计 2,946.25": header and total share a row
            rows.append(last)
    spread_headings(table, rows)
    return rows


def _column(
    index: int, path: tuple[str, ...], ignored: frozenset[str], standards: Standards, two_bases: bool
) -> Column:
    if not path:
        return Column(index, "unknown", "", path)
    words = [
        standards.header_words.get(p) or _loose(p, standards)
        for p in path
        if p not in ignored or p == path[-1]
    ]
    if kind := _label_kind(words, path[-1]):
        return Column(index, kind, "", path)
    measure = _measure(words)
    if measure and two_bases and path[-1] in standards.basis_words:
        measure += "@" + standards.basis_words[path[-1]]
    return Column(index, "measure" if measure else "unknown", measure, path)


def _label_kind(words: list[HeaderWord | None], inner: str) -> str:
    """The kind of a label column by its headings; empty for a column of numbers."""
    last = words[-1]
    labels = [w for w in words if w and w.kind == "label"]
    if last and last.kind == "label":
        return last.id
    if labels and all(w is None or w.kind in ("label", "wrapper") for w in words):
        return labels[-1].id
    if last and last.kind == "wrapper":  # a heading that stands alone over a label column ("项目")
        return "name" if inner in ("项目", "功能分类科目") else "unknown"
    return ""


def _measure(words: list[HeaderWord | None]) -> str:
    """What a column of numbers measures, its headings joined; empty where one of them is not known."""
    parts: list[str] = []
    for word in words:
        if word is None:
            return ""
        if word.kind == "absolute":
            parts = [word.id]
        elif word.kind == "relative":
            parts = [*parts, word.id]
    return ".".join(parts) or "total"


_TRAIL = late(r"\(.*\)$|[（(].*[）)]$|[:：]$")


def _loose(text: str, standards: Standards) -> HeaderWord | None:
    """A header word with a remark in brackets, a year or a number of its own at its end."""
    bare = re.sub(r"20\d\d年度?", "", _TRAIL.sub("", text))
    return standards.header_words.get(bare) if bare != text else None


def _blocks(columns: list[Column]) -> tuple[Block, ...]:
    """A block starts at a label column that follows a number column."""
    out: list[Block] = []
    labels: list[Column] = []
    measures: list[Column] = []
    for column in columns:
        if column.kind in LABELS:
            if measures:
                out.append(Block(_side(labels, measures), tuple(labels), tuple(measures)))
                labels, measures = [], []
            labels.append(column)
        else:
            measures.append(column)
    if labels or measures:
        out.append(Block(_side(labels, measures), tuple(labels), tuple(measures)))
    return tuple(b for b in out if b.measures)


def _side(labels: list[Column], measures: list[Column]) -> str:
    if any(c.kind == "code" for c in labels) or not labels:
        return ""
    for column in [*labels, *measures]:
        for text in column.path:
            if "收入" in text and "支出" not in text:
                return "income"
            if "支出" in text and "收入" not in text:
                return "expenditure"
    return ""
