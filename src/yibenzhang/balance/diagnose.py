"""One cause, one finding: the smallest set of numbers whose change mends every broken relation.

Source: I. P. Fellegi and D. Holt, A systematic approach to automatic edit and imputation, JASA 71 (1976).
A group of broken relations is first tried with one number, exactly; only where no single number mends it
a mixed-integer program (HiGHS) looks for the smallest set.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from yibenzhang.balance.exchange import exchanges
from yibenzhang.balance.hitting import smallest
from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval
from yibenzhang.model.relations import Outcome, Result

SECONDS = 0.7
"""For the whole document; what is not localised by then is reported as it is, without a culprit."""
MOST_TRIED = 120
"""So many values on either side of the middle are tried for a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """A number that may be wrong, the interval (base units) that would mend all, and how it slipped.

    ``value`` is what should have been printed where a slip of the keyboard explains it.
    """

    fact: Fact
    mended: Interval | None
    slip: str = ""
    value: Decimal | None = None

    @property
    def suggestion(self) -> Decimal | None:
        """The value to print instead, in the fact's unit and precision; None where it is not determined."""
        if self.value is not None or self.mended is None:
            return self.value
        return rounded(self.fact, self.mended)


@dataclass(frozen=True, slots=True)
class Cause:
    """A group of broken relations with one cause: ``certain`` where just one number can be wrong.

    ``swapped``: the culprits stand, two by two, in each other's place.
    """

    broken: tuple[Result, ...]
    culprits: tuple[Culprit, ...]
    certain: bool
    missing_row: bool = False
    gave_up: bool = False
    swapped: bool = False


def diagnose(results: list[Result]) -> list[Cause]:
    """The causes of all contradicted relations, in the order of the document."""
    touching: dict[str, list[Result]] = defaultdict(list)
    for r in results:
        for fact in r.relation.facts():
            touching[fact.id].append(r)
    groups = _groups([r for r in results if r.outcome == Outcome.CONTRADICTED])
    start = time.monotonic()
    causes, groups = _swapped(groups, touching, start + SECONDS / 2)
    until = start + SECONDS
    found: dict[int, list[Cause]] = {}
    for k in sorted(range(len(groups)), key=lambda k: len(groups[k])):  # the easy ones before time is up
        found[k] = _causes(groups[k], touching, until)
    for k in range(len(groups)):
        causes.extend(found[k])
    return _one_list(causes)


def _swapped(
    groups: list[list[Result]], touching: dict[str, list[Result]], until: float
) -> tuple[list[Cause], list[list[Result]]]:
    """Numbers that mend what is broken by changing places; and the groups left."""
    causes: list[Cause] = []
    mended: set[int] = set()
    alone = {id(r) for g in groups if len(g) > 1 and _sure(_single(g, touching)) for r in g}
    for found in exchanges([r for g in groups for r in g if id(r) not in alone], touching, until):
        ids = {id(r) for r in found.broken}
        if ids & mended:
            continue
        mended |= ids
        culprits = [c for a, b in found.pairs for c in (Culprit(a, b.interval), Culprit(b, a.interval))]
        causes.append(Cause(found.broken, tuple(culprits), True, swapped=True))
    if not mended:
        return [], groups
    left = [[r for r in g if id(r) not in mended] for g in groups]
    return causes, [part for g in left for part in _groups(g)]


def _sure(cause: Cause | None) -> bool:
    """One number alone explains several broken relations: simpler than two that changed places."""
    return cause is not None and cause.certain


def _one_list(causes: list[Cause]) -> list[Cause]:
    """A row left out of a list shows in every column of it: one cause."""
    out: list[Cause] = []
    at: dict[frozenset[str], int] = {}
    for cause in causes:
        parents = frozenset(r.relation.parent for r in cause.broken)
        if not cause.missing_row or cause.certain or len(parents) != 1 or "" in parents:
            out.append(cause)
        elif parents in at:
            k = at[parents]
            out[k] = Cause(out[k].broken + cause.broken, (), False, missing_row=True)
        else:
            at[parents] = len(out)
            out.append(cause)
    return out


