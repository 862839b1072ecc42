"""Probes and fault tickets from CSV, Parquet and JSON files, columns known by their names (DuckDB)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from yibenzhang.evidence.availability import Fault, States, states_of_faults, states_of_probes
from yibenzhang.evidence.service_plan import Plan
from yibenzhang.evidence.spans import Span
from yibenzhang.standards import HERE

if TYPE_CHECKING:
    import duckdb

_READERS = {
    ".csv": "read_csv(?, all_varchar = true, union_by_name = true)",
    ".tsv": "read_csv(?, all_varchar = true, union_by_name = true)",
    ".parquet": "read_parquet(?)",
    ".json": "read_json_auto(?)",
    ".jsonl": "read_json_auto(?)",
    ".ndjson": "read_json_auto(?)",
}
MEMORY = "1GB"


class RecordsError(Exception):
    """A file that cannot be used as records; one sentence for people."""


@lru_cache(maxsize=1)
def words() -> Mapping[str, Mapping[str, Any]]:
    """The names of columns and the words of the report (standards/evidence/availability.toml)."""
    return tomllib.loads((HERE / "evidence" / "availability.toml").read_text(encoding="utf-8"))


def states_of_files(paths: Sequence[Path], plan: Plan, period: Span) -> Iterator[tuple[str, States]]:
    """The states of every site of files of probes or of fault tickets, those of one format read as one. Raises
    RecordsError."""
    seen: set[str] = set()
    for suffix in dict.fromkeys(p.suffix.lower() for p in paths):
        for site, states in _states([p for p in paths if p.suffix.lower() == suffix], plan, period):
            if site in seen:
                raise RecordsError(f"“{site}”在几种格式的文件里都有，合不到一起；请都给一种格式。")
            seen.add(site)
            yield site, states


def _states(several: Sequence[Path], plan: Plan, period: Span) -> Iterator[tuple[str, States]]:
    """Those of files of one format with the same columns, known by their names."""
    import duckdb

    path = several[0]
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise RecordsError(f"{path.name} 不是能读的记录，请给 CSV、Parquet 或 JSON 文件。")
    for one in several:
        if not one.is_file():
            raise RecordsError(f"没有 {one.name} 这个文件。")
        if _heads(one) != _heads(path):
            raise RecordsError(f"{one.name} 的列和 {path.name} 的不一样，请分开算。")
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as con:
        try:
            if path.suffix.lower() == ".parquet":  # is read column by column when asked
                names = ", ".join("'" + str(p).replace("'", "''") + "'" for p in several)
                con.execute(f"CREATE VIEW records AS SELECT * FROM read_parquet([{names}])")
            else:
                con.execute(f"CREATE TABLE records AS SELECT * FROM {reader}", [[str(p) for p in several]])
            columns = [row[0] for row in con.execute("DESCRIBE records").fetchall()]
            if faults := _columns(columns, "faults"):
                yield from _of_faults(con, faults, plan, period)
            elif probes := _columns(columns, "probes"):
                yield from _of_probes(con, probes, plan, period)
            else:
                raise RecordsError(
                    f"{path.name} 的列名认不出：要有站点、时间、状态（探测记录），或站点、开始、结束（故障单）。"
                )
        except duckdb.Error as error:
            raise RecordsError(f"{path.name} 读不了：{str(error).splitlines()[0]}") from error


def _heads(path: Path) -> list[str]:
    """The names of the columns of a table of text, in whatever order; of other formats nothing is asked."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return []
    with path.open("rb") as file:
        line = file.readline(1 << 16).decode("utf-8-sig", "replace")
    return sorted(line.rstrip("\r\n").split("," if path.suffix.lower() == ".csv" else "\t"))


def _columns(columns: list[str], kind: str) -> dict[str, str] | None:
    """Our names → those of the file; None where one that is needed is missing."""
    found = {
        name: next((c for c in columns if c.strip().lower() in (w.lower() for w in known)), "")
        for name, known in words()[kind].items()
    }
    needed = all(found[name] for name in found if name != "planned")
    return found if needed else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _yes(column: str) -> str:
    known = ", ".join(f"'{w}'" for w in words()["yes"]["words"])
    return f"lower(trim(CAST({_quoted(column)} AS VARCHAR))) IN ({known})"


def _seconds(column: str, zone: ZoneInfo) -> str:
    """Seconds since 1970 of a column of times: such with a zone of their own as they are, others by the plan's."""
    value = f"CAST({_quoted(column)} AS VARCHAR)"
    local = f"epoch(CAST({value} AS TIMESTAMP) AT TIME ZONE '{zone.key}')"
    return (
        f"CAST(CASE WHEN regexp_matches({value}, ':[0-9]{{2}}([.][0-9]+)? ?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$') "
        f"THEN epoch(CAST({value} AS TIMESTAMPTZ)) ELSE {local} END AS BIGINT)"
    )


