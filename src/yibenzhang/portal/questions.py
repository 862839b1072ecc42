"""What the last check across documents asks (ledger check), as the portal shows it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.ledger.connecting import KEPT
from yibenzhang.ledger.store import Ledger


def questions(ledger: Ledger, who: str = "") -> list[dict[str, Any]]:
    """All of them, or those of one body."""
    file = ledger.folder / KEPT
    try:
        found = _read(str(file), file.stat().st_mtime_ns)
    except FileNotFoundError:
        return []
    return found[1].get(who, []) if who else found[0]


@lru_cache(maxsize=2)
def _read(file: str, _: int) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.ParquetFile(file).read().to_pylist()
    by_who: dict[str, list[dict[str, Any]]] = {}
    for r in rows:
        for x in "ab":
            r[f"{x}_file"] = Path(r[f"{x}_file"] or "").name
        by_who.setdefault(r["who"], []).append(r)
    return rows, by_who
