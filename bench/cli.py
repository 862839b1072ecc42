"""The command line: bench, which measures speed and what is found of planted errors."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table as RichTable
from rich.text import Text

import yibenzhang
from bench.availability import availability
from bench.cli_hostile import hostile
from bench.cli_hotline import hotline
from bench.cli_invented import drafts, invent, recall
from bench.cli_ledger import ledger
from bench.cli_measures import (
    corpus,
    errors,
    judged,
    labels,
    leave_out,
    paraphrases,
    planted_real,
    same,
    speed,
    start,
    support,
)
from bench.cli_projects import projects
from bench.cli_resources import resources
from bench.cli_serve import serve
from bench.conditions.cli import conditions
from bench.planting.judging import KINDS, Tally, Verdict, tally, verdicts
from bench.timing import Checking, Measured, bench_check, bench_read
from yibenzhang.batch import find_files
from yibenzhang.cli.common import fail
from yibenzhang.reading import ReadingError, read
from yibenzhang.reading.extra import INSTALL, installed

KIND_NAMES = {
    "digit": "正文：错一位数字", "swapped_digits": "正文：两位数字颠倒", "lost_point": "正文：丢了小数点",
    "unit": "正文：万元写成元", "lost_unit": "正文：漏写单位", "direction": "正文：增减方向写反", "rate": "正文：增长率错",
    "share": "正文：占比错", "completion": "正文：完成率错", "year": "正文：年度写错", "count": "正文：个数、辆数错",
    "missing_project": "正文：漏列一个项目", "swapped_amounts": "正文：两个金额互换", "swapped_sentences": "正文：两句话互换",
    "placeholder": "正文：数没有填、选择项没有删", "stage": "正文：预算决算混写", "doubled_word": "正文：词语重复",
    "cell_digit": "表：错一位数字", "cell_swapped_digits": "表：两位数字颠倒", "cell_lost_point": "表：丢了小数点",
    "swapped_columns": "表：两栏互换", "swapped_rows": "表：两行的数互换", "missing_row": "表：漏了一行",
    "table_unit": "表：单位写错", "missing_table": "漏了一张表", "missing_statement": "空表没有说明",
}  # fmt: skip


app = typer.Typer(
    help="测速度和找错的本领，测编制的往返，生成语料。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.command()(drafts)
app.command()(hostile)
app.command()(invent)
app.command()(corpus)
app.command()(errors)
app.command()(judged)
app.command()(labels)
app.command()(ledger)
app.command()(paraphrases)
app.command("leave-out")(leave_out)
app.command()(speed)
app.command()(start)
app.command()(same)
app.command()(support)
app.command()(recall)
app.command()(projects)
app.command()(resources)
app.command()(hotline)
app.command()(availability)
app.command()(serve)
app.command()(conditions)
Format = Annotated[str, typer.Option("--format", "-f", help="text 给人看，json 给程序用")]
Files = Annotated[list[str], typer.Argument(help="文件、文件夹或通配符", show_default=False)]


@app.command("read")
def _read_speed(files: Files, format: Format = "text") -> None:
    """读表速度（单核），与 pdfplumber 同场比较。"""
    _bench("read", files, format=format)


@app.command("check")
def _check_speed(files: Files, format: Format = "text") -> None:
    """每个文件各步用时（单核），和一份造出来的百处矛盾的文件。"""
    _bench("check", files, format=format)


@app.command("planted")
def _planted_found(
    files: Annotated[
        list[str] | None, typer.Argument(help="文件、文件夹或通配符；不写则用自带的例子", show_default=False)
    ] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="只埋这一种错，可写多次")] = None,
    seed: Annotated[int, typer.Option("--seed", help="随机数的种子")] = 1,
    most: Annotated[int, typer.Option("--most", help="每个文件每种错最多埋几处，0 为全部")] = 12,
    misses: Annotated[
        str,
        typer.Option(
            "--misses", help="列出没有找到、没有指对的：--real 时写到这个文件（CSV），否则写 - 列在屏幕上"
        ),
    ] = "",
    real: Annotated[
        Path | None, typer.Option(help="改这个文件夹里真实文件的表内数字（已印证的），每次一个，重新检查")
    ] = None,
    number: Annotated[int, typer.Option("-n", min=1, help="--real 时改多少个数")] = 2000,
    prose: Annotated[bool, typer.Option("--prose", help="--real 时改正文的句子，不改表")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="--real 时用几个核心，0 为全部")] = 0,
    format: Format = "text",
) -> None:
    """在没有错误的文件里逐个埋错，数找到多少；或逐个改真实文件里已印证的数。"""
    if real is not None:
        planted_real(real, number, seed, Path(misses) if misses else None, jobs, format, prose)
        return
    _bench("planted", files, kind, seed, most, bool(misses), format)


@app.command("scans")
def _scans_read(
    files: Annotated[
        list[str] | None, typer.Argument(help="文件、文件夹或通配符", show_default=False)
    ] = None,
    dpi: Annotated[
        list[int] | None, typer.Option(help="扫描的分辨率，默认 200；--real 时可写多次，默认 150、200、300")
    ] = None,
    pages: Annotated[int, typer.Option(help="每个文件最多几页，有表的优先，0 为全部")] = 0,
    skew: Annotated[float, typer.Option(help="歪斜几度")] = 0.0,
    turn: Annotated[int, typer.Option(help="整页转 90、180 或 270 度")] = 0,
    noise: Annotated[float, typer.Option(help="噪点的标准差（满幅 255）")] = 0.0,
    quality: Annotated[int, typer.Option(help="JPEG 质量")] = 75,
    seal: Annotated[bool, typer.Option("--seal", help="盖一枚红章")] = False,
    real: Annotated[
        Path | None,
        typer.Option(
            help="从这个文件夹（每市一个子文件夹）抽五市十个文件六十页，每页干净、歪斜、噪点、盖章各测一遍"
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="--real 时抽样的种子")] = 1,
    rapid: Annotated[bool, typer.Option("--rapidocr", help="--real 时同场用 RapidOCR 读同样的页")] = False,
    format: Format = "text",
) -> None:
    """把 PDF 变成扫描件再读，与原文逐格比较。"""
    if not installed():
        raise fail(f"{INSTALL}。")
    if real is not None:
        from bench.real_scans import DPIS, show_real

        show_real(real, dpi or list(DPIS), seed, rapid, format)
        return
    from bench.scans import Wear, show_scans  # needs the extra

    paths = [p for p in find_files(files or [])[0] if p.lower().endswith(".pdf")]
    if not paths:
        raise fail("没有可测的文件。")
    for one in dpi or [200]:
        show_scans(Console(), paths, one, pages, Wear(skew, turn, noise, quality, seal), format)


def _bench(
    what: str,
    files: list[str] | None,
    kind: list[str] | None = None,
    seed: int = 1,
    most: int = 12,
    misses: bool = False,
    format: str = "text",
) -> None:
    if not files and what != "planted":
        raise fail("请写要测的文件或文件夹。")
    paths, _ = find_files(files or _shipped())
    wanted = (".pdf",) if what == "read" else (".pdf", ".txt")
    paths = [p for p in paths if Path(p).suffix.lower() in wanted]
    if not paths:
        raise fail("没有可测的文件。")
    if what == "planted":
        _planted(paths, kind or [], seed, most, misses, format)
    elif what == "check":
        _show_checking(bench_check(paths), format)
    else:
        _show_reading(bench_read(paths), len(paths), format)


def _shipped() -> list[str]:
    """The clean examples of the source tree; where only the package is installed, the documents of its cases."""
    home = Path(yibenzhang.__file__).parent
    clean = sorted((home.parent.parent / "examples").glob("*-clean.*"))
    return [str(p) for p in clean or sorted((home / "standards" / "cases").glob("*.txt"))]


def _planted(paths: list[str], kinds: list[str], seed: int, most: int, misses: bool, format: str) -> None:
    if unknown := [k for k in kinds if k not in KINDS]:
        raise fail(f"没有这种错误：{'、'.join(unknown)}。可用：{'、'.join(KINDS)}。")
    try:
        documents = [(Path(p).name, read(p)) for p in paths]
    except ReadingError as error:
        raise fail(str(error)) from error
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("埋错", total=None)
        found = verdicts(
            documents, kinds, seed, most, lambda k: progress.update(task, advance=1, description=k)
        )
    counted = tally(found)
    wrong = [v for v in found if not (v.once and v.named) and not v.plant.alone]
    if format == "json":
        report = {
            "kinds": [asdict(t) for t in counted],
            "misses": [_miss(v) for v in wrong] if misses else [],
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    shown = RichTable(title=f"{len(paths)} 个文件，种子 {seed}", show_edge=False)
    for name in ("种类", "埋下", "报一次且位置对", "指对", "多报", "位置不对", "漏报", "无从比对"):
        shown.add_column(name, justify="left" if name == "种类" else "right")
    for t in [*counted, _total(counted)]:
        shown.add_row(
            KIND_NAMES.get(t.kind, t.kind),
            *map(str, (t.planted, t.once, t.named, t.extra, t.elsewhere, t.missed, t.alone)),
        )
    console.print(shown)
    console.print("无从比对：文件里没有别的数能说明它错，不计入埋下的数。")
    for v in wrong if misses else ():
        console.print(
            Text(f"{v.file} · {KIND_NAMES[v.plant.kind]} · {v.plant.was} → {v.plant.now}", style="bold")
        )
        console.print(f"  {v.plant.sentence}", markup=False)
        for message in v.told or ("（没有报）",):
            console.print(f"  - {message}", markup=False)


def _total(counted: list[Tally]) -> Tally:
    sums: Counter[str] = Counter()
    for t in counted:
        sums.update({k: v for k, v in asdict(t).items() if isinstance(v, int)})
    return Tally(
        "合计", **{k: sums[k] for k in ("planted", "once", "named", "extra", "elsewhere", "missed", "alone")}
    )


def _miss(v: Verdict) -> dict[str, object]:
    p = v.plant
    return {
        "file": v.file,
        "kind": p.kind,
        "was": p.was,
        "now": p.now,
        "sentence": p.sentence,
        "told": list(v.told),
        "once": v.once,
        "named": v.named,
    }


def _show_checking(measured: list[Checking], format: str) -> None:
    if format == "json":
        print(json.dumps([asdict(m) for m in measured], ensure_ascii=False, indent=2))
        return
    shown = RichTable(title="读取、规则（含识别和正文）、诊断：毫秒", show_edge=False)
    names = (
        "文件",
        "页",
        "数字",
        "关系",
        "不成立",
        "读取",
        "规则",
        "诊断",
        "问题",
        "未定位",
    )
    for name in names:
        left = name == "文件"
        shown.add_column(
            name, justify="left" if left else "right", overflow="fold", min_width=24 if left else None
        )
    for m in measured:
        times = (f"{ms:.0f}" for ms in (m.reading, m.rules, m.diagnosis))
        shown.add_row(
            m.name,
            str(m.pages),
            str(m.numbers),
            str(m.relations),
            str(m.broken),
            *times,
            str(m.findings),
            str(m.gave_up),
        )
    Console(highlight=False).print(shown)


def _show_reading(measured: list[Measured], files: int, format: str) -> None:
    if format == "json":
        print(json.dumps([asdict(m) for m in measured], ensure_ascii=False, indent=2))
        return
    shown = RichTable(title=f"{files} 个文件", show_edge=False)
    for name in ("做法", "页", "秒", "毫秒/页", "页/秒", "峰值内存 MB", "倍数"):
        shown.add_column(name, justify="left" if name == "做法" else "right")
    base = measured[-1].seconds
    for m in measured:
        times = f"{base / m.seconds:.1f}" if m.seconds else "—"
        speed = f"{m.pages / m.seconds:.0f}" if m.seconds else "—"
        shown.add_row(
            m.name, str(m.pages), f"{m.seconds:.2f}", f"{m.per_page:.1f}", speed, f"{m.megabytes:.0f}", times
        )
    console = Console(highlight=False)
    console.print(shown)
    if len(measured) == 1:
        console.print("没有装 pdfplumber（开发依赖），只测了本程序。")


def main() -> None:
    """Entry point of `python -m bench`."""
    app(prog_name="bench")
