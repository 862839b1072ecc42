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

from yibenzhang.model.documents import ReadingNotice
from yibenzhang.office.naming import Index, Named
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


_MOST_PROBLEMS = 200


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
    sheets = sheets_of(data)
    if sum(len({r for r, _ in s.values}) for s in sheets) > MAX_ROSTER_ROWS:
        raise ReadingError(f"名单超过 {MAX_ROSTER_ROWS} 行，不予读取；请确认是不是传错了文件。")
    problems: list[str] = []
    read: list[list[Line]] = []
    found = False
    for sheet in sheets:
        where = f"工作表“{sheet.name}”" if len(sheets) > 1 else ""
        lines = read_lines(sheet, where, problems)
        found = found or lines is not None
        read.append(lines or [])
    if not found:
        raise ReadingError("没有找到“单位名称”一栏；请按模板整理名单，第一行写栏名，每行一个单位。")
    rows = _once(_settled(read, problems), problems)
    if not rows:
        raise ReadingError("名单里只有栏名，没有一个单位。")
    if len(problems) > _MOST_PROBLEMS:
        more = len(problems) - _MOST_PROBLEMS
        problems[_MOST_PROBLEMS:] = [f"另有 {more} 处，没有逐一列出；请先改正上面的，再导入一次。"]
    return RosterRead(tuple(rows), tuple(problems))


# ---- the file ------------------------------------------------------------------------------


def sheets_of(data: bytes) -> list[Sheet]:
    """The sheets of an .xlsx, .xls or CSV file. Raises ReadingError."""
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


def _settled(sheets: list[list[Line]], problems: list[str]) -> Iterator[Line]:
    """Parents and levels, from whatever the list tells them by; a parent may stand on another sheet."""
    lines = [x for sheet in sheets for x in sheet]
    by_name = {fold(x.row.name): x.row.name for x in reversed(lines)}
    parents = _spelt(_parents(sheets), lines, by_name)
    some = any(p and fold(p) != fold(x.row.name) for p, x in zip(parents, lines, strict=True))
    strange: dict[str, list[str]] = {}
    for parent_name, x in zip(parents, lines, strict=True):
        parent, level = _standing(x.row, parent_name, by_name)
        level = level or (UNIT if parent else DEPARTMENT if some else "")
        if parent and fold(parent) not in by_name:
            strange.setdefault(parent, []).append(x.where)
        yield replace(x, row=replace(x.row, parent=parent, level=level))
    for parent, where in strange.items():
        more = f"等 {len(where)} 行" if len(where) > 1 else ""
        problems.append(f"{where[0]}{more}的主管部门“{parent}”在名单里没有自己的一行；它也要公开的，请补上。")


def _parents(sheets: list[list[Line]]) -> list[str]:
    """The parents by what the list has: their names or codes, the indentation of names, or the bodies' own codes."""
    lines = [x for sheet in sheets for x in sheet]
    by_code = {x.row.code: x.row.name for x in reversed(lines) if x.row.code}
    stated = [x.row.parent or by_code.get(x.parent_code, "") for x in lines]
    if any(stated):
        return stated
    by_depth = [p for sheet in sheets for p in _by_depth(sheet)]
    return by_depth if any(by_depth) else [_by_code(x.row, by_code) for x in lines]


def _standing(row: RosterRow, parent: str, by_name: dict[str, str]) -> tuple[str, str]:
    """Parent and level of a body: what is called 本级 is a unit of that name's department; nobody stands under
    itself."""
    level = row.level
    own = re.sub(r"[(（]?本级[)）]?$", "", row.name)
    if own != row.name:
        level = level or UNIT
        parent = parent or by_name.get(fold(own), "")
    elif fold(parent) == fold(row.name):
        level = level or DEPARTMENT
    return "" if level == DEPARTMENT and fold(parent) == fold(row.name) else parent, level


def _spelt(parents: list[str], lines: list[Line], by_name: dict[str, str]) -> list[str]:
    """The parents as their own rows are spelt: 教育局 for 青禾区教育局, where it can be no other."""
    known = {p: by_name.get(fold(p), "") for p in parents if p}
    if not all(known.values()):
        rows = [x.row for x in lines]
        index = Index([Named(k, r.name, r.code, r.level, r.aliases) for k, r in enumerate(rows)])
        for p, name in known.items():
            if not name:
                found = index.exact(p, DEPARTMENT)
                sure = found is not None and found.id is not None and found.score == 1
                known[p] = rows[found.id].name if sure and found and found.id is not None else p
    return [known.get(p, p) for p in parents]


def _by_depth(lines: list[Line]) -> list[str]:
    """The parents by indentation; none where all names begin at one depth or the first is set in."""
    depths = [x.depth for x in lines]
    if not depths or depths[0] != min(depths):
        return [""] * len(lines)
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


def _once(lines: Iterable[Line], problems: list[str]) -> list[RosterRow]:
    """Every body once. Two of one name stay where their level, parent or code tells them apart."""
    out: list[RosterRow] = []
    seen: dict[tuple[str, str, str], Line] = {}
    codes: dict[tuple[str, str], Line] = {}
    for x in lines:
        row = x.row
        name, parent = fold(row.name), fold(row.parent)
        key = (name, row.level, "" if parent == name else parent)
        first = seen.get(key)
        if first and not (first.row.code and row.code and first.row.code != row.code):
            problems.append(f"{x.where}的“{row.name}”与{first.where}重复，只读入前一行。")
            continue
        if first:
            problems.append(f"{x.where}与{first.where}都是“{row.name}”而编码不同，两行都已读入，请核对。")
        same = codes.get((row.code, row.level)) if row.code else None
        if same and fold(same.row.name) != name:
            problem = f"与{same.where}“{same.row.name}”相同，两行都已读入，请核对。"
            problems.append(f"{x.where}的编码 {row.code} {problem}")
        seen.setdefault(key, x)
        codes.setdefault((row.code, row.level), x)
        out.append(row)
    return out


# ---- the template --------------------------------------------------------------------------

_TEMPLATE = (
    ("单位名称", 34),
    ("单位编码", 14),
    ("级次", 8),
    ("主管部门", 30),
    ("简称", 18),
    ("批复日期", 13),
    ("截止日期", 13),
    ("公开日期", 13),
    ("公开网址", 34),
    ("联系人", 10),
    ("电话", 15),
)
_EXAMPLE_ROW: tuple[object, ...] = (
    "示例：云岭市青禾区公共数据中心",
    "218002",
    "单位",
    "云岭市青禾区数据局",
    "数据中心、区数据中心",
    date(2026, 1, 30),
    date(2026, 2, 19),
    None,
    "https://www.example.cn/2026/0219.html",
    "沈某某",
    "0800-1234567",
)
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
