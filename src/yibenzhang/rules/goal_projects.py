"""Projects of goals tables against the project table: amounts, names, projects without goals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Arguments, Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.model.relations import Alternatives, Made, Relation
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.goals import equal, sound
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

ALIKE = 0.62
_SAME = 0.85
"""So alike must be the names of two lines inside a form to be one project written two ways."""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of the project table: its amount in all, and that of this year alone where it is known."""

    name: str
    code: str
    total: Fact
    this_year: tuple[Fact, ...]
    leaf: bool

    @property
    def current(self) -> bool:
        """It has money of this year, not only what was carried over."""
        known = [f.amount for f in self.this_year if f.amount]
        return any(a.value > 0 for a in known) if known else True


MOST_NAMED = 6
MOST_COMPARED = 100_000
"""So many pairs of names are compared letter by letter; a document with more is not checked for that."""


@dataclass(frozen=True, slots=True)
class GoalsAndProjects:
    """The projects of goals tables and of the project table."""

    goals: tuple[GoalForm, ...]
    rows: tuple[ProjectRow, ...]
    listed: tuple[tuple[str, Fact], ...]
    """Those listed in overall forms, with their amounts of the year."""

    @property
    def leaves(self) -> list[ProjectRow]:
        return [r for r in self.rows if r.leaf]

    @property
    def named(self) -> list[tuple[str, Fact]]:
        return [*((f.name, f.year) for f in self.goals if f.year), *self.listed]

    def balanced(self) -> list[bool]:
        """Whether the goals, and those listed, come to what the project table comes to; those that there are."""
        whole = sum((base_of(r.total) for r in self.leaves), Decimal(0))
        slack = Decimal(100) * (len(self.leaves) + len(self.named))
        groups = ([f.year for f in self.goals if f.year], [f for _, f in self.listed])
        return [
            abs(sum((base_of(f) for f in group), Decimal(0)) - whole) <= slack for group in groups if group
        ]


def goals_and_projects(case: Case) -> GoalsAndProjects:
    return GoalsAndProjects(
        tuple(f for f in case.forms if f.kind == "project" and f.name),
        tuple(r for t in case.tables for r in _rows(t)),
        tuple((i.name, i.fact) for f in case.forms for i in f.projects if i.kind == "year"),
    )


@rule("goals.listed", "goals.projects", needs=("forms",))
def amounts(case: Case) -> Iterator[Made]:
    """Amounts of projects in goals tables against the project table and each other."""
    all_of = goals_and_projects(case)
    if all_of.named and all_of.leaves:
        yield from _amounts(all_of.named, all_of.rows, any(all_of.balanced()))
        yield from _details(case.forms, all_of.leaves)
    yield from _listed(all_of)


@rule("goals.code", needs=("forms",))
def codes(case: Case) -> Iterator[Issue]:
    """One project code for two projects."""
    all_of = goals_and_projects(case)
    if all_of.named:
        yield from _codes(all_of.goals, all_of.leaves)


@rule("goals.name", needs=("forms",))
def names(case: Case) -> Iterator[Issue]:
    """One project with one amount under two names."""
    all_of = goals_and_projects(case)
    if all_of.named:
        yield from _names(all_of, case.forms)


_ENDING = late(r"(?:项目|经费|支出|专项)+$")


@rule("goals.ending", needs=("forms",))
def endings(case: Case) -> Iterator[Issue]:
    """One project with one amount that ends in 项目 here and in 经费 there."""
    all_of = goals_and_projects(case)
    entries = [(r.name, r.total, "project_table") for r in all_of.leaves]
    entries += [(n, f, "overall_form") for n, f in all_of.listed]
    entries += [(f.name, f.year, "form_name") for f in all_of.goals if f.year]
    groups: dict[tuple[str, Decimal], dict[str, tuple[str, str, Fact]]] = {}
    for name, fact, where in entries:
        ending = _ENDING.search(fold(name))
        if ending and base_of(fact) and len(bare(name)) >= 4:
            groups.setdefault((bare(name), base_of(fact)), {}).setdefault(ending.group(), (name, where, fact))
    for found in groups.values():
        if len(found) > 1:
            (first, _, fact), *others = found.values()
            variants = tuple(arguments(name=n, place=w) for n, w, _ in found.values())
            places = ((n, f.place) for n, _, f in others)
            yield issue_at("goals.ending", first, fact.place, *places, variants=variants, amount=fact.text)


@rule("goals.parent", needs=("forms", "tables"))
def parents(case: Case) -> Iterator[Issue]:
    """A project with goals that the project table has at its first level, with other parts in it."""
    all_of = goals_and_projects(case)
    # where the sums differ, the amounts contradict each other anyway
    if all_of.named and all_of.leaves and any(all_of.balanced()):
        yield from _parents(all_of.goals, all_of.rows)


