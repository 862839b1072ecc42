"""The commands of the resources: requests for data, cloud and network, from the form to the end, and what was used."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibenzhang.cli.claims import AsOf, app, claims, contradictions, day_of, harvest, quality
from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.resources import Format, Kinds, Who, account, doer, kind_of, say, schema_of, show
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from yibenzhang.resources.models import Request
    from yibenzhang.resources.request_rules import Rules
    from yibenzhang.resources.requests import Person
    from yibenzhang.resources.schema import Schema

__all__ = ["app", "claims", "contradictions", "harvest", "quality"]

group = typer.Typer(
    help="共享申请：数据、云、网络一站式申请，答复、交付、使用、结束。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(group, name="requests")
Code = Annotated[str, typer.Argument(help="申请编号", show_default=False)]
Reason = Annotated[str, typer.Option(help="理由")]
Version = Annotated[int, typer.Option(help="看到的是第几版；那以后有人办过就不保存。不写按现在的", min=0)]
Due = Annotated[
    str, typer.Option(help="只要要提醒的：late 逾期，soon 快到期限，ending 快到使用期，any 三种都要")
]


def rules_of(standards: str) -> Rules:
    """The rules of requests; a sentence and exit where they cannot be used."""
    from yibenzhang.resources.request_rules import load_rules

    try:
        return load_rules(standards)
    except StandardsError as error:
        raise fail(str(error)) from error


def today_of(as_of: str = "") -> date:
    """The day that is asked for, else today in China."""
    from yibenzhang.office.lateness import today

    return day_of(as_of) if as_of else today()


def person(who: str, source: str = "") -> Person:
    """At an own computer one stands in for everybody."""
    from yibenzhang.resources.requests import Person

    return Person(doer(who, source), authority=True, whole=True)


@contextmanager
def opened(folder: Path, database: str, standards: str) -> Iterator[tuple[Session, Schema, Rules]]:
    schema, rules = schema_of(standards), rules_of(standards)
    with account(folder, database) as session:
        yield session, schema, rules


HEADS = {
    "code": "编号",
    "kind_name": "种类",
    "name": "资源",
    "body": "申请单位",
    "provider": "提供单位",
    "state_name": "状态",
    "waits_for": "等谁",
    "due_on": "期限",
    "due_name": "提醒",
    "ends_on": "使用到",
}


@group.command("list")
def list_(
    state: Annotated[str, typer.Option(help="只要这个状态，编号或名称")] = "",
    kind: Kinds = "",
    body: Annotated[str, typer.Option(help="只要这个单位申请或提供的")] = "",
    find: Annotated[str, typer.Option(help="编号、资源、单位里有这些字的")] = "",
    due: Due = "",
    most: Annotated[int, typer.Option(help="最多几行", min=1)] = 1000,
    as_of: AsOf = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """列出申请，新的在前。"""
    from yibenzhang.resources.request_lists import Asked, counted, requests
    from yibenzhang.resources.request_report import request_row
    from yibenzhang.resources.request_time import reminders

    today = today_of(as_of)
    with opened(folder, database, standards) as (session, schema, rules):
        found = next((s.id for s in rules.states.values() if state and state in (s.id, s.name)), "")
        if state and not found:
            raise fail(f"没有“{state}”这个状态；有：{'、'.join(s.name for s in rules.states.values())}。")
        ids = None
        if due:
            some = reminders(session, rules, today)
            ids = tuple(r.request.id for r in some if due in (r.what, "any"))
        asked = Asked(found, kind_of(schema, kind).id if kind else "", body, find, ids=ids)
        total = counted(session, rules, asked, today)
        rows = [request_row(schema, rules, r, today) for r in requests(session, rules, asked, today, 0, most)]
    show(rows, HEADS, format)
    if total > len(rows) and format != "json":
        say(f"共 {total} 条，列出 {len(rows)} 条。")


@group.command("show")
def show_(
    code: Code,
    as_of: AsOf = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """一个申请：填的内容，谁在什么时候办了哪一步、前后是什么。"""
    from yibenzhang.office.models import ZONE
    from yibenzhang.resources.request_report import event_row, field_rows, request_row
    from yibenzhang.resources.requests import events_of, request_of

    today = today_of(as_of)
    with opened(folder, database, standards) as (session, schema, rules):
        r = request_of(session, rules, code)
        row, fields = request_row(schema, rules, r, today), field_rows(schema, rules, r)
        steps = [event_row(schema, rules, r, e) for e in events_of(session, r)]
    if format == "json":
        print(
            json.dumps({**row, "fields": fields, "steps": steps}, ensure_ascii=False, indent=2, default=str)
        )
        return
    say(f"{row['code']}　{row['name']}（{row['resource']}）　{row['way_name']}　{row['state_name']}")
    say(f"  申请单位：{row['body']}　提供单位：{row['provider'] or '—'}　第 {row['version']} 版")
    if row["due_on"]:
        say(f"  等{row['waits_for']}办，期限 {row['due_on']}　{row['due_name']}")
    for f in fields:
        say(f"  {f['name']}：{f['shown']}")
    for s in steps:
        line = "　".join(w for w in (s["event_name"], s["told"], s["reason"]) if w)
        say(f"  {s['at'].astimezone(ZONE):%Y-%m-%d %H:%M}　{s['who'] or '—'}（{s['role_name']}）　{line}")


@group.command("catalogue")
def catalogue(
    find: Annotated[str, typer.Argument(help="名称、编码、单位、摘要里有这些字的", show_default=False)] = "",
    kind: Kinds = "",
    most: Annotated[int, typer.Option(help="最多几行", min=1)] = 200,
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """能申请的资源（已发布的数据、云、网络），走哪条路。"""
    from yibenzhang.resources.applying import offer_row, offered

    with opened(folder, database, standards) as (session, schema, rules):
        one = kind_of(schema, kind).id if kind else ""
        rows = [offer_row(schema, rules, e) for e in offered(session, rules, find, one, most=most)]
    heads = {"code": "编码", "kind_name": "种类", "name": "名称", "body": "单位", "way_name": "怎么办"}
    show(rows, {**heads, "told": "说明"}, format)


@group.command("apply")
def apply_(
    codes: Annotated[list[str], typer.Argument(help="资源的编码，可写多个", show_default=False)],
    body: Annotated[str, typer.Option(help="申请单位")],
    user: Annotated[str, typer.Option(help="使用人")],
    purpose: Annotated[str, typer.Option(help="用途")],
    ends: Annotated[str, typer.Option(help="使用到哪一天（2026-12-31）")],
    begins: Annotated[str, typer.Option(help="从哪一天开始使用，不写为今天")] = "",
    scene: Annotated[str, typer.Option(help="应用场景")] = "",
    phone: Annotated[str, typer.Option(help="联系电话")] = "",
    fields: Annotated[str, typer.Option(help="需要的字段，用顿号隔开（数据资源）")] = "",
    quantity: Annotated[str, typer.Option(help="数量（云、网络）")] = "",
    measure: Annotated[str, typer.Option(help="计量单位（云、网络）")] = "",
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """申请资源：一次可以申请几个，各按共享类型办理；有一个不行，一个也不收。"""
    from yibenzhang.resources.applying import Form, apply, form_values

    today = today_of()
    given = {
        "user": user,
        "phone": phone,
        "purpose": purpose,
        "scene": scene,
        "begins_on": begins,
        "ends_on": ends,
        "fields": fields,
        "quantity": quantity,
        "measure": measure,
    }
    with opened(folder, database, standards) as (session, schema, rules):
        form = Form(body, tuple(codes), form_values(schema, rules, given))
        for r in apply(session, schema, rules, form, person(who), today):
            say(f"{r.code}　{r.name}（{r.resource}）　{rules.states[r.state].name}")


def _step(
    code: str,
    event: str,
    reason: str,
    version: int,
    who: str,
    where: tuple[Path, str, str],
    values: Mapping[str, Any] | None = None,
) -> None:
    """One step; ``event`` yes or no is the answer that the state asks for."""
    from yibenzhang.resources.requests import request_of, state_on, step

    today = today_of()
    with opened(*where) as (session, _, rules):
        r: Request = request_of(session, rules, code)
        state = state_on(rules, r, today)
        event = next((s.id for s in rules.steps_from(state) if s.answer and s.answer == event), event)
        step(session, rules, r, event, version or r.version, person(who), today, reason, values)
        say(f"{code}　{rules.steps[event].name}　{rules.states[r.state].name}")


@group.command("answer")
def answer(
    code: Code,
    words: Annotated[
        str, typer.Argument(metavar="意见", help="agree 同意，refuse 不同意", show_default=False)
    ],
    reason: Reason = "",
    version: Version = 0,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """答复：轮到提供方的是提供方意见，轮到主管部门的是主管部门意见；不同意要写理由。"""
    given = {"agree": "yes", "refuse": "no", "同意": "yes", "不同意": "no"}.get(words, "")
    if not given:
        raise fail(rules_of(standards).say("wrong_answer"))
    _step(code, given, reason, version, who, (folder, database, standards))


@group.command("deliver")
def deliver(
    code: Code,
    interface: Annotated[str, typer.Option(help="交付的接口或库表的名称；使用记录按它认")] = "",
    reason: Reason = "",
    version: Version = 0,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """交付。"""
    where = (folder, database, standards)
    _step(code, "deliver", reason, version, who, where, {"interface": interface})


@group.command("withdraw")
def withdraw(
    code: Code,
    reason: Reason = "",
    version: Version = 0,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """撤回还没有交付的申请。"""
    _step(code, "withdraw", reason, version, who, (folder, database, standards))


@group.command("end")
def end(
    code: Annotated[str, typer.Argument(help="申请编号", show_default=False)] = "",
    expired: Annotated[bool, typer.Option("--expired", help="把使用期已过的都记成到期")] = False,
    reason: Reason = "",
    version: Version = 0,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """结束使用，要写理由；或用 --expired 记下到期的。"""
    from yibenzhang.resources.requests import expire_due

    if bool(code) == expired:
        raise fail("请写申请编号，或者写 --expired。")
    if code:
        _step(code, "end", reason, version, who, (folder, database, standards))
        return
    with opened(folder, database, standards) as (session, _, rules):
        codes = expire_due(session, rules, today_of(), doer(who))
    say(f"到期 {len(codes)} 个{'：' if codes else ''}{'、'.join(codes)}。")
