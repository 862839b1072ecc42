"""An amount beside a number of things and what each costs: "210 万元（42 个社区，每个社区 5 万元）"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.wording import sentence
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("products")
_EACH = _WORDS["each"]
_ALIKE = {"名": "人", "人次": "人", "户次": "户"}
_LOOSE = _WORDS["loose"]
_SUMMED = _WORDS["summed"]
_MONTHS = range(1, 13)
_UNITS = {"元": Decimal(1), "万元": Decimal(10_000)}
_TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class _Product:
    """So many things at so much each: the least and the most it may come to (yuan), for each number of times."""

    start: int
    end: int
    ways: tuple[tuple[Decimal, Decimal], ...]

    def holds(self, low: Decimal, high: Decimal, factor: Decimal = Decimal(1)) -> bool:
        """One way, so many times as large, meets the amount's interval."""
        return any(factor * least <= high and low <= factor * most for least, most in self.ways)


@rule("counts.product", needs=("text",), each_file=True)
def products(case: Case) -> Iterator[Issue]:
    """A number of things and what each costs that do not make up the amount they stand beside."""
    for position, p in enumerate(case.passages):
        amounts = [q for q in case.by_passage.get(position, []) if _level(q)]
        for m in _EACH.finditer(p.text) if amounts and _WORDS["every"].search(p.text) else ():
            product = _product(m)
            if product is None:
                continue
            own = _own(p, m, amounts)
            if own is not None and not _meets(product, own):
                yield _issue(p, m, product, own)
            elif own is None and (slip := _slip(p, m, product, amounts)) is not None:
                yield _issue(p, m, product, slip)


def _level(q: Quantity) -> bool:
    return bool(q.money and q.kind in (Kind.VALUE, Kind.ACTUAL) and q.amount.value and q.fact.interval)


def _product(m: re.Match[str]) -> _Product | None:
    """None where the two speak of other things, or not exactly."""
    unit, each = m["unit"], m["each"]
    if not each.startswith((unit, _ALIKE.get(unit, unit))) and not (unit == "人" and each.startswith("名")):
        return None
    if _LOOSE.search(m.group()):
        return None
    count, price = (_interval(m[g]) for g in ("n", "price"))
    times = Decimal(10_000) if m["many"] else Decimal(1)
    months = _MONTHS if _WORDS["monthly"].search(each) else (1,)
    scale = _UNITS[m["in"]] * times
    low, high = count[0] * price[0] * scale, count[1] * price[1] * scale
    return _Product(m.start(), m.end(), tuple((low * k, high * k) for k in months))


def _interval(digits: str) -> tuple[Decimal, Decimal]:
    """What was rounded to these digits; a whole number is exact."""
    value = Decimal(digits.replace(",", ""))
    half = Decimal(0) if "." not in digits else Decimal(5).scaleb(-len(digits.partition(".")[2]) - 1)
    return value - half, value + half


def _own(p: Passage, m: re.Match[str], amounts: list[Quantity]) -> Quantity | None:
    """The amount the two belong to and no other number with them: right before the bracket they fill, or "计 84 万元"
    right behind them."""
    text = p.text
    behind = _SUMMED.match(text, m.end())
    if behind and _WORDS["bracketed"].match(text, m.start("what"), m.end()):
        return next((q for q in amounts if q.start == behind.end()), None)
    before = next((q for q in amounts if _WORDS["opens"].fullmatch(text, q.end, m.start())), None)
    filled = text.startswith(")", m.end()) or _WORDS["filled"].match(text, m.end())
    return before if before is not None and filled else None


def _meets(product: _Product, q: Quantity) -> bool:
    interval = q.fact.interval
    return interval is None or product.holds(interval.low, interval.high)


def _slip(p: Passage, m: re.Match[str], product: _Product, amounts: list[Quantity]) -> Quantity | None:
    """The one amount of the sentence that they make up in another unit, where they make up none as they stand."""
    begin, end = sentence(p.text, m.start(), m.end())
    beside = [q for q in amounts if begin <= q.start < end and not m.start() <= q.start < m.end()]
    if any(_meets(product, q) for q in beside):
        return None
    ranges = [(q, q.fact.interval) for q in beside]
    found = [
        q
        for q, i in ranges
        if i is not None and any(product.holds(i.low, i.high, f) for f in (_TEN_THOUSAND, 1 / _TEN_THOUSAND))
    ]
    return found[0] if len(found) == 1 else None


def _issue(p: Passage, m: re.Match[str], product: _Product, q: Quantity) -> Issue:
    low, high = product.ways[-1]
    middle = (low + high) / 2
    unit = q.amount.unit
    made = middle / (unit.factor if unit else 1)
    words = p.clauses(min(q.start, m.start()), max(q.end, m.end()))
    shown = f"{made.quantize(Decimal(1).scaleb(-max(q.amount.decimals, 4))).normalize():f}"
    return issue_at(
        "counts.product",
        words,
        p.place(m.start()),
        amount=q.amount.text,
        made=shown,
        unit=unit.name if unit else "",
    )
