"""The sentences: templates (standards/drafts/*.j2) in which every number, share, rate and direction is computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yibenzhang.drafting.asking import MISSING, Ask, question
from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.families import Family
from yibenzhang.drafting.figures import Figures, Project
from yibenzhang.drafting.filling import filled, template_of
from yibenzhang.drafting.goals import total_score
from yibenzhang.drafting.leaving_out import LEFT_OUT, without_left_out
from yibenzhang.drafting.lines import ZERO, Line, rate, shown
from yibenzhang.drafting.lookup import WAN, Lookup, wan
from yibenzhang.drafting.tables import level, numeral, who
from yibenzhang.drafting.tally import Tally

_ROUNDED = Decimal("0.01")
"""Ten thousand yuan: what a printed amount may be off."""


def _is(reason: str) -> str:
    """What stands between 原因 and a reason: reasons that are counted, or begin with 因, follow a colon."""
    return "：" if reason.startswith(("一是", "因", "是", "1", "（")) else "是"


@dataclass
class Writer:
    """What the templates can say of one body's figures. What is missing, texts and numbers, is gathered in ``asks``."""

    figures: Figures
    family: Family
    lookup: Lookup
    codes: Codes
    tally: Tally
    asks: list[Ask] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    """Lines of which no change is told, because last year's amount is not known."""

    # ---- numbers ---------------------------------------------------------------------------

    def m(self, name: str) -> str:
        if name in self.figures.left_out:
            return LEFT_OUT
        value = self.lookup.value(name)
        return self._asked(f"extra.{name}", name) if value is None else shown(wan(value))

    def _asked(self, key: str, name: str) -> str:
        self.asks.append(Ask(key, question(key.partition(".")[0]).format(name=self.lookup.title(name))))
        return MISSING

    def wan(self, name: str) -> Decimal:
        return self.lookup.wan(name)

    def nonzero(self, name: str) -> bool:
        """There is some of it. Where that is not known it is asked for, and nothing is denied."""
        if name in self.figures.left_out:
            return True
        value = self.lookup.value(name)
        if value is None:
            self._asked(f"extra.{name}", name)
        return value is None or bool(wan(value))

    def zero(self, name: str) -> bool:
        """It is known that there is none."""
        value = self.lookup.value(name)
        return value is not None and not wan(value)

    def given(self, name: str) -> bool:
        """It is known that there is some."""
        return bool(self.lookup.wan(name))

    def known(self, name: str) -> bool:
        """Last year's figure is known."""
        return self.before(name) is not None

    def before(self, key: str, now: Decimal | None = None) -> Decimal | None:
        found = self.lookup.last(key, self.lookup.value(key) if now is None else now)
        return None if found is None else wan(found)

    def share(self, part: str, whole: str) -> str:
        here, of = self.lookup.value(part), self.lookup.value(whole)
        if here is None or of is None:
            return MISSING
        return rate(wan(here), wan(of)) if wan(of) else ""

    @property
    def _before(self) -> str:
        return f"{self.figures.year - 1}年度" if self.family.stage == "accounts" else "上年"

    def _change(self, now: Decimal, last: Decimal | None) -> str:
        """增加, 减少 or 持平 by the figures; 上年为 0 and the first year in words of their own."""
        accounts = self.family.stage == "accounts"
        year = self._before
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
        """How a figure moved against the year before; what that was is asked for where nobody said it."""
        now, last = self.lookup.value(name), self.before(name)
        if now is None:
            return MISSING
        if last is None and self.lookup.steady(name, now):
            return f"与{self._before}基本持平"
        if last is None and not self.figures.complete:
            if not self.figures.last and not self.figures.moves:
                self.asks.append(Ask("first_year", question("first_year")))
            return self._asked(f"last.{name}", name)
        return self._change(wan(now), last)

    def changed(self, name: str) -> str:
        """The same after a comma; nothing where a person wants nothing said, or where the figure itself is missing."""
        if name in self.figures.unsaid | self.figures.left_out:
            return ""
        if self.lookup.value(name) is None:
            if self.figures.last.get(name) is None and not self.figures.complete:
                self._asked(f"last.{name}", name)
            return ""
        return f"，{self.versus(name)}"

    def changed_line(self, line: Line) -> str:
        """How a line moved; nothing where last year's amount of it is not known."""
        last = self.before(line.key, line.value * WAN)
        if last is None and self.lookup.steady(line.key, line.value * WAN):
            return f"，与{self._before}基本持平"
        if last is None and not self.figures.complete and not self.lookup.whole_table(line.key):
            self.silent.append(line.path or line.name)
            return ""
        return f"，{self._change(line.value, last)}{self._why(f'function:{line.code}', line.value, last)}"

    def planned(self, name: str) -> Decimal | None:
        found = self.figures.planned.get(name)
        return None if found is None else wan(found)

    def completed(self, now: Decimal, key: str, asked: str, actual: str = "支出决算") -> str:
        """The budget, the execution, its rate and which is larger, with the reason where they differ."""
        plan = self.planned(key)
        if plan is None:
            return f"{actual}为{shown(now)}"
        budget = self.figures.called.get(key, "年初预算")
        out = f"{budget}为{shown(plan)}，{actual}为{shown(now)}"
        if plan > 0 and now >= 0:
            out += f"，完成{budget}的{rate(now, plan)}%"
        if plan == now:
            return out + "。决算数与预算数持平"
        word = "大于" if now > plan else "小于"
        reason = self.because("against." + key, f"{asked}决算数{word}{budget.removesuffix('数')}数")
        return out + f"。决算数{word}预算数的主要原因：{reason}"

    def budgeted(self, name: str) -> str:
        if self.lookup.value(name) is None:
            return f"的决算为{self.m(name)}"
        return self.completed(self.lookup.wan(name), name, self.lookup.title(name))

    def budgeted_line(self, line: Line) -> str:
        return self.completed(line.value, line.key, line.path or line.name)

    # ---- texts -----------------------------------------------------------------------------

    def note(self, key: str, asked: str = "") -> str:
        """A text of the notes, the nearest that is given (``against`` for all of ``against.…``); else it is asked
        for."""
        parts = re.split(r"(?=[.:])", key)
        for n in range(len(parts), 0, -1):
            if text := self.figures.notes.get("".join(parts[:n]), "").strip():
                return text
        self.asks.append(Ask(key, asked or question(key)))
        return MISSING

    def because(self, key: str, what: str) -> str:
        return self.note(key, f"{what}，主要原因是什么？").rstrip("。；;.")

    def reason(self, name: str) -> str:
        """The reason of a change; none is needed where nothing moved."""
        now, last = self.lookup.wan(name), self.before(name)
        left = self.figures.unsaid | self.figures.left_out
        if last is None or now == last or name in left or self.lookup.value(name) is None:
            return ""
        way = "增加" if now > last else "减少"
        what = f"{self.lookup.title(name)}比上年{way}{shown(abs(now - last))}"
        why = self.because("reason." + name, what)
        return f"{way}的主要原因{_is(why)}{why}。"

    def why(self, name: str) -> str:
        """The reason of a change after a comma, where somebody gave it; it is not asked for."""
        if name in self.figures.unsaid | self.figures.left_out:
            return ""
        return self._why(name, self.lookup.wan(name), self.before(name))

    def _why(self, name: str, now: Decimal, last: Decimal | None) -> str:
        text = self.optional(f"reason.{name}").rstrip("。；;.")
        if not text or last is None or now == last:
            return ""
        return f"，{'增加' if now > last else '减少'}的主要原因{_is(text)}{text}"

    def optional(self, key: str) -> str:
        return self.figures.notes.get(key, "").strip()

    # ---- lists -----------------------------------------------------------------------------

    def parts(
        self,
        names: Sequence[str],
        always: Iterable[str] = (),
        of: str = "",
        joint: str = "，",
        whole: str = "",
    ) -> str:
        """The named figures that are not zero, each with its amount and, where asked, its share. Where those that are
        known do not make up the whole (``whole``, else ``of``), those that are not known are asked for."""
        out, lacking = [], self._lacking(names, whole or of)
        for name in names:
            value = self.lookup.wan(name)
            if not value and name not in always and name not in lacking:
                continue
            if self.lookup.value(name) is None:
                out.append(f"{self.lookup.title(name)}{self.m(name)}")
                continue
            total = self.lookup.wan(of) if of else ZERO
            share = f"，占{rate(value, total)}%" if total > 0 and value >= 0 else ""
            out.append(f"{self.lookup.title(name)}{shown(value)}{share}")
        return ("；" if of else joint).join(out)

    def _lacking(self, names: Sequence[str], whole: str) -> frozenset[str]:
        """Figures that nobody gave, where what was given is less than their whole."""
        if not whole or self.lookup.value(whole) is None:
            return frozenset()
        rest = self.lookup.wan(whole) - sum((self.lookup.wan(n) for n in names), ZERO)
        if abs(rest) <= _ROUNDED * len(names):
            return frozenset()
        return frozenset(n for n in names if self.lookup.value(n) is None)

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
        """人员经费 and 公用经费: as the tables tell them, else by economic code."""
        amounts, listed = [], []
        rows = self.lookup.tables.rows.get(f"{self.family.stage}.general_basic", ())
        factor = self.lookup.tables.factor.get(f"{self.family.stage}.general_basic", Decimal(1))
        for name, classes in self.family.data["economic_classes"].items():
            coded = [p.value * factor for p in rows if p.code in classes and p.measure == "total"]
            title = self.lookup.title(name)
            if self.lookup.complete or (coded and self.lookup.value(name) is None):
                amounts.append(f"{title}{shown(wan(sum(coded, ZERO)))}")
            else:
                amounts.append(f"{title}{self.m(name)}")
            if items := self.economics(*classes):
                listed.append(f"{title}主要包括：{items}。")
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
        codes = {p.code: p for p in rows if len(p.code) == 5 and p.code.startswith(classes) and p.value}
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
        scope = (
            f"纳入{who(self.figures)}{self.figures.year}年{level(self.figures)}{word}编制范围的单位共"
            f"{len(units)}个：{names}。"
        )
        return f"{text}\n{scope}" if text else scope

    def count(self, name: str) -> int | None:
        return self.figures.counts.get(name)

    def vehicles(self, year: int) -> str:
        """Cars by kind, and costly equipment, at the end of a year; in the words of a document where it has them."""
        if text := self.optional("assets"):
            return text
        cars = self.family.data["all_vehicles"]
        kinds = [(n, c) for n in self.family.data["vehicles"] if (c := self.count(n)) is not None]
        total = self.count(cars) if self.count(cars) is not None or not kinds else sum(c for _, c in kinds)
        out = f"截至{year}年12月31日，{who(self.figures)}共有车辆{self._counted(cars, total)}辆"
        if some := [(n, c) for n, c in kinds if c]:
            out += "，其中：" + "、".join(f"{name}{n}辆" for name, n in some)
        for name in self.family.data["equipment"]:
            out += f"；{name}{self._counted(name, self.count(name))}台（套）"
        return out + "。"

    def _counted(self, name: str, count: int | None) -> str:
        return self._asked(f"counts.{name}", name) if count is None else str(count)

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
        return without_left_out(filled(path, words))
