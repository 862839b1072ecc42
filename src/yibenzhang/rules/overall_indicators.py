"""The overall form against the forms of the projects: one thing counted in both, whose names differ in dress alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import single
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_BRACKETS = late(r"[(（][^()（）]*[)）]")
_SHORT = 4
"""What is counted has so many letters at least, without the word for counting."""
_LONGER = 4
_ENDING = 5
"""One name may have a word more in front ("登记办理群众来信" for "办理群众来信"), where so many letters are the
same."""
_Counted: TypeAlias = tuple[GoalForm, Indicator, Target]
_RISE, _FALL = (">", "≥"), ("<", "≤")


@rule("goals.value", "goals.measure", needs=("forms",))
def values(case: Case) -> Iterator[Issue]:
    """A target of the overall form that is another than that of the one project which counts the same thing, or is
    counted in another unit."""
    known = Vocabulary(words_of(case))
    projects: dict[str, list[_Counted]] = defaultdict(list)
    for form in case.forms:
        for core, i, target in _counted(form, known) if form.kind in ("project", "list") else ():
            projects[core].append((form, i, target))
    ending: dict[str, list[str]] = defaultdict(list)
    for core in projects:
        ending[core[-_ENDING:]].append(core)
    for overall in case.forms:
        for core, i, target in _counted(overall, known) if overall.kind == "overall" else ():
            same = projects.get(core) or _ending(core, ending, projects)
            if (
                len(same) == 1 and same[0][1].period == i.period
            ):  # else it may sum up what several projects do
                yield from _compared(known, i, target, same[0])


def _compared(known: Vocabulary, i: Indicator, target: Target, counted: _Counted) -> Iterator[Issue]:
    """The target of the overall form against that of the project."""
    form, other, aim = counted
    if found := _differ(known, (i, target), (other, aim), form.kind):
        shown = arguments(name=i.name, value=i.value, form=form.name, called=other.name, other=other.value)
        yield issue_at(
            found,
            other.name,
            other.place,
            (i.name, i.place),
            template="renamed" if found == "goals.value" else "",
            period=i.period or None,
            **dict(shown),
        )


def _counted(form: GoalForm, known: Vocabulary) -> Iterator[tuple[str, Indicator, Target]]:
    """What a form counts: the thing, without brackets and the word for counting."""
    counting = known.of("counting")
    for i in single(form):
        target = target_of(i.value)
        if target is None or not known.under(i, "quantity") or target.unit == "%":
            continue
        core = _BRACKETS.sub("", fold(known.name(i)))
        ending = next((w for w in counting if core.endswith(w)), "")
        core = core[: len(core) - len(ending)] if ending else core
        if ending and len(core) >= _SHORT:
            yield core, i, target


def _ending(
    core: str, ending: Mapping[str, Sequence[str]], projects: Mapping[str, list[_Counted]]
) -> list[_Counted]:
    """The one thing whose name ends with the other's, with a word more in front."""
    if len(core) < _ENDING:
        return []
    near = ending.get(core[-_ENDING:], ())
    found = [x for x in near if x != core and x.endswith(core) and len(x) - len(core) <= _LONGER]
    return projects[found[0]] if len(found) == 1 else []


def _differ(
    known: Vocabulary, one: tuple[Indicator, Target], other: tuple[Indicator, Target], kind: str
) -> str:
    """Two numbers of one unit (goals.value), or two units of one thing (goals.measure); "" where there is neither.

    A number per year is the number of the year; indicators of one name in forms of their own are
    compared elsewhere.
    """
    (i, a), (j, b) = one, other
    units = {known.unit(*x).split("/")[0] for x in (one, other)} - {""}
    same = len(units) < len((one, other)) or bool(units & set(known.of("any_unit"))) and a.number != b.number
    if not same:
        return "goals.measure" if units <= set(known.of("counted")) else ""
    ways = {a.sign, b.sign}
    opposite = ways & set(_RISE) and ways & set(_FALL)
    compared = i.key == j.key and kind == "project"
    return "goals.value" if not compared and a.number != b.number and not opposite else ""
