"""Accounts from the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.web.conftest import PASSWORD, MakeShop
from yibenzhang.cli import app


def run(folder: Path, database: str, *arguments: str, password: str | None = None) -> tuple[int, str]:
    """In this process: a dozen of its own took half a minute to start. ``test_in_a_process_of_its_own`` is one."""
    more = ["--folder", str(folder), *(["--database", database] if database else [])]
    more += ["--password-stdin"] if password is not None else []
    made = CliRunner().invoke(
        app, ["user", *arguments, *more], input=f"{password or ''}\n", env={"COLUMNS": "200", "TERM": "dumb"}
    )
    assert made.exception is None or isinstance(made.exception, SystemExit), made.exc_info
    return made.exit_code, made.output


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from yibenzhang.cli import main; main()", "user", "add", "zhang"]
    more = ["--role", "administrator", "--folder", str(tmp_path), "--password-stdin"]
    made = subprocess.run(
        [*command, *more], input=f"{PASSWORD}\n", capture_output=True, text=True, timeout=120
    )
    assert made.returncode == 0 and made.stderr == "", made.stderr
    assert run(tmp_path, "", "list")[1].count("zhang") == 1


def test_the_first_administrator_and_the_forgotten_password(
    tmp_path: Path, database: str, make_shop: MakeShop
) -> None:
    folder = tmp_path / "new" / "ledger"
    status, told = run(folder, database, "list")
    assert status == 0 and "还没有账号" in told
    status, told = run(
        folder, database, "add", "Zhang", "--role", "administrator", "--shown", "张三", password=PASSWORD
    )
    assert status == 0 and "zhang" in told
    shop = make_shop(folder=folder)
    assert shop.browser().log_in("zhang").status_code == 303
    for wrong, words in (
        (["disable", "zhang2"], "没有名为"), (["add", "li", "--role", "king"], "不认识的角色"), (["add", "li"], "写明单位"),
        (["add", "zhang", "--role", "head"], "已有名为"),
    ):  # fmt: skip
        status, told = run(folder, database, *wrong, password=PASSWORD if wrong[0] == "add" else None)
        assert status == 2 and words in told, told
    status, told = run(folder, database, "add", "li", "--role", "head", password="短")
    assert status == 2 and "10 到 200" in told
    assert run(folder, database, "password", "ZHANG", password="另一个好密码二〇二六年")[0] == 0
    assert shop.browser().log_in("zhang").status_code == 401
    assert shop.browser().log_in("zhang", "另一个好密码二〇二六年").status_code == 303
    assert run(folder, database, "disable", "审核人")[0] == 0
    status, told = run(folder, database, "list")
    assert status == 0 and "张三" in told and "已停用" in told
    rows = shop.client("管理员").get("/audit.json").json()["rows"]
    mine = [r["action"] for r in rows if r["who"].startswith("命令行")]
    assert mine == ["user.disable", "user.reset", "user.add"]


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    status, told = run(tmp_path, "postgresql://nobody@127.0.0.1:1/none", "list")
    assert status == 2 and "数据库" in told


def test_two_different_passwords_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yibenzhang.cli import user as cli_user

    answers = iter([PASSWORD, PASSWORD + "x", PASSWORD, PASSWORD])
    monkeypatch.setattr(cli_user.getpass, "getpass", lambda _: next(answers))
    arguments = ["add", "wang", "--role", "administrator", "--folder", str(tmp_path)]
    assert CliRunner().invoke(cli_user.app, arguments).exit_code == 2
    assert (
        CliRunner().invoke(cli_user.app, ["list", "--folder", str(tmp_path)]).output.startswith("还没有账号")
    )
    assert CliRunner().invoke(cli_user.app, arguments).exit_code == 0


def test_a_server_that_nobody_can_enter_says_how_to(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.web.conftest import running
    from tests.web.serving import free_port
    from yibenzhang.web import serving

    shown = []

    def serve(made: Any, *_: Any) -> None:
        with running(made, "http://127.0.0.1") as browser:
            shown.append(browser.get("/login").text)

    monkeypatch.setattr(serving, "run", serve)
    more = [
        "--port",
        str(free_port()),
        "--folder",
        str(tmp_path),
        *(["--database", database] if database else []),
    ]
    told = CliRunner().invoke(app, ["serve", "--accounts", "--processes", "1", *more])
    assert told.exit_code == 0, told.output
    assert "user add" in told.output and "--role administrator" in told.output and "user add" in shown[0]
    assert PASSWORD not in told.output
    assert run(tmp_path, database, "add", "zhang", "--role", "administrator", password=PASSWORD)[0] == 0
    told = CliRunner().invoke(app, ["serve", "--accounts", "--processes", "1", *more])
    assert told.exit_code == 0 and "user add" not in told.output and "user add" not in shown[1]
    refused = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", *more])
    assert refused.exit_code == 2 and "--accounts" in refused.output


def test_an_address_in_use_is_told(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = CliRunner().invoke(app, ["serve", "--port", str(port), "--folder", str(tmp_path / "ledger")])
    assert told.exit_code == 2 and f"端口 {port}" in told.output and "--port" in told.output
    assert not (tmp_path / "ledger").exists()
