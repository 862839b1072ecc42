"""What the forms of projects say of one project in several places: period, nature, former budgets, cost, classes.

A record is a project's form with its years and the budgets of former years; the overall form has the same years for
all projects together. Vocabulary is in standards/forms.toml under [word].
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.digits import exact_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Arguments, Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.forms import GoalForm, GoalItem
from yibenzhang.recognising.indicators import Indicator, empty
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns
from yibenzhang.standards.registers import registers

_YEAR = late(r"20[0-4]\d")
_WORDS = patterns("project_records")
_FACTOR = {"亿元": Decimal(10_000), "万元": Decimal(1), "万": Decimal(1), "元": Decimal("0.0001")}
_CENT = Decimal("0.01")
_LEVELS = 3
"""So many indicators make a goals table; with fewer it is one that the reading broke off."""


@dataclass(frozen=True, slots=True)
class Record:
    """One project: its form, the years it runs, and the budgets of former years in 万元."""

    form: GoalForm
    begin: int | None
    end: int | None
    former: tuple[tuple[int, Decimal], ...]

    def budget(self, year: int) -> Decimal | None:
        return dict(self.former).get(year)


def records(case: Case) -> list[Record]:
    """The projects that have forms."""
    return [_record(f, case.year) for f in case.forms if f.kind == "project" and f.name]


def _record(form: GoalForm, year: int | None) -> Record:
    said = form.text("former")
    text = _dated(flat(said.text), year) if said else ""
    none = {int(y): Decimal(0) for m in _WORDS["unplanned"].finditer(text) for y in _YEAR.findall(m.group())}
    none |= {
        int(y): Decimal(0) for m in _WORDS["all_nothing"].finditer(text) for y in _YEAR.findall(m.group())
    }
    former = none | {
        int(y): (exact_number(n) or Decimal(0)) * _FACTOR[u] for y, n, u in _WORDS["former"].findall(text)
    }
    return Record(form, _year_of(form, "begin"), _year_of(form, "end"), tuple(sorted(former.items())))


def _dated(text: str, year: int | None) -> str:
    """The words with last year and the two years before under their numbers."""
    if year is None:
        return text
    text = _WORDS["two_years"].sub(f"{year - 2}年、{year - 1}年", text)
    return _WORDS["last_year"].sub(f"{year - 1}年", text)


def _year_of(form: GoalForm, kind: str) -> int | None:
    said = form.text(kind)
    found = _YEAR.search(flat(said.text)) if said else None
    return int(found.group()) if found else None


def _words(case: Case, name: str) -> tuple[str, ...]:
    return tuple(case.standards.forms.get("word", {}).get(name, ()))


def _shown(amount: Decimal) -> str:
    return f"{amount:,.2f}"


# ---- period and nature -----------------------------------------------------------------------------


@rule("goals.period", needs=("forms", "year"))
def periods(case: Case) -> Iterator[Issue]:
    """A project that begins after a year in which it had a budget, ends before it begins, or before the fiscal year."""
    for r in records(case):
        said = r.form.text("begin") or r.form.text("end")
        if said is None:
            continue
        template, before = "", _before_it_began(r)
        if r.end and r.end < max(r.begin or 0, case.year or 0):
            template, before = ("reversed" if r.begin and r.end < r.begin else "over"), ()
        if template or before:
            yield issue_at(
                "goals.period",
                said.text,
                said.place,
                template=template,
                form=r.form.name,
                begin=r.begin,
                end=r.end,
                year=case.year,
                before=before or None,
            )


def _before_it_began(r: Record) -> tuple[Arguments, ...]:
    """The years before its first with the money that it had in them."""
    spent = [(y, a) for y, a in r.former if a > 0 and r.begin is not None and y < r.begin]
    return tuple(arguments(year=y, amount=_shown(a)) for y, a in spent)


@rule("goals.nature", needs=("forms", "year"))
def natures(case: Case) -> Iterator[Issue]:
    """A project called new that had a budget, or called a continued one that had none in either year before."""
    year = case.year or 0
    continued, new = _words(case, "continued"), _words(case, "new")
    for r in records(case):
        said = r.form.text("nature")
        known = [a for y, a in r.former if y in (year - 1, year - 2)]
        if said is None or not known:
            continue
        if flat(said.text) in continued and len(known) == 2 and not any(known):
            yield issue_at("goals.nature", said.text, said.place, form=r.form.name)
        elif flat(said.text) in new and any(known):
            yield issue_at("goals.nature", said.text, said.place, template="new", form=r.form.name)


# ---- former budgets --------------------------------------------------------------------------------


@rule("goals.former_sum", needs=("forms", "year"))
def former_sums(case: Case) -> Iterator[Issue]:
    """The budgets of former years in the forms against those of the overall form: one above all, or another sum."""
    every = records(case)
    for overall in (f for f in case.forms if f.kind == "overall"):
        for year, column in zip(former_years(case, overall), ("former1", "former2"), strict=False):
            whole = next((i.fact for i in overall.overview if i.kind == f"{column}/specific"), None)
            known = [(r, a) for r in every if (a := r.budget(year)) is not None]
            if whole is None or whole.amount is None or whole.unit is None or not known:
                continue
            base = whole.amount.base / 10_000
            largest, amount = max(known, key=lambda t: t[1])
            total = sum((a for _, a in known), Decimal(0))
            said = largest.form.text("former")
            if said is not None and amount > base + _CENT:
                yield issue_at(
                    "goals.former_sum",
                    said.text,
                    said.place,
                    (whole.text, whole.place),
                    template="part",
                    form=largest.form.name,
                    year=year,
                    amount=_shown(amount),
                    whole=_shown(base),
                )
            elif len(known) == len(every) >= 2 and abs(total - base) > _CENT * len(known):
                yield issue_at(
                    "goals.former_sum",
                    whole.text,
                    whole.place,
                    year=year,
                    whole=_shown(base),
                    total=_shown(total),
                    count=len(known),
                    gap=_shown(abs(total - base)),
                )


def former_years(case: Case, form: GoalForm) -> list[int]:
    """The two years of the columns of former amounts, in their order; none where no row of the form names them."""
    for t in case.tables:
        for row in t.table.table.texts() if t.table.id == form.table else ():
            years = [int(m.group(1)) for c in row if (m := _WORDS["alone"].fullmatch(flat(c)))]
            if len(years) == 2 and all(y < (case.year or 0) for y in years):
                return years
    return []


@rule("goals.former_cost", needs=("forms", "year"))
def former_costs(case: Case) -> Iterator[Issue]:
    """A cost indicator without the value of a year in which the project had a budget, though it has the next year's."""
    year, words = case.year or 0, _words(case, "cost")
    for r in records(case):
        amount = r.budget(year - 2)
        for i in r.form.indicators if amount else ():
            if (
                any(w in i.level1 + i.level2 + i.name for w in words)
                and empty(i.former)
                and not empty(i.last)
            ):
                yield issue_at(
                    "goals.former_cost",
                    i.name,
                    i.place,
                    form=r.form.name,
                    year=year - 2,
                    amount=_shown(amount or _CENT),
                )


