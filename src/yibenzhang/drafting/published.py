"""Published or checked documents as figures: last year's to compare with, a budget to complete, tables to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from yibenzhang.checking.check import Checked, check, check_together
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.families import Family, family, style_of
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.lookup import Tables, measured, wan
from yibenzhang.drafting.parts import LEFT, UP, Grid, Printed
from yibenzhang.drafting.source import SourceFigures, source_figures
from yibenzhang.drafting.workbook import read_workbook
from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.documents import Table
from yibenzhang.reading import read
from yibenzhang.reading.limits import MAX_FIGURE_BYTES, ReadingError
from yibenzhang.reading.packages import Package
from yibenzhang.recognising.profile import Profile, profile_of
from yibenzhang.recognising.rows import bare
from yibenzhang.recognising.stitching import framed_tables
from yibenzhang.recognising.table_facts import TableFacts
from yibenzhang.standards import load
from yibenzhang.standards.speech import speech

_KINDS = {"code": "code", "name": "name", "other": "other", "index": "other"}


@dataclass(frozen=True)
class Published:
    """A document's profile and its standard tables as they are printed."""

    profile: Profile
    grids: tuple[Grid, ...]
    tables: Tables
    source: SourceFigures = SourceFigures()


def _standard_grid(t: TableFacts, unit: str) -> Grid:
    return _grid(t, unit) if t.blocks else replace(_plain(t, t.table.name), standard="")


def _is_table(t: TableFacts, checked: Checked) -> bool:
    """It has rows, and is no page of contents."""
    return checked.kinds.get(t.table.id) != _CONTENTS and t.table.table.rows > 1


def published(paths: str | Path | Sequence[str], extra: str = "") -> Published:
    """The tables of a disclosure, in one file or in several, and what it tells of the named figures.

    Raises ReadingError where a file cannot be read.
    """
    checked = _checked([paths] if isinstance(paths, str | Path) else list(paths), extra)
    profile, found = checked.profile, checked.tables
    tables = Tables(profile.stage or "budget")
    grids = []
    titles = {v.table: v.title for v in checked.views}
    kind = family(style_of(profile.region), profile.stage or "budget", extra)
    heads = _heads(checked, kind)
    before = ""
    for t in found:
        if t.table.standard is None:
            before = ""
            plain = _plain(t, titles.get(t.table.id, ""))
            if _is_table(t, checked) and plain.title:
                grids.append(replace(plain, **heads.get(t.table.id, {})))
            continue
        unit = t.table.unit.name if t.table.unit else ""
        rows = {f.row.index for f in t.facts() if f.printed}
        tables.add(_printed(t), t.table.standard.id, unit or "元", len(rows) == 1)
        grid = _standard_grid(t, unit)
        grid = replace(grid, **heads.get(t.table.id, {}))
        if grids and before == t.table.standard.id and not heads.get(t.table.id, {}).get("title"):
            grid = replace(grid, title=_going_on(grids[-1].title))
        grids.append(grid)
        before = t.table.standard.id
    figures = source_figures(checked, kind, extra)
    said = {**_stated(found, kind), **figures.amounts}
    return Published(profile, tuple(grids), tables, replace(figures, amounts=said))


def _checked(paths: Sequence[str | Path], extra: str) -> Checked:
    if len(paths) == 1:
        return check(paths[0], extra)
    documents = [read(p) for p in paths]
    profiles = [profile_of(d, load("", extra)) for d in documents]
    first = next((p for p in profiles if p.body and p.fiscal_year), profiles[0])
    return check_together(documents, [Path(p).name for p in paths], first, extra)


_CONTENTS = "contents"
_GOES_ON = "（续表）"


def _going_on(title: str) -> str:
    """The title of a table without one, right behind another of its kind: that one goes on."""
    return title if title.endswith(_GOES_ON) else title + _GOES_ON


_LEVELS = {"department": "部门", "unit": "单位"}


