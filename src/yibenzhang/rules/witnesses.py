"""Second witnesses of lists: a number that makes a list add up and is told elsewhere too.

A list of a kind that need not be complete accuses nobody by itself. Where one of its numbers would make it add up if it
were an amount that the document tells elsewhere, and is none that it tells anywhere, two witnesses agree what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Made, Relation, Term
from yibenzhang.prose.quantities import Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.slips import residual
from yibenzhang.rules.supporting import holds

_MORE = 10
_DIGITS = 4
"""Amounts with fewer digits are told elsewhere by chance."""


class Witness:
    """The amounts that a document tells, in its tables and in its text."""

    def __init__(self, case: Case) -> None:
        self._cube = case.reader.cube
        self._said: Counter[Decimal] = Counter(q.amount.base for q in case.quantities if _is_level(q))

    def of(self, sums: Sequence[Relation]) -> Iterator[Made]:
        """What the lists say with their witnesses: of one that holds, which numbers are told elsewhere as well."""
        held = next((s for s in sums if holds(s)), None)
        if held is not None:
            yield from (
                _alone(held, t)
                for t in held.terms
                if _tight(held, t.fact) and self._twice(t.fact, Decimal(0))
            )
            return
        for relation in sums:
            left = residual(relation).middle
            wrong = [t for t in relation.terms if self._is_wrong(t, left, relation)]
            if len(wrong) == 1:
                yield relation
                return

    def _is_wrong(self, term: Term, left: Decimal, relation: Relation) -> bool:
        """The number is told nowhere else, and the one that mends the list is."""
        fact = term.fact
        if fact.amount is None or self._twice(fact, Decimal(0)):
            return False
        return self._twice(fact, -left / Decimal(term.coefficient))

    def _twice(self, fact: Fact, more: Decimal) -> bool:
        """The amount, with so much more, is told in the tables or in another place of the text."""
        amount = fact.amount
        if amount is None or amount.unit is None:
            return False
        value = amount.value + more / amount.unit.factor
        if value <= 0 or len(f"{value.normalize():f}".replace(".", "").strip("0")) < _DIGITS:
            return False
        moved = replace(fact, amount=replace(amount, value=value))
        count = self._said[moved.amount.base] if moved.amount else 0
        return count > (not more) or self._cube.known(moved)


def _tight(relation: Relation, fact: Fact) -> bool:
    """What rounding leaves open in the list is not much more than in the number."""
    own = fact.interval
    return own is not None and residual(relation).half_width <= _MORE * own.half_width


def _is_level(q: Quantity) -> bool:
    return q.money and not q.sign


def _alone(relation: Relation, term: Term) -> Relation:
    """What the list and the witness say of one of its numbers: no more than that it is what it is."""
    amount = term.fact.amount
    assert amount is not None
    return Relation(
        f"{relation.id}|{term.fact.id}",
        relation.rule,
        (Term(1, term.fact),),
        constant=-amount.base,
        family="witness",
    )
