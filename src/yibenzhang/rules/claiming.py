"""Claims of the text to relations: changes, rates, shares and completion, each over printed numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.model.patterns import late
from yibenzhang.model.relations import Alternatives, Made, Relation, Term
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.subjects import in_a_list
from yibenzhang.rules.case import Case
from yibenzhang.rules.neighbours import Neighbours
from yibenzhang.rules.nothing_before import completed_of_nothing
from yibenzhang.rules.rate_relations import base_of, given, note_of, rate_relation, share_of, shown
from yibenzhang.rules.registry import rule
from yibenzhang.rules.shares import share_claim
from yibenzhang.rules.slips import residual


@rule(
    "prose.against_budget",
    "prose.completion",
    "prose.direction",
    "prose.growth",
    "prose.impossible",
    "prose.no_budget",
    "prose.rounding",
    "prose.share",
    "prose.since",
    "prose.tiny_base",
    "prose.zero_base",
    needs=("text",),
    each_file=True,
)
def claims(case: Case) -> Iterator[Made]:
    """Changes, rates, shares and completion as the sentences claim them."""
    near = Neighbours(case)
    for claim in case.claims:
        made = MAKERS[claim.says](claim, near)
        yield _where_held(made) if claim.loose else made


def _where_held(made: Made) -> Made:
    """What is yielded of a claim that may be misread: relations that hold, and nothing else."""
    if isinstance(made, Relation):
        return Alternatives((replace(made, accuses=False),))
    if isinstance(made, Alternatives):
        shown = [replace(o, accuses=False) if isinstance(o, Relation) else o for o in made.options]
        return Alternatives(shown, _where_held(made.otherwise))
    return None


def _growth(claim: Claim, near: Neighbours) -> Made:
    change, rate = claim.change, claim.rate
    if change is None or rate is None:
        return None
    if change.sign and rate.sign and change.sign != rate.sign:
        words = claim.passage.clauses(*_span(change, rate))
        return issue_of("prose.direction", (change.fact, rate.fact), words=words)
    if (nothing := _since_nothing(claim)) is not None:
        return nothing
    if claim.against is not None and claim.subject is not None:
        # "比 2025 年年初预算数 300 万元增加 15 万元，增长 5%": the base is named
        over = share_of(change.fact, claim.against.fact, rate, "prose.growth")
        if over is not None and change.sign == rate.sign:
            return over
        if over is not None:
            return Alternatives((over,), _growth_of_change(claim, change, rate, near))
    return _growth_of_change(claim, change, rate, near)


def _since_nothing(claim: Claim) -> Issue | None:
    """A rate of growth over an amount of last year that the sentence itself says was nothing."""
    last, change, rate = claim.against, claim.change, claim.rate
    if last is None or change is None or rate is None or last.kind != Kind.LAST or last.amount.value:
        return None
    if not rate.amount.value or change.sign <= 0 or not change.amount.value:
        return None
    words = claim.passage.clauses(*_span(last, rate))
    return issue_of("prose.zero_base", (last.fact, change.fact, rate.fact), words=words, template="change")


def _span(one: Quantity, other: Quantity) -> tuple[int, int]:
    """Where the two stand, in whatever order."""
    return min(one.start, other.start), max(one.end, other.end)


def _growth_of_change(claim: Claim, change: Quantity, rate: Quantity, near: Neighbours) -> Made:
    """The rate beside a change of the amount spoken of."""
    subject = claim.subject
    others = [q for q in near.before(claim) if q is not subject and q.kind != Kind.BUDGETED]
    options = [_growth_of(q.fact, change, rate) for q in ([subject] if subject else []) + others]
    if subject is None and (named := near.named_by(change)) is not None:
        return Alternatives(tuple(given(options)), _growth_of(named.fact, change, rate))
    if subject is None and (facts := near.spoken_by(change)):
        elsewhere = given(_growth_of(f, change, rate) for f in facts)
        return Alternatives((*given(options), *elsewhere), _growth_of(facts[0], change, rate))
    return Alternatives(tuple(given(options)), _growth_else(claim, change, rate))


def _growth_else(claim: Claim, change: Quantity, rate: Quantity) -> Relation | Issue | None:
    """What stands where the rate is of none of the amounts named."""
    subject = claim.subject
    if subject is None or subject.lead and "其中" in _IN_BRACKETS.sub("", _between(subject, change)):
        return None
    value = subject.amount.base - change.sign * change.amount.base
    if value <= 0:
        if rate.amount.value in (0, 100) and change.amount.value == 0:
            return None
        words = claim.passage.clauses(*_span(change, rate))
        facts = (subject.fact, change.fact, rate.fact)
        return issue_of("prose.zero_base", facts, template="change", words=words)
    if change.amount.value == 0 and rate.amount.value == 0:
        return None
    if change.sign > 0 and value * _TINY < change.amount.base:
        factor = subject.amount.unit.factor if subject.amount.unit else Decimal(1)
        words = claim.passage.clauses(*_span(change, rate))
        unit = subject.amount.unit.name if subject.amount.unit else None
        return issue_of(
            "prose.tiny_base",
            (rate.fact, subject.fact, change.fact),
            words=words,
            before=value / factor,
            unit=unit,
            rate=rate.amount.text,
        )
    return _growth_of(subject.fact, change, rate)


def _between(one: Quantity, other: Quantity) -> str:
    return one.passage.text[one.end : other.start] if one.passage is other.passage else ""


_IN_BRACKETS = late(r"\([^()]*\)")
_TINY = 100
"""A change more than so many times the amount before it: its rate says nothing."""


def _growth_of(subject: Fact, change: Quantity, rate: Quantity) -> Relation | None:
    """100·d - r·(c - s·d) = 0, as its gradient at the printed numbers."""
    c, d, r, s = (
        base_of(subject),
        change.amount.base,
        rate.amount.value,
        Decimal(change.sign or rate.sign or 1),
    )
    before = c - s * d
    if before <= 0:
        return None
    terms = (Term(100 + s * r, change.fact), Term(-r, subject), Term(-before, rate.fact))
    sign = "－" if s > 0 else "＋"
    note = note_of(
        f"{shown(change.fact)} ÷（{shown(subject)} {sign} {shown(change.fact)}）", 100 * d / before, rate
    )
    return rate_relation("prose.growth", terms, before * r, note, rate)


def _change(claim: Claim, near: Neighbours) -> Made:
    """An amount cannot have grown by more than it is."""
    change, subject = claim.change, claim.subject
    if change is None or subject is None or change.sign <= 0:
        return None
    if not re.search(r"[比较与]", change.lead) and subject.start < change.start:
        return None
    a, b = subject.fact.interval, change.fact.interval
    if a is None or b is None or b.low <= a.high or "。" in change.lead:
        return None
    if subject.passage is not change.passage:
        return None  # it goes on about an amount of the paragraph before
    whole = claim.within.fact.interval if claim.within and in_a_list(subject, claim.within) else None
    if whole is not None and b.low <= whole.high:
        return None  # the last of a list before the change of the whole
    words = claim.passage.clauses(subject.start, change.end)
    return issue_of("prose.impossible", (subject.fact, change.fact), words=words)


def _since(claim: Claim, near: Neighbours) -> Made:
    subject, last = claim.subject, claim.against
    if subject is None or last is None:
        return None
    sign = Decimal((claim.change or claim.rate or subject).sign or 1)
    if claim.change is not None:
        part = _moved_by(subject, last, claim.change, sign)
        if claim.within is None or not in_a_list(subject, claim.within):
            return part
        whole = _moved_by(
            claim.within, last, claim.change, sign
        )  # the last of a list before that of the whole
        nearer, other = sorted((part, whole), key=lambda r: abs(residual(r).middle))
        return Alternatives((replace(other, accuses=False),), nearer)
    rate = claim.rate
    if rate is None:
        return None
    if last.amount.value == 0:
        if rate.amount.value == 0 or subject.amount.value == 0:
            return None
        words = claim.passage.clauses(max(last.start, rate.start - 20), rate.end)
        return issue_of("prose.zero_base", (last.fact, subject.fact, rate.fact), words=words)
    moved = _growth_of(subject.fact, last, replace(rate, sign=rate.sign or 1))
    # "比上年 1.43 万元，增加 0.68%": the word for the change is left out
    return Alternatives((moved,) if moved else (), _grown(subject, last, rate, sign))


def _moved_by(amount: Quantity, last: Quantity, change: Quantity, sign: Decimal) -> Relation:
    """This year's amount is that of the year before and the change."""
    terms = (Term(1, amount.fact), Term(-1, last.fact), Term(-sign, change.fact))
    return Relation(f"prose.since|{change.fact.id}", "prose.since", terms)


