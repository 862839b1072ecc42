"""Building blocks of relations between amounts and a percentage, with how it is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Nearly, Relation, Term
from yibenzhang.prose.quantities import Quantity


def given(relations: Iterable[Relation | None]) -> Iterator[Relation]:
    return (r for r in relations if r is not None)


def share_of(part: Fact, whole: Fact, rate: Quantity, identity: str = "prose.share") -> Relation | None:
    """100·a - p·b = 0, as its gradient at the printed numbers."""
    b, p = base_of(whole), rate.amount.value
    if b <= 0:
        return None
    terms = (Term(Decimal(100), part), Term(-p, whole), Term(-b, rate.fact))
    note = note_of(f"{shown(part)} ÷ {shown(whole)}", 100 * base_of(part) / b, rate)
    return rate_relation(identity, terms, p * b, note, rate)


def shown(fact: Fact) -> str:
    unit = fact.unit.name if fact.unit and fact.unit.name != "万元" else ""
    return f"{fact.text}{unit}"


def note_of(way: str, percent: Decimal, rate: Quantity) -> str:
    places = max(rate.amount.decimals, 2)
    return f"{way} ＝ {percent:.{places}f}%"


def rate_relation(
    identity: str, terms: tuple[Term, ...], constant: Decimal, note: str, rate: Quantity
) -> Relation:
    """A relation of a percentage: off by no more than one in its last digit it was cut off or made to fit, not computed
    wrong."""
    one = abs(Decimal(terms[-1].coefficient)) * Decimal(1).scaleb(-rate.amount.decimals)
    nearly = Nearly("prose.rounding", one)
    return Relation(
        f"{identity}|{rate.fact.id}", identity, terms, constant=constant, note=note, nearly=nearly
    )


def base_of(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount else Decimal(0)
