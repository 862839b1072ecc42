"""Slots of a sentence about a change or a share: two directions where one belongs, one still in brackets, no number.

Templates leave a direction to be chosen and a number to be filled in. What may stand in such a slot is known: one word
of more or less, then a number. Anything else there was left over, however a template wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import MOST_APART
from yibenzhang.standards.lexicon.directions import short_ways, ways
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("slots")
_MARK, _AFTER, _COMPARED = (w.pattern for w in (_WORDS["mark"], _WORDS["after"], _WORDS["compared"]))
_SHARE, _RATE = _WORDS["share"].pattern, _WORDS["rate"].pattern
_ENDS = _WORDS["ends"].pattern
_FILLED = late(r"\d")


@lru_cache(maxsize=1)
def _two() -> re.Pattern[str]:
    """Two directions side by side, with no more than a mark between, before what a direction stands before."""
    (up, down), (more, less) = ways(), short_ways()
    one, other = rf"(?:{up}|{more})", rf"(?:{down}|{less})"
    return late(rf"(?:{one}{_MARK}{other}|{other}{_MARK}{one}){_AFTER}")


@lru_cache(maxsize=1)
def _bracketed() -> re.Pattern[str]:
    (up, down), (more, less) = ways(), short_ways()
    return late(rf"{_COMPARED}\((?:{up}|{down}|{more}|{less})\)(?:幅(?:度)?)?(?=\d[\d,.]*(?:(?:万|亿)?元|%))")


@lru_cache(maxsize=1)
def _empty() -> re.Pattern[str]:
    up, down = ways()
    return late(rf"(?:{_SHARE}|(?:{up}|{down}){_RATE})%{_ENDS}")


@rule("wording.choice", needs=("text",))
def both_ways(case: Case) -> Iterator[Issue]:
    """A direction that was not chosen: "大小于预算数", "减增加 0.5 万元"; where the known phrases do not tell it."""
    known = [late(p.pattern) for p in case.standards.phrases if p.id == "wording.choice"]
    for p in case.passages:
        found = [m for m in _two().finditer(p.text) if not _WORDS["neutral"].fullmatch(m.group())]
        phrased = (
            {at for c in known for k in c.finditer(p.text) for at in range(*k.span())} if found else set()
        )
        for m in found:
            if not p.heading and phrased.isdisjoint(range(*m.span())) and not _caused(p.text, m):
                yield _at("wording.choice", p, m)


def _caused(text: str, m: re.Match[str]) -> bool:
    """The first direction is told of the cause ("因标准提高减少 2 万元"): nothing is compared before it."""
    clause = re.split("[,。;]", text[: m.start()])[-1]
    return bool(_WORDS["cause"].match(m.group())) and not re.search("[比较与]", clause)


@rule("wording.bracketed", needs=("text",))
def in_brackets(case: Case) -> Iterator[Issue]:
    """A direction that still stands in the brackets of a template: "较上年（减少）16.23 万元"."""
    for p in case.passages:
        last = -MOST_APART
        for m in _bracketed().finditer(p.text):
            if m.start() - last >= MOST_APART:  # the amount and its rate were left alike
                yield _at("wording.bracketed", p, m)
            last = m.end()


@rule("wording.empty_rate", needs=("text",))
def no_number(case: Case) -> Iterator[Issue]:
    """A percent sign without a number, in a sentence that tells others."""
    for p in case.passages:
        if not p.heading and _WORDS["pause"].search(p.text) and _FILLED.search(p.text):
            for m in _empty().finditer(p.text):
                begin = max(p.text.rfind(c, 0, m.start()) for c in "。;") + 1
                if _WORDS["column"].search(p.text, begin, m.start()):
                    continue
                yield _at("wording.empty_rate", p, m)


def _at(identity: str, p: Passage, m: re.Match[str]) -> Issue:
    return issue_at(identity, p.clauses(m.start(), m.end()), p.place(m.start()))
