"""What a list of amounts is the parts of, by its sentence alone: a division ("按资金来源"), or an amount before 包括."""

from __future__ import annotations

import re

from yibenzhang.prose.quantities import Quantity

_DIVIDES = re.compile(r"(?:其中)?[,:]?(?:按照?|从|分)[^,。;:\d]{1,10}(?:[,:]|(?=[^,。;:\d]{2,12}\d))")
_LISTED = re.compile(
    r"(?:^|[,;。:)])(?P<whole>[^,;。:\d]{2,30})\d[\d,]*(?:\.\d+)?万?元,?(?:主要)?(?:包括|包含|其中)[,:]?"
)


def divided(q: Quantity) -> str:
    """What the paragraph tells before a sentence that divides it ("按资金来源"); empty where none does."""
    begin = q.passage.text.rfind("。", 0, q.start) + 1
    return q.passage.text[:begin] if _DIVIDES.match(q.passage.text, begin) else ""


def words_of_whole(q: Quantity) -> str:
    """The words of the amount whose parts the sentence lists, with this number among them; empty where none are."""
    begin = q.passage.text.rfind("。", 0, q.start) + 1
    found = list(_LISTED.finditer(q.passage.text, begin, q.start))
    return found[-1].group("whole") if found else ""