def _heads(checked: Checked, kind: Family) -> dict[str, dict[str, Any]]:
    """By table: its printed number and title, the line that names the body, where one is printed, and whether its pages
    are wider than high."""
    out: dict[str, dict[str, Any]] = {}
    form = str(kind.data.get("holder", ""))
    for document in checked.document.parts or (checked.document,):
        wide = {p.number for p in document.pages if p.width > p.height > 0}
        for frame in framed_tables(document):
            head: dict[str, Any] = {}
            if frame.holder and form:
                word = _LEVELS.get(checked.profile.level, _LEVELS["department"])
                head["holder"] = form.format(body=checked.profile.body, level=word)
            if frame.titles:  # as it is printed, whatever standard table it is
                head["title"] = frame.titles[0]
            if frame.number:
                head["above"] = frame.number
            if frame.table.pages:
                head["landscape"] = frame.table.pages[0] in wide
            out[f"t{frame.table.index + 1}"] = head
    return out


def _stated(found: Iterable[TableFacts], kind: Family) -> dict[str, Decimal]:
    """Nothing spent, where the note below an empty table says so."""
    out = {}
    for t in found:
        name = t.table.standard.id.rpartition(".")[2] if t.table.standard else ""
        some = any(f.amount is not None and f.amount.value for f in t.facts())
        if name in kind.figures and t.table.statement and not some:
            out[name] = Decimal(0)
    return out


def _plain(t: TableFacts, title: str) -> Grid:
    """A table that is no standard one, as it is printed."""
    first = t.table.header.first
    lines = _lines(t.table.table, first)
    numbers = {f.cell[1] for f in t.facts() if f.amount is not None}
    width = t.table.table.columns
    return Grid(
        standard="",
        title=t.table.title or title,
        unit=t.table.unit.name if t.table.unit else "",
        header=tuple(map(tuple, lines[:first])),
        rows=tuple(map(tuple, lines[first:])),
        columns=tuple(f"?{c}" if c in numbers else "other" for c in range(width)),
        note=t.table.statement,
        widths=_widths(t.table.table, width),
        landscape=width > 9,
    )


def _widths(table: Table, columns: int) -> tuple[float, ...]:
    edges = table.edges
    widths = tuple(round(b - a, 1) for a, b in zip(edges, edges[1:], strict=False)) if edges else ()
    return widths if len(widths) == columns else ()


def _printed(t: TableFacts) -> Iterable[Printed]:
    assert t.table.standard is not None
    for f in t.facts():
        if f.amount is not None:
            token = "total" if f.row.role == "total" and not f.row.token else f.row.token
            yield Printed(
                t.table.standard.id,
                f.side,
                f.row.code,
                bare(f.row.label),
                token,
                f.measure,
                f.amount.value,
                f.cell[0],
                f.cell[1],
            )


def _grid(t: TableFacts, unit: str) -> Grid:
    assert t.table.standard is not None
    first = t.table.header.first
    lines = _lines(t.table.table, first)
    for f in t.facts():
        here = lines[f.cell[0]][f.cell[1]]
        if f.amount is not None and not here.rstrip().endswith(("%", "％")):
            # another program's extraction, or a narrow column, may have split the number
            whole = "".join(here.split())
            same = (read := parse_amount(whole)) is not None and read.value == f.amount.value
            lines[f.cell[0]][f.cell[1]] = whole if same else f"{f.amount.value:,.{f.amount.decimals}f}"
    kinds = ["other"] * t.table.table.columns
    for b in t.blocks:
        for c in b.block.labels:
            kinds[c.index] = _KINDS.get(c.kind, "other")
        for c in b.block.measures:
            measure = c.measure or f"?{c.index}"
            kinds[c.index] = f"{b.block.side}:{measure}" if b.block.side else measure
    return Grid(
        standard=t.table.standard.id,
        title=t.table.title or t.table.name,
        unit=unit,
        header=tuple(map(tuple, lines[:first])),
        rows=tuple(map(tuple, lines[first:])),
        columns=tuple(kinds),
        widths=_widths(t.table.table, len(kinds)),
        note=t.table.statement,
        landscape=len(kinds) > 9,
    )


