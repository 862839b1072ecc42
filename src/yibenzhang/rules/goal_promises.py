"""What the words of a goal promise: counts that no indicator has, dates after the year, nothing but a description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from yibenzhang.model.issues import Arguments, Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.numbering import ordinal
from yibenzhang.recognising.forms import GoalForm, GoalText
from yibenzhang.recognising.indicators import Indicator, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_texts import YEARS
from yibenzhang.rules.indicator_parts import single
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import MOST_NAMED, about, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_FEWEST = 4
"""A form with fewer indicators is not drawn up to measure every promise."""
_LIST = late(r"\{([a-z]\w+)\}")
_MOST_SUMMED = 12
_NUMBERS = late(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.%])")
_NEAR = Decimal("0.05")
"""A number that is about a target is that target, rounded."""
_SHOWN = 40
_WHOLE = 100
_MANY = 10_000


def _year_goal(form: GoalForm) -> GoalText | None:
    return form.text("goal.year") if form.kind in ("project", "list") else None


def _pattern(lists: Mapping[str, Sequence[str]], name: str) -> re.Pattern[str]:
    """A pattern of the standards; {words} in it stands for the list of that name, the longest first."""
    return late(
        _LIST.sub(lambda m: "|".join(sorted(lists[m.group(1)], key=len, reverse=True)), "|".join(lists[name]))
    )


@rule("goals.uncounted", needs=("forms",), stages=("budget",))
def uncounted(case: Case) -> Iterator[Issue]:
    """Numbers of things to be done that stand in the words of a goal and in no indicator of its form."""
    known, lists = Vocabulary(words_of(case)), case.standards.lists
    promise, past = _pattern(lists, "goal_promise"), _pattern(lists, "goal_no_promise")
    told: set[str] = set()
    for form in case.forms:
        goal, indicators = _year_goal(form), list(single(form))
        counted = [i for i in indicators if known.under(i, "quantity")]
        if goal is None or len(indicators) < _FEWEST or not counted:
            continue
        text = fold(goal.text)
        if text in told:
            continue
        told.add(text)
        made = [m for m in promise.finditer(text) if not past.search(text[: m.end("lead")])]
        if not made:
            continue
        measured = _Measured.of(indicators, [m.group("number") for m in made], lists["myriad"][0])
        found = [m for m in made if not measured.has(m.group("number"))]
        if found:
            yield _uncounted(form, goal, found, counted)


@dataclass(frozen=True)
class _Measured:
    """The numbers that the indicators of a form have, and what they come to together."""

    printed: frozenset[str]
    targets: tuple[Decimal, ...]
    sums: frozenset[Decimal]
    parted: bool
    """All that is promised comes to one target: the words give its parts."""

    @classmethod
    def of(cls, indicators: Sequence[Indicator], promised: Sequence[str], myriad: str) -> _Measured:
        printed = {n for i in indicators for n in _NUMBERS.findall(fold(i.name + i.value))}
        printed |= {
            str(n) for i in indicators for c in i.name + i.value if not c.isascii() and (n := ordinal(c))
        }
        aims = [t for i in indicators if (t := target_of(i.value)) is not None and t.unit != "%"]
        targets = tuple(t.number * (_MANY if t.unit.startswith(myriad) else 1) for t in aims)
        some = targets[:_MOST_SUMMED]
        sums = {sum(c, Decimal(0)) for n in (2, 3) for c in combinations(some, n)} | {
            sum(targets, Decimal(0))
        }
        whole = sum((Decimal(n) for n in promised), Decimal(0))
        return cls(frozenset(printed), targets, frozenset(sums), len(promised) > 1 and whole in targets)

    def has(self, number: str) -> bool:
        """An indicator has the number, or it is a sum of targets, a part of one, or one of them rounded."""
        value = Decimal(number)
        near = value >= _WHOLE and any(abs(t - value) <= _NEAR * value for t in self.targets)
        return self.parted or number in self.printed or value in self.targets or value in self.sums or near


def _uncounted(
    form: GoalForm, goal: GoalText, found: Sequence[re.Match[str]], counted: Sequence[Indicator]
) -> Issue:
    shown: tuple[Arguments, ...] = tuple(
        arguments(words=f"{m.group('number')}{m.group('unit')}{m.group('thing')}") for m in found[:MOST_NAMED]
    )
    near = [i for i in counted if any(_about(i, m) for m in found)]
    beside = arguments(name=near[0].name, value=near[0].value) if len(near) == 1 else ()
    places = ((i.name, i.place) for i in near[:1])
    return issue_at(
        "goals.uncounted",
        found[0].group()[:_SHOWN],
        goal.place,
        *places,
        form=form.name or None,
        promises=shown,
        beside=(beside,) if beside else None,
    )


def _about(i: Indicator, found: re.Match[str]) -> bool:
    """The indicator counts what the words speak of, by the first letters of both."""
    return len(i.key) >= 2 and found.group("thing").startswith(i.key[:2])


@rule("goals.later", needs=("forms", "year"), stages=("budget",))
def later(case: Case) -> Iterator[Issue]:
    """A day by which the goal of the year is to be reached that lies after the year, unless the project goes on."""
    year, by = case.year or 0, _pattern(case.standards.lists, "goal_by")
    closing = late("|".join(case.standards.lists["goal_past"]))
    for form in case.forms:
        goal = _year_goal(form)
        if goal is None or _goes_on(form, year):
            continue
        text = "".join(goal.text.split())
        found = next((m for m in by.finditer(text) if int(m.group(1)) > year), None)
        if (
            goal is not None
            and found is not None
            and not closing.search(text[found.start() : _end(text, found)])
        ):
            words = text[found.start() : found.start() + _SHOWN]
            yield issue_at("goals.later", words, goal.place, form=form.name or None, year=year)


@rule("goals.later", needs=("forms", "year"), stages=("budget",))
def later_targets(case: Case) -> Iterator[Issue]:
    """A target of the year dated after it."""
    year = case.year or 0
    for form in case.forms:
        if form.kind not in ("project", "list") or _goes_on(form, year):
            continue
        for i in form.indicators:
            dates = [int(y) for y in YEARS.findall(fold(i.value))]
            if dates and min(dates) > year and i.period != "long" and not YEARS.search(i.key):
                yield about("goals.later", form, i, "indicator", year=year)


def _end(text: str, found: re.Match[str]) -> int:
    """Where the sentence ends that it stands in."""
    return min((k for mark in "。；;" if (k := text.find(mark, found.end())) >= 0), default=len(text))


def _goes_on(form: GoalForm, year: int) -> bool:
    """Its period, its end or its name reaches into later years, or it has goals of the long run beside."""
    said = " ".join([form.name, *(t.text for t in form.texts if t.kind in ("period", "end", "goal.long"))])
    return any(int(y) > year for y in re.findall(r"20[0-4]\d", said)) or form.text("goal.long") is not None


@rule("goals.described", needs=("forms",), stages=("budget",))
def described(case: Case) -> Iterator[Issue]:
    """A goal that lists what the project consists of and names nothing to be reached."""
    lists = case.standards.lists
    opening = _pattern(lists, "goal_opening")
    aims = late("|".join(lists["goal_aims"]))
    for form in case.forms:
        goal = _year_goal(form)
        text = "".join(goal.text.split()) if goal is not None else ""
        if goal is not None and opening.search(text) and not aims.search(text):
            yield issue_at("goals.described", text[:_SHOWN], goal.place, form=form.name or None)


@rule("goals.session", needs=("forms",), stages=("budget",))
def sessions(case: Case) -> Iterator[Issue]:
    """A goal that is to carry out what one plenum decided, beside a later plenum elsewhere in the disclosure."""
    session, order = late(case.standards.lists["sessions"][0]), case.standards.lists["session_order"]

    def ranks(text: str) -> list[tuple[tuple[int, int], str]]:
        return [
            ((order.index(m.group("congress")), order.index(m.group("plenum"))), m.group())
            for m in session.finditer(text)
        ]

    goals = [
        (form, t, "".join(t.text.split())) for form in case.forms for t in form.texts if t.kind == "goal.year"
    ]
    told = [
        (rank, words, place)
        for text, place in (
            *((p.text, p.place(0)) for p in case.passages),
            *((s, t.place) for _, t, s in goals),
        )
        for rank, words in ranks(text)
    ]
    if not told:
        return
    last, name, where = max(told, key=lambda x: x[0])
    for form, goal, text in goals:
        named = ranks(text)
        if named and max(named)[0] < last:
            words = max(named)[1]
            yield issue_at(
                "goals.session", words, goal.place, (name, where), form=form.name or None, later=name
            )
