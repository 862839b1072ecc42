"""How a self-assessment is scored: a method that is data (standards/scoring)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.standards import HERE, StandardsError, fold

NATIONAL = HERE / "scoring" / "national.toml"


@dataclass(frozen=True, slots=True)
class Band:
    """A result in words and the share of the weight (percent) that may be given for it."""

    id: str
    words: frozenset[str]
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Method:
    """``points`` in all, ``execution`` of them for spending the budget; ``over``: reached to target, from which on a
    target may have been set too low; ``lower_is_better``: kinds of indicators whose targets are not to be exceeded."""

    id: str
    name: str
    points: Decimal
    execution: Decimal
    rounding: int
    over: Decimal
    lower_is_better: frozenset[str]
    bands: tuple[Band, ...]

    def band(self, words: str) -> Band | None:
        """The band of a result in words; None where it is none of the method's words."""
        folded = fold(words)
        return next((b for b in self.bands if folded in b.words), None)


@lru_cache(maxsize=8)
def method_of(path: str = "") -> Method:
    """The national method, or that of a file. Raises StandardsError where the file cannot be used."""
    file = Path(path) if path else NATIONAL
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        return _method(data)
    except OSError as error:
        raise StandardsError(f"读不到计分办法 {file.name}：{error.strerror}。") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StandardsError(f"计分办法 {file.name} 不是能读的 TOML：{error}。") from error
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise StandardsError(f"计分办法 {file.name} 缺少或写错了一项：{error}。") from error


def _method(data: dict[str, Any]) -> Method:
    head, quantitative = data["method"], data["quantitative"]
    bands = tuple(
        Band(b["id"], frozenset(map(fold, b["words"])), Decimal(str(b["low"])), Decimal(str(b["high"])))
        for b in data["band"]
    )
    if any(not 0 <= b.low <= b.high <= 100 for b in bands):
        raise ValueError("band 的 low、high 应在 0 到 100 之间，low 不大于 high")
    points, execution = Decimal(str(head["points"])), Decimal(str(head["execution"]))
    if not 0 <= execution <= points:
        raise ValueError("execution 应在 0 到 points 之间")
    return Method(
        head["id"],
        head["name"],
        points,
        execution,
        int(head["rounding"]),
        Decimal(str(quantitative["over"])),
        frozenset(map(fold, quantitative["lower_is_better"])),
        bands,
    )
