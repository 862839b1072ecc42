"""Reading the workbook of approved figures: every doubt is told at its cell, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from yibenzhang.drafting.cells import CellError, Reader, Row, WorkbookError
from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.families import family
from yibenzhang.drafting.figures import Entry, Figures, Indicator, Project, Purchase, Stated, Unit
from yibenzhang.drafting.schema import schema
from yibenzhang.model.places import SheetPlace
from yibenzhang.reading.limits import MAX_FIGURE_BYTES, ReadingError
from yibenzhang.reading.packages import Package, sound
from yibenzhang.standards import StandardsError

__all__ = ["CellError", "WorkbookError", "read_workbook"]


def read_workbook(path: str | Path, extra: str = "") -> Figures:
    """The figures of a workbook. Raises WorkbookError with every doubt, so that all can be mended at once."""
    path = Path(path)
    if not path.is_file():
        raise WorkbookError([CellError(None, f"没有这个文件：{path}。")])
    if path.stat().st_size > MAX_FIGURE_BYTES:
        raise WorkbookError([CellError(None, f"文件太大（超过 {MAX_FIGURE_BYTES // 1024 // 1024} MB）。")])
    try:
        data = _safe(path.read_bytes())
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        formulas = load_workbook(BytesIO(data), read_only=True)
    except (ReadingError, BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise WorkbookError(
            [CellError(None, f"{path.name} 不是能打开的 xlsx 工作簿；请用 Excel 或 WPS 另存为 .xlsx。")]
        ) from error
    try:
        reader = Reader(book, formulas, schema())
        figures = _figures(reader, extra)
    finally:
        book.close()
        formulas.close()
    if reader.errors or figures is None:
        raise WorkbookError(reader.errors)
    return figures


def _safe(data: bytes) -> bytes:
    """The bytes of a workbook whose parts are within bounds. Raises ReadingError for bombs and entities."""
    package = Package(data)
    for name in package.members:
        if name.endswith((".xml", ".rels")):
            sound(package.read(name))
    return data


def _figures(reader: Reader, extra: str) -> Figures | None:
    about = reader.form("about")
    if any(about.get(k) is None for k in ("body", "year", "stage", "family", "code", "money", "level")):
        return None
    reader.stage, year = about["stage"], about["year"]
    try:
        kind = family(about["family"], reader.stage, extra)
    except StandardsError as error:
        reader.wrong(None, str(error))
        return None
    reader.figures = {name: key for key, name in kind.figure_names.items()}
    names = _pairs(reader, "codes", "code", "name")
    reader.codes = Codes(year, names)
    units = [Unit(**_plain(r)) for r in _with(reader.rows("units"), "code", "name", "nature")]
    reader.units = {u.code for u in units}
    project_rows = reader.rows("projects")
    reader.projects = {r["code"].value for r in _with(project_rows, "code")}
    factor = Decimal(10000) if about["money"] == "万元" else Decimal(1)
    owners = {r["code"].value: r["unit"].value for r in _with(project_rows, "code", "unit")}
    entries = _entries(reader, factor, owners)
    indicators = _indicators(reader)
    projects = _projects(project_rows, indicators, factor)
    _weights(reader, indicators)
    if reader.stage == "accounts" and not any(e.flow == "closing" for e in entries):
        entries += _left_over(entries)
    return Figures(
        body=about["body"],
        year=year,
        stage=reader.stage,
        family=about["family"],
        level=about["level"],
        code=about["code"],
        entries=tuple(entries),
        units=tuple(units),
        projects=tuple(projects),
        purchases=tuple(_purchases(reader, factor)),
        extra=_amounts(reader, "extra", factor),
        last=_amounts(reader, "last", factor),
        planned=_amounts(reader, "planned", factor),
        stated={
            r["name"].value: Stated(r["amount"].value * factor, r["amount"].place)
            for r in _with(reader.rows("stated"), "name", "amount")
        },
        counts=_pairs(reader, "assets", "name", "count"),
        names=names,
        notes=_pairs(reader, "notes", "key", "text"),
        complete=bool(about.get("complete")),
    )


def _with(rows: Iterable[Row], *fields: str) -> Iterator[Row]:
    """The rows in which these fields are filled in; that others lack them was told when they were read."""
    return (r for r in rows if set(fields) <= set(r))


def _pairs(reader: Reader, sheet: str, key: str, value: str) -> dict[str, Any]:
    """A sheet of two columns."""
    return {r[key].value: r[value].value for r in _with(reader.rows(sheet), key, value)}


def _amounts(reader: Reader, sheet: str, factor: Decimal) -> dict[str, Decimal]:
    """A sheet of named amounts, in 元."""
    return {name: value * factor for name, value in _pairs(reader, sheet, "name", "amount").items()}


def _indicators(reader: Reader) -> dict[str, list[Indicator]]:
    """The indicators of each project."""
    out: dict[str, list[Indicator]] = {}
    for r in _with(reader.rows("indicators"), "project", "level1", "level2", "name", "target", "weight"):
        plain = _plain(r)
        project = plain.pop("project")
        out.setdefault(project, []).append(Indicator(**plain, place=r["name"].place))
    return out


def _projects(
    rows: Iterable[Row], indicators: Mapping[str, list[Indicator]], factor: Decimal
) -> Iterator[Project]:
    for r in _with(rows, "code", "name", "unit"):
        plain = _plain(r)
        if "budget" in plain:
            plain["budget"] *= factor
        yield Project(**plain, indicators=tuple(indicators.get(plain["code"], ())))


def _purchases(reader: Reader, factor: Decimal) -> Iterator[Purchase]:
    for r in reader.rows("purchases"):
        if len(r) == 6:
            amount = r["amount"].value * factor
            yield Purchase(**{**_plain(r), "amount": amount}, place=r["amount"].place)


def _weights(reader: Reader, indicators: Mapping[str, list[Indicator]]) -> None:
    """Execution has ten points and the indicators ninety (财预〔2020〕10号)."""
    for project, found in indicators.items():
        weights = sum((i.weight for i in found), Decimal(0))
        if weights != 90:
            place = found[0].place if isinstance(found[0].place, SheetPlace) else None
            reader.wrong(place, f"项目 {project} 各指标权重合计 {weights:f}，应为 90（预算执行另占 10 分）。")


def _left_over(entries: list[Entry]) -> list[Entry]:
    """What stands over at the end of the year, where no line says: what came in and was carried in, less what went
    out."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for e in entries:
        key = (e.unit, e.source, e.function)
        sign = 1 if e.flow in ("in", "opening", "used") else -1
        sums[key] = sums.get(key, Decimal(0)) + sign * e.amount
    return [Entry("closing", v, source, unit, function) for (unit, source, function), v in sums.items() if v]


def _plain(row: Row) -> dict[str, Any]:
    return {k: v.value for k, v in row.items()}


def _entries(reader: Reader, factor: Decimal, owners: Mapping[str, str]) -> list[Entry]:
    out = []

    def take(flow: str, row: Row, amount: str = "amount", **more: Any) -> None:
        if amount in row and {"source"} <= set(row):
            dimensions = {
                k: row[k].value for k in ("unit", "function", "economic", "project", "source") if k in row
            }
            carried = bool(row["carried"].value) if "carried" in row else False
            cell = row[amount]
            out.append(
                Entry(flow, cell.value * factor, **dimensions, carried=carried, place=cell.place, **more)
            )

    for row in reader.rows("income"):
        take("in", row)
    for row in reader.rows("carried"):
        for flow in ("opening", "used", "distributed", "closing"):
            take(flow, row, flow)
    for row in reader.rows("basic"):
        take("out", row, kind="basic")
    for row in reader.rows("project_spending"):
        unit = owners.get(row["project"].value, "") if "project" in row else ""
        take("out", row, kind="project", unit=unit)
    for row in reader.rows("other"):
        if "kind" in row:
            take("out", row, kind=row["kind"].value)
    return out
