"""One title with two years: in the contents with that of the document, above the table or section with another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("same_titles")
_PAGE = late(r"[.…·\s]{2,}\d*$|\d+$")
_LONGEST = 50
_SHORTEST = 8
_CONTENTS = 5
"""Contents stand on the first pages."""


@rule("wording.title_years", needs=("year", "pages"))
def title_years(case: Case) -> Iterator[Issue]:
    """A title that the contents give the document's year and that stands in the document with another alone."""
    listed, below = _titles(case)
    for key in listed:
        titles = below.get(key, [])
        wrong = [(y, p) for y, p in titles if y != str(case.year)]
        if wrong and len(wrong) == len(titles):
            year, p = wrong[0]
            words, own = p.verbatim(0, len(p.text)), case.year or 0
            yield issue_at("wording.title_years", words, p.place(0), found=int(year), year=own)


def _titles(case: Case) -> tuple[dict[str, Passage], dict[str, list[tuple[str, Passage]]]]:
    """Titles without their year: those that the contents give the document's year, and those below with theirs."""
    listed: dict[str, Passage] = {}
    below: dict[str, list[tuple[str, Passage]]] = {}
    for p in case.passages:
        years = _WORDS["year"].findall(p.text)
        if len(p.text) > _LONGEST + _CONTENTS or len(years) != 1:
            continue
        name = _PAGE.sub("", p.text)
        entry = name != p.text and (p.place(0).page or 0) <= _CONTENTS
        key = _WORDS["year"].sub("", _WORDS["number"].sub("", name))
        if len(key) < _SHORTEST or not re.search("(?:表|情况|说明)$", key):
            continue
        if entry and years[0] == str(case.year):
            listed[key] = p
        elif not entry:
            below.setdefault(key, []).append((years[0], p))
    return listed, below
