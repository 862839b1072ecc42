"""Lists as Excel and CSV files for people; what others wrote into them never becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

_HEAD = PatternFill("solid", fgColor="1F3A5F")
_CELL = Alignment(vertical="top", wrap_text=True)
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheet programs take for the beginning of a formula (OWASP, CSV injection)."""
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")
_CODE = re.compile(r"0\d+|\d{12,}")
"""Codes of which Excel would take away zeros, or show 3.2E+17; after a tab it leaves them alone."""
_LONGEST_CELL = 32_000
_SHOWN, _DIGITS = 11, 15
_WIDEST = 60
_PIECE = 64 * 1024
"""Characters."""

Value = str | int | Decimal | date | bool | None


def write_sheet(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """An .xlsx of one sheet: str stays text, int and Decimal are numbers, dates are dates, None is blank."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\']", " ", _plain(title)).strip()[:31] or "清单"
    widths = [_wide(h) + 2 for h in headers]
    for c, name in enumerate(headers, start=1):
        cell = put(sheet, 1, c, name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    last = 1
    for last, row in enumerate(rows, start=2):
        for c, value in enumerate(row, start=1):
            cell = put(sheet, last, c, value)
            cell.alignment = _CELL
            if c <= len(widths):
                widths[c - 1] = max(widths[c - 1], min(_WIDEST, _wide(cell_text(value)) + 2))
    for c, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(c)].width = width
    sheet.freeze_panes = "A2"
    if headers:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{max(2, last)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(sheet: Any, r: int, c: int, value: object) -> Any:
    """A value into a cell: what others wrote stays a text."""
    cell = sheet.cell(r, c)
    if value is None or value == "":
        return cell
    if isinstance(value, bool):
        cell.value = "是" if value else "否"
    elif isinstance(value, int | Decimal):
        _put_number(cell, value)
    elif isinstance(value, datetime):
        cell.value = value.replace(tzinfo=None)
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
    else:
        text = _plain(str(value))[:_LONGEST_CELL]
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(_STARTS)  # stays a text also when someone edits the cell
    return cell


def _put_number(cell: Any, value: int | Decimal) -> None:
    """A number with all its digits: by itself Excel shows eleven characters, and holds fifteen digits."""
    text = f"{value:f}"
    whole, _, part = text.lstrip("-").partition(".")
    if len((whole + part).strip("0")) > _DIGITS:
        cell.value, cell.data_type = text, "s"
        return
    cell.value = value
    if len(text) > _SHOWN:
        cell.number_format = f"0.{'0' * len(part)}" if part else "0"


def csv_pieces(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The same list as CSV in UTF-8 with its mark, as Excel opens it, piece by piece so that none is too long for the
    memory; a text like a formula gets an apostrophe, a code of digits that Excel would spoil a tab."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    for row in chain([headers], rows):
        writer.writerow([_safe(value) for value in row])
        if out.tell() > _PIECE:
            yield out.getvalue().encode("utf-8", "replace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8", "replace")


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """All of ``csv_pieces`` in one."""
    return b"".join(csv_pieces(headers, rows))


def _safe(value: object) -> str:
    text = _plain(cell_text(value))[:_LONGEST_CELL]
    if isinstance(value, str) and text.startswith(_STARTS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return "\t" + text if isinstance(value, str) and _CODE.fullmatch(text) else text


def cell_text(value: object) -> str:
    """A value as its cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def _plain(text: str) -> str:
    """Without the characters that XML and spreadsheets refuse."""
    return _REFUSED.sub("", text)


def _wide(text: str) -> int:
    """Its widest line in columns of a sheet; a Chinese character takes two."""
    return max((sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in text.split("\n")), default=0)
