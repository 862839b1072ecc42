"""Years that cannot be: in titles and sentences, as the year compared with, in the tasks of the year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import is_title, sentence
from yibenzhang.standards import fold_title
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("years")
_TITLE_YEAR = _WORDS["title_year"]
_ASSESSED = _WORDS["assessed"]
"""What accounts publish beside their tables is of their own year."""
_SCOPE_YEAR = _WORDS["scope_year"]
_PUBLISHES = _WORDS["publishes"]
_MADE_OF = _WORDS["made_of"]
"""The budget that is published, and what it is made up of."""
_AS_OF = _WORDS["as_of"]
_SAME_YEAR = _WORDS["same_year"]
_LATER = _WORDS["later"]
_NEXT = _WORDS["next"]
_FOLLOWING = _WORDS["following"]
"""What was carried out in one year and is budgeted for another: that is the next one."""
_NOW = _WORDS["now"]
"""What a budget compares with the year before is its own year's."""
"""What a budget tells of the year after its own."""
_SAME_TOTAL = _WORDS["same_total"]
_MATTER = _WORDS["matter"]
"""What a budget tells of its own year alone."""
_SAME_SUBJECT = _WORDS["same_subject"]
_SAME_MOVES = _WORDS["same_moves"]
_TASKS = _WORDS["tasks"]
_TASK_YEAR = _WORDS["task_year"]
_PAST = _WORDS["past"]
_LISTED = _WORDS["listed"]
_BASE = _WORDS["base"]
_FROM = _WORDS["from"]
"""Last year's amount told between this year's and the change."""
_ITSELF = _WORDS["itself"]
_RUNS_ON = _WORDS["runs_on"]
_TIED = _WORDS["tied"]
"""What comes of it in a year still to come: nothing is compared."""
_LATE = 6
"""Earlier years are those of history."""
_OF_BUDGET = _WORDS["of_budget"]
"""Whatever else the text compares with, the budget of an earlier year is none to compare this one with."""
"""Accounts are compared with the budget of their own year, and with nothing else of it."""
_BEFORE = _WORDS["before"]

_YEAR = _WORDS["year"]
_CLAUSE = 40
_STALE = 2
"""What a body owns is told as of the end of the year before, or of the one before that."""
_MADE_PUBLIC = _WORDS["made_public"]
"""What a document says it makes public is its own year's."""
_PUBLISHED = _WORDS["published"]
"""A budget is published at the beginning of its year, accounts in the year after."""
_CARRIED = _WORDS["carried"]
"""What a budget explains as carried over is that of the year before."""
_DATED = _WORDS["dated"]
Match = tuple[Passage, re.Match[str]]


def _stage(case: Case) -> str:
    return "accounts" if case.stage == "accounts" else "budget"


def _stated(case: Case) -> int | None:
    """The year the document itself states, where a person gave another one."""
    stated = case.profile.stated.fiscal_year if case.profile.stated else None
    return stated if stated != case.year else None


@rule("wording.year", needs=("year",))
def years(case: Case) -> Iterator[Issue]:
    """Years other than the document's own, in titles, sentences and the names of tables."""
    titles = [(p, m) for p in case.passages if is_title(p) for m in _TITLE_YEAR.finditer(p.text)]
    cover = list(_cover(case, titles))
    yield from cover
    if cover:
        return  # one thing to settle, not a wrong year everywhere else
    own = _titles_of_year(case)
    for p in case.passages:
        titled = list(_titles(case, p))
        yield from titled or _other_title(case, p, own)
        yield from () if titled else _sentences(case, p)
    yield from _tables(case, {p.text for p, _ in titles})


