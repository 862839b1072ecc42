"""Numbers that are another one but for a slip of the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.balance.slips import EXCHANGED, MOVED_POINT, ONE_DIGIT, ONE_MORE, slip_kind
from yibenzhang.model.amounts import Amount
from yibenzhang.model.facts import Fact
from yibenzhang.model.intervals import Interval, linear
from yibenzhang.model.relations import Relation

_ROUNDED = 3
_LONG = 4
_SLIPS = (ONE_DIGIT, EXCHANGED, ONE_MORE, MOVED_POINT)


def agree(one: Fact, two: Fact) -> bool:
    """The two may be one number, printed with more or fewer decimals."""
    a, b = one.interval, two.interval
    return a is not None and b is not None and a.low <= b.high and b.low <= a.high


def residual(relation: Relation) -> Interval:
    """What the relation may come to: it holds where that has a zero in it."""
    known = ((Decimal(t.coefficient), t.fact.interval) for t in relation.terms)
    found = linear((c, x) for c, x in known if x is not None)
    return Interval(found.low + relation.constant, found.high + relation.constant)


def slipped(whole: Relation) -> bool:
    """One slip of the keyboard away from holding; a list that is not may be incomplete."""
    return next(slips(whole), None) is not None


def slips(whole: Relation) -> Iterator[Fact]:
    """The numbers of which a slip of the keyboard alone may be what is wrong."""
    left = residual(whole)
    for t in whole.terms:
        amount, unit = t.fact.amount, t.fact.unit
        if amount is None or unit is None:
            continue
        right = amount.value - left.middle / t.coefficient / unit.factor
        if _other_unit(amount, right, left.half_width) or _slip_to(amount, right, left.half_width):
            yield t.fact


def _other_unit(amount: Amount, right: Decimal, half_width: Decimal) -> bool:
    """元 for 万元, or the other way."""
    factor = amount.unit.factor if amount.unit else Decimal(1)
    others = (amount.value * 10_000, amount.value / 10_000)
    return bool(amount.value) and any(abs(right - v) * factor <= half_width for v in others)


def _slip_to(amount: Amount, right: Decimal, half_width: Decimal) -> bool:
    """A slip turns the right number, or one that rounding leaves open, into the printed one."""
    if len(str(amount.value).replace(".", "").strip("0")) < _LONG:
        return False
    factor = amount.unit.factor if amount.unit else Decimal(1)
    cents = min(_ROUNDED, int(half_width / factor * 100))
    places = 0 if _whole_yuan(amount) else 2
    near = (right + Decimal(off) / 100 for off in range(-cents, cents + 1))
    return any(n > 0 and slip_kind(f"{amount.value:f}", f"{n:.{places}f}") in _SLIPS for n in near)


def slip_of(one: Fact, other: Fact) -> bool:
    """The number is the other one but for a slip of the keyboard, and long enough for that to be no chance."""
    if one.amount is None or other.amount is None or not other.amount.value:
        return False
    factor = one.unit.factor if one.unit else Decimal(1)
    whole = _whole_yuan(one.amount)
    places = 0 if whole else max(one.amount.decimals, 2)
    right = (other.amount.base / factor).quantize(Decimal(1).scaleb(-places))
    short = right.quantize(Decimal(1).scaleb(-one.amount.decimals))
    exact = bool(one.amount.decimals) and short == right  # printed without its last zero
    right = short if exact else right
    kind = slip_kind(f"{one.amount.value:f}", f"{right:f}")
    printed = str(one.amount.value).replace(".", "")
    if kind == MOVED_POINT:
        return len(printed.strip("0")) >= 3
    return kind in _SLIPS and len(printed.lstrip("0")) >= 4 and (whole or exact or one.amount.decimals >= 2)


def _whole_yuan(amount: Amount) -> bool:
    """Printed to the yuan: as fine as 万元 with four decimals, not rounded to tens of thousands."""
    return amount.decimals == 0 and amount.unit is not None and amount.unit.factor == 1
