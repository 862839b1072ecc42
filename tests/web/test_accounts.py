"""First passwords: known to two, so they are changed before anything else; made by the dozen, handed out once."""

from __future__ import annotations

import csv
import io
import logging
import re
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError

from tests.conftest import examples
from tests.web.conftest import PASSWORD, Browser, MakeShop, Shop
from tests.web.sweeping import addresses, ask, state_of, two_departments
from tests.web.test_cli_user import run
from tests.web.working import import_roster
from yibenzhang.office import logins, passwords, users
from yibenzhang.office.access import LOCAL, Refused
from yibenzhang.office.account_files import accounts_template, read_accounts
from yibenzhang.office.issuing import _account_of, issue
from yibenzhang.office.logins import Proof, begin, new_key
from yibenzhang.office.models import Audit, Role, Token, User, now
from yibenzhang.reading import ReadingError
from yibenzhang.reading.limits import MAX_ACCOUNT_ROWS
from yibenzhang.web.errors import MUST_CHANGE
from yibenzhang.web.security import COOKIE, actor_of

NEW = "高山流水 2027 年"


def number_of(shop: Shop, name: str) -> int:
    with shop.office.session() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def changed(b: Browser, old: str = PASSWORD, new: str = NEW, **more: str) -> Any:
    """Change the password with the form that asks for it first."""
    shown = b.get("/me/password").text
    mark = re.search(r'name="csrf" value="(\w+)"', shown)
    assert mark, shown
    fields = {"csrf": mark[1], "old": old, "new": new, "again": new, **more}
    return b.raw("/me/password", data=fields)


# ------------------------------------------------------------------------------------------ the first login


def test_a_first_password_that_nobody_used_ends(shop: Shop) -> None:
    """After two weeks; the right password is told why, a wrong one is not, and a new one begins anew."""
    fields = {"name": "小王", "role": "reviewer", "password": PASSWORD}
    assert shop.client("管理员").post("/users", fields).status_code == 303
    with shop.office.session() as session:
        long_ago = now() - logins.INITIAL_LASTS - timedelta(minutes=1)
        session.execute(update(Audit).where(Audit.action == "user.add").values(at=long_ago))
    late = shop.browser().log_in("小王")
    assert late.status_code == 401 and logins.EXPIRED in late.text
    wrong = shop.browser().log_in("小王", password="不是这个密码 1234")
    assert wrong.status_code == 401 and logins.EXPIRED not in wrong.text
    with shop.office.session() as session:
        user = session.scalars(select(User).where(User.name == "小王")).one()
        users.reset(session, LOCAL, user, user.password)
    assert shop.browser().log_in("小王").status_code == 303


def test_a_password_of_somebody_elses_is_changed_before_anything_else(shop: Shop) -> None:
    fields = {"name": "小王", "role": "reviewer", "password": PASSWORD}
    made = shop.client("管理员").post("/users", fields)
    assert made.status_code == 303
    b = shop.browser()
    assert b.log_in("小王", next="/seasons?find=x").headers["location"] == "/seasons?find=x"
    away = b.get("/seasons?find=x")
    assert away.status_code == 303 and away.headers["location"].startswith("/me/password?next=%2Fseasons")
    shown = b.get(away.headers["location"]).text
    assert MUST_CHANGE in shown and "退出" in shown and 'href="/seasons"' not in shown
    for path, words in (("/seasons.json", MUST_CHANGE), ("/me.json", MUST_CHANGE)):
        answer = b.get(path)
        assert answer.status_code == 403 and words in answer.json()["error"]
    assert b.get("/seasons", headers={"HX-Request": "true"}).headers["hx-redirect"] == "/me/password"
    assert changed(b, old="不对").status_code == 409
    assert changed(b, new=PASSWORD).status_code == 409, "the same one is no change"
    assert b.get("/seasons").status_code == 303
    done = changed(b, next="/seasons?find=x")
    assert done.status_code == 303 and done.headers["location"].startswith("/seasons?find=x&said=")
    assert b.get("/seasons").status_code == 200 and b.get("/me/password").headers["location"] == "/me"
    assert shop.browser().log_in("小王").status_code == 401
    assert shop.browser().log_in("小王", NEW).status_code == 303


