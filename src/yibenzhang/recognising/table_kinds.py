"""Which kind a framed table is: a budget table, or one of those that have readers of their own."""

from __future__ import annotations

from collections.abc import Sequence

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import amount_of, label_of
from yibenzhang.recognising.stitching import Framed
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.table_kinds import Kind, TableKinds, table_kinds

BUDGET = "budget"
_HEADER_ROWS = 4
_TITLE_ROWS = 3
_LONGEST = 60
BRACKETS = late(r"\([^()]*\)$")


def kind_of(frame: Framed, words: TableKinds | None = None) -> str:
    """The kind of one table by itself: budget, goal_form, goal_list, self_assessment, procurement, meeting_list,
    contents or other."""
    words = words or table_kinds()
    table = frame.table
    texts = {label_of(c.text) for c in table.cells if len(c.text) < _LONGEST}
    heads = header_words(frame)
    title = title_of(frame)
    for kind in words.kinds:
        if _is(kind, title, heads, texts):
            return kind.id
    return BUDGET


def kinds_of(frames: Sequence[Framed]) -> list[str]:
    """The kinds of all tables of a document; one without title and header goes on the one before."""
    out: list[str] = []
    for frame in frames:
        out.append(table_kind(frame, out[-1] if out else ""))
    return out


def table_kind(frame: Framed, before: str = "") -> str:
    """The kind of a table, ``before`` being that of the table before it."""
    kind = kind_of(frame)
    if kind != BUDGET or frame.titles:
        return kind
    words = table_kinds()
    if sum(fold(c.text) in words.goes_on for c in frame.table.cells) >= words.goes_on_least:
        return before if before in words.goes_on_after else words.goes_on_alone
    return before if before not in ("", BUDGET) and not _headed(frame) else kind


def header_words(frame: Framed) -> set[str]:
    """The headings of the first rows that stand beside others, without units and numbers."""
    start = title_rows(frame.table)
    rows: dict[int, list[Cell]] = {}
    for cell in frame.table.cells:
        if start <= cell.row < start + _HEADER_ROWS and cell.text.strip():
            rows.setdefault(cell.row, []).append(cell)
    first = rows.get(start, [])
    deep = max((c.row_span for c in first), default=1)
    found = {label_of(c.text) for r, row in rows.items() if r < start + deep for c in row if len(row) > 1}
    return found | {BRACKETS.sub("", t) for t in found}


def title_rows(table: Table) -> int:
    """So many rows at the top are a title that runs over the whole table."""
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.row < _TITLE_ROWS and cell.text.strip():
            by_row.setdefault(cell.row, []).append(cell)
    row = 0
    while row < _TITLE_ROWS and len(by_row.get(row, ())) == 1 and by_row[row][0].column_span == table.columns:
        row += 1
    return row if row < table.rows else 0


def title_of(frame: Framed) -> str:
    """The title as printed before or at the top of the table, folded."""
    rows = title_rows(frame.table)
    inside = [c.text for c in frame.table.cells if c.row < rows]
    return "".join(fold(t) for t in (*frame.titles[:1], *inside))


def _headed(frame: Framed) -> bool:
    """The first row has words and no number."""
    first = [c for c in frame.table.cells if c.row == 0 and c.text.strip()]
    return bool(first) and not any(amount_of(c.text) for c in first)


def _is(kind: Kind, title: str, heads: set[str], texts: set[str]) -> bool:
    if kind.title and not any(t in title for t in kind.title):
        return False
    if any(t in title for t in kind.never):
        return False
    if not all(g & heads for g in kind.header) or not all(g & texts for g in kind.headings):
        return False
    return len(kind.any_of & texts) >= kind.least
