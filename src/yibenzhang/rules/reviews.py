"""Reviews (自评综述) of projects in the text: what each says, and the form that it is the review of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from yibenzhang.model.amounts import unit_named
from yibenzhang.model.digits import exact_number
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_projects import likeness
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("reviews")
_LONGEST = 4000
_ALIKE = 0.6
_VERY = 0.8
_MOST_LEFT = 20
_LEAST = 3
_FAR = 10**6
_MOST_PARTS = 12
"""A review has no more paragraphs than this."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a review, or an amount, with where they stand."""

    text: str
    place: Place
    base: Decimal = Decimal(0)
    decimals: int = 0
    value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Review:
    """One review; what it does not tell is None. ``at`` is the position of its first passage."""

    name: str
    at: int
    place: Place
    budget: Said | None
    spent: Said | None
    rate: Said | None
    done: Said | None
    problems: Said | None
    whole: Said


class _Joined:
    """Some passages one after the other as one text."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.text = "".join(p.text for p in passages)
        self._starts: list[tuple[int, Passage]] = []
        at = 0
        for p in passages:
            self._starts.append((at, p))
            at += len(p.text)

    def said(self, m: re.Match[str] | None, group: str) -> Said | None:
        if m is None or m[group] is None:
            return None
        return Said(m[group], self.place(m.start(group)))

    def place(self, at: int) -> Place:
        start, p = [x for x in self._starts if x[0] <= at][-1]
        return p.place(at - start)

    def amount(self, m: re.Match[str] | None, group: str, unit: str) -> Said | None:
        number = exact_number(m[group]) if m is not None and m[group] else None
        if m is None or number is None:
            return None
        named = unit_named(m[unit] or m["unit"]) if unit else None
        factor = named.factor if named is not None else Decimal(1)
        places = len(m[group].partition(".")[2])
        words = m[group] + ((m[unit] or m["unit"] or "") if unit else "%")
        return Said(words, self.place(m.start(group)), number * factor, places, number)


def reviews_of(case: Case) -> tuple[Review, ...]:
    """The reviews of a document in order."""
    return _reviews(case.passages)


@lru_cache(maxsize=4)
def _reviews(passages: tuple[Passage, ...]) -> tuple[Review, ...]:
    found: list[Review] = []
    position = 0
    while position < len(passages):
        read = _read(passages, position)
        if read is None:
            position += 1
            continue
        review, used = read
        found.append(review)
        position += used
    return tuple(found)


def _read(passages: Sequence[Passage], position: int) -> tuple[Review, int] | None:
    """The review that begins in a passage, and how many passages it takes: its title may run over a page's end, and
    what it says may stand in several paragraphs, up to the next title or heading."""
    begun = _titled(passages, position)
    if begun is None:
        return None
    head, used = begun
    while position + used < len(passages) and used < _MOST_PARTS:
        following = passages[position + used]
        if following.heading or _WORDS["other"].search(following.text) or _titled(passages, position + used):
            break
        used += 1
    joined = _Joined(passages[position : position + used])
    money = _WORDS["money"].search(joined.text[:_LONGEST], head.end())
    return _review(joined, head, money, position), used


def _titled(passages: Sequence[Passage], position: int) -> tuple[re.Match[str], int] | None:
    """The title that begins in a passage, and over how many it runs."""
    first = passages[position].text
    if (head := _WORDS["head"].match(first)) is not None:
        return head, 1
    if passages[position].heading or position + 1 >= len(passages):
        return None
    if not _WORDS["number"].match(passages[position + 1].text) and _WORDS["begins"].fullmatch(first):
        head = _WORDS["head"].match(first + passages[position + 1].text[:_LONGEST])
        if head is not None and len(first) < head.end():
            return head, 2
    return None


def _review(joined: _Joined, head: re.Match[str], money: re.Match[str] | None, position: int) -> Review:
    text = joined.text
    done = _WORDS["done"].search(text, head.end())
    problems = _WORDS["problems"].search(text, head.end())
    return Review(
        _WORDS["number"].sub("", head["name"].rpartition("》")[2] or head["name"]),
        position,
        joined.place(0),
        joined.amount(money, "budget", "budget_unit"),
        joined.amount(money, "spent", "unit"),
        joined.amount(money, "rate", ""),
        joined.said(done, "said"),
        joined.said(problems, "said"),
        Said(text, joined.place(0)),
    )


def pairs_of(case: Case) -> tuple[tuple[Review, GoalForm], ...]:
    """Each review with the form of its project: by the name that its title ends with, else by its neighbours."""
    return _pairs(reviews_of(case), tuple(f for f in case.forms if f.kind == "evaluation" and f.name))


def _pairs(reviews: Sequence[Review], forms: Sequence[GoalForm]) -> tuple[tuple[Review, GoalForm], ...]:
    found: dict[int, int] = {}
    for n, r in enumerate(reviews):
        named = _named(r, forms)
        if len(named) == 1:
            found[n] = named[0]
    twice = Counter(found.values())
    found = {n: k for n, k in found.items() if twice[k] == 1}
    for step in (1, -1):
        order = range(len(reviews)) if step == 1 else range(len(reviews) - 1, -1, -1)
        for n in order:
            k = found.get(n - step, -_FAR) + step
            ahead = found.get(n + step)
            possible = (
                0 <= k < len(forms) and k not in found.values() and (ahead is None or ahead == k + step)
            )
            if n not in found and possible and _alike(reviews[n].name, forms[k].name):
                found[n] = k
    for n, r in enumerate(reviews):
        free = [k for k in range(len(forms)) if k not in found.values()] if n not in found else []
        alike = [k for k in free[:_MOST_LEFT] if _alike(r.name, forms[k].name, _VERY)]
        if len(alike) == 1:
            found[n] = alike[0]
    return tuple((reviews[n], forms[k]) for n, k in sorted(found.items()))


def _named(r: Review, forms: Sequence[GoalForm]) -> list[int]:
    """The forms with the longest name that the title of a review ends with."""
    title = bare_name(r.name)
    ends = {
        k: len(name)
        for k, f in enumerate(forms)
        if len(name := bare_name(f.name)) >= _LEAST and title.endswith(name)
    }
    return [k for k, n in ends.items() if n == max(ends.values())]


def _alike(title: str, name: str, least: float = _ALIKE) -> bool:
    """As much of a title, which begins with the body's name, as the form's name is long is like that name."""
    wanted = bare_name(name)
    tail = bare_name(title)[-len(wanted) - 2 :]
    return bool(wanted) and likeness(tail, wanted) >= least


def bare_name(name: str) -> str:
    """A project's name without marks and the words that are added or dropped freely."""
    return _WORDS["ending"].sub("", _WORDS["marks"].sub("", fold(name)))
