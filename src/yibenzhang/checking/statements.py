"""What sentences say of other documents: the year before, and in accounts the initial budget, at the coordinates of the
number of the tables that they speak of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval, linear
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.reading import Reading
from yibenzhang.prose.subjects import in_a_list
from yibenzhang.rules.case import Case
from yibenzhang.standards.lexicon.sentences import as_before, executed

_OF_LAST_YEAR = (Says.GROWTH, Says.SINCE, Says.CHANGE)
_OF_BUDGET = (Says.COMPLETION, Says.MORE, Says.LESS, Says.SAME)
_Found: TypeAlias = "tuple[Fact | None, Coordinates] | None"
_NEAR = frozenset({"part", "apart", "clause"})
"""Bindings that are as good as those of the words right before, where the amount is that of the tables."""
_CODED = frozenset({"sentence", *_NEAR})
"""The same where the words name a code."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An amount of the year before, or of the initial budget: printed, or this year's amount less the change
    (``derived``), in 元.

    ``quantity`` is the printed number it rests on; ``bound`` the number of the tables that the sentence restates,
    whose coordinates ``at`` are those of the statement too, but for version and stage; None where there are no tables
    and the words alone say the place. ``words``: as they stand there.
    """

    quantity: Quantity
    bound: Fact | None
    at: Coordinates
    span: Interval
    derived: bool
    words: str


def statements_of(case: Case) -> tuple[Statement, ...]:
    """The statements of all sentences whose own amount equals the number of the tables that their words name."""
    return tuple({(s.quantity.fact.id, s.at): s for part in case.files for s in _of_file(part)}.values())


def _of_file(case: Case) -> Iterator[Statement]:
    for claim in case.claims:
        subject = claim.subject
        if claim.says in _OF_BUDGET:
            yield from _initial(case, claim)
        if (
            claim.says not in _OF_LAST_YEAR
            or claim.loose
            or subject is None
            or in_a_list(subject, claim.within)
        ):
            continue
        last, change = claim.against, claim.change
        found = _last(_place(case, subject, claim.within is not None), last or change)
        if found is None:
            continue
        if last is not None and last.kind is Kind.LAST and last.fact.interval is not None:
            yield Statement(last, *found, last.fact.interval, False, last.fact.said)
        elif (span := _before(claim)) is not None and change is not None:
            yield Statement(change, *found, span, True, change.fact.said)
    yield from _unchanged(case)


def _unchanged(case: Case) -> Iterator[Statement]:
    """与上年持平: last year's amount is this year's."""
    for q in case.quantities:
        same = as_before().match(q.passage.text, q.end) if q.kind is Kind.VALUE and q.money else None
        if same is None:
            continue
        found, span = _last(_place(case, q, True), q), q.fact.interval
        if found is not None and span is not None:
            yield Statement(q, *found, span, True, q.fact.said + q.passage.verbatim(q.end, same.end()))


def _initial(case: Case, claim: Claim) -> Iterator[Statement]:
    """年初预算为…，支出决算为…: what the budget of the year gave."""
    subject, budget = claim.subject, claim.against
    if case.stage != "accounts" or subject is None or budget is None or budget.kind is not Kind.BUDGETED:
        return
    span, found = budget.fact.interval, _place(case, subject, True)
    if found is not None and span is not None and budget.money and case.reader.opened(budget):
        at = replace(found[1], version="", stage="initial")
        yield Statement(budget, found[0], at, span, False, budget.fact.said)


def _last(found: _Found, told: Quantity | None) -> _Found:
    """The same place the year before: of what was spent where the words by ``told`` say so."""
    if found is None or told is None:
        return None
    spent = any(w in told.lead + told.base for w in executed())
    return found[0], replace(found[1], version="previous", stage="final" if spent else found[1].stage)


def _before(claim: Claim) -> Interval | None:
    """This year's amount less its change."""
    if claim.subject is None or claim.change is None or not claim.change.sign or not claim.change.money:
        return None
    here, change = claim.subject.fact.interval, claim.change.fact.interval
    if here is None or change is None:
        return None
    return linear([(Decimal(1), here), (Decimal(-claim.change.sign), change)])


def _place(case: Case, subject: Quantity, part: bool) -> _Found:
    """The one number of the tables that the amount restates, with its coordinates: every word is accounted for and the
    two are equal. ``part``: it stands in a list."""
    reading = case.reader.read(subject)
    if reading is None or not reading.sure or reading.wider:
        return None
    notes = set(reading.how.split(", ")[1:])
    near = notes - {"sums"} <= (_CODED if reading.said.wanted.codes else _NEAR)
    if not reading.facts and not case.views:
        return _worded(reading) if near else None
    if not reading.facts or (notes and not (near and subject.amount.value)):
        return None
    if part and (reading.said.anonymous or not subject.amount.value):
        return None
    fact, here = reading.facts[0], subject.fact.interval
    there = fact.interval
    if here is None or there is None or not (here.low <= there.high and there.low <= here.high):
        return None
    return fact, case.reader.cube.place(fact)


def _worded(reading: Reading) -> _Found:
    """What the words say where the document has no tables: one code at most, no name of a row."""
    wanted = reading.said.wanted
    if len(wanted.codes) > 1 or wanted.label or reading.said.anonymous:
        return None
    values = {**dict(wanted.prefer), **dict(wanted.values), **dict(wanted.codes)}
    return None, Coordinates().placed(values)
