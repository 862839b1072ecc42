"""The commands of the resources: what disclosures tell in numbers, and what contradicts what."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.quality import harvest, quality
from yibenzhang.cli.resources import Format, Who, account, app, doer, say, schema_of, show
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    from yibenzhang.ledger.store import Ledger

__all__ = ["app", "claims", "contradictions", "harvest", "quality"]

LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", "-l", help="账本的文件夹（ingest 收成的），钱和项目从那里来")
]
AsOf = Annotated[str, typer.Option(help="以哪一天为准（2026-03-01），不写为今天")]


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError as error:
        raise fail(f"“{text}”不是日期，应写成 2026-03-01。") from error


def opened_ledger(folder: Path | None) -> Ledger | None:
    """The ledger where one is given. A folder that holds none is refused, not made."""
    if folder is None:
        return None
    from yibenzhang.ledger.store import Ledger, LedgerError

    if not (folder / "ledger.json").is_file():
        raise fail(f"{folder} 不是账本；账本用 yibenzhang ingest 收成。")
    try:
        return Ledger(folder)
    except LedgerError as error:
        raise fail(str(error)) from error


@app.command("claims")
def claims(
    files: Annotated[list[str], typer.Argument(help="公开文件，可写多个", show_default=False)],
    body: Annotated[str, typer.Option(help="是哪个单位的；不写按文件自己写的")] = "",
    year: Annotated[int, typer.Option(help="是哪一年的；不写按文件自己写的")] = 0,
    try_: Annotated[bool, typer.Option("--try", help="只列出，不写进账")] = False,
    who: Who = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """从公开文件里读出数量和承诺（多少个系统上云、编目不少于多少个），连同位置和原文记进账。"""
    from yibenzhang.batch import find_files
    from yibenzhang.checking.check import check_document
    from yibenzhang.reading import ReadingError, read
    from yibenzhang.resources.claiming import take_claims, values_of
    from yibenzhang.resources.measures import claims_in, measures_of

    schema = schema_of(standards)
    try:
        measures = measures_of(standards)
    except StandardsError as error:
        raise fail(str(error)) from error
    paths, missing = find_files(files)
    rows: list[dict[str, Any]] = []
    bad = [(m.path, m.error) for m in missing]
    with account(folder, database) as session:
        for path in paths:
            try:
                checked = check_document(read(path), standards)
            except (ReadingError, StandardsError) as error:
                bad.append((path, str(error)))
                continue
            whose, when = body or checked.profile.body, year or checked.profile.fiscal_year
            if not whose or not when:
                bad.append((path, "不知道是哪个单位、哪一年的，请用 --body、--year 写明。"))
                continue
            name = Path(path).name
            some = claims_in(checked.document, measures)
            rows += [values_of(c, whose, when, name) for c in some]
            if not try_:
                take_claims(session, schema, some, whose, when, name, doer(who, name))
    heads = {
        "body": "单位",
        "year": "年度",
        "name": "说的是什么",
        "sign": "",
        "value": "数",
        "document": "文件",
        "place": "位置",
        "words": "原文",
    }
    show(rows, heads, format)
    for path, why in bad:
        say(f"{path}：{why}")
    if bad:
        raise typer.Exit(2)


@app.command("contradictions")
def contradictions(
    body: Annotated[str, typer.Option(help="只看这个单位")] = "",
    ledger: LedgerOption = None,
    as_of: AsOf = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """账上的矛盾：没有项目和预算的系统、下线还花钱、公开的数对不上、云资源用不到一半、归集迟了空了少了……

    退出码：0 没有错误，1 有错误，2 不能运行。
    """
    from yibenzhang.resources.contradictions import contradictions as all_of
    from yibenzhang.resources.contradictions import rules_of
    from yibenzhang.resources.measures import measures_of

    schema = schema_of(standards)
    try:
        rules, measures = rules_of(standards), measures_of(standards)
    except StandardsError as error:
        raise fail(str(error)) from error
    day = day_of(as_of)
    with account(folder, database) as session:
        found = all_of(session, schema, rules, measures, day, opened_ledger(ledger), body)
    if format == "json":
        print(json.dumps([asdict(c) for c in found], ensure_ascii=False, indent=2, default=str))
    else:
        words = schema.words["severity"]
        for c in found:
            say(f"{words[c.severity]}　{c.code}　{c.message}（{c.rule}）")
        say(f"{len(found)} 处。")
    if any(c.severity == "error" for c in found):
        raise typer.Exit(1)
