"""The tables of the four families as they are printed: every row a sum over the entries of a book, rounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import zip_longest

from example_data import (
    ECONOMICS,
    FUNCTIONS,
    FUNCTIONS_2018,
    WORDS,
    ZERO,
    Accounts,
    Entry,
    Ledger,
    Purchase,
    running_cost,
    three_public,
    wan,
    wan_blank,
    wan_even,
    yuan,
)

Row = list[str]
Rows = dict[str, list[Row]]  # by the key of the table
Item = tuple[str, str]  # a label and what is printed beside it
Show = Callable[[Decimal], str]


def numeral(n: int, twenties: str = "二十") -> str:
    digits = "零一二三四五六七八九"
    if n <= 10:
        return "十" if n == 10 else digits[n]
    return ("十" if n < 20 else "二十" if n == 20 else twenties) + (digits[n % 10] if n % 10 else "")


def numbered(
    names: Sequence[str], values: Sequence[str], form: str = "{}、", twenties: str = "二十"
) -> list[Item]:
    pairs = enumerate(zip(names, values, strict=True), 1)
    return [(form.format(numeral(i, twenties)) + name, value) for i, (name, value) in pairs]


def code_rows(
    book: Ledger,
    columns: Sequence[Ledger],
    show: Show,
    *,
    split: bool = False,
    economic: bool = False,
    names: dict[str, str] = FUNCTIONS,
) -> list[Row]:
    """A row for every code of a ledger at every level: code, name, its sum in each of the column ledgers."""
    rows = []
    for code in book.economics() if economic else book.functions():
        cells = [code[:3], code[3:5], code[5:7]][: 2 if economic else 3] if split else [code]
        name = ECONOMICS[code] if economic else names[code]
        rows.append([*cells, name, *(show(column.sum(code)) for column in columns)])
    return rows


def class_items(
    book: Ledger, classes: Sequence[str], show: Show, names: dict[str, str] = FUNCTIONS
) -> list[str]:
    codes = {names[code]: code for code in book.functions() if len(code) == 3}
    return [show(book.sum(codes[name])) if name in codes else show(ZERO) for name in classes]


def side_by_side(*blocks: Sequence[Sequence[str]]) -> list[Row]:
    """Blocks of rows beside one another, the shorter ones filled up with empty cells."""
    empty = [[""] * len(block[0]) for block in blocks]
    rows = zip_longest(*blocks)
    return [[cell for part, blank in zip(row, empty, strict=True) for cell in part or blank] for row in rows]


# ---- Hubei: text, 万元, 2026 ---------------------------------------------------------------


def hubei(book: Ledger) -> Rows:
    words = WORDS["hubei"]
    now, carry, other = (book.source(s) for s in ("general", "carry", "other"))
    fiscal, zero = book.source("general", "carry"), Ledger(())
    units = [("", "合计", book), ("618", words["body"], book)]
    units += [(code, name, book.unit(code)) for code, name in words["units"].items()]

    income_values = [wan(now.sum()), *["0.00"] * 7, wan(other.sum())]
    income = numbered(words["incomes"], income_values)
    classes = numbered(words["classes"], class_items(book, words["classes"], wan), "{}、", "廿")
    total = wan(book.sum())
    rows: Rows = {"balance": side_by_side(income, classes)}
    rows["balance"] += [
        ["本年收入合计", wan(now.sum() + other.sum()), "本年支出合计", total],
        ["上年结转结余", wan(carry.sum()), "年终结转结余", "0.00"],
        ["收 入 总 计", total, "支 出 总 计", total],
    ]
    rows["income"] = []
    for code, name, part in units:
        g, o, c = (part.source(s).sum() for s in ("general", "other", "carry"))
        rows["income"].append(
            [code, name, *map(wan, (g + o + c, g + o, g, *[ZERO] * 7, o, c, c, *[ZERO] * 4))]
        )
    both = [book, book.basic, book.project]
    rows["expenditure"] = [["", "合计", *(wan(b.sum()) for b in both), "", "", ""]]
    rows["expenditure"] += [[*row, "", "", ""] for row in code_rows(book, both, wan)]

    incomes = [("一、本年收入", now), ("（一）一般公共预算拨款", now), ("（二）政府性基金预算拨款", zero)]
    incomes += [
        ("（三）国有资本经营预算拨款", zero),
        ("二、上年结转", carry),
        ("（一）一般公共预算拨款", carry),
    ]
    incomes += [("（二）政府性基金预算拨款", zero), ("（三）国有资本经营预算拨款", zero)]
    spent = numbered(words["classes"], class_items(fiscal, words["classes"], wan_blank), "（{}）", "廿")
    spent = [("一、本年支出", wan(fiscal.sum())), *spent, ("二、年终结转结余", "")]
    rows["fiscal_balance"] = side_by_side([(n, wan_blank(b.sum())) for n, b in incomes], spent)
    rows["fiscal_balance"].append(["收 入 总 计", wan(fiscal.sum()), "支 出 总 计", wan(fiscal.sum())])

    def split(part: Ledger) -> list[Ledger]:
        return [part, part.basic, part.personnel, part.public, part.project]

    rows["general_function"] = [["", "合计", *(wan(b.sum()) for b in split(fiscal))]]
    rows["general_function"] += code_rows(fiscal, split(fiscal), wan)
    rows["general_unit"] = [
        [code, name, *(wan(b.sum()) for b in split(part.source("general", "carry")))]
        for code, name, part in units
    ]
    rows["general_basic"] = [["", "合计", *(wan(b.sum()) for b in split(book.basic)[1:4])]]
    rows["general_basic"] += code_rows(book.basic, split(book.basic)[1:4], wan, economic=True)
    spent_on = three_public(fiscal)
    rows["three_public"] = [
        [wan(spent_on[k]) for k in ("three", "abroad", "cars", "car_buy", "car_run", "reception")]
    ]
    rows["fund"] = [["", "", "0.00", "0.00", "0.00"]]

    def project_row(code: str, name: str, unit: str, part: Ledger) -> Row:
        g, c, o = (part.project.source(s).sum() for s in ("general", "carry", "other"))
        return [code, name, unit, *map(wan, (g + c + o, g, ZERO, ZERO, c, ZERO, ZERO, ZERO, o))]

    rows["projects"] = [
        project_row(code, name.replace("合计", ""), "", part) for code, name, part in units[:2]
    ]
    for code, name, part in units[2:]:
        rows["projects"] += [project_row(code, name, "", part), project_row("31", "本级支出项目", "", part)]
        for i, project in enumerate(part.projects()):
            serial = f"4299002{4 + i % 3}{code[:3]}T0000001{code[-1]}{i + 3}"
            rows["projects"].append(project_row(serial, project, name, part.named(project)))
    return rows


# ---- Shanghai: budget in 元, accounts in 万元 -----------------------------------------------


def shanghai_budget(book: Ledger) -> Rows:
    fiscal, general, fund, other = (
        book.source(*s) for s in (("general", "fund"), ("general",), ("fund",), ("other",))
    )
    zero = Ledger(())

    def table(part: Ledger, columns: Sequence[Ledger], economic: bool = False) -> list[Row]:
        total = ["合计", *["<"] * (2 if economic else 3), *(yuan(c.sum()) for c in columns)]
        return [*code_rows(part, columns, yuan, split=True, economic=economic), total]

    def classes(part: Ledger, *columns: Ledger) -> list[Row]:
        codes = [c for c in part.functions() if len(c) == 3]
        return [
            [f"{numeral(i)}、{FUNCTIONS[c]}", *(yuan(b.sum(c)) for b in columns)]
            for i, c in enumerate(codes, 1)
        ]

    incomes = [("一、财政拨款收入", fiscal), ("1. 一般公共预算资金", general), ("2. 政府性基金", fund)]
    incomes += [
        ("3. 国有资本经营预算", zero),
        ("二、事业收入", zero),
        ("三、事业单位经营收入", zero),
        ("四、其他收入", other),
    ]
    total = yuan(book.sum())
    rows: Rows = {"balance": side_by_side([(n, yuan(b.sum())) for n, b in incomes], classes(book, book))}
    rows["balance"] += [[""] * 4] * 4 + [["收入总计", total, "支出总计", total]]
    rows["income"] = table(book, [book, fiscal, zero, zero, other])
    rows["expenditure"] = table(book, [book, book.basic, book.project])
    fiscal_in = [(f"{numeral(i)}、{n[3:]}", yuan(b.sum())) for i, (n, b) in enumerate(incomes[1:4], 1)]
    rows["fiscal_balance"] = side_by_side(fiscal_in, classes(fiscal, fiscal, general, fund, zero))
    sums = [yuan(b.sum()) for b in (fiscal, general, fund, zero)]
    rows["fiscal_balance"] += [[""] * 7] * 4 + [["收入总计", yuan(fiscal.sum()), "支出总计", *sums]]
    rows["general_function"] = table(general, [general, general.basic, general.project])
    rows["fund"] = table(fund, [fund, fund.basic, fund.project])
    rows["state_capital"] = [[""] * 7] * 6 + table(zero, [zero] * 3)
    rows["general_basic"] = table(book.basic, [book.basic, book.personnel, book.public], economic=True)
    spent = three_public(general)
    cells = [wan_blank(spent[k]) for k in ("three", "abroad", "reception", "cars", "car_buy", "car_run")]
    rows["three_public"] = [[*cells, wan(running_cost(book).sum())]]
    return rows


def shanghai_accounts(accounts: Accounts) -> Rows:
    words, show = WORDS["shanghai_accounts"], wan_blank
    book, came = accounts.spent, accounts.received
    general, fund, other = (book.source(s) for s in ("general", "fund", "other"))
    general_in, fund_in, other_in = (came.source(s) for s in ("general", "fund", "other"))
    fiscal, fiscal_in, zero = book.source("general", "fund"), came.source("general", "fund"), Ledger(())
    everything = ("general", "fund", "other")

    def table(part: Ledger, columns: Sequence[Ledger]) -> list[Row]:
        return code_rows(part, columns, show, split=True)

    def total(columns: Sequence[Ledger]) -> Row:
        return ["合计", "<", "<", "<", *(show(c.sum()) for c in columns)]

    def classes(*columns: Ledger) -> list[Row]:
        values = zip(*(class_items(c, words["classes"], show) for c in columns), strict=True)
        return [
            [f"{numeral(i)}、{n}", *v]
            for i, (n, v) in enumerate(zip(words["classes"], values, strict=True), 1)
        ]

    labels = [
        "一般公共预算财政拨款收入",
        "政府性基金预算财政拨款收入",
        "国有资本经营预算财政拨款收入",
        "上级补助收入",
        "事业收入",
    ]
    labels += ["经营收入", "附属单位上缴收入", "其他收入"]
    books = [general_in, fund_in, zero, zero, zero, zero, zero, other_in]
    incomes = numbered(labels, [show(b.sum()) for b in books])
    opening, closing = accounts.stood_over(*everything), accounts.standing_over(*everything)
    rows: Rows = {"balance": side_by_side(incomes, classes(book))}
    rows["balance"] += [
        ["本年收入合计", wan(came.sum()), "本年支出合计", wan(book.sum())],
        ["使用非财政拨款结余（含专用结余）", "", "结余分配", ""],
        ["年初结转和结余", wan(opening), "年末结转和结余", wan(closing)],
        ["总计", wan(came.sum() + opening), "总计", wan(book.sum() + closing)],
    ]
    columns = [came, fiscal_in, zero, zero, zero, zero, other_in]
    rows["income"] = [total(columns), *table(came, columns)]
    columns = [book, book.basic, book.project, zero, zero, zero]
    rows["expenditure"] = [total(columns), *table(book, columns)]

    left = [(name.removesuffix("收入"), value) for name, value in incomes[:3]]
    rows["fiscal_balance"] = side_by_side(left, classes(fiscal, general, fund, zero))
    over = [accounts.standing_over(*s) for s in (("general", "fund"), ("general",), ("fund",))]
    spent = [b.sum() for b in (fiscal, general, fund)]
    before = [accounts.stood_over(*s) for s in (("general", "fund"), ("general",), ("fund",))]
    end = wan(fiscal_in.sum() + before[0])
    rows["fiscal_balance"] += [
        ["本年收入合计", wan(fiscal_in.sum()), "本年支出合计", *map(show, spent), ""],
        ["年初财政拨款结转和结余", wan(before[0]), "年末财政拨款结转和结余", *map(show, over), ""],
        ["一、一般公共预算财政拨款", wan(before[1]), *[""] * 5],
        ["二、政府性基金预算财政拨款", wan(before[2]), *[""] * 5],
        ["三、国有资本经营预算财政拨款", "", *[""] * 5],
        ["总计", end, "总计", *(show(a + b) for a, b in zip(spent, over, strict=True)), ""],
    ]
    columns = [general, general.basic, general.project]
    rows["general_function"] = [*table(general, columns), total(columns)]
    items = [(code[:3], code[3:], name, show(book.basic.sum(code))) for code, name in ECONOMICS.items()]
    rows["general_basic"] = side_by_side(
        [i for i in items if i[0] in ("301", "303")], [i for i in items if i[0] in ("302", "310")]
    )
    ends = (show(book.personnel.sum()), show(book.public.sum()))
    rows["general_basic"].append(["人员经费合计", "<", "<", ends[0], "公用经费合计", "<", "<", ends[1]])
    plan, real = (
        three_public(Ledger(tuple(Entry("", k, v) for k, v in accounts.planned.items()))),
        three_public(general),
    )
    keys = ("three", "abroad", "cars", "car_buy", "car_run", "reception")
    rows["three_public"] = [[show(side[k]) for k in keys for side in (plan, real)]]

    def fund_cells(*code: str) -> Row:
        before = sum((v for k, v in accounts.opening.items() if k.startswith(code or "2")), ZERO)
        a, b = fund_in.sum(*code), fund.sum(*code)
        return [
            show(v) for v in (before, a, b, fund.basic.sum(*code), fund.project.sum(*code), before + a - b)
        ]

    codes = [(c, [c[:3], c[3:5], c[5:7], FUNCTIONS[c]]) for c in fund.functions()]
    rows["fund"] = [*([*cells, *fund_cells(c)] for c, cells in codes), ["合计", "<", "<", "<", *fund_cells()]]
    rows["state_capital"] = [[""] * 10] * 6 + [["合计", "<", "<", "<", *[""] * 6]]
    return rows


# ---- Jiangsu: 万元, rounded half to even, 2018 ----------------------------------------------


def jiangsu(book: Ledger, bought: Sequence[Purchase]) -> Rows:
    words, show = WORDS["jiangsu"], wan_even
    general, other, zero = book.source("general"), book.source("other"), Ledger(())

    def shown(*parts: tuple[str, Ledger]) -> list[Item]:
        return [(name, show(part.sum())) for name, part in parts]

    def uses(part: Ledger) -> list[Item]:
        return shown(
            ("一、基本支出", part.basic),
            ("二、项目支出", part.project),
            ("三、单位预留机动经费", part.reserve),
        )

    income = shown(("一、财政拨款", general), ("1.一般公共预算", general), ("2.政府性基金预算", zero))
    income += shown(("二、财政专户管理资金", zero), ("三、其他资金", other))
    classes = numbered(words["classes"], class_items(book, words["classes"], show, FUNCTIONS_2018))
    total, fiscal = show(book.sum()), show(general.sum())
    rows: Rows = {"balance": side_by_side(income, classes, uses(book))}
    rows["balance"] += [
        ["当年收入小计", total, "当年支出小计", "<", "<", total],
        ["上年结转资金", "", "结转下年资金", "<", "<", ""],
        ["收入合计", total, "支出合计", "<", "<", total],
    ]
    groups = {"一般公共预算资金": [("公共财政拨款(补助)资金", general), ("专项收入", zero)], "政府性基金": []}
    groups["财政专户管理资金"] = [("专户管理教育收费", zero), ("其他非税收入", zero)]
    groups["其他资金"] = [
        ("事业收入", zero),
        ("经营收入", zero),
        ("其他收入", other),
        ("债务资金(银行贷款)", zero),
    ]
    groups["上年结转和结余资金"] = [("其中：动用上年结转和结余资金", zero)]
    rows["income"] = [["收入总计", "<", total]]
    for group, parts in groups.items():
        rows["income"].append([group, "小计", show(sum((b.sum() for _, b in parts), ZERO))])
        rows["income"] += [["^", name, show(part.sum())] for name, part in parts]
    rows["expenditure"] = [[total, *(value for _, value in uses(book)), ""]]
    fiscal_in = shown(("一、一般公共预算", general), ("二、政府性基金预算", zero))
    rows["fiscal_balance"] = [
        *side_by_side(fiscal_in, uses(general)),
        ["收入合计", fiscal, "支出合计", fiscal],
    ]

    def coded(part: Ledger, economic: bool) -> list[Row]:
        total = ["合计", "<", show(part.sum())]
        return [total, *code_rows(part, [part], show, economic=economic, names=FUNCTIONS_2018)]

    for key in ("fiscal_expenditure", "general_function"):
        rows[key] = coded(general, False)
    for key in ("fiscal_basic", "general_basic"):
        rows[key] = coded(general.basic, True)
    rows["operating_cost"] = coded(general.public, True)
    rows["fund"] = [["合计", "<", ""], ["", "", ""], ["", "", ""]]
    spent, meet, train = three_public(general), general.sum("30215"), general.sum("30216")
    keys = ("three", "abroad", "cars", "car_buy", "car_run", "reception")
    values = [spent["three"] + meet + train, *(spent[k] for k in keys), meet, train]
    rows["three_public"] = [[show(v) for v in values]]
    rows["procurement"] = purchases(bought)
    return rows


def purchases(bought: Sequence[Purchase]) -> list[Row]:
    """The staircase: kind, then programme and economic item, then what is bought, each with its sum."""

    def amount(kind: str = "", programme: str = "", item: str = "") -> str:
        kept = (
            p
            for p in bought
            if kind in ("", p.kind) and programme in ("", p.programme) and item in ("", p.item)
        )
        return wan_even(sum((p.amount for p in kept), ZERO))

    rows, seen = [["合计", "", "", "", "", amount()]], ("", "", "")
    for p in bought:
        if p.kind != seen[0]:
            rows.append([p.kind, "", "", "", "", amount(p.kind)])
        if (p.kind, p.programme, p.item) != seen:
            name = p.programme if (p.kind, p.programme) != seen[:2] else ""
            rows.append(["", name, p.item, "", "", amount(p.kind, p.programme, p.item)])
        rows.append(["", "", "", p.thing, p.way, wan_even(p.amount)])
        seen = (p.kind, p.programme, p.item)
    return rows
