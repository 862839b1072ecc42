"""Tables that an extraction left with one cell a line: read as tables where their rows are regular, else no sentences.

Where every cell ends with a bar ("预算数 |", an empty cell is a bar alone), the cells that a merged one covers stand as
bars at the end of its row: the first row with such bars tells how many columns there are. Without bars nothing tells an
empty cell from none, and such lines are only kept out of the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeGuard

from yibenzhang.model.documents import Cell, Page, Paragraph, ReadingNotice, Table
from yibenzhang.model.places import Place

_NUMBER = re.compile(r"[-+△▲(（]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[)）]?%?|-|—+|–")
_FINE = re.compile(r"\d[.,]\d")
_PAUSE = re.compile(r"[。；;，！？]|,(?!\d)")
_BARS = re.compile(r"[|\s]*\|\s*$")
_TITLED = re.compile(
    r"^\s*(?:[（(]?[一二三四五六七八九十]+[）)、.．]|单位[:：]|金额单位|第[一二三四五六七八九十]+部分)|表\s*$"
)
_LABELLED = re.compile(r".{2,8}[:：]")
_COLUMN_NUMBERS = re.compile(r"栏\s*次")
_SHORT = 24
_HEADER = 14
"""A word of a header without bars is no longer than this."""
_FEWEST = 4
"""So many numbers, one a line, are the cells of a table."""
_FINE_ONE_IN = 3
"""Of so many numbers one has decimals, or is so large: the others may be those of rows."""
_MOST_WORDS = 3
"""There are no more lines of words than so many for each number."""
_LONGEST_RUN = 200
"""Longer ones are several runs."""
_WIDEST = 24
_LEAST_UNREAD = 6
"""So many numbers that are not read as a table are told."""


def celled(pages: Sequence[Page]) -> tuple[tuple[Page, ...], tuple[ReadingNotice, ...]]:
    """The pages with the tables that stood a cell a line, and a notice of the cells that were not read as a table."""
    out: list[Page] = []
    unread: list[Paragraph] = []
    for page in pages:
        blocks: list[Paragraph | Table] = []
        for block in _blocks(page.blocks):
            blocks.append(replace(block, index=_tables(out, blocks)) if isinstance(block, Table) else block)
        unread += [b for b in blocks if isinstance(b, Paragraph) and b.cell and _NUMBER.search(b.text)]
        out.append(replace(page, blocks=tuple(blocks)))
    return tuple(out), _notice(unread)


def _tables(pages: Iterable[Page], blocks: Iterable[Paragraph | Table]) -> int:
    return sum(isinstance(b, Table) for p in pages for b in p.blocks) + sum(
        isinstance(b, Table) for b in blocks
    )


def _notice(unread: Sequence[Paragraph]) -> tuple[ReadingNotice, ...]:
    numbers = [p for p in unread if _NUMBER.fullmatch(_words(p.text)) and _FINE.search(p.text)]
    if len(numbers) < _LEAST_UNREAD:
        return ()
    sentence = f"有 {len(numbers)} 个数字一格一行而不成表，没有按表核对，请看原件。"
    return (ReadingNotice(sentence, numbers[0].place),)


def _blocks(blocks: Sequence[Paragraph | Table]) -> Iterator[Paragraph | Table]:
    for barred, some in groupby(blocks, lambda b: isinstance(b, Paragraph) and bool(_BARS.search(b.text))):
        run = list(some)
        if barred:
            yield from _from_bars([b for b in run if isinstance(b, Paragraph)])
        else:
            yield from _apart(run)


# ---- with bars


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands before a bar; ``ends``: its line ends with it, so that a row may."""

    text: str
    place: Place
    ends: bool


def _from_bars(run: Sequence[Paragraph]) -> Iterator[Paragraph | Table]:
    """The rows of a table; what stands alone in a row above the header is its title and its unit, and what is a
    sentence stays one."""
    rows = _rows(run)
    if not rows:
        yield from (replace(p, text=_words(p.text) or p.text, cell=True) for p in run)
        return
    body: list[list[_Piece]] = []
    for row in rows:
        filled = [c for c in row if c.text]
        if _outside(filled, begun=bool(body)):
            yield from _table(body)
            body = []
            yield from (Paragraph(c.text, c.place) for c in filled)
        elif filled and not _COLUMN_NUMBERS.fullmatch(filled[0].text):
            body.append(row)
    yield from _table(body)


