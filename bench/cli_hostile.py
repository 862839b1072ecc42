"""`yibenzhang bench hostile`: inputs made to do harm, each read within its limits."""

from __future__ import annotations

import fnmatch
import json
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yibenzhang.cli.common import fail
from yibenzhang.processes.confined import DEFAULT
from yibenzhang.processes.confining import MEGABYTE

if TYPE_CHECKING:
    from bench.hostile.running import Tried

_WRONG = {"failed": "程序出错或进程中止", "seconds": "超过处理器时间", "memory": "超过内存"}


def hostile(
    only: Annotated[str, typer.Option(help="只试名字合于这些通配符之一的，用逗号隔开，如 '*.pdf'")] = "*",
    part: Annotated[int, typer.Option(min=1, help="每几个里试一个")] = 1,
    begin: Annotated[int, typer.Option(min=1, help="从第几个起（接着上次的）")] = 1,
    minutes: Annotated[float, typer.Option(min=0.1, help="最多试几分钟；到时列出还没有试的个数")] = 25,
    seed: Annotated[int, typer.Option(help="随机数的种子")] = 1,
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
) -> None:
    """造三百多个有害的文件，逐个在上限之内读，列出超过上限（60 秒、1.5 GB）或没有一句话就中止的。退出码 1：有这样的；2：没有试完。"""
    if not sys.platform.startswith("linux"):
        raise fail("只在 Linux 上能测。")
    from bench.hostile.running import inputs, over, tried

    wanted = only.replace("，", ",").split(",")
    chosen = [i for i in inputs(seed) if any(fnmatch.fnmatch(i.name, w) for w in wanted)][::part][begin - 1 :]
    console, found = Console(stderr=True, highlight=False), []
    end = time.monotonic() + minutes * 60
    for k, one in enumerate(tried(chosen), start=1):
        found.append(one)
        wrong = over(one)
        told = _WRONG.get(wrong, "")
        line = f"{k + begin - 1}/{len(chosen) + begin - 1} {one.name} {one.seconds:.1f} 秒（共 {one.wall:.1f} 秒）{one.memory // MEGABYTE} MB {told} {one.sentence[:80]}"
        console.print(Text(line), soft_wrap=True)
        if time.monotonic() > end:
            break
    bad = [t for t in found if over(t)]
    if format == "json":
        print(json.dumps([asdict(t) | {"wrong": over(t)} for t in found], ensure_ascii=False, indent=1))
    else:
        _show(found, bad)
    left = len(chosen) - len(found)
    if left:
        console.print(f"{minutes:g} 分钟到了，还有 {left} 个没有试；接着试：--begin {begin + len(found)}")
    raise typer.Exit(1 if bad else 2 if left else 0)


def _show(found: list[Tried], bad: list[Tried]) -> None:
    console = Console(highlight=False)
    stopped = [t for t in found if t.stopped]
    console.print(
        f"{len(found)} 个文件：{sum(not t.sentence for t in found)} 个查完，{sum(bool(t.sentence) for t in found)} 个有一句说明"
        f"（其中 {len(stopped)} 个到上限时由系统停止）；上限 {DEFAULT.seconds:g} 秒、{DEFAULT.memory // MEGABYTE} MB。"
    )
    shown = Table(show_edge=False)
    for name in ("最费的", "秒", "MB", "说明"):
        shown.add_column(name, justify="right" if name in ("秒", "MB") else "left", overflow="fold")
    for t in sorted(found, key=lambda t: -max(t.seconds / DEFAULT.seconds, t.memory / DEFAULT.memory))[:12]:
        shown.add_row(Text(t.name), f"{t.seconds:.1f}", str(t.memory // MEGABYTE), Text(t.sentence[:60]))
    console.print(shown)
    console.print("超过上限或没有一句话就中止的：" + ("、".join(t.name for t in bad) if bad else "没有"))