# ---- indicators ------------------------------------------------------------------------------------


@rule("goals.lacking", needs=("forms",))
def lacking(case: Case) -> Iterator[Issue]:
    """A goals table without indicators of a kind that most others of the document have."""
    have = _kinds_of_indicators(case)
    common = Counter(k for _, found in have for k in found)
    usual = [k for k in _KINDS if 2 * common[k] > len(have)]
    for form, found in have if len(have) > 1 else ():
        if lacks := [k for k in usual if k not in found]:
            last = {i.period: i for i in form.indicators}
            yield issue_at(
                "goals.lacking",
                form.name,
                form.indicators[0].place,
                *((i.name, i.place) for i in last.values()),
                lacking=tuple(arguments(kind=k) for k in lacks),
                others=min(common[k] for k in lacks),
            )


_KINDS = ("cost", "benefit", "satisfaction")


def _kinds_of_indicators(case: Case) -> list[tuple[GoalForm, set[str]]]:
    """The forms that tell the levels of their indicators, each with the kinds that it has."""
    kinds = {kind: _words(case, kind) for kind in _KINDS}
    forms = [f for f in case.forms if f.kind == "project" and len(f.indicators) >= _LEVELS]
    forms = [f for f in forms if any(i.level1 for i in f.indicators)]
    return [(f, {k for k, words in kinds.items() if _has(f, words)}) for f in forms]


