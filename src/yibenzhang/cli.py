"""The command line: check, tables, facts, explain."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table as RichTable
from rich.text import Text

from yibenzhang import __version__
from yibenzhang.batch import FileResult, check_groups, check_many, find_files
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.checking.multi_file import Group
from yibenzhang.cli_account import account_page
from yibenzhang.cli_availability import availability
from yibenzhang.cli_bench import bench
from yibenzhang.cli_claims import app as resources_app  # with all its commands
from yibenzhang.cli_draft import draft
from yibenzhang.cli_learn import learn
from yibenzhang.cli_ledger import app as ledger_app
from yibenzhang.cli_ledger import ingest, publish, query
from yibenzhang.cli_projects import app as projects_app
from yibenzhang.cli_rules import Layer, fail, list_rules, show_rule, standards_of
from yibenzhang.cli_rules import app as rules_app
from yibenzhang.cli_score import score
from yibenzhang.cli_serve import serve
from yibenzhang.cli_user import app as user_app
from yibenzhang.journal import Journal
from yibenzhang.model.issues import Severity
from yibenzhang.reading import ReadingError, read
from yibenzhang.reports import json_report, listing, terminal
from yibenzhang.reports.excel import write_excel
from yibenzhang.reports.html import write_html
from yibenzhang.reports.speech import UNUSABLE
from yibenzhang.reports.words import STANDING, table_place, table_state
from yibenzhang.standards import StandardsError

app = typer.Typer(
    help="一本账：读部门预算和部门决算，核对每一个数字。 Reads budgets and accounts, proves their numbers.",
    no_args_is_help=True, add_completion=False, rich_markup_mode=None,
)  # fmt: skip

app.add_typer(rules_app, name="rules")
app.add_typer(user_app, name="user")
app.add_typer(ledger_app, name="ledger")
app.add_typer(resources_app, name="resources")
app.add_typer(projects_app, name="projects")
app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)(bench)
app.command("account")(account_page)
app.command()(availability)
app.command()(draft)
app.command()(ingest)
app.command()(learn)
app.command()(publish)
app.command()(query)
app.command()(score)
app.command()(serve)

EVERY = 10.0
"""Seconds between two lines on the progress where standard error is no terminal."""
Format = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")]


_BENCHED = (".pdf", ".txt", ".docx", ".xlsx", ".xls", ".csv", ".html", ".htm")


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="文件、文件夹或通配符", show_default=False)],
    format: Format = "text",
    html: Annotated[Path | None, typer.Option(help="另写一份可单独打开的网页报告")] = None,
    excel: Annotated[Path | None, typer.Option(help="另写一份 Excel 问题清单")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="同时检查几个文件，0 为全部核心")] = 0,
    all: Annotated[bool, typer.Option("--all", help="逐条列出未能核对的内容")] = False,
    standards: Layer = "",
    no_group: Annotated[
        bool, typer.Option("--no-group", help="不把同一份公开的几个文件（正文和表格分开的）合在一起核对")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0, help="多个文件时，每个最多检查多少秒，0 为不限")] = 600,
    resume: Annotated[
        Path | None, typer.Option(help="进度文件：中断后用同一个文件再运行，已查过且没有变的不再查")
    ] = None,
) -> None:
    """检查文件、文件夹和压缩包。

    退出码：0 没有错误；1 有错误；2 有文件没有查成：读不出，不是预算决算，空白模板，或没有报错误而表内数字（没有表的看正文）
    印证不到三分之一，只在零之间成立的数不算；3 程序自己出错（那个文件或那条规则没有查，其余照查）。几种都有时，3 先于 1，1 先于 2。
    """
    if format not in ("text", "json"):
        raise fail(f"不认识的格式 {format}，请用 text 或 json。")
    layer = standards_of(standards)
    paths, missing = find_files(files)
    limit = timeout if len(paths) > 1 else 0
    try:
        journal = Journal(resume, standards) if resume else None
        results = missing + _checked(paths, standards, jobs, limit, journal)
        order = {p: k for k, p in enumerate(paths)}
        results.sort(key=lambda r: order.get(r.path, -1))
        groups: list[Group] = []
        if not no_group and len(paths) > 1:
            results, groups = check_groups(results, standards, jobs, limit, journal)
    except OSError as error:
        raise fail(f"进度文件没有写成：{error.strerror}：{error.filename}") from error
    except StandardsError as error:
        raise fail(str(error)) from error
    console = _console()
    if format == "json":
        print(json.dumps(json_report.report(results, groups), ensure_ascii=False, indent=2))
    else:
        terminal.show(console, results, layer, all, groups)
    told = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        if html:
            write_html(html, results, layer, groups)
            told.print(f"网页报告：{html}")
        if excel:
            write_excel(excel, results, layer, groups)
            told.print(f"问题清单：{excel}")
    except OSError as error:
        raise fail(f"报告没有写成：{error.strerror}：{error.filename}") from error
    raise typer.Exit(_status(results, groups))


def _checked(
    paths: list[str], standards: str, jobs: int, limit: float, journal: Journal | None
) -> list[FileResult]:
    made = check_many(paths, standards, jobs, limit, journal)
    if len(paths) < 2:
        return list(made)
    if not sys.stderr.isatty():
        return list(_told(made, len(paths)))
    columns = (
        SpinnerColumn(), TextColumn("检查"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )  # fmt: skip
    out = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=len(paths))
        for result in made:
            out.append(result)
            progress.update(task, advance=1, description=Path(result.path).name)
    return out


def _told(results: Iterator[FileResult], total: int) -> Iterator[FileResult]:
    """A line on the progress now and then, for a log that is no terminal."""
    begun = last = time.monotonic()
    for done, result in enumerate(results, start=1):
        now = time.monotonic()
        if now - last >= EVERY and done < total:
            last = now
            left = round((now - begun) / done * (total - done))
            print(f"已检查 {done}/{total} 个文件，约剩 {left} 秒", file=sys.stderr, flush=True)
        yield result


def _status(results: list[FileResult], groups: list[Group]) -> int:
    """The worst of all: 3 before 1 before 2."""
    faulty = any(r.failed or (r.checked and r.checked.faults) for r in results)
    if faulty or any(g.failed for g in groups):
        return 3
    worst = [*(r.checked.worst for r in results if r.checked), *(g.worst for g in groups)]
    if Severity.ERROR in worst:
        return 1
    could_not = [r for r in results if r.checked is None or _too_little(r, groups)]
    return 2 if could_not or any(g.error for g in groups) or not results else 0


def _too_little(result: FileResult, groups: list[Group]) -> bool:
    """A part of a disclosure counts by the whole."""
    whole = groups[result.group - 1].checked if result.group else None
    found = whole or result.checked
    return found is not None and (found.extent.kind in UNUSABLE or found.extent.too_little)


def _read(file: str, standards: str) -> Checked:
    try:
        return check_document(read(file), standards)
    except (ReadingError, StandardsError) as error:
        raise fail(f"{file}：{error}") from error


@app.command()
def tables(
    file: Annotated[str, typer.Argument(help="文件")], format: Format = "text", standards: Layer = ""
) -> None:
    """列出文件里读到的每一张表：续页已经接好，多少数字得到印证，表头哪些词不认识。"""
    checked = _read(file, standards)
    records = listing.tables_of(checked)
    if format == "json":
        print(json.dumps(records, ensure_ascii=False, indent=2))
        return
    console = _console()
    for notice in checked.document.notices:
        console.print(Text(notice.message, style="yellow"))
    for t, record in zip(checked.tables, records, strict=True):
        where = table_place(t.table.table)
        known = t.table.standard.id if t.table.standard else "不是标准表"
        known = f"{t.table.part_of} 的一部分" if t.table.part_of else known
        shown = RichTable(
            title=f"{t.table.id} {t.table.title or '（无标题）'} · {known} · {where}", show_header=False
        )
        for k, row in enumerate(t.table.table.texts()):
            shown.add_row(*row, style="bold" if k < t.table.header.first else None)
        console.print(shown)
        console.print(Text(table_state(record), style="dim"))


@app.command()
def facts(
    file: Annotated[str, typer.Argument(help="文件")], format: Format = "text", standards: Layer = ""
) -> None:
    """列出文件里的每一个表内数字：它的坐标（维度=值）、不认识的词、有没有得到印证。"""
    records = listing.facts_of(_read(file, standards))
    if format == "json":
        print(json.dumps(records, ensure_ascii=False, indent=2))
        return
    console = _console()
    for table, rows in groupby(records, key=lambda r: r["table"]):
        printed = [r for r in rows if r["value"] is not None]
        if printed:
            unit = printed[0]["unit"] or "单位不明"
            console.print(_numbers(f"{table} {printed[0]['standard'] or '不是标准表'} · {unit}", printed))


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


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="规则编号；不写则列出全部")] = "", standards: Layer = ""
) -> None:
    """说明一条规则：内容、依据、例子。"""
    if rule:
        show_rule(rule, standards)
    else:
        list_rules(standards)


def _version(value: bool) -> None:
    if value:
        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Entry point of ``yibenzhang`` and ``ybz``."""
    app()
