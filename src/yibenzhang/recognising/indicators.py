"""Indicators of performance goals: a row of a goals table, and what its target says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from yibenzhang.model.amounts import narrow
from yibenzhang.model.documents import Cell
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.standards import fold

_SATISFACTION = "服务对象满意度"
"""A level in some places, an indicator in others."""
_LEVEL = late(rf".{{2,14}}指标(?:\(?\d+分?\)?)?\d*|{_SATISFACTION}")
_NOTHING = frozenset({"", "无", "/", "-", "--", "—", "——", "\\"})
_SIGNS = {
    "≥": "≥", ">=": "≥", "≧": "≥", "⩾": "≥", "不低于": "≥", "不少于": "≥", "至少": "≥", "大于等于": "≥", "达到": "≥",
    ">": ">", "大于": ">", "超过": ">", "≤": "≤", "<=": "≤", "≦": "≤", "⩽": "≤", "不高于": "≤", "不超过": "≤",
    "不多于": "≤", "小于等于": "≤", "控制在": "≤", "<": "<", "小于": "<", "低于": "<", "=": "=", "等于": "=",
}  # fmt: skip
_SIGN = "|".join(sorted(map(re.escape, _SIGNS), key=len, reverse=True))
_TARGET = late(
    rf"(?P<sign>{_SIGN})?(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,15}}(?:\.\d+)?)"
    r"(?P<unit>[^\d≥≤<>=/]{0,8}(?:/\d*[^\dA-Za-z≥≤<>=/]{1,6})?)"
)
_TEX = ((r"\geq", "≥"), (r"\leq", "≤"), (r"\ge", "≥"), (r"\le", "≤"), (r"\%", "%"), ("$", ""))


@dataclass(frozen=True, slots=True)
class Target:
    """A value as a condition: sign ≥ > ≤ < = or empty, the number, its unit as printed (folded)."""

    sign: str
    number: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of a list of indicators. ``former`` is the year before last, ``last`` the year before.

    ``period`` is annual, long or empty; of a self-assessment ``actual`` is what was reached, ``weight`` and ``score``
    are points, ``reason`` is what is said of a deviation. Empty strings where nothing is printed; ``unreported``: there
    is a cell of its own for what was reached, with nothing in it.
    """

    level1: str
    level2: str
    name: str
    value: str
    former: str
    last: str
    period: str
    place: Place
    actual: str = ""
    weight: str = ""
    score: str = ""
    reason: str = ""
    unreported: bool = False

    @property
    def key(self) -> str:
        return fold(self.name)


@lru_cache(maxsize=4096)
def target_of(text: str) -> Target | None:
    """The value of an indicator as a condition; None where it is words, or more than one number."""
    raw = narrow(text)
    for tex, sign in _TEX:
        raw = raw.replace(tex, sign)
    raw = fold(raw)
    above = re.fullmatch(r"(.*\d[^\d]*?)(?:及)?以(上|下|内)", raw)
    if above:
        raw = ("≥" if above.group(2) == "上" else "≤") + above.group(1).removeprefix("在")
    match = _TARGET.fullmatch(raw)
    if not match:
        return None
    unit = re.sub(r"^\((.*)\)$", r"\1", match.group("unit"))
    sign = _SIGNS.get(match.group("sign") or "", "")
    return Target(sign, Decimal(match.group("number").replace(",", "")), unit)


def empty(text: str) -> bool:
    """Nothing is given: blank, a dash or 无."""
    return fold(text) in _NOTHING


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column means what; ``drawn`` where the table's lines were drawn, so that columns can be trusted."""

    at: dict[str, int]
    drawn: bool
    basis_words: frozenset[str]

    @property
    def values(self) -> list[str]:
        """The columns that hold values, in order."""
        names = ("former", "last", "now") if "now" in self.at else ("value",)
        names = (*names, "sign", "measure", "weight", "importance", "actual", "score")
        return sorted((n for n in names if n in self.at), key=lambda n: self.at[n])


def cells_of(columns: Columns, row: Sequence[Cell], grid: Sequence[Cell | None]) -> dict[str, Cell] | None:
    """The cells of an indicator's row by meaning; None where the row holds no indicator.

    In text the columns of a row may have slid: there the order decides, and what kind of words a cell holds.
    """
    return _by_column(columns, row, grid) if columns.drawn else _by_order(columns, row)


def _by_column(columns: Columns, row: Sequence[Cell], grid: Sequence[Cell | None]) -> dict[str, Cell] | None:
    """The cells where the lines of the table were drawn."""
    found = {n: c for n, k in columns.at.items() if k < len(grid) and (c := grid[k]) is not None}
    if "now" in found and "value" in found:
        del found["value"]
    named = found.get("name")
    if named is None or not fold(named.text) or named.row != max((c.row for c in row), default=-1):
        return None
    return {n: c for n, c in found.items() if n in ("level1", "level2") or c.row == named.row}


def _by_order(columns: Columns, row: Sequence[Cell]) -> dict[str, Cell] | None:
    """The cells of a row in text: levels, name, values, and what stands behind them."""
    levels, rest = _leading_levels(row)
    if len(rest) < 2 or _LEVEL.fullmatch(fold(rest[0].text)) and not _repeated(levels, rest):
        return None
    out = {**levels, "name": rest[0]}
    values = rest[1:]
    if "basis" in columns.at and _is_basis(values[-1].text, columns, alone=len(values) == 1):
        out["basis"] = values.pop()
    if "reason" in columns.at and len(values) > len(columns.values):
        out["reason"] = values.pop()
    wanted = columns.values
    if len(values) == len(wanted):
        return out | dict(zip(wanted, values, strict=True))
    if len(values) > len(wanted) or not values:
        return None
    mark = "basis" if "basis" in out else "name"
    shift = columns.at[mark] - out[mark].column
    by_column = {columns.at[w]: w for w in wanted}
    placed = {by_column[c.column + shift]: c for c in values if c.column + shift in by_column}
    return out | placed if len(placed) == len(values) else None


def _leading_levels(row: Sequence[Cell]) -> tuple[dict[str, Cell], list[Cell]]:
    """The levels that a row begins with, and what follows them; the label of a goal before them is left out."""
    rest = list(row)
    if rest and re.match(r"(?:长期|年度|中期)绩效|目标名称|年度目标|长期目标", fold(rest[0].text)):
        rest = rest[1:]
    levels: list[Cell] = []
    while len(rest) > 2 and len(levels) < 2 and _LEVEL.fullmatch(fold(rest[0].text)):
        levels.append(rest.pop(0))
    names = ("level2",) if len(levels) == 1 else ("level1", "level2")
    return dict(zip(names, levels, strict=False)), rest


def _repeated(levels: dict[str, Cell], rest: Sequence[Cell]) -> bool:
    """Behind both levels stands a name that is a level's too, or says the second once more, and has a value."""
    second, name = levels.get("level2"), fold(rest[0].text)
    if "level1" not in levels or second is None or _LEVEL.fullmatch(fold(rest[1].text)):
        return False
    return fold(second.text) == name or name == _SATISFACTION


def _is_basis(text: str, columns: Columns, alone: bool) -> bool:
    folded = fold(text)
    return folded in columns.basis_words or not alone and not re.search(r"[≥≤<>=%]|^\d", folded)
