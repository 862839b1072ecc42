"""The command line: bench ledger."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bench.tables import show


def ledger(
    documents: Annotated[
        list[int] | None, typer.Argument(help="几份公开，可写多个", show_default=False)
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="造在这个文件夹里，要有地方；不写就用临时文件夹")
    ] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="另用普通 Python（和 pandas，如果装了）算一遍关系，作对照")
    ] = False,
    only: Annotated[str, typer.Option(help="只测这几步，用逗号隔开")] = "",
) -> None:
    """造出许多份分析（每份 1,500 个数、300 个六项的算式、40 段正文、5 个项目），收进真的账本，测算式、跨文件、索引、现成的问题、门户的页面、全文搜索、合并，各要多久、多少内存，每份几个字节。"""
    from bench.ledger import measure

    for number in documents or [1_000, 10_000]:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            names = {
                "documents": "份",
                "step": "步",
                "seconds": "秒",
                "cpu": "处理器秒",
                "peak_mb": "内存峰值 MB",
                "bytes": "每份字节",
                "count": "个",
                "broken": "不成立",
                "worst_ms": "最慢 ms",
            }
            show(names, list(measure(Path(place), number, beside, [x for x in only.split(",") if x])), "账本")
