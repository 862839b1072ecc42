"""Invented bodies and their books: every amount is an exact Decimal at 0.01 yuan, every table a sum over entries."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def names(text: str) -> dict[str, str]:
    return {code: name for code, name in (line.split() for line in text.strip().splitlines())}


FUNCTIONS = names("""
201 一般公共服务支出
20141 数据事务
2014101 行政运行
2014102 一般行政管理事务
2014150 事业运行
2014199 其他数据事务支出
207 文化旅游体育与传媒支出
20701 文化和旅游
2070101 行政运行
2070102 一般行政管理事务
2070104 图书馆
2070109 群众文化
2070112 文化和旅游市场管理
2070199 其他文化和旅游支出
20702 文物
2070204 文物保护
2070205 博物馆
208 社会保障和就业支出
20805 行政事业单位养老支出
2080501 行政单位离退休
2080502 事业单位离退休
2080504 未归口管理的行政单位离退休
2080505 机关事业单位基本养老保险缴费支出
2080506 机关事业单位职业年金缴费支出
20899 其他社会保障和就业支出
2089999 其他社会保障和就业支出
210 卫生健康支出
21011 行政事业单位医疗
2101101 行政单位医疗
2101102 事业单位医疗
212 城乡社区支出
21208 国有土地使用权出让收入安排的支出
2120803 城市建设支出
2120899 其他国有土地使用权出让收入安排的支出
213 农林水支出
21302 林业
2130201 行政运行
2130202 一般行政管理事务
2130211 动植物保护
2130212 湿地保护
21303 水利
2130301 行政运行
2130302 一般行政管理事务
2130305 水利工程建设
2130306 水利工程运行与维护
2130311 水资源节约管理与保护
2130314 防汛
221 住房保障支出
22102 住房改革支出
2210201 住房公积金
2210202 提租补贴
2210203 购房补贴
229 其他支出
22960 彩票公益金安排的支出
2296010 用于文化事业的彩票公益金支出
""")
FUNCTIONS_2018 = FUNCTIONS | {"20805": "行政事业单位离退休", "210": "医疗卫生与计划生育支出"}
ECONOMICS = names("""
301 工资福利支出
30101 基本工资
30102 津贴补贴
30103 奖金
30106 伙食补助费
30107 绩效工资
30108 机关事业单位基本养老保险缴费
30109 职业年金缴费
30110 职工基本医疗保险缴费
30111 公务员医疗补助缴费
30112 其他社会保障缴费
30113 住房公积金
30114 医疗费
30199 其他工资福利支出
302 商品和服务支出
30201 办公费
30202 印刷费
30203 咨询费
30204 手续费
30205 水费
30206 电费
30207 邮电费
30208 取暖费
30209 物业管理费
30211 差旅费
30212 因公出国（境）费用
30213 维修（护）费
30214 租赁费
30215 会议费
30216 培训费
30217 公务接待费
30218 专用材料费
30224 被装购置费
30225 专用燃料费
30226 劳务费
30227 委托业务费
30228 工会经费
30229 福利费
30231 公务用车运行维护费
30239 其他交通费用
30240 税金及附加费用
30299 其他商品和服务支出
303 对个人和家庭的补助
30301 离休费
30302 退休费
30304 抚恤金
30305 生活补助
30307 医疗费补助
30309 奖励金
30399 其他对个人和家庭的补助
310 资本性支出
31002 办公设备购置
31003 专用设备购置
31007 信息网络及软件购置更新
31013 公务用车购置
31099 其他资本性支出
""")
# 人均公用经费的上下限，元
PER_HEAD = {
    "30201": (2100, 5200), "30202": (150, 700), "30204": (5, 30), "30205": (90, 260), "30206": (700, 2200),
    "30207": (300, 900), "30209": (1500, 4200), "30211": (900, 3100), "30213": (300, 1500), "30215": (200, 900),
    "30216": (250, 1100), "30217": (40, 160), "30226": (300, 1200), "30227": (500, 2600), "30229": (1800, 2600),
    "30231": (400, 900), "30239": (2300, 5100), "30299": (700, 2100), "31002": (300, 1300),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One amount in yuan: who, for what, of which kind, from which source."""

    function: str
    economic: str
    amount: Decimal
    kind: str = "basic"  # basic, project, reserve
    source: str = "general"  # general, fund, carry (general, of last year), other
    unit: str = ""
    project: str = ""


