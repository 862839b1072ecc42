"""The commands of the resources: what a source tells, and what is taken over of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.resources import (
    Body,
    Find,
    Format,
    Kinds,
    State,
    Who,
    account,
    app,
    doer,
    kind_of,
    say,
    schema_of,
    show,
)
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address

Source = Annotated[str, typer.Option(help="只要这个来源的")]


@app.command("harvest")
def harvest(
    source: Annotated[
        str,
        typer.Argument(
            help="数据库地址（env:变量名，或不带密码的 postgresql://用户@主机/库、sqlite:///文件）、"
            "Parquet 和 CSV 的文件夹、CKAN 或 DCAT 的 JSON 文件",
            show_default=False,
        ),
    ],
    body: Annotated[str, typer.Option(help="这些数据是哪个单位的；目录文件里写明了的可以不写")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="全部接受，不再逐条看")] = False,
    no_count: Annotated[bool, typer.Option("--no-count", help="不数行数")] = False,
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """采集：看来源里有哪些表、字段、多少行，与账上的不同列成待定的差异。密码只从环境变量读，不保存、不显示。

    退出码：0 都读了，1 有没读成的，2 不能运行。
    """
    from yibenzhang.resources.catalogues import harvest_path
    from yibenzhang.resources.deciding import accept as accept_all
    from yibenzhang.resources.deciding import proposals
    from yibenzhang.resources.harvesting import harvest_database
    from yibenzhang.resources.proposing import propose
    from yibenzhang.resources.sources import SourceError, is_address

    schema = schema_of(standards)
    try:
        if is_address(source):
            if not body:
                raise fail(schema.say("source_body"))
            found = harvest_database(schema, source, body, not no_count)
        else:
            path = Path(source)
            if not body and path.suffix.lower() not in (".json", ".jsonl", ".jsonld"):
                raise fail(schema.say("source_body"))
            found = harvest_path(schema, path, body)
    except SourceError as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"{error.filename} 读不了：{error.strerror}。") from error
    with account(folder, database) as session:
        proposed = propose(session, schema, found, doer(who))
        say(
            f"{found.source}：新增 {proposed.adds} 条，修改 {proposed.changes} 条，"
            f"来源里没有了 {proposed.gone} 条，相同 {proposed.same} 条。"
        )
        if accept:
            decided = accept_all(session, schema, proposals(session, found.source), doer(who))
            for sentence in decided.left:
                say(sentence)
            say(f"接受 {decided.done} 条。")
    for sentence in proposed.problems:
        say(sentence)
    if proposed.problems:
        raise typer.Exit(1)


@app.command("proposals")
def list_proposals(
    source: Source = "",
    kind: Kinds = "",
    most: Annotated[int, typer.Option(help="最多几行", min=1)] = 200,
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """列出待定的差异。"""
    from yibenzhang.resources.deciding import count_open, proposals
    from yibenzhang.resources.telling import proposal_row

    schema = schema_of(standards)
    one = kind_of(schema, kind).id if kind else ""
    with account(folder, database) as session:
        total = count_open(session, source, one)
        rows = [proposal_row(schema, p) for p in proposals(session, source, one, 0, most)]
    heads = {
        "id": "号",
        "action_name": "差异",
        "kind_name": "种类",
        "name": "名称",
        "body": "单位",
        "told": "改动",
    }
    show(rows, heads, format)
    if total > len(rows):
        say(f"共 {total} 条，列出 {len(rows)} 条。")


Numbers = Annotated[list[int] | None, typer.Argument(help="差异的号，可写多个", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="全部（可用 --source、--kind 限定）")]


@app.command("accept")
def accept(
    numbers: Numbers = None,
    all: All = False,
    source: Source = "",
    kind: Kinds = "",
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """接受差异：逐条或全部。人在此期间改过的不覆盖，另外说明。"""
    _decide(True, numbers, all, source, kind, who, folder, database, standards)


@app.command("refuse")
def refuse(
    numbers: Numbers = None,
    all: All = False,
    source: Source = "",
    kind: Kinds = "",
    who: Who = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """不接受差异：逐条或全部。"""
    _decide(False, numbers, all, source, kind, who, folder, database, standards)


def _decide(
    yes: bool,
    numbers: list[int] | None,
    all: bool,
    source: str,
    kind: str,
    who: str,
    folder: Path,
    database: str,
    standards: str,
) -> None:
    from yibenzhang.resources import deciding

    if bool(numbers) == all:
        raise fail("请写差异的号，或者写 --all。")
    schema = schema_of(standards)
    with account(folder, database) as session:
        if all:
            some = list(deciding.proposals(session, source, kind_of(schema, kind).id if kind else ""))
        else:
            some = [deciding.proposal_of(session, n) for n in numbers or ()]
        decided = (deciding.accept if yes else deciding.refuse)(session, schema, some, doer(who))
    for sentence in decided.left:
        say(sentence)
    say(f"{'接受' if yes else '不接受'} {decided.done} 条。")
    if decided.left:
        raise typer.Exit(1)


@app.command("export")
def export(
    output: Annotated[
        Path, typer.Argument(help="写到哪个文件：.csv、.xlsx、.jsonld（DCAT）", show_default=False)
    ],
    kind: Annotated[str, typer.Option("--kind", help="哪一种；DCAT 只有数据资源")] = "data_resource",
    state: State = "",
    body: Body = "",
    find: Find = "",
    base: Annotated[str, typer.Option(help="DCAT 里各条的网址以它开头")] = "urn:yibenzhang:resources",
    title: Annotated[str, typer.Option(help="DCAT 目录的名称")] = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """导出成 CSV、Excel（改后可以再导入）或 DCAT（JSON-LD）。"""
    from yibenzhang.resources.exporting import dcat, fields_by_resource, table
    from yibenzhang.resources.store import Asked, entries

    schema = schema_of(standards)
    one = kind_of(schema, kind)
    format = {".csv": "csv", ".xlsx": "xlsx", ".jsonld": "dcat", ".json": "dcat"}.get(
        output.suffix.lower(), ""
    )
    if not format:
        raise fail("文件名请以 .csv、.xlsx 或 .jsonld 结尾。")
    with account(folder, database) as session:
        found = list(entries(session, Asked(one.id, state, body, find)))
        if format == "dcat":
            data = dcat(schema, found, title or one.name, base, fields_by_resource(session))
        else:
            data = table(schema, one, found, format)
    try:
        output.write_bytes(data)
    except OSError as error:
        raise fail(f"{output} 写不了：{error.strerror}。") from error
    say(f"{len(found)} 条写到 {output}。")
