"""What is said of causes that are places, not numbers: rows left out or misplaced, shifted columns, units."""

from __future__ import annotations

from yibenzhang.balance.causes import Cause, Kind
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Arguments, arguments
from yibenzhang.model.relations import Result

Said = tuple[str, Arguments]
"""A template and its values."""


def place_of(cause: Cause, names: dict[str, str]) -> Said | None:
    """What stands in a wrong place; None where the cause is a number."""
    make = _MADE.get(cause.kind)
    if make is None or not (cause.structural or not cause.culprits or cause.kind == Kind.SHIFTED):
        return None
    return f"place_{cause.kind.value}", make(cause, names)


def _row(fact: Fact, names: dict[str, str]) -> dict[str, str]:
    return {"table": names.get(fact.table, ""), "row": _label(fact)}


def _label(fact: Fact) -> str:
    return f"{fact.row.code} {fact.row.label}" if fact.row.code else fact.row.label


def _missing(cause: Cause, names: dict[str, str]) -> Arguments:
    columns = dict.fromkeys(r.relation.total.column for r in cause.broken)
    shown = tuple(arguments(column=c or None, blank=None if c else "amount") for c in columns)
    return arguments(**_row(cause.broken[0].relation.total, names), columns=shown)


def _extra(cause: Cause, names: dict[str, str]) -> Arguments:
    return arguments(**_row(cause.culprits[0].fact, names), count=len(cause.broken))


def _misplaced(cause: Cause, names: dict[str, str]) -> Arguments:
    here, there = _parent(cause.broken, cause.from_list), _parent(cause.broken, cause.to_list)
    return arguments(
        **_row(cause.culprits[0].fact, names),
        here=_label(here) if here else None,
        there=_label(there) if there else None,
        out=None if there else "out",
        count=len(cause.broken),
    )


def _parent(broken: tuple[Result, ...], list_id: str) -> Fact | None:
    return next((r.relation.total for r in broken if list_id and r.relation.parent == list_id), None)


def _shifted(cause: Cause, names: dict[str, str]) -> Arguments:
    fact = cause.culprits[0].fact
    return arguments(table=names.get(fact.table, ""), column=fact.column, count=len(cause.broken))


def _unit(cause: Cause, names: dict[str, str]) -> Arguments:
    first = cause.broken[0].relation.total.table
    tables = [names.get(t, t) for t in cause.tables] or [names.get(first, "")]
    factor = f"{cause.factor.normalize():f}" if cause.factor else None
    return arguments(
        tables=tuple(arguments(text=t) for t in tables), factor=factor, several=None if factor else "several"
    )


_MADE = {
    Kind.MISSING_ROW: _missing,
    Kind.EXTRA_ROW: _extra,
    Kind.WRONG_PLACE: _misplaced,
    Kind.SHIFTED: _shifted,
    Kind.UNIT: _unit,
}
