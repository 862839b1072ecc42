"""A draft as plain text, cells parted by tabs; and as a read document, to be checked before it is written."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.drafting.parts import LABELS, LEFT, UP, Draft, Grid, Heading, Words
from yibenzhang.model.documents import Cell, Document, Page, Paragraph, Table
from yibenzhang.model.places import LinePlace


def contents(draft: Draft) -> list[str]:
    """The headings of the parts."""
    return [p.text for p in draft.parts if isinstance(p, Heading) and p.level == 0]


def listed(draft: Draft) -> Iterator[tuple[int, tuple[str, int]]]:
    """What contents with page numbers list: parts, sections and tables, by their position in the draft, each with its
    level. A title that comes again, as those of goals tables do, is listed once."""
    seen: set[str] = set()
    for k, part in enumerate(draft.parts):
        if isinstance(part, Heading) and part.level < 2:
            yield k, (part.text, part.level)
        elif isinstance(part, Grid) and part.title not in seen:
            seen.add(part.title)
            yield k, (part.title, 1)


def as_text(draft: Draft) -> str:
    """The draft as text, paragraphs parted by blank lines, tables in one run of lines."""
    blocks = [
        "\n\n".join(draft.cover) if len(draft.cover) > 2 or "：" in draft.cover[-1] else draft.title,
        "目 录",
        *contents(draft),
    ]
    for part in draft.parts:
        if isinstance(part, Grid):
            blocks += _above(part)
            blocks.append("\n".join("\t".join(row) for row in _flat(part)))
            blocks += [part.note] if part.note else []
        else:
            blocks.append(part.text)
    return "\n\n".join(blocks) + "\n"


def _above(grid: Grid) -> list[str]:
    unit = f"单位：{grid.unit}" if grid.unit else ""
    return [line for line in (grid.above, grid.title, grid.holder, unit) if line]


def _flat(grid: Grid) -> list[list[str]]:
    """Merged cells empty; but a label over several lists is told again in the last one, which has its number."""
    if not grid.header:  # a form: labels and their values side by side, without the cells they cover
        return [["" if c == UP else c for c in row if c != LEFT] for row in grid.rows]
    out = [["" if c in (LEFT, UP) else c for c in row] for row in (*grid.header, *grid.rows)]
    for row, line in zip(grid.rows, out[len(grid.header) :], strict=True):
        for c in range(1, len(row)):
            if row[c] == LEFT and grid.columns[c] == "name" and grid.columns[c - 1] not in LABELS:
                line[c] = next(row[k] for k in range(c, -1, -1) if row[k] != LEFT)
    return out


def as_document(draft: Draft, name: str) -> Document:
    """The draft as it would be read back, its numbers placed at the workbook's cells they were made from."""
    blocks: list[Paragraph | Table] = []
    line = 0

    def place() -> LinePlace:
        return LinePlace(line, 0, 0)

    tables = 0
    front = ["".join(draft.cover), "目 录", *contents(draft)]
    for text in front:
        line += 1
        blocks.append(Paragraph(text, place()))
    for part in draft.parts:
        line += 1
        if isinstance(part, Heading | Words):
            blocks.append(Paragraph(part.text, place()))
            continue
        blocks += [Paragraph(text, place()) for text in _above(part)]
        blocks.append(_table(part, tables, line))
        tables += 1
        blocks += [Paragraph(part.note, place())] if part.note else []
    return Document(name, "text", "", (Page(0, 0, 0, tuple(blocks)),))


def _table(grid: Grid, index: int, line: int) -> Table:
    lines = (*grid.header, *grid.rows)
    top = len(grid.header)
    cells = []
    for r, row in enumerate(lines):
        for c, text in enumerate(row):
            if text in (LEFT, UP):
                continue
            wide, high = span(lines, r, c)
            where = grid.places.get((r - top, c)) or LinePlace(line, r, c)
            cells.append(Cell(r, c, high, wide, text, where))
    width = max((len(row) for row in lines), default=0)
    return Table(index, (), len(lines), width, tuple(cells), (), "ruled")


def span(lines: tuple[tuple[str, ...], ...], r: int, c: int) -> tuple[int, int]:
    """How many columns and rows the cell at that place covers."""
    row = lines[r]
    wide = next((k for k in range(1, len(row) - c) if row[c + k] != LEFT), len(row) - c)
    high = next((k for k in range(1, len(lines) - r) if lines[r + k][c] != UP), len(lines) - r)
    return wide, high
