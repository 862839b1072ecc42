"""Projects of goals tables against the project table: amounts, names, projects without goals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache

from yibenzhang.model.facts import Fact
from yibenzhang.model.places import Place
from yibenzhang.model.relations import NotChecked, Relation
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.goals import Goals, equal, holds, sound
from yibenzhang.rules.wording import Remark
from yibenzhang.standards import fold

_ALIKE = 0.62
_SAME = 0.85
"""So alike must be the names of two lines inside a form to be one project written two ways."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A project of the project table: its amount in all, and that of this year alone where it is known."""

    name: str
    code: str
    total: Fact
    this_year: tuple[Fact, ...]
    leaf: bool

    @property
    def current(self) -> bool:
        """It has money of this year, not only what was carried over."""
        told = [f for f in self.this_year if f.amount]
        return any(f.amount.value > 0 for f in told if f.amount) if told else True


MOST_COMPARED = 100_000
"""So many pairs of names are compared letter by letter; a document with more is not checked for that."""


def goal_projects(forms: tuple[GoalForm, ...], tables: tuple[TableFacts, ...]) -> Goals:
    """All that the project table and the goals tables say of the same projects."""
    goals = [f for f in forms if f.kind == "project" and f.name]
    rows = [r for t in tables for r in _rows(t)]
    leaves = [r for r in rows if r.leaf]
    listed = [(i.name, i.fact) for f in forms for i in f.projects if i.kind == "year"]
    named = [(f.name, f.year) for f in goals if f.year] + listed
    if not named:
        return Goals((), (), ())
    relations: list[Relation] = []
    remarks = [*_codes(goals, leaves), *_names(goals, listed, leaves, forms)]
    unchecked: list[NotChecked] = []
    overall = any(f.kind == "overall" for f in forms)
    if leaves:
        whole = sum((_base(r.total) for r in leaves), Decimal(0))
        slack = Decimal(100) * (len(leaves) + len(named))
        sums = [
            sum((_base(f) for f in group), Decimal(0))
            for group in ([f.year for f in goals if f.year], [f for _, f in listed])
            if group
        ]
        balanced = [abs(s - whole) <= slack for s in sums]
        relations.extend(_amounts(named, rows, any(balanced)))
        relations.extend(_details(forms, leaves))
        if any(balanced):  # else the amounts contradict each other anyway
            remarks.extend(_parents(goals, rows))
        many = len(leaves) * sum(1 + len(f.items) + len(f.purchases) for f in forms)
        if many > MOST_COMPARED:
            unchecked.append(NotChecked("goals.missing", "项目太多，没有逐一比对名称"))
        elif not balanced[0]:
            remarks.extend(_missing(goals, listed, leaves, forms, overall, unchecked))
            remarks.extend(_unknown(goals, rows))
    relations.extend(_listed(goals, listed))
    return Goals(tuple(r for r in relations if sound(r)), tuple(remarks), tuple(unchecked))


def _rows(table: TableFacts) -> Iterator[_Row]:
    if table.table.standard is None or table.table.standard.id != "budget.projects":
        return
    for block in table.blocks:
        for k, row in enumerate(block.rows):
            total = block.cells.get((k, "total"))
            if total is None or not total.printed or not row.label or row.role == "total":
                continue
            now = tuple(f for (r, m), f in block.cells.items() if r == k and m.startswith("this_year"))
            yield _Row(row.label, row.code, total, now, row.leaf)


@lru_cache(maxsize=1 << 16)
def bare(name: str) -> str:
    """A project's name without the endings that are added or dropped freely."""
    return re.sub(r"(?:项目|经费|支出|专项)+$", "", fold(name))


def _base(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount else Decimal(0)


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, bare(a), bare(b), autojunk=False).ratio()


