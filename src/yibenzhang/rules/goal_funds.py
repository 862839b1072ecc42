"""The money said to be under goals: all project spending, or all spending, as the tables tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Alternatives, Relation, Term
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.slips import slip_of
from yibenzhang.rules.supporting import holds, well_supported
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.lexicon.goal_funds import goal_fund_words


@dataclass(frozen=True, slots=True)
class GoalFunds:
    """The relations of which one ought to hold, and the kind of statement that support counts."""

    options: tuple[Relation, ...]
    how: str


def goal_funds(case: Case, q: Quantity) -> GoalFunds | None:
    """What an amount under goals is, where a sentence tells one of all projects or of all spending."""
    said = _said_of_goals(q)
    if not said:
        return None
    words = goal_fund_words()
    fund = next((w for w in words.fund_words if w in said), "")
    if fund and words.and_others.match(q.passage.text, q.end):
        return None  # one fund of several that are listed
    overall, projects = words.overall in said, words.projects in said
    whole = overall and not projects
    of_projects = [] if whole else _on_projects(case, fund)
    if not whole and projects and not of_projects:
        return None  # the tables do not tell what all projects come to
    facts = [*of_projects, *_in_all(case, fund)]  # goals of policies and projects may be said of all spending
    options = _equal_to(q, facts)
    in_full = words.in_full.match(q.passage.text, q.end) is not None
    how = "all" if whole or in_full or (not overall and _of_every_project(said)) else "projects"
    return GoalFunds(options, f"text|goals of {how}") if options else None


def _equal_to(q: Quantity, facts: Iterable[Fact]) -> tuple[Relation, ...]:
    return tuple(_equal(q.fact, f) for f in {f.id: f for f in facts}.values())


def _of_every_project(said: str) -> bool:
    words = goal_fund_words()
    if words.every_counted.search(said):
        return True
    return words.all.search(said) is not None and not words.counted.search(said)


def _said_of_goals(q: Quantity) -> str:
    """The words before an amount that say it is under goals; empty where they do not, or say it of chosen projects."""
    text = q.passage.text
    begin, _ = sentence(text, q.start, q.end)
    before = text[begin : q.start]
    words = goal_fund_words()
    if not q.money or q.kind != Kind.VALUE or not q.amount.value or not words.funds.search(before):
        return ""
    said = re.split("[;；]", before)[-1]
    some = words.of_all.match(text, q.end) and not words.in_full.match(text, q.end)
    chosen = words.chosen.search(said) or some
    return said if words.goals.search(said) and not chosen else ""


def funds_under_goals(case: Case) -> Iterator[Alternatives]:
    """All such amounts; those that may be said of chosen projects accuse only where a key was missed."""
    for q in case.quantities:
        if (found := goal_funds(case, q)) is None:
            continue
        slip = next((o for o in found.options if slip_of(q.fact, o.terms[1].fact)), None)
        if well_supported(found.how):
            yield Alternatives(found.options, slip or found.options[0])
        else:
            yield Alternatives([replace(o, accuses=False) for o in found.options], slip)


def counted_goal_funds(case: Case) -> Iterator[tuple[str, bool]]:
    """Kinds of such statements with whether they hold; slips of the keyboard count for neither."""
    for q in case.quantities:
        found = goal_funds(case, q)
        held = found is not None and any(holds(o) for o in found.options)
        if found is not None and (held or not any(slip_of(q.fact, o.terms[1].fact) for o in found.options)):
            yield found.how, held


def _on_projects(case: Case, fund: str) -> list[Fact]:
    """Spending on projects, of a fund that is named and of all."""
    words = [w.format(fund=fund) for w in goal_fund_words().on_projects]
    listed = [f for t in case.tables if _of_projects(t) for f in t.facts()]
    return _largest([*(f for w in words for f in case.reader.of_words(w)), *listed])


def _of_projects(table: TableFacts) -> bool:
    return table.table.standard is not None and table.table.standard.layout == "projects"


def _largest(facts: Iterable[Fact]) -> list[Fact]:
    """What each table comes to: the largest of its amounts."""
    most: dict[str, Fact] = {}
    for f in facts:
        before = most.get(f.table)
        if f.amount and (before is None or f.amount.base > before.amount.base):  # type: ignore[union-attr]
            most[f.table] = f
    return list(most.values())


def _in_all(case: Case, fund: str) -> list[Fact]:
    """All spending, of a fund that is named and of all, and what the goals forms come to."""
    words = [w.format(fund=fund) for w in goal_fund_words().in_all]
    stated = [f for w in words for f in _largest(case.reader.of_words(w))]
    forms = [
        i.fact for f in case.forms if f.kind == "overall" for i in f.overview if i.kind.startswith("year/")
    ]
    return [*stated, *_largest(f for f in forms if f is not None)]


def _equal(number: Fact, other: Fact) -> Relation:
    terms = (Term(1, number), Term(-1, other))
    return Relation(f"prose.table|{number.id}", "prose.table", terms, family="prose.table|goals")
