"""Goals that are another project's, goals that break off, words doubled in goals and indicators, weights that do not
add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.forms import GoalForm, GoalText
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicators import MOST_NAMED, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_SHORT = 20
"""A goal of fewer letters may be said of many projects."""
_ALIKE = 0.5
"""Projects whose names are more alike are parts, years or sources of one."""
_SUBJECT = 4
"""So many letters that both names have are one subject: two sources of money for one building."""
_LAST = 24
_AROUND = 12
_TOTALS = (Decimal(100), Decimal(90), Decimal(80))
"""What weights come to: with the points of the execution of the budget beside them they may be less."""
_SEVERAL = 150
"""Weights of a form without a name that come to more are those of several projects."""
_FEWEST = 4
_OFF = late(r"[，、：,（(“]$")
_DIGITS = late(r"\d+")


def _goal(form: GoalForm) -> GoalText | None:
    return form.text("goal.year")


@rule("goals.copied", needs=("forms",))
def copied(case: Case) -> Iterator[Issue]:
    """One goal, word by word, for projects whose names have little in common."""
    first: dict[str, GoalForm] = {}
    told: set[str] = set()
    for form in case.forms:
        goal = _goal(form) if form.kind in ("project", "list", "evaluation") else None
        text = fold(goal.text) if goal is not None else ""
        if goal is None or len(text) < _SHORT or not form.name:
            continue
        before = first.setdefault(text, form)
        if before is form or text in told or not _others(before.name, form.name):
            continue
        told.add(text)
        other = _goal(before)
        places = ((other.text[:_LAST], other.place),) if other is not None else ()
        yield issue_at(
            "goals.copied", goal.text[:_LAST], goal.place, *places, form=form.name, other=before.name
        )


def _others(one: str, other: str) -> bool:
    """Names of two projects, not of two parts, years or sources of one."""
    a, b = (_DIGITS.sub("", fold(n)) for n in (one, other))
    if a in b or b in a:
        return False
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() < _ALIKE and matcher.find_longest_match().size < _SUBJECT


@rule("goals.cut", needs=("forms",))
def cut(case: Case) -> Iterator[Issue]:
    """A goal in a form of its own that breaks off at a comma or a bracket; in a list a page may have cut it."""
    for form in case.forms:
        goal = _goal(form) if form.kind == "project" else None
        if goal is not None and len(fold(goal.text)) >= _SHORT and _OFF.search(goal.text.strip()):
            yield issue_at("goals.cut", goal.text.strip()[-_LAST:], goal.place, form=form.name or None)


@rule("goals.doubled", needs=("forms",))
def doubled(case: Case) -> Iterator[Issue]:
    """A word that stands twice without a break in a goal or an indicator."""
    words = words_of(case)
    patterns, fine = (late("|".join(words.get(k, ())) or "$^") for k in ("doubled", "not_doubled"))
    seen: set[str] = set()
    for form in case.forms:
        for text, place in _texts(form):
            said = flat(text)
            for m in patterns.finditer(said):
                around = said[max(0, m.start() - _AROUND) : m.end() + _AROUND]
                if (
                    fine.search(said[max(0, m.start() - 1) : m.end() + 2])
                    or _shifted(m, case)
                    or around in seen
                ):
                    continue
                seen.add(around)
                yield issue_at("goals.doubled", around, place, form=form.name or None, word=m.group())


def _texts(form: GoalForm) -> Iterator[tuple[str, Place]]:
    for t in form.texts:
        if t.kind.startswith("goal."):
            yield t.text, t.place
    for i in form.indicators:
        yield i.name, i.place
        if i.value != i.name:
            yield i.value, i.place


def _shifted(found: re.Match[str], case: Case) -> bool:
    """The letters between the two are a word of their own: 应用信用信息 is 信用 once."""
    word = found.group()[: len(found.group()) // 2]
    if len(word) < 2:
        return False
    between = word[1:] + word[:1]
    said = [flat(i.name + t) for f in case.forms for i in f.indicators for t in ("", i.value)]
    said += [flat(t.text) for f in case.forms for t in f.texts]
    return any(between in s.replace(found.group(), "") for s in said)


@rule("goals.importance", needs=("forms",))
def importance(case: Case) -> Iterator[Issue]:
    """Weights of all indicators of a goals form that do not come to a hundred."""
    for form in case.forms:
        if form.kind == "evaluation" or len(form.indicators) < _FEWEST:
            continue
        weights = [_weight(i.weight) for i in form.indicators]
        if any(w is None for w in weights):
            continue
        total = sum((w for w in weights if w is not None), Decimal(0))
        several = not form.name and total >= _SEVERAL
        if total not in _TOTALS and not several:
            first, *rest = form.indicators
            others = ((i.weight, i.place) for i in rest[:MOST_NAMED])
            yield issue_at(
                "goals.importance",
                first.weight,
                first.place,
                *others,
                form=form.name or None,
                count=len(weights),
                total=total,
            )


def _weight(text: str) -> Decimal | None:
    try:
        return Decimal(fold(text).rstrip("%分"))
    except InvalidOperation:
        return None
