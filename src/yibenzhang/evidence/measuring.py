"""A pack run on a source: an observation for every indicator, a gap where it cannot be had."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from yibenzhang.evidence.addresses import fetch
from yibenzhang.evidence.contracts import missing, query, soundness
from yibenzhang.evidence.databases import Database
from yibenzhang.evidence.files import Files, hash_of_file, rows_at
from yibenzhang.evidence.mappings import Mapped
from yibenzhang.evidence.observations import Observation
from yibenzhang.evidence.packs import Indicator, Pack
from yibenzhang.evidence.prometheus import rows_of
from yibenzhang.evidence.sources import Limits, Reading, Rows, Source
from yibenzhang.evidence.words import EvidenceError, evidence_words, say

_FLOAT = Decimal("0.000001")
"""Where a database only has binary numbers, what it gives is rounded to this."""

MOST_DAYS_AFTER = 31
"""So long after a period a register may still be read for it."""


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day."""

    begin: date
    end: date

    def values(self) -> dict[str, Any]:
        """What queries may name: ``:begin``, ``:end`` (the day after the last), and the same a year earlier."""
        return {
            "begin": self.begin,
            "end": self.end + timedelta(days=1),
            "begin_before": _year_before(self.begin),
            "end_before": _year_before(self.end) + timedelta(days=1),
        }


def _year_before(day: date) -> date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, min(day.day, last))


def period_of(text: str) -> Period:
    """``2026``, ``2026-03`` or ``2026-01-01..2026-06-30``. Raises EvidenceError."""
    try:
        if re.fullmatch(r"\d{4}", text):
            return Period(date(int(text), 1, 1), date(int(text), 12, 31))
        if re.fullmatch(r"\d{4}-\d\d", text):
            year, month = map(int, text.split("-"))
            return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        first, _, last = text.partition("..")
        made = Period(date.fromisoformat(first), date.fromisoformat(last))
        if made.begin <= made.end:
            return made
    except ValueError:
        pass
    raise EvidenceError(say("period_wrong", text=text))


@contextmanager
def opened(
    mapped: Mapped, limits: Limits, period: Period | None = None
) -> Iterator[tuple[Source, Mapping[str, str]]]:
    """The source of a mapping, and its tables that could not be read with the reason. Raises EvidenceError."""
    if mapped.kind == "database":
        database = Database(mapped.variable, limits)
        try:
            yield database, {}
        finally:
            database.close()
        return
    files, away = Files(limits), {}
    try:
        for name, given in mapped.tables.items():
            try:
                if mapped.kind == "files":
                    files.add_file(f"source_{name}", mapped.folder / given.file, given.sheet)
                elif mapped.kind == "prometheus":
                    _series(files, name, mapped, limits, period)
                else:
                    data, hash = fetch(
                        given.address, mapped.allowed, limits, mapped.header, mapped.header_variable
                    )
                    files.add_rows(
                        f"source_{name}", rows_at(data, given.rows, given.address), hash, given.address
                    )
            except EvidenceError as error:
                away[name] = str(error)
        yield files, away
    finally:
        files.close()


def _series(files: Files, name: str, mapped: Mapped, limits: Limits, period: Period | None) -> None:
    """A table of a Prometheus: of the period, or of yesterday where only the names are looked at."""
    given = mapped.tables[name]
    yesterday = date.today() - timedelta(days=1)
    asked = period or Period(yesterday, yesterday)
    rows, hash = rows_of(
        given.address,
        given.queries or {},
        given.step or "1h",
        asked.begin,
        asked.end + timedelta(days=1),
        mapped.allowed,
        limits,
        mapped.header,
        mapped.header_variable,
    )
    files.add_rows(f"source_{name}", rows, hash, given.address)


