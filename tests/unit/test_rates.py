"""Rates of tables: growth, completion, share, and formulas that headings print."""

from __future__ import annotations

import pytest

from yibenzhang.checking.check import check_document
from yibenzhang.reading import read_data

HEAD = "示范省甲市乙局2026年部门决算\n{title}\n单位：万元\n{columns}\n"
ROWS = [
    ("甲项目", 120, 90),
    ("乙项目", 80, 60),
    ("丙项目", 40, 35),
    ("丁项目", 65, 64),
    ("戊项目", 33, 21),
    ("己项目", 52, 13),
    ("庚项目", 71, 70),
    ("辛项目", 18, 6),
    ("壬项目", 44, 37),
]


def found(title: str, columns: str, rows: list[list[str]]) -> set[str]:
    text = HEAD.format(title=title, columns=columns) + "\n".join("\t".join(r) for r in rows) + "\n"
    checked = check_document(read_data("甲.txt", text.encode()))
    return {f.rule for f in checked.findings if f.rule.startswith(("rate", "total.columns"))}


def completion(wrong: str = "") -> list[list[str]]:
    rows = [[n, f"{a}.00", f"{b}.00", f"{100 * b / a:.2f}%"] for n, a, b in ROWS]
    if wrong:
        rows[2][3] = wrong
    return rows


def formula(wrong: tuple[int, str] | None = None) -> list[list[str]]:
    rows = [[n, f"{a}.00", "5.00", f"{a + 5}.00", f"{b}.00", f"{100 * b / (a + 5):.2f}"] for n, a, b in ROWS]
    if wrong:
        rows[2][wrong[0]] = wrong[1]
    return rows


COMPLETION = "项目\t全年预算数\t决算数\t执行率"
FORMULA = "项目\t年初安排①\t年中调整②\t小计③=①+②\t拨付金额④\t实现率(%)⑤=④/③"


def test_completion_rates_hold() -> None:
    assert not found("项目支出执行情况表", COMPLETION, completion())


@pytest.mark.parametrize("wrong", ["78.50%", "8.75%", "57.80%"])
def test_a_wrong_completion_rate_is_an_error(wrong: str) -> None:
    assert found("项目支出执行情况表", COMPLETION, completion(wrong)) == {"rate"}


def test_a_rate_cut_off_instead_of_rounded_is_no_error() -> None:
    rows = completion()
    rows[4][3] = "63.63%"  # 21 / 33 is 63.636…
    assert not found("项目支出执行情况表", COMPLETION, rows)


def test_fractions_in_a_column_of_rates_accuse_nobody() -> None:
    rows = [[n, f"{a}.00", f"{b}.00", f"{b / a:.4f}"] for n, a, b in ROWS]
    assert not found("项目支出执行情况表", COMPLETION, rows)


def test_formulas_of_headings_hold() -> None:
    assert not found("资金拨付情况表", FORMULA, formula())


@pytest.mark.parametrize(("wrong", "rule"), [((3, "54.00"), "total.columns"), ((5, "87.78"), "rate")])
def test_a_number_against_the_formula_of_its_heading(wrong: tuple[int, str], rule: str) -> None:
    assert rule in found("资金拨付情况表", FORMULA, formula(wrong))


def test_shares_of_a_total() -> None:
    whole = sum(a for _, a, _ in ROWS)
    rows = [[n, f"{a}.00", f"{100 * a / whole:.2f}%"] for n, a, _ in ROWS]
    rows.append(["合计", f"{whole}.00", "100.00%"])
    assert not found("支出结构表", "项目\t预算数\t占比", rows)
    rows[1][2] = "25.21%"
    assert found("支出结构表", "项目\t预算数\t占比", rows) == {"rate"}


SHIFTED = """绩效指标(90分) | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分 | 原因 |
产出指标 | 经济成本指标 | 成本控制数 | ≤ | 40 | 万元 | 完成 | 90 | 90 | ||
合计 | 100 | |||||||||
部门预算项目支出绩效自评表(2023年度) | ||||||||||
项目名称 | 2023年示范补助资金项目 | |||||||||
主管部门 | 示范县示范局部门 | 实施单位 | 示范县示范局 | |||||||
预算执行情况(10分) | 年度预算数(万元) | 年初预算 | 调整后预算数 | 预算执行数 | 预算执行率 | 权重 | 得分 | 原因 | ||
总额 | 0.00 | 4.72 | 4.72 | 100.00% | 10 | 10 | 压缩 | |||
其中:财政资金 | 0.00 | 4.72 | 4.72 | 100.00% | / | / | ||||
单位资金 | 0.00 | 0.00 | 0.00 | 0.00% | / | / | ||||
"""


def test_a_percentage_that_stands_in_a_column_of_money_is_no_numerator() -> None:
    checked = check_document(read_data("甲.txt", SHIFTED.encode()))
    assert not [f for f in checked.findings if f.rule.startswith("rate")]