def _rows(run: Sequence[Paragraph]) -> list[list[_Piece]]:
    """A row a line where more lines have several cells than one, else rows as wide as the bars tell; empty where
    nothing tells."""
    lines = [_pieces(p) for p in run]
    several = sum(sum(bool(c.text) for c in line) > 1 for line in lines)
    if several > max(1, sum(len(line) == 1 for line in lines)):
        wide = max(map(len, lines))
        return [line + [_Piece("", line[0].place, True)] * (wide - len(line)) for line in lines]
    pieces = [piece for line in lines for piece in line]
    while pieces and not pieces[-1].text:
        pieces.pop()
    width = _width(run, pieces)
    if not pieces or not width:
        return []
    pieces += [_Piece("", pieces[-1].place, True)] * (-len(pieces) % width)
    return [pieces[k : k + width] for k in range(0, len(pieces), width)]


def _pieces(p: Paragraph) -> list[_Piece]:
    cells = p.text.rstrip().removesuffix("|").split("|")
    return [_Piece(c.strip(), p.place, k == len(cells) - 1) for k, c in enumerate(cells)]


def _width(run: Sequence[Paragraph], pieces: Sequence[_Piece]) -> int:
    """How many cells a row has: as many as there are up to the first line of bars that ends a row, else as keeps words
    and numbers in columns of their own; 0 where nothing tells."""
    count = 0
    for p in run:
        count += p.text.count("|")
        if not p.text.strip(" |"):
            if _fits(pieces, count):
                return count
            break
    return next((w for w in range(2, _WIDEST) if _fits(pieces, w) and _in_columns(pieces, w)), 0)


def _fits(pieces: Sequence[_Piece], width: int) -> bool:
    """Rows so wide end where lines do; the last may lack the bars of empty cells at its end."""
    ends = (piece.ends for k, piece in enumerate(pieces, start=1) if k % width == 0)
    return 1 < width < _WIDEST and 0 <= -len(pieces) % width < width - 1 and len(pieces) > width and all(ends)


def _in_columns(pieces: Sequence[_Piece], width: int) -> bool:
    """The first row has words alone, and below it every column words or numbers alone, of both some."""
    kinds: list[set[bool]] = [set() for _ in range(width)]
    for k, piece in enumerate(pieces):
        if k < width and (not piece.text or _NUMBER.fullmatch(piece.text)):
            return False
        if k >= width and piece.text:
            kinds[k % width].add(bool(_NUMBER.fullmatch(piece.text)))
    return all(len(kind) <= 1 for kind in kinds) and {True} in kinds and {False} in kinds


def _table(rows: Sequence[Sequence[_Piece]]) -> Iterator[Paragraph | Table]:
    if not rows:
        return
    used = max(k for row in rows for k, c in enumerate(row) if c.text) + 1
    grid = _headed(rows, used)
    if grid is None or len(rows) < 2:
        for row in rows:
            yield from (Paragraph(c.text, c.place, cell=True) for c in row if c.text)
        return
    cells = tuple(
        Cell(r, c, 1, 1, text, place) for r, row in enumerate(grid) for c, (text, place) in enumerate(row)
    )
    yield Table(0, (), len(grid), used, cells, (), "tabbed")


_Row = list[tuple[str, Place]]


def _outside(filled: Sequence[_Piece], *, begun: bool) -> bool:
    """A row is no row of the table: it is a sentence, or stands above the header as a title or what is labelled."""
    alone = len(filled) == 1 and not _NUMBER.fullmatch(filled[0].text)
    if alone and (len(filled[0].text) > _SHORT or _PAUSE.search(filled[0].text)):
        return True
    return not begun and (alone or (bool(filled) and all(_LABELLED.search(c.text) for c in filled)))