def check(mapped: Mapped, limits: Limits) -> list[str]:
    """All that keeps the pack from being run whole, as sentences; nothing where it is ready."""
    try:
        with opened(mapped, limits) as (source, away):
            lost = missing(mapped, source)
            out = [s for t, s in lost if t not in away] + list(away.values())
            for name in mapped.pack.tables:
                if name in away or any(t == name for t, _ in lost):
                    continue
                rows, problems = soundness(mapped, source, name)
                meaning = mapped.pack.tables[name].meaning
                out += (
                    problems
                    if rows
                    else [str(evidence_words()["contract"]["empty"]).format(table=name, meaning=meaning)]
                )
            return out
    except EvidenceError as error:
        return [str(error)]


def run(mapped: Mapped, period: Period, time: str, limits: Limits) -> list[Observation]:
    """An observation or a gap for each indicator that is computed. ``time``: when, as the caller says."""
    computed = [i for i in mapped.pack.indicators.values() if not i.asked]
    try:
        with opened(mapped, limits, period) as (source, away):
            lost = dict(reversed(missing(mapped, source)))
            state: dict[str, str] = {t: _gap("contract", why=s) for t, s in lost.items() if t}
            state |= {t: _gap("source", why=s) for t, s in away.items()}
            return [_measured(mapped, source, i, period, time, state) for i in computed]
    except EvidenceError as error:
        why = _gap("source", why=error)
        return [_observed(mapped, i, period, time, gap=why) for i in computed]


def _measured(
    mapped: Mapped, source: Source, indicator: Indicator, period: Period, time: str, state: dict[str, str]
) -> Observation:
    """``state``: tables looked at, with what is wrong of them."""
    sql = hash = ""
    if ":" not in indicator.query and _long_after(period, time):
        return _observed(mapped, indicator, period, time, source.called, gap=_gap("register"))
    try:
        for table in indicator.tables:
            if table not in state:
                state[table] = _looked(mapped, source, table, period)
            if state[table]:
                return _observed(mapped, indicator, period, time, source.called, gap=state[table])
        sql = query(mapped, source, indicator.query, indicator.tables)
        reading = source.ask(sql, _used(sql, period.values()))
        hash = reading.hash
        value, above, below, gap = _value(indicator, reading)
    except EvidenceError as error:
        value, above, below, gap = None, None, None, _gap("source", why=error)
    return _observed(mapped, indicator, period, time, source.called, sql, hash, value, above, below, gap)


def _long_after(period: Period, time: str) -> bool:
    """A register read now says how things are now, not how they were then."""
    return date.fromisoformat(time[:10]) > period.end + timedelta(days=MOST_DAYS_AFTER)


def _looked(mapped: Mapped, source: Source, table: str, period: Period) -> str:
    """Why a table cannot be used in this period; nothing where it can. An empty one is unknown, not zero."""
    rows, problems = soundness(mapped, source, table)
    if problems:
        return _gap("contract", why="".join(problems))
    contract = mapped.pack.tables[table]
    if contract.time:
        when = source.named(contract.time)
        asked = f"SELECT count(*) AS n FROM {{{table}}} WHERE {when} >= :begin AND {when} < :end"
        sql = query(mapped, source, asked, (table,))
        rows = int(source.ask(sql, _used(sql, period.values())).rows[0][0])
    return "" if rows else _gap("none_in_period", table=f"{table}（{contract.meaning}）")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of one table of the contract, ``{table}``, in the SQL of the source it is asked of."""

    table: str
    sql: Callable[[Source], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Its rows, the query as it was run, the hash of what was read; or why there is nothing."""

    rows: Rows
    query: str
    hash: str
    gap: str


def several(
    mapped: Mapped, period: Period, time: str, limits: Limits, asked: Sequence[Asked]
) -> tuple[str, list[Answer]]:
    """What the source is called, and the answer to each query; each table is looked at once, as for indicators."""
    try:
        with opened(mapped, limits, period) as (source, away):
            lost = dict(reversed(missing(mapped, source)))
            state = {t: _gap("contract", why=s) for t, s in lost.items() if t}
            state |= {t: _gap("source", why=s) for t, s in away.items()}
            return source.called, [_answer(mapped, source, a, period, time, state) for a in asked]
    except EvidenceError as error:
        gap = _gap("source", why=error)
        return "", [Answer((), "", "", gap) for _ in asked]


