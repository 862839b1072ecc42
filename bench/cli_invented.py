"""`yibenzhang bench drafts` and `bench invent`: the round trip of invented bodies, and corpora of them."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bench.invented_corpus import Planted, by_kind, write_corpus
from bench.recall import CLEAN, Judged, judged
from bench.roundtrip import READ_BACK, Trip, trips
from yibenzhang.cli.common import fail
from yibenzhang.drafting.families import families
from yibenzhang.drafting.pipeline import WRITERS

Work = tuple[int, int, str, str, tuple[str, ...]]
Documents = Annotated[int, typer.Option("--documents", "-n", min=1, help="多少份")]
Seed = Annotated[int, typer.Option(help="同一个数得到同样的结果")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="同时用几个核心")]
AsJson = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")]


def drafts(
    documents: Documents = 100,
    seed: Seed = 11,
    files: Annotated[str, typer.Option(help="逗号分隔的文件格式")] = ",".join(READ_BACK),
    only: Annotated[str, typer.Option(help="只测一种，如 hubei-budget")] = "",
    jobs: Jobs = 1,
    format: AsJson = "text",
) -> None:
    """虚构单位编成各种文件，再读回、检查、比对。退出码 1：有一份不符。"""
    kinds = tuple(files.split(","))
    if unknown := [k for k in kinds if k not in READ_BACK]:
        raise fail(f"{unknown[0]} 不能读回，可用的是 {'、'.join(READ_BACK)}。")
    wanted = [name for name in families() if name.count("-") == 1 and only in ("", name)]
    if not wanted:
        raise fail(f"没有 {only}，可用的是 {'、'.join(families())}。")
    work: list[Work] = []
    for name in wanted:
        region, _, stage = name.partition("-")
        work += [(seed, n, region, stage, kinds) for n in range(documents)]
    found: list[Trip] = []
    started = time.perf_counter()
    with _progress() as progress:
        task = progress.add_task("往返", total=len(work))
        if jobs > 1:
            with ProcessPoolExecutor(jobs) as pool:
                for one in pool.map(_trips, work, chunksize=4):
                    found += one
                    progress.advance(task)
        else:
            for w in work:
                found += _trips(w)
                progress.advance(task)
    _tell(found, time.perf_counter() - started, format)
    if not all(t.good for t in found):
        raise typer.Exit(1)


def _trips(work: Work) -> list[Trip]:
    seed, number, region, stage, kinds = work
    return list(trips(seed, number, region, stage, kinds, workbook=number % 4 == 0))


def _tell(found: list[Trip], seconds: float, format: str) -> None:
    groups: dict[tuple[str, str], list[Trip]] = {}
    for t in found:
        groups.setdefault((f"{t.region}-{t.stage}", t.format), []).append(t)
    if format == "json":
        rows = [
            {
                "family": family,
                "format": kind,
                "documents": len(ts),
                "good": sum(t.good for t in ts),
                "numbers": sum(t.numbers for t in ts),
                "proved": sum(t.proved for t in ts),
                "lowest": f"{_lowest(ts):.4f}",
                "failed": [{"number": t.number, "why": list(t.findings[:3])} for t in ts if not t.good],
            }
            for (family, kind), ts in groups.items()
        ]
        print(json.dumps({"seconds": f"{seconds:.1f}", "rows": rows}, ensure_ascii=False, indent=2))
        return
    shown = Table(title=f"{len(found)} 份文件，{seconds:.0f} 秒", show_edge=False)
    for name in ("样式", "格式", "份", "无误", "数", "印证", "最低"):
        shown.add_column(name, justify="left" if name in ("样式", "格式") else "right")
    for (family, kind), ts in groups.items():
        numbers, proved = sum(t.numbers for t in ts), sum(t.proved for t in ts)
        share, lowest = f"{100 * proved / max(numbers, 1):.1f} %", f"{100 * _lowest(ts):.1f} %"
        shown.add_row(family, kind, str(len(ts)), str(sum(t.good for t in ts)), str(numbers), share, lowest)
    console = Console(highlight=False)
    console.print(shown)
    for t in [t for t in found if not t.good][:10]:
        why = "；".join(t.findings[:3]) or f"印证 {t.proved}/{t.numbers}，缺文字 {t.asks} 处"
        console.print(f"{t.region}-{t.stage} {t.format} 第 {t.number} 份：{why[:300]}")


def _lowest(ts: list[Trip]) -> float:
    return min(t.proved / t.numbers if t.numbers else 1.0 for t in ts)


def invent(
    out: Annotated[Path, typer.Argument(help="写到哪个文件夹")],
    documents: Documents = 100,
    seed: Seed = 1,
    errors: Annotated[float, typer.Option(min=0, max=1, help="几成文件埋一个错误")] = 0.5,
    files: Annotated[str, typer.Option(help="逗号分隔的格式；不写则只写数据（csv.gz）")] = "",
    jobs: Jobs = 1,
) -> None:
    """生成虚构单位的语料：多个年度，埋下已知种类和数量的错误（errors.jsonl）。"""
    kinds = tuple(k for k in files.split(",") if k)
    if unknown := [k for k in kinds if k not in WRITERS]:
        raise fail(f"不认识的格式 {unknown[0]}，可用的是 {'、'.join(WRITERS)}。")
    started = time.perf_counter()
    planted: list[Planted] = []
    try:
        with _progress() as progress:
            task = progress.add_task("生成", total=documents)
            for count, found in write_corpus(out, documents, seed, Decimal(str(errors)), kinds, jobs):
                planted += found
                progress.advance(task, count)
    except OSError as error:
        raise fail(f"没有写成：{error.strerror}：{error.filename}") from error
    seconds = time.perf_counter() - started
    told = "，".join(f"{kind} {n}" for kind, n in by_kind(planted).items())
    print(
        f"{documents} 份，{seconds:.1f} 秒（每份 {1000 * seconds / documents:.0f} 毫秒），埋了 {len(planted)} 个错误：{told}"
    )


def recall(
    folder: Annotated[Path, typer.Argument(help="bench invent 写成的文件夹（要有 --files）")],
    misses: Annotated[bool, typer.Option("--misses", help="列出没有找到的和多报的")] = False,
    format: AsJson = "text",
) -> None:
    """检查语料，按种类数埋下的错误找到多少，报出的有多少是埋下的。"""
    found: list[Judged] = []
    try:
        with _progress() as progress:
            task = progress.add_task("检查", total=None)
            for one in judged(folder):
                found.append(one)
                progress.advance(task)
    except OSError as error:
        raise fail(f"读不了语料：{error.strerror}：{error.filename}") from error
    if not found:
        raise fail("文件夹里没有语料文件；请用 bench invent --files txt 生成。")
    rows: list[tuple[str, int, int, int]] = []
    for kind in sorted({j.kind for j in found if j.kind != CLEAN}) + [CLEAN]:
        mine = [j for j in found if j.kind == kind]
        right = sum(j.right for j in mine)
        extra = sum(max(0, j.told - 1) if j.right else j.told for j in mine)
        rows.append((kind, len(mine), right, extra))
    planted = sum(r[1] for r in rows if r[0] != CLEAN)
    hits = sum(r[2] for r in rows)
    told = sum(j.told for j in found)
    shares = {"recall": hits / max(planted, 1), "precision": hits / max(told, 1)}
    if format == "json":
        text = {k: f"{v:.4f}" for k, v in shares.items()}
        names = ("kind", "documents", "found", "extra")
        told_rows = [dict(zip(names, r, strict=True)) for r in rows]
        print(json.dumps({**text, "rows": told_rows}, ensure_ascii=False, indent=2))
        return
    shown = Table(title=f"{len(found)} 份文件", show_edge=False)
    for name in ("种类", "份", "找到", "多报"):
        shown.add_column(name, justify="left" if name == "种类" else "right")
    for r in rows:
        shown.add_row(*map(str, r))
    console = Console(highlight=False)
    console.print(shown)
    console.print(f"召回率 {100 * shares['recall']:.1f} %，准确率 {100 * shares['precision']:.1f} %")
    for j in [j for j in found if misses and (j.told != j.right or (j.kind != CLEAN and not j.right))]:
        console.print(f"{j.document}（{j.kind}）：{'；'.join(j.sentences)[:300] or '没有报出'}", markup=False)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