def _amounts(named: list[tuple[str, Fact]], rows: list[_Row], balanced: bool) -> Iterator[Relation]:
    """A goal's amount equals that of the project with the same name, with or without what was carried over."""
    astray: list[tuple[Fact, Relation]] = []
    for name, fact in named:
        same = [r for r in rows if r.leaf and bare(r.name) == bare(name)]
        if not same:
            same = [r for r in rows if bare(r.name) == bare(name)][:1]
        if not same:
            continue
        options = [equal("goals.projects", fact, [r.total for r in same])]
        options += [
            equal("goals.projects", fact, [r.total]) for r in same[: len(same) if len(same) > 1 else 0]
        ]
        if now := [f for r in same for f in r.this_year if f.printed]:
            options.append(equal("goals.projects", fact, now))
        held = next((o for o in options if holds(o)), None)
        if held is not None:
            yield held
        elif not balanced:
            yield options[0]
        else:
            astray.append((fact, options[0]))
    for fact, made in astray:  # where the sum is right, the projects were grouped otherwise, or exchanged
        if any(
            _told(other) == _base(fact) and _told(made) == _base(f) for f, other in astray if f is not fact
        ):
            yield made


def _told(made: Relation) -> Decimal:
    """What the project table gives for the goal's amount."""
    return sum((_base(t.fact) for t in made.parts), Decimal(0))


def _parents(goals: list[GoalForm], rows: list[_Row]) -> Iterator[Remark]:
    """A project with goals that the project table has at its first level, with other parts in it."""
    parents = [r for r in rows if not r.leaf and r.code]
    leaves = {bare(r.name) for r in rows if r.leaf}
    told: list[str] = []
    places: list[tuple[str, Place]] = []
    for form in goals:
        mine = form.year
        if mine is None or not mine.amount or bare(form.name) in leaves or len(bare(form.name)) < 4:
            continue
        alike = sorted(
            (r for r in parents if _alike(r.name, form.name) >= _ALIKE), key=lambda r: -_base(r.total)
        )
        sums = {sum((_base(r.total) for r in alike[:n]), Decimal(0)) for n in range(1, len(alike) + 1)}
        sums |= {_base(r.total) for r in alike}
        sums |= {_base(f) for r in alike for f in r.this_year}
        if not alike or _base(mine) in sums:
            continue
        names = "、".join(f"“{r.name}”（{r.total.text}）" for r in alike[:3])
        told.append(f"{names}与“{form.name}”（{mine.text}）")
        places += [(form.name, form.place), *((r.name, r.total.place) for r in alike[:3])]
    if told:
        message = f"项目支出表的一级项目与绩效目标表的项目像是同一项目，金额不同：{'；'.join(told[:6])}。"
        yield Remark("goals.parent", message, *places[0], tuple(places[1:]))


def _details(forms: tuple[GoalForm, ...], leaves: list[_Row]) -> Iterator[Relation]:
    """Items named as a project of the table: told where the amounts agree, for they may group otherwise."""
    for form in forms:
        for item in form.items:
            for row in leaves:
                if bare(row.name) == bare(item.name) and holds(
                    made := equal("goals.projects", item.fact, [row.total])
                ):
                    yield made


def _listed(goals: list[GoalForm], listed: list[tuple[str, Fact]]) -> Iterator[Relation]:
    """A project in the overall form and its own form give one amount; items of a form may be listed too."""
    for name, fact in listed:
        for form in goals:
            if bare(form.name) == bare(name) and form.year:
                yield equal("goals.listed", fact, [form.year])
            for item in form.items:
                if bare(item.name) == bare(name) and holds(made := equal("goals.listed", fact, [item.fact])):
                    yield made


def _codes(goals: list[GoalForm], leaves: list[_Row]) -> Iterator[Remark]:
    """One project code for two projects."""
    known: dict[str, tuple[str, str]] = {}
    for row in leaves:
        if len(row.code) > 8:
            known.setdefault(row.code, (row.name, "项目支出表"))
    for form in goals:
        code = fold(form.code)
        if len(code) <= 8:
            continue
        name, where = known.setdefault(code, (form.name, "另一张绩效目标表"))
        if bare(name) != bare(form.name) and _alike(name, form.name) < _ALIKE:
            message = f"项目编码 {code} 用于“{form.name}”的绩效目标表，{where}里它是“{name}”。"
            yield Remark("goals.code", message, code, form.place)


def _found(name: str, fact: Fact | None, others: list[tuple[str, Fact | None]]) -> bool:
    """The project stands among the others under this name, a similar one, or with the amount of a similar one."""
    mine = bare(name)
    for other, theirs in others:
        his = bare(other)
        if mine == his or (min(len(mine), len(his)) >= 4 and (mine in his or his in mine)):
            return True
        alike = _alike(name, other)
        if alike >= _ALIKE or (alike >= 0.4 and fact and theirs and _base(fact) == _base(theirs)):
            return True
    return False


