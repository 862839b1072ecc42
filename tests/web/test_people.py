from __future__ import annotations

from tests.web.conftest import Shop


def test_a_person_logs_in(shop: Shop) -> None:
    b = shop.browser()
    assert b.get("/seasons").headers["location"] == "/login?next=%2Fseasons"
    a = b.log_in("审核人", next="/seasons")
    assert (a.status_code, a.headers["location"]) == (303, "/seasons")
    assert "审核人" in b.get("/seasons").text
    assert b.get("/me").status_code == 200
    assert shop.client("管理员").get("/users").status_code == 200
    assert shop.client("管理员").get("/audit").status_code == 200
    assert shop.client("管理员").get("/api").status_code == 200


def test_on_an_own_computer_there_are_no_accounts(desk: Shop) -> None:
    b = desk.browser()
    for path in ("/login", "/me", "/users", "/users.json"):
        a = b.get(path)
        assert a.status_code == 404 and "不需要登录" in a.text
    assert b.get("/audit").status_code == 200
    assert b.get("/api").status_code == 200
