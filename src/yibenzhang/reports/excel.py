"""The 问题清单: one row per finding, made to be sorted, filtered and sent back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from yibenzhang.balance.coverage import Coverage
from yibenzhang.checking.extent import over, share
from yibenzhang.model.issues import Severity
from yibenzhang.model.text import shown
from yibenzhang.reports.about import About, places, suspects
from yibenzhang.reports.found import FoundFile, FoundGroup, failure, worst_first
from yibenzhang.reports.words import SEVERITY, STAGE, first_line, group_result, tables_of
from yibenzhang.reports.writing import write
from yibenzhang.standards import Standards

_FINDINGS = (
    ("序号", 5), ("文件", 15), ("单位", 14), ("程度", 6), ("问题", 50), ("位置", 17), ("印数", 14), ("应为", 14),
    ("相差", 13), ("计量单位", 6), ("核实情况", 8), ("整改结果", 8),
    ("年度", 7), ("类型", 7), ("表", 26), ("行", 24), ("栏", 14), ("可能有误的数", 50), ("算式", 60), ("规则", 24),
    ("依据", 40), ("标识", 18),
)  # fmt: skip
"""Columns with their widths in characters; the first twelve are printed."""
_PRINTED = 12
_AMOUNTS = (7, 8, 9)
_MISSING = (("文件", 20), ("未能核对的内容", 34), ("表", 34), ("原因", 60))
_FILES = (
    ("文件", 30), ("核对情况", 54), ("单位", 24), ("年度", 6), ("类型", 6), ("错误", 6), ("疑问", 6), ("提示", 6),
    ("未能核对", 6), ("数字", 8), ("已印证 %", 8), ("已印证", 8), ("有矛盾", 8), ("无可比对", 8), ("零，不计", 8),
    ("sha256", 68),
)  # fmt: skip
_FILES_PRINTED = 11
_SECTIONS = (
    ("文件", 28), ("表或章节", 50), ("数字", 9), ("已印证", 9), ("有矛盾", 9), ("无可比对", 9), ("零，不计", 9),
    ("已印证 %", 9),
)  # fmt: skip
_MOST_SHEETS = 200
"""Of more bodies than this only the whole list is written; it can be filtered by body."""
_HEAD = PatternFill("solid", fgColor="1F3A5F")
_FACE = "Microsoft YaHei"
_BODY = Font(name=_FACE, size=11)
_LINE = 15.5
"""Points of a line of type."""
_SIDE = Side("thin", "C9D0D8")
_LINES = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FILL = {"错误": "FBE3E1", "疑问": "FFF4D6", "提示": "E6F1FA"}


def write_excel(
    path: Path,
    results: Sequence[FoundFile],
    standards: Standards,
    groups: Sequence[FoundGroup] = (),
    about: About | None = None,
) -> None:
    """The files, the findings (also by body where there are several), what was not checked, the tables.

    Raises OSError; what stood there before then stands there still.
    """
    book = Workbook()
    line = (about or About()).line
    findings = book.active
    assert isinstance(findings, Worksheet)
    findings.title = "问题清单"
    results = worst_first(results)
    rows = _found(results, groups)
    _findings(findings, rows, line)
    summary = book.create_sheet("文件汇总", 0)
    _sheet(summary, _FILES, [*map(_file, results), *map(_whole, groups)], line, printed=_FILES_PRINTED)
    bodies = list(dict.fromkeys(str(row[2]) for row in rows if row[2]))
    names = {s.lower() for s in (*book.sheetnames, "未能核对", "各表")}
    for body in bodies if 1 < len(bodies) <= _MOST_SHEETS else ():
        of_body = [row for row in rows if row[2] == body]
        _findings(book.create_sheet(_named(body, names)), of_body, line)
    missing = [row for r in results for row in _missing(r, standards)]
    _sheet(book.create_sheet("未能核对"), _MISSING, missing, line)
    sections: list[list[object]] = [
        [Path(r.path).name, name, *_counts(s)] for r in results if r.found for name, s in r.found.sections
    ]
    _sheet(book.create_sheet("各表"), _SECTIONS, sections, line)
    book.active = 0
    write(path, book.save)


def _named(body: str, taken: set[str]) -> str:
    """A name for a body's sheet: at most 31 characters, none that Excel refuses, no name twice."""
    plain = "".join(c for c in shown(body) if c not in "[]:*?/\\'").strip()[:28] or "单位"
    name, k = plain, 1
    while name.lower() in taken:
        k += 1
        name = f"{plain[:26]}({k})"
    taken.add(name.lower())
    return name


