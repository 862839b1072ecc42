"""Counts of cars, journeys and receptions in the text against the tables that print them, and cars against each
other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.counts import Statistic, other_counts, statistics, vehicle_words
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("stated_counts")
_COUNT = late(r"\d{1,7}(?:\.0+)?")
_BLANK = frozenset({"", "-", "--", "—", "——", "/", "*", "**"})
_YEAR = late(r"20\d\d")
_BEFORE = 24
_LINES = frozenset({"行次", "序号"})
_HEAD = 4
_LEAST_KINDS = 3


@dataclass(frozen=True, slots=True)
class _Printed:
    number: int
    text: str
    place: Place


@rule("counts.table")
def against_tables(case: Case) -> Iterator[Issue]:
    """A count in the text that the tables print otherwise."""
    labelled = _labelled(case)
    if not labelled:
        return
    seen: set[tuple[str, int]] = set()
    wrong = {_corrected(case, whole, parts) for whole, parts in _sums(case)}
    for one in statistics():
        cells = [c for c in (one.cell, one.then_cell) if c]
        if all(_only(labelled, c) is None for c in cells):
            continue  # the tables do not print it
        for p, m, said, cell in _stated(case, one):
            there = _only(labelled, cell)
            number = int(said.group("n"))
            if there is None or there.number == number or (cell.pattern, number) in seen:
                continue
            seen.add((cell.pattern, number))
            yield issue_at(
                "counts.table",
                p.verbatim(m.start(), said.end()).strip(),
                p.place(said.start("n")),
                (there.text, there.place),
                template="summed" if there.place in wrong else "",
                said=number,
                printed=there.text,
            )


def _stated(
    case: Case, one: Statistic
) -> Iterator[tuple[Passage, re.Match[str], re.Match[str], re.Pattern[str]]]:
    """What the text says of a statistic, and what it says right after: the passage, where it begins, the number, and
    the cell that prints it."""
    for p in case.passages:
        for m in one.text.finditer(p.text):
            if _meant(case, one, p, m):
                yield p, m, m, one.cell
                if one.then and one.then_cell and (after := one.then.match(p.text, m.end())):
                    yield p, m, after, one.then_cell


def _own(case: Case, p: Passage, at: int) -> bool:
    """It is the year's own count."""
    clause = re.split("[。;,]", p.text[max(0, at - _BEFORE) : at])[-1]
    years = _YEAR.findall(p.text[max(0, at - 2 * _BEFORE) : at].split("。")[-1])
    past = case.year is not None and any(int(y) not in (case.year, case.year - 1) for y in years[-1:])
    return not p.heading and not past and not other_counts().search(clause)


def _meant(case: Case, one: Statistic, p: Passage, m: re.Match[str]) -> bool:
    """The year's own count, and not one that its sentence says to be another."""
    end = p.text.find("。", m.end())
    text = p.text[p.text.rfind("。", 0, m.start()) + 1 : end if end >= 0 else len(p.text)]
    return _own(case, p, m.start()) and not (one.unless and one.unless.search(text))


def _labelled(case: Case) -> dict[str, list[_Printed]]:
    """The whole numbers right of labels in all tables, by label; not the numbers of lines."""
    out: dict[str, list[_Printed]] = {}
    for table in case.document.tables():
        grid = table.grid()
        lines = {
            k for row in grid[:_HEAD] for k, c in enumerate(row) if c is not None and fold(c.text) in _LINES
        }
        for row in grid:
            label = ""
            for k, cell in enumerate(row):
                if (
                    cell is None
                    or k in lines
                    or (k and cell is row[k - 1])
                    or (text := fold(cell.text)) in _BLANK
                ):
                    continue
                if not _COUNT.fullmatch(text.replace(",", "")):
                    label = _bare(cell)
                elif label:
                    number = int(text.replace(",", "").partition(".")[0])
                    out.setdefault(label, []).append(_Printed(number, cell.text.strip(), cell.place))
    return out


def _bare(cell: Cell) -> str:
    return _WORDS["unit"].sub("", _WORDS["numbering"].sub("", fold(cell.text)))


def _only(labelled: dict[str, list[_Printed]], cell: re.Pattern[str]) -> _Printed | None:
    """The number of a label, where it is the same wherever it stands."""
    found = [x for label, printed in labelled.items() if cell.fullmatch(label) for x in printed]
    return found[0] if found and len({x.number for x in found}) == 1 else None


# ---- cars ------------------------------------------------------------------------------------------


@rule("counts.vehicles")
def vehicles(case: Case) -> Iterator[Issue]:
    """All cars in a table against its rows of kinds right below; what the text sets right is told there."""
    for whole, parts in _sums(case):
        found = sum(x.number for x in parts.values())
        if found != whole.number and _corrected(case, whole, parts) is None:
            places = ((x.text, x.place) for x in parts.values() if x.number)
            yield issue_at("counts.vehicles", whole.text, whole.place, *places, whole=whole.text, found=found)


