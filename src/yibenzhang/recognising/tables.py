"""Which standard table a printed table is, its unit of money, its blocks and rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from yibenzhang.model.amounts import Unit, unit_named
from yibenzhang.model.documents import Table
from yibenzhang.model.facts import Row
from yibenzhang.recognising.headers import Block, Header, header_of
from yibenzhang.recognising.rows import block_rows
from yibenzhang.recognising.stitching import Framed
from yibenzhang.standards import Standards, TableDef, bare_title, fold, fold_title
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("tables")
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class RecognisedTable:
    """A whole table with what it means; ``standard`` is None for a table of no known kind."""

    table: Table
    title: str
    standard: TableDef | None
    unit: Unit | None
    header: Header
    blocks: tuple[tuple[Block, tuple[Row, ...]], ...]
    statement: str = ""
    """The note right after the table ("本部门无…，故本表为空表")."""
    part_of: str = ""
    """Of a piece of a form that was read as a table of its own: the table where the form begins."""

    @property
    def id(self) -> str:
        return f"t{self.table.index + 1}"

    @property
    def name(self) -> str:
        return self.standard.name if self.standard else (self.title or "未识别的表")


def recognise_tables(
    framed: Iterable[Framed], stage: str, standards: Standards
) -> tuple[RecognisedTable, ...]:
    """Every table of a document; ``stage`` (budget, accounts or empty) decides where both use a title."""
    out = []
    read = [(frame, header_of(frame.table, standards)) for frame in framed]
    titles = [_title(frame, header, stage, standards) for frame, header in read]
    exact = {standard.id for _, standard in titles if standard}
    for (frame, header), (title, standard) in zip(read, titles, strict=True):
        if standard is None and (like := like_title(title, stage, standards)) and like.id not in exact:
            standard = replace(like, name=title.strip())  # a reader looks for the title that is printed
        if standard and standard.layout != "form" and not _understood(header):
            standard = None  # a title above something else, such as a table of contents
        blocks = _blocks(frame.table, header, standard, standards)
        note = next((p.text for p in frame.after[:2] if _WORDS["note"].match(p.text)), "")
        unit = _unit(frame, header)
        out.append(RecognisedTable(frame.table, title, standard, unit, header, blocks, note))
    return tuple(out)


def _blocks(
    table: Table, header: Header, standard: TableDef | None, standards: Standards
) -> tuple[tuple[Block, tuple[Row, ...]], ...]:
    """The rows of each block of columns; a form has none."""
    layout = standard.layout if standard else ""
    if layout == "form":
        return ()
    grid = table.grid()
    return tuple((b, block_rows(grid, header.first, b, layout, standards)) for b in header.blocks)


def _understood(header: Header) -> bool:
    return any(c.kind in ("code", "name", "measure") for b in header.blocks for c in (*b.labels, *b.measures))


def _title(frame: Framed, header: Header, stage: str, standards: Standards) -> tuple[str, TableDef | None]:
    """The nearest title before the table that the standards know; else the nearest that looks like one."""
    near = ""
    if header.title:
        if found := match_title(header.title, stage, standards):
            return header.title, found
        near = header.title
    for p in reversed(frame.before):
        text = p.text.strip()
        if len(text) > _LONGEST_TITLE:
            break
        # a title and the line under it may have been read as one
        for candidate in (text, *re.split(r"\s+|(?<=表)(?=部门|单位|编制|填报|申报)", text)):
            if found := match_title(candidate, stage, standards):
                return candidate, found
        if (
            not near
            and fold(text).endswith(("表", "表)"))
            and len(text) < 40
            and not re.match(r"附?表|公开", fold(text))
        ):
            near = text
    return near, None


def match_title(text: str, stage: str, standards: Standards) -> TableDef | None:
    """The standard table with that title: exactly, or as the end of a longer one (after a body's name)."""
    folded = fold_title(text)
    if len(folded) < 4:
        return None
    found = _titled(folded, standards)
    of_stage = next((t for t in found if t.stage == stage), None)
    if of_stage is None and (other := _of_stage(folded, stage)) != folded:
        of_stage = next((t for t in _titled(other, standards) if t.stage == stage), None)
    return of_stage or next(iter(found), None)


def like_title(text: str, stage: str, standards: Standards) -> TableDef | None:
    """The standard table whose title differs in words that places add or leave out ("收支总体情况表" for
    "收支总表")."""
    folded = fold_title(text)
    found = standards.bare_titles.get(bare_title(folded), []) if folded.endswith(("表", "表)")) else []
    return next((t for t in found if t.stage == stage), None)


def _of_stage(title: str, stage: str) -> str:
    """The title with the document's own stage: a body may have written 决算 for 预算."""
    if stage == "budget":
        return title.replace("决算", "预算")
    head, word, tail = title.rpartition("预算")
    return f"{head}决算{tail}" if word and "决算" not in title and stage == "accounts" else title


def _titled(folded: str, standards: Standards) -> list[TableDef]:
    known = standards.titles
    found = known.get(folded)
    if found is None and "表" in folded:
        ends = [t for t in known if len(t) >= 6 and folded.endswith(t)]
        if ends:
            longest = max(ends, key=len)
            rest = folded[: -len(longest)]
            if not re.search(r"一般公共|财政拨款|政府性基金|国有资本|基本|项目$|绩效|采购", rest):
                found = known[longest]
    return found or []


def _unit(frame: Framed, header: Header) -> Unit | None:
    """The unit of the frame: as stitched, or put right; else what stands before the table or in its head."""
    if frame.unit is not None:
        return frame.unit
    for p in reversed(frame.before):
        if match := _WORDS["unit"].search(re.sub(r"\s", "", p.text)):
            return unit_named(match.group(1))
        if len(p.text) > 200:
            break
    for cell in frame.table.cells:
        if cell.row <= header.first and (
            m := _WORDS["unit"].search(fold(cell.text)) or _WORDS["unit_in"].search(cell.text)
        ):
            return unit_named(m.group(1))
    return None
