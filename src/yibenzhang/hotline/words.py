"""What the hotline knows of words (standards/hotline/*.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from yibenzhang.standards import HERE

FOLDER = HERE / "hotline"


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / "topics.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def statements(name: str) -> tuple[str, ...]:
    """The statements of an SQL file, in order."""
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return tuple(s.strip() for s in bare.split(";") if s.strip())
