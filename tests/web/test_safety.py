"""The people part as an attacker sees it: what was tried, and that it leads nowhere."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from tests.web.conftest import PASSWORD, Browser, MakeShop, Shop, wait_for
from tests.web.serving import Server
from yibenzhang.office import logins
from yibenzhang.office.models import Attempt, Audit, Login, Token, User, now
from yibenzhang.web.security import COOKIE, KNOWN

WRONG = "不对的密码不对的密码"
NEW = "高山流水 2027 年"


def number_of(shop: Shop, name: str) -> int:
    with shop.office.session() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def from_peer(shop: Shop, peer: str, base: str = "") -> Browser:
    client = TestClient(
        shop.app, base_url=base or shop.base, follow_redirects=False, raise_server_exceptions=False, client=(peer, 4711)
    )  # fmt: skip
    shop.stack.callback(client.close)
    return Browser(client)


# ------------------------------------------------------------------------------------------ locking others out


def test_nobody_locks_the_head_out_of_the_own_browser(shop: Shop) -> None:
    """The same address for all, as behind one router: others' failures do not count for a browser that is known."""
    mine = shop.browser()
    assert mine.log_in("负责人").status_code == 303 and KNOWN in mine.client.cookies
    assert mine.post("/logout").status_code == 303
    for _ in range(logins.MOST_OF_NAME):
        assert shop.browser().log_in("负责人", WRONG).status_code == 401
    assert shop.browser().log_in("负责人").status_code == 429
    assert mine.log_in("负责人", WRONG).status_code == 401
    assert mine.log_in("负责人").status_code == 303
    fields = {"old": PASSWORD, "new": NEW, "again": NEW}
    assert mine.post("/me/password", fields).status_code == 303, "nor from changing the password"
    with shop.office.session() as session:
        told = session.scalars(select(Audit).where(Audit.action == "login.limited")).one()
        assert (told.who, told.address) == ("负责人", "testclient")


def test_a_known_browser_has_its_own_limit(shop: Shop) -> None:
    mine = shop.browser()
    mine.log_in("负责人")
    mine.post("/logout")
    told = [mine.log_in("负责人", WRONG).status_code for _ in range(logins.MOST_OF_NAME + 1)]
    assert told == [401] * logins.MOST_OF_NAME + [429]
    assert mine.log_in("负责人").status_code == 429
    assert shop.browser().log_in("负责人").status_code == 303


def test_a_browser_is_known_for_its_own_people_only(shop: Shop) -> None:
    mine = shop.browser()
    mine.log_in("审核人")
    kept = mine.client.cookies[KNOWN]
    secret = shop.office.secret
    assert logins.known(secret, "审核人", kept) and not logins.known(secret, "负责人", kept)
    drawn, _, seal = kept.partition(".")
    for forged in (
        "",
        ".",
        kept[:-1],
        f"{drawn}.",
        f".{seal}",
        f"{'0' * 24}.{seal}",
        f"{drawn}.{'0' * 64}",
        "错.误",
        kept + "0",
        "x" * 9000,
    ):
        assert not logins.known(secret, "审核人", forged)
    mine.post("/logout")
    mine.log_in("负责人")
    parts = mine.client.cookies[KNOWN].split("~")
    assert [bool(logins.known(secret, n, p)) for p, n in zip(parts, ("负责人", "审核人"), strict=True)] == [
        True,
        True,
    ]
    for _ in range(3):  # it does not grow
        mine.post("/logout")
        mine.log_in("负责人")
    assert len(mine.client.cookies[KNOWN].split("~")) == 2


def test_guessing_from_many_addresses_ends_and_a_known_browser_gets_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "MOST_EVERYWHERE", 6)
    mine = shop.browser()
    mine.log_in("负责人")
    mine.post("/logout")
    told = [from_peer(shop, f"192.0.2.{k}").log_in("负责人", WRONG).status_code for k in range(8)]
    assert told == [401] * 6 + [429] * 2
    assert from_peer(shop, "198.51.100.1").log_in("负责人").status_code == 429
    assert mine.log_in("负责人").status_code == 303
    assert from_peer(shop, "192.0.2.1").log_in("审核人").status_code == 303
    with shop.office.session() as session:
        session.execute(update(Attempt).values(at=now() - logins.WINDOW - timedelta(seconds=1)))
    assert from_peer(shop, "198.51.100.1").log_in("负责人").status_code == 303


# ------------------------------------------------------------------------------------------ sessions


