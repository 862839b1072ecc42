"""The sentences of the evidence (standards/evidence/words.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from yibenzhang.standards import HERE

FOLDER = HERE / "evidence"


@lru_cache(maxsize=1)
def evidence_words() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


def say(key: str, **values: object) -> str:
    """The sentence ``key`` with its values."""
    return str(evidence_words()["said"][key]).format(**values)


class EvidenceError(Exception):
    """What cannot be used or read; one sentence for people, without credentials and without a value of a row."""
