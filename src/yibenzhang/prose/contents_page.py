"""The contents page of a document: entries that stand above no text, and the titles that stand without a number
later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibenzhang.standards.patterns import patterns

_WORDS = patterns("contents_page")
_LONGEST_ENTRY = 60
_MOST = 80
_FEWEST = 3
"""So many headings in a row that all come again are a contents page."""


@dataclass(frozen=True, slots=True)
class ContentsPage:
    """``entries``: the positions of its lines; ``titles``: their words without number, year and page."""

    entries: frozenset[int]
    titles: frozenset[str]


def title_of(text: str) -> str:
    """An entry or a heading without number, year and page."""
    return _WORDS["year"].sub("", _WORDS["number"].sub("", _WORDS["page"].sub("", text)))


def contents_page(texts: Sequence[str], headings: Sequence[bool]) -> ContentsPage:
    """The contents page among paragraphs; ``headings``: which of them are numbered headings."""
    entries = _below_title(texts) or _come_again(texts, headings)
    titles = (title_of(texts[k]) for k in entries)
    return ContentsPage(frozenset(entries), frozenset(t for t in titles if not _WORDS["of_table"].search(t)))


def _below_title(texts: Sequence[str]) -> list[int]:
    """The short lines below 目录, up to the first that comes a second time or is a sentence."""
    start = next((k for k, t in enumerate(texts) if _WORDS["title"].fullmatch(t)), -1)
    if start < 0:
        return []
    out: list[int] = []
    seen: set[str] = set()
    for k in range(start + 1, min(start + 1 + _MOST, len(texts))):
        title = title_of(texts[k])
        if k + 1 < len(texts) and _WORDS["rest"].fullmatch(texts[k + 1]):
            title += texts[k + 1]  # an entry broken over two lines
        if len(texts[k]) > _LONGEST_ENTRY or "。" in texts[k] or title in seen:
            break
        seen.add(title)
        out.append(k)
    return out if len(out) >= _FEWEST else []


def _come_again(texts: Sequence[str], headings: Sequence[bool]) -> list[int]:
    last = {_WORDS["page"].sub("", t): k for k, t in enumerate(texts) if headings[k]}
    out: list[int] = []
    run: list[int] = []
    for k in range(len(texts) + 1):
        if k < len(texts) and headings[k] and last[_WORDS["page"].sub("", texts[k])] > k:
            run.append(k)
            continue
        out += run if len(run) >= _FEWEST else []
        run = []
    return out
