"""Goals in words against their own form: years gone by, numbers against targets, money against cost targets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at, issue_of
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.forms import GoalForm, GoalText
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_SENTENCE = late(r"[^。；;]+")
_WORDS = patterns("goal_texts")
_COUNTED = _WORDS["counted"]
_SHOWN = 40
_NUMBER = late(r"(?P<number>\d{1,9}(?:\.\d+)?)(?P<unit>[^\d\s,，。；;、()（）]{1,3})")
_COUNTING = _WORDS["counting"]
_PROJECTS = _WORDS["projects"]
_BEFORE = 30
_FEWEST = 4
"""A name of fewer letters is found in a text by chance."""
_MONEY = {"亿元": 10**8, "万元": 10**4, "万": 10**4, "元": 1}
_MOST_SAVED = Decimal("0.9")
"""All the cost of a project that is a smaller part of its budget is another number."""
_RISE = ("≥", ">")
_FALL = ("≤", "<")


def _goals(form: GoalForm) -> list[GoalText]:
    return [t for t in form.texts if t.kind == "goal.year"]


def _planned(case: Case) -> re.Pattern[str]:
    """A year with a plan for it."""
    plans = "|".join(case.standards.lists["goal_plans"])
    return late(rf"(20[0-4]\d)年(?:度|全年)?[,，]?(?:我?[省市区县局委办]|全[省市区县])?(?:{plans})")


@rule("goals.stale", needs=("forms", "year"), stages=("budget",))
def stale(case: Case) -> Iterator[Issue]:
    """A goal of the year that plans for a year gone by ("2024 年拟举办"), unless old bills are to be paid."""
    year, planned = case.year or 0, _planned(case)
    for form in case.forms:
        for goal in _goals(form) if form.kind in ("project", "overall", "list") else ():
            text = goal.text.replace(" ", "")
            found = planned.search(text)
            if found and int(found.group(1)) < year and str(year) not in text:
                yield issue_at(
                    "goals.stale",
                    _around(text, found),
                    goal.place,
                    form=form.name,
                    found=found.group(1),
                    year=year,
                )


@rule("goals.stale", needs=("forms", "year"), stages=("budget",))
def left_over(case: Case) -> Iterator[Issue]:
    """Tasks, indicators and dates of years gone by that are no bills of these years, in forms for a later year."""
    year, planned = case.year or 0, _planned(case)
    tasks, past = ("|".join(case.standards.lists[k]) for k in ("goal_tasks", "goal_past"))
    task = late(rf"(?:{tasks})[^。；;，,]{{0,12}}?(?<![\d-])(20[0-4]\d)年(?![至\-—~])度?[^。；;，,]{{2,16}}")
    for form in case.forms:
        if form.kind not in ("project", "list"):
            continue
        for goal in _goals(form):
            text = "".join(goal.text.split())
            found = next((m for m in task.finditer(text) if _old(m.group(1), year, form, text)), None)
            if found is not None and not re.search(past, _sentence(text, found)) and not planned.search(text):
                old, words = found.group(1), found.group()
                yield issue_at("goals.stale", words, goal.place, form=form.name, found=old, year=year)
        for i in form.indicators:
            if (stale := _stale_indicator(i, form, year)) is not None:
                yield stale


YEARS = _WORDS["years"]
_DATE = _WORDS["date"]


def _old(found: str, year: int, form: GoalForm, text: str) -> bool:
    """At least two years before, and neither the project's year nor one of several the text speaks of."""
    return int(found) < year - 1 and found not in form.name and str(year) not in text


def _stale_indicator(i: Indicator, form: GoalForm, year: int) -> Issue | None:
    """A target dated before the year, or a name with a year at least two years before."""
    dates = [int(y) for y in _DATE.findall(fold(i.value))]
    if dates and max(dates) < year and i.period != "long" and not any(str(y) in form.name for y in dates):
        return _stale_issue(i, form, year, "deadline")
    years = [int(y) for y in YEARS.findall(fold(i.name + i.value))]
    if years and max(years) < year - 1 and not any(str(y) in form.name for y in years):
        return _stale_issue(i, form, year, "indicator", str(max(years)))
    return None


def _stale_issue(i: Indicator, form: GoalForm, year: int, template: str, found: str | None = None) -> Issue:
    return issue_at(
        "goals.stale",
        i.name,
        i.place,
        template=template,
        form=form.name,
        value=i.value,
        year=year,
        found=found,
    )


def _sentence(text: str, found: re.Match[str]) -> str:
    return next((m.group() for m in _SENTENCE.finditer(text) if m.start() <= found.start(1) < m.end()), text)


def _around(text: str, found: re.Match[str]) -> str:
    """The sentence it stands in, from there on."""
    end = next((m.end() for m in _SENTENCE.finditer(text) if m.end() > found.start(1)), len(text))
    return text[found.start(1) : min(end, found.start(1) + _SHOWN)]


