"""Cells of number columns that could not be read as numbers, told where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, evidence_of
from yibenzhang.model.views import View

_NAMED = 5
"""So many cells of a table are named in the sentence; all are in the evidence."""
_LONGEST = 20
_FEW = 2
"""So many cells are told also where they are all that a column of amounts has."""
_PICTURE = "图片"
"""What stands in a cell without characters that could not be read."""


def unread_cells(views: Sequence[View], names: Mapping[str, str], others: Sequence[Issue]) -> Iterator[Issue]:
    """One issue a table (``names`` by id) with all its cells that hold no number among the numbers of their column.

    What one of the ``others`` quotes (a number that is written wrongly) is not told again.
    """
    quoted = {e.text for i in others for e in i.evidence if not e.fact}
    headings = {_bare(h) for v in views for c in v.columns for h in c.path}  # printed again within a table
    by_table: dict[str, dict[str, Fact]] = {}
    for view in views:
        for n, column in enumerate(view.columns):
            facts = [f for (_, c), f in view.cells.items() if c == n and _bare(f.text) not in headings]
            lost = [f for f in facts if f.state == CellState.UNREADABLE and f.text not in quoted]
            printed = sum(f.printed for f in facts)
            for fact in lost:
                # a column of dates or of codes with points is no column of numbers
                known = bool(column.path) and not column.coordinates.residue and len(lost) <= _FEW
                if printed >= len(lost) or known or set(fact.text.strip()) == {"#"}:
                    by_table.setdefault(view.table, {}).setdefault(fact.id, fact)
    for table, found in by_table.items():
        name = names.get(table, table)
        facts = list(found.values())
        cells = tuple(arguments(where=f.where, text=_shown(f.text)) for f in facts[:_NAMED])
        more = len(facts) if len(facts) > _NAMED else None
        yield Issue(
            "reading.cell",
            arguments(table=name, cells=cells, more=more),
            tuple(evidence_of(f, name) for f in facts),
        )


def _bare(text: str) -> str:
    return "".join(text.split())


def _shown(text: str) -> str:
    """What is printed there, cut short, without what cannot be shown."""
    flat = "".join(c if c.isprintable() else " " for c in text).strip() or _PICTURE
    return flat if len(flat) <= _LONGEST else flat[:_LONGEST] + "…"
