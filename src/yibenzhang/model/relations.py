"""Linear statements over facts that ought to hold, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Arguments, Issue
from yibenzhang.model.packing import packed


class Outcome(StrEnum):
    """What became of a relation; *within rounding* is a pass that is not exact."""

    HELD = "held"
    WITHIN_ROUNDING = "within_rounding"
    CONTRADICTED = "contradicted"


class Law(StrEnum):
    """What a relation is an instance of."""

    TOTAL = "total"
    EQUAL = "equal"
    BALANCE = "balance"
    PART = "part"
    CHANGE = "change"
    RATE = "rate"


@packed
@dataclass(frozen=True, slots=True)
class Term:
    """coefficient · fact; in a relation with rates the coefficient is another printed number."""

    coefficient: Decimal | int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Nearly:
    """What a contradiction no larger than ``within`` (base units; beside the rounding where ``beside``) is instead:
    a breach of ``rule``, such as a last digit that was cut off."""

    rule: str
    within: Decimal
    beside: bool = True


@packed
@dataclass(frozen=True, slots=True)
class Relation:
    """Σ coefficient · fact + constant = 0. In a sum the first term is the total, with coefficient 1.

    A share or a rate, p% of b is a, is 100·a - p·b = 0: not linear in p and b together, but its gradient at
    the printed numbers (100, -p, -b) with the constant p·b is, and has the same residual and slack.

    ``parent`` names the list the parts were taken from ("t3/0/7": table, block, row), so that the same
    list seen through several columns is known as one; empty where the parts are not a list of rows.
    """

    id: str
    rule: str
    terms: tuple[Term, ...]
    parent: str = ""
    constant: Decimal = Decimal(0)
    note: str = ""
    """For a percentage: how it is worked out, in one line ("5.36 ÷ 7.68 ＝ 69.79%")."""
    law: Law | None = None
    """The law it is an instance of; None from rules that name none."""
    family: str = ""
    """The key of its family: one law, one pair of columns or one column of one tree. Equal causes fold by it."""
    explains: str = ""
    """Id of the fact it works out from the others (the total, the rate, the change); empty where it is
    symmetrical (two printings of the same number)."""
    list_rows: tuple[int, ...] = ()
    """The grid rows of the list ``parent`` that were added up, also those with nothing in this column;
    empty where the terms say it all."""
    accuses: bool = True
    """False for a weak family: it may prove for display and forbid a change, but never says a number is wrong."""
    nearly: Nearly | None = None

    @property
    def total(self) -> Fact:
        return self.terms[0].fact

    @property
    def parts(self) -> tuple[Term, ...]:
        return self.terms[1:]

    def facts(self) -> list[Fact]:
        return [t.fact for t in self.terms]


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A rule that could not be put to the test, and why: ``reason``, or the rule's sentence ``template`` with its
    ``arguments``, from which the reason is made when it is closed."""

    rule: str
    reason: str = ""
    table: str = ""
    template: str = ""
    arguments: Arguments = ()


@dataclass(frozen=True, slots=True)
class Supported:
    """A relation that counts where so many of its ``witnesses`` hold, whatever becomes of itself."""

    relation: Relation
    witnesses: tuple[Relation, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Relations of which one ought to hold: the first that does is what the document says (of ``Supported`` ones,
    the first that is). Where none does, ``otherwise`` stands: a relation, an issue, further alternatives, or nothing,
    where none of them need hold. The evaluator decides, never the rule.
    """

    options: Iterable[Relation | Supported]
    otherwise: Made = None


Made: TypeAlias = "Relation | Alternatives | Issue | NotChecked | None"
"""What a rule yields."""


@packed
@dataclass(frozen=True, slots=True)
class Result:
    """A relation with its outcome: ``residual`` is Σ c·v, ``slack`` the rounding it may have (base units)."""

    relation: Relation
    outcome: Outcome
    residual: Decimal
    slack: Decimal
