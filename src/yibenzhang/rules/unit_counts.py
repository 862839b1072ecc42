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


@rule("counts.own_and_units", needs=("text",))
def own_and_units(case: Case) -> Iterator[Issue]:
    """The body itself and its units are one more than its units."""
    for p in case.passages:
        for m in _MADE_UP.finditer(p.text):
            said, units = count_written(m["all"]), count_written(m["units"])
            if said != units + 1:
                words = p.clauses(m.start(), m.end())
                yield issue_at(
                    "counts.own_and_units", words, p.place(m.start()), said=said, units=units, right=units + 1
                )