def _grown(subject: Quantity, last: Quantity, rate: Quantity, sign: Decimal) -> Relation | None:
    """This year's amount is that of the year before with the rate added."""
    c, p, r = subject.amount.base, last.amount.base, rate.amount.value
    terms = (Term(Decimal(100), subject.fact), Term(-(100 + sign * r), last.fact), Term(-sign * p, rate.fact))
    if c == p and r == 0:
        return None
    way = f"（{shown(subject.fact)} － {shown(last.fact)}）÷ {shown(last.fact)}"
    note = note_of(way, 100 * (c - p) / p, rate)
    return rate_relation("prose.growth", terms, sign * r * p, note, rate)


def _completion(claim: Claim, near: Neighbours) -> Made:
    rate, actual = claim.rate, claim.subject
    if rate is None or actual is None:
        return None
    amounts = [] if _said_together(claim) else near.before(claim)
    wholes = [claim.against, *(q for q in amounts if q.kind == Kind.BUDGETED)]
    if (nothing := completed_of_nothing(claim)) is not None:
        return nothing
    facts = [q.fact for q in wholes if q is not None]
    facts = facts if claim.against is not None else [*facts, *near.planned(actual)]
    against = claim.against.fact if claim.against else next(iter(near.planned(actual)), None)
    last = share_of(actual.fact, against, rate, "prose.completion") if against and base_of(against) else None
    options = list(
        given(share_of(a.fact, w, rate, "prose.completion") for a in [actual, *amounts] for w in facts)
    )
    if last is None:  # nobody would hear of a rate that is wrong
        options = [replace(o, accuses=False) for o in options]
    return Alternatives(options, last)


