"""The command that takes files into the ledger, on this machine or as a Spark job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import Layer, fail, standards_of, why_not
from yibenzhang.cli.ledger import DEFAULT, Engine, Folder, Master, opened

if TYPE_CHECKING:
    from yibenzhang.ledger.addresses import Origin
    from yibenzhang.ledger.ingesting import Taken
    from yibenzhang.ledger.store import Ledger


def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="文件、文件夹、压缩包或通配符；不写就收下载清单里的", show_default=False),
    ] = None,
    ledger: Folder = DEFAULT,
    addresses: Annotated[
        Path | None,
        typer.Option(help="下载清单 CSV：file（文件名或路径）、address（网址）、published（公开日期）"),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="用几个核心，0 为全部")] = 0,
    timeout: Annotated[float, typer.Option(help="一个文件最多几秒，0 不限")] = 0,
    engine: Engine = "duckdb",
    master: Master = "local[*]",
    standards: Layer = "",
) -> None:
    """把公开文件收进账本：检查过的不再检查，同一份公开文件的几个文件合在一起。

    退出码：0 都收进了，2 有没收进的或不能运行。
    """
    from yibenzhang.batch import find_files
    from yibenzhang.ledger.addresses import ListError, fitted, read_list

    standards_of(standards)
    try:
        listed = read_list(addresses) if addresses else {}
    except ListError as error:
        raise fail(str(error)) from error
    if not paths and addresses is None:
        raise fail("请写要收的文件或文件夹，或者用 --addresses 给一份下载清单。")
    store = opened(ledger)
    beside = addresses.parent if addresses else Path()
    found, missing = find_files(paths or [str(beside / name) for name in listed])
    origin, unfit = fitted(listed, found)
    say = Console(stderr=True, highlight=False, soft_wrap=True)
    errors = [(m.path, m.error) for m in missing]
    errors += unfit if paths else []
    files = disclosures = known = 0
    now = datetime.now(UTC).isoformat(timespec="microseconds")  # what came later counts
    try:
        for taken in _taken(store, found, now, origin, standards, jobs, timeout, engine, master):
            files, disclosures, known = (
                files + taken.files,
                disclosures + taken.disclosures,
                known + taken.known,
            )
            errors += taken.errors
            say.print(Text(f"收进 {disclosures} 份公开文件（{files} 个文件），{known} 个文件以前收过"))
    except OSError as error:
        raise fail(f"账本写不进去：{why_not(error)}。已经收进的都在，请腾出地方后再运行一次。") from error
    for path, why in errors:
        say.print(Text(f"{path}：{why}"))
    if errors:
        raise typer.Exit(2)


def _taken(
    store: Ledger,
    found: Sequence[str],
    now: str,
    origin: Origin,
    standards: str,
    jobs: int,
    timeout: float,
    engine: str,
    master: str,
) -> Iterator[Taken]:
    """Take files in, here or as a Spark job."""
    from yibenzhang.ledger.ingesting import ingest as here
    from yibenzhang.ledger.ingesting import ingest_on
    from yibenzhang.ledger.spark import NoSpark, session

    if engine not in ("duckdb", "spark"):
        raise fail(f"不认识的引擎 {engine}，请用 duckdb 或 spark。")
    if engine == "duckdb":
        yield from here(store, found, now, origin, standards, jobs, timeout)
        return
    try:
        with session(master) as spark:
            whole = [str(Path(p).absolute()) for p in found]
            store.folder = store.folder.absolute()
            yield from ingest_on(spark, store, whole, now, origin.absolute(), standards, timeout)
    except NoSpark as error:
        raise fail(str(error)) from error
