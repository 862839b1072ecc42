"""The numbers of the tables by where they stand in the cube, looked up for numbers of the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from yibenzhang.model.coordinates import Coordinates
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval
from yibenzhang.model.views import View
from yibenzhang.prose.naming import Code, unnumbered
from yibenzhang.standards.lexicon.words import Tree
from yibenzhang.standards.registers import fold_name

_KINDS = ("basic", "project", "operating", "to_superior", "to_subordinate")
"""The kinds that together are all spending."""
CODES = ("function", "department", "government")
_UNSAID = {"side": 0, "fund": 1, "period": 2, "kind": 4, "item": 4}
"""What a value costs that the words do not say."""
_COMPARED = tuple(_UNSAID)
_NARROW = ("fund", "kind", "item")
"""What makes a number one of a part: that of the whole is another."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table, or a blank, with its coordinates; ``named``: its row has a name of its own."""

    fact: Fact
    at: Coordinates
    named: bool
    column: tuple[str, int, int] = ("", 0, 0)
    """Table, panel and column: where its neighbours in a sum stand."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the words of a number ask for: coordinates by dimension, codes of which one is meant, or a row's name.

    ``prefer``: coordinates that the words around say; ``version`` and ``stage`` as the verb or the year says.
    """

    values: tuple[tuple[str, str], ...] = ()
    codes: tuple[Code, ...] = ()
    label: str = ""
    version: str = ""
    stages: tuple[str, ...] = ("",)
    prefer: tuple[tuple[str, str], ...] = ()


