"""Many small batches into few large ones, sorted by place, body and year: fewer files, and neighbours compress well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yibenzhang.ledger.parquet import read_table, write_table
from yibenzhang.ledger.store import SOURCES, Ledger
from yibenzhang.model.analysis import SCHEMA

DOCUMENTS = 1000
"""A merged batch has about so many documents: what is in memory at once."""
_ORDER = [
    ("division", "ascending"),
    ("body", "ascending"),
    ("year", "ascending"),
    ("stage", "ascending"),
    ("document", "ascending"),
]


def merge(ledger: Ledger) -> None:
    """Merge the batches that are not full. A kill leaves the old ones or the new one to count, never both or none.

    Raises OSError where the disk is full: the ledger is as it was.
    """
    for group in _groups(ledger.batch_folders()):
        tables = sorted({*SCHEMA, "sources"})

        def write(folder: Path, group: Sequence[Path] = group, tables: Sequence[str] = tables) -> None:
            documents = pa.concat_tables(read_table(b / "documents.parquet") for b in group)
            order = documents.sort_by(_ORDER)["document"]
            for name in tables:
                table = pa.concat_tables(read_table(b / f"{name}.parquet") for b in group)
                write_table(_sorted(table, order), folder / f"{name}.parquet")

        ledger.put(write, [b.name for b in group])
    ledger.remove_replaced()


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