def test_a_stolen_session_ends_with_the_password(shop: Shop) -> None:
    """Also the one in which it is changed: its token may be what was stolen."""
    b = shop.client("审核人")
    stolen = b.client.cookies[COOKIE]
    assert b.post("/me/password", {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 303
    assert b.client.cookies[COOKIE] != stolen and b.get("/seasons").status_code == 200
    thief = shop.browser()
    thief.client.cookies.set(COOKIE, stolen)
    assert thief.get("/seasons").status_code == 303
    with shop.office.session() as session:
        assert (
            len(session.scalars(select(Login).where(Login.user_id == number_of(shop, "审核人"))).all()) == 1
        )
        assert session.scalars(select(Audit.action).where(Audit.who == "审核人")).all() == [
            "login.in",
            "user.password",
        ]


def test_keys_can_end_with_the_password(shop: Shop) -> None:
    b = shop.client("审核人")
    b.post("/me/keys", {"name": "一"})
    assert "同时停用全部接口密钥" in b.get("/me").text
    b.post("/me/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert len(b.get("/me.json").json()["rows"]) == 1
    b.post("/me/password", {"old": NEW, "new": PASSWORD, "again": PASSWORD, "keys": "true"})
    assert b.get("/me.json").json()["rows"] == []


def test_a_session_does_not_go_on_for_ever(shop: Shop) -> None:
    b = shop.client("审核人")
    begun = now() - logins.LONGEST + timedelta(hours=2)
    with shop.office.session() as session:
        session.execute(update(Login).values(made_at=begun, ends_at=now() + timedelta(hours=1)))
    assert b.get("/seasons").status_code == 200
    with shop.office.session() as session:
        assert session.scalars(select(Login.ends_at)).one() <= begun + logins.LONGEST
        session.execute(update(Login).values(made_at=now() - logins.LONGEST, ends_at=now()))
    assert b.get("/seasons").status_code == 303


def test_with_https_the_cookies_are_this_hosts_alone(make_shop: MakeShop) -> None:
    shop = make_shop(https=True)
    b = from_peer(shop, "192.0.2.1", "https://office.example")
    planted = "a" * 43
    b.client.cookies.set(COOKIE, planted)  # as a neighbouring server of the same domain could
    answer = b.log_in("审核人")
    assert answer.status_code == 303
    told = [v.lower() for k, v in answer.headers.multi_items() if k == "set-cookie"]
    assert len(told) == 2 and all(
        v.startswith("__host-yibenzhang") and "; secure" in v and "; path=/" in v and "httponly" in v and "domain" not in v for v in told
    )  # fmt: skip
    assert b.get("/seasons").status_code == 200
    b.client.cookies.delete(f"__Host-{COOKIE}")
    b.client.cookies.set(COOKIE, planted)
    assert b.get("/seasons").headers["location"].startswith("/login"), "the plain name means nothing"


def test_on_the_way_out_the_browser_forgets_what_it_saw(shop: Shop) -> None:
    assert shop.client("审核人").post("/logout").headers["clear-site-data"] == '"cache"'


# ------------------------------------------------------------------------------------------ forged requests


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "null"}, {"Origin": "http://office.example.evil.example"}, {"Origin": "http://office.example:8080"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}, {"Origin": "file://"}],
)  # fmt: skip
def test_a_right_mark_from_a_wrong_place_is_forged(shop: Shop, headers: dict[str, str]) -> None:
    """Whoever can plant a cookie knows its mark; where a request comes from no page can lie about."""
    b = shop.client("负责人")
    fields = {"year": "2031", "stage": "budget"}
    assert b.post("/seasons", fields, headers=headers).status_code == 403
    ours = {"Origin": "http://office.example", "Sec-Fetch-Site": "same-origin"}
    assert b.post("/seasons", fields, headers=ours).status_code == 303


def test_with_https_a_page_that_came_in_plain_is_not_ours(make_shop: MakeShop) -> None:
    shop = make_shop(https=True)
    b = from_peer(shop, "192.0.2.1", "https://office.example")
    mark = re.search(r'name="csrf" value="(\w+)"', b.get("/login").text)
    assert mark
    data = {"csrf": mark[1], "name": "审核人", "password": PASSWORD}
    assert b.raw("/login", data=data, headers={"Origin": "http://office.example"}).status_code == 403
    assert b.raw("/login", data=data, headers={"Origin": "https://office.example"}).status_code == 303


