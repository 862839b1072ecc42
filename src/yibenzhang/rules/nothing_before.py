"""Rates of what a sentence itself says was nothing: growth over a year without it, completion of no budget."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.prose.claim import Claim
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.sentences import nothing_before, unbudgeted
from yibenzhang.standards.patterns import patterns

_LEVELS = (Kind.VALUE, Kind.ACTUAL)
_WORDS = patterns("nothing_before")


@rule("prose.no_budget", "prose.zero_base", needs=("text",), each_file=True)
def rates_of_nothing(case: Case) -> Iterator[Issue]:
    """A rate in the sentence that says what it would be taken of was not there."""
    for found in case.by_passage.values():
        for at, rate in enumerate(found):
            if not rate.percent or not rate.amount.value:
                continue
            if rate.kind == Kind.RATE and rate.sign > 0:
                yield from _told("prose.zero_base", nothing_before(), found[:at], rate)
            elif rate.kind == Kind.COMPLETION and _WORDS["initial"].search(rate.lead):
                yield from _told("prose.no_budget", unbudgeted(), found[:at], rate)


def _told(identity: str, nothing: re.Pattern[str], before: list[Quantity], rate: Quantity) -> Iterator[Issue]:
    """One amount alone stands between the words that there was nothing and the rate: it is that amount's."""
    text = rate.passage.text
    begin = max(text.rfind(c, 0, rate.start) for c in "。;") + 1
    said = nothing.search(text, begin, rate.start)
    if said is None:
        return
    levels = [q for q in before if q.start >= said.end() and q.money and q.amount.value]
    if len(levels) == 1 and levels[0].kind in _LEVELS:
        words = rate.passage.clauses(said.start(), rate.end)
        yield issue_of(identity, (levels[0].fact, rate.fact), words=words, template=_TEMPLATE[identity])


_TEMPLATE = {"prose.zero_base": "", "prose.no_budget": "said"}


def completed_of_nothing(claim: Claim) -> Issue | None:
    """A rate of a budget that the sentence itself says is nothing."""
    rate, actual, budget = claim.rate, claim.subject, claim.against
    if rate is None or actual is None or budget is None or budget.amount.value or not actual.amount.value:
        return None
    initial, same = (bool(_WORDS["initial_budget"].search(s)) for s in (claim.base, budget.lead))
    if (claim.base and initial != same) or _WORDS["other_budget"].search(claim.base):
        return None
    words = claim.passage.verbatim(min(budget.start, actual.start), rate.end).strip()
    return issue_of("prose.no_budget", (budget.fact, rate.fact), words=words, template="said")
