"""Administrative divisions (GB/T 2260): provinces and prefectures, to see from a body's name where it is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from yibenzhang.standards.registers import FOLDER

PROVINCE, SUB_PROVINCIAL_CITY, PREFECTURE = "province", "sub_provincial_city", "prefecture"


@dataclass(frozen=True, slots=True)
class Division:
    """``level`` is province, sub_provincial_city or prefecture; ``parent`` the province's code or empty."""

    code: str
    name: str
    short: str
    level: str
    parent: str


@lru_cache(maxsize=1)
def divisions() -> dict[str, Division]:
    """All divisions by code."""
    with (FOLDER / "divisions.csv").open(encoding="utf-8", newline="") as f:
        rows = csv.reader(f)
        next(rows)
        return {row[0]: Division(*row) for row in rows}


def division_of(body: str) -> Division | None:
    """The division that the name of a body begins with or else names, the narrower where it names two.

    Short names count only at the beginning for a province, and right after its province for a prefecture:
    elsewhere they are also parts of other names.
    """
    found = [(at, -len(d.name), d) for d in divisions().values() if (at := body.find(d.name)) >= 0]
    first = min(found, default=(0, 0, None), key=lambda f: f[:2])[2]
    if first is None:
        first = next((d for d in divisions().values() if not d.parent and body.startswith(d.short)), None)
    if first is None or first.parent:
        return first
    after = body.partition(first.name if first.name in body else first.short)[2]
    within = [d for d in divisions().values() if d.parent == first.code and after.startswith(d.short)]
    return max(within, key=lambda d: len(d.short), default=first)
