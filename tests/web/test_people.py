"""People: logging in and out, accounts, keys, roles, the audit trail, the description of the interface."""

from __future__ import annotations

import ast
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import yibenzhang
from tests.web.conftest import PASSWORD, Browser, MakeShop, Shop
from tests.web.sweeping import Address, addresses, ask, state_of, two_departments
from yibenzhang.office import logins, passwords, users
from yibenzhang.office.access import LOCAL, Refused
from yibenzhang.office.audit import ACTIONS, SUBJECTS, in_words
from yibenzhang.office.models import Attempt, Audit, Login, Role, Token, User, Verdict, now
from yibenzhang.web.describing import operations
from yibenzhang.web.pages.entering import local_path
from yibenzhang.web.security import COOKIE


def actions(shop: Shop) -> list[str]:
    with shop.office.session() as session:
        return list(session.scalars(select(Audit.action).order_by(Audit.id)))


def number_of(shop: Shop, name: str) -> int:
    with shop.office.session() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


# ------------------------------------------------------------------------------------------ logging in


def test_a_person_logs_in_and_out(shop: Shop) -> None:
    b = shop.browser()
    assert b.get("/audit?person=某").headers["location"] == "/login?next=%2Faudit%3Fperson%3D%25E6%259F%2590"
    before = b.get("/login").cookies or dict(b.client.cookies)
    answer = b.log_in("审核人", next="/seasons?said=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/seasons?said=x")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "max-age=3600" in cookie
    token = b.client.cookies[COOKIE]
    assert token not in dict(before).values(), "the token of a visitor must not become that of a person"
    assert "审核人" in b.get("/seasons").text
    out = b.post("/logout")
    assert out.status_code == 303 and COOKIE not in b.client.cookies
    assert b.get("/seasons").headers["location"].startswith("/login")
    b.client.cookies.set(COOKIE, token)
    assert b.get("/seasons").status_code == 303, "the session ended on the server, not only in the browser"
    assert [a for a in actions(shop) if a.startswith("login")] == ["login.in", "login.out"]


def test_only_hashes_of_tokens_are_kept(shop: Shop) -> None:
    b = shop.client("审核人")
    page = b.post("/me/keys", {"name": "程序"}).text
    key = re.search(r"ybz_[\w-]{40,}", page)
    assert key
    with shop.office.session() as session:
        kept = [*session.scalars(select(Login.token)), *session.scalars(select(Token.token))]
        secret = session.scalars(select(User.password)).all()
    assert key[0] not in kept and b.client.cookies[COOKIE] not in kept
    assert all(p.startswith("$argon2id$") for p in secret)


def test_with_https_the_cookie_is_secure(make_shop: MakeShop) -> None:
    b = make_shop(https=True).browser()
    assert "secure" in b.get("/login").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "/\t/evil.example", "javascript:x", "", "/login", "/logout"],
)  # fmt: skip
def test_after_logging_in_nobody_is_sent_away(wanted: str) -> None:
    assert local_path(wanted) == "/"


def test_a_local_address_is_kept() -> None:
    assert local_path("/submissions/7?said=x#p4") == "/submissions/7?said=x#p4"


def test_wrong_name_and_wrong_password_look_alike(shop: Shop) -> None:
    shop.client("管理员").post(f"/users/{number_of(shop, '审核人')}/active", {"active": "false"})
    told = set()
    for name, password in (("负责人", "不对的密码不对的密码"), ("没有这人", PASSWORD), ("审核人", PASSWORD), ("负责人", ""), ("负责人", "长" * 199),
                           ("a\x00b", PASSWORD), ("'; drop table users", PASSWORD)):  # fmt: skip
        answer = shop.browser().log_in(name, password)
        assert answer.status_code == 401
        told.update(re.findall(r'role="alert">([^<]+)<', answer.text))
    assert told == {logins.WRONG}


