"""Indicators of goals: targets below what was reached, values that are none, one indicator under two names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import SequenceMatcher

from yibenzhang.model.issues import Arguments, Issue, Value, arguments, issue_at
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.indicators import Indicator, Target, empty, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("indicators")
_RATE = _WORDS["rate"]
_WORD_VALUE = _WORDS["word_value"]
_VERB = _WORDS["verb"]
_DIGIT = _WORDS["digit"]
_DUE = _WORDS["due"]
_BARE = _WORDS["bare"]
MOST_NAMED = 6
MOST_PAIRS = 200_000
"""More pairs of indicators than this are not compared across forms."""
LOW = 60
"""A goal to satisfy fewer than so many in a hundred is no goal."""


Words = dict[str, tuple[str, ...]]


def words_of(case: Case) -> Words:
    return {k: tuple(v) for k, v in case.standards.forms.get("word", {}).items()}


@rule("goals.low", "goals.unit", "goals.weaker", needs=("forms",))
def values(case: Case) -> Iterator[Issue]:
    """A target that makes no sense, or asks for less than was reached: once, for the overall form repeats it."""
    words = words_of(case)
    seen: set[tuple[str, str, str]] = set()
    for form in case.forms:
        for indicator in form.indicators:
            if (found := _doubtful(form, indicator, words)) is not None:
                key = (found.rule, indicator.key, fold(indicator.value))
                if key not in seen:
                    seen.add(key)
                    yield found


@rule("goals.no_value", needs=("forms",))
def no_values(case: Case) -> Iterator[Issue]:
    """Indicators with words alone where a number is due, form by form."""
    words = words_of(case)
    for form in case.forms:
        found: dict[str, Indicator] = {}
        for indicator in form.indicators if form.kind != "evaluation" else ():
            graded = fold(indicator.value) in words.get("grades", ())  # a band of what is judged by words
            if not graded and _doubtful(form, indicator, words) is None and _wordless(indicator):
                found.setdefault(indicator.key, indicator)
        if found:
            yield _no_value(form, list(found.values()))


@rule("goals.renamed", "goals.value", needs=("forms",))
def across(case: Case) -> Iterator[Issue]:
    """One indicator under two names or with two values, inside a form and across forms."""
    for form in case.forms:
        yield from _long_and_annual(form)
    overall = sum(len(f.indicators) for f in case.forms if f.kind == "overall")
    if overall * sum(len(f.indicators) for f in case.forms) <= MOST_PAIRS:
        yield from _across(case.forms, words_of(case))


def _doubtful(form: GoalForm, indicator: Indicator, words: Words) -> Issue | None:
    return _odd(form, indicator, words) or _weaker(form, indicator, words)


def about(rule: str, form: GoalForm, i: Indicator, template: str = "", **values: Value | None) -> Issue:
    """An issue about one indicator; its sentence begins with the form, which the overall one and named ones have."""
    overall = "overall" if form.kind == "overall" else None
    name = form.name if form.name and not overall else None
    return issue_at(
        rule, i.name, i.place, template=template, overall=overall, form=name, value=i.value, **values
    )


@rule("goals.foreign", needs=("forms",))
def foreign(case: Case) -> Iterator[Issue]:
    """The yearly name of an indicator puts words for others of its long-term name that stand nowhere else at all."""
    names = {i.place.key for f in case.forms for i in f.indicators}
    said = ""
    for form in case.forms if any(f.kind == "project" for f in case.forms) else ():
        for a, b in _renamed(_by_period(form, "long"), _by_period(form, "annual")):
            if not said:
                cells = (c for t in case.tables for c in t.table.table.cells if c.place.key not in names)
                said = fold("\n".join((*(p.text for p in case.passages), *(c.text for c in cells))))
            word = _put(a.key, b.key)
            if len(word) >= _WORD and word not in said:
                yield issue_at(
                    "goals.foreign",
                    b.name,
                    b.place,
                    (a.name, a.place),
                    form=form.name,
                    first=a.name,
                    word=word,
                )


_WORD = 2


def _put(a: str, b: str) -> str:
    """What the second name has in the place of something of the first."""
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return next((b[j1:j2] for tag, _, _, j1, j2 in codes if tag == "replace"), "")


# ---- one indicator ---------------------------------------------------------------------------------


def _odd(form: GoalForm, i: Indicator, words: Words) -> Issue | None:
    """A unit or comparison that makes no sense."""
    target = target_of(i.value)
    if target is None:
        return None
    name, unit = i.key, target.unit
    before = [t for t in (target_of(i.last), target_of(i.former)) if t is not None]
    for tech in words.get("technical", ()):
        if unit.startswith(tech) and unit[len(tech) :] in words.get("counted", ()):
            last = i.last if before and not empty(i.last) else None
            return about("goals.unit", form, i, "two", first=tech, second=unit[len(tech) :], last=last)
    if "满意" in name and unit == "度":
        return about("goals.unit", form, i, "degree")
    return _odd_rate(form, i, target, before, words) if unit == "%" else None


def _odd_rate(
    form: GoalForm, i: Indicator, target: Target, before: Sequence[Target], words: Words
) -> Issue | None:
    """A percentage that is too low, too high, or stands for what was counted before."""
    name = i.key
    satisfied = "满意" in name and "不满意" not in name and target.sign not in ("≤", "<")
    if satisfied and 1 < target.number < LOW:
        return about("goals.low", form, i, least=LOW)
    if target.number > 100 and any(w in name for w in words.get("bounded", ())):
        return about("goals.unit", form, i, "bounded")
    fewer = any(w in name for w in words.get("fewer", ()))
    if before and not _RATE.search(name) and all(_is_count(t, fewer, words) for t in before):
        return about("goals.unit", form, i, "rate", before=_before(i))
    return None


def _is_count(t: Target, fewer: bool, words: Words) -> bool:
    """A whole number of things; without a unit where the indicator asks for ``fewer`` of them."""
    counted = t.unit in words.get("counted", ()) or (fewer and not t.unit)
    return counted and t.number == t.number.to_integral()


def _weaker(form: GoalForm, i: Indicator, words: Words) -> Issue | None:
    """The target asks for less than both years before have reached (or set themselves)."""
    target, before = target_of(i.value), _years_before(i)
    if target is None or not before or _other_units(target, before):
        return None
    if _is_spending(i, target, words) or (target.unit.startswith("年") and target.number > 1900):
        return None  # less is better, or it is a date
    way = _direction(target, before, i.key, words)
    if way < 0 and any("元" in t.unit for t in (target, *before)):
        return None  # a limit to what is spent
    if way == 0 or not all(_less(target, t, way) for t in before) or _near_floor(target, before, way):
        return None
    return about("goals.weaker", form, i, "below" if way > 0 else "above", before=_before(i))


def _other_units(target: Target, before: Sequence[Target]) -> bool:
    return any(t.unit and target.unit and t.unit != target.unit for t in before)


def _near_floor(target: Target, before: Sequence[Target], way: int) -> bool:
    """A floor a little under what was reached is no step back."""
    reached = way > 0 and target.unit == "%" and not any(t.sign for t in before)
    return reached and all(t.number - target.number <= 5 for t in before)


def _years_before(i: Indicator) -> list[Target]:
    """What the years before reached; nothing where one of them says something that is no number, or last year
    nothing."""
    found = [(v, target_of(v)) for v in (i.former, i.last)]
    if found[1][1] is None or any(t is None and not empty(v) for v, t in found):
        return []
    return [t for _, t in found if t is not None]


def _is_spending(i: Indicator, target: Target, words: Words) -> bool:
    """An indicator of cost: the less the better."""
    if "成本" in i.level1 or any(w in i.key for w in words.get("spending", ())):
        return True
    return "元" in target.unit and "成本" in i.level2


def _before(i: Indicator) -> tuple[Arguments, ...]:
    """The values of the two years before, where they have any."""
    years = (("before_last", i.former), ("last", i.last))
    return tuple(arguments(year=year, reached=value) for year, value in years if not empty(value))


def _direction(target: Target, before: list[Target], name: str, words: Words) -> int:
    """1 where more is better, -1 where less is; 0 where it cannot be said."""
    signs = {t.sign for t in (target, *before) if t.sign and t.sign != "="}
    up, down = signs & {"≥", ">"}, signs & {"≤", "<"}
    if up and down:
        return 0
    fewer = any(w in name for w in words.get("fewer", ())) and not re.search(
        r"(?:解决|处理|办结|排除|修复|恢复)率?$", name
    )
    if up:
        return 0 if fewer else 1
    if down:
        return -1
    return 0


def _less(target: Target, before: Target, way: int) -> bool:
    return (before.number - target.number) * way > 0


def _wordless(i: Indicator) -> bool:
    """Only words stand where a number is due: the indicator's own name, the name of a rate."""
    value, name = fold(i.value), i.key
    if not value or re.search(r"\d", value):
        return False
    if _BARE.fullmatch(value):
        return True
    if len(name) >= 4 and value == name and not re.match(r"(?:通过|完成|无|不发生|零)", value):
        return True
    if _WORD_VALUE.fullmatch(value) and not _VERB.match(value) and not _DIGIT.search(value):
        return True
    if re.search(r"(?:频率|效率|功率)$", name):
        return False
    return (
        bool(_DUE.search(name))
        and not _DIGIT.search(value)
        and value not in ("无", "达标", "合格", "完成", "是")
    )


