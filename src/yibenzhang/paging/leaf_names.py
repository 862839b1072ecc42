"""Names for the leaves of flowing text, by what stands on them: a person finds a leaf by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibenzhang.model.leaves import Block
from yibenzhang.prose.passages import flat

CONTENTS = re.compile(r"\.{2,}|…|·{2,}|[\s.]\d+\s*$")


class Names:
    """Names for the flow leaves of a file, one after the other: a person finds a leaf by them."""

    def __init__(self) -> None:
        self._sheet, self._count = "", 0
        self._first, self._last, self._table = True, "", False

    def sheet(self, name: str) -> None:
        """A new page of the file begins: the tab of a workbook, or empty."""
        self._sheet, self._count = name, 0

    def of(self, blocks: list[Block], tables: dict[str, str]) -> str:
        """The tab; elsewhere what stands on the leaf in order: the cover, parts and sections, tables."""
        found = list(_things(blocks, tables))
        self._count += 1
        if self._sheet:
            return self._on_sheet([name for name, table in found if table])
        # a name stands where it is told last, not where the contents list it
        names = list(dict.fromkeys(name for name, _ in reversed(found)))[::-1]
        if self._first:
            names = _of_first(names, "".join(p.text for p in blocks[0].pieces).strip())
        elif names and names[0] == self._last and self._table and blocks[0].kind == "table":
            names[0] += "（续）"
        elif not names and self._last:
            names = [f"{self._last}（续）"]
        self._first = False
        if found:
            self._last, self._table = found[-1]
        return _span(names)

    def _on_sheet(self, tables: list[str]) -> str:
        bare = _NUMBERED.fullmatch(self._sheet.strip())
        name = f"{self._sheet} {_span(list(dict.fromkeys(tables)))}".strip() if bare else self._sheet.strip()
        return name if self._count == 1 else f"{name}（{self._count}）"


def _of_first(names: list[str], opening: str) -> list[str]:
    """The names of a file's first leaf: its cover comes first where its first words are none of them."""
    if not opening or (names and names[0].startswith(opening[:_LONGEST_NAME])):
        return names
    return ["封面" if "目录" in names else "开头", *names] if names else [opening[:_LONGEST_NAME]]


_NUMBERED = re.compile(r"(?i)(?:sheet|工作表|附?表)?[\s_-]*[\d一二三四五六七八九十.-]*(?:[(（]\d+[)）])?")
"""A tab that says nothing but its number."""
_SECTION = re.compile(r"第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、")
_LONGEST_NAME = 24


def _things(blocks: list[Block], tables: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """The parts, sections and tables that begin on a leaf, or go on on it, in order; True for tables."""
    for b in blocks:
        if b.kind == "table":
            key = next((c.key for row in b.rows for c in row if c.key in tables), "")
            if key:
                yield tables[key][:_LONGEST_NAME], True
            continue
        text = "".join(p.text for p in b.pieces).strip()
        if flat(text) == "目录":
            yield "目录", False
        elif b.kind == "heading" and _SECTION.match(text) and not CONTENTS.search(text):
            yield text[:_LONGEST_NAME], False


def _span(names: list[str]) -> str:
    """A few names, or the first and the last of many."""
    return "、".join(names) if len(names) <= 2 else f"{names[0]} 至 {names[-1]}"