def test_a_name_that_nobody_has_costs_the_same_work(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            done.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for name in ("审核人", "没有这人"):
        done.clear()
        shop.browser().log_in(name, "不对的密码不对的密码")
        assert len(done) == 1 and done[0].startswith("$argon2id$")


def test_the_name_may_be_written_in_capitals_or_full_width(shop: Shop) -> None:
    shop.person("zhang.san", Role.REVIEWER)
    for name in ("Zhang.San", " ｚｈａｎｇ.ｓａｎ "):
        assert shop.browser().log_in(name).status_code == 303


def test_a_hash_of_old_parameters_is_renewed_at_login(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert shop.browser().log_in("审核人").status_code == 303
    with shop.office.session() as session:
        kept = {u.name: u.password for u in session.scalars(select(User))}
    assert "m=16,t=2" in kept["审核人"] and "m=16,t=2" not in kept["负责人"]
    assert shop.browser().log_in("审核人").status_code == 303


# ------------------------------------------------------------------------------------------ the limit on failures


def test_after_five_failures_the_right_password_has_to_wait(shop: Shop) -> None:
    for _ in range(logins.MOST_OF_NAME):
        assert shop.browser().log_in("审核人", "不对的密码不对的密码").status_code == 401
    for name in ("审核人", "审核人", " 审核人"):
        answer = shop.browser().log_in(name)
        assert answer.status_code == 429 and "15 分钟" in answer.text
    assert shop.browser().log_in("负责人").status_code == 303, "others are not locked out"
    with shop.office.session() as session:
        told = session.scalars(select(Audit).where(Audit.action == "login.limited")).all()
        assert [(t.who, t.address) for t in told] == [("审核人", "testclient")], (
            "told once, however often it is tried"
        )
        session.execute(update(Attempt).values(at=now() - logins.WINDOW - timedelta(seconds=1)))
    assert shop.browser().log_in("审核人").status_code == 303


def test_logging_in_clears_the_failures_before(shop: Shop) -> None:
    for _ in range(3):
        for _ in range(logins.MOST_OF_NAME - 1):
            assert shop.browser().log_in("审核人", "不对的密码不对的密码").status_code == 401
        assert shop.browser().log_in("审核人").status_code == 303


def test_one_address_cannot_try_many_names(shop: Shop) -> None:
    for k in range(logins.MOST_OF_ADDRESS):
        assert shop.browser().log_in(f"某人{k}", "不对的密码不对的密码").status_code == 401
    assert shop.browser().log_in("审核人").status_code == 429
    assert actions(shop).count("login.limited") == 1


def test_many_tries_at_the_same_moment_do_not_get_past_the_limit(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = passwords.matches

    def slow(kept: str, password: str) -> bool:
        time.sleep(0.05)
        return matches(kept, password)

    monkeypatch.setattr(passwords, "matches", slow)

    def attempt(k: int) -> str:
        try:
            logins.proved(
                shop.office.database, "审核人", "192.0.2.1", PASSWORD if k == 11 else f"猜的密码第{k}个"
            )
        except Refused as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(12) as pool:
        told = Counter(pool.map(attempt, range(24)))
    assert (
        told["WrongPassword"] <= 2 * logins.MOST_OF_NAME - 1
        and told["TooMany"] >= 24 - 2 * logins.MOST_OF_NAME
    )
    assert told.total() == 24


def test_a_crowd_that_logs_in_at_once_is_let_in(shop: Shop) -> None:
    people = [f"某人{k}" for k in range(40)]
    for name in people:
        shop.person(name, Role.REVIEWER)
    with ThreadPoolExecutor(12) as pool:
        found = list(
            pool.map(lambda n: logins.proved(shop.office.database, n, "192.0.2.1", PASSWORD), people)
        )
    assert len(set(found)) == 40


def test_old_attempts_are_tidied(shop: Shop) -> None:
    with shop.office.session() as session:
        session.add(Attempt(name="x", address="y", at=now() - timedelta(days=2)))
        session.add(
            Login(token="0" * 64, user_id=number_of(shop, "审核人"), ends_at=now() - timedelta(seconds=1))
        )
    shop.client("审核人")
    with shop.office.session() as session:
        assert session.scalars(select(Attempt.name)).all() == ["审核人"]
        assert len(session.scalars(select(Login)).all()) == 1


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
     ("::ffff:192.0.2.7", "192.0.2.7"), ("fe80::1%eth0", "fe80::/64"), ("testclient", "testclient")],
)  # fmt: skip
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert logins.origin(address) == counted


# ------------------------------------------------------------------------------------------ sessions


def test_a_session_slides_and_ends(shop: Shop) -> None:
    b = shop.client("审核人")
    with shop.office.session() as session:
        session.execute(update(Login).values(ends_at=now() + timedelta(minutes=10)))
    answer = b.get("/seasons")
    assert answer.status_code == 200 and "max-age=3600" in answer.headers["set-cookie"].lower()
    assert "set-cookie" not in b.get("/seasons").headers, "not at every request"
    with shop.office.session() as session:
        left = session.scalars(select(Login.ends_at)).one() - now()
        assert left > timedelta(minutes=59)
        session.execute(update(Login).values(ends_at=now() - timedelta(seconds=1)))
    assert b.get("/seasons").status_code == 303
    assert b.get("/seasons.json").status_code == 401
    assert b.get("/seasons", headers={"HX-Request": "true"}).headers["hx-redirect"] == "/login"


def test_pages_that_ask_by_themselves_keep_no_session_alive(shop: Shop) -> None:
    b = shop.client("审核人")
    soon = now() + timedelta(minutes=10)
    with shop.office.session() as session:
        session.execute(update(Login).values(ends_at=soon))
    answer = b.get("/seasons", headers={"X-Polling": "yes", "HX-Request": "true"})
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    with shop.office.session() as session:
        assert session.scalars(select(Login.ends_at)).one() == soon
        session.execute(update(Login).values(ends_at=now() - timedelta(seconds=1)))
    ended = b.get("/seasons", headers={"X-Polling": "yes", "HX-Request": "true"})
    assert ended.headers["hx-redirect"] == "/login", "it is told as soon as the page asks"


def test_every_page_that_polls_says_so() -> None:
    """hx-trigger="every …" without the header would keep a session alive though nobody is there."""
    for page in Path(yibenzhang.__file__).parent.glob("web/templates/*.html"):
        text = page.read_text(encoding="utf-8")
        assert text.count('hx-trigger="every') == text.count("""hx-headers='{"X-Polling": "yes"}'"""), (
            page.name
        )


def test_logging_in_again_ends_the_session_before(shop: Shop) -> None:
    b = shop.client("审核人")
    token = b.client.cookies[COOKIE]
    page = b.get("/seasons").text
    mark = re.search(r'"X-CSRF": "(\w+)"', page)
    assert mark
    assert b.raw("/login", data={"csrf": mark[1], "name": "负责人", "password": PASSWORD}).status_code == 303
    assert "负责人" in b.get("/seasons").text
    b.client.cookies.clear()
    b.client.cookies.set(COOKIE, token)
    assert b.get("/seasons").status_code == 303


def test_a_deactivated_person_is_out_at_once(shop: Shop) -> None:
    b, admin = shop.client("审核人"), shop.client("管理员")
    key = _new_key(b)
    number = number_of(shop, "审核人")
    assert admin.post(f"/users/{number}/active", {"active": "false"}).status_code == 303
    assert b.get("/seasons").status_code == 303
    assert _with_key(shop, key) == 401
    assert admin.post(f"/users/{number}/active", {"active": "true"}).status_code == 303
    assert b.get("/seasons").status_code == 303 and _with_key(shop, key) == 401, "what ended stays ended"
    assert shop.browser().log_in("审核人").status_code == 303


def test_a_new_password_ends_the_other_sessions(shop: Shop) -> None:
    here, there = shop.client("审核人"), shop.browser()
    there.log_in("审核人")
    assert there.get("/seasons").status_code == 200
    fields = {"old": PASSWORD, "new": "高山流水 2027 年", "again": "高山流水 2027 年"}
    assert here.post("/me/password", {**fields, "old": "不对"}).status_code == 409
    assert here.post("/me/password", {**fields, "again": "别的"}).status_code == 409
    assert here.post("/me/password", {**fields, "new": "短", "again": "短"}).status_code == 409
    assert here.post("/me/password", {**fields, "new": PASSWORD, "again": PASSWORD}).status_code == 409
    assert there.get("/seasons").status_code == 200
    assert here.post("/me/password", fields).status_code == 303
    assert here.get("/seasons").status_code == 200 and there.get("/seasons").status_code == 303
    assert shop.browser().log_in("审核人").status_code == 401
    assert shop.browser().log_in("审核人", "高山流水 2027 年").status_code == 303
    assert actions(shop).count("user.password") == 1


def test_guessing_the_old_password_is_limited_too(shop: Shop) -> None:
    b = shop.client("审核人")
    fields = {"old": "猜的", "new": "高山流水 2027 年", "again": "高山流水 2027 年"}
    for _ in range(logins.MOST_OF_NAME):
        b.post("/me/password", fields)
    answer = b.post("/me/password", {**fields, "old": PASSWORD})
    assert answer.status_code == 409 and "15 分钟" in answer.text


# ------------------------------------------------------------------------------------------ keys


def _new_key(b: Browser) -> str:
    found = re.search(r"ybz_[\w-]{40,}", b.post("/me/keys", {"name": "统计程序"}).text)
    assert found
    return found[0]


def _with_key(shop: Shop, key: str, path: str = "/seasons.json") -> int:
    return shop.browser().get(path, headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_key_does_what_its_person_may(shop: Shop) -> None:
    reviewer, head = _new_key(shop.client("审核人")), _new_key(shop.client("负责人"))
    assert _with_key(shop, reviewer) == 200 and _with_key(shop, reviewer, "/audit.json") == 403
    assert _with_key(shop, head, "/audit.json") == 200
    assert _with_key(shop, "ybz_wrong") == 401 and _with_key(shop, "") == 401
    assert "ybz_" not in shop.client("审核人").get("/me").text, "it is shown once"
    season = {"year": "2026", "stage": "budget"}
    answer = shop.browser().raw("/seasons", data=season, headers={"Authorization": f"Bearer {head}"})
    assert answer.status_code == 303, "a key needs no mark: no browser sends it on its own"
    told = shop.browser().get("/me.json", headers={"Authorization": f"Bearer {reviewer}"}).json()
    assert (told["name"], told["role"], len(told["rows"])) == ("审核人", "reviewer", 1)
    assert told["rows"][0]["used_at"]


def test_a_key_can_be_ended(shop: Shop) -> None:
    b = shop.client("审核人")
    key = _new_key(b)
    number = b.get("/me.json").json()["rows"][0]["id"]
    assert b.post(f"/me/keys/{number}/end").status_code == 303
    assert _with_key(shop, key) == 401
    assert b.post(f"/me/keys/{number}/end").status_code == 303
    assert b.post("/me/keys", {"name": " "}).status_code == 409
    assert [a for a in actions(shop) if a.startswith("token")] == ["token.new", "token.end"]


def test_there_are_not_any_number_of_keys(shop: Shop) -> None:
    b = shop.client("审核人")
    for _ in range(logins.MOST_KEYS):
        _new_key(b)
    assert b.post("/me/keys", {"name": "多了"}).status_code == 409


# ------------------------------------------------------------------------------------------ accounts


def test_an_administrator_keeps_the_accounts(shop: Shop) -> None:
    shop.person("建单位", body="某区财政局")
    admin = shop.client("管理员")
    new = {
        "name": "Li.Si",
        "role": "department",
        "body": "某区财政局",
        "shown": "李四",
        "password": "青山绿水常在二〇二六",
    }
    answer = admin.post("/users", new)
    assert (
        answer.status_code == 303
        and shop.browser().log_in("li.si", "青山绿水常在二〇二六").status_code == 303
    )
    number = number_of(shop, "li.si")
    assert admin.post(f"/users/{number}", {"role": "head", "body": "x", "shown": "李四"}).status_code == 303
    assert admin.post(f"/users/{number}", {"role": "head", "body": "", "shown": "李四"}).status_code == 303
    assert admin.post(f"/users/{number}/password", {"password": "又一个新密码二〇二六"}).status_code == 303
    assert shop.browser().log_in("li.si", "又一个新密码二〇二六").status_code == 303
    rows = {r["name"]: r for r in admin.get("/users.json").json()["rows"]}
    assert (rows["li.si"]["role"], rows["li.si"]["body"], rows["li.si"]["shown"]) == ("head", "", "李四")
    assert rows["建单位"]["body"] == "某区财政局" and "password" not in rows["li.si"]
    assert "李四" in admin.get("/users.csv").text and "李四" in admin.get("/users").text
    assert [a for a in actions(shop) if a.startswith("user.")][-3:] == [
        "user.add",
        "user.change",
        "user.reset",
    ]
    with shop.office.session() as session:
        change = session.scalars(select(Audit).where(Audit.action == "user.change")).one()
        assert (
            change.who == "管理员"
            and in_words(change.detail) == "名称：li.si；角色：部门 → 负责人；单位：某区财政局 → 空"
        )
        assert not any("青山绿水" in str(a.detail) for a in session.scalars(select(Audit)))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "审核人"}, "已有名为"), ({"name": "a"}, "2 到 40"), ({"name": "<b>x"}, "2 到 40"), ({"name": "x" * 41}, "2 到 40"),
        ({"role": "department", "body": ""}, "写明单位"), ({"role": "department", "body": "没有局"}, "没有名为"), ({"role": "king"}, "请选择角色"),
        ({"password": "short"}, "10 到 200"), ({"password": "新账号某某某某某某某"}, "10 到 200"), ({"password": "1234567890"}, "10 到 200"),
        ({"password": "QwertyUiop"}, "10 到 200"), ({"password": "aaaaaaaaaaaaa"}, "10 到 200"), ({"password": "x" * 201}, "10 到 200"),
    ],
)  # fmt: skip
def test_accounts_that_are_refused(shop: Shop, wrong: dict[str, str], told: str) -> None:
    fields = {
        "name": "新账号某某某某某某某",
        "role": "reviewer",
        "body": "",
        "shown": "",
        "password": "青山绿水常在二〇二六",
    }
    answer = shop.client("管理员").post("/users", {**fields, **wrong})
    assert answer.status_code == 409 and told in answer.text
    assert "user.add" not in actions(shop)[3:]


