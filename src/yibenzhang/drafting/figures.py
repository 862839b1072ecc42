"""Approved figures: what a body received, spends and stands over, line by line, and what is not a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from yibenzhang.model.places import Place

FLOWS = ("in", "opening", "used", "out", "closing", "distributed")
"""Income, carried in, balances used; expenditure, carried out, balances distributed."""
KINDS = ("basic", "project", "operating_out", "to_superior", "to_subordinate", "reserve")
SOURCES = (
    "general", "fund", "state_capital", "special_account", "business_in", "operating_in", "superior_in",
    "subordinate_in", "other_in",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One approved amount in 元, exact: its flow, who, from which source, for what.

    ``kind`` is one of KINDS for expenditure and empty otherwise; ``carried`` says that expenditure is paid
    from what was carried in; ``place`` is the cell it was read from.
    """

    flow: str
    amount: Decimal
    source: str
    unit: str = ""
    function: str = ""
    economic: str = ""
    kind: str = ""
    project: str = ""
    carried: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A budget unit of the body; ``nature`` is 行政, 参公 or 事业."""

    code: str
    name: str
    nature: str = "行政"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A performance indicator: three levels of names, target, unit, weight; in accounts what was reached.

    ``quality`` is empty for a quantitative indicator, else one of 达成, 部分达成, 未达成.
    """

    level1: str
    level2: str
    name: str
    target: str
    unit: str = ""
    weight: Decimal = Decimal(0)
    reached: str = ""
    quality: str = ""
    direction: str = "≥"
    share: Decimal | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A project: code, name, unit, what it is and is to reach; ``budget`` is the whole-year budget (accounts)."""

    code: str
    name: str
    unit: str
    goal: str = ""
    description: str = ""
    budget: Decimal | None = None
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line of the procurement list."""

    kind: str
    programme: str
    item: str
    thing: str
    way: str
    amount: Decimal
    place: Place | None = None


@dataclass(frozen=True)
class Stated:
    """A total as approved, given beside its details so that both are compared."""

    amount: Decimal
    place: Place | None = None


@dataclass(frozen=True)
class Figures:
    """Everything a disclosure is made of.

    ``extra`` are amounts in 元 that stand in no table line (机关运行经费, 政府采购 …), ``counts`` numbers of
    things (车辆 …), ``last`` those of the year before and ``planned`` those of the opening budget, both by
    the names of the figures in the drafts' data; ``notes`` the texts by key. What none of them has is not known, and
    never nothing: ``complete`` says that ``last`` has all there was, so that a figure without one is new and a body
    without any reports for the first time. ``elsewhere`` are amounts of this year that a document says in other tables
    than its draft prints, or in its text; ``moves`` what it says of the year before, each with the amount of this year
    that the sentence restates; ``steady`` amounts of this year that it says are about those of the last; ``called``
    what it calls the budget of a figure, where that is not the opening one; of ``doubtful`` ones it says two things;
    ``unsaid`` are figures whose change is not to be told, ``left_out`` those of which nothing is to be said.
    """

    body: str
    year: int
    stage: str
    family: str
    level: str = "department"
    code: str = "100"
    entries: tuple[Entry, ...] = ()
    units: tuple[Unit, ...] = ()
    projects: tuple[Project, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    extra: Mapping[str, Decimal] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, Decimal] = field(default_factory=dict)
    planned: Mapping[str, Decimal] = field(default_factory=dict)
    stated: Mapping[str, Stated] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False
    elsewhere: Mapping[str, Decimal] = field(default_factory=dict)
    moves: Mapping[str, tuple[tuple[Decimal, Decimal], ...]] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    unsaid: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    steady: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
