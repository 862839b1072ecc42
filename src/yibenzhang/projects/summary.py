"""A portfolio in figures: what was asked, approved, budgeted, contracted and paid, by year and by body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.projects.linking import Project
from yibenzhang.projects.telling import money_of

MEASURES = ("requested", "approved", "budget", "executed", "contracted", "paid")
_ADDED = frozenset({"contracted", "changed", "paid"})


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one year or one body: how many projects, and their money by measure; None where nothing is told of it."""

    name: str
    projects: int
    money: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Supplier:
    name: str
    contracts: int
    amount: Decimal
    share: Decimal
    """Percent of the money of all contracts."""


@dataclass(frozen=True, slots=True)
class Summary:
    """``carried``: what was in the last assessed budgets and not spent, over projects that tell both."""

    whole: Sums
    years: tuple[Sums, ...]
    bodies: tuple[Sums, ...]
    suppliers: tuple[Supplier, ...]
    carried: Decimal | None
    kinds: Mapping[str, int]


def summed(projects: Sequence[Project], few: int = 20) -> Summary:
    """The figures of these projects; the ``few`` largest bodies and suppliers."""
    years: dict[int, dict[str, Decimal]] = defaultdict(dict)
    there: dict[int, set[str]] = defaultdict(set)
    kinds: dict[str, int] = defaultdict(int)
    suppliers: dict[str, list[Decimal]] = defaultdict(list)
    carried: list[Decimal] = []
    for p in projects:
        for (year, measure), value in _by_year(p).items():
            years[year][measure] = years[year].get(measure, Decimal(0)) + value
            there[year].add(p.id)
        for kind in {e.kind for e in p.events}:
            kinds[kind] += 1
        for e in p.events:
            if e.kind == "contract" and e.supplier and (signed := e.amount("contracted")):
                suppliers[e.supplier].append(signed)
        carried += _carried(p)
    bodies: dict[str, list[Project]] = defaultdict(list)
    for p in projects:
        bodies[p.who].append(p)
    told = [_sums(who, mine) for who, mine in bodies.items()]
    told.sort(key=lambda s: (-(s.money["budget"] or s.money["contracted"] or Decimal(0)), s.name))
    return Summary(
        _sums("", projects),
        tuple(Sums(str(y), len(there[y]), {m: years[y].get(m) for m in MEASURES}) for y in sorted(years)),
        tuple(told[:few]),
        _largest(suppliers, few),
        sum(carried, Decimal(0)) if carried else None,
        kinds,
    )


def _by_year(p: Project) -> Mapping[tuple[int, str], Decimal]:
    """The money of a project by year and measure: parts are added, of what is told several times the largest counts."""
    out: dict[tuple[int, str], Decimal] = {}
    for e in p.events:
        for m in e.amounts:
            if e.year is None or m.value is None:
                continue
            measure = "contracted" if m.measure == "changed" else m.measure
            if measure not in MEASURES:
                continue
            known = out.get((e.year, measure))
            if known is None:
                out[e.year, measure] = m.value
            else:
                out[e.year, measure] = known + m.value if measure in _ADDED else max(known, m.value)
    return out


def _carried(p: Project) -> list[Decimal]:
    """What the last self-assessment left of its budget."""
    found = [e for e in p.events if e.kind == "self_assessment" and e.amount("budget") is not None]
    if not found:
        return []
    budget, executed = found[-1].amount("budget"), found[-1].amount("executed")
    return [max(budget - executed, Decimal(0))] if budget is not None and executed is not None else []


def _sums(name: str, projects: Sequence[Project]) -> Sums:
    money: dict[str, Decimal | None] = {}
    for measure in MEASURES:
        told = [v for p in projects if (v := money_of(p, measure)) is not None]
        money[measure] = sum(told, Decimal(0)) if told else None
    return Sums(name, len(projects), money)


def _largest(suppliers: Mapping[str, Sequence[Decimal]], few: int) -> tuple[Supplier, ...]:
    whole = sum((sum(x, Decimal(0)) for x in suppliers.values()), Decimal(0))
    rows = [
        Supplier(
            name, len(x), sum(x, Decimal(0)), (100 * sum(x, Decimal(0)) / whole).quantize(Decimal("0.1"))
        )
        for name, x in suppliers.items()
    ]
    return tuple(sorted(rows, key=lambda s: (-s.amount, s.name))[:few])
