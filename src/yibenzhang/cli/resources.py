"""The commands of the resources: take tables in, list, show, change, move on, hand out."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from yibenzhang.resources.models import Entry
    from yibenzhang.resources.schema import Kind, Schema
    from yibenzhang.resources.store import Doer

app = typer.Typer(
    help="资源账：应用、数据、云、网络、网站、证照、数据产品，导入、采集、核对、导出。",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Who = Annotated[str, typer.Option(help="谁做的，记进修改记录")]
Format = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")]
KindName = Annotated[
    str, typer.Argument(help="资源的种类，编号或名称；resources kinds 列出有哪些", show_default=False)
]


def schema_of(standards: str) -> Schema:
    """The schemas; a sentence and exit where they cannot be used."""
    from yibenzhang.resources.schema import load_schema

    try:
        return load_schema(standards)
    except StandardsError as error:
        raise fail(str(error)) from error


def kind_of(schema: Schema, name: str) -> Kind:
    try:
        return schema.kind(name)
    except StandardsError as error:
        raise fail(str(error)) from error


def account(folder: Path, address: str) -> AbstractContextManager[Session]:
    """The account in this folder or database."""
    from yibenzhang.cli.records import records
    from yibenzhang.resources.store import prepare

    return records(folder, address, prepare)


def doer(who: str, source: str = "") -> Doer:
    from yibenzhang.resources.store import Doer

    return Doer(datetime.now(UTC), who, source)


def say(words: str) -> None:
    Console(highlight=False, soft_wrap=True).print(Text(words))


@app.command("kinds")
def kinds(
    kind: Annotated[str, typer.Argument(help="只列这一种的字段", show_default=False)] = "",
    format: Format = "text",
    standards: Layer = "",
) -> None:
    """列出资源的种类；写上种类，列出它的字段。"""
    schema = schema_of(standards)
    if kind:
        one = kind_of(schema, kind)
        rows = [
            {
                "id": f.id,
                "name": f.name,
                "type": f.type,
                "required": f.required,
                "codes": [n[0] for n in schema.codes[f.codes].values()] if f.codes else [],
                "kind": f.kind,
                "standard": f.standard,
                "names": list(f.names),
            }
            for f in one.fields
        ]
        heads = {
            "id": "字段",
            "name": "名称",
            "type": "类型",
            "required": "必填",
            "codes": "代码表",
            "kind": "指向",
            "standard": "标准",
            "names": "别的写法",
        }
    else:
        rows = [
            {
                "id": k.id,
                "name": k.name,
                "prefix": k.prefix,
                "fields": len(k.fields),
                "standards": list(k.standards),
            }
            for k in schema.kinds.values()
        ]
        heads = {"id": "种类", "name": "名称", "prefix": "编码", "fields": "字段数", "standards": "标准"}
    show(rows, heads, format)


def show(rows: list[dict[str, Any]], heads: dict[str, str], format: str) -> None:
    """Rows as a table for people or as JSON."""
    if format == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    shown = Table(show_edge=False)
    for name in heads.values():
        shown.add_column(name, overflow="fold")
    for r in rows:
        shown.add_row(*(Text(_cell(r.get(k))) for k in heads))
    Console(highlight=False).print(shown)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else "是" if value is True else "" if value is False else str(value)


@app.command("import")
def import_(
    kind: KindName,
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件", show_default=False)],
    columns: Annotated[
        Path | None, typer.Option(help='列名对照（TOML）："文件里的列名" = "字段编号"')
    ] = None,
    rest: Annotated[bool, typer.Option("--rest", help="有不收的行时，其余的照收；不写就一行也不收")] = False,
    try_: Annotated[bool, typer.Option("--try", help="只看能收多少，不写进账")] = False,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """从表格导入：列按名称认，不收的行逐行说明原因。已有的只改表里写了的格。

    退出码：0 都收了，1 有不收的，2 不能运行。
    """
    from yibenzhang.reading import ReadingError
    from yibenzhang.resources.importing import mapping_of, read_table, take

    schema = schema_of(standards)
    one = kind_of(schema, kind)
    try:
        mapping = mapping_of(columns) if columns else {}
        data = file.read_bytes()
    except OSError as error:
        raise fail(f"{error.filename} 读不了：{error.strerror}。") from error
    except StandardsError as error:
        raise fail(str(error)) from error
    with account(folder, database) as session:
        try:
            read = read_table(session, schema, one, data, mapping)
        except ReadingError as error:
            raise fail(f"{file.name} 没有导入：{error}") from error
        taken = take(session, schema, read, doer(who, file.name), rest)
        if try_:
            session.rollback()
    for r in taken.refused:
        say(r.why)
    if read.unknown:
        say(f"没有用到的列：{'、'.join(read.unknown)}")
    if not taken.written:
        say(f"{len(taken.refused)} 行不能收，{len(read.rows)} 行能收；一行也没有写（加 --rest 收下能收的）。")
    else:
        tried = "（只是试，没有写）" if try_ else ""
        say(
            f"新增 {len(taken.added)} 条，修改 {taken.changed} 条，相同 {taken.same} 条，"
            f"不收 {len(taken.refused)} 行{tried}。"
        )
    if taken.refused:
        raise typer.Exit(1)


Kinds = Annotated[str, typer.Option("--kind", help="只要这一种")]
State = Annotated[str, typer.Option(help="只要这个状态：draft、checked、published、withdrawn")]
Body = Annotated[str, typer.Option(help="只要这个单位")]
Find = Annotated[str, typer.Option(help="名称、编码、单位里有这些字的")]


@app.command("list")
def list_(
    kind: Kinds = "",
    state: State = "",
    body: Body = "",
    find: Find = "",
    format: Format = "text",
    most: Annotated[int, typer.Option(help="最多几行", min=1)] = 1000,
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """列出资源。"""
    from yibenzhang.resources.store import Asked, counted, entries

    schema = schema_of(standards)
    asked = Asked(kind_of(schema, kind).id if kind else "", state, body, find)
    with account(folder, database) as session:
        total = counted(session, asked)
        rows = [row_of(schema, e) for e in entries(session, asked, 0, most)]
    heads = {"code": "编码", "kind_name": "种类", "name": "名称", "body": "单位", "state_name": "状态"}
    show(rows, heads, format)
    if total > len(rows):
        Console(stderr=True, highlight=False).print(Text(f"共 {total} 条，列出 {len(rows)} 条。"))


def row_of(schema: Schema, e: Entry) -> dict[str, Any]:
    return {
        "code": e.code,
        "kind": e.kind,
        "kind_name": schema.kinds[e.kind].name if e.kind in schema.kinds else e.kind,
        "name": e.name,
        "body": e.body,
        "state": e.state,
        "state_name": schema.states[e.state],
        "version": e.version,
        "values": e.values,
    }


Code = Annotated[str, typer.Argument(help="资源的编码", show_default=False)]


@app.command("show")
def show_(
    code: Code,
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """一条资源：各字段、缺什么、谁在什么时候把什么改成了什么。"""
    from yibenzhang.resources.store import entry_of, history_of
    from yibenzhang.resources.telling import action_name, change_sentence
    from yibenzhang.resources.values import problems, shown

    schema = schema_of(standards)
    with account(folder, database) as session:
        entry = entry_of(session, schema, code)
        history = history_of(session, entry)
    kind = schema.kinds[entry.kind]
    missing = problems(schema, kind, entry.values)
    changes: list[dict[str, Any]] = [
        {
            "version": h.version,
            "at": h.at.isoformat(),
            "who": h.who,
            "action": h.action,
            "before": h.before,
            "after": h.after,
            "source": h.source,
            "reason": h.reason,
        }
        for h in history
    ]
    if format == "json":
        data = {**row_of(schema, entry), "problems": missing, "history": changes}
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return
    say(f"{entry.code}　{kind.name}　{entry.name}　{schema.states[entry.state]}　第 {entry.version} 版")
    for f in kind.fields:
        value = shown(schema, f, entry.values.get(f.id))
        say(
            f"  {f.name}：{'' if value is None else '是' if value is True else '否' if value is False else value}"
        )
    for sentence in missing:
        say(f"  缺：{sentence}")
    for c in changes:
        what = "" if c["action"] == "add" else change_sentence(schema, kind, c["before"], c["after"])
        words = "　".join(w for w in (action_name(schema, c["action"]), what, c["reason"], c["source"]) if w)
        say(f"  {c['at'][:19]}　{c['who'] or '—'}　{words}")


@app.command("set")
def set_(
    code: Code,
    values: Annotated[list[str], typer.Argument(help="字段=值，可写多个；值为空即清空", show_default=False)],
    version: Annotated[
        int, typer.Option(help="改的是第几版；那以后有人改过就不保存。不写按现在的", min=0)
    ] = 0,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """修改一条资源的字段。"""
    from yibenzhang.resources.store import Index, change, entry_of
    from yibenzhang.resources.values import Refusal, parsed

    schema = schema_of(standards)
    with account(folder, database) as session:
        entry = entry_of(session, schema, code)
        kind, index = schema.kinds[entry.kind], Index(session, schema)
        new: dict[str, Any] = {}
        for pair in values:
            name, _, text = pair.partition("=")
            field = kind.field(name) or next((f for f in kind.fields if f.name == name), None)
            if field is None:
                raise fail(schema.say("unknown_field", kind=kind.name, field=name))
            try:
                new[field.id] = parsed(schema, field, text, index.find, "元" if field.type == "money" else "")
            except Refusal as error:
                raise fail(str(error)) from error
        done = change(session, schema, entry, new, version or entry.version, doer(who))
    say(f"{code} 已改为第 {entry.version} 版。" if done else "没有不同。")


@app.command("move")
def move(
    action: Annotated[
        str,
        typer.Argument(
            help="check 核对，return 退回，publish 发布，revise 修订，withdraw 撤回，restore 恢复"
        ),
    ],
    codes: Annotated[list[str], typer.Argument(help="资源的编码，可写多个", show_default=False)],
    reason: Annotated[str, typer.Option(help="理由")] = "",
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """把资源移到下一个状态；其中一条不行，全部不动。"""
    from yibenzhang.resources.store import entry_of, step
    from yibenzhang.resources.telling import action_name

    schema = schema_of(standards)
    with account(folder, database) as session:
        for code in codes:
            entry = entry_of(session, schema, code)
            step(session, schema, entry, action, entry.version, doer(who), reason)
    say(f"{len(codes)} 条已{action_name(schema, action)}。")
