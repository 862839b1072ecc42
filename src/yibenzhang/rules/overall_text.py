"""The overall goals form against the text: last year's amounts, the projects under goals, what makes a change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.quantities import Quantity
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.rules.case import Case
from yibenzhang.rules.goal_projects import bare
from yibenzhang.rules.project_records import Record, former_years, records
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("overall_text")

_AIMED = _WORDS["aimed"]
"""It is not so yet."""
_COVERED = _WORDS["covered"]
_ALL_COVERED = _WORDS["all_covered"]
_YUAN = Decimal(10_000)
_HALF = Decimal("0.5")


def _base(fact: Fact | None) -> Decimal:
    return fact.amount.base if fact is not None and fact.amount else Decimal(0)


def _wan(amount: Decimal) -> str:
    return f"{amount / _YUAN:,.2f}"


@rule("goals.covered", needs=("forms", "text"))
def covered(case: Case) -> Iterator[Issue]:
    """Project expenditure said to be wholly under goals, of which the goals forms have only a part."""
    forms = [f for f in case.forms if f.kind == "project" and f.year]
    if not forms:
        return
    total = sum((_base(f.year) for f in forms), Decimal(0))
    whole = {_base(i.fact) for f in case.forms for i in f.overview if i.kind == "year/specific"}
    every = [late(w) for w in case.standards.lists["all_have_goals"]]
    for q in case.quantities:
        if not q.money or q.amount.base not in whole or total >= q.amount.base - 100 * len(forms):
            continue
        if said := _said_covered(q, every):
            yield issue_at(
                "goals.covered",
                q.passage.clauses(min(said.start(), q.start), max(said.end(), q.end)),
                q.passage.place(q.start),
                forms=len(forms),
                total=_wan(total),
                gap=_wan(q.amount.base - total),
            )


def _said_covered(q: Quantity, every: Sequence[re.Pattern[str]]) -> re.Match[str] | None:
    """The words that all of an amount is under goals, and not only is to be."""
    text = q.passage.text
    begin, end = sentence(text, q.start, q.end)
    if "其中" in text[begin : q.start]:
        return None
    said = _COVERED.match(text, q.end) or _ALL_COVERED.match(text, text.rfind("。", 0, q.start) + 1)
    said = said or next((m for w in every if (m := w.search(text, begin, end))), None)
    return None if said is None or _AIMED.search(text, begin, said.start()) else said


@rule("goals.former_text", needs=("forms", "text", "year"))
def former_text(case: Case) -> Iterator[Issue]:
    """Last year's total as a change in the text implies it, against the overall form's column of that year."""
    year = (case.year or 0) - 1
    for form in (f for f in case.forms if f.kind == "overall"):
        column = dict(zip(former_years(case, form), ("former1", "former2"), strict=False)).get(year)
        now, before = _totals(form, "year"), _totals(form, column or "")
        if column is None or not now or not before:
            continue
        seen: set[tuple[str, ...]] = set()
        for claim in case.claims:
            implied = _implied(claim, now)
            if (
                implied is None
                or any(abs(implied - b) <= 200 for b in before)
                or claim.passage.section[:2] in seen
            ):
                continue
            seen.add(claim.passage.section[:2])
            start = claim.subject.start if claim.subject else claim.at
            words = claim.passage.clauses(start, _end(claim))
            yield issue_at(
                "goals.former_text",
                words,
                claim.passage.place(start),
                year=year,
                implied=_wan(implied),
                printed=_wan(max(before)),
                gap=_wan(abs(implied - max(before))),
            )


def _totals(form: GoalForm, column: str) -> set[Decimal]:
    """What income and expenditure come to in a column of an overall form."""
    return {_base(i.fact) for i in form.overview if i.kind == f"{column}/sum" and _base(i.fact)}


def _implied(claim: Claim, totals: set[Decimal]) -> Decimal | None:
    """Last year's amount of a total that is said to have changed."""
    if (
        claim.says not in (Says.GROWTH, Says.CHANGE)
        or claim.loose
        or claim.subject is None
        or claim.change is None
    ):
        return None
    if claim.subject.amount.base not in totals or not claim.change.sign:
        return None
    return claim.subject.amount.base - claim.change.sign * abs(claim.change.amount.base)


def _end(claim: Claim) -> int:
    return max(q.end for q in (claim.subject, claim.change, claim.rate) if q is not None)


_PROJECTS = _WORDS["projects"]
_REASON = _WORDS["reason"]
_REASON_FIRST = _WORDS["reason_first"]
"""A reason that stands before the number it is given for."""


@rule("reasons.driver", needs=("text",))
def drivers(case: Case) -> Iterator[Issue]:
    """An increase of project expenditure whose reason does not name the new project that makes up most of it."""
    year = case.year or 0
    new = [r for r in records(case) if r.budget(year - 1) == 0 and r.form.year]
    whole = {_base(i.fact) for f in case.forms for i in f.overview if i.kind == "year/specific"}
    seen: set[str] = set()
    for claim in case.claims if new else ():
        rise, why = claim.change, _reason_of_rise(claim, whole)
        if rise is None or why is None:
            continue
        for r in new:
            most = _base(r.form.year) >= _HALF * abs(rise.amount.base)
            if most and r.form.name not in seen and not _names(why.group("why"), r):
                seen.add(r.form.name)
                yield issue_at(
                    "reasons.driver",
                    claim.passage.clauses(min(rise.start, why.start()), max(rise.end, why.end())),
                    claim.passage.place(rise.start),
                    name=r.form.name,
                    amount=_wan(_base(r.form.year)),
                    rise=_wan(abs(rise.amount.base)),
                )


def _reason_of_rise(claim: Claim, whole: set[Decimal]) -> re.Match[str] | None:
    """The reason that a claim gives for more project expenditure."""
    rise, subject = claim.change, claim.subject
    if rise is None or not rise.money or rise.sign <= 0 or subject is None:
        return None
    clause = claim.passage.text[: subject.end].rsplit("。", 1)[-1]
    if subject.amount.base not in whole and not _PROJECTS.search(clause):
        return None
    begin = subject.end - len(clause)
    first = _REASON_FIRST.match(claim.passage.text, begin, subject.start)
    return _REASON.search(claim.passage.text, _end(claim)) or first


def _names(why: str, record: Record) -> bool:
    """The reason has four characters in a row of the project's name."""
    name, said = bare(record.form.name), fold(why)
    return any(name[k : k + 4] in said for k in range(max(1, len(name) - 3)))
