"""Sentences to claims: which number is said to be which change, rate, share or part of which."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import BASE_BUDGET, BUDGET, COMPARES, Kind, Quantity
from yibenzhang.prose.subjects import change_behind_purpose, follows, moved_before, subject_of, without_reason
from yibenzhang.standards.lexicon.directions import moves


class Says(StrEnum):
    """What a claim says of its numbers."""

    GROWTH = "growth"
    """change, rate and this year's amount: rate = change / (amount - change)"""
    SINCE = "since"
    """this year's amount, last year's amount, and a change or a rate between them"""
    SHARE = "share"
    COMPLETION = "completion"
    CHANGE = "change"
    """a change of this year's amount, without a rate"""
    MORE = "more"
    LESS = "less"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a sentence.

    ``subject`` is the number spoken of, ``against`` the number it is compared with (may be missing: then
    ``base`` names it), ``change`` and ``rate`` the printed change and percentage.
    """

    says: Says
    passage: Passage
    at: int
    subject: Quantity | None = None
    against: Quantity | None = None
    change: Quantity | None = None
    rate: Quantity | None = None
    base: str = ""
    words: str = ""
    loose: bool = False
    """The sentence may speak of something else: the claim proves where it holds and accuses nothing."""
    within: Quantity | None = None
    """The whole of the list the subject stands in, of which the sentence may speak instead."""


@dataclass
class _State:
    """What has been said so far in a sentence, and the whole that a list of parts belongs to."""

    head: Quantity | None = None
    current: Quantity | None = None
    budget: Quantity | None = None
    last: Quantity | None = None
    base: Quantity | None = None
    """The budget that the amount is compared with: "比年初预算 155.75 万元"."""
    change: Quantity | None = None
    moved: tuple[Quantity | None, bool] = (None, True)
    """Whose the change is, and whether that is sure."""
    before: Quantity | None = None
    """The amount before the current one."""
    rated: Quantity | None = None
    """A rate that was told before any change."""
    done: Quantity | None = None
    """A rate of completion that was told before the amount."""
    outside: list[tuple[Quantity | None, Quantity | None]] = field(default_factory=list)
    """The amounts and the budgets spoken of before each bracket that is still open."""
    claims: list[Claim] = field(default_factory=list)


_AGAINST_BUDGET = re.compile(
    r"决算数?\([^()]{1,24}\)(?P<bracketed>大于|高于|多于|小于|低于|少于)(?:年初)?预算数?\((?=\d)|决算数?比(?:年初)?预算数?(?P<moved>增加|多|减少|少)|(?P<over>超出|超过|超|低于|节约)(?:年初)?预算(?=\d)|决算数?(?P<word>大于|高于|多于|高出|超过|超出|小于|低于|少于|不及|等于|与预算数?持平|与年初预算数?持平)(?:年初)?预算数?|(?:与|和)(?:年初)?预算数?(?P<flat>持平|一致)"
)
_SAME_AS = {"增加": "多", "减少": "少", "超出": "高", "超过": "高", "超": "高", "节约": "低", "不及": "低"}
_AT_ONCE = re.compile(rf"[,、(](?:即|也就是)?{moves()}(?:了|额)?(?:为)?")
_THIS_YEAR = re.compile(r"[,，→]|预算|安排|[至到]|调整|、(?:本年|今年|当年|20\d\d年)")
"""Between last year's amount and one that it is compared with."""
_GOES_ON = re.compile(rf"{COMPARES.pattern}|其中|包括")
_PARTS = re.compile(r"其中|包括")
_SAME_ITEM = re.compile(
    r"^(?:(?:本年)?(?:支出)?决算(?:数|支出)?[:为是]?|完成(?:了)?(?:年初|全年|调整)?预算(?:数)?的?[:为]?)$"
)
"""A clause that goes on about the item whose budget was told: it names none."""
_LIST = re.compile(r"其中[:：]?|包括[:：]?|以下方面[:：]?|如下[:：]?|[:：]$")


