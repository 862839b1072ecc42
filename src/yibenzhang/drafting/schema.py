"""What the workbook of approved figures looks like (standards/drafts/workbook.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache

from yibenzhang.standards import HERE


@dataclass(frozen=True)
class Column:
    """A column: its printed title, its field, and what may stand in it (see workbook.toml)."""

    title: str
    field: str
    kind: str
    required: bool = False
    choices: str = ""
    example: str = ""
    note: str = ""
    stages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet; ``form`` has one line for each column instead of one row for each entry."""

    id: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    form: bool = False
    note: str = ""
    stages: tuple[str, ...] = ()

    def shown(self, stage: str) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if not c.stages or stage in c.stages)


@dataclass(frozen=True)
class Schema:
    sheets: tuple[Sheet, ...]
    choices: dict[str, dict[str, str]]

    def of(self, stage: str) -> tuple[Sheet, ...]:
        return tuple(s for s in self.sheets if not s.stages or stage in s.stages)

    def word(self, choices: str, value: str) -> str:
        """The Chinese word for a value."""
        return next(k for k, v in self.choices[choices].items() if v == value)


@lru_cache(maxsize=1)
def schema() -> Schema:
    """The shipped schema."""
    with (HERE / "drafts" / "workbook.toml").open("rb") as f:
        data = tomllib.load(f)
    sheets = []
    for s in data["sheet"]:
        columns = tuple(
            Column(
                c["title"],
                c["field"],
                c["kind"],
                c.get("required", False),
                c.get("choices", ""),
                c.get("example", ""),
                c.get("note", ""),
                tuple(c.get("stages", ())),
            )
            for c in s["columns"]
        )
        sheets.append(
            Sheet(
                s["id"],
                s["name"],
                columns,
                tuple(s.get("key", ())),
                s.get("required", False),
                s.get("form", False),
                s.get("note", ""),
                tuple(s.get("stages", ())),
            )
        )
    return Schema(tuple(sheets), data["choices"])
