"""What of the amounts behind a whole are its parts: not what a closing total adds up, not those of the list above."""

from __future__ import annotations

import re

from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Quantity
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("list_parts")


def ends_list(lead: str) -> bool:
    """The words before an amount end the list: it is the sum that closes it ("……，收入合计 90 万元"), or something is
    put beside the whole ("；加上级补助收入 20 万元")."""
    clause = re.split("[,;、]", lead)[-1]
    return bool(_WORDS["closes"].fullmatch(clause) or _WORDS["added"].match(clause))


def lists_below(passage: Passage) -> bool:
    """A numbered paragraph that ends by announcing its own parts."""
    return bool(_WORDS["announces"].search(passage.text))


def own_whole(whole: Quantity, before: list[Quantity], parts: list[Quantity]) -> Quantity:
    """The amount that the parts make up: that right before them, unless they make up an earlier one ("项目 31 万元；
    整体支出 52 万元。其中：……")."""
    total = sum(q.amount.base for q in parts)
    if total == whole.amount.base:
        return whole
    return next((q for q in reversed(before) if q.amount.base == total), whole)


def own_parts(text: str, whole: Quantity, parts: list[Quantity]) -> list[Quantity]:
    """The first of the parts, where they make up the whole and a comma after marks of enumeration ends them: what
    follows stands in the list above ("运行维护费 32 万元，其中购置 12 万元、运行 20 万元，公务接待费 8 万元")."""
    for k in range(2, len(parts)):
        if goes_up(text, parts[: k + 1]) and sum(q.amount.base for q in parts[:k]) == whole.amount.base:
            return parts[:k]
    return parts


def goes_up(text: str, parts: list[Quantity]) -> bool:
    """The last is parted by a comma, the others by marks of enumeration."""
    marks = [text[a.end : b.start].strip("()")[:1] for a, b in zip(parts, parts[1:], strict=False)]
    return len(marks) > 1 and set(marks[:-1]) == {"、"} and marks[-1] == ","
