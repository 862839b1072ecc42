"""The command check: files to findings, told as people or programs want them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibenzhang.batch import FileResult, check_groups, check_many, find_files
from yibenzhang.cli_common import Layer, console, fail, standards_of
from yibenzhang.model.issues import Severity
from yibenzhang.reports.speech import UNUSABLE
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    from yibenzhang.checking.multi_file import Group
    from yibenzhang.journal import Journal

EVERY = 10.0
"""Seconds between two lines on the progress where standard error is no terminal."""


def check(
    files: Annotated[list[str], typer.Argument(help="文件、文件夹或通配符", show_default=False)],
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
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
        journal = _journal(resume, standards)
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
    if format == "json":
        from yibenzhang.reports import json_report

        print(json.dumps(json_report.report(results, groups), ensure_ascii=False, indent=2))
    else:
        from yibenzhang.reports import terminal

        terminal.show(console(), results, layer, all, groups)
    told = console(stderr=True)
    try:
        if html:
            from yibenzhang.reports.html import write_html

            write_html(html, results, layer, groups)
            told.print(f"网页报告：{html}")
        if excel:
            from yibenzhang.reports.excel import write_excel

            write_excel(excel, results, layer, groups)
            told.print(f"问题清单：{excel}")
    except OSError as error:
        raise fail(f"报告没有写成：{error.strerror}：{error.filename}") from error
    raise typer.Exit(_status(results, groups))


def _journal(resume: Path | None, standards: str) -> Journal | None:
    if resume is None:
        return None
    from yibenzhang.journal import Journal

    return Journal(resume, standards)


def _checked(
    paths: list[str], standards: str, jobs: int, limit: float, journal: Journal | None
) -> list[FileResult]:
    made = check_many(paths, standards, jobs, limit, journal)
    if len(paths) < 2:
        return list(made)
    if not sys.stderr.isatty():
        return list(_told(made, len(paths)))
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("检查"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    out = []
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
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
