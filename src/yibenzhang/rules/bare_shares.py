"""A share printed without % beside others that have it, proved by part and whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from yibenzhang.model.amounts import Amount, unit_named
from yibenzhang.model.facts import Fact
from yibenzhang.model.issues import Issue, issue_at, issue_of
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.neighbours import Neighbours
from yibenzhang.rules.rate_relations import base_of, note_of, share_of, shown
from yibenzhang.rules.registry import rule
from yibenzhang.rules.supporting import holds
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("bare_shares")
_SHARE = _WORDS["share"]
_LEVELS = (Kind.VALUE, Kind.ACTUAL)
_DIGITS = 2
"""A number of fewer digits is a share by chance."""


@rule("prose.bare_share", needs=("text",), each_file=True)
def bare_shares(case: Case) -> Iterator[Issue]:
    """A number behind 占 that is the share of the amount before it in the whole that its neighbours are shares of."""
    near: Neighbours | None = None
    for position, p in enumerate(case.passages):
        for m in _SHARE.finditer(p.text) if not p.heading else ():
            if _goes_on(case, position, m.end()):
                continue
            if _unlike_others(p, m):
                words = p.clauses(max(0, m.start() - _BEFORE), m.end())
                yield issue_at("prose.bare_share", words, p.place(m.start()), template="aligned")
                continue
            part = _part(case, position, m.start())
            if part is None or len(m["share"].replace(".", "")) < _DIGITS:
                continue
            near = near or Neighbours(case)
            text = m["share"]
            amount = Amount(Decimal(text), len(text.partition(".")[2]), unit_named("%"), text)
            share = Quantity(p, m.start("share"), m.end("share"), m.group(), amount, Kind.SHARE)
            claim = Claim(Says.SHARE, p, m.start(), part, rate=share)
            others = [c for c in case.claims if c.says == Says.SHARE and _beside(c, p)]
            if (whole := _whole(claim, others, near)) is not None:
                words = p.clauses(part.start, m.end())
                way = f"{shown(part.fact)} ÷ {shown(whole)}"
                right = note_of(way, 100 * base_of(part.fact) / base_of(whole), share)
                yield issue_of("prose.bare_share", (share.fact, part.fact, whole), words=words, right=right)


def _unlike_others(p: Passage, found: re.Match[str]) -> bool:
    """Behind nothing, where the other items of the list have it right: "0 万元，占 0%；……0 万元，占 0；"."""
    nothing = _WORDS["nothing"].search(p.text, max(0, found.start() - _BEFORE), found.end())
    return bool(nothing) and _signed(p.text) >= _LIKE


@lru_cache(maxsize=8)
def _signed(text: str) -> int:
    return len(_WORDS["item"].findall(text))


_LIKE = 3
"""So many items with the sign show how the list is written."""
_BEFORE = 8
"""So far before the share its amount begins."""


def _goes_on(case: Case, position: int, end: int) -> bool:
    """The paragraph breaks off behind the number, and its sign stands in the next one."""
    following = case.passages[position + 1 : position + 2]
    at_end = end == len(case.passages[position].text)
    return at_end and any(p.text.startswith(_SIGNS) for p in following)


_SIGNS = ("%", "‰", "个", "/")


def _part(case: Case, position: int, at: int) -> Quantity | None:
    """The amount right before a share in its sentence."""
    before = [q for q in case.by_passage.get(position, []) if q.end <= at]
    if not before or not before[-1].money or before[-1].kind not in _LEVELS or not before[-1].amount.value:
        return None
    return None if re.search("[。;]", before[-1].passage.text[before[-1].end : at]) else before[-1]


def _whole(claim: Claim, others: list[Claim], near: Neighbours) -> Fact | None:
    """The whole that makes the number the share of its part, and of which another share with its sign is one too."""
    part, share = claim.subject, claim.rate
    if part is None or share is None:
        return None
    for whole in (*(q.fact for q in (*near.before(claim), *near.section(claim))), *near.named("")):
        if whole.id == part.fact.id or base_of(whole) < part.amount.base:
            continue
        made = share_of(part.fact, whole, share)
        if made is not None and holds(made) and any(_of_whole(c, whole) for c in others):
            return whole
    return None


def _beside(claim: Claim, p: Passage) -> bool:
    """A share under the same headings, of some of its whole: neither nothing nor all."""
    if claim.subject is None or claim.rate is None or claim.passage.section[:2] != p.section[:2]:
        return False
    return bool(claim.subject.amount.value) and 0 < claim.rate.amount.value < _ALL


_ALL = 100


def _of_whole(claim: Claim, whole: Fact) -> bool:
    if claim.subject is None or claim.rate is None or claim.subject.fact.id == whole.id:
        return False
    made = share_of(claim.subject.fact, whole, claim.rate)
    return made is not None and holds(made)
