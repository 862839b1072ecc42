"""Forms, lists of projects, goods and meetings: read by their own readers, related by their own laws."""

from __future__ import annotations

from pathlib import Path

import pytest

from yibenzhang.checking.check import Checked, check_document, recognised_parts
from yibenzhang.model.documents import Document
from yibenzhang.model.issues import Severity
from yibenzhang.reading import read
from yibenzhang.recognising.stitching import framed_tables
from yibenzhang.recognising.table_kinds import kinds_of

BODY = "江城市档案馆"
PROJECTS = (
    ("库房恒温改造", "120.00", "100.00", "20.00"),
    ("旧卷数字扫描", "86.40", "86.40", ""),
    ("方志编纂出版", "45.30", "45.30", "0.00"),
    ("异地备份运维", "61.75", "50.00", "11.75"),
    ("档案开放日活动", "12.00", "12.00", ""),
    ("安防系统更新", "238.90", "200.00", "38.90"),
    ("口述史采集", "27.60", "27.60", "0.00"),
    ("库区消防检测", "8.15", "8.15", ""),
    ("档案目录开放审核", "33.48", "30.00", "3.48"),
)


def page(*tables: str) -> str:
    return f"<html><body><h1>{BODY}2026年部门预算</h1>{''.join(tables)}</body></html>"


def table(title: str, rows: list[list[str]], unit: str = "万元") -> str:
    """Rows of cells; "text^2" runs over two columns, "text_3" over three rows; a title line above."""
    out = []
    for row in rows:
        cells = []
        for cell in row:
            text, span = cell, ""
            if "^" in text:
                text, _, n = text.partition("^")
                span = f' colspan="{n}"'
            if "_" in text:
                text, _, n = text.partition("_")
                span += f' rowspan="{n}"'
            cells.append(f"<td{span}>{text}</td>")
        out.append(f"<tr>{''.join(cells)}</tr>")
    line = f"<p>单位：{unit}</p>" if unit else ""
    return f"<p>{title}</p>{line}<table border=1>{''.join(out)}</table>"


def document(tmp_path: Path, html: str) -> Document:
    path = tmp_path / "公开.html"
    path.write_text(html, encoding="utf-8")
    return read(path)


def checked(tmp_path: Path, html: str) -> Checked:
    return check_document(document(tmp_path, html))


def errors(result: Checked, *families: str) -> list[str]:
    return [
        f.message for f in result.findings
        if f.severity == Severity.ERROR and f.rule.startswith(families or ("goals.", "total.", "equal"))
    ]  # fmt: skip


def standing_of(result: Checked, text: str) -> set[str]:
    return {
        str(result.standing[f.id]) for v in result.views for f in v.cells.values()
        if f.text == text and f.id in result.standing
    }  # fmt: skip


def form(name: str, total: str, fiscal: str, other: str, cost: str = "") -> str:
    return table(
        f"{name}项目绩效目标表",
        [
            ["项目名称", f"{name}^3"],
            ["主管部门", BODY, "实施单位", BODY],
            ["项目资金（万元）_3", "资金总额", f"{total}^2"],
            ["其中：财政拨款", f"{fiscal}^2"],
            ["其他资金", f"{other}^2"],
            ["年度目标", "按计划完成^3"],
            [f"绩效指标_{3 if cost else 2}", "二级指标", "三级指标", "指标值"],
            ["数量指标", "完成批次", "≥3批"],
            *([["经济成本指标", "项目成本", cost]] if cost else []),
        ],
        "",
    )


def project_table(changed: dict[str, str] | None = None) -> str:
    """The same projects in yuan, in a table of the budget."""
    rows = [["单位（项目）名称", "项目金额", "项目简介"]]
    amounts = {n: f"{float(t) * 10000:,.2f}" for n, t, _, _ in PROJECTS} | (changed or {})
    whole = sum(float(a.replace(",", "")) for a in amounts.values())
    rows.append(["合计", f"{whole:,.2f}", ""])
    rows += [[n, a, "用于日常业务"] for n, a in amounts.items()]
    return table("部门综合预算专项业务经费支出表", rows, "元")