def _of_faults(
    con: duckdb.DuckDBPyConnection, names: Mapping[str, str], plan: Plan, period: Span
) -> Iterator[tuple[str, States]]:
    """A ticket without an end is down as long as the records go, and unknown from there on. What was announced may
    lie ahead: only unplanned faults say how far the records go."""
    planned = _yes(names["planned"]) if names.get("planned") else "false"
    rows = con.execute(
        f"SELECT CAST({_quoted(names['site'])} AS VARCHAR), {_seconds(names['begin'], plan.zone)}, "
        f"{_seconds(names['end'], plan.zone)}, {planned} FROM records "
        "ORDER BY 1, 2, 3"
    ).fetchall()
    last = max((t for r in rows if not r[3] for t in r[1:3] if t is not None), default=0)
    sites: dict[str, list[Fault]] = {}
    unknown: dict[str, list[Span]] = {}
    for site, begin, end, is_planned in rows:
        if wrong := _wrong(site, begin, end):
            raise RecordsError(words()["words"][wrong].format(site=site))
        until = max(last, begin) if end is None else end
        if end is None and until < period[1]:
            unknown.setdefault(site, []).append((until, period[1]))
        sites.setdefault(site, []).append(Fault(begin, until, is_planned))
    for site, faults in sites.items():
        yield site, states_of_faults(faults, unknown.get(site, ()))


def _wrong(site: str | None, begin: int | None, end: int | None) -> str:
    """What a ticket lacks, or has the wrong way round; empty where nothing."""
    if not site:
        return "no_site"
    if begin is None:
        return "no_begin"
    return "reversed" if end is not None and end < begin else ""


def _of_probes(
    con: duckdb.DuckDBPyConnection, names: Mapping[str, str], plan: Plan, period: Span
) -> Iterator[tuple[str, States]]:
    """All probes at once as columns of numbers, then site by site: a year of many sites is millions of rows."""
    import numpy as np

    kinds = {r[0]: str(r[1]) for r in con.execute("DESCRIBE records").fetchall()}
    up, time, site = (_quoted(names[k]) for k in ("up", "time", "site"))
    is_up = f"coalesce({up}, false)" if kinds[names["up"]] == "BOOLEAN" else _yes(names["up"])
    con.execute(f"CREATE TABLE sites AS SELECT DISTINCT {site} AS site FROM records WHERE {time} IS NOT NULL")
    known = [r[0] for r in con.execute("SELECT site FROM sites ORDER BY CAST(site AS VARCHAR)").fetchall()]
    con.execute(
        "CREATE TABLE codes AS SELECT site, row_number() OVER (ORDER BY CAST(site AS VARCHAR)) - 1 AS code FROM sites"
    )
    seconds = _all_seconds(con, names["time"], kinds[names["time"]], plan.zone)
    clock = f" LEFT JOIN hours h ON h.hour = date_trunc('hour', r.{time})" if "h.away" in seconds else ""
    found = con.execute(
        f"SELECT CAST(c.code AS INTEGER) AS code, {seconds} AS seconds, {is_up} AS up FROM records r "
        f"JOIN codes c ON c.site IS NOT DISTINCT FROM r.{site}{clock} WHERE r.{time} IS NOT NULL"
    ).fetchnumpy()
    code = np.asarray(found["code"]).astype(np.uint16 if len(known) < 65536 else np.int64)
    order = np.argsort(code, kind="stable")
    times, ups = np.asarray(found["seconds"])[order], np.asarray(found["up"]).astype(bool)[order]
    ends = np.cumsum(np.bincount(code, minlength=len(known)))
    for name, begin, end in zip(known, np.concatenate(([0], ends[:-1])), ends, strict=True):
        yield str(name), states_of_probes(times[begin:end], ups[begin:end], plan, period)


def _all_seconds(con: duckdb.DuckDBPyConnection, column: str, kind: str, zone: ZoneInfo) -> str:
    """As ``_seconds``, for many rows: a column that is a time need not become text, and how far the clock of an hour is
    away is asked once (``hours``)."""
    name = f"r.{_quoted(column)}"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"epoch_ms({name}) // 1000"
    if kind.startswith("TIMESTAMP"):
        con.execute(
            f"CREATE TABLE hours AS SELECT hour, CAST(epoch(hour AT TIME ZONE '{zone.key}') - "
            "epoch(hour) AS BIGINT) AS away "
            f"FROM (SELECT DISTINCT date_trunc('hour', {_quoted(column)}) AS hour FROM records)"
        )
        return f"epoch_ms({name}) // 1000 + h.away"
    return _seconds(column, zone)
