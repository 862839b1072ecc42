"""What each kind of family was measured to hold and fail on real documents: data, made by ``bench support``."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import yibenzhang.standards

_FILE = Path(yibenzhang.standards.__file__).parent / "support.csv"


@lru_cache(maxsize=4)
def measured(left_out: str = "") -> dict[str, tuple[int, int]]:
    """Kind of family → (instances that held, that failed), summed over the regions but ``left_out``."""
    out: dict[str, tuple[int, int]] = {}
    with _FILE.open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            if row["region"] != left_out:
                held, failed = out.get(row["kind"], (0, 0))
                out[row["kind"]] = (held + int(row["held"]), failed + int(row["failed"]))
    return out
