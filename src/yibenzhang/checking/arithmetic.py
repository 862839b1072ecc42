"""A relation in one line: its parts, what they come to, what is printed, and how far off that is."""

from __future__ import annotations

from decimal import Decimal

from yibenzhang.model.amounts import Unit
from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Relation, Result


def arithmetic(result: Result) -> str:
    """The relation in one line: parts = sum, the printed total, the difference and the rounding allowed."""
    left, total, _ = _sides(result)
    if result.relation.note:
        return f"{left}，印为 {total}"
    factor = _factor(result.relation)
    gap, slack = abs(result.residual) / factor, result.slack / factor
    rounding = f"，四舍五入最多可差 {_plain(_two(slack))}" if slack else ""
    return f"{left}，印为 {total}，相差 {_plain(gap)}{rounding}"


def arithmetic_that_holds(result: Result) -> str:
    """The same of a relation that holds exactly: nothing is off, and one number is the other."""
    left, total, single = _sides(result)
    return f"{left} = {total}" if single else f"{left}，印为 {total}"


def _sides(result: Result) -> tuple[str, str, bool]:
    """The parts with what they come to, the printed total, and whether the parts are one number as it stands."""
    relation = result.relation
    if relation.note:
        return relation.note, f"{rate_of(relation.terms[-1].fact)}%", False
    factor = _factor(relation)
    shown: list[str] = []
    parts = [t for t in relation.parts if t.fact.printed and (t.fact.amount and t.fact.amount.value)]
    for t in parts:
        value = t.fact.amount.base / factor if t.fact.amount else Decimal(0)
        sign = " - " if t.coefficient > 0 else " + "
        shown.append(f"{sign if shown or t.coefficient > 0 else ''}{_plain(value)}")
    converted = _converted(parts[0].fact, relation.total) if len(parts) == 1 else ""
    left = converted or "".join(shown) or "0"
    left += "（其余各项为 0）" if len(parts) == 1 < sum(t.fact.printed for t in relation.parts) else ""
    together = f" = {_plain(summed(result))}" if len(parts) > 1 else ""
    return left + together, relation.total.text, len(parts) < 2 and not converted


def _converted(part: Fact, total: Fact) -> str:
    """A number printed in another unit than the one it is compared with, in both; empty where it is not."""
    if (
        part.amount is None
        or part.unit is None
        or total.unit is None
        or part.unit.factor == total.unit.factor
    ):
        return ""
    other = _plain(part.amount.base / total.unit.factor)
    return f"{part.text} {part.unit.name} ＝ {other} {total.unit.name}"


def _two(value: Decimal) -> Decimal:
    """A bound to two digits: 0.0050005 is read as 0.0050."""
    return round(value, 1 - value.adjusted()) if value else value


def _factor(relation: Relation) -> Decimal:
    unit = relation.total.unit
    return unit.factor if unit else Decimal(1)


def summed(result: Result) -> Decimal:
    """What the parts of a relation come to, in the total's unit."""
    total = value_of(result.relation.total) or Decimal(0)
    exact = total - result.residual / _factor(result.relation)
    printed = exact.quantize(Decimal(1).scaleb(-result.relation.total.decimals))
    return printed if printed == exact else exact


def value_of(fact: Fact) -> Decimal | None:
    return fact.amount.value if fact.amount else None


def _plain(value: Decimal) -> str:
    text = f"{value if value else abs(value):,f}"  # no negative zero
    if "." in text:
        whole, _, decimals = text.partition(".")
        text = f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
    return text


def money(value: Decimal | None, unit: Unit | None) -> str:
    """A value with thousands separators and its unit."""
    return "" if value is None else f"{_plain(value)}{' ' + unit.name if unit else ''}"


def rate_of(rate: Fact) -> str:
    """A percentage without its sign, which some columns print in every cell and some in their heading."""
    return rate.text.rstrip("%％ ")
