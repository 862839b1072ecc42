"""What sentences say of the year before, at the coordinates of the number of the tables that they speak of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval, linear
from yibenzhang.prose.claims import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case

_OF_LAST_YEAR = (Says.GROWTH, Says.SINCE, Says.CHANGE)


@dataclass(frozen=True, slots=True)
class Statement:
    """An amount of the year before: printed, or this year's amount less the change (``derived``), in 元.

    ``quantity`` is the printed number it rests on; ``bound`` the number of the tables that the sentence restates,
    whose coordinates ``at`` are those of the statement too, but for the version.
    """

    quantity: Quantity
    bound: Fact
    at: Coordinates
    span: Interval
    derived: bool


def statements_of(case: Case) -> tuple[Statement, ...]:
    """The statements of all sentences whose own amount equals the number of the tables that their words name."""
    return tuple({(s.quantity.fact.id, s.at): s for part in case.files for s in _of_file(part)}.values())


def _of_file(case: Case) -> Iterator[Statement]:
    for claim in case.claims:
        if (
            claim.says not in _OF_LAST_YEAR
            or claim.loose
            or claim.subject is None
            or claim.within is not None
        ):
            continue
        found = _bound(case, claim.subject)
        if found is None:
            continue
        last, change = claim.against, claim.change
        if last is not None and last.kind is Kind.LAST and last.fact.interval is not None:
            yield Statement(last, found, case.reader.cube.place(found), last.fact.interval, False)
        elif (span := _before(claim)) is not None and change is not None:
            yield Statement(change, found, case.reader.cube.place(found), span, True)


def _before(claim: Claim) -> Interval | None:
    """This year's amount less its change."""
    if claim.subject is None or claim.change is None or not claim.change.sign or not claim.change.money:
        return None
    here, change = claim.subject.fact.interval, claim.change.fact.interval
    if here is None or change is None:
        return None
    return linear([(Decimal(1), here), (Decimal(-claim.change.sign), change)])


def _bound(case: Case, subject: Quantity) -> Fact | None:
    """The one number of the tables that the amount restates: every word is accounted for and the two are equal."""
    reading = case.reader.read(subject)
    if reading is None or not reading.sure or reading.wider or "," in reading.how or not reading.facts:
        return None
    fact, here = reading.facts[0], subject.fact.interval
    there = fact.interval
    if here is None or there is None or not (here.low <= there.high and there.low <= here.high):
        return None
    return fact
