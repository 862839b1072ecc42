"""So many points are announced ("两个方面"), and another number follows: "一是…二是…三是…", paragraphs (一) (二)
(三), or names that all end with the word that was counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.numbering import count_written, ordinal
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.enumerating import numbered_below
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("points")
_SAID = (_WORDS["said"], _WORDS["task_below"], _WORDS["task_following"])
_NAMED, _FOREIGN = _WORDS["named"], _WORDS["foreign"]
_WAYS = (
    (_WORDS["first"], _WORDS["item"]),
    (_WORDS["first_bracket"], _WORDS["item_bracket"]),
    (_WORDS["first_digit"], _WORDS["item_digit"]),
    (_WORDS["first_bracket_digit"], _WORDS["item_bracket_digit"]),
    (_WORDS["first_circle"], _WORDS["item_circle"]),
)
"""The first point and any point, numbered in one way."""
_LEAST, _MOST = 2, 9
"""So many are announced to be listed right behind; more are a number of other things."""
_MARKS = ":,。;"
_NEAR = 6


@rule("counts.points", needs=("text",), each_file=True)
def points(case: Case) -> Iterator[Issue]:
    """Another number of points than was announced right before them."""
    for k, p in enumerate(case.passages):
        for said, found in (*_in_words(case.passages, k), *_below(case.passages, k), *_names(p)):
            count = count_written(said["n"])
            foreign = _FOREIGN.search(_clause(p.text[: said.start("n")]))
            if _LEAST <= count <= _MOST and abs(found - count) == 1 and not foreign:
                words = p.clauses(said.start(), said.end())
                yield issue_at("counts.points", words, p.place(said.start("n")), count=count, found=found)


def _clause(before: str) -> str:
    return re.split(f"[{_MARKS}]", before)[-1]


def _announced(before: str) -> re.Match[str] | None:
    """The number that the text ends with; of tasks, problems and the like only where it says that they follow."""
    return next((m for pattern in _SAID if (m := pattern.search(before))), None)


def _in_words(passages: Sequence[Passage], k: int) -> Iterator[tuple[re.Match[str], int]]:
    """ "一是…二是…" in the paragraph, and on in the paragraphs below that begin with the next one."""
    text = passages[k].text
    begun = sorted(((m.start(), way) for way in _WAYS for m in way[0].finditer(text)), key=lambda b: b[0])
    for at, (first, item) in begun:
        said = _announced(text[: at + (text[at] in _MARKS)])
        again = first.search(text, at + 1)
        stop = again.start() if again else len(text)
        if said is None or (found := _run(item, text[at:stop])) < _LEAST:
            continue
        if stop == len(text):
            found = _on(item, passages[k + 1 :], found)
            if found > count_written(said["n"]) or not _unfinished(passages, k, item, text[at:]):
                yield said, found
        elif found > count_written(said["n"]):
            yield said, found  # a second list may be one within the first


def _run(item: re.Pattern[str], text: str) -> int:
    """How far the points are numbered from one on; 0 where a number is left out or comes again."""
    numbers = [ordinal(m["n"]) for m in item.finditer(text)]
    return len(numbers) if numbers == list(range(1, len(numbers) + 1)) else 0


def _unfinished(passages: Sequence[Passage], k: int, item: re.Pattern[str], listed: str) -> bool:
    """A last point may stand without its number, or below another paragraph, or on a page that was not read."""
    beyond = any(item.match(p.text) for p in passages[k + 1 : k + 1 + _NEAR])
    return beyond or not listed.endswith("。") or _WORDS["more"].search(listed) is not None


def _on(item: re.Pattern[str], following: Sequence[Passage], found: int) -> int:
    for p in following:
        numbers = [ordinal(m["n"]) for m in item.finditer(p.text)]
        if not numbers or not item.match(p.text) or numbers[0] != found + 1:
            break
        found = numbers[-1]
    return found


def _below(passages: Sequence[Passage], k: int) -> Iterator[tuple[re.Match[str], int]]:
    """Paragraphs that are numbered right below: more than were announced; fewer may be for a paragraph between them."""
    text = passages[k].text
    said = _announced(text) if text.endswith(":") and not passages[k].heading else None
    if said is not None and (found := numbered_below(passages, k + 1)) > count_written(said["n"]):
        yield said, found


def _names(p: Passage) -> Iterator[tuple[re.Match[str], int]]:
    """Names that all end with what is counted."""
    for m in _NAMED.finditer(p.text):
        ending = m["noun"]
        names = re.split(f"、|(?<={ending})[和及与]", m["list"])
        fewest, most = len(m["list"].split("、")), len(re.split("[、和及与]", m["list"]))
        whole = all(n.endswith(ending) and len(n) > len(ending) for n in names)
        if len(names) >= _LEAST and whole and not fewest <= count_written(m["n"]) <= most:
            yield m, len(names)  # a name may have a joining word in it
