"""The command line: bench hotline."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.tables import show
from yibenzhang.cli.common import fail

_AT_ONCE = 2_000_000
"""As many orders are made as objects; more are written as they are made."""


def hotline(
    orders: Annotated[int, typer.Option(min=1000, help="造多少张工单")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="随机数的种子")] = 1,
    wordings: Annotated[
        str, typer.Option(help="用哪一套说法：hotline、hotline-apart 或 bench/wordings 里的别的")
    ] = "hotline-apart",
    database: Annotated[
        str, typer.Option(help="一个空的 PostgreSQL 的地址（SQLAlchemy 的写法）；不写用 Parquet")
    ] = "",
    memory: Annotated[int, typer.Option(min=1, help="认人认事最多用多少 GB 内存")] = 4,
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
) -> None:
    """造一年的工单，埋下一人多次、多人一事和它们的假象，看认出多少、认错多少、用多少时间。"""
    from bench.hotline import as_table, made_orders, mapping_file, measured, megabytes, truth_of, warned
    from bench.hotline_large import write

    with tempfile.TemporaryDirectory(prefix="ybz-") as name:
        import pyarrow.parquet

        folder = Path(name)
        if orders > _AT_ONCE and not database:
            place, truth_file = write(orders, seed, wordings, folder)
            truth = pyarrow.parquet.read_table(truth_file)
            file = mapping_file(folder, 'kind = "files"', f'file = "{place.name}"')
        else:
            made = made_orders(orders, seed, wordings)
            table, truth = as_table(made), truth_of(made)
            if database:
                try:
                    _filled(database, table, folder)
                except ModuleNotFoundError as error:
                    raise fail(
                        f"没有装 {error.name} 这个驱动程序；PostgreSQL 可用 postgresql+pg8000://。"
                    ) from error
                os.environ["BENCH_HOTLINE_URL"] = database
                source = 'kind = "database"\nvariable = "BENCH_HOTLINE_URL"'
                file = mapping_file(folder, source, 'from = "gd"')
            else:
                pyarrow.parquet.write_table(table, folder / "gd.parquet")
                file = mapping_file(folder, 'kind = "files"', 'file = "gd.parquet"')
            del table, made
        steps, found = measured(file, truth, memory)
    told: dict[str, Any] = {
        "orders": orders,
        "wordings": wordings,
        "source": "PostgreSQL" if database else "Parquet",
        "megabytes": megabytes(),
        "steps": [asdict(s) for s in steps],
        "found": [asdict(f) for f in found],
        "warning": dict(warned(seed)),
    }
    if format == "json":
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _table(
        told["steps"],
        {"step": "步骤", "seconds": "秒", "processor": "处理器秒"},
        f"{told['source']}，{orders} 张，峰值 {told['megabytes']} MB",
    )
    _table(told["found"], {"what": "认什么", "pairs": "对", "precision": "准", "recall": "全"})
    heads = {
        "planted": "埋下的突增",
        "found": "一天内报出",
        "wanted": "约定的误报/周",
        "false_a_week": "实际的误报/周",
    }
    _table([told["warning"]], heads)


def _table(rows: list[dict[str, Any]], heads: dict[str, str], title: str = "") -> None:
    cut = [{k: f"{v:.3f}" if isinstance(v, float) else v for k, v in r.items()} for r in rows]
    show(heads, cut, title)


def _filled(database: str, table: Any, folder: Path) -> None:
    """The orders in a table gd, copied in as CSV."""
    from pyarrow import csv
    from sqlalchemy import create_engine

    csv.write_csv(table, folder / "gd.csv")
    engine = create_engine(database.replace("postgresql://", "postgresql+pg8000://"))
    raw: Any = engine.raw_connection()
    cursor = raw.cursor()
    kinds = {"timestamp[us]": "timestamp", "int64": "bigint"}
    made = ", ".join(f'"{f.name}" {kinds.get(str(f.type), "text")}' for f in table.schema)
    cursor.execute(f"CREATE TABLE gd ({made})")
    with (folder / "gd.csv").open("rb") as stream:
        cursor.execute("COPY gd FROM STDIN WITH (FORMAT csv, HEADER)", stream=stream)
    raw.commit()
    raw.close()
    engine.dispose()