def _has(form: GoalForm, words: tuple[str, ...]) -> bool:
    return any(w in fold(i.level1 + i.level2) for i in form.indicators for w in words)


@rule("goals.done", needs=("forms",))
def done(case: Case) -> Iterator[Issue]:
    """A task that is done once and was done last year, again among this year's: no line of its costs speaks of it."""
    words, ends = _words(case, "once"), _words(case, "finished")
    for form in (f for f in case.forms if f.kind == "project"):
        costs = "".join(fold(i.words or i.name) for i in (*form.items, *form.purchases))
        for i in form.indicators:
            if not (_finished(i.last, ends) and _finished(i.value, ends)) or not costs:
                continue
            if any(w in i.key for w in words) and not _spoken(i, costs):
                yield issue_at("goals.done", i.name, i.place, form=form.name, last=i.last, value=i.value)


def _finished(value: str, ends: tuple[str, ...]) -> bool:
    return fold(value) in ends


def _spoken(i: Indicator, costs: str) -> bool:
    """Six characters in a row of the task stand among the costs."""
    return any(i.key[k : k + 6] in costs for k in range(len(i.key) - 5))


# ---- economic classes ------------------------------------------------------------------------------


@rule("goals.economic", needs=("forms",))
def economic(case: Case) -> Iterator[Issue]:
    """Lines of the calculation whose words name items of the economic classification, put under another one."""
    named = case.standards.forms.get("economic", {})
    for form in case.forms:
        found = [made for i in form.items if (made := _other_class(i, named)) is not None]
        if not found:
            continue
        item, written, right = found[0]
        lines = tuple(arguments(name=i.name, written=w, right="、".join(r)) for i, w, r in found)
        yield issue_at("goals.economic", item.name, item.fact.place, form=form.name, lines=lines)


def _other_class(item: GoalItem, named: dict[str, list[str]]) -> tuple[GoalItem, str, list[str]] | None:
    """The class that is written and those the words ask for, where at least two are asked for and it is none."""
    register = registers().department_economic
    last = [re.split(r"[-—－]", w)[-1] for w in item.words.split()]
    written = next((w for w in reversed(last) if len(w) > 1 and register.named(w)), "")
    said = fold(item.words.replace(written, "") if written else item.words)
    right = [name for name, words in named.items() if any(w in said for w in words)]
    others = [r for r in right if r != written]
    return (item, written, others) if written and len(others) >= 2 else None


# ---- the overall form ------------------------------------------------------------------------------


@rule("goals.unlisted", needs=("forms",))
def unlisted(case: Case) -> Iterator[Issue]:
    """An overall form whose list of projects comes to less than its own project expenditure."""
    for form in (f for f in case.forms if f.kind == "overall"):
        whole = next((i.fact for i in form.overview if i.kind == "year/specific"), None)
        listed = [i for i in form.projects if i.kind == "year"]
        if whole is None or whole.amount is None or len(listed) < 2:
            continue
        total = sum((_base(i.fact) for i in listed), Decimal(0))
        gap = whole.amount.base - total
        own = {fold(i.name) for i in listed}
        if gap > 0 and (missing := _by_amount(case, gap, own)) is not None:
            first = listed[0].fact
            yield issue_at(
                "goals.unlisted",
                listed[0].name,
                first.place,
                (whole.text, whole.place),
                count=len(listed),
                total=_shown(total / 10_000),
                whole=_shown(whole.amount.base / 10_000),
                gap=_shown(gap / 10_000),
                name=missing.row.label,
            )


def _base(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount else Decimal(0)


def _by_amount(case: Case, amount: Decimal, known: set[str]) -> Fact | None:
    """The project of the project table that has the amount that lacks."""
    for t in case.tables:
        if t.table.standard is None or t.table.standard.id != "budget.projects":
            continue
        for block in t.blocks:
            for (k, measure), fact in block.cells.items():
                same = measure == "total" and block.rows[k].leaf and abs(_base(fact) - amount) <= 100
                if same and fold(block.rows[k].label) not in known:
                    return fact
    return None
