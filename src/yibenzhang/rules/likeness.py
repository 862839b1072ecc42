"""Words that are nearly those of another place: typed by sound, or a name with characters left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.misspelt import mistaken
from yibenzhang.rules.registry import rule
from yibenzhang.standards import readings
from yibenzhang.standards.patterns import patterns

_HAN = late(r"[\u4e00-\u9fff]")
_RUN = late(r"[\u4e00-\u9fff]{6,}")
_WORDS = patterns("likeness")
_LEFT_OUT = 4
"""So many characters in a row may be left out of a name."""
_KEPT = (4, 2)
"""So many stay at its beginning and at its end."""
_LEVELS = frozenset("省市区县州旗")
"""A name that begins with its level alone ("市档案馆") has one character less there."""
_SHORTEST = 6
_LONG = 8
"""A shorter name may be that of another unit by chance."""
SHAPES = ((3, 1, 2), (2, 1, 3), (1, 1, 4), (3, 2, 2), (2, 2, 3), (1, 2, 4), (4, 2, 1))
"""Characters that agree before, characters that may differ, characters that agree after."""


@rule("names.homophone", needs=("text",))
def homophones(case: Case) -> Iterator[Issue]:
    """The same words twice, but for one or two characters that sound or look alike ("更游校的整合", "更有效的整合")."""
    passages = case.passages
    suspects = _suspects(case)
    text = "\n".join(p.text for p in passages) if suspects else ""
    seen: set[str] = set()
    for one, two, before, after in suspects:
        wrong, right = _rarer(one, two, before, after, text)
        phrase, other = before + wrong + after, before + right + after
        found = _first_place(passages, phrase)
        if found is None or any(_overlaps(phrase, wrong, t) for t in seen):
            continue
        seen.add(phrase)
        second = _first_place(passages, other)
        template = "" if _sound(wrong, right) else "look"
        there = (second,) if second else ()
        yield issue_at("names.homophone", *found, *there, template=template, other=other)


def _suspects(case: Case) -> list[tuple[str, str, str, str]]:
    """Words that differ by what sounds or looks alike, with what stands before and after both."""
    runs: dict[str, tuple[Passage, int]] = {}
    for p in case.passages:
        for m in _RUN.finditer(p.text):
            runs.setdefault(m.group(), (p, m.start()))
    pairs = set()
    for shape in SHAPES:
        pairs |= _pairs(runs, shape)
    allowed = {frozenset(pair) for pair in case.standards.lists["homophones"]}
    alike = {frozenset(p) for group in case.standards.lists["lookalikes"] for p in combinations(group, 2)}
    likely = (p for p in pairs if _sound(*p[:2]) or _look(*p[:2], alike))
    return sorted(p for p in likely if not _allowed(p[0], p[1], allowed))


def _rarer(one: str, two: str, before: str, after: str, text: str) -> tuple[str, str]:
    """The word that is written seldom, and the other; of single characters the whole stretch decides."""
    count = {w: text.count(w if len(one) > 1 else before + w + after) for w in (one, two)}
    wrong, right = sorted((one, two), key=lambda w: count[w])
    return wrong, right


def _overlaps(phrase: str, wrong: str, known: str) -> bool:
    """A phrase that was told already has the same slip."""
    return wrong in known and (
        known.startswith(phrase[1:-1]) or phrase[1:-1] in known or known[1:-1] in phrase
    )


def _first_place(passages: Sequence[Passage], words: str) -> tuple[str, Place] | None:
    """Where words stand first, as they are printed."""
    for p in passages:
        if (at := p.text.find(words)) >= 0:
            return p.verbatim(at, at + len(words)).strip(), p.place(at)
    return None


def _pairs(runs: Iterable[str], shape: tuple[int, int, int]) -> set[tuple[str, str, str, str]]:
    a, n, b = shape
    first: dict[str, str] = {}
    several: dict[str, set[str]] = {}
    end = a + n
    whole = end + b
    for run in runs:
        for k in range(len(run) - whole + 1):
            piece = run[k : k + whole]
            around, middle = piece[:a] + piece[end:], piece[a:end]
            if (known := first.setdefault(around, middle)) != middle:
                several.setdefault(around, {known}).add(middle)
    out = set()
    for around, found in several.items():
        if len(found) <= 4:
            before, after = around[:a], around[a:]
            ordered = sorted(found)
            for i, one in enumerate(ordered):
                for two in ordered[i + 1 :]:
                    if n == 1 or all(x != y for x, y in zip(one, two, strict=True)):
                        out.add((one, two, before, after))
    return out


def _allowed(one: str, two: str, allowed: set[frozenset[str]]) -> bool:
    return any(frozenset(x + y) in allowed for x, y in zip(one, two, strict=True) if x != y)


def _sound(one: str, two: str) -> bool:
    """Whether two stretches are read alike, tones apart."""
    sounds = readings()
    return all(sounds.get(x, x) == sounds.get(y, y) for x, y in zip(one, two, strict=True))


def _look(one: str, two: str, alike: set[frozenset[str]]) -> bool:
    """Whether one character of two stretches is easily taken for that of the other."""
    return len(one) == 1 and frozenset((one, two)) in alike


@rule("names.body", needs=("text",))
def bodies(case: Case) -> Iterator[Issue]:
    """A unit of the list of units, written elsewhere with characters left out of its middle."""
    passages = case.passages
    named = _listed_bodies(passages)
    units = [m for m in named if len(m) >= _LONG]
    if not units:
        return
    text = "\n".join(p.text for p in passages)
    for unit in units:
        for short in _shortened(unit, text):
            if short in named or text.count(short) > text.count(unit):
                continue
            if re.search(rf"(?:简称|以下称)[^。]{{0,6}}{short}", text):
                continue
            p, at = next((p, at) for p in passages if (at := p.text.find(short)) >= 0)
            words = p.verbatim(at, at + len(short)).strip()
            q, k = next((q, k) for q in passages if (k := q.text.find(unit)) >= 0)
            yield issue_at("names.body", words, p.place(at), (unit, q.place(k)), unit=unit)


def _listed_bodies(passages: Sequence[Passage]) -> Counter[str]:
    """The bodies of the list of units: below its heading, or announced by it."""
    named: Counter[str] = Counter()
    listed = False
    for p in passages:
        announced = bool(_WORDS["institutions"].search(p.text[:40]))
        listed = announced or (
            listed and bool(_WORDS["entry"].match(p.text) or _WORDS["plain_entry"].match(p.text))
        )
        if any(_WORDS["institutions"].search(s) for s in p.section) or listed:
            named.update(_WORDS["led"].sub("", m) for m in _WORDS["body"].findall(_list_of(p.text)))
    return named


def _shortened(unit: str, text: str) -> list[str]:
    """What the text has of a unit's name without some characters of its middle."""
    left_out = (
        unit[:at] + unit[at + n :]
        for n in range(1, _LEFT_OUT + 1)
        for at in range(_KEPT[0] - (unit[0] in _LEVELS), len(unit) - n - _KEPT[1] + 1)
    )
    return sorted({s for s in left_out if len(s) >= _SHORTEST and s in text and s not in unit})


