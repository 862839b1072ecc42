"""The money of goals tables: inside each form, and overall forms against the budget tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from yibenzhang.model.amounts import PERCENT
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Alternatives, Made, Nearly, Relation, Term
from yibenzhang.recognising.forms import GoalForm, GoalItem
from yibenzhang.rules.addresses import Book
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_points import above_weight, base_of, points_of, wrong_group
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Address, Standards

_EXECUTION = 20
"""So many points are given for the execution of the budget at most."""
_COLUMNS = {"planned": "planned", "budget": "whole_budget", "spent": "spent"}
"""Columns of an execution, and what they are called."""
_HALF_OF_ONE_DECIMAL = Decimal("0.05")
_NUMBERED = late(r"\d+[.、．]")
PROJECTS = Address("*.projects", "total", "total")
_TOTALS = (
    Address("*.expenditure", "total", "total"),
    Address("*.balance", "total", "total", "expenditure"),
    Address("*.balance", "this_year", "total", "expenditure"),
    Address("*.balance", "this_year", "total", "income"),
    Address("*.fiscal_balance", "total", "total"),
)
_KINDS = {
    "specific": (Address("*.expenditure", "total", "project"), PROJECTS),
    "basic": (Address("*.expenditure", "total", "basic"),),
    "personnel": (Address("*.general_basic", "total", "personnel"),),
    "running": (Address("*.general_basic", "total", "public"),),
}


@rule(
    "goals.execution",
    "goals.funds",
    "goals.items",
    "goals.listed",
    "goals.overall",
    "goals.overall_total",
    "goals.purchases",
    "goals.rounding",
    "goals.score",
    "goals.scores",
    "goals.share",
    "goals.sources",
    "goals.sources_total",
    "goals.total",
    "goals.unfilled",
    "goals.weights",
    data="form_sums",
    needs=("forms",),
    pooled=True,
)
def amounts(case: Case) -> Iterator[Made]:
    """The money and points of each form, of overall forms also against the budget tables."""
    for form in case.forms:
        if form.kind == "overall":
            yield from _sound(_overall(form, case.book))
        elif form.kind == "evaluation":
            yield from _sound(_execution(form))
            yield from _sound(_marks(form))
            yield from points_of(form)
        elif form.kind == "project":
            yield from _sound(_inside(form, case.standards))
            yield from _limits(form)


# ---- building blocks -------------------------------------------------------------------------------


def equal(rule: str, total: Fact, parts: Iterable[Fact]) -> Relation:
    """total = Σ parts."""
    parts = list(parts)
    key = "|".join(f.id for f in (total, *parts[:3]))
    return Relation(f"{rule}|{key}", rule, (Term(1, total), *(Term(-1, f) for f in parts)))


def sound(relation: Relation) -> bool:
    """All its numbers have a unit, or none of one form has: then they share it."""
    units = {f.unit is None for f in relation.facts()}
    return units == {False} or (units == {True} and len({f.standard for f in relation.facts()}) == 1)


def _sound(made: Iterable[Made]) -> Iterator[Made]:
    """Without relations over numbers of which only some have a unit."""
    for one in made:
        if isinstance(one, Alternatives):
            options = tuple(o for o in one.options if isinstance(o, Relation) and sound(o))
            last = one.otherwise
            yield Alternatives(options, last if not isinstance(last, Relation) or sound(last) else None)
        elif not isinstance(one, Relation) or sound(one):
            yield one


def best(options: Iterable[Relation]) -> Iterator[Made]:
    """The first that holds; where none does, the first."""
    if given := tuple(options):
        yield Alternatives(given, given[0])


def proved(*relations: Relation) -> Iterator[Made]:
    """Relations that need not hold: each counts only where it does."""
    for one in relations:
        yield Alternatives((one,))


def _share(rule: str, part: Fact, whole: Fact, rate: Fact, way: str) -> Relation | None:
    """100·part - p·whole = 0 as its gradient; off by one in the last digit it was made to fit, not wrong."""
    if part.amount is None or whole.amount is None or rate.amount is None or whole.amount.base <= 0:
        return None
    if rate.amount.unit != PERCENT:
        return None  # "0.86" or "86" in a column headed %: what is meant is not printed
    b, p, decimals = whole.amount.base, rate.amount.value, rate.amount.decimals
    right = 100 * part.amount.base / b
    places = max(decimals, 2)
    note = f"{way}{part.text} ÷ {whole.text} ＝ {right:.{places}f}%"
    terms = (Term(Decimal(100), part), Term(-p, whole), Term(-b, rate))
    one = b * Decimal(1).scaleb(-decimals)
    if decimals > 1 and p == round(p, 1):
        one = max(one, b * _HALF_OF_ONE_DECIMAL)  # "83.50" is 83.5 shown with two places
    nearly = Nearly("goals.rounding", one)
    return Relation(f"{rule}|{rate.id}", rule, terms, constant=p * b, note=note, nearly=nearly)


# ---- one form --------------------------------------------------------------------------------------


def _inside(form: GoalForm, standards: Standards) -> Iterator[Made]:
    amounts = form.amounts
    for one in standards.form_sums:
        if (total := amounts.get(one.total)) is None:
            continue
        groups = [[amounts[p] for p in group if p in amounts] for group in one.parts]
        first = [g for g, group in zip(groups, one.parts, strict=True) if g and group[0] in amounts]
        options = [equal(one.rule, total, g) for g in first]
        yield from proved(*options) if form.strangers else best(options)
    budgets = [amounts[m] for m in ("year", "total") if m in amounts]
    if len(budgets) == 2:
        yield from proved(equal("goals.total", budgets[0], budgets[1:]))
    yield from _sources(form, budgets)
    yield from _items(form, budgets)
    yield from _purchases(form, budgets)


def _sources(form: GoalForm, budgets: Sequence[Fact]) -> Iterator[Made]:
    """The sum of the sources is that of its items, with or without what was carried over, and the budget."""
    sums = [s.fact for s in form.sources if s.kind == "sum"][:1]
    items = [s.fact for s in form.sources if s.kind == "item"]
    carried = [s.fact for s in form.sources if s.kind == "carry"]
    for total in sums:
        top = [s.fact for s in form.sources if s.kind == "item" and _NUMBERED.match(s.name)]
        groups = [g for g in ([*items, *carried], items, [*top, *carried], top) if g]
        yield from best([equal("goals.sources", total, g) for g in groups])
        yield from best([equal("goals.sources_total", total, [b]) for b in budgets])
    for within, above in zip(form.sources[1:], form.sources, strict=False):
        if within.kind == "within" and above.kind == "item":
            yield from proved(equal("goals.sources", above.fact, [within.fact]))


def _listed(rule_id: str, items: Sequence[GoalItem]) -> tuple[list[Made], list[Fact]]:
    """The relation between the items of a list and its printed sum, and what stands for the list: the sum, else the
    items."""
    parts = [i.fact for i in items if i.kind == "item" and not i.name.startswith("其中")]
    printed = [i.fact for i in items if i.kind == "sum"][:1]
    if not printed:
        return [], parts
    return list(best([equal(rule_id, printed[0], parts)] if parts else [])), printed


def _items(form: GoalForm, budgets: Sequence[Fact]) -> Iterator[Made]:
    """The items of the calculation come to their sum and to the budget, or to it without what was carried over."""
    made, parts = _listed("goals.items", form.items)
    yield from made
    if parts and not _nested(parts, budgets):
        carried = any(s.kind == "carry" for s in form.sources)
        sources = [s.fact for s in form.sources if s.kind == "item"][:1] if carried else []
        yield from best([equal("goals.items", b, parts) for b in (*budgets, *sources)])


def _purchases(form: GoalForm, budgets: Sequence[Fact]) -> Iterator[Made]:
    """Purchases come to their sum, to the budget where all of it is for them, and to the items of their name."""
    made, parts = _listed("goals.purchases", form.purchases)
    yield from made
    if parts and budgets:
        yield from proved(equal("goals.purchases", budgets[0], parts))
    for purchase in form.purchases:
        for item in form.items:
            if purchase.name == item.name:
                yield from proved(equal("goals.purchases", item.fact, [purchase.fact]))


def _nested(parts: Sequence[Fact], budgets: Sequence[Fact]) -> bool:
    """The list holds every amount twice, as groups and as their items."""
    listed = sum((f.amount.base for f in parts if f.amount), Decimal(0))
    return any(b.amount and b.amount.base and listed == 2 * b.amount.base for b in budgets)


def _limits(form: GoalForm) -> Iterator[Issue]:
    """What may be less but not more: purchases than the budget, the year than the whole."""
    lists = (form.sources, form.items, form.purchases)
    facts = (*form.amounts.values(), *(i.fact for items in lists for i in items))
    tables = " ".join(dict.fromkeys(f.table for f in facts))
    yield from _bought_too_much(form, tables)
    year, total = form.amounts.get("year"), form.amounts.get("total")
    if year and total and (a := year.interval) and (b := total.interval) and a.low > b.high:
        yield issue_at("goals.total", year.text, year.place, form=form.name, total=total.text, subject=tables)


def _bought_too_much(form: GoalForm, tables: str) -> Iterator[Issue]:
    """The purchases come to more than the budget."""
    budgets = [i for m in ("year", "total") if m in form.amounts and (i := form.amounts[m].interval)]
    bought = [i for p in form.purchases if p.kind == "item" and (i := p.fact.interval)]
    unit = form.purchases[0].fact.unit if form.purchases else None
    if budgets and unit and bought and sum(i.low for i in bought) > max(b.high for b in budgets):
        total = sum((i.middle for i in bought), Decimal(0)) / unit.factor
        budget, first = form.amounts.get("year") or form.amounts["total"], form.purchases[0].fact
        yield issue_at(
            "goals.purchases",
            first.text,
            first.place,
            form=form.name,
            total=total,
            unit=unit.name,
            budget=budget.text,
            subject=tables,
        )


def _overall(form: GoalForm, book: Book) -> Iterator[Made]:
    sums_of_year: list[Fact] = []
    for column in ("year", "former1", "former2"):
        groups, sums = _groups(form, column)
        yield from _sums_of_groups(groups)
        if len(sums) == 2:
            yield equal("goals.overall", sums[0], sums[1:])
        if column == "year":
            sums_of_year = sums
            yield from _shares(form, groups)
    by_kind = {i.kind: i.fact for i in form.overview}
    yield from _against_tables(by_kind, sums_of_year, book)
    listed = [i.fact for i in form.projects if i.kind == "year"]
    specific = by_kind.get("year/specific")
    if listed and specific:
        yield from proved(equal("goals.listed", specific, listed))
    for item, after in zip(form.projects, form.projects[1:], strict=False):
        if item.kind == "total" and after.kind == "year" and after.name == item.name:
            yield from proved(equal("goals.total", after.fact, [item.fact]))


def _sums_of_groups(groups: Iterable[tuple[Fact, Sequence[GoalItem]]]) -> Iterator[Made]:
    """A total of the overview is the sum of the rows below it."""
    for total, group in groups:
        known = [i.fact for i in group if not i.kind.endswith("/other")]
        every = [i.fact for i in group]
        options = [equal("goals.overall", total, g) for g in (known, every) if g]
        # a row of unknown meaning may be part of another one: then nothing is said
        yield from best(options) if len(known) == len(every) else proved(*options)


def _against_tables(by_kind: Mapping[str, Fact], sums: Sequence[Fact], book: Book) -> Iterator[Made]:
    """The overview of this year against the tables of the disclosure."""
    for total in sums:
        found = [fs[0] for a in _TOTALS if len(fs := book.resolve(a).get("", [])) == 1 and fs[0].printed]
        yield from best([equal("goals.overall_total", total, [f]) for f in found])
    for kind, addresses in _KINDS.items():
        for address in addresses:
            there = book.resolve(address).get("", [])
            if (amount := by_kind.get(f"year/{kind}")) and len(there) == 1 and there[0].printed:
                yield from proved(equal("goals.overall_total", amount, there))


def _groups(form: GoalForm, column: str) -> tuple[list[tuple[Fact, list[GoalItem]]], list[Fact]]:
    """The rows of income and of expenditure with their sums, of one column of an overall form."""
    groups: list[tuple[Fact, list[GoalItem]]] = []
    sums: list[Fact] = []
    group: list[GoalItem] = []
    for item in form.overview:
        if item.fact.measure.partition("/")[0] != column or item.kind.endswith("/within"):
            continue
        if not item.kind.endswith("/sum"):
            group.append(item)
            continue
        if group:
            groups.append((item.fact, group))
        sums.append(item.fact)
        group = []
    return groups, sums


def _shares(form: GoalForm, groups: list[tuple[Fact, list[GoalItem]]]) -> Iterator[Made]:
    """Each row's share of its own sum; the shares add up to the share printed for the sum."""
    rates = {(i.fact.table, i.fact.cell[0]): i for i in form.overview if i.kind.startswith("share/")}
    for total, group in groups:
        found = []
        for item in group:
            rate = rates.get((item.fact.table, item.fact.cell[0]))
            if rate and (made := _share("goals.share", item.fact, total, rate.fact, "占比 ")):
                found.append(rate.fact)
                yield made
        whole = rates.get((total.table, total.cell[0]))
        if whole and found:
            yield from proved(equal("goals.share", whole.fact, found))


