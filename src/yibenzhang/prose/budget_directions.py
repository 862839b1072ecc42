"""Words that say which way what was carried out lies from its budget: "决算数大于预算数" and its like."""

from __future__ import annotations

import re

from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("budget_directions")


def above(passages: list[Passage], quantities: dict[int, list[Quantity]], position: int) -> list[Quantity]:
    """The numbers of the few paragraphs above one that has none, where these tell a budget and what was
    carried out and nothing else."""
    out: list[Quantity] = []
    for k in range(position - 1, max(position - 4, -1), -1):
        if passages[k].heading or not quantities.get(k):
            break
        out = [*quantities[k], *out]
    kinds = [q.kind for q in out if q.money]
    return out if sorted(kinds) == sorted((Kind.BUDGETED, Kind.ACTUAL)) else []


def directions(passage: Passage, quantities: list[Quantity]) -> list[Claim]:
    """ "决算数大于预算数" and its like, with the budget and the actual amount named before it."""
    out = []
    for match in _WORDS["against_budget"].finditer(passage.text):
        word = next((g for g in match.groups() if g), "")
        start = max(0, match.start() - 2)
        if _WORDS["roughly"].search(passage.text, start, match.start()) or _WORDS["flat"].search(match[0]):
            continue
        if (both := _bracketed(match, quantities)) is not None:
            out.append(_direction(passage, match, word, both))
            continue
        before = [q for q in quantities if q.passage is not passage or q.end <= match.start()]
        start = passage.text.rfind(";", 0, match.start())
        last = [q for q in before if q.money and (q.passage is not passage or q.start > start)]
        before = _budget_and_actual(last, match.group()) or _only_two(passage, start, match, before)
        if not before:
            continue
        if before[1].passage is passage and passage.text[before[1].end : match.start()].count("。") > 1:
            continue
        out.append(_direction(passage, match, word, before))
    return out


def _only_two(passage: Passage, start: int, match: re.Match[str], before: list[Quantity]) -> list[Quantity]:
    """The one budget and the one amount carried out that the paragraph tells, each perhaps with its parts; or told
    before a semicolon, where the words behind it go on about them."""
    since = passage.text[start + 1 : match.start()]
    if start >= 0 and "。" not in since and not _WORDS["same_item"].match(since):
        return []
    budgets = [q for q in before if q.money and q.kind == Kind.BUDGETED]
    actuals = [q for q in before if q.money and q.kind == Kind.ACTUAL]
    return [budgets[0], actuals[0]] if len(budgets) == len(actuals) == 1 else []


def _direction(passage: Passage, match: re.Match[str], word: str, both: list[Quantity]) -> Claim:
    """``both``: the budget and the actual amount."""
    less = Says.LESS if _WORDS["less"].fullmatch(word) else Says.SAME
    says = Says.MORE if _WORDS["more"].fullmatch(word) else less
    words = match.group()
    if words.endswith("("):
        words = passage.text[match.start() : passage.text.find(")", match.end()) + 1]
    return Claim(says, passage, match.start(), both[1], both[0], words=words)


def _compared_with(match: re.Match[str], quantities: list[Quantity]) -> list[Quantity] | None:
    """The budget within the words, and what was carried out before them in the same sentence."""
    inside = [q for q in quantities if match.start() <= q.start < match.end() and q.money]
    actual = next((q for q in reversed(quantities) if q.end <= match.start() and q.kind == Kind.ACTUAL), None)
    same = actual is not None and not re.search("[。;]", actual.passage.text[actual.end : match.start()])
    return [inside[0], actual] if actual is not None and same and len(inside) == 1 else None


def _bracketed(match: re.Match[str], quantities: list[Quantity]) -> list[Quantity] | None:
    """ "决算数（2604 万元）大于预算数（2850 万元）": each in brackets behind its word; or the budget behind the amount
    that is compared with it ("比预算数 18 万元增加")."""
    if match.group("than"):
        return _compared_with(match, quantities)
    if match.groupdict().get("bracketed") is None:
        return None
    inside = [q for q in quantities if match.start() <= q.start < match.end() and q.money]
    after = next((q for q in quantities if q.start == match.end() and q.money), None)
    return [after, inside[0]] if after is not None and len(inside) == 1 else None


def _budget_and_actual(before: list[Quantity], words: str) -> list[Quantity]:
    """The budget and the actual amount that stand last before some words, in either order in one sentence; the initial
    budget where the words speak of that and two are told."""
    initial = _WORDS["initial"]
    if initial.search(words) and any(initial.search(q.lead) for q in before[-3:]):
        before = [q for q in before if q.kind != Kind.BUDGETED or initial.search(q.lead)]
    last = before[-2:]
    if [q.kind for q in last] == [Kind.ACTUAL, Kind.BUDGETED]:
        together = "。" not in last[0].passage.text[last[0].end : last[1].start]
        last = last[::-1] if together else []
    return last if [q.kind for q in last] == [Kind.BUDGETED, Kind.ACTUAL] else []
