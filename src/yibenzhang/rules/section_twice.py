"""A section that stands twice, one right behind the other: pasted once too often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule

_LEAST = 20
"""So many characters below the headings are equal: "无" may stand below two."""


@rule("wording.section_twice", needs=("text",), each_file=True)
def twice(case: Case) -> Iterator[Issue]:
    """Two neighbouring headings of the same words below the same headings, with the same paragraphs below them."""
    before: dict[tuple[str, ...], int] = {}
    for at, p in enumerate(case.passages):
        if not p.heading:
            continue
        first = before.get(p.section)
        before = {s: k for s, k in before.items() if len(s) < len(p.section)} | {p.section: at}
        if first is None or case.passages[first].text != p.text:
            continue
        below = _texts(case.passages[first + 1 : at])
        if sum(map(len, below)) >= _LEAST and below == _texts(case.passages[at + 1 : 2 * at - first]):
            there = (case.passages[first].text, case.passages[first].place(0))
            yield issue_at("wording.section_twice", p.verbatim(0, len(p.text)).strip(), p.place(0), there)


def _texts(passages: Sequence[Passage]) -> list[str]:
    return [p.text for p in passages]