# ---- kinds -----------------------------------------------------------------------------------------

KINDS = {
    "goal_form": form(*PROJECTS[0]),
    "goal_list": table("", [["项目名称", "金额", "绩效目标"], ["旧卷数字扫描", "86.40", "扫描十万页"]]),
    "self_assessment": table(
        "项目绩效自评表",
        [["项目名称", "旧卷数字扫描", ""], ["三级指标", "实际完成值", "得分"], ["扫描页数", "10万页", "10"]],
    ),
    "procurement": table("政府采购预算表", [["采购品目", "金额"], ["合计", "12.00"], ["复印纸", "12.00"]]),
    "meeting_list": table(
        "会议费明细表", [["序号", "会议名称", "人数", "金额"], ["1", "年会", "30", "2.00"]]
    ),
    "contents": table("", [["序号", "报表名称", "是否空表"], ["1", "收支总表", "否"]]),
    "budget": table("支出总表", [["科目编码", "科目名称", "合计"], ["201", "一般公共服务支出", "12.00"]]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_a_table_is_told_by_its_words(tmp_path: Path, kind: str) -> None:
    assert kinds_of(framed_tables(document(tmp_path, page(KINDS[kind])))) == [kind]


# ---- forms -----------------------------------------------------------------------------------------


def test_every_amount_of_a_form_is_proved_by_its_funds(tmp_path: Path) -> None:
    result = checked(tmp_path, page(*(form(*p) for p in PROJECTS)))
    assert not errors(result)
    for _, total, fiscal, _ in PROJECTS:
        assert standing_of(result, total) == {"proved"} and standing_of(result, fiscal) == {"proved"}


def test_a_fund_that_is_off_is_an_error(tmp_path: Path) -> None:
    forms = [form(*p) for p in PROJECTS]
    forms[3] = form("异地备份运维", "61.75", "50.00", "17.15")
    assert any("异地备份运维" in m for m in errors(checked(tmp_path, page(*forms)), "goals.funds"))


def test_forms_whose_funds_never_add_up_are_not_understood(tmp_path: Path) -> None:
    """Two of three kinds of money are printed elsewhere: nothing is said."""
    forms = [form(n, t, f"{float(f) / 2:.2f}", "") for n, t, f, _ in PROJECTS]
    assert not errors(checked(tmp_path, page(*forms)))


def test_a_form_in_wan_and_the_project_table_in_yuan_agree(tmp_path: Path) -> None:
    assert not errors(checked(tmp_path, page(project_table(), *(form(*p) for p in PROJECTS))))


def test_a_project_that_has_another_amount_in_its_form_is_an_error(tmp_path: Path) -> None:
    html = page(project_table({"方志编纂出版": "543,000.00"}), *(form(*p) for p in PROJECTS))
    assert any("方志编纂出版" in m for m in errors(checked(tmp_path, html), "goals.projects"))


OFF = {"方志编纂出版": "543,000.00"}


def side(result: Checked) -> tuple[bool, str, str]:
    """Whether the number to blame is known, that number, and what it ought to be."""
    [found] = [f for f in result.findings if f.rule.startswith("goals.projects")]
    return found.certain, found.evidence[0].text, found.expected if found.certain else ""


def without_sum(text: str) -> str:
    """The project table without its total, so that nothing bears its numbers out."""
    start = text.index("<tr><td>合计</td>")
    return text[:start] + text[text.index("</tr>", start) + 5 :]


@pytest.mark.parametrize(
    ("cost", "summed", "said"),
    [
        ("", True, (True, "45.30", "54.30")),  # the table adds up with its number
        ("≤45.30万元", True, (False, "45.30", "")),  # and the form costs what it says
        ("≤45.30万元", False, (True, "543,000.00", "453000.00")),
        ("≤24.30万元；≤30万元", False, (True, "45.30", "54.30")),
        ("", False, (False, "45.30", "")),
    ],
)
def test_only_a_side_that_is_borne_out_alone_blames_the_other(
    tmp_path: Path, cost: str, summed: bool, said: tuple[bool, str, str]
) -> None:
    forms = [form(*p, cost if p[0] in OFF else "") for p in PROJECTS]
    projects = project_table(OFF) if summed else without_sum(project_table(OFF))
    assert side(checked(tmp_path, page(projects, *forms))) == said


def test_projects_of_one_name_are_met_by_their_amounts_first(tmp_path: Path) -> None:
    rows = [("债券付息", "3,279.87", "3,279.87", "0.00"), *PROJECTS, ("债券付息", "126.32", "126.32", "0.00")]
    listed = table(
        "项目支出预算情况表",
        [["项目名称", "金额"], ["合计", f"{sum(float(r[1].replace(',', '')) for r in rows):,.2f}"]]
        + [[n, t] for n, t, _, _ in rows],
    )
    forms = [
        form(n, "183.00" if t == "126.32" else t, "183.00" if t == "126.32" else f, o) for n, t, f, o in rows
    ]
    assert not errors(checked(tmp_path, page(listed, *(form(*r) for r in rows))))
    [found] = [
        f for f in checked(tmp_path, page(listed, *forms)).findings if f.rule.startswith("goals.projects")
    ]
    assert {found.evidence[0].text, found.evidence[1].text} == {"183.00", "126.32"}
    assert not any("3,279.87" in e.text for e in found.evidence)


def test_what_is_bought_for_a_project_is_no_second_telling_of_it(tmp_path: Path) -> None:
    bought = table(
        "政府采购预算表",
        [["采购项目", "采购目录", "预算金额"], ["合计", "", "63.00"]]
        + [[n, "其他服务", a] for (n, *_), a in zip(PROJECTS, ("30.00", "20.00", "5.00", "4.00", "1.00", "1.00", "1.00", "0.50", "0.50"), strict=True)],
    )  # fmt: skip
    assert not errors(checked(tmp_path, page(bought, *(form(*p) for p in PROJECTS))))


def assessment(name: str, rows: list[list[str]]) -> str:
    head = [
        ["项目名称", f"{name}^6"],
        [
            "项目资金（万元）_5",
            "",
            "年初预算数",
            "全年预算数（A）",
            "全年执行数（B）",
            "分值",
            "执行率（B/A）",
        ],
    ]
    tail = [["绩效指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]]
    return table(f"{name}项目绩效自评表", [*head, *rows, *tail], "")


def assessed(change: str = "") -> list[str]:
    out = []
    for n, total, fiscal, other in PROJECTS:
        planned = change if change and n == "安防系统更新" else total
        out.append(
            assessment(
                n,
                [
                    ["年度资金总额", planned, total, fiscal, "10", "—"],
                    ["其中：当年财政拨款", fiscal, fiscal, fiscal, "—", "—"],
                    ["上年结转资金", "", "", "", "—", "—"],
                    ["其他资金", other, other, "", "—", "—"],
                ],
            )
        )
    return out


def test_self_assessments_add_up_in_every_stage_though_a_source_is_blank(tmp_path: Path) -> None:
    result = checked(tmp_path, page(*assessed()))
    assert not errors(result)
    assert standing_of(result, "238.90") == {"proved"}


def test_a_stage_of_a_self_assessment_that_is_off_is_an_error(tmp_path: Path) -> None:
    assert errors(checked(tmp_path, page(*assessed("298.30"))), "goals.funds")


def test_a_sum_that_holds_only_without_a_printed_fund_blames_nobody(tmp_path: Path) -> None:
    tables = assessed()
    tables[5] = assessment(
        "安防系统更新",
        [
            ["年度资金总额", "238.90", "200.00", "200.00", "10", "1000%"],
            ["其中：当年财政拨款", "200.00", "200.00", "200.00", "—", "—"],
            ["上年结转资金", "", "", "", "—", "—"],
            ["其他资金", "38.90", "38.90", "0", "—", "—"],
        ],
    )
    [found] = [f for f in checked(tmp_path, page(*tables)).findings if f.rule.startswith("goals.funds")]
    assert not found.certain and "单凭本文件不能确定" in found.message


# ---- lists -----------------------------------------------------------------------------------------


def goal_list(first: str = "120.00") -> str:
    goal = "按时完成并通过验收"
    rows = [["项目名称（资金使用单位）", "总计", "财政拨款", "其他资金", "绩效目标"]]
    rows.append(["合计", "564.35", "493.70", "70.65", ""])
    rows.append([BODY, "325.45", "293.70", "31.75", ""])
    rows += [[n, first if k == 0 else t, f, o, goal] for k, (n, t, f, o) in enumerate(PROJECTS[:5])]
    rows.append(["江城市地方志中心", "238.90", "200.00", "38.90", ""])
    rows += [[n, t, f, o, goal] for n, t, f, o in PROJECTS[5:6]]
    return table("项目支出绩效目标表", rows)


def test_a_goal_list_is_a_tree_of_units_and_projects(tmp_path: Path) -> None:
    result = checked(tmp_path, page(goal_list()))
    assert not errors(result)
    for text in ("564.35", "325.45", "86.40", "45.30"):
        assert standing_of(result, text) == {"proved"}, text


def test_a_project_of_a_goal_list_that_is_off_is_told(tmp_path: Path) -> None:
    result = checked(tmp_path, page(goal_list("102.00")))
    assert any("102.00" in f.message for f in result.findings if f.rule.startswith("total."))


def test_indicator_values_beside_a_project_are_no_money(tmp_path: Path) -> None:
    rows = [["项目名称_2", "项目总额_2", "其中：^2", "三级指标_2", "指标值_2"], ["财政资金", "其他资金"]]
    for n, total, fiscal, other in PROJECTS:
        rows.append([f"{n}_2", f"{total}_2", f"{fiscal}_2", f"{other}_2", "完成页数", "777"])
        rows.append(["验收合格率", "98"])
    html = page(table("项目支出绩效目标表", rows).replace("三级指标_2", "三级指标"))
    result = checked(tmp_path, html)
    assert not errors(result)
    assert not standing_of(result, "777") and standing_of(result, "120.00") == {"proved"}


def goods(changed: str = "49,000.00") -> str:
    head = [
        ["科目编码^3", "单位编码_2", "采购项目_2", "采购目录_2", "数量_2", "预算金额_2"],
        ["类", "款", "项"],
    ]
    rows = [
        ["合计^6", "17", "300,000.00"],
        ["201", "26", "01", "1", "全额", "", "10", "180,000.00"],
        ["201", "26", "01", "126001", BODY, "", "10", "180,000.00"],
        ["201", "26", "01", "", "旧卷数字扫描", "扫描仪", "4", "80,000.00"],
        ["201", "26", "01", "", "旧卷数字扫描", "数据加工服务", "1", "51,000.00"],
        ["201", "26", "01", "", "异地备份运维", "存储设备", "5", changed],
        ["201", "26", "04", "1", "全额", "", "7", "120,000.00"],
        ["201", "26", "04", "126002", "江城市地方志中心", "", "7", "120,000.00"],
        ["201", "26", "04", "", "方志编纂出版", "印刷服务", "2", "70,000.00"],
        ["201", "26", "04", "", "方志编纂出版", "装订服务", "5", "50,000.00"],
    ]
    return table("政府采购（资产配置、购买服务）预算表", head + rows, "元")


def test_a_procurement_list_adds_up_by_function_unit_and_goods(tmp_path: Path) -> None:
    result = checked(tmp_path, page(goods()))
    assert not errors(result)
    for text in ("300,000.00", "180,000.00", "51,000.00", "70,000.00"):
        assert standing_of(result, text) == {"proved"}, text


def test_goods_that_are_off_are_told(tmp_path: Path) -> None:
    result = checked(tmp_path, page(goods("94,000.00")))
    assert any("94,000.00" in f.message or "180,000.00" in f.message for f in result.findings)


def test_the_meetings_of_a_list_come_to_the_budget_of_meetings(tmp_path: Path) -> None:
    html = page(
        table("会议费明细表", [["序号", "会议名称", "人数", "金额"], ["1", "修志年会", "30", "2.35"], ["2", "评审会", "9", "0.85"]]),
        table("三公经费及会议费、培训费支出预算表", [["单位名称", "会议费", "培训费"], ["合计", "3.20", "6.00"], [BODY, "3.20", "6.00"]]),
    )  # fmt: skip
    result = checked(tmp_path, html)
    held = [
        r.relation for r in result.results if {f.text for f in r.relation.facts()} == {"3.20", "2.35", "0.85"}
    ]
    assert held and not errors(result)


# ---- lists of goals ----------------------------------------------------------------------------------

MANY_ROWS = [
    [
        "项目名称",
        "项目总额",
        "绩效目标",
        "一级指标",
        "二级指标",
        "三级指标",
        "绩效指标性质",
        "本年绩效指标值",
        "绩效度量单位",
    ],
    [
        "44010026T000000101-旧卷数字扫描_2",
        "86.40_2",
        "扫描十万页_2",
        "产出指标",
        "数量指标",
        "扫描页数",
        "≥",
        "10",
        "万页",
    ],
    ["效益指标", "社会效益指标", "查档便利", "定性", "优", ""],
    [
        "44010026T000000102-异地备份运维",
        "61.75",
        "备份不中断",
        "产出指标",
        "时效指标",
        "恢复时间",
        "≤",
        "4",
        "小时",
    ],
]
PACKED = (
    "1、1-产出指标；11-数量指标；扫描页数；实施周期指标值:≥30万页；年度指标值:≥10万页。"
    "2、2-效益指标；22-社会效益；查档满意；实施周期指标值:提升；年度指标值:提升。"
)


def goals(tmp_path: Path, html: str) -> list[tuple[str, str, str, list[str]]]:
    doc = document(tmp_path, html)
    found = recognised_parts(doc)[2]
    return [
        (
            f.kind,
            f.name,
            f.year.text if f.year else "",
            [f"{i.level1}/{i.name}/{i.value}" for i in f.indicators],
        )
        for f in found
    ]


def test_a_list_with_a_row_for_each_indicator_is_read_as_forms(tmp_path: Path) -> None:
    assert goals(tmp_path, page(table("项目支出绩效目标表", MANY_ROWS))) == [
        ("list", "旧卷数字扫描", "86.40", ["产出指标/扫描页数/≥10万页", "效益指标/查档便利/优"]),
        ("list", "异地备份运维", "61.75", ["产出指标/恢复时间/≤4小时"]),
    ]


def test_indicators_packed_into_one_cell_are_taken_apart(tmp_path: Path) -> None:
    rows = [
        ["项目名称", "总计", "绩效目标", "绩效指标"],
        ["合计", "86.40", "", ""],
        ["旧卷数字扫描", "86.40", "扫描", PACKED],
    ]
    assert goals(tmp_path, page(table("项目支出绩效目标表", rows))) == [
        ("list", "旧卷数字扫描", "86.40", ["产出指标/扫描页数/≥10万页", "效益指标/查档满意/提升"])
    ]


def test_levels_before_the_name_of_an_indicator_are_taken_off(tmp_path: Path) -> None:
    rows = [
        ["部门名称", f"{BODY}^4"],
        ["整体绩效目标", "按计划完成全部扫描^4"],
        ["活动", "绩效指标", "指标性质", "指标值", "度量单位"],
        ["扫描", "产出指标数量指标扫描页数", "≥", "10", "万页"],
        ["扫描", "效益指标社会效益指标查档便利", "定性", "优", ""],
    ]
    [(kind, _, _, found)] = goals(tmp_path, page(table("部门整体支出绩效目标表", rows)))
    assert (kind, found) == ("overall", ["产出指标/扫描页数/≥10万页", "效益指标/查档便利/优"])