@rule("goals.promised", needs=("forms",))
def promised(case: Case) -> Iterator[Issue]:
    """A number in the words of a goal that is another than the target of the indicator of that name."""
    bound = late(f"(?:{'|'.join(case.standards.lists['goal_bounds'])})+$")
    for form in case.forms:
        targets = [
            (_core(i), i, t) for i in form.indicators if (t := target_of(i.value)) is not None and t.unit
        ]
        overall = "overall" if form.kind == "overall" else None
        for goal in _goals(form):
            for words, indicator in _other_numbers(fold(goal.text), targets, bound):
                yield issue_at(
                    "goals.promised",
                    words,
                    goal.place,
                    form=None if overall else form.name or None,
                    overall=overall,
                    name=indicator.name,
                    value=indicator.value,
                )


@rule("goals.promised", needs=("forms", "text"), stages=("budget",))
def promised_in_text(case: Case) -> Iterator[Issue]:
    """The same in the paragraphs of the text that speak of the project by its name."""
    bound = late(f"(?:{'|'.join(case.standards.lists['goal_bounds'])})+$")
    for form in case.forms:
        name = fold(form.name).removesuffix("项目")
        if form.kind != "project" or len(name) < _FEWEST:
            continue
        targets = [
            (_core(i), i, t) for i in form.indicators if (t := target_of(i.value)) is not None and t.unit
        ]
        for p in _spoken_of(case, name):
            for m in _SENTENCE.finditer(p.text):
                if _NOT_NOW.search(m.group()) or any(int(y) != case.year for y in YEARS.findall(m.group())):
                    continue
                for words, indicator in _other_numbers(m.group(), targets, bound):
                    yield issue_at(
                        "goals.promised",
                        words,
                        p.place(m.start()),
                        template="text",
                        form=form.name,
                        name=indicator.name,
                        value=indicator.value,
                    )


_NOT_NOW = _WORDS["not_now"]
_BELOW = 6
"""So many paragraphs below the one that names a project may still speak of it."""
_ANOTHER = _WORDS["another"]


def _spoken_of(case: Case, name: str) -> Iterator[Passage]:
    """The paragraphs that name a project, and those numbered below one that is no more than its heading."""
    for k, p in enumerate(case.passages):
        if name not in p.text:
            continue
        yield p
        if len(p.text) > len(name) + _HEADING:
            continue
        for below in case.passages[k + 1 : k + 1 + _BELOW]:
            if _ANOTHER.search(below.text) or (below.heading and below.section == p.section):
                break
            yield below


_HEADING = 20


def _core(indicator: Indicator) -> str:
    """What is counted, without the word for counting."""
    return _COUNTING.sub("", fold(indicator.name))


def _other_numbers(
    text: str, targets: list[tuple[str, Indicator, Target]], bound: re.Pattern[str]
) -> Iterator[tuple[str, Indicator]]:
    """Numbers after the name of what one indicator counts, which are neither its target nor a sum of targets."""
    for found in _NUMBER.finditer(text):
        same = [x for x in targets if found.group("unit").startswith(x[2].unit)]
        before = _COUNTING.sub("", bound.sub("", text[: found.start()]))
        ends = sorted(((_ends(before, core), k) for k, (core, _, _) in enumerate(same)), reverse=True)
        number, numbers = Decimal(found.group("number")), [t.number for _, _, t in same]
        if number in numbers or number == sum(numbers):
            continue
        if _one(ends):
            length, k = ends[0]
            name = re.split("[、,;:。]", text[max(0, len(before) - length) : found.start()])[-1]
            yield (
                f"{name}{found.group('number')}{same[k][2].unit}",
                same[k][1],
            )
            continue
        unit = found.start() + len(found.group("number"))
        if _of_another(text[: found.start()], text[unit:], same):
            continue
        starts = sorted(
            (
                (_begin(text[unit + len(t.unit) :], core), k)
                for k, (core, _, t) in enumerate(same)
                if t.unit != "%"
            ),
            reverse=True,
        )
        if _one(starts):
            length, k = starts[0]
            yield text[found.start() : unit + len(same[k][2].unit) + length], same[k][1]


def _of_another(before: str, after: str, same: Sequence[tuple[str, Indicator, Target]]) -> bool:
    """The number may be that of the bodies to which belongs what the indicator counts."""
    whom = _WORDS["for_whom"].search(before)
    return bool(whom) and any(_WORDS["body_of_body"].search(after[len(t.unit) :]) for _, _, t in same)


def _one(shared: list[tuple[int, int]]) -> bool:
    """One name alone is meant."""
    return bool(shared) and shared[0][0] >= _FEWEST and (len(shared) == 1 or shared[1][0] < _FEWEST)


def _begin(one: str, other: str) -> int:
    """So many letters both begin with; none where what is counted goes on in the text, for then it is another thing."""
    k = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return k if k == len(other) and not one[k : k + 1].isalnum() else 0


