"""Whose change a change is: the amount its words name, and whether the sentence leaves no doubt of it.

A change that names another thing than the amount before it ("其中：甲收入 8 万元，收入比上年增加 27 万元"), one given
as a reason, one on another footing ("剔除……后"): such a claim may prove a number and never accuses one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from yibenzhang.prose.quantities import COMPARES, Quantity
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.sentences import purpose
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("subjects")


def subject_of(q: Quantity, current: Quantity | None, head: Quantity | None) -> tuple[Quantity | None, bool]:
    """The amount whose change ``q`` is, and whether that is sure. ``head`` is the whole of the list ``current`` is
    in."""
    if current is None:
        return None, True
    own, item = _own(q.lead)
    since = q.passage.text[current.end : q.start].rpartition("。")[2]
    if item or _WORDS["footing"].search(since) or _WORDS["reason"].search(since):
        return current, False
    if not own:
        return current, True
    if head is None or head is current:
        name = _name(current)
        return current, own in name or name.endswith(own[-4:])
    if _WORDS["both"].search(q.lead) and head.amount.base == current.amount.base:
        return current, True  # income and expenditure, which are the same amount
    name = _name(current)
    if own == name or (len(own) >= 4 and name.endswith(own)):
        return current, True
    if own in _name(head):
        return head, True
    return current, False


def of_base(base: Quantity, amount: Quantity) -> bool:
    """The amount may be the one that goes with a base of the year before: the base's words, where it has any, are in
    the amount's name or the other way round ("与上年支出 35 万元相比" is not said of what is left at the end)."""
    words, name = _item_of(base), _item_of(amount)
    return not words or not name or words in name or name in words


def since(
    change: Quantity, base: Quantity, amount: Quantity | None, sure: bool, current: Quantity
) -> tuple[Quantity | None, bool]:
    """Whose change since the amount of the year before it is, and whether that is sure: also where what moved is named
    behind the two ("从上年的 7.80 万元到本年的 8.40 万元，公务用车运行维护费净增 0.60 万元"), and where the base alone
    is said to be on the footing of this year ("上年同口径")."""
    if amount is None:
        return amount, sure
    if not sure and amount is current:
        sure = _behind_both(change, base, amount)
    elif sure and _own(change.lead)[0] and _of_several(change, base, amount):
        sure = False
    return amount, sure and of_base(base, amount) and not _moved_between(change, base, amount)


def _moved_between(change: Quantity, base: Quantity, amount: Quantity) -> bool:
    """Another amount stands between the two ("上年预算 4.50 万元，年中调整为 4.00 万元，今年 3.00 万元"), or what the
    change is of stands behind it ("增加 90 万元的租金")."""
    text = change.passage.text
    between = text[base.end : amount.start] if base.passage is amount.passage else ""
    return bool(_WORDS["an_amount"].search(between)) or text.startswith("的", change.end)


def _of_several(change: Quantity, base: Quantity, amount: Quantity) -> bool:
    """Another amount stands behind the two in its sentence, before it or after it."""
    text = change.passage.text
    stop = text.find("。", change.end)
    here = amount.passage is change.passage and base.passage is change.passage
    before = here and _WORDS["an_amount"].search(text, max(amount.end, base.end), change.start)
    return bool(before or _WORDS["an_amount"].search(text, change.end, stop if stop >= 0 else len(text)))


def _behind_both(change: Quantity, base: Quantity, amount: Quantity) -> bool:
    """A change behind an amount and its base that names what they do not, or nothing."""
    own, item = _own(change.lead)
    if _of_several(change, base, amount):
        return False
    behind = change.passage.text[max(amount.end, base.end) : change.start]
    if item or _WORDS["footing"].search(behind) or _WORDS["reason"].search(behind):
        return False
    if _WORDS["part"].search(behind):
        return False
    words = re.split("[,;:。]", base.lead)[-1]
    if not own:
        return _WORDS["same_footing"].search(words) is not None
    return _WORDS["from"].match(words) is not None and not _item_of(base) and not _item_of(amount)


def _item_of(q: Quantity) -> str:
    """The words before an amount that name it, without its year and the verbs that lead to it."""
    return _plain(_WORDS["frame"].sub("", re.split(r"[,;:。]", q.lead)[-1]))


def change_behind_purpose(between: str) -> bool:
    """Words from an amount to a change that say what the amount is for, then compare it and name nothing else:
    "主要用于 ……，比 2025 年增加"."""
    clauses = re.split("[,，]", between.strip(",，"))
    if (
        len(clauses) < 2
        or re.search("[。;；()]", between)
        or _WORDS["reason"].search(between)
        or _WORDS["footing"].search(between)
    ):
        return False
    own, item = _own(clauses[-1])
    compared = COMPARES.match(clauses[-1]) and not own and not item and _WORDS["direction"].match(clauses[-1])
    return bool(compared) and purpose().match(clauses[0]) is not None


def follows(rate: Quantity) -> bool:
    """The rate is that of the change before it: its own words name nothing and give no reason."""
    own, item = _own(rate.lead)
    return (
        not own
        and not item
        and not _WORDS["reason"].search(rate.lead)
        and not _WORDS["footing"].search(rate.lead)
    )


def without_reason(rate: Quantity) -> bool:
    """The words of a rate give no reason and no other footing."""
    return not _WORDS["reason"].search(rate.lead) and not _WORDS["footing"].search(rate.lead)


def moved_before(change: Quantity, amount: Quantity) -> bool:
    """A change told before its amount: one of the two names the item, or both the same."""
    own, item = _own(change.lead)
    name = _name(amount)
    plain = not (_WORDS["reason"].search(amount.lead) or _WORDS["footing"].search(amount.lead) or item)
    return plain and (not name or not own or own in name or name.endswith(own[-4:]))


def _own(lead: str) -> tuple[str, str]:
    """The words of the last clause that name what moved: before the direction, and between it and the number."""
    clause = re.split(r"[,;:。]", lead)[-1].lstrip("(、")
    match = _WORDS["direction"].match(clause)
    if match is None:
        return "", ""
    item = "" if _WORDS["tail"].match(match.group("item")) else match.group("item")
    own = match.group("own")
    compared = _WORDS["compared"].search(own)
    if compared:
        after = own[compared.end() :]
        found = list(_WORDS["after"].finditer(after))
        own = own[: compared.start()] + (after[found[-1].end() :] if found else "")
    return _plain(own), item


def _name(q: Quantity) -> str:
    return _plain(re.split(r"[,;:。]", q.lead)[-1])


def _plain(words: str) -> str:
    return _WORDS["plain"].sub("", _WORDS["both"].sub("收入、支出", fold(words)))


def named_alike(change: Quantity, amounts: Iterable[Quantity]) -> list[Quantity]:
    """The amounts under the very words by which a change names what moved; none where it names nothing."""
    own, item = _own(change.lead)
    return [q for q in amounts if len(own) >= _LEAST and not item and _name(q) == own]


def moved_by(change: Quantity) -> str:
    """The words by which a change names what moved; empty where it names nothing or another thing behind its
    direction."""
    own, item = _own(change.lead)
    return (
        "" if item or _WORDS["footing"].search(change.lead) or _WORDS["reason"].search(change.lead) else own
    )


_LEAST = 4


def in_a_list(current: Quantity, head: Quantity | None) -> bool:
    """The amount is one of the parts of another that the same sentence names before it."""
    if head is None or head is current or head.passage is not current.passage:
        return False
    return bool(re.search(r"其中|包括", current.passage.text[head.end : current.start]))