def _no_value(form: GoalForm, found: list[Indicator]) -> Issue:
    shown = tuple(arguments(name=i.name, value=i.value) for i in found[:MOST_NAMED])
    count = len(found) if len(found) > MOST_NAMED else None
    others = ((i.value, i.place) for i in found[1:MOST_NAMED])
    first = found[0]
    return issue_at(
        "goals.no_value", first.value, first.place, *others, form=form.name, indicators=shown, count=count
    )


# ---- across lists ----------------------------------------------------------------------------------


def _by_period(form: GoalForm, period: str) -> dict[str, Indicator]:
    """Indicators of that period by name, those that stand once."""
    found = [i for i in form.indicators if i.period == period]
    count = Counter(i.key for i in found)
    return {i.key: i for i in found if count[i.key] == 1}


def _long_and_annual(form: GoalForm) -> Iterator[Issue]:
    if form.kind == "project":
        for a, b in _renamed(_by_period(form, "long"), _by_period(form, "annual")):
            yield issue_at(
                "goals.renamed",
                b.name,
                b.place,
                template="periods",
                form=form.name,
                first=a.name,
                value=b.value,
            )


def _across(forms: tuple[GoalForm, ...], words: Words) -> Iterator[Issue]:
    """The overall form against the forms of the projects: one indicator with two values or two names."""
    projects = [f for f in forms if f.kind == "project"]
    for overall in (f for f in forms if f.kind == "overall"):
        for period in ("annual", "long"):
            own = _by_period(overall, period)
            every = Counter(k for f in projects for k in {i.key for i in f.indicators if i.period == period})
            for form in projects:
                others = _by_period(form, period)
                for key in own.keys() & others.keys():
                    a, b = own[key], others[key]
                    if every[key] == 1 and key not in words.get("generic", ()) and _differ(a, b):
                        yield issue_at(
                            "goals.value",
                            b.name,
                            b.place,
                            period=period,
                            name=a.name,
                            value=a.value,
                            form=form.name,
                            other=b.value,
                        )
                for a, b in _renamed(own, others) if period == "annual" else ():
                    yield issue_at(
                        "goals.renamed", b.name, b.place, form=form.name, first=a.name, value=b.value
                    )


