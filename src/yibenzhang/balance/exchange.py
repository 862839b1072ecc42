"""Numbers in each other's place: two cells of a row, two rows, two amounts of the text."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from yibenzhang.balance.around import Around, Steps, nothing
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval
from yibenzhang.model.relations import Outcome, Result

MOST_IN_A_ROW = 40
"""More suspected numbers of one row than this are not tried in pairs."""
MOST_FITTING = 6
"""Of the rows whose number would mend a relation, so many are tried."""
LEAST_OF_A_COLUMN = 3
"""Two columns are swapped where so many of their rows say so; fewer are cells of a row."""
MOST_COLUMNS = 12
_PROSE = "prose"
_HUNDRED = Decimal("1E2")
"""Amounts of the text are printed to a hundred yuan, those of the tables sometimes to a cent."""

At = tuple[str, int]
"""A table and a row or column of it."""
Amount = tuple[Decimal, int, Fact]
"""A number of a column, with its value and row."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Pairs of numbers that stand in each other's place, and the broken relations that putting them back mends."""

    pairs: tuple[tuple[Fact, Fact], ...]
    broken: tuple[Result, ...]


def exchanges(broken: list[Result], touching: Around, steps: Steps) -> Iterator[Exchange]:
    """All exchanges that mend what they touch, each number in one of them at most, the largest first.

    ``steps`` bounds the search.
    """
    used: set[str] = set()
    every: list[Exchange] = [
        *_columns(broken, touching, steps),
        *_cells(broken, touching, steps),
        *_rows(broken, touching, steps),
    ]
    for found in sorted(every, key=lambda e: -len(e.broken)):
        ids = {f.id for pair in found.pairs for f in pair}
        if not ids & used:
            used |= ids
            yield found


def _exchange(pairs: list[tuple[Fact, Fact]], touching: Around, steps: Steps) -> Exchange | None:
    """The exchange, if every relation holds once the pairs have changed places, and either side was broken."""
    instead: dict[str, Interval] = {}
    for a, b in pairs:
        if a.interval is None or b.interval is None or _unlike(a, b):
            return None
        instead[a.id], instead[b.id] = b.interval, a.interval
    mended: dict[int, Result] = {}
    sides = [False, False]
    for pair in pairs:
        for side, fact in enumerate(pair):
            for r in touching[fact.id]:
                steps.take()
                was = r.outcome == Outcome.CONTRADICTED
                sides[side] |= was or nothing(fact)
                if fact.table == _PROSE and not was:
                    continue  # what goes with the amount, its change and rate, may have moved with it
                if was:
                    mended[id(r)] = r
                if not _holds(r, instead):
                    return None
    return Exchange(tuple(pairs), tuple(mended.values())) if all(sides) and mended else None


def _unlike(a: Fact, b: Fact) -> bool:
    """Money and a rate do not change places."""
    return a.unit is not None and b.unit is not None and a.unit.dimension != b.unit.dimension


def _holds(r: Result, instead: dict[str, Interval]) -> bool:
    residual = r.residual
    for t in r.relation.terms:
        new = instead.get(t.fact.id)
        if new is not None and (old := t.fact.interval) is not None:
            residual += Decimal(t.coefficient) * (new.middle - old.middle)
    return abs(residual) <= r.slack


def _suspected(broken: list[Result]) -> dict[str, Fact]:
    return {f.id: f for r in broken for f in r.relation.facts() if f.interval is not None}


# ---- two cells of a row, two amounts of the text ------------------------------------------------------


def _cells(broken: list[Result], touching: Around, steps: Steps) -> Iterator[Exchange]:
    suspected = _suspected(broken)
    lines: dict[tuple[str, str | int], list[Fact]] = defaultdict(list)
    for fact in suspected.values():
        lines[fact.table, fact.place.key if fact.table == _PROSE else fact.cell[0]].append(fact)
    yield from _tried(_wanted_in_text(broken), touching, steps)
    for facts in lines.values():
        yield from _tried(combinations(facts[:MOST_IN_A_ROW], 2), touching, steps)
    for fact, other in _beside_nothing(suspected, touching):
        yield from _tried([(fact, other)], touching, steps)


def _beside_nothing(suspected: dict[str, Fact], touching: Around) -> Iterator[tuple[Fact, Fact]]:
    """Empty cells of a broken relation with the numbers of their row, which may belong there."""
    rows: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    for fact in suspected.values():
        if nothing(fact):
            rows[fact.table, fact.cell[0]].append(fact)
    for f in touching.facts() if rows else ():
        for empty in rows.get((f.table, f.cell[0]), ()):
            if f.printed and f.id not in suspected:
                yield empty, f


def _wanted_in_text(broken: list[Result]) -> Iterator[tuple[Fact, Fact]]:
    """Amounts of the text of which each is what the table gives for the other."""
    restated = [r for r in broken if len(r.relation.terms) == 2 and r.relation.total.table == _PROSE]
    own: dict[Decimal, list[Fact]] = defaultdict(list)
    for r in restated:
        if r.relation.total.amount:
            own[r.relation.total.amount.base.quantize(_HUNDRED)].append(r.relation.total)
    for r in restated:
        wanted = r.relation.parts[0].fact
        if wanted.amount:
            for other in own.get(wanted.amount.base.quantize(_HUNDRED), [])[:MOST_FITTING]:
                if other.id != r.relation.total.id:
                    yield r.relation.total, other


