"""Rows left out of a list of classification codes: a level without the one above or below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from yibenzhang.balance.diagnose import Cause
from yibenzhang.model.amounts import narrow
from yibenzhang.model.facts import Row
from yibenzhang.model.places import Place
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.rules.sums import layout_of
from yibenzhang.rules.wording import Remark
from yibenzhang.standards import Standards

_CODE = re.compile(r"[235]\d\d(?:\d\d){0,2}")
_LEVEL = {3: "类", 5: "款", 7: "项"}
_OTHERS = 2
"""So many codes of a level must be complete for each one that is not: else the table is drawn up without it."""


def gaps(tables: tuple[TableFacts, ...]) -> list[Remark]:
    """Rows of 类, 款 or 项 that the other rows of the list, or of other tables, show to be left out."""
    lists = [(t, _codes(t)) for t in tables if t.table.standard]
    out: list[Remark] = []
    for table, have in lists:
        others = [o for t, o in lists if t is not table]
        out.extend(_above(table, have, others))
        out.extend(_below(table, have, others))
    return out


def _codes(table: TableFacts) -> dict[str, Row]:
    """The rows of a table with their codes; none where a code stands twice."""
    blocks = [b for b in table.blocks if layout_of(table, b) == "coded"]
    rows = [r for b in blocks for k, r in enumerate(b.rows) if k in b.told and r.role == "item"]
    have = {r.code: r for r in rows if _CODE.fullmatch(r.code)}
    return have if not any(b.repeated_code for b in blocks) else {}


def _above(table: TableFacts, have: dict[str, Row], others: list[dict[str, Row]]) -> Iterator[Remark]:
    """Codes whose upper level is not there, where that of all others is."""
    for length in (5, 7):
        first: dict[str, Row] = {}
        for code, row in have.items():
            if len(code) == length:
                first.setdefault(code[:-2], row)
        missing = [c for c in first if c not in have]
        if len(first) - len(missing) < max(_OTHERS, _OTHERS * len(missing)):
            continue
        for code in missing:
            if any(first[code].code in o and code not in o for o in others):
                continue  # nor has another table that level
            name = next((f"“{o[code].label}”" for o in others if code in o), "")
            below = first[code]
            message = (
                f"{table.table.name}：有“{below.label}”（{below.code}），没有它上一级的{_LEVEL[len(code)]}级科目"
                f"{name}（{code}），可能漏了一行。"
            )
            yield Remark("rows.gap", message, below.label, _place(table, below))


def _below(table: TableFacts, have: dict[str, Row], others: list[dict[str, Row]]) -> Iterator[Remark]:
    """A 款 without any 项, where the other 款 have some."""
    upper = [c for c in have if len(c) == 5]
    missing = [c for c in upper if not any(d.startswith(c) and len(d) == 7 for d in have)]
    if len(upper) - len(missing) < max(_OTHERS, _OTHERS * len(missing)):
        return
    for code in missing:
        listed = [o for o in others if code in o]
        items = [r for o in listed for c, r in o.items() if c.startswith(code) and len(c) == 7]
        if listed and not items:
            continue
        told = f"，别的表中有“{items[0].label}”（{items[0].code}）" if items else ""
        row = have[code]
        message = f"{table.table.name}：“{row.label}”（{code}）下面没有项级科目{told}，可能漏了一行。"
        yield Remark("rows.gap", message, row.label, _place(table, row))


def _place(table: TableFacts, row: Row) -> Place:
    return next(
        c.place for c in table.table.table.cells if c.row <= row.index < c.row + c.row_span and c.text.strip()
    )


def explained(remarks: Iterable[Remark], causes: Iterable[Cause], standards: Standards) -> list[Remark]:
    """Without items that the text lists and the table lacks, where the sum of their class shows the gap."""
    short = {
        r.relation.total.row.code
        for c in causes
        if not c.certain
        for r in c.broken
        if r.relation.rule.startswith("rows.") and r.residual > 0
    }
    projects = any(
        r.relation.rule.startswith("rows.")
        and r.residual > 0
        and r.relation.total.standard == "budget.projects"
        for c in causes
        if not c.certain
        for r in c.broken
    )
    return [
        r
        for r in remarks
        if not (projects and r.rule == "goals.unknown")
        and (r.rule != "names.listed" or standards.economic.get(narrow(r.words), "0")[:3] not in short)
    ]
