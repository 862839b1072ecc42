"""Causes in goals tables, weighed with what only the forms say: which number a form bears out, and which it cannot.

That no other number can be changed without breaking what holds is reason enough in a budget table. In a form it is
not: its sums are short, and often the same number twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from yibenzhang.balance.causes import Cause, Culprit
from yibenzhang.model.digits import exact_number
from yibenzhang.model.facts import Fact
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Outcome, Result
from yibenzhang.recognising.forms import LIST, GoalForm
from yibenzhang.standards import fold

_COST = "成本"
_MONEY = late(r"(?<!\d)(\d[\d,]*(?:\.\d+)?)(亿元|万元|元|万)")
_FACTORS = {"亿元": Decimal(100_000_000), "万元": Decimal(10_000), "万": Decimal(10_000), "元": Decimal(1)}


def weighed(causes: Sequence[Cause], forms: Sequence[GoalForm], results: Sequence[Result]) -> list[Cause]:
    """The causes, those of goals tables without the blame that nothing bears out."""
    of_fact = {f.id: form for form in forms if form.kind != LIST for f in form.amounts.values()}
    return [_weighed(c, of_fact, results) for c in causes]


def _weighed(cause: Cause, of_fact: dict[str, GoalForm], results: Sequence[Result]) -> Cause:
    rules = {r.relation.rule.removesuffix(".unconfirmed") for r in cause.broken}
    if rules == {"goals.weights"}:
        return _open(cause)  # every weight is a round number, and any of them may be wrong by as much
    if rules == {"goals.funds"} and cause.certain and _emptied(cause):
        return _open(cause)
    if rules == {"goals.projects"} and len({_numbers(r) for r in cause.broken}) == 1:
        return _by_sides(cause, of_fact, results)
    return cause


def _open(cause: Cause) -> Cause:
    return replace(cause, culprits=(), certain=False, swapped=False, along=())


def _emptied(cause: Cause) -> bool:
    """One sum alone, which only holds without a number that is printed: its total may be wrong as well."""
    if len(cause.broken) > 1 or len(cause.culprits) != 1:
        return False
    [culprit] = cause.culprits
    return not culprit.slip and culprit.suggestion == 0 and _base(culprit.fact) != 0


def _by_sides(cause: Cause, of_fact: dict[str, GoalForm], results: Sequence[Result]) -> Cause:
    """A form against the project table: the side that alone is borne out is right, else neither is known to be."""
    terms = cause.broken[0].relation.facts()
    form_facts = [f for f in terms if f.id in of_fact]
    if len(terms) != 2 or len(form_facts) != 1:
        return _open(cause)
    [own] = form_facts
    [listed] = [f for f in terms if f is not own]
    costs = set(_cost_lines(of_fact[own.id]))
    by_form = _near(own, costs)
    by_table = _near(listed, costs) or bool(_sums(listed, results))
    if by_form == by_table:
        return _open(cause)
    wrong, right = (listed, own) if by_form else (own, listed)
    if right.interval is None or wrong.unit is None:
        return _open(cause)
    value = _base(right) / wrong.unit.factor
    known = [c for c in cause.culprits if c.fact.id == wrong.id and c.suggestion == value]
    culprit = known[0] if known else Culprit(wrong, right.interval, value=value)
    return replace(cause, culprits=(culprit,), certain=True, along=_sums(wrong, results))


def _numbers(result: Result) -> frozenset[str]:
    return frozenset(f.id for f in result.relation.facts())


def _cost_lines(form: GoalForm) -> Iterator[Decimal]:
    """What the form itself lets the project cost (base units): each target of cost, each list of them, the items."""
    items = [_base(i.fact) for i in form.items if i.kind == "item"]
    if items:
        yield sum(items, Decimal(0))
    whole = Decimal(0)
    for one in form.indicators:
        if _COST not in one.level1 + one.level2:
            continue
        parts = [(exact_number(n) or Decimal(0)) * _FACTORS[u] for n, u in _MONEY.findall(fold(one.value))]
        yield from (*parts, sum(parts, Decimal(0)))
        whole += sum(parts, Decimal(0))
    yield whole


def _near(fact: Fact, costs: set[Decimal]) -> bool:
    """One of the cost lines is the printed one."""
    interval = fact.interval
    return interval is not None and _base(fact) > 0 and any(interval.low <= v <= interval.high for v in costs)


def _sums(fact: Fact, results: Sequence[Result]) -> tuple[Result, ...]:
    """The sums that hold of which it is a part or the total."""
    return tuple(
        r
        for r in results
        if r.outcome is not Outcome.CONTRADICTED
        and len([f for f in r.relation.facts() if _base(f)]) > 1
        and not r.relation.rule.startswith("goals.projects")
        and any(f.id == fact.id for f in r.relation.facts())
    )


def _base(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount else Decimal(0)