def _ends(before: str, core: str) -> int:
    """So many letters of a name stand right before a number; the whole of a short one behind a mark is long enough."""
    length = _shared(before, core)
    satisfied = _WORDS["satisfaction"].search(core)
    if satisfied and length < min(len(satisfied.group()) + _GROUP, len(core)):
        return 0  # 公众满意度 is not 群众满意度
    whole = length == len(core) > 1 and before[: len(before) - length][-1:] in _MARKS
    return max(length, _FEWEST) if whole else length


_MARKS = tuple("、,;:。")
_GROUP = 2
"""Letters that tell whose satisfaction it is."""


def _shared(one: str, other: str) -> int:
    """So many letters both end with."""
    return next(
        (k for k, (a, b) in enumerate(zip(reversed(one), reversed(other), strict=False)) if a != b),
        min(len(one), len(other)),
    )


@rule("goals.whole", needs=("text",))
def whole(case: Case) -> Iterator[Issue]:
    """The money of projects with goals that is all the body spends, though part of that is no project."""
    wholes, projects = (
        [f for words in case.standards.lists[name] for f in case.reader.of_words(words)]
        for name in ("all_spending", "project_spending")
    )
    for q in case.quantities if wholes and projects else ():
        text = q.passage.text
        before = text[max(0, q.start - _BEFORE) : q.start]
        if not (q.money and q.amount.value and _PROJECTS.search(before) and "绩效目标" in text[: q.start]):
            continue
        if any(agree(q.fact, f) for f in wholes) and not any(agree(q.fact, f) for f in projects):
            words = q.passage.clauses(q.start, q.end)
            yield issue_of("goals.whole", (q.fact, projects[0]), words=words, projects=projects[0].text)


@rule("goals.cost", needs=("forms",), stages=("budget",))
def cost(case: Case) -> Iterator[Issue]:
    """A project without money for the year whose cost target is money, or whose target of all its cost is above it."""
    names = {*case.standards.lists["whole_cost"], *_as_budgeted(case.forms)}
    costs = case.standards.lists["money_costs"]
    for form in case.forms:
        budget = form.year
        if form.kind != "project" or budget is None or budget.amount is None or budget.unit is None:
            continue
        for one in form.indicators:
            if fold(one.name) not in names and not any(w in one.level2 for w in costs):
                continue  # no part of the cost is more than all the money of the year
            template = _against_budget(form, one, budget.amount.base, fold(one.name) in names)
            if template is not None:
                yield issue_at(
                    "goals.cost",
                    f"{one.name}{one.value}",
                    one.place,
                    form=form.name,
                    budget=budget.text,
                    **({"template": template, "unit": budget.unit.name} if template else {}),
                    subject=budget.table,
                )
                break


def _as_budgeted(forms: Iterable[GoalForm]) -> Iterator[str]:
    """The names of indicators that tell just the project's money in several forms, and something else in one at
    most."""
    equal: dict[str, list[bool]] = defaultdict(list)
    for form in forms:
        budget = form.year.amount if form.kind == "project" and form.year is not None else None
        for one in form.indicators if budget is not None else ():
            target = target_of(one.value)
            if budget is not None and target is not None and target.unit in _MONEY:
                equal[fold(one.name)].append(target.number * _MONEY[target.unit] == budget.base)
    yield from (name for name, found in equal.items() if sum(found) >= _SEVERAL and found.count(False) <= 1)


_SEVERAL = 3


def _against_budget(form: GoalForm, one: Indicator, budget: Decimal, whole: bool) -> str | None:
    """How a target of cost contradicts the budget: money of none (""), far below it, above it; None where it does not.
    ``whole``: of all the cost."""
    target = target_of(one.value)
    if target is None or target.unit not in _MONEY or target.sign in _RISE:
        return None
    aim, half = target.number * _MONEY[target.unit], _MONEY[target.unit] / Decimal(2)
    if budget == 0 < aim:
        return ""
    if "total" in form.amounts or one.period == "long":
        return None
    if whole and 0 < aim + half < budget * _MOST_SAVED:
        return "below"
    return "above" if aim - half > budget > 0 else None


@rule("goals.opposite", needs=("forms",))
def opposite(case: Case) -> Iterator[Issue]:
    """One indicator that is to be at least so much in one form and at most so much in another: an output is never
    to be small."""
    outputs = case.standards.lists["outputs"]
    found: dict[tuple[str, str], list[tuple[GoalForm, Indicator, Target]]] = defaultdict(list)
    for form in case.forms:
        for one in form.indicators:
            target = target_of(one.value)
            counted = _COUNTED.search(fold(one.name)) and any(w in one.level2 for w in outputs)
            if target is not None and target.unit and counted:
                found[fold(one.name), target.unit].append((form, one, target))
    for same in found.values():
        up = [x for x in same if x[2].sign in _RISE]
        down = [x for x in same if x[2].sign in _FALL]
        if up and down:
            form, one, _ = down[0]
            other = up[0]
            yield issue_at(
                "goals.opposite",
                f"{one.name}{one.value}",
                one.place,
                form=form.name,
                other=other[0].name,
                value=other[1].value,
            )