def test_until_then_no_address_does_anything(shop: Shop) -> None:
    mine, _ = two_departments(shop)
    admin = shop.client("管理员")
    with shop.office.session() as session:
        session.get_one(User, number_of(shop, "管理员")).must_change = True
    before, wrong = state_of(shop, mine), []
    mark = re.search(r'name="csrf" value="(\w+)"', admin.get("/me/password").text)
    assert mark
    admin.marks[admin.client.cookies[COOKIE]] = mark[1]
    free = {"GET /login", "POST /login", "POST /logout", "GET /health", "GET /static-lib/htmx.js", "GET /me/password",
            "POST /me/password", "POST /login/code"}  # fmt: skip
    for address in addresses(shop.app):
        if str(address) in free:
            continue
        answer = ask(admin, address, mine, mine.ids)
        sent = answer.status_code == 303 and answer.headers["location"].startswith("/me/password?next=")
        if not sent and answer.status_code != 403:
            wrong.append((str(address), answer.status_code))
    assert wrong == [] and state_of(shop, mine) == before


def test_a_reset_ends_sessions_and_keys_and_says_why(shop: Shop) -> None:
    b, admin = shop.client("审核人"), shop.client("管理员")
    key = re.findall(r"ybz_[\w-]{40,}", b.post("/me/keys", {"name": "程序"}).text)[0]

    def by_key() -> tuple[int, str]:
        answer = shop.browser().get("/seasons.json", headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, answer.json().get("error", "") if answer.status_code != 200 else ""

    assert by_key() == (200, "")
    answer = admin.post(f"/users/{number_of(shop, '审核人')}/password", {"password": NEW})
    assert answer.status_code == 303
    assert b.get("/seasons").headers["location"].startswith("/login")
    status, told = by_key()
    assert status == 403 and "改密码" in told and "密钥" in told
    head = {"Authorization": f"Bearer {key}"}
    for answer in (
        shop.browser().get("/me/password", headers=head),
        shop.browser().raw("/me/password", data={}, headers=head),
    ):
        assert answer.status_code == 403 and "审核人" not in answer.text, "an ended key is nobody's"
    assert shop.browser().log_in("审核人").status_code == 401
    again = shop.browser()
    assert again.log_in("审核人", NEW).status_code == 303
    assert again.get("/seasons").headers["location"].startswith("/me/password")
    with shop.office.session() as session, pytest.raises(Refused, match="重设"):
        new_key(session, actor_of(session.get_one(User, number_of(shop, "审核人")), ""), "程序")
    assert changed(again, NEW, "另一个好密码二〇二六年").status_code == 303
    assert by_key()[0] == 401, "the key stays ended"
    rows = {r["name"]: r["must_change"] for r in admin.get("/users.json").json()["rows"]}
    assert rows == {"审核人": False, "管理员": False, "负责人": False}


def test_a_key_of_such_a_person_is_refused_even_where_it_was_not_ended(shop: Shop) -> None:
    with shop.office.session() as session:
        user = session.scalars(select(User).where(User.name == "审核人")).one()
        key = new_key(session, actor_of(user, ""), "程序")
        user.must_change = True
    answer = shop.browser().get("/seasons.json", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403 and "改密码" in answer.json()["error"]


def test_from_the_command_line_too(tmp_path: Path, database: str, make_shop: MakeShop) -> None:
    folder = tmp_path / "ledger"
    assert run(folder, database, "add", "zhang", "--role", "administrator", password=PASSWORD)[0] == 0
    shop = make_shop(folder=folder)
    b = shop.browser()
    assert b.log_in("zhang").status_code == 303
    assert b.get("/users").headers["location"].startswith("/me/password")
    assert changed(b).status_code == 303 and b.get("/users").status_code == 200
    assert "待改" not in run(folder, database, "list")[1]
    assert run(folder, database, "password", "zhang", password=PASSWORD)[0] == 0
    assert b.get("/users").headers["location"].startswith("/login")
    assert "待改初始密码" in run(folder, database, "list")[1]


def test_a_login_that_crosses_a_reset_comes_to_nothing(shop: Shop) -> None:
    """The old password was proved a moment before the administrator set another."""
    proof = logins.proved(shop.office.database, "审核人", "192.0.2.1", PASSWORD)
    with shop.office.session() as session:
        users.set_password(session, LOCAL, session.get_one(User, proof.number), NEW)
    with shop.office.session() as session, pytest.raises(logins.WrongPassword):
        begin(session, proof, "192.0.2.1")
    with shop.office.session() as session:
        user = session.get_one(User, proof.number)
        with pytest.raises(Refused, match="管理员重设"):
            users.change_password(session, actor_of(user, ""), proof.kept, "另一个好密码二〇二六年")
    with shop.office.session() as session:
        assert session.get_one(User, proof.number).must_change


def test_a_login_that_crosses_being_put_out_of_use_comes_to_nothing(shop: Shop) -> None:
    proof = logins.proved(shop.office.database, "审核人", "192.0.2.1", PASSWORD)
    with shop.office.session() as session:
        users.set_active(session, LOCAL, session.get_one(User, proof.number), False)
    with shop.office.session() as session, pytest.raises(logins.WrongPassword):
        begin(session, Proof(proof.number, proof.kept), "192.0.2.1")


# ------------------------------------------------------------------------------------------ lists of accounts

LIST = """账号,姓名,角色,单位
Li.Si,李四,部门,某区财政局
wang,王五,reviewer,
zhao,"=cmd|' /C calc'!A0",负责人,某区财政局
审核人,,审核人,
b,短,审核人,
sun,孙,国王,
,无名,审核人,
qian,钱,部门,没有局
LI.SI,又一个,审核人,
示例：zhou,周,审核人,
wu,吴,,某区财政局
zheng,郑,,
"""


def send(b: Browser, data: bytes, **more: str) -> Any:
    return b.post("/users/import", more, files={"file": ("账号.csv", data)})


def handed(page: str) -> dict[str, list[str]]:
    """The CSV in the page, by account."""
    found = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', page)
    assert found, page
    rows = list(csv.reader(io.StringIO(b64decode(found[1]).decode("utf-8-sig"))))
    assert rows[0] == ["账号", "姓名", "角色", "单位", "初始密码"]
    return {r[0]: r for r in rows[1:]}


def test_a_list_is_imported_line_by_line(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.person("建单位", body="某区财政局")
    caplog.set_level(logging.DEBUG)
    answer = send(shop.client("管理员"), LIST.encode("utf-8-sig"))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    got = handed(answer.text)
    assert list(got) == ["li.si", "wang", "zhao", "wu"]
    assert got["li.si"][1:4] == ["李四", "部门", "某区财政局"] and got["wu"][2] == "部门"
    assert got["zhao"][1] == "'=cmd|' /C calc'!A0" and got["zhao"][2:4] == ["负责人", ""]
    for line, why in (("第 5 行", "已有名为"), ("第 6 行", "2 到 40"), ("第 7 行", "不认识角色"), ("第 8 行", "没有写账号"),
                      ("第 9 行", "没有名为“没有局”的单位"), ("第 10 行", "与第 2 行重复"), ("第 13 行", "没有写角色")):  # fmt: skip
        assert re.search(f"<li>{line}：[^<]*{why}", answer.text), (line, why)
    assert "下列 7 行" in answer.text and "第 11 行" not in answer.text
    secrets = [r[4] for r in got.values()]
    assert len(set(secrets)) == 4 and all(re.fullmatch(r"(?:\w{4}-){3}\w{4}", s) for s in secrets)
    with shop.office.session() as session:
        everything = [
            str(row)
            for table in (User, Audit, Token)
            for row in session.execute(select(*table.__table__.columns))
        ]
        noted = session.scalars(select(Audit).where(Audit.action == "user.import")).one().detail
    assert noted == {"added": 4, "renewed": 0, "refused": 7}
    told = "".join([*everything, caplog.text, shop.client("管理员").get("/users").text])
    assert not any(s in told for s in secrets), "in plain it is kept nowhere"
    for name, secret in ((r[0], r[4]) for r in got.values()):
        b = shop.browser()
        assert b.log_in(name, secret).status_code == 303
        assert b.get("/seasons").headers["location"].startswith("/me/password")
    assert changed(b, got["wu"][4]).status_code == 303 and b.get("/seasons").status_code == 200


def test_who_has_not_begun_can_be_given_another(shop: Shop) -> None:
    admin, data = (
        shop.client("管理员"),
        "账号,角色\nli,审核人\nwang,审核人\n审核人,审核人\nsun,审核人\n".encode(),
    )
    first = handed(send(admin, data).text)
    b = shop.browser()
    b.log_in("li", first["li"][4])
    assert changed(b, first["li"][4]).status_code == 303
    admin.post(f"/users/{number_of(shop, 'sun')}/active", {"active": "false"})
    refused = send(admin, data)
    assert (
        "没有建立任何账号" in refused.text
        and "下列 4 行" in refused.text
        and "data:text/csv" not in refused.text
    )
    answer = send(
        admin,
        "账号,角色\nli,审核人\nwang,审核人\n审核人,审核人\nsun,审核人\nzhou,head\n".encode(),
        renew="true",
    )
    again = handed(answer.text)
    assert list(again) == ["wang", "zhou"] and answer.text.count("已经在用") == 2 and "已停用" in answer.text
    assert shop.browser().log_in("wang", first["wang"][4]).status_code == 401
    assert shop.browser().log_in("wang", again["wang"][4]).status_code == 303
    assert "角色或单位" in send(admin, "账号,角色\nwang,管理员\n".encode(), renew="true").text
    assert b.get("/seasons").status_code == 200, "who has begun keeps password and session"


def test_an_excel_file_does_as_well() -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (
        ["某区 2026 年账号表"],
        ["用户名", "真名", "姓名", "所在单位", "用户角色"],
        [301001, None, "李四", "某局", "部门"],
    ):
        sheet.append(row)
    other: Any = book.create_sheet("财政局")
    other.append(["登录名", "角色"])
    other.append(["wang", "系统管理员"])
    out = io.BytesIO()
    book.save(out)
    rows = read_accounts(out.getvalue())
    assert [(r.name, r.shown, r.role, r.body) for r in rows] == [
        ("301001", "李四", "department", "某局"), ("wang", "", "administrator", "")
    ]  # fmt: skip
    assert rows[0].where == "工作表“Sheet”第 3 行"


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "空的"), ("单位名称\n某局\n".encode(), "没有找到"), ("账号,角色\n".encode(), "没有一个账号"), (b"%PDF-1.7", "PDF"), (b"PK\x03\x04xx", "损坏|不是"),
     (b"x" * (5 * 1024 * 1024), "4 MB"), ("账号,角色\n".encode() + b"a,head\n" * (MAX_ACCOUNT_ROWS + 1), "分几次")],
)  # fmt: skip
def test_a_file_that_is_no_such_list_is_told(data: bytes, told: str) -> None:
    with pytest.raises(ReadingError, match=told):
        read_accounts(data)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400) | st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=6).map(
    lambda rows: "\n".join(["账号,角色,单位", *(",".join(r) for r in rows)]).encode("utf-8", "replace")
))  # fmt: skip
def test_any_bytes_are_a_list_or_a_sentence(data: bytes) -> None:
    try:
        rows = read_accounts(data)
    except ReadingError as error:
        assert str(error)
        return
    assert rows and all(r.where for r in rows)


