"""The commands of the resources: requests that are late, and what was used of which interface."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yibenzhang.cli.claims import AsOf
from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.requests import HEADS, app, group, opened, today_of
from yibenzhang.cli.resources import Body, Format, Who, doer, say, show
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address

__all__ = ["app"]

using = typer.Typer(
    help="使用记录：导入，看用了多少、哪些没有用过。", no_args_is_help=True, rich_markup_mode=None
)
group.add_typer(using, name="use")


@group.command("overdue")
def overdue(
    body: Body = "",
    as_of: AsOf = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """逾期的、快到期限的、快到使用期的。期限按工作日算，天数在 requests.toml 里。

    退出码：0 没有逾期，1 有逾期，2 不能运行。
    """
    from yibenzhang.resources.request_report import request_row
    from yibenzhang.resources.request_time import LATE, reminders, unknown_years

    today = today_of(as_of)
    with opened(folder, database, standards) as (session, schema, rules):
        some = reminders(session, rules, today, body or None)
        rows = [request_row(schema, rules, r.request, today) for r in some]
    heads = {**{k: v for k, v in HEADS.items() if k != "kind_name"}, "left": "还有几天"}
    show(rows, heads, format)
    years = unknown_years(rules, [r.due_on for r in some])
    if years and format != "json":
        say(rules.say("no_calendar", years="、".join(map(str, years))))
    if any(r.what == LATE for r in some):
        raise typer.Exit(1)


@using.command("import")
def use_import(
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件", show_default=False)],
    rest: Annotated[bool, typer.Option("--rest", help="有不收的行时，其余的照收；不写就一行也不收")] = False,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """导入使用记录：申请编号或接口、日期、次数、行数，一天一行；同一天再导入的，按后一次的算。

    退出码：0 都收了，1 有不收的，2 不能运行。
    """
    from yibenzhang.reading import ReadingError
    from yibenzhang.resources.requests import expire_due
    from yibenzhang.resources.usage import take_usage

    today = today_of()
    try:
        data = file.read_bytes()
    except OSError as error:
        raise fail(f"{error.filename} 读不了：{error.strerror}。") from error
    with opened(folder, database, standards) as (session, schema, rules):
        try:
            taken = take_usage(session, schema, rules, data, doer(who, file.name), today, rest)
        except ReadingError as error:
            raise fail(f"{file.name} 没有导入：{error}") from error
        expire_due(session, rules, today, doer(who, file.name))
    for r in taken.refused:
        say(r.why)
    if not taken.written:
        say(f"{len(taken.refused)} 行不能收；一行也没有写（加 --rest 收下能收的）。")
        raise typer.Exit(1)
    first = f"；第一次使用：{'、'.join(taken.first)}" if taken.first else ""
    say(
        f"新增 {taken.added} 行，更正 {taken.changed} 行，相同 {taken.same} 行，不收 {len(taken.refused)} 行{first}。"
    )
    if taken.refused:
        raise typer.Exit(1)


@using.command("list")
def use_list(
    body: Annotated[str, typer.Option(help="只要这个单位用的或提供的")] = "",
    never: Annotated[bool, typer.Option("--never", help="只要交付了没有用过的")] = False,
    as_of: AsOf = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """每个接口用了多少；交付了没有用过的也列出来。"""
    from yibenzhang.resources.request_report import used_row
    from yibenzhang.resources.usage import used

    today = today_of(as_of)
    with opened(folder, database, standards) as (session, _, rules):
        rows = [
            used_row(rules, u, today) for u in used(session, rules, body or None) if not (never and u.calls)
        ]
    heads = {
        "request": "申请",
        "name": "资源",
        "interface": "接口",
        "body": "使用单位",
        "provider": "提供单位",
        "state_name": "状态",
        "first": "第一天",
        "last": "最后一天",
        "days": "天数",
        "calls": "次数",
        "records": "行数",
    }
    show(rows, heads, format)
