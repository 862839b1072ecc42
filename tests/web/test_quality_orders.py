"""Pages of work orders and of the city: who opens, who answers, who sees whose."""

from __future__ import annotations

from tests.web.conftest import Shop
from yibenzhang.office.models import Role, now
from yibenzhang.resources.models import Quality
from yibenzhang.resources.schema import load_schema
from yibenzhang.resources.store import Doer, Draft, add_all

MINE, OTHERS = "某市人社局", "某市民政局"


def _failing(shop: Shop) -> None:
    with shop.office.session() as session:
        for n, body in enumerate((MINE, OTHERS)):
            session.add(Quality(run=f"{n}", at=now(), source=f"s{n}", resource="人员", body=body, rule="id_number", property="conformity", field="sfz", checked=100, passed=93, problem="", samples=[]))  # fmt: skip
        kind = load_schema().kinds["application"]
        add_all(
            session,
            load_schema(),
            [Draft(kind, {"name": "系统", "body": b}) for b in (MINE, OTHERS)],
            Doer(now()),
        )


def test_opened_by_the_reviewer_answered_by_the_body(shop: Shop) -> None:
    _failing(shop)
    shop.person("人社", Role.DEPARTMENT, body=MINE)
    owner, reviewer, stranger = shop.client("人社"), shop.client("审核人"), shop.browser()
    assert owner.post("/quality-orders").status_code == 403
    assert reviewer.post("/quality-orders").status_code == 303
    every = reviewer.get("/quality-orders.json").json()["rows"]
    assert {r["body"] for r in every} == {MINE, OTHERS}
    [mine] = owner.get("/quality-orders.json").json()["rows"]
    assert mine["body"] == MINE and mine["failed"] == 7
    other = next(r["code"] for r in every if r["body"] == OTHERS)
    assert (
        OTHERS not in owner.get("/quality-orders").text and other not in owner.get("/quality-orders.csv").text
    )
    sent = {"code": other, "step": "1", "note": "改了"}
    assert owner.post("/quality-orders/mended", sent).status_code == 404  # another's, by its address
    assert stranger.post("/quality-orders/mended", sent).status_code in (401, 403)
    assert owner.post("/quality-orders/mended", sent | {"code": mine["code"]}).status_code == 303
    assert (
        owner.post("/quality-orders/mended", sent | {"code": mine["code"]}).status_code >= 400
    )  # seen by now
    [mine] = owner.get("/quality-orders.json?state=mended").json()["rows"]
    assert "人社" in mine["told"] and "改了" in mine["told"]


def test_the_city_for_all_and_for_a_department(shop: Shop) -> None:
    _failing(shop)
    shop.person("人社", Role.DEPARTMENT, body=MINE)
    whole = shop.client("审核人").get("/account-city.json").json()
    assert {r["body"] for r in whole["rows"]} == {MINE, OTHERS} and whole["totals"]["applications"] == "2"
    own = shop.client("人社").get("/account-city.json").json()
    assert [r["body"] for r in own["rows"]] == [MINE] and own["totals"]["applications"] == "1"
    page = shop.client("人社").get("/account-city").text
    assert OTHERS not in page and MINE in page
    assert shop.browser().get("/account-city.csv").status_code == 401
