"""What each printed number is (table, goal form, procurement list, sentence) and what the check made of it.

The one place that knows how the engine says so: all figures of `bench` are counted from what stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from yibenzhang.balance.coverage import Standing
from yibenzhang.checking.check import Checked
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome
from yibenzhang.recognising.table_facts import TableFacts


class Where(StrEnum):
    """What a number stands in."""

    TABLE = "table"
    FORM = "form"
    PROCUREMENT = "procurement"
    SENTENCE = "sentence"


class Mark(StrEnum):
    """The standing of a number; *trivial* is a zero that only agrees with other zeros."""

    PROVED = "proved"
    CONTRADICTED = "contradicted"
    ALONE = "alone"
    TRIVIAL = "trivial"


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number with its kind of place and its standing."""

    fact: Fact
    where: Where
    mark: Mark


def numbers_of(checked: Checked) -> Iterator[Number]:
    """The money numbers of the tables, forms and lists, and every number of the sentences."""
    weighty: set[str] = set()
    for r in checked.results:
        if r.outcome != Outcome.CONTRADICTED:
            facts = r.relation.facts()
            if any(f.amount is not None and f.amount.value for f in facts):
                weighty.update(f.id for f in facts)

    def number(fact: Fact, where: Where) -> Number:
        standing = checked.standing.get(fact.id, Standing.ALONE)
        zero = fact.amount is not None and fact.amount.value == 0
        if zero and standing == Standing.PROVED and fact.id not in weighty:
            return Number(fact, where, Mark.TRIVIAL)
        return Number(fact, where, Mark(standing.value))

    for table in checked.tables:
        where = _where(table)
        for fact in table.facts():
            if fact.printed and _money(fact):
                yield number(fact, where)
    for quantity in checked.quantities:
        if quantity.fact.id in checked.standing:
            yield number(quantity.fact, Where.SENTENCE)


def _where(table: TableFacts) -> Where:
    standard = table.table.standard
    if table.table.part_of or (standard is not None and standard.layout == "form"):
        return Where.FORM
    if standard is not None and standard.id.endswith(".procurement"):
        return Where.PROCUREMENT
    return Where.TABLE


def _money(fact: Fact) -> bool:
    """A number whose unit is unknown counts: that it is not known is no reason to leave it out."""
    unit = fact.amount.unit if fact.amount else None
    return unit is None or unit.dimension == "money"


def understood(checked: Checked) -> tuple[int, int]:
    """Tables with numbers of which every number column is understood, and all tables with numbers; no forms."""
    whole = tables = 0
    for table in checked.tables:
        if _where(table) == Where.FORM or not any(f.printed and _money(f) for f in table.facts()):
            continue
        tables += 1
        whole += table.table.standard is not None and not any(b.unknown for b in table.blocks)
    return whole, tables


def tightest(checked: Checked) -> dict[str, Decimal]:
    """For each number that a relation proves: how far it may be off, in base units, before one breaks."""
    out: dict[str, Decimal] = {}
    for r in checked.results:
        if r.outcome == Outcome.CONTRADICTED:
            continue
        for t in r.relation.terms:
            if t.coefficient:
                room = (r.slack + abs(r.residual)) / abs(Decimal(t.coefficient))
                out[t.fact.id] = min(room, out.get(t.fact.id, room))
    return out
