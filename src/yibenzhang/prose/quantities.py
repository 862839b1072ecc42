"""Numbers in running text: each with the words before it and what those words make of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from yibenzhang.model.amounts import Amount, CellState, Unit, unit_named
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.patterns import late
from yibenzhang.prose.passages import Passage
from yibenzhang.standards.lexicon.directions import fall, moves, rise, undecided

_NUMBER = late(
    r"(?:(?<=为)|(?<=数))(?P<nil>零)(?:万?元)?(?=[,。;])|(?<=[预决]算为|算数为)(?P<none>0)(?=[,。;)])|(?<![\d.])(?:(?<!-)|(?<=--))(?<!\d,)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d.,]*\d)(?P<unit>万亿元|亿元|万元|千元|元|%|辆|台|套|个)?"
)
_BROKEN = late(
    r"(?<![\d.,])\d{1,3}(?:,\d{3})*,(?:\d{1,2}|\d{4,})(?:\.\d+)?(?:亿元|万元|元)|(?:[XＸ×]{2,}|(?<=[一-鿿)”])(?<!\d万))(?:亿元|万元)(?=[,;。、])|"
    r"(?<![\d.,])\d[\d,]*\.\d\d(?=[,;。、)])"
)
"""Where an amount ought to stand: separators gone wrong, nothing or a placeholder before the unit, no unit."""
_SHARE = late(r"占(?P<base>[^,;。:占]*?)(?:的)?(?:比重|比例|比)?(?:为|约)?$")
_LEAST_QUOTED = 16
"""So many characters before a number are told with it, and what their clause begins with."""
_WEIGHT = late(r"[,、(]?(?:所占)?(?:比重|占比)(?:为|是)?")
"""A share without 占: "1,955.93 万元，比重 64.79%"."""
_DONE = late(
    r"(?:完成|占|,为|相当于)(?P<base>[^,;。:]*?预算(?:数|安排)?)的?$|(?:预算完成率|预算执行率|执行率)(?:为|约)?$"
)
_BUDGET = late(r"(?:(?:年初预算|全年预算|调整预算|预算)(?:数)?(?:安排)?|年初安排)(?:为|是|:|\()?$")
_MOVED = late(r"(?P<way>增加|减少|压减|核减|调增|调减|追加)(?:了|安排)?[^,;。:、()比较与的]{0,20}$")
"""A change whose item stands between its direction and its amount: "基本支出增加人员经费 1,408 万元"."""
_BASE = late(r"[比较与](?:于)?(?:20\d\d年|上年|去年|上一?年度)[^,;。:比较与]*$")
BASE_BUDGET = late(r"[比较与](?:于)?(?:年初|全年|调整)?预算(?:数)?(?:安排)?(?:的)?$")
_BASE_NAMED = late(
    r"[比较与和同](?:于)?(?P<year>20\d\d年|上年|去年|上一?年度)(?:度)?(?:年初)?(?:预算|决算|执行|实际)?(?:支出|收入)?数?\(?$"
)
"""A number right behind the words that name it as a base: "较 2023 年决算 51.93 万元多支"."""
_AFTER_BASE = late(rf"相比|对比|\)?[,，]?(?:总共|共|净|各)?(?:{moves()}|持平|相同|一致)")
"""A number that a comparison names as its base: "比 2025 年年初预算数 300 万元增加 15 万元"."""
_ITS_RATE = late(r"\(\+?|[,、(](?:变动|变化|增减)?(?:幅度|幅|率)(?:为|约|达)?\+?")
_SHORT = late(r"[,、(](?:即|同比)?([增升减降])(?:幅|长)?")
_SHORT_UP = "增升"
_CHOSEN = late(r"\(((?:增|减)[加少长]?|下降)\)$")
"""A direction that a template had in brackets."""
_OF_AMOUNT = late(r"\)?的(?:比例|比重)?(?:为)?")
_COMPLETED = late(r"(?:完成|[,，]为|相当于)(?:年初|全年|调整后?)?预算(?:数)?(?:安排)?\(?$")
_TAKEN_OF = late(r"占[^,。;:占]*$")
_REACHED = late(rf"{moves()}了?[到至]约?$")
"""What something moved to is a level: "由 98.36 万元压减到"."""
_APART_BY = {"多": 1, "增": 1, "少": -1, "减": -1}
"""Right behind the amount compared with: "比年初预算 41.25 万元少"."""
_MOVED_SINCE = late(r"[,;、](?:净|共|实际)?([增多升减少降])[一-鿿]{0,2}")
"""Behind last year's amount and this year's: "2025 年 486 万元、2026 年 540 万元，增收"."""
_DIFFERENCE = late(r"(?:相差|差额|差距|之差)(?:为|达|了|:)?$")
"""How far two amounts told before it lie apart, whichever is greater."""
_NO_BASE = late(r"其中?|总额|[一二三四五六七八九十]成[一二三四五六七八九]?\(?")
"""Words between 占 and a share that name no whole."""
_ACTUAL = late(r"决算(?:支出|收入|列支)?(?:数|额)?(?:为|是|:)?$")


_APART = late(r"(?:(?P<more>高于|超出|超过|大于|多于|超)|低于|少于|小于|节约)(?:年初|全年|调整)?预算(?:数)?$")
"""How far the actual amount lies from its budget."""
_FROM_BUDGET = late(r"[比较](?:于)?(?:年初|全年|调整)?预算(?:数)?(?:相比)?,?[^,。;\d年]{0,4}$")
BUDGET = "budget"
"""The base of such a difference."""
COMPARES = late(r"比|较|与|对比|相比|相较|[同和](?=比|上年|去年|20\d\d)")
"""How a sentence begins that speaks of the amount of the one before it."""
_LEVEL = late(r"(?:至|到|后|为|共|合计|总额|总计|预算数?|决算数?)$")
"""Words before an amount that make it a level, whatever moved before them ("增加后为")."""
_UPWARD = ("增加", "调增", "追加")


_SAID_LAST = late(
    r"(?:^|(?<=[费出入款]))(?:上年|去年)(?:度)?(?:(?!20\d\d)[^比较])*(?:为|是|数|预算|决算|安排)$|"
    r"(?:由|从)(?:上一?年|去年)度?的?(?:预算|决算)?数?的?$|^(?:上一?年|去年)(?:度|同期)?[列编]?$|(?<=[费出入款])(?:上一?年|去年)度?$"
)
"""Last year's amount, without its year."""


