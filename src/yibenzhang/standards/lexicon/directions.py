"""The words of more and less that stand before a number; see directions.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late

_TAIL = r"(?:了|额|数|率|幅度|比例)?(?:各)?(?:为|约|是|:)?$"
_COMPARED = r"(?:[同环]比|[比较与同](?:于)?(?:20\d\d年|上年|去年|上一?年度|年初|同期)[^,。;:、]{0,12})"


@lru_cache(maxsize=1)
def moves() -> str:
    """Any of the whole words, as a part of a pattern."""
    return _any("up", "down")


@lru_cache(maxsize=1)
def rise() -> re.Pattern[str]:
    """The words right before a number that say it is an increase; 新增 says what there is."""
    return _before("up", "short_up", "(?<!新)")


@lru_cache(maxsize=1)
def fall() -> re.Pattern[str]:
    """The words right before a number that say it is a decrease."""
    return _before("down", "short_down", "")


@lru_cache(maxsize=1)
def undecided() -> re.Pattern[str]:
    """Both directions, of which a template lets one choose."""
    up, down = _any("up"), _any("down")
    return late(rf"(?:{up}\({down}\)|{down}\({up}\)|{up}/{down}){_TAIL}")


def ways() -> tuple[str, str]:
    """The whole words of more and of less that are no names of a rate, as parts of a pattern."""
    data, measures = _data(), tuple(_data()["single"]["measures"])
    plain = ([w for w in data[k] if not w.endswith(measures)] for k in ("up", "down"))
    up, down = (f"(?:{'|'.join(map(re.escape, sorted(w, key=len, reverse=True)))})" for w in plain)
    return up, down


def short_ways() -> tuple[str, str]:
    """The single characters of more and of less."""
    data = _data()["single"]
    return f"[{data['up']}]", f"[{data['down']}]"


def _before(words: str, short: str, never: str) -> re.Pattern[str]:
    return late(rf"{never}{_any(words)}{_TAIL}|{_COMPARED}{_any(short)}$")


def _any(*kinds: str) -> str:
    found = sorted((w for kind in kinds for w in _data()[kind]), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, found))})"


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    with Path(__file__).with_name("directions.toml").open("rb") as f:
        return tomllib.load(f)


_FIRST = r"^(?:年中|年内|本年|当年|今年|适当|相应)?"


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """How reasons speak of more and less; see [reason] of directions.toml."""

    up: re.Pattern[str]
    down: re.Pattern[str]
    any_up: re.Pattern[str]
    any_down: re.Pattern[str]
    never: re.Pattern[str]
    shift: re.Pattern[str]
    opener: re.Pattern[str]
    first: re.Pattern[str]
    ended: re.Pattern[str]
    gone: re.Pattern[str]
    all_income: re.Pattern[str]
    left_over: re.Pattern[str]
    against_budget: re.Pattern[str]
    more: frozenset[str]


def _but(neutral: list[str]) -> str:
    """What must not stand across a place, as a part of a pattern: no word may begin in the middle of these."""
    return "".join(f"(?<!{re.escape(w[:-2])})" for w in neutral)


_COUNTED = r"\d+(?:人|名|个|辆|台|套|次|户|件|所|家|批|场|期)"
"""By how many: a reason may end with "增加 2 人"."""


@lru_cache(maxsize=1)
def reason_words() -> ReasonWords:
    """The shipped words."""
    data = _data()["reason"]
    up, down = ("|".join(map(re.escape, data[k])) for k in ("up", "down"))
    also_up, also_down = ("|".join(map(re.escape, data[k])) for k in ("also_up", "also_down"))
    return ReasonWords(
        late(
            rf"{_FIRST}(?P<first>{up})|(?P<word>{up})(?:了)?(?:等|{_COUNTED})?$|(?P<than>{data['compared_up']})"
        ),
        late(
            rf"{_FIRST}(?P<first>{down})|(?P<word>{down})(?:了)?(?:等|{_COUNTED})?$|(?P<than>{data['compared_down']})"
        ),
        late(f"{up}|{also_up}|{data['compared_up']}"),
        late(f"{down}|{also_down}|{data['compared_down']}"),
        late(f"{_but(data['neutral'])}(?:{'|'.join(map(re.escape, data['never']))})"),
        late(data["shift"]),
        late(data["opener"]),
        late(data["first"]),
        late(data["ended"]),
        late(data["gone"]),
        late(data["all_income"]),
        late("|".join(map(re.escape, data["left_over"]))),
        late(data["against_budget"]),
        frozenset(data["more"]),
    )
