"""Made-up accounts for the diagnosis: trees of sums in several tables that restate one another, and errors in them.

`python -m tests.unit.structures` plants 2,000 errors and prints how many are one finding, at the right cell.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from yibenzhang.balance.diagnose import Cause, diagnose
from yibenzhang.balance.evaluate import evaluate
from yibenzhang.model.amounts import WAN_YUAN, Amount, CellState
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.places import LinePlace
from yibenzhang.model.relations import Law, Relation, Result, Term

At = tuple[str, int, int]
"""Table, row, column."""


def cell(at: At, cents: int | None, label: str = "") -> Fact:
    table, row, column = at
    text = "" if cents is None else f"{cents / 100:.2f}"
    amount = None if cents is None else Amount(Decimal(cents).scaleb(-2), 2, WAN_YUAN, text)
    state = CellState.BLANK if cents is None else CellState.PRINTED if cents else CellState.ZERO
    return Fact(
        f"{table}/{row}/{column}", table, "", "", Row(row, "", label or f"r{row}"), "", f"c{column}", state,
        amount, WAN_YUAN, 2, text, LinePlace(row + 1, column, column + 1), (row, column),
    )  # fmt: skip


@dataclass
class Structure:
    """Cells in cents, and relations between them by address."""

    cells: dict[At, int | None] = field(default_factory=dict)
    sums: list[tuple[str, Law, str, str, tuple[tuple[int, At], ...]]] = field(default_factory=list)
    """Id, law, family, list, terms."""
    lists: dict[str, tuple[str, int, list[int]]] = field(default_factory=dict)
    """Of each list its table, the row of its total, the rows of its parts."""

    def results(self) -> list[Result]:
        facts = {at: cell(at, cents) for at, cents in self.cells.items()}
        relations = []
        for name, law, family, parent, terms in self.sums:
            made = tuple(Term(c, facts[at]) for c, at in terms)
            total = facts[terms[0][1]].id if law is Law.TOTAL else ""
            relations.append(
                Relation(name, "rows.children", made, parent, law=law, family=family, explains=total)
            )
        return evaluate(relations)

    def copy(self) -> Structure:
        return replace(self, cells=dict(self.cells), sums=list(self.sums), lists=dict(self.lists))


def structure(random: Random, classes: int = 0, columns: int = 0) -> Structure:
    """A main table of two levels, one of its classes, one of its items under another order of columns."""
    classes, columns = classes or random.randint(2, 5), columns or random.randint(2, 4)
    made = Structure()
    row = 1
    tops, items = [], []
    for _ in range(classes):
        top, row = row, row + 1
        mine = list(range(row, row + random.randint(2, 5)))
        row += len(mine)
        tops.append((top, mine))
        items += mine
    for at in items:
        for c in range(1, columns + 1):
            empty = random.random() < 0.25
            made.cells["t1", at, c] = None if empty else random.randint(100, 9999999)
    for top, mine in [*tops, (0, [t for t, _ in tops])]:
        for c in range(1, columns + 1):
            made.cells["t1", top, c] = sum(made.cells["t1", k, c] or 0 for k in mine)
    rows = [0, *(t for t, _ in tops), *items]
    for at in rows:
        made.cells["t1", at, 0] = sum(made.cells["t1", at, c] or 0 for c in range(1, columns + 1))
    _add_table(made, "t1", [(0, [t for t, _ in tops]), *tops], rows, columns)
    _restate(made, "t2", [0, *(t for t, _ in tops)], columns, [(0, [t for t, _ in tops])])
    _restate(made, "t3", items, columns, [])
    return made


def _add_table(
    made: Structure, table: str, lists: list[tuple[int, list[int]]], rows: list[int], columns: int
) -> None:
    for top, mine in lists:
        name = f"{table}/0/{top}"
        made.lists[name] = (table, top, mine)
        for c in range(columns + 1):
            terms = ((1, (table, top, c)), *((-1, (table, k, c)) for k in mine))
            made.sums.append((f"rows|{name}/{c}", Law.TOTAL, f"rows:{table}:{c}", name, terms))
    for at in rows:
        terms = ((1, (table, at, 0)), *((-1, (table, at, c)) for c in range(1, columns + 1)))
        made.sums.append((f"columns|{table}/{at}", Law.TOTAL, f"columns:{table}", "", terms))


def _restate(
    made: Structure, table: str, rows: list[int], columns: int, lists: list[tuple[int, list[int]]]
) -> None:
    for at in rows:
        for c in range(columns + 1):
            made.cells[table, at, c] = made.cells["t1", at, c]
            pair = ((1, ("t1", at, c)), (-1, (table, at, c)))
            made.sums.append((f"equal|{table}/{at}/{c}", Law.EQUAL, f"equal:{table}:{c}", "", pair))
    _add_table(made, table, lists, rows, columns)


def wrong(cents: int, random: Random) -> int:
    """A number made wrong as people make it wrong."""
    digits = list(str(cents))
    kind = random.choice(("digit", "digits", "times", "sign", "point"))
    if kind == "digit" or (kind == "digits" and len(set(digits)) < 2):
        k = random.randrange(len(digits))
        digits[k] = random.choice([d for d in "123456789" if d != digits[k]])
        return int("".join(digits))
    if kind == "digits":
        k = random.choice([k for k in range(len(digits) - 1) if digits[k] != digits[k + 1]])
        digits[k], digits[k + 1] = digits[k + 1], digits[k]
        return int("".join(digits))
    return {"times": cents * 137 // 100, "sign": -cents, "point": cents * 100}[kind]


def planted(made: Structure, random: Random, count: int = 1) -> tuple[Structure, list[At]]:
    """The structure with some numbers wrong, and where."""
    out = made.copy()
    spots = random.sample([at for at, cents in made.cells.items() if cents], count)
    for at in spots:
        out.cells[at] = wrong(made.cells[at] or 0, random)
    return out, spots


def seen(cause: Cause) -> tuple[object, ...]:
    """A cause as something to compare."""
    culprits = tuple((c.fact.id, c.suggestion) for c in cause.culprits)
    return (cause.kind, cause.certain, culprits, tuple(sorted(r.relation.id for r in cause.broken)))


def _measured(random: Random, number: int) -> Iterator[tuple[str, int]]:
    for _ in range(number):
        made, [at] = planted(structure(random), random)
        results = made.results()
        start = time.perf_counter()
        causes = diagnose(results)
        yield "microseconds", int(1e6 * (time.perf_counter() - start))
        spot = "/".join(map(str, at))
        yield "told", bool(causes)
        yield "one finding", len(causes) == 1
        yield (
            "right cell first",
            bool(causes and causes[0].culprits and causes[0].culprits[0].fact.id == spot),
        )
        certain = [c for c in causes if c.certain]
        yield "certain and wrong", any(all(k.fact.id != spot for k in c.culprits) for c in certain)
        yield "too many", max(len(causes) - 1, 0)


if __name__ == "__main__":
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    counts: Counter[str] = Counter()
    for name, value in _measured(Random(11), total):
        counts[name] += value
    print({name: value / total for name, value in counts.items()})
