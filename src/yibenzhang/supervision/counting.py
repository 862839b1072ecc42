"""The counts behind a score, read from the source: numerator and denominator of each measure for each group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from yibenzhang.evidence.mappings import Mapped
from yibenzhang.evidence.measuring import Asked, Period, number, period_of, several
from yibenzhang.evidence.packs import Table
from yibenzhang.evidence.sources import Limits, Source
from yibenzhang.evidence.words import EvidenceError
from yibenzhang.supervision.conditions import as_sql, column_of, conditions
from yibenzhang.supervision.definitions import Amount, Definition, Measure, fits
from yibenzhang.supervision.words import say, words

_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)
_FORMS = {"month": r"\d{4}-\d\d", "year": r"\d{4}"}
Groups = Mapping[str, tuple[Decimal, Decimal | None]]


@dataclass(frozen=True, slots=True)
class Count:
    """What was read of a measure by one dimension; ``gap`` says why there is nothing."""

    measure: str
    dimension: str
    groups: Groups
    query: str
    hash: str
    gap: str


def span_of(definition: Definition, text: str) -> tuple[str, Period]:
    """A period as it is called, with its days. Raises EvidenceError where it is not of the definition's kind."""
    every, text = definition.every, text.strip()
    if every == "quarter" and (found := _QUARTER.fullmatch(text)):
        year, quarter = int(found[1]), int(found[2])
        last = period_of(f"{year}-{quarter * 3:02d}")
        return f"{year}-Q{quarter}", Period(last.begin.replace(month=quarter * 3 - 2), last.end)
    if every in _FORMS and re.fullmatch(_FORMS[every], text):
        return text, period_of(text)
    said = words()
    raise EvidenceError(
        say(
            "period_wrong",
            name=definition.name,
            every=said["every"][every],
            text=text,
            example=said["examples"][every],
        )
    )


def counts(
    definition: Definition, mapped: Mapped, period: Period, time: str, limits: Limits
) -> tuple[str, list[Count]]:
    """What was read, and of which source. A measure that could not be read is a gap, never zero. Raises EvidenceError
    where the definition does not fit the mapping's pack."""
    fits(definition, mapped.pack)
    pairs = [
        (m, d)
        for m in definition.measures
        for d in definition.dimensions
        if d in mapped.pack.tables[m.table].columns
    ]
    asked = [Asked(m.table, partial(_sql, m, d, mapped.pack.tables[m.table])) for m, d in pairs]
    called, answers = several(mapped, period, time, limits, asked)
    out = []
    for (m, d), answer in zip(pairs, answers, strict=True):
        groups: dict[str, tuple[Decimal, Decimal | None]] = {}
        for name, above, below in answer.rows:
            shown = "" if name is None else str(name).strip()
            had = groups.get(shown, (Decimal(0), Decimal(0)))
            whole = None if m.below is None else (had[1] or Decimal(0)) + (number(below) or Decimal(0))
            groups[shown] = (had[0] + (number(above) or Decimal(0)), whole)
        out.append(Count(m.name, d, groups, answer.query, answer.hash, answer.gap))
    return called, out


def _sql(measure: Measure, dimension: str, table: Table, source: Source) -> str:
    """One row for each group: its name, numerator, denominator. A share cannot be more than the whole."""
    by = source.named(dimension)
    within = measure.below.where if measure.below else ""
    above = _amount(measure.above, measure, table, source, within)
    below = _amount(measure.below, measure, table, source) if measure.below else "0"
    time = column_of(measure.time, table, measure.name).name if measure.time else table.time
    when = f"{source.named(time)} >= :begin AND {source.named(time)} < :end" if time else "1 = 1"
    return (
        f"SELECT {by} AS part, {above} AS above, {below} AS below FROM {{{table.name}}} WHERE {when} "
        f"GROUP BY {by} ORDER BY {by}"
    )


def _amount(amount: Amount, measure: Measure, table: Table, source: Source, within: str = "") -> str:
    """``within``: the conditions of the denominator, in whose rows alone a numerator is counted."""
    found = [*conditions(within, table, measure.name), *conditions(amount.where, table, measure.name)]
    holds = as_sql(found, source.dialect, source.named)
    if amount.what == "rows":
        return f"sum(CASE WHEN {holds} THEN 1 ELSE 0 END)"
    column = source.named(column_of(amount.column, table, measure.name).name)
    if amount.what == "distinct":
        return f"count(DISTINCT CASE WHEN {holds} THEN {column} END)"
    return f"sum(CASE WHEN {holds} THEN {column} ELSE 0 END)"
