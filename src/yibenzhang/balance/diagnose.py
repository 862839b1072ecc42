"""One cause, one finding: the simplest thing wrong that mends every broken relation.

Source: I. P. Fellegi and D. Holt, A systematic approach to automatic edit and imputation, JASA 71 (1976).
What stands in a wrong place is looked for first (units, columns, rows, lists), then numbers: a group of broken
relations is tried with one number, exactly; only where no single number mends it is the smallest set looked for,
by hitting conflicts and at last by a mixed-integer program (HiGHS). All bounds count relations visited.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from yibenzhang.balance.around import (
    Around,
    Steps,
    Touching,
    groups_of,
    in_order,
    nothing,
    place_key,
)
from yibenzhang.balance.causes import Cause, Culprit, Kind
from yibenzhang.balance.exchange import exchanges
from yibenzhang.balance.folding import folded
from yibenzhang.balance.hitting import STEPS, smallest_sets
from yibenzhang.balance.lists import LEAST_COLUMNS, misplaced
from yibenzhang.balance.mending import culprit_of, is_computed, mended, settled, weight
from yibenzhang.balance.slips import SIGN, rounded, slip_kind, slipped
from yibenzhang.balance.voting import voted
from yibenzhang.balance.whole import factor_between, shifted_columns, wrong_units
from yibenzhang.model.amounts import CellState
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval
from yibenzhang.model.relations import Outcome, Result

__all__ = ["Cause", "Culprit", "Kind", "diagnose", "rounded", "slip_kind"]

EXCHANGE_STEPS = 30_000
LIST_STEPS = 30_000
SEARCH_STEPS = 3 * STEPS
"""Of all groups of a document together; what is not localised by then is reported without a culprit."""
MOST_SETS = 40
"""So many sets as good as the best are evaluated in full."""
VOTE_STEPS = 20_000
MOST_PROGRAMS = 1
"""So many groups of a document are given to the mixed-integer program."""
MOST_TERMS = 60
"""The largest group that is given to it."""


@dataclass
class _Work:
    """What is left to spend on the numbers of a document."""

    steps: Steps
    votes: Steps
    programs: int = MOST_PROGRAMS


def diagnose(results: list[Result]) -> list[Cause]:
    """The causes of all contradicted relations that accuse, in the order in which their relations came.

    The causes themselves are the same in whatever order the relations come.
    """
    broken = in_order(r for r in results if r.outcome is Outcome.CONTRADICTED and r.relation.accuses)
    if not broken:
        return []
    stated = {id(r): k for k, r in enumerate(results) if r.outcome is Outcome.CONTRADICTED}
    touching = Around(results, broken)
    causes: list[Cause] = []
    places: tuple[Callable[[list[Result]], list[Cause]], ...] = (
        lambda left: wrong_units(left, results),
        lambda left: _lists(left, touching, LEAST_COLUMNS),
        lambda left: shifted_columns(left, touching),
        lambda left: _swapped(left, touching),
        lambda left: _lists(left, touching, 1),
    )
    for found in places:
        new = found(broken)
        causes += new
        gone = {id(r) for cause in new for r in cause.broken}
        broken = [r for r in broken if id(r) not in gone]
    work = _Work(Steps(SEARCH_STEPS), Steps(VOTE_STEPS))
    groups = groups_of(broken)
    for group in sorted(groups, key=len):  # the easy ones before the steps are used up
        causes += _causes(group, touching, work)
    causes = [
        replace(c, broken=tuple(sorted(c.broken, key=lambda r: stated[id(r)])))
        for c in folded(causes, results)
    ]
    return sorted(causes, key=lambda c: stated[id(c.broken[0])])


def _lists(broken: list[Result], touching: Around, columns: int) -> list[Cause]:
    """Rows in the wrong list. Seen through one column only, a number that explains more goes before."""
    if columns < LEAST_COLUMNS:
        broken = _unsure(broken, touching)
    return list(misplaced(broken, touching, Steps(LIST_STEPS), columns))


def _swapped(broken: list[Result], touching: Around) -> list[Cause]:
    """Numbers that mend what is broken by changing places."""
    causes: list[Cause] = []
    done: set[int] = set()
    for found in exchanges(_unsure(broken, touching), touching, Steps(EXCHANGE_STEPS)):
        ids = {id(r) for r in found.broken}
        if ids & done:
            continue
        done |= ids
        culprits = [c for a, b in found.pairs for c in (Culprit(a, b.interval), Culprit(b, a.interval))]
        causes.append(Cause(found.broken, tuple(culprits), True, swapped=True, kind=Kind.SWAPPED))
    return causes


def _unsure(broken: list[Result], touching: Touching) -> list[Result]:
    """Without the groups that one number alone explains, by its sign or in several relations: simpler than two in each
    other's place."""
    out: list[Result] = []
    for group in groups_of(broken):
        single = _single(group, touching)
        several = single is not None and single.certain and len(group) > 1
        if not several and not (single and any(c.slip == SIGN for c in single.culprits)):
            out += group
    return out