def _list_of(text: str) -> str:
    """The list itself: what follows it is told of one of its units."""
    announced = [m.end() for m in _WORDS["institutions"].finditer(text)]
    stop = text.find("。", announced[-1]) if announced else -1
    whole = text[:stop] if stop >= 0 else text
    first = _WORDS["counted"].split(whole)[0]
    return first if first != whole and _WORDS["body"].search(first) else whole


_PART = 8
"""So many characters of the body's own name, with one of them wrong, are no chance."""
_JOINS = frozenset("和与及、")
_FIRST, _LAST = "\u4e00", "\u9fff"


_CORE = 6
"""So many characters at the end of a name tell the body from all others, as far as one is mistyped by sound or look."""
_PLACES = {"区", "县"}
_ENDS = (3, 1)
"""So many characters at the beginning and at the end of a name stay where others are in the wrong order."""


@rule("names.own", needs=("text",))
def own_name(case: Case) -> Iterator[Issue]:
    """The body's own name with one character mistyped, or with characters in the wrong order; each slip once."""
    name = "".join(_HAN.findall(case.profile.body))
    seen: set[str] = set()
    for p, start, end, wrong, right in (
        *_mistyped(case, name),
        *_by_sound(case, name),
        *_disordered(case, name),
    ):
        if wrong not in seen:
            seen.add(wrong)
            words, place = p.verbatim(start, end).strip(), p.place(start)
            template = "" if len(wrong) == 1 else "order"
            yield issue_at(
                "names.own", words, place, template=template, body=case.profile.body, wrong=wrong, right=right
            )


_Slip = tuple[Passage, int, int, str, str]
"""Where it stands, from and to; what is printed, what ought to be."""


def _mistyped(case: Case, name: str) -> Iterator[_Slip]:
    """Another character in the middle of a stretch of the name."""
    for start in range(len(name) - _PART + 1):
        piece = name[start : start + _PART]
        for k in range(3, _PART - 3):
            for p, m in _with_another(case, piece, k):
                if not {m.group(1), piece[k]} <= _JOINS:
                    yield p, m.start(), m.end(), m.group(1), piece[k]


def _by_sound(case: Case, name: str) -> Iterator[_Slip]:
    """A character that sounds or looks like the right one, at the end of the name."""
    core = name[-_CORE:]
    for k in range(len(core)) if len(core) == _CORE else ():
        for p, m in _with_another(case, core, k):
            if mistaken(core[k], m.group(1)) or {core[k], m.group(1)} == _PLACES:
                yield p, m.start(), m.end(), m.group(1), core[k]


def _with_another(case: Case, piece: str, k: int) -> Iterator[tuple[Passage, re.Match[str]]]:
    pattern = late(f"{piece[:k]}(.){piece[k + 1 :]}")  # a class of all characters is slow to make
    for p in case.passages:
        for m in pattern.finditer(p.text):
            if _FIRST <= m.group(1) <= _LAST and m.group(1) != piece[k]:
                yield p, m


def _disordered(case: Case, name: str) -> Iterator[_Slip]:
    """The characters of the name, some of its middle in another order (管理保护 for 保护管理)."""
    head, tail = _ENDS
    if len(name) < _PART:
        return
    middle = name[head:-tail]
    pattern = late(f"{name[:head]}(.{{{len(middle)}}}){name[-tail:]}")
    for p in case.passages:
        for m in pattern.finditer(p.text):
            printed = m.group(1)
            if printed != middle and sorted(printed) == sorted(middle):
                apart = [k for k, (x, y) in enumerate(zip(printed, middle, strict=True)) if x != y]
                first, last = apart[0], apart[-1] + 1
                yield p, m.start(), m.end(), printed[first:last], middle[first:last]