def _groups(broken: list[Result]) -> list[list[Result]]:
    """Broken relations that share a number belong together."""
    group_of: dict[str, int] = {}
    groups: list[list[Result]] = []
    for r in broken:
        ids = [f.id for f in r.relation.facts() if not _nothing(f)]
        met = sorted({group_of[i] for i in ids if i in group_of})
        if not met:
            groups.append([])
            met = [len(groups) - 1]
        home = met[0]
        groups[home].append(r)
        for other in met[1:]:
            groups[home].extend(groups[other])
            groups[other] = []
            group_of = {i: (home if g == other else g) for i, g in group_of.items()}
        for i in ids:
            group_of[i] = home
    return [g for g in groups if g]


def _nothing(fact: Fact) -> bool:
    return fact.state in (CellState.BLANK, CellState.DASH)


def _causes(group: list[Result], touching: dict[str, list[Result]], until: float) -> list[Cause]:
    single = _single(group, touching)
    if single is not None:
        return [single]
    if time.monotonic() > until:
        return [Cause(tuple(group), (), False, gave_up=True)]
    peeled = _agreed(group, touching)
    if peeled:
        done = {id(r) for cause in peeled for r in cause.broken}
        left = [r for r in group if id(r) not in done]
        return [*peeled, *(c for g in _groups(left) for c in _causes(g, touching, until))]
    found = smallest(group, touching, until)
    if found is None:
        from yibenzhang.balance.localise import smallest_set  # SciPy is large: loaded only where it is needed

        found = smallest_set(group, touching, until)
    if found is None:
        return [Cause(tuple(group), (), False, gave_up=True)]
    left = list(group)
    causes = []
    for fact_id, sure in found:
        mine = [r for r in left if any(f.id == fact_id for f in r.relation.facts())]
        if not mine:
            continue
        left = [r for r in left if r not in mine]
        fact = next(f for f in mine[0].relation.facts() if f.id == fact_id)
        mended = _mended(fact, touching[fact_id])
        if mended is None:  # what is held needs other numbers to move too: judge by the broken ones alone
            mended = _mended(fact, mine)
        causes.append(Cause(tuple(mine), (_culprit(fact, mended),), sure and mended is not None))
    if left:
        causes.append(Cause(tuple(left), (), False))
    return causes


def _single(group: list[Result], touching: dict[str, list[Result]]) -> Cause | None:
    """The cause if one number alone, or one row left out of a list, explains the whole group."""
    shared = set.intersection(*({f.id for f in r.relation.facts()} for r in group))
    facts = {f.id: f for f in group[0].relation.facts() if f.id in shared}
    culprits = []
    for fact in facts.values():
        idle = _nothing(fact) or fact.state == CellState.ZERO
        if idle and len(group) < 2:
            continue  # any empty item could be the one; that alone is no reason to suspect it
        mended = _mended(fact, touching[fact.id])
        if mended is not None:
            culprits.append(_culprit(fact, mended))
    lists = {r.relation.parent for r in group}
    missing = len(lists) == 1 and "" not in lists and _could_miss(group)
    if not culprits and not missing:
        return None
    culprits.sort(key=lambda c: (not c.slip, -len(touching[c.fact.id])))
    return Cause(
        tuple(group), tuple(culprits), len(culprits) == 1 and not (missing and not culprits[0].slip), missing
    )


def _agreed(group: list[Result], touching: dict[str, list[Result]]) -> list[Cause]:
    """The numbers on whose right value two or more broken relations agree and every held one allows.

    Where several of them share a broken relation, none of those: then they are weighed all together.
    """
    broken = {id(r) for r in group}
    found: list[tuple[Fact, Interval, set[int]]] = []
    for fact in {f.id: f for r in group for f in r.relation.facts()}.values():
        mine = {id(r) for r in touching[fact.id]} & broken
        mended = _mended(fact, touching[fact.id]) if len(mine) >= 2 else None
        if mended is not None:
            found.append((fact, mended, mine))
    claimed = Counter(r for _, _, mine in found for r in mine)
    return [
        Cause(tuple(r for r in group if id(r) in mine), (_culprit(fact, mended),), True)
        for fact, mended, mine in found
        if all(claimed[r] == 1 for r in mine)
    ]


