"""预算 written for 决算 and the other way round, in titles and in sentences about the year itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import flat
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import is_title, sentence
from yibenzhang.standards.patterns import patterns

_STAGES = {"budget": ("预算", "决算"), "accounts": ("决算", "预算")}
_PAGE_NUMBER = late(r"[.…·]*[-—]?\d{0,3}[-—]?$")
_WORDS = patterns("stages")
_QUOTED = late(r"《[^《》]*》")
_SURE = 3
"""So many titles must name the document's own stage for each one that names the other."""


@rule("wording.stage", needs=("year", "stage"), stages=("budget", "accounts"))
def stages(case: Case) -> Iterator[Issue]:
    """Titles and sentences that name the other stage, where the document's own stage is sure."""
    own, other = _STAGES[case.stage]
    found = [*_titles(case), *_sentences(case)]
    if sum(is_title(p) and own in p.text for p in case.passages) < _SURE * len(found):
        return
    for words, place in found:
        yield issue_at("wording.stage", words, place, year=case.year, own=own, other=other)


def _titles(case: Case) -> Iterator[tuple[str, Place]]:
    wrong = [late(w) for w in case.standards.lists[f"stage_{case.stage}_title"]]
    seen: set[str] = set()
    for p in case.passages:
        text = _PAGE_NUMBER.sub("", p.text)
        excused = _excused(case, *p.section, text)
        if is_title(p) and not excused and (found := _wrong(text, wrong, case.year)):
            seen.add(text)
            yield p.verbatim(0, len(p.text)).strip(), p.place(found.end() - 1)
    for t in case.tables:
        title = flat(t.table.title)
        if t.table.standard is None or any(title in one or one in title for one in seen):
            continue
        if _wrong(title, wrong, case.year) and not _excused(case, title):
            yield t.table.title, t.table.table.cells[0].place


def _excused(case: Case, *texts: str) -> bool:
    """Words by which a title may speak of the other stage."""
    return any(re.search(w, text) for w in case.standards.lists["stage_unless"] for text in texts)


def _wrong(text: str, wrong: list[re.Pattern[str]], year: int | None) -> re.Match[str] | None:
    """The wrong word of a title without another year in it, and with the other stage outside of names of rules."""
    if any(int(y) != year for y in _WORDS["year"].findall(text)):
        return None
    bare = _QUOTED.sub(lambda m: "·" * len(m.group()), text)
    return next((m for w in wrong if (m := w.search(bare))), None)


def _sentences(case: Case) -> Iterator[tuple[str, Place]]:
    year = case.year or 0
    years = {"year": str(year), "last": str(year - 1)}
    wrong = [late(w % years) for w in case.standards.lists[f"stage_{case.stage}_text"]]
    for p in case.passages:
        quoted = [m.span() for m in _QUOTED.finditer(p.text)]
        for m in (m for w in wrong for m in w.finditer(p.text) if not is_title(p)):
            if any(a <= m.start() < b or a < m.end() <= b for a, b in quoted):
                continue
            words = p.clauses(m.start(), m.end())
            if not any(re.search(w, words) for w in case.standards.lists["stage_later"]):
                yield words, p.place(m.start())
    if case.stage == "budget":
        yield from _of_the_tables(case)


_LEAST = 5
"""Amounts with fewer digits may be the same by chance."""


def _of_the_tables(case: Case) -> Iterator[tuple[str, Place]]:
    """An amount of the budget's own tables called 决算, in a sentence without another year."""
    printed = {f.text.replace(",", "") for t in case.tables if t.table.standard for f in t.facts()}
    for p in case.passages:
        if any(map(_WORDS["told_apart"].search, p.section)):
            continue
        for m in _WORDS["final"].finditer(p.text):
            begin, end = sentence(p.text, m.start("amount"), m.end())
            years = {int(y) for y in _WORDS["year"].findall(p.text, begin, end)}
            amount = m.group("amount").replace(",", "")
            if len(amount) > _LEAST and amount in printed and years <= {case.year}:
                yield p.clauses(m.start(), m.end()), p.place(m.start("amount"))
