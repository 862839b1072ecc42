"""Numbers that say nothing of what the body takes in or spends: thresholds, tariffs, targets, policy rates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import COMPARES, Kind, Quantity
from yibenzhang.standards.lexicon.sentences import no_claim_words

_STOP = "。;"
_RATED = (Kind.RATE, Kind.VALUE)


def without_claims(passage: Passage, quantities: Sequence[Quantity]) -> list[Quantity]:
    """The numbers of a passage, those that are no claims marked so."""
    return [
        replace(q, kind=Kind.NO_CLAIM) if _says_nothing(passage, q, quantities) else q for q in quantities
    ]


def _says_nothing(passage: Passage, q: Quantity, quantities: Sequence[Quantity]) -> bool:
    if q.kind in (Kind.COUNT, Kind.BROKEN, Kind.PLACEHOLDER):
        return False
    words, text = no_claim_words(), passage.text
    begin = max(text.rfind(c, 0, q.start) for c in _STOP) + 1
    before = text[begin : q.start]
    if words.after.match(text, q.end) or words.before.search(before):
        return True
    if not q.percent:
        return False
    if words.percent.search(before):
        return True
    if q.kind not in _RATED or COMPARES.match(before):
        return False
    stop = min((k for c in _STOP if (k := text.find(c, q.end)) >= 0), default=len(text))
    return not any(o.money and begin <= o.start < stop for o in quantities) and bool(
        re.search("[一-鿿]", before)
    )
