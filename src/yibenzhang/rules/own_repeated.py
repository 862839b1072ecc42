"""The amount of this year that an entry tells twice: behind the name of its item, and once more as what was carried out
or budgeted, also over the end of a paragraph or a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.model.relations import Relation, Term
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.rules.slips import agree
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("own_repeated")
_HEAD, _ACTUAL, _PLANNED = _WORDS["head"], _WORDS["actual"], _WORDS["planned"]
_PLAIN = _WORDS["plain"]
"""A budget or an outturn of the item itself: its words name no other."""
_APART = _WORDS["apart"]
"""Where a part, or another item, begins."""
_GOES_ON = _WORDS["goes_on"]
"""How a paragraph begins that goes on about the item of the one before it."""
_LEVELS = (Kind.VALUE, Kind.ACTUAL)
_MOST = 2
"""So many paragraphs an entry may go on in."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of an entry, and the text between it and the amount before it."""

    quantity: Quantity
    between: str


@rule("prose.own", "prose.last_digit", needs=("text", "stage", "year"), each_file=True)
def repeated(case: Case) -> Iterator[Relation | Issue]:
    """ "……（项）257.14 万元，主要用于……。年初预算为 274.82 万元，支出决算为 257.14 万元": one amount."""
    for position in range(len(case.passages)):
        yield from _in_entry(_entry(case, position), case)


def _entry(case: Case, position: int) -> list[_Amount]:
    """The amounts of a paragraph and of those that go on with it."""
    out: list[_Amount] = []
    for k in range(position, min(position + 1 + _MOST, len(case.passages))):
        p = case.passages[k]
        if k > position and (p.heading or not _GOES_ON.match(p.text)):
            break
        last = 0
        for q in case.by_passage.get(k, []):
            out.append(_Amount(q, p.text[last : q.start]))
            last = q.end
    return out


def _in_entry(amounts: Sequence[_Amount], case: Case) -> Iterator[Relation | Issue]:
    head: Quantity | None = None
    for one in amounts:
        q = one.quantity
        if head is not None and _APART.search(one.between):
            head = None
        if q.kind == Kind.BROKEN:
            head = None
        if not q.money:
            continue
        if head is not None and _again(q, case):
            yield _differ(q, head) or _same(q, head)
            head = None
        elif head is None and q.kind in _LEVELS and _HEAD.search(q.lead):
            head = q
        elif head is not None and q.kind in _LEVELS and not _PLAIN.search(q.lead):
            head = None  # a list of what the item is spent on


def _again(q: Quantity, case: Case) -> bool:
    """The amount carried out, in a budget that budgeted, of the document's own year, under no other name."""
    if q.kind not in _LEVELS:
        return False
    found = (_ACTUAL if case.stage == "accounts" else _PLANNED).search(q.lead)
    return found is not None and (found["year"] is None or int(found["year"]) == case.year)


def _differ(q: Quantity, head: Quantity) -> Issue | None:
    """Both are printed to the same digit, and differ by no more than rounding would leave open if it were one."""
    one, other = q.amount, head.amount
    alike = one.decimals == other.decimals and one.unit == other.unit and one.value != other.value
    if not (alike and agree(q.fact, head.fact)):
        return None
    words = q.passage.clauses(q.start, q.end)
    return issue_of("prose.last_digit", (q.fact, head.fact), words=words, other=other.text)


def _same(q: Quantity, head: Quantity) -> Relation:
    return Relation(f"prose.own|{q.fact.id}", "prose.own", (Term(1, q.fact), Term(-1, head.fact)))
