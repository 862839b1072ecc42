"""The 问题清单: one row per finding, made to be sorted, filtered and sent back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from yibenzhang.balance.coverage import Coverage
from yibenzhang.batch import FileResult, failure
from yibenzhang.checking.extent import over, share
from yibenzhang.checking.multi_file import Group
from yibenzhang.model.text import shown
from yibenzhang.reports.words import SEVERITY, STAGE, first_line, group_result, tables_of
from yibenzhang.reports.writing import write
from yibenzhang.standards import Standards

_FINDINGS = (
    ("序号", 6), ("文件", 28), ("单位", 26), ("年度", 7), ("类型", 7), ("程度", 7), ("问题", 70),
    ("表", 26), ("行", 24), ("栏", 14), ("位置", 10), ("印数", 16), ("应为", 16), ("相差", 14),
    ("计量单位", 9), ("算式", 60), ("规则", 24), ("依据", 40), ("核实情况", 16), ("整改结果", 16),
)  # fmt: skip
_MISSING = (("文件", 28), ("未能核对的内容", 50), ("表", 40), ("原因", 60))
_FILES = (
    ("文件", 40), ("核对情况", 70), ("单位", 28), ("年度", 7), ("类型", 7), ("数字", 9), ("已印证", 9), ("有矛盾", 9),
    ("无可比对", 9), ("零，不计", 9), ("已印证 %", 9),
)  # fmt: skip
_SECTIONS = (
    ("文件", 28), ("表或章节", 50), ("数字", 9), ("已印证", 9), ("有矛盾", 9), ("无可比对", 9), ("零，不计", 9),
    ("已印证 %", 9),
)  # fmt: skip
_HEAD = PatternFill("solid", fgColor="1F3A5F")
_FILL = {"错误": "FBE3E1", "疑问": "FFF4D6", "提示": "E6F1FA"}


def write_excel(
    path: Path, results: Sequence[FileResult], standards: Standards, groups: Sequence[Group] = ()
) -> None:
    """Write the list of findings, the list of what was not checked, and a sheet per-file summary."""
    book = Workbook()
    findings = book.active
    assert isinstance(findings, Worksheet)
    findings.title = "问题清单"
    rows: list[list[object]] = []
    told = [(Path(r.path).name, r.checked.profile, r.checked.findings) for r in results if r.checked]
    told += [("、".join(g.names), g.profile, g.findings) for g in groups]
    for name, p, found in told:
        for f in found:
            e = f.evidence[0] if f.evidence else None
            rows.append(
                [
                    len(rows) + 1, name, p.body, p.fiscal_year or "", STAGE[p.stage],
                    SEVERITY[f.severity], f.message, e.table_name if e else "", e.row if e else "",
                    e.column if e else "", str(e.place) if e else "", f.reported, f.expected, f.difference,
                    f.unit, "\n".join(b.arithmetic for b in f.broken[:5]), f.rule, "；".join(f.basis), "", "",
                ]
            )  # fmt: skip
    _sheet(findings, _FINDINGS, rows, numbers=(12, 13, 14))
    for row in findings.iter_rows(min_row=2):
        fill = _FILL.get(str(row[5].value))
        if fill:
            row[5].fill = PatternFill("solid", fgColor=fill)
    missing: list[list[object]] = []
    for result in results:
        if result.checked is None:
            missing.append([Path(result.path).name, "整个文件", "", result.error])
            continue
        for n in result.checked.not_checked:
            rule = standards.rule_by_id.get(n.rule)
            what = rule.name if rule else "全部加总"
            missing.append([Path(result.path).name, what, tables_of(result.checked, [n]), n.reason])
    _sheet(book.create_sheet("未能核对"), _MISSING, missing)
    files: list[list[object]] = []
    sections: list[list[object]] = []
    for result in results:
        c = result.checked
        if c is None:
            files.append([result.path, f"{failure(result)}：{result.error}", *[""] * 9])
            continue
        p = c.profile
        files.append(
            [
                result.path,
                first_line(c, result.left_out),
                p.body,
                p.fiscal_year or "",
                STAGE[p.stage],
                *_counts(c.coverage),
            ]
        )
        sections += [[Path(result.path).name, name, *_counts(s)] for name, s in c.sections]
    for g in groups:
        p = g.profile
        names = "同一份公开：" + "、".join(g.names)
        counts = _counts(g.checked.coverage) if g.checked else [""] * 6
        files.append([names, group_result(g), p.body, p.fiscal_year or "", STAGE[p.stage], *counts])
    summary = book.create_sheet("文件汇总", 0)
    _sheet(summary, _FILES, files)
    _sheet(book.create_sheet("各表"), _SECTIONS, sections)
    book.active = 0
    write(path, book.save)


def _counts(c: Coverage) -> list[object]:
    return [c.numbers, c.proved, c.contradicted, c.alone, c.trivial, share(c) if over(c) else ""]


def _sheet(
    sheet: Worksheet,
    columns: tuple[tuple[str, int], ...],
    rows: list[list[object]],
    numbers: tuple[int, ...] = (),
) -> None:
    for c, (name, width) in enumerate(columns, start=1):
        cell: Any = sheet.cell(1, c, name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center")
        sheet.column_dimensions[get_column_letter(c)].width = width
    for r, row in enumerate(rows, start=2):
        for c, value in enumerate(row, start=1):
            cell = sheet.cell(r, c)
            if c in numbers and value:
                # shown as a number, stored exactly as decided: Excel's own floats hold 15 digits
                cell.value = float(str(value))
                decimals = len(str(value).partition(".")[2])
                cell.number_format = "#,##0." + "0" * decimals if decimals else "#,##0"
            else:
                cell.value = shown(value) if isinstance(value, str) else value
                if isinstance(value, str):
                    cell.data_type = "s"  # a text that begins with "=" is a text
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(2, len(rows) + 1)}"
    sheet.sheet_view.zoomScale = 100
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