def test_the_last_administrator_stays(shop: Shop) -> None:
    admin, number = shop.client("管理员"), number_of(shop, "管理员")
    for path, fields in (
        (f"/users/{number}", {"role": "head"}),
        (f"/users/{number}/active", {"active": "false"}),
    ):
        answer = admin.post(path, fields)
        assert answer.status_code == 409 and "最后一个" in answer.text
    other = shop.person("第二个管理员", Role.ADMINISTRATOR)
    assert admin.post(f"/users/{number}/active", {"active": "false"}).status_code == 303
    answer = shop.client("第二个管理员").post(f"/users/{other}", {"role": "reviewer"})
    assert answer.status_code == 409, "one that is out of use does not count"


def test_two_administrators_do_not_take_away_one_anothers_place_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = number_of(shop, "管理员"), shop.person("第二个管理员", Role.ADMINISTRATOR)
    both, check = Barrier(2), users._still_administered

    def late(session: Session) -> None:
        session.flush()
        with suppress(BrokenBarrierError):
            both.wait(2)  # both have changed the other by now, unless one waits for the other
        check(session)

    monkeypatch.setattr(users, "_still_administered", late)

    def leave(number: int) -> str:
        try:
            with shop.office.session() as session:
                users.set_active(session, LOCAL, session.get_one(User, number), False)
        except Refused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, (first, second))) == ["done", "refused"]
    with shop.office.session() as session:
        assert users.administered(session)


