"""How a self-assessment is scored: a method that is data (standards/scoring)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
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
class Monitoring:
    """What was done to what the time that has gone asks for: below ``slow`` is behind, below ``stalled`` far behind;
    ``cumulative``: kinds of indicators whose results add up over the year."""

    slow: Decimal
    stalled: Decimal
    cumulative: frozenset[str]


@dataclass(frozen=True, slots=True)
class Method:
    """``points`` in all, ``execution`` of them for spending the budget; ``over``: reached to target, from which on a
    target may have been set too low; ``lower_is_better``: kinds of indicators whose targets are not to be exceeded;
    ``in_proportion``: a target that was missed still gives points, from the share ``least`` on. ``steps``: rates of
    execution (percent) with their points, from the highest; without them points are in proportion. ``weights``: points
    by first level, without and with indicators of cost. ``grades``: names with their least points."""

    id: str
    name: str
    points: Decimal
    execution: Decimal
    rounding: int
    over: Decimal
    lower_is_better: frozenset[str]
    bands: tuple[Band, ...]
    in_proportion: bool
    least: Decimal
    steps: tuple[tuple[Decimal, Decimal], ...]
    weights: Mapping[str, Decimal]
    weights_with_cost: Mapping[str, Decimal]
    monitoring: Monitoring
    grades: tuple[tuple[str, Decimal], ...]

    def grade(self, points: Decimal) -> str:
        """The grade for so many points; empty where the method has none."""
        return next((name for name, least in self.grades if points >= least), "")

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


def _method(given: dict[str, Any]) -> Method:
    """What a method does not say is as in the national one."""
    own = tomllib.loads(NATIONAL.read_text(encoding="utf-8"))
    data = {**own, "execution_band": (), **given}
    head, quantitative = data["method"], {**own["quantitative"], **data["quantitative"]}
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
        _one_of(quantitative["short"], ("proportion", "none")) == "proportion",
        Decimal(str(quantitative["least"])),
        tuple(
            sorted(((_number(s["rate"]), _number(s["points"])) for s in data["execution_band"]), reverse=True)
        ),
        {fold(k): _number(v) for k, v in data["weights"].items()},
        {fold(k): _number(v) for k, v in data["weights_with_cost"].items()},
        _monitoring({**own["monitoring"], **data["monitoring"]}),
        tuple(sorted(((g["name"], _number(g["least"])) for g in data["grade"]), key=lambda g: -g[1])),
    )


def _monitoring(data: dict[str, Any]) -> Monitoring:
    slow, stalled = _number(data["slow"]), _number(data["stalled"])
    if not 0 <= stalled <= slow <= 1:
        raise ValueError("monitoring 的 stalled、slow 应在 0 到 1 之间，stalled 不大于 slow")
    return Monitoring(slow, stalled, frozenset(map(fold, data["cumulative"])))


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{value} 应是 {'、'.join(known)} 之一")
    return value
