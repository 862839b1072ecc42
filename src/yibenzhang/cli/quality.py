"""The command for the quality of data, measured where it lies."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yibenzhang.cli.common import Layer, fail
from yibenzhang.cli.harvest import harvest
from yibenzhang.cli.resources import Format, Who, account, app, doer, say, schema_of, show
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address
from yibenzhang.standards import StandardsError

if TYPE_CHECKING:
    from yibenzhang.resources.measuring import Rate
    from yibenzhang.resources.quality_rules import Rules
    from yibenzhang.resources.quality_tables import Result

__all__ = ["app", "harvest", "quality"]


@app.command("quality")
def quality(
    source: Annotated[
        str,
        typer.Argument(
            help="数据库地址（env:变量名，或不带密码的地址）、Parquet 和 CSV 的文件夹或文件",
            show_default=False,
        ),
    ],
    body: Annotated[str, typer.Option(help="这些数据是哪个单位的")],
    table: Annotated[list[str] | None, typer.Option("--table", help="只查这张表，可写多个")] = None,
    as_of: Annotated[str, typer.Option(help="以哪一天为准（2026-03-01），不写为今天")] = "",
    samples: Annotated[int, typer.Option(help="不合格的取几个样（遮盖过的），0 为不取", min=0, max=50)] = 5,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="结果记进账")] = True,
    who: Who = "",
    format: Format = "text",
    folder: Folder = DEFAULT,
    database: Address = "",
    standards: Layer = "",
) -> None:
    """数据质量：规则在数据库里（SQL）或用 DuckDB 在文件上跑，按资源和六个方面给出合格率。密码只从环境变量读。

    退出码：0 都合格，1 有不合格的，2 不能运行，或有没查成的。
    """
    from yibenzhang.resources.measuring import keep as kept
    from yibenzhang.resources.measuring import known_columns
    from yibenzhang.resources.quality import check_source
    from yibenzhang.resources.quality_rules import rules_of
    from yibenzhang.resources.sources import SourceError

    schema = schema_of(standards)
    moment = datetime.now(UTC)
    try:
        rules = rules_of(standards)
        day = date.fromisoformat(as_of) if as_of else moment.date()
    except StandardsError as error:
        raise fail(str(error)) from error
    except ValueError as error:
        raise fail(f"“{as_of}”不是日期，应写成 2026-03-01。") from error
    with account(folder, database) as session:
        known = known_columns(session, body)
    try:
        called, results = check_source(schema, rules, source, day, table or (), samples, known)
    except SourceError as error:
        raise fail(str(error)) from error
    if keep:
        with account(folder, database) as session:
            kept(session, called, body, results, f"{moment:%Y%m%dT%H%M%S%f}", doer(who, called))
    _print_results(rules, called, results, format)
    if any(r.checked is None for r in results):
        raise typer.Exit(2)
    if any(r.checked != r.passed for r in results):
        raise typer.Exit(1)


def _print_results(rules: Rules, called: str, results: list[Result], format: str) -> None:
    from yibenzhang.resources.measuring import rates

    summed = rates((r.location, r.check.rule.property, r.checked, r.passed) for r in results)
    if format == "json":
        data = {
            "source": called,
            "rates": [_rate_row(s) for s in summed],
            "results": [_result_row(r) for r in results],
        }
        print(json.dumps(data, ensure_ascii=False, indent=2))
        return
    by = {(s.name, s.aspect): _percent(s.percent) for s in summed}
    names = dict.fromkeys(r.location for r in results)
    heads = {"resource": "资源", "": "合格率 %", **rules.properties}
    table = [{"resource": n, **{p: by.get((n, p), "") for p in ("", *rules.properties)}} for n in names]
    show(table, heads, "text")
    for r in results:
        if r.checked != r.passed or r.problem:
            say(_sentence(r))


def _rate_row(s: Rate) -> dict[str, Any]:
    return {
        "resource": s.name,
        "property": s.aspect,
        "checked": s.checked,
        "passed": s.passed,
        "unmade": s.unmade,
        "rate": None if s.percent is None else str(s.percent),
    }


def _result_row(r: Result) -> dict[str, Any]:
    return {
        "resource": r.location,
        "rule": r.check.rule.id,
        "property": r.check.rule.property,
        "field": r.check.field,
        "checked": r.checked,
        "passed": r.passed,
        "rate": None if r.rate is None else str(r.rate),
        "samples": list(r.samples),
        "problem": r.problem,
    }


def _sentence(r: Result) -> str:
    """What is wrong with what one rule looked at, or why it could not."""
    about = f"{r.location}　{r.check.field}　{r.check.rule.name}"
    if r.checked is None:
        return f"{about}：没有查成：{r.problem}"
    failed = r.checked - (r.passed or 0)
    sample = f"，如 {'、'.join(r.samples)}" if r.samples else ""
    return f"{about}：{r.checked} 条里 {failed} 条不合格{sample}"


def _percent(value: Decimal | None) -> str:
    return "" if value is None else str(value)
