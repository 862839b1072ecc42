"""Whose change a change is: the amount its words name, and whether the sentence leaves no doubt of it.

A change that names another thing than the amount before it ("其中：甲收入 8 万元，收入比上年增加 27 万元"), one given
as a reason, one on another footing ("剔除……后"): such a claim may prove a number and never accuses one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from yibenzhang.prose.quantities import COMPARES, Quantity
from yibenzhang.standards import fold
from yibenzhang.standards.lexicon.directions import moves
from yibenzhang.standards.lexicon.sentences import purpose

_DIRECTION = re.compile(
    rf"(?P<own>.*?)(?:同比|环比|相应|共|各|净|总共|分别|合计|略|小幅|大幅)*(?:{moves()}|核减|调增|调减|追加|(?<=[年比较])[增减])(?P<item>.*)$"
)
_COMPARED = re.compile(r"同比|环比|[比较与和同](?=于|20\d\d|上|去|年初|本年|当年|预算|决算|同期|调整)")
_AFTER = re.compile(r"相比(?:较)?|对比|比较|年初预算数?|年度?(?:部门)?(?:预算|决算|执行)数?|年度?|同期")
_PLAIN = re.compile(
    r"20\d\d年?度?|相比较?|对比|总量|规模|达到|增至|减至|(?:本|我)(?:部门|单位|局|委|办|院|中心)|\(.*?\)|[“”\"()、,]|年初|全年|当年|本年度?|部门|单位|预算|决算|"
    r"基础上|执行|安排|总计|合计|总额|金额|资金|数额?|总体|整体|实际|其中|同时|即|也就是|也|均|则|为|共|各|较|比|额|率|幅度?|的|是|所"
)
_TAIL = re.compile(r"^(?:了|额|数|率|幅度|比例|各|为|约|是|:|安排|共|达|到|至|近|逾|超过)*$")
_REASON = re.compile(r"原因|由于|因(?!公)|主要是|系")
_FOOTING = re.compile(r"剔除|扣除|同口径|可比|口径|不含|不考虑|年均|累计")
_LAST_YEAR = re.compile(r"^(?:[与和同较比])?(?:上年度?|去年|上一?年度|20\d\d年度?)(?:同期)?")
_BOTH = re.compile(r"收、支|收支")


def subject_of(q: Quantity, current: Quantity | None, head: Quantity | None) -> tuple[Quantity | None, bool]:
    """The amount whose change ``q`` is, and whether that is sure. ``head`` is the whole of the list ``current`` is in."""
    if current is None:
        return None, True
    own, item = _own(q.lead)
    since = q.passage.text[current.end : q.start].rpartition("。")[2]
    if item or _FOOTING.search(since) or _REASON.search(since):
        return current, False
    if not own:
        return current, True
    if head is None or head is current:
        name = _name(current)
        return current, own in name or name.endswith(own[-4:])
    if _BOTH.search(q.lead) and head.amount.base == current.amount.base:
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
    words = _plain(_LAST_YEAR.sub("", re.split(r"[,;:。]", base.lead)[-1]))
    name = _name(amount)
    return not words or not name or words in name or name in words


def change_behind_purpose(between: str) -> bool:
    """Words from an amount to a change that say what the amount is for, then compare it and name nothing else: "主要用于
    ……，比 2025 年增加"."""
    clauses = re.split("[,，]", between.strip(",，"))
    if (
        len(clauses) < 2
        or re.search("[。;；()]", between)
        or _REASON.search(between)
        or _FOOTING.search(between)
    ):
        return False
    own, item = _own(clauses[-1])
    compared = COMPARES.match(clauses[-1]) and not own and not item and _DIRECTION.match(clauses[-1])
    return bool(compared) and purpose().match(clauses[0]) is not None


def follows(rate: Quantity) -> bool:
    """The rate is that of the change before it: its own words name nothing and give no reason."""
    own, item = _own(rate.lead)
    return not own and not item and not _REASON.search(rate.lead) and not _FOOTING.search(rate.lead)


def without_reason(rate: Quantity) -> bool:
    """The words of a rate give no reason and no other footing."""
    return not _REASON.search(rate.lead) and not _FOOTING.search(rate.lead)


def moved_before(change: Quantity, amount: Quantity) -> bool:
    """A change told before its amount: one of the two names the item, or both the same."""
    own, item = _own(change.lead)
    name = _name(amount)
    plain = not (_REASON.search(amount.lead) or _FOOTING.search(amount.lead) or item)
    return plain and (not name or not own or own in name or name.endswith(own[-4:]))


def _own(lead: str) -> tuple[str, str]:
    """The words of the last clause that name what moved: before the direction, and between it and the number."""
    clause = re.split(r"[,;:。]", lead)[-1].lstrip("(、")
    match = _DIRECTION.match(clause)
    if match is None:
        return "", ""
    item = "" if _TAIL.match(match.group("item")) else match.group("item")
    own = match.group("own")
    compared = _COMPARED.search(own)
    if compared:
        after = own[compared.end() :]
        found = list(_AFTER.finditer(after))
        own = own[: compared.start()] + (after[found[-1].end() :] if found else "")
    return _plain(own), item


def _name(q: Quantity) -> str:
    return _plain(re.split(r"[,;:。]", q.lead)[-1])


def _plain(words: str) -> str:
    return _PLAIN.sub("", _BOTH.sub("收入、支出", fold(words)))


def named_alike(change: Quantity, amounts: Iterable[Quantity]) -> list[Quantity]:
    """The amounts under the very words by which a change names what moved; none where it names nothing."""
    own, item = _own(change.lead)
    return [q for q in amounts if len(own) >= _LEAST and not item and _name(q) == own]


def moved_by(change: Quantity) -> str:
    """The words by which a change names what moved; empty where it names nothing or another thing behind its direction."""
    own, item = _own(change.lead)
    return "" if item or _FOOTING.search(change.lead) or _REASON.search(change.lead) else own


_LEAST = 4


def in_a_list(current: Quantity, head: Quantity | None) -> bool:
    """The amount is one of the parts of another that the same sentence names before it."""
    if head is None or head is current or head.passage is not current.passage:
        return False
    return bool(re.search(r"其中|包括", current.passage.text[head.end : current.start]))
