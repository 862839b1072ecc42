"""The command score: self-assessments of published files worked out again by a method that is data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from yibenzhang.batch import find_files
from yibenzhang.checking.check import recognised_parts
from yibenzhang.cli.common import Bounds, Layer, bounds, fail, standards_of
from yibenzhang.processes.confined import within
from yibenzhang.projects.assessment import assessments_of
from yibenzhang.projects.method import method_of
from yibenzhang.reading import ReadingError, read
from yibenzhang.recognising.forms import GoalForm
from yibenzhang.reports.console import Terminal
from yibenzhang.reports.scored import Scored, lines, report, table
from yibenzhang.reports.writing import as_json
from yibenzhang.standards import StandardsError

FORMATS = ("text", "json", "csv")


def forms_in(path: str, standards: str) -> tuple[GoalForm, ...]:
    """The forms of a file. Raises ReadingError where it cannot be read."""
    return recognised_parts(read(path), standards)[2]


def score(
    paths: Annotated[
        list[str], typer.Argument(help="有绩效自评表的文件、文件夹或通配符", show_default=False)
    ],
    method: Annotated[
        Path | None, typer.Option(help="计分办法的 TOML 文件；不给就用财预〔2020〕10号的")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="每一项都列出，不只是不合的和要看的")] = False,
    standards: Layer = "",
    limits: Bounds = "",
    format: Annotated[
        str, typer.Option("--format", "-f", help="text 给人看，json 给程序用，csv 给表格用")
    ] = "text",
) -> None:
    """按计分办法重新计算绩效自评表的得分，与印出的得分对照，逐项说明。退出码：0 都合，1 有不合，2 没有可算的。"""
    if format not in FORMATS:
        raise fail(f"不认识的格式 {format}，请用 {'、'.join(FORMATS)}。")
    standards_of(standards)
    try:
        by = method_of(str(method) if method else "")
    except StandardsError as error:
        raise fail(str(error)) from error
    warn = Terminal(stderr=True, soft_wrap=True)
    most = bounds(limits)
    found, missing = find_files(paths)
    scored = []
    for m in missing:
        warn.print(Text(m.error))
    for path in found:
        try:
            forms = within(forms_in, (str(path), standards), most)
        except ReadingError as error:
            warn.print(Text(f"{path}：{error}"))
            continue
        scored.append(Scored(str(path), tuple(assessments_of(forms, by))))
    if format == "json":
        print(as_json(report(scored, by)))
    elif format == "csv":
        print(table(scored), end="")
    else:
        console = Terminal(soft_wrap=True)
        for line in lines(scored, every):
            console.print(Text(line))
    every_line = [x for s in scored for a in s.assessments for x in a.lines]
    if not every_line:
        raise typer.Exit(2)
    raise typer.Exit(int(any(x.differs for x in every_line)))
