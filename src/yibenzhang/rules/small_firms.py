"""The share of small firms in procurement, of the two amounts that the paragraph itself tells."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.relations import Alternatives
from yibenzhang.prose.claims import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.rate_relations import share_of
from yibenzhang.rules.registry import rule
from yibenzhang.rules.supporting import holds
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("small_firms")
_PART, _FIRMS, _SMALLEST = _WORDS["part"], _WORDS["firms"], _WORDS["smallest"]
_WHOLE, _KINDS = _WORDS["whole"], _WORDS["kinds"]
_LEVELS = (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED)


@rule("prose.share", needs=("text",), each_file=True)
def of_small_firms(case: Case) -> Iterator[Alternatives]:
    """What goes to small firms of all procurement, and what goes to the smallest of these."""
    by_passage = {id(p): case.by_passage.get(k, []) for k, p in enumerate(case.passages)}
    for claim in case.claims:
        part, rate = claim.subject, claim.rate
        if claim.says != Says.SHARE or claim.loose or part is None or rate is None or not part.amount.value:
            continue
        if part.passage is not claim.passage or not _of_firms(part) or _KINDS.search(claim.base):
            continue
        before = [q for q in by_passage[id(claim.passage)] if q.end <= part.start and q.money]
        larger = [q for q in before if q.kind in _LEVELS and q.amount.base >= part.amount.base]
        whole = _whole(claim, part, larger)
        if whole is None or (stated := share_of(part.fact, whole.fact, rate)) is None:
            continue
        options = [r for q in larger if (r := share_of(part.fact, q.fact, rate)) is not None]
        yield Alternatives([stated] if not any(map(holds, options)) else options, stated)


def _of_firms(part: Quantity) -> bool:
    """The amount is one of small firms, by the words between it and the amount before it."""
    return bool(_PART.search(part.lead)) and not _KINDS.search(part.lead)


def _whole(claim: Claim, part: Quantity, larger: list[Quantity]) -> Quantity | None:
    """The amount of which its words say the share is; for words that name none, all procurement."""
    if _FIRMS.search(claim.base):
        found = [q for q in larger if _FIRMS.search(q.lead) and not _SMALLEST.search(q.lead)]
        return found[-1] if found and _SMALLEST.search(part.lead) else None
    found = [q for q in larger if _WHOLE.search(q.lead) and not _PART.search(q.lead)]
    return found[0] if len({q.amount.base for q in found}) == 1 else None
