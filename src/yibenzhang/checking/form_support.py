"""What the relations of forms may say: one rule over all forms of a document is one family (laws/families.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from yibenzhang.laws.families import ENOUGH, FEW, ONE_IN
from yibenzhang.model.relations import Outcome, Relation, Result

_BESIDE = {"goals.weights": "goals.scores"}
"""A sum, and the sum of another column that shows that all of its rows were read."""


def supported(found: Iterable[Result]) -> tuple[Result, ...]:
    """Those that count: of a rule that fails widely none, of one with little support only what holds.

    A rule with few instances leans on the other rules of the same forms, if those hold; a sum leans on the column
    beside it, where that comes to its total over the very same rows.
    """
    results = list({r.relation: r for r in found}.values())
    held: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for r in results:
        if any(t.fact.amount and t.fact.amount.value for t in r.relation.terms):
            (failed if r.outcome == Outcome.CONTRADICTED else held)[r.relation.rule] += 1
    sound = [k for k in {*held, *failed} if failed[k] <= max(FEW, (held[k] + failed[k]) // ONE_IN)]
    pool_held, pool_failed = sum(held[k] for k in sound), sum(failed[k] for k in sound)
    leaning = pool_held >= ENOUGH and pool_failed * ONE_IN <= pool_held + pool_failed
    held_rows = {(r.relation.rule, _rows(r.relation)) for r in results if r.outcome == Outcome.HELD}

    def accuses(relation: Relation) -> bool:
        rule = relation.rule
        if failed[rule] <= held[rule] + FEW and (_BESIDE.get(rule, ""), _rows(relation)) in held_rows:
            return True
        enough = held[rule] >= ENOUGH and failed[rule] * ONE_IN <= held[rule] + failed[rule]
        return enough or leaning and failed[rule] <= FEW

    return tuple(
        r
        for r in results
        if (r.outcome != Outcome.CONTRADICTED and not (failed[r.relation.rule] > held[r.relation.rule] + FEW))
        or (r.outcome == Outcome.CONTRADICTED and accuses(r.relation))
    )


def _rows(relation: Relation) -> frozenset[tuple[str, int]]:
    """The rows of the tables that the numbers of a sum stand in."""
    return frozenset((f.table, f.cell[0]) for f in relation.facts())
