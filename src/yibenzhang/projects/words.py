"""What is said of projects (standards/projects/words.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from yibenzhang.projects.events import FOLDER


@lru_cache(maxsize=1)
def words() -> Mapping[str, Mapping[str, Any]]:
    """All words, by section."""
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


def say(sentence: str, /, **arguments: object) -> str:
    """A sentence."""
    return str(words()["says"][sentence]).format(**arguments)
