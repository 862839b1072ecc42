"""Whose table it is: the body's name above each table ("单位名称：……"), against those above the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.counts import name_columns

_LEAST = 4
"""So many tables with the body's own name make another name odd."""


@rule("names.caption", needs=("text",), each_file=True)
def captions(case: Case) -> Iterator[Issue]:
    """The name above one table that no other table, no unit and no sentence has."""
    found = list(_captions(case))
    names = Counter(name for name, _, _ in found)
    own = fold(case.profile.body)
    if names[own] < _LEAST:
        return
    text = "".join(p.text for p in case.passages) + "".join(
        fold(c.text) for t in case.tables for c in t.table.table.cells
    )
    for name, p, at in found:
        if names[name] == 1 and name not in own and own not in name and text.count(name) <= 1:
            yield issue_at(
                "names.caption", p.clauses(at, at + len(name)), p.place(at), name=name, body=case.profile.body
            )


def _captions(case: Case) -> Iterator[tuple[str, Passage, int]]:
    pattern = name_columns().caption
    for p in case.passages:
        if m := pattern.match(p.text):
            yield m["name"], p, m.start("name")
