"""Page furniture: running heads and feet and page numbers, known by repetition and place before any stitching."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from yibenzhang.model.documents import Document, Page, Paragraph, Table
from yibenzhang.model.places import InFile, PagePlace
from yibenzhang.recognising.titles import HeadLine, head_line, squeezed
from yibenzhang.standards.lexicon.frames import FrameWords, frame_words

_MARGIN = 0.16
"""The share of a page's height at its top and bottom where furniture stands."""
_REPEATED = 3
"""So many pages show the same line at the same place: furniture."""
_SHORT = 24
"""A page number with its marks is no longer than this."""
_STEP = 4.0
"""Lines within so many points of height are at the same place."""

Key = tuple[str, int]


def furniture_of(document: Document) -> frozenset[int]:
    """The ids (of the objects) of paragraphs that are furniture."""
    words = frame_words()
    out: set[int] = set()
    seen: dict[Key, list[tuple[Page, Paragraph]]] = defaultdict(list)
    for page in document.pages:
        blocks = [b for b in page.blocks if isinstance(b, Paragraph)]
        for p in blocks:
            if len(p.text) > 80:
                continue
            place = _place(p)
            if is_page_number(p.text, words) and _may_be_number(p, place, page, words):
                out.add(id(p))
            elif place is not None:
                at = int(place.top / _STEP)
                key = re.sub(r"\d+", "#", "".join(p.text.split()))
                seen[key, at].append((page, p))
    titled = _Titled(words)
    for (_, _), found in _repeated(seen):
        first = head_line(found[0][1].text, words)
        if first.title:
            if 2 * sum(titled.idle(page, p) for page, p in found) >= len(found):
                out.update(id(p) for _, p in found)
        elif first.plain and all(_outer(page, p) for page, p in found):
            out.update(id(p) for _, p in found)
    return frozenset(out)


def _repeated(
    seen: dict[Key, list[tuple[Page, Paragraph]]],
) -> Iterable[tuple[Key, list[tuple[Page, Paragraph]]]]:
    """Lines on at least three pages; those at the next step of height are at the same place."""
    for (key, at), found in seen.items():
        near = [*found, *seen.get((key, at + 1), ()), *seen.get((key, at - 1), ())]
        if len({page.number for page, _ in near}) >= _REPEATED:
            yield (key, at), found


def is_page_number(text: str, words: FrameWords | None = None) -> bool:
    """A line of digits (also roman or Chinese) and the words and marks of page numbers only."""
    words = words or frame_words()
    s, _ = squeezed(text)
    return len(s) <= _SHORT and bool(words.page_number.fullmatch(s)) and bool(words.page_digit.search(s))


def _may_be_number(p: Paragraph, place: PagePlace | None, page: Page, words: FrameWords) -> bool:
    """At the page's edge; in a text without pages, only with marks or words around the digits."""
    if place is not None:
        return _outer(page, p)
    s, _ = squeezed(p.text)
    return not s[0].isalnum() and not s[-1].isalnum() and len(s) >= 3


def _place(p: Paragraph) -> PagePlace | None:
    place = p.place.inner if isinstance(p.place, InFile) else p.place
    return place if isinstance(place, PagePlace) else None


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

    def __init__(self, words: FrameWords) -> None:
        self.words = words
        self.nearest: dict[int, frozenset[int]] = {}

    def idle(self, page: Page, p: Paragraph) -> bool:
        """A line that looks like a title but is not the nearest one above any table of its page."""
        if id(page) not in self.nearest:
            self.nearest[id(page)] = frozenset(self._nearest(page))
        return id(p) not in self.nearest[id(page)]

    def _nearest(self, page: Page) -> Iterable[int]:
        last: Paragraph | None = None
        for block in page.blocks:
            if isinstance(block, Table):
                if last is not None:
                    yield id(last)
                last = None
            elif self._line(block).title:
                last = block

    def _line(self, p: Paragraph) -> HeadLine:
        return head_line(p.text, self.words) if len(p.text) <= 80 else HeadLine(p.text)
