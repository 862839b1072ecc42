"""A body with goals tables: its books, its two budget tables and its forms, as they are printed."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal

from example_data import CENT, WORDS, Ledger, percent, project_costs, staff_costs, wan
from example_tables import Row, Rows, code_rows

_WIDE = 8  # columns of a project's form


def goals() -> Ledger:
    words = WORDS["hubei_goals"]
    rng = random.Random(words["seed"])
    entries = staff_costs(
        rng, "2014150", 41, 9, housing="2210202", bonus="30107", medical="2101102", retirees="2080502"
    )
    return Ledger((*entries, *project_costs(rng, words["projects"])))


def lines(key: str) -> list[list[str]]:
    return [line.split() for line in WORDS["hubei_goals"][key].strip().splitlines()]


def printed(book: Ledger) -> Rows:
    """The rows of every table, by its key."""
    columns = [book, book.basic, book.project]
    rows: Rows = {"expenditure": [["", "合计", *(wan(c.sum()) for c in columns)]]}
    rows["expenditure"] += code_rows(book, columns, wan)
    general, carried = book.project.source("general"), book.project.source("carry")
    rows["projects"] = [["", "合计", *(wan(b.sum()) for b in (book.project, general, carried))]]
    for n, name in enumerate(book.projects(), 1):
        part = book.named(name)
        amounts = (part.sum(), part.source("general").sum(), part.source("carry").sum())
        rows["projects"].append([code(n), name, *map(wan, amounts)])
        rows[f"form{n}"] = form(name, code(n), part)
    rows["overall"] = overall(book)
    return rows


def code(n: int) -> str:
    return f"42018826619T0000001{n:02d}"


def overall(book: Ledger) -> list[Row]:
    whole = book.sum()
    before = [(whole * Decimal(f)).quantize(CENT) for f in ("0.8317", "0.9042")]

    def row(group: str, name: str, part: Decimal) -> Row:
        shares = [(part / whole * b).quantize(CENT, ROUND_HALF_UP) for b in before]
        return [group, name, "<", wan(part), f"{percent(part, whole)}%", *map(wan, shares)]

    def blank(name: str) -> Row:
        return ["^", name, "<", "", "", "", ""]

    out = [
        ["填报人", "王桂", "<", "联系电话", "0728-5550000", "<", "<"],
        ["部门总体资金情况", "总体资金情况", "<", "当年金额", "占比", "近两年收支金额", "<"],
        ["^", "^", "^", "^", "^", "2024年", "2025年"],
        row("收入构成", "财政拨款", whole),
        blank("财政专户管理资金"),
        blank("单位资金"),
        row("^", "合计", whole),
        row("支出构成", "人员类项目支出", book.personnel.sum()),
        row("^", "运转类项目支出", book.public.sum()),
        row("^", "特定目标类项目支出", book.project.sum()),
        row("^", "合计", whole),
        ["部门职能概述", "负责全区市政道路、照明和排水设施的养护。", "<", "<", "<", "<", "<"],
        ["项目支出情况", "项目名称", "<", "项目总预算", "<", "项目本年度预算", "<"],
    ]
    for name in book.projects():
        amount = wan(book.named(name).sum())
        out.append(["^", name, "<", amount, "<", amount, "<"])
    out.append(["年度绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "指标值确定依据", "<"])
    for n, (_, first, second, third, *_, now) in enumerate(lines("indicators")):
        group = "年度绩效指标" if n == 0 else ""
        out.append([group, first, second, third, now, "计划标准", "<"])
    return out


def form(name: str, number: str, part: Ledger) -> list[Row]:
    body, amount = WORDS["hubei_goals"]["body"], wan(part.sum())
    [content] = [" ".join(rest) for project, *rest in lines("content") if project == name]
    general, carried = part.source("general").sum(), part.source("carry").sum()

    def wide(label: str, text: str = "") -> Row:
        return [label, *(["<"] * (_WIDE - 1))] if not text else [label, text, *(["<"] * (_WIDE - 2))]

    def two(label: str, text: str, other: str, more: str) -> Row:
        return [label, text, "<", "<", other, more, "<", "<"]

    def source(label: str, text: str) -> Row:
        return ["^", label, "<", "<", text, "<", "<", "<"]

    out = [
        two("项目名称", name, "项目编码", number),
        two("项目主管部门", body, "项目执行单位", body),
        two("起始年度", "2024", "终止年度", "2026"),
        wide("项目主要内容", content),
        two("项目总预算", amount, "项目当年预算", amount),
        wide(
            "项目前两年预算及当年预算变动情况",
            "2024年预算为" + wan((part.sum() * Decimal("0.8317")).quantize(CENT)) + "万元",
        ),
        ["项目资金来源", *source("来源项目", "金额")[1:]],
        source("合计", amount),
        source("1.一般公共预算财政拨款", wan(general)),
        source("其中：申请本级财力年初安排", wan(general)),
        source("2.政府性基金预算财政拨款", ""),
        source("3.单位资金", ""),
        source("使用上年度财政拨款结转", wan(carried) if carried else ""),
        wide("项目支出明细测算"),
        ["项目活动", "<", "支出经济分类", "<", "金额", "<", "测算依据及说明", "<"],
    ]
    mine, left, costs = [x for p, *x in lines("items") if p == name], part.sum(), {}
    for what, economic, share in mine:
        cost = (part.sum() * Decimal(share)).quantize(CENT) if Decimal(share) else left
        left -= cost
        costs[what] = cost
        out.append([what, "<", economic, "<", wan(cost), "<", "历年合同", "<"])
    out += [wide("项目采购"), ["品名", "<", "<", "数量", "<", "金额", "<", "<"]]
    bought = [x for p, *x in lines("purchases") if p == name]
    out += [[what, "<", "<", count, "<", wan(costs[what]), "<", "<"] for what, count in bought]
    out += [] if bought else [["无", "<", "<", "", "<", "", "<", "<"]]
    out += [
        wide("年度绩效目标表"),
        ["目标名称", "一级指标", "二级指标", "三级指标", "指标值", "<", "<", "指标值确定依据"],
        ["^", "^", "^", "^", "前年", "上年", "预计当年实现", "^"],
    ]
    for n, (_, *cells) in enumerate(x for x in lines("indicators") if x[0] == name):
        values = [v.replace("-", "") for v in cells[3:]]
        out.append(["年度绩效目标" if n == 0 else "^", *cells[:3], *values, "计划标准"])
    return out
