"""The command learn: unknown words of a folder's documents, what they may mean, and a region's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from yibenzhang.batch import find_files
from yibenzhang.checking.learning import learn_from, source_of, sources_of
from yibenzhang.cli.common import Bounds, Layer, bounds, fail, standards_of
from yibenzhang.laws.learning import Learning
from yibenzhang.laws.trying import Source
from yibenzhang.processes.confined import within
from yibenzhang.processes.confining import Limits
from yibenzhang.reports.console import Terminal
from yibenzhang.reports.learned import lines, report, write_region
from yibenzhang.reports.writing import as_json
from yibenzhang.standards import StandardsError


def _confined(path: str, standards: str, limits: Limits) -> tuple[Source, str]:
    found: tuple[Source, str] = within(source_of, (path, standards), limits)
    return found


def learn(
    folder: Annotated[str, typer.Argument(help="放着一个地区的文件的文件夹", show_default=False)],
    accept: Annotated[
        bool, typer.Option("--accept", help="把有两种关系作证、没有一处不成立的建议写成词条；其余仍是注释")
    ] = False,
    region: Annotated[str, typer.Option(help="地区的名称，如 云溪")] = "",
    out: Annotated[
        Path | None, typer.Option(help="地区文件夹写到哪里；不给就只列出，加 --accept 时为 regions/文件夹名")
    ] = None,
    standards: Layer = "",
    limits: Bounds = "",
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
) -> None:
    """从一个地区的文件里学不认识的词：列出建议和依据，写成可以修改的地区文件夹。退出码：0 已完成，2 不能运行。"""
    if format not in ("text", "json"):
        raise fail(f"不认识的格式 {format}，请用 text 或 json。")
    standards_of(standards)
    try:
        learning = _learnt(folder, standards, bounds(limits))
    except StandardsError as error:
        raise fail(str(error)) from error
    if format == "json":
        print(as_json(report(learning)))
    else:
        console = Terminal(soft_wrap=True)
        for line in lines(learning):
            console.print(Text(line))
    where = out or (Path("regions") / Path(folder).resolve().name if accept else None)
    if where is not None:
        _write(where, region or where.name, learning, accept)


def _learnt(folder: str, standards: str, limits: Limits) -> Learning:
    """What the documents of a folder teach; what cannot be read of them is said on stderr."""
    paths, missing = find_files([folder])
    made = list(sources_of(paths, standards, lambda p, s: _confined(p, s, limits)))
    sources = [s for s, _, _ in made if s is not None]
    warn = Terminal(stderr=True, soft_wrap=True)
    for why in (*(m.error for m in missing), *(w for _, _, w in made if w)):
        warn.print(Text(why))
    if not sources:
        raise fail(f"{folder} 里没有能读的文件。")
    regions = {r for s, r, _ in made if s is not None}
    return learn_from(sources, regions.pop() if len(regions) == 1 else "", standards)


def _write(where: Path, region: str, learning: Learning, accept: bool) -> None:
    warn = Terminal(stderr=True, soft_wrap=True)
    try:
        for path in write_region(where, region, learning, accept):
            warn.print(f"已写入 {path}")
    except FileExistsError as error:
        raise fail(f"{error} 已经有了，没有覆盖；请换一个 --out，或先移走它。") from error
    except OSError as error:
        raise fail(f"没有写成：{error.strerror}：{error.filename}") from error
