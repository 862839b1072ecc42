"""How many people there are: a whole with its parts by status, by kind of post or by unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.counts import people_words

_LEAD = 30
_INSIDE = late(r"\([^()]*\)")
_STOPS = "。;"


@dataclass(frozen=True, slots=True)
class _Part:
    label: str
    number: int
    end: int


@rule("counts.people", "counts.people_less", each_file=True)
def people(case: Case) -> Iterator[Issue]:
    """Parts that come to more people than their whole, or to fewer."""
    for p in case.passages:
        yield from _after(p)
        yield from _before(p)


def _numbers() -> re.Pattern[str]:
    return late(rf"(?<![\d.,])(\d{{1,6}}){people_words().unit}")


def _after(p: Passage) -> Iterator[Issue]:
    """ "实有人员 72 人，其中行政 34 人、事业 38 人": the whole first."""
    known = people_words()
    for m in _numbers().finditer(p.text):
        lead = re.split(r"[,;。:()、]", p.text[max(0, m.start() - _LEAD) : m.start()])[-1]
        if not known.whole.search(lead) or known.not_whole.search(lead):
            continue
        opened = known.opening.match(p.text, m.end())
        if opened is None:
            continue
        parts = _parts(p.text, opened.end(), opened.group().find("(") >= 0)
        if (listed := _one_kind(parts)) is not None:
            yield from _compared(p, m.start() - len(lead), int(m.group(1)), listed)


def _before(p: Passage) -> Iterator[Issue]:
    """ "行政编制 43 名、事业编制 40 名，共 83 名": the whole last."""
    known = people_words()
    for m in re.finditer(rf"{known.in_all.pattern}(\d{{1,6}}){known.unit}", p.text):
        begin = max(p.text.rfind(c, 0, m.start()) for c in "。;:(") + 1
        found = list(_numbers().finditer(p.text, begin, m.start()))
        if len(found) < 2 or found[-1].end() != m.start():
            continue
        ends = (begin, *(x.end() for x in found))
        labels = [p.text[a : x.start()].lstrip(",、和及与") for a, x in zip(ends, found, strict=False)]
        parts = [_Part(label, int(x.group(1)), x.end()) for label, x in zip(labels, found, strict=True)]
        for first in range(len(parts) - 1):  # before the list stands what it is of
            if (listed := _one_kind(parts[first:], loose=not first)) is not None and len(listed) == len(
                parts
            ) - first:
                begin = ends[first]
                yield from _compared(p, begin, int(m.group(1)), listed, m.end())
                break


def _parts(text: str, start: int, enclosed: bool) -> list[_Part]:
    """The numbers of people one after the other, each with its words, up to the end of the list."""
    stop = (
        text.find(")", start)
        if enclosed
        else min((k for c in _STOPS if (k := text.find(c, start)) >= 0), default=len(text))
    )
    inside = text[start : stop if stop >= 0 else len(text)]
    hidden = _INSIDE.sub(lambda m: "*" * len(m.group()), inside)  # parts of parts
    out: list[_Part] = []
    last = 0
    for m in _numbers().finditer(hidden):
        label = hidden[last : m.start()].replace("*", "").lstrip(",、和及与另")
        if "," in label or "、" in label:
            break
        out.append(_Part(label, int(m.group(1)), start + m.end()))
        last = m.end()
    return out


def _one_kind(parts: Sequence[_Part], loose: bool = False) -> list[_Part] | None:
    """The parts as far as all are of one kind; None where they are of several. ``loose``: before the first may stand
    other words of its sentence."""
    known = people_words()
    best: list[_Part] = []
    for pattern in known.kinds.values():
        listed: list[_Part] = []
        for part in parts:
            match = _ending(pattern) if loose and not listed else pattern
            if not match.fullmatch(part.label) or known.not_part.search(part.label):
                break
            listed.append(part)
        if len(listed) > len(best):
            best = listed
    return best if len(best) > 1 else None


def _of_several(p: Passage, start: int, whole: int, sums: set[int]) -> bool:
    """The parts are of the numbers of people right before the last, too ("在职 83 人、退休 20 人,其中局机关 …")."""
    begin = max(p.text.rfind(c, 0, start) for c in "。;") + 1
    before = [int(m.group(1)) for m in _numbers().finditer(p.text, begin, start)]
    return any(whole + sum(before[k:]) in sums for k in range(len(before)))


@lru_cache(maxsize=8)
def _ending(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return late(f".*?(?:{pattern.pattern})")


def _compared(p: Passage, start: int, whole: int, parts: Sequence[_Part], end: int = 0) -> Iterator[Issue]:
    """The sum of all parts, unless the first of them come to the whole, or one repeats what others say."""
    numbers = [x.number for x in parts]
    sums = {sum(numbers[:k]) for k in range(2, len(numbers) + 1)}
    within = (x.number for x in parts if people_words().overlap.search(x.label))
    sums |= {sum(numbers) - n for n in within if len(numbers) > 2}
    if whole in sums or whole in numbers or not whole or _of_several(p, start, whole, sums):
        return
    found = sum(numbers)
    less = found < whole
    words = p.verbatim(start, end or parts[-1].end).strip()
    yield issue_at(
        "counts.people_less" if less else "counts.people",
        words,
        p.place(start),
        whole=whole,
        found=found,
        count=len(numbers),
    )
