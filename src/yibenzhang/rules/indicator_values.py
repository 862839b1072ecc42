"""What an indicator's target says: units printed twice or not at all, rates that are counts, signs against the meaning.

The words are data (standards/forms.toml [word]).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from yibenzhang.model.amounts import narrow
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, Target, empty, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import single
from yibenzhang.rules.indicators import MOST_NAMED, about, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_WHOLE = 100
_RISE, _FALL = ("≥", ">"), ("≤", "<")
_MOST = 30
"""A value with more characters is a sentence."""
_STATED = late(r"[(（]([^()（）]{1,6})[)）][.。]?$")
_LEVEL = "level_"
_SHARE = 3
"""Of the targets of a document that are numbers all but one in so many have a unit, else it prints none."""


@dataclass(frozen=True)
class Vocabulary:
    """The words that indicators are judged by."""

    words: dict[str, tuple[str, ...]]

    def of(self, kind: str) -> tuple[str, ...]:
        return self.words.get(kind, ())

    @cached_property
    def twice(self) -> re.Pattern[str]:
        units = "|".join(sorted(map(re.escape, self.of("single_units")), key=len, reverse=True))
        return late(rf"\d(?P<unit>{units})(?P=unit)$|\d万万元$")

    @cached_property
    def signs(self) -> re.Pattern[str]:
        return late("|".join(self.of("broken_sign")) or "$^")

    @cached_property
    def unitless(self) -> re.Pattern[str]:
        return late("|".join(self.of("without_unit")) or "$^")

    def name(self, indicator: Indicator, brackets: bool = False) -> str:
        """The name without its number and stray marks; what stands in brackets at its end stays where asked for."""
        known = self._names.get((indicator.name, brackets))
        if known is None:
            known = indicator.key
            for dress, bracket in self._dress:
                known = known if brackets and bracket else dress.sub("", known)
            self._names[indicator.name, brackets] = known
        return known

    @cached_property
    def _dress(self) -> list[tuple[re.Pattern[str], bool]]:
        return [(late(d), "(" in d[:3]) for d in self.of("dress")]

    @cached_property
    def _names(self) -> dict[tuple[str, bool], str]:
        return {}

    @cached_property
    def _kinds(self) -> dict[str, frozenset[str]]:
        return {}

    def kinds(self, level2: str) -> frozenset[str]:
        """Which levels of the second order its name names; the names of a document are few."""
        if level2 not in self._kinds:
            level, named = fold(level2), (k for k in self.words if k.startswith(_LEVEL))
            self._kinds[level2] = frozenset(
                k.removeprefix(_LEVEL) for k in named if any(w in level for w in self.of(k))
            )
        return self._kinds[level2]

    def under(self, indicator: Indicator, *kinds: str) -> bool:
        """It stands under one of these levels of the second order."""
        return not self.kinds(indicator.level2).isdisjoint(kinds)

    def unit(self, indicator: Indicator, target: Target | None) -> str:
        """The unit of the target, which may stand in brackets at the end of the name; empty where none is printed."""
        if target is not None and target.unit:
            return target.unit
        stated = _STATED.search(indicator.key)
        return stated.group(1) if stated and target is not None else ""

    @cached_property
    def unbounded(self) -> re.Pattern[str]:
        return late("|".join(self.of("unbounded")) or "$^")

    def joined(self, name: str) -> bool:
        """It names several things: 机构和人员, but not 参与人员."""
        plain = re.sub("|".join(self.of("not_joins")) or "$^", "", name)
        return any(w in plain for w in self.of("joins"))

    def is_rate(self, name: str) -> bool:
        """A rate or a satisfaction by its name."""
        return name.endswith((*self.of("satisfied"), "率")) and not name.endswith(self.of("no_rate"))


@rule("goals.unit", "goals.direction", needs=("forms",))
def odd_values(case: Case) -> Iterator[Issue]:
    """Targets that cannot be meant: each once, for overall forms and lists repeat those of the projects."""
    known = Vocabulary(words_of(case))
    seen: set[tuple[str, str, str]] = set()
    for form in case.forms:
        for i in form.indicators:
            found = _odd(form, i, known)
            if found is not None and (key := (found.rule, i.key, fold(i.value))) not in seen:
                seen.add(key)
                yield found


def _odd(form: GoalForm, i: Indicator, known: Vocabulary) -> Issue | None:
    value = fold(i.value)
    if len(value) > _MOST:
        return None
    if (m := known.twice.search(value)) is not None:
        return about("goals.unit", form, i, "twice", unit=m.group("unit") or m.group()[1:2])
    if known.signs.search("".join(narrow(i.value).split())):
        return about("goals.unit", form, i, "sign")
    target = target_of(i.value)
    return None if target is None else _odd_unit(form, i, known, target)


def _odd_unit(form: GoalForm, i: Indicator, known: Vocabulary, target: Target) -> Issue | None:
    """A unit that is none of what the name says: counts for a rate, a rate above all of it, other than people."""
    name = known.name(i)
    if known.is_rate(name) and target.unit in known.of("not_a_rate"):
        return about("goals.unit", form, i, "count", unit=target.unit)
    bounded = any(name.endswith(w) for w in known.of("bounded"))
    if bounded and target.unit == "%" and target.sign == ">" and target.number == _WHOLE:
        return about("goals.unit", form, i, "bounded")
    if found := _against(form, i, known, target):
        return found
    people = name.endswith(known.of("people")) and not known.joined(name)
    if people and target.unit in known.of("not_people"):
        return about("goals.unit", form, i, "people", unit=target.unit)
    return None


def _against(form: GoalForm, i: Indicator, known: Vocabulary, target: Target) -> Issue | None:
    """A sign that asks for little of what is good, or for much of what is bad."""
    name, cost = known.name(i), any(w in i.level1 + i.level2 for w in known.of("cost"))
    good = name.endswith(known.of("more")) and not any(w in name for w in known.of("not_more"))
    if target.sign in _FALL and not cost and good:
        return about("goals.direction", form, i, "down")
    money = "元" in target.unit
    less = name.endswith(known.of("less")) and (not cost or money)
    if (
        target.sign in _RISE
        and less
        and target.number
        and not (target.unit == "%" and not name.endswith("率"))
    ):
        return about("goals.direction", form, i, "up")
    return None


@rule("goals.bound", needs=("forms",))
def bounds(case: Case) -> Iterator[Issue]:
    """Rates that are to be a hundred in a hundred or more, rates and counts that are to be nothing or less: the bound
    is the only value, so the sign is wrong. All of a document in one issue."""
    known = Vocabulary(words_of(case))
    found: dict[str, dict[tuple[str, str], Indicator]] = {"": {}, "low": {}}
    for form in case.forms if case.stage != "accounts" else ():
        for i in single(form):
            if (kind := _at_bound(i, known)) is not None:
                found[kind].setdefault((i.key, fold(i.value)), i)
    for kind, indicators in found.items():
        if indicators:
            first, *others = indicators.values()
            shown = tuple(arguments(name=i.name, value=i.value) for i in (first, *others)[:MOST_NAMED])
            count = len(indicators) if len(indicators) > MOST_NAMED else None
            places = ((i.name, i.place) for i in others[: MOST_NAMED - 1])
            yield issue_at(
                "goals.bound", first.name, first.place, *places, template=kind, indicators=shown, count=count
            )


def _at_bound(i: Indicator, known: Vocabulary) -> str | None:
    """ "" where a hundred is the least, "low" where nothing is the most; None for what may be more, or less."""
    target = target_of(i.value)
    if target is None or known.unbounded.search(i.key):
        return None
    name, unit = known.name(i), known.unit(i, target)
    rate = unit == "%" and (known.is_rate(name) or name.endswith(known.of("bounded_ends")))
    if rate and target.number == _WHOLE and target.sign == "≥":
        return ""
    counted = unit in known.of("counted") or rate
    return "low" if counted and not target.number and target.sign in _FALL else None


@rule("goals.unit", needs=("forms",))
def without_unit(case: Case) -> Iterator[Issue]:
    """Targets that are bare numbers though their names do not say of what, where the document prints units."""
    known = Vocabulary(words_of(case))
    numbers = [(f, i, t) for f in case.forms for i in f.indicators if (t := target_of(i.value)) and t.number]
    bare = _bare_numbers(case, numbers, known) | _odd_ones_out(case, known)
    if bare and _SHARE * len(bare) <= len(numbers):
        (_, first), *others = bare.values()
        shown = tuple(arguments(name=i.name, value=i.value) for _, i in list(bare.values())[:MOST_NAMED])
        count = len(bare) if len(bare) > MOST_NAMED else None
        places = ((i.name, i.place) for _, i in others[: MOST_NAMED - 1])
        yield issue_at(
            "goals.unit", first.name, first.place, *places, template="none", indicators=shown, count=count
        )


def _bare_numbers(
    case: Case, numbers: Iterable[tuple[GoalForm, Indicator, Target]], known: Vocabulary
) -> dict[tuple[str, str], tuple[GoalForm, Indicator]]:
    """Targets without a unit, on pages of which all was read."""
    bare: dict[tuple[str, str], tuple[GoalForm, Indicator]] = {}
    doubtful = {n.place.page for n in case.document.notices if n.place is not None} - {None}
    for form, i, target in numbers:
        if i.place.page in doubtful or target.unit or _dated(i, target):
            continue
        if not known.unitless.search(i.key):
            bare.setdefault((i.key, fold(i.value)), (form, i))
    return bare


def _odd_ones_out(case: Case, known: Vocabulary) -> dict[tuple[str, str], tuple[GoalForm, Indicator]]:
    """A bare number of a name that says its unit, where all others of such names print one."""
    says = late("|".join(known.of("says_unit")) or "$^")
    printed: set[str] = set()
    bare: dict[tuple[str, str], tuple[GoalForm, Indicator]] = {}
    for form in case.forms:
        for i in form.indicators:
            target = target_of(i.value)
            if target is None or not target.number or not says.search(i.key) or _dated(i, target):
                continue
            if target.unit:
                printed.add(i.key)
            else:
                bare[i.key, fold(i.value)] = (form, i)
    return bare if len(bare) == 1 and len(printed) > 1 else {}


def _dated(i: Indicator, target: Target) -> bool:
    """A date, or a target that former years print without a unit too."""
    year = 1900 < target.number < 2100
    return year or not empty(i.last) or not empty(i.former)
