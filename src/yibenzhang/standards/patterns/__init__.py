"""The words by which one module knows a statement: patterns as data, a .toml for each module of rules, prose or
recognising that has some."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from yibenzhang.model.patterns import late
from yibenzhang.standards.lexicon.directions import moves

_NAME = late(r"\{([a-z_]+)\}")


@lru_cache(maxsize=256)
def patterns(module: str) -> Mapping[str, re.Pattern[str]]:
    """The patterns of a module; {name} in one stands for the pattern of that name, {moves} for words of a change."""
    with Path(__file__).with_name(f"{module}.toml").open("rb") as f:
        data: dict[str, str | list[str]] = tomllib.load(f)

    def whole(text: str | list[str]) -> str:
        joined = text if isinstance(text, str) else "|".join(text)
        return _NAME.sub(lambda m: moves() if m[1] == "moves" else whole(data[m[1]]), joined)

    return MappingProxyType({name: late(whole(text)) for name, text in data.items()})