def _lines(table: Table, first: int) -> list[list[str]]:
    """The printed cells, merged ones marked; in text a blank in the header belongs to what stands left or above."""
    out = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        for r in range(cell.row, min(cell.row + cell.row_span, table.rows)):
            for c in range(cell.column, min(cell.column + cell.column_span, table.columns)):
                out[r][c] = LEFT if c > cell.column else UP
        out[cell.row][cell.column] = " ".join(cell.text.split("\n")) if cell.text else ""
    if table.confidence == "tabbed":
        for r in range(first):
            for c in range(table.columns):
                if not out[r][c].strip() and (r or c):
                    out[r][c] = UP if r else LEFT
    return out


def figures_of(found: Published, notes: dict[str, str]) -> Figures:
    """The figures of a document whose tables are printed as they are; its units and projects by name only."""
    p = found.profile
    return Figures(
        body=p.body,
        year=p.fiscal_year or 0,
        stage=p.stage or "budget",
        family=style_of(p.region),
        level=p.level or "department",
        notes={**found.source.notes, **notes},
        elsewhere=found.source.amounts,
        moves=found.source.moves,
        planned=found.source.planned,
        doubtful=found.source.doubtful,
        steady=found.source.steady,
        called=found.source.called,
    )


def earlier(path: str | Path, stage: str, region: str, extra: str = "") -> dict[str, Decimal]:
    """The named figures of an earlier document or workbook, in 元; of a document those that it does not tell twice and
    differently."""
    if is_workbook(Path(path)):
        figures = read_workbook(path, extra)
        return compose(figures, extra).measures | dict(figures.extra)
    return earlier_of(published(path, extra), extra, stage, region)


def earlier_of(
    found: Published, extra: str = "", stage: str = "budget", region: str = ""
) -> dict[str, Decimal]:
    """The named figures of a document in 元, without those that it tells twice and differently."""
    kind: Family = family(style_of(found.profile.region or region), found.profile.stage or stage, extra)
    printed, source = measured(kind, found.tables), found.source
    differing = {k for k, v in source.amounts.items() if k in printed and wan(printed[k]) != wan(v)}
    out = {**source.amounts, **printed}
    return {k: v for k, v in out.items() if k not in differing | source.doubtful}


def before_the_next(path: str, stage: str, extra: str = "") -> Figures:
    """What a document of the year before (or, for accounts, the budget of the year) gives beforehand to the workbook of
    ``stage``. Raises ReadingError, also where nobody can tell whose document it is."""
    found = published(path, extra)
    p = found.profile
    if not p.body or not p.fiscal_year:
        raise ReadingError(speech()["drafting"]["unknown"].format(path=path))
    same = (p.stage or "budget") == stage
    kept = {k: found.source.notes[k] for k in _LASTING if k in found.source.notes}
    figures = replace(
        figures_of(found, {}),
        year=p.fiscal_year + same,
        stage=stage,
        notes=kept,
        elsewhere={},
        moves={},
        steady={},
        called={},
    )
    known = earlier_of(found, extra)
    names = family(figures.family, stage, extra).figure_names
    amounts = {k: v for k, v in known.items() if k in names or ":" in k}
    return replace(figures, last=amounts if same else {}, planned={} if same else amounts)


_LASTING = ("duties", "institutions")
"""Texts that stay from year to year."""


def is_workbook(path: Path) -> bool:
    """It is a workbook of figures, by the names of its sheets."""
    try:
        if path.suffix.lower() != ".xlsx" or path.stat().st_size > MAX_FIGURE_BYTES:
            return False
        return "基本信息".encode() in Package(path.read_bytes()).read("xl/workbook.xml")
    except (ReadingError, BadZipFile, KeyError, OSError):
        return False