def _sums(case: Case) -> Iterator[tuple[_Printed, dict[str, _Printed]]]:
    """All cars of each table, with its kinds of cars by label."""
    known = vehicle_words()
    for table in case.document.tables():
        if not any("车" in c.text for c in table.cells):
            continue
        column = _rows(table)
        for at, (label, whole) in enumerate(column):
            if not known.total.fullmatch(label) or whole is None:
                continue
            parts: dict[str, _Printed] = {}
            for below, count in column[at + 1 :]:
                if count is None or not known.kind.fullmatch(below) or below in parts:
                    break
                parts[below] = count
            if len(parts) >= _LEAST_KINDS:
                yield whole, parts


def _corrected(case: Case, whole: _Printed, parts: Mapping[str, _Printed]) -> Place | None:
    """The one kind of cars of which the text has another number, if with that the sum holds."""
    found = sum(x.number for x in parts.values())
    for one in statistics():
        for label, printed in parts.items():
            if found == whole.number or not one.cell.fullmatch(label):
                continue
            said = {
                int(m.group("n"))
                for p in case.passages
                for m in one.text.finditer(p.text)
                if _meant(case, one, p, m)
            }
            if len(said) == 1 and found - printed.number + said.pop() == whole.number:
                return printed.place
    return None


def _rows(table: Table) -> list[tuple[str, _Printed | None]]:
    """The labels of each panel of a table in order, each with its number where it has exactly one."""
    grid = table.grid()
    lines = {k for row in grid[:_HEAD] for k, c in enumerate(row) if c is not None and fold(c.text) in _LINES}
    panels: dict[int, list[tuple[str, _Printed | None]]] = {}
    for row in grid:
        label, at, numbers = "", -1, list[_Printed]()
        for k, cell in [*_filled_cells(row, lines), (len(row), None)]:
            if cell is not None and (number := _count(cell)):
                numbers.append(number)
                continue
            if label:
                panels.setdefault(at, []).append((label, numbers[0] if len(numbers) == 1 else None))
            label, at, numbers = (_bare(cell), k, []) if cell is not None else ("", k, [])
    return [x for at in sorted(panels) for x in panels[at]]


def _filled_cells(row: Sequence[Cell | None], lines: Collection[int]) -> Iterator[tuple[int, Cell]]:
    """The cells of a row that say something, each once, without the columns of line numbers."""
    for k, cell in enumerate(row):
        merged = k > 0 and cell is row[k - 1]
        if cell is not None and k not in lines and not merged and fold(cell.text) not in _BLANK:
            yield k, cell


def _count(cell: Cell) -> _Printed | None:
    """The number of a cell that holds nothing else."""
    text = fold(cell.text).replace(",", "")
    return (
        _Printed(int(text.partition(".")[0]), cell.text.strip(), cell.place)
        if _COUNT.fullmatch(text)
        else None
    )


@rule("counts.stock", each_file=True)
def stock(case: Case) -> Iterator[Issue]:
    """More official cars kept by appropriations than there are cars altogether."""
    owned = [
        (p, m)
        for p in case.passages
        for m in vehicle_words().owned.finditer(p.text)
        if _own(case, p, m.start())
    ]
    if len({int(m.group("n")) for _, m in owned}) != 1 or not int(owned[0][1].group("n")):
        return
    q, n = owned[0]
    kept = next(s.text for s in statistics())
    for p in case.passages:
        for m in kept.finditer(p.text):
            if int(m.group("n")) > int(n.group("n")) and _own(case, p, m.start()):
                there = (q.verbatim(n.start(), n.end()).strip(), q.place(n.start()))
                words = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("counts.stock", words, p.place(m.start("n")), there, owned=there[0])
                return


@rule("counts.bought", each_file=True)
def bought(case: Case) -> Iterator[Issue]:
    """Cars that were bought, though every number of what buying them cost is nothing."""
    cells = ((f, v.places[at]) for v in case.views for at, f in v.cells.items())
    cost = [
        (f, f.amount)
        for f, at in cells
        if at.item == "car_purchase" and at.version != "previous" and f.amount is not None
    ]
    if not cost or any(amount.value for _, amount in cost):
        return
    first = cost[0][0]
    for p in case.passages:
        for m in vehicle_words().bought.finditer(p.text):
            if not p.heading and _bought_now(p, m, case) and int(m.group("n") or m.group("m")):
                words = p.verbatim(m.start(), m.end()).strip()
                yield issue_at("counts.bought", words, p.place(m.start()), (first.text, first.place))
                return


def _bought_now(p: Passage, m: re.Match[str], case: Case) -> bool:
    """In the year of the document, and no denial."""
    clause = re.split("[。;,]", p.text[max(0, m.start() - _BEFORE) : m.start()])[-1]
    years = _YEAR.findall(p.text[: m.start()].split("。")[-1])[-1:]
    return all(int(y) == case.year for y in years) and not vehicle_words().not_bought.search(clause)
