"""What the text says there is none of, against the figures of the tables and of other sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.model.places import Place
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards import Address

_WORDS = {
    "fund": r"政府性基金(?:预算)?(?:财政)?(?:拨款)?",
    "state_capital": r"国有资本经营(?:预算)?(?:财政)?(?:拨款)?",
    "procurement": r"政府采购(?:预算)?",
    "three_public": r"[“\"]?三公[”\"]?经费(?:财政拨款)?",
    "abroad": r"因公出国\(境\)(?:费用?|经费)?",
    "reception": r"公务接待(?:费用?|经费)?",
    "car_buy": r"公务用车购置(?:费|经费)?",
    "operating": r"机关运行经费",
    "services": r"政府购买服务",
}
"""What is denied, and how it is named."""
_AT = {
    "fund": ("*.fund", "total"), "state_capital": ("*.state_capital", "total"),
    "procurement": ("*.procurement", "total"), "three_public": ("*.three_public", "three_public"),
    "abroad": ("*.three_public", "abroad"), "reception": ("*.three_public", "reception"),
    "car_buy": ("*.three_public", "car_buy"), "operating": ("*.operating_cost", "total"),
    "services": ("*.services", "total"),
}  # fmt: skip
_FIGURES = {"operating": "operating_cost", "services": "purchased_services"}
_NONE = r"(?:(?<![有用])无(?!需|法|关|形|论)|没有|未安排|未发生|不涉及)(?:使用|安排|当年|本年度?)?"
_REST = r"(?:预算|决算|支出|收入|安排的|的|收支|和|费用|项目){0,5}(?=[。;,、)]|$)"
_DENIED = {k: re.compile(_NONE + w + _REST) for k, w in _WORDS.items()}
_OTHER = re.compile(r"上年|去年|往年|以前年度|结转|增加|减少|除|外宾|如|若")
_YEAR = re.compile(r"20[0-4]\d")
_LEAD = {
    k: re.compile(w + r"(?:预算|支出|决算|总额|安排|数|总计|合计|共|为){0,5}$") for k, w in _WORDS.items()
}
_BEFORE = 16
_TABLE = re.compile(r"[本此该]表|^[^。]{0,6}故")


@rule("presence.denied_text", needs=("text",))
def denied(case: Case) -> Iterator[Issue]:
    """A sentence that denies what a table or another sentence has an amount of, once for each matter."""
    for key, pattern in _DENIED.items():
        found = next(
            ((p, m) for p in case.passages for m in pattern.finditer(p.text) if _own(case, p, m)), None
        )
        if found is None or (shown := _figure(case, key, found[0])) is None:
            continue
        p, m = found
        words = p.clauses(m.start(), m.end())
        text, place, table = shown
        yield issue_at(
            "presence.denied_text", words, p.place(m.start()), (text, place), amount=text, table=table
        )


def denials(case: Case) -> Iterator[tuple[str, Passage, re.Match[str]]]:
    """What the text says the body has none of: the name of the figure in the drafts' data, and where."""
    for key, pattern in _DENIED.items():
        for p in case.passages:
            for m in pattern.finditer(p.text):
                if _own(case, p, m):
                    yield _FIGURES.get(key, key), p, m


def _own(case: Case, p: Passage, m: re.Match[str]) -> bool:
    """It speaks of the fiscal year, of the body as a whole, and of nothing but this."""
    before = p.text[max(0, m.start() - _BEFORE) : m.start()]
    if _OTHER.search(before.split("。")[-1]) or any(int(y) != case.year for y in _YEAR.findall(before)):
        return False
    if _TABLE.search(p.text[m.end() : m.end() + _BEFORE]):
        return False  # the note of a table, which is held against that table
    return "名词" not in "".join(p.section) and not re.search(
        r"的(?:部门|单位)", p.text[m.end() - 4 : m.end() + 4]
    )


def _figure(case: Case, key: str, own: Passage) -> tuple[str, Place, str | None] | None:
    """An amount above nothing: of the table's total, or in a sentence of another passage."""
    table, measure = _AT[key]
    facts = case.book.resolve(Address(table, "total", measure)).get("", [])
    for f in facts if len(facts) == 1 else ():
        if f.amount and f.amount.value > 0:
            name = next((t.table.name for t in case.tables if t.table.id == f.table), None)
            return f.text, f.place, name
    for q in case.quantities:
        if q.passage is own or not q.money or q.kind != Kind.VALUE or q.amount.base <= Decimal(0):
            continue
        clause = re.split(r"[。;,(]", q.lead)[-1]
        if _LEAD[key].search(clause) and not _OTHER.search(clause) and not _others_year(case, q.lead):
            words = q.passage.clauses(q.start, q.end)
            return words, q.passage.place(q.start), None
    return None


def _others_year(case: Case, lead: str) -> bool:
    return any(int(y) != case.year for y in _YEAR.findall(lead[-30:]))