def test_the_template_is_one_that_is_read(shop: Shop) -> None:
    answer = shop.client("管理员").get("/users-template.csv")
    assert answer.content == accounts_template()
    rows = read_accounts(answer.content + "zhang,张,审核人,\n".encode())
    assert [r.name for r in rows] == ["zhang"]


def test_each_department_of_a_roster_gets_an_account(shop: Shop) -> None:
    admin = shop.client("管理员")
    answer = admin.post("/seasons", {"year": "2026", "stage": "budget"})
    season = answer.headers["location"].split("/")[2]
    assert "每个部门都已有账号" in admin.post("/users/departments", {"season": season}).text
    roster = "单位名称,主管部门\n某区水利局,\n某区河道所,某区水利局\n某区林业局,\n某区（临时）办公室,\n某区农业局,\n某区审核人,\n"
    import_roster(admin, int(season), roster)
    shop.person("老账号", body="某区林业局")
    shop.person("停用的", body="某区农业局")
    admin.post(f"/users/{number_of(shop, '停用的')}/active", {"active": "false"})
    shop.person("某区审核人", Role.REVIEWER)
    answer = admin.post("/users/departments", {"season": season})
    got = handed(answer.text)
    assert {k: r[2:4] for k, r in got.items()} == {
        "某区水利局": ["部门", "某区水利局"], "某区临时办公室": ["部门", "某区（临时）办公室"], "某区审核人-2": ["部门", "某区审核人"]
    }  # fmt: skip
    b = shop.browser()
    assert b.log_in("某区水利局", got["某区水利局"][4]).status_code == 303
    assert changed(b, got["某区水利局"][4]).status_code == 303
    assert (
        "某区河道所" in b.get(f"/seasons/{season}").text
        and "某区林业局" not in b.get(f"/seasons/{season}").text
    )
    assert admin.post("/users/departments", {"season": season}).status_code == 409, (
        "a second time there is nothing to do"
    )
    assert admin.post("/users/departments", {"season": "999"}).status_code == 404


