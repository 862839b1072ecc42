"""A roster of who must publish what by when, from Excel or CSV as bureaus keep them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from yibenzhang.documents import ReadingNotice
from yibenzhang.office.roster_lines import DEPARTMENT, UNIT, Line, RosterRow, read_lines
from yibenzhang.office.spreadsheets import write_csv, write_sheet
from yibenzhang.reading.kinds import OLE, ZIP, Kind, ole_kind, zip_kind
from yibenzhang.reading.limits import MAX_ROSTER_BYTES, MAX_ROSTER_ROWS, ReadingError
from yibenzhang.reading.packages import Package
from yibenzhang.reading.sheets import Budget, Sheet, Value
from yibenzhang.reading.text import decode
from yibenzhang.reading.workbooks import xls_sheets, xlsx_sheets
from yibenzhang.standards import fold

__all__ = ["RosterRead", "RosterRow", "read_roster", "roster_template", "write_csv", "write_sheet"]


@dataclass(frozen=True, slots=True)
class RosterRead:
    """The bodies in their order, and one sentence for everything that was not read as it stands."""

    rows: tuple[RosterRow, ...]
    problems: tuple[str, ...]


def read_roster(data: bytes) -> RosterRead:
    """The roster in an .xlsx, .xls or CSV file. Raises ReadingError where it holds no list of bodies."""
    if not data.strip():
        raise ReadingError("文件是空的，没有任何内容。")
    if len(data) > MAX_ROSTER_BYTES:
        raise ReadingError(f"名单文件超过 {MAX_ROSTER_BYTES // 1024 // 1024} MB，不予读取。")
    sheets = _sheets(data)
    if sum(len({r for r, _ in s.values}) for s in sheets) > MAX_ROSTER_ROWS:
        raise ReadingError(f"名单超过 {MAX_ROSTER_ROWS} 行，不予读取；请确认是不是传错了文件。")
    problems: list[str] = []
    out: list[RosterRow] = []
    found = False
    for sheet in sheets:
        where = f"工作表“{sheet.name}”" if len(sheets) > 1 else ""
        lines = read_lines(sheet, where, problems)
        found = found or lines is not None
        out.extend(_settled(lines or [], problems))
    if not found:
        raise ReadingError("没有找到“单位名称”一栏；请按模板整理名单，第一行写栏名，每行一个单位。")
    rows = _once(out, problems)
    if not rows:
        raise ReadingError("名单里只有栏名，没有一个单位。")
    return RosterRead(tuple(rows), tuple(problems))


# ---- the file ------------------------------------------------------------------------------


def _sheets(data: bytes) -> list[Sheet]:
    notices: list[ReadingNotice] = []
    if data.startswith(ZIP):
        package = Package(data)
        if zip_kind(package) != Kind.XLSX:
            raise ReadingError("这不是 Excel 工作簿；名单请用 .xlsx、.xls 或 CSV。")
        return xlsx_sheets(package, notices, dated=True)[0]
    if data.startswith(OLE):
        if ole_kind(data) != Kind.XLS:
            raise ReadingError("这不是 Excel 工作簿；名单请用 .xlsx、.xls 或 CSV。")
        return xls_sheets(data, dated=True)[0]
    if data.startswith(b"%PDF"):
        raise ReadingError("这是 PDF 文件；名单请用 .xlsx、.xls 或 CSV。")
    text = decode(data)
    head = text[:20_000]
    comma = max(",\t;，", key=head.count)
    sheet, budget = Sheet(""), Budget()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        for r, cells in enumerate(reader, start=1):
            if r > MAX_ROSTER_ROWS * 2:  # blank lines do not count as bodies, yet are not read without end
                raise ReadingError(f"名单超过 {MAX_ROSTER_ROWS} 行，不予读取；请确认是不是传错了文件。")
            for c, words in enumerate(cells, start=1):
                if words.strip():
                    sheet.values[r, c] = Value(budget.spend(words))
    except csv.Error as error:
        raise ReadingError(f"第 {reader.line_num} 行不是正常的 CSV，不予读取；请另存一份再试。") from error
    return [sheet]


# ---- the whole list ------------------------------------------------------------------------


def _settled(lines: list[Line], problems: list[str]) -> Iterator[RosterRow]:
    """Parents and levels, from whatever the list tells them by."""
    by_name = {fold(x.row.name): x.row.name for x in reversed(lines)}
    by_code = {x.row.code: x.row.name for x in reversed(lines) if x.row.code}
    parents = [x.row.parent or by_code.get(x.parent_code, "") for x in lines]
    if not any(parents):
        parents = _by_depth(lines) or [_by_code(x.row, by_code) for x in lines]
    some = any(p and fold(p) != fold(x.row.name) for p, x in zip(parents, lines, strict=True))
    strange: dict[str, list[str]] = {}
    for parent, x in zip(parents, lines, strict=True):
        row, level = x.row, x.row.level
        own = re.sub(r"[(（]?本级[)）]?$", "", row.name)
        if own != row.name:
            level = level or UNIT
            parent = parent or by_name.get(fold(own), "")
        elif fold(parent) == fold(row.name):
            level = level or DEPARTMENT
        if level == DEPARTMENT and fold(parent) == fold(row.name):
            parent = ""
        level = level or (UNIT if parent else DEPARTMENT if some else "")
        if parent and fold(parent) not in by_name:
            strange.setdefault(parent, []).append(x.where)
        yield replace(row, parent=by_name.get(fold(parent), parent), level=level)
    for parent, where in strange.items():
        more = f"等 {len(where)} 行" if len(where) > 1 else ""
        problems.append(f"{where[0]}{more}的主管部门“{parent}”在名单里没有自己的一行；它也要公开的，请补上。")


def _by_depth(lines: list[Line]) -> list[str]:
    """The parents by indentation; empty where all names begin at one depth or the first is set in."""
    depths = [x.depth for x in lines]
    if not depths or len(set(depths)) == 1 or depths[0] != min(depths):
        return []
    out: list[str] = []
    above: list[Line] = []
    for x in lines:
        while above and above[-1].depth >= x.depth:
            above.pop()
        out.append(above[-1].row.name if above else "")
        above.append(x)
    return out


def _by_code(row: RosterRow, by_code: dict[str, str]) -> str:
    """Budget codes grow by level: 101 is the department of 101002."""
    if not re.fullmatch(r"\d{5,12}", row.code):
        return ""
    return next(
        (by_code[row.code[:n]] for n in range(len(row.code) - 2, 2, -1) if row.code[:n] in by_code), ""
    )


def _once(rows: Iterable[RosterRow], problems: list[str]) -> list[RosterRow]:
    """Every body once. Two of one name stay where their level, parent or code tells them apart."""
    out: list[RosterRow] = []
    seen: dict[tuple[str, str, str], RosterRow] = {}
    codes: dict[tuple[str, str], RosterRow] = {}
    for row in rows:
        name, parent = fold(row.name), fold(row.parent)
        key = (name, row.level, "" if parent == name else parent)
        first = seen.get(key)
        if first and not (first.code and row.code and first.code != row.code):
            problems.append(f"第 {row.line} 行的“{row.name}”与第 {first.line} 行重复，只读入前一行。")
            continue
        if first:
            problems.append(
                f"第 {row.line} 行与第 {first.line} 行都是“{row.name}”而编码不同，两行都已读入，请核对。"
            )
        same = codes.get((row.code, row.level)) if row.code else None
        if same and same.name != row.name:
            problems.append(
                f"第 {row.line} 行的编码 {row.code} 与第 {same.line} 行“{same.name}”相同，两行都已读入，请核对。"
            )
        seen.setdefault(key, row)
        codes.setdefault((row.code, row.level), row)
        out.append(row)
    return out


# ---- the template --------------------------------------------------------------------------

_TEMPLATE = (
    ("单位名称", 34), ("单位编码", 14), ("级次", 8), ("主管部门", 30), ("简称", 18), ("批复日期", 13),
    ("截止日期", 13), ("公开日期", 13), ("公开网址", 34), ("联系人", 10), ("电话", 15),
)  # fmt: skip
_EXAMPLE_ROW: tuple[object, ...] = (
    "示例：云岭市青禾区公共数据中心", "218002", "单位", "云岭市青禾区数据局", "数据中心、区数据中心", date(2026, 1, 30),
    date(2026, 2, 19), None, "https://www.example.cn/2026/0219.html", "沈某某", "0800-1234567",
)  # fmt: skip
_HELP = (
    "一、每行一个应公开的单位，只有“单位名称”必填；栏的次序可以变，用不着的栏可以删。",
    "二、部门公开汇总的，级次填“部门”；部门本级和所属单位各占一行，级次填“单位”，主管部门填部门的名称。",
    "三、截止日期空着的，按批复日期后 20 日算；两个都空着的，导入时再定。",
    "四、简称、曾用名、加挂的牌子填在“简称”一栏，用顿号隔开，认文件时用得上。",
    "五、以“示例”开头的一行不读入，可以留着。",
)


def roster_template() -> bytes:
    """An .xlsx to fill in, with an example line that is not read."""
    book = load_workbook(io.BytesIO(write_sheet("单位名单", [n for n, _ in _TEMPLATE], [_EXAMPLE_ROW])))
    sheet: Any = book["单位名单"]
    for c, (_, width) in enumerate(_TEMPLATE, start=1):
        sheet.column_dimensions[sheet.cell(1, c).column_letter].width = width
        sheet.cell(2, c).font = Font(color="808080", italic=True)
    for r in range(3, 503):
        sheet.cell(r, 2).number_format = "@"  # codes keep their leading zeros
        for c in (6, 7, 8):
            sheet.cell(r, c).number_format = "yyyy-mm-dd"
    levels = DataValidation(type="list", formula1='"部门,单位"', allow_blank=True)
    levels.add("C2:C502")
    sheet.add_data_validation(levels)
    sheet.auto_filter.ref = None
    notes: Any = book.create_sheet("填写说明")
    notes.column_dimensions["A"].width = 100
    for r, line in enumerate(_HELP, start=1):
        notes.cell(r, 1, line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
