"""Numbers in the words of a goal that are what its indicators come to, but for two digits exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.balance.slips import EXCHANGED, slip_kind
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import single
from yibenzhang.rules.indicators import MOST_NAMED
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("goal_sums")
_COUNTED = _WORDS["counted"]


@rule("goals.promised", needs=("forms",))
def exchanged(case: Case) -> Iterator[Issue]:
    """A count of the year's goal that no indicator has, two exchanged digits away from one or from their sum."""
    for form in case.forms:
        goal = form.text("goal.year") if form.kind in ("project", "list") else None
        for m in _COUNTED.finditer(fold(goal.text)) if goal is not None else ():
            found = _meant(form, m["number"], m["unit"])
            if goal is not None and found is not None:
                total, parts = found
                names = tuple(arguments(name=i.name, value=i.value) for i in parts[:MOST_NAMED])
                yield issue_at(
                    "goals.promised",
                    m.group(),
                    goal.place,
                    *((i.name, i.place) for i in parts[:MOST_NAMED]),
                    template="exchanged",
                    form=form.name,
                    parts=names,
                    total=f"{total:f}",
                )


def _meant(form: GoalForm, number: str, unit: str) -> tuple[Decimal, list[Indicator]] | None:
    """The target, or the sum of several, of that unit which was meant; None where one has the number itself."""
    counted = [
        (i, t.number)
        for i in single(form)
        if i.period != "long" and (t := target_of(i.value)) is not None and unit in fold(t.unit or i.name)
    ]
    if any(n == Decimal(number) for _, n in counted):
        return None
    sums = [(n, [i]) for i, n in counted]
    if len(counted) > 1:
        sums.append((sum((n for _, n in counted), Decimal(0)), [i for i, _ in counted]))
    if any(n == Decimal(number) for n, _ in sums):
        return None
    meant = [(n, parts) for n, parts in sums if slip_kind(number, f"{n:f}") == EXCHANGED]
    return meant[0] if len(meant) == 1 else None
