"""Points of self-assessments: weights by their groups and in all, scores above their weight."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.digits import exact_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm, GoalItem
from yibenzhang.standards import fold

_IN_HEADING = late(r"(?<!\d)(\d{1,3}(?:\.\d+)?)分\)?$")
"""The points of a group in its heading: 效益指标（30分）."""


def base_of(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount else Decimal(0)


def wrong_group(form: GoalForm, total: Fact, executed_row: str | None) -> Issue | None:
    """The one group of indicators that does not come to the points in its heading, where the headings come to the
    total with what the execution is given."""
    groups: dict[str, list[Fact]] = {}
    executed, heading = Decimal(0), ""
    for item in form.weights:
        if item.kind != "item":
            continue
        if item.fact.row.label == executed_row and not item.group:
            executed += base_of(item.fact)
            continue
        heading = item.group or heading
        groups.setdefault(heading, []).append(item.fact)
    points = {h: exact_number(m.group(1)) or Decimal(0) for h in groups if (m := _IN_HEADING.search(fold(h)))}
    if len(points) < max(len(groups), 2) or sum(points.values()) + executed != base_of(total):
        return None
    wrong = [h for h in groups if sum((base_of(f) for f in groups[h]), Decimal(0)) != points[h]]
    if len(wrong) != 1:
        return None
    first, *others = groups[wrong[0]]
    places = ((f.text, f.place) for f in (*others, total))
    return issue_at(
        "goals.weights",
        first.text,
        first.place,
        *places,
        template="group",
        form=form.name,
        group=wrong[0],
        count=1 + len(others),
        total=sum((base_of(f) for f in (first, *others)), Decimal(0)),
        wanted=points[wrong[0]],
        whole=total.text,
    )


def above_weight(form: GoalForm) -> list[tuple[GoalItem, Fact]]:
    """Scores above their weight."""
    weights = {(i.fact.table, i.fact.cell[0]): i.fact for i in form.weights if i.kind == "item"}
    out = []
    for item in form.scores:
        weight = weights.get((item.fact.table, item.fact.cell[0])) if item.kind == "item" else None
        a, b = item.fact.amount, weight.amount if weight else None
        if weight and a and b and a.value > b.value:
            out.append((item, weight))
    return out


def points_of(form: GoalForm) -> Iterator[Issue]:
    for item, weight in above_weight(form):
        score = item.fact
        yield issue_at(
            "goals.score", score.text, score.place, form=form.name, item=item.name, weight=weight.text
        )
    weights = {(i.fact.table, i.fact.cell[0]): i.fact for i in form.weights if i.kind == "item"}
    if len(weights) < 3 or any(i.kind == "sum" for i in form.weights):
        return
    whole = sum((f.amount.value for f in weights.values() if f.amount), Decimal(0))
    wanted = (100,) if "year.spent" in form.amounts and form.weights[0].fact.row.index < 12 else (100, 90, 80)
    if whole not in wanted:
        first = form.weights[0].fact
        yield issue_at("goals.weights", first.text, first.place, form=form.name, total=whole)
