"""`bench corpus`, `errors`, `judged`, `labels`, `leave-out`, `speed`, `start`, `same`, `planted --real`: measures of quality."""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bench import corpus as counting
from bench import labels as labelling
from bench import leave_out as leaving
from bench import lookup, prose_plants, real
from bench import paraphrases as wording
from bench import same as comparing
from bench import speed as timing
from bench import start as starting
from bench import support as measuring
from bench.running import Run, check_folder
from bench.tables import as_json
from yibenzhang.cli.common import Layer, fail, standards_of

Folder = Annotated[Path, typer.Argument(help="文件夹，其下每个文件夹是一个地区", show_default=False)]
Regions = Annotated[str, typer.Option(help="只要这几个地区（文件夹名，逗号分隔）")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="同时用几个核心，0 为全部")]
Format = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")]


def _run(folder: Path, regions: str, jobs: int, standards: str) -> Run:
    standards_of(standards)
    try:
        return check_folder(folder, tuple(r for r in regions.split(",") if r), jobs, standards)
    except OSError as error:
        raise fail(f"{folder} 里没有可测的文件。") from error


def corpus(
    folder: Folder,
    regions: Regions = "",
    jobs: Jobs = 0,
    standards: Layer = "",
    told: Annotated[bool, typer.Option("--told", help="JSON 里带上每一个错误和警告")] = False,
    format: Format = "text",
) -> None:
    """各地区的文件里，数有几成得到印证（表、绩效表、采购表、正文分开）。"""
    run = _run(folder, regions, jobs, standards)
    counts = counting.count(run)
    if format != "json":
        counting.show_counts(counts)
        return
    findings = [asdict(t) for t in run.told(("error", "warning"))] if told else []
    as_json(counting.report(counts) | ({"told": findings} if told else {}))


def errors(
    folder: Folder,
    regions: Regions = "",
    warnings: Annotated[bool, typer.Option("--warnings", help="警告也列出")] = False,
    jobs: Jobs = 0,
    standards: Layer = "",
    format: Format = "text",
) -> None:
    """列出报出的每一个错误：文件、页、规则、内容，供逐个查对。"""
    run = _run(folder, regions, jobs, standards)
    told = list(run.told(("error", "warning") if warnings else ("error",)))
    if format == "json":
        as_json([asdict(t) for t in told])
    else:
        lookup.show_told(told)
        print(f"共 {len(told)} 条。", file=sys.stderr)


def judged(
    folder: Folder,
    labels: Annotated[Path, typer.Option(help=f"有 {lookup.LABELS} 的文件夹", show_default=False)],
    jobs: Jobs = 0,
    standards: Layer = "",
    format: Format = "text",
) -> None:
    """人工判断过的问题，哪些还报：误报的、属实的；不是公开文件的报了什么。"""
    try:
        known = lookup.labels_of(labels)
    except (OSError, KeyError) as error:
        raise fail(f"读不了 {labels / lookup.LABELS}：{error}") from error
    made = lookup.judged_report(_run(folder, "", jobs, standards), known)
    if format == "json":
        as_json(made)
    else:
        lookup.show_judged(made)


def labels(
    folder: Folder,
    labels: Annotated[Path, typer.Option(help="人读出来的毛病（JSON Lines）", show_default=False)],
    only: Annotated[bool, typer.Option("--only", help="只检查有标签的地区")] = False,
    jobs: Jobs = 0,
    standards: Layer = "",
    format: Format = "text",
) -> None:
    """人读出来的毛病找到了几成（按类别和文件），漏了哪些，没有标签的问题有哪些。"""
    try:
        known = labelling.labels_of(labels)
    except (OSError, ValueError, KeyError) as error:
        raise fail(f"读不了 {labels}：{error}") from error
    regions = ",".join(dict.fromkeys(x.document.partition("/")[0] for x in known)) if only else ""
    made = labelling.report(_run(folder, regions, jobs, standards), known)
    if format == "json":
        as_json(made)
    else:
        labelling.show_report(made)


