"""Invented bodies and their books: every amount an exact Decimal in yuan, from a fixed seed; rounded when printed."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal(0)
Figures = dict[str, str]  # what the {…} of the prose stand for
WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("example_words.toml").read_text("utf-8"))


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
    rng: random.Random,
    run: str,
    staff: int,
    retired: int,
    *,
    unit: str = "",
    medical: str = "2101101",
    retirees: str = "2080501",
    housing: str = "2210203",
    bonus: str = "30103",
) -> list[Entry]:
    """Basic expenditure of a body of so many people: pay, the contributions that follow from it, running costs."""
    wages, allowances = (staff * money(rng, *bounds) for bounds in ((46000, 61000), (52000, 88000)))
    extra = staff * money(rng, 21000, 47000)
    base = wages + allowances + extra

    def share(percent: str) -> Decimal:
        return (base * Decimal(percent) / 100).quantize(CENT)

    rows = [
        (run, "30101", wages),
        (run, "30102", allowances),
        (run, bonus, extra),
        ("2080505", "30108", share("16")),
        ("2080506", "30109", share("8")),
        (medical, "30110", share("9.5")),
        ("2089999", "30112", share("0.83")),
        ("2210201", "30113", share("12")),
        (housing, "30102", share("6.17")),
        (run, "30199", staff * money(rng, 3000, 9000)),
        (retirees, "30302", retired * money(rng, 21000, 42000)),
        (retirees, "30309", money(rng, 240, 4900)),
        (run, "30228", share("2")),
    ]
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


# ---- the four bodies -----------------------------------------------------------------------


def hubei() -> Ledger:
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
    return Ledger((*entries, *project_costs(rng, words["projects"])))


def shanghai_budget() -> Ledger:
    words = WORDS["shanghai_budget"]
    rng = random.Random(words["seed"])
    entries = staff_costs(rng, "2070101", 46, 29)
    entries += staff_costs(rng, "2070104", 61, 17, medical="2101102", retirees="2080502", bonus="30107")
    return Ledger((*entries, *project_costs(rng, words["projects"])))


def jiangsu() -> Ledger:
    words = WORDS["jiangsu"]
    rng = random.Random(words["seed"])
    entries = staff_costs(rng, "2130201", 118, 64, retirees="2080504", housing="2210202")
    entries.append(Entry("2080504", "30301", money(rng, 1200000, 1900000)))
    entries.append(Entry("2130201", "30212", money(rng, 300000, 480000)))
    entries.append(Entry("2130201", "", money(rng, 4200000, 8800000), "reserve"))
    return Ledger((*entries, *project_costs(rng, words["projects"])))


@dataclass(frozen=True)
class Purchase:
    kind: str
    programme: str
    item: str
    thing: str
    way: str
    amount: Decimal


def jiangsu_purchases() -> list[Purchase]:
    words = WORDS["jiangsu"]
    rng = random.Random(words["seed"] + 1)
    lines = [line.split() for line in words["procurement"].strip().splitlines()]
    return [
        Purchase(kind, programme, item, thing, way, money(rng, int(most) * 3000, int(most) * 9000))
        for kind, programme, item, thing, way, most in lines
    ]


@dataclass(frozen=True)
class Accounts:
    """Final accounts: what was spent, what came in, what stood over from the year before."""

    spent: Ledger
    received: Ledger
    opening: dict[str, Decimal]  # by source, the fund's by function code
    planned: dict[str, Decimal]  # 三公 as budgeted

    def stood_over(self, *sources: str) -> Decimal:
        return sum(
            (v for k, v in self.opening.items() if k in sources or k[0] == "2" and "fund" in sources), ZERO
        )

    def standing_over(self, *sources: str) -> Decimal:
        came, went = (book.source(*sources).sum() for book in (self.received, self.spent))
        return self.stood_over(*sources) + came - went


def shanghai_accounts() -> Accounts:
    words = WORDS["shanghai_accounts"]
    rng = random.Random(words["seed"])
    entries = [*staff_costs(rng, "2130301", 52, 38), *project_costs(rng, words["projects"])]
    more = {name: money(rng, *(int(n) * 1000 for n in bounds)) for name, *bounds in words["stood_over"]}
    received = [replace(e, amount=e.amount + more.get(e.project, ZERO)) for e in entries]
    received.append(Entry("2130302", "", money(rng, 31000, 98000), "project", "other", project="存款利息"))
    opening = {k: money(rng, *bounds) for k, bounds in words["opening"].items()}
    planned = {"30212": ZERO, "31013": ZERO, "30231": Decimal(62000), "30217": Decimal(18500)}
    return Accounts(Ledger(tuple(entries)), Ledger(tuple(received)), opening, planned)


# ---- amounts as printed, and the figures that the prose quotes --------------------------------


def wan(amount: Decimal) -> str:
    return f"{(amount / 10000).quantize(CENT, ROUND_HALF_UP):,.2f}"


def wan_blank(amount: Decimal) -> str:
    return wan(amount) if amount else ""


def wan_even(amount: Decimal) -> str:
    return f"{(amount / 10000).quantize(CENT, ROUND_HALF_EVEN):,.2f}" if amount else ""


def yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount else ""


def three_public(book: Ledger) -> dict[str, Decimal]:
    """The parts of 三公 and their sums."""
    parts = {"abroad": "30212", "car_buy": "31013", "car_run": "30231", "reception": "30217"}
    out = {name: book.sum(code) for name, code in parts.items()}
    out["cars"] = out["car_buy"] + out["car_run"]
    return out | {"three": out["abroad"] + out["cars"] + out["reception"]}


def running_cost(book: Ledger) -> Ledger:
    """机关运行经费: the public expenditure of the administration itself, not of its institutions."""
    return book.public.where(lambda e: e.function.endswith("01"))


def percent(part: Decimal, whole: Decimal) -> str:
    return f"{(100 * part / whole).quantize(CENT)}"


def growth(total: str, last_year: str) -> Figures:
    """The increase as printed over last year's total, an invented share of this year's."""
    now = Decimal(total.replace(",", ""))
    last = (now * Decimal(last_year)).quantize(CENT)
    return {"more": f"{now - last:,.2f}", "rate": percent(now - last, last)}


def figures(book: Ledger, show: Callable[[Decimal], str] = wan) -> Figures:
    parts = {name: book.source(name) for name in ("general", "fund", "carry", "other")}
    parts |= {
        "fiscal": book.source("general", "fund"),
        "total": book,
        "basic": book.basic,
        "project": book.project,
    }
    parts |= {"reserve": book.reserve, "personnel": book.personnel, "public": book.public}
    parts["running"] = running_cost(book)
    amounts = {name: part.sum() for name, part in parts.items()} | three_public(book)
    amounts |= {"meetings": book.sum("30215"), "training": book.sum("30216")}
    shown = {name: show(amount) or "0.00" for name, amount in amounts.items()}
    return shown | growth(shown["total"], "0.8731") | {"count": str(len(book.projects()))}


def functions(book: Ledger) -> str:
    """A paragraph for every item of fiscal expenditure."""
    out: list[str] = []
    fiscal = book.source("general", "fund")
    for code in fiscal.functions():
        if len(code) == 7:
            names = f"{FUNCTIONS[code[:3]]}（类）{FUNCTIONS[code[:5]]}（款）{FUNCTIONS[code]}（项）"
            of_code = fiscal.where(lambda e, c=code: e.function == c)  # type: ignore[misc]
            use = "、".join(of_code.projects()) or "人员经费和日常公用经费"
            out.append(f"{len(out) + 1}. “{names}”{wan(of_code.sum())}万元，主要用于{use}。")
    return "\n".join(out)


def accounts_figures(accounts: Accounts) -> Figures:
    spent, received = accounts.spent, accounts.received
    out = figures(spent) | {"spent": wan(spent.sum()), "received": wan(received.sum())}
    out["total"] = wan(received.sum() + accounts.stood_over("general", "fund", "other"))
    out |= growth(out["total"], "0.9214")
    for name, part in (("fiscal", received.source("general", "fund")), ("other", received.source("other"))):
        out |= {
            f"received_{name}": wan(part.sum()),
            f"received_{name}_share": percent(part.sum(), received.sum()),
        }
    general = spent.source("general")
    for name, part in (("basic", spent.basic), ("project", spent.project), ("general", general)):
        out[f"{name}_share"] = percent(part.sum(), spent.sum())
    codes = [code for code in general.functions() if len(code) == 3]
    shares = [(FUNCTIONS[c], wan(general.sum(c)), percent(general.sum(c), general.sum())) for c in codes]
    out["classes"] = "；".join(f"{name}（类）{amount}万元，占{share}%" for name, amount, share in shares)
    out |= {
        "fund_opening": wan(accounts.stood_over("fund")),
        "fund_closing": wan(accounts.standing_over("fund")),
    }
    out["fund_received"] = wan(received.source("fund").sum())
    return out | {"three_planned": wan(sum(accounts.planned.values(), Decimal(0)))}
