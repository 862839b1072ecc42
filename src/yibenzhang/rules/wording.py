"""Wording that must not stay in a published text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Phrase
from yibenzhang.standards.entries import compiled, stands_in

MOST_APART = 24
"""Hits of one pattern this close (characters) are one issue."""
_APART = "\n。\n"
"""Between passages, where all are searched at once: what is not found in the whole is in none of them."""
_PLAIN = late(r"\s*(?:-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)?\s*")
"""Cells that no phrase is about: a number as it ought to be, or nothing."""
_SHORT = 12
"""A quotation of fewer characters takes the clause before it along."""
MOST_OF_ONE = 15
"""More issues of one phrase than this are summed up: the document is a template."""


@rule(data="phrases")
def phrases(case: Case) -> Iterator[Issue]:
    """The words of wording.toml that must not stay in a published text."""
    whole = _APART.join(p.text for p in case.passages)
    cells = _APART.join(
        flat(c.text) for t in case.tables for c in t.table.table.cells if not _PLAIN.fullmatch(c.text)
    )
    for phrase in case.standards.phrases:
        within = phrase.scope != "text" and stands_in(phrase, cells)
        somewhere = phrase.scope != "cells" and stands_in(phrase, whole)
        if not within and not somewhere:
            continue
        found = list(_hits(phrase, case.passages if somewhere else (), case.tables if within else ()))
        yield from found[:MOST_OF_ONE]
        if len(found) > MOST_OF_ONE:
            rest = found[MOST_OF_ONE].evidence[0]
            count = len(found) - MOST_OF_ONE
            yield issue_at(phrase.id, rest.text, rest.place, template="more", count=count)


def _hits(phrase: Phrase, passages: Sequence[Passage], tables: tuple[TableFacts, ...]) -> Iterator[Issue]:
    pattern = compiled(phrase.pattern)
    unless, before = (compiled(w) if w else None for w in (phrase.unless, phrase.before))
    for p in passages if phrase.scope in ("text", "both") else ():
        if phrase.heading or not p.heading:
            yield from _in_text(phrase, pattern, (unless, before), p)
    for t in tables if phrase.scope in ("cells", "both") else ():
        for cell in t.table.table.cells:
            text = flat(cell.text)
            found = pattern.search(text)
            if found and not (unless and unless.search(text)):
                words = text[max(0, found.start() - 20) : found.end() + 30]
                yield issue_at(phrase.id, words, cell.place, template="cell", table=t.table.name)


def _in_text(
    phrase: Phrase, pattern: re.Pattern[str], excuses: tuple[re.Pattern[str] | None, ...], p: Passage
) -> Iterator[Issue]:
    """Where the phrase stands in a passage, several near each other once; ``excuses``: in its sentence, and before
    it."""
    unless, before = excuses
    last, begin, end, excused = -MOST_APART - 1, 0, -1, False
    for m in pattern.finditer(p.text):
        if not begin <= m.start() <= m.end() <= end:  # another sentence than the last
            begin, end = sentence(p.text, m.start(), m.end())
            excused = bool(unless and unless.search(p.text[begin:end])) or bool(
                before and before.search(p.text, 0, begin)
            )
        if excused:
            continue
        if phrase.id in _OF_CELLS and _cells_in_a_row(p, m):
            continue
        near, last = m.start() - last <= MOST_APART, m.end()
        if not near:
            words = p.clauses(m.start(), m.end())
            if len(words) < _SHORT:  # a clause alone says nothing of where it stands
                words = p.clauses(max(begin, m.start() - _SHORT * 2), m.end())
            yield issue_at(phrase.id, words, p.place(m.end() - 1))


_OF_CELLS = ("wording.doubled", "wording.said_twice")
_PAUSE = late(r"[。;]|,(?!\d)")


def _cells_in_a_row(p: Passage, found: re.Match[str]) -> bool:
    """Cells of a row that was read as a line: blanks between the words, and no sentence; or the same blank within each
    of what stands twice ("预算数 全年预算数 全年")."""
    printed = p.verbatim(found.start(), found.end()).strip()
    return " " in printed and (not _PAUSE.search(p.text) or _parted_alike(printed))


def _parted_alike(printed: str) -> bool:
    """What stands twice is parted by a blank at the same place each time, and not at every place."""
    words = printed.split()
    at = {sum(map(len, words[:k])) for k in range(1, len(words))}
    half = len("".join(words)) // 2
    inner = {k for k in range(1, half) if k in at and k + half in at}
    return bool(inner) and len(inner) < half - 1


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends that holds the text from ``start`` to ``end``."""
    begin = max(text.rfind(c, 0, start) for c in "。;") + 1
    stops = [k for c in "。;" if (k := text.find(c, end)) >= 0]
    return begin, min(stops, default=len(text))


def is_title(p: Passage) -> bool:
    """A heading, or a short line that is no sentence."""
    return p.heading or (len(p.text) <= 40 and not re.search(r"[。,;]|比|较", p.text))
