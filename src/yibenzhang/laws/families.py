"""Families of instances of a law, and what their support allows: to accuse, to prove, or to stay silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from yibenzhang.laws.numbers import Number
from yibenzhang.model.packing import packed


class State(StrEnum):
    """*law*: a contradiction is an error; *witness*: it is one together with another contradiction of the same
    number; *proof*: holds, never accuses; *not understood*: fails widely."""

    LAW = "law"
    WITNESS = "witness"
    PROOF = "proof"
    NOT_UNDERSTOOD = "not understood"
    ONLY_ZEROS = "only zeros"


ENOUGH = 4
"""So many instances that are not trivial make a law of a family by itself."""
ONE_IN = 7
"""At most one in so many may fail."""
POOL_ONE_IN = 40
"""Of a kind of family, as measured on many documents and seen in this one, at most one in so many may fail."""
POOL = 8
"""So many instances of like families stand in for those a small family lacks."""
FEW = 2
"""One wrong number breaks at most so many instances of one family: itself as a total, and as a part."""


@packed
@dataclass(frozen=True, slots=True)
class Instance:
    """Σ coefficient · number + constant = 0; ``explains`` is the number the others make up.

    ``residual`` and ``slack`` on the scale of the numbers; ``trivial``: all are zero.
    """

    terms: tuple[tuple[int | Decimal, Number], ...]
    residual: int
    slack: int
    trivial: bool
    parent: str = ""
    whole: bool = False
    """The number explained stands in a total row."""
    loose: int = 0
    """A larger slack: what the printed digits alone would allow, or one in the last digit between two printings."""

    constant: Decimal = Decimal(0)
    note: str = ""
    """How a rate, the last of the terms, is worked out."""

    @property
    def minor(self) -> bool:
        """Off by no more than digits that may have been left out or rounded twice."""
        return abs(self.residual) <= self.loose

    @property
    def explains(self) -> Number:
        return self.terms[-1 if self.note else 0][1]

    @property
    def holds(self) -> bool:
        return abs(self.residual) <= self.slack


def instance(
    total: Number, parts: Iterable[tuple[int, Number]], parent: str = "", whole: bool = False
) -> Instance | None:
    """total = Σ coefficient · part; None where one side is not filled in while the other is."""
    terms: list[tuple[int | Decimal, Number]] = [(1, total)]
    value, slack, loose, filled, some = total.value, total.slack, total.own, False, False
    for coefficient, part in parts:
        value -= coefficient * part.value
        slack += part.slack if abs(coefficient) == 1 else abs(coefficient) * part.slack
        loose += part.own if abs(coefficient) == 1 else abs(coefficient) * part.own
        filled |= not part.blank
        some |= part.value != 0
        terms.append((-coefficient, part))
    if len(terms) < 2 or not filled and (total.value or not total.blank) or total.blank and some:
        return None
    if total.blank and not filled:
        return None
    return Instance(tuple(terms), value, slack, total.value == 0 and not some, parent, whole, loose)


Explained = tuple[str, str]
"""A fact and the direction of the law that explains it: rows, columns, equality …"""


@dataclass
class Family:
    """Instances of one law over one scope.

    ``pool`` names the like families that support each other; ``weak`` families never accuse; ``rule`` is the
    rule id of the catalogue; ``direction`` keeps apart what may compete for the same number.
    """

    law: str
    rule: str
    name: str
    pool: str
    instances: list[Instance]
    weak: bool = False
    direction: str = ""
    held: int = 0
    failed: int = 0
    """Numbers that no reading explains."""
    misfits: int = 0
    """Numbers that this reading does not explain, though another may."""
    state: State = State.ONLY_ZEROS
    robust: State = State.ONLY_ZEROS
    """The state it would still have after one of its numbers was made wrong: what *proved* rests on."""
    silent: frozenset[int] = frozenset()
    """Instances (by identity) that say nothing: totals of lists that lack rows."""
    head: Instance | None = None
    """The instance of the whole, where the family is a law only if that holds."""

    def count(self, explained: Set[Explained]) -> None:
        """Count what holds, and the numbers that no reading explains; ``explained`` are those that one does."""
        failed: set[str] = set()
        own: set[str] = set()
        for i in self.instances:
            if i.trivial or id(i) in self.silent:
                continue
            if i.holds:
                self.held += 1
                own.add(i.explains.fact.id)
            else:
                failed.add(i.explains.fact.id)
        self.misfits = len(failed - own)
        self.failed = sum((f, self.direction) not in explained for f in failed)


@dataclass
class Pool:
    """What like families of the document hold and fail together, and what is known of them from elsewhere."""

    held: int = 0
    failed: int = 0
    families: list[Family] = field(default_factory=list)


def judge(families: Sequence[Family], prior: dict[str, tuple[int, int]]) -> None:
    """Set the state of every family from its own support and from its pool's.

    ``prior``: pool → (held, failed) as measured on documents of that kind elsewhere.
    """
    pools: dict[str, Pool] = {}
    explained = {
        (i.explains.fact.id, f.direction) for f in families for i in f.instances if i.holds and not i.trivial
    }
    for family in families:
        family.count(explained)
        pool = pools.setdefault(family.pool, Pool(*prior.get(family.pool, (0, 0))))
        pool.families.append(family)
    for pool in pools.values():
        # a family that fails widely is misread: it says nothing about those that are read well
        sound = [f for f in pool.families if f.failed <= max(FEW, (f.held + f.failed) // ONE_IN)]
        held, failed = pool.held + sum(f.held for f in sound), pool.failed + sum(f.failed for f in sound)
        for family in pool.families:
            family.state = _state(family, 0, held, failed)
            family.robust = _state(family, min(FEW, family.held), held, failed)


def _state(family: Family, hurt: int, pool_held: int, pool_failed: int) -> State:
    """The state; ``hurt``: after so many of the instances that hold were broken by a wrong number."""
    held, failed = family.held - hurt, family.failed + hurt
    total = held + failed
    if total == 0:
        return State.ONLY_ZEROS
    pool_held, pool_failed = pool_held - hurt, pool_failed + hurt
    misread = family.misfits > FEW and family.misfits * ONE_IN > held + family.misfits
    if family.weak or misread or (family.head is not None and not family.head.holds):
        return State.PROOF if failed == 0 else State.NOT_UNDERSTOOD
    if held >= ENOUGH and failed * ONE_IN <= total:
        return State.LAW
    others = pool_held - held
    if others >= POOL and failed <= FEW and pool_failed * POOL_ONE_IN <= pool_held + pool_failed:
        return State.WITNESS
    return State.PROOF if failed == 0 else State.NOT_UNDERSTOOD