class Kind(StrEnum):
    """What the words before a number make of it."""

    VALUE = "value"
    BUDGETED = "budgeted"
    ACTUAL = "actual"
    LAST = "last"
    DELTA = "delta"
    RATE = "rate"
    SHARE = "share"
    COMPLETION = "completion"
    COUNT = "count"
    PLACEHOLDER = "placeholder"
    NO_CLAIM = "no_claim"
    """A threshold, a tariff, a target, a policy rate: nothing is said of income or spending."""
    BROKEN = "broken"
    """An amount that cannot be read: what is said of it is void, and of no other amount."""


@dataclass(frozen=True)
class Quantity:
    """A number of a passage from ``start`` to ``end``; ``lead`` are the words between it and the one before.

    ``sign`` is the direction of a change (1, -1, 0 unknown); ``base`` the words naming what a share or a
    completion rate is taken of.
    """

    passage: Passage
    start: int
    end: int
    lead: str
    amount: Amount
    kind: Kind
    sign: int = 0
    base: str = ""
    decimals: int | None = None
    """Decimals it is meant to have, where its text leaves zeros at the end out; None: as printed."""

    @property
    def money(self) -> bool:
        return self.amount.unit is not None and self.amount.unit.dimension == "money"

    @property
    def percent(self) -> bool:
        return self.amount.unit is not None and self.amount.unit.dimension == "percent"

    @cached_property
    def fact(self) -> Fact:
        """The number as a fact, so that sums, diagnosis and coverage treat text and tables alike."""
        place = self.passage.place(self.start)
        identity = hashlib.sha256(f"prose|{place.key}|{self.start}".encode()).hexdigest()[:16]
        words = self.passage.verbatim(
            self.passage.clause_begin(self.start - _LEAST_QUOTED, self.start), self.end
        )
        state = CellState.ZERO if self.amount.value == 0 else CellState.PRINTED
        return Fact(
            identity, "prose", "prose", "", Row(0, "", words), self.kind.value, "正文", state, self.amount,
            self.amount.unit, self.decimals or self.amount.decimals, self.amount.text, place, (-1, self.start),
        )  # fmt: skip