@dataclass(frozen=True)
class Ledger:
    entries: tuple[Entry, ...]

    def where(self, keep: Callable[[Entry], bool]) -> Ledger:
        return Ledger(tuple(e for e in self.entries if keep(e)))

    def kind(self, *kinds: str) -> Ledger:
        return self.where(lambda e: e.kind in kinds)

    def source(self, *sources: str) -> Ledger:
        return self.where(lambda e: e.source in sources)

    def unit(self, unit: str) -> Ledger:
        return self.where(lambda e: e.unit == unit)

    def project(self, name: str) -> Ledger:
        return self.where(lambda e: e.project == name)

    @property
    def basic(self) -> Ledger:
        return self.kind("basic")

    @property
    def personnel(self) -> Ledger:
        return self.where(lambda e: e.kind == "basic" and e.economic[:3] in ("301", "303"))

    @property
    def public(self) -> Ledger:
        return self.where(lambda e: e.kind == "basic" and e.economic[:3] in ("302", "310"))

    def sum(self, *codes: str) -> Decimal:
        """Of all entries, or of those under function codes (2…) or economic codes (3…)."""
        wanted = [
            e
            for e in self.entries
            if not codes or e.function.startswith(codes) or e.economic.startswith(codes)
        ]
        return sum((e.amount for e in wanted), ZERO)

    def functions(self) -> list[str]:
        return sorted({e.function[:n] for e in self.entries for n in (3, 5, 7)})

    def economics(self) -> list[str]:
        return sorted({e.economic[:n] for e in self.entries for n in (3, 5)})

    def projects(self) -> list[str]:
        return list(dict.fromkeys(e.project for e in self.entries if e.project))


def money(rng: random.Random, low: int, high: int) -> Decimal:
    """Any amount in cents between two amounts in yuan."""
    return Decimal(rng.randint(low * 100, high * 100)) / 100


def staff_costs(
    rng: random.Random, run: str, staff: int, retired: int, *, unit: str = "", medical: str = "2101101",
    retirees: str = "2080501", housing: str = "2210203", bonus: str = "30103",
) -> list[Entry]:  # fmt: skip
    """Basic expenditure of a body of so many people: pay, the contributions that follow from it, running costs."""
    wages, allowances = (staff * money(rng, *bounds) for bounds in ((46000, 61000), (52000, 88000)))
    extra = staff * money(rng, 21000, 47000)
    base = wages + allowances + extra

    def share(percent: str) -> Decimal:
        return (base * Decimal(percent) / 100).quantize(CENT)

    rows = [
        (run, "30101", wages), (run, "30102", allowances), (run, bonus, extra),
        ("2080505", "30108", share("16")), ("2080506", "30109", share("8")), (medical, "30110", share("9.5")),
        (run, "30112", share("0.83")), ("2210201", "30113", share("12")), (housing, "30102", share("6.17")),
        (run, "30199", staff * money(rng, 3000, 9000)), (retirees, "30302", retired * money(rng, 21000, 42000)),
        (retirees, "30309", money(rng, 240, 4900)), (run, "30228", share("2")),
    ]  # fmt: skip
    rows += [(run, code, staff * money(rng, *bounds)) for code, bounds in PER_HEAD.items()]
    return [Entry(function, economic, amount, unit=unit) for function, economic, amount in rows]


def project_costs(rng: random.Random, text: str) -> list[Entry]:
    """Lines of: function, name, lowest and highest amount in 万元, and if need be source, unit, economic code."""
    out = []
    for line in text.strip().splitlines():
        function, name, low, high, *rest = line.split()
        source, unit, economic = (rest + ["general", "", "30227"][len(rest) :])[:3]
        amount = money(rng, int(low) * 10000, int(high) * 10000)
        out.append(Entry(function, economic, amount, "project", source, unit.strip("-"), name))
    return out


def hubei() -> Ledger:
    rng = random.Random(20260131)
    entries = staff_costs(rng, "2014101", 37, 11, unit="618001", housing="2210202")
    entries += staff_costs(rng, "2014150", 23, 4, unit="618002", housing="2210202", bonus="30107",
                           medical="2101102", retirees="2080502")  # fmt: skip
    entries += project_costs(rng, """
        2014102 政务云资源租用及运行维护 820 990 general 618001
        2014102 一体化公共数据平台二期建设 410 560 general 618001
        2014102 一体化公共数据平台二期建设 120 180 carry 618001
        2014102 数据要素产业培育专项 150 260 general 618001
        2014102 电子政务外网线路租用 70 99 general 618001
        2014199 城市运行中心值守与热线受理 230 330 general 618002
        2014199 城市运行中心值守与热线受理 40 66 other 618002
        2014199 数据中心机房电费 90 140 general 618002
        2014199 公共数据授权运营评估 20 48 carry 618002
        2014199 网络安全等级保护测评 30 57 general 618002
    """)  # fmt: skip
    return Ledger(tuple(entries))


def shanghai_budget() -> Ledger:
    rng = random.Random(20250218)
    entries = staff_costs(rng, "2070101", 46, 29)
    entries += staff_costs(rng, "2070104", 61, 17, medical="2101102", retirees="2080502", bonus="30107")
    entries += project_costs(rng, """
        2070102 机关综合管理与信息化运维 110 260
        2070104 图书购置与数字阅读推广 680 940
        2070109 市民艺术节与公共文化配送 1300 1900
        2070109 公共文化场馆延时开放 60 99 other
        2070112 文旅市场巡查与安全检测 120 210
        2070199 文旅产业扶持资金 3600 5200
        2070204 不可移动文物修缮 2100 3300
        2070205 区博物馆免费开放 430 690
        2296010 社区文化设施更新 210 360 fund
    """)  # fmt: skip
    return Ledger(tuple(entries))


