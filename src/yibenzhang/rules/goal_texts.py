"""Goals in words against their own form: years gone by, numbers against targets, money against cost targets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at, issue_of
from yibenzhang.recognising.forms import GoalForm, GoalText
from yibenzhang.recognising.indicators import Indicator, Target, target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree
from yibenzhang.standards import fold

_SENTENCE = re.compile(r"[^。；;]+")
_COUNTED = re.compile(r"(?:数量|次数|场次|期数|份数|套数|件数|项数|户数|个数|篇数)$")
_SHOWN = 40
_NUMBER = re.compile(r"(?P<number>\d{1,9}(?:\.\d+)?)(?P<unit>[^\d\s,，。；;、()（）]{1,3})")
_COUNTING = re.compile(r"(?:总?数量?|套数|次数|人数|个数|户数|份数|件数|项数|场次|面积|规模|数)$")
_PROJECTS = re.compile(
    r"项目(?:共|共计|数)?\d+[个项][,，]?(?:共?涉及)?(?:预算|财政)?(?:资金|金额)(?:共计|合计|为|共)?$"
)
_BEFORE = 30
_FEWEST = 4
"""A name of fewer letters is found in a text by chance."""
_MONEY = {"亿元": 10**8, "万元": 10**4, "万": 10**4, "元": 1}
_RISE = ("≥", ">")
_FALL = ("≤", "<")


def _goals(form: GoalForm) -> list[GoalText]:
    return [t for t in form.texts if t.kind == "goal.year"]


@rule("goals.stale", needs=("forms", "year"), stages=("budget",))
def stale(case: Case) -> Iterator[Issue]:
    """A goal of the year that plans for a year gone by ("2024 年拟举办"), unless old bills are to be paid."""
    year, plans = case.year or 0, "|".join(case.standards.lists["goal_plans"])
    planned = re.compile(rf"(20[0-4]\d)年(?:度|全年)?[,，]?(?:我?[省市区县局委办]|全[省市区县])?(?:{plans})")
    for form in case.forms:
        for goal in _goals(form) if form.kind in ("project", "overall") else ():
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


def _around(text: str, found: re.Match[str]) -> str:
    """The sentence it stands in, from there on."""
    end = next((m.end() for m in _SENTENCE.finditer(text) if m.end() > found.start(1)), len(text))
    return text[found.start(1) : min(end, found.start(1) + _SHOWN)]


@rule("goals.promised", needs=("forms",))
def promised(case: Case) -> Iterator[Issue]:
    """A number in the words of a goal that is another than the target of the indicator of that name."""
    for form in case.forms:
        targets = [
            (_core(i), i, t) for i in form.indicators if (t := target_of(i.value)) is not None and t.unit
        ]
        for goal in _goals(form) if form.kind == "project" else ():
            for words, indicator in _other_numbers(fold(goal.text), targets):
                yield issue_at(
                    "goals.promised",
                    words,
                    goal.place,
                    form=form.name,
                    name=indicator.name,
                    value=indicator.value,
                )


def _core(indicator: Indicator) -> str:
    """What is counted, without the word for counting."""
    return _COUNTING.sub("", fold(indicator.name))


def _other_numbers(
    text: str, targets: list[tuple[str, Indicator, Target]]
) -> Iterator[tuple[str, Indicator]]:
    """Numbers after the name of what one indicator counts, which are neither its target nor a sum of targets."""
    for found in _NUMBER.finditer(text):
        before = text[: found.start()].rstrip("约共达为")
        same = [x for x in targets if x[2].unit != "%" and found.group("unit").startswith(x[2].unit)]
        shared = sorted(((_shared(before, core), k) for k, (core, _, _) in enumerate(same)), reverse=True)
        if not shared or shared[0][0] < _FEWEST or (len(shared) > 1 and shared[1][0] >= _FEWEST):
            continue
        length, k = shared[0]
        number, numbers = Decimal(found.group("number")), [t.number for _, _, t in same]
        if number not in numbers and number != sum(numbers):
            yield f"{before[-length:]}{found.group('number')}{same[k][2].unit}", same[k][1]


def _shared(one: str, other: str) -> int:
    """So many letters both end with."""
    return next(
        (k for k, (a, b) in enumerate(zip(reversed(one), reversed(other), strict=False)) if a != b),
        min(len(one), len(other)),
    )


@rule("goals.whole", needs=("text",))
def whole(case: Case) -> Iterator[Issue]:
    """The money of projects with goals that is all the body spends, though part of that is no project."""
    wholes = [f for words in case.standards.lists["all_spending"] for f in case.reader.of_words(words)]
    projects = [f for words in case.standards.lists["project_spending"] for f in case.reader.of_words(words)]
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
    names, costs = case.standards.lists["whole_cost"], case.standards.lists["money_costs"]
    for form in case.forms:
        budget = form.year
        if form.kind != "project" or budget is None or budget.amount is None or budget.unit is None:
            continue
        for one in form.indicators:
            target = target_of(one.value)
            if target is None or target.unit not in _MONEY or target.sign in _RISE:
                continue
            if fold(one.name) not in names and not any(w in one.level2 for w in costs):
                continue  # no part of the cost is more than all the money of the year
            aim = target.number * _MONEY[target.unit]
            half = _MONEY[target.unit] / Decimal(2)
            if budget.amount.base == 0 < aim:
                yield issue_at(
                    "goals.cost", f"{one.name}{one.value}", one.place, form=form.name, budget=budget.text,
                    subject=budget.table,
                )  # fmt: skip
                break
            total = form.amounts.get("total")
            if total is None and aim - half > budget.amount.base > 0 and one.period != "long":
                yield issue_at(
                    "goals.cost", f"{one.name}{one.value}", one.place, form=form.name, budget=budget.text,
                    template="above", unit=budget.unit.name, subject=budget.table,
                )  # fmt: skip
                break


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
                "goals.opposite", f"{one.name}{one.value}", one.place, form=form.name, other=other[0].name,
                value=other[1].value,
            )  # fmt: skip