def test_names_of_bodies_become_names_of_accounts() -> None:
    taken: set[str] = set()
    for body in ("某某局", "（某某）局", "“”", "@", "-某某局", "长" * 90, "长" * 95, "ＡＢ局"):
        name = _account_of(body, taken)
        assert users._NAME.fullmatch(name) and name not in taken and users.account_name(name) == name, body
        taken.add(name)


def test_two_imports_at_once_are_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another makes the same account between looking and keeping: nothing is half made."""
    row = read_accounts("账号,角色\nli,审核人\nwang,审核人\n".encode())
    real = passwords.hashed_initial

    def slow(password: str) -> str:
        if not done:
            done.append(shop.person("wang", Role.REVIEWER))
        return real(password)

    done: list[int] = []
    monkeypatch.setattr(passwords, "hashed_initial", slow)
    with pytest.raises(Refused, match="已有名为"), shop.office.session() as session:
        issue(session, LOCAL, row)
    with shop.office.session() as session:
        assert session.scalars(select(User.name).where(User.name.in_(("li", "wang")))).all() == ["wang"]


def test_who_begins_at_this_very_moment_keeps_the_own_password(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = read_accounts("账号,角色\nli,审核人\n".encode())
    with shop.office.session() as session:
        issue(session, LOCAL, rows)
    real = passwords.hashed_initial

    def begins(password: str) -> str:
        with shop.office.session() as other:
            other.execute(update(User).where(User.name == "li").values(password="eigen", must_change=False))
        return real(password)

    monkeypatch.setattr(passwords, "hashed_initial", begins)
    with shop.office.session() as session:
        found = issue(session, LOCAL, rows, again=True)
    assert found.made == () and "已经在用" in found.refused[0]
    with shop.office.session() as session:
        assert session.scalars(select(User.password).where(User.name == "li")).one() == "eigen"


def test_lists_and_departments_from_the_command_line(
    tmp_path: Path, database: str, make_shop: MakeShop
) -> None:
    folder = tmp_path / "ledger"
    shop = make_shop(folder=folder)
    admin = shop.client("管理员")
    season = int(
        admin.post("/seasons", {"year": "2026", "stage": "budget"}).headers["location"].split("/")[2]
    )
    import_roster(admin, season, "单位名称\n某区财政局\n某区水利局\n")
    sheet, out = tmp_path / "账号.csv", tmp_path / "初始密码.csv"
    sheet.write_text(LIST, encoding="utf-8-sig")
    status, told = run(folder, database, "import", str(sheet), "--passwords", str(out))
    assert status == 1 and "第 7 行" in told and "新建账号 4 个" in told, told
    assert out.stat().st_mode & 0o777 == 0o600
    rows = {r["账号"]: r for r in csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig")))}
    assert shop.browser().log_in("li.si", rows["li.si"]["初始密码"]).status_code == 303
    assert not any(r["初始密码"] in told for r in rows.values())
    status, told = run(folder, database, "import", str(sheet), "--passwords", str(out))
    assert status == 2 and "不会覆盖" in told
    more = tmp_path / "more.csv"
    assert run(folder, database, "import", str(sheet), "--passwords", str(more))[0] == 1 and not more.exists()
    status, told = run(folder, database, "import", str(sheet), "--passwords", str(more), "--again")
    assert status == 1 and "重发密码 4 个" in told and more.exists()
    assert (
        run(folder, database, "import", str(tmp_path / "none.csv"), "--passwords", str(tmp_path / "x"))[0]
        == 2
    )
    theirs = tmp_path / "部门.csv"
    status, told = run(folder, database, "departments", "--passwords", str(theirs))
    assert status == 0 and "新建账号 1 个" in told and "某区水利局" in theirs.read_text(encoding="utf-8-sig")
    status, told = run(folder, database, "departments", "--season", "77", "--passwords", str(tmp_path / "y"))
    assert status == 2 and "没有这个公开季" in told and not (tmp_path / "y").exists()


# ------------------------------------------------------------------------------------------ passwords


@pytest.mark.parametrize(
    ("password", "fine"),
    [("abcdabcdabcd", False), ("1234512345", False), ("zhangsan12", False), ("12zhangsan34", False), ("某区财政局2026", False), ("ZhangSan_2026", False), ("ZhangSan_2026_hehua", True),
     ("某区财政局的长密码二〇二六", True), ("青山绿水常在二〇二六", True)],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused(password: str, fine: bool) -> None:
    assert passwords.acceptable(password, "zhangsan", "", "某区财政局") == fine


def test_first_passwords_are_unlike_and_fit() -> None:
    made = {passwords.initial() for _ in range(500)}
    assert len(made) == 500 and all(passwords.acceptable(p) for p in made)
    assert not any(set(p) & set("01aeiouOIl=+@") for p in made)


def test_an_account_that_nobody_has_used_yet_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time of the answer told which accounts there are."""
    from argon2 import PasswordHasher

    done: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            done.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=2, memory_cost=64, parallelism=1))
    light = passwords.hashed_initial("abcd")
    for kept in (light, "", passwords.hashed("x")):
        done.clear()
        assert not passwords.matches(kept, "不对")
        assert sum("m=64,t=2" in d for d in done) == 1
    assert (
        passwords.matches(light, "abcd") and passwords.outdated(light) and not passwords.matches("坏", "abcd")
    )


def test_what_the_log_tells_of_an_error_has_no_values(shop: Shop) -> None:
    with pytest.raises(SQLAlchemyError) as caught, shop.office.session() as session:
        session.execute(text("SELECT nothing FROM users WHERE password = :p"), {"p": "argon2-hash"})
    assert "argon2-hash" not in str(caught.value)


def test_the_list_of_passwords_opens_as_text_in_a_spreadsheet() -> None:
    """No first password is taken for a number, a date or a formula."""
    for _ in range(200):
        value = passwords.initial()
        assert value[0].isalpha() and not re.fullmatch(r"[\d.eE+-]+", value)
