"""Claims of the text to relations: changes, rates, shares and completion, each over printed numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.model.relations import Alternatives, Made, Nearly, Relation, Supported, Term
from yibenzhang.prose.claims import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.prose.subjects import in_a_list
from yibenzhang.rules.case import Case
from yibenzhang.rules.neighbours import Neighbours
from yibenzhang.rules.nothing_before import completed_of_nothing
from yibenzhang.rules.registry import rule
from yibenzhang.rules.supporting import holds, supporting
from yibenzhang.standards import fold


@rule(
    "prose.against_budget", "prose.completion", "prose.direction", "prose.growth", "prose.impossible", "prose.no_budget",
    "prose.rounding", "prose.share", "prose.since", "prose.tiny_base", "prose.zero_base",
    needs=("text",), each_file=True,
)  # fmt: skip
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


def _there(relations: Iterable[Relation | None]) -> Iterator[Relation]:
    return (r for r in relations if r is not None)


def _growth(claim: Claim, near: Neighbours) -> Made:
    change, rate = claim.change, claim.rate
    if change is None or rate is None:
        return None
    if change.sign and rate.sign and change.sign != rate.sign:
        words = claim.passage.clauses(*_span(change, rate))
        return issue_of("prose.direction", (change.fact, rate.fact), words=words)
    if claim.against is not None and claim.subject is not None:
        # "比 2025 年年初预算数 300 万元增加 15 万元，增长 5%": the base is named
        over = _share_of(change.fact, claim.against.fact, rate, "prose.growth")
        if over is not None and change.sign == rate.sign:
            return over
        if over is not None:
            return Alternatives((over,), _growth_of_change(claim, change, rate, near))
    return _growth_of_change(claim, change, rate, near)


def _span(one: Quantity, other: Quantity) -> tuple[int, int]:
    """Where the two stand, in whatever order."""
    return min(one.start, other.start), max(one.end, other.end)


def _growth_of_change(claim: Claim, change: Quantity, rate: Quantity, near: Neighbours) -> Made:
    """The rate beside a change of the amount spoken of."""
    subject = claim.subject
    others = [q for q in near.before(claim) if q is not subject and q.kind != Kind.BUDGETED]
    options = [_growth_of(q.fact, change, rate) for q in ([subject] if subject else []) + others]
    if subject is None and (named := near.named_by(change)) is not None:
        return Alternatives(tuple(_there(options)), _growth_of(named.fact, change, rate))
    return Alternatives(tuple(_there(options)), _growth_else(claim, change, rate))


def _growth_else(claim: Claim, change: Quantity, rate: Quantity) -> Relation | Issue | None:
    """What stands where the rate is of none of the amounts named."""
    subject = claim.subject
    if subject is None or subject.lead and "其中" in claim.passage.text[subject.end : change.start]:
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
            "prose.tiny_base", (rate.fact, subject.fact, change.fact), words=words, before=value / factor,
            unit=unit, rate=rate.amount.text,
        )  # fmt: skip
    return _growth_of(subject.fact, change, rate)


_TINY = 100
"""A change more than so many times the amount before it: its rate says nothing."""


def _growth_of(subject: Fact, change: Quantity, rate: Quantity) -> Relation | None:
    """100·d - r·(c - s·d) = 0, as its gradient at the printed numbers."""
    c, d, r, s = _base(subject), change.amount.base, rate.amount.value, Decimal(change.sign or rate.sign or 1)
    before = c - s * d
    if before <= 0:
        return None
    terms = (Term(100 + s * r, change.fact), Term(-r, subject), Term(-before, rate.fact))
    sign = "－" if s > 0 else "＋"
    note = _note(
        f"{_shown(change.fact)} ÷（{_shown(subject)} {sign} {_shown(change.fact)}）", 100 * d / before, rate
    )
    return _relation("prose.growth", terms, before * r, note, rate)


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
        terms = (Term(1, subject.fact), Term(-1, last.fact), Term(-sign, claim.change.fact))
        return Relation(f"prose.since|{claim.change.fact.id}", "prose.since", terms)
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


def _grown(subject: Quantity, last: Quantity, rate: Quantity, sign: Decimal) -> Relation | None:
    """This year's amount is that of the year before with the rate added."""
    c, p, r = subject.amount.base, last.amount.base, rate.amount.value
    terms = (Term(Decimal(100), subject.fact), Term(-(100 + sign * r), last.fact), Term(-sign * p, rate.fact))
    if c == p and r == 0:
        return None
    way = f"（{_shown(subject.fact)} － {_shown(last.fact)}）÷ {_shown(last.fact)}"
    note = _note(way, 100 * (c - p) / p, rate)
    return _relation("prose.growth", terms, sign * r * p, note, rate)


