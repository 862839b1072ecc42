"""Numbers in the words of a goal against its form: amid the words of an indicator (12 家电厂实施能源审计 is what
实施能源审计数量 counts), the one satisfaction of both, the money that is to be given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

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
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("goal_counts")
_CLAUSE = late(r"[^。；;，,\n]+")
_NUMBER = late(r"(?<![\d.])(?P<number>\d{1,9}(?:\.\d+)?)(?P<after>[^\d]*)")
_LEAST, _PART = 6, 2
"""What is counted has so many letters, so many of them at least on each side of the number."""
_Counted = tuple[str, Indicator, Target]


@rule("goals.promised", needs=("forms",), stages=("budget",))
def amid(case: Case) -> Iterator[Issue]:
    """The one number of a clause whose words are those of one indicator, with another target."""
    known = Vocabulary(words_of(case))
    for form in case.forms:
        if form.kind not in ("project", "list"):
            continue
        counted = [
            (core, i, t)
            for i in single(form)
            if (t := target_of(i.value)) is not None
            and t.unit
            and t.unit != "%"
            and known.under(i, "quantity")
            and len(core := _WORDS["counting"].sub("", known.name(i))) >= _LEAST
        ]
        for goal in form.texts:
            for m in _CLAUSE.finditer(fold(goal.text)) if goal.kind == "goal.year" and counted else ():
                found = _other(m.group(), counted)
                if found is not None:
                    yield issue_at(
                        "goals.promised",
                        m.group(),
                        goal.place,
                        (found.name, found.place),
                        form=form.name,
                        name=found.name,
                        value=found.value,
                    )


def _other(clause: str, counted: Sequence[_Counted]) -> Indicator | None:
    """The indicator whose words stand before and behind the number of the clause, which is not its target."""
    numbers = list(_NUMBER.finditer(clause))
    if len(numbers) != 1 or _WORDS["about"].search(clause):
        return None
    [m] = numbers
    number = Decimal(m.group("number"))
    targets = [t.number for _, _, t in counted]
    if number in targets or number == sum(targets):
        return None
    meant = [
        i
        for core, i, t in counted
        if m.group("after").startswith(t.unit)
        and _around(clause[: m.start()], m.group("after")[len(t.unit) :], core)
    ]
    return meant[0] if len(meant) == 1 else None


def _around(before: str, after: str, core: str) -> bool:
    """The first letters of the name end what stands before the number, its last letters end what stands behind."""
    return not _WORDS["bodies"].search(after) and any(
        before.endswith(core[:k]) and after.endswith(core[k:]) for k in range(_PART, len(core) - _PART + 1)
    )


@rule("goals.promised", needs=("forms",))
def satisfied(case: Case) -> Iterator[Issue]:
    """The one satisfaction that a goal names, where its form has one too, with another number."""
    known = Vocabulary(words_of(case))
    for form in case.forms:
        rates = [
            (i, t)
            for i in single(form)
            if (t := target_of(i.value))
            and t.unit == "%"
            and i.period != "long"
            and _WORDS["satisfaction"].search(known.name(i))
        ]
        for goal in form.texts:
            named = list(_WORDS["satisfied"].finditer(fold(goal.text))) if goal.kind == "goal.year" else []
            if len(rates) != 1 or len(named) != 1 or form.kind == "overall":
                continue
            [(i, target)], [m] = rates, named
            whose = _WORDS["satisfaction"].sub("", known.name(i))
            if Decimal(m.group("number")) != target.number and _one_group(m.group("who"), whose):
                yield issue_at(
                    "goals.promised",
                    m.group(),
                    goal.place,
                    (i.name, i.place),
                    form=form.name or None,
                    name=i.name,
                    value=i.value,
                )


def _one_group(said: str, whose: str) -> bool:
    """One of both names nobody or all who are served; a group that both name is compared by its name elsewhere."""
    general = any(_WORDS["general"].search(x) for x in (said, whose))
    inner = any(_WORDS["inner"].search(x) for x in (said, whose))
    return general and not inner and not (whose and said.endswith(whose[-_PART:]))


_AMOUNT = late(r"(?<![\d.])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<unit>亿元|万元|元)(?!/)")
_MONEY = {"亿元": 10**8, "万元": 10**4, "元": 1}
_SENTENCE = late(r"[^。；;\n]+")
_NEAR = Decimal("0.2")
"""Money that is farther off is another money: of all levels, of all years."""


@rule("goals.needed", needs=("forms", "year"), stages=("budget",))
def needed(case: Case) -> Iterator[Issue]:
    """The money that a goal says is to be given, which comes to a little more than the project's money of the year;
    less may be a part of it."""
    for form in case.forms:
        budget = form.year if form.kind in ("project", "list") else None
        if budget is None or budget.amount is None or budget.unit is None or not budget.amount.base:
            continue
        for goal in form.texts:
            found = list(_needed(fold(goal.text), case.year or 0)) if goal.kind == "goal.year" else []
            whole, base = sum((money for _, money, _ in found), Decimal(0)), budget.amount.base
            off = Decimal(budget.unit.factor).scaleb(-budget.amount.decimals) / 2
            slack = sum((o for _, _, o in found), off)
            if found and slack < whole - base <= _NEAR * base and not _has(form, whole):
                yield issue_at(
                    "goals.needed",
                    found[0][0],
                    goal.place,
                    form=form.name or None,
                    amounts=tuple(arguments(words=words) for words, _, _ in found),
                    total=whole / budget.unit.factor,
                    unit=budget.unit.name,
                    budget=budget.text,
                    several=len(found) if len(found) > 1 else None,
                )


def _has(form: GoalForm, money: Decimal) -> bool:
    return any(f.amount is not None and f.amount.base == money for f in form.amounts.values())


def _needed(text: str, year: int) -> Iterator[tuple[str, Decimal, Decimal]]:
    """The amounts behind the words for giving, to the end of the sentence, with half a unit of their last decimal."""
    for m in _SENTENCE.finditer(text):
        lead = _WORDS["needed"].search(m.group())
        years = {int(y) for y in _WORDS["year"].findall(m.group())}
        if lead is None or (years and year not in years):
            continue
        if _WORDS["elsewhere"].search(m.group(), lead.end()):
            continue
        for a in _AMOUNT.finditer(m.group(), lead.end()):
            if _WORDS["each"].search(m.group()[lead.end() : a.start()]):
                return
            number = Decimal(a.group("number").replace(",", ""))
            factor = _MONEY[a.group("unit")]
            decimals = -int(number.as_tuple().exponent)
            yield a.group(), number * factor, Decimal(factor).scaleb(-decimals) / 2
