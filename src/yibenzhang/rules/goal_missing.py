"""Projects without goals in lists of projects of any title: a list is one of projects where most forms are in it by
name. Its rows may be groups, their parts and the parts of these, which only their amounts tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.views import View, ViewRow
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_projects import MOST_COMPARED, bare
from yibenzhang.rules.indicators import MOST_NAMED
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_LEAST = 3
_MET = Decimal("0.8")
"""Of the forms so many stand in the list, else it is a list of something else."""
_MOST_ROWS = 1500
_SHORT = 4
_FULL, _CLAIMED = 3, 2
"""Of the projects in a list one in so many has no form at most, else goals are published for some alone; where the text
claims them for all, one in two."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the list with its amount, and the rows above that it is part of."""

    name: str
    fact: Fact
    above: tuple[str, ...]
    parts: int

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.above)


@rule("goals.missing", needs=("forms", "tables"), stages=("budget",))
def missing(case: Case) -> Iterator[Issue]:
    """Projects in a list of projects that have no form, and a claim beside it that all have one."""
    forms = [f for f in case.forms if f.kind == "project" and f.name]
    if len(forms) < _LEAST or _compared_elsewhere(case) or _kept_secret(case):
        return
    claim = late("|".join(case.standards.lists["all_have_goals"]))
    said = next(((p, m) for p in case.passages if (m := claim.search(p.text)) is not None), None)
    names = {bare(f.name) for f in forms}
    known = names | {bare(i.name) for f in forms for i in (*f.items, *f.purchases)}
    for leaves in _lists(case, names):
        left = _left(case, leaves, known)
        if left and len(left) * (_CLAIMED if said else _FULL) <= len(leaves):
            yield _missing(left, said, forms[0])
            return


def _lists(case: Case, names: set[str]) -> Iterator[list[_Line]]:
    """The projects with money of each list in which most forms are met by name."""
    for view in case.views:
        lines = _lines(view, case)
        met = names & {bare(line.name) for line in lines}
        if len(met) >= _LEAST and len(met) >= _MET * len(names):
            yield [x for x in lines if not x.parts and x.fact.amount and x.fact.amount.value > 0]


def _compared_elsewhere(case: Case) -> bool:
    """A project table of known title is held against the forms by goal_projects."""
    return any(t.table.standard and t.table.standard.id == "budget.projects" for t in case.tables)


def _kept_secret(case: Case) -> bool:
    """The text says why the goals of some are not printed."""
    kept = late("|".join(case.standards.lists["kept_secret"]))
    return any(kept.search(p.text) for p in case.passages)


def _left(case: Case, leaves: Sequence[_Line], known: set[str]) -> list[_Line]:
    """The projects without a form of their name, or of one they are part of; none where there are too many names."""
    others = late("|".join(case.standards.lists["no_goal_projects"]))
    left = [x for x in leaves if known.isdisjoint(map(bare, x.names)) and not others.search(fold(x.name))]
    if len(left) * len(known) > MOST_COMPARED:
        return []
    return [x for x in left if not any(_known(n, known) for n in x.names)]


def _known(name: str, known: set[str]) -> bool:
    one = bare(name)
    return one in known or any(min(len(one), len(k)) >= _SHORT and (one in k or k in one) for k in known)


def _missing(left: Sequence[_Line], said: tuple[Passage, re.Match[str]] | None, form: GoalForm) -> Issue:
    """All of them in one issue, with the sentence that claims the contrary."""
    first = left[0]
    projects = tuple(arguments(name=x.name, amount=x.fact.text) for x in left[:MOST_NAMED])
    count = len(left) if len(left) > MOST_NAMED else None
    words = said[0].clauses(said[1].start(), said[1].end()) if said else None
    places = [(words, said[0].place(said[1].start()))] if said and words else []
    places += [(form.name, form.place)]  # where the forms begin that lack these
    places += [(x.name, x.fact.place) for x in left[1:MOST_NAMED]]
    return issue_at(
        "goals.missing",
        first.name,
        first.fact.place,
        *places,
        template="listed",
        projects=projects,
        count=count,
        claim=words,
    )


# ---- the rows of a list ----------------------------------------------------------------------------


def _lines(view: View, case: Case) -> list[_Line]:
    """The rows of a view with their whole amounts as a tree; none of tables of purchases, goals or other years."""
    if len(view.rows) > _MOST_ROWS or any(
        w in fold(view.title) for w in case.standards.lists["no_project_lists"]
    ):
        return []
    column = next((n for n, c in enumerate(view.columns) if c.total and len(c.path) <= 1), 0)
    rows = [
        (view.rows[r].label, f)
        for r in range(len(view.rows))
        if (f := view.cells.get((r, column))) is not None and f.amount is not None and _names(view.rows[r])
    ]
    bases = [f.amount.base if f.amount else Decimal(0) for _, f in rows]
    sizes = _sizes(bases)
    out: list[_Line] = []
    open_: list[tuple[str, int]] = []
    for k, (label, fact) in enumerate(rows):
        open_ = [(name, end) for name, end in open_ if k < end]
        out.append(_Line(label, fact, tuple(name for name, _ in open_), sizes[k] - 1))
        if sizes[k] > 1:
            open_.append((label, k + sizes[k]))
    return out


def _names(row: ViewRow) -> bool:
    return bool(row.label) and not row.total


def _sizes(amounts: Sequence[Decimal]) -> list[int]:
    """So many rows each row takes with the parts below it that come to its amount; one where there are none."""
    sizes = [1] * len(amounts)
    for k in range(len(amounts) - 1, -1, -1):
        below, end = Decimal(0), k + 1
        while end < len(amounts) and below < amounts[k]:
            below += amounts[end]
            end += sizes[end]
        if below == amounts[k] > 0 and end > k + 1:
            sizes[k] = end - k
    return sizes
