"""Numbers of the text that prove each other: repeated changes, lists that add up, one name in two places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from yibenzhang.balance.diagnose import slip_kind
from yibenzhang.model.relations import Alternatives, Made, Relation, Term
from yibenzhang.prose.claims import Claim, Says
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import fold

_DIGITS = 6
"""Amounts with this many printed digits are not equal by chance."""
_OPEN = re.compile(r"(?:其中|包括|分别为|具体为|如下)[:：]?")
_WHOLE = re.compile(r"(?:合计|共计|总计|共)(?:为|是)?$")
_NAME = re.compile(r"[\u4e00-\u9fff()“”]{5,30}$")
_VAGUE = re.compile(r"合计|总计|其中|支出预算|收入预算|^预算|^支出|^收入|本年|上年|年度|预算数|决算数|比|较")


@rule("prose.year_before", "prose.listed", needs=("text",), each_file=True)
def agreeing(case: Case) -> Iterator[Made]:
    """Changes and lists: only where they hold, for one that does not may be of another scope or incomplete."""
    for relation in (*_changes(case.claims), *_lists(case.by_passage)):
        yield Alternatives((replace(relation, accuses=False),))


_PLANNED = re.compile(r"(20\d\d)年(?:度)?预算(?:安排|数)(?:为)?$")


@rule("prose.own", needs=("text",), each_file=True)
def own_amounts(case: Case) -> Iterator[Relation]:
    """ "……（项）”220.63 万元……2023 年预算安排 220.63 万元": the item's amount, once more in its own sentence."""
    for found in case.by_passage.values():
        head: Quantity | None = None
        for q in found:
            if not q.money or q.kind != Kind.VALUE:
                continue
            if re.search(r"\(项\)[”“:]*$", q.lead):
                head = q
            elif head is not None and _PLANNED.search(q.lead):
                terms = (Term(1, q.fact), Term(-1, head.fact))
                yield Relation(f"prose.own|{q.fact.id}", "prose.own", terms)
                head = None


def _digits(q: Quantity) -> int:
    return len(q.amount.text.replace(",", "").replace(".", "").lstrip("0"))


def _changes(claims: list[Claim]) -> Iterator[Relation]:
    """One amount of this year, said in two places to have changed by the same amount."""
    first: dict[tuple[str, int], Claim] = {}
    for claim in claims:
        now, change = claim.subject, claim.change
        if claim.says != Says.CHANGE or now is None or change is None or not change.sign:
            continue
        if _digits(now) < _DIGITS:
            continue
        key = (f"{now.amount.base.normalize():f}", change.sign)
        before = first.setdefault(key, claim).change
        if before is not None and before is not change:
            terms = (Term(1, change.fact), Term(-1, before.fact))
            yield Relation(f"prose.year_before|{change.fact.id}", "prose.year_before", terms)


def _lists(quantities: dict[int, list[Quantity]]) -> Iterator[Relation]:
    """A whole and the parts listed after it, or before it."""
    for found in quantities.values():
        values = [q for q in found if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)]
        for at, whole in enumerate(values):
            text = whole.passage.text
            if at + 2 < len(values) and _OPEN.search(text, whole.end, values[at + 1].start):
                yield from _sum(whole, _until_stop(text, whole.end, values[at + 1 :]))
            if at >= 2 and _WHOLE.search(whole.lead):
                begin = text.rfind("。", 0, whole.start) + 1
                yield from _sum(whole, [q for q in values[:at] if q.start >= begin])


def _until_stop(text: str, start: int, following: list[Quantity]) -> list[Quantity]:
    """The amounts up to the end of the sentence in which the first of them stands."""
    stop = text.find("。", following[0].end if following else start)
    return [q for q in following if stop < 0 or q.start < stop]


def _sum(whole: Quantity, parts: Iterable[Quantity]) -> Iterator[Relation]:
    listed = list(parts)
    if sum(q.amount.value != 0 for q in listed) >= 2:
        terms = (Term(1, whole.fact), *(Term(-1, q.fact) for q in listed))
        yield Relation(f"prose.listed|{whole.fact.id}|{len(listed)}", "prose.listed", terms)


@rule("prose.twice", needs=("text",), each_file=True)
def twice(case: Case) -> Iterator[Made]:
    """Two amounts under one name, in two places: equal, or a slip of the keyboard apart."""
    named: dict[str, list[Quantity]] = {}
    for found in case.by_passage.values():
        for q in found:
            name = _name(q) if q.money and q.kind == Kind.VALUE and _digits(q) >= 3 else ""
            if name:
                named.setdefault(name, []).append(q)
    for same in named.values():
        for a, b in combinations(same[:6], 2):
            if a.passage is b.passage and a.passage.section == b.passage.section:
                continue
            relation = Relation(
                f"prose.twice|{b.fact.id}", "prose.twice", (Term(1, b.fact), Term(-1, a.fact))
            )
            slipped = min(_digits(a), _digits(b)) >= 4 and slip_kind(
                f"{a.amount.value:f}", f"{b.amount.value:f}"
            )
            slip = slipped and a.amount.decimals == b.amount.decimals >= 2
            yield Alternatives((relation,), relation if slip else None)


def _name(q: Quantity) -> str:
    lead = re.split(r"[,，、。;；:：]", fold(q.lead))[-1].rstrip("为共约是")
    match = _NAME.search(lead)
    return match.group() if match and not _VAGUE.search(match.group()) else ""
