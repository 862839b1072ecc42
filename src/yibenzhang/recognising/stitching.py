"""Tables that run over several pages become one; what is printed at the head of each table is gathered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import Unit
from yibenzhang.model.documents import Document, Page, Paragraph, Table
from yibenzhang.recognising.furniture import furniture_of
from yibenzhang.recognising.joining import Run
from yibenzhang.recognising.titles import Head, head_line, head_of
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.frames import frame_words

_REACH = 8
"""So many paragraphs before a table may hold its title, unit and body."""
_AFTER = 3
"""So many paragraphs after a table may be its notes."""
_LISTED = 4
"""So many titles on a page without a table are contents."""
_SELDOM = 20
"""One page in so many may be empty by accident; more are a habit of the print."""
_AGREED = 3
"""So many tables that state the same unit, and none another, state it for the whole document."""


@dataclass(frozen=True, slots=True)
class Framed:
    """A whole table with the paragraphs right before it (nearest last) and right after it.

    ``titles`` are candidates as printed, best first; ``holder`` is the body named at its head; ``first`` is the
    first row of the grid that belongs to the header; ``open_end`` says that it may go on where it could not be
    followed, so that no sum of it is sure; ``number`` is its printed number.
    """

    table: Table
    before: tuple[Paragraph, ...]
    after: tuple[Paragraph, ...]
    titles: tuple[str, ...] = ()
    unit: Unit | None = None
    holder: str = ""
    first: int = 0
    open_end: bool = False
    number: str = ""


@dataclass(slots=True)
class _Open:
    run: Run
    before: list[Paragraph]
    after: list[Paragraph]


def framed_tables(document: Document) -> list[Framed]:
    """The tables of a document in order, continued pages joined."""
    furniture = furniture_of(document)
    unread = _unread(document)
    lost = unread - {p.number for p in document.pages if p.blocks}  # of the others a part was read
    out: list[_Open] = []
    between: list[Paragraph] = []
    fresh = 0  # so many of them stand on the page of the next table
    for page in document.pages:
        if _is_contents(page):
            continue
        fresh = len(between)
        for block in page.blocks:
            if isinstance(block, Paragraph):
                if id(block) not in furniture:
                    between.append(block)
                continue
            _place(block, between, fresh, out, page.number - 1 in lost)
            between, fresh = [], 0
    if out:
        out[-1].after = between[:_AFTER]
    return _with_agreed_unit([_framed(o, unread) for o in out])


def _unread(document: Document) -> set[int | None]:
    """The pages that could not be read, and those few that are empty where others are not: their content is lost."""
    pages = document.pages
    blank = {p.number for p in pages[1:-1] if not p.blocks and p.number}
    few = len(blank) <= max(1, len(pages) // _SELDOM)
    return {n.place.page for n in document.notices if n.unread and n.place} | (blank if few else set())


def _place(table: Table, between: list[Paragraph], fresh: int, out: list[_Open], unread: bool) -> None:
    """Join the table to the last one, or begin another."""
    head = head_of(between[fresh:][-_REACH:], table)
    apart = head.prose
    if fresh:
        head = _with_left(head, between[:fresh], between[fresh:], table)
    if out and not (unread and table.edges) and out[-1].run.add(table, head):
        return
    if out:
        out[-1].after = between[:_AFTER]
        if _may_go_on(out[-1].run, table, replace(head, prose=apart), unread):
            out[-1].run.open_end = True
            run = Run(table, head)
            run.open_end = not head.own
            out.append(_Open(run, between[-_REACH:], []))
            return
    out.append(_Open(Run(table, head), between[-_REACH:], []))


def _with_left(head: Head, left: list[Paragraph], here: list[Paragraph], table: Table) -> Head:
    """The head, with what of it was left on the page before; any other words there end the table before."""
    last = head_line(left[-1].text)
    if not head.own:
        head = head_of([*left, *here][-_REACH:], table)
    elif last.number and not (head.number or last.title):
        head = replace(head, number=last.number)
    return replace(head, prose=head.prose or any(head_line(p.text).plain for p in left))


def _may_go_on(run: Run, table: Table, head: Head, unread: bool) -> bool:
    """The table was not joined, but nothing says that it is another one."""
    if unread:
        return not head.own
    if head.own or head.prose or head.number or not table.pages or not run.pages:
        return False
    return table.pages[0] == run.pages[-1] + 1 and run.resembles(table)


def _framed(open_: _Open, unread: set[int | None]) -> Framed:
    run = open_.run
    below = run.pages and run.pages[-1] + 1 in unread
    ended = any(head_line(p.text).plain for p in open_.after[:1])
    if (below and not ended) or any(p in unread for p in run.pages):
        run.open_end = True
    head = run.head
    return Framed(
        run.table(),
        tuple(open_.before),
        tuple(open_.after),
        head.titles,
        head.unit,
        head.holder,
        head.first,
        run.open_end or run.half_beside,
        head.number,
    )


def _with_agreed_unit(framed: list[Framed]) -> list[Framed]:
    """A table that states no unit has that of the document, where every table that states one states the same."""
    stated = Counter(f.unit for f in framed if f.unit is not None)
    if len(stated) != 1 or stated.total() < _AGREED:
        return framed
    [unit] = stated
    return [replace(f, unit=unit) if f.unit is None else f for f in framed]


def _is_contents(page: Page) -> bool:
    """A page without a table that has the heading of contents, or little but titles one below another."""
    lines = [b.text for b in page.blocks if isinstance(b, Paragraph)]
    if len(lines) < len(page.blocks):
        return False
    if any(fold(t) in frame_words().contents for t in lines[:6]):
        return True
    titles = sum(bool(head_line(t).title) for t in lines)
    return titles >= _LISTED and 2 * titles > len(lines)
