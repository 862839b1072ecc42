"""Accounts as places print them that the program has not seen: each with what is right, and a number made wrong."""

from __future__ import annotations

import pytest

from yibenzhang.checking.check import check_document
from yibenzhang.model.issues import Severity
from yibenzhang.reading import read_data

pytestmark = pytest.mark.fast

HEAD = "示范市水务中心2024年度单位决算\n\n"
INDEX = HEAD + (
    "支出决算表\n单位：万元\n类\t款\t项\t科目名称\t本年支出合计\t基本支出\t项目支出\t经营支出\n"
    "类\t款\t项\t栏次\t1\t2\t3\t4\n\t\t\t合计\t@\t182.00\t120.50\t8.00\n"
    "213\t\t\t农林水支出\t310.50\t182.00\t120.50\t8.00\n213\t03\t\t水利\t310.50\t182.00\t120.50\t8.00\n"
    "213\t03\t04\t水利行业业务管理\t190.00\t182.00\t0.00\t8.00\n213\t03\t06\t水利工程运行与维护\t120.50\t0.00\t120.50\t0.00\n"
)
RUNNING = HEAD + (
    "一般公共预算财政拨款基本支出决算明细表\n单位：万元\n"
    "科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数\n"
    "301\t工资福利支出\t360.00\t302\t商品和服务支出\t@\t30299\t其他商品和服务支出\t28.07\n"
    "30101\t基本工资\t200.00\t30201\t办公费\t36.18\t310\t资本性支出\t40.95\n"
    "30102\t津贴补贴\t100.00\t30202\t印刷费\t9.40\t31002\t办公设备购置\t16.30\n"
    "30103\t奖金\t60.00\t30206\t电费\t31.85\t31003\t专用设备购置\t24.65\n"
    "人员经费合计\t\t360.00\t公用经费合计\t\t\t\t\t146.45\n"
)
PARTS = HEAD + (
    "三、“三公”经费支出决算情况说明\n公务用车购置及运行维护费预算 38.00 万元，决算 33.86 万元，完成预算的 89.11%。"
    "其中：公务用车购置费决算 17.36 万元，完成预算的 96.44%；公务用车运行维护费决算 16.50 万元，完成预算的 @%。\n"
)
LEFT = HEAD + (
    "四、财政拨款收支决算总体情况\n2024年度财政拨款收、支总计均为 3280.40 万元，其中年初财政拨款结转和结余 12.50 万元，"
    "本年财政拨款收入 @ 万元，年末财政拨款结转和结余 3.80 万元。\n"
)


def _told(text: str) -> list[str]:
    found = check_document(read_data("style.txt", text.encode())).findings
    return [i.rule for i in found if i.severity in (Severity.ERROR, Severity.WARNING)]


@pytest.mark.parametrize(
    ("text", "right"), [(INDEX, "310.50"), (RUNNING, "105.50"), (PARTS, "82.50"), (LEFT, "3267.90")]
)
def test_what_is_right_is_not_accused(text: str, right: str) -> None:
    assert _told(text.replace("@", right)) == []


@pytest.mark.parametrize(("text", "wrong"), [(INDEX, "301.50"), (RUNNING, "150.50"), (LEFT, "3627.90")])
def test_what_is_wrong_is(text: str, wrong: str) -> None:
    assert _told(text.replace("@", wrong))
