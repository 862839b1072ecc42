"""Self-assessments whose results repeat what was to be reached."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm, GoalText
from yibenzhang.recognising.indicators import target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicators import MOST_NAMED
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_BOUNDS = ("≥", ">", "≤", "<")
_LEAST = 10
"""A goal of fewer letters can hardly be told otherwise when it is done."""


@rule("goals.reached_bound", needs=("forms",))
def bounds(case: Case) -> Iterator[Issue]:
    """What was reached as a bound, word by word that of the target: nothing was measured."""
    found = [
        i
        for form in _assessments(case)
        for i in form.indicators
        if fold(i.actual) == fold(i.value)
        and (target := target_of(i.actual)) is not None
        and target.sign in _BOUNDS
    ]
    if found:
        first, *others = found
        shown = tuple(arguments(name=i.name, value=i.actual) for i in found[:MOST_NAMED])
        count = len(found) if len(found) > MOST_NAMED else None
        places = ((i.actual, i.place) for i in others[: MOST_NAMED - 1])
        yield issue_at(
            "goals.reached_bound", first.actual, first.place, *places, indicators=shown, count=count
        )


@rule("goals.done_copied", needs=("forms",))
def copied(case: Case) -> Iterator[Issue]:
    """What was done, word by word what was to be done."""
    found: list[tuple[GoalForm, GoalText]] = []
    for form in _assessments(case):
        goal, done = form.text("goal.year"), form.text("goal.done")
        if goal is None or done is None or goal.place.key == done.place.key:
            continue  # one cell over both columns
        if len(fold(goal.text)) >= _LEAST and fold(goal.text) == fold(done.text):
            found.append((form, done))
    if found:
        (_, first), *others = found
        shown = tuple(arguments(name=form.name) for form, _ in found[:MOST_NAMED])
        count = len(found) if len(found) > MOST_NAMED else None
        places = ((t.text[:_LEAST], t.place) for _, t in others[: MOST_NAMED - 1])
        yield issue_at(
            "goals.done_copied", first.text[:_LEAST], first.place, *places, forms=shown, count=count
        )


def _assessments(case: Case) -> Iterator[GoalForm]:
    return (f for f in case.forms if f.kind == "evaluation")
