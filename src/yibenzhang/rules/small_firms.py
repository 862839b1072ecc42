"""The share of small firms in procurement, of the two amounts that the paragraph itself tells."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.relations import Alternatives, Relation
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.quantities import Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.neighbours import Neighbours
from yibenzhang.rules.rate_relations import share_of
from yibenzhang.rules.registry import rule
from yibenzhang.rules.shares import share_claim
from yibenzhang.rules.supporting import holds
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("small_firms")
_PART, _FIRMS, _SMALLEST = _WORDS["part"], _WORDS["firms"], _WORDS["smallest"]
_WHOLE, _KINDS = _WORDS["whole"], _WORDS["kinds"]


@rule("prose.share", needs=("text",), each_file=True)
def of_small_firms(case: Case) -> Iterator[Alternatives]:
    """What goes to small firms of all procurement, and what goes to the smallest of these."""
    claims = [c for c in case.claims if c.says == Says.SHARE and not c.loose and _of_firms(c)]
    near = Neighbours(case) if claims else None
    for claim in claims if near is not None else ():
        if near is not None and not _known(claim, near) and (made := _share(claim, near)) is not None:
            yield made


def _share(claim: Claim, near: Neighbours) -> Alternatives | None:
    part, rate = claim.subject, claim.rate
    if part is None or rate is None:
        return None
    larger = [q for q in near.before(claim) if q.end <= part.start and q.amount.base >= part.amount.base]
    whole = _whole(claim, part, larger[::-1])
    if whole is None or (stated := share_of(part.fact, whole.fact, rate)) is None:
        return None
    options = [r for q in larger if (r := share_of(part.fact, q.fact, rate)) is not None]
    return Alternatives(options if any(map(holds, options)) else [stated], stated)


def _known(claim: Claim, near: Neighbours) -> bool:
    """What the share is of is read as that of any share is."""
    made = share_claim(claim, near)
    if not isinstance(made, Alternatives):
        return made is not None
    options = (o for o in made.options if isinstance(o, Relation))
    return made.otherwise is not None or any(map(holds, options))


def _of_firms(claim: Claim) -> bool:
    """The amount spoken of is one of small firms, by the words between it and the amount before it."""
    part = claim.subject
    if part is None or part.passage is not claim.passage or not part.amount.value:
        return False
    return bool(_PART.search(part.lead)) and not _KINDS.search(part.lead) and not _KINDS.search(claim.base)


def _whole(claim: Claim, part: Quantity, larger: list[Quantity]) -> Quantity | None:
    """The amount of which its words say the share is; for words that name none, all procurement."""
    if _FIRMS.search(claim.base):
        found = [q for q in larger if _FIRMS.search(q.lead) and not _SMALLEST.search(q.lead)]
        return found[-1] if found and _SMALLEST.search(part.lead) else None
    found = [q for q in larger if _WHOLE.search(q.lead) and not _PART.search(q.lead)]
    return found[0] if len({q.amount.base for q in found}) == 1 else None
