"""The smallest set of numbers to change so that a group of relations holds: a small mixed-integer program."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from yibenzhang.balance.hitting import weight as weighed
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Result

LEAST_SECONDS = 0.15
"""With less time than this left for the document the program is not begun."""
MAX_FACTS = 400


def smallest_set(
    group: list[Result], touching: dict[str, list[Result]], until: float
) -> list[tuple[str, bool]] | None:
    """Ids of the numbers to change, each with whether no equally small set does without it.

    ``until`` (seconds of the monotonic clock) ends the work on the whole document.
    None where the program gave up: too large, too slow or infeasible.
    """
    facts = {f.id: f for r in group for f in r.relation.facts()}
    around = {id(r): r for i in facts for r in touching[i]}
    relations = list(around.values())
    ring = {f.id: f for r in relations for f in r.relation.facts()}
    if len(ring) > MAX_FACTS or until - time.monotonic() < LEAST_SECONDS:
        return None
    support = {i: sum(r not in group for r in touching[i]) for i in ring}
    ids = list(ring)
    first = _solve(relations, ring, ids, support, frozenset(), until)
    if first is None:
        return None
    chosen, cost = first
    out = []
    for i in chosen:
        if until - time.monotonic() < LEAST_SECONDS:
            out.append((i, False))
            continue
        other = _solve(relations, ring, ids, support, frozenset([i]), until)
        out.append((i, other is None or other[1] > cost + 0.05))
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
    support: dict[str, int],
    banned: frozenset[str],
    until: float,
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
        weight = max(abs(float(t.coefficient)) * scale[at[t.fact.id]] for t in r.relation.terms) or 1.0
        for term in r.relation.terms:
            rows[k, at[term.fact.id]] += float(term.coefficient) * scale[at[term.fact.id]] / weight
        slack = float(r.slack) / weight + 1e-9
        low[k] = -float(r.residual) / weight - slack
        high[k] = -float(r.residual) / weight + slack
    for k in range(n):
        rows[len(relations) + 2 * k, k] = 1
        rows[len(relations) + 2 * k, n + k] = -big
        rows[len(relations) + 2 * k + 1, k] = -1
        rows[len(relations) + 2 * k + 1, n + k] = -big
    weights = [weighed(ring[i], support[i]) for i in ids]
    top = [0.0 if i in banned else 1.0 for i in ids]
    with _quiet():
        solution = milp(
            c=np.concatenate([np.zeros(n), weights]),
            integrality=np.concatenate([np.zeros(n), np.ones(n)]),
            bounds=Bounds(
                np.concatenate([np.full(n, -big), np.zeros(n)]), np.concatenate([np.full(n, big), top])
            ),
            constraints=LinearConstraint(rows.tocsr(), low, high),
            options={"time_limit": max(until - time.monotonic(), LEAST_SECONDS)},
        )
    if solution.x is None or not solution.success:
        return None
    return [i for k, i in enumerate(ids) if solution.x[n + k] > 0.5], float(solution.fun)
