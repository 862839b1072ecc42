"""The command check: files to findings, told as people or programs want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibenzhang.cli.common import Bounds, Layer, bounds, console, fail, nearest, standards_of
from yibenzhang.cli.running import checked, could_not, errors, failed
from yibenzhang.reports.found import found_of
from yibenzhang.standards import Standards, StandardsError
from yibenzhang.standards.speech import speech

if TYPE_CHECKING:
    from yibenzhang.processes.confining import Limits
    from yibenzhang.reports.about import About
    from yibenzhang.reports.choosing import Baseline, LeftOut, Selection
    from yibenzhang.reports.found import FoundFile, FoundGroup

FORMATS = ("text", "concise", "github", "sarif", "json")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run is to do, once options are sound."""

    files: list[str]
    standards: str
    jobs: int
    timeout: float
    limits: Limits
    resume: Path | None
    grouped: bool
    selection: Selection | None
    known: Baseline | None
    keep: Path | None
    format: str
    statistics: bool
    html: Path | None
    excel: Path | None
    all: bool
    exit_zero: bool


def check(
    files: Annotated[list[str], typer.Argument(help="文件、文件夹或通配符", show_default=False)],
    format: Annotated[
        str,
        typer.Option(
            "--output-format",
            "--format",
            "-f",
            help="text 给人看，concise 一行一个，github 给 GitHub 的检查，sarif 和 json 给程序用",
        ),
    ] = "text",
    html: Annotated[Path | None, typer.Option(help="另写一份可单独打开的网页报告")] = None,
    excel: Annotated[Path | None, typer.Option(help="另写一份 Excel 问题清单")] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(help="只报这些规则：编号或编号的开头，可写多个或用逗号分开，ALL 为全部"),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="不报这些规则；与 --select 都合时，写得长的算数，一样长的不报")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="基线：只报其中没有的；--write-baseline 写的，或以前的 JSON 报告")
    ] = None,
    write_baseline: Annotated[Path | None, typer.Option(help="把这次报的全部问题写成基线")] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="不逐个列出，只数每条规则报了几个")
    ] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="有错误也以 0 退出；2 和 3 不变")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="文件一改就重新检查，按 Ctrl+C 结束")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="同时检查几个文件，0 为全部核心")] = 0,
    all: Annotated[bool, typer.Option("--all", help="逐条列出未能核对的内容")] = False,
    standards: Layer = "",
    no_group: Annotated[
        bool, typer.Option("--no-group", help="不把同一份公开的几个文件（正文和表格分开的）合在一起核对")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0, help="多个文件时，每个最多检查多少秒，0 为不限")] = 600,
    limits: Bounds = "",
    resume: Annotated[
        Path | None, typer.Option(help="进度文件：中断后用同一个文件再运行，已查过且没有变的不再查")
    ] = None,
) -> None:
    """检查文件、文件夹和压缩包。

    退出码：0 没有错误；1 有错误；2 有文件没有查成：读不出，不是预算决算，空白模板，
    或没有报错误而表内数字（没有表的看正文）印证不到三分之一，只在零之间成立的数不算；或命令不能运行；
    3 程序自己出错（那个文件或那条规则没有查，其余照查），程序的毛病从不以 1 退出。
    几种都有时，3 先于 1，1 先于 2。--select、--ignore、--baseline 略去的不算错误。
    """
    if format not in FORMATS:
        raise fail(f"不认识的格式 {format}，请用 {'、'.join(FORMATS)}。{nearest(format, FORMATS)}")
    if statistics and format in ("github", "sarif"):
        raise fail(f"--statistics 不能用 {format} 格式，请用 text、concise 或 json。")
    layer = standards_of(standards)
    wish = Wish(
        files,
        standards,
        jobs,
        timeout,
        bounds(limits),
        resume,
        not no_group,
        _selection(select, ignore, layer, standards),
        _known(baseline),
        write_baseline,
        format,
        statistics,
        html,
        excel,
        all,
        exit_zero,
    )
    if watch:
        from yibenzhang.cli.watching import watched

        raise typer.Exit(watched(files, lambda: _run(wish, layer)))
    raise typer.Exit(_run(wish, layer))


def _selection(
    select: list[str] | None, ignore: list[str] | None, layer: Standards, standards: str
) -> Selection | None:
    """The rules asked for; one that fits no rule of any region ends the command."""
    if not select and not ignore:
        return None
    from yibenzhang.reports.choosing import ALL, Selection, split
    from yibenzhang.standards import load

    made = Selection(split(select), split(ignore))
    rules = {i for s in (layer, *(load(r.id, standards) for r in layer.regions)) for i in s.rule_by_id}
    if unknown := made.unknown(rules):
        families = {r.rpartition(".")[0] for r in rules} - {""}
        raise fail(f"没有规则 {unknown[0]}。{nearest(unknown[0], [ALL, *sorted(rules | families)])}")
    return made


