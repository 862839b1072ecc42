"""Codes in a column for each level: a class cell that is none, and items numbered in a row instead of by the
register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibenzhang.model.digits import whole_number
from yibenzhang.model.documents import Cell, Table
from yibenzhang.model.issues import Issue, arguments, issue_at
from yibenzhang.model.patterns import late
from yibenzhang.recognising.coded_rows import CodedRow
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.registers import Register, registers

_SPLIT = 4
"""So many rows must have their code in a column for each level."""
_SEQUENCE = 3
"""So many items that are numbered in a row must have other codes in the register."""
_DIGITS = late(r"\d{1,6}")
_PART = late(r"\d\d")
_MOST = 6


@dataclass(frozen=True, slots=True)
class _Broken:
    """A row whose class cell is no class: what is printed, what belongs there, the row above."""

    cell: Cell
    printed: str
    name: str
    right: str
    above: CodedRow


@rule("registers.class_cell")
def class_cells(case: Case) -> Iterator[Issue]:
    """A class printed as another number, where the item's name and the rows above say which it is."""
    for t in case.tables:
        for b in _broken(t.table.table, case.coded_rows[id(t.table.table)]):
            yield issue_at(
                "registers.class_cell",
                b.name,
                b.cell.place,
                (b.above.name, b.above.place),
                table=t.table.name,
                printed=b.printed,
                name=b.name,
                right=b.right,
            )


def _broken(table: Table, coded_rows: tuple[CodedRow, ...]) -> Iterator[_Broken]:
    rows: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(cell)
    coded = {r.row: r for r in coded_rows}
    cells = {k: sorted(found, key=lambda c: c.column) for k, found in rows.items()}
    split = sum(len(r.code) > 3 and _text(cells[k][0]) == r.code[:3] for k, r in coded.items())
    if split < _SPLIT:
        return
    above = None
    for k in sorted(cells):
        if k in coded:
            above = coded[k]
        elif above is not None and (found := _of_class([_text(c) for c in cells[k][:4]], above.code[:3])):
            yield _Broken(cells[k][0], *found, above.code[:3], above)


def _of_class(texts: Sequence[str], class_: str) -> tuple[str, str] | None:
    """The first cell of a row whose code begins with something else, and the item that it names of the class."""
    if len(texts) < 3 or not _DIGITS.fullmatch(texts[0]) or len(texts[0]) == 3:
        return None
    parts = [t for t in texts[1:3] if _PART.fullmatch(t)]
    name = texts[1 + len(parts)] if len(texts) > 1 + len(parts) else ""
    code = class_ + "".join(parts)
    if parts and any(e.code == code for e in registers().function.named(name)):
        return texts[0], name
    return None


def _text(cell: Cell) -> str:
    return "".join(cell.text.split())


@rule("registers.numbered")
def numbered(case: Case) -> Iterator[Issue]:
    """Economic items that are numbered 01, 02, 03 as they come, though their names have other codes."""
    for t in case.tables:
        groups: dict[str, list[CodedRow]] = {}
        for row in case.coded_rows[id(t.table.table)]:
            if len(row.code) == 5 and registers().classify(row.code) == "department_economic":
                groups.setdefault(row.code[:3], []).append(row)
        wrong = {c: _elsewhere(rows, registers().department_economic) for c, rows in groups.items()}
        if not any(len(wrong[c]) >= _SEQUENCE and _in_a_row(groups[c]) for c in groups):
            continue
        for code, found in wrong.items():
            if not found:
                continue
            first = found[0][0]
            items = tuple(arguments(name=r.name, code=r.code, right=right) for r, right in found[:_MOST])
            count = len(found) if len(found) > _MOST else None
            yield issue_at(
                "registers.numbered",
                first.name,
                first.place,
                *((r.name, r.place) for r, _ in found[1:]),
                table=t.table.name,
                upper=code,
                items=items,
                count=count,
            )


def _in_a_row(rows: list[CodedRow]) -> bool:
    """Numbered from 01 without a gap."""
    return [whole_number(r.code[3:]) for r in rows] == list(range(1, len(rows) + 1))


def _elsewhere(rows: list[CodedRow], register: Register) -> list[tuple[CodedRow, str]]:
    """Rows whose name is that of another item of the class, with the code it has."""
    out = []
    for row in rows:
        codes = {e.code for e in register.named(row.name) if e.code[:3] == row.code[:3] and len(e.code) == 5}
        if len(codes) == 1 and row.code not in codes:
            out.append((row, codes.pop()))
    return out
