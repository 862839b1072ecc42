"""Where people come from: proxies that were named are believed, and nobody else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.web.conftest import PASSWORD, Browser, MakeShop, Shop
from tests.web.serving import Server
from tests.web.test_season import _user
from yibenzhang.office import logins
from yibenzhang.office.models import Attempt, Audit
from yibenzhang.web.proxies import NoAddress, networks, whence

PROXY, INNER, PERSON = "10.0.0.1", "10.0.0.2", "203.0.113.7"
HOSTILE = (
    "127.0.0.1", "10.0.0.1", "[::1", "unknown", "_hidden", "", " ", ",", ", ,", "203.0.113.7<script>", "a" * 9000, "203.0.113.7\x00", "999.1.1.1",
    "fe80::1%" + "x" * 200, "::ffff:127.0.0.1", "1.2.3.4:x:y", "0x7f.1", "１２７.0.0.1", "' OR 1=1", "for=1.2.3.4;proto=https",
)  # fmt: skip


@contextmanager
def from_peer(shop: Shop, peer: str) -> Iterator[Browser]:
    """A browser whose connection comes from this address."""
    client = TestClient(
        shop.app, base_url=shop.base, follow_redirects=False, raise_server_exceptions=False, client=(peer, 4711)
    )  # fmt: skip
    try:
        yield Browser(client)
    finally:
        client.close()


def log_in(b: Browser, name: str, password: str, *told: str, **more: str) -> int:
    b.client.headers = b.client.headers.__class__(
        [("X-Forwarded-For", t.encode("utf-8")) for t in told] + [(k.replace("_", "-"), v.encode()) for k, v in more.items()]
    )  # fmt: skip
    return b.log_in(name, password).status_code


def noted(shop: Shop) -> list[str]:
    with shop.office.session() as session:
        return list(
            session.scalars(select(Audit.address).where(Audit.action == "login.in").order_by(Audit.id))
        )


def tried(shop: Shop) -> list[str]:
    with shop.office.session() as session:
        return list(session.scalars(select(Attempt.address).order_by(Attempt.id)))


def test_behind_a_named_proxy_people_have_their_own_addresses(make_shop: MakeShop) -> None:
    shop = make_shop(proxies=(PROXY,))
    with from_peer(shop, PROXY) as b:
        for _ in range(logins.MOST_OF_NAME):
            assert log_in(b, "负责人", "不对的密码不对的密码", "198.51.100.9") == 401
        assert log_in(b, "负责人", PASSWORD, "198.51.100.9") == 429
    with from_peer(shop, PROXY) as b:
        assert log_in(b, "负责人", PASSWORD, PERSON) == 303, "another's failures are another's"
    assert noted(shop) == [PERSON] and tried(shop) == ["198.51.100.9"] * 5 + [PERSON]


def test_what_a_stranger_writes_is_not_believed(make_shop: MakeShop) -> None:
    """Neither where it comes straight, nor in front of what the proxy adds."""
    shop = make_shop(proxies=(PROXY,))
    straight, behind = (
        dict.fromkeys(("X_Real_IP", "True_Client_IP"), "127.0.0.1"),
        {"Forwarded": "for=127.0.0.1"},
    )
    with from_peer(shop, PERSON) as mine, from_peer(shop, PROXY) as theirs:
        for told in HOSTILE:
            for b, lines, more in (
                (mine, (told,), straight), (theirs, (told, PERSON), behind), (theirs, (f"{told}, {PERSON}",), {})
            ):  # fmt: skip
                b.client.cookies.clear()
                assert log_in(b, "审核人", PASSWORD, *lines, **more) == 303, told
                assert noted(shop)[-1] == PERSON, told
            theirs.client.cookies.clear()  # a proxy that passes on what is no address: it is the proxy's own
            assert log_in(theirs, "审核人", PASSWORD, told) == 303
            assert noted(shop)[-1] == (PROXY if "127.0.0.1" not in told or "１" in told else "127.0.0.1"), (
                told
            )
    assert set(tried(shop)) == {PERSON, PROXY, "127.0.0.1"}


def test_where_no_proxy_is_named_nothing_is_believed(shop: Shop) -> None:
    with from_peer(shop, PROXY) as b:
        assert log_in(b, "审核人", PASSWORD, PERSON) == 303
    with from_peer(shop, "127.0.0.1") as b:
        assert log_in(b, "审核人", PASSWORD, PERSON) == 303
    assert noted(shop) == [PROXY, "127.0.0.1"]


def test_a_stranger_does_not_get_past_the_limit_with_a_new_address_each_time(make_shop: MakeShop) -> None:
    shop = make_shop(proxies=(PROXY,))
    with from_peer(shop, PERSON) as b:
        told = [
            log_in(b, "审核人", "不对的密码不对的密码", f"192.0.2.{k}")
            for k in range(logins.MOST_OF_NAME + 2)
        ]
    assert told == [401] * logins.MOST_OF_NAME + [429] * 2


@pytest.mark.parametrize(
    ("peer", "told", "whose"),
    [
        (PROXY, (PERSON,), PERSON), (PROXY, (f"{PERSON}, {INNER}",), PERSON), (PROXY, (PERSON, INNER), PERSON), (PROXY, (f"8.8.8.8, {PERSON}, {INNER}",), PERSON),
        (PROXY, (f"{PERSON}:51234",), PERSON), (PROXY, ("[2001:db8::1]:443",), "2001:db8::1"), (PROXY, ("2001:db8::1",), "2001:db8::1"),
        (PROXY, (f"::ffff:{PERSON}",), PERSON), (f"::ffff:{PROXY}", (PERSON,), PERSON), (PROXY, (), PROXY), (PROXY, (INNER,), INNER),
        (PROXY, (f"{PERSON}, rubbish, {INNER}",), INNER), (PROXY, ("1.1.1.1, " * 400 + PERSON,), PERSON), ("testclient", (PERSON,), "testclient"),
        (PERSON, (INNER,), PERSON), ("10.0.0.9", ("8.8.8.8",), "10.0.0.9"),
    ],
)  # fmt: skip
def test_the_last_that_is_no_proxy_counts(peer: str, told: tuple[str, ...], whose: str) -> None:
    assert whence(peer, told, networks([PROXY, "10.0.0.2/32"])) == whose


@given(st.lists(st.text(max_size=80), max_size=4))
def test_whatever_is_told_it_fits_the_records(told: list[str]) -> None:
    found = whence(PROXY, told, networks([PROXY]))
    assert len(found) <= 45 and networks([found])


@pytest.mark.parametrize(
    "wrong", ["0.0.0.0/0", "::/0", "proxy.example", "localhost", "10.0.0.1/99", "*", "", "10.0.0.1, 10.0.0.2"]
)
def test_what_cannot_be_named_as_a_proxy(wrong: str, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from yibenzhang.cli import app

    with pytest.raises(NoAddress):
        networks([wrong])
    told = CliRunner().invoke(app, ["serve", "--accounts", "--folder", str(tmp_path / "x"), "--proxy", wrong])
    assert told.exit_code == 2 and not (tmp_path / "x").exists()


def test_a_proxy_without_accounts_is_refused(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from yibenzhang.cli import app

    told = CliRunner().invoke(app, ["serve", "--folder", str(tmp_path / "x"), "--proxy", "127.0.0.1"])
    assert told.exit_code == 2 and "--accounts" in told.output and not (tmp_path / "x").exists()


def test_a_proxy_that_tells_nothing_is_complained_of_once(
    make_shop: MakeShop, caplog: pytest.LogCaptureFixture
) -> None:
    shop = make_shop(proxies=(PROXY,))
    with from_peer(shop, PROXY) as b:
        b.get("/login")
        b.get("/login")
    with from_peer(shop, PERSON) as b:
        b.get("/login")
    assert [r.getMessage() for r in caplog.records if "X-Forwarded-For" in r.getMessage()] == [
        f"代理 {PROXY} 没有写 X-Forwarded-For，经它来的人都算作一个地址；请在代理里加上这个请求头。"
    ]


def test_with_https_our_addresses_are_https_whatever_is_told(make_shop: MakeShop) -> None:
    shop = make_shop(https=True)
    answer = shop.browser().get(
        "/seasons/", headers={"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    )
    assert answer.headers["location"].startswith("https://office.example/")
    plain = (
        make_shop(folder=shop.office.settings.folder.parent / "two", database="")
        if not shop.office.settings.database
        else None
    )
    if plain is not None:
        answer = plain.browser().get("/seasons/", headers={"X-Forwarded-Proto": "https"})
        assert answer.headers["location"].startswith("http://office.example/")


@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "believed"), [(("--proxy", "127.0.0.1"), True), (("--https",), False), ((), False)]
)
def test_the_real_server(
    tmp_path: Path, options: tuple[str, ...], believed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is started from the command line, with both kinds of processes; uvicorn's own belief is off."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    server = Server(tmp_path / "ledger", ("--accounts", *options))
    _user(server, "", "管理", "administrator")
    with server:
        base, told = f"http://127.0.0.1:{server.port}/login", {"X-Forwarded-For": f"1.1.1.1, {PERSON}"}
        name = "__Host-yibenzhang" if "--https" in options else "yibenzhang"
        shown = httpx.get(base, headers=told)
        mark = shown.text.split('name="csrf" value="')[1][:64]
        cookie = shown.headers["set-cookie"].partition(";")[0]
        assert cookie.startswith(f"{name}=")
        data = {"csrf": mark, "name": "管理", "password": PASSWORD}
        answer = httpx.post(base, data=data, headers={**told, "Cookie": cookie})
        assert answer.status_code == 303, answer.text
    listed = subprocess.run(
        ["python3", "-c", "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(\"SELECT address FROM audit WHERE action = 'login.in'\").fetchall())",
         str(tmp_path / "ledger" / "office.db")], capture_output=True, text=True, check=True, env={**os.environ},
    )  # fmt: skip
    assert listed.stdout.strip() == f"[('{PERSON if believed else '127.0.0.1'}',)]"


def test_what_the_command_line_says_reaches_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from yibenzhang.cli import app
    from yibenzhang.cli import serve as cli_serve
    from yibenzhang.web import serving

    told: list[Any] = []

    def serve(settings: Any, host: str, port: int, processes: int, ready: Any) -> None:
        told.append(settings)
        ready(None)

    monkeypatch.setattr(serving, "serve_pages", serve)
    monkeypatch.setattr(cli_serve, "_warn_of_nobody", lambda *_: None)
    start = [
        "serve",
        "--accounts",
        "--folder",
        str(tmp_path / "x"),
        "--host",
        "0.0.0.0",
        "--name",
        "a.example",
    ]
    plain = CliRunner().invoke(app, start)
    assert plain.exit_code == 0 and "明文" in plain.output, plain.output
    more = ["--https", "--proxy", "127.0.0.1", "--proxy", "10.0.0.0/28", "--jobs", "3", "--most", "7"]
    behind = CliRunner().invoke(app, [*start, *more])
    assert behind.exit_code == 0 and "明文" not in behind.output
    assert (told[0].proxies, told[1].proxies) == ((), ("127.0.0.1", "10.0.0.0/28"))
    assert (told[1].https, told[1].jobs, told[1].most_bytes) == (True, 3, 7 * 1024 * 1024)
