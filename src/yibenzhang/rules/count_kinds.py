"""A number of things and how many there are of each kind: kinds that are named alike make up the whole.

"案件 57 起，其中农资类 12 起、畜牧兽医类 14 起、渔政类 22 起": lists whose names end alike are a division. Others pick
out some ("30 人，其中党员 12 人、女性 8 人"). Cars and staff have rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from os.path import commonprefix

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("count_kinds")
_WHOLE, _KIND, _ENDS = _WORDS["whole"], _WORDS["kind"], _WORDS["ends"]
_FEWEST, _FEW = 3, 2
"""Fewer kinds must end with as many characters alike."""


@rule("counts.kinds", needs=("text",))
def kinds(case: Case) -> Iterator[Issue]:
    """Kinds named alike that do not come to the number of all."""
    for p in case.passages:
        for m in _WHOLE.finditer(p.text):
            end, found = _kinds(p.text, m.end(), m["unit"])
            total = sum(int(k["n"]) for k in found)
            if total != int(m["n"]) and _ENDS.match(p.text, end) and _divided([k["name"] for k in found]):
                words = p.clauses(m.start(), end)
                yield issue_at("counts.kinds", words, p.place(m.start("n")), said=m["n"], found=total)


def _kinds(text: str, at: int, unit: str) -> tuple[int, list[re.Match[str]]]:
    """The kinds that follow one another, counted in the same unit, and where they end."""
    found: list[re.Match[str]] = []
    while (m := _KIND.match(text, at)) is not None and m["unit"] == unit:
        found.append(m)
        at = m.end()
    return at, found


def _divided(names: Sequence[str]) -> bool:
    """The names end alike: several, or two with more of it."""
    alike = len(commonprefix([n[::-1] for n in names])) if len(set(names)) == len(names) else 0
    return alike > 0 and (len(names) >= _FEWEST or (len(names) == _FEW and alike >= _FEW))
