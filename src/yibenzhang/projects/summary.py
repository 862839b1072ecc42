"""A portfolio in figures: what was asked, approved, budgeted, contracted and paid, by year and by body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.projects.linking import Project
from yibenzhang.projects.telling import money_of, year_of

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
class Figures:
    """The money of one project: by measure (the last year's, or added up), by year and measure, contracts by supplier;
    ``carried`` as in Summary; ``listed``: what the lists of all projects of a year have of it, ``last``: the
    year of its budget in ``money``."""

    money: Mapping[str, Decimal | None]
    years: Mapping[tuple[int, str], Decimal]
    kinds: frozenset[str]
    contracts: tuple[tuple[str, Decimal], ...]
    carried: Decimal | None
    listed: Mapping[int, Decimal]
    last: int | None


@dataclass(frozen=True, slots=True)
class Summary:
    """``carried``: what was in the last assessed budgets and not spent, over projects that tell both."""

    whole: Sums
    years: tuple[Sums, ...]
    bodies: tuple[Sums, ...]
    suppliers: tuple[Supplier, ...]
    carried: Decimal | None
    kinds: Mapping[str, int]


def figures_of(p: Project) -> Figures:
    """The figures of one project."""
    contracts = [
        (e.supplier, e.amount("contracted")) for e in p.events if e.kind == "contract" and e.supplier
    ]
    return Figures(
        {m: money_of(p, m) for m in MEASURES},
        _by_year(p),
        frozenset(e.kind for e in p.events),
        tuple((who, value) for who, value in contracts if value),
        _carried(p),
        _listed(p),
        year_of(p, "budget"),
    )


def _listed(p: Project) -> Mapping[int, Decimal]:
    """What its rows in published lists of projects come to, neither those of forms nor sentences of the text."""
    out: dict[int, Decimal] = {}
    for e in p.events:
        value = e.amount("budget")
        if e.kind == "budget" and e.year and value is not None and e.origin.endswith("|"):
            out[e.year] = out.get(e.year, Decimal(0)) + value
    return out


def summed(
    projects: Sequence[Project], figures: Callable[[Project], Figures] = figures_of, few: int = 20
) -> Summary:
    """The figures of these projects; the ``few`` largest bodies and suppliers. ``figures``: where those of a project
    are kept."""
    return together((of_body(who, some, figures) for who, some in by_body(projects).items()), few)


def by_body(projects: Sequence[Project]) -> Mapping[str, list[Project]]:
    out: dict[str, list[Project]] = defaultdict(list)
    for p in projects:
        out[p.who].append(p)
    return out


@dataclass(frozen=True, slots=True)
class OfBody:
    """The figures of the projects of one body; ``suppliers``: how many contracts each has, and their money."""

    whole: Sums
    years: Mapping[int, Sums]
    kinds: Mapping[str, int]
    suppliers: Mapping[str, tuple[int, Decimal]]
    carried: Decimal | None


def of_body(who: str, projects: Sequence[Project], figures: Callable[[Project], Figures]) -> OfBody:
    """The figures of a body's projects, which are all its projects: what is in its lists counts once."""
    total = _Adding()
    years: dict[int, _Adding] = defaultdict(_Adding)
    kinds: dict[str, int] = defaultdict(int)
    suppliers: dict[str, tuple[int, Decimal]] = {}
    known = [figures(p) for p in projects]
    lists = {(who, year) for f in known for year in f.listed}
    for f in known:
        total.add(_once(f, who, lists))
        for kind in f.kinds:
            kinds[kind] += 1
        for supplier, value in f.contracts:
            count, amount = suppliers.get(supplier, (0, Decimal(0)))
            suppliers[supplier] = (count + 1, amount + value)
        for year, of_year in _years_once(f, who, lists).items():
            years[year].add(of_year)
    carried = [f.carried for f in known if f.carried is not None]
    return OfBody(
        total.sums(who),
        {y: found.sums(str(y)) for y, found in years.items()},
        kinds,
        suppliers,
        sum(carried, Decimal(0)) if carried else None,
    )


def together(bodies: Iterable[OfBody], few: int = 20) -> Summary:
    """The figures of these bodies; the ``few`` largest of them and of their suppliers."""
    total = _Adding()
    years: dict[int, _Adding] = defaultdict(_Adding)
    kinds: dict[str, int] = defaultdict(int)
    suppliers: dict[str, tuple[int, Decimal]] = {}
    carried: list[Decimal] = []
    listed: list[Sums] = []
    for b in bodies:
        listed.append(b.whole)
        total.add(b.whole.money, b.whole.projects)
        for year, sums in b.years.items():
            years[year].add(sums.money, sums.projects)
        for kind, number in b.kinds.items():
            kinds[kind] += number
        for supplier, (more, value) in b.suppliers.items():
            count, amount = suppliers.get(supplier, (0, Decimal(0)))
            suppliers[supplier] = (count + more, amount + value)
        carried += [b.carried] if b.carried is not None else []
    listed.sort(key=lambda s: (-(s.money["budget"] or s.money["contracted"] or Decimal(0)), s.name))
    return Summary(
        total.sums(""),
        tuple(years[y].sums(str(y)) for y in sorted(years)),
        tuple(listed[:few]),
        _largest(suppliers, few),
        sum(carried, Decimal(0)) if carried else None,
        kinds,
    )


def _years_once(
    f: Figures, who: str, lists: AbstractSet[tuple[str, int]]
) -> Mapping[int, Mapping[str, Decimal | None]]:
    """The money of each year; its budget from the list of the body and year where there is one, as in ``_once``."""
    out: dict[int, dict[str, Decimal | None]] = defaultdict(dict)
    for (year, measure), value in f.years.items():
        if measure != "budget" or (who, year) not in lists:
            out[year][measure] = value
        elif year in f.listed:
            out[year][measure] = f.listed[year]
    return out


def _once(f: Figures, who: str, lists: AbstractSet[tuple[str, int]]) -> Mapping[str, Decimal | None]:
    """The money without a budget that a list of the same body and year tells in its parts: forms often sum up several
    projects of the list."""
    if f.last is None or (who, f.last) not in lists:
        return f.money
    return {**f.money, "budget": f.listed.get(f.last)}


class _Adding:
    """Money added up measure by measure; what nobody tells stays unknown."""

    def __init__(self) -> None:
        self._projects = 0
        self._money: dict[str, Decimal] = {}

    def add(self, money: Mapping[str, Decimal | None], projects: int = 1) -> None:
        self._projects += projects
        for measure, value in money.items():
            if value is not None:
                self._money[measure] = self._money.get(measure, Decimal(0)) + value

    def sums(self, name: str) -> Sums:
        return Sums(name, self._projects, {m: self._money.get(m) for m in MEASURES})


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


def _carried(p: Project) -> Decimal | None:
    """What the last self-assessment left of its budget; None where it does not tell both."""
    found = [e for e in p.events if e.kind == "self_assessment" and e.amount("budget") is not None]
    budget, executed = (found[-1].amount("budget"), found[-1].amount("executed")) if found else (None, None)
    return max(budget - executed, Decimal(0)) if budget is not None and executed is not None else None


def _largest(suppliers: Mapping[str, tuple[int, Decimal]], few: int) -> tuple[Supplier, ...]:
    whole = sum((amount for _, amount in suppliers.values()), Decimal(0))
    rows = [
        Supplier(name, count, amount, (100 * amount / whole).quantize(Decimal("0.1")))
        for name, (count, amount) in suppliers.items()
    ]
    return tuple(sorted(rows, key=lambda s: (-s.amount, s.name))[:few])
