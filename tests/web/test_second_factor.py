"""The second factor: the standard's vectors, setting it up, logging in with it, once only, and what holds without it."""

from __future__ import annotations

import base64
import re
import time
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select, update

from tests.web.conftest import PASSWORD, Browser, MakeShop, Shop
from yibenzhang.office import second_factor as factors
from yibenzhang.office.models import Attempt, Audit, Login, Role, Token, User, now
from yibenzhang.office.second_factor_models import Factor, RecoveryCode
from yibenzhang.web.errors import MUST_ENROL

_SECRET = base64.b32encode(b"12345678901234567890").decode()
_HERE = "/me/second-factor"


@pytest.mark.parametrize(
    ("at", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)  # fmt: skip
def test_the_vectors_of_rfc_6238(at: int, digits: str) -> None:
    assert factors.step_of(_SECRET, digits, at) == at // 30
    assert factors.step_of(_SECRET, digits, at + 30) == at // 30, "half a minute late"
    assert not factors.step_of(_SECRET, digits, at + 90) and not factors.step_of(_SECRET, digits[::-1], at)


@pytest.mark.parametrize("wrong", ["", "12345", "１２３４５６", "null", "\udcff", "0" * 4000])
def test_what_is_no_code(wrong: str) -> None:
    assert factors.step_of(_SECRET, wrong, 59) == 0


def secret_in(text: str) -> tuple[str, str]:
    drawn = re.search(r'name="drawn" value="(\w{64})"', text)
    key = re.search(r'<code class="key">([A-Z2-7 ]+)<', text)
    assert drawn and key, text
    return drawn[1], key[1].replace(" ", "")


def post(b: Browser, path: str, page: str, **fields: str) -> object:
    mark = re.search(r'name="csrf" value="(\w+)"', page)
    assert mark
    return b.raw(path, data={"csrf": mark[1], **fields})


def set_up(b: Browser) -> tuple[str, list[str]]:
    """Set it up as a person does; the secret in the telephone, and the recovery codes."""
    shown = b.get(_HERE).text
    drawn, secret = secret_in(shown)
    digits = pyotp.TOTP(secret).at(time.time() - 30)
    done = post(b, _HERE, shown, drawn=drawn, code=digits, old=PASSWORD)
    codes = re.findall(r"<li><code>([a-z2-7-]{29})</code>", done.text)  # type: ignore[attr-defined]
    assert len(codes) == factors.CODES, done.text  # type: ignore[attr-defined]
    return secret, codes


def enter(shop: Shop, name: str, code: str) -> tuple[Browser, int]:
    """Log in with password and code; the status of the second step."""
    b = shop.browser()
    asked = b.log_in(name)
    assert asked.status_code == 200 and "六位数字" in asked.text
    ticket = re.search(r'name="ticket" value="([\w.]+)"', asked.text)
    assert ticket
    answer = post(b, "/login/code", asked.text, ticket=ticket[1], code=code, next="/seasons")
    return b, answer.status_code  # type: ignore[attr-defined]


def actions(shop: Shop) -> list[str]:
    with shop.office.session() as session:
        return list(session.scalars(select(Audit.action).order_by(Audit.id)))


def test_set_up_log_in_and_use_a_recovery_code(shop: Shop) -> None:
    b = shop.client("审核人")
    shown = b.get(_HERE).text
    assert "<svg" in shown and "http" not in re.sub(
        r'xmlns="[^"]+"', "", shown.split("<svg")[1].split("</svg>")[0]
    )
    drawn, _ = secret_in(shown)
    assert post(b, _HERE, shown, drawn=drawn, code="000000", old=PASSWORD).status_code == 401  # type: ignore[attr-defined]
    assert post(b, _HERE, shown, drawn=drawn, code="000000", old="不对").status_code == 409  # type: ignore[attr-defined]
    other = shop.browser()
    other.log_in("审核人")
    secret, codes = set_up(b)
    assert b.get("/seasons").status_code == 200 and other.get("/seasons").status_code == 303, "others are out"
    digits = pyotp.TOTP(secret).now()
    inside, status = enter(shop, "审核人", digits)
    assert status == 303 and inside.get("/seasons").status_code == 200
    assert enter(shop, "审核人", digits)[1] == 401, "once only"
    assert enter(shop, "审核人", pyotp.TOTP(secret).at(time.time() - 30))[1] == 401, "nor one before it"
    assert enter(shop, "审核人", codes[0].upper().replace("-", " "))[1] == 303
    assert enter(shop, "审核人", codes[0])[1] == 401
    told = [a for a in actions(shop) if a.startswith("factor")]
    assert told == ["factor.on", "factor.failed", "factor.failed", "factor.recovered", "factor.failed"]
    with shop.office.session() as session:
        kept = [*session.scalars(select(Factor.drawn)), *session.scalars(select(RecoveryCode.code))]
        assert not {secret, *codes} & set(kept), "neither the secret nor a code is in the database"
        assert secret not in str([a.detail for a in session.scalars(select(Audit))])
    assert "还有 9 个" in b.get(_HERE).text


def test_the_password_alone_opens_nothing(shop: Shop) -> None:
    set_up(shop.client("审核人"))
    b = shop.browser()
    asked = b.log_in("审核人", next="/seasons")
    assert b.get("/seasons").headers["location"].startswith("/login")
    ticket = re.search(r'name="ticket" value="([\w.]+)"', asked.text)
    assert ticket
    number, until, seal = ticket[1].split(".")
    forged = (
        f"{int(number) + 1}.{until}.{seal}",
        f"{number}.{int(until) + 9}.{seal}",
        f"{number}.{until}.{'0' * 64}",
        "x",
        "",
    )
    for wrong in forged:
        assert "重新输入账号和密码" in post(b, "/login/code", asked.text, ticket=wrong, code="1").text  # type: ignore[attr-defined]
    stranger = shop.browser()
    shown = stranger.get("/login").text
    assert "重新输入" in post(stranger, "/login/code", shown, ticket=ticket[1], code="1").text, (
        "another browser's"
    )  # type: ignore[attr-defined]


def test_guessing_the_digits_is_limited_from_everywhere(shop: Shop) -> None:
    secret, _ = set_up(shop.client("审核人"))
    for _ in range(factors.MOST_FAILURES):
        assert enter(shop, "审核人", "000000")[1] == 401
    assert enter(shop, "审核人", pyotp.TOTP(secret).now())[1] == 429
    with shop.office.session() as session:
        session.execute(update(Attempt).values(at=now() - timedelta(minutes=16)))
    assert enter(shop, "审核人", pyotp.TOTP(secret).now())[1] == 303


def test_heads_and_administrators_set_it_up_before_anything_else(make_shop: MakeShop) -> None:
    shop = make_shop(second_factor="heads")
    assert shop.client("审核人").get("/seasons").status_code == 200
    for name in ("负责人", "管理员"):
        b = shop.browser()
        assert b.log_in(name).status_code == 303
        assert b.get("/seasons").headers["location"] == _HERE
        assert b.get("/seasons.json").json()["error"].startswith(MUST_ENROL)
        assert b.get("/seasons", headers={"HX-Request": "true"}).headers["hx-redirect"] == _HERE
        shown = b.get(_HERE).text
        assert MUST_ENROL in shown and 'href="/seasons"' not in shown and "退出" in shown
        set_up(b)
        assert b.get("/seasons").status_code == 200
    everybody = make_shop(
        second_factor="all", folder=shop.office.settings.folder.parent / "other", database=""
    )
    b = everybody.browser()
    b.log_in("审核人")
    assert b.get("/seasons").headers["location"] == _HERE


def test_a_key_of_who_must_set_it_up_waits_too(make_shop: MakeShop) -> None:
    shop = make_shop(second_factor="heads")
    b = shop.browser()
    b.log_in("负责人")
    set_up(b)
    key = re.findall(r"ybz_[\w-]{40,}", b.post("/me/keys", {"name": "程序", "days": "30"}).text)[0]
    head = {"Authorization": f"Bearer {key}"}
    assert shop.browser().get("/seasons.json", headers=head).status_code == 200
    with shop.office.session() as session:
        user = session.scalars(select(User).where(User.name == "负责人")).one()
        factors.remove(session, _admin(session), user)
    told = shop.browser().get("/seasons.json", headers=head)
    assert told.status_code == 403 and "动态验证码" in told.json()["error"]


def _admin(session: factors.Session) -> factors.Actor:
    admin = session.scalars(select(User).where(User.name == "管理员")).one()
    return factors.Actor(admin.id, admin.name, Role.ADMINISTRATOR)


def test_taken_away_by_oneself_with_both_and_by_an_administrator(shop: Shop) -> None:
    b = shop.client("审核人")
    secret, codes = set_up(b)
    shown = b.get(_HERE).text
    assert post(b, f"{_HERE}/remove", shown, old=PASSWORD, code="000000").status_code == 409  # type: ignore[attr-defined]
    assert post(b, f"{_HERE}/remove", shown, old="不对", code=codes[1]).status_code == 409  # type: ignore[attr-defined]
    fresh = post(b, f"{_HERE}/codes", shown, old=PASSWORD)
    new = re.findall(r"<li><code>([a-z2-7-]{29})</code>", fresh.text)  # type: ignore[attr-defined]
    assert len(new) == factors.CODES and not set(new) & set(codes)
    assert enter(shop, "审核人", codes[2])[1] == 401, "the codes before are worth nothing"
    assert post(b, f"{_HERE}/remove", shown, old=PASSWORD, code=new[0]).status_code == 303  # type: ignore[attr-defined]
    assert shop.browser().log_in("审核人").status_code == 303
    again = shop.browser()
    again.log_in("审核人")
    set_up(again)
    with shop.office.session() as session:
        number = session.scalars(select(User.id).where(User.name == "审核人")).one()
        own = session.scalars(select(User.id).where(User.name == "管理员")).one()
    assert shop.client("管理员").post(f"/users/{own}/factor").status_code == 409
    assert shop.client("管理员").post(f"/users/{number}/factor").status_code == 303
    assert again.get("/seasons").status_code == 303 and shop.browser().log_in("审核人").status_code == 303


# ------------------------------------------------------------------------------------------ sessions, keys


def test_sessions_are_listed_and_ended_one_by_one(shop: Shop) -> None:
    here, there, third = shop.client("审核人"), shop.browser(), shop.browser()
    there.client.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140.0 Safari/537"
    for b in (there, third):
        b.log_in("审核人")
    page = here.get("/me").text
    assert "Chrome · Windows" in page and "本机" in page
    found = re.findall(r'name="session" value="(\d+)" aria-label="结束 (\S+)', page)
    assert len(found) == 2
    number = next(n for n, words in found if words.startswith("Chrome"))
    assert here.post("/me/sessions", {"session": number, "old": "不对"}).status_code == 409
    assert here.post("/me/sessions", {"old": PASSWORD}).status_code == 409
    assert there.get("/seasons").status_code == 200
    assert here.post("/me/sessions", {"session": number, "old": PASSWORD}).status_code == 303
    assert there.get("/seasons").status_code == 303 and third.get("/seasons").status_code == 200
    with shop.office.session() as session:
        other = (
            shop.client("负责人")
            and session.scalars(select(Login.id).join(User).where(User.name == "负责人")).one()
        )
    here.post("/me/sessions", {"session": str(other), "old": PASSWORD})
    assert shop.client("负责人").get("/seasons").status_code == 200, "others' are none of mine"
    assert actions(shop).count("login.ended") == 1


def test_an_administrator_ends_anybodys_sessions(shop: Shop) -> None:
    b, admin = shop.client("审核人"), shop.client("管理员")
    with shop.office.session() as session:
        number = session.scalars(select(User.id).where(User.name == "审核人")).one()
    assert admin.post(f"/users/{number}/sessions").status_code == 303
    assert b.get("/seasons").status_code == 303


def test_keys_end_by_themselves(shop: Shop) -> None:
    b = shop.client("审核人")
    key = re.findall(r"ybz_[\w-]{40,}", b.post("/me/keys", {"name": "程序", "days": "30"}).text)[0]
    head = {"Authorization": f"Bearer {key}"}
    assert shop.browser().get("/seasons.json", headers=head).status_code == 200
    assert b.post("/me/keys", {"name": "程序", "days": "366"}).status_code == 422
    with shop.office.session() as session:
        left = session.scalars(select(Token)).one().ends_at
        assert left and timedelta(days=29) < left - now() < timedelta(days=31)
        session.execute(update(Token).values(ends_at=now() - timedelta(seconds=1)))
    assert shop.browser().get("/seasons.json", headers=head).status_code == 401
    assert "已到期" in b.get("/me").text
    with shop.office.session() as session:
        session.execute(update(Token).values(ends_at=None, made_at=now() - timedelta(days=364)))
    assert shop.browser().get("/seasons.json", headers=head).status_code == 200, (
        "one made before keys had an end"
    )
    with shop.office.session() as session:
        session.execute(update(Token).values(made_at=now() - timedelta(days=366)))
    assert shop.browser().get("/seasons.json", headers=head).status_code == 401


def test_failed_logins_are_in_the_trail_without_what_was_typed(shop: Shop) -> None:
    shop.browser().log_in("审核人", "不对的密码不对的密码")
    shop.browser().log_in("这其实是我的密码", "x")
    with shop.office.session() as session:
        told = session.scalars(select(Audit).where(Audit.action == "login.failed").order_by(Audit.id)).all()
        assert [t.who for t in told] == ["审核人", "（没有的账号）"] and told[0].address == "testclient"


# ------------------------------------------------------------------------------------------ what answers carry


def test_headers_behind_https(make_shop: MakeShop) -> None:
    b = make_shop(https=True).browser()
    for path in ("/login", "/health", "/static/app.css", "/none"):
        head = b.get(path).headers
        assert head["strict-transport-security"].startswith("max-age=31536000"), path
        assert (
            head["cross-origin-opener-policy"] == "same-origin" and "camera=()" in head["permissions-policy"]
        )


def test_without_https_there_is_no_hsts(shop: Shop) -> None:
    assert "strict-transport-security" not in shop.browser().get("/login").headers


def test_the_contract_is_for_people_with_an_account(shop: Shop) -> None:
    assert shop.browser().get("/openapi.json").status_code == 401
    told = shop.client("审核人").get("/openapi.json")
    assert told.status_code == 200 and told.json()["openapi"].startswith("3.")


def test_on_an_own_computer_the_contract_is_open(desk: Shop) -> None:
    assert desk.browser().get("/openapi.json").status_code == 200


def test_the_server_answers_only_by_the_names_it_was_given() -> None:
    import click
    import typer

    from yibenzhang.cli.serve import _hosts

    assert _hosts("127.0.0.1", (), True) == ("127.0.0.1", "localhost", "[::1]")
    assert "10.1.2.3" in _hosts("10.1.2.3", (), True) and "*" not in _hosts("10.1.2.3", (), True)
    assert _hosts("0.0.0.0", ("a.example",), True)[0] == "a.example"
    with pytest.raises((typer.Exit, click.ClickException)):
        _hosts("0.0.0.0", (), True)


def test_a_foreign_name_is_refused(make_shop: MakeShop) -> None:
    b = make_shop(hosts=("office.example", "[::1]")).browser()
    assert b.get("/login").status_code == 200
    assert b.get("/login", headers={"Host": "evil.example"}).status_code == 400
    assert b.get("/login", headers={"Host": "[::1]:8765"}).status_code == 200


def test_an_open_ledger_folder_is_closed_with_a_word(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from yibenzhang.cli import app

    folder = tmp_path / "ledger"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    first = CliRunner().invoke(app, ["user", "list", "--folder", str(folder)])
    assert first.exit_code == 0 and folder.stat().st_mode & 0o777 == 0o755, "it may be anybody's home"
    told = CliRunner().invoke(app, ["user", "list", "--folder", str(folder)])
    assert told.exit_code == 0 and "只有本人能用" in told.output and folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "office.db").stat().st_mode & 0o077 == 0
    again = CliRunner().invoke(app, ["user", "list", "--folder", str(folder)])
    assert "只有本人能用" not in again.output


def test_what_was_refused_is_in_the_log(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    b = shop.client("审核人")
    with caplog.at_level("WARNING", logger="yibenzhang.web"):
        assert b.get("/audit").status_code == 403
        assert b.raw("/seasons", data={"year": "2031"}).status_code == 403
        assert b.get("/users.json?x=%0A2026").status_code == 403
    told = [r.getMessage() for r in caplog.records]
    assert ["越权" in t or "别处" in t for t in told] == [True] * 3 and "'/audit'" in told[0]
    assert not any("\n" in t for t in told)
