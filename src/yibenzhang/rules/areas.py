"""Areas that make up a whole: "房屋 5,862 平方米，其中办公用房 3,000 平方米、业务用房 2,862 平方米"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.listing import AND_SO_ON
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.counts import area_words

_LEAST = 3
"""A whole with two of its parts may well have more."""


@rule("counts.areas", needs=("text",))
def areas(case: Case) -> Iterator[Issue]:
    """Three or more parts of an area, all there are, that do not come to it."""
    words = area_words()
    for p in case.passages:
        for m in words.whole.finditer(p.text):
            stop = min(k for c in "。;" if (k := f"{p.text}。;".find(c, m.end())) >= 0)
            parts = list(words.area.finditer(p.text, m.end(), stop))
            if len(parts) < _LEAST or words.nested.search(p.text, m.end(), parts[-1].end()):
                continue
            said, found = _value(m), sum((_value(x) for x in parts), Decimal(0))
            if AND_SO_ON.match(p.text[parts[-1].end() :]) or abs(found - said) < 1:
                continue
            quoted = p.clauses(m.start(), parts[-1].end())
            yield issue_at(
                "counts.areas", quoted, p.place(m.start("n")), said=f"{said:,}", found=f"{found:,}"
            )


def _value(m: re.Match[str]) -> Decimal:
    return Decimal(m["n"].replace(",", ""))
