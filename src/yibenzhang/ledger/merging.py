"""Many small batches into few large ones, sorted by place, body and year: fewer files, and neighbours compress well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yibenzhang.ledger.parquet import arrow_schema, read_sources, read_table, write_table
from yibenzhang.ledger.store import SOURCES, Ledger
from yibenzhang.model.analysis import LATER, LEDGER

DOCUMENTS = 1000
"""A merged batch has about so many documents: what is in memory at once."""
_ORDER = [
    ("division", "ascending"),
    ("body", "ascending"),
    ("year", "ascending"),
    ("stage", "ascending"),
    ("document", "ascending"),
]


_Doubles: TypeAlias = "dict[str, set[str]]"


def merge(ledger: Ledger) -> None:
    """Merge the batches that are not full. A kill leaves the old ones or the new one to count, never both or none.

    Raises OSError where the disk is full: the ledger is as it was.
    """
    for group in _groups(ledger.batch_folders()):
        names = sorted({*LEDGER, "sources"})
        doubles = _doubles(group)

        def write(
            folder: Path,
            group: Sequence[Path] = group,
            names: Sequence[str] = names,
            doubles: _Doubles = doubles,
        ) -> None:
            documents = _together(group, "documents", doubles)
            order = documents.sort_by(_ORDER)["document"]
            for name in names:
                table = _sorted(_together(group, name, doubles), order)
                write_table(table, folder / f"{name}.parquet")

        ledger.put(write, [b.name for b in group])
    ledger.remove_replaced()


def _doubles(group: Sequence[Path]) -> _Doubles:
    """Documents of a batch that count from another one: two ingests at once may both have brought them."""
    last: dict[str, tuple[str, str]] = {}
    rows = [(b.name, r) for b in group for r in read_sources(b / SOURCES)]
    for name, r in rows:
        last[r["document"]] = max(last.get(r["document"], ("", "")), (r["ingested"], name))
    out: dict[str, set[str]] = {}
    for name, r in rows:
        if last[r["document"]][1] != name:
            out.setdefault(name, set()).add(r["document"])
    return out


def _together(group: Sequence[Path], name: str, doubles: _Doubles) -> pa.Table:
    parts = []
    for batch in group:
        file = batch / f"{name}.parquet"
        if name in LATER and not file.exists():
            parts.append(arrow_schema(name).empty_table())
            continue
        table = read_table(file)
        if left_out := doubles.get(batch.name):
            known = pc.is_in(table["document"], value_set=pa.array(sorted(left_out), pa.string()))
            table = table.filter(pc.invert(known))
        parts.append(table)
    return pa.concat_tables(parts)


def _sorted(table: pa.Table, order: pa.ChunkedArray) -> pa.Table:
    """By document in that order; what was first of one document stays first."""
    rank = pc.index_in(table["document"], value_set=order.combine_chunks().unique())
    nth = pa.array(range(table.num_rows), pa.int64())
    indices = pc.sort_indices(
        pa.table({"rank": rank, "nth": nth}), [("rank", "ascending"), ("nth", "ascending")]
    )
    return table.take(indices)


def _groups(batches: Sequence[Path]) -> Iterator[list[Path]]:
    group: list[Path] = []
    size = 0
    for batch in batches:
        rows = pq.read_metadata(batch / SOURCES).num_rows
        if rows >= DOCUMENTS:
            continue
        if group and size + rows > DOCUMENTS:
            if len(group) > 1:
                yield group
            group, size = [], 0
        group.append(batch)
        size += rows
    if len(group) > 1:
        yield group
