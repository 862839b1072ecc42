"""The pages of the requests: from the catalogue to the first use, as four roles; each sees and does what is its own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.web.conftest import Browser, Shop
from yibenzhang.office.lateness import today
from yibenzhang.office.models import Audit, now
from yibenzhang.resources.models import Request, RequestEvent
from yibenzhang.resources.request_rules import load_rules
from yibenzhang.resources.requests import events_of
from yibenzhang.resources.schema import load_schema
from yibenzhang.resources.store import Doer, Draft, add_all

LENDER, ASKER, THIRD = "青禾区审批局", "青禾区水利局", "云杉区林业局"
UNTIL = (today() + timedelta(days=200)).isoformat()
WORDS = "核验取水许可申请人的身份"


@pytest.fixture
def bureau(shop: Shop) -> Shop:
    """Two departments, a third that has nothing to do with them, the data bureau (审核人) and the administrator."""
    for person, body in (("提供", LENDER), ("申请", ASKER), ("旁人", THIRD)):
        shop.person(person, body=body)
    kinds, doer = load_schema().kinds, Doer(now(), "测试")
    shares = {"企业基本信息": "conditional", "行政区划": "unconditional", "涉密名单": "refused"}
    some = [
        Draft(kinds["data_resource"], {"name": n, "body": LENDER, "share": s, "abstract": f"{n}的摘要", "owner": "秘密责任人"})
        for n, s in shares.items()
    ]  # fmt: skip
    cloud = {"name": "政务云存储池", "body": "某市数据局", "type": "storage", "quota": "100", "measure": "TB", "cost": "987654"}  # fmt: skip
    with shop.office.session() as session:
        add_all(session, load_schema(), [*some, Draft(kinds["cloud"], cloud)], doer, "published")
        add_all(
            session, load_schema(), [Draft(kinds["data_resource"], {"name": "草稿表", "body": LENDER})], doer
        )
    return shop


def ask(browser: Browser, *codes: str, **more: Any) -> Any:
    data = {"codes": list(codes), "user": "张三", "purpose": WORDS, "ends_on": UNTIL, **more}
    return browser.post("/requests", data)


def act(browser: Browser, number: int, action: str, version: int = 0, **more: Any) -> Any:
    if not version:
        version = browser.get(f"/requests/{number}.json").json().get("asked", {"version": 1})["version"]
    return browser.post(f"/requests/{number}/step", {"action": action, "version": version, **more})


def codes(browser: Browser, **asked: Any) -> list[str]:
    return [r["code"] for r in browser.get("/requests.json", params=asked).json()["rows"]]


def state(browser: Browser, number: int) -> str:
    return str(browser.get(f"/requests/{number}.json").json()["asked"]["state_name"])


def load(browser: Browser, table: str, **more: Any) -> Any:
    return browser.raw(
        "/request-usage",
        data=more,
        files={"file": ("使用.csv", table.encode())},
        headers={"X-CSRF": browser.mark()},
    )


def test_the_catalogue_shows_what_is_published_and_no_more(bureau: Shop) -> None:
    browser = bureau.client("申请")
    rows = browser.get("/request-new.json").json()["rows"]
    assert [r["name"] for r in rows] == ["企业基本信息", "行政区划", "涉密名单", "政务云存储池"]
    text = browser.get("/request-new").text + browser.get("/request-new.csv").text
    assert "企业基本信息的摘要" in text and "草稿表" not in text
    assert "秘密责任人" not in text and "987654" not in text
    assert [r["name"] for r in browser.get("/request-new.json?find=区划 审批").json()["rows"]] == ["行政区划"]
    page = browser.get("/request-new?codes=SJ000001&codes=YZ000001").text
    assert (
        'name="fields-SJ000001"' in page and 'name="quantity-YZ000001"' in page and "quantity-SJ" not in page
    )
    assert 'name="body"' not in page and 'name="body"' in bureau.client("管理员").get("/request-new?codes=SJ000001").text  # fmt: skip
    assert "部门的账号才能申请" in bureau.client("审核人").get("/request-new?codes=SJ000001").text


def test_from_the_form_to_the_first_use_and_the_end(bureau: Shop) -> None:
    asker, lender, bureau_, admin = (bureau.client(n) for n in ("申请", "提供", "审核人", "管理员"))
    answer = ask(asker, "SJ000001", "YZ000001", **{"quantity-YZ000001": "5", "measure-YZ000001": "TB"})
    assert answer.status_code == 303, answer.text
    one, two = sorted(r["id"] for r in asker.get("/requests.json").json()["rows"])
    assert state(asker, one) == "待提供方意见" and state(asker, two) == "待主管部门意见"
    assert codes(lender, turn="true") == ["SQ000001"] and codes(bureau_, turn="true") == ["SQ000002"]
    assert codes(admin, turn="true") == ["SQ000002", "SQ000001"] and codes(asker, turn="true") == []
    assert act(lender, one, "provider_agree", reason="可以").status_code == 303
    assert act(bureau_, one, "authority_agree").status_code == 303
    assert act(lender, one, "deliver", interface="qy_query").status_code == 303
    assert (
        act(bureau_, two, "authority_agree").status_code == 303
        and act(bureau_, two, "deliver").status_code == 303
    )
    table = f"申请编号,日期,调用次数,返回行数\nSQ000001,{today()},12,30\n"
    assert load(asker, table).status_code == 403
    assert "第一次使用：SQ000001" in load(bureau_, table).text
    assert state(asker, one) == "使用中"
    assert act(asker, one, "end").status_code == 409, "without a reason"
    assert act(asker, one, "end", reason="办完了").status_code == 303
    told = asker.get(f"/requests/{one}.json").json()
    assert [e["event"] for e in reversed(told["rows"])] == [
        "apply", "route_provider", "provider_agree", "authority_agree", "deliver", "use", "end",
    ]  # fmt: skip
    assert [e["who"] for e in reversed(told["rows"])] == [
        "申请",
        "程序",
        "提供",
        "审核人",
        "提供",
        "程序",
        "申请",
    ]
    assert told["together"][0]["code"] == "SQ000002" and told["steps"] == []
    assert lender.get(f"/requests/{one}.json").json()["together"] == [], "the other is none of the lender's"
    page = asker.get(f"/requests/{one}").text
    assert WORDS in page and "办完了" in page and "可以" in page
    with bureau.office.session() as session:
        trail = [(a.action, a.who, a.detail.get("step")) for a in session.query(Audit).order_by(Audit.id) if a.subject == "request" or a.action == "request.usage"]  # fmt: skip
        assert [t for t in trail if t[0] == "request.step"] == [
            ("request.step", "提供", "提供方同意"), ("request.step", "审核人", "主管部门同意"), ("request.step", "提供", "交付"),
            ("request.step", "审核人", "主管部门同意"), ("request.step", "审核人", "交付"), ("request.step", "申请", "结束使用"),
        ]  # fmt: skip
        assert [t[0] for t in trail].count("request.apply") == 2 and [t[0] for t in trail].count(
            "request.usage"
        ) == 1
    assert "办理共享申请" in admin.get("/audit").text


def test_what_is_refused_says_why_and_what_is_withdrawn_is_gone(bureau: Shop) -> None:
    asker, lender = bureau.client("申请"), bureau.client("提供")
    ask(asker, "SJ000003")
    [row] = asker.get("/requests.json").json()["rows"]
    assert row["state"] == "refused" and "不予共享" in asker.get(f"/requests/{row['id']}").text
    ask(asker, "SJ000001")
    number = row["id"] + 1
    assert act(asker, number, "withdraw").status_code == 303 and state(lender, number) == "已撤回"
    late = act(lender, number, "provider_agree", version=2)
    assert late.status_code == 409 and "被申请办过（撤回）" in late.text
    assert act(lender, number, "provider_agree").status_code == 409
    assert [r["state"] for r in asker.get("/requests.json?state=withdrawn").json()["rows"]] == ["withdrawn"]


MINE = {"申请": {"applicant"}, "提供": {"provider"}, "旁人": set(), "审核人": {"authority"}}


@pytest.mark.parametrize("role", MINE)
def test_nobody_takes_a_step_that_is_anothers(bureau: Shop, role: str) -> None:
    """Every step by its address, in every state, as every role: it is taken by those of the table and by nobody else."""
    rules, browser = load_rules(), bureau.client(role)
    ask(bureau.client("申请"), "SJ000001")
    for here in rules.states:
        for event, found in rules.steps.items():
            with bureau.office.session() as session:
                r = session.get_one(Request, 1)
                r.state, version = here, r.version
            data = {"action": event, "version": version, "reason": ""}
            status = browser.post("/requests/1/step", data).status_code
            if role == "旁人":
                expected = 404
            elif here not in found.before:
                expected = 409
            elif not MINE[role] & set(found.by):
                expected = 403
            else:
                expected = 409 if found.reason else 303
            assert status == expected, (here, event)
            with bureau.office.session() as session:
                after = session.get_one(Request, 1)
                assert (after.version == version) == (status != 303), (here, event)
                assert after.state == (found.after if status == 303 else here)


def test_each_sees_its_own_in_every_form(bureau: Shop) -> None:
    asker, lender, third = bureau.client("申请"), bureau.client("提供"), bureau.client("旁人")
    ask(asker, "SJ000002", "YZ000001", **{"quantity-YZ000001": "5"})
    ask(third, "SJ000002")
    for number in (1, 2):
        for form in ("", ".json", ".csv"):
            assert third.get(f"/requests/{number}{form}").status_code == 404
        assert act(third, number, "withdraw", version=2).status_code == 404
    assert codes(asker) == ["SQ000002", "SQ000001"] and codes(third) == ["SQ000003"]
    assert codes(lender) == ["SQ000003", "SQ000001"], "not the one for the cloud"
    for address in ("/requests", "/requests.json", "/requests.csv", "/request-usage.json", "/request-usage"):
        assert WORDS not in third.get(address, params={"find": ASKER}).text.replace("find", "")
        assert ASKER not in third.get(address).text.replace(f"find={ASKER}", "")
    admin = bureau.client("管理员")
    act(admin, 1, "authority_agree")
    act(admin, 1, "deliver", interface="qh")
    assert (
        load(bureau.client("审核人"), f"接口,使用单位,日期,次数\nqh,{ASKER},{today()},7\n").status_code == 200
    )
    assert [u["calls"] for u in asker.get("/request-usage.json").json()["rows"]] == [7]
    assert [u["calls"] for u in lender.get("/request-usage.json").json()["rows"]] == [7]
    assert third.get("/request-usage.json").json()["rows"] == []
    assert third.get("/contradictions.json").json()["rows"] == []


def test_a_form_in_anothers_name_is_none(bureau: Shop) -> None:
    asker, admin = bureau.client("申请"), bureau.client("管理员")
    assert ask(asker, "SJ000001", body=THIRD).status_code == 303
    assert [r["body"] for r in asker.get("/requests.json").json()["rows"]] == [ASKER], (
        "its own, whatever is sent"
    )
    assert ask(bureau.client("审核人"), "SJ000001", body=THIRD).status_code == 403
    assert ask(bureau.client("提供"), "SJ000001").status_code == 409, "its own resource"
    assert ask(admin, "SJ000001").status_code == 409 and ask(admin, "SJ000001", body=THIRD).status_code == 303
    page = admin.get("/requests/2").text
    assert "代申请单位" in page
    for wrong in (
        {"ends_on": ""},
        {"ends_on": "2001-01-01"},
        {"ends_on": "明天"},
        {"codes": ["SJ000005"]},
        {"codes": []},
    ):
        assert ask(bureau.client("旁人"), *wrong.pop("codes", ["SJ000002"]), **wrong).status_code == 409


def test_usage_that_cannot_be_bound_is_told_line_by_line(bureau: Shop) -> None:
    reviewer = bureau.client("审核人")
    ask(bureau.client("申请"), "SJ000002")
    table = f"接口,使用单位,日期,次数\n没有的,{ASKER},{today()},7\n行政区划,{THIRD},{today()},3\n"
    told = load(reviewer, table).text
    assert "第 2 行" in told and "一行也没有写" in told
    assert "不收 1 行" in load(reviewer, table, rest="true").text
    [row] = reviewer.get("/request-usage.json").json()["rows"]
    assert (row["request"], row["calls"]) == ("", 3) and "没有申请" in reviewer.get("/request-usage").text
    assert [c["rule_id"] for c in reviewer.get("/contradictions.json").json()["rows"]] == ["request.none"]
    assert reviewer.get("/request-usage.json?never=true").json()["rows"] == []
    assert load(reviewer, "甲,乙\n1,2\n").status_code == 409


def test_what_is_late_is_a_list_of_its_own(bureau: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(bureau.client("申请"), "SJ000001")
    later: date = today() + timedelta(days=40)
    monkeypatch.setattr("yibenzhang.web.pages.requests.today", lambda: later)
    lender = bureau.client("提供")
    told = lender.get("/requests.json?due=late").json()
    assert told["reminders"] == {"late": 1, "soon": 0, "ending": 0} and told["rows"][0]["due_name"] == "逾期"
    assert "逾期" in lender.get("/requests").text and codes(bureau.client("旁人"), due="late") == []


def test_at_an_own_computer_one_is_everybody(desk: Shop) -> None:
    with desk.office.session() as session:
        data = load_schema().kinds["data_resource"]
        add_all(
            session, load_schema(), [Draft(data, {"name": "法人", "body": LENDER})], Doer(now()), "published"
        )
    browser = desk.browser()
    assert ask(browser, "SJ000001", body=ASKER).status_code == 303
    for action in ("provider_agree", "authority_agree", "deliver"):
        assert act(browser, 1, action).status_code == 303
    assert state(browser, 1) == "已交付"
    with desk.office.session() as session:
        assert (
            len(events_of(session, session.get_one(Request, 1))) == session.query(RequestEvent).count() == 5
        )