def _columns_of(data: Sequence[Sequence[_Piece]]) -> int:
    """So many columns have something in them."""
    return max((k for row in data for k, c in enumerate(row) if c.text), default=-1) + 1


def _headed(rows: Sequence[Sequence[_Piece]], used: int) -> list[_Row] | None:
    """The rows with a header of two of them put in place; None where it cannot be known which words stand over
    which."""
    first, *rest = rows
    top = [c for c in first if c.text]
    data = [row for row in rest if any(_NUMBER.fullmatch(c.text) for c in row)]
    columns = _columns_of(data)
    plain = [[(c.text, c.place) for c in row[:used]] for row in rows]
    if len(top) >= columns:
        return plain
    second = [c for c in rest[0] if c.text] if rest and rest[0] not in data else []
    spread = _spread(top, second, columns) if columns == used else None
    if spread is None:
        return None
    return [[(c.text, c.place) for c in row] for row in spread] + plain[2:]


def _spread(
    top: Sequence[_Piece], second: Sequence[_Piece], columns: int
) -> tuple[list[_Piece], list[_Piece]] | None:
    """Two rows of a header, each as wide as the table: the second stands under one heading of the first, or under each
    of them once more."""
    each = columns // max(len(top), 1)
    once = [c.text for c in second[:each]]
    if len(second) == columns == each * len(top) and [c.text for c in second] == once * len(top):
        return [c for c in top for _ in range(each)], list(second)
    parent = _parent(top, second)
    if parent is None or len(top) - 1 + len(second) != columns:
        return None
    over = [*top[:parent], *[top[parent]] * len(second), *top[parent + 1 :]]
    return over, [*top[:parent], *second, *top[parent + 1 :]]


def _parent(top: Sequence[_Piece], second: Sequence[_Piece]) -> int | None:
    """The one heading whose words, or else characters, those below it share; None where none or several do."""
    if len(second) < 2:
        return None
    for many in (2, 1):
        below = {s for c in second for s in _stretches(c.text, many)}
        shared = [sum(s in below for s in _stretches(c.text, many)) for c in top]
        best = max(shared)
        if best:
            return shared.index(best) if shared.count(best) == 1 else None
    return None


def _stretches(text: str, many: int) -> list[str]:
    text = "".join(text.split())
    return [text[k : k + many] for k in range(len(text) - many + 1)]


def _words(text: str) -> str:
    return text.strip(" |\t")


# ---- without bars


def _apart(blocks: Sequence[Paragraph | Table]) -> Iterator[Paragraph | Table]:
    """Short lines among which numbers stand by themselves are cells, with the words of the header above them."""
    at = 0
    while at < len(blocks):
        end, cells = _run(blocks, at)
        for block in blocks[at:end]:
            yield replace(block, cell=True) if cells and isinstance(block, Paragraph) else block
        at = end


def _run(blocks: Sequence[Paragraph | Table], at: int) -> tuple[int, bool]:
    """Where the lines end that begin there, with their last number, and whether they are the cells of a table; a run of
    many numbers that are no amounts is looked at once."""
    if not _is_cell(blocks[at], _HEADER) or _titled(blocks[at]):
        return at + 1, False
    last, numbers, words, fine = at, 0, 0, 0
    for k in range(at, min(at + _LONGEST_RUN, len(blocks))):
        block = blocks[k]
        if not _is_cell(block, _SHORT if numbers else _HEADER) or (not numbers and _titled(block)):
            break
        if _NUMBER.fullmatch(block.text.strip()):
            numbers, last, fine = numbers + 1, k, fine + bool(_FINE.search(block.text))
        else:
            words += 1
        if words > _MOST_WORDS * (numbers + _FEWEST):
            break
    if numbers < _FEWEST or words > _MOST_WORDS * numbers:
        return at + 1, False
    return last + 1, _FINE_ONE_IN * fine >= numbers


def _titled(block: Paragraph | Table) -> bool:
    return isinstance(block, Paragraph) and bool(_TITLED.search(block.text))


def _is_cell(block: Paragraph | Table, longest: int) -> TypeGuard[Paragraph]:
    return isinstance(block, Paragraph) and len(block.text) <= longest and not _PAUSE.search(block.text)
