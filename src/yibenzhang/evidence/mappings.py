"""How a bureau's own tables and columns stand for those of a pack's contract: a TOML file, no Python.

pack = "hotline"
subject = "示例市热线办"
[source]
kind = "database"              # or files, http
variable = "HOTLINE_URL"       # the environment variable with the address
[tables.work_order]
from = "t_gd"            # files: file = "工单.xlsx", sheet = "2026"; http: address = "https://…", rows = "data.items"
[tables.work_order.columns]
id = "工单号"
satisfied = { column = "评价", values = { "满意" = "1", "不满意" = "0" } }
hours = { sql = "minutes / 60.0" }
[promises.on_time]             # what counts as kept here, in place of the pack's
by = "≥"
limit = "95"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from yibenzhang.evidence.addresses import Allowed
from yibenzhang.evidence.guard import guarded
from yibenzhang.evidence.packs import SIGNS, Pack, Promise, pack
from yibenzhang.evidence.schedules import Schedule, schedule_of
from yibenzhang.evidence.words import EvidenceError, say

SOURCES = ("database", "files", "http", "prometheus")


@dataclass(frozen=True, slots=True)
class From:
    """Where a column comes from: a ``column`` of the source with a list of codes (``values``), or an ``sql``
    expression."""

    column: str = ""
    sql: str = ""
    values: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TableSource:
    """Where a table comes from: ``name`` in a database, ``file`` (and ``sheet``), or ``address`` and the path
    ``rows`` in its JSON, or the ``queries`` of a Prometheus with their ``step``."""

    columns: Mapping[str, From]
    name: str = ""
    file: str = ""
    sheet: str = ""
    address: str = ""
    rows: str = ""
    step: str = ""
    queries: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping. ``folder``: what its files are relative to; ``header`` and ``header_variable``: a credential of
    HTTP."""

    pack: Pack
    subject: str
    kind: str
    variable: str
    tables: Mapping[str, TableSource]
    promises: tuple[Promise, ...]
    folder: Path
    allowed: tuple[Allowed, ...] = ()
    header: str = ""
    header_variable: str = ""
    schedule: Schedule | None = None


def mapping_of(file: Path) -> Mapped:
    """The mapping of a file. Raises EvidenceError."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        source = data.get("source", {})
        if (kind := source.get("kind", "files")) not in SOURCES:
            raise ValueError(f"kind = {kind}")
        if kind == "database" and not source.get("variable"):
            raise ValueError("source.variable")
        chosen = pack(data["pack"])
        tables = {n: _table_source(t) for n, t in data.get("tables", {}).items()}
        own = data.get("promises", {})
        promises = tuple(_own(chosen, n, g) for n, g in own.items()) or chosen.promises
        allowed = tuple(Allowed(a["origin"], a.get("inside") is True) for a in source.get("allowed", ()))
        return Mapped(
            chosen,
            data["subject"],
            kind,
            source.get("variable", ""),
            tables,
            promises,
            file.parent,
            allowed,
            source.get("header", ""),
            source.get("header_variable", ""),
            schedule_of(data.get("schedule", {})),
        )
    except (OSError, KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise EvidenceError(say("mapping_wrong", name=file.name, why=error)) from error


def _table_source(data: Mapping[str, Any]) -> TableSource:
    columns = {n: _from(c) for n, c in data.get("columns", {}).items()}
    named = [str(data.get(k, "")) for k in ("from", "file", "sheet", "address", "rows", "step")]
    queries = {str(k): str(q) for k, q in data.get("queries", {}).items()}
    name, file, sheet, address, rows, step = named
    return TableSource(columns, name, file, sheet, address, rows, step, queries or None)


def _from(data: str | Mapping[str, Any]) -> From:
    if isinstance(data, str):
        return From(data)
    if sql := data.get("sql"):
        guarded(f"SELECT {sql}")
        return From(sql=str(sql))
    values = data.get("values")
    return From(str(data["column"]), values={str(k): str(v) for k, v in values.items()} if values else None)


def _own(chosen: Pack, name: str, given: Mapping[str, Any]) -> Promise:
    """A promise of the bureau's own; what it does not say is as in the pack, where that promises the indicator."""
    if name not in chosen.indicators:
        raise ValueError(f"promises.{name}")
    first = next((p for p in chosen.promises if p.indicator == name), None)
    by, limit = given.get("by", first.by if first else ""), str(given["limit"])
    if by not in SIGNS:
        raise ValueError(f"promises.{name}.by = {by}")
    unit, period = chosen.indicators[name].unit, str(given.get("period", first.period if first else ""))
    named = str(given.get("name", first.name if first else chosen.indicators[name].name))
    return Promise(name, named, by, limit, unit, period, by, Decimal(limit))