def claims_of(passages: list[Passage], quantities: dict[int, list[Quantity]]) -> list[Claim]:
    """All claims of a document; ``quantities`` are those of each passage (by its position)."""
    out: list[Claim] = []
    head: Quantity | None = None
    last: Quantity | None = None
    for position, passage in enumerate(passages):
        if passage.heading:
            head = None
        numbers = quantities.get(position, [])
        spoken = last if COMPARES.match(passage.text) else None
        found, head = _passage(passage, numbers, head, spoken)
        out.extend(found)
        out.extend(_directions(passage, numbers or _above(passages, quantities, position)))
        last = _spoken_of(passage, numbers)
    return out


def _above(passages: list[Passage], quantities: dict[int, list[Quantity]], position: int) -> list[Quantity]:
    """The numbers of the few paragraphs above one that has none, where these tell a budget and what was
    carried out and nothing else."""
    out: list[Quantity] = []
    for k in range(position - 1, max(position - 4, -1), -1):
        if passages[k].heading or not quantities.get(k):
            break
        out = [*quantities[k], *out]
    kinds = [q.kind for q in out if q.money]
    return out if sorted(kinds) == sorted((Kind.BUDGETED, Kind.ACTUAL)) else []


def _spoken_of(passage: Passage, numbers: list[Quantity]) -> Quantity | None:
    """The amount that the next paragraph goes on about: the whole of a list, else the last one."""
    amounts = [q for q in numbers if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)]
    if len(amounts) > 1 and _LIST.search(passage.text, amounts[0].end, amounts[1].start):
        return amounts[0]
    return amounts[-1] if amounts else None


def _passage(
    passage: Passage, quantities: list[Quantity], head: Quantity | None, spoken: Quantity | None
) -> tuple[list[Claim], Quantity | None]:
    """The claims of one passage; a list announced at its end ("其中：") hands its whole on. ``spoken``: the amount of
    the passage before it, where it begins by comparing that."""
    state = _State(head=head, current=spoken)
    inherited = head is not None
    end_of_last = 0
    for q in quantities:
        between = passage.text[end_of_last : q.start]
        if "。" in between and _GOES_ON.match(between.rpartition("。")[2]):
            # "……77.33%。较上年减少……", "……万元。其中：……": it still speaks of the same amount, or of the whole
            # whose parts were listed
            compared = COMPARES.match(between.rpartition("。")[2])
            if compared and state.head is not None and _listed_under(passage, state):
                state.current = state.head
        elif "。" in between:
            keep = state.head if inherited and not _LIST.search(passage.text[:end_of_last]) else None
            state.head, state.current, state.budget, state.last, state.change = (
                keep,
                None,
                state.budget,
                None,
                None,
            )
            if re.search(r"。[^。]*\d+[、.]", between):
                state.budget = None
        elif ";" in between and state.head is state.current and COMPARES.match(between.rpartition(";")[2]):
            pass  # "……12.00万元；比上年预算增加……": one amount, and what became of it
        elif ";" in between and state.budget is not None and _SAME_ITEM.search(between.rpartition(";")[2]):
            pass  # "年初预算：……；支出决算：……；完成年初预算的……": one item
        elif ";" in between:
            state.current, state.budget, state.last, state.change = None, None, None, None
        if "。" in between or ";" in between:
            state.done = None
        _brackets(state, between)
        if _PARTS.search(between):
            state.budget = None  # that of the whole is not that of its parts
        _step(state, q, between)
        end_of_last = q.end
    state.claims = [c for c in state.claims if not _void(c)]
    announces = bool(re.search(r"(?:其中|包括|如下|以下方面)[:：]?$|[:：]$", passage.text))
    listed = (
        inherited
        and bool(quantities)
        and passage.text.endswith((";", "；", "、", "。"))
        and len(passage.text) < 160
    )
    following = (state.head or state.current) if announces else (head if listed else None)
    return state.claims, following


def _listed_under(passage: Passage, state: _State) -> bool:
    if state.head is None or state.current is None or state.head.passage is not state.current.passage:
        return False
    return bool(_LIST.search(passage.text, state.head.end, state.current.start))


def _void(claim: Claim) -> bool:
    if claim.says == Says.CHANGE and claim.subject is None:
        return True
    told = (claim.subject, claim.against, claim.change, claim.rate)
    return any(q is not None and q.kind == Kind.BROKEN for q in told)


