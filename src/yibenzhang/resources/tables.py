"""Tables of people (Excel, CSV) as rows of text, with their line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from yibenzhang.office.spreadsheets import write_csv, write_sheet
from yibenzhang.reading.kinds import OLE, ZIP, Kind, ole_kind, zip_kind
from yibenzhang.reading.limits import ReadingError
from yibenzhang.reading.packages import Package
from yibenzhang.reading.sheets import Sheet
from yibenzhang.reading.text import decode
from yibenzhang.reading.workbooks import xls_sheets, xlsx_sheets

__all__ = ["MOST_BYTES", "MOST_ROWS", "Sheeted", "sheets", "write_csv", "write_sheet"]

MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class Sheeted:
    """One sheet: its name, and its rows that are not empty with their numbers from 1."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def sheets(data: bytes) -> list[Sheeted]:
    """The visible sheets of an .xlsx, .xls or CSV file. Raises ReadingError."""
    if len(data) > MOST_BYTES:
        raise ReadingError(f"> {MOST_BYTES // 1024 // 1024} MB")
    if data.startswith(ZIP):
        package = Package(data)
        if zip_kind(package) != Kind.XLSX:
            raise ReadingError(".xlsx / .xls / .csv")
        return [_sheeted(s) for s in xlsx_sheets(package, [], dated=True)[0]]
    if data.startswith(OLE):
        if ole_kind(data) != Kind.XLS:
            raise ReadingError(".xlsx / .xls / .csv")
        return [_sheeted(s) for s in xls_sheets(data, dated=True)[0]]
    if data.startswith(b"%PDF"):
        raise ReadingError(".xlsx / .xls / .csv")
    return [Sheeted("", tuple(_separated(decode(data))))]


def _sheeted(sheet: Sheet) -> Sheeted:
    lines: dict[int, dict[int, str]] = {}
    for (r, c), value in sheet.values.items():
        if value.text.strip() and r not in sheet.hidden_rows:
            lines.setdefault(r, {})[c] = value.text.strip()
    return Sheeted(
        sheet.name,
        tuple(
            (r, tuple(cells.get(c, "") for c in range(1, max(cells) + 1)))
            for r, cells in sorted(lines.items())
        ),
    )


def _separated(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    comma = max(",\t;，", key=text[:20_000].count)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=comma)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise ReadingError(f"> {MOST_ROWS}")
            row = tuple(_bare(c) for c in cells)
            if any(row):
                yield number, row
    except csv.Error as error:
        raise ReadingError(f"CSV {reader.line_num}: {error}") from error


def _bare(cell: str) -> str:
    """Without what our own CSV puts before codes and what looks like a formula (``office.spreadsheets``)."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and len(text) > 1 and text[1] in "=+-@＝＋－＠" else text