def _share(claim: Claim, near: Neighbours) -> Made:
    rate, part = claim.rate, claim.subject
    if rate is None or part is None:
        return None
    if not part.amount.value:
        return _share_of_nothing(part, rate)
    named = [*near.spoken(claim.base), *near.named(claim.base)] if claim.base else []
    wholes: list[Fact] = [claim.against.fact] if claim.against and not claim.base else []
    wholes += [q.fact for q in near.before(claim) if q is not part]
    core = claim.base.strip('“”"')[-2:]
    wholes += [
        q.fact
        for q in near.section(claim)
        if q is not part and (not core or core in q.lead.replace("”", "") or re.search(r"总|合计", q.lead))
    ]
    wholes += near.named("")
    parts = [part.fact] + [q.fact for q in near.before(claim) if q is not part]
    if (said := _base_beside(claim)) is not None:
        named, wholes = [said], []  # the sentence itself tells the amount of the whole that it names
    options = list(_there(_share_of(p, whole, rate) for p in parts for whole in named if whole.id != p.id))
    loose = list(_there(_share_of(p, whole, rate) for p in parts for whole in wholes if whole.id != p.id))
    if options and not any(map(holds, options)) and any(map(holds, loose)):
        return None  # of what it names it is none, of something near by it would be
    options += [*loose, *_there([_complete(claim, near)] if not claim.base else [])]
    agreed = [
        a for a in _agreed_whole(claim, part, rate, [*named, *wholes], near) if supporting(a) >= a.least
    ]
    otherwise = agreed[0].relation if agreed else _share_else(claim, part, rate, near)
    if otherwise is None:  # nobody would hear of a share that is wrong
        options = [replace(o, accuses=False) for o in options]
    return Alternatives(options, otherwise)


def _base_beside(claim: Claim) -> Fact | None:
    """The amount that the share is taken of, where its very words stand before it."""
    against, base = claim.against, fold(claim.base)
    if against is None or len(base) < _NAMED:
        return None
    words = re.split("[,;。:]", fold(against.lead))[-1].rstrip("为是共计约达")
    return against.fact if words.endswith(base) else None


_NAMED = 4
"""So many characters name a whole."""


def _share_else(claim: Claim, part: Quantity, rate: Quantity, near: Neighbours) -> Relation | None:
    """The share of the whole that the sentence names, where no whole near by makes it right."""
    sure = claim.against if not claim.base else None
    called = [*near.spoken(claim.base), *(near.called(claim.base) or [])] if claim.base else []
    called = [f for f in (*called, *near.same_words(claim)) if f.id != part.fact.id]
    whole = sure.fact if sure else next(iter(called), None)  # one that nobody knows is not to be guessed
    if whole is None or _base(whole) * _MUCH < part.amount.base:
        return _complete(claim, near)  # what stands before it is no whole of it
    return _share_of(part.fact, whole, rate)


def _share_of_nothing(part: Quantity, rate: Quantity) -> Relation | None:
    """Nothing is 0 % of whatever the whole may be, where the share stands right behind it."""
    if part.passage is not rate.passage or not 0 <= rate.start - part.end < _BESIDE:
        return None
    note = _note(_shown(part.fact), Decimal(0), rate)
    return _relation(
        "prose.share", (Term(100, part.fact), Term(-_ANY_WHOLE, rate.fact)), Decimal(0), note, rate
    )


_BESIDE = 12
"""So many characters stand between an amount and its share ("，占收入预算的")."""
_ANY_WHOLE = Decimal(10**14)
"""In yuan: no whole is larger."""
_FEWEST = 2
"""So many shares that make up 100 % are those of all parts of a whole."""
_MUCH = 2
"""A part so many times its whole is a part of another."""


def _agreed_whole(
    claim: Claim, part: Quantity, rate: Quantity, wholes: list[Fact], near: Neighbours
) -> Iterator[Supported]:
    """The share of the amount that the other shares of the same base in the passage are taken of: two, if there are."""
    others = [c for c in near.siblings(claim) if c.subject and c.rate and c.subject.amount.value]
    least = min(2, max(1, len(near.siblings(claim))))
    for whole in dict.fromkeys(wholes):
        witnesses = _there(_share_of(c.subject.fact, whole, c.rate) for c in others if c.subject and c.rate)
        if (made := _share_of(part.fact, whole, rate)) is not None:
            yield Supported(made, tuple(witnesses), least)