def _differ(a: Indicator, b: Indicator) -> bool:
    x, y = target_of(a.value), target_of(b.value)
    if x is None or y is None or (x.unit and y.unit and x.unit != y.unit):
        return False
    return x.number != y.number or bool({x.sign, y.sign} & {"≥", ">"} and {x.sign, y.sign} & {"≤", "<"})


def _renamed(
    own: dict[str, Indicator], others: dict[str, Indicator]
) -> Iterator[tuple[Indicator, Indicator]]:
    """Names a word or two apart, each without a namesake on the other side, with the same value."""
    left = [i for k, i in own.items() if k not in others]
    right = [i for k, i in others.items() if k not in own]
    if len(left) * len(right) > 40000:
        return
    for b in right:
        for a in left:
            if a.key in b.key or b.key in a.key or _value(a) != _value(b) or min(len(a.key), len(b.key)) < 6:
                continue
            if _reworded(a.key, b.key):
                yield a, b
                break


def _value(i: Indicator) -> tuple[str, Decimal, str] | str:
    target = target_of(i.value)
    return (target.sign.replace("=", ""), target.number, target.unit) if target else fold(i.value)


def _reworded(a: str, b: str) -> bool:
    """The names differ by a word or two of at most four characters, and not by a number."""
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < 0.7 or re.sub(r"\d+", "#", a) == re.sub(r"\d+", "#", b):
        return False
    changed = [(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
    return len(changed) <= 2 and all(max(c) <= 4 for c in changed)
