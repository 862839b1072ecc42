"""Packs: what a system promises and how it is measured, as data (standards/evidence/<pack>/)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.evidence.guard import guarded
from yibenzhang.evidence.words import FOLDER, EvidenceError, say

KINDS = ("text", "integer", "decimal", "time", "date", "yes")
SIGNS = ("≥", "≤", "=", "<")
_NAMED = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_TABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Column:
    """``kind``: one of KINDS; ``blank``: may be empty; ``sample``: how the sample maker fills it (samples.py)."""

    name: str
    kind: str
    meaning: str
    blank: bool
    sample: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the contract. ``time``: its column of time, for a table of events; empty for a register."""

    name: str
    meaning: str
    columns: Mapping[str, Column]
    time: str
    sample_rows: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """``query``: SQL over ``{table}``, or empty where a person tells the value with ``document``. What the query gives
    is multiplied by ``scale`` to be in ``unit``. ``gathers``: it grows over the period (a count), so that it can still
    be reached; ``more``: a value above a target printed with = keeps it (True), or only that value does (False)."""

    id: str
    name: str
    unit: str
    query: str
    document: str
    scale: Decimal
    gathers: bool
    more: bool

    @property
    def asked(self) -> bool:
        return not self.query

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_TABLE.findall(self.query)))


@dataclass(frozen=True, slots=True)
class Promise:
    """As printed: ``sign``, ``target``, ``unit``, ``period``. ``limit`` is what the value is held against by ``by``;
    None where the print gives no number and nobody said what counts as kept."""

    indicator: str
    name: str
    sign: str
    target: str
    unit: str
    period: str
    by: str
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Pack:
    id: str
    name: str
    about: str
    tables: Mapping[str, Table]
    indicators: Mapping[str, Indicator]
    promises: tuple[Promise, ...]


@lru_cache(maxsize=1)
def packs() -> Mapping[str, Pack]:
    """All shipped packs by their id. Raises EvidenceError."""
    folders = sorted(p.parent for p in FOLDER.glob("*/pack.toml"))
    return {f.name: pack_of(f) for f in folders}


def pack(name: str) -> Pack:
    """A shipped pack by its id, or one of a folder. Raises EvidenceError."""
    if name in packs():
        return packs()[name]
    if (Path(name) / "pack.toml").is_file():
        return pack_of(Path(name))
    raise EvidenceError(say("no_pack", name=name))


def pack_of(folder: Path) -> Pack:
    """The pack of a folder. Raises EvidenceError."""
    try:
        data = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
        queries: dict[str, str] = {}
        for file in sorted(folder.glob("*.sql")):
            parts = _NAMED.split(file.read_text(encoding="utf-8"))
            queries |= {n: " ".join(q.split()) for n, q in zip(parts[1::2], parts[2::2], strict=True)}
        tables = {n: _table(n, t) for n, t in data.get("tables", {}).items()}
        indicators = {n: _indicator(n, i, queries) for n, i in data["indicators"].items()}
        if lost := set(queries) - set(indicators):
            raise ValueError(f"queries without an indicator: {sorted(lost)}")
        for one in indicators.values():
            if lost := set(one.tables) - set(tables):
                raise ValueError(f"{one.id}: {sorted(lost)}")
            if one.query:
                guarded(_TABLE.sub(r"\1", one.query))
        promises = tuple(_promise(p, indicators) for p in data["promises"])
        return Pack(folder.name, data["name"], data["about"], tables, indicators, promises)
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError(say("pack_wrong", name=folder.name, why=error)) from error


def _table(name: str, data: Mapping[str, Any]) -> Table:
    columns = {}
    for column, (kind, meaning, sample) in data["columns"].items():
        bare = kind.removesuffix("?")
        if bare not in KINDS:
            raise ValueError(f"{name}.{column}: {kind}")
        columns[column] = Column(column, bare, meaning, kind.endswith("?"), sample)
    time = data.get("time", "")
    if time and columns[time].kind not in ("time", "date"):
        raise ValueError(f"{name}.{time}")
    return Table(name, data["meaning"], columns, time, int(data.get("rows", 40)))


def _indicator(name: str, data: Mapping[str, Any], queries: Mapping[str, str]) -> Indicator:
    query, document = queries.get(name, ""), data.get("document", "")
    if bool(query) == bool(document):
        raise ValueError(f"{name}: a query or a document, one of them")
    scale = Decimal(str(data.get("scale", 100 if data["unit"] == "%" else 1)))
    return Indicator(
        name,
        data["name"],
        data["unit"],
        query,
        document,
        scale,
        bool(data.get("gathers", False)),
        bool(data.get("more", True)),
    )


def _promise(data: Mapping[str, Any], indicators: Mapping[str, Indicator]) -> Promise:
    indicators[data["indicator"]]
    sign, target = data.get("sign", ""), data.get("target", "")
    by = data.get("by", sign)
    limit = data.get("limit", target if sign else None)
    if by not in SIGNS and limit is not None:
        raise ValueError(f"{data['name']}: {by}")
    return Promise(
        data["indicator"],
        data["name"],
        sign,
        str(target),
        data.get("unit", ""),
        str(data["period"]),
        by,
        None if limit is None else Decimal(str(limit)),
    )
