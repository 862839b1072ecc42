"""The commands of the resources: work orders of the quality of data."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from yibenzhang.cli.claims import AsOf, day_of
from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.resources import Body, Format, Who, account, doer, say, schema_of, show
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address
from yibenzhang.cli.usage import app

__all__ = ["app"]

group = typer.Typer(
    help="质量工单：不合格的开给单位，改了以后复查。", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="orders")


@group.command("open")
def open_orders(
    body: Body = "",
    due: Annotated[str, typer.Option(help="改到哪一天（2026-03-31）；不写为 15 天")] = "",
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """最近一次检查里不合格的，还没有工单的，各开一张。"""
    from yibenzhang.resources.measuring import last_run
    from yibenzhang.resources.mending import send

    schema = schema_of(standards)
    try:
        due_on = date.fromisoformat(due) if due else None
    except ValueError as error:
        raise fail(f"“{due}”不是日期，应写成 2026-03-01。") from error
    with account(folder, database) as session:
        codes = send(session, last_run(session, body or None), doer(who), due_on)
    words = schema.words["mending"]
    say(words["opened"].format(count=len(codes), codes="、".join(codes)) if codes else words["nothing"])


@group.command("list")
def list_orders(
    body: Body = "",
    state: Annotated[str, typer.Option(help="open 待整改，mended 待复查，closed 已办结；不写都列")] = "",
    as_of: AsOf = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """列出工单和办理经过。退出码：0 没有逾期的，1 有逾期的。"""
    from yibenzhang.resources.mending import orders
    from yibenzhang.resources.mending_report import COLUMNS, row
    from yibenzhang.resources.quality_rules import rules_of

    schema, today = schema_of(standards), day_of(as_of)
    with account(folder, database) as session:
        rows = [row(schema, rules_of(standards), o, today) for o in orders(session, body or None, state)]
    show(rows, COLUMNS, format)
    if any(r["late"] for r in rows):
        raise typer.Exit(1)


@group.command("mended")
def mended_order(
    code: Annotated[str, typer.Argument(help="工单编号", show_default=False)],
    note: Annotated[str, typer.Option(help="怎么改的")],
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """记下已经改了；下一次检查这个来源（resources quality）时复查，合格的办结，不合格的退回。"""
    from yibenzhang.office.access import NotHere, Refused
    from yibenzhang.resources.mending import mended, order_of

    schema = schema_of(standards)
    try:
        with account(folder, database) as session:
            order = order_of(session, schema, code)
            mended(session, schema, order, order.last.step, note, doer(who))
    except (NotHere, Refused) as error:
        raise fail(str(error)) from error
    say(schema.words["mending"]["saved"].format(code=code))
