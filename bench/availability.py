"""A year of one-minute probes of many sites: made in DuckDB, read from Parquet, and what contracts speak of."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bench.tables import show


def availability(
    sites: Annotated[int, typer.Option(min=1, help="几个站点")] = 60,
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")] = "text",
) -> None:
    """造一年的一分钟探测，从 Parquet 读出来，按合同的说法算可用率，看用多少时间。"""
    import duckdb

    from yibenzhang.evidence.availability import availability as measured
    from yibenzhang.evidence.records import states_of_files
    from yibenzhang.evidence.service_plan import plan_from

    plan = plan_from(
        {"service": {"hours": {"工作日": "08:30-17:30"}}, "promise": {"rate": 98, "downtime_hours": 12}}
    )
    period = plan.period(date(2026, 1, 1), date(2026, 12, 31))
    with tempfile.TemporaryDirectory(prefix="ybz-") as name:
        file = Path(name) / "probes.parquet"
        duckdb.connect().execute(
            f"COPY (SELECT 's' || s AS site, TIMESTAMPTZ '2026-01-01 00:00:00+08' + to_minutes(m) AS time, "
            f"hash(m // 7, s) % 400 > 0 AS up FROM range({sites}) a(s), range(525600) b(m) WHERE hash(m // 60, s) % 900 > 0) "
            f"TO '{file}' (FORMAT parquet)"
        )
        probes = duckdb.connect().execute(f"SELECT count(*) FROM '{file}'").fetchone()
        begun, computing = (time.monotonic(), time.process_time()), 0.0
        found = 0
        for _, states in states_of_files([file], plan, period):
            at = time.monotonic()
            measured(states, plan, period)
            computing += time.monotonic() - at
            found += 1
        told = {
            "sites": found,
            "probes": probes[0] if probes else 0,
            "seconds": round(time.monotonic() - begun[0], 2),
            "processor": round(time.process_time() - begun[1], 2),
            "computing": round(computing, 2),
        }
    if format == "json":
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return
    heads = {
        "sites": "站点",
        "probes": "探测",
        "seconds": "秒",
        "processor": "处理器秒",
        "computing": "其中计算秒",
    }
    show(heads, [told])