def _completed(claim: Claim, near: Neighbours) -> Made:
    if claim.change is None or claim.subject is None or claim.rate is None:
        return _completion(claim, near)
    return _completed_but_for(claim.subject, claim.change, claim.rate)


def _completed_but_for(actual: Quantity, apart: Quantity, rate: Quantity) -> Relation | None:
    """100·a - p·(a - s·d) = 0: the budget is not printed, but how far the amount lies from it."""
    a, d, p, s = actual.amount.base, apart.amount.base, rate.amount.value, Decimal(apart.sign or 1)
    budget = a - s * d
    if budget <= 0 or not d:
        return None
    terms = (Term(100 - p, actual.fact), Term(p * s, apart.fact), Term(-budget, rate.fact))
    way = f"{shown(actual.fact)} ÷（{shown(actual.fact)} {'－' if s > 0 else '＋'} {shown(apart.fact)}）"
    note = note_of(way, 100 * a / budget, rate)
    return rate_relation("prose.completion", terms, budget * p, note, rate)


def _said_together(claim: Claim) -> bool:
    """One sentence tells the budget, what was carried out and the rate: it is a rate of nothing else."""
    stated = (claim.against, claim.subject, claim.rate)
    if claim.subject is claim.against or any(q is None or q.passage is not claim.passage for q in stated):
        return False
    at = [q.start for q in stated if q is not None]
    return "。" not in claim.passage.text[min(at) : max(at)]


def _compared(claim: Claim, near: Neighbours) -> Made:
    actual, budget = claim.subject, claim.against
    if actual is None or budget is None:
        return None
    a, b = actual.fact.interval, budget.fact.interval
    if a is None or b is None:
        return None
    wrong = {
        Says.MORE: a.high < b.low or (a == b),
        Says.LESS: a.low > b.high or (a == b),
        Says.SAME: a.high < b.low or a.low > b.high,
    }[claim.says]
    if not wrong:
        return None
    return issue_of(
        "prose.against_budget",
        (budget.fact, actual.fact),
        words=claim.words,
        budget=budget.amount.text,
        actual=actual.amount.text,
    )


MAKERS: dict[Says, Callable[[Claim, Neighbours], Made]] = {
    Says.GROWTH: _growth,
    Says.CHANGE: _change,
    Says.SINCE: _since,
    Says.SHARE: share_claim,
    Says.COMPLETION: _completed,
    Says.MORE: _compared,
    Says.LESS: _compared,
    Says.SAME: _compared,
}