def test_a_changed_role_holds_at_once(shop: Shop) -> None:
    b = shop.client("负责人")
    assert b.get("/audit").status_code == 200
    shop.client("管理员").post(
        f"/users/{number_of(shop, '负责人')}", {"role": "reviewer", "shown": "", "body": ""}
    )
    assert b.get("/audit").status_code == 403


def test_on_an_own_computer_there_are_no_accounts(desk: Shop) -> None:
    b = desk.browser()
    for path in ("/login", "/me", "/users", "/users.json"):
        answer = b.get(path)
        assert answer.status_code == 404 and "不需要登录" in answer.text
    for path in ("/users", "/login", "/logout", "/me/password"):
        assert b.post(path).status_code == 404
    assert b.get("/audit").status_code == 200 and b.get("/api").status_code == 200
    assert 'href="/me"' not in b.get("/seasons").text


# ------------------------------------------------------------------------------------------ who may do what

LEAST = {
    "POST /login": None, "POST /login/code": None, "POST /logout": None,
    "POST /me/sessions": Role.DEPARTMENT, "POST /me/second-factor": Role.DEPARTMENT, "POST /me/second-factor/codes": Role.DEPARTMENT, "POST /me/second-factor/remove": Role.DEPARTMENT,
    "POST /users/{number}/sessions": Role.ADMINISTRATOR, "POST /users/{number}/factor": Role.ADMINISTRATOR,
    "POST /me/password": Role.DEPARTMENT, "POST /me/keys": Role.DEPARTMENT, "POST /me/keys/{number}/end": Role.DEPARTMENT,
    "POST /users": Role.ADMINISTRATOR, "POST /users/{number}": Role.ADMINISTRATOR, "POST /users/{number}/active": Role.ADMINISTRATOR,
    "POST /users/{number}/password": Role.ADMINISTRATOR, "POST /users/import": Role.ADMINISTRATOR, "POST /users/departments": Role.ADMINISTRATOR,
    "POST /seasons": Role.HEAD, "POST /seasons/{number}/settings": Role.HEAD, "POST /seasons/{number}/close": Role.HEAD, "POST /seasons/{number}/roster": Role.REVIEWER, "POST /entries/{number}": Role.REVIEWER, "POST /entries/{number}/remove": Role.REVIEWER,
    "POST /seasons/{number}/files": Role.DEPARTMENT, "POST /seasons/{number}/recheck": Role.REVIEWER,
    "POST /seasons/{number}/findings": Role.REVIEWER, "POST /seasons/{number}/findings/undo": Role.REVIEWER, "POST /seasons/{number}/findings/filters": Role.DEPARTMENT,
    "POST /submissions/{number}/decisions": Role.REVIEWER, "POST /submissions/{number}/undo": Role.REVIEWER,
    "POST /seasons/{number}/entries": Role.REVIEWER,
    "POST /seasons/{number}/entries/undo": Role.REVIEWER,
    "POST /submissions/{number}/profile": Role.REVIEWER, "POST /submissions/{number}/move": Role.REVIEWER, "POST /submissions/{number}/again": Role.DEPARTMENT,
    "POST /submissions/{number}/withdraw": Role.DEPARTMENT, "POST /submissions/{number}/accept": Role.REVIEWER,
    "POST /submissions/{number}/defects": Role.REVIEWER, "POST /submissions/{number}/ticks": Role.REVIEWER,
    "POST /matters/{number}/decisions": Role.REVIEWER, "POST /submissions/{number}/return": Role.REVIEWER, "POST /template": Role.HEAD,
    "POST /resources/{number}": Role.DEPARTMENT, "POST /resources/{number}/move": Role.REVIEWER, "POST /resource-import": Role.REVIEWER, "POST /proposals": Role.REVIEWER,
    "POST /requests": Role.DEPARTMENT, "POST /requests/{number}/step": Role.DEPARTMENT, "POST /request-usage": Role.REVIEWER,
    "POST /projects-views": Role.DEPARTMENT, "POST /project-import": Role.DEPARTMENT, "POST /project-import-take": Role.DEPARTMENT, "POST /project-import-undo": Role.DEPARTMENT,
    "POST /evidence-mapping": Role.HEAD, "POST /evidence-run": Role.HEAD,
    "POST /ledger-bodies": Role.REVIEWER, "POST /ledger-take": Role.HEAD,
    "POST /project-link": Role.DEPARTMENT, "POST /project-performance": Role.DEPARTMENT, "POST /project-performance-undo": Role.DEPARTMENT,
    "POST /quality-orders": Role.REVIEWER, "POST /quality-orders/mended": Role.DEPARTMENT,
    "POST /supervision-scheme": Role.HEAD, "POST /supervision-score": Role.HEAD, "POST /supervision-repeat": Role.HEAD,
}  # fmt: skip
"""The least role for each address that changes something; None needs no login."""
PAGES = {
    "GET /users": Role.ADMINISTRATOR, "GET /users-template": Role.ADMINISTRATOR, "GET /audit": Role.HEAD, "GET /evidence-mappings": Role.HEAD, "GET /evidence-mapping": Role.HEAD, "GET /template": Role.HEAD, "GET /seasons/{number}/roster": Role.REVIEWER,
    "GET /submissions/{number}/return": Role.REVIEWER, "GET /seasons/{number}/settings": Role.HEAD,
}  # fmt: skip
"""The same for pages that are not for everybody."""


