"""A request in Debian's Chromium as four roles: from the catalogue to the first use, the end, and one withdrawn."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.web.browsing import Desk
from tests.web.serving import Server
from tests.web.test_season import _user
from yibenzhang.office.database import Database, engine_of
from yibenzhang.office.lateness import today
from yibenzhang.office.models import Body, now
from yibenzhang.resources.schema import load_schema
from yibenzhang.resources.store import Doer, Draft, add_all, prepare

LENDER, ASKER = "青禾区行政审批局", "青禾区水利局"


def _stocked(folder: Path) -> None:
    """Two bodies and what can be asked for."""
    engine = engine_of("", folder)
    prepare(engine)
    schema = load_schema()
    data, cloud, field = (schema.kinds[k] for k in ("data_resource", "cloud", "field"))
    some = [
        {"name": "企业基本信息", "share": "conditional", "abstract": "登记在册企业的名称、代码、住所、法定代表人", "share_condition": "限于履职需要"},
        {"name": "行政区划代码", "share": "unconditional", "abstract": "到村一级的区划代码", "format": "table"},
        {"name": "重点人员名单", "share": "refused", "share_condition": "涉及个人隐私"},
    ]  # fmt: skip
    pool = {"name": "政务云存储池", "body": "某市数据局", "type": "storage", "quota": "100", "measure": "TB"}
    with Database(engine).session() as session:
        session.add_all([Body(name=LENDER, aliases=[]), Body(name=ASKER, aliases=[])])
        doer = Doer(now(), "目录")
        add_all(session, schema, [*(Draft(data, {"body": LENDER, **v}) for v in some), Draft(cloud, pool)], doer, "published")  # fmt: skip
        add_all(session, schema, [Draft(field, {"name": n, "resource": "SJ000001"}) for n in ("企业名称", "统一社会信用代码", "住所")], doer)  # fmt: skip
    engine.dispose()


def test_a_request_from_the_catalogue_to_the_first_use(chromium: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "ledger", ("--accounts",))
    _user(server, "", "管理", "administrator")
    _stocked(server.folder)
    _user(server, "", "数据局王芳", "reviewer")
    _user(server, "", "审批局李四", "department", LENDER)
    _user(server, "", "水利局张三", "department", ASKER)
    with server:
        asker, lender, bureau, admin = (
            Desk(chromium, server, n, "requests") for n in ("水利局张三", "审批局李四", "数据局王芳", "管理")
        )

        # the applicant finds two resources and a piece of the cloud, and asks for them on one form
        asker.log_in()
        asker.go("/requests")
        expect(asker.page.locator("main")).to_contain_text("没有申请")
        asker.look("list-empty", wide=False, narrow=True)
        asker.page.locator("main").get_by_role("link", name="申请资源", exact=True).first.click()
        for name in ("企业基本信息", "行政区划代码", "政务云存储池"):
            asker.page.get_by_label(f"选 {name}").check()
        asker.look("catalogue", wide=False, narrow=True)
        asker.press("申请选中的")
        asker.page.fill("[name=fields-SJ000001]", "企业名称、电话")
        asker.page.fill("[name=quantity-YZ000001]", "120")
        asker.page.fill("[name=measure-YZ000001]", "TB")
        asker.page.fill("[name=user]", "张三")
        asker.page.fill("[name=purpose]", "核验取水许可申请人的登记信息")
        asker.page.fill("[name=ends_on]", (today() + timedelta(days=20)).isoformat())
        asker.look("form", wide=False, narrow=True)
        asker.press("提出申请")
        expect(asker.page.locator("main")).to_contain_text("没有这些字段：电话")
        asker.look("form-refused", wide=False, narrow=True)
        asker.page.go_back()
        asker.page.fill("[name=fields-SJ000001]", "企业名称、统一社会信用代码")
        asker.press("提出申请")
        expect(asker.page.get_by_role("status")).to_contain_text("已申请：SQ000001、SQ000002、SQ000003")
        expect(asker.page.locator("tbody tr")).to_have_count(3)
        asker.look("list", wide=False, narrow=True)

        # the lender answers; the applicant, who had the page open, takes one back and is told of what happened since
        asker.go("/requests/1")
        asker.look("waiting", wide=False, narrow=True)
        lender.log_in()
        lender.go("/requests?turn=true")
        expect(lender.page.locator("tbody tr")).to_have_count(1)
        lender.page.get_by_role("link", name="SQ000001").click()
        lender.look("answer", wide=False, narrow=True)
        lender.press("提供方不同意")
        expect(lender.page.locator("main")).to_contain_text("要写理由")
        lender.page.go_back()
        lender.page.fill("[name=reason]", "同意，仅限本事项使用")
        lender.press("提供方同意")
        expect(lender.page.get_by_role("status")).to_contain_text("已提供方同意")
        asker.press("撤回")
        expect(asker.page.locator("main")).to_contain_text("被审批局李四办过（提供方同意），没有保存")
        asker.look("conflict", wide=False, narrow=True)
        asker.go("/requests/2")
        asker.page.fill("[name=reason]", "用不着了")
        asker.press("撤回")
        expect(asker.page.locator("main")).to_contain_text("已撤回")

        # the authority agrees, sees that the cloud has less than was asked for, and says no
        bureau.log_in()
        bureau.go("/requests?turn=true")
        expect(bureau.page.locator("tbody tr")).to_have_count(2)
        bureau.look("authority", wide=False, narrow=True)
        bureau.page.get_by_role("link", name="SQ000001").click()
        bureau.press("主管部门同意")
        bureau.go("/contradictions")
        expect(bureau.page.locator("main")).to_contain_text(
            "申请“政务云存储池” 120TB，这个资源的配额只有 100TB"
        )
        bureau.look("findings", wide=False, narrow=True)
        bureau.page.get_by_role("link", name="SQ000003").click()
        bureau.page.get_by_role("link", name="SQ000003").click()
        bureau.page.fill("[name=reason]", "超过配额，请按 60TB 重新申请")
        bureau.press("主管部门不同意")
        expect(bureau.page.locator("main")).to_contain_text("不同意")

        # delivered, used for the first time, and ended; the department that does not lend sees none of it
        lender.go("/requests/1")
        lender.page.fill("[name=interface]", "qy_jbxx_query")
        lender.press("交付")
        expect(lender.page.locator("main")).to_contain_text("已交付")
        bureau.go("/request-usage")
        table = tmp_path / "使用.csv"
        lines = f"qy_jbxx_query,{ASKER},{today()},1250,3400\n重点人员名单,{ASKER},{today()},3,3\n没有的接口,,{today()},1,1\n"
        table.write_text("接口,使用单位,日期,调用次数,返回行数\n" + lines, encoding="utf-8-sig")
        bureau.page.set_input_files("[name=file]", str(table))
        bureau.press("导入")
        expect(bureau.page.get_by_role("status")).to_contain_text("一行也没有写")
        bureau.look("usage-refused", wide=False, narrow=True)
        bureau.page.set_input_files("[name=file]", str(table))
        bureau.page.get_by_label("有不收的行时").check()
        bureau.press("导入")
        expect(bureau.page.get_by_role("status")).to_contain_text("第一次使用：SQ000001")
        bureau.look("usage", wide=False, narrow=True)
        asker.go("/requests/1")
        expect(asker.page.locator("main")).to_contain_text("使用中")
        asker.look("used", wide=False, narrow=True)
        asker.page.fill("[name=reason]", "事项办结")
        asker.press("结束使用")
        expect(asker.page.locator("main .status")).to_have_text("已结束")
        asker.look("ended", wide=False, narrow=True)

        # the administrator sees all of it, and who did what
        admin.log_in()
        admin.go("/requests")
        expect(admin.page.locator("tbody tr")).to_have_count(3)
        admin.look("all", wide=False, narrow=True)
        admin.go("/audit?subject=request")
        expect(admin.page.locator("tbody tr")).to_have_count(9)
        for desk in (asker, lender, bureau, admin):
            assert [c for c in desk.complaints if "409" not in c] == []
