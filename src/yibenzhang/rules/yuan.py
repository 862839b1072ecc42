"""Amounts in yuan in a text that tells its money in ten thousands: the unit has lost its first character."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_LEAST = 10
"""So many amounts in ten thousands show what a text tells its money in."""
_SELDOM = 20
"""One amount in so many may be in yuan."""
_SMALL = Decimal(10000)
_WORDS = patterns("yuan")
_TOLD = (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED, Kind.DELTA, Kind.LAST)


@rule("prose.yuan", needs=("text",), each_file=True)
def in_yuan(case: Case) -> Iterator[Issue]:
    """A small amount in yuan, or one that a neighbour tells in ten thousands."""
    money = [q for q in case.quantities if q.money and q.kind in _TOLD and q.amount.value]
    yuan = [q for q in money if _unit(q) == "元"]
    if len(money) - len(yuan) < _LEAST or len(yuan) * _SELDOM > len(money):
        return
    in_ten_thousands = {q.amount.value for q in money if _unit(q) == "万元"}
    for q in yuan:
        same = len(q.amount.text.strip("0.")) > _SHORT and q.amount.value in in_ten_thousands
        small = q.amount.value < _SMALL and q.amount.decimals > 0
        if (same or small) and not of_each(q):
            words = q.passage.clauses(q.start, q.end)
            yield issue_of("prose.yuan", (q.fact,), words=words)


def of_each(q: Quantity) -> bool:
    """An amount of one person, one time or one thing, or a limit: it is in yuan."""
    text = q.passage.text
    sentence = max(text.rfind(c, 0, q.start) for c in "。;") + 1
    return bool(_WORDS["each"].search(text, sentence, q.start) or _WORDS["each_after"].match(text, q.end))


_SHORT = 3


def _unit(q: Quantity) -> str:
    return q.amount.unit.name if q.amount.unit else ""
