"""The whole draft from approved figures: tables, prose, contents, terms, in printed order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from yibenzhang.drafting.asking import Ask
from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.families import Family, family, source_words
from yibenzhang.drafting.figures import Figures, Stated
from yibenzhang.drafting.goals import goal_grids
from yibenzhang.drafting.lookup import Lookup, measured, tables_of
from yibenzhang.drafting.numbering import demoted
from yibenzhang.drafting.parts import Draft, Grid, Heading, Words
from yibenzhang.drafting.prose import Writer
from yibenzhang.drafting.tables import Maker, level, numeral, printed, who
from yibenzhang.standards import Standards, load

Part = Heading | Words | Grid
_MARK = re.compile(r"(#+)\s+(.*)")


@dataclass(frozen=True)
class Composed:
    """A draft and what is still missing; ``measures`` are its figures by name, for the year after it; ``silent`` are
    lines of which no change is told, because last year's amount is not known."""

    draft: Draft
    asks: tuple[Ask, ...]
    measures: dict[str, Decimal]
    silent: tuple[str, ...] = ()


def compose(figures: Figures, extra: str = "", grids: list[Grid] | None = None) -> Composed:
    """The draft of a body. ``grids`` are tables that are given as they are (the facts of a document).

    Raises StandardsError where the data of the family cannot be used.
    """
    kind = family(figures.family, figures.stage, extra)
    standards = load("" if figures.family == "national" else figures.family, extra)
    codes = Codes(figures.year, figures.names)
    maker = Maker(figures, kind, codes)
    made = maker.grids() if grids is None else grids
    made = [_stated(g, figures, kind, standards) for g in made] if figures.stated else made
    tables = tables_of(made, figures.stage, standards)
    lookup = Lookup(kind, tables, maker.tally, figures, complete=grids is None)
    writer = Writer(figures, kind, lookup, codes, maker.tally)
    made = made if grids is None else [_noted(g, kind, writer) for g in made]
    text = writer.write(extra)
    goals = list(goal_grids(figures, maker.tally, kind.has("budget.projects")))
    parts = list(_parts(text, made, goals, kind, standards, figures.notes.get("terms", "")))
    names = {"body": figures.body, "year": figures.year, "level": level(figures), "who": who(figures)}
    place = place_of(figures.body)
    names |= {"place": place, "rank": f"{place[-1:]}级"}
    names["filer"] = kind.data.get("filer", {}).get(level(figures), level(figures))
    cover = tuple(str(line).format(**names) for line in kind.data["cover"])
    draft = Draft(figures.body, figures.year, figures.stage, kind.name, cover, tuple(parts))
    return Composed(
        draft,
        tuple(dict.fromkeys(writer.asks)),
        dict(measured(kind, tables)),
        tuple(dict.fromkeys(writer.silent)),
    )


def _noted(grid: Grid, kind: Family, writer: Writer) -> Grid:
    """A given table with its note, but none that denies what it has; an empty one says that there is none where that is
    known, in its own words if it has any."""
    if not grid.empty or not grid.standard:
        denied = grid.standard and not grid.empty and re.search(source_words()["denied"], grid.note)
        return replace(grid, note="") if denied else grid
    figures, name = writer.figures, grid.standard.rpartition(".")[2]
    if grid.note or name not in kind.figures:
        return grid
    notes = {t["id"]: str(t.get("note_empty", "")) for t in kind.tables}
    if writer.nonzero(name):
        return grid
    names = {"body": figures.body, "year": figures.year, "level": level(figures), "who": who(figures)}
    return replace(grid, note=notes.get(grid.standard, "").format(**names))


def place_of(body: str) -> str:
    """The administrative area at the front of a body's name, or the name itself."""
    found = re.match(r"(.*(?:区|县|市|省))(?=.{2,})", body)
    return found.group(1) if found else body


def _parts(
    text: str, grids: list[Grid], goals: list[Grid], kind: Family, standards: Standards, terms: str = ""
) -> Iterable[Part]:
    """The template's lines as parts: # headings, @tables, @goals, @terms, else paragraphs. ``terms``: as they are
    explained in a source, or by a person, in place of our own words."""
    seen = ["，" + p.label for g in grids for p in g.printed(standards) if p.value]
    seen += [line for line in text.splitlines() if not line.startswith(("@", "#"))]
    placed: set[str] = set()
    for line in _below_headings(text):
        if line == "@tables":
            yield from (g for g in grids if g.standard not in placed)
        elif line.startswith("@table "):
            wanted = line.split(None, 1)[1]
            placed.add(wanted)
            yield from (g for g in grids if g.standard == wanted)
        elif line == "@goals":
            yield from goals
        elif line == "@terms":
            own = [Words(x) for x in terms.splitlines() if x.strip()]
            yield from own or _terms("\n".join(seen), kind)
        elif mark := _MARK.fullmatch(line):
            yield Heading(mark.group(2).strip(), len(mark.group(1)) - 1)
        else:
            yield Words(line)


def _below_headings(text: str) -> Iterator[str]:
    """The lines of the filled template, those below a numbered heading with numbers below its own."""
    heading = ""
    lines: list[str] = []
    for line in (x for raw in text.splitlines() if (x := raw.strip())):
        if mark := _MARK.fullmatch(line):
            yield from (*demoted(heading, lines), line)
            heading, lines = mark.group(2).strip(), []
        else:
            lines.append(line)
    yield from demoted(heading, lines)


def _terms(text: str, kind: Family) -> Iterable[Words]:
    """The terms that occur in the text or in tables that are not empty, numbered."""
    found = [
        t
        for t in kind.terms
        if t.get("stage", kind.stage) == kind.stage and any(w in text for w in t["when"])
    ]
    form = kind.data.get("term_form", "（{}）")
    for n, term in enumerate(found, 1):
        yield Words(f"{form.format(numeral(n))}{term['name']}：{term['text']}")


def _stated(grid: Grid, figures: Figures, kind: Family, standards: Standards) -> Grid:
    """The totals that were given beside their details take the computed ones' place, so that both are compared."""
    wanted: dict[tuple[str, str, str], Stated] = {}
    for name, stated in figures.stated.items():
        for a in kind.figures.get(name, ()):
            if a.table.replace("*", figures.stage, 1) == grid.standard:
                wanted[a.side, a.row, a.measure] = stated
    if not wanted:
        return grid
    rows, places = [list(r) for r in grid.rows], dict(grid.places)
    for p in grid.printed(standards):
        row = "total" if len(grid.rows) == 1 else p.code or p.token
        for side in (p.side, ""):
            if found := wanted.get((side, row, p.measure)):
                rows[p.row][p.column] = printed(found.amount, grid.unit)
                if found.place:
                    places[p.row, p.column] = found.place
    return replace(grid, rows=tuple(map(tuple, rows)), places=places)