def posts(shop: Shop) -> list[Address]:
    found = [a for a in addresses(shop.app) if a.method == "POST"]
    unknown = [str(a) for a in found if str(a) not in LEAST]
    assert unknown == [], "say in LEAST who may do this"
    return found


def test_each_role_does_what_it_may_and_no_more(shop: Shop) -> None:
    mine, _ = two_departments(shop)
    ids = {**mine.ids, "user": shop.person("旁人", Role.REVIEWER)}
    wrong = []
    people = {
        "甲禾": Role.DEPARTMENT,
        "审核人": Role.REVIEWER,
        "负责人": Role.HEAD,
        "管理员": Role.ADMINISTRATOR,
    }
    order = list(Role)
    late = (
        "/end",
        "/logout",
        "/password",
        "/active",
        "/sessions",
        "/factor",
        "/accept",
        "/withdraw",
        "/return",
        "/close",
    )
    for address in sorted(posts(shop), key=lambda a: a.path.endswith(late)):
        least = LEAST[str(address)]
        if least is None:
            continue
        assert ask(shop.browser(), address, mine, mine.ids).status_code == 401
        for person, role in people.items():
            below = order.index(role) < order.index(least)
            before = state_of(shop, mine) if below else {}
            status = ask(shop.client(person), address, mine, ids).status_code
            if below:
                if status != 403 or state_of(shop, mine) != before:
                    wrong.append((str(address), person, status))
            elif status in (401, 403, 422) or status >= 500:
                wrong.append((str(address), person, status))
    for address in addresses(shop.app):
        if address.method == "GET" and str(address).removesuffix(".json").removesuffix(".csv") in PAGES:
            least = PAGES[str(address).removesuffix(".json").removesuffix(".csv")]
            for person, role in people.items():
                status = ask(shop.client(person), address, mine, mine.ids).status_code
                if (status == 403) != (order.index(role) < order.index(least)):
                    wrong.append((str(address), person, status))
    assert wrong == [], wrong


