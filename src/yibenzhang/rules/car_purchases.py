"""What buying and running cars cost told as one amount, with no word about buying."""

from __future__ import annotations

from collections.abc import Iterator

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.prose.passages import Passage, flat
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("car_purchases")
_TOGETHER, _ASIDE, _APART = _WORDS["together"], _WORDS["aside"], _WORDS["apart"]
_LEVELS = (Kind.VALUE, Kind.ACTUAL)
_BUYING = _WORDS["buying"]
_TABLE = ".three_public"


@rule("presence.car_purchase", "presence.car_purchase_text", needs=("text",), stages=("accounts",))
def not_parted(case: Case) -> Iterator[Issue]:
    """The two as one amount above nothing, and nowhere what cars were bought for, how many, or that none were."""
    body = [p for p in case.passages if not _of_terms(p)]
    amounts = [q for q in case.quantities if _together(q) and not _of_terms(q.passage)]
    if case.stage != "accounts" or not amounts or any(_APART.search(p.text) for p in body):
        return
    identity = "presence.car_purchase" if _parted_nowhere(case) else "presence.car_purchase_text"
    words = amounts[0].passage.clauses(amounts[0].start, amounts[0].end)
    yield issue_of(identity, (amounts[0].fact,), words=words)


def _of_terms(p: Passage) -> bool:
    """It explains what the terms mean."""
    return any("名词" in s for s in p.section) or "名词解释" in p.text


def _together(q: Quantity) -> bool:
    if not q.money or q.kind not in _LEVELS or not q.amount.value or not _TOGETHER.search(q.lead):
        return False
    begin = max(q.passage.text.rfind(c, 0, q.start) for c in ",;。(:") + 1
    return not _ASIDE.search(q.passage.text, begin, q.start)


def _parted_nowhere(case: Case) -> bool:
    """There is a table of receptions, journeys and cars, and none tells what buying cars cost."""
    tables = [t.table for t in case.tables if t.table.standard and t.table.standard.id.endswith(_TABLE)]
    cells = (flat(c.text) for t in tables for c in t.table.cells)
    return bool(tables) and not any(_BUYING.search(text) for text in cells)