def _causes(group: list[Result], touching: Touching, work: _Work) -> list[Cause]:
    single = _single(group, touching)
    if single is not None:
        return [single]
    peeled = _agreed(group, touching)
    if peeled:
        done = {id(r) for cause in peeled for r in cause.broken}
        left = [r for r in group if id(r) not in done]
        return [*peeled, *(c for g in groups_of(left) for c in _causes(g, touching, work))]
    return _several(group, touching, work)


def _single(group: list[Result], touching: Touching) -> Cause | None:
    """The cause if one number alone, or one row left out of a list, explains the whole group."""
    culprits = _mending(group, touching)
    lists = {r.relation.parent for r in group}
    missing = len(lists) == 1 and "" not in lists and _could_miss(group)
    if not culprits and not missing:
        return None
    sure = len(culprits) == 1 and culprits[0].suggestion is not None
    sure = sure and not (missing and not culprits[0].slip)
    kind = Kind.NUMBER if culprits else Kind.MISSING_ROW
    factor = None if sure else factor_between(group)
    return Cause(tuple(group), tuple(culprits), sure, missing, kind=kind, factor=factor)


def _mending(group: list[Result], touching: Touching) -> list[Culprit]:
    """The numbers each of which alone mends the whole group, the most suspected first."""
    shared = set.intersection(*({f.id for f in r.relation.facts()} for r in group))
    facts = {f.id: f for f in group[0].relation.facts() if f.id in shared}
    culprits = []
    for fact in facts.values():
        idle = nothing(fact) or fact.state == CellState.ZERO
        if idle and len(group) < 2:
            continue  # any empty item could be the one; that alone is no reason to suspect it
        where = mended(fact, touching[fact.id])
        if where is not None:
            culprits.append(culprit_of(fact, where))
    return sorted(culprits, key=lambda c: _suspicion(c, touching))


def _suspicion(culprit: Culprit, touching: Touching) -> tuple[object, ...]:
    """The most suspected first: with a slip that explains it, worked out by hand, little supported."""
    around = touching[culprit.fact.id]
    held = sum(r.outcome is not Outcome.CONTRADICTED for r in around)
    cost = weight(culprit.fact, held, is_computed(culprit.fact, around))
    return (culprit.suggestion is None, not culprit.slip, cost, -len(around), place_key(culprit.fact))


def _agreed(group: list[Result], touching: Touching) -> list[Cause]:
    """The numbers on whose right value two or more broken relations agree and every held one allows.

    Where several of them share a broken relation, none of those: then they are weighed all together.
    """
    broken = {id(r) for r in group}
    found: list[tuple[Fact, Interval, set[int]]] = []
    for fact in {f.id: f for r in group for f in r.relation.facts()}.values():
        own = {id(r) for r in touching[fact.id]} & broken
        where = mended(fact, touching[fact.id]) if len(own) >= 2 else None
        if where is not None:
            found.append((fact, where, own))
    claimed = Counter(r for _, _, own in found for r in own)
    out = []
    for fact, where, own in found:
        if all(claimed[r] == 1 for r in own):
            culprit = culprit_of(fact, where)
            sure = culprit.suggestion is not None
            out.append(Cause(tuple(r for r in group if id(r) in own), (culprit,), sure))
    return out


def _could_miss(group: list[Result]) -> bool:
    """The total exceeds its parts in every column: a row may have been left out of the list."""
    return all(r.residual > 0 for r in group)


# ---- several numbers ----------------------------------------------------------------------------------


def _several(group: list[Result], touching: Touching, work: _Work) -> list[Cause]:
    """The smallest set of numbers, each with the broken relations it is in."""
    sets = None if work.steps.spent else _searched(group, touching, work)
    if sets is None:
        return _by_votes(group, touching, work)
    best, good = sets
    facts = {f.id: f for r in group for i in _ids(r) for q in touching[i] for f in q.relation.facts()}
    valid = [s for s in good[:MOST_SETS] if settled([facts[i] for i in sorted(s)], touching) is not None]
    if valid:  # those that break what holds elsewhere are no answer
        best, good = tuple(sorted(valid[0])), (*valid, *good[MOST_SETS:])
    sure = {i for i in best if all(i in s for s in good)}
    others = {i: [j for s in good for j in sorted(s - set(best))] for i in best if i not in sure}
    return _told(group, list(best), sure, others, touching)