def _all_of_it(claim: Claim, shares: list[Claim]) -> bool:
    """The shares make up 100 %, or all others are right if their parts are the whole."""
    rates = [c.rate.amount.value for c in shares if c.rate]
    if abs(sum(rates, Decimal(0)) - 100) <= Decimal("0.1"):
        return True
    whole = sum((c.subject.amount.base for c in shares if c.subject), Decimal(0))
    others = [c for c in shares if c is not claim and c.subject and c.rate]
    return whole > 0 and all(
        abs(100 * c.subject.amount.base / whole - c.rate.amount.value)
        <= Decimal(1).scaleb(-c.rate.amount.decimals)
        for c in others
        if c.subject and c.rate
    )


def _complete(claim: Claim, near: Neighbours) -> Relation | None:
    """Shares of one passage, or below one heading, that make up 100 %: their whole is the sum of their parts."""
    rate, part = claim.rate, claim.subject
    if rate is None or part is None:
        return None
    for shares in ([claim, *near.siblings(claim)], [claim, *near.cousins(claim)]):
        facts = [c.subject.fact for c in shares if c.subject]
        if len(facts) >= _FEWEST and len(set(facts)) == len(shares) and _all_of_it(claim, shares):
            break
    else:
        return None
    whole, p = sum((_base(f) for f in facts), Decimal(0)), rate.amount.value
    if whole <= 0:
        return None
    terms = tuple(Term(Decimal(100) - p if f == part.fact else -p, f) for f in facts)
    way = f"{_shown(part.fact)} ÷（{' ＋ '.join(_shown(f) for f in facts)}）"
    note = _note(way, 100 * part.amount.base / whole, rate)
    terms = (*terms, Term(-whole, rate.fact))
    return _relation("prose.share", terms, p * whole, note, rate)


def _share_of(part: Fact, whole: Fact, rate: Quantity, identity: str = "prose.share") -> Relation | None:
    """100·a - p·b = 0, as its gradient at the printed numbers."""
    b, p = _base(whole), rate.amount.value
    if b <= 0:
        return None
    terms = (Term(Decimal(100), part), Term(-p, whole), Term(-b, rate.fact))
    note = _note(f"{_shown(part)} ÷ {_shown(whole)}", 100 * _base(part) / b, rate)
    return _relation(identity, terms, p * b, note, rate)


def _shown(fact: Fact) -> str:
    unit = fact.unit.name if fact.unit and fact.unit.name != "万元" else ""
    return f"{fact.text}{unit}"


def _note(way: str, percent: Decimal, rate: Quantity) -> str:
    places = max(rate.amount.decimals, 2)
    return f"{way} ＝ {percent:.{places}f}%"


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
    last = _share_of(actual.fact, against, rate, "prose.completion") if against and _base(against) else None
    options = list(
        _there(_share_of(a.fact, w, rate, "prose.completion") for a in [actual, *amounts] for w in facts)
    )
    if last is None:  # nobody would hear of a rate that is wrong
        options = [replace(o, accuses=False) for o in options]
    return Alternatives(options, last)


def _said_together(claim: Claim) -> bool:
    """One sentence tells the budget, what was carried out and the rate: it is a rate of nothing else."""
    told = (claim.against, claim.subject, claim.rate)
    if claim.subject is claim.against or any(q is None or q.passage is not claim.passage for q in told):
        return False
    at = [q.start for q in told if q is not None]
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
        "prose.against_budget", (budget.fact, actual.fact), words=claim.words, budget=budget.amount.text,
        actual=actual.amount.text,
    )  # fmt: skip


def _relation(
    identity: str, terms: tuple[Term, ...], constant: Decimal, note: str, rate: Quantity
) -> Relation:
    """A relation of a percentage: off by no more than one in its last digit it was cut off or made to fit, not computed
    wrong."""
    one = abs(Decimal(terms[-1].coefficient)) * Decimal(1).scaleb(-rate.amount.decimals)
    nearly = Nearly("prose.rounding", one)
    return Relation(
        f"{identity}|{rate.fact.id}", identity, terms, constant=constant, note=note, nearly=nearly
    )


def _base(fact: Fact) -> Decimal:
    return fact.amount.base if fact.amount else Decimal(0)


MAKERS: dict[Says, Callable[[Claim, Neighbours], Made]] = {
    Says.GROWTH: _growth,
    Says.CHANGE: _change,
    Says.SINCE: _since,
    Says.SHARE: _share,
    Says.COMPLETION: _completion,
    Says.MORE: _compared,
    Says.LESS: _compared,
    Says.SAME: _compared,
}