def _found(results: Sequence[FoundFile], groups: Sequence[FoundGroup]) -> list[list[object]]:
    """A row a finding, in the order they are told."""
    out: list[list[object]] = []
    whose = [(Path(r.path).name, r.found.profile, r.found.findings) for r in results if r.found]
    whose += [("、".join(g.names), g.profile, g.findings) for g in groups]
    for name, p, found in whose:
        for f in found:
            e = f.evidence[0] if f.evidence else None
            out.append(
                [
                    len(out) + 1,
                    name,
                    p.body,
                    SEVERITY[f.severity],
                    f.message,
                    "\n".join(places(f, 3)),
                    f.reported,
                    f.expected,
                    f.difference,
                    f.unit,
                    "",
                    "",
                    p.fiscal_year or "",
                    STAGE[p.stage],
                    e.table_name if e else "",
                    e.row if e else "",
                    e.column if e else "",
                    "\n".join(suspects(f)),
                    "\n".join(b.arithmetic for b in f.broken[:5]),
                    f.rule,
                    "；".join(f.basis),
                    f.key,
                ]
            )
    return out


def _findings(sheet: Worksheet, rows: list[list[object]], line: str) -> None:
    _sheet(sheet, _FINDINGS, rows, line, _AMOUNTS, _PRINTED)
    for row in sheet.iter_rows(min_row=2, max_row=max(2, len(rows) + 1)):
        if fill := _FILL.get(str(row[3].value)):
            row[3].fill = PatternFill("solid", fgColor=fill)


def _missing(result: FoundFile, standards: Standards) -> list[list[object]]:
    name = Path(result.path).name
    if result.found is None:
        return [[name, "整个文件", "", result.error]]
    out: list[list[object]] = []
    for n in result.found.not_checked:
        rule = standards.rule_by_id.get(n.rule)
        out.append([name, rule.name if rule else "全部加总", tables_of(result.found, [n]), n.reason])
    return out


def _file(result: FoundFile) -> list[object]:
    c = result.found
    if c is None:
        return [result.path, f"{failure(result)}：{result.error}", *[""] * (len(_FILES) - 2)]
    p, count = c.profile, Counter(f.severity for f in c.findings)
    numbers, *others, share_ = _counts(c.coverage)
    return [
        result.path,
        first_line(c, result.left_out),
        p.body,
        p.fiscal_year or "",
        STAGE[p.stage],
        *(count[s] for s in Severity),
        len(c.not_checked),
        numbers,
        share_,
        *others,
        c.sha256,
    ]


def _whole(group: FoundGroup) -> list[object]:
    p, count = group.profile, Counter(f.severity for f in group.findings)
    numbers, *others, share_ = _counts(group.found.coverage) if group.found else [""] * 6
    return [
        "同一份公开：" + "、".join(group.names),
        group_result(group),
        p.body,
        p.fiscal_year or "",
        STAGE[p.stage],
        *(count[s] for s in Severity),
        "",
        numbers,
        share_,
        *others,
        "",
    ]


def _counts(c: Coverage) -> list[object]:
    return [c.numbers, c.proved, c.contradicted, c.alone, c.trivial, share(c) if over(c) else ""]


def _sheet(
    sheet: Worksheet,
    columns: tuple[tuple[str, int], ...],
    rows: list[list[object]],
    line: str,
    numbers: tuple[int, ...] = (),
    printed: int = 0,
) -> None:
    """Fill a sheet; ``numbers``: columns of amounts; ``printed``: so many columns go on paper, 0 for all."""
    for c, (name, width) in enumerate(columns, start=1):
        cell: Any = sheet.cell(1, c, name)
        cell.font = Font(name=_FACE, bold=True, color="FFFFFF", size=11)
        cell.fill = _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _LINES
        sheet.column_dimensions[get_column_letter(c)].width = width
    for r, row in enumerate(rows, start=2):
        for c, value in enumerate(row, start=1):
            _cell(sheet.cell(r, c), value, c in numbers)
        sheet.row_dimensions[r].height = _height(row[: printed or None], columns)
    sheet.row_dimensions[1].height = 2 * _LINE + 2
    last = max(2, len(rows) + 1)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.sheet_view.zoomScale = 100
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.25, footer=0.25)
    sheet.print_title_rows = "1:1"
    sheet.print_area = f"A1:{get_column_letter(printed or len(columns))}{last}"
    footer: Any = sheet.oddFooter
    footer.left.text = line.replace("&", "&&")
    footer.right.text = "&P / &N"


def _height(row: Sequence[object], columns: Sequence[tuple[str, int]]) -> float:
    """Points a row needs for its texts in the columns' widths, at most what Excel allows."""
    most = 1
    for value, (_, width) in zip(row, columns, strict=False):
        if isinstance(value, str):
            lines = (sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in value.split("\n"))
            most = max(most, sum(max(1, -(-wide // max(width - 2, 1))) for wide in lines))
    return min(_LINE * most + 2, 409.0)


def _cell(cell: Any, value: object, amount: bool) -> None:
    if amount and value:
        # shown as a number, stored exactly as decided: Excel's own floats hold 15 digits
        cell.value = float(str(value))
        decimals = len(str(value).partition(".")[2])
        cell.number_format = "#,##0." + "0" * decimals if decimals else "#,##0"
    else:
        cell.value = shown(value) if isinstance(value, str) else value
        if isinstance(value, str):
            cell.data_type = "s"  # a text that begins with "=" is a text
    cell.font = _BODY
    cell.border = _LINES
    cell.alignment = Alignment(vertical="top", wrap_text=True)
