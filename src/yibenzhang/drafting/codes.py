"""Names of the classification codes of a fiscal year, function and economic, with a body's own additions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from yibenzhang.standards.registers import DEPARTMENT_ECONOMIC, registers
from yibenzhang.standards.registers import FUNCTION as FUNCTION

ECONOMIC = DEPARTMENT_ECONOMIC


@dataclass(frozen=True)
class Codes:
    """Names by code. ``own`` are those a workbook adds: the shipped registers are not the official catalogue."""

    year: int
    own: Mapping[str, str] = field(default_factory=dict)

    def name(self, code: str) -> str:
        """The name of a code in that year, or an empty string."""
        return self.own.get(code) or _names(_kind(code), self.year).get(code, "")

    def known(self, kind: str) -> dict[str, str]:
        """All codes of a kind with their names."""
        own = {c: n for c, n in self.own.items() if _kind(c) == kind}
        return dict(sorted((_names(kind, self.year) | own).items()))


def _kind(code: str) -> str:
    return FUNCTION if code.startswith("2") else ECONOMIC


@lru_cache(maxsize=64)
def _names(kind: str, year: int) -> dict[str, str]:
    entries = registers().of(kind).entries
    return {e.code: e.name_in(year) for e in entries if e.in_force(year)}