def quantities_of(passage: Passage, fiscal_year: int | None, stage: str = "") -> list[Quantity]:
    """The money amounts, percentages and counts of a passage, in order.

    In a budget "…预算 5 万元" is the amount itself; only accounts set budget and actual side by side.
    """
    out: list[Quantity] = []
    previous = 0
    broken = [(m.start(), m.end()) for m in _BROKEN.finditer(passage.text)]
    for match in _NUMBER.finditer(passage.text):
        if any(a <= match.start() < b for a, b in broken):
            continue
        if (read := _amount_of(match)) is None:
            continue
        amount, unit = read
        start = match.start()
        sentence = max(previous, passage.text.rfind("。", 0, start) + 1)
        lead = passage.text[sentence:start]
        kind, sign, base = _kind(lead, unit, fiscal_year)
        if kind == Kind.VALUE and out and unit.dimension == "money":
            kind, sign, base = _beside(lead, out, base)
        level = kind in (Kind.VALUE, Kind.BUDGETED, Kind.ACTUAL) and unit.dimension == "money"
        if level and (_named_base(lead, fiscal_year) or _base_of_change(lead, passage.text, match.end())):
            kind = Kind.LAST
        kind = _in_budget(kind, lead) if stage == "budget" else _executed(kind, lead)
        if kind == Kind.VALUE and out and unit.dimension == "percent":
            kind, sign = _rate_of(lead, out[-1])
        out.append(Quantity(passage, start, match.end(), lead, amount, kind, sign, base))
        previous = match.end()
    out = _with_shares(passage, out)
    nothing = Amount(Decimal(0), 0, unit_named("万元"), "")
    out += [Quantity(passage, a, b, "", nothing, Kind.BROKEN) for a, b in broken]
    return sorted(out, key=lambda q: q.start)


def _with_shares(passage: Passage, found: list[Quantity]) -> list[Quantity]:
    """Percentages in brackets behind amounts, of which several stand in one sentence, are shares: "服务 53 万元（51%）、货物
    50 万元（49%）"."""
    bare = [
        k
        for k, q in enumerate(found)
        if k and q.percent and q.kind == Kind.VALUE and q.lead == "("
        and found[k - 1].money and found[k - 1].kind == Kind.VALUE
    ]  # fmt: skip
    for one, two in pairwise(bare):
        if "。" not in passage.text[found[one].end : found[two].start]:
            found = [replace(q, kind=Kind.SHARE) if k in (one, two) else q for k, q in enumerate(found)]
    return found


def _named_base(lead: str, fiscal_year: int | None) -> bool:
    """The words right before the number say that it is last year's and compared with."""
    found = _BASE_NAMED.search(lead)
    year = found.group("year") if found else ""
    return bool(found) and (not year.startswith("20") or (fiscal_year or 0) - 1 == int(year[:4]))


def _base_of_change(lead: str, text: str, end: int) -> bool:
    """A comparison named the number, and what follows says how far from it."""
    return bool(_BASE.search(lead)) and _AFTER_BASE.match(text, end) is not None


def _amount_of(match: re.Match[str]) -> tuple[Amount, Unit] | None:
    """The amount that a match of a number prints, with its unit; None where it has no unit or too many digits."""
    if match.group("nil") or match.group("none"):
        text, number = "万元", "0.00"  # "上年为零"
    else:
        text, number = match.group("unit"), match.group("number")
    if not text or len(number.replace(",", "")) > _MOST_DIGITS:
        return None
    unit = unit_named(text) or Unit(text, "count")
    return Amount(Decimal(number.replace(",", "")), len(number.partition(".")[2]), unit, number), unit


_MOST_DIGITS = 15


def _rate_of(lead: str, last: Quantity) -> tuple[Kind, int]:
    """What a percentage right behind an amount is of it."""
    if last.kind == Kind.DELTA and _ITS_RATE.fullmatch(lead):
        return Kind.RATE, last.sign  # "增加 5.44 万元（36.78%）"
    if last.kind == Kind.DELTA and (short := _SHORT.fullmatch(lead)):
        return Kind.RATE, 1 if short.group(1) in _SHORT_UP else -1  # "较上年增 3 万元，增 5%"
    if last.money and _OF_AMOUNT.fullmatch(lead):
        if _COMPLETED.search(last.lead):
            return Kind.COMPLETION, 0  # "完成预算 6.50 万元的 81.2%"
        if _TAKEN_OF.search(last.lead):
            return Kind.SHARE, 0  # "占政府采购预算总额 300 万元的 80%"
    return Kind.VALUE, 0