class Cube:
    """All money of the views, printed, and where its cell was left blank."""

    def __init__(self, views: Sequence[View], trees: Mapping[str, Tree], year: int | None = None) -> None:
        self._trees, self._year = trees, year
        self._by_code: dict[Code, list[Cell]] = defaultdict(list)
        self._by_label: dict[str, list[Cell]] = defaultdict(list)
        self._plain: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        self._at: dict[str, Coordinates] = {}
        self._asked: dict[Wanted, list[tuple[tuple[int, ...], Cell]]] = {}
        self._bases: dict[int, list[Fact]] = defaultdict(list)
        self.carried: list[Fact] = []
        """What the body carried over from last year, wherever the tables tell it."""
        self._blanks: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        self._coded_blanks: dict[Code, list[Cell]] = defaultdict(list)
        for view in views:
            names = [
                fold_name(unnumbered(r.label.removeprefix("其中：").removeprefix("其中:"))) for r in view.rows
            ]
            for (r, c), fact in view.cells.items():
                if fact.unit is None or fact.unit.dimension != "money":
                    continue
                cell = Cell(
                    fact, self._of_year(view.places[r, c]), bool(names[r]), (view.table, view.panel, c)
                )
                if fact.amount is not None:
                    self._add(cell, names[r], view.rows[r].total)
                elif fact.interval is not None:
                    self._add_blank(cell)

    def _of_year(self, at: Coordinates) -> Coordinates:
        """A table that prints the years: this year's numbers are those of the budget, those before them last year's."""
        if not (at.year and self._year) or at.version:
            return at
        if at.year == str(self._year):
            return replace(at, year="")
        return replace(at, year="", version="previous") if at.year == str(self._year - 1) else at

    def _add(self, cell: Cell, name: str, total: bool) -> None:
        at = self._at[cell.fact.id] = cell.at
        self._bases[int(cell.fact.amount.base)].append(cell.fact)  # type: ignore[union-attr]
        if at.period == "carried_in" and not at.unit and cell.fact.amount.value:  # type: ignore[union-attr]
            self.carried.append(cell.fact)
        coded = [(k, getattr(at, k)) for k in CODES if getattr(at, k)]
        if len(coded) == 1 and not at.project:
            self._by_code[coded[0]].append(cell)
        if not coded and not at.project and any(getattr(at, d) for d in _COMPARED):
            self._plain[at.kind, at.item].append(cell)
        if len(name) >= 3 and not total:
            self._by_label[name].append(cell)

    def _add_blank(self, cell: Cell) -> None:
        at = self._at[cell.fact.id] = cell.at
        if at.unit or at.residue or at.project:
            return
        coded = [(k, getattr(at, k)) for k in CODES if getattr(at, k)]
        if len(coded) == 1:
            self._coded_blanks[coded[0]].append(cell)
        elif not coded and (at.kind or at.item or at.fund):
            self._blanks[at.kind, at.item].append(cell)

    def labelled(self, name: str) -> bool:
        """Some row is called so."""
        return fold_name(name) in self._by_label

    def coded(self, codes: Sequence[Code]) -> bool:
        """Some row has one of these codes."""
        return any(c in self._by_code for c in codes)

    def of_codes(self, kind: str, length: int) -> Iterator[tuple[str, Fact]]:
        """This year's numbers of the codes of one level of a classification, each with its code."""
        for (dimension, code), cells in self._by_code.items():
            if dimension == kind and len(code) == length:
                yield from ((code, c.fact) for c in cells if c.at.version in ("", "current_year"))

    def known(self, fact: Fact) -> bool:
        """The amount stands somewhere in the tables."""
        return fact.interval is not None and self.tells(fact.interval)

    def tells(self, x: Interval) -> bool:
        """Some number of the tables may be within an interval (in base units)."""
        low, high = int(x.low) - 1, int(x.high) + 1
        if high - low > 400:
            return any(low <= b <= high and _meets(f, x) for b, fs in self._bases.items() for f in fs)
        return any(_meets(f, x) for b in range(low, high + 1) for f in self._bases.get(b, ()))

    def find(self, wanted: Wanted) -> list[Fact]:
        """The numbers that stand where the words say, the most likely first."""
        ranked = sorted(self._ranked(wanted), key=lambda x: x[0])
        return list({c.fact.id: c.fact for _, c in ranked}.values())

    def blanks(self, wanted: Wanted) -> list[Fact]:
        """The blank cells that stand just where the words say; none where the tables tell several funds and the words
        do not say which."""
        said = dict(wanted.values)
        found = [c for code in wanted.codes for c in self._coded_blanks.get(code, ())]
        if not wanted.codes and not wanted.label:
            found = self._blanks.get((said.get("kind", ""), said.get("item", "")), [])
        found = [
            c
            for c in found
            if c.at.kind == said.get("kind", "")
            and c.at.item == said.get("item", "")
            and self._rank(c, wanted, said) is not None
        ]
        fund = said.get("fund") or dict(wanted.prefer).get("fund", "")
        if fund:
            return [c.fact for c in found if c.at.fund == fund]
        return [c.fact for c in found] if len({c.at.fund for c in found}) == 1 else []

    def of_body(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Those of the body itself; where there are none, all, those of its units."""
        own = tuple(f for f in facts if not self._at[f.id].unit)
        return own or tuple(facts)

    def beside(self, before: Fact, now: Fact) -> bool:
        """Where the table of last year's number tells this year's at the same place, that is the number spoken of."""
        at = _of_either_year(self._at[before.id])
        found = [
            c.fact.interval
            for cells in (self._plain.get((at.kind, at.item), ()), *self._coded(at))
            for c in cells
            if c.fact.table == before.table
            and c.at.version in ("", "current_year")
            and _of_either_year(c.at) == at
        ]
        return not found or now.interval is None or any(x and _meets(now, x) for x in found)

    def _coded(self, at: Coordinates) -> Iterator[list[Cell]]:
        yield from (self._by_code.get((k, getattr(at, k)), []) for k in CODES if getattr(at, k))

    def has(self, fact: Fact, dimension: str, value: str) -> bool:
        """The number of the tables stands there."""
        found: str = getattr(self._at[fact.id], dimension)
        return found == value

    def whole(self) -> Iterator[Cell]:
        """This year's numbers of no code, project or unit whose place is certain."""
        for cells in self._plain.values():
            for cell in cells:
                at = cell.at
                this_year = at.version in ("", "current_year") and at.stage in ("", "final")
                if this_year and at.sure and not (at.measure or at.year or at.unit):
                    yield cell

    def of_one_fund(self, facts: Sequence[Fact], whole: str) -> bool:
        """Of the funds that make up another these numbers tell only one."""
        funds = {f for x in facts if (f := self._at[x.id].fund)}
        return len({f for f in funds if self._below(f, whole)}) == 1

    @cached_property
    def several_funds(self) -> bool:
        """The tables tell money of more than one fund; a fund and what it is part of are one."""
        found = {c.at.fund for c in self.whole() if c.at.fund and c.fact.amount and c.fact.amount.value}
        return len([f for f in found if not any(f != g and self._below(g, f) for g in found)]) > 1

    def place(self, fact: Fact) -> Coordinates:
        """Where a number of the tables stands."""
        return self._at[fact.id]

    def narrower(self, wanted: Wanted) -> bool:
        """Of a code or a row's name only some kind of spending is told, and the words name none."""
        if any(d == "kind" for d, _ in wanted.values + wanted.prefer):
            return False
        kinds = {c.at.kind for c in self._fitting(wanted)}
        return bool(kinds) and "" not in kinds and not {"basic", "project"} <= kinds

    def together(self, codes: Sequence[str], wanted: Wanted) -> Iterator[tuple[Fact, ...]]:
        """The numbers of these economic items that stand in one column, those that are there; the first must be."""
        said = replace(wanted, values=tuple((d, v) for d, v in wanted.values if d != "kind"))
        columns: dict[tuple[str, int, int], dict[str, Fact]] = defaultdict(dict)
        for code in codes:
            for cell in self._by_code.get(("department", code), ()):
                if (
                    self._rank(cell, replace(said, codes=(("department", code),)), dict(said.values))
                    is not None
                ):
                    columns[cell.column].setdefault(code, cell.fact)
        yield from (tuple(found.values()) for found in columns.values() if codes[0] in found)

    def of_funds(self, wanted: Wanted) -> Iterator[tuple[Fact, ...]]:
        """The numbers of the several funds that make up the fund that the words say, where a row tells them apart."""
        said = dict(wanted.values)
        whole = said.get("fund", "")
        cells = self._plain.get((said.get("kind", ""), said.get("item", "")), ())
        if not whole or wanted.codes or wanted.label or not said.get("item"):
            return
        rows: dict[tuple[str, int, int], dict[str, Fact]] = defaultdict(dict)
        for cell in cells:
            fund = cell.at.fund
            if fund and fund != whole and self._below(fund, whole):
                near = replace(wanted, values=tuple({**said, "fund": fund}.items()))
                if self._rank(cell, near, dict(near.values)) is not None:
                    rows[(*cell.column[:2], cell.fact.row.index)].setdefault(fund, cell.fact)
        yield from (tuple(found.values()) for found in rows.values() if len(found) > 1)

    def rolled(self, wanted: Wanted) -> Iterator[tuple[Fact, ...]]:
        """What several rows of one column, or the columns of several kinds, come to for a code or a row's name."""
        rows: dict[tuple[str, int, int], list[Fact]] = defaultdict(list)
        kinds: dict[tuple[str, int, str], dict[str, Fact]] = defaultdict(dict)
        for cell in self._fitting(wanted):
            rows[cell.column].append(cell.fact)
            if cell.at.kind in _KINDS:
                kinds[(*cell.column[:2], cell.at.fund)].setdefault(cell.at.kind, cell.fact)
        yield from (tuple(facts) for facts in rows.values() if len(facts) > 1)
        yield from (tuple(facts.values()) for facts in kinds.values() if len(facts) > 1)
        each: dict[str, dict[str, Fact]] = defaultdict(dict)
        for (_, _, fund), facts in kinds.items():
            if len(facts) == 1:  # a table for each kind
                each[fund].update((k, f) for k, f in facts.items() if k not in each[fund])
        yield from (tuple(facts.values()) for facts in each.values() if len(facts) > 1)

    def _fitting(self, wanted: Wanted) -> list[Cell]:
        """The cells of the codes or the row's name that the words do not forbid."""
        return [c for _, c in self._ranked(wanted)] if wanted.codes or wanted.label else []

    def _ranked(self, wanted: Wanted) -> list[tuple[tuple[int, ...], Cell]]:
        """The cells that the words do not forbid, each with how well it fits. Several rules ask for the same."""
        if (known := self._asked.get(wanted)) is None:
            said = dict(wanted.values)
            ranks = ((self._rank(c, wanted, said), c) for c in self._among(wanted, said))
            known = self._asked[wanted] = [(rank, c) for rank, c in ranks if rank is not None]
        return known

    def _among(self, wanted: Wanted, said: Mapping[str, str]) -> Iterable[Cell]:
        if wanted.codes:
            return (c for code in wanted.codes for c in self._by_code.get(code, ()))
        if wanted.label:
            return self._by_label.get(fold_name(wanted.label), ())
        return self._plain.get((said.get("kind", ""), said.get("item", "")), ())

    def _rank(self, cell: Cell, wanted: Wanted, said: Mapping[str, str]) -> tuple[int, ...] | None:
        """How well the cell fits, less is better; None where a word of either forbids it."""
        at = cell.at
        if _forbidden(at, wanted):
            return None
        named = bool(wanted.codes or wanted.label)
        fits = {d: self._fits(d, getattr(at, d), v) for d, v in wanted.prefer}
        whole = not (named or said.get("kind") or said.get("item"))
        of_a_fund = said.get("fund") or fits.get("fund")
        if whole and at.fund and not of_a_fund:
            return None  # all income is not that of one fund
        loose = 0
        for dimension in _COMPARED:
            cost = self._apart(dimension, said.get(dimension, ""), getattr(at, dimension), named)
            if cost is None:
                return None
            loose += 0 if fits.get(dimension) else cost
        missed = sum(not fit for fit in fits.values())
        return (_broader(at, said), missed + loose, bool(at.unit), bool(at.residue))

    def _apart(self, dimension: str, said: str, here: str, named: bool) -> int | None:
        """How far what is said and what is there lie apart; None where they exclude each other."""
        if said == here:
            return 0
        if not said:
            allowed = dimension != "period" or here in ("current", "all")
            return _UNSAID[dimension] if allowed else None
        if here:
            return self._exclusive(dimension, said, here, named)
        if dimension in ("kind", "item") or (dimension == "period" and said not in ("current", "all")):
            return None
        return 1

    def _exclusive(self, dimension: str, said: str, here: str, named: bool) -> int | None:
        """Two values of a dimension exclude each other; a fund below another one may be meant, and a side."""
        if dimension == "fund":
            return 2 if self._below(said, here) or (named and self._below(here, said)) else None
        return 2 if named and dimension == "side" else None

    def _fits(self, dimension: str, here: str, wanted: str) -> bool:
        """A heading that says 财政拨款 speaks of 一般公共预算 too."""
        return here == wanted or (dimension == "fund" and bool(here) and self._below(here, wanted))

    def _below(self, a: str, b: str) -> bool:
        return self._trees["fund"].below(a, b)


def _of_either_year(at: Coordinates) -> Coordinates:
    """Last year's numbers need not say that they are of that year's money."""
    return replace(at, version="", stage="", period="" if at.period == "current" else at.period)


def _broader(at: Coordinates, said: Mapping[str, str]) -> int:
    """So many dimensions the words narrow and the cell does not."""
    return sum(d in _NARROW and bool(said.get(d)) and not getattr(at, d) for d in _COMPARED)


def _forbidden(at: Coordinates, wanted: Wanted) -> bool:
    """The cell is of another version, stage, measure or year than is spoken of."""
    if (at.version or "") not in ((wanted.version,) if wanted.version else ("", "current_year")):
        return True
    return at.stage not in wanted.stages or bool(at.measure) or bool(at.year)


def _meets(fact: Fact, x: Interval) -> bool:
    y = fact.interval
    return y is not None and x.low <= y.high and y.low <= x.high
