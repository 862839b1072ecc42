"""Function codes of projects that no table of functions has."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.views import View
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule

_ITEM = late(r"2\d{6}")
_LEAST = 4
"""So many other codes of the project table stand in the tables of functions, and all of them."""


@rule("registers.project_code", needs=("tables",))
def project_codes(case: Case) -> Iterator[Issue]:
    """The one code of a project table that the tables of functions, which have all its others, lack."""
    known: set[str] = set()
    used: dict[str, tuple[Fact, str]] = {}
    for view in case.views:
        projects = _of_projects(view)
        for (r, c), fact in view.cells.items():
            code = view.places[r, c].function
            if not _ITEM.fullmatch(code) or fact.amount is None or not fact.amount.value:
                continue
            if projects:
                used.setdefault(code, (fact, view.rows[r].label))
            else:
                known.add(code)
    unknown = [c for c in used if c not in known]
    if len(unknown) == 1 and len(used) - 1 >= _LEAST:
        code = unknown[0]
        fact, project = used[code]
        yield issue_at("registers.project_code", project, fact.place, code=code)


def _of_projects(view: View) -> bool:
    scope: Coordinates = view.scope
    return scope.kind == "project"