def paraphrases(
    file: Annotated[
        Path, typer.Argument(help="别人写的说法（TOML，格式见 bench/wordings）", show_default=False)
    ],
    format: Format = "text",
) -> None:
    """不看规则的人写的说法：有毛病的报出几成，没有毛病的几成没有报。"""
    try:
        defects = wording.defects_of()
        found = list(wording.tried(wording.wordings_of(file), defects))
    except (OSError, ValueError, KeyError) as error:
        raise fail(f"读不了 {file}：{error}") from error
    made = wording.report(found, defects)
    if format == "json":
        as_json(made)
    else:
        wording.show_report(made)


def planted_real(
    folder: Path, most: int, seed: int, misses: Path | None, jobs: int, format: str, prose: bool = False
) -> None:
    """`bench planted --real`, of the tables or of the sentences."""
    run = _run(folder, "", jobs, "")
    planting: Any = prose_plants if prose else real
    work = planting.plants(run, most, seed)
    total = sum(len(p) for _, p in work)
    columns = (TextColumn("埋错"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=total)
        found = planting.verdicts(
            work, jobs or os.cpu_count() or 1, step=lambda n: progress.update(task, advance=n)
        )
    made = planting.report(found)
    if misses is not None and made["misses"]:
        with misses.open("w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, list(made["misses"][0]))
            writer.writeheader()
            writer.writerows(made["misses"])
    if format == "json":
        as_json(made)
    else:
        planting.show_report(made)


def leave_out(
    folder: Folder,
    regions: Annotated[str, typer.Option(help="哪些地区（文件夹名，逗号分隔）", show_default=False)],
    learn: Annotated[
        bool, typer.Option("--learn", help="再从该地的文件里学：自动采用，和人看过建议后采用")
    ] = False,
    cities: Annotated[
        int, typer.Option(min=1, help="连见于这么多个地区以内的词也不用，1 为只见于该地的")
    ] = 1,
    jobs: Jobs = 0,
    format: Format = "text",
) -> None:
    """逐个地区：不用从该地学来的词，还能印证几成，多报多少。"""
    try:
        rows = list(
            leaving.leave_out(
                folder.resolve(),
                [r for r in regions.split(",") if r],
                jobs,
                partial(leaving.without, cities=cities),
                learn,
            )
        )
    except RuntimeError as error:
        raise fail(str(error)) from error
    if format == "json":
        as_json([r | dict(zip(("new", "gone"), leaving.changed(r), strict=True)) for r in rows])
    else:
        leaving.show_rows(rows)


def speed(
    folder: Folder,
    no_memory: Annotated[
        bool, typer.Option("--no-memory", help="不测内存（每个文件要另起一个进程）")
    ] = False,
    format: Format = "text",
) -> None:
    """每页毫秒（单核）、每个文件的内存、行数增加时用时的倍数。"""
    made = timing.report(timing.measure(folder, not no_memory), list(timing.growth()))
    if format == "json":
        as_json(made)
    else:
        timing.show_report(made)


def start(
    file: Annotated[Path | None, typer.Argument(help="一个小文件，默认用 examples 中的")] = None,
    rounds: Annotated[int, typer.Option("-n", "--rounds", min=1, help="各测几遍")] = 7,
    format: Format = "text",
) -> None:
    """启动：--help 和检查一个小文件的用时、内存，与空的解释器同场比。退出码 1：超过目标（忙的机器上看倍数）。"""
    found = starting.measure(file or starting.SMALL, rounds)
    if format == "json":
        as_json(starting.report(found))
    else:
        starting.show_report(found)
    if starting.over(found):
        raise typer.Exit(1)


def same(folder: Folder, format: Format = "text") -> None:
    """1 个、2 个进程和机器忙时，报告是否逐字节相同。退出码 1：不同。"""
    try:
        rows = comparing.compare(folder)
    except RuntimeError as error:
        raise fail(str(error)) from error
    if format == "json":
        as_json(rows)
    else:
        comparing.show_rows(rows)
    if not all(r["same"] for r in rows):
        raise typer.Exit(1)


def support(folder: Folder) -> None:
    """量一量每一类关系在真实文件里成立和不成立的次数，写入标准数据。"""
    made, seen = measuring.measure(Path(folder))
    measuring.write(made, seen)
