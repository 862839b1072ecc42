"""Vehicles bought by a self-assessment against those that the text says were bought in the year."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import flat
from yibenzhang.recognising.indicators import target_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("self_vehicles")


@rule("scores.vehicles", needs=("forms", "text"), stages=("accounts",), each_file=True)
def vehicles(case: Case) -> Iterator[Issue]:
    """More vehicles bought by one project than by the whole body."""
    stated = [(p, m) for p in case.passages for m in _WORDS["bought"].finditer(p.text)]
    if len(stated) != 1:
        return
    passage, found = stated[0]
    for form in case.forms:
        for one in form.indicators if form.kind == "evaluation" else ():
            reached = target_of(one.actual)
            if (
                reached is None
                or not _WORDS["vehicles"].search(flat(one.name))
                or not _WORDS["units"].fullmatch(reached.unit)
            ):
                continue
            if reached.number > int(found["count"]):
                words = passage.verbatim(found.start(), found.end()).strip()
                yield issue_at(
                    "scores.vehicles", one.name, one.place, (words, passage.place(found.start("count"))),
                    form=form.name or None, reached=flat(one.actual), said=words,
                )  # fmt: skip
