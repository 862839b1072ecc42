"""Cars: two counts of all that there are; none bought, though the tables tell what buying them cost."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.rules.case import Case
from yibenzhang.rules.denials import same_year, stock
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.lexicon.counts import vehicle_words
from yibenzhang.standards.lexicon.denials import denial_words
from yibenzhang.standards.patterns import patterns

_YEAR = late(r"20\d\d")


@rule("counts.cars", needs=("text",))
def different_counts(case: Case) -> Iterator[Issue]:
    """Two sentences on all cars of the body and the same time with different numbers."""
    pattern = denial_words().stock
    found = [
        (p, m)
        for p in case.passages
        for m in pattern.finditer(p.text)
        if stock(case, p, m) and int(m.group(1)) and not vehicle_words().paid.search(m.group())
    ]
    if len({int(m.group(1)) for _, m in found}) != 2:
        return
    first, m = found[0]
    for p, n in found[1:]:
        apart = p is first and sentence(p.text, m.start(), m.end()) == sentence(p.text, n.start(), n.end())
        if n.group(1) != m.group(1) and not apart and same_year(first, m, p, n):
            there = (first.clauses(m.start(), m.end()), first.place(m.start()))
            words = p.clauses(n.start(), n.end())
            yield issue_at("counts.cars", words, p.place(n.start()), there, other=there[0])
            return


_WORDS = patterns("car_counts")


@rule("counts.none_bought", each_file=True)
def none_bought(case: Case) -> Iterator[Issue]:
    """No car was bought, says a sentence, and every number of what buying them cost is above nothing."""
    cost = cost_of(case, "car_purchase")
    if not cost or not all(f.amount and f.amount.value for f in cost):
        return
    for p in case.passages:
        for m in vehicle_words().none_bought.finditer(p.text) if not p.heading else ():
            before = p.text[: m.start()].split("。")[-1]
            if _WORDS["earlier"].search(before):
                continue
            years = _YEAR.findall(p.text[: m.end()].split("。")[-1])[-1:]
            if any(int(y) != case.year for y in years):
                continue
            words = p.clauses(m.start(), m.end())
            there = (cost[0].text, cost[0].place)
            yield issue_at("counts.none_bought", words, p.place(m.start()), there, amount=cost[0].text)
            return


def cost_of(case: Case, item: str) -> list[Fact]:
    """What journeys, receptions or cars cost this year: of accounts what was spent, where the tables part that from
    the budget."""
    found = [
        (f, v.places[at])
        for v in case.views
        for at, f in v.cells.items()
        if v.places[at].item == item and v.places[at].version != "previous" and f.amount is not None
    ]
    final = [f for f, at in found if at.stage == "final"]
    return final or [f for f, _ in found]
