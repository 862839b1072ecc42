"""Amounts below zero where money is planned or spent: only changes and balances may be negative."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, arguments, evidence_of
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule

_SIGNED_VERSIONS = ("change", "rate", "share")
_SIGNED_PERIODS = ("carried_in", "carried_out", "use_balance", "distributed")


@rule("signs.negative", needs=("tables",))
def negative(case: Case) -> Iterator[Issue]:
    """The negative amounts of a table that are neither changes nor balances, as one issue."""
    names = {t.table.id: t.table.name for t in case.tables}
    for view in case.views:
        found = [f for place, f in sorted(view.cells.items()) if _wrong(f, view.places[place])]
        if found and view.title:
            name = names.get(view.table, "")
            values = arguments(table=name, where=found[0].where, text=found[0].text, count=len(found))
            evidence = tuple(evidence_of(f, name) for f in found)
            yield Issue("signs.negative", values, evidence, "several" if len(found) > 1 else "")


def _wrong(fact: Fact, at: Coordinates) -> bool:
    signed = at.version in _SIGNED_VERSIONS or at.period in _SIGNED_PERIODS or not at.sure
    known = bool(at.side or at.kind or at.fund)
    return fact.amount is not None and fact.amount.value < 0 and known and not signed