# ---- self-evaluations ------------------------------------------------------------------------------


def _execution(form: GoalForm) -> Iterator[Made]:
    amounts = form.amounts
    for column in _COLUMNS:
        total = amounts.get(f"year.{column}")
        parts = [f for k in ("fiscal", "carry", "other") if (f := amounts.get(f"year.{k}.{column}"))]
        if total and parts and f"year.fiscal.{column}" in amounts:
            made = equal("goals.funds", total, parts)
            blank = list(_blank(amounts, column))
            yield Alternatives((made,), _left_blank(form, column, made, blank)) if blank else made
    seen: set[tuple[Decimal, ...]] = set()
    for prefix in ("year", "year.fiscal", "year.carry", "year.other"):
        budget, spent, rate = (amounts.get(f"{prefix}.{c}") for c in ("budget", "spent", "rate"))
        if not (budget and spent and rate):
            continue
        if executed := _share("goals.execution", spent, budget, rate, "执行率 "):
            # where all the money is of one source its row repeats the row of the whole, with the same slip
            key = (base_of(spent), base_of(budget), base_of(rate))
            yield Alternatives((executed,), None if key in seen else executed)
            seen.add(key)


def _blank(amounts: Mapping[str, Fact], column: str) -> Iterator[Fact]:
    """Funds with nothing in this column but money in another, each by a number it has there."""
    for kind in ("fiscal", "carry", "other"):
        beside = [f for c in _COLUMNS if (f := amounts.get(f"year.{kind}.{c}")) and base_of(f)]
        if f"year.{kind}.{column}" not in amounts and beside:
            yield beside[0]


