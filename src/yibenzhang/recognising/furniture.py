"""Page furniture: running heads and feet, page numbers and cut lines, known by repetition and place before any
stitching."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from yibenzhang.model.documents import Document, Page, Paragraph, Table
from yibenzhang.model.places import InFile, PagePlace, Place
from yibenzhang.recognising.titles import head_line, squeezed
from yibenzhang.standards.lexicon.frames import FrameWords, frame_words

_MARGIN = 0.16
"""The share of a page's height at its top and bottom where furniture stands."""
_REPEATED = 3
"""So many pages show the same line at the same place: furniture."""
_SHORT = 24
"""A page number with its marks is no longer than this."""
_STEP = 4.0
"""Lines within so many points of height are at the same place."""

_LONGEST = 80
"""No line of furniture is longer."""

Key = tuple[str, int]
Line = tuple[Page, Paragraph]


def furniture_of(document: Document) -> frozenset[int]:
    """The ids (of the objects) of paragraphs that are furniture."""
    words = frame_words()
    out: set[int] = set()
    seen: dict[Key, list[Line]] = defaultdict(list)
    for page in document.pages:
        frames = [f for b in page.blocks if isinstance(b, Table) and (f := _frame(b))]
        for p in page.blocks:
            if not isinstance(p, Paragraph):
                continue
            place = _place(p)
            if _cut(place, frames) or _numbers_page(p, place, page, words):
                out.add(id(p))
            elif place is not None and len(p.text) <= _LONGEST:
                key = re.sub(r"\d+", "#", "".join(p.text.split()))
                seen[key, int(place.top / _STEP)].append((page, p))
    titled = _Titled()
    for found in _repeated(seen):
        if _is_furniture(found, titled):
            out.update(id(p) for _, p in found)
    return frozenset(out)


def _is_furniture(found: list[Line], titled: _Titled) -> bool:
    """A title that mostly stands above no table of its own, or a plain line at the edge of all its pages."""
    first = head_line(found[0][1].text)
    if first.title:
        return 2 * sum(titled.idle(page, p) for page, p in found) >= len(found)
    return first.plain and all(_outer(page, p) for page, p in found)


def _repeated(seen: dict[Key, list[Line]]) -> Iterable[list[Line]]:
    """Lines on at least three pages; those at the next step of height are at the same place."""
    for (key, at), found in seen.items():
        near = [*found, *seen.get((key, at + 1), ()), *seen.get((key, at - 1), ())]
        if len({page.number for page, _ in near}) >= _REPEATED:
            yield found


def is_page_number(text: str, words: FrameWords | None = None) -> bool:
    """A line of digits (also roman or Chinese) and the words and marks of page numbers only."""
    if len(text) > 2 * _SHORT:
        return False
    words = words or frame_words()
    s, _ = squeezed(text)
    return len(s) <= _SHORT and bool(words.page_number.fullmatch(s)) and bool(words.page_digit.search(s))


def _numbers_page(p: Paragraph, place: PagePlace | None, page: Page, words: FrameWords) -> bool:
    """A page number at the page's edge; in a text without pages, only with marks or words around the digits."""
    if not is_page_number(p.text, words):
        return False
    if place is not None:
        return _outer(page, p)
    s, _ = squeezed(p.text)
    return not s[0].isalnum() and not s[-1].isalnum() and len(s) >= 3


def _inner(place: Place) -> Place:
    return place.inner if isinstance(place, InFile) else place


def _place(p: Paragraph) -> PagePlace | None:
    place = _inner(p.place)
    return place if isinstance(place, PagePlace) else None


def _frame(table: Table) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of a table that has a place on a page."""
    places = [p for c in (table.cells[0], table.cells[-1]) if isinstance(p := _inner(c.place), PagePlace)]
    if len(places) < 2 or not table.edges:
        return None
    return table.edges[0], places[0].top, table.edges[-1], places[1].bottom


def _cut(place: PagePlace | None, frames: list[tuple[float, float, float, float]]) -> bool:
    """A line that stands half in a table's frame: what the page's end left of a line of a cell."""
    if place is None:
        return False
    return any(
        left <= place.x0 and place.x1 <= right and place.top < bottom - 0.5 and place.bottom > top + 0.5
        for left, top, right, bottom in frames
    )


def _outer(page: Page, p: Paragraph) -> bool:
    """In the margin, or the first or last thing on its page."""
    place = _place(p)
    if place is None:
        return False
    if place.bottom < _MARGIN * page.height or place.top > (1 - _MARGIN) * page.height:
        return True
    return bool(page.blocks) and (page.blocks[0] is p or page.blocks[-1] is p)


class _Titled:
    """Which titles on a page are the nearest to a table below them."""

    def __init__(self) -> None:
        self.nearest: dict[int, frozenset[str]] = {}

    def idle(self, page: Page, p: Paragraph) -> bool:
        """A line that looks like a title but does not say what the nearest one above a table of its page says."""
        if id(page) not in self.nearest:
            self.nearest[id(page)] = frozenset(self._nearest(page))
        return p.text not in self.nearest[id(page)]

    def _nearest(self, page: Page) -> Iterable[str]:
        last: Paragraph | None = None
        for block in page.blocks:
            if isinstance(block, Table):
                if last is not None:
                    yield last.text
                last = None
            elif head_line(block.text).title:
                last = block
