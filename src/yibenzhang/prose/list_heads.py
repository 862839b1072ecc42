"""What a list of amounts is the parts of, by its sentence alone: a division ("按资金来源"), or an amount before
包括."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("list_heads")
_DIVIDES, _PARTS, _LISTED = _WORDS["divides"], _WORDS["parts"], _WORDS["listed"]


def divided(q: Quantity) -> str:
    """What the paragraph tells before a sentence that divides it ("按资金来源"); empty where none does."""
    begin = q.passage.text.rfind("。", 0, q.start) + 1
    return q.passage.text[:begin] if _DIVIDES.match(q.passage.text, begin) else ""


def words_of_whole(q: Quantity) -> str:
    """The words of the amount whose parts the sentence lists, with this number among them; empty where none are."""
    begin = q.passage.text.rfind("。", 0, q.start) + 1
    found = list(_LISTED.finditer(q.passage.text, begin, q.start))
    return found[-1].group("whole") if found else ""


def listed_whole(q: Quantity, every: Sequence[Quantity]) -> bool:
    """The number is one of a list of parts that make up, to the cent, an amount of its paragraph told before them."""
    text = q.passage.text
    stop = text.find("。", q.end)
    opened = [m.end() for m in _PARTS.finditer(text, 0, q.start)]
    if not opened:
        return False
    here = [x for x in every if x.passage is q.passage and x.money and x.kind in (Kind.VALUE, Kind.ACTUAL)]
    parts = [x for x in here if x.start >= opened[-1] and (stop < 0 or x.start < stop)]
    wholes = [x for x in here if x.end <= opened[-1]]
    total = sum((x.amount.base for x in parts), Decimal(0))
    return len(parts) > 1 and any(x.amount.base == total for x in wholes)