def _left_blank(form: GoalForm, column: str, made: Relation, blank: list[Fact]) -> Relation | Issue | None:
    """What the one fund that was left blank ought to be; nothing where several were. Where nothing is lacking the sum
    is wrong all the same."""
    total = made.total
    lacking = base_of(total) - sum((base_of(t.fact) for t in made.parts), Decimal(0))
    if lacking <= 0:
        return made
    if len(blank) > 1 or total.unit is None or not sound(made):
        return None
    parts = ((t.fact.text, t.fact.place) for t in made.parts)
    return issue_at(
        "goals.unfilled",
        total.text,
        total.place,
        *parts,
        form=form.name,
        part=blank[0].row.label,
        column=_COLUMNS[column],
        total=total.row.label,
        right=lacking / total.unit.factor,
        unit=total.unit.name,
    )


def _marks(form: GoalForm) -> Iterator[Made]:
    """Weights and scores with their totals."""
    executed_row = form.amounts["year.spent"].row.label if "year.spent" in form.amounts else None
    for name, items in (("goals.weights", form.weights), ("goals.scores", form.scores)):
        totals = [i.fact for i in items if i.kind == "sum"]
        parts = [i.fact for i in items if i.kind == "item"]
        if totals and len(parts) >= 3 and not (name == "goals.scores" and above_weight(form)):
            indicators = [f for f in parts if f.row.label != executed_row]
            options = tuple(equal(name, totals[-1], p) for p in (parts, indicators) if len(p) >= 3)
            group = wrong_group(form, totals[-1], executed_row) if name == "goals.weights" else None
            missing = len(indicators) == len(parts) and _lacks_execution(totals[-1], parts)
            yield Alternatives(options, group or (None if missing else options[0]))


def _lacks_execution(total: Fact, parts: Sequence[Fact]) -> bool:
    """Where some points are missing, those of the execution were not read."""
    return 0 < base_of(total) - sum((base_of(f) for f in parts), Decimal(0)) <= _EXECUTION
