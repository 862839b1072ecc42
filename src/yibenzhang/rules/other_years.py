"""This year's amounts under the name of another year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.reading import Reading
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.restating import options_of, read_in_tables
from yibenzhang.rules.slips import agree
from yibenzhang.rules.supporting import holds
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("other_years")
_YEAR = _WORDS["year"]
_BESIDE = _WORDS["beside"]
"""Words beside which another year may stand."""
_LEAST = 5
"""Numbers with fewer digits may be the same in two years."""
_SELF = _WORDS["self"]
_OTHERWISE = _WORDS["otherwise"]


@rule("prose.year", needs=("text", "year"), each_file=True)
def other_years(case: Case) -> Iterator[Issue]:
    """This year's amount, as the tables or other sentences tell it, under the name of another year."""
    seen: set[tuple[int, int, str]] = set()
    for q in case.quantities:
        if q.kind in (Kind.VALUE, Kind.LAST) and (wrong := _other_year(q, case)):
            named = (id(q.passage), q.passage.text.rfind(f"{wrong}年", 0, q.start), wrong)
            if named in seen:
                continue  # one year, before several amounts
            seen.add(named)
            words = q.passage.clauses(q.start, q.end)
            yield issue_of("prose.year", (q.fact,), words=words, wrong=wrong, year=case.year)


def _other_year(q: Quantity, case: Case) -> str:
    """The year the sentence names where the amount is this year's; empty where all is well."""
    text = q.passage.text
    begin = max(text.rfind(c, 0, q.start) for c in "。;") + 1
    stop = text.find("。", q.end)
    rest = text[q.end : stop if stop >= 0 else len(text)]
    wrong = _named_year(q, begin, rest, case.year or 0)
    if not wrong:
        return ""
    reading = read_in_tables(case, replace(q, kind=Kind.VALUE))
    short = len(q.amount.text.replace(",", "")) < _LEAST
    if reading is None or not any(holds(o) for o in options_of(reading)):
        return wrong if not short and _of_this_year(q, text[begin : q.start], wrong, case) else ""
    before = _last_years(reading, case)
    if any(agree(q.fact, f) for f in before):
        return ""
    return wrong if not short or before or _moves_from_last(q, rest, wrong, case) else ""


def _last_years(reading: Reading, case: Case) -> list[Fact]:
    return [f for (f, *more) in case.reader.before(reading) if not more]


def _named_year(q: Quantity, begin: int, rest: str, year: int) -> str:
    """The other year whose amount the sentence says this is; empty where it names its own, or more than one."""
    text = q.passage.text
    named = list(_YEAR.finditer(text, begin, q.start))
    if not named or int(named[-1].group(1)) == year or not q.amount.value:
        return ""
    wrong, clause = named[-1].group(1), text[max(text.rfind(",", begin, named[-1].start()), begin) : q.start]
    # "……，2021 年支出较 2020 年增加": what goes on about the same amount names the document's year rightly
    rest = re.sub(rf"{year}年[^,。;\d]{{0,20}}[比与较同]{wrong}年", "", rest)
    rest = re.sub(rf"[比与较同]{wrong}年", "", rest)  # what is compared with a year is not told of that year
    return "" if _BESIDE.search(clause) or f"{wrong}年" in rest or f"{year}年" in rest else wrong


def _moves_from_last(q: Quantity, rest: str, wrong: str, case: Case) -> bool:
    """The sentence goes on to tell how much it is more or less than the year before the document's own, or names a
    year that is still to come: the amount is this year's."""
    year = case.year or 0
    changed = any(c.subject is q and c.change is not None and c.change.amount.value for c in case.claims)
    return changed and (int(wrong) > year or re.search(rf"[比与较同]{year - 1}年", rest) is not None)


def _of_this_year(q: Quantity, before: str, wrong: str, case: Case) -> bool:
    """The first amount of a sentence about the body itself, which the text tells of the document's own year as well."""
    if (
        len(_YEAR.findall(before)) != 1
        or _OTHERWISE.search(before)
        or re.search(r"\d", _YEAR.sub("", before))
    ):
        return False
    if not (_SELF.search(before) or case.reader.names_body(before)):
        return False
    return any(_of_year(o, case.year or 0, wrong) for o in case.quantities if o is not q and _same(q, o))


def _same(one: Quantity, other: Quantity) -> bool:
    alike = other.kind in (Kind.VALUE, Kind.ACTUAL) and other.money and one.amount.base == other.amount.base
    return alike and one.passage is not other.passage


def _of_year(q: Quantity, year: int, wrong: str) -> bool:
    begin, end = sentence(q.passage.text, q.start, q.end)
    words = q.passage.text[begin : q.start]
    return f"{year}年" in words and wrong not in q.passage.text[begin:end] and not _OTHERWISE.search(words)
