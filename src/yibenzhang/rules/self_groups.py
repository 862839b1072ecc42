"""Points in the headings of groups (产出指标（50分）) against the rows below them, where the total does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.digits import exact_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_points import base_of, wrong_group
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_IN_HEADING = late(r"(?<!\d)(\d{1,3}(?:\.\d+)?)分?\)?$")
_EXECUTION = (Decimal(10), Decimal(20))
"""Points for the execution of the budget, by the national method and as regions have them."""
_FEW = 2


@rule("goals.weights", needs=("forms",))
def groups(case: Case) -> Iterator[Issue]:
    """Groups whose rows do not come to the points of their heading, where the headings come to the printed total."""
    for form in case.forms:
        if form.kind == "evaluation" and (made := _wrong(form)) is not None:
            yield made


def _wrong(form: GoalForm) -> Issue | None:
    totals = [i.fact for i in form.weights if i.kind == "sum"]
    executed_row = form.amounts["year.spent"].row.label if "year.spent" in form.amounts else None
    if not totals or wrong_group(form, totals[-1], executed_row) is not None:
        return None
    rows: dict[str, list[Fact]] = {}
    executed, heading = Decimal(0), ""
    for item in form.weights:
        if item.kind == "item" and item.fact.row.label == executed_row and not item.group:
            executed += base_of(item.fact)
        elif item.kind == "item":
            heading = item.group or heading
            rows.setdefault(heading, []).append(item.fact)
    points = {h: exact_number(m.group(1)) or Decimal(0) for h in rows if (m := _IN_HEADING.search(fold(h)))}
    if len(points) < max(len(rows), _FEW):
        return None
    left = base_of(totals[-1]) - sum(points.values())
    if left != executed and not (executed == 0 and left in _EXECUTION):
        return None
    sums = {h: sum((base_of(f) for f in facts), Decimal(0)) for h, facts in rows.items()}
    wrong = [h for h in rows if sums[h] != points[h]]
    lost = base_of(totals[-1]) - executed - sum(sums.values())
    if not wrong or (lost and not _all_scored(form)):
        return None  # rows may not have been read
    first = rows[wrong[0]][0]
    places = [(f.text, f.place) for h in wrong for f in rows[h] if f is not first]
    shown = tuple(arguments(group=h, total=sums[h], wanted=points[h]) for h in wrong)
    return issue_at(
        "goals.weights",
        first.text,
        first.place,
        *places,
        template="groups",
        form=form.name,
        groups=shown,
        whole=totals[-1].text,
    )


def _all_scored(form: GoalForm) -> bool:
    """The scores of the rows come to their printed total: all rows are there."""
    totals = [base_of(i.fact) for i in form.scores if i.kind == "sum"]
    return bool(totals) and totals[-1] == sum(base_of(i.fact) for i in form.scores if i.kind == "item")