# ------------------------------------------------------------------------------------------ forged requests


def test_what_does_not_come_from_our_pages_changes_nothing(shop: Shop) -> None:
    mine, _ = two_departments(shop)
    admin, other = shop.client("管理员"), shop.client("负责人")
    before, before_audit = state_of(shop, mine), len(actions(shop))
    good = admin.mark()
    tries = [
        {}, {"X-CSRF": ""}, {"X-CSRF": "0" * 64}, {"X-CSRF": other.mark()}, {"X-CSRF": "错"},
        {"X-CSRF": good, "Origin": "http://evil.example"}, {"X-CSRF": good, "Origin": "http://office.example.evil.example"},
    ]  # fmt: skip
    for address in posts(shop):
        path = re.sub(r"\{\w+(:\w+)?\}", "1", address.path)
        for headers in tries:
            encoded = {k: v.encode() for k, v in headers.items()}
            answer = admin.raw(path, data=dict.fromkeys(address.form, "1"), headers=encoded)
            assert answer.status_code in (403, 422), (str(address), headers)
            assert answer.status_code == 403 or address.form, str(address)
    assert state_of(shop, mine) == before and len(actions(shop)) == before_audit
    ours = {"X-CSRF": good, "Origin": "http://office.example"}
    assert admin.raw("/seasons", data={"year": "2031", "stage": "budget"}, headers=ours).status_code == 303


