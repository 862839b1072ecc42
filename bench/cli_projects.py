"""The command line: bench projects."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from bench.tables import show


def projects(
    count: Annotated[int, typer.Option(help="造多少个项目")] = 10_000,
    seed: Annotated[int, typer.Option(help="随机数的种子")] = 1,
    pages: Annotated[bool, typer.Option(help="也量工作台的页面")] = True,
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
) -> None:
    """造一个五年的项目组合，每种问题都埋了，看归并得对不对、找到多少、误报多少、用多少时间。"""
    from bench.projects import measure

    steps, found = measure(count, seed, pages)
    if format == "json":
        print(
            json.dumps(
                {"steps": [asdict(s) for s in steps], "rules": [asdict(f) for f in found]},
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    show(
        {"step": "步", "count": "条", "seconds": "秒（几次的取中位数）", "most": "最长"},
        [asdict(s) for s in steps],
        "造出来的项目组合",
    )
    names = {"rule": "规则", "planted": "埋下", "told": "找到", "false": "误报"}
    show(names, [asdict(f) for f in found], "找到的")