def _beside(lead: str, out: list[Quantity], base: str) -> tuple[Kind, int, str]:
    """An amount by the one right before it: how far it lies from that, or what that moved to."""
    last = out[-1]
    if lead in _APART_BY and last.kind in (Kind.BUDGETED, Kind.LAST) and COMPARES.search(last.lead):
        return Kind.DELTA, _APART_BY[lead], BUDGET if last.kind == Kind.BUDGETED else ""
    rise = _rise_of([q for q in out if q.money][-2:])
    if rise and _DIFFERENCE.search(lead):
        return Kind.DELTA, rise, ""
    if rise and (now := _MOVED_SINCE.fullmatch(lead)):
        return Kind.DELTA, (1 if now.group(1) in "增多升" else -1), ""
    if _REACHED.search(lead) and last.kind == Kind.VALUE and last.lead.endswith(("由", "从")):
        out[-1] = replace(last, kind=Kind.LAST)
    return Kind.VALUE, 0, base


def _rise_of(two: list[Quantity]) -> int:
    """Which way this year's amount lies from last year's, told in either order; 0 where the two are no such."""
    now = [q for q in two if q.kind in (Kind.VALUE, Kind.ACTUAL)]
    last = [q for q in two if q.kind == Kind.LAST]
    if len(now) != 1 or len(last) != 1:
        return 0
    return 1 if now[0].amount.base > last[0].amount.base else -1


_EXECUTED = late(r"(?:执行数?|实际(?:只|仅|共|总)?(?:支出|执行|支付|完成|列支|使用|发生)数?)(?:为|是|:)?$")


def _executed(kind: Kind, lead: str) -> Kind:
    """Beside a budget an amount that was carried out is the actual one."""
    return Kind.ACTUAL if kind == Kind.VALUE and _EXECUTED.search(lead) else kind


def _in_budget(kind: Kind, lead: str) -> Kind:
    """In a budget nothing has been carried out: what is budgeted is the amount itself, of a budget there are shares."""
    if kind == Kind.BUDGETED:
        return Kind.VALUE
    return Kind.SHARE if kind == Kind.COMPLETION and _SHARE.search(lead.rstrip("约共计达到了 ")) else kind


def _kind(lead: str, unit: Unit, fiscal_year: int | None) -> tuple[Kind, int, str]:
    near = lead.rstrip("约共计达到了 ")
    moved = _CHOSEN.sub(r"\1", lead.rstrip("约共计达到 "))
    if unit.dimension == "count":
        return Kind.COUNT, 0, ""
    if undecided().search(near):
        return Kind.PLACEHOLDER, 0, ""
    percent = unit.dimension == "percent"
    if percent and (match := _DONE.search(near)):
        return Kind.COMPLETION, 0, match.groupdict().get("base") or ""
    if not percent and _REACHED.search(lead):
        return Kind.VALUE, 0, ""
    base = "" if percent or not _FROM_BUDGET.search(moved) else BUDGET
    if rise().search(moved):
        return (Kind.RATE if percent else Kind.DELTA), 1, base
    if fall().search(moved):
        return (Kind.RATE if percent else Kind.DELTA), -1, base
    return _kind_of_share(near) if percent else _kind_of_money(near, fiscal_year)


def _kind_of_share(near: str) -> tuple[Kind, int, str]:
    if match := _SHARE.search(near):
        return Kind.SHARE, 0, "" if _NO_BASE.fullmatch(match["base"]) else match["base"]
    return (Kind.SHARE if _WEIGHT.fullmatch(near) else Kind.VALUE), 0, ""


def _kind_of_money(near: str, fiscal_year: int | None) -> tuple[Kind, int, str]:
    if fiscal_year and _last_year(near, fiscal_year):
        return Kind.LAST, 0, ""
    if apart := _APART.search(near):
        return Kind.DELTA, (1 if apart.group("more") else -1), BUDGET
    if (moved := _MOVED.search(near)) and not _LEVEL.search(near):
        return Kind.DELTA, (1 if moved.group("way") in _UPWARD else -1), ""
    if _ACTUAL.search(near):
        return Kind.ACTUAL, 0, ""
    if _BUDGET.search(near):
        return Kind.BUDGETED, 0, ""
    return Kind.VALUE, 0, ""


def _last_year(lead: str, fiscal_year: int) -> bool:
    """The clause before the number speaks of the year before only."""
    clause = re.split(r"[,;:(]", lead)[-1]
    if _SAID_LAST.search(clause):
        return True
    years = re.findall(r"20\d\d", clause)
    return bool(years) and years[-1] == str(fiscal_year - 1) and not re.search(r"比|较|相比", clause)
