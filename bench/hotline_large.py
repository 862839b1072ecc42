"""More orders than fit as objects: the same city, written to Parquet as it is made, in a process of its own."""

from __future__ import annotations

import multiprocessing
from array import array
from pathlib import Path
from typing import Any

from bench.hotline_orders import Made, Maker, fill

_PART = 200_000
_FIELDS = ("received", "caller", "phone", "address", "place", "content")


class _Packed:
    """Rows that are only added and counted; each ``_PART`` of them becomes a file."""

    def __init__(self, folder: Path, made: Made) -> None:
        self._folder, self._made = folder, made
        self._held: list[dict[str, Any]] = []
        self._written = 0

    def append(self, row: dict[str, Any]) -> None:
        if len(self._held) == _PART:  # the persons and matters of all of these are there
            self.flush()
        self._held.append(row)

    def __len__(self) -> int:
        return self._written + len(self._held)

    def flush(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        of: dict[str, Any] = {k: [r[k] for r in self._held] for k in _FIELDS}
        begun = self._written
        of["person"] = self._made.persons[begun : begun + len(self._held)]
        of["matter"] = self._made.matters[begun : begun + len(self._held)]
        pq.write_table(pa.table(of), self._folder / f"part-{begun:09d}.parquet")
        self._written += len(self._held)
        self._held = []


def write(orders: int, seed: int, wordings: str, folder: Path) -> tuple[Path, Path]:
    """The orders as the bureau has them, and of each its person and matter; both Parquet."""
    process = multiprocessing.get_context("spawn").Process(
        target=_write, args=(orders, seed, wordings, folder)
    )
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)
    return folder / "gd.parquet", folder / "truth.parquet"


def _write(orders: int, seed: int, wordings: str, folder: Path) -> None:
    import duckdb

    from bench.hotline import NAMES

    m = Maker(orders, seed, wordings)
    made: Any = m.made
    made.persons, made.matters = array("q"), array("q")
    made.rows = _Packed(folder, m.made)
    fill(m, orders)
    made.rows.flush()
    late = "(n * 7919) % 260"
    columns = {
        **{k: k for k in ("id", *_FIELDS)},
        "due": "received + INTERVAL 120 HOUR",
        "finished": f"CASE WHEN {late} >= 12 THEN received + to_hours({late}) END",
        "satisfied": f"CASE WHEN ({late}) % 3 = 0 THEN CASE WHEN ({late}) % 8 = 0 THEN '否' ELSE '是' END END",
        "reopened": f"CASE WHEN ({late}) % 20 = 0 THEN '是' ELSE '否' END",
        "transfers": f"({late}) % 5",
    }
    with duckdb.connect(
        config={"memory_limit": "6GB", "threads": 2, "temp_directory": str(folder / "tmp")}
    ) as con:
        con.execute(
            "CREATE TABLE made AS SELECT row_number() OVER (ORDER BY received) - 1 AS n, * "
            f"FROM read_parquet('{folder}/part-*.parquet')"
        )
        con.execute("CREATE VIEW orders AS SELECT printf('GD%08d', n + 1) AS id, * FROM made")
        shown = ", ".join(f'{sql} AS "{NAMES[k]}"' for k, sql in columns.items())
        con.execute(f"COPY (SELECT {shown} FROM orders ORDER BY n) TO '{folder}/gd.parquet' (FORMAT parquet)")
        con.execute(
            f"COPY (SELECT id, person, matter FROM orders ORDER BY n) TO '{folder}/truth.parquet' (FORMAT parquet)"
        )
    for part in folder.glob("part-*.parquet"):
        part.unlink()
