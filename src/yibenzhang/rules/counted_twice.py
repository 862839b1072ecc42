"""One count of the body told in two sentences with two numbers: posts, staff, pensioners, sections, units,
equipment."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.short_names import short_names
from yibenzhang.rules.case import Case
from yibenzhang.rules.denials import same_year
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("counted_twice")
_KINDS = {
    "posts": _WORDS["posts"],
    "staff": _WORDS["staff"],
    "retired": _WORDS["retired"],
    "sections": _WORDS["sections"],
    "units": _WORDS["units"],
    "equipment": _WORDS["equipment"],
    "floor": _WORDS["floor"],
}
_SCOPES = {
    "department": _WORDS["department"],
    "unit": _WORDS["unit"],
    "own": _WORDS["own"],
    "self": _WORDS["self"],
}
_TWO = 2
_LEAD = 30
"""So many characters before a count say what it is not."""
_BOUGHT = "equipment"
_THINGS = ("equipment", "floor")
"""Of these a sentence that does not say whose they are may stand against one that does; of people and posts none."""


@dataclass(frozen=True, slots=True)
class _Stated:
    passage: Passage
    match: re.Match[str]
    scope: str
    number: Decimal


@rule("counts.twice", needs=("text",), each_file=True)
def twice(case: Case) -> Iterator[Issue]:
    """Of each count the two numbers, where there are two and the sentences speak of the same body and time."""
    stated: dict[tuple[str, str], list[_Stated]] = defaultdict(list)
    names = tuple(n for n in (case.profile.body, *short_names(case.passages, fold(case.profile.body))) if n)
    for p in case.passages:
        for kind in _KINDS if not p.heading else ():
            for one in _stated(p, kind, names):
                stated[kind, one.match["key"]].append(one)
    for same in stated.values():
        if len({t.number for t in same}) == _TWO and (pair := _pair(same)):
            first, second = pair
            there = first.passage.clauses(first.match.start(), first.match.end())
            words = second.passage.clauses(second.match.start(), second.match.end())
            place = second.passage.place(second.match.start("n"))
            yield issue_at(
                "counts.twice",
                words,
                place,
                (there, first.passage.place(first.match.start("n"))),
                other=there,
            )


def _stated(p: Passage, kind: str, names: tuple[str, ...]) -> Iterator[_Stated]:
    """The counts of one kind in a paragraph; none of a sentence that has several, or that speaks of something else."""
    found = list(_KINDS[kind].finditer(p.text))
    for m in found:
        begin, end = sentence(p.text, m.start(), m.end())
        alone = sum(n["key"] == m["key"] and begin <= n.start() < end for n in found) == 1
        if not alone or _WORDS["other"].search(p.text[max(begin, m.start() - _LEAD) : m.end()]):
            continue
        if kind == _BOUGHT and (
            _WORDS["bought"].search(p.text[p.text.rfind("。", 0, begin) + 1 : end]) or not _number(m["n"])
        ):
            continue  # what is to be bought may be told without saying so again
        scope = _scope(p, begin, p.text[begin : m.start()], names)
        if scope is not None and (scope or kind in _THINGS):
            yield _Stated(p, m, scope, _number(m["n"]))


def _number(written: str) -> Decimal:
    digits = written.replace(",", "")
    return Decimal(digits) if digits[0].isascii() else Decimal(count_written(written))


def _scope(p: Passage, begin: int, before: str, names: tuple[str, ...]) -> str | None:
    """Whose count the sentence says it is; None where that is another unit's, or where its clause has other words."""
    found = next((scope for scope, words in _SCOPES.items() if words.search(before)), "")
    ahead = [scope for scope, words in _SCOPES.items() if words.search(p.text, 0, begin)]
    if not found and len(ahead) == 1:
        found = ahead[0]  # the paragraph has said it
    rest, above = before, "。".join((*p.section, _WORDS["inside"].sub("", p.text[:begin])))
    for name in names:
        found = found or ("self" if name in rest else "")
        rest, above = rest.replace(name, ""), above.replace(name, "")
    for words in _SCOPES.values():
        rest, above = words.sub("", rest), words.sub("", above)
    clause = re.split("[,:(]", rest)[-1]
    if _WORDS["filler"].sub("", clause).strip("、)") or _WORDS["named"].search(rest):
        return None
    return None if _WORDS["named"].search(above) else found


def _pair(same: list[_Stated]) -> tuple[_Stated, _Stated] | None:
    """The first two of different numbers that speak of one body and of one time."""
    for k, a in enumerate(same):
        for b in same[k + 1 :]:
            apart = a.passage is not b.passage or sentence(
                a.passage.text, a.match.start(), a.match.end()
            ) != (sentence(b.passage.text, b.match.start(), b.match.end()))
            if (
                a.number != b.number
                and apart
                and _one_body(a, b)
                and same_year(a.passage, a.match, b.passage, b.match)
                and _one_moment(a, b)
            ):
                return a, b
    return None


def _one_moment(a: _Stated, b: _Stated) -> bool:
    """Not two months that the sentences name."""
    here, there = (set(_WORDS["moment"].findall(_said(x))) for x in (a, b))
    return not here or not there or here == there


def _said(x: _Stated) -> str:
    begin, end = sentence(x.passage.text, x.match.start(), x.match.end())
    return x.passage.text[begin:end]


def _one_body(a: _Stated, b: _Stated) -> bool:
    """Both say whose it is alike, or one of them does not say it: not both."""
    return bool(a.scope or b.scope) and (a.scope == b.scope or not a.scope or not b.scope)