def _by_votes(group: list[Result], touching: Touching, work: _Work) -> list[Cause]:
    """Too many wrong for the smallest set: what most agree on first, then what is left as if that were right."""
    chosen, moved = voted(group, touching, work.votes)
    if not chosen:
        return _by_program(group, touching, work)
    sure = moved.view()
    left = list(group)
    causes: list[Cause] = []
    for fact, value in chosen:
        own = [r for r in left if fact.id in _ids(r)]
        if own:
            left = [r for r in left if fact.id not in _ids(r)]
            where = mended(fact, own[:1])
            # certain only where nothing that touches it is left broken
            holds = all(r.outcome is not Outcome.CONTRADICTED for r in sure[fact.id])
            culprit = Culprit(fact, where, slipped(fact, where)[0] if where else "", value)
            causes.append(Cause(tuple(own), (culprit,), holds))
    still = [now for r in left if (now := moved.now.get(id(r), r)).outcome is Outcome.CONTRADICTED]
    for part in groups_of(still):
        causes += [replace(c, broken=moved.as_printed(c.broken)) for c in _causes(part, sure, work)]
    stated = {id(r) for c in causes for r in c.broken}
    rest = [r for r in left if id(r) not in stated]
    return causes + ([Cause(tuple(rest), (), False, gave_up=True)] if rest else [])


def _by_program(group: list[Result], touching: Touching, work: _Work) -> list[Cause]:
    if work.programs > 0 and sum(len(r.relation.terms) for r in group) <= MOST_TERMS:
        from yibenzhang.balance.localise import smallest_set  # SciPy is large: loaded only where it is needed

        work.programs -= 1
        chosen = smallest_set(group, touching)
        if chosen is not None:
            return _told(group, [i for i, _ in chosen], {i for i, sure in chosen if sure}, {}, touching)
    return [Cause(tuple(group), (), False, gave_up=True)]


def _searched(
    group: list[Result], touching: Touching, work: _Work
) -> tuple[tuple[str, ...], tuple[frozenset[str], ...]] | None:
    steps = Steps(min(STEPS, work.steps.left))
    allowed = steps.left
    sets = smallest_sets(group, touching, steps)
    work.steps.take(allowed - max(steps.left, 0))
    return (sets.best, sets.good) if sets is not None else None


def _told(
    group: list[Result], ids: list[str], sure: set[str], others: dict[str, list[str]], touching: Touching
) -> list[Cause]:
    """One cause for each number to change; numbers that move together (printed twice alike) share one."""
    known = _known(group, touching)
    facts = [known[i] for i in ids]
    joint = settled(facts, touching)
    left = list(group)
    causes: list[Cause] = []
    # the number that mends most goes first: what is left of its relations is another's
    for fact in sorted(facts, key=lambda f: (-sum(f.id in _ids(r) for r in group), place_key(f))):
        own = [r for r in left if fact.id in _ids(r)]
        if not own:
            continue
        alone = mended(fact, touching[fact.id])
        culprit = culprit_of(fact, joint.get(fact.id) if joint else alone or mended(fact, own))
        certain = fact.id in sure and joint is not None and culprit.suggestion is not None
        again = [] if certain else _instead(fact, own, others.get(fact.id, []), known, touching)
        left = [r for r in left if r not in own]
        along = _left_over(culprit, touching) if certain and alone is None else ()
        causes.append(Cause(tuple(own), (culprit, *again), certain, along=along))
    if left:
        causes.append(Cause(tuple(left), (), False))
    return _together(causes, touching)


def _left_over(culprit: Culprit, touching: Touching) -> tuple[Result, ...]:
    """What will not hold with the culprit put right and all others as printed."""
    fact, value = culprit.fact, culprit.suggestion
    if value is None or fact.unit is None:
        return ()
    right = value * fact.unit.factor
    return tuple(r for r in touching[fact.id] if (where := mended(fact, [r])) is None or right not in where)


def _known(group: list[Result], touching: Touching) -> dict[str, Fact]:
    """The numbers of the group, and those of all relations that touch them, by id."""
    near = {f.id: f for r in group for f in r.relation.facts()}
    return near | {f.id: f for i in near for r in touching[i] for f in r.relation.facts()}


def _instead(
    fact: Fact, mine: list[Result], others: list[str], known: dict[str, Fact], touching: Touching
) -> list[Culprit]:
    """The numbers that sets as good have in the place of this one."""
    out = []
    for i in dict.fromkeys(others):
        if i in known and i != fact.id and any(i in _ids(r) for r in mine):
            out.append(culprit_of(known[i], mended(known[i], [r for r in mine if i in _ids(r)])))
    return sorted(out, key=lambda c: _suspicion(c, touching))


def _together(causes: list[Cause], touching: Touching) -> list[Cause]:
    """The same wrong number printed in two places that agree with each other is one cause."""
    out: list[Cause] = []
    for cause in causes:
        for k, before in enumerate(out):
            if cause.culprits and before.culprits and _twins(before.culprits[0], cause.culprits[0], touching):
                out[k] = replace(
                    before,
                    broken=(*before.broken, *cause.broken),
                    culprits=(*before.culprits, *cause.culprits),
                    certain=before.certain and cause.certain,
                )
                break
        else:
            out.append(cause)
    return out


def _twins(a: Culprit, b: Culprit, touching: Touching) -> bool:
    return any(
        r.outcome is not Outcome.CONTRADICTED and len(r.relation.terms) == 2 and b.fact.id in _ids(r)
        for r in touching[a.fact.id]
    )


def _ids(r: Result) -> set[str]:
    return {t.fact.id for t in r.relation.terms}
