"""The workbench from the command line."""

from __future__ import annotations

import logging
import os
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from yibenzhang.cli.common import Layer, fail, standards_of
from yibenzhang.office.database import DatabaseError
from yibenzhang.office.file_store import closed
from yibenzhang.office.second_factor import Policy
from yibenzhang.office.users import administered

if TYPE_CHECKING:
    from yibenzhang.web.settings import Office

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HERE = ("localhost", "127.0.0.1", "[::1]")
EVERYWHERE = ("0.0.0.0", "::", "")
Folder = Annotated[Path, typer.Option(help="账本文件夹：收到的文件、检查结果和（默认的）数据库都在里面")]
Database = Annotated[
    str,
    typer.Option(
        envvar="YIBENZHANG_DATABASE",
        help="数据库地址，如 postgresql://用户:密码@主机/库名；不写用账本文件夹里的 SQLite。"
        "也可写在环境变量 YIBENZHANG_DATABASE 里，别的用户就看不到密码",
    ),
]
DEFAULT = Path("ledger")


PROCESSES = 2
"""Processes for the pages where several people work."""


_PLAIN = "注意：没有 --https，密码在网络上是明文；请在前面架一个 HTTPS 代理（见 docs/workbench.md）。"


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _nobody(folder: Path, elsewhere: bool) -> str:
    where = f" --folder {folder}" + (" --database 同一地址" if elsewhere else "")
    message = "还没有管理员账号，谁也不能登录。请另开一个终端运行："
    return f"{message}yibenzhang user add 账号名 --role administrator{where}"


def _warn(text: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(text))


def _warn_of_nobody(office: Office, folder: Path, elsewhere: bool) -> None:
    with office.session() as session:
        if not administered(session):
            _warn(_nobody(folder, elsewhere))


def _opened(ledger: Path) -> None:
    """A ledger that is there, or a new one where there is nothing."""
    from yibenzhang.ledger.store import Ledger, LedgerError

    try:
        Ledger(ledger)
    except LedgerError as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"账本 {ledger} 打不开：{error.strerror}。") from error


def _refuse(host: str, accounts: bool, ledger: Path | None) -> None:
    if ledger is not None:
        _opened(ledger)
    if host not in LOOPBACK and not accounts:
        raise fail("监听本机以外的地址时必须要求登录：请加 --accounts，并先用 yibenzhang user add 建立账号。")


def _hosts(host: str, names: tuple[str, ...], accounts: bool) -> tuple[str, ...]:
    """The names under which the server may be addressed; another is a page of somebody else's that points here."""
    if not accounts:
        return HERE
    if host in EVERYWHERE and not names:
        raise fail("监听所有地址时请用 --name 写明服务器的域名或地址（可写多个），别的一律拒绝。")
    own = () if host in EVERYWHERE else (f"[{host}]" if ":" in host else host,)
    return tuple(dict.fromkeys((*names, *own, *HERE)))


def _refuse_proxies(proxies: Sequence[str], accounts: bool) -> None:
    from yibenzhang.web.proxies import NoAddress, networks

    try:
        networks(proxies)
    except NoAddress as error:
        raise fail(str(error)) from error
    if proxies and not accounts:
        raise fail("前面有代理时别人也能打开，必须要求登录：请加 --accounts。")


def serve(
    folder: Folder = DEFAULT,
    host: Annotated[str, typer.Option(help="监听的地址；不是本机时必须加 --accounts")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8765,
    database: Database = "",
    accounts: Annotated[
        bool, typer.Option("--accounts", help="多人使用：要登录，按角色看到各自的内容")
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(help="服务器被访问时用的域名或地址，可写多个；不写只认本机的和 --host 写的地址"),
    ] = None,
    https: Annotated[
        bool, typer.Option("--https", help="前面有 HTTPS 代理：登录凭据只经加密连接发送")
    ] = False,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="前面代理的地址或网段（如 127.0.0.1、10.0.0.0/28），可写多个；只信它们写的 X-Forwarded-For"
        ),
    ] = None,
    second_factor: Annotated[
        Policy,
        typer.Option(
            "--second-factor",
            help="谁登录时必须另有动态验证码：heads 负责人和管理员，all 所有人，optional 各人自愿",
        ),
    ] = Policy.HEADS,
    idle: Annotated[int, typer.Option(min=5, max=1440, help="多少分钟不用就退出登录")] = 60,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="同时检查几个文件")] = 2,
    processes: Annotated[
        int, typer.Option(min=0, max=32, help="几个进程提供页面；0 为自动：一个人用 1 个，多人用 2 个")
    ] = 0,
    timeout: Annotated[float, typer.Option(min=1, help="每个文件最多检查多少秒")] = 900,
    most: Annotated[int, typer.Option(min=1, help="单个文件最多多少 MB")] = 200,
    open_browser: Annotated[bool, typer.Option("--open", help="启动后打开浏览器")] = False,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", "-l", help="账本的文件夹，没有就建；单位的“一本账”从那里取钱和项目"),
    ] = None,
    take: Annotated[
        bool,
        typer.Option("--take/--no-take", help="检查过的、名录里写了公开日期的自动收进账本；--no-take 由人收"),
    ] = True,
    standards: Layer = "",
) -> None:
    """打开工作台：收文件、审核、退回、统计，都在浏览器里。"""
    from yibenzhang.web.serving import Unreachable, serve_pages
    from yibenzhang.web.settings import Settings

    _refuse(host, accounts, ledger)
    standards_of(standards)
    hosts = _hosts(host, tuple(name or ()), accounts)
    os.umask(0o077)  # what is written is nobody else's on this machine
    _refuse_proxies(proxy or (), accounts)
    settings = Settings(
        folder.resolve(),
        database,
        accounts,
        hosts,
        https,
        tuple(proxy or ()),
        jobs,
        timeout,
        standards,
        most * 1024 * 1024,
        analyses=str(ledger.resolve()) if ledger else "",
        take=take,
        second_factor=str(second_factor) if accounts else str(Policy.OPTIONAL),
        idle=idle,
    )
    if closed(settings.folder):
        _warn(f"账本文件夹 {folder} 原来同一台机器的别的用户也能打开，已改为只有本人能用。")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    address = _address(host, port)

    def ready(office: Office) -> None:
        Console(stderr=True, highlight=False).print(f"工作台：{address}　账本：{folder}　按 Ctrl+C 结束")
        if host not in LOOPBACK and not https:
            _warn(_PLAIN)
        if accounts:
            _warn_of_nobody(office, folder, bool(database))
        if open_browser:
            Timer(1.5, webbrowser.open, [address]).start()

    try:
        serve_pages(settings, host, port, processes or (PROCESSES if accounts else 1), ready)
    except (DatabaseError, Unreachable) as error:
        raise fail(str(error)) from error
    except OSError as error:
        raise fail(f"账本文件夹不能用：{error.strerror}：{error.filename}") from error
