"""A change above nothing and 持平 in one breath, of one amount against one year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.model.patterns import late
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("flat_changes")
_BEHIND, _BEFORE = _WORDS["behind"], _WORDS["before"]
_THAN, _MOVED = _WORDS["than"], _WORDS["moved"]
_CLAUSE = late("[,。;:(]")
_LITTLE = Decimal(1)
"""A change of less (in percent) may be called level."""


@rule("prose.flat", needs=("text", "year"), each_file=True)
def flat_changes(case: Case) -> Iterator[Issue]:
    """ "比上年增加 1.00 万元，与上年持平"; not 基本持平, a little, or two bases."""
    for q in case.quantities:
        if not q.passage.heading and (span := _flat(q, case.year)) is not None:
            yield issue_of("prose.flat", (q.fact,), words=q.passage.clauses(*span))


def _flat(q: Quantity, year: int | None) -> tuple[int, int] | None:
    """Where a change and words that it is level stand together."""
    behind, before = _BEHIND.match(q.passage.text, q.end), _BEFORE.search(q.lead)
    if q.percent:
        return (q.start, behind.end()) if behind is not None and _rated(q, behind, year) else None
    if _MOVED.search(q.lead):
        return (q.start, behind.end()) if behind is not None and not behind["rate"] else None
    if q.kind != Kind.DELTA or not q.amount.value:
        return None
    if behind is not None and not _little(behind["rate"]) and _one_base(q.lead, behind, year):
        return q.start, behind.end()
    if before is not None and _one_base(q.lead[before.end("year") :], before, year):
        return q.start - len(q.lead) + before.start(), q.end
    return None


def _rated(q: Quantity, flat: re.Match[str], year: int | None) -> bool:
    """A rate that names its base itself: beside a change it is the change that is told."""
    named = _THAN.search(_CLAUSE.split(q.lead)[-1]) is not None
    much = q.kind == Kind.RATE and q.amount.value >= _LITTLE and not flat["rate"]
    return much and named and _one_base(q.lead, flat, year)


def _little(rate: str | None) -> bool:
    return rate is not None and Decimal(rate.strip(".")) < _LITTLE


def _one_base(lead: str, flat: re.Match[str], year: int | None) -> bool:
    """The change is against the same year and stage as what is level, as far as the words say."""
    clause = _CLAUSE.split(lead)[-1]
    than = _THAN.search(clause)
    if than is None:
        return not _WORDS["compares"].search(clause)
    one, other = than["stage"], flat["stage"]
    return _year(than["year"], year) == _year(flat["year"], year) and (not one or not other or one == other)


def _year(words: str, year: int | None) -> int:
    return int(words[:4]) if words[:2] == "20" else (year or 0) - 1
