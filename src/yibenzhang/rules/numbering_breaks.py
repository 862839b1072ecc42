"""A series of headings that changes its kind of number: 三、 after 1、 and 2、."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.numbering import ordinal
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("numbering_breaks")
_LEAST = 3
_LONGEST = 24


@rule("wording.series", needs=("text",), each_file=True)
def broken(case: Case) -> Iterator[Issue]:
    """Short headings numbered 1 to n - 1 in figures, then one of their kind with n in Chinese, where no n - 1 in
    Chinese stands before it in its part of the document."""
    series: list[tuple[int, str]] = []
    chinese: set[int] = set()
    for p in case.passages:
        if _WORDS["part"].match(p.text):
            chinese = set()
        before, chinese = (
            chinese,
            chinese | {ordinal(m["number"]) for m in _WORDS["chinese"].finditer(p.text)},
        )
        head = _WORDS["head"].match(p.text)
        if head and len(p.text) <= _LONGEST:
            number, kind = ordinal(head["number"]), _kind(p.text)
            if head["number"].isdigit():
                series = (
                    [*series, (number, kind)] if series and series[-1][0] == number - 1 else [(number, kind)]
                )
            else:
                found = issue_at("wording.series", p.text, p.place(0), right=number)
                if _breaks(series, before, number, kind):
                    yield found
                series = []
            continue
        for m in _WORDS["inside"].finditer(p.text):
            number = ordinal(m["number"])
            if _breaks(series, chinese, number, _kind(m["title"])):
                words = p.verbatim(m.start("number"), m.end("title")).strip()
                yield issue_at("wording.series", words, p.place(m.start("number")), right=number)


def _kind(title: str) -> str:
    """What the headings of one series end with."""
    return re.sub(r"\W+$", "", title)[-2:]


def _breaks(series: list[tuple[int, str]], chinese: set[int], number: int, kind: str) -> bool:
    whole = [n for n, _ in series] == list(range(1, number))
    return number >= _LEAST and whole and number - 1 not in chinese and all(k == kind for _, k in series)
