"""Journeys, receptions and bought cars that are counted, and their cost: none without the other."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.car_counts import cost_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("counted_costs")
_ITEMS = ("abroad", "reception", "car_purchase")


@rule("counts.cost", needs=("text",), each_file=True)
def counted(case: Case) -> Iterator[Issue]:
    """Each item once: nothing was paid for what a sentence counts, or something for what it says there was none of."""
    for item in _ITEMS:
        cost = cost_of(case, item)
        paid = [f for f in cost if f.amount is not None and f.amount.value]
        told = paid or (cost and item == "car_purchase")  # counts.bought tells that
        found = (issue for p in case.passages if not p.heading and not told for issue in _in(p, item))
        if (first := next(found, None)) is not None:
            yield first
        elif paid and len(paid) == len(cost):
            there = (paid[0].text, paid[0].place)
            none = ((p, m) for p in case.passages for m in _WORDS[f"{item}_none"].finditer(p.text))
            for p, m in none:
                if not _WORDS["elsewhere"].search(p.text):
                    yield issue_at(
                        "counts.cost",
                        m.group(),
                        p.place(m.start()),
                        there,
                        template="none",
                        amount=paid[0].text,
                    )
                    break


def _in(p: Passage, item: str) -> Iterator[Issue]:
    for m in _WORDS[f"{item}_unpaid"].finditer(p.text):
        begin, end = sentence(p.text, m.start(), m.end())
        counted = _WORDS[f"{item}_count"].search(p.text, begin, end)
        if counted and not _WORDS["elsewhere"].search(p.text, begin, end):
            there = (m.group(), p.place(m.end() - 1))
            yield issue_at("counts.cost", counted.group(), p.place(counted.start()), there, cost=m.group())
