"""What kind a table is, by the words of its title and headings (table_kinds.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.standards.model import fold


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table and what its title and words must hold; see table_kinds.toml.

    ``header``: groups of which each must have a word among the headings over columns; ``headings``: the same
    anywhere in the table; ``any_of`` with ``least``: so many of these words anywhere.
    """

    id: str
    title: tuple[str, ...]
    never: tuple[str, ...]
    header: tuple[frozenset[str], ...]
    headings: tuple[frozenset[str], ...]
    any_of: frozenset[str]
    least: int


@dataclass(frozen=True, slots=True)
class TableKinds:
    """All kinds in order, the words of tables without a header, the headings of lists, and of what item a list is."""

    kinds: tuple[Kind, ...]
    goes_on: frozenset[str]
    goes_on_least: int
    goes_on_after: frozenset[str]
    goes_on_alone: str
    money: frozenset[str]
    money_words: tuple[str, ...]
    name: frozenset[str]
    project: frozenset[str]
    points: frozenset[str]
    items: dict[str, str]


@lru_cache(maxsize=1)
def table_kinds() -> TableKinds:
    """The words of table_kinds.toml."""
    with Path(__file__).with_name("table_kinds.toml").open("rb") as f:
        data = tomllib.load(f)
    on, column = data["goes_on"], data["column"]
    return TableKinds(
        tuple(_kind(k) for k in data["kind"]),
        _folded(on["words"]),
        int(on["least"]),
        frozenset(on["after"]),
        on["alone"],
        _folded(column["money"]),
        tuple(fold(w) for w in column["money_words"]),
        _folded(column["name"]),
        _folded(column["project"]),
        _folded(column["points"]),
        {fold(w): item for item, words in data["item"].items() for w in words},
    )


def _kind(data: dict[str, Any]) -> Kind:
    return Kind(
        data["id"],
        tuple(data.get("title", ())),
        tuple(data.get("never", ())),
        tuple(_folded(g) for g in data.get("header", ())),
        tuple(_folded(g) for g in data.get("headings", ())),
        _folded(data.get("any", ())),
        int(data.get("least", 0)),
    )


def _folded(words: list[str] | tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(w) for w in words)
