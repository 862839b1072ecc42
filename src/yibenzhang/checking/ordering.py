"""The order in which findings are told: the worst first, then as they stand in the document."""

from __future__ import annotations

from collections.abc import Iterable

from yibenzhang.model.documents import Document, Table
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.places import InFile, LinePlace, PagePlace, Place, SheetPlace

_ORDER = {severity: k for k, severity in enumerate(Severity)}
_LAST = (1 << 30, 0.0, 0.0)
"""What is about the whole document comes after what has a place."""


def ordered(issues: Iterable[Issue], document: Document) -> tuple[Issue, ...]:
    """By severity, then by file, page or sheet, and place; equals as they came."""
    files = {name: k for k, name in enumerate(document.names)}
    sheets: dict[str, int] = {}
    for block in document.blocks():
        place = (
            block.cells[0].place
            if isinstance(block, Table) and block.cells
            else getattr(block, "place", None)
        )
        place = place.inner if isinstance(place, InFile) else place
        if isinstance(place, SheetPlace):
            sheets.setdefault(place.sheet, len(sheets))
    return tuple(sorted(issues, key=lambda i: (_ORDER[i.severity], *_at(i.place, files, sheets))))


def _at(
    place: Place | None, files: dict[str, int], sheets: dict[str, int]
) -> tuple[int, tuple[int, float, float]]:
    if isinstance(place, InFile):
        return files.get(place.file, 0), _inside(place.inner, sheets)
    return 0, _inside(place, sheets)


def _inside(place: Place | None, sheets: dict[str, int]) -> tuple[int, float, float]:
    if isinstance(place, PagePlace):
        return place.page, place.top, place.x0
    if isinstance(place, LinePlace):
        return place.line, place.start, 0.0
    if isinstance(place, SheetPlace):
        return sheets.get(place.sheet, len(sheets)), place.row, place.column
    return _LAST  # of Word and web pages the places of paragraphs and of tables do not compare
