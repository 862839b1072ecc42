"""The commands of evidence: packs, sample, check, run, record, show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import fail

if TYPE_CHECKING:
    from yibenzhang.evidence.packs import Pack
    from yibenzhang.evidence.probing import Probe
    from yibenzhang.reports.evidenced import Line

app = typer.Typer(
    help="实测：承诺用数据算出来，做到没有一看便知。", no_args_is_help=True, add_completion=False
)
FORMATS = ("text", "json", "csv")
Format = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用，csv 给表格用")]
MappingFile = Annotated[Path, typer.Argument(help="对应文件（TOML）：指标包的表和列在本单位叫什么")]
Store = Annotated[Path, typer.Option(help="存放观测记录的文件夹（可与台账同一个）")]
PeriodText = Annotated[str, typer.Option(help="时段：2026、2026-03 或 2026-01-01..2026-06-30")]
At = Annotated[str, typer.Option(help="观测的时间，如 2026-06-30T08:00:00；不给就是现在")]
Seconds = Annotated[float, typer.Option(min=0.1, help="每条查询最多几秒")]


@app.command("packs")
def list_packs(
    name: Annotated[str, typer.Argument(help="指标包；不给就列出全部")] = "", format: Format = "text"
) -> None:
    """列出指标包；给了名字的，显示它的承诺、要用的表和每个指标的算法。"""
    from yibenzhang.evidence.packs import packs
    from yibenzhang.reports.evidenced import pack_page, pack_rows

    _known(format)
    if name and format == "text":
        print(pack_page(_pack(name)), end="")
        return
    rows = pack_rows([_pack(name)] if name else list(packs().values()))
    _print(format, {"packs": rows}, rows, (_said("pack", **r) for r in rows))


@app.command()
def sample(
    pack: Annotated[str, typer.Argument(help="指标包")],
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹")],
) -> None:
    """写出指标包的示例数据（CSV）和对应文件，照着改成自己的表和列。"""
    from yibenzhang.evidence.samples import write_sample

    print(write_sample(_pack(pack), folder))


@app.command()
def check(mapping: MappingFile, seconds: Seconds = 60, format: Format = "text") -> None:
    """检查对应文件：缺哪张表、哪一列，哪些值读不懂，什么都不算。退出码：0 可以运行，1 有缺的，2 对应文件不能用。"""
    from yibenzhang.evidence.mappings import mapping_of
    from yibenzhang.evidence.measuring import check as checked
    from yibenzhang.evidence.sources import Limits
    from yibenzhang.evidence.words import EvidenceError, evidence_words

    _known(format)
    try:
        mapped = mapping_of(mapping)
        found = checked(mapped, Limits(seconds))
    except EvidenceError as error:
        raise fail(str(error)) from error
    ready = str(evidence_words()["contract"]["ready"]).format(pack=mapped.pack.name)
    rows = [{"pack": mapped.pack.id, "missing": s} for s in found]
    _print(format, {"pack": mapped.pack.id, "missing": found}, rows, found or [ready])
    raise typer.Exit(int(bool(found)))


@app.command()
def run(
    mapping: MappingFile,
    period: PeriodText,
    store: Store,
    at: At = "",
    seconds: Seconds = 60,
    format: Format = "text",
) -> None:
    """按对应文件算出各指标，记入观测记录，再与承诺对照。没有读到的记为缺口，不记为零。

    退出码：0 没有做不到的，1 有做不到的，2 有没有数的。
    """
    from yibenzhang.evidence.mappings import mapping_of
    from yibenzhang.evidence.measuring import period_of
    from yibenzhang.evidence.measuring import run as measured
    from yibenzhang.evidence.observations import Observations
    from yibenzhang.evidence.sources import Limits
    from yibenzhang.evidence.words import EvidenceError
    from yibenzhang.reports.evidenced import promised

    _known(format)
    try:
        mapped, span, kept = mapping_of(mapping), period_of(period), Observations(store)
        found = measured(mapped, span, _time(at), Limits(seconds))
        kept.append(found)
        lines = promised(mapped.pack, mapped.promises, kept.read(), mapped.subject, span.begin, span.end)
    except EvidenceError as error:
        raise fail(str(error)) from error
    _lines(lines, format)
    raise typer.Exit(2 if any(o.value is None for o in found) else _status(lines))


@app.command()
def record(
    pack: Annotated[str, typer.Argument(help="指标包")],
    indicator: Annotated[str, typer.Argument(help="由人填报的指标")],
    value: Annotated[str, typer.Argument(help="数，或者是、否")],
    document: Annotated[Path, typer.Option(help="凭证文件，记下它的校验值")],
    subject: Annotated[str, typer.Option(help="哪个单位")],
    by: Annotated[str, typer.Option(help="填报人")],
    period: PeriodText,
    store: Store,
    at: At = "",
) -> None:
    """由人填报一个指标，附凭证文件。"""
    from yibenzhang.evidence.measuring import entered, period_of
    from yibenzhang.evidence.observations import Observations
    from yibenzhang.evidence.words import EvidenceError
    from yibenzhang.reports.evidenced import value_text

    try:
        one = entered(_pack(pack), indicator, value, document, subject, period_of(period), _time(at), by)
        Observations(store).append([one])
    except EvidenceError as error:
        raise fail(str(error)) from error
    print(_said("made", indicator=one.indicator, value=value_text(one)))


@app.command()
def show(
    store: Store,
    pack: Annotated[str, typer.Option(help="指标包；与单位、时段一起给，就与承诺对照")] = "",
    subject: Annotated[str, typer.Option(help="哪个单位")] = "",
    period: Annotated[str, typer.Option(help="时段")] = "",
    mapping: Annotated[Path | None, typer.Option(help="对应文件：用它的单位和它改过的承诺")] = None,
    format: Format = "text",
) -> None:
    """显示观测记录；给了指标包、单位和时段（或对应文件和时段）的，显示每条承诺做到没有。

    退出码：0 没有做不到的，1 有，2 不能用。
    """
    from yibenzhang.evidence.mappings import mapping_of
    from yibenzhang.evidence.measuring import period_of
    from yibenzhang.evidence.observations import Observations
    from yibenzhang.evidence.words import EvidenceError
    from yibenzhang.reports.evidenced import observed_rows, promised, value_text

    _known(format)
    try:
        found = Observations(store).read()
        if period and (mapping or (pack and subject)):
            mapped = mapping_of(mapping) if mapping else None
            chosen = mapped.pack if mapped else _pack(pack)
            span = period_of(period)
            promises = mapped.promises if mapped else chosen.promises
            lines = promised(
                chosen, promises, found, mapped.subject if mapped else subject, span.begin, span.end
            )
            _lines(lines, format)
            raise typer.Exit(_status(lines))
    except EvidenceError as error:
        raise fail(str(error)) from error
    found = [
        o for o in found if o.indicator.startswith(f"{pack}." if pack else "") and subject in ("", o.subject)
    ]
    rows = observed_rows(found)
    words = (f"{o.time}　{o.subject}　{o.begin}..{o.end}　{o.indicator}　{value_text(o)}" for o in found)
    _print(format, {"observations": rows}, rows, words)


@app.command()
def due(
    folder: Annotated[Path, typer.Argument(help="放对应文件的文件夹；只管写了 [schedule] 的")],
    store: Store,
    watch: Annotated[float, typer.Option(min=0, help="每隔几秒看一次，直到中止；0 为只看一次")] = 0,
    at: At = "",
    seconds: Seconds = 60,
    format: Format = "text",
) -> None:
    """运行到了时候的对应文件：每个时点一次，多看几次也不会重复。

    退出码：0 都有数或没有到时候的，2 有没有数的或不能用的。
    """
    import time

    _known(format)
    while True:
        rows = _due(folder, store, datetime.fromisoformat(_time(at)), seconds)
        _print(format, {"runs": rows}, rows, (_said("due", **r) for r in rows))
        if not watch:
            break
        time.sleep(watch)
    raise typer.Exit(2 if any(r["gaps"] or r["wrong"] for r in rows) else 0)


def _due(folder: Path, store: Path, now: datetime, seconds: float) -> list[dict[str, Any]]:
    from yibenzhang.evidence.mappings import mapping_of
    from yibenzhang.evidence.measuring import period_of
    from yibenzhang.evidence.measuring import run as measured
    from yibenzhang.evidence.observations import Observations
    from yibenzhang.evidence.schedules import ZONE, kept
    from yibenzhang.evidence.sources import Limits
    from yibenzhang.evidence.words import EvidenceError

    observations, rows = Observations(store), []
    moment = now if now.tzinfo else now.replace(tzinfo=ZONE)
    for file in sorted(folder.glob("*.toml")):
        row: dict[str, Any] = {"file": file.name, "period": "", "values": 0, "gaps": 0, "wrong": ""}
        try:
            mapped = mapping_of(file)
            if mapped.schedule is None:
                continue
            slot = mapped.schedule.slot(moment)
            if kept(slot, mapped.pack.id, mapped.subject, observations.read()):
                continue
            row["period"] = mapped.schedule.measured(slot)
            found = measured(
                mapped, period_of(row["period"]), moment.isoformat(timespec="seconds"), Limits(seconds)
            )
            observations.append(found)
            row["gaps"] = sum(o.value is None for o in found)
            row["values"] = len(found) - row["gaps"]
        except EvidenceError as error:
            row["wrong"] = str(error)
        rows.append(row)
    return rows


@app.command()
def probe(
    targets: Annotated[Path, typer.Argument(help="探测目标（TOML）：站点和地址，只探测列出来的")],
    store: Annotated[
        Path | None, typer.Option(help="记入哪个文件夹的 probes.jsonl，availability 直接读")
    ] = None,
    every: Annotated[float, typer.Option(min=0, help="每隔几秒探测一次，直到中止；0 为只探测一次")] = 0,
    times: Annotated[int, typer.Option(min=0, help="探测几次以后停；0 为不停")] = 0,
    format: Format = "text",
) -> None:
    """探测地址通不通（HTTP、TCP）、证书还有几天。退出码：0 都通，1 有断的，2 有不明的（不许探测、名字解析不了）。"""
    import time

    from yibenzhang.evidence.probing import keep, probe_all, round_of
    from yibenzhang.evidence.words import EvidenceError

    _known(format)
    try:
        asked = round_of(targets)
    except EvidenceError as error:
        raise fail(str(error)) from error
    count = 0
    while True:
        begun = time.monotonic()
        found = probe_all(asked, datetime.now(UTC))
        if store:
            keep(found, store)
        _probes(found, format)
        count += 1
        if not every or count == times:
            break
        time.sleep(max(0.0, every - (time.monotonic() - begun)))
    raise typer.Exit(2 if any(p.up is None for p in found) else int(any(not p.up for p in found)))


def _probes(found: Sequence[Probe], format: str) -> None:
    from dataclasses import asdict

    from yibenzhang.evidence.words import evidence_words

    said: Any = evidence_words()["report"]
    rows = [asdict(p) for p in found]
    words = [
        said["probe"].format(
            state=said["probe_states"][2 if p.up is None else int(p.up)],
            site=p.site,
            milliseconds=p.milliseconds,
            days="" if p.days_left is None else said["days_left"].format(days=p.days_left),
            why=f"　{p.why}" if p.why else "",
        )
        for p in found
    ]
    _print(format, {"probes": rows}, rows, words)


def _pack(name: str) -> Pack:
    from yibenzhang.evidence.packs import pack
    from yibenzhang.evidence.words import EvidenceError

    try:
        return pack(name)
    except EvidenceError as error:
        raise fail(str(error)) from error


def _known(format: str) -> None:
    if format not in FORMATS:
        raise fail(f"不认识的格式 {format}，请用 {'、'.join(FORMATS)}。")


def _time(at: str) -> str:
    if not at:
        return datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    try:
        return datetime.fromisoformat(at).isoformat()
    except ValueError as error:
        raise fail(f"时间 {at} 看不懂，请写 2026-06-30T08:00:00。") from error


def _said(key: str, **values: object) -> str:
    from yibenzhang.evidence.words import evidence_words

    return str(evidence_words()["report"][key]).format(**values)


def _status(found: Sequence[Line]) -> int:
    return int(any(x.verdict == "broken" for x in found))


def _lines(found: Sequence[Line], format: str) -> None:
    from yibenzhang.reports.evidenced import lines, report, row

    _print(format, report(found), [row(x) for x in found], lines(found))


def _print(format: str, data: Any, rows: Sequence[dict[str, Any]], words: Iterator[str] | list[str]) -> None:
    from yibenzhang.reports.evidenced import table

    if format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=2))
    elif format == "csv":
        print(table(rows), end="")
    else:
        console = Console(highlight=False, soft_wrap=True)
        for line in words:
            console.print(Text(line))
