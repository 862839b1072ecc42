"""Rows in the wrong list: left out or withheld, counted where they do not belong, under a wrong parent.

A list (``Relation.parent``) is seen through several columns. Where it falls short, or runs over, in all of
them by what one row has in them, that row is the cause, and no total of the list "ought to be" anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from yibenzhang.balance.around import Around, Steps, nothing
from yibenzhang.balance.causes import Cause, Culprit, Kind
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Outcome, Result

LEAST_COLUMNS = 2
"""Seen through one column only, a wrong number explains as much as a row."""
MOST_ROWS = 8
"""So many rows with the amount that is wanted are tried."""

At = tuple[str, int]
"""A table and a row or column of it."""


@dataclass
class _List:
    """One list: its relations by the column of their total, all of them and the broken ones."""

    name: str
    columns: dict[At, Result] = field(default_factory=dict)

    @property
    def broken(self) -> dict[At, Result]:
        return {at: r for at, r in self.columns.items() if r.outcome is Outcome.CONTRADICTED}

    def gap(self, at: At) -> Decimal:
        """By how much the list falls short of its total in that column; negative where it runs over."""
        r = self.columns[at]
        return r.residual / r.relation.terms[0].coefficient

    @property
    def short(self) -> bool:
        """Short in every broken column, or over in every one (False)."""
        return all(self.gap(at) > 0 for at in self.broken)

    @property
    def one_way(self) -> bool:
        return len({self.gap(at) > 0 for at in self.broken}) == 1

    def rows(self) -> set[At]:
        out = {(t.fact.table, t.fact.cell[0]) for r in self.columns.values() for t in r.relation.parts}
        table = next(iter(self.columns))[0]
        return out | {(table, k) for r in self.columns.values() for k in r.relation.list_rows}


def misplaced(broken: list[Result], touching: Around, steps: Steps, columns: int) -> Iterator[Cause]:
    """The causes that are rows in the wrong list, seen through at least so many columns."""
    count = Counter(r.relation.parent for r in broken if r.relation.parent)
    if max(count.values(), default=0) < columns:
        return
    lists = _lists(broken, touching.results)
    table = _Rows(touching, {at[0] for one in lists for at in one.columns})
    one_way = sorted((one for one in lists if one.one_way), key=lambda one: one.short)
    short = [one for one in one_way if one.short]
    done: set[str] = set()
    for one in one_way:  # first those that run over: what leaves them may be what others lack
        if one.name in done or len(one.broken) < columns or steps.spent:
            continue
        if one.short:
            cause = _added(one, table, touching, steps) or (
                _missing(one, broken) if columns >= LEAST_COLUMNS else None
            )
        else:
            cause = _taken(one, short, table, steps, done)
        if cause is not None:
            done |= {one.name, cause.to_list}
            yield _with_more(cause, broken)


def _missing(b: _List, broken: list[Result]) -> Cause | None:
    """A row that is not printed at all, where the numbers of the short list are right."""
    if not _consistent(b, broken):
        return None
    return Cause(tuple(b.broken.values()), (), False, missing_row=True, kind=Kind.MISSING_ROW)


def _lists(broken: list[Result], results: list[Result]) -> list[_List]:
    """The lists with broken relations, with all their columns."""
    wanted = {r.relation.parent for r in broken} - {""}
    out: dict[str, _List] = {name: _List(name) for name in sorted(wanted)}
    for r in results if wanted else ():
        if r.relation.parent in wanted and (r.relation.accuses or r.outcome is not Outcome.CONTRADICTED):
            total = r.relation.total
            if r.relation.terms[0].coefficient:
                out[r.relation.parent].columns.setdefault((total.table, total.cell[1]), r)
    return [one for one in out.values() if one.broken]


class _Rows:
    """The rows of some tables: their numbers by column, and the rows by an amount of a column."""

    def __init__(self, touching: Around, tables: set[str]) -> None:
        self.cells: dict[At, dict[int, Fact]] = defaultdict(dict)
        self.by_amount: dict[tuple[At, Decimal], list[At]] = defaultdict(list)
        for fact in touching.facts():
            if fact.table in tables:
                row = (fact.table, fact.cell[0])
                self.cells[row][fact.cell[1]] = fact
                if fact.amount is not None and fact.amount.value:
                    self.by_amount[(fact.table, fact.cell[1]), fact.amount.base].append(row)

    def fitting(self, at: At, amount: Decimal, slack: Decimal) -> list[At]:
        """The rows with that amount in that column, give or take the rounding."""
        exact = self.by_amount.get((at, amount))
        if exact or not slack:
            return sorted(exact or ())[:MOST_ROWS]
        near = [
            rows for (column, a), rows in self.by_amount.items() if column == at and abs(a - amount) <= slack
        ]
        return sorted(row for rows in near for row in rows)[:MOST_ROWS]


def _middle(cells: dict[int, Fact], column: int) -> Decimal | None:
    """What the row has in that column; nothing where it has no cell there, None where it cannot be read."""
    fact = cells.get(column)
    if fact is None:
        return Decimal(0)
    return fact.interval.middle if fact.interval else None


def _fits(one: _List, cells: dict[int, Fact], sign: int, steps: Steps) -> bool:
    """Whether every column of the list holds with that row added (1) or taken away (-1)."""
    if not steps.take(len(one.columns)):
        return False
    for (_, column), r in one.columns.items():
        value = _middle(cells, column)
        if value is None or abs(r.residual - sign * r.relation.terms[0].coefficient * value) > r.slack:
            return False
    return True


def _candidates(one: _List, table: _Rows) -> Iterable[At]:
    at, r = max(one.broken.items(), key=lambda item: (abs(one.gap(item[0])), item[0]))
    return table.fitting(at, abs(one.gap(at)), r.slack)


def _taken(a: _List, short: list[_List], table: _Rows, steps: Steps, done: set[str]) -> Cause | None:
    """A row that mends its list by leaving it, with the list it belongs to where one falls short by it."""
    lacking = [b for b in short if b.name not in done]
    found = _leaving(a, lacking, table, steps)
    if not found or (found[0][1] is None and len(a.broken) < LEAST_COLUMNS):
        return None
    b = found[0][1]
    rows = list(dict.fromkeys(r for r, _ in found))
    broken = [*a.broken.items(), *(b.broken.items() if b else ())]
    culprits = _cells(rows, table, {column for (_, column), _ in broken})
    kind, to_list = (Kind.WRONG_PLACE, b.name) if b else (Kind.EXTRA_ROW, "")
    results, sure = tuple(r for _, r in broken), len(found) == 1
    return Cause(results, culprits, sure, kind=kind, from_list=a.name, to_list=to_list)


def _leaving(a: _List, lacking: list[_List], table: _Rows, steps: Steps) -> list[tuple[At, _List | None]]:
    """The rows that mend the list by leaving it, with the lists they mend by entering; without, where none does."""
    own = a.rows()
    found: list[tuple[At, _List | None]] = []
    for row in _candidates(a, table):
        cells = table.cells[row]
        if row in own and _fits(a, cells, -1, steps):
            into = [b for b in lacking if row not in b.rows() and _fits(b, cells, 1, steps)]
            found += [(row, b) for b in into] or [(row, None)]
    return [f for f in found if f[1]] or found


def _added(b: _List, table: _Rows, touching: Around, steps: Steps) -> Cause | None:
    """A row that is counted in no list and mends this one."""
    own = b.rows() | {(r.relation.total.table, r.relation.total.cell[0]) for r in b.columns.values()}
    found = [
        row
        for row in _candidates(b, table)
        if row not in own and _orphan(table.cells[row], touching) and _fits(b, table.cells[row], 1, steps)
    ]
    if not found or (len(b.broken) < LEAST_COLUMNS and len(found) > 1):
        return None
    culprits = _cells(found, table, {at[1] for at in b.broken})
    sure = len(found) == 1 and len(b.broken) >= LEAST_COLUMNS
    return Cause(tuple(b.broken.values()), culprits, sure, kind=Kind.WRONG_PLACE, to_list=b.name)


def _orphan(cells: dict[int, Fact], touching: Around) -> bool:
    """A row that no list counts, neither as a part nor as its total."""
    ids = {f.id for f in cells.values()}
    return not any(
        r.relation.parent and any(t.fact.id in ids for t in r.relation.terms)
        for i in ids
        for r in touching[i]
    )


def _cells(rows: list[At], table: _Rows, columns: set[int]) -> tuple[Culprit, ...]:
    return tuple(
        Culprit(fact, None)
        for row in rows
        for column, fact in sorted(table.cells[row].items())
        if column in columns and not nothing(fact)
    )


def _consistent(b: _List, broken: list[Result]) -> bool:
    """Nothing else is broken about the numbers of a short list but what is short by the same: then they are right."""
    ids = {t.fact.id for r in b.broken.values() for t in r.relation.terms if not nothing(t.fact)}
    gaps = [(b.gap(at), r.slack) for at, r in b.broken.items()]
    return all(
        _same_gap(r, gaps)
        for r in broken
        if r.relation.parent != b.name and any(t.fact.id in ids for t in r.relation.terms)
    )


def _same_gap(r: Result, gaps: list[tuple[Decimal, Decimal]]) -> bool:
    return len(r.relation.terms) > 2 and any(
        abs(abs(r.residual) - abs(gap)) <= r.slack + slack for gap, slack in gaps
    )


def _with_more(cause: Cause, broken: list[Result]) -> Cause:
    """Together with the other broken relations that the same row explains: its own numbers, sums it lacks in."""
    own = {id(r) for r in cause.broken}
    row = {c.fact.id for c in cause.culprits}
    ids = {t.fact.id for r in cause.broken for t in r.relation.terms if not nothing(t.fact)}
    gaps = [(r.residual, r.slack) for r in cause.broken]
    more = [
        r
        for r in broken
        if id(r) not in own
        and (
            any(t.fact.id in row for t in r.relation.terms)
            or (any(t.fact.id in ids for t in r.relation.terms) and _same_gap(r, gaps))
        )
    ]
    return replace(cause, broken=(*cause.broken, *more)) if more else cause