def _brackets(state: _State, between: str) -> None:
    """After a bracket closes, the sentence speaks again of what it spoke of before the bracket."""
    for char in between:
        if char == "(":
            state.outside.append((state.current, state.budget))
        elif char == ")" and state.outside:
            current, state.budget = state.outside.pop()
            state.current = current or state.current


def _step(state: _State, q: Quantity, between: str) -> None:
    if q.kind == Kind.BROKEN:
        state.current, state.head, state.change = q, state.head or q, q
    elif q.kind in (Kind.VALUE, Kind.ACTUAL) and q.money:
        _level(state, q, between)
    elif q.kind == Kind.BUDGETED:
        state.budget, state.change = q, None
        state.base = q if BASE_BUDGET.search(q.lead) else None
        state.head, state.current = state.head or q, state.current or q
    elif q.kind == Kind.LAST:
        state.last, state.change = q, None
    elif q.kind == Kind.DELTA:
        _moved(state, q, between)
    elif q.kind == Kind.RATE:
        _rated(state, q)
    elif q.kind == Kind.SHARE:
        _shared(state, q)
    elif q.kind == Kind.COMPLETION and (state.current is None or state.current is state.budget):
        state.done = q
    elif q.kind == Kind.COMPLETION:
        state.claims.append(_claim(Says.COMPLETION, q, state, against=state.budget, rate=q))


def _shared(state: _State, q: Quantity) -> None:
    """A share: of the amount right before it ("占……300 万元的 80%"), else of the whole of the list."""
    if q.lead.lstrip(")").startswith("的"):
        part = (state.before, state.before is not None)
        state.claims.append(_claim(Says.SHARE, q, state, against=state.current, rate=q, moved=part))
        state.current = state.before
        return
    against = state.head if state.head is not state.current else None
    state.claims.append(_claim(Says.SHARE, q, state, against=against, rate=q))


def _level(state: _State, q: Quantity, between: str) -> None:
    """An amount that is no change: what the sentence speaks of from here on."""
    if state.head is None:
        state.head = q
    if q.kind == Kind.ACTUAL and state.budget is not None and not state.budget.money:
        state.budget = None
    if q.kind == Kind.VALUE and state.current is not None and state.last is None:
        state.budget = None
    if state.current is None:
        _reached(state, q)
    state.before = state.current
    state.current, state.change = q, None
    if q.kind == Kind.ACTUAL and state.done is not None and state.budget is not None:
        done = state.done
        state.claims.append(_claim(Says.COMPLETION, done, state, against=state.budget, rate=done))
        state.done = None
    if state.last is not None and not _THIS_YEAR.search(between):
        state.last = None


def _moved(state: _State, q: Quantity, between: str) -> None:
    """A change: of the amount before it, or of the one its words name."""
    if q.base == BUDGET:
        _apart_from_budget(state, q)
        return
    state.change = q
    state.moved = subject_of(q, state.current, state.head)
    if _tells_change(state.current, between):
        state.claims.append(_claim(Says.CHANGE, q, state, change=q, moved=state.moved))
    last = state.last or (state.base if not re.search("[,。;]", between) else None)
    if last is not None and state.current is not None and last is not state.current:
        state.claims.append(_claim(Says.SINCE, q, state, against=last, change=q, moved=state.moved))
    elif state.rated is not None and _AT_ONCE.fullmatch(between) and state.rated.passage is q.passage:
        claim = _claim(Says.GROWTH, q, state, change=q, rate=state.rated, moved=state.moved)
        state.claims.append(claim)  # "同比下降 50%，减少 0.2 万元"
    state.rated = None


def _apart_from_budget(state: _State, q: Quantity) -> None:
    """How far the amount lies from its budget."""
    if state.budget is not None and state.current is not None and state.current is not state.budget:
        state.claims.append(_claim(Says.SINCE, q, state, against=state.budget, change=q))


def _tells_change(current: Quantity | None, between: str) -> bool:
    """A change right behind an amount, or behind what it is for; or one that opens the sentence."""
    if current is None:
        return not between.startswith(("(", "其中"))
    return current.kind == Kind.VALUE and (len(between) <= 24 or change_behind_purpose(between))


