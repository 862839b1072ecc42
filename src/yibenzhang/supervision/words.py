"""What the assessment knows of words (standards/supervision/words.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from yibenzhang.evidence.words import EvidenceError
from yibenzhang.standards import HERE


@lru_cache(maxsize=1)
def words() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((HERE / "supervision" / "words.toml").read_text(encoding="utf-8"))


def say(key: str, **values: object) -> str:
    return str(words()["said"][key]).format(**values)


def wrong(key: str, **values: object) -> EvidenceError:
    """That a definition cannot be used, and why."""
    return EvidenceError(say("definition_wrong", why=say(key, **values)))
