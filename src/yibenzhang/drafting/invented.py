"""Invented bodies: realistic figures from a seed, in every shape, to try the whole line on."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.families import _load, family
from yibenzhang.drafting.figures import Entry, Figures, Indicator, Project, Purchase, Unit
from yibenzhang.drafting.tables import numeral
from yibenzhang.standards import HERE

CENT = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Shape:
    """What a body is like: how many units and projects, and what is odd about it."""

    units: int = 1
    projects: int = 5
    fund: bool = False
    state_capital: bool = False
    carried: bool = True
    negative: bool = False
    first_year: bool = False
    zeros: bool = False
    own_income: bool = False
    indicators: bool = False


def shape_of(rng: random.Random) -> Shape:
    """A shape as bodies have it; every oddity comes often enough to be met in a hundred."""
    kinds = rng.random()
    if kinds < 0.08:
        return Shape(1, 0, carried=False, zeros=True, first_year=rng.random() < 0.5)
    units = rng.choice([1, 1, 1, 2, 2, 3, 5, 8, 12])
    projects = rng.choice([0, 1, 2, 4, 6, 9, 14, 24, 40, 80])
    return Shape(
        units,
        projects,
        fund=rng.random() < 0.3,
        state_capital=rng.random() < 0.12,
        carried=rng.random() < 0.7,
        negative=rng.random() < 0.15,
        first_year=rng.random() < 0.12,
        own_income=rng.random() < 0.4,
        indicators=rng.random() < 0.4,
    )


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return _load(HERE / "drafts" / "invented.toml")


def money(rng: random.Random, low: int, high: int) -> Decimal:
    """Any amount in cents between two amounts in 元."""
    return Decimal(rng.randint(low * 100, high * 100)) / 100


def body(
    seed: int, number: int, region: str, stage: str, year: int, shape: Shape | None = None, again: str = ""
) -> Figures:
    """The figures of an invented body: the same seed, number and year give the same.

    ``again``: any word gives the same lines other amounts, as a revised draft has them.
    """
    rng = random.Random(f"{seed}/{number}")
    shape = shape or shape_of(rng)
    words = _words()
    trade = rng.choice(words["trade"])
    place = rng.choice(words["place"][region])
    name = place + rng.choice(words["town"]) + trade["name"]
    return _Body(
        random.Random(f"{seed}/{number}/lines"),
        rng,
        shape,
        trade,
        name,
        number,
        region,
        stage,
        year,
        random.Random(f"{seed}/{number}/{year}{again}"),
        random.Random(f"{seed}/{number}/{year}/{stage}{again}"),
    ).figures()


@dataclass
class _Body:
    rng: random.Random
    """Gives the body the same lines every year; ``yearly`` and ``carrying_out`` move their amounts."""
    lasting: random.Random
    shape: Shape
    trade: Mapping[str, Any]
    name: str
    number: int
    region: str
    stage: str
    year: int
    yearly: random.Random
    carrying_out: random.Random

    def figures(self) -> Figures:
        code = f"{100 + self.number % 900}"
        units = self._units(code)
        out: list[Entry] = []
        for u in units:
            out += self._staff(u)
        projects, spent = self._projects(units, code)
        out = self._moved(out, 960, 1070) + self._moved(spent, 750, 1300)
        projects = self._whole_year(projects, out)
        entries = self._balanced(out)
        notes = self._notes(units)
        figures = Figures(
            body=self.name,
            year=self.year,
            stage=self.stage,
            family=self.region,
            level="department" if self.shape.units > 1 else "unit",
            code=code,
            entries=tuple(entries),
            units=units,
            projects=tuple(projects),
            notes=notes,
            counts=self._assets(),
            complete=True,
        )
        purchases = self._purchases(projects)
        extra: dict[str, Decimal] = {}
        for p in purchases:
            key = {"货物": "procurement_goods", "工程": "procurement_works", "服务": "procurement_services"}[
                p.kind
            ]
            extra[key] = extra.get(key, ZERO) + p.amount
        return replace(figures, purchases=purchases if self.region == "jiangsu" else (), extra=_bought(extra))

    def _units(self, code: str) -> tuple[Unit, ...]:
        own = Unit(f"{code}001", f"{self.name}本级", "行政")
        town, kinds = self.name.removesuffix(self.trade["name"]), self.trade["units"]
        names = []
        for k in range(self.shape.units - 1):
            again = k // len(kinds)
            names.append(
                f"{town}{kinds[k % len(kinds)]}" + (f"第{numeral(again + 1)}分中心" if again else "")
            )
        return (own, *(Unit(f"{code}{k:03d}", n, "事业") for k, n in enumerate(names, 2)))

    def _staff(self, unit: Unit) -> list[Entry]:
        """Basic expenditure: pay, the contributions that follow from it, running costs."""
        rng, people = self.rng, self.lasting.randint(4, 90)
        run = self.trade["administration"] if unit.nature == "行政" else self.trade["institution"]
        if self.shape.zeros:
            people = 1
        wages, allowances = people * money(rng, 46000, 61000), people * money(rng, 52000, 88000)
        bonus = people * money(rng, 21000, 47000)
        base = wages + allowances + bonus

        def share(percent: str) -> Decimal:
            return (base * Decimal(percent) / 100).quantize(CENT)

        rows = [
            (run, "30101", wages),
            (run, "30102", allowances),
            (run, "30103" if unit.nature == "行政" else "30107", bonus),
            ("2080505", "30108", share("16")),
            ("2080506", "30109", share("8")),
            ("2101101" if unit.nature == "行政" else "2101102", "30110", share("9.5")),
            ("2089999", "30112", share("0.83")),
            ("2210201", "30113", share("12")),
        ]
        if self.shape.zeros:
            rows = rows[:3]
        else:
            rows.append(
                ("2080501" if unit.nature == "行政" else "2080502", "30302", money(rng, 30000, 900000))
            )
            for economic, (low, high) in _words()["per_head"].items():
                if rng.random() < 0.85:
                    rows.append((run, economic, people * money(rng, low, high)))
            if rng.random() < 0.3:
                rows.append((run, "30212", money(rng, 10000, 300000)))
        return [Entry("out", a, "general", unit.code, f, e, "basic") for f, e, a in rows]

    def _projects(self, units: tuple[Unit, ...], code: str) -> tuple[list[Project], list[Entry]]:
        rng, words = self.rng, _words()
        projects, out = [], []
        heads, tails = self.trade["projects"], words["project"]
        names: set[str] = set()
        for k in range(self.shape.projects):
            unit = rng.choice(units)
            name = f"{heads[k % len(heads)]}{tails[(k // len(heads) + k) % len(tails)]}"
            while name in names:
                name = f"{name}（{'二三四五六七八九'[k % 8]}期）"
            names.add(name)
            number = f"4299{15 + k % 3}{code}T{k + 101:09d}"
            function = rng.choice(self.trade["items"])
            amount = money(rng, 20_000, rng.choice([300_000, 2_000_000, 30_000_000]))
            out.append(
                Entry(
                    "out",
                    amount,
                    "general",
                    unit.code,
                    function,
                    rng.choice(["30227", "30213", "31007", "30201"]),
                    "project",
                    number,
                )
            )
            if self.shape.carried and rng.random() < 0.3:
                more = money(rng, 5_000, 400_000)
                out.append(
                    Entry("out", more, "general", unit.code, function, "30227", "project", number, True)
                )
            if self.shape.own_income and rng.random() < 0.25:
                more = money(rng, 5_000, 400_000)
                out.append(Entry("out", more, "other_in", unit.code, function, "30227", "project", number))
            projects.append(
                Project(
                    number,
                    name,
                    unit.code,
                    f"按期完成{name}，保障业务正常开展",
                    indicators=self._indicators(),
                )
            )
        for wanted, source, functions in (
            (self.shape.fund, "fund", words["fund"]),
            (self.shape.state_capital, "state_capital", words["state_capital"]),
        ):
            for k, function in enumerate(functions if wanted else ()):
                number = f"429915{code}{'J' if source == 'fund' else 'G'}{k + 101:09d}"
                name = words[f"{source}_project"][k]
                out.append(
                    Entry(
                        "out",
                        money(rng, 100_000, 9_000_000),
                        source,
                        units[0].code,
                        function,
                        "30227",
                        "project",
                        number,
                    )
                )
                projects.append(
                    Project(number, name, units[0].code, f"按期完成{name}", indicators=self._indicators())
                )
        return projects, out

    def _moved(self, entries: list[Entry], low: int, high: int) -> list[Entry]:
        """The amounts of this year; in accounts what of them was carried out. Some stay as they were."""
        out = []
        for e in entries:
            change = self.yearly.choice(
                [1000, self.yearly.randint(low, high), self.yearly.randint(low, high)]
            )
            spent = 1000
            if self.stage == "accounts":
                spent = self.carrying_out.choice([1000, self.carrying_out.randint(870, 1040)])
            amount = (e.amount * change * spent / 1_000_000).quantize(CENT)
            out.append(replace(e, amount=amount))
        return out

    def _whole_year(self, projects: list[Project], entries: list[Entry]) -> list[Project]:
        """In accounts the whole-year budget of every project, which most of them do not exhaust."""
        if self.stage != "accounts":
            return projects
        paid: dict[str, Decimal] = {}
        for e in entries:
            paid[e.project] = paid.get(e.project, ZERO) + e.amount
        more = self.carrying_out
        return [
            replace(p, budget=(paid[p.code] * more.choice([100, 100, 103, 118, 98]) / 100).quantize(CENT))
            for p in projects
        ]

    def _indicators(self) -> tuple[Indicator, ...]:
        if not self.shape.indicators:
            return ()
        out = []
        accounts = self.stage == "accounts"
        for level1, level2, name, target, unit, weight, kind in _words()["indicator"]:
            reached = quality = ""
            share = None
            if accounts and kind == "quality":
                quality = self.carrying_out.choice(["达成", "达成", "部分达成"])
                share = Decimal(self.carrying_out.choice([100, 95, 85])) if quality == "达成" else Decimal(70)
            elif accounts:
                reached = str(Decimal(target) * self.carrying_out.choice([100, 100, 102, 90]) / 100)
            out.append(
                Indicator(level1, level2, name, target, unit, Decimal(weight), reached, quality, "≥", share)
            )
        return tuple(out)

    def _balanced(self, out: list[Entry]) -> list[Entry]:
        """Income and balances that pay for the expenditure, by unit and source (accounts: by function)."""
        rng, entries = self.carrying_out, list(out)
        sums: dict[tuple[str, str, str, bool], Decimal] = {}
        for e in out:
            key = (e.unit, e.source, e.function, e.carried)
            sums[key] = sums.get(key, ZERO) + e.amount
        if self.stage == "budget":
            for (unit, source, function, carried), amount in sums.items():
                entries.append(Entry("opening" if carried else "in", amount, source, unit, function))
            return entries
        for (unit, source, function, carried), amount in sums.items():
            if carried:
                entries.append(Entry("opening", amount, source, unit, function))
                continue
            more = ZERO
            if self.shape.carried and rng.random() < 0.3:
                more = (amount * rng.randint(-8, 12) / 100).quantize(CENT)
            entries.append(Entry("in", amount + more, source, unit, function))
            if more < 0:
                extra = money(rng, 0, 20_000)
                entries.append(Entry("opening", extra - more, source, unit, function))
                entries.append(Entry("closing", extra, source, unit, function))
            elif more:
                entries.append(Entry("closing", more, source, unit, function))
        if self.shape.negative:
            unit, function = out[0].unit, out[0].function
            debt = money(rng, 1_000, 90_000)
            entries.append(Entry("opening", -debt, "other_in", unit, function))
            entries.append(Entry("closing", -debt, "other_in", unit, function))
        return entries

    def _purchases(self, projects: list[Project]) -> tuple[Purchase, ...]:
        rng = self.yearly
        lines = [
            ("货物", "办公设备购置", "台式计算机", 60_000),
            ("货物", "办公设备购置", "打印设备", 20_000),
            ("货物", "办公费", "复印纸", 9_000),
            ("工程", "维修（护）费", "房屋修缮", 500_000),
            ("服务", "委托业务费", "信息系统运行维护服务", 900_000),
            ("服务", "物业管理费", "物业管理服务", 400_000),
        ]
        programme = projects[0].name if projects else "日常公用经费"
        return tuple(
            Purchase(
                kind,
                programme,
                item,
                thing,
                rng.choice(["集中采购", "分散采购"]),
                money(rng, most // 3, most),
            )
            for kind, item, thing, most in lines
            if not self.shape.zeros and rng.random() < 0.6
        )

    def _assets(self) -> dict[str, int]:
        data = family(self.region, self.stage).data
        none = dict.fromkeys((data["all_vehicles"], *data["equipment"]), 0)
        if self.shape.zeros:
            return none
        some = {k: n for k in _words()["cars"] if (n := self.lasting.randint(0, 6))}
        return none | {data["all_vehicles"]: sum(some.values())} | some

    def _notes(self, units: tuple[Unit, ...]) -> dict[str, str]:
        words = _words()
        duties = [
            f"{k}、{text}" for k, text in enumerate([*self.trade["duties"], "完成上级交办的其他任务。"], 1)
        ]
        reasons = {key: self.carrying_out.choice(words["reason"]) for key in words["reasons"]}
        return {"duties": "\n".join(duties), **reasons}


def _bought(parts: dict[str, Decimal]) -> dict[str, Decimal]:
    return {**parts, "procurement": sum(parts.values(), ZERO), "purchased_services": ZERO}


def names_known(figures: Figures) -> bool:
    """All codes of the body have names (a guard for the generator's own data)."""
    codes = Codes(figures.year)
    return all(codes.name(c) for e in figures.entries for c in (e.function, e.economic) if c)
