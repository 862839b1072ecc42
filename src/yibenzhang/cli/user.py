"""Accounts from the command line: the first administrator, and help for who forgot the password."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import select
from sqlalchemy.orm import Session

from yibenzhang.cli.common import fail
from yibenzhang.cli.records import records
from yibenzhang.cli.serve import DEFAULT, Folder
from yibenzhang.cli.serve import Database as Address
from yibenzhang.office import second_factor as factors
from yibenzhang.office import users
from yibenzhang.office.access import ROLE, Actor, Refused
from yibenzhang.office.account_files import read_accounts
from yibenzhang.office.database import prepare
from yibenzhang.office.issuing import Issue, handed_out, issue, without_account
from yibenzhang.office.models import Role, Season
from yibenzhang.reading import ReadingError
from yibenzhang.reading.limits import MAX_ACCOUNT_BYTES

app = typer.Typer(
    help="工作台的账号：新建、批量建立、列出、重设密码、停用。", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(help="账号名", show_default=False)]
Passwords = Annotated[
    Path, typer.Option(help="初始密码写到这个 CSV（新文件，只有本人能读；别处不留）", show_default=False)
]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读一行作为密码，不在终端上问")]


def _actor() -> Actor:
    try:
        person = getpass.getuser()
    except (OSError, KeyError):
        person = ""
    return Actor(None, f"命令行（{person}）" if person else "命令行", Role.ADMINISTRATOR)


def _office(folder: Path, address: str) -> AbstractContextManager[Session]:
    return records(folder, address, prepare)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("密码（输入时不显示）：")
    if getpass.getpass("再输入一次：") != first:
        raise fail("两次输入的密码不一样，没有保存。")
    return first


@app.command()
def add(
    name: Name,
    role: Annotated[
        str, typer.Option(help="department 部门，reviewer 审核人，head 负责人，administrator 管理员")
    ] = "department",
    body: Annotated[str, typer.Option(help="部门账号的单位，名称与名录里的相同")] = "",
    shown: Annotated[str, typer.Option(help="姓名，显示在页面和操作记录里")] = "",
    folder: Folder = DEFAULT,
    database: Address = "",
    password_stdin: Stdin = False,
) -> None:
    """新建账号，密码问两遍；本人第一次登录时要改密码。"""
    if role not in ROLE:
        raise fail(f"不认识的角色 {role}，请用 {'、'.join(ROLE)} 之一。")
    password = _password(password_stdin)
    with _office(folder, database) as session:
        made = users.add_user(session, _actor(), name, role, password, shown, body).name
    print(f"账号“{made}”已建立，角色：{ROLE[role]}。")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="账号表（Excel 或 CSV）：账号、姓名、角色、单位", show_default=False)
    ],
    passwords: Passwords,
    again: Annotated[bool, typer.Option("--again", help="已有但还没改初始密码的账号，重发密码")] = False,
    folder: Folder = DEFAULT,
    database: Address = "",
) -> None:
    """按账号表批量建账号，初始密码由程序生成；不合要求的行逐行说明，其余照建。退出码 1：有的行没有导入。"""
    try:
        with file.open("rb") as opened:
            rows = read_accounts(opened.read(MAX_ACCOUNT_BYTES + 1))
    except ReadingError as error:
        raise fail(f"账号没有导入：{error}") from error
    except OSError as error:
        raise fail(f"账号表读不了：{error.strerror}：{file}") from error
    _issued(passwords, folder, database, lambda session: issue(session, _actor(), rows, again))


@app.command()
def departments(
    passwords: Passwords,
    season: Annotated[
        int, typer.Option(help="公开季的编号（网址 /seasons/ 后面的数）；不写用最新的一季")
    ] = 0,
    folder: Folder = DEFAULT,
    database: Address = "",
) -> None:
    """给一个公开季的名录里还没有账号的部门各建一个账号，初始密码由程序生成。"""

    def made(session: Session) -> Issue:
        asked = select(Season).order_by(Season.id.desc())
        found = session.scalars(asked.where(Season.id == season) if season else asked).first()
        if found is None:
            raise Refused("没有这个公开季；请先建公开季、导入名录。")
        return issue(session, _actor(), without_account(session, _actor(), found))

    _issued(passwords, folder, database, made)


def _issued(path: Path, folder: Path, database: str, make: Callable[[Session], Issue]) -> None:
    """The passwords are on the disk before the accounts are: an account whose password nobody has is of no use."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise fail(f"{path} 已经有了，不会覆盖；请换一个文件名。") from error
    except OSError as error:
        raise fail(f"初始密码写不了：{error.strerror}：{path}") from error
    kept = False
    try:
        with os.fdopen(handle, "wb") as file, _office(folder, database) as session:
            made = make(session)
            file.write(handed_out(made.made))
            file.flush()
            os.fsync(file.fileno())
        kept = bool(made.made)
    finally:
        if not kept:
            path.unlink(missing_ok=True)
    for refusal in made.refused:
        print(refusal)
    new = sum(not m.again for m in made.made)
    renewed = f"，重发密码 {len(made.made) - new} 个" if new < len(made.made) else ""
    where = f"；初始密码在 {path}，发给本人后请删除" if made.made else ""
    print(f"新建账号 {new} 个{renewed}{where}。")
    if made.refused:
        raise typer.Exit(1)


@app.command("list")
def list_(folder: Folder = DEFAULT, database: Address = "") -> None:
    """列出全部账号。"""
    table = Table(show_edge=False)
    for head in ("账号", "姓名", "角色", "单位", "状态"):
        table.add_column(head, overflow="fold")
    with _office(folder, database) as session:
        found = users.users_of(session, _actor())
    for user, body in found:
        state = "已停用" if not user.active else "待改初始密码" if user.must_change else "在用"
        row = (user.name, user.shown, ROLE[user.role], body, state)
        table.add_row(*(Text(cell) for cell in row))
    if found:
        Console(highlight=False).print(table)
    else:
        print("还没有账号。用 yibenzhang user add 账号名 --role administrator 建立第一个。")


@app.command()
def password(
    name: Name, folder: Folder = DEFAULT, database: Address = "", password_stdin: Stdin = False
) -> None:
    """重设密码；该账号的登录和接口密钥全部失效，本人下次登录时要改密码。"""
    given = _password(password_stdin)
    with _office(folder, database) as session:
        user = users.user_named(session, name)
        users.set_password(session, _actor(), user, given)
    print(f"账号“{user.name}”的密码已重设。")


@app.command("second-factor")
def second_factor(
    name: Name,
    remove: Annotated[bool, typer.Option("--remove", help="取消：手机丢了，恢复码也没有时用")] = False,
    folder: Folder = DEFAULT,
    database: Address = "",
) -> None:
    """看一个账号有没有动态验证码；--remove 取消，它的登录全部结束。先确认是本人。"""
    with _office(folder, database) as session:
        user = users.user_named(session, name)
        if remove:
            factors.remove(session, _actor(), user)
        has = factors.enrolled(session, user.id)
    print(
        f"账号“{user.name}”{'的动态验证码已取消。' if remove else '有动态验证码。' if has else '没有动态验证码。'}"
    )


@app.command()
def disable(name: Name, folder: Folder = DEFAULT, database: Address = "") -> None:
    """停用账号；它的登录和接口密钥马上失效。"""
    with _office(folder, database) as session:
        user = users.user_named(session, name)
        users.set_active(session, _actor(), user, False)
    print(f"账号“{user.name}”已停用。")
