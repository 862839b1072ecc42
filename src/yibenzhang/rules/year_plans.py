"""What a project is given this year, told by its whole investment and the money of earlier years alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("year_plans")
_SECTION, _INLINE, _BEGINS = _WORDS["section"], _WORDS["inline"], _WORDS["begins"]
_YEAR, _WHOLE, _NOW = _WORDS["year"], _WORDS["whole"], _WORDS["now"]
_OTHERWISE = _WORDS["otherwise"]
"""It says why there is nothing this year, or where that stands."""
_LONGEST = 12
"""A section of a project has no more paragraphs."""


@rule("projects.year_amount", needs=("text", "year"), stages=("budget",), each_file=True)
def without_this_year(case: Case) -> Iterator[Issue]:
    """A section on the year's money in which every amount is of an earlier year or of the whole project."""
    if case.stage != "budget":
        return
    for position, p in enumerate(case.passages):
        if p.heading and _SECTION.search(p.text):
            below = _below(case, position)
        elif not p.heading and _INLINE.match(p.text):
            below = [position, *_below(case, position)]
        else:
            continue
        text = "".join(case.passages[k].text for k in below)
        amounts = [q for k in below for q in case.by_passage.get(k, []) if q.money and q.kind != Kind.BROKEN]
        if _none_of_this_year(_INLINE.sub("", text), amounts, case.year or 0):
            first = amounts[0]
            words = first.passage.clauses(first.start, first.end)
            yield issue_at("projects.year_amount", words, first.passage.place(first.start), year=case.year)


def _below(case: Case, position: int) -> list[int]:
    """The paragraphs of the section: up to the next heading or the next number."""
    out: list[int] = []
    for k in range(position + 1, min(position + 1 + _LONGEST, len(case.passages))):
        p = case.passages[k]
        if p.heading or _BEGINS.match(p.text):
            break
        out.append(k)
    return out


def _none_of_this_year(text: str, amounts: Sequence[Quantity], year: int) -> bool:
    if not amounts or _OTHERWISE.search(text) or _NOW.search(text) or f"{year}年" in text:
        return False
    earlier = [q for q in amounts if _of_earlier(q, year)]
    return bool(earlier) and all(q in earlier or _WHOLE.search(q.lead) for q in amounts)


def _of_earlier(q: Quantity, year: int) -> bool:
    """The last year that its sentence names before it is an earlier one."""
    begin = max(q.passage.text.rfind(c, 0, q.start) for c in "。;") + 1
    years = _YEAR.findall(q.passage.text, begin, q.start)
    return bool(years) and int(years[-1]) < year
