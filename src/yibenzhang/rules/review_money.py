"""Money and counts of reviews: against the forms, the sum of all, and what is said of all twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher

from yibenzhang.model.amounts import unit_named
from yibenzhang.model.digits import exact_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, evidence_of, issue_at, words_at
from yibenzhang.model.issues import arguments as given
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_points import base_of
from yibenzhang.rules.registry import rule
from yibenzhang.rules.reviews import Review, Said, bare_name, pairs_of, reviews_of
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("review_money")
_OTHER_UNIT = (Decimal(10_000), Decimal(1) / 10_000)
_SHOWN = 40
_CENT = Decimal(100)
_PLANNED = {"year.budget": ".planned", "year.spent": ".spent"}
_FEW = 3
_SAME = 0.9
_ADDED = 2


@rule("scores.money", needs=("text",))
def against_forms(case: Case) -> Iterator[Issue]:
    """The budget or the spending of a project in its review, which its form prints otherwise."""
    pairs = pairs_of(case)
    wrong = [(r, f, found) for r, f in pairs if (found := _other_money(r, f))]
    if len(wrong) * _FEW > max(len(pairs), _FEW):
        return  # the reviews are not those of these forms
    for r, f, found in wrong:
        said, there, what = found[0]
        places = tuple(e for s, t, _ in found for e in (words_at(s.text, s.place), evidence_of(t, f.name)))
        others = tuple(given(what=w, said=s.text, printed=_printed(t)) for s, t, w in found)
        yield Issue("scores.money", given(words=r.name[-_SHOWN:], form=f.name, amounts=others), places)


def _printed(fact: Fact) -> str:
    return f"{fact.text}{fact.unit.name}" if fact.unit and fact.unit.name not in fact.text else fact.text


def _other_money(r: Review, f: GoalForm) -> list[tuple[Said, Fact, str]]:
    """What differs by more than rounding from every amount of its column: reviews may tell fiscal money alone, or
    the budget of the beginning of the year."""
    out = []
    for said, key, what in ((r.budget, "year.budget", "whole_budget"), (r.spent, "year.spent", "spent")):
        there = f.amounts.get(key)
        if said is None or there is None or there.amount is None or there.unit is None:
            continue
        column = [f.amounts[k] for k in f.amounts if k.endswith((key.removeprefix("year"), _PLANNED[key]))]
        if not any(_agrees(said, other, r) for other in (there, *column)):
            out.append((said, there, what))
    return out


def _agrees(said: Said, there: Fact, r: Review) -> bool:
    """Equal as far as the review and the form print their amounts, rounded or cut off."""
    if there.amount is None or there.unit is None:
        return True
    if base_of(there) and said.base / base_of(there) in _OTHER_UNIT:
        return True  # the unit of the form is another than was read
    unit = said.base / said.value if said.value else there.unit.factor
    most = max(s.decimals for s in (r.budget, r.spent) if s is not None)
    step = Decimal(1).scaleb(-min(most, there.amount.decimals)) * max(unit, there.unit.factor)
    return abs(said.base - base_of(there)) < step


@rule("scores.name", needs=("text",))
def names(case: Case) -> Iterator[Issue]:
    """A project's name in its review and in its form that differ by words within."""
    pairs = pairs_of(case)
    for r, f in pairs:
        title, there = bare_name(r.name), bare_name(f.name)
        if title.endswith(there) or len(there) < 4:
            continue
        tail = title[-len(there) - _ADDED :]
        codes = [
            c for c in SequenceMatcher(None, tail, there, autojunk=False).get_opcodes() if c[0] != "equal"
        ]
        inner = [c for c in codes if c[1] > 0]
        words = [tail[a:b] + there[c:d] for _, a, b, c, d in inner]
        one = (
            not any(_WORDS["added"].search(w) for w in words)
            and len(inner) == 1
            and inner[0][0] in ("insert", "delete")
            and inner[0][2] < len(tail)
        )
        spent = f.amounts.get("year.spent")
        if one and r.spent is not None and spent is not None and _agrees(r.spent, spent, r):
            yield issue_at("scores.name", r.name[-_SHOWN:], r.place, (f.name, f.place), form=f.name)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A sentence that tells how many projects are reviewed, and their money."""

    position: int
    passage: Passage
    count: int
    words: str
    place: Place
    amount: Said | None


def _counted(case: Case) -> list[_Counted]:
    """Statements of the results that follow."""
    out = []
    for k, p in enumerate(case.passages):
        for m in _WORDS["counted"].finditer(p.text):
            end = min((i for i in (p.text.find("。", m.end()),) if i >= 0), default=len(p.text))
            money = _WORDS["amount"].search(p.text, m.end(), end)
            said = None
            if money is not None and (number := exact_number(money["number"])) is not None:
                places = len(money["number"].partition(".")[2])
                words = money["number"] + money["unit"]
                said = Said(
                    words, p.place(money.start("number")), number * _factor(money["unit"]), places, number
                )
            words = p.verbatim(m.start(), m.end()).strip()
            out.append(_Counted(k, p, int(m["count"]), words, p.place(m.start("count")), said))
    return out


@rule("scores.count", "scores.sum", needs=("text",), each_file=True)
def counts(case: Case) -> Iterator[Issue]:
    """How many projects are said to be reviewed: told twice, and against those that are listed; what they come to."""
    stated = _counted(case)
    listed = _listed(case, stated)
    for one in stated:
        other = next((o for o in stated if o.count != one.count), None)
        if (
            listed
            and one.count != len(listed)
            and (other.count == len(listed) if other else one.count < len(listed))
        ):
            near = other or one
            template = "twice" if other else ""
            yield issue_at(
                "scores.count",
                one.words,
                one.place,
                (near.words, near.place),
                template=template,
                said=one.count,
                other=near.words if other else None,
                found=len(listed),
            )
        if one.amount is not None and listed and abs(one.count - len(listed)) * 10 <= len(listed):
            yield from _sum(one, listed)


def _listed(case: Case, stated: Sequence[_Counted]) -> list[Review]:
    """The reviews below the last such sentence, where each of them has its money."""
    if not stated:
        return []
    found = [r for r in reviews_of(case) if r.at > stated[-1].position and _numbered(case, r)]
    whole = [r for r in found if r.budget is not None]
    ordered = [int(_first_number(case, r)) for r in found]
    if ordered != sorted(set(ordered)) or not ordered:
        restart = next((k for k in range(1, len(ordered)) if ordered[k] <= ordered[k - 1]), len(ordered))
        found, ordered = found[:restart], ordered[:restart]
    complete = len(found) >= _FEW and ordered == list(range(1, len(found) + 1))
    return found if complete and all(r in whole for r in found) else []


def _first_number(case: Case, r: Review) -> str:
    m = _WORDS["number"].match(case.passages[r.at].text)
    return "".join(c for c in m.group() if c.isdigit()) if m else "0"


def _numbered(case: Case, r: Review) -> bool:
    return _WORDS["number"].match(case.passages[r.at].text) is not None


def _sum(one: _Counted, listed: Sequence[Review]) -> Iterator[Issue]:
    """The money of all that is said against the budgets and the spending of those that are listed."""
    if one.amount is None:
        return
    budgets = sum((r.budget.base for r in listed if r.budget), Decimal(0))
    spent = sum((r.spent.base for r in listed if r.spent), Decimal(0))
    slack = sum((_half(r.budget) for r in listed if r.budget), _CENT)
    if any(abs(one.amount.base - s) <= slack for s in (budgets, spent)):
        return
    yield issue_at(
        "scores.sum",
        one.amount.text,
        one.amount.place,
        count=len(listed),
        said=one.amount.text,
        budget=budgets / 10_000,
        spent=spent / 10_000,
    )


def _half(said: Said) -> Decimal:
    """Half a unit of the last printed decimal."""
    unit = said.base / said.value if said.value else Decimal(10_000)
    return unit * Decimal(1).scaleb(-said.decimals) / 2


@rule("scores.twice", needs=("text",), each_file=True)
def amounts_twice(case: Case) -> Iterator[Issue]:
    """The same statement of what was assessed, with another amount the second time."""
    stated = [(p, m) for p in case.passages for m in _WORDS["assessed"].finditer(p.text)]
    for k, (p, m) in enumerate(stated):
        for q, n in stated[:k]:
            if m["count"] != n["count"] or _value(m) == _value(n):
                continue
            if _same_matter(p, m, q, n):
                first, second = (x.verbatim(y.start("number"), y.end()).strip() for x, y in ((q, n), (p, m)))
                yield issue_at(
                    "scores.twice",
                    p.clauses(m.start(), m.end()),
                    p.place(m.start("number")),
                    (first, q.place(n.start("number"))),
                    said=second,
                    other=first,
                )


def _same_matter(p: Passage, m: re.Match[str], q: Passage, n: re.Match[str]) -> bool:
    """The same words of what was assessed, but for what makes no other year, level or kind; by the same body."""
    first, second = _what(m["what"]), _what(n["what"])
    match = SequenceMatcher(None, first, second, autojunk=False)
    apart = [first[a:b] + second[c:d] for kind, a, b, c, d in match.get_opcodes() if kind != "equal"]
    own, other = (_lead(x, y) for x, y in ((p, m), (q, n)))
    body = own == other or not any(_WORDS["contrast"].search(x) for x in (own, other))
    return body and match.ratio() >= _SAME and not any(_WORDS["contrast"].search(x) for x in apart)


def _lead(p: Passage, m: re.Match[str]) -> str:
    """What stands before the statement in its sentence."""
    return p.text[sentence(p.text, m.start(), m.end())[0] : m.start()]


def _what(text: str) -> str:
    return _WORDS["filler"].sub("", text)


def _factor(unit: str) -> Decimal:
    named = unit_named(unit)
    return named.factor if named is not None else Decimal(1)


def _value(m: re.Match[str]) -> Decimal:
    return (exact_number(m["number"]) or Decimal(0)) * _factor(m["unit"])
