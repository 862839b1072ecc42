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
from yibenzhang.balance.mending import around, weights_of
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Result

MAX_FACTS = 400
MAX_NODES = 300
"""Branches of the program: a bound in work, so that a busy machine finds what an idle one does."""
MAX_SURE = 12
"""So many numbers of a set are asked whether the group could do without them; those left are not sure."""
MOST_MOVED = 4.0
"""So many times its scale a number may move."""
MAX_SIZE = 6000
"""Entries of the program's matrix: the work at one branch goes with it."""


def smallest_set(group: list[Result], touching: Touching) -> list[tuple[str, bool]] | None:
    """Ids of the numbers to change, each with whether no equally small set does without it.

    None where the program gave up: too large, too many branches or infeasible.
    """
    own = {f.id for r in group for f in r.relation.facts()}
    relations = around(group, touching)
    ring = {f.id: f for r in relations for f in r.relation.facts()}
    if len(ring) > MAX_FACTS or sum(len(r.relation.terms) for r in relations) > MAX_SIZE:
        return None
    weights = weights_of(ring, group, touching)
    first = _solve(relations, ring, weights, "")
    if first is None:
        return None
    chosen, cost = first
    out = []
    for k, i in enumerate(chosen):
        sure = False
        if k < MAX_SURE:
            other = _solve(relations, ring, weights, i)
            sure = other is None or other[1] > cost + AS_GOOD
        out.append((i, sure))
    return [(i, sure) for i, sure in out if i in own]


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
    relations: list[Result], ring: dict[str, Fact], weights: dict[str, float], banned: str
) -> tuple[list[str], float] | None:
    """Minimise Σ wᵢ·zᵢ with |Σ c·(v+δ)| ≤ slack and |δᵢ| ≤ M·zᵢ, every δᵢ scaled to its number."""
    n = len(ring)
    costs = [weights[i] for i in ring]
    top = [0.0 if i == banned else 1.0 for i in ring]
    with _quiet():
        solution = milp(
            c=np.concatenate([np.zeros(n), costs]),
            integrality=np.concatenate([np.zeros(n), np.ones(n)]),
            bounds=Bounds(
                np.concatenate([np.full(n, -MOST_MOVED), np.zeros(n)]),
                np.concatenate([np.full(n, MOST_MOVED), top]),
            ),
            constraints=_constraints(relations, ring),
            options={"node_limit": MAX_NODES},
        )
    if solution.x is None or not solution.success:
        return None
    return [i for k, i in enumerate(ring) if solution.x[n + k] > 0.5], float(solution.fun)


def _constraints(relations: list[Result], ring: dict[str, Fact]) -> LinearConstraint:
    """A row for each relation, scaled to its largest term, then two for each number: |δᵢ| ≤ M·zᵢ."""
    n = len(ring)
    at = {i: k for k, i in enumerate(ring)}
    scale = _scales(relations, ring)
    rows = lil_matrix((len(relations) + 2 * n, 2 * n))
    low = np.full(len(relations) + 2 * n, -np.inf)
    high = np.zeros(len(relations) + 2 * n)
    for k, r in enumerate(relations):
        largest = max(abs(float(t.coefficient)) * scale[t.fact.id] for t in r.relation.terms) or 1.0
        for term in r.relation.terms:
            rows[k, at[term.fact.id]] += float(term.coefficient) * scale[term.fact.id] / largest
        slack = float(r.slack) / largest + 1e-9
        low[k] = -float(r.residual) / largest - slack
        high[k] = -float(r.residual) / largest + slack
    for k in range(n):
        rows[len(relations) + 2 * k, k] = 1
        rows[len(relations) + 2 * k, n + k] = -MOST_MOVED
        rows[len(relations) + 2 * k + 1, k] = -1
        rows[len(relations) + 2 * k + 1, n + k] = -MOST_MOVED
    return LinearConstraint(rows.tocsr(), low, high)


def _scales(relations: list[Result], ring: dict[str, Fact]) -> dict[str, float]:
    """What a change of each number is measured in: itself, or what the largest gap asks of it."""
    scale = {i: max(abs(float(x.middle)), 1e-6) if (x := fact.interval) else 1e-6 for i, fact in ring.items()}
    for r in relations:
        for term in r.relation.terms:
            if term.coefficient:
                wanted = abs(float(r.residual)) / abs(float(term.coefficient))
                scale[term.fact.id] = max(scale[term.fact.id], wanted)
    return scale