def _rows(table: TableFacts) -> Iterator[ProjectRow]:
    if table.table.standard is None or table.table.standard.id != "budget.projects":
        return
    for block in table.blocks:
        for k, row in enumerate(block.rows):
            total = block.cells.get((k, "total"))
            if total is None or not total.printed or not row.label or row.role == "total":
                continue
            now = tuple(f for (r, m), f in block.cells.items() if r == k and m.startswith("this_year"))
            yield ProjectRow(_UNIT_BEFORE.sub("", row.label), row.code, total, now, row.leaf)


_UNIT_BEFORE = late(r"^\S{3,30}(?:本级|机关|[局委办厅所站队馆校院]|中心)(?:\([^()]*\))?\s+(?=\S{4})")
"""The unit in a column before the project's name, which belongs to the label of the row."""


@lru_cache(maxsize=1 << 16)
def bare(name: str) -> str:
    """A project's name without the endings that are added or dropped freely."""
    return re.sub(r"(?:项目|经费|支出|专项)+$", "", fold(name))


def base_of(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount else Decimal(0)


def likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, bare(a), bare(b), autojunk=False).ratio()


def _amounts(named: list[tuple[str, Fact]], rows: Sequence[ProjectRow], balanced: bool) -> Iterator[Made]:
    """A goal's amount equals that of the project with the same name, with or without what was carried over.

    Where the sum of all is right, the projects were grouped otherwise, or exchanged: only the latter is an error.
    """
    found = [
        (fact, options)
        for name, fact in named
        if (options := _options(name, fact, _others_taken(name, fact, named, rows)))
    ]
    for fact, options in found:
        exchanged = balanced and any(
            _listed_as(other[0]) == base_of(fact) and _listed_as(options[0]) == base_of(f)
            for f, other in found
            if f is not fact
        )
        accuses = (exchanged or not balanced) and sound(options[0]) and not _has_its_own(fact, options, named)
        yield Alternatives(tuple(o for o in options if sound(o)), options[0] if accuses else None)


def _has_its_own(fact: Fact, options: Sequence[Relation], named: Sequence[tuple[str, Fact]]) -> bool:
    """Another goals table of this name has what the project table gives: this one is of another project or year."""
    name = next(bare(n) for n, f in named if f is fact)
    wanted = {_listed_as(o) for o in options}
    return any(f is not fact and bare(n) == name and base_of(f) in wanted for n, f in named)


def _others_taken(
    name: str, fact: Fact, named: Sequence[tuple[str, Fact]], rows: Sequence[ProjectRow]
) -> Sequence[ProjectRow]:
    """Without the projects of this name that are those of other goals with it, by their amount."""
    same = [r for r in rows if r.leaf and bare(r.name) == bare(name)]
    if len(same) < 2 or any(base_of(r.total) == base_of(fact) for r in same):
        return rows
    others = {base_of(f) for n, f in named if f is not fact and bare(n) == bare(name)}
    taken = [r for r in same if base_of(r.total) in others]
    return rows if len(taken) == len(same) else [r for r in rows if r not in taken]


def _options(name: str, fact: Fact, rows: Sequence[ProjectRow]) -> list[Relation]:
    """The ways in which the amount may be that of the projects of this name."""
    same = [r for r in rows if r.leaf and bare(r.name) == bare(name)]
    if not same:
        same = [r for r in rows if bare(r.name) == bare(name)][:1]
    if not same:
        return []
    out = [equal("goals.projects", fact, [r.total for r in same])]
    out += [equal("goals.projects", fact, [r.total]) for r in same[: len(same) if len(same) > 1 else 0]]
    if now := [f for r in same for f in r.this_year if f.printed]:
        out.append(equal("goals.projects", fact, now))
    return out


def _listed_as(made: Relation) -> Decimal:
    """What the project table gives for the goal's amount."""
    return sum((base_of(t.fact) for t in made.parts), Decimal(0))


def _parents(goals: Sequence[GoalForm], rows: Sequence[ProjectRow]) -> Iterator[Issue]:
    parents = [r for r in rows if not r.leaf and r.code]
    leaves = {bare(r.name) for r in rows if r.leaf}
    pairs: list[Arguments] = []
    places: list[tuple[str, Place]] = []
    for form in goals:
        amount = form.year
        if amount is None or not amount.amount or bare(form.name) in leaves or len(bare(form.name)) < 4:
            continue
        alike = [r for r in parents if likeness(r.name, form.name) >= ALIKE]
        alike.sort(key=lambda r: -base_of(r.total))
        if not alike or base_of(amount) in _sums_of(alike):
            continue
        listed = tuple(arguments(name=r.name, amount=r.total.text) for r in alike[:3])
        pairs.append(arguments(parents=listed, name=form.name, amount=amount.text))
        places += [(form.name, form.place), *((r.name, r.total.place) for r in alike[:3])]
    if pairs:
        yield issue_at("goals.parent", *places[0], *places[1:], pairs=tuple(pairs[:6]))


