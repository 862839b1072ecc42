"""The command availability: from probes or fault tickets to the figures contracts speak of."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from yibenzhang.cli.common import fail
from yibenzhang.reports.console import Terminal
from yibenzhang.reports.writing import as_json

FORMATS = ("text", "json", "csv")


def availability(
    records: Annotated[
        list[Path], typer.Argument(help="探测记录或故障单：CSV、Parquet、JSON 文件", show_default=False)
    ],
    plan: Annotated[
        Path | None,
        typer.Option(help="服务约定的 TOML 文件：服务时间、节假日、维护窗口、承诺；不给就是全天、没有承诺"),
    ] = None,
    year: Annotated[int | None, typer.Option(help="哪一年", min=1970, max=2200)] = None,
    month: Annotated[int | None, typer.Option(help="那一年的哪一月", min=1, max=12)] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", help="合同期从哪一天", formats=["%Y-%m-%d"])
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", help="合同期到哪一天（含）", formats=["%Y-%m-%d"])
    ] = None,
    format: Annotated[
        str, typer.Option("--format", "-f", help="text 给人看，json 给程序用，csv 给表格用")
    ] = "text",
) -> None:
    """按合同的说法算可用率：只算服务时间，扣除约定的维护，没有探测到的算不明，给出最好和最坏两种。

    退出码：0 没有做不到的承诺，1 有，2 不能算。
    """
    from yibenzhang.evidence.availability import availability as measured
    from yibenzhang.evidence.records import RecordsError, states_of_files
    from yibenzhang.evidence.service_plan import PlanError, plan_from, plan_of
    from yibenzhang.reports.available import Site, broken, lines, report, table

    if format not in FORMATS:
        raise fail(f"不认识的格式 {format}，请用 {'、'.join(FORMATS)}。")
    begin, end = _days(year, month, first, last)
    try:
        agreed = plan_of(plan) if plan else plan_from({})
        period = agreed.period(begin, end)
        sites = [
            Site(name, measured(states, agreed, period))
            for name, states in states_of_files(records, agreed, period)
        ]
    except (PlanError, RecordsError) as error:
        raise fail(str(error)) from error
    if format == "json":
        print(as_json(report(sites, agreed)))
    elif format == "csv":
        print(table(sites, agreed), end="")
    else:
        console = Terminal(soft_wrap=True)
        for line in lines(sites, agreed):
            console.print(Text(line))
    if not sites:
        raise fail("记录里没有站点。")
    raise typer.Exit(int(broken(sites, agreed)))


def _days(
    year: int | None, month: int | None, first: datetime | None, last: datetime | None
) -> tuple[date, date]:
    """The first and the last day of the period asked for."""
    if first and last:
        if first > last:
            raise fail("合同期的结束早于开始。")
        return first.date(), last.date()
    if year is None or first or last:
        raise fail("请给 --year（可加 --month），或者 --from 和 --to。")
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
