"""The commands of the hotline: who called again, what many told, what rises."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import fail
from yibenzhang.cli.evidence import At, Format, MappingFile, PeriodText, _known, _time

if TYPE_CHECKING:
    import duckdb

    from yibenzhang.evidence.mappings import Mapped
    from yibenzhang.evidence.measuring import Period
    from yibenzhang.hotline.finding import Group

app = typer.Typer(
    help="热线：一人多次、多人一事、突增预警，从工单里认出。", no_args_is_help=True, add_completion=False
)
Seconds = Annotated[float, typer.Option(min=1, help="读工单最多几秒")]
Memory = Annotated[int, typer.Option(min=1, max=1024, help="认人认事最多用多少 GB 内存")]


@app.command()
def find(
    mapping: MappingFile,
    period: PeriodText,
    out: Annotated[
        Path | None, typer.Option(help="清单写到哪个文件夹；只有工单编号、地点和事，没有来电人")
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="记入观测记录的文件夹；要同时给 --out，清单就是凭证")
    ] = None,
    calls: Annotated[int, typer.Option(min=2, help="一个人来电几次起算一人多次")] = 3,
    callers: Annotated[int, typer.Option(min=2, help="几个人起算多人一事")] = 3,
    at: At = "",
    seconds: Seconds = 300,
    memory: Memory = 4,
    most: Annotated[int, typer.Option(min=0, help="显示前几组；清单里是全部")] = 20,
    format: Format = "text",
) -> None:
    """认出一人多次（换号码、名字记错也认）和多人一事（说法、地点写法不同也认）。"""
    from yibenzhang.hotline.finding import groups

    _known(format)
    if store and not out:
        raise fail("记入观测记录要有清单作凭证，请同时给 --out。")
    with _linked(mapping, period, seconds, memory) as (con, mapped, span, source):
        row = con.execute("SELECT count(*) FROM orders").fetchone()
        found = groups(con, calls, callers)
    parts = {k: [g for g in found if g.kind == k] for k in ("person", "matter")}
    _print_groups(found, parts, row[0] if row else 0, source, most, format)
    if out:
        files = _lists(parts, out)
        if store:
            _record(mapped, span, _time(at), store, files, {k for k in parts if parts[k]})


def _print_groups(
    found: Sequence[Group],
    parts: Mapping[str, Sequence[Group]],
    orders: int,
    source: str,
    most: int,
    format: str,
) -> None:
    """The groups and how many orders they hold, in the format asked for."""
    from yibenzhang.hotline.finding import as_csv, line
    from yibenzhang.hotline.words import words

    counts = {"orders": orders, "persons": len(parts["person"]), "matters": len(parts["matter"])}
    counts |= {f"{k}_orders": sum(g.orders for g in gs) for k, gs in parts.items()}
    if format == "json":
        print(json.dumps({**counts, "groups": [asdict(g) for g in found]}, ensure_ascii=False, default=str))
    elif format == "csv":
        print(as_csv(found), end="")
    else:
        shown = [line(g) for gs in parts.values() for g in gs[:most]]
        _say([words()["report"]["found"].format(source=source, **counts), *shown])


def _lists(parts: Mapping[str, Sequence[Group]], out: Path) -> dict[str, Path]:
    """The lists of groups as files."""
    from yibenzhang.hotline.finding import as_csv
    from yibenzhang.hotline.words import words

    out.mkdir(parents=True, exist_ok=True)
    files = dict(zip(parts, (out / n for n in words()["report"]["lists"]), strict=True))
    for kind, file in files.items():
        file.write_text(as_csv(parts[kind]), encoding="utf-8-sig")
    return files


@app.command()
def warn(
    mapping: MappingFile,
    period: PeriodText,
    a_week: Annotated[float, typer.Option(min=0.01, help="一周里能容忍几次误报")] = 1.0,
    since: Annotated[str, typer.Option(help="只报这一天以后的，如 2026-06-01")] = "",
    seconds: Seconds = 300,
    memory: Memory = 4,
    format: Format = "text",
) -> None:
    """突增预警：哪件事、哪条街、哪条街上的哪件事超出平时（扣除星期和季节）。时段要有九周以上。"""
    from yibenzhang.hotline.finding import daily, names_of_things
    from yibenzhang.hotline.surges import series_title, surges
    from yibenzhang.hotline.words import words

    _known(format)
    with _linked(mapping, period, seconds, memory) as (con, _, span, _source):
        counts, series = daily(con)
    last = max((d for _, d, _ in counts), default=span.begin)
    found = [
        s
        for s in surges(counts, span.begin, min(span.end, last), a_week, series)
        if s.day.isoformat() >= since
    ]
    names = names_of_things()
    rows = [{**asdict(s), "series": series_title(s.series, names)} for s in found]
    if format == "json":
        print(json.dumps({"a_week": a_week, "surges": rows}, ensure_ascii=False, default=str))
    elif format == "csv":
        from yibenzhang.reports.evidenced import table

        print(table(rows), end="")
    else:
        said = words()["report"]
        head = said["surges"].format(
            series=series,
            days=(last - span.begin).days + 1,
            found=len(found),
            a_week=a_week,
        )
        _say([head, *(said["surge"].format(**r) for r in rows)])


@contextmanager
def _linked(
    mapping: Path, period: str, seconds: float, memory: int
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Mapped, Period, str]]:
    import duckdb

    from yibenzhang.evidence.mappings import mapping_of
    from yibenzhang.evidence.measuring import period_of
    from yibenzhang.evidence.sources import Limits
    from yibenzhang.evidence.words import EvidenceError
    from yibenzhang.hotline.linking import link
    from yibenzhang.hotline.orders import take, workplace
    from yibenzhang.hotline.reading import orders_of

    try:
        mapped, span = mapping_of(mapping), period_of(period)
        given, source = orders_of(mapped, span, Limits(seconds, memory="3GB"))
    except EvidenceError as error:
        raise fail(str(error)) from error
    if not given.num_rows:
        raise fail("这段时间一张工单也没有。")
    with workplace(f"{memory}GB") as con:
        try:
            count = given.num_rows
            take(con, given)
            del given
            link(con)
        except duckdb.OutOfMemoryException as error:
            raise fail(
                f"{memory} GB 内存认不完 {count} 张工单，请用 --memory 给多一些，或者分段认。"
            ) from error
        yield con, mapped, span, source


def _record(
    mapped: Mapped, span: Period, time: str, store: Path, files: dict[str, Path], found: set[str]
) -> None:
    """That it was recognised, with the list; a gap where nothing was: whether it would have been is not known."""
    from yibenzhang.evidence.measuring import entered
    from yibenzhang.evidence.observations import Observations
    from yibenzhang.evidence.words import EvidenceError
    from yibenzhang.hotline.words import words

    said: dict[str, Any] = words()["report"]
    indicators = {"person": "repeat_callers", "matter": "same_matters"}
    try:
        made = [
            entered(mapped.pack, indicators[k], "1", file, mapped.subject, span, time, said["by"])
            for k, file in files.items()
        ]
        gaps = ["" if k in found else said["none_found"] for k in files]
        kept = [replace(o, value=None, gap=g) if g else o for o, g in zip(made, gaps, strict=True)]
        Observations(store).append(kept)
    except EvidenceError as error:
        raise fail(str(error)) from error
    _say([said["kept"].format(names="、".join(f"{o.indicator}{o.gap and f'（{o.gap}）'}" for o in kept))])


def _say(lines: list[str]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for text in lines:
        console.print(Text(text))
