"""The cells of the workbook of approved figures: what may stand in each, and every doubt at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.schema import Column, Schema, Sheet
from yibenzhang.model.amounts import narrow
from yibenzhang.model.places import SheetPlace
from yibenzhang.reading.limits import MAX_FIGURE_ROWS

_EXAMPLE = "示例"


@dataclass(frozen=True, slots=True)
class CellError:
    """Something wrong in a workbook, and where."""

    place: SheetPlace | None
    message: str

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" if self.place else self.message


class WorkbookError(Exception):
    """A workbook that cannot be used; ``errors`` has all of its doubts."""

    def __init__(self, errors: list[CellError]) -> None:
        super().__init__("；".join(map(str, errors[:3])))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Value:
    value: Any
    place: SheetPlace


Row = dict[str, Value]


@dataclass
class Reader:
    book: Any
    formulas: Any
    schema: Schema
    errors: list[CellError] = field(default_factory=list)
    codes: Codes = field(default_factory=lambda: Codes(0))
    units: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)
    figures: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""

    def wrong(self, place: SheetPlace | None, message: str) -> None:
        self.errors.append(CellError(place, message))

    def sheet(self, identity: str) -> Sheet:
        return next(s for s in self.schema.sheets if s.id == identity)

    def form(self, identity: str) -> dict[str, Any]:
        """A sheet of one line for each item: title, value."""
        sheet = self.sheet(identity)
        out: dict[str, Any] = {}
        if sheet.name not in self.book.sheetnames:
            self.wrong(None, f"缺少工作表“{sheet.name}”。")
            return out
        found = {
            _words(row[0]): (row[1] if len(row) > 1 else None, r)
            for r, row in enumerate(
                self.book[sheet.name].iter_rows(max_row=60, max_col=2, values_only=True), 1
            )
        }
        for column in sheet.columns:
            if column.title not in found:
                if column.required:
                    self.wrong(None, f"“{sheet.name}”缺少“{column.title}”一项。")
                continue
            raw, r = found[column.title]
            place = SheetPlace(sheet.name, r, 2)
            value = self.value(column, raw, place)
            if value is None and column.required and not self._has_error(place):
                self.wrong(place, f"“{column.title}”没有填。")
            out[column.field] = value
        return out

    def rows(self, identity: str) -> list[Row]:
        """The filled rows of a sheet; the example row and empty ones are passed over."""
        sheet = self.sheet(identity)
        if sheet.stages and self.stage not in sheet.stages:
            return []
        if sheet.name not in self.book.sheetnames:
            self.wrong(None, f"缺少工作表“{sheet.name}”；没有这类数的，保留空表即可。")
            return []
        header: dict[str, int] = {}
        out: list[Row] = []
        seen: dict[tuple[Any, ...], int] = {}
        for r, (line, written) in enumerate(self._lines(sheet), 1):
            if not header:
                header = self._header(sheet, line, r)
                continue
            if _is_empty((*line, *written)) or any(_words(v) == _EXAMPLE for v in line):
                continue
            row = self._row(sheet, header, line, written, r)
            out.append(row)
            self._repeated(sheet, row, r, header, seen)
            if r > MAX_FIGURE_ROWS:
                self.wrong(SheetPlace(sheet.name, r, 1), f"超过 {MAX_FIGURE_ROWS} 行，不予读取。")
        if not header:
            self.wrong(SheetPlace(sheet.name, 1, 1), f"没有找到栏名（{sheet.columns[0].title} …）。")
        elif sheet.required and not out:
            self.wrong(SheetPlace(sheet.name, 2, 1), f"“{sheet.name}”一行也没有填。")
        return out

    def _lines(self, sheet: Sheet) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """The rows of a sheet: their values, and what is written in their cells (the formulas)."""
        bounds = {"max_row": MAX_FIGURE_ROWS + 1, "max_col": 60, "values_only": True}
        values, written = (book[sheet.name].iter_rows(**bounds) for book in (self.book, self.formulas))
        return zip(values, written, strict=False)

    def _repeated(
        self, sheet: Sheet, row: Row, r: int, header: dict[str, int], seen: dict[tuple[Any, ...], int]
    ) -> None:
        """Tell of a row that has the key of one before it."""
        key = tuple(row[k].value if k in row else None for k in sheet.key)
        if all(k is None for k in key):
            return
        if key in seen:
            titles = "、".join(c.title for c in sheet.columns if c.field in sheet.key)
            place = SheetPlace(sheet.name, r, header[sheet.columns[0].title] + 1)
            self.wrong(place, f"与第 {seen[key]} 行重复（{titles}都相同），请合并成一行。")
        seen.setdefault(key, r)

    def _header(self, sheet: Sheet, line: tuple[Any, ...], r: int) -> dict[str, int]:
        texts = [_words(v) for v in line]
        if sheet.columns[0].title not in texts:
            return {}
        header = {t: c for c, t in enumerate(texts) if t}
        for column in sheet.shown(self.stage):
            if column.title not in header:
                self.wrong(SheetPlace(sheet.name, r, 1), f"缺少“{column.title}”一栏。")
        return header

    def _row(
        self, sheet: Sheet, header: dict[str, int], line: tuple[Any, ...], written: tuple[Any, ...], r: int
    ) -> Row:
        row: Row = {}
        for column in sheet.columns:
            c = header.get(column.title)
            if c is None or c >= len(line):
                continue
            place = SheetPlace(sheet.name, r, c + 1)
            formula = written[c] if c < len(written) else None
            if line[c] is None and isinstance(formula, str) and formula.startswith("="):
                self.wrong(place, "公式还没有算出结果，请在 Excel 或 WPS 中打开并保存一次，或改填数值。")
                continue
            value = self.value(column, line[c], place)
            if value is None:
                if column.required and not self._has_error(place):
                    self.wrong(place, f"“{column.title}”没有填。")
                continue
            row[column.field] = Value(value, place)
        return row

    def _has_error(self, place: SheetPlace) -> bool:
        return any(e.place == place for e in self.errors)

    # ---- one cell --------------------------------------------------------------------------

    def value(self, column: Column, raw: Any, place: SheetPlace) -> Any:
        """The value of a cell, or None where it is empty or wrong (which is then told)."""
        if raw is None or isinstance(raw, str) and not raw.strip():
            return None
        if isinstance(raw, str) and re.fullmatch(
            r"#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)", raw.strip()
        ):
            self.wrong(place, f"公式出错（{raw.strip()}），请改正公式或改填数值。")
            return None
        return _KINDS[column.kind](self, column, raw, place)

    def text(self, column: Column, raw: Any, place: SheetPlace) -> str:
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        return str(raw).strip()

    def decimal(self, column: Column, raw: Any, place: SheetPlace) -> Decimal | None:
        if isinstance(raw, bool):
            raw = str(raw)
        text = narrow(str(raw)).strip().replace(",", "") if isinstance(raw, str) else repr(raw)
        try:
            value = Decimal(text)
        except InvalidOperation:
            self.wrong(place, f"“{column.title}”应是数，填的是“{str(raw)[:30]}”。")
            return None
        if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
            self.wrong(place, f"“{column.title}”的数太大或不是数：{str(raw)[:30]}。")
            return None
        # a cell holds binary floating point: 15 digits are the workbook's, what follows is not
        return Decimal(f"{value:.15g}") if isinstance(raw, float) else value

    def count(self, column: Column, raw: Any, place: SheetPlace) -> int | None:
        value = self.decimal(column, raw, place)
        if value is None:
            return None
        if value != int(value) or value < 0:
            self.wrong(place, f"“{column.title}”应是整数，填的是“{raw}”。")
            return None
        return int(value)

    def year(self, column: Column, raw: Any, place: SheetPlace) -> int | None:
        text = self.text(column, raw, place).removesuffix("年度").removesuffix("年")
        if not re.fullmatch(r"20[0-4]\d", text):
            self.wrong(place, f"“{column.title}”应是四位年份，填的是“{text[:20]}”。")
            return None
        return int(text)

    def choice(self, column: Column, raw: Any, place: SheetPlace) -> str | None:
        allowed = self.schema.choices[column.choices]
        text = self.text(column, raw, place)
        if text not in allowed:
            self.wrong(place, f"“{column.title}”只能填{'、'.join(allowed)}，填的是“{text[:30]}”。")
            return None
        return allowed[text]

    def function(self, column: Column, raw: Any, place: SheetPlace) -> str | None:
        return self._code(column, raw, place, 7, "2", "功能科目编码应是七位（项级），如 2010101")

    def economic(self, column: Column, raw: Any, place: SheetPlace) -> str | None:
        return self._code(column, raw, place, 5, "3", "经济科目编码应是五位（款级），如 30101")

    def _code(
        self, column: Column, raw: Any, place: SheetPlace, digits: int, first: str, form: str
    ) -> str | None:
        text = self.text(column, raw, place)
        if not re.fullmatch(rf"{first}\d{{{digits - 1}}}", text):
            self.wrong(place, f"{form}；填的是“{text[:30]}”。")
            return None
        if not self.codes.name(text):
            self.wrong(place, f"不认识的科目编码 {text}；确有此科目的，请在“补充科目”中写明编码和名称。")
            return None
        return text

    def unit(self, column: Column, raw: Any, place: SheetPlace) -> str | None:
        return self._one_of(self.units, "单位", raw, column, place)

    def project(self, column: Column, raw: Any, place: SheetPlace) -> str | None:
        return self._one_of(self.projects, "项目", raw, column, place)

    def _one_of(self, known: set[str], sheet: str, raw: Any, column: Column, place: SheetPlace) -> str | None:
        text = self.text(column, raw, place)
        if text not in known:
            self.wrong(place, f"“{sheet}”表中没有编码 {text[:40]}。")
            return None
        return text

    def figure(self, column: Column, raw: Any, place: SheetPlace) -> str | None:
        text = self.text(column, raw, place)
        if text in self.figures:
            return self.figures[text]
        table, _, code = text.rpartition(":")
        if re.fullmatch(r"2\d{2}(?:\d{2}){0,2}", code):
            return f"{table or 'general_function'}:{code}"
        if text in self.projects:
            return f"project:{text}"
        self.wrong(place, f"不认识的名称“{text[:30]}”；请从下拉框选，或填功能科目编码、项目编码。")
        return None


_KINDS: dict[str, Callable[[Reader, Column, Any, SheetPlace], Any]] = {
    "text": Reader.text,
    "amount": Reader.decimal,
    "number": Reader.decimal,
    "count": Reader.count,
    "year": Reader.year,
    "choice": Reader.choice,
    "function": Reader.function,
    "economic": Reader.economic,
    "unit": Reader.unit,
    "project": Reader.project,
    "figure": Reader.figure,
}


def _is_empty(values: tuple[Any, ...]) -> bool:
    return all(v is None or not str(v).strip() for v in values)


def _words(value: Any) -> str:
    return str(value).strip() if value is not None else ""
