"""`yibenzhang bench serve`: the workbench under a large ledger and many people."""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from yibenzhang.cli.common import fail

if TYPE_CHECKING:
    from bench.serving import Report, Taken


def _pause(text: str) -> tuple[float, float]:
    try:
        low, high = (float(x) for x in text.split(","))
    except ValueError:
        low, high = 1.0, 0.0
    if not 0 <= low <= high <= 60:
        raise fail("--pause 请写成两个数，如 1,4。")
    return low, high


def serve(
    documents: Annotated[int, typer.Option("--documents", "-n", min=16, help="账本里有多少份文件")] = 10_000,
    matters: Annotated[int, typer.Option(min=1, max=60, help="每份文件有多少个问题")] = 30,
    people: Annotated[int, typer.Option(min=0, max=500, help="多少人同时使用，0 为不测")] = 50,
    seconds: Annotated[float, typer.Option(min=0, max=600, help="同时使用多少秒")] = 20,
    pause: Annotated[str, typer.Option(help="每个人两次点击之间停几秒到几秒，0,0 为不停")] = "1,4",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="服务同时检查几个文件")] = 2,
    keep: Annotated[
        Path | None, typer.Option(help="账本造在这个文件夹并留着，下次直接用；不写则用完删除")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果写成 JSON")] = False,
) -> None:
    """造一个大账本，测工作台各页的快慢，再测许多人同时使用（要开发依赖 httpx）。退出码 1：有一项没有达到目标。"""
    if importlib.util.find_spec("httpx") is None:
        raise fail("没有装 httpx（开发依赖），不能测；请先 pip install 'yibenzhang[dev]'。")
    from bench.office_ledger import Unmade, made_before, make
    from bench.serving import measure

    console = Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        status = stack.enter_context(console.status("准备")) if sys.stderr.isatty() else None

        def tell(words: str) -> None:
            if status:
                status.update(words)

        folder = (
            keep.resolve()
            if keep
            else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yibenzhang-bench-")))
        )
        try:
            made = made_before(folder)
            if made is None and (folder / "office.db").exists():
                raise fail(f"{folder} 里已有别的账本，请换一个文件夹。")
            made = made or make(folder, documents, matters, tell)
            report = measure(made, jobs, people, seconds, _pause(pause), tell)
        except Unmade as error:
            raise fail(str(error)) from error
        except OSError as error:
            raise fail(f"没有测成：{error.strerror}：{error.filename}") from error
    if as_json:
        print(json.dumps(report.told(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    if any(t.met is False for t in (*report.alone, *report.load)):
        raise typer.Exit(1)


def _show(report: Report) -> None:
    console = Console(highlight=False)
    console.print(
        _table(
            f"{report.documents} 份文件、{report.matters} 个问题，逐项（毫秒，{report.processors} 个核心）",
            report.alone,
        )
    )
    if report.people:
        low, high = report.pause
        think = f"每次点击间停 {low:g} 到 {high:g} 秒" if high else "点击之间不停顿"
        console.print(
            _table(f"{report.people} 人同时使用 {report.seconds:g} 秒，{think}（毫秒）", report.load)
        )
        console.print(
            f"共 {report.requests} 次请求，每秒 {report.requests / report.seconds:.0f} 次；其间交来 {report.handed_in} 个文件，查完 {report.checked} 个。"
        )
        if report.cpu:
            c = report.cpu
            console.print(
                f"其间处理器时间（秒，共 {report.processors} 个核心）：页面服务 {c['server']:g}，检查和画页 {c['workers']:g}，"
                f"测量程序 {c['client']:g}，本机别的程序 {c['others']:g}，空闲 {c['idle']:g}。"
            )
    for e in report.errors:
        console.print(f"出错：{e}", markup=False)
    console.print(
        "时间从发出请求到收完回答，同一台机器；各文件的检查结果是同一份的硬链接，因此都在磁盘缓存里。"
    )


def _table(title: str, rows: list[Taken]) -> Table:
    shown = Table(title=title, show_edge=False)
    for name in ("项目", "次数", "中位", "95%", "最长", "处理器", "目标", "出错"):
        shown.add_column(name, justify="left" if name == "项目" else "right")
    for t in rows:
        goal = "" if t.target is None else f"<{t.target:.0f} {'达到' if t.met else '没有达到'}"
        shown.add_row(
            t.name,
            str(t.times),
            f"{t.p50:.0f}",
            f"{t.p95:.0f}",
            f"{t.most:.0f}",
            "" if t.cpu is None else f"{t.cpu:.0f}",
            goal,
            str(t.errors or ""),
        )
    return shown
