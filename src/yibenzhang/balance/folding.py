"""Equal causes become one: a list seen through several columns, a whole row or column off against another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from yibenzhang.balance.causes import Cause, Kind
from yibenzhang.model.relations import Outcome, Result

LEAST_ALIKE = 3
"""So many relations of one family broken in one row or column, and most of that family there, are one cause."""

Line = tuple[str, str, int]
"""A table, "row" or "column", and which."""


def folded(causes: list[Cause], results: list[Result]) -> list[Cause]:
    """Causes that are the same thing seen several times, as one each."""
    return _lines(_one_list(causes), results)


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
            out[k] = Cause(out[k].broken + cause.broken, (), False, missing_row=True, kind=Kind.MISSING_ROW)
        else:
            at[parents] = len(out)
            out.append(cause)
    return out


def _lines(causes: list[Cause], results: list[Result]) -> list[Cause]:
    """Causes about one family in one row or column of a table, where most of that family is broken there."""
    many = _alike(causes)
    if not many:
        return causes
    held: dict[str, list[Result]] = defaultdict(list)
    families = {family for family, _ in many}
    for r in results:
        if r.relation.family in families and r.outcome is not Outcome.CONTRADICTED:
            held[r.relation.family].append(r)
    gone: set[int] = set()
    at: dict[int, Cause] = {}
    for family, lines in sorted(many, key=lambda key: (-len(many[key]), key[0], sorted(key[1]))):
        ks = [k for k in many[family, lines] if k not in gone]
        inside = sum(lines <= _of(r) for r in held[family])
        if len(ks) >= LEAST_ALIKE and inside < len(ks):
            at[ks[0]] = _as_one([causes[k] for k in ks])
            gone |= set(ks)
    return [at.get(k, cause) for k, cause in enumerate(causes) if k in at or k not in gone]


def _alike(causes: list[Cause]) -> dict[tuple[str, frozenset[Line]], list[int]]:
    """Which numbers (by position) are wrong in one family and its rows or columns, where they are many."""
    out: dict[tuple[str, frozenset[Line]], list[int]] = defaultdict(list)
    for k, cause in enumerate(causes):
        families = {r.relation.family for r in cause.broken}
        if cause.kind is Kind.NUMBER and not cause.gave_up and len(families) == 1 and "" not in families:
            for line in _common(cause.broken):
                out[next(iter(families)), line].append(k)
    return {key: ks for key, ks in out.items() if len(ks) >= LEAST_ALIKE}


def _as_one(causes: list[Cause]) -> Cause:
    return replace(
        causes[0],
        broken=tuple(r for cause in causes for r in cause.broken),
        culprits=tuple(c for cause in causes for c in cause.culprits),
        certain=all(cause.certain for cause in causes),
        missing_row=False,
    )


def _of(r: Result) -> frozenset[Line]:
    """The rows and columns that the relation's numbers stand in."""
    facts = [f for f in r.relation.facts() if f.table != "prose"]
    rows = {(f.table, "row", f.cell[0]) for f in facts}
    return frozenset(rows | {(f.table, "column", f.cell[1]) for f in facts})


def _common(broken: tuple[Result, ...]) -> list[frozenset[Line]]:
    """The pairs of rows, or of columns, that every broken relation goes between."""
    shared = frozenset.intersection(*(_of(r) for r in broken))
    out = []
    for kind in ("row", "column"):
        of_kind = frozenset(line for line in shared if line[1] == kind)
        if 1 <= len(of_kind) <= 2:
            out.append(of_kind)
    return out