def jiangsu() -> Ledger:
    rng = random.Random(20180209)
    entries = staff_costs(rng, "2130201", 118, 64, retirees="2080504", housing="2210202")
    entries.append(Entry("2080504", "30301", money(rng, 1200000, 1900000)))
    entries.append(Entry("2130201", "30212", money(rng, 300000, 480000)))
    entries.append(Entry("2130201", "", money(rng, 4200000, 8800000), "reserve"))
    entries += project_costs(rng, """
        2130202 机关信息化与办公保障 410 560
        2130202 全省湖荡保护业务培训 60 95 general - 30216
        2130202 湖荡保护联席会议 40 75 general - 30215
        2130211 珍稀水鸟栖息地保护 1100 1600
        2130212 湖荡湿地生态修复 5200 7800
        2130212 湿地资源监测评估 640 980
        2130212 科普场馆门票及服务 90 180 other
    """)  # fmt: skip
    return Ledger(tuple(entries))


@dataclass(frozen=True)
class Accounts:
    """Final accounts: what was spent, what came in, what stood over from the year before and into the next."""

    spent: Ledger
    received: Ledger
    opening: dict[str, Decimal]
    planned: dict[str, Decimal]
    opening_fund: dict[str, Decimal] = field(default_factory=dict)

    def closing(self, *sources: str) -> Decimal:
        opening = sum((self.opening[s] for s in sources), ZERO)
        return opening + self.received.source(*sources).sum() - self.spent.source(*sources).sum()


def shanghai_accounts() -> Accounts:
    rng = random.Random(20250820)
    entries = staff_costs(rng, "2130301", 52, 38)
    entries += project_costs(rng, """
        2130302 机关信息化运维与法制宣传 130 240
        2130305 骨干河道综合整治 4200 6100
        2130306 水闸泵站运行养护 2300 3100
        2130306 管网检测与养护 900 1300 other
        2130311 水质监测与节水载体创建 310 480
        2130314 防汛物资储备与应急抢险 260 420
        2120803 城中村排水设施改造 1500 2400 fund
        2120899 河道周边环境提升 600 900 fund
    """)  # fmt: skip
    more = {
        "骨干河道综合整治": money(rng, -900000, -200000), "水闸泵站运行养护": money(rng, 100000, 300000),
        "城中村排水设施改造": money(rng, -1500000, -1000000), "河道周边环境提升": money(rng, 200000, 900000),
        "管网检测与养护": money(rng, 20000, 190000),
    }  # fmt: skip
    received = [replace(e, amount=e.amount + more.get(e.project, ZERO)) for e in entries]
    received.append(Entry("2130302", "", money(rng, 31000, 98000), "project", "other", project="存款利息"))
    fund = {"2120803": money(rng, 1500000, 1900000), "2120899": money(rng, 90000, 200000)}
    opening = {
        "general": money(rng, 1200000, 1900000),
        "fund": sum(fund.values(), ZERO),
        "other": money(rng, 60000, 99000),
    }
    planned = {"30212": ZERO, "31013": ZERO, "30231": Decimal(62000), "30217": Decimal(18500)}
    return Accounts(Ledger(tuple(entries)), Ledger(tuple(received)), opening, planned, fund)


# ---- what is printed -----------------------------------------------------------------------


def wan(amount: Decimal, rounding: str = ROUND_HALF_UP) -> str:
    return f"{(amount / 10000).quantize(CENT, rounding):,.2f}"


def wan_or_blank(amount: Decimal) -> str:
    return wan(amount) if amount else ""


def wan_even(amount: Decimal) -> str:
    return wan(amount, ROUND_HALF_EVEN) if amount else ""


def yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount else ""


@dataclass
class Table:
    """A printed table. In the header and in cells "<" joins to the cell at the left, "^" to the one above."""

    key: str
    title: str
    header: list[str]  # cells parted by |
    rows: list[list[str]]
    align: str  # one letter per column: l c r
    widths: str  # one number per column
    label: str = ""
    unit: str = "万元"
    note: str = ""
    repeat: bool = False
    landscape: bool = False
    joined: bool = False  # follows on the same page


def code_rows(
    book: Ledger, columns: Sequence[Ledger], show: Callable[[Decimal], str], *, split: bool = False,
    known: dict[str, str] = FUNCTIONS, economic: bool = False,
) -> list[list[str]]:  # fmt: skip
    """A row for every code of a ledger at every level, its name, and its sum in each of the column ledgers."""
    rows = []
    for code in book.economics() if economic else book.functions():
        parts = [code[:3], code[3:5], code[5:7]][: 2 if economic else 3] if split else [code]
        label = ECONOMICS if economic else known
        rows.append([*parts, label[code], *(show(column.sum(code)) for column in columns)])
    return rows
