"""Invented bodies and their books: every amount an exact Decimal in yuan, every table row a sum over entries."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal(0)
WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("example_words.toml").read_text("utf-8"))

Row = list[str]
Rows = dict[str, list[Row]]  # by the key of the table
Item = tuple[str, str]  # a label and what is printed beside it
Show = Callable[[Decimal], str]


def _names(key: str) -> dict[str, str]:
    return dict(line.split() for line in WORDS["names"][key].strip().splitlines())


FUNCTIONS, ECONOMICS, PER_HEAD = _names("function"), _names("economic"), _names("per_head")
FUNCTIONS_2018 = FUNCTIONS | _names("function_2018")


# ---- the books -----------------------------------------------------------------------------


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

    def source(self, *sources: str) -> Ledger:
        return self.where(lambda e: e.source in sources)

    def unit(self, unit: str) -> Ledger:
        return self.where(lambda e: e.unit == unit)

    def named(self, project: str) -> Ledger:
        return self.where(lambda e: e.project == project)

    @property
    def basic(self) -> Ledger:
        return self.where(lambda e: e.kind == "basic")

    @property
    def project(self) -> Ledger:
        return self.where(lambda e: e.kind == "project")

    @property
    def reserve(self) -> Ledger:
        return self.where(lambda e: e.kind == "reserve")

    @property
    def personnel(self) -> Ledger:
        return self.basic.where(lambda e: e.economic[:3] in ("301", "303"))

    @property
    def public(self) -> Ledger:
        return self.basic.where(lambda e: e.economic[:3] in ("302", "310"))

    def sum(self, *codes: str) -> Decimal:
        """Of all entries, or of those under function codes (2…) or economic codes (3…)."""
        kept = (
            e
            for e in self.entries
            if not codes or e.function.startswith(codes) or e.economic.startswith(codes)
        )
        return sum((e.amount for e in kept), ZERO)

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
        ("2089999", "30112", share("0.83")), ("2210201", "30113", share("12")), (housing, "30102", share("6.17")),
        (run, "30199", staff * money(rng, 3000, 9000)), (retirees, "30302", retired * money(rng, 21000, 42000)),
        (retirees, "30309", money(rng, 240, 4900)), (run, "30228", share("2")),
    ]  # fmt: skip
    for code, bounds in PER_HEAD.items():
        low, high = bounds.split("-")
        rows.append((run, code, staff * money(rng, int(low), int(high))))
    return [Entry(function, economic, amount, unit=unit) for function, economic, amount in rows]


def project_costs(rng: random.Random, text: str) -> list[Entry]:
    """Lines of: function, name, lowest and highest amount in 万元, and if need be source, unit, economic code."""
    out = []
    for line in text.strip().splitlines():
        function, name, low, high, *rest = line.split()
        source, unit, economic = (*rest, *["general", "-", "30227"][len(rest) :])
        amount = money(rng, int(low) * 10000, int(high) * 10000)
        out.append(Entry(function, economic, amount, "project", source, unit.strip("-"), name))
    return out


# ---- what is printed -----------------------------------------------------------------------


def wan(amount: Decimal) -> str:
    return f"{(amount / 10000).quantize(CENT, ROUND_HALF_UP):,.2f}"


def wan_blank(amount: Decimal) -> str:
    return wan(amount) if amount else ""


def wan_even(amount: Decimal) -> str:
    return f"{(amount / 10000).quantize(CENT, ROUND_HALF_EVEN):,.2f}" if amount else ""


def yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount else ""


def numeral(n: int, twenties: str = "二十") -> str:
    digits = "零一二三四五六七八九"
    if n <= 10:
        return "十" if n == 10 else digits[n]
    return ("十" if n < 20 else "二十" if n == 20 else twenties) + (digits[n % 10] if n % 10 else "")


def code_rows(
    book: Ledger, columns: Sequence[Ledger], show: Show, *, split: bool = False, economic: bool = False,
    names: dict[str, str] = FUNCTIONS,
) -> list[Row]:  # fmt: skip
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


def three_public(book: Ledger) -> dict[str, Decimal]:
    """The parts of 三公 and their sums."""
    parts = {"abroad": "30212", "car_buy": "31013", "car_run": "30231", "reception": "30217"}
    out = {name: book.sum(code) for name, code in parts.items()}
    out["cars"] = out["car_buy"] + out["car_run"]
    return out | {"three": out["abroad"] + out["cars"] + out["reception"]}


# ---- Hubei: text, 万元, 2026 ---------------------------------------------------------------


def hubei() -> tuple[Ledger, Rows]:
    words = WORDS["hubei"]
    rng = random.Random(words["seed"])
    entries = staff_costs(rng, "2014101", 37, 11, unit="618001", housing="2210202")
    entries += staff_costs(
        rng,
        "2014150",
        23,
        4,
        unit="618002",
        housing="2210202",
        bonus="30107",
        medical="2101102",
        retirees="2080502",
    )
    book = Ledger((*entries, *project_costs(rng, words["projects"])))
    now, carry, other = (book.source(s) for s in ("general", "carry", "other"))
    fiscal, zero = book.source("general", "carry"), Ledger(())
    units = [("", "合计", book), ("618", words["body"], book)]
    units += [(code, name, book.unit(code)) for code, name in words["units"].items()]

    income_values = [wan(now.sum()), *["0.00"] * 7, wan(other.sum())]
    income = [
        (f"{numeral(i)}、{n}", v)
        for i, (n, v) in enumerate(zip(words["incomes"], income_values, strict=True), 1)
    ]
    classes = [
        (f"{numeral(i, '廿')}、{name}", value)
        for i, (name, value) in enumerate(
            zip(words["classes"], class_items(book, words["classes"], wan), strict=True), 1
        )
    ]
    total = wan(book.sum())
    rows: Rows = {"balance": side_by_side(income, classes)}
    rows["balance"] += [
        ["本年收入合计", wan((now.sum() + other.sum())), "本年支出合计", total],
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
    spent = [("一、本年支出", wan(fiscal.sum()))]
    values = class_items(fiscal, words["classes"], wan_blank)
    spent += [
        (f"（{numeral(i, '廿')}）{n}", v)
        for i, (n, v) in enumerate(zip(words["classes"], values, strict=True), 1)
    ]
    rows["fiscal_balance"] = side_by_side(
        [(n, wan_blank(b.sum())) for n, b in incomes], [*spent, ("二、年终结转结余", "")]
    )
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
    return book, rows