def _cover(case: Case, titles: list[Match]) -> Iterator[Issue]:
    """The year of the whole document is in question: the one a person gave, or the one on the cover."""
    year, stated = case.year or 0, _stated(case)
    others = Counter(int(m.group(1)) for _, m in titles if int(m.group(1)) != year)
    agreeing = sum(int(m.group(1)) == year for _, m in titles)
    if stated is not None and others[stated] >= max(agreeing, 1):
        p, m = next((p, m) for p, m in titles if int(m.group(1)) == stated)
        yield _year(p, m, "given", source="given", year=year, stage=_stage(case), stated=stated)
    elif others and agreeing <= 1 and others.most_common(1)[0][1] >= 2:
        p, m = next(((p, m) for p, m in titles if int(m.group(1)) == year), titles[0])
        other, times = others.most_common(1)[0]
        yield _year(p, m, "cover", year=year, times=times, other=other)


def _own(case: Case) -> dict[str, str | int]:
    """The year a statement is held against, and who says so."""
    source = "document" if _stated(case) is None else "given"
    return {"source": source, "year": case.year or 0, "stage": _stage(case)}


def _titles(case: Case, p: Passage) -> Iterator[Issue]:
    found = list(_TITLE_YEAR.finditer(p.text)) if is_title(p) else []
    if case.stage == "accounts" and is_title(p) and not found:
        found = list(_ASSESSED.finditer(p.text))
    for m in found:
        compared = bool(_WORDS["compared"].match(p.text, max(0, m.start() - 1), m.start()))
        if int(m.group(1)) != case.year and not compared:
            yield _year(p, m, "title", found=int(m.group(1)), **_own(case))


def _titles_of_year(case: Case) -> set[str]:
    """What the contents and the titles of tables with the document's own year say beside it."""
    year = f"{case.year}年"
    return {
        _bare_title(p.text)
        for p in case.passages
        if year in p.text and len(p.text) < _LONGEST and _WORDS["table"].search(p.text)
    }


def _other_title(case: Case, p: Passage, own: set[str]) -> Iterator[Issue]:
    """A table's title with another year, of which the contents or another title have the very words with this one."""
    m = _DATED.search(p.text) if p.text.endswith("表") and len(p.text) < _LONGEST else None
    if m and int(m.group(1)) != case.year and _bare_title(p.text) in own:
        yield _year(p, m, "title", found=int(m.group(1)), **_own(case))


_LONGEST = 80


def _bare_title(text: str) -> str:
    """Without body, year, number and the page that contents print."""
    return fold_title(re.sub(r"[.…·\s]*\d{0,3}$", "", text))


def _sentences(case: Case, p: Passage) -> Iterator[Issue]:
    for check in (_told_years, _neighbour_years, _following_years, _stated_days):
        yield from check(case, p)
    moves = (m for m in _SAME_MOVES.finditer(p.text) if not _after_another(p.text, m))
    same = (_SAME_YEAR, _SAME_TOTAL, _SAME_SUBJECT)
    for m in (*(m for pattern in same for m in pattern.finditer(p.text)), *moves):
        yield _year(p, m, "same", found=int(m.group(1)))


def _told_years(case: Case, p: Passage) -> Iterator[Issue]:
    """The year that the document says it is of, and that in which it says it is made public."""
    for m in (f for pattern in (_SCOPE_YEAR, _PUBLISHES, _MADE_OF) for f in pattern.finditer(p.text)):
        if (found := int(next(g for g in m.groups() if g))) != case.year:
            yield _year(p, m, "sentence", found=found, **_own(case))
    for m in _MADE_PUBLIC.finditer(p.text):
        if int(m.group(1)) != case.year and not is_title(p):
            yield _year(p, m, "sentence", found=int(m.group(1)), **_own(case))


def _neighbour_years(case: Case, p: Passage) -> Iterator[Issue]:
    """The year after, or in a budget the year before, where its own is meant."""
    year, accounts = case.year or 0, case.stage == "accounts"
    for m in (_LATER if accounts else _NEXT).finditer(p.text):
        known = {str(year), str(year - 1), m.group(1)}
        several = not accounts and bool(set(_DATED.findall(p.text)) - known)
        if int(m.group(1)) == year + 1 and not several:
            yield _year(p, m, "sentence", found=int(m.group(1)), **_own(case))
    stated = [
        *_NOW.finditer(p.text),
        *(m for m in _MATTER.finditer(p.text) if not _names_year(p.text, m, year)),
    ]
    for m in () if accounts else {m.start(): m for m in stated}.values():
        if int(m.group(1)) == year - 1:
            yield _year(p, m, "sentence", found=int(m.group(1)), **_own(case))


