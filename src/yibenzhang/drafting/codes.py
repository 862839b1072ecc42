"""Names of the classification codes of a fiscal year, function and economic, with a body's own additions."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from yibenzhang.standards import HERE

FUNCTION, ECONOMIC = "function", "economic"
_FILES = {FUNCTION: ("function_classes.csv", "function.csv"), ECONOMIC: ("economic_names.csv",)}


@dataclass(frozen=True)
class Codes:
    """Names by code. ``own`` are those a workbook adds: the shipped lists are not the official catalogue."""

    year: int
    own: Mapping[str, str] = field(default_factory=dict)

    def name(self, code: str) -> str:
        """The name of a code in that year, or an empty string."""
        return self.own.get(code) or _names(_kind(code), self.year).get(code, "")

    def known(self, kind: str) -> dict[str, str]:
        """All codes of a kind with their names."""
        mine = {c: n for c, n in self.own.items() if _kind(c) == kind}
        return dict(sorted((_names(kind, self.year) | mine).items()))


def _kind(code: str) -> str:
    return FUNCTION if code.startswith("2") else ECONOMIC


@lru_cache(maxsize=64)
def _names(kind: str, year: int) -> dict[str, str]:
    out: dict[str, str] = {}
    for file in _FILES[kind]:
        with (HERE / "codes" / file).open(encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f):
                since, until = int(row["from"] or 0), int(row["to"] or 9999)
                if since <= year <= until:
                    out.setdefault(row["code"], row["name"])
    return out