def test_without_a_cookie_there_is_no_mark(shop: Shop) -> None:
    b = shop.browser()
    answer = b.raw("/login", data={"name": "审核人", "password": PASSWORD, "csrf": ""})
    assert answer.status_code == 403


# ------------------------------------------------------------------------------------------ the audit trail


def test_the_audit_trail_is_searched_and_paged(shop: Shop) -> None:
    with shop.office.session() as session:
        for k in range(250):
            session.add(
                Audit(
                    who=f"某人{k % 5}",
                    action="file.in",
                    subject="submission",
                    subject_id=k,
                    detail={"name": f"第{k}份.pdf"},
                )
            )
        session.add(
            Audit(
                who="早先", action="season.new", subject="season", subject_id=1, at=now() - timedelta(days=40)
            )
        )
    b = shop.client("负责人")
    first = b.get("/audit.json").json()
    assert len(first["rows"]) == 100 and first["total"] > 250 and first["pages"] == 3
    assert first["rows"][0]["id"] > first["rows"][-1]["id"]
    seen = {r["id"] for k in (1, 2, 3) for r in b.get("/audit.json", params={"page": k}).json()["rows"]}
    assert len(seen) == first["total"]
    assert b.get("/audit.csv").text.count("\n") == first["total"] + 1
    page = b.get("/audit", params={"person": "某人3", "action": "file.in"})
    assert "交文件" in page.text and "第248份.pdf" in page.text and "某人2" not in page.text
    assert 'href="/submissions/248"' in page.text

    def count(**asked: str) -> int:
        total = b.get("/audit.json", params=asked).json()["total"]
        assert isinstance(total, int)
        return total

    assert count(person="某人3") == 50 and count(action="season.new") == 1 and count(person="%") == 0
    assert count(subject="submission", subject_id="7") == 1
    day = (now() - timedelta(days=30)).date().isoformat()
    assert count(until=day) == 1 and count(since=day) == first["total"] - 1
    assert count(since="9999-12-31") == 0 and count(until="9999-12-31") == first["total"]
    for wrong in ({"since": "昨天"}, {"subject_id": "一"}, {"subject_id": "9" * 30}, {"page": "0"}):
        assert b.get("/audit", params=wrong).status_code in (409, 422)


