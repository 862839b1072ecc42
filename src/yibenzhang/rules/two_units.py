"""One amount of one item, printed with two units: 1.58 元 here and 1.58 万元 there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.yuan import of_each
from yibenzhang.standards.patterns import patterns

_TOLD = (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED, Kind.DELTA, Kind.LAST)
_UNITS = ("元", "万元")
_DIGITS = 3
"""Amounts with so many printed digits, of the same item, are one amount."""
_MOST = 40
"""So many places with the same digits are looked at."""
_NAMED = 4
"""Two places name the same item where so many characters in a row agree."""
_WORDS = patterns("two_units")


@rule("prose.two_units", needs=("text",), each_file=True)
def two_units(case: Case) -> Iterator[Issue]:
    """The same digits for the same item, once in yuan and once in ten thousands: told where the unit is seldom."""
    money = [q for q in case.quantities if q.money and q.kind in _TOLD and _unit(q) in _UNITS]
    often = Counter(map(_unit, money))
    by_value: dict[Decimal, list[Quantity]] = defaultdict(list)
    for q in money:
        if len(q.amount.text.replace(",", "").replace(".", "").strip("0")) >= _DIGITS and not of_each(q):
            by_value[q.amount.value].append(q)
    for found in by_value.values():
        for q, other in _pairs(found):
            seldom, plain = sorted((q, other), key=lambda x: (often[_unit(x)], _unit(x) != "元"))
            words, there = (x.passage.clauses(x.start, x.end) for x in (seldom, plain))
            places = [x.passage.place(x.start) for x in (seldom, plain)]
            yield issue_at("prose.two_units", words, places[0], (there, places[1]), other=there)


def _pairs(found: Sequence[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """Each amount in yuan with the first in ten thousands that names the same item."""
    for q in found[:_MOST]:
        if _unit(q) == "元":
            other = next((o for o in found[:_MOST] if _unit(o) == "万元" and _same_item(q, o)), None)
            if other is not None:
                yield q, other


def _same_item(one: Quantity, two: Quantity) -> bool:
    if any(
        _WORDS["other"].search(_WORDS["pause"].split(q.lead)[-1] + q.passage.text[q.end : q.end + 4])
        for q in (one, two)
    ):
        return False
    a, b = _name(one), _name(two)
    match = SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    return match.size >= _NAMED and one.kind == two.kind


def _name(q: Quantity) -> str:
    """What the clause before the number speaks of."""
    return _WORDS["plain"].sub("", _WORDS["pause"].split(q.lead)[-1])


def _unit(q: Quantity) -> str:
    return q.amount.unit.name if q.amount.unit else ""