def _sums_of(rows: Sequence[ProjectRow]) -> set[Decimal]:
    """What these rows come to: each, its money of this year, and the largest of them together."""
    sums = {sum((base_of(r.total) for r in rows[:n]), Decimal(0)) for n in range(1, len(rows) + 1)}
    sums |= {base_of(r.total) for r in rows}
    return sums | {base_of(f) for r in rows for f in r.this_year}


def _details(forms: tuple[GoalForm, ...], leaves: list[ProjectRow]) -> Iterator[Made]:
    """Items named as a project of the table: only where the amounts agree, for they may group otherwise."""
    for form in forms:
        for item in form.items:
            for row in leaves:
                made = equal("goals.projects", item.fact, [row.total])
                if bare(row.name) == bare(item.name) and sound(made):
                    yield Alternatives((made,))


def _listed(all_of: GoalsAndProjects) -> Iterator[Made]:
    """A project in the overall form and its own form give one amount; items of a form may be listed too."""
    for name, fact in all_of.listed:
        for form in all_of.goals:
            if bare(form.name) == bare(name) and form.year:
                made = equal("goals.listed", fact, [form.year])
                yield made if sound(made) else None
            for item in form.items:
                made = equal("goals.listed", fact, [item.fact])
                if bare(item.name) == bare(name) and sound(made):
                    yield Alternatives((made,))


def _codes(goals: Sequence[GoalForm], leaves: list[ProjectRow]) -> Iterator[Issue]:
    known: dict[str, tuple[str, str]] = {}
    for row in leaves:
        if len(row.code) > 8:
            known.setdefault(row.code, (row.name, "project_table"))
    for form in goals:
        code = fold(form.code)
        if len(code) <= 8:
            continue
        name, where = known.setdefault(code, (form.name, "other_form"))
        if bare(name) != bare(form.name) and likeness(name, form.name) < ALIKE:
            yield issue_at("goals.code", code, form.place, form=form.name, where=where, name=name)


def _names(all_of: GoalsAndProjects, forms: tuple[GoalForm, ...]) -> Iterator[Issue]:
    """One project with one amount under two names: in the project table, the forms, and the lists inside them."""
    entries = _entries(all_of, forms)
    if len(entries) > 400:
        return  # comparing all with all would take too long
    table = {bare(r.name) for r in all_of.leaves}
    used: set[int] = set()
    for k, (name, fact, where, _) in enumerate(entries):
        if k in used or not base_of(fact) or len(bare(name)) < 4:
            continue
        same = [
            n for n in range(k + 1, len(entries)) if n not in used and _is_one(entries[k], entries[n], table)
        ]
        used.update(same)
        variants = tuple(_variants([(name, where), *((entries[n][0], entries[n][2]) for n in same)]))
        if len(variants) > 1:
            yield issue_at("goals.name", name, fact.place, variants=variants, amount=fact.text)


_Entry = tuple[str, Fact, str, float]
"""A name with its amount, where it stands, and how alike another name has to be."""


def _entries(all_of: GoalsAndProjects, forms: tuple[GoalForm, ...]) -> list[_Entry]:
    """Every name of a project with its amount."""
    return [
        *((r.name, r.total, "project_table", ALIKE) for r in all_of.leaves),
        *((n, f, "overall_form", ALIKE) for n, f in all_of.listed),
        *((f.name, f.year, "form_name", ALIKE) for f in all_of.goals if f.year),
        *((i.name, i.fact, "items", _SAME) for f in forms for i in f.items if i.kind == "item"),
        *((i.name, i.fact, "purchases", _SAME) for f in forms for i in f.purchases if i.kind == "item"),
    ]


def _is_one(one: _Entry, other: _Entry, table: set[str]) -> bool:
    """Two names of one project: of the same amount, and alike; but two projects of the table are two."""
    (a, amount, where, need), (b, its, there, least) = one, other
    if base_of(its) != base_of(amount) or where == there == "project_table":
        return False
    if bare(a) == bare(b):
        return True
    return likeness(a, b) >= max(need, least) and not (bare(a) in table and bare(b) in table)


def _variants(named: Iterable[tuple[str, str]]) -> Iterator[Arguments]:
    """The names, each with the places where it stands."""
    found: dict[str, tuple[str, dict[str, None]]] = {}
    for text, at in named:
        found.setdefault(bare(text), (text, {}))[1][at] = None
    for shown, places in found.values():
        yield arguments(name=shown, places=tuple(arguments(place=p) for p in places))
