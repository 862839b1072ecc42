"""Amounts printed under the name of another item: equal to that item's, which the section does not name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.reading import Reading
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree
from yibenzhang.standards.registers import registers

_LEAST = 3
"""So many items with their own amounts make a section one that goes through the items of a table."""
_DIGITS = 3
"""An amount of fewer digits is equal to another by chance."""


@dataclass(frozen=True, slots=True)
class Misnamed:
    """An amount under the name of an item whose amount it is not; ``other``: the item it is that of, ``fact`` its
    number there; ``own``: what the tables tell of the item named, empty where nothing."""

    quantity: Quantity
    other: str
    fact: Fact
    own: str


@rule("names.of_amount", needs=("tables", "text"))
def names_of_amounts(case: Case) -> Iterator[Issue]:
    """An item with the amount of another item of its level, which the section going through the items leaves out."""
    for found in misnamed(case):
        q = found.quantity
        words = q.passage.clauses(max(0, q.start - len(q.lead)), q.end)
        yield issue_at(
            "names.of_amount",
            words,
            q.passage.place(q.start),
            (found.fact.text, found.fact.place),
            amount=q.amount.text,
            other=found.other,
            own=found.own or None,
        )


def misnamed(case: Case) -> Iterator[Misnamed]:
    """All such amounts of a text."""
    sections: dict[tuple[str, ...], list[tuple[Quantity, Reading, str]]] = {}
    for q in case.quantities:
        if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL) and (found := _item(case, q)) is not None:
            sections.setdefault(q.passage.section, []).append((q, *found))
    for section, amounts in sections.items():
        right = [q for q, reading, _ in amounts if any(agree(q.fact, f) for f in reading.facts)]
        if len(right) < _LEAST:
            continue
        named = {code for _, _, code in amounts} | _mentioned(case, section)
        for q, reading, code in amounts:
            if q in right or (other := _owner(case, q, code, named)) is None:
                continue
            own = next((f.text for f in reading.facts if f.amount), "")
            yield Misnamed(q, *other, own)


def _item(case: Case, q: Quantity) -> tuple[Reading, str] | None:
    """The reading of an amount that its words give to one item of the functions, with its code."""
    reading = case.reader.read(q)
    if reading is None or not reading.sure or len(reading.said.wanted.codes) != 1:
        return None
    kind, code = reading.said.wanted.codes[0]
    return (reading, code) if kind == "function" else None


def _mentioned(case: Case, section: tuple[str, ...]) -> set[str]:
    return {
        e.code
        for p, found in zip(case.passages, case.mentions, strict=True)
        if p.section == section
        for m in found
        for e in m.at_level
    }


def _owner(case: Case, q: Quantity, code: str, named: set[str]) -> tuple[str, Fact] | None:
    """The one other item of the level that has just this amount, where the section does not name it."""
    if len(q.amount.text.replace(",", "").replace(".", "").strip("0")) < _DIGITS:
        return None
    cube = case.reader.cube
    found = {c: f for c, f in cube.of_codes("function", len(code)) if agree(q.fact, f)}
    if len(found) != 1 or code in found or not named.isdisjoint(found):
        return None
    ((other, fact),) = found.items()
    entry = registers().function.entry(other, case.year)
    return (entry.name if entry else fact.row.label.strip()), fact
