"""Rows left out of a list of classification codes: a level without the one above or below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yibenzhang.model.facts import Row
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.naming import LEVEL_OF
from yibenzhang.recognising.table_facts import BlockFacts, TableFacts
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule

_CODE = late(r"[235]\d\d(?:\d\d){0,2}")
_OTHERS = 2
"""So many codes of a level must be complete for each one that is not: else the table is drawn up without it."""


@rule("rows.gap", needs=("tables", "pages"))
def gaps(case: Case) -> Iterator[Issue]:
    """Rows of 类, 款 or 项 that the other rows of the list, or of other tables, show to be left out."""
    lists = [(t, _codes(t)) for t in case.tables if t.table.standard]
    for table, have in lists:
        others = [o for t, o in lists if t is not table]
        yield from _above(table, have, others)
        yield from _below(table, have, others)


def _coded(table: TableFacts, block: BlockFacts) -> bool:
    """True for rows known by codes, in a table that is no list of projects, stairs or form (see tables.toml)."""
    standard = table.table.standard
    if standard and standard.layout in ("projects", "stairs", "form"):
        return False
    return any(c.kind == "code" for c in block.block.labels)


def _codes(table: TableFacts) -> dict[str, Row]:
    """The rows of a table with their codes; none where a code stands twice."""
    blocks = [b for b in table.blocks if _coded(table, b)]
    rows = [r for b in blocks for k, r in enumerate(b.rows) if k in b.told and r.role == "item"]
    have = {r.code: r for r in rows if _CODE.fullmatch(r.code)}
    return have if not any(b.repeated_code for b in blocks) else {}


def _above(table: TableFacts, have: dict[str, Row], others: list[dict[str, Row]]) -> Iterator[Issue]:
    """Codes whose upper level is not there, where that of all others is."""
    printed = _printed(table)
    for length in (5, 7):
        first: dict[str, Row] = {}
        for code, row in have.items():
            if len(code) == length:
                first.setdefault(code[:-2], row)
        missing = [c for c in first if c not in have and c not in printed]
        if len(first) - len(missing) < max(_OTHERS, _OTHERS * len(missing)):
            continue
        for code in missing:
            if any(first[code].code in o and code not in o for o in others):
                continue  # nor has another table that level
            upper = next((o[code].label for o in others if code in o), None)
            below = first[code]
            yield issue_at(
                "rows.gap",
                below.label,
                _place(table, below),
                table=table.table.name,
                below=below.code,
                level=LEVEL_OF[len(code)],
                upper=upper,
                code=code,
            )


def _below(table: TableFacts, have: dict[str, Row], others: list[dict[str, Row]]) -> Iterator[Issue]:
    """A 款 without any 项, where the other 款 have some."""
    upper = [c for c in have if len(c) == 5]
    printed = _printed(table)
    missing = [c for c in upper if not any(d.startswith(c) and len(d) == 7 for d in printed)]
    if len(upper) - len(missing) < max(_OTHERS, _OTHERS * len(missing)):
        return
    for code in missing:
        listed = [o for o in others if code in o]
        items = [r for o in listed for r in _items_below(code, o)]
        if listed and not items:
            continue
        row, item = have[code], items[0] if items else None
        yield issue_at(
            "rows.gap",
            row.label,
            _place(table, row),
            template="below",
            table=table.table.name,
            code=code,
            item=item.label if item else None,
            item_code=item.code if item else None,
        )


def _items_below(code: str, rows: Mapping[str, Row]) -> list[Row]:
    """The 项 of a 款."""
    return [r for c, r in rows.items() if c.startswith(code) and len(c) == 7]


def _printed(table: TableFacts) -> frozenset[str]:
    """All codes of a table, also of rows none of whose numbers could be read: those are not left out."""
    return frozenset(r.code for b in table.blocks for r in b.rows)


def _place(table: TableFacts, row: Row) -> Place:
    return next(
        c.place for c in table.table.table.cells if c.row <= row.index < c.row + c.row_span and c.text.strip()
    )
