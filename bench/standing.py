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


class Where(StrEnum):
    """What a number stands in."""

    TABLE = "table"
    FORM = "form"
    PROCUREMENT = "procurement"
    SENTENCE = "sentence"
    OTHER = "other"


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


_FORMS = ("goal_form", "goal_list", "self_assessment")
_LISTS = ("procurement", "meeting_list")


def numbers_of(checked: Checked) -> Iterator[Number]:
    """The money numbers of the tables, forms and lists, and every number of the sentences."""
    seen: set[str] = set()
    for view in checked.views:
        where = _where(checked, view.table)
        for fact in view.cells.values():
            if fact.printed and _money(fact) and fact.id not in seen:
                seen.add(fact.id)
                yield _number(checked, fact, where)
    for quantity in checked.quantities:
        if quantity.fact.id in checked.standing and quantity.fact.id not in seen:
            yield _number(checked, quantity.fact, Where.SENTENCE)


def _number(checked: Checked, fact: Fact, where: Where) -> Number:
    standing = checked.standing.get(fact.id, Standing.ALONE)
    zero = fact.amount is not None and fact.amount.value == 0
    if zero and standing != Standing.CONTRADICTED:
        return Number(fact, where, Mark.TRIVIAL)
    return Number(fact, where, Mark(standing.value))


def _where(checked: Checked, table: str) -> Where:
    kind = checked.kinds.get(
        table, "goal_form"
    )  # forms that were put together from pieces have an id of their own
    if kind in _FORMS:
        return Where.FORM
    if kind in _LISTS:
        return Where.PROCUREMENT
    return Where.TABLE if kind == "budget" else Where.OTHER


def _money(fact: Fact) -> bool:
    """A number whose unit is unknown counts: that it is not known is no reason to leave it out."""
    unit = fact.amount.unit if fact.amount else None
    return unit is None or unit.dimension == "money"


def understood(checked: Checked) -> tuple[int, int]:
    """Budget tables with numbers of which every number column is understood, and all budget tables with numbers."""
    columns: dict[str, bool] = {}
    for view in checked.views:
        if _where(checked, view.table) == Where.TABLE and any(f.printed for f in view.cells.values()):
            known = all(c.coordinates.sure for c in view.columns)
            columns[view.table] = columns.get(view.table, True) and known
    return sum(columns.values()), len(columns)


def tightest(checked: Checked) -> dict[str, Decimal]:
    """For each number that a relation proves: how far it may be off, in base units, before one breaks."""
    out: dict[str, Decimal] = {}
    for r in checked.results:
        if r.outcome == Outcome.CONTRADICTED or not r.relation.accuses:
            continue
        for t in r.relation.terms:
            if t.coefficient:
                room = (r.slack + abs(r.residual)) / abs(Decimal(t.coefficient))
                out[t.fact.id] = min(room, out.get(t.fact.id, room))
    return out
