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
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.passages import Passage
from yibenzhang.standards.lexicon.directions import fall, rise, undecided
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("quantities")
_LEAST_QUOTED = 16
"""So many characters before a number are told with it, and what their clause begins with."""
BASE_BUDGET = _WORDS["base_budget"]
_APART_BY = {"多": 1, "增": 1, "少": -1, "减": -1}
"""Right behind the amount compared with: "比年初预算 41.25 万元少"."""


BUDGET = "budget"
"""The base of such a difference."""
COMPARES = _WORDS["compares"]
"""How a sentence begins that speaks of the amount of the one before it."""


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
            identity,
            "prose",
            "prose",
            "",
            Row(0, "", words),
            self.kind.value,
            "正文",
            state,
            self.amount,
            self.amount.unit,
            self.decimals or self.amount.decimals,
            self.amount.text,
            place,
            (-1, self.start),
        )


def quantities_of(passage: Passage, fiscal_year: int | None, stage: str = "") -> list[Quantity]:
    """The money amounts, percentages and counts of a passage, in order.

    In a budget "…预算 5 万元" is the amount itself; only accounts set budget and actual side by side.
    """
    out: list[Quantity] = []
    previous = 0
    broken = [(m.start(), m.end()) for m in _WORDS["broken"].finditer(passage.text)]
    for match in _WORDS["number"].finditer(passage.text):
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
    """Percentages in brackets behind amounts, of which several stand in one sentence, are shares: "服务 53
    万元（51%）、货物 50 万元（49%）"."""
    bare = [
        k
        for k, q in enumerate(found)
        if k
        and q.percent
        and q.kind == Kind.VALUE
        and q.lead == "("
        and found[k - 1].money
        and found[k - 1].kind == Kind.VALUE
    ]
    for one, two in pairwise(bare):
        if "。" not in passage.text[found[one].end : found[two].start]:
            found = [replace(q, kind=Kind.SHARE) if k in (one, two) else q for k, q in enumerate(found)]
    return found


def _named_base(lead: str, fiscal_year: int | None) -> bool:
    """The words right before the number say that it is last year's and compared with."""
    found = _WORDS["base_named"].search(lead)
    year = found.group("year") if found else ""
    return bool(found) and (not year.startswith("20") or (fiscal_year or 0) - 1 == int(year[:4]))


def _base_of_change(lead: str, text: str, end: int) -> bool:
    """A comparison named the number, and what follows says how far from it."""
    return bool(_WORDS["base"].search(lead)) and _WORDS["after_base"].match(text, end) is not None


def _amount_of(match: re.Match[str]) -> tuple[Amount, Unit] | None:
    """The amount that a match of a number prints, with its unit; None where it has no unit or too many digits."""
    if match.group("nil") or match.group("none"):
        text, number = "万元", "0.00"  # "上年为零"
    elif written := match.group("written"):
        return Amount(Decimal(count_written(written)), 0, _CARS, written), _CARS
    else:
        text, number = match.group("unit"), match.group("number")
    if not text or len(number.replace(",", "")) > _MOST_DIGITS:
        return None
    unit = unit_named(text) or Unit(text, "count")
    return Amount(Decimal(number.replace(",", "")), len(number.partition(".")[2]), unit, number), unit


_MOST_DIGITS = 15
_CARS = Unit("辆", "count")
"""What is counted in Chinese numerals as well: "车辆三辆"."""


def _rate_of(lead: str, last: Quantity) -> tuple[Kind, int]:
    """What a percentage right behind an amount is of it."""
    if last.kind == Kind.DELTA and _WORDS["its_rate"].fullmatch(lead):
        return Kind.RATE, last.sign  # "增加 5.44 万元（36.78%）"
    if last.kind == Kind.DELTA and (short := _WORDS["short"].fullmatch(lead)):
        return Kind.RATE, 1 if _WORDS["short_up"].fullmatch(
            short.group(1)
        ) else -1  # "较上年增 3 万元，增 5%"
    if last.money and _WORDS["of_amount"].fullmatch(lead):
        if _WORDS["completed"].search(last.lead):
            return Kind.COMPLETION, 0  # "完成预算 6.50 万元的 81.2%"
        if _WORDS["taken_of"].search(last.lead):
            return Kind.SHARE, 0  # "占政府采购预算总额 300 万元的 80%"
    return Kind.VALUE, 0


