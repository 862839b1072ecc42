"""Self-assessments that were filled in on projects, written into the workbook from which accounts are drafted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from yibenzhang.drafting.cells import _EXAMPLE
from yibenzhang.drafting.schema import Sheet, schema
from yibenzhang.drafting.workbook import _safe
from yibenzhang.office.spreadsheets import put
from yibenzhang.projects.method import Method
from yibenzhang.projects.performing import Line, assessed
from yibenzhang.projects.records import Record
from yibenzhang.projects.scoring import Reason
from yibenzhang.recognising.indicators import target_of

_SIGNS = {"=": "＝", ">": "≥", "<": "≤", "": "≥"}


def fill(
    workbook: Path, records: Sequence[Record], method: Method, out: Path, money: Decimal = Decimal(1)
) -> list[str]:
    """Write the budgets, goals and indicators of the records into the rows of their projects; the names of those that
    were filled. A project is known by its code, or its name; ``money``: how many 元 the workbook's unit is. What the
    workbook says of these projects' indicators is replaced, everything else stays. Raises KeyError where the workbook
    has no such sheets, OSError, and ReadingError for a file that is none."""
    _safe(workbook.read_bytes())
    book = load_workbook(workbook)
    sheets = {s.id: s for s in schema().sheets}
    listed, columns = _columns(book, sheets["projects"])
    named = list(_named(listed, columns))
    filled: dict[str, Record] = {}
    for row, code, name in named:
        record = next((r for r in records if r.code and r.code == code), None)
        record = record or next((r for r in records if r.name == name), None)
        if record is None:
            continue
        filled[code] = record
        if record.budget and "budget" in columns:
            put(listed, row, columns["budget"], Decimal(record.budget) / money)
        if record.words.get("goal"):
            put(listed, row, columns["goal"], record.words["goal"])
    if filled:
        _indicators(book, sheets["indicators"], filled, method)
    book.save(out)
    return [r.name for r in filled.values()]


def _columns(book: Any, sheet: Sheet) -> tuple[Any, dict[str, int]]:
    """The sheet and its columns by field; raises KeyError where there is none."""
    found = book[sheet.name]
    titles = {str(c.value or "").strip(): c.column for c in found[1]}
    return found, {c.field: titles[c.title] for c in sheet.columns if c.title in titles}


def _named(sheet: Any, columns: Mapping[str, int]) -> Iterator[tuple[int, str, str]]:
    """The rows of projects with code and name; the example row is none."""
    for row in range(2, sheet.max_row + 1):
        code = str(sheet.cell(row, columns["code"]).value or "").strip()
        if code and not _is_example(sheet, row):
            yield row, code, str(sheet.cell(row, columns["name"]).value or "").strip()


def _is_example(sheet: Any, row: int) -> bool:
    return any(c.value == _EXAMPLE for c in sheet[row])


def _indicators(book: Any, sheet: Sheet, filled: Mapping[str, Record], method: Method) -> None:
    found, columns = _columns(book, sheet)
    kept = []
    for row in range(2, found.max_row + 1):
        values = [c.value for c in found[row]]
        project = str(found.cell(row, columns["project"]).value or "").strip()
        if any(v is not None for v in values) and (_is_example(found, row) or project not in filled):
            kept.append(values)
        for c in found[row]:
            c.value = None
    at = 2
    for values in kept:
        for n, value in enumerate(values, start=1):
            found.cell(at, n).value = value
        at += 1
    for code, record in filled.items():
        for line in assessed(record, method).lines[1:]:
            for field, value in _cells(code, line).items():
                if field in columns:
                    put(found, at, columns[field], value)
            at += 1


def _cells(code: str, line: Line) -> dict[str, str | Decimal]:
    """An indicator as the workbook wants it: a number with its sign and unit, or words with their grade and share."""
    result = line.result
    assert result is not None
    common: dict[str, str | Decimal] = {
        "project": code,
        "level1": result.level1,
        "level2": result.level2,
        "name": result.name,
        "weight": line.weight,
    }
    aim, reached = target_of(result.target), target_of(result.actual)
    if (
        aim is not None
        and (reached is not None or not result.actual)
        and line.points.reason is not Reason.WORDS
    ):
        number = f"{reached.number:f}" if reached is not None else ""
        sign = _SIGNS.get(aim.sign, aim.sign)
        return {**common, "direction": sign, "target": f"{aim.number:f}", "unit": aim.unit, "reached": number}
    share = line.given if line.given is not None else line.points.high
    percent = (
        (100 * share / line.weight).quantize(Decimal("0.01")) if share is not None and line.weight else None
    )
    quality = _quality(percent)
    more: dict[str, str | Decimal] = {"share": percent} if percent is not None else {}
    return {
        **common,
        "target": result.target,
        "reached": result.actual,
        **({"quality": quality} if quality else {}),
        **more,
    }


def _quality(percent: Decimal | None) -> str:
    """The word of the workbook for a share of the points."""
    words = tuple(schema().choices["quality"])
    if percent is None:
        return ""
    return words[0] if percent >= 80 else words[1] if percent >= 60 else words[2]


def unit_of(workbook: Path) -> Decimal:
    """How many 元 the amounts of the workbook are counted in."""
    sheet = next(s for s in schema().sheets if s.id == "about")
    book = load_workbook(workbook, read_only=True)
    try:
        titles = {c.title: c.field for c in sheet.columns}
        for row in book[sheet.name].iter_rows(values_only=True):
            if row and titles.get(str(row[0] or "").strip()) == "money":
                return Decimal(10000) if row[1] == "万元" else Decimal(1)
    except (KeyError, InvalidOperation, IndexError):
        pass
    finally:
        book.close()
    return Decimal(1)
