"""Brackets and quotation marks of which one half is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_CLOSES = {"(": ")", "《": "》", "“": "”", "〔": "〕", "【": "】"}
_OPENS = {closing: opening for opening, closing in _CLOSES.items()}
_WORDS = patterns("brackets")
_NUMBER, _ENDED, _GOES_ON = _WORDS["number"], _WORDS["ended"], _WORDS["goes_on"]
_INTERVAL = _WORDS["interval"]
_FAR = 3
"""The other half may stand in one of so many paragraphs beside: a line broken off in a bracket was read as two."""
_NOTES = 12
"""A bracket or a quotation may hold so many paragraphs: halves of one kind that stand so near are one."""
_MOST = 6
"""A text with more of them is written in another way, or was read wrongly."""
Half = tuple[int, int]
"""Position of the passage, and of the character in it."""


@rule("wording.bracket", needs=("text",), each_file=True)
def brackets(case: Case) -> Iterator[Issue]:
    """Halves without the other, in a paragraph that is whole."""
    found = sorted(_alone(case.passages))
    for k, at in found if len(found) <= _MOST else ():
        p = case.passages[k]
        if (k, at - 1) in found and p.text[at] == p.text[at - 1]:
            continue  # two of them are one slip
        half = p.text[at]
        words = p.clauses(at, at + 1)
        template = "open" if half in _CLOSES else "closed"
        yield issue_at(
            "wording.bracket", words, p.place(at), template=template, half=p.verbatim(at, at + 1).strip()
        )


def _alone(passages: Sequence[Passage]) -> list[Half]:
    opened: list[Half] = []
    alone: list[Half] = []
    for k, p in enumerate(passages):
        for at, char in enumerate(p.text):
            if char in "()" and _of_interval(p.text, at):
                continue
            if char in _CLOSES:
                opened.append((k, at))
            elif char in _OPENS and not _closed(opened, passages, k, char) and not _numbers(p.text, at):
                alone.append((k, at))
    return [
        h
        for h in (*opened, *alone)
        if _whole(passages, h) and not _over_paragraphs(passages, h, opened, alone)
    ]


def _over_paragraphs(
    passages: Sequence[Passage], half: Half, opened: Sequence[Half], alone: Sequence[Half]
) -> bool:
    """The other half stands paragraphs away, or the next paragraph of a quotation opens anew."""
    k, at = half
    char = passages[k].text[at]
    if char in _CLOSES:
        anew = char == "“" and any(p.text.startswith(char) for p in passages[k + 1 : k + 1 + _FAR])
        return anew or any(k < j <= k + _NOTES and passages[j].text[a] == _CLOSES[char] for j, a in alone)
    return any(k - _NOTES <= j < k and passages[j].text[a] == _OPENS[char] for j, a in opened)


def _closed(opened: list[Half], passages: Sequence[Passage], k: int, char: str) -> bool:
    """The nearest half that it closes, which is then done with."""
    for n in range(len(opened) - 1, -1, -1):
        j, at = opened[n]
        if k - j > _FAR:
            return False
        if passages[j].text[at] == _OPENS[char] and (j == k or not _ENDED.search(passages[j].text, at)):
            del opened[n]
            return True
    return False


def _numbers(text: str, at: int) -> bool:
    """It stands behind the number of an item of a list: "1)"."""
    return text[at] == ")" and _NUMBER.search(text, max(0, at - 8), at) is not None


def _of_interval(text: str, at: int) -> bool:
    """It is one end of an interval that is open at one side: "[80,100)"."""
    return any(at in (m.start(), m.end() - 1) for m in _INTERVAL.finditer(text, max(0, at - 20), at + 20))


def _whole(passages: Sequence[Passage], half: Half) -> bool:
    """The sentence of the half ends in this paragraph, or begins in it: nothing of it was read as something else."""
    k, at = half
    text = passages[k].text
    if text[at] in _CLOSES:
        return _ENDED.search(text, at) is not None
    before = passages[k - 1].text if k else ""
    return _ENDED.search(text, 0, at) is not None or not _GOES_ON.search(before) or passages[k - 1].heading