def _reached(state: _State, q: Quantity) -> None:
    """What was said to have moved in the same sentence, before its amount: "项目支出减少 80 万元，2026 年安排 720 万元"."""
    for at, claim in enumerate(state.claims):
        told = q.passage.text[claim.at : q.start]
        if (
            claim.subject is None
            and claim.change
            and not re.search("[。;]|其中|包括", told)
            and moved_before(claim.change, q)
        ):
            state.claims[at] = replace(claim, subject=q)


def _rated(state: _State, q: Quantity) -> None:
    """A rate: of the change before it, else of this year's amount over last year's."""
    if state.change is not None:
        subject, sure = state.moved
        moved = (subject, sure and follows(q))
        state.claims.append(
            _claim(Says.GROWTH, q, state, against=state.last, change=state.change, rate=q, moved=moved)
        )
    elif state.last is not None and state.current is not None:
        moved = subject_of(q, state.current, state.head)
        state.claims.append(_claim(Says.SINCE, q, state, against=state.last, rate=q, moved=moved))
    state.rated = q if state.change is None and state.last is None and without_reason(q) else None
    state.change = None


def _claim(
    says: Says,
    q: Quantity,
    state: _State,
    against: Quantity | None = None,
    change: Quantity | None = None,
    rate: Quantity | None = None,
    moved: tuple[Quantity | None, bool] | None = None,
) -> Claim:
    subject, sure = moved or (state.current, True)
    within = state.head if subject is not state.head else None
    return Claim(says, q.passage, q.start, subject, against, change, rate, q.base, "", not sure, within)


def _directions(passage: Passage, quantities: list[Quantity]) -> list[Claim]:
    """ "决算数大于预算数" and its like, with the budget and the actual amount named before it."""
    out = []
    for match in _AGAINST_BUDGET.finditer(passage.text):
        word = next((_SAME_AS.get(g, g) for g in match.groups() if g), "")
        if (
            passage.text[max(0, match.start() - 2) : match.start()].endswith("基本")
            or "基本持平" in match.group()
        ):
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
    if start >= 0 and "。" not in since and not re.match(r"[^,。;]{0,4}$", since):
        return []
    budgets = [q for q in before if q.money and q.kind == Kind.BUDGETED]
    actuals = [q for q in before if q.money and q.kind == Kind.ACTUAL]
    return [budgets[0], actuals[0]] if len(budgets) == len(actuals) == 1 else []


def _direction(passage: Passage, match: re.Match[str], word: str, both: list[Quantity]) -> Claim:
    """``both``: the budget and the actual amount."""
    says = Says.MORE if word[:1] in "大高多" else Says.LESS if word[:1] in "小低少" else Says.SAME
    words = match.group()
    if words.endswith("("):
        words = passage.text[match.start() : passage.text.find(")", match.end()) + 1]
    return Claim(says, passage, match.start(), both[1], both[0], words=words)


def _bracketed(match: re.Match[str], quantities: list[Quantity]) -> list[Quantity] | None:
    """ "决算数（2604 万元）大于预算数（2850 万元）": each in brackets behind its word."""
    if match.groupdict().get("bracketed") is None:
        return None
    inside = [q for q in quantities if match.start() <= q.start < match.end() and q.money]
    after = next((q for q in quantities if q.start == match.end() and q.money), None)
    return [after, inside[0]] if after is not None and len(inside) == 1 else None


def _budget_and_actual(before: list[Quantity], words: str) -> list[Quantity]:
    """The budget and the actual amount that stand last before some words, in either order in one sentence; the initial
    budget where the words speak of that and two are told."""
    if "年初" in words and any("年初" in q.lead for q in before[-3:]):
        before = [q for q in before if q.kind != Kind.BUDGETED or "年初" in q.lead]
    last = before[-2:]
    if [q.kind for q in last] == [Kind.ACTUAL, Kind.BUDGETED]:
        together = "。" not in last[0].passage.text[last[0].end : last[1].start]
        last = last[::-1] if together else []
    return last if [q.kind for q in last] == [Kind.BUDGETED, Kind.ACTUAL] else []
