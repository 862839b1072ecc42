"""A count of units that says how it is made up: "3 个，包括局本级和 2 个所属单位"."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.numbering import count_written
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.counts import own_and_units as unit_words

_BELOW = 4
"""So many paragraphs below the one sentence the other may stand."""


@rule("counts.own_and_units", needs=("text",))
def own_and_units(case: Case) -> Iterator[Issue]:
    """The body itself and its units are one more than its units."""
    yield from _apart(case)
    counted = unit_words()
    for p in case.passages:
        for m in counted.made_up.finditer(p.text):
            said, units = count_written(m["all"]), count_written(m["units"])
            if said != units + 1:
                words = p.clauses(m.start(), m.end())
                yield issue_at(
                    "counts.own_and_units", words, p.place(m.start()), said=said, units=units, right=units + 1
                )


def _apart(case: Case) -> Iterator[Issue]:
    """The two counts in two sentences that follow one another."""
    counted = unit_words()
    for k, p in enumerate(case.passages):
        for m in counted.own_and.finditer(p.text):
            for q in case.passages[k : k + _BELOW]:
                n = counted.in_scope.search(q.text, m.end() if q is p else 0)
                if n is None:
                    continue
                said, units = count_written(n["all"]), count_written(m["units"])
                if said != units + 1:
                    there = (q.clauses(n.start(), n.end()), q.place(n.start()))
                    yield issue_at(
                        "counts.own_and_units",
                        p.clauses(m.start(), m.end()),
                        p.place(m.start()),
                        there,
                        said=said,
                        units=units,
                        right=units + 1,
                    )
                break