def _following_years(case: Case, p: Passage) -> Iterator[Issue]:
    """Two years of which one ought to follow on the other."""
    for m in _FOLLOWING.finditer(p.text):
        if int(m.group(2)) - int(m.group(1)) != 1:
            wrong = int(m.group(1)) if int(m.group(2)) == case.year else int(m.group(2))
            yield _year(p, m, "sentence", found=wrong, **_own(case))


def _stated_days(case: Case, p: Passage) -> Iterator[Issue]:
    """The day of which something is told, that of publication, and the year something was carried over from."""
    year, accounts = case.year or 0, case.stage == "accounts"
    for m in _AS_OF.finditer(p.text):
        written = int(m.group(1))
        old = written < year - _STALE and bool(_WORDS["assets"].search(p.text))
        if (accounts and written != year) or (case.stage == "budget" and (written >= year or old)):
            yield _year(p, m, "as_of", year=year, stage=_stage(case), right=year if accounts else year - 1)
    for m in _PUBLISHED.finditer(p.text):
        if not (year + 1 <= int(m.group(1)) if accounts else year - 1 <= int(m.group(1)) <= year):
            yield _year(p, m, "sentence", found=int(m.group(1)), **_own(case))
    for m in _CARRIED.finditer(p.text):
        if int(m.group(1)) not in (year - 1, year - accounts):
            yield _year(p, m, "sentence", found=int(m.group(1)), **_own(case))


def _after_another(text: str, m: re.Match[str]) -> bool:
    """A number or another year stands before in the sentence: it is that one's amount that is compared."""
    begin, _ = sentence(text, m.start(1), m.end())
    return any(c.isdigit() for c in text[begin : m.start(1)])


def _names_year(text: str, m: re.Match[str], year: int) -> bool:
    """The sentence names its own year as well."""
    begin, end = sentence(text, m.start(1), m.end())
    return f"{year}年" in text[begin:end]


def _tables(case: Case, titled: set[str]) -> Iterator[Issue]:
    for t in case.tables:
        found = _TITLE_YEAR.search(flat(t.table.title)) if t.table.standard else None
        if found and int(found.group(1)) != case.year and flat(t.table.title) not in titled:
            place, own = t.table.table.cells[0].place, _own(case) | {"source": "document"}
            yield issue_at(
                "wording.year", t.table.title, place, template="table", found=int(found.group(1)), **own
            )


@rule("wording.task_year", needs=("year",), stages=("budget",))
def tasks(case: Case) -> Iterator[Issue]:
    """Tasks of the year with last year's date."""
    year = case.year or 0
    ahead = late(_WORDS["ahead"].pattern.replace("YEAR", str(year)))
    before: Passage | None = None
    heading = ""
    for p in case.passages if case.stage == "budget" else ():
        above = before.text if before is not None and is_title(before) else heading
        heading, before = above if _LISTED.match(p.text) else "", p
        if not any(_TASKS.search(s) for s in (*p.section, above, p.text[:30])) and not ahead.search(p.text):
            continue
        for m in _TASK_YEAR.finditer(p.text):
            if int(next(g for g in m.groups() if g)) == year - 1:
                begin, end = sentence(p.text, m.start(), m.end())
                if _PAST.search(p.text[begin:end]) or f"{year}年" in p.text[m.end() : end]:
                    continue  # what was done, or what began then and goes on into the year
                words = p.clauses(m.start(), m.end())
                yield issue_at("wording.task_year", words, p.place(m.start()), year=year, found=year - 1)


