"""The smallest set of numbers to change so that a group of relations holds: a small mixed-integer program."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from yibenzhang.balance.around import Touching
from yibenzhang.balance.hitting import AS_GOOD
from yibenzhang.balance.mending import is_computed, weight
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Result

MAX_FACTS = 400
MAX_NODES = 300
"""Branches of the program: a bound in work, so that a busy machine finds what an idle one does."""
MAX_SURE = 12
"""So many numbers of a set are asked whether the group could do without them; those left are not sure."""
MAX_SIZE = 6000
"""Entries of the program's matrix: the work at one branch goes with it."""


def smallest_set(group: list[Result], touching: Touching) -> list[tuple[str, bool]] | None:
    """Ids of the numbers to change, each with whether no equally small set does without it.

    None where the program gave up: too large, too many branches or infeasible.
    """
    facts = {f.id: f for r in group for f in r.relation.facts()}
    around = {id(r): r for i in facts for r in touching[i]}
    relations = list(around.values())
    ring = {f.id: f for r in relations for f in r.relation.facts()}
    if len(ring) > MAX_FACTS or sum(len(r.relation.terms) for r in relations) > MAX_SIZE:
        return None
    mine = {id(r) for r in group}
    weights = {
        i: weight(f, sum(id(r) not in mine for r in touching[i]), is_computed(f, touching[i]))
        for i, f in ring.items()
    }
    ids = list(ring)
    first = _solve(relations, ring, ids, weights, frozenset())
    if first is None:
        return None
    chosen, cost = first
    out = []
    for k, i in enumerate(chosen):
        if k >= MAX_SURE:
            out.append((i, False))
            continue
        other = _solve(relations, ring, ids, weights, frozenset([i]))
        out.append((i, other is None or other[1] > cost + AS_GOOD))
    return [(i, sure) for i, sure in out if i in facts]


_C = ctypes.CDLL(None) if os.name == "posix" else None


@contextmanager
def _quiet() -> Iterator[None]:
    """HiGHS prints to the process's standard output, past Python, whatever its options say."""
    sys.stdout.flush()
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device, not a file
        saved = os.dup(1)
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            if _C:
                _C.fflush(None)  # what C holds back would come out after the report
            os.dup2(saved, 1)
            os.close(saved)


def _solve(
    relations: list[Result],
    ring: dict[str, Fact],
    ids: list[str],
    weights: dict[str, float],
    banned: frozenset[str],
) -> tuple[list[str], float] | None:
    """Minimise Σ wᵢ·zᵢ with |Σ c·(v+δ)| ≤ slack and |δᵢ| ≤ M·zᵢ, every δᵢ scaled to its number."""
    n = len(ids)
    at = {i: k for k, i in enumerate(ids)}
    scale = [max(abs(float(x.middle)), 1e-6) if (x := ring[i].interval) else 1e-6 for i in ids]
    for r in relations:
        for term in r.relation.terms:
            if term.coefficient:
                k = at[term.fact.id]
                scale[k] = max(scale[k], abs(float(r.residual)) / abs(float(term.coefficient)))
    big = 4.0
    rows = lil_matrix((len(relations) + 2 * n, 2 * n))
    low = np.full(len(relations) + 2 * n, -np.inf)
    high = np.zeros(len(relations) + 2 * n)
    for k, r in enumerate(relations):
        largest = max(abs(float(t.coefficient)) * scale[at[t.fact.id]] for t in r.relation.terms) or 1.0
        for term in r.relation.terms:
            rows[k, at[term.fact.id]] += float(term.coefficient) * scale[at[term.fact.id]] / largest
        slack = float(r.slack) / largest + 1e-9
        low[k] = -float(r.residual) / largest - slack
        high[k] = -float(r.residual) / largest + slack
    for k in range(n):
        rows[len(relations) + 2 * k, k] = 1
        rows[len(relations) + 2 * k, n + k] = -big
        rows[len(relations) + 2 * k + 1, k] = -1
        rows[len(relations) + 2 * k + 1, n + k] = -big
    costs = [weights[i] for i in ids]
    top = [0.0 if i in banned else 1.0 for i in ids]
    with _quiet():
        solution = milp(
            c=np.concatenate([np.zeros(n), costs]),
            integrality=np.concatenate([np.zeros(n), np.ones(n)]),
            bounds=Bounds(
                np.concatenate([np.full(n, -big), np.zeros(n)]), np.concatenate([np.full(n, big), top])
            ),
            constraints=LinearConstraint(rows.tocsr(), low, high),
            options={"node_limit": MAX_NODES},
        )
    if solution.x is None or not solution.success:
        return None
    return [i for k, i in enumerate(ids) if solution.x[n + k] > 0.5], float(solution.fun)
