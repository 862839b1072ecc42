"""What documents there are beside budgets and accounts, and by what words they are known (document_kinds.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yibenzhang.model.patterns import late


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a kind of document: rules whose ids begin with one of ``kept`` (empty: all) and none of
    ``silent``."""

    kept: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    def allows(self, rule: str) -> bool:
        return (not self.kept or rule.startswith(self.kept)) and not rule.startswith(self.silent)


@dataclass(frozen=True, slots=True)
class DocumentKinds:
    """``titles``: kinds in order, each with the words of its title. The rest as in document_kinds.toml."""

    cover: tuple[str, ...]
    circular: tuple[str, ...]
    circular_least: int
    part: tuple[str, ...]
    headings: tuple[str, ...]
    headings_least: int
    extract: re.Pattern[str]
    extract_least: int
    statement: re.Pattern[str]
    statements: int
    never: re.Pattern[str]
    placeholder: re.Pattern[str]
    placeholder_least: int
    titles: tuple[tuple[str, tuple[str, ...]], ...]
    telling: Mapping[str, Telling]


@lru_cache(maxsize=1)
def document_kinds() -> DocumentKinds:
    """The words of document_kinds.toml."""
    with Path(__file__).with_name("document_kinds.toml").open("rb") as f:
        data = tomllib.load(f)
    cover, template = data["cover"], data["template"]
    kinds = {k: data[k] for k in ("disclosure", "extract", "template", "no_disclosure")}
    kinds |= {k["id"]: k for k in data["kind"]}
    return DocumentKinds(
        tuple(cover["words"]),
        tuple(cover["circular"]),
        int(cover["least"]),
        tuple(data["part"]["title"]),
        tuple(data["headings"]["words"]),
        int(data["headings"]["least"]),
        late(data["extract"]["title"]),
        int(data["extract"]["least"]),
        late(data["extract"]["statement"]),
        int(data["extract"]["statements"]),
        late(data["extract"]["never"]),
        late(template["placeholder"]),
        int(template["least"]),
        tuple((k["id"], tuple(k["title"])) for k in data["kind"]),
        {k: _telling(entry) for k, entry in kinds.items()},
    )


def _telling(entry: dict[str, Any]) -> Telling:
    return Telling(tuple(entry.get("kept", ())), tuple(entry.get("silent", ())))