@lru_cache(maxsize=1)
def _noted() -> set[str]:
    """The actions that are noted anywhere in the program."""
    found: set[str] = set()
    for path in Path(yibenzhang.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "note"
                and len(node.args) > 2
            ):
                action = node.args[2]
                if isinstance(action, ast.JoinedStr):
                    found |= {f"matter.{v}" for v in Verdict}
                    continue
                constants = [
                    n.value
                    for n in ast.walk(action)
                    if isinstance(n, ast.Constant) and isinstance(n.value, str)
                ]
                assert constants, ast.dump(node)
                found |= set(constants)
    return found


def test_every_action_has_its_word() -> None:
    assert _noted() - set(ACTIONS) == set(), "say in office/audit.py what it is in Chinese"
    assert set(ACTIONS) - _noted() == set(), "there is no such action any more"
    assert all(re.search(r"[\u4e00-\u9fff]", w) for w in (*ACTIONS.values(), *SUBJECTS.values()))


# ------------------------------------------------------------------------------------------ the interface


def test_the_interface_is_described_in_chinese(shop: Shop) -> None:
    text = shop.client("审核人").get("/api").text
    told = [o for group in operations(shop.app.openapi()).values() for o in group]
    assert "openssl rand" in text and "Bearer" in text and len(told) > 20
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert [o.path for o in told if not chinese.search(o.words)] == [], (
        "say in web/describing.py what it does"
    )
    assert [(o.path, p.name) for o in told for p in o.parameters if not chinese.search(p.words)] == []
    assert [o.path for o in told if o.path not in text] == []
    assert "http://" not in text.replace("http://office.example", "") and "https://" not in text


# ------------------------------------------------------------------------------------------ hostile requests


def test_senseless_numbers_and_characters_are_no_errors_of_ours(shop: Shop) -> None:
    mine, _ = two_departments(shop)
    admin = shop.client("管理员")
    for number in ("0", "-1", "2147483648", "9" * 25, "1e3", "%00", "１"):
        for path in (
            "/submissions/{}",
            "/entries/{}.json",
            "/notices/{}",
            "/seasons/{}",
            "/seasons/{}/hand-in",
            "/submissions/{}/original",
        ):
            assert 400 <= admin.get(path.format(number)).status_code < 500, (path, number)
    season, entry = mine.ids["season"], mine.ids["entry"]
    assert admin.get(f"/seasons/{season}", params={"find": "a\x00b"}).status_code == 200
    assert admin.get("/audit", params={"person": "a\x00b"}).status_code < 500
    assert admin.post(f"/entries/{entry}", {"contact": "a\x00b"}).status_code in (303, 422)
    assert admin.post("/seasons", {"year": "2033", "stage": "budget", "name": "a\x00b"}).status_code in (
        303,
        422,
    )
    assert (
        admin.post(
            f"/submissions/{mine.ids['submission']}/profile", {"entry": "²", "year": "²²²²"}
        ).status_code
        == 409
    )
    assert admin.post(f"/submissions/{mine.ids['submission']}/profile", {"entry": "9" * 30}).status_code in (
        404,
        409,
        422,
    )


def test_a_form_of_any_length_is_not_taken(shop: Shop) -> None:
    b = shop.browser()
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    assert b.raw("/login", content=b"a=" + b"x" * 1024 * 1024, headers=head).status_code == 413
    assert b.raw("/login", content=iter([b"a=", b"x" * 1000]), headers=head).status_code == 413, (
        "nor of an untold one"
    )
