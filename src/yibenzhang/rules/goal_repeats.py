"""Goals filled with one sentence over and over, and one sentence about the whole city with two numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm, GoalText
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_SENTENCE = late(r"[^。；;!！\n]+")
_SHORT, _OFTEN = 3, 3
"""A sentence has so many letters at least, and fills a goal where it stands so many times."""
_SHOWN = 24


@rule("goals.filler", needs=("forms",))
def filler(case: Case) -> Iterator[Issue]:
    """A goal that says one sentence three times or more."""
    for form in case.forms:
        for goal in form.texts:
            said = Counter(s for s in _SENTENCE.findall(fold(goal.text)) if len(s) >= _SHORT)
            words, times = said.most_common(1)[0] if said else ("", 0)
            if goal.kind.startswith("goal") and times >= _OFTEN:
                yield issue_at(
                    "goals.filler", words[:_SHOWN], goal.place, form=form.name or None, count=times
                )
                break


_WORDS = patterns("goal_repeats")
_NUMBER = late(r"\d+(?:\.\d+)?")
_LEAST = 10
"""A sentence of fewer letters may be said of two things."""


@rule("goals.two_numbers", needs=("forms",), stages=("budget",))
def two_numbers(case: Case) -> Iterator[Issue]:
    """A clause about all of the city in two goals, word by word the same but for its one number."""
    first: dict[str, tuple[str, str, GoalForm, GoalText]] = {}
    for form in case.forms:
        for goal in form.texts if form.kind in ("project", "list") else ():
            for clause in _clauses(fold(goal.text)) if goal.kind == "goal.year" else ():
                years = _WORDS["year"].findall(clause)
                numbers = [n for n in _NUMBER.findall(clause) if n not in years]
                if len(numbers) != 1 or len(clause) < _LEAST:
                    continue
                key = clause.replace(numbers[0], "#")
                before = first.setdefault(key, (numbers[0], clause, form, goal))
                if before[0] != numbers[0] and before[2] is not form:
                    yield issue_at(
                        "goals.two_numbers",
                        clause,
                        goal.place,
                        (before[1], before[3].place),
                        form=form.name or None,
                        other=before[2].name or None,
                        said=before[1],
                    )


def _clauses(text: str) -> Iterator[str]:
    """Sentences to their first pause behind a year: "2026年,全市新筹集住房350套"."""
    for sentence in _SENTENCE.findall(text):
        parts = sentence.split(",")
        lead = f"{parts[0]}," if len(parts) > 1 and _WORDS["year"].match(parts[0]) else ""
        clause = lead + parts[1] if lead else parts[0]
        if _WORDS["everywhere"].search(clause):
            yield clause
