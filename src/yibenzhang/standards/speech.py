"""The sentences of a report's first line (speech.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def speech() -> Mapping[str, Mapping[str, str]]:
    """The sentences by group and name."""
    with Path(__file__).with_name("speech.toml").open("rb") as f:
        return tomllib.load(f)
