"""What projects promise and reach: the indicators of the forms of all disclosures, by the event they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from yibenzhang.projects.events import place_of
from yibenzhang.recognising.indicators import empty, target_of
from yibenzhang.standards import fold

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_SQL = r"""
WITH numbered AS (
  SELECT i.*, CAST(regexp_extract_all(regexp_replace(i.place, '^.*#(\D)', '\1'), '\d{1,18}') AS BIGINT[]) AS at,
         regexp_matches(i.place, '(^|#)p\d+:') AS on_page
  FROM indicators i WHERE i.who <> '' AND i.form IN ('project', 'list', 'evaluation')
)
SELECT substr(i.document, 1, 12) || '-' || i.event AS event, i.level1, i.level2, i.indicator AS name, i.target,
       i.former, i.last, i.actual, i.period, i.weight, i.score, i.page, i.place, i.file
FROM numbered i
ORDER BY i.document, i.event, i.file, CASE WHEN i.on_page THEN [i.at[1], i.at[3], i.at[2]] ELSE i.at END, i.place
"""
"""In the order of the rows as printed: by the numbers of a place, on a page by its height before what is beside it."""
_TEXTS = (
    "level1",
    "level2",
    "name",
    "target",
    "former",
    "last",
    "actual",
    "period",
    "weight",
    "score",
    "file",
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One promise of one year, as printed; ``actual`` and ``score`` where it is one of a self-assessment; ``period``:
    annual, long or not said."""

    event: str
    level1: str
    level2: str
    name: str
    target: str
    former: str
    last: str
    actual: str
    period: str
    weight: str
    score: str
    file: str
    place: str

    @property
    def key(self) -> tuple[str, str]:
        """By which it is the same indicator in another year."""
        return key_of(self.level1, self.name)


def key_of(level1: str, name: str) -> tuple[str, str]:
    """By which two indicators are the same one."""
    return (fold(level1)[:2], fold(name))


@dataclass(frozen=True)
class Indicators:
    """All of them as columns, and where those of an event stand among them."""

    table: pa.Table
    rows: Mapping[str, tuple[int, int]]

    @cached_property
    def read(self) -> pa.Table:
        """The columns with what they say in numbers, for questions."""
        return read_columns(self.table)

    def read_of(self, events: Iterable[str]) -> pa.Table:
        """The same of some events."""
        import pyarrow as pa

        spans: list[tuple[int, int]] = []
        for first, end in sorted({self.rows[e] for e in events if e in self.rows}):
            if spans and spans[-1][1] == first:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((first, end))
        return pa.concat_tables([self.read.slice(0, 0), *(self.read.slice(a, z - a) for a, z in spans)])

    def of(self, events: Iterable[str]) -> list[Indicator]:
        """The indicators of some events, in the order of the events."""
        out = []
        for event in events:
            if event in self.rows:
                first, end = self.rows[event]
                out += [_indicator(row) for row in self.table.slice(first, end - first).to_pylist()]
        return out


def indicators_of(con: duckdb.DuckDBPyConnection) -> Indicators:
    """The indicators of the disclosures of a ledger."""
    return indexed(_filled(con.sql(_SQL).to_arrow_table()))


def _filled(table: pa.Table) -> pa.Table:
    """A level that is blank is that of the row above: in forms the cells of levels are merged."""
    import pyarrow as pa

    events, first, second = (table.column(k).to_pylist() for k in ("event", "level1", "level2"))
    for n in range(1, len(events)):
        if events[n] == events[n - 1] and not first[n]:
            first[n] = first[n - 1]
            second[n] = second[n] or second[n - 1]
    for name, values in (("level1", first), ("level2", second)):
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
    return table


def indexed(table: pa.Table) -> Indicators:
    """Rows that stand together event by event."""
    rows: dict[str, tuple[int, int]] = {}
    for n, event in enumerate(table.column("event").to_pylist()):
        rows[event] = (rows[event][0] if event in rows else n, n + 1)
    return Indicators(table, rows)


def none() -> Indicators:
    """No indicators."""
    return made(())


def made(rows: Sequence[Mapping[str, Any]]) -> Indicators:
    """Indicators of given rows (event and the columns of the table), as cases of questions and benches have them."""
    import pyarrow as pa

    text = ("event", *_TEXTS)
    columns: dict[str, Any] = {k: pa.array([str(r.get(k, "")) for r in rows], pa.string()) for k in text}
    columns["page"] = pa.array([r.get("page") for r in rows], pa.int64())
    columns["place"] = pa.array([str(r.get("place", "")) for r in rows], pa.string())
    return indexed(pa.table(columns))


def _indicator(row: Mapping[str, Any]) -> Indicator:
    texts = {k: row[k] or "" for k in _TEXTS}
    return Indicator(row["event"], place=place_of(row["page"], row["place"]), **texts)


# ---- for questions -------------------------------------------------------------------------------------

READ = {
    "sign": "VARCHAR",
    "number": "DECIMAL(38, 8)",
    "unit": "VARCHAR",
    "reached": "DECIMAL(38, 8)",
    "reached_unit": "VARCHAR",
    "before": "DECIMAL(38, 8)",
    "before_unit": "VARCHAR",
    "points": "DECIMAL(38, 8)",
}
_LARGEST = Decimal(10) ** 29


def read_columns(table: pa.Table) -> pa.Table:
    """The same with what the printed targets, results and weights say in numbers (READ)."""
    import pyarrow as pa

    numbers = {"number": "target", "reached": "actual", "before": "last", "points": "weight"}
    units = {"unit": "target", "reached_unit": "actual", "before_unit": "last"}
    parsed = {c: _parsed(table.column(c).to_pylist()) for c in numbers.values()}
    more = {"sign": pa.array([t[0] if t else "" for t in parsed["target"]], pa.string())}
    for name, source in numbers.items():
        more[name] = pa.array([t[1] if t else None for t in parsed[source]], pa.decimal128(38, 8))
    for name, source in units.items():
        more[name] = pa.array([t[2] if t else "" for t in parsed[source]], pa.string())
    for name in READ:
        table = table.append_column(name, more[name])
    return table


_Said = tuple[str, Decimal, str]


def _parsed(texts: Sequence[str | None]) -> list[_Said | None]:
    known: dict[str, _Said | None] = {}
    out = []
    for text in texts:
        said = text or ""
        if said not in known:
            known[said] = _said(said)
        out.append(known[said])
    return out


def _said(text: str) -> _Said | None:
    found = None if empty(text) else target_of(text)
    if found is None or not -_LARGEST < found.number < _LARGEST:
        return None
    return found.sign, found.number.quantize(Decimal("0.00000001")), found.unit
