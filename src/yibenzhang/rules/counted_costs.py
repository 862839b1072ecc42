"""Journeys, receptions and bought cars that are counted, and their cost: none without the other."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.car_counts import cost_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("counted_costs")
_ABROAD = (_WORDS["abroad_unpaid"], _WORDS["abroad_count"], _WORDS["abroad_none"])
_RECEPTION = (_WORDS["reception_unpaid"], _WORDS["reception_count"], _WORDS["reception_none"])
_CARS = (_WORDS["car_purchase_unpaid"], _WORDS["car_purchase_count"], _WORDS["car_purchase_none"])
_ITEMS = {"abroad": _ABROAD, "reception": _RECEPTION, "car_purchase": _CARS}
"""Of each item the words of no cost, of a count above none, and of none counted."""


@rule("counts.cost", needs=("text",), each_file=True)
def counted(case: Case) -> Iterator[Issue]:
    """Each item once: nothing was paid for what a sentence counts, or something for what it says there was none of."""
    for item in _ITEMS:
        cost = cost_of(case, item)
        paid = [f for f in cost if f.amount is not None and f.amount.value]
        if paid and len(paid) == len(cost):
            found = (issue for p in case.passages for issue in _none(p, item, paid[0]))
        elif paid or (cost and item == "car_purchase"):  # counts.bought tells that
            continue
        else:
            found = (issue for p in case.passages if not p.heading for issue in _unpaid(p, item))
        if (first := next(found, None)) is not None:
            yield first


def _none(p: Passage, item: str, paid: Fact) -> Iterator[Issue]:
    """None of it is counted, though something was paid."""
    for m in _ITEMS[item][2].finditer(p.text):
        if not _WORDS["elsewhere"].search(p.text) and not _WORDS["some"].search(p.text):
            there = (paid.text, paid.place)
            yield issue_at(
                "counts.cost", m.group(), p.place(m.start()), there, template="none", amount=paid.text
            )


def _unpaid(p: Passage, item: str) -> Iterator[Issue]:
    """Some are counted, though nothing was paid."""
    unpaid, count, _ = _ITEMS[item]
    for m in unpaid.finditer(p.text):
        begin, end = sentence(p.text, m.start(), m.end())
        some = count.search(p.text, begin, end)
        if some and not _WORDS["elsewhere"].search(p.text, begin, end):
            there = (m.group(), p.place(m.end() - 1))
            yield issue_at("counts.cost", some.group(), p.place(some.start()), there, cost=m.group())
