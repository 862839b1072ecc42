"""Economic items of the basic expenditure against the “三公” table: a part is not greater than the whole.

The “三公” table tells what is spent out of 财政拨款, basic expenditure and projects together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, evidence_of
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.rate_relations import shown
from yibenzhang.rules.registry import rule

_SAME = {"30212": "abroad", "30217": "reception", "30231": "car_run", "31013": "car_buy"}
"""政府收支分类科目: the economic item, and the measure of the “三公” table that it is part of."""


@rule("equal.basic_above", needs=("tables",))
def basic_above(case: Case) -> Iterator[Issue]:
    """An item of the basic expenditure greater than all that the “三公” table tells of it, budget or outturn."""
    names = {t.table.id: t.table.name for t in case.tables}
    for code, part in _basic(case.tables).items():
        wholes = _three_public(case.tables, _SAME[code])
        if part.interval is None or not wholes or any(f.unit is None for f in (part, *wholes)):
            continue
        bound = sum((Fraction(f.interval.high) for f in wholes if f.interval is not None), Fraction(0))
        if Fraction(part.interval.low) > bound:
            largest = max(wholes, key=lambda f: f.amount.base if f.amount else 0)
            values = arguments(item=part.row.label.strip(), amount=shown(part), other=shown(largest))
            evidence = tuple(evidence_of(f, names.get(f.table, "")) for f in (part, largest))
            yield Issue("equal.basic_above", values, evidence)


def _basic(tables: Sequence[TableFacts]) -> dict[str, Fact]:
    """The total of each such item in the table of basic expenditure; none of an item that stands in two rows."""
    found: dict[str, list[Fact]] = {}
    for t in tables:
        if t.table.standard is None or not t.table.standard.id.endswith(".general_basic"):
            continue
        for block in t.blocks:
            for (k, measure), fact in block.cells.items():
                code = block.rows[k].code
                if code in _SAME and measure.partition("@")[0] in ("total", "basic") and fact.amount:
                    found.setdefault(code, []).append(fact)
    return {code: facts[0] for code, facts in found.items() if len({f.row.index for f in facts}) == 1}


def _three_public(tables: Sequence[TableFacts], measure: str) -> list[Fact]:
    """The amounts of the item in the “三公” table that are most together: of budget and outturn the larger, of several
    rows (units, years) their total or all of them."""
    columns: dict[str, list[tuple[Fact, bool]]] = {}
    for t in tables:
        if t.table.standard is not None and t.table.standard.id.endswith(".three_public"):
            for block in t.blocks:
                for (k, m), f in block.cells.items():
                    if m.partition("@")[0] == measure and f.amount:
                        columns.setdefault(m, []).append((f, block.rows[k].role == "total"))
    sums = [[f for f, total in found if total] or [f for f, _ in found] for found in columns.values()]
    return max(sums, key=lambda facts: sum(f.amount.base for f in facts if f.amount), default=[])