def _known(path: Path | None) -> Baseline | None:
    if path is None:
        return None
    from yibenzhang.reports.choosing import BaselineError, read_baseline

    try:
        return read_baseline(path)
    except BaselineError as error:
        raise fail(str(error)) from error


def _run(wish: Wish, layer: Standards) -> int:
    """Check, tell, write; the exit status."""
    try:
        results, groups = checked(
            wish.files, wish.standards, wish.jobs, wish.timeout, wish.resume, wish.grouped, wish.limits
        )
    except OSError as error:
        raise fail(f"进度文件没有写成：{error.strerror}：{error.filename}") from error
    except StandardsError as error:
        raise fail(str(error)) from error
    stopped = could_not(results, groups)
    whole = found_of(results, groups)
    (shown, between), left = whole, None
    if wish.selection is not None or wish.known is not None:
        from yibenzhang.reports.choosing import Selection, chosen

        shown, between, left = chosen(*whole, wish.selection or Selection(), wish.known)
    _tell(wish, shown, between, layer)
    _files(wish, (shown, between), whole, layer)
    if left is not None:
        _left_out(left)
    if failed(results, groups):
        return 3
    if errors(shown, between):
        return 0 if wish.exit_zero and not stopped else 2 if wish.exit_zero else 1
    return 2 if stopped else 0


def _tell(wish: Wish, results: Sequence[FoundFile], groups: Sequence[FoundGroup], layer: Standards) -> None:
    """What goes to standard output."""
    if wish.statistics:
        _count(wish, results, groups, layer)
    elif wish.format == "json":
        from yibenzhang.reports import json_report
        from yibenzhang.reports.writing import as_json

        print(as_json(json_report.report(results, groups)))
    elif wish.format == "sarif":
        from yibenzhang.reports import sarif
        from yibenzhang.reports.writing import as_json

        print(as_json(sarif.report(results, groups, layer)))
    elif wish.format in ("concise", "github"):
        from yibenzhang.reports import plain

        for line in (plain.concise if wish.format == "concise" else plain.github)(results, groups):
            print(line)
    else:
        from yibenzhang.reports import terminal

        terminal.show(console(), results, layer, wish.all, groups)
        console(stderr=True).print(_about().line)


def _count(wish: Wish, results: Sequence[FoundFile], groups: Sequence[FoundGroup], layer: Standards) -> None:
    from yibenzhang.model.issues import Severity
    from yibenzhang.model.text import shown
    from yibenzhang.reports.plain import statistics, unchecked
    from yibenzhang.reports.speech import SEVERITY
    from yibenzhang.reports.writing import as_json

    counted = statistics(results, groups, layer)
    if wish.format == "json":
        print(as_json(counted))
        return
    for path, why in unchecked(results, groups):
        print(shown(f"{path}: {why}"))
    for r in counted:
        print(shown(f"{r['count']}\t{r['rule']}\t{SEVERITY[Severity(r['severity'])]}\t{r['name']}"))


def _files(
    wish: Wish,
    shown: tuple[Sequence[FoundFile], Sequence[FoundGroup]],
    whole: tuple[Sequence[FoundFile], Sequence[FoundGroup]],
    layer: Standards,
) -> None:
    """The reports and the baseline that are to be written."""
    say = console(stderr=True)
    try:
        if wish.html:
            from yibenzhang.reports.html import write_html

            write_html(wish.html, shown[0], layer, shown[1], _about())
            say.print(f"网页报告：{wish.html}")
        if wish.excel:
            from yibenzhang.reports.excel import write_excel

            write_excel(wish.excel, shown[0], layer, shown[1], _about())
            say.print(f"问题清单：{wish.excel}")
        if wish.keep:
            from yibenzhang.reports.choosing import Selection, baseline, chosen
            from yibenzhang.reports.writing import as_json, write_text

            results, groups, _ = chosen(*whole, wish.selection or Selection(), None)
            write_text(wish.keep, as_json(baseline(results, groups)) + "\n")
            say.print(f"基线：{wish.keep}")
    except OSError as error:
        raise fail(f"报告没有写成：{error.strerror}：{error.filename}") from error


def _about() -> About:
    """The day is told to the reports here, at the edge: they look at no clock."""
    from datetime import date

    from yibenzhang.reports.about import About

    return About(date.today().isoformat())


def _left_out(left: LeftOut) -> None:
    words = speech()["left_out"]
    parts = [words["known"].format(count=left.known)] if left.known else []
    parts += [words["ignored"].format(count=left.ignored)] if left.ignored else []
    if parts:
        console(stderr=True).print(words["line"].format(parts="，".join(parts)))