def _missing(
    goals: list[GoalForm],
    listed: list[tuple[str, Fact]],
    leaves: list[_Row],
    forms: tuple[GoalForm, ...],
    overall: bool,
    unchecked: list[NotChecked],
) -> Iterator[Remark]:
    """Projects of the project table without goals, told together: they have one cause."""
    told: list[tuple[str, Fact | None]] = [(f.name, f.year) for f in goals]
    told += [(i.name, i.fact) for f in goals for i in (*f.items, *f.purchases)]
    if not goals:
        told += list(listed)
    without = [r for r in leaves if r.current and _base(r.total) > 0 and not _found(r.name, r.total, told)]
    if not without:
        return
    if 2 * len(without) > len(leaves):
        reason = f"绩效目标表涉及 {len(goals) or len(listed)} 个项目，项目支出表有 {len(leaves)} 个项目，是否都应编报不能判断"
        unchecked.append(NotChecked("goals.missing", reason))
        return
    names = "、".join(f"“{r.name}”（{r.total.text}）" for r in without[:6])
    more = f"等 {len(without)} 个项目" if len(without) > 6 else ""
    entries: list[tuple[str, Fact | None]] = list(listed)
    also = (
        "，整体支出绩效目标表的项目支出情况也没有列"
        if overall and goals and listed and not any(_found(r.name, r.total, entries) for r in without)
        else ""
    )
    message = f"项目支出表里的{names}{more}没有绩效目标{also}。"
    yield Remark("goals.missing", message, without[0].name, without[0].total.place)


def _unknown(goals: list[GoalForm], rows: list[_Row]) -> Iterator[Remark]:
    table: list[tuple[str, Fact | None]] = [(r.name, r.total) for r in rows]
    codes = {r.code for r in rows if r.code}
    for form in goals:
        if fold(form.code) in codes or _found(form.name, form.year, table):
            continue
        amount = f"（{form.year.text}）" if form.year else ""
        message = f"“{form.name}”{amount}有绩效目标，项目支出表里没有这个项目。"
        yield Remark("goals.unknown", message, form.name, form.place)


def _names(
    goals: list[GoalForm],
    listed: list[tuple[str, Fact]],
    leaves: list[_Row],
    forms: tuple[GoalForm, ...],
) -> Iterator[Remark]:
    """One project with one amount under two names: in the project table, the forms, and the lists inside them."""
    entries: list[tuple[str, Fact, str, float]] = [(r.name, r.total, "项目支出表", _ALIKE) for r in leaves]
    entries += [(n, f, "整体支出绩效目标表", _ALIKE) for n, f in listed]
    entries += [(f.name, f.year, "绩效目标表的项目名称", _ALIKE) for f in goals if f.year]
    entries += [(i.name, i.fact, "明细测算", _SAME) for f in forms for i in f.items if i.kind == "item"]
    entries += [(i.name, i.fact, "项目采购", _SAME) for f in forms for i in f.purchases if i.kind == "item"]
    if len(entries) > 400:
        return  # comparing all with all would take too long
    table = {bare(r.name) for r in leaves}
    used: set[int] = set()
    for k, (name, fact, where, need) in enumerate(entries):
        if k in used or not _base(fact) or len(bare(name)) < 4:
            continue
        group = [(name, where)]
        for n in range(k + 1, len(entries)):
            other, theirs, there, his = entries[n]
            if n in used or _base(theirs) != _base(fact) or (where == there == "项目支出表"):
                continue
            if bare(name) == bare(other) or _alike(name, other) >= max(need, his):
                if bare(other) != bare(name) and bare(other) in table and bare(name) in table:
                    continue  # both are projects of their own
                used.add(n)
                group.append((other, there))
        variants: dict[str, tuple[str, list[str]]] = {}
        for text, at in group:
            shown, places = variants.setdefault(bare(text), (text, []))
            if at not in places:
                places.append(at)
        if len(variants) > 1:
            told = "，".join(f"{'、'.join(places)}作“{shown}”" for shown, places in variants.values())
            yield Remark("goals.name", f"项目名称不一：{told}，金额都是 {fact.text}。", name, fact.place)
