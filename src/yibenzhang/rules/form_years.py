"""The year in brackets behind the titles of forms: the same in all of them ("项目支出绩效自评表（2024年度）")."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("form_years")
_TITLE = _WORDS["title"]
_SEVERAL = 3
"""So many titles of the document's own year for each one of another."""


@rule("wording.form_year", needs=("text", "year"))
def form_years(case: Case) -> Iterator[Issue]:
    """A title of a form with another year than the document's, where several have that."""
    found = [(p, m) for p in case.passages if (m := _TITLE.match(p.text))]
    others = [(p, m) for p, m in found if int(m["year"]) != case.year]
    if not others or len(found) - len(others) < _SEVERAL * len(others):
        return
    for p, m in others:
        yield issue_at(
            "wording.form_year", p.verbatim(0, len(p.text)).strip(), p.place(m.start("year")), year=case.year
        )
