"""Two amounts of a paragraph, each of which the tables tell under the name of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.reading import Reading
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree

_LEVELS = (Kind.VALUE, Kind.ACTUAL)
_NEAR = 6
"""Amounts that were exchanged stand no farther apart."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Two amounts with what the tables tell under their names."""

    one: Quantity
    two: Quantity
    first: str
    second: str


@rule("names.exchanged", needs=("tables", "text"), each_file=True)
def exchanged_amounts(case: Case) -> Iterator[Issue]:
    """Text and table have the amounts of two items the other way round."""
    for found in exchanged(case):
        one, two = found.one, found.two
        words = one.passage.clauses(max(0, one.start - len(one.lead.lstrip(",;。"))), two.end)
        yield issue_at(
            "names.exchanged",
            words,
            one.passage.place(one.start),
            one=one.amount.text,
            two=two.amount.text,
            first=found.first,
            second=found.second,
        )


def exchanged(case: Case) -> Iterator[Exchanged]:
    """All such pairs of a text; none where an amount stands under its own name as well."""
    for numbers in case.by_passage.values():
        wrong = [found for q in numbers if (found := _wrong(case, q)) is not None]
        for k, one in enumerate(wrong):
            for two in wrong[k + 1 : k + _NEAR]:
                if _agrees(one.quantity, two) and _agrees(two.quantity, one):
                    yield Exchanged(one.quantity, two.quantity, _printed(one), _printed(two))


def _wrong(case: Case, q: Quantity) -> Reading | None:
    """The reading of an amount whose every word is accounted for, by one number of the tables that is another."""
    if not q.money or q.kind not in _LEVELS or not q.amount.value:
        return None
    reading = case.reader.read(q)
    if reading is None or not reading.sure or reading.wider or not reading.facts or "," in reading.said.how:
        return None
    values = {f.amount.base for f in reading.facts if f.amount is not None}
    if len(values) != 1 or any(agree(q.fact, f) for f in reading.facts):
        return None
    return reading


def _agrees(q: Quantity, reading: Reading) -> bool:
    return any(agree(q.fact, f) for f in reading.facts)


def _printed(reading: Reading) -> str:
    return next(f.text for f in reading.facts if f.amount is not None)
