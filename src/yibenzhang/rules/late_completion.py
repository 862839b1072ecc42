"""Self-assessments: what was completed after its deadline, with all of its points."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from yibenzhang.model.digits import exact_number
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.indicators import Indicator
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("late_completion")
_DEADLINE, _REACHED = _WORDS["deadline"], _WORDS["reached"]


@rule("goals.late", needs=("forms", "year"))
def late(case: Case) -> Iterator[Issue]:
    """A completion later than the last day of its deadline, whose points are those that the deadline is worth."""
    for form in case.forms:
        for one in form.indicators:
            if _all_points(one) and _after(one, case.year or 0):
                yield issue_at(
                    "goals.late",
                    one.name,
                    one.place,
                    form=form.name or None,
                    deadline=flat(one.value),
                    reached=flat(one.actual),
                    points=one.score,
                )


def _all_points(one: Indicator) -> bool:
    weight, score = exact_number(one.weight), exact_number(one.score)
    return weight is not None and weight > 0 and weight == score


def _after(one: Indicator, year: int) -> bool:
    """The first day that may be meant lies behind the last day of the deadline."""
    deadline, reached = _DEADLINE.fullmatch(flat(one.value)), _REACHED.fullmatch(flat(one.actual))
    if deadline is None or reached is None:
        return False
    named = {m["year"] for m in (deadline, reached) if m["year"]}
    if len(named) == 1 and named != {str(year)}:
        return False  # the other may be of any year
    last, first = _day(deadline, year, end=True), _day(reached, year, end=False)
    return last is not None and first is not None and first > last


def _day(found: re.Match[str], year: int, *, end: bool) -> date | None:
    of, month = int(found["year"] or year), int(found["month"])
    most = monthrange(of, month)[1]
    day = int(found["day"]) if found["day"] else (most if end else 1)
    return date(of, month, day) if day <= most else None
