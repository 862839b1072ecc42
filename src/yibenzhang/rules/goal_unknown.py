"""Projects without goals, and goals without a project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Made, NotChecked
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_projects import (
    ALIKE,
    MOST_COMPARED,
    MOST_NAMED,
    GoalsAndProjects,
    ProjectRow,
    bare,
    base_of,
    goals_and_projects,
    likeness,
)
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import is_title
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns


@rule("goals.missing", "goals.unknown", needs=("forms", "tables"))
def without(case: Case) -> Iterator[Made]:
    """Projects without goals, and goals without a project."""
    all_of = goals_and_projects(case)
    if not (all_of.named and all_of.leaves):
        return
    if len(all_of.leaves) * sum(1 + len(f.items) + len(f.purchases) for f in case.forms) > MOST_COMPARED:
        yield NotChecked("goals.missing", template="many")
    elif not all_of.balanced()[0]:
        yield from [NotChecked("goals.missing", template="some")] if _only_some(case) else _missing(all_of)
        printed = _names_beside(case)
        known = [f for f in all_of.goals if bare(f.name) in printed or _of_a_fund(f, case)]
        yield from _unknown([f for f in all_of.goals if f not in known], all_of.rows)


_WORDS = patterns("goal_unknown")
_FUND_FORMS = _WORDS["fund_forms"]


def _only_some(case: Case) -> bool:
    """The text says that the goals of some projects are printed."""
    some = late("|".join(case.standards.lists["some_goals"]))
    return any(some.search(p.text) for p in case.passages)


def _names_beside(case: Case) -> set[str]:
    """Every name that the project tables print, be it in a column beside the one that was read as their names."""
    listed = (
        t.table.table for t in case.tables if t.table.standard and t.table.standard.layout == "projects"
    )
    return {bare(c.text) for table in listed for c in table.cells}


def _of_a_fund(form: GoalForm, case: Case) -> bool:
    """The form stands under a heading of funds that others spend: the body's own projects have none of it."""
    page = getattr(form.place, "page", None)
    if page is None:
        return False
    above = [p.text for p in case.passages if "绩效目标" in p.text and is_title(p) and _page(p) <= page]
    return bool(above) and _FUND_FORMS.search(above[-1]) is not None


def _page(p: Passage) -> int:
    return getattr(p.place(0), "page", None) or 0


def _found(name: str, fact: Fact | None, others: list[tuple[str, Fact | None]]) -> bool:
    """The project stands among the others under this name, a similar one, or with the amount of a similar one."""
    one = bare(name)
    for other, amount in others:
        two = bare(other)
        if one == two or (min(len(one), len(two)) >= 4 and (one in two or two in one)):
            return True
        alike = likeness(name, other)
        if alike >= ALIKE or (alike >= 0.4 and fact and amount and base_of(fact) == base_of(amount)):
            return True
    return False


def _missing(all_of: GoalsAndProjects) -> Iterator[Issue | NotChecked]:
    """Projects of the project table without goals, in one issue: they have one cause."""
    goals, listed, leaves = all_of.goals, all_of.listed, all_of.leaves
    known: list[tuple[str, Fact | None]] = [(f.name, f.year) for f in goals]
    known += [(i.name, i.fact) for f in goals for i in (*f.items, *f.purchases)]
    entries: list[tuple[str, Fact | None]] = list(listed)
    known += [] if goals else entries
    left = [r for r in leaves if r.current and base_of(r.total) > 0 and not _found(r.name, r.total, known)]
    if not left:
        return
    if 2 * len(left) > len(leaves):
        values = arguments(goals=len(goals) or len(listed), projects=len(leaves))
        yield NotChecked("goals.missing", template="unchecked", arguments=values)
        return
    yield issue_at(
        "goals.missing",
        left[0].name,
        left[0].total.place,
        projects=tuple(arguments(name=r.name, amount=r.total.text) for r in left[:MOST_NAMED]),
        count=len(left) if len(left) > MOST_NAMED else None,
    )


def _unknown(goals: Sequence[GoalForm], rows: Sequence[ProjectRow]) -> Iterator[Issue]:
    table: list[tuple[str, Fact | None]] = [(r.name, r.total) for r in rows]
    codes = {r.code for r in rows if r.code}
    left = [f for f in goals if fold(f.code) not in codes and not _found(f.name, f.year, table)]
    if len(left) <= MOST_NAMED:
        for form in left:
            yield issue_at(
                "goals.unknown", form.name, form.place, amount=form.year.text if form.year else None
            )
        return
    places = ((f.name, f.place) for f in left[1:])
    named = tuple(arguments(name=f.name, amount=f.year.text if f.year else "") for f in left[:MOST_NAMED])
    yield issue_at(
        "goals.unknown",
        left[0].name,
        left[0].place,
        *places,
        template="many",
        projects=named,
        count=len(left),
    )
