"""Numbers misread on a scan that the sums give away: put right, and told as doubts of the reading.

A number is replaced only where the recognition itself was in doubt, one look-alike slip explains what was
read, and no other doubtful number would do. What was read surely and yet contradicts the sums stays a
finding: it may well be the body's mistake.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from yibenzhang.balance.diagnose import Cause, Culprit
from yibenzhang.model.amounts import CellState, cell_state
from yibenzhang.model.documents import Cell, Document, Page, Paragraph, Table
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place, file_of
from yibenzhang.standards.speech import speech

DOUBTFUL = 0.9
"""A cell whose least sure character is below this may have been misread."""
_ALIKE = frozenset(
    frozenset(pair)
    for pair in (
        "38", "68", "08", "89", "06", "56", "53", "58", "35", "17", "71", "27", "49", "41", "14", "69", "90", "98",
        "23", "47",
    )
)  # fmt: skip
"""Digits that faint or blurred print makes look like one another."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A number as it was recognised and as the sums say it must read."""

    fact: Fact
    text: str


def doubts_of(document: Document) -> dict[Place, Cell]:
    """The cells of scanned pages that may have been misread: not surely recognised, or without the point that all
    others of their column have."""
    tables = [t for p in document.pages if p.scanned for t in p.blocks if isinstance(t, Table)]
    doubtful = {c.place: c for t in tables for c in t.cells if c.sure < DOUBTFUL}
    return doubtful | {c.place: c for t in tables for c in _pointless(t)}


def _pointless(table: Table) -> list[Cell]:
    """Whole numbers of three digits or more in columns that print two decimals."""
    columns: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.column_span == 1 and cell.text.strip():
            columns.setdefault(cell.column, []).append(cell)
    out = []
    for cells in columns.values():
        whole = [c for c in cells if _WHOLE.fullmatch(c.text.strip())]
        pointed = sum(bool(_POINTED.fullmatch(c.text.strip())) for c in cells)
        if whole and pointed >= max(_FEWEST, 4 * len(whole)):
            out += whole
    return out


_WHOLE, _POINTED = late(r"-?\d[\d,]{2,}"), late(r"-?\d[\d,]*\.\d\d")
_FEWEST = 4


def repairs_of(causes: Iterable[Cause], document: Document) -> list[Repair]:
    """What can be put right: one a cause, where just one doubtful number explains it."""
    doubts = doubts_of(document)
    out: dict[str, Repair] = {}
    for cause in causes if doubts else ():
        found = [r for c in cause.culprits if c.fact.place in doubts and (r := _repair(c)) is not None]
        if len(found) == 1 and not cause.swapped:
            out.setdefault(found[0].fact.id, found[0])
    return list(out.values())


_GROUPED = late(r"-?\d[\d,]*(?:\.\d+)?")


def regrouped(document: Document) -> tuple[Document, dict[Place, str]]:
    """The document with the marks of thousands left out where a scan's number has them in wrong places, for the sums
    to show what was misread there; and what was read, by place."""
    lost = {
        c.place: c.text
        for page in document.pages
        if page.scanned
        for table in page.blocks
        if isinstance(table, Table)
        for c in table.cells
        if cell_state(c.text) == CellState.UNREADABLE and _GROUPED.fullmatch(c.text.strip())
    }
    plain = {(place, text): text.replace(",", "") for place, text in lost.items()}
    return (_with_texts(document, plain, sure=0.0) if lost else document), lost


def _repair(culprit: Culprit) -> Repair | None:
    fact, value = culprit.fact, culprit.suggestion
    if fact.amount is None or value is None or fact.table == "prose":
        return None
    right = _printed(value, fact)
    return Repair(fact, right) if misread(_bare(fact.text), _bare(right)) else None


def _printed(value: Decimal, fact: Fact) -> str:
    places = max(fact.decimals, fact.amount.decimals if fact.amount else 0)
    grouped = "," in fact.text or "，" in fact.text
    return f"{value:,.{places}f}" if grouped else f"{value:.{places}f}"


def _bare(text: str) -> str:
    return "".join(c for c in text if c in "0123456789.-")


def misread(read: str, right: str) -> bool:
    """True where print that says ``right`` may be recognised as ``read``: one look-alike digit, a point or a
    minus lost or seen where none is, one of two equal digits lost."""
    if read == right:
        return False
    if len(read) == len(right):
        wrong = [(a, b) for a, b in zip(read, right, strict=True) if a != b]
        return len(wrong) == 1 and frozenset(wrong[0]) in _ALIKE
    if read.replace(".", "") == right.replace(".", "") or read.lstrip("-") == right.lstrip("-"):
        return True
    long, short = (read, right) if len(read) > len(right) else (right, read)
    return len(long) == len(short) + 1 and any(
        long[k] == long[k - 1] and long[:k] + long[k + 1 :] == short for k in range(1, len(long))
    )


def repaired(document: Document, repairs: list[Repair]) -> Document:
    """The document with those cells put right; they are no longer in doubt."""
    right = {(r.fact.place, r.fact.text): r.text for r in repairs}
    return _with_texts(document, right, sure=DOUBTFUL)


def _with_texts(document: Document, texts: dict[tuple[Place, str], str], sure: float) -> Document:
    return replace(document, pages=tuple(_page(p, texts, sure) for p in document.pages))


def _page(page: Page, right: dict[tuple[Place, str], str], sure: float) -> Page:
    if not page.scanned:
        return page
    blocks: list[Paragraph | Table] = []
    for block in page.blocks:
        if isinstance(block, Table):
            cells = tuple(
                replace(c, text=right[c.place, c.text], sure=sure) if (c.place, c.text) in right else c
                for c in block.cells
            )
            blocks.append(replace(block, cells=cells))
        else:
            blocks.append(block)
    return replace(page, blocks=tuple(blocks))


RECOGNISED = "（据扫描件识别，请先核对原件。）"


def is_misread(finding: Issue, scanned: frozenset[tuple[str, int]]) -> bool:
    """A number written wrongly on a page that was recognised: the misreading is ours, told at its cell."""
    if finding.rule not in ("wording.grouping", "wording.number") or not scanned:
        return False
    places = [e.place for e in finding.evidence if e.place is not None and e.place.page is not None]
    return bool(places) and all((file_of(p), p.page) in scanned for p in places)


def capped(finding: Issue, scanned: frozenset[tuple[str, int]]) -> Issue:
    """A finding that rests on recognised characters is at most a warning: the misreading may be ours."""
    if not scanned or finding.severity != Severity.ERROR:
        return finding
    places = [e.place for e in finding.evidence]
    places += [e.place for b in finding.broken for e in b.numbers]
    pages = {(file_of(p), p.page) for p in places if p.page is not None}
    if pages and not pages & scanned:
        return finding
    return replace(finding, severity=Severity.WARNING, message=finding.message + RECOGNISED)


def doubted(finding: Issue, lost: frozenset[tuple[str, int]]) -> Issue:
    """A finding that touches a page of which something was not read is at most a warning."""
    if not lost or finding.severity != Severity.ERROR:
        return finding
    places = [e.place for e in finding.evidence]
    places += [e.place for b in finding.broken for e in b.numbers]
    if not any((file_of(p), p.page) in lost for p in places if p.page is not None):
        return finding
    words = speech()["doubt"]["unread"]
    return replace(finding, severity=Severity.WARNING, message=finding.message + words)