def _answer(
    mapped: Mapped, source: Source, asked: Asked, period: Period, time: str, state: dict[str, str]
) -> Answer:
    sql = ""
    try:
        if asked.table not in state:
            state[asked.table] = _looked(mapped, source, asked.table, period)
        if state[asked.table]:
            return Answer((), "", "", state[asked.table])
        bare = asked.sql(source)
        if ":begin" not in bare and _long_after(period, time):
            return Answer((), "", "", _gap("register"))
        sql = query(mapped, source, bare, (asked.table,))
        reading = source.ask(sql, _used(sql, period.values()))
        return Answer(reading.rows, sql, reading.hash, "")
    except EvidenceError as error:
        return Answer((), sql, "", _gap("source", why=error))


def _used(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if re.search(rf":{k}\b", sql)}


def _value(
    indicator: Indicator, reading: Reading
) -> tuple[Decimal | None, Decimal | None, Decimal | None, str]:
    if len(reading.rows) != 1:
        raise EvidenceError(say("reads_one", rows=len(reading.rows)))
    row = dict(zip((c.lower() for c in reading.columns), reading.rows[0], strict=True))
    if "value" in row:
        value = number(row["value"])
        return (
            (None, None, None, _gap("nothing"))
            if value is None
            else (value * indicator.scale, None, None, "")
        )
    if not {"numerator", "denominator"} <= set(row):
        raise EvidenceError(say("reads_what"))
    above, below = number(row["numerator"]), number(row["denominator"])
    if not below:
        return None, above, below, _gap("no_denominator")
    if above is None:
        return None, None, below, _gap("nothing")
    return indicator.scale * above / below, above, below, ""


def number(value: Any) -> Decimal | None:
    """A number that a source gave; None for nothing. Raises EvidenceError."""
    if value is None:
        return None
    try:
        made = Decimal(str(value))
        if not made.is_finite():
            raise EvidenceError(say("reads_what"))
        return made.quantize(_FLOAT) if isinstance(value, float) else made
    except InvalidOperation:
        raise EvidenceError(say("reads_what")) from None


def _gap(key: str, **values: object) -> str:
    return str(evidence_words()["gap"][key]).format(**values)


def _observed(
    mapped: Mapped,
    indicator: Indicator,
    period: Period,
    time: str,
    source: str = "",
    sql: str = "",
    hash: str = "",
    value: Decimal | None = None,
    above: Decimal | None = None,
    below: Decimal | None = None,
    gap: str = "",
) -> Observation:
    return Observation(
        f"{mapped.pack.id}.{indicator.id}",
        mapped.subject,
        period.begin.isoformat(),
        period.end.isoformat(),
        value,
        indicator.unit,
        above,
        below,
        sql or indicator.query,
        source,
        time,
        hash,
        gap,
    )


def entered(
    pack: Pack, name: str, text: str, document: Path, subject: str, period: Period, time: str, by: str
) -> Observation:
    """What a person tells of an indicator that is asked, with the hash of its document; 是 is 1 and 否 is 0.

    Raises EvidenceError.
    """
    indicator = pack.indicators.get(name)
    if indicator is None:
        raise EvidenceError(say("no_indicator", name=name))
    if not indicator.asked:
        raise EvidenceError(say("not_asked", name=indicator.name))
    if not by.strip():
        raise EvidenceError(say("no_person"))
    if not document.is_file():
        raise EvidenceError(say("no_document", name=document.name))
    words = evidence_words()["yes"]
    number = "1" if text in words["yes"] else "0" if text in words["no"] else text
    try:
        value = Decimal(number)
        if not value.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise EvidenceError(say("no_value", text=text)) from None
    return Observation(
        f"{pack.id}.{name}",
        subject,
        period.begin.isoformat(),
        period.end.isoformat(),
        value,
        indicator.unit,
        None,
        None,
        "",
        document.name,
        time,
        hash_of_file(document),
        "",
        by.strip(),
    )
