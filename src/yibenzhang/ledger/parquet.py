"""Analyses as Parquet: one file a table, types as model.analysis says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibenzhang.model.analysis import LEDGER, VERSION, Analysis

DIGITS, PLACES = 38, 8
"""Decimals hold 30 digits before the point: what is larger is no amount of money and is left out."""
_LARGEST = Decimal(10) ** (DIGITS - PLACES)
_STEP = Decimal(1).scaleb(-PLACES)
_TYPES = {
    "text": pa.string(),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "decimal": pa.decimal128(DIGITS, PLACES),
}


def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table of the analysis."""
    fields = [pa.field(name, _TYPES[kind]) for name, kind in LEDGER[table].items()]
    return pa.schema(fields, metadata={"schema": VERSION})


def arrow_tables(analyses: Sequence[Analysis]) -> Mapping[str, pa.Table]:
    """The tables of several analyses, one after the other."""
    out = {}
    for name in LEDGER:
        schema = arrow_schema(name)
        parts = [_table(a.tables[name], schema) for a in analyses if a.tables[name][0]]
        out[name] = pa.concat_tables(parts) if parts else schema.empty_table()
    return out


def _table(columns: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    arrays = [
        pa.array([_fitting(v) for v in column] if pa.types.is_decimal(field.type) else column, field.type)
        for column, field in zip(columns[: len(schema)], schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _fitting(value: Decimal | None) -> Decimal | None:
    if value is None or not -_LARGEST < value < _LARGEST:
        return None
    return value.quantize(_STEP, ROUND_HALF_EVEN)


_SOURCE = pa.schema(
    [(n, pa.string()) for n in ("document", "path", "sha256", "ingested", "address", "published", "program")],
    metadata={"schema": VERSION},
)


def sources_table(sources: Sequence[Any]) -> pa.Table:
    """Where the documents of a batch came from (ledger.store.Source)."""
    return pa.table({name: [getattr(s, name) for s in sources] for name in _SOURCE.names}, schema=_SOURCE)


def read_sources(file: Path) -> list[dict[str, str]]:
    """The same read back, as dicts."""
    found: list[dict[str, str]] = read_table(file).to_pylist()
    return found


_GROWING = frozenset({"key", "place"})
"""Columns whose values mostly go on from the one before: they are written as what is new in each."""


def read_table(file: Path) -> pa.Table:
    """A table of a batch."""
    return pq.ParquetFile(file).read()


def write_table(table: pa.Table, file: Path) -> None:
    """One table; the same table gives the same bytes."""
    delta = [n for n in table.column_names if n in _GROWING]
    pq.write_table(
        table,
        file,
        compression="zstd",
        compression_level=6,
        column_encoding=dict.fromkeys(delta, "DELTA_BYTE_ARRAY"),
        use_dictionary=[n for n in table.column_names if n not in delta],
    )


def write_tables(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """One Parquet file a table."""
    for name, table in tables.items():
        write_table(table, folder / f"{name}.parquet")


def write_rows(rows: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Rows as a table of their own columns, written beside its place and then there; no rows remove it."""
    if not rows:
        file.unlink(missing_ok=True)
        return
    beside = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        write_table(pa.Table.from_pylist(list(rows)), beside)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
