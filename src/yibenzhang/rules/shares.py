"""What a share is of: the amount its words name, the head of its list, or what is told near by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from yibenzhang.model.facts import Fact
from yibenzhang.model.relations import Alternatives, Made, Relation, Supported, Term
from yibenzhang.prose.claim import Claim
from yibenzhang.prose.numbering import count_written
from yibenzhang.prose.quantities import Quantity
from yibenzhang.rules.neighbours import Neighbours
from yibenzhang.rules.rate_relations import base_of, given, note_of, rate_relation, share_of, shown
from yibenzhang.rules.supporting import holds, supporting
from yibenzhang.standards import fold
from yibenzhang.standards.patterns import patterns


def share_claim(claim: Claim, near: Neighbours) -> Made:
    rate, part = claim.rate, claim.subject
    if rate is None or part is None:
        return None
    if not part.amount.value:
        return _share_of_nothing(part, rate)
    if (whole := _taken_of(claim)) is not None:
        return None if _all_together(claim, whole, near) else share_of(part.fact, whole, rate)
    claim = near.going_on(claim)
    named = [*near.spoken(claim.base), *near.named(claim.base)] if claim.base else []
    wholes = _wholes(claim, part, near)
    if (count := _summed(part, rate)) is not None:
        return _share_of_sum(claim, count, named or wholes, near)
    parts = [part.fact] + [q.fact for q in near.before(claim) if q is not part]
    if (said := _base_beside(claim)) is not None:
        named, wholes = [said], []  # the sentence itself tells the amount of the whole that it names
    options = list(given(share_of(p, whole, rate) for p in parts for whole in named if whole.id != p.id))
    loose = list(given(share_of(p, whole, rate) for p in parts for whole in wholes if whole.id != p.id))
    if options and not any(map(holds, options)) and any(map(holds, loose)):
        # of what it names it is none, of something near by it would be: of the head of its list, it names the wrong one
        return Alternatives(options, options[0]) if _of_its_list(claim, near, loose) else None
    options += [*loose, *given([_complete(claim, near)] if not claim.base else [])]
    agreed = [
        a for a in _agreed_whole(claim, part, rate, [*named, *wholes], near) if supporting(a) >= a.least
    ]
    otherwise = agreed[0].relation if agreed else _share_else(claim, part, rate, near)
    if otherwise is None:  # nobody would hear of a share that is wrong
        options = [replace(o, accuses=False) for o in options]
    return Alternatives(options, otherwise)


def _summed(part: Quantity, rate: Quantity) -> int | None:
    """How many amounts the share is of together: "甲 3 万元、乙 2 万元，两项合计占……的 5%"; None where it is of one."""
    if part.passage is not rate.passage:
        return None
    said = _WORDS["summed"].search(rate.passage.text, part.end, rate.start)
    return count_written(said.group("n")) if said else None


def _share_of_sum(claim: Claim, count: int, wholes: list[Fact], near: Neighbours) -> Made:
    """So many amounts told last, together, over what their share names."""
    rate, parts = claim.rate, near.enumerated(claim)
    if rate is None or count < 2 or len(parts) != count:
        return None  # among them may be a sum, a change, or what is divided again
    options = list(given(_together(parts, whole, rate) for whole in dict.fromkeys(wholes)))
    sure = len({w.amount.base for w in wholes if w.amount}) == 1
    return Alternatives(options, options[0] if options and sure else None)


def _together(parts: Sequence[Quantity], whole: Fact, rate: Quantity) -> Relation | None:
    made = share_of(parts[0].fact, whole, rate)
    if made is None:
        return None
    facts, b = [q.fact for q in parts], base_of(whole)
    way = f"（{' ＋ '.join(map(shown, facts))}）÷ {shown(whole)}"
    note = note_of(way, 100 * sum(map(base_of, facts), Decimal(0)) / b, rate)
    terms = (*(Term(Decimal(100), f) for f in facts), *made.terms[1:])
    return rate_relation("prose.share", terms, made.constant, note, rate)


def _wholes(claim: Claim, part: Quantity, near: Neighbours) -> list[Fact]:
    """What a part may be a share of where nothing names it: what stands before it, in its section, in the tables."""
    core = claim.base.strip('“”"')[-2:]
    wholes: list[Fact] = [claim.against.fact] if claim.against and not claim.base else []
    wholes += [q.fact for q in near.before(claim) if q is not part]
    wholes += [
        q.fact
        for q in near.section(claim)
        if q is not part and (not core or core in q.lead.replace("”", "") or re.search(r"总|合计", q.lead))
    ]
    return wholes + near.named("")


def _taken_of(claim: Claim) -> Fact | None:
    """The whole that stands between a part and its share ("其他收入 450 万元，占收入总额 9000 万元的 5%"): no other is
    meant."""
    part, whole, rate = claim.subject, claim.against, claim.rate
    if part is None or whole is None or rate is None or not rate.lead.lstrip(")").startswith("的"):
        return None
    if part.passage is not whole.passage or not whole.amount.value:
        return None
    said = _WORDS["taken"].fullmatch(whole.passage.text, part.end, whole.start)
    return whole.fact if said and whole.amount.base >= part.amount.base else None


def _all_together(claim: Claim, whole: Fact, near: Neighbours) -> bool:
    """The share is that of all amounts of a list, of which the part is the last ("分别是甲 180 万元、乙 120
    万元，占")."""
    part, rate = claim.subject, claim.rate
    if part is None or rate is None:
        return False
    text, listed, total = claim.passage.text, part, part.amount.base
    for q in sorted((q for q in near.before(claim) if q.passage is part.passage), key=lambda q: -q.start):
        if q.end <= listed.start and _WORDS["listed"].fullmatch(text, q.end, listed.start):
            listed, total = q, total + q.amount.base
    off = abs(100 * total / base_of(whole) - rate.amount.value)
    return listed is not part and off <= Decimal(1).scaleb(-rate.amount.decimals)


_WORDS = patterns("shares")


def _of_its_list(claim: Claim, near: Neighbours, loose: list[Relation]) -> bool:
    """Of all amounts near by the share is that of its list's head alone, while its words name another amount."""
    head = claim.against
    if head is None or len(claim.base) < _NAMED or not near.spoken(claim.base):
        return False
    of = {t.fact.amount.base for o in loose if holds(o) for t in o.terms[1:2] if t.fact.amount}
    return of == {head.amount.base}


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
    if whole is None or base_of(whole) * _MUCH < part.amount.base:
        return _complete(claim, near)  # what stands before it is no whole of it
    return share_of(part.fact, whole, rate)


def _share_of_nothing(part: Quantity, rate: Quantity) -> Relation | None:
    """Nothing is 0 % of whatever the whole may be, where the share stands right behind it."""
    if part.passage is not rate.passage or not 0 <= rate.start - part.end < _BESIDE:
        return None
    note = note_of(shown(part.fact), Decimal(0), rate)
    return rate_relation(
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
        witnesses = given(share_of(c.subject.fact, whole, c.rate) for c in others if c.subject and c.rate)
        if (made := share_of(part.fact, whole, rate)) is not None:
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
    whole, p = sum((base_of(f) for f in facts), Decimal(0)), rate.amount.value
    if whole <= 0:
        return None
    terms = tuple(Term(Decimal(100) - p if f == part.fact else -p, f) for f in facts)
    way = f"{shown(part.fact)} ÷（{' ＋ '.join(shown(f) for f in facts)}）"
    note = note_of(way, 100 * part.amount.base / whole, rate)
    terms = (*terms, Term(-whole, rate.fact))
    return rate_relation("prose.share", terms, p * whole, note, rate)