def _beside(lead: str, out: list[Quantity], base: str) -> tuple[Kind, int, str]:
    """An amount by the one right before it: how far it lies from that, or what that moved to."""
    last = out[-1]
    if lead in _APART_BY and last.kind in (Kind.BUDGETED, Kind.LAST) and COMPARES.search(last.lead):
        return Kind.DELTA, _APART_BY[lead], BUDGET if last.kind == Kind.BUDGETED else ""
    rise = _rise_of([q for q in out if q.money][-2:])
    if rise and _WORDS["difference"].search(lead):
        return Kind.DELTA, rise, ""
    if rise and (now := _WORDS["moved_since"].fullmatch(lead)):
        return Kind.DELTA, (1 if _WORDS["since_up"].fullmatch(now.group(1)) else -1), ""
    if _WORDS["reached"].search(lead) and last.kind == Kind.VALUE and _WORDS["moved_from"].search(last.lead):
        out[-1] = replace(last, kind=Kind.LAST)
    return Kind.VALUE, 0, base


def _rise_of(two: list[Quantity]) -> int:
    """Which way this year's amount lies from last year's, told in either order; 0 where the two are no such."""
    now = [q for q in two if q.kind in (Kind.VALUE, Kind.ACTUAL)]
    last = [q for q in two if q.kind == Kind.LAST]
    if len(now) != 1 or len(last) != 1:
        return 0
    return 1 if now[0].amount.base > last[0].amount.base else -1


def _executed(kind: Kind, lead: str) -> Kind:
    """Beside a budget an amount that was carried out is the actual one."""
    return Kind.ACTUAL if kind == Kind.VALUE and _WORDS["executed"].search(lead) else kind


def _in_budget(kind: Kind, lead: str) -> Kind:
    """In a budget nothing has been carried out: what is budgeted is the amount itself, of a budget there are shares."""
    if kind == Kind.BUDGETED:
        return Kind.VALUE
    return (
        Kind.SHARE
        if kind == Kind.COMPLETION and _WORDS["share"].search(lead.rstrip("约共计达到了 "))
        else kind
    )


def _kind(lead: str, unit: Unit, fiscal_year: int | None) -> tuple[Kind, int, str]:
    near = lead.rstrip("约共计达到了 ")
    moved = _WORDS["chosen"].sub(r"\1", lead.rstrip("约共计达到 "))
    if unit.dimension == "count":
        return Kind.COUNT, 0, ""
    if undecided().search(near):
        return Kind.PLACEHOLDER, 0, ""
    percent = unit.dimension == "percent"
    if percent and (match := _WORDS["done"].search(near)):
        return Kind.COMPLETION, 0, match.groupdict().get("base") or ""
    if not percent and _WORDS["reached"].search(lead):
        return Kind.VALUE, 0, ""
    base = "" if percent or not _WORDS["from_budget"].search(moved) else BUDGET
    if rise().search(moved):
        return (Kind.RATE if percent else Kind.DELTA), 1, base
    if fall().search(moved):
        return (Kind.RATE if percent else Kind.DELTA), -1, base
    return _kind_of_share(near) if percent else _kind_of_money(near, fiscal_year)


def _kind_of_share(near: str) -> tuple[Kind, int, str]:
    if match := _WORDS["share"].search(near):
        return Kind.SHARE, 0, "" if _WORDS["no_base"].fullmatch(match["base"]) else match["base"]
    return (Kind.SHARE if _WORDS["weight"].fullmatch(near) else Kind.VALUE), 0, ""


def _kind_of_money(near: str, fiscal_year: int | None) -> tuple[Kind, int, str]:
    if fiscal_year and _last_year(near, fiscal_year):
        return Kind.LAST, 0, ""
    if apart := _WORDS["apart"].search(near):
        return Kind.DELTA, (1 if apart.group("more") else -1), BUDGET
    if (moved := _WORDS["moved"].search(near)) and not _WORDS["level"].search(near):
        return Kind.DELTA, (1 if _WORDS["upward"].fullmatch(moved.group("way")) else -1), ""
    if _WORDS["actual"].search(near):
        return Kind.ACTUAL, 0, ""
    if _WORDS["budget"].search(near):
        return Kind.BUDGETED, 0, ""
    return Kind.VALUE, 0, ""


def _last_year(lead: str, fiscal_year: int) -> bool:
    """The clause before the number speaks of the year before only."""
    clause = re.split(r"[,;:(]", lead)[-1]
    if _WORDS["said_last"].search(clause):
        return True
    years = re.findall(r"20\d\d", clause)
    return bool(years) and years[-1] == str(fiscal_year - 1) and not _WORDS["compared"].search(clause)
