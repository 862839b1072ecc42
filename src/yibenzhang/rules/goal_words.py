"""Goals that only repeat their project's name, and one indicator counted in two units."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_KINDS = ("project", "list")
_ADDED = late(r"(?:20\d\d年?度?|项目|经费|资金|支出|[。;,.])+$|^20\d\d年?度?")
_TIMES = "次"
"""人 and 人次, 万人 and 万人次 count different things."""


@rule("goals.name_only", needs=("forms",))
def name_only(case: Case) -> Iterator[Issue]:
    """A goal that says no more than what the project is called."""
    for form in case.forms:
        goals = [t for t in form.texts if t.kind.startswith("goal") and fold(t.text)]
        if form.kind in _KINDS and goals and all(_bare(t.text) == _bare(form.name) for t in goals):
            yield issue_at("goals.name_only", form.name, goals[0].place)


def _bare(text: str) -> str:
    return _ADDED.sub("", fold(text))


@rule("goals.two_units", needs=("forms",))
def two_units(case: Case) -> Iterator[Issue]:
    """One indicator with one number in two forms, counted in persons here and in times there."""
    first: dict[tuple[str, str], tuple[GoalForm, Indicator, Target]] = {}
    for form in case.forms:
        for i in form.indicators:
            target = target_of(i.value)
            if target is None or not target.unit:
                continue
            key = (i.key, f"{target.number.normalize():f}")
            seen = first.setdefault(key, (form, i, target))
            other = seen[2].unit
            if seen[0] is not form and other != target.unit and _counted(other) == _counted(target.unit):
                there = (seen[1].value, seen[1].place)
                yield issue_at("goals.two_units", i.name, i.place, there, value=i.value, other=seen[1].value)


def _counted(unit: str) -> str:
    return unit.removesuffix(_TIMES)
