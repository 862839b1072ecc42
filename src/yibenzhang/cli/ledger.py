"""The commands of the ledger: ask, publish, keep safe."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import Layer, fail, standards_of, why_not

if TYPE_CHECKING:
    from yibenzhang.ledger.comparing import AcrossFinding
    from yibenzhang.ledger.store import Ledger

app = typer.Typer(
    help="账本：跨文件核对、单位沿革、合并、备份、恢复、检验。", no_args_is_help=True, rich_markup_mode=None
)
FORMATS = ("table", "csv", "json", "parquet", "arrow")
Folder = Annotated[Path, typer.Option("--ledger", "-l", help="账本的文件夹，没有就建", show_default=True)]
DEFAULT = Path("ledger")
Engine = Annotated[
    str, typer.Option(help="duckdb 在本机，spark 在集群上（要装 spark 组件和 Java 17），答案相同")
]
Master = Annotated[
    str,
    typer.Option(
        help="Spark 的主节点，如 spark://主机:7077；文件和账本要在各节点都用得到的文件夹里，路径相同"
    ),
]


def query(
    name: Annotated[str, typer.Argument(help="现成的问题的名称；不写就列出有哪些", show_default=False)] = "",
    sql: Annotated[str, typer.Option(help="自己写一句 SELECT，视图见 docs/ledger.md")] = "",
    body: Annotated[str, typer.Option(help="只看名称含这些字的单位")] = "",
    year: Annotated[int, typer.Option(help="只看这一年，0 为各年")] = 0,
    ledger: Folder = DEFAULT,
    format: Annotated[
        str, typer.Option("--format", "-f", help="table 给人看，csv、json、parquet、arrow 给程序用")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写到这个文件（parquet、arrow 必须写）")
    ] = None,
    most: Annotated[int, typer.Option(help="最多几行", min=1)] = 10_000,
    seconds: Annotated[float, typer.Option(help="最多几秒", min=0.1)] = 60,
) -> None:
    """问账本：现成的问题，或者一句只读的 SQL。退出码：0 有答案，2 不能运行。"""
    from yibenzhang.ledger.asking import QueryError, answer, ready, written

    if format not in FORMATS:
        raise fail(f"不认识的格式 {format}，请用 {'、'.join(FORMATS)}。")
    questions = ready()
    console = Console(highlight=False, soft_wrap=True)
    if not name and not sql:
        for q in questions.values():
            console.print(Text(f"{q.name:<14} {q.title}"))
        return
    if name and name not in questions:
        raise fail(f"没有“{name}”这个问题；有：{'、'.join(questions)}。")
    if format in ("parquet", "arrow") and output is None:
        raise fail(f"{format} 请用 --output 指定文件。")
    try:
        found = answer(opened(ledger), sql or questions[name].sql, body, year, most, seconds, narrow=not sql)
    except QueryError as error:
        raise fail(str(error)) from error
    text = written(found, format, output)
    if text:
        console.print(Text(text), end="")
    if found.cut:
        Console(stderr=True).print(Text(f"只列出前 {most} 行；用 --most 多看。"))


def publish(
    data: Annotated[Path | None, typer.Option(help="开放数据写到这个文件夹（Fiscal Data Package）")] = None,
    site: Annotated[Path | None, typer.Option(help="静态网站写到这个文件夹，打开 index.html 就能看")] = None,
    ledger: Folder = DEFAULT,
    licence: Annotated[str, typer.Option(help="数据的许可")] = "CC-BY-4.0",
    memory: Annotated[str, typer.Option(help="最多用多少内存")] = "4GB",
) -> None:
    """把账本公开出去：开放数据文件夹、静态网站。只含预算、决算的公开文件。退出码：0 写好了，2 不能运行。"""
    from yibenzhang.ledger.comparing import compare
    from yibenzhang.publishing.package import PublishError, write_package
    from yibenzhang.publishing.site import write_site

    if data is None and site is None:
        raise fail("请用 --data 或 --site 指定写到哪里。")
    store = opened(ledger)
    try:
        with tempfile.TemporaryDirectory() as spill:
            found = compare(store, spill=Path(spill), memory=memory)
        if data is not None:
            write_package(store, data, found, licence, datetime.now(UTC).isoformat(timespec="seconds"))
            print(f"开放数据已写入 {data}")
        if site is not None:
            count = write_site(store, site, found)
            print(f"{count} 个单位的静态网站已写入 {site}")
    except PublishError as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"写不进去：{why_not(error)}。") from error


@app.command("check")
def check_across(
    ledger: Folder = DEFAULT,
    format: Annotated[str, typer.Option("--format", "-f", help="text 给人看，json、csv 给程序用")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写到这个文件")] = None,
    body: Annotated[str, typer.Option(help="只看名称含这些字的单位")] = "",
    memory: Annotated[str, typer.Option(help="最多用多少内存，放不下的写到临时文件夹")] = "4GB",
    engine: Engine = "duckdb",
    master: Master = "local[*]",
    standards: Layer = "",
) -> None:
    """几份文件互相核对：上年与今年、预算与决算、部门与单位。退出码：0 没有要问的，1 有，2 不能运行。"""
    from yibenzhang.ledger.comparing import keep
    from yibenzhang.ledger.telling import as_csv, as_json, as_text
    from yibenzhang.reports.words import SEVERITY

    if format not in ("text", "json", "csv"):
        raise fail(f"不认识的格式 {format}，请用 text、json 或 csv。")
    standards_of(standards)
    store = opened(ledger)
    every = _compared(store, standards, memory, engine, master)
    with suppress(OSError):  # a ledger that may only be read is checked all the same
        keep(store, every)
    found = [f for f in every if body in f.who]
    if format == "text":
        text = "".join(f"{line}\n" for line in as_text(found, {str(k): v for k, v in SEVERITY.items()}))
        text += f"{len(found)} 处要问的。\n" if found else "没有要问的。\n"
    else:
        text = as_json(found) if format == "json" else as_csv(found)
    if output is None:
        Console(highlight=False, soft_wrap=True).print(Text(text), end="")
    else:
        output.write_text(text, encoding="utf-8", newline="")
    raise typer.Exit(int(bool(found)))


def _compared(store: Ledger, standards: str, memory: str, engine: str, master: str) -> list[AcrossFinding]:
    from yibenzhang.ledger.comparing import compare
    from yibenzhang.ledger.spark import NoSpark, session

    if engine not in ("duckdb", "spark"):
        raise fail(f"不认识的引擎 {engine}，请用 duckdb 或 spark。")
    with tempfile.TemporaryDirectory() as spill:
        if engine == "duckdb":
            return compare(store, standards, Path(spill), memory)
        try:
            with session(master) as spark:
                return compare(store, standards, Path(spill), memory, spark)
        except NoSpark as error:
            raise fail(str(error)) from error


@app.command()
def bodies(
    ledger: Folder = DEFAULT,
    same: Annotated[
        tuple[str, str] | None, typer.Option(help="这两个名称是同一个单位", show_default=False)
    ] = None,
    apart: Annotated[
        tuple[str, str] | None, typer.Option(help="这两个名称不是同一个单位", show_default=False)
    ] = None,
    undo: Annotated[
        tuple[str, str] | None, typer.Option(help="撤销对这两个名称的上一次确认", show_default=False)
    ] = None,
    by: Annotated[str, typer.Option(help="谁确认的")] = "",
    why: Annotated[str, typer.Option(help="依据")] = "",
    proposed: Annotated[bool, typer.Option("--proposed", help="只列可能是同一个单位、等人确认的")] = False,
) -> None:
    """单位的沿革：哪些名称是同一个单位；确认、分开或撤销。每次确认都记下来，不改以前的。"""
    from yibenzhang.ledger.bodies import APART, SAME, UNDO, Decision

    store = opened(ledger)
    console = Console(highlight=False, soft_wrap=True)
    asked = [(action, pair) for action, pair in ((SAME, same), (APART, apart), (UNDO, undo)) if pair]
    for action, (one, other) in asked:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        store.decide(Decision(now, action, (one, other), by, why))
    if asked:
        console.print(Text("已记下。"))
        return
    for line in _bodies_listed(store, proposed):
        console.print(Text(line))


def _bodies_listed(store: Ledger, proposed: bool) -> Iterator[str]:
    from yibenzhang.ledger.bodies import proposals, resolve
    from yibenzhang.ledger.connecting import printed_bodies
    from yibenzhang.standards import load

    con = store.connect(compared=False)
    try:
        printed = printed_bodies(con)
    finally:
        con.close()
    words = load().message_words
    if not proposed:
        known: dict[str, list[str]] = {}
        for b in resolve(printed, store.decisions()):
            known.setdefault(b.who, []).append(f"{b.name}（{words[f'body_{b.how}']}）")
        yield from (f"{who}：{'、'.join(dict.fromkeys(names))}" for who, names in sorted(known.items()))
    for p in proposals(printed, store.decisions()):
        since = f"，{p.since} 年" if p.since else ""
        yield f"？{p.names[0]} ＝ {p.names[1]}　{p.score:.2f}　{words[f'body_{p.reason}']}{since}"


@app.command()
def take(
    folder: Annotated[Path, typer.Argument(help="工作台的账本文件夹（serve --folder）", show_default=False)],
    ledger: Folder = DEFAULT,
    every: Annotated[
        bool, typer.Option("--all", help="没有公开的也收（草稿除外）；门户要公开出去的账本不要用")
    ] = False,
    database: Annotated[
        str, typer.Option(help="工作台的数据库地址，同 serve --database", envvar="YIBENZHANG_DATABASE")
    ] = "",
) -> None:
    """把工作台检查过、名录里写了公开日期的文件收进账本：用存着的核对结果，不再检查。

    退出码：0 都收进了，2 有没收进的或不能运行。
    """
    from yibenzhang.cli.records import records
    from yibenzhang.office.database import prepare
    from yibenzhang.office.file_store import FileStore
    from yibenzhang.office.taking import take_over

    if not (folder / "analyses").is_dir():
        raise fail(f"{folder} 不是工作台的账本文件夹。")
    store = opened(ledger)
    with records(folder, database, prepare) as session:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        found = take_over(session, FileStore(folder.resolve()), store, now, every)
    print(f"收进 {found.disclosures} 份公开文件，{found.known} 份以前收过。")
    say = Console(stderr=True, highlight=False, soft_wrap=True)
    for name, why in found.left:
        say.print(Text(f"{name}：{why}"))
    if found.left:
        raise typer.Exit(2)


@app.command()
def merge(ledger: Folder = DEFAULT) -> None:
    """把许多小批合并成大批，按地区、单位、年度排好，问起来快。合并中断，账本照旧。没有别人在问的时候用。"""
    from yibenzhang.ledger.merging import merge as merged

    store = opened(ledger)
    before = len(store.batch_folders())
    try:
        merged(store)
    except OSError as error:
        raise fail(f"账本写不进去：{why_not(error)}。账本没有变。") from error
    print(f"{before} 批合并成 {len(store.batch_folders())} 批。")


@app.command()
def index(
    ledger: Folder = DEFAULT, memory: Annotated[str, typer.Option(help="最多用多少内存")] = "4GB"
) -> None:
    """补齐索引：门户、按单位问的现成问题和全文搜索都靠它；只添新收的。索引坏了、旧了可以删掉 index.sqlite 重做。"""
    from yibenzhang.ledger.index import refresh

    try:
        count = refresh(opened(ledger), memory=memory)
    except OSError as error:
        raise fail(f"{why_not(error)}。账本没有变。") from error
    print(f"索引里新添 {count} 份公开文件。")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="备份写到这个文件（tar）")], ledger: Folder = DEFAULT
) -> None:
    """把账本备份成一个文件。收文件的时候也可以备份：只含已经收完的。"""
    try:
        opened(ledger).backup(file)
    except OSError as error:
        raise fail(f"备份没有写成：{why_not(error)}。账本没有变。") from error


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="备份文件")], ledger: Folder = DEFAULT) -> None:
    """从备份恢复到一个空文件夹。"""
    from yibenzhang.ledger.store import LedgerError
    from yibenzhang.ledger.store import restore as restored

    try:
        restored(file, ledger)
    except LedgerError as error:
        raise fail(str(error)) from error


@app.command()
def clean(ledger: Folder = DEFAULT) -> None:
    """移除被中断的 ingest 留下的半成品；没有别的 ingest 在运行时用。"""
    opened(ledger).clean()


@app.command()
def verify(ledger: Folder = DEFAULT) -> None:
    """逐个文件检验账本。退出码：0 完好，1 有坏的，2 不能运行。"""
    wrong = opened(ledger).verify()
    for sentence in wrong:
        print(sentence)
    print("账本完好。" if not wrong else f"{len(wrong)} 个文件有问题。")
    raise typer.Exit(int(bool(wrong)))


def opened(folder: Path) -> Ledger:
    """The ledger in a folder; one sentence where it cannot be opened."""
    from yibenzhang.ledger.store import Ledger, LedgerError

    try:
        return Ledger(folder)
    except LedgerError as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"账本 {folder} 打不开：{error.strerror}。") from error
