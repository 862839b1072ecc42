"""What a target counts in, against what its indicator measures: time in per cent, persons for times, a share of good
that is exactly so much, an output that may be nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.recognising.indicators import Indicator, Target, empty, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.indicator_parts import single
from yibenzhang.rules.indicator_values import Vocabulary
from yibenzhang.rules.indicators import MOST_NAMED, about, words_of
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("indicator_units")
_RISE, _FALL = ("≥", ">"), ("≤", "<")
_WHOLE, _HALF, _GROWTH = 100, 50, 30


@rule("goals.unit", "goals.direction", needs=("forms",))
def units(case: Case) -> Iterator[Issue]:
    """Units and signs that cannot belong to what the name says: each indicator once."""
    known = Vocabulary(words_of(case))
    seen: set[tuple[str, str]] = set()
    for form in case.forms:
        for i in single(form):
            target, key = target_of(i.value), (i.key, fold(i.value))
            if target is None or key in seen:
                continue
            name = known.name(i)
            former = not (
                empty(i.last) and empty(i.former)
            )  # compared with what was counted before elsewhere
            template = "" if former else _odd(name, target, known)
            if template:
                seen.add(key)
                yield about("goals.unit", form, i, template, unit=target.unit)
            elif _much_of_bad(name, target):
                seen.add(key)
                yield about("goals.direction", form, i, "all")


def _odd(name: str, target: Target, known: Vocabulary) -> str:
    """Which sentence tells that the unit is none of the indicator's; empty where it may be."""
    if target.unit == "%":
        return _odd_share(name, target)
    if target.unit and _WORDS["persons"].fullmatch(target.unit) and _WORDS["things"].search(name):
        return "things"
    satisfied = name.endswith(known.of("satisfied"))
    if known.is_rate(name) and not satisfied and _WORDS["points"].fullmatch(target.unit):
        return "count"
    nothing = not target.number and target.sign not in _RISE
    return (
        "nothing" if nothing and _WORDS["good"].search(name) and not _WORDS["not_good"].search(name) else ""
    )


def _odd_share(name: str, target: Target) -> str:
    """A share of a time, or of what is counted: a small one is its growth, all of it may be all who are due."""
    if _WORDS["limit"].search(name):
        return "" if _WORDS["not_limit"].search(name) else "limit"
    if not _WORDS["counted"].search(name) or _WORDS["compared"].search(name):
        return ""
    if target.number < _GROWTH or target.number == _WHOLE and _WORDS["all"].search(name):
        return ""
    change = _WORDS["changed"].search(name) and _WORDS["changed_counted"].search(name)
    return "" if change else "share"


def _much_of_bad(name: str, target: Target) -> bool:
    """Half or more of what ought not to be."""
    share = target.unit == "%" and target.number >= _HALF and target.sign not in _FALL
    return share and bool(_WORDS["bad"].search(name)) and not _WORDS["not_bad"].search(name)


@rule("goals.exact", needs=("forms",), stages=("budget",))
def exact(case: Case) -> Iterator[Issue]:
    """Rates that are to be exactly so much, where more is better: "=90%"; less than half is a share that was
    planned."""
    known = Vocabulary(words_of(case))

    def is_exact(i: Indicator, target: Target) -> bool:
        name = known.name(i)
        less = target.sign == "=" and target.unit == "%" and _HALF <= target.number < _WHOLE
        listed = name.endswith(known.of("more")) and not any(w in name for w in known.of("not_more"))
        other = listed or bool(_WORDS["more"].search(name))
        return less and other and not _WORDS["not_more"].search(name)

    yield from _together(case, "goals.exact", is_exact)


@rule("goals.limit", needs=("forms",), stages=("budget",))
def limits(case: Case) -> Iterator[Issue]:
    """Work to be done that has a most and no least: to do nothing would be within it."""
    known = Vocabulary(words_of(case))

    def is_limit(i: Indicator, target: Target) -> bool:
        name = known.name(i)
        work = known.under(i, "quantity") and _WORDS["outputs"].search(name)
        return target.sign in _FALL and bool(work) and not _WORDS["not_outputs"].search(name)

    yield from _together(case, "goals.limit", is_limit)


@rule("goals.times", needs=("forms",))
def times(case: Case) -> Iterator[Issue]:
    """Persons for times: "培训人次" of 300 persons."""
    known = Vocabulary(words_of(case))

    def is_persons(i: Indicator, target: Target) -> bool:
        alone = empty(i.last) and empty(i.former)
        persons = _WORDS["one_by_one"].fullmatch(target.unit)
        return alone and bool(persons) and bool(_WORDS["times"].search(known.name(i)))

    yield from _together(case, "goals.times", is_persons)


@rule("goals.unit_word", needs=("forms",))
def unit_words(case: Case) -> Iterator[Issue]:
    """Units that are words for counting, or for none: "86 个数", "1080 其他"."""
    yield from _together(
        case, "goals.unit_word", lambda _, target: bool(_WORDS["nouns"].fullmatch(target.unit))
    )


def _together(case: Case, rule_id: str, wanted: Callable[[Indicator, Target], bool]) -> Iterator[Issue]:
    """All such indicators of a document in one issue."""
    found: dict[tuple[str, str], Indicator] = {}
    for form in case.forms:
        for i in single(form):
            target = target_of(i.value)
            if target is not None and wanted(i, target):
                found.setdefault((i.key, fold(i.value)), i)
    if found:
        first, *others = found.values()
        shown = tuple(arguments(name=i.name, value=i.value) for i in (first, *others)[:MOST_NAMED])
        count = len(found) if len(found) > MOST_NAMED else None
        places = ((i.name, i.place) for i in others[: MOST_NAMED - 1])
        yield issue_at(rule_id, first.name, first.place, *places, indicators=shown, count=count)
