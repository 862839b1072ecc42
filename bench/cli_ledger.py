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
) -> None:
    """造出许多份分析（每份 1,500 个数、300 个六项的算式），测算式和跨文件对照的用时、每份的字节数。"""
    from bench.ledger import measure

    for number in documents or [1_000, 10_000]:
        with tempfile.TemporaryDirectory() as folder:
            names = {
                "documents": "份", "step": "步", "seconds": "秒", "count": "个", "broken": "不成立", "bytes": "每份字节",
                "peak_mb": "内存峰值 MB",
            }  # fmt: skip
            show(names, measure(Path(folder), number), "账本")
