"""From views to relations: families of all laws, judged by their support, competing readings settled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from yibenzhang.balance.slips import EXCHANGED, MOVED_POINT, slipped
from yibenzhang.laws.beside_lists import beside_lists, running_lists
from yibenzhang.laws.change import balance_families, change_families
from yibenzhang.laws.columns import column_families, item_families
from yibenzhang.laws.equality import equality_families
from yibenzhang.laws.families import ENOUGH, Family, Instance, State, judge
from yibenzhang.laws.heading_formulas import formula_families
from yibenzhang.laws.nesting import nested
from yibenzhang.laws.numbers import Number, Numbers
from yibenzhang.laws.rates import rate_families
from yibenzhang.laws.rows import beside_families, row_families
from yibenzhang.laws.short_lists import ShortList, short_lists
from yibenzhang.model.intervals import SCALE, Interval
from yibenzhang.model.views import View
from yibenzhang.standards.lexicon.words import Tree

FEW_NUMBERS = 3


@dataclass(frozen=True)
class Laws:
    """What the laws say of a document: families with their state, and the instances that count.

    ``held``: of laws, witnesses and proofs; ``contradicted``: of laws and witnesses, where no competing reading holds.
    """

    families: tuple[Family, ...]
    held: tuple[tuple[Family, Instance], ...]
    contradicted: tuple[tuple[Family, Instance], ...]
    certain: frozenset[int]
    """The contradicted instances (by identity) that are errors; the others are questions."""
    short: tuple[ShortList, ...] = ()


def laws_of(
    views: Sequence[View],
    trees: Mapping[str, Tree],
    prior: dict[str, tuple[int, int]],
    more: Callable[[Numbers], Iterable[Family]] | None = None,
) -> Laws:
    """All relations that the laws find between the numbers of these views; ``more``: families of further laws."""
    numbers = Numbers(views)
    others = list(more(numbers)) if more else []
    rows = list(row_families(numbers))
    readings = [*rows, *(f for f in others if f.direction == "rows")]
    short = short_lists([f for f in readings if not f.weak])  # what may go on elsewhere is not short
    families = [
        *rows,
        *beside_families(numbers),
        *beside_lists(numbers),
        *running_lists(numbers),
        *item_families(numbers, trees),
        *column_families(numbers, trees),
        *change_families(numbers),
        *rate_families(numbers),
        *formula_families(numbers),
        *balance_families(numbers),
        *equality_families(numbers, trees, frozenset(s.view for s in short)),
        *others,
    ]
    judge(families, prior)
    held: list[tuple[Family, Instance]] = []
    broken: list[tuple[Family, Instance]] = []
    holds: set[tuple[str, str]] = set()
    for family in families:
        if family.state == State.NOT_UNDERSTOOD:
            continue
        for i in family.instances:
            if id(i) in family.silent:
                continue
            if i.holds:
                held.append((family, i))
                if not i.trivial:
                    holds.add((i.explains.fact.id, family.direction))
            elif family.state in (State.LAW, State.WITNESS):
                broken.append((family, i))
    broken = _unmet(broken, held)
    settled = _settled(broken, holds, Counter(_list(f, i) for f, i in held if not i.trivial))
    return Laws(
        tuple(families), tuple(held), tuple(settled), frozenset(map(id, _certain(settled))), tuple(short)
    )


Broken = list[tuple[Family, Instance]]


def _list(family: Family, i: Instance) -> tuple[str, str]:
    """A list of rows as one way of reading has it, whatever the column."""
    return _stem(family.name), i.parent


@lru_cache(maxsize=4096)
def _stem(name: str) -> str:
    return name.rpartition("/")[0]


def _unmet(broken: Broken, held: Broken) -> Broken:
    """Without the two numbers that need only be equal if the time or the fund that one leaves unsaid is that of the
    other, where another number of that row is equal: that is the one it is."""
    met = {pair for f, i in held if f.law == "equal" and not i.trivial for pair in _rows_met(i)}
    return [
        (f, i)
        for f, i in broken
        if f.law != "equal" or f.direction.endswith("equal same") or met.isdisjoint(_rows_met(i))
    ]


def _rows_met(i: Instance) -> Iterator[tuple[str, str, int]]:
    """Each number of an equality of two with the row it meets."""
    if len(i.terms) == 2:
        a, b = (n.fact for _, n in i.terms)
        yield a.id, b.table, b.row.index
        yield b.id, a.table, a.row.index


def _settled(broken: Broken, holds: set[tuple[str, str]], lists: Counter[tuple[str, str]]) -> Broken:
    """Of competing readings of one number none accuses where one holds, else the best supported alone: the one whose
    list holds in most of the other columns. A list that fails in a column that another reading explains, and holds in
    none, is not what was added up.
    """
    refuted = {
        _list(family, i)
        for family, i in broken
        if family.direction == "rows" and (i.explains.fact.id, family.direction) in holds
    }
    best: dict[tuple[str, str], Broken] = defaultdict(list)
    for family, i in broken:
        key = (i.explains.fact.id, family.direction)
        if family.direction == "rows" and nested(i):
            continue
        if key not in holds and not (_list(family, i) in refuted and not lists[_list(family, i)]):
            best[key].append((family, i))
    out: Broken = []
    for (_, direction), found in best.items():
        if direction in ("rows", "columns", "rate"):
            top = max(
                found,
                key=lambda x: (x[0].state == State.LAW, lists[_list(*x)], x[0].held, -abs(x[1].residual)),
            )
            out.append(top)
        elif direction.startswith("time"):
            out.append(
                min(found, key=lambda x: abs(x[1].residual))
            )  # this year's, or with what was carried over
        else:
            out += found
    return out


def _certain(broken: Broken) -> list[Instance]:
    """Contradictions of laws, of witnesses that agree with another contradiction of one of their numbers, and of
    witnesses that hold once a slip of the keyboard is undone: no other reading of the table mends them so."""
    touched: dict[str, set[str]] = defaultdict(set)
    for family, i in broken:
        for _, n in i.terms:
            touched[n.fact.id].add(family.direction if family.direction != "equal same" else family.name)
    exchanged = _exchanged_rows(broken)
    return [
        i
        for family, i in broken
        if not i.minor
        and (
            family.state == State.LAW
            or i.parent in exchanged
            or any(len(touched[n.fact.id]) > 1 for _, n in i.terms)
            or _slipped(family, i)
        )
    ]


def _exchanged_rows(broken: Broken) -> set[str]:
    """Lists of which one has in several columns what another lacks: rows stand in each other's place."""
    gaps: dict[str, dict[int, int]] = defaultdict(dict)
    for family, i in broken:
        if family.direction == "rows":
            gaps[i.parent][i.explains.column] = i.residual
    several = {p: found for p, found in gaps.items() if len(found) > 1}
    other = {frozenset((c, -gap) for c, gap in found.items()) for found in several.values()}
    return {p for p, found in several.items() if frozenset(found.items()) in other}


def _slipped(family: Family, i: Instance) -> bool:
    """True where one number is right but for the place of its point, or for two digits in each other's place.

    A point only in a longer sum, and of one number alone: of two numbers it may be the unit. Digits only among few
    numbers: of many one fits by chance.
    """
    filled = [(c, n) for c, n in i.terms if n.value and abs(c) == 1]
    kinds = [_slip(n, n.value - int(c) * i.residual, i.slack) for c, n in filled]
    if family.law == "total" and len(filled) >= ENOUGH:
        return kinds.count(MOVED_POINT) == 1
    return len(filled) <= FEW_NUMBERS and EXCHANGED in kinds


def _slip(number: Number, right: int, slack: int) -> str:
    """The slip of the keyboard that explains a number of several digits, if it ought to be ``right``."""
    if len(str(abs(number.value)).strip("0")) <= FEW_NUMBERS:
        return ""
    low, high = (Decimal(right + side).scaleb(-SCALE) for side in (-slack, slack))
    return slipped(number.fact, Interval(low, high))[0]
