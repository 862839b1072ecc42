"""What only a person can give: texts, and amounts that no file told. Asked for before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from yibenzhang.drafting.families import questions

MISSING = "（待填）"
"""Stands where something is missing, in drafts that are checked but never written."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that only a person can give: its key in the notes, and what is asked."""

    key: str
    question: str


@lru_cache(maxsize=128)
def question(key: str) -> str:
    """What is asked under a key (standards/drafts/common.toml), or the key itself."""
    return questions().get(key, key)