@rule("wording.base_year", needs=("year",))
def base_years(case: Case) -> Iterator[Issue]:
    """A year compared with that is not the one the rest of the text compares with."""
    year = case.year or 0
    bases = list(_bases(case, year))
    same, usual = _with_itself(case), _usual(case, bases)
    usable = _usable(case, year)
    for p, m in bases:
        found = int(m.group(1))
        if _earlier(p, m, found, year) or (found > year and _TIED.match(p.text, m.end())):
            continue
        itself = found == year and _ITSELF.match(p.text, m.start())
        of_budget = year - _LATE <= found <= year - 2 and _alone_compared(case, p, m, year)
        other = found not in usable
        sure = usual >= 2 or of_budget or (other and _beside_usual(bases, p, m, year))
        if (itself or other) and sure and (id(p), m.start(1)) not in same:
            words = p.clauses(m.start(), m.end())
            yield issue_at("wording.base_year", words, p.place(m.start()), found=found, usual=year - 1)


def _usable(case: Case, year: int) -> set[int]:
    """The years to compare with: accounts are compared with the budget of their own year as well."""
    return {year - 1} if case.stage == "budget" else {year - 1, year}


def _alone_compared(case: Case, p: Passage, m: re.Match[str], year: int) -> bool:
    """It is compared with a budget, or a budget compares this year's money with it; the sentence names no year
    between, and speaks of nothing that runs over years."""
    begin, end = sentence(p.text, m.start(1), m.end())
    if f"{year - 1}年" in p.text[begin:end] or _RUNS_ON.search(p.text, begin, end):
        return False
    if _OF_BUDGET.match(p.text, m.end(1)):
        return True
    years = {int(y) for y in _YEAR.findall(p.text[begin:end])}
    if case.stage != "budget" or years - {year, int(m.group(1))}:
        return False
    over = _WORDS["over_years"].search(p.text, begin, end)
    return over is None and _WORDS["of_money"].search(p.text, begin, end) is not None


def _bases(case: Case, year: int) -> Iterator[Match]:
    """The years compared with, and those a change is told to start from."""
    for p in case.passages:
        yield from ((p, m) for m in _BASE.finditer(p.text))
    for p in case.passages:
        yield from ((p, m) for m in _FROM.finditer(p.text) if _alone(p, m, year))


def _usual(case: Case, bases: list[Match]) -> int:
    """How often the text compares with the year before."""
    written = sum(int(m.group(1)) == (case.year or 0) - 1 for _, m in bases)
    return written + sum(len(_BEFORE.findall(p.text)) for p in case.passages)


def _earlier(p: Passage, m: re.Match[str], found: int, year: int) -> bool:
    """An earlier year is compared with the one before it."""
    clause = re.split(r"[。;,:]", p.text[max(0, m.start() - _CLAUSE) : m.start()])[-1]
    return any(int(y) == found + 1 != year for y in _YEAR.findall(clause))


def _with_itself(case: Case) -> set[tuple[int, int]]:
    """Where a year is compared with itself, which is told otherwise."""
    return {
        (id(p), p.text.find(m.group(2), m.start(2)))
        for p in case.passages
        for pattern in (_SAME_YEAR, _SAME_SUBJECT, _SAME_MOVES)
        for m in pattern.finditer(p.text)
    }


def _alone(p: Passage, m: re.Match[str], year: int) -> bool:
    """The part of the sentence names no other year but the document's own: it goes through no series of years."""
    begin = max(p.text.rfind(c, 0, m.start(1)) for c in "。;") + 1
    return {int(y) for y in _YEAR.findall(p.text[begin : m.start(1)])} <= {year}


def _beside_usual(bases: list[Match], p: Passage, m: re.Match[str], year: int) -> bool:
    """The paragraph compares something else with the year before, in the part of the sentence before this one."""
    before = [n for q, n in bases if q is p and int(n.group(1)) == year - 1 and n.end() <= m.start()]
    between = p.text[before[-1].end() : m.start(1)] if before else ""
    if m.group(1) in between:
        return False  # that year is what is spoken of ("自2023年起逐年减少")
    return bool(_WORDS["amount_between"].search(between))


def _year(p: Passage, match: re.Match[str], template: str, **values: str | int) -> Issue:
    words = p.clauses(match.start(), match.end())
    return issue_at("wording.year", words, p.place(match.start()), template=template, **values)