def _tried(pairs: Iterable[tuple[Fact, Fact]], touching: Around, steps: Steps) -> Iterator[Exchange]:
    for a, b in pairs:
        if steps.spent:
            return
        if a.interval != b.interval and (found := _exchange([(a, b)], touching, steps)):
            if a.amount is None:
                found = Exchange(((b, a),), found.broken)
            yield found


# ---- two columns --------------------------------------------------------------------------------------


def _columns(broken: list[Result], touching: Around, steps: Steps) -> Iterator[Exchange]:
    """Two columns of one table under each other's heading."""
    count = Counter(at for r in broken for at in _columns_of(r))
    often = sorted(at for at, n in count.items() if n >= LEAST_OF_A_COLUMN)
    tables = {table for table, _ in often}
    columns: dict[At, dict[int, Fact]] = defaultdict(dict)
    for fact in touching.facts() if often else ():
        if fact.table in tables:
            columns[fact.table, fact.cell[1]][fact.cell[0]] = fact
    for one, two in combinations(often[:MOST_COLUMNS], 2):
        if one[0] == two[0] and not steps.spent:
            a, b = columns[one], columns[two]
            if _rows_mended(a, b, broken, (one, two)) < LEAST_OF_A_COLUMN:
                continue
            pairs = _differing(a, b)
            if len(pairs) >= LEAST_OF_A_COLUMN and (found := _exchange(pairs, touching, steps)):
                yield found


def _columns_of(r: Result) -> set[At]:
    """The columns of tables in which the relation has numbers."""
    return {(f.table, f.cell[1]) for f in r.relation.facts() if f.table != _PROSE}


def _differing(a: dict[int, Fact], b: dict[int, Fact]) -> list[tuple[Fact, Fact]]:
    """The cells side by side of two columns, or two rows, that print something else."""
    return [(a[k], b[k]) for k in sorted(a.keys() & b.keys()) if a[k].text != b[k].text]


def _rows_mended(
    a: dict[int, Fact], b: dict[int, Fact], broken: list[Result], columns: tuple[tuple[str, int], ...]
) -> int:
    """In how many rows the two cells alone, changing places, mend something."""
    rows: set[int] = set()
    for r in broken:
        for f in r.relation.facts():
            k = f.cell[0]
            if (f.table, f.cell[1]) not in columns or k in rows or k not in a or k not in b:
                continue
            x, y = a[k].interval, b[k].interval
            if x is not None and y is not None and _holds(r, {a[k].id: y, b[k].id: x}):
                rows.add(k)
    return len(rows)


# ---- two rows -----------------------------------------------------------------------------------------


def _rows(broken: list[Result], touching: Around, steps: Steps) -> Iterator[Exchange]:
    """Rows of one table with each other's numbers: one that is wanted here stands there."""
    rows, columns = _grid(broken, touching)
    tried: set[tuple[str, int, int]] = set()
    for r in broken:
        if not steps.take(len(r.relation.terms)):
            return
        for fact, other in _wanted_in_column(r, columns):
            first, second = sorted((fact.cell[0], other.cell[0]))
            at = (fact.table, first, second)
            if first == second or at in tried:
                continue
            tried.add(at)
            pairs = _differing(rows[fact.table, first], rows[fact.table, second])
            if pairs and (found := _exchange(pairs, touching, steps)):
                yield found


def _grid(broken: list[Result], touching: Around) -> tuple[dict[At, dict[int, Fact]], dict[At, list[Amount]]]:
    """The rows of the tables concerned, and the amounts of each column concerned, the least first."""
    rows: dict[At, dict[int, Fact]] = defaultdict(dict)
    columns: dict[At, list[Amount]] = defaultdict(list)
    concerned = {at for r in broken for at in _columns_of(r)}
    tables = {table for table, _ in concerned}
    for fact in touching.facts():
        if fact.table in tables:
            rows[fact.table, fact.cell[0]][fact.cell[1]] = fact
            if (fact.table, fact.cell[1]) in concerned and fact.amount is not None:
                columns[fact.table, fact.cell[1]].append((fact.amount.base, fact.cell[0], fact))
    for column in columns.values():
        column.sort(key=lambda c: c[:2])
    return rows, columns


def _wanted_in_column(r: Result, columns: dict[At, list[Amount]]) -> Iterator[tuple[Fact, Fact]]:
    """Each number of a broken relation with those of its column that would mend it."""
    for t in r.relation.terms:
        fact, own = t.fact, t.fact.interval
        c = sum(Decimal(u.coefficient) for u in r.relation.terms if u.fact.id == fact.id)
        if own is None or fact.table == _PROSE or not c:
            continue
        wanted, slack = own.middle - r.residual / c, r.slack / abs(c)
        for other in _fitting(columns[fact.table, fact.cell[1]], wanted, slack):
            yield fact, other


def _fitting(column: list[Amount], wanted: Decimal, slack: Decimal) -> Iterator[Fact]:
    start = bisect_left(column, wanted - slack, key=lambda c: c[0])
    for value, _, fact in column[start : start + MOST_FITTING]:
        if value > wanted + slack:
            return
        if value:
            yield fact
