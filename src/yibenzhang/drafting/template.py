"""Writing the workbook of approved figures: empty with an example row, or filled with the figures of a body."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from yibenzhang.drafting.codes import ECONOMIC, FUNCTION, Codes
from yibenzhang.drafting.families import Family, family
from yibenzhang.drafting.figures import Entry, Figures, Indicator, Project, Purchase
from yibenzhang.drafting.schema import Column, Schema, Sheet, schema

ROWS = 2000
"""Rows with drop-downs; more may be filled in."""
_EXAMPLE = "示例"
_LISTS = "代码表"
_HEAD = PatternFill("solid", fgColor="DDE7F0")
_GREY = Font(color="808080", italic=True)
_HELP = (
    "一、各表第一行是栏名，批注里有说明；灰色斜体的示例行（首栏右侧标“示例”）不会读入，可以删去。",
    "二、有下拉框的栏只能选；编码按文本填，可以从“代码表”查。",
    "三、收入、结转结余和各类支出逐条填明细，合计由程序算；“批复总数”填了就与明细核对。",
    "四、没有的一类数，保留空表。",
    "五、“文字说明”里的内容不能由数字得出；缺的，编制时会列出来问。",
)


def write_template(path: Path, stage: str, region: str, year: int = 0) -> None:
    """The empty workbook of a stage and region. Raises OSError where it cannot be written."""
    kind = family(region, stage)
    rows: dict[str, list[dict[str, Any]]] = {}
    about = {"stage": stage, "family": region}
    _write(path, kind, Codes(year or 2026), rows, about, example=True)


def write_prefilled(path: Path, figures: Figures) -> None:
    """The empty workbook of a stage and region with what is known beforehand: whose it is, last year's figures or those
    of the budget, texts. Raises OSError where it cannot be written."""
    kind = family(figures.family, figures.stage)
    rows = _rows(figures, kind, Decimal(10000))
    kept = {name: rows[name] for name in ("last", "planned", "notes")}
    about = {
        "body": figures.body,
        "year": figures.year,
        "stage": figures.stage,
        "family": figures.family,
        "level": figures.level,
    }
    _write(path, kind, Codes(figures.year), kept, about, example=True)


def write_figures(figures: Figures, path: Path, money: str = "元") -> None:
    """The workbook that reads back as these figures."""
    kind = family(figures.family, figures.stage)
    factor = Decimal(10000) if money == "万元" else Decimal(1)
    about = {
        "body": figures.body,
        "year": figures.year,
        "stage": figures.stage,
        "family": figures.family,
        "level": figures.level,
        "code": figures.code,
        "money": money,
        "complete": "yes" if figures.complete else "",
    }
    _write(path, kind, Codes(figures.year, figures.names), _rows(figures, kind, factor), about, example=False)


def _rows(figures: Figures, kind: Family, factor: Decimal) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = defaultdict(list)
    out["units"] = [{"code": u.code, "name": u.name, "nature": u.nature} for u in figures.units]
    out["carried"] = _carried(figures.entries, factor)
    for sheet, row in _spent(figures.entries, factor):
        out[sheet].append(row)
    for p in figures.projects:
        budget = None if p.budget is None else p.budget / factor
        out["projects"].append({**_fields(p, _PROJECT), "budget": budget})
        out["indicators"] += [{"project": p.code, **_fields(i, _INDICATOR)} for i in p.indicators]
    out["purchases"] = [{**_fields(p, _PURCHASE), "amount": p.amount / factor} for p in figures.purchases]
    stated = {k: v.amount for k, v in figures.stated.items()}
    amounts = {"extra": figures.extra, "last": figures.last, "planned": figures.planned, "stated": stated}
    for name, found in amounts.items():
        out[name] = [{"name": kind.figure_names.get(k, k), "amount": v / factor} for k, v in found.items()]
    out["assets"] = [{"name": k, "count": v} for k, v in figures.counts.items()]
    out["codes"] = [{"code": k, "name": v} for k, v in figures.names.items()]
    out["notes"] = [{"key": k, "text": v} for k, v in figures.notes.items()]
    return out


_CARRIED = ("opening", "used", "distributed", "closing")
_PROJECT = ("code", "name", "unit", "budget", "goal", "description")
_INDICATOR = (
    "level1",
    "level2",
    "name",
    "target",
    "unit",
    "weight",
    "reached",
    "quality",
    "direction",
    "share",
)
_PURCHASE = ("kind", "programme", "item", "thing", "way", "amount")


def _fields(record: Project | Indicator | Purchase, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _carried(entries: Iterable[Entry], factor: Decimal) -> list[dict[str, Any]]:
    """What was carried over, a row for each unit, source and function."""
    out: dict[tuple[str, str, str], dict[str, Any]] = {}
    for e in entries:
        if e.flow in _CARRIED:
            key = (e.unit, e.source, e.function)
            row = out.setdefault(key, {"unit": e.unit, "source": e.source, "function": e.function})
            row[e.flow] = row.get(e.flow, Decimal(0)) + e.amount / factor
    return list(out.values())


def _spent(entries: Iterable[Entry], factor: Decimal) -> Iterator[tuple[str, dict[str, Any]]]:
    """Income and spending, with its sheet: lines of one key as one row."""
    out: dict[tuple[Any, ...], Decimal] = {}
    for e in entries:
        if e.flow not in _CARRIED:
            out[_key(e)] = out.get(_key(e), Decimal(0)) + e.amount / factor
    yield from ((sheet, {**dict(row), "amount": amount}) for (sheet, row), amount in out.items())


def _key(e: Entry) -> tuple[Any, ...]:
    """The sheet and the key of a line, so that lines with one key become one."""
    if e.flow == "in":
        return ("income", (("unit", e.unit), ("source", e.source), ("function", e.function)))
    common = (
        ("function", e.function),
        ("economic", e.economic),
        ("source", e.source),
        ("carried", "yes" if e.carried else ""),
    )
    if e.kind == "basic":
        return ("basic", (("unit", e.unit), *common))
    if e.kind == "project":
        return ("project_spending", (("project", e.project), *common))
    return ("other", (("kind", e.kind), ("unit", e.unit), ("function", e.function), ("source", e.source)))


def _write(
    path: Path,
    kind: Family,
    codes: Codes,
    rows: dict[str, list[dict[str, Any]]],
    about: dict[str, Any],
    example: bool,
) -> None:
    known = schema()
    book = Workbook()
    help_sheet = book.active
    assert help_sheet is not None
    help_sheet.title = "说明"
    help_sheet.column_dimensions["A"].width = 100
    for r, line in enumerate((f"{kind.data.get('region', '')}编制用工作簿", *_HELP), 1):
        cell = help_sheet.cell(r, 1, line)
        cell.alignment = Alignment(wrap_text=True)
        cell.font = Font(bold=r == 1, size=14 if r == 1 else 11)
    lists: dict[str, str] = {}
    sheets = known.of(kind.stage)
    made = [(s, book.create_sheet(s.name)) for s in sheets]
    listed = book.create_sheet(_LISTS)
    _lists(listed, kind, codes, known, lists)
    for sheet, ws in made:
        if sheet.form:
            _form(ws, sheet, known, about, lists)
        else:
            _table(ws, sheet, kind, known, rows.get(sheet.id, []), lists, example)
    book.save(path)


def _lists(ws: Any, kind: Family, codes: Codes, known: Schema, lists: dict[str, str]) -> None:
    """The lists behind the drop-downs, each in columns of its own."""
    blocks: dict[str, Iterable[tuple[str, str]]] = {
        "function": [(c, n) for c, n in codes.known(FUNCTION).items() if len(c) == 7],
        "economic": [(c, n) for c, n in codes.known(ECONOMIC).items() if len(c) == 5],
        "figure": [(n, "") for n in kind.figure_names.values()],
        **{f"choice:{name}": [(word, "") for word in words] for name, words in known.choices.items()},
    }
    column = 1
    titles = {"function": "功能科目", "economic": "经济科目", "figure": "数的名称"}
    for name, entries in blocks.items():
        ws.cell(1, column, titles.get(name, name)).font = Font(bold=True)
        last = 1
        for last, (value, text) in enumerate(entries, 2):
            ws.cell(last, column, value).number_format = "@"
            if text:
                ws.cell(last, column + 1, text)
        letter = get_column_letter(column)
        ws.column_dimensions[letter].width = 16
        lists[name] = f"'{_LISTS}'!${letter}$2:${letter}${last}"
        column += 2


def _validation(column: Column, lists: dict[str, str]) -> DataValidation | None:
    source = lists.get(f"choice:{column.choices}" if column.kind == "choice" else column.kind)
    if column.kind == "unit":
        source = f"'单位'!$A$2:$A${ROWS}"
    elif column.kind == "project":
        source = f"'项目'!$A$2:$A${ROWS}"
    if source:
        # codes of one's own may be added, so that only choices are refused by the workbook itself
        strict = column.kind == "choice"
        return DataValidation(
            type="list",
            formula1=source,
            allow_blank=True,
            showErrorMessage=strict,
            errorTitle="不能填这个",
            error=f"“{column.title}”请从下拉框选。",
        )
    return None


def _form(ws: Any, sheet: Sheet, known: Schema, about: dict[str, Any], lists: dict[str, str]) -> None:
    ws.column_dimensions["A"].width, ws.column_dimensions["B"].width = 20, 44
    for r, column in enumerate(sheet.columns, 1):
        head = ws.cell(r, 1, column.title)
        head.font, head.fill = Font(bold=True), _HEAD
        value = about.get(column.field)
        if value is None and column.field in ("level", "money"):
            value = column.example
        elif column.kind == "choice" and value is not None:
            value = known.word(column.choices, str(value))
        ws.cell(r, 2, value)
        if column.note or column.example:
            head.comment = Comment(f"{column.note}\n例：{column.example}".strip(), "一本账")
        if validation := _validation(column, lists):
            ws.add_data_validation(validation)
            validation.add(f"B{r}")


def _table(
    ws: Any,
    sheet: Sheet,
    kind: Family,
    known: Schema,
    rows: list[dict[str, Any]],
    lists: dict[str, str],
    example: bool,
) -> None:
    columns = sheet.shown(kind.stage)
    for c, column in enumerate(columns, 1):
        _head(ws, c, column, lists)
    if sheet.note:
        ws.cell(1, len(columns) + 2, sheet.note)
    ws.freeze_panes = "A2"
    at = 2
    if example and sheet.id != "notes":
        for c, column in enumerate(columns, 1):
            _put(ws, 2, c, column, column.example or None).font = _GREY
        ws.cell(2, len(columns) + 1, _EXAMPLE).font = _GREY
        at = 3
    if example and sheet.id == "notes":
        given = {r["key"] for r in rows}
        wanted = kind.data.get("notes", ["duties", "institutions"])
        rows = [*rows, *({"key": k, "text": None} for k in wanted if k not in given)]
    for r, row in enumerate(rows, at):
        for c, column in enumerate(columns, 1):
            _put(ws, r, c, column, _value(column, row.get(column.field), known))


def _head(ws: Any, c: int, column: Column, lists: dict[str, str]) -> None:
    """The name of a column, what to write there, and what may be chosen."""
    cell = ws.cell(1, c, column.title)
    cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, Alignment(horizontal="center")
    note = ("必填。" if column.required else "可不填。") + column.note
    cell.comment = Comment(note + (f"\n例：{column.example}" if column.example else ""), "一本账")
    letter = get_column_letter(c)
    ws.column_dimensions[letter].width = _width(column)
    if validation := _validation(column, lists):
        ws.add_data_validation(validation)
        validation.add(f"{letter}2:{letter}{ROWS}")


def _width(column: Column) -> int:
    if column.field in ("text", "goal", "description"):
        return 60
    return 30 if column.kind in ("project", "text", "figure") else 16


def _value(column: Column, value: Any, known: Schema) -> Any:
    """What is written in a cell: of a choice its word."""
    if column.kind != "choice" or value is None:
        return value
    return known.word(column.choices, value) if value or column.choices == "yes" else None


def _put(ws: Any, r: int, c: int, column: Column, value: Any) -> Any:
    if value == "":
        value = None
    if isinstance(value, str) and column.kind in ("amount", "number", "count"):
        value = Decimal(value)
    cell = ws.cell(r, c, value)
    if column.kind == "amount":
        cell.number_format = "#,##0.00"
    elif column.kind not in ("number", "count"):
        cell.number_format = "@"
    return cell