def test_a_link_cannot_make_our_pages_say_anything(shop: Shop) -> None:
    b = shop.client("审核人")
    lie = "系统升级，请把密码发到 evil@example.com"
    for path in ("/seasons", "/login", "/me"):
        for more in ({}, {"seal": ""}, {"seal": "0" * 24}, {"seal": "错"}):
            assert "系统升级" not in b.get(path, params={"said": lie, **more}).text
    assert "系统升级" not in shop.browser().get("/login", params={"said": lie}).text
    fresh = shop.browser()
    where = fresh.log_in("审核人", next=f"/seasons?said={lie.replace(' ', '')}").headers["location"]
    assert "系统升级" not in fresh.get(where).text, "nor by way of the login"
    answer = b.post("/me/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert "x-said" not in answer.headers and "密码已修改" in b.get(answer.headers["location"]).text


# ------------------------------------------------------------------------------------------ keys and administrators


def test_a_key_makes_no_keys_and_no_accounts(shop: Shop) -> None:
    """Else a key that fell into wrong hands would live on in others."""
    b = shop.client("管理员")
    key = re.findall(r"ybz_[\w-]{40,}", b.post("/me/keys", {"name": "一"}).text)[0]
    head, number = {"Authorization": f"Bearer {key}"}, number_of(shop, "审核人")
    tries = {
        "/me/keys": {"name": "二"}, "/me/keys/1/end": {"x": "1"}, "/me/password": {"old": PASSWORD, "new": NEW, "again": NEW},
        "/users": {"name": "evil", "role": "administrator", "password": NEW}, f"/users/{number}": {"role": "administrator"},
        f"/users/{number}/active": {"active": "false"}, f"/users/{number}/password": {"password": NEW}, "/users/departments": {"season": "1"},
    }  # fmt: skip
    with shop.office.session() as session:
        before = [str(r) for r in session.execute(select(*User.__table__.columns))]
    for path, fields in tries.items():
        answer = shop.browser().raw(path, data=fields, headers=head)
        assert answer.status_code == 403 and "本人登录网页" in answer.json()["error"], path
    sheet = {"file": ("a.csv", "账号,角色\nevil,管理员\n".encode())}
    assert shop.browser().raw("/users/import", files=sheet, headers=head).status_code == 403
    assert (
        shop.browser()
        .raw("/me/keys", data={"name": "x"}, headers={"Authorization": "Bearer ybz_x"})
        .status_code
        == 401
    )
    with shop.office.session() as session:
        assert [str(r) for r in session.execute(select(*User.__table__.columns))] == before
        assert len(session.scalars(select(Token)).all()) == 1
    assert shop.browser().get("/users.json", headers=head).status_code == 200


def test_who_finds_an_open_session_does_not_take_the_account_over(shop: Shop) -> None:
    """The page for others' passwords asks for no old one: it is not for one's own."""
    b = shop.client("管理员")
    answer = b.post(f"/users/{number_of(shop, '管理员')}/password", {"password": NEW})
    assert answer.status_code == 409 and "我的账号" in answer.text
    assert shop.browser().log_in("管理员", NEW).status_code == 401


# ------------------------------------------------------------------------------------------ headers, files


def test_every_answer_carries_the_headers_of_safety(shop: Shop) -> None:
    b = shop.client("管理员")
    paths = (
        "/seasons",
        "/users",
        "/users.json",
        "/users.csv",
        "/nothing",
        "/login",
        "/static/app.js",
        "/openapi.json",
        "/users-template.csv",
    )
    for answer in [*(b.get(p) for p in paths), b.post("/users", {"name": ""}), b.raw("/users", data={})]:
        policy = answer.headers["content-security-policy"]
        assert (
            "script-src 'self';" in policy
            and "object-src 'none'" in policy
            and "frame-ancestors 'none'" in policy
        )
        assert (
            answer.headers["x-content-type-options"] == "nosniff"
            and answer.headers["x-frame-options"] == "DENY"
        )
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "same-origin"
        if not str(answer.request.url.path).startswith("/static"):
            assert answer.headers["cache-control"] == "no-store"


@pytest.mark.long
def test_a_ledger_is_closed_to_other_users_of_the_machine(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    with Server(folder, ("--accounts",)) as server:
        wait_for(lambda: (folder / "secret").exists())
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "secret").stat().st_mode & 0o777 == 0o600
        assert server.get("/login").status_code == 200


def test_the_database_can_be_named_where_no_other_user_sees_it(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from yibenzhang.cli import app

    address = database or f"sqlite:///{tmp_path / 'elsewhere.db'}"
    monkeypatch.setenv("YIBENZHANG_DATABASE", address)
    told = CliRunner().invoke(
        app, ["user", "add", "li", "--role", "head", "--password-stdin", "--folder", str(tmp_path / "x")], input=f"{PASSWORD}\n"
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    assert "li" in CliRunner().invoke(app, ["user", "list", "--folder", str(tmp_path / "x")]).output
    assert not (tmp_path / "x" / "office.db").exists()
