"""Points of self-assessments against what was reached: nothing reported, the target missed, the project not in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.digits import exact_number
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import MOST_NAMED, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("self_reached")
_UNFINISHED = {"unused": _WORDS["unused"], "undone": _WORDS["undone"]}
_FEWEST = 4
"""A form with fewer rows does not show that what was reached is reported row by row."""
_SHOWN = 60


def points(text: str) -> Decimal | None:
    return exact_number(flat(text).removesuffix("分"))


def all_points(one: Indicator) -> bool:
    weight, score = points(one.weight), points(one.score)
    return weight is not None and weight > 0 and weight == score


def _assessments(case: Case) -> Iterator[GoalForm]:
    yield from (f for f in case.forms if f.kind == "evaluation")


@rule("scores.unreported")
def unreported(case: Case) -> Iterator[Issue]:
    """Points for indicators of which nothing is said that was reached, where the other rows of the form say it."""
    for form in _assessments(case):
        blank = [i for i in form.indicators if i.unreported and (points(i.score) or 0) > 0]
        stated = [i for i in form.indicators if fold(i.actual)]
        if not blank or len(form.indicators) < _FEWEST or len(stated) <= len(blank):
            continue
        first, *others = blank
        shown = tuple(arguments(name=flat(i.name), points=i.score) for i in blank[:MOST_NAMED])
        yield issue_at(
            "scores.unreported",
            first.name,
            first.place,
            *((i.name, i.place) for i in others[:MOST_NAMED]),
            form=form.name or None,
            indicators=shown,
        )


@rule("scores.unreached")
def unreached(case: Case) -> Iterator[Issue]:
    """All points for a target that was not reached, both as numbers of one unit."""
    known = Vocabulary(words_of(case))
    for form in _assessments(case):
        for one in form.indicators:
            if all_points(one) and _missed(one, known):
                yield issue_at(
                    "scores.unreached",
                    one.name,
                    one.place,
                    form=form.name or None,
                    target=flat(one.value),
                    reached=flat(one.actual),
                    points=one.score,
                )


def _missed(one: Indicator, known: Vocabulary) -> bool:
    target, reached = target_of(one.value), target_of(_WORDS["reached"].sub("", flat(one.actual)))
    if target is None or reached is None:
        return False
    if target.unit != reached.unit or (not target.unit and reached.number <= 1 < target.number):
        return False  # 0.98 for 98 is the share
    satisfied = known.name(one).endswith(known.of("satisfied")) and reached.number + 1 < target.number
    sign = target.sign or ("≥" if satisfied else "")
    return _below(sign, target, reached) or _above(sign, target, reached)


def _below(sign: str, target: Target, reached: Target) -> bool:
    """Less than the least that is wanted; what is told as a bound is that bound."""
    if sign not in ("≥", ">") or reached.sign in ("≥", ">"):
        return False
    return reached.number < target.number or (reached.sign == "<" and reached.number <= target.number)


def _above(sign: str, target: Target, reached: Target) -> bool:
    return sign in ("≤", "<") and reached.sign not in ("≤", "<") and reached.number > target.number


# ---- projects that are not done, or not in use -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """The words by which a form says that the project is not in use, or only that it is not done."""

    words: str
    place: Place
    unused: bool


@rule("scores.unopened")
def unopened(case: Case) -> Iterator[Issue]:
    """Points for what only a project in use can have, in a form that says it is not in use or not done."""
    for form in _assessments(case):
        said = _unfinished(form, "unused") or _unfinished(form, "undone")
        if said is None:
            continue
        found = [i for i in form.indicators if _needs_use(i, said.unused) and (points(i.score) or 0) > 0]
        if found:
            first, *others = found
            shown = tuple(
                arguments(name=flat(i.name), reached=flat(i.actual), points=i.score)
                for i in found[:MOST_NAMED]
            )
            places = ((i.name, i.place) for i in others[:MOST_NAMED])
            yield issue_at(
                "scores.unopened",
                first.name,
                first.place,
                (said.words, said.place),
                *places,
                form=form.name or None,
                said=said.words,
                indicators=shown,
            )


def _unfinished(form: GoalForm, how: str) -> _Unfinished | None:
    """Said by the goal's text, or of a deviation, or as what was reached."""
    texts = [(t.text, t.place) for t in form.texts if t.kind.startswith("goal")]
    texts += [(text, i.place) for i in form.indicators for text in (i.reason, i.actual)]
    for text, place in texts:
        spoken = flat(text)
        for m in _UNFINISHED[how].finditer(spoken):
            clause = _clause(spoken, m)
            if not _WORDS["part_only"].search(clause):
                return _Unfinished(clause, place, how == "unused")
    return None


def _clause(text: str, m: re.Match[str]) -> str:
    begin = max(text.rfind(c, 0, m.start()) for c in "。;") + 1
    ends = [k for c in "。;" if (k := text.find(c, m.end())) >= 0]
    return text[begin : min(ends, default=len(text))][:_SHOWN]


def _needs_use(i: Indicator, unused: bool) -> bool:
    """Served people's satisfaction with a value, a day of opening, or what stands only when all is done."""
    name, reached = flat(i.name), flat(i.actual)
    if not reached or _WORDS["not_yet"].search(reached):
        return False
    if unused and _WORDS["served"].search(name) and _WORDS["satisfaction"].search(i.level1 + i.level2):
        return True
    if unused and _WORDS["opening"].search(name) and _WORDS["dated"].fullmatch(reached):
        return all_points(i)
    whole = flat(i.value) == reached or _WORDS["whole"].search(reached) is not None
    return bool(_WORDS["when_done"].search(name)) and whole and all_points(i)


@rule("scores.reason")
def reasons(case: Case) -> Iterator[Issue]:
    """Points were taken off because the project is not done, in a row that says the target was reached."""
    for form in _assessments(case):
        for one in form.indicators:
            target, reached = target_of(one.value), target_of(one.actual)
            weight, score = points(one.weight), points(one.score)
            if target is None or reached != target or weight is None or score is None or score >= weight:
                continue
            if m := _WORDS["not_done"].search(flat(one.reason)):
                yield issue_at(
                    "scores.reason",
                    one.name,
                    one.place,
                    form=form.name or None,
                    target=flat(one.value),
                    reached=flat(one.actual),
                    said=m.group(),
                    points=one.score,
                    weight=one.weight,
                )
