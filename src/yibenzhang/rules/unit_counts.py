"""A count of units that says how it is made up: "3 个，包括局本级和 2 个所属单位"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.listing import count_written
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule

_N = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_MADE_UP = re.compile(
    rf"(?:单位|机构)(?:共|共有|数?量?为)?(?P<all>{_N})[个家],?(?:包括|其中|分别为|即|含):?[^。;,\d]{{0,16}}?(?:本级|机关)(?:[1一]个)?"
    rf"(?:及|和|与|、|以及)(?P<units>{_N})[个家](?:所属|下属|直属|二级|预算|事业)"
)
_OWN_AND = re.compile(
    rf"(?:本级|本部|机关)(?:的)?(?:部门|单位)?(?:预算|决算)(?:和|及|与|、|以及)(?:所属|下属|直属)?(?:的)?(?P<units>{_N})[个家]"
    r"(?:所属|下属|直属|二级|预算|事业|企业)*单位(?:的)?(?:预算|决算)"
)
_IN_SCOPE = re.compile(
    rf"(?:纳入|列入|编入)[^。;]{{0,40}}?(?:预算|决算)(?:编制|编报|汇编|公开)?范围[^。;\d]{{0,12}}单位(?:共|共有|共计|数?量?为)?(?P<all>{_N})[个家]"
)
_BELOW = 4
"""So many paragraphs below the one sentence the other may stand."""


@rule("counts.own_and_units", needs=("text",))
def own_and_units(case: Case) -> Iterator[Issue]:
    """The body itself and its units are one more than its units."""
    yield from _apart(case)
    for p in case.passages:
        for m in _MADE_UP.finditer(p.text):
            said, units = count_written(m["all"]), count_written(m["units"])
            if said != units + 1:
                words = p.clauses(m.start(), m.end())
                yield issue_at(
                    "counts.own_and_units", words, p.place(m.start()), said=said, units=units, right=units + 1
                )


def _apart(case: Case) -> Iterator[Issue]:
    """The two counts in two sentences that follow one another."""
    for k, p in enumerate(case.passages):
        for m in _OWN_AND.finditer(p.text):
            for q in case.passages[k : k + _BELOW]:
                n = _IN_SCOPE.search(q.text, m.end() if q is p else 0)
                if n is None:
                    continue
                said, units = count_written(n["all"]), count_written(m["units"])
                if said != units + 1:
                    there = (q.clauses(n.start(), n.end()), q.place(n.start()))
                    yield issue_at(
                        "counts.own_and_units", p.clauses(m.start(), m.end()), p.place(m.start()), there,
                        said=said, units=units, right=units + 1,
                    )  # fmt: skip
                break
