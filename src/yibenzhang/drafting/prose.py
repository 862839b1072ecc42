"""The sentences: templates (standards/drafts/*.j2) in which every number, share, rate and direction is computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.families import Family
from yibenzhang.drafting.figures import Figures, Project
from yibenzhang.drafting.goals import total_score
from yibenzhang.drafting.lookup import CENT, Lookup, wan
from yibenzhang.drafting.tables import level, numeral, who
from yibenzhang.drafting.tally import Tally
from yibenzhang.standards import HERE, StandardsError

ZERO = Decimal(0)
MISSING = "（待填）"
"""Stands where a text is missing, in drafts that are checked but never written."""
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Ask:
    """A text that only a person can give: its key in the notes, and what is asked."""

    key: str
    question: str


@dataclass(frozen=True, slots=True)
class Line:
    """A classification or project as the templates see it."""

    code: str
    name: str
    path: str
    money: str
    share: str
    value: Decimal
    key: str
    goal: str = ""


def shown(value: Decimal) -> str:
    """万元 as printed in sentences."""
    return f"{value:,.2f}万元"


def rate(part: Decimal, whole: Decimal) -> str:
    """part as a percentage of whole, without its sign."""
    return f"{(HUNDRED * abs(part) / abs(whole)).quantize(CENT, ROUND_HALF_UP)}"


@dataclass
class Writer:
    """What the templates can say of one body's figures. Missing texts are gathered in ``asks``."""

    figures: Figures
    family: Family
    lookup: Lookup
    codes: Codes
    tally: Tally
    asks: list[Ask] = field(default_factory=list)

    # ---- numbers ---------------------------------------------------------------------------

    def m(self, name: str) -> str:
        return shown(self.lookup.wan(name))

    def wan(self, name: str) -> Decimal:
        return self.lookup.wan(name)

    def nonzero(self, name: str) -> bool:
        return bool(self.lookup.wan(name))

    def known(self, name: str) -> bool:
        """Last year's figure is known."""
        return self.before(name) is not None

    def before(self, key: str) -> Decimal | None:
        found = self.figures.last.get(key)
        return None if found is None else wan(found)

    def share(self, part: str, whole: str) -> str:
        of = self.lookup.wan(whole)
        return rate(self.lookup.wan(part), of) if of else ""

    def _change(self, now: Decimal, last: Decimal | None) -> str:
        """增加, 减少 or 持平 by the figures; 上年为 0 and the first year in words of their own."""
        accounts = self.family.stage == "accounts"
        year = f"{self.figures.year - 1}年度" if accounts else "上年"
        if last is None:
            return f"{year}没有单独编报" if self.figures.last else f"为首次编报，{year}无可比数"
        if now == last:
            return f"与{year}持平"
        if last < 0 or now < 0:
            return f"{year if last < 0 else '本年'}为负数，不计算增减幅度"
        way, grown = ("增加", "增长") if now > last else ("减少", "下降")
        change = f"比{year}{way}{shown(abs(now - last))}"
        if last > 0:
            return f"{change}，{grown}{rate(now - last, last)}%"
        return f"{year}{'决算数' if accounts else '预算数'}为{shown(last)}，{change}"

    def versus(self, name: str) -> str:
        """How a figure moved against the year before."""
        return self._change(self.lookup.wan(name), self.before(name))

    def moved(self, line: Line) -> str:
        return self._change(line.value, self.before(line.key))

    def planned(self, name: str) -> Decimal | None:
        found = self.figures.planned.get(name)
        return None if found is None else wan(found)

    def completed(self, now: Decimal, key: str, asked: str, actual: str = "支出决算") -> str:
        """年初预算、决算、完成率 and which is larger, with the reason where they differ."""
        plan = self.planned(key)
        if plan is None:
            return f"{actual}为{shown(now)}"
        out = f"年初预算为{shown(plan)}，{actual}为{shown(now)}"
        if plan > 0 and now >= 0:
            out += f"，完成年初预算的{rate(now, plan)}%"
        if plan == now:
            return out + "。决算数与预算数持平"
        word = "大于" if now > plan else "小于"
        return (
            out
            + f"。决算数{word}预算数的主要原因：{self.because('against.' + key, f'{asked}决算数{word}年初预算数')}"
        )

    def budgeted(self, name: str) -> str:
        return self.completed(self.lookup.wan(name), name, self.lookup.title(name))

    def budgeted_line(self, line: Line) -> str:
        return self.completed(line.value, line.key, line.path or line.name)

    # ---- texts -----------------------------------------------------------------------------

    def note(self, key: str, question: str = "") -> str:
        """A text of the notes, the nearest that is given (``against`` for all of ``against.…``); else it is asked for."""
        parts = re.split(r"(?=[.:])", key)
        for n in range(len(parts), 0, -1):
            if text := self.figures.notes.get("".join(parts[:n]), "").strip():
                return text
        self.asks.append(Ask(key, question or _QUESTIONS.get(key, key)))
        return MISSING

    def because(self, key: str, what: str) -> str:
        return self.note(key, f"{what}，主要原因是什么？").rstrip("。；;.")

    def reason(self, name: str) -> str:
        """The reason of a change; none is needed where nothing moved."""
        now, last = self.lookup.wan(name), self.before(name)
        if last is None or now == last:
            return ""
        way = "增加" if now > last else "减少"
        what = f"{self.lookup.title(name)}比上年{way}{shown(abs(now - last))}"
        return f"{way}的主要原因是{self.because('reason.' + name, what)}。"

    def optional(self, key: str) -> str:
        return self.figures.notes.get(key, "").strip()

    # ---- lists -----------------------------------------------------------------------------

    def parts(self, names: Sequence[str], always: Iterable[str] = (), of: str = "", joint: str = "，") -> str:
        """The named figures that are not zero, each with its amount and, where asked, its share."""
        out = []
        for name in names:
            value = self.lookup.wan(name)
            if not value and name not in always:
                continue
            if value < 0 and self.lookup.value(name) is None:
                continue
            whole = self.lookup.wan(of) if of else ZERO
            share = f"，占{rate(value, whole)}%" if whole > 0 and value >= 0 else ""
            out.append(f"{self.lookup.title(name)}{shown(value)}{share}")
        return ("；" if of else joint).join(out)

    def _lines(self, table: str, depth: int) -> list[Line]:
        standard = f"{self.family.stage}.{table}"
        rows = [p for p in self.lookup.tables.rows.get(standard, ()) if p.measure == "total" and p.code]
        factor = self.lookup.tables.factor.get(standard, Decimal(1))
        by_code = {p.code: wan(p.value * factor) for p in rows}
        whole = sum((v for c, v in by_code.items() if len(c) == 3), ZERO)
        out = []
        for code, value in by_code.items():
            if len(code) != depth:
                continue
            names = [self.codes.name(code[:n]) for n in (3, 5, 7) if n <= len(code)]
            path = "".join(f"{n}（{k}）" for n, k in zip(names, "类款项", strict=False))
            share = rate(value, whole) if whole else ""
            out.append(Line(code, names[-1], path, shown(value), share, value, f"{table}:{code}"))
        return out

    def classes(self, table: str) -> list[Line]:
        return [line for line in self._lines(table, 3) if line.value]

    def all_classes(self) -> list[Line]:
        """The classes of the whole expenditure, from the table of both sides."""
        rows = self.lookup.tables.rows.get(f"{self.family.stage}.balance", ())
        factor = self.lookup.tables.factor.get(f"{self.family.stage}.balance", Decimal(1))
        out = []
        for p in rows:
            if p.token.startswith("class:") and p.value:
                code, value = p.token.removeprefix("class:"), wan(p.value * factor)
                out.append(Line(code, self.codes.name(code), "", shown(value), "", value, f"balance:{code}"))
        return out

    def people(self) -> str:
        """人员经费 and 公用经费 by economic code, for tables without columns of their own for them."""
        amounts, listed = [], []
        rows = self.lookup.tables.rows.get(f"{self.family.stage}.general_basic", ())
        factor = self.lookup.tables.factor.get(f"{self.family.stage}.general_basic", Decimal(1))
        for name, classes in (
            ("人员经费", ("301", "303")),
            ("公用经费", ("302", "307", "309", "310", "399")),
        ):
            value = sum((p.value * factor for p in rows if p.code in classes), ZERO)
            amounts.append(f"{name}{shown(wan(value))}")
            if items := self.economics(*classes):
                listed.append(f"{name}主要包括：{items}。")
        return "，".join(amounts) + "。" + "".join(listed)

    def cn(self, n: int) -> str:
        return numeral(n)

    def described(self, code: str) -> str:
        """What the project table says of a project besides its goal."""
        text = self.project(code).description.strip()
        return text.rstrip("。") + "。" if text else ""

    def items(self, table: str) -> list[Line]:
        return [line for line in self._lines(table, 7) if line.value]

    def economics(self, *classes: str) -> str:
        """The economic items with an amount, by name, as sentences list them."""
        standard = f"{self.family.stage}.general_basic"
        rows = self.lookup.tables.rows.get(standard, ())
        codes = {
            p.code: p for p in rows if len(p.code) == 5 and p.code.startswith(classes) and p.value
        }  # fmt: skip
        return "、".join(self.codes.name(c) for c in sorted(codes))

    def projects(self) -> list[Line]:
        """The projects with an amount, in the order of the project table."""
        spent = self.tally.by(lambda e: (e.project,), {"flow": "out", "kind": "project"})
        out = []
        for p in self.figures.projects:
            amount = wan(spent[p.code][0]) if p.code in spent else ZERO
            if amount:
                goal = p.goal.strip().rstrip("。；;")
                out.append(Line(p.code, p.name, "", shown(amount), "", amount, f"project:{p.code}", goal))
        return out

    def executed(self, code: str) -> str:
        """Budget, execution and score of a project."""
        project = self.project(code)
        spent = self.tally.sum({"flow": "out", "kind": "project", "project": code})[0]
        out = f"执行数为{shown(wan(spent))}"
        if project.budget is not None:
            out = f"全年预算数为{shown(wan(project.budget))}，{out}"
            if wan(project.budget) > 0:
                out += f"，执行率为{rate(wan(spent), wan(project.budget))}%"
        if project.indicators:
            out += f"，自评得分{total_score(project, spent)}分"
        goal = project.goal.strip().rstrip("。；;")
        return out + (f"。主要产出和效益：{goal}。" if goal else "。")

    def project(self, code: str) -> Project:
        return next(p for p in self.figures.projects if p.code == code)

    def institutions(self) -> str:
        """Which units the document covers, and how they are set up."""
        units = self.figures.units
        word = "决算" if self.family.stage == "accounts" else "预算"
        names = "、".join(u.name for u in units)
        text = self.optional("institutions")
        if not units:
            return text or self.note("institutions")
        scope = f"纳入{who(self.figures)}{self.figures.year}年{level(self.figures)}{word}编制范围的单位共{len(units)}个：{names}。"
        return f"{text}\n{scope}" if text else scope

    def count(self, name: str) -> int:
        return self.figures.counts.get(name, 0)

    def vehicles(self, year: int) -> str:
        """Cars by kind, and costly equipment, at the end of a year."""
        kinds = [(n, self.count(n)) for n in self.family.data["vehicles"] if self.count(n)]
        out = f"截至{year}年12月31日，{who(self.figures)}共有车辆{sum(n for _, n in kinds)}辆"
        if kinds:
            out += "，其中：" + "、".join(f"{name}{n}辆" for name, n in kinds)
        for name in self.family.data["equipment"]:
            out += f"；{name}{self.count(name)}台（套）"
        return out + "。"

    # ---- the template ----------------------------------------------------------------------

    def write(self, extra: str = "") -> str:
        """The filled template of the family and year.

        Raises StandardsError where the template cannot be used.
        """
        path = template_of(self.family.data.get("template", self.family.name), self.figures.year, extra)
        names = [
            n for n in dir(self) if not n.startswith("_") and callable(getattr(self, n)) and n != "write"
        ]
        words: dict[str, Any] = {n: getattr(self, n) for n in names}
        words |= {"year": self.figures.year, "body": self.figures.body, "level": level(self.figures)}
        words |= {"who": who(self.figures), "figures": self.figures}
        try:
            return _compiled(path, path.stat().st_mtime_ns).render(words)
        except TemplateError as error:
            raise StandardsError(f"{path.name}: 模板有误：{error}") from error


@lru_cache(maxsize=16)
def _compiled(path: Path, stamp: int) -> Template:
    """``stamp`` tells one state of the file from another, so that an edit is seen at once."""
    environment = SandboxedEnvironment(lstrip_blocks=True, autoescape=False)
    environment.filters["prepend"] = lambda text, before: before + text if text else ""
    return environment.from_string(path.read_text(encoding="utf-8"))


def template_of(name: str, year: int, extra: str = "") -> Path:
    """The template for a year: the newest ``name@year`` not after it, else ``name``; one's own folder first."""
    for folder in ([Path(extra)] if extra else []) + [HERE / "drafts"]:
        dated = [p for p in folder.glob(f"{name}@*.j2") if int(p.stem.rpartition("@")[2]) <= year]
        if dated:
            return max(dated)
        if (folder / f"{name}.j2").exists():
            return folder / f"{name}.j2"
    raise StandardsError(f"没有 {name} 的正文模板（{name}.j2）。")


_QUESTIONS = {
    "duties": "主要职能（一行一条）",
    "institutions": "机构设置情况",
}
