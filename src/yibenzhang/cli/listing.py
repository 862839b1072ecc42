"""The commands tables and facts: what was read of one file."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table as RichTable
from rich.text import Text

from yibenzhang.checking.analysis import analysis_of
from yibenzhang.cli.common import Format, Layer, console, fail
from yibenzhang.reports import listing
from yibenzhang.reports.found import Found
from yibenzhang.reports.words import STANDING, table_place, table_state
from yibenzhang.reports.writing import as_json

if TYPE_CHECKING:
    from yibenzhang.checking.check import Checked


def _read(file: str, standards: str) -> Checked:
    from yibenzhang.processes.confined import DEFAULT, check
    from yibenzhang.reading import ReadingError
    from yibenzhang.standards import StandardsError

    try:
        return check(file, standards, DEFAULT)
    except (ReadingError, StandardsError) as error:
        raise fail(f"{file}：{error}") from error


def tables(
    file: Annotated[str, typer.Argument(help="文件")], format: Format = "text", standards: Layer = ""
) -> None:
    """列出文件里读到的每一张表：续页已经接好，多少数字得到印证，表头哪些词不认识。"""
    checked = _read(file, standards)
    analysis = analysis_of(checked)
    records = listing.tables_of(analysis)
    if format == "json":
        print(as_json(records))
        return
    out = console()
    for notice in checked.document.notices:
        out.print(Text(notice.message, style="yellow"))
    parts = analysis.tables.column("tables", "part_of")
    for t, part_of, record in zip(Found(analysis).tables, parts, records, strict=True):
        known = f"{part_of} 的一部分" if t.part else t.standard or "不是标准表"
        where = table_place(t.pages, t.place)
        shown = RichTable(title=f"{t.id} {t.title or '（无标题）'} · {known} · {where}", show_header=False)
        for k, row in enumerate(record["rows"]):
            shown.add_row(*row, style="bold" if k < t.header else None)
        out.print(shown)
        out.print(Text(table_state(record), style="dim"))


def facts(
    file: Annotated[str, typer.Argument(help="文件")], format: Format = "text", standards: Layer = ""
) -> None:
    """列出文件里的每一个表内数字：它的坐标（维度=值）、不认识的词、有没有得到印证。"""
    records = list(listing.facts_of(analysis_of(_read(file, standards))))
    if format == "json":
        print(as_json(records))
        return
    out = console()
    for table, rows in groupby(records, key=lambda r: r["table"]):
        printed = [r for r in rows if r["value"] is not None]
        if printed:
            unit = printed[0]["unit"] or "单位不明"
            out.print(_numbers(f"{table} {printed[0]['standard'] or '不是标准表'} · {unit}", printed))


def _numbers(title: str, records: list[dict[str, Any]]) -> RichTable:
    shown = RichTable(title=title, title_justify="left", show_edge=False)
    for name in ("行", "栏", "数", "坐标", "印证", "位置"):
        shown.add_column(name, justify="right" if name == "数" else "left", overflow="fold")
    for r in records:
        at = [f"{d}={value}" for d, value in r["coordinates"].items()]
        at += [f"不认识：{word}" for word in r["residue"]]
        row = f"{r['code'] or ''} {r['row']}".strip()
        standing = STANDING.get(r["standing"], "")
        shown.add_row(row, r["column"] or r["measure"], r["text"], "\n".join(at), standing, r["where"])
    return shown
