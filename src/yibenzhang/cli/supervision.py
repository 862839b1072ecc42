"""The commands of the assessment: sample, save, list, score, show, repeat, due."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import fail
from yibenzhang.cli.evidence import At, Format, Seconds, Store, _known, _time

if TYPE_CHECKING:
    from yibenzhang.evidence.packs import Pack
    from yibenzhang.supervision.store import Assessments, Score

app = typer.Typer(
    help="效能评估：指标自己配置，算分、排名，旧的分照旧的版重算。",
    no_args_is_help=True,
    add_completion=False,
)
Name = Annotated[str, typer.Argument(help="方案名称")]
By = Annotated[str, typer.Option(help="谁")]
VersionNumber = Annotated[int, typer.Option("--version", min=0, help="第几版；0 为最新的")]


@contextmanager
def _plainly() -> Iterator[None]:
    from yibenzhang.evidence.words import EvidenceError

    try:
        yield
    except EvidenceError as error:
        raise fail(str(error)) from error


@app.command()
def sample(folder: Annotated[Path, typer.Argument(help="账本文件夹；示例写进它的 mappings")]) -> None:
    """写出示例：三张表（CSV）、对应文件、评估方案。"""
    from yibenzhang.evidence.packs import pack
    from yibenzhang.evidence.samples import write_sample
    from yibenzhang.evidence.words import FOLDER

    place = folder / "mappings"
    write_sample(pack("supervision"), place)
    scheme = folder / "scheme.toml"
    if not scheme.exists():
        text = (FOLDER / "supervision" / "scheme.toml").read_text(encoding="utf-8")
        scheme.write_text(text, encoding="utf-8")
    _print([_said("made", folder=place, file=scheme)])


@app.command()
def save(
    file: Annotated[Path, typer.Argument(help="评估方案（TOML）")], store: Store, by: By, at: At = ""
) -> None:
    """保存评估方案为新的一版；旧的各版留着。"""
    from yibenzhang.supervision.assessing import save as saved
    from yibenzhang.supervision.definitions import definition_of_text
    from yibenzhang.supervision.store import Assessments

    with _plainly():
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise fail(f"读不了 {file.name}。") from error
        made = saved(Assessments(store), definition_of_text(text), _time(at), by)
    _print([_said("saved", name=made.definition.name, version=made.number)])


@app.command("list")
def list_schemes(
    store: Store,
    name: Annotated[str, typer.Argument(help="方案名称；给了就列出它的各版和各次评估")] = "",
    format: Format = "text",
) -> None:
    """列出评估方案的各版和各次评估。"""
    from yibenzhang.supervision.definitions import as_data
    from yibenzhang.supervision.store import Assessments
    from yibenzhang.supervision.words import words

    _known(format)
    with _plainly():
        kept = Assessments(store)
        versions, scores = kept.versions(name), kept.scores(name)
    every = words()["every"]
    listed = [
        {
            "name": v.definition.name,
            "version": v.number,
            "time": v.time,
            "by": v.by,
            "every": every[v.definition.every],
            "measures": len(v.definition.measures),
        }
        for v in versions
    ]
    done = [
        {
            "number": s.number,
            "name": s.version.definition.name,
            "version": s.version.number,
            "period": s.period,
            "time": s.time,
            "by": s.by,
        }
        for s in scores
    ]
    if format == "json":
        _json(
            {
                "versions": [
                    {**t, "definition": as_data(v.definition)} for t, v in zip(listed, versions, strict=True)
                ],
                "scores": done,
            }
        )
    elif format == "csv":
        _csv(done if name else listed)
    else:
        _print([*(_said("definition", **t) for t in listed), *(_said("score", **d) for d in done)])


@app.command()
def score(
    name: Name,
    period: Annotated[str, typer.Option(help="时段：2026-03、2026-Q1 或 2026，照方案的周期")],
    store: Store,
    by: By,
    version: VersionNumber = 0,
    out: Annotated[Path | None, typer.Option(help="各方面的名次写到哪个文件夹")] = None,
    record: Annotated[bool, typer.Option(help="记入观测记录，作为“效能评估”的凭证；要同时给 --out")] = False,
    at: At = "",
    seconds: Seconds = 60,
    format: Format = "text",
) -> None:
    """按方案算一次分并排名。退出码：0 都有数，2 有指标没有数（那就没有总分）。"""
    from yibenzhang.evidence.sources import Limits
    from yibenzhang.supervision.assessing import assess
    from yibenzhang.supervision.store import Assessments

    _known(format)
    if record and not out:
        raise fail("记入观测记录要有名次表作凭证，请同时给 --out。")
    time = _time(at)
    with _plainly():
        kept = Assessments(store)
        made = assess(kept, kept.version(name, version), period, time, by, Limits(seconds))
    _show(kept, made, "", format, head=True)
    files = _lists(kept, made, out) if out else []
    if record and files:
        _record(kept, made, files[0], time, quiet=format != "text")
    raise typer.Exit(2 if made.gaps else 0)


def _lists(kept: Assessments, made: Score, out: Path) -> list[Path]:
    """A list for each dimension."""
    from yibenzhang.supervision.telling import as_csv, chosen, dimension_title

    pack, files = _pack(kept, made), []
    out.mkdir(parents=True, exist_ok=True)
    definition = made.version.definition
    for dimension in definition.dimensions:
        called = dimension_title(pack, dimension)
        name = _said("list", name=definition.name, period=made.period, dimension=called)
        files.append(out / name.replace("/", "-"))
        files[-1].write_text(as_csv(made, chosen(made, dimension), pack), encoding="utf-8-sig")
    return files


def _record(kept: Assessments, made: Score, document: Path, time: str, quiet: bool) -> None:
    from yibenzhang.evidence.observations import Observations
    from yibenzhang.supervision.assessing import evidence_of, mapped_of

    with _plainly():
        one = evidence_of(made, mapped_of(made.version.definition, kept.folder), document, time)
        Observations(kept.folder).append([one])
    if not quiet:
        _print([_said("kept", indicator=one.indicator)])


@app.command()
def show(
    name: Name,
    store: Store,
    period: Annotated[str, typer.Option(help="时段；不给就是最近一次")] = "",
    dimension: Annotated[str, typer.Option(help="哪个方面（列的编号或名称）；不给就是全部")] = "",
    format: Format = "text",
) -> None:
    """显示最近一次（或某个时段最近一次）评估的名次和得分。"""
    from yibenzhang.supervision.store import Assessments

    _known(format)
    with _plainly():
        kept = Assessments(store)
        kept.version(name)
        found = [s for s in kept.scores(name) if period in ("", s.period)]
    if not found:
        raise fail("还没有算过。")
    _show(kept, found[-1], dimension, format)


@app.command()
def repeat(
    number: Annotated[int, typer.Argument(min=1, help="第几次评估")],
    store: Store,
    again: Annotated[bool, typer.Option(help="再读一遍来源，看来源变了没有")] = False,
    seconds: Seconds = 60,
    format: Format = "text",
) -> None:
    """照原来的版和当时读到的数重算，应当一个不差；--again 再读一遍来源。

    退出码：0 一样，1 有不一样的，2 来源没有读到。
    """
    from yibenzhang.evidence.sources import Limits
    from yibenzhang.supervision.assessing import read
    from yibenzhang.supervision.store import Assessments, differences
    from yibenzhang.supervision.words import words

    _known(format)
    said = words()["report"]
    with _plainly():
        kept = Assessments(store)
        one = kept.score(number)
        lost = differences(one)
        same = said["same"] if not lost else said["different"].format(count=len(lost))
        lines = [
            _said("repeated", number=number, version=one.version.number, groups=len(one.totals), same=same)
        ]
        gaps = 0
        if again:
            _, _, found = read(kept, one.version, one.period, one.time, Limits(seconds))
            gaps = sum(bool(c.gap) for c in found)
            lost = differences(one, found)
            again_said = said["again_same"] if not lost else said["again_different"].format(count=len(lost))
            lines.append(
                said["again"].format(same=said["again_gap"].format(gaps=gaps) if gaps else again_said)
            )
    rows = [asdict(d) for d in lost]
    if format == "json":
        _json({"number": number, "gaps": gaps, "differences": rows})
    elif format == "csv":
        _csv(rows)
    else:
        _print([*lines, *(said["difference"].format(**r) for r in rows)])
    raise typer.Exit(2 if gaps else int(bool(lost)))


@app.command()
def due(
    store: Store, by: By = "yibenzhang", at: At = "", seconds: Seconds = 60, format: Format = "text"
) -> None:
    """上一个周期还没有算（或算的时候没有读到）的方案，各算一次；交给系统的 cron、systemd 或计划任务。

    退出码：0 都有数，2 有没有数的。
    """
    from yibenzhang.evidence.sources import Limits
    from yibenzhang.supervision.assessing import assess
    from yibenzhang.supervision.assessing import due as asked
    from yibenzhang.supervision.store import Assessments

    _known(format)
    time = _time(at)
    with _plainly():
        kept = Assessments(store)
        made = [
            assess(kept, v, p, time, by, Limits(seconds))
            for v, p in asked(kept, datetime.fromisoformat(time).date())
        ]
    rows = [
        {"name": s.version.definition.name, "period": s.period, "number": s.number, "gaps": _gaps(s)}
        for s in made
    ]
    if format == "json":
        _json({"runs": rows})
    elif format == "csv":
        _csv(rows)
    else:
        _print(_said("due", **r) for r in rows)
    raise typer.Exit(2 if any(r["gaps"] for r in rows) else 0)


def _gaps(made: Score) -> int:
    return len({c.measure for c in made.gaps})


def _pack(kept: Assessments, made: Score) -> Pack | None:
    """The pack of a score, for what its columns are called; None where its mapping is gone."""
    from yibenzhang.evidence.words import EvidenceError
    from yibenzhang.supervision.assessing import mapped_of

    try:
        return mapped_of(made.version.definition, kept.folder).pack
    except EvidenceError:
        return None


def _show(kept: Assessments, made: Score, dimension: str, format: str, head: bool = False) -> None:
    from yibenzhang.supervision.telling import as_csv, chosen, dimension_title, rows, sentences

    pack = _pack(kept, made)
    if dimension:
        known = {dimension_title(pack, d): d for d in made.version.definition.dimensions}
        dimension = known.get(dimension, dimension)
        if dimension not in made.version.definition.dimensions:
            raise fail(f"这个方案不按“{dimension}”分，可以是：{'、'.join(known)}。")
    found = chosen(made, dimension)
    if format == "json":
        gaps = [{"measure": m, "gap": g} for m, g in dict.fromkeys((c.measure, c.gap) for c in made.gaps)]
        _json({"number": made.number, "gaps": gaps, "rows": list(rows(made, found, pack))})
    elif format == "csv":
        print(as_csv(made, found, pack), end="")
    else:
        first = _said(
            "scored",
            number=made.number,
            name=made.version.definition.name,
            version=made.version.number,
            period=made.period,
            groups=len(found),
            gaps=_gaps(made),
        )
        _print([*([first] if head else []), *sentences(made, found, pack)])


def _said(key: str, **values: object) -> str:
    from yibenzhang.supervision.words import words

    return str(words()["report"][key]).format(**values)


def _json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _csv(rows: Iterable[dict[str, Any]]) -> None:
    from yibenzhang.reports.evidenced import table

    print(table(list(rows)), end="")


def _print(lines: Iterable[str]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text(line))