def _could_miss(group: list[Result]) -> bool:
    """The total exceeds its parts in every column: a row may have been left out of the list."""
    return all((r.residual > 0) == (group[0].residual > 0) for r in group) and group[0].residual > 0


def _mended(fact: Fact, results: list[Result]) -> Interval | None:
    """Where the number would have to lie for all those relations to hold, the others as printed."""
    low: Decimal | None = None
    high: Decimal | None = None
    own = fact.interval
    if own is None:
        return None
    for r in results:
        c = sum(Decimal(t.coefficient) for t in r.relation.terms if t.fact.id == fact.id)
        if c == 0:  # a change of nothing, a rate of zero: this number cannot mend it
            if r.outcome == Outcome.CONTRADICTED:
                return None
            continue
        rest = r.residual - c * own.middle
        slack = r.slack
        rate = r.relation.terms[-1].fact
        if r.relation.note and rate.id != fact.id and rate.interval is not None:
            # the slack was worked out at the printed amounts; it grows with the amount a rate is taken of
            slack += rate.interval.half_width * abs(-rest / c - own.middle)
        ends = sorted(((-rest - slack) / c, (-rest + slack) / c))
        low = ends[0] if low is None else max(low, ends[0])
        high = ends[1] if high is None else min(high, ends[1])
    if low is None or high is None or low > high or (high < 0 <= own.high):
        return None  # nothing fits, or only a negative amount where a positive one stands
    return Interval(low, high)


def rounded(fact: Fact, mended: Interval) -> Decimal:
    """The middle of an interval of base units as the fact's column would print it."""
    factor = fact.unit.factor if fact.unit else Decimal(1)
    places = max(fact.decimals, fact.amount.decimals if fact.amount else 0)
    if fact.table == "prose" and factor > 1:
        places = max(places, 2)  # "2,995 万元" for 2,995.39 would be another wrong number
    return (mended.middle / factor).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def _culprit(fact: Fact, mended: Interval | None) -> Culprit:
    """The number with the slip of the keyboard that explains it, if one does: the value nearest the middle."""
    if mended is None or fact.amount is None or fact.amount.value == 0:
        return Culprit(fact, mended)
    factor = fact.unit.factor if fact.unit else Decimal(1)
    places = max(fact.decimals, fact.amount.decimals)
    step = Decimal(1).scaleb(-places)
    printed = f"{fact.amount.value:.{places}f}"
    middle = rounded(fact, mended)
    for n in range(MOST_TRIED):
        for value in (middle + n * step, middle - n * step):
            if mended.low <= value * factor <= mended.high and (
                kind := slip_kind(printed, f"{value:.{places}f}")
            ):
                return Culprit(fact, mended, kind, value)
    return Culprit(fact, mended)


def slip_kind(printed: str, right: str) -> str:
    """The slip of the keyboard that turns ``right`` into ``printed``: words for a person, or empty."""
    a, b = printed.lstrip("-"), right.lstrip("-")
    if a == b and printed != right:
        return "正负号写反"
    da, db = a.replace(".", ""), b.replace(".", "")
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        if len(wrong) == 1:
            return "错了一位数字"
        if (
            len(wrong) == 2
            and wrong[1] - wrong[0] <= 2
            and (a[wrong[0]], a[wrong[1]]) == (b[wrong[1]], b[wrong[0]])
        ):
            return "两位数字颠倒"
    if da.strip("0") == db.strip("0") and da.strip("0"):
        return "小数点或位数错"
    for long, short in ((da, db), (db, da)):
        if len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
            return "多写或漏写一位数字"
    return ""
