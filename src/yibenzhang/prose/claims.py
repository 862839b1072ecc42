"""Sentences to claims: which number is said to be which change, rate, share or part of which."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from yibenzhang.model.patterns import late
from yibenzhang.prose.budget_directions import above, directions
from yibenzhang.prose.claim import Claim, Says
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import BASE_BUDGET, BUDGET, COMPARES, Kind, Quantity
from yibenzhang.prose.subjects import (
    change_behind_purpose,
    follows,
    moved_before,
    since,
    subject_of,
    without_reason,
)
from yibenzhang.standards.patterns import patterns


@dataclass
class _State:
    """What has been said so far in a sentence, and the whole that a list of parts belongs to."""

    head: Quantity | None = None
    current: Quantity | None = None
    budget: Quantity | None = None
    last: Quantity | None = None
    opening: Quantity | None = None
    """The budget of the beginning of the year, where an adjusted one follows it."""
    base: Quantity | None = None
    """The budget that the amount is compared with: "比年初预算 155.75 万元"."""
    change: Quantity | None = None
    since: Quantity | None = None
    """The amount of the year before that the change is told from; a change from another base has none."""
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


_WORDS = patterns("claims")
_GOES_ON = late(rf"{COMPARES.pattern}|其中|包括|完成了?(?:年初|全年|调整后?)?预算")
_ABOUT_IT = late(rf"{COMPARES.pattern}|完成了?(?:年初|全年|调整后?)?预算数?的?$")
"""What is said of the amount before a semicolon."""


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
        out.extend(directions(passage, numbers or above(passages, quantities, position)))
        last = _spoken_of(passage, numbers)
    return out


def _spoken_of(passage: Passage, numbers: list[Quantity]) -> Quantity | None:
    """The amount that the next paragraph goes on about: the whole of a list, else the last one."""
    amounts = [q for q in numbers if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)]
    if len(amounts) > 1 and _WORDS["list"].search(passage.text, amounts[0].end, amounts[1].start):
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
        _stopped(state, passage, quantities, between, end_of_last, inherited)
        if "。" in between or ";" in between:
            state.done = None
        _brackets(state, between)
        if _WORDS["parts"].search(between):
            state.budget = None  # that of the whole is not that of its parts
        _step(state, q, between)
        end_of_last = q.end
    _done_before(state, quantities)
    state.claims = [c for c in state.claims if not _void(c)]
    announces = bool(_WORDS["announces"].search(passage.text))
    listed = (
        inherited
        and bool(quantities)
        and passage.text.endswith((";", "；", "、", "。"))
        and len(passage.text) < 160
    )
    following = (state.head or state.current) if announces else (head if listed else None)
    return state.claims, following


def _done_before(state: _State, quantities: list[Quantity]) -> None:
    """The only amount of the passage was told first, and its budget in a later sentence: "支出 212.75
    万元。主要用于……。 年初预算为 208.60 万元，完成年初预算的 102%"."""
    levels = [q for q in quantities if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL, Kind.BUDGETED)]
    if state.done is None or state.budget is None or len(levels) != 2 or levels[1] is not state.budget:
        return
    if not _WORDS["spent"].search(levels[0].lead) or _WORDS["of_else"].search(levels[0].lead):
        return
    if not _WORDS["bare_budget"].fullmatch(state.budget.lead):  # of another item
        return
    done, moved = state.done, (levels[0], levels[0].kind != Kind.BUDGETED)
    state.claims.append(_claim(Says.COMPLETION, done, state, against=state.budget, rate=done, moved=moved))


def _stopped(
    state: _State, passage: Passage, quantities: list[Quantity], between: str, at: int, inherited: bool
) -> None:
    """What the marks between one number and the next leave of what was spoken of; ``at``: where the last one ends."""
    after, goes_on = between.rpartition("。")[2], between.rpartition(";")[2]
    if "。" in between and _GOES_ON.match(after):
        # "……77.33%。较上年减少……", "……万元。其中：……": it still speaks of the same amount, or of the whole whose
        # parts were listed
        if COMPARES.match(after) and state.head is not None and _listed_under(passage, state):
            state.current = state.head
    elif "。" in between:
        keep = inherited and not _WORDS["list"].search(passage.text[:at])
        state.head, state.current = state.head if keep else None, None
        state.last, state.change = None, None
        if re.search(r"。[^。]*\d+[、.]", between):
            state.budget = None
    elif ";" in between and _first(quantities, state) and _ABOUT_IT.match(goes_on):
        pass  # "……12.00万元；比上年预算增加……": one amount, and what became of it
    elif ";" in between and state.budget is not None and _WORDS["same_item"].search(goes_on):
        pass  # "年初预算：……；支出决算：……；完成年初预算的……": one item
    elif ";" in between and not state.outside:
        state.current, state.budget, state.last, state.change = None, None, None, None


def _first(quantities: list[Quantity], state: _State) -> bool:
    """The amount spoken of is the whole, or the only one that the passage has told so far."""
    levels = [q for q in quantities if q.money and q.kind in (Kind.VALUE, Kind.ACTUAL)]
    return state.head is state.current or (bool(levels) and levels[0] is state.current)


def _listed_under(passage: Passage, state: _State) -> bool:
    if state.head is None or state.current is None or state.head.passage is not state.current.passage:
        return False
    return bool(_WORDS["list"].search(passage.text, state.head.end, state.current.start))


def _void(claim: Claim) -> bool:
    if claim.says == Says.CHANGE and claim.subject is None:
        return True
    stated = (claim.subject, claim.against, claim.change, claim.rate)
    return any(q is not None and q.kind == Kind.BROKEN for q in stated)


def _brackets(state: _State, between: str) -> None:
    """After a bracket closes, the sentence speaks again of what it spoke of before the bracket."""
    for char in between:
        if char == "(":
            state.outside.append((state.current, state.budget))
        elif char == ")" and state.outside:
            current, budget = state.outside.pop()
            state.current, state.budget = current or state.current, budget or state.budget


def _step(state: _State, q: Quantity, between: str) -> None:
    if q.kind == Kind.BROKEN:
        state.current, state.head, state.change = q, state.head or q, q
    elif q.kind in (Kind.LAST, Kind.NO_CLAIM) or _set_against(q):
        _compared_with(state, q)
    elif q.kind in (Kind.VALUE, Kind.ACTUAL) and q.money:
        _level(state, q, between)
    elif q.kind == Kind.BUDGETED:
        _budgeted(state, q)
    elif q.kind == Kind.DELTA:
        _moved(state, q, between)
    elif q.kind == Kind.RATE:
        _rated(state, q)
    elif q.kind == Kind.SHARE:
        _shared(state, q)
    elif q.kind == Kind.COMPLETION:
        _completed(state, q)


def _completed(state: _State, q: Quantity) -> None:
    if state.current is None or state.current is state.budget:
        state.done = q
        return
    of_first = state.opening is not None and _of_beginning(f"{q.lead}{q.base}")
    against = state.opening if of_first else state.budget
    state.claims.append(_claim(Says.COMPLETION, q, state, against=against, rate=q))


def _of_beginning(words: str) -> bool:
    """They name the budget of the beginning of the year."""
    return _WORDS["beginning"].search(words) is not None


def _set_against(q: Quantity) -> bool:
    """ "比计划数 30 万元减少 4 万元": an amount compared with that is no level."""
    if q.kind != Kind.VALUE or not q.money or not _WORDS["set_against"].search(q.lead):
        return False
    return _WORDS["set_against_by"].match(q.passage.text, q.end) is not None


def _compared_with(state: _State, q: Quantity) -> None:
    """The amount of the year before, or another base; what is no claim is a base of nothing else ("比控制标准 30
    万元减少 4 万元，下降 13%")."""
    if q.kind != Kind.NO_CLAIM:
        state.last, state.base, state.change = q, None, None
    elif q.money:
        state.last, state.change = None, None


def _budgeted(state: _State, q: Quantity) -> None:
    """A budget; one that the amount is compared with takes the place of the year before: "较上年 50 万元减少 5
    万元，较预算 60 万元减少 15 万元"."""
    last = state.budget
    beside = last is not None and _of_beginning(last.lead) and not _of_beginning(q.lead)
    state.opening = last if beside else None
    if last is not None and state.current is last:
        state.current = q  # no amount was told yet
    state.budget, state.change = q, None
    state.base = q if BASE_BUDGET.search(q.lead) else None
    if state.base is not None:
        state.last = None
    state.head, state.current = state.head or q, state.current or q


def _shared(state: _State, q: Quantity) -> None:
    """A share: of the amount right before it ("占……300 万元的 80%"), else of the whole of the list."""
    if q.lead.lstrip(")").startswith("的") and state.budget is not None and _right_behind(state.budget, q):
        claim = _claim(Says.COMPLETION, q, state, against=state.budget, rate=q)
        state.claims.append(claim)  # "30 万元，占年初预算 20 万元的 150%"
        return
    if q.lead.lstrip(")").startswith("的"):
        part = (state.before, state.before is not None)
        state.claims.append(_claim(Says.SHARE, q, state, against=state.current, rate=q, moved=part))
        state.current = state.before
        return
    against = state.head if state.head is not state.current else None
    state.claims.append(_claim(Says.SHARE, q, state, against=against, rate=q))


def _right_behind(one: Quantity, other: Quantity) -> bool:
    """Nothing but 的 stands between the two."""
    return one.passage is other.passage and other.start - one.end <= len(")的")


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
    if state.last is not None and not _WORDS["this_year"].search(between):
        state.last = None


def _moved(state: _State, q: Quantity, between: str) -> None:
    """A change: of the amount before it, or of the one its words name."""
    base, state.base = state.base, None
    if q.base == BUDGET:
        _apart_from_budget(state, q)
        state.change, state.since, state.moved = q, None, (state.current, True)
        return
    state.change, state.since = q, _last_for(state, q)
    state.moved = subject_of(q, state.current, state.head)
    if base is None and not _from_another(state, q) and _tells_change(state.current, between):
        state.claims.append(_claim(Says.CHANGE, q, state, change=q, moved=state.moved))
    last = state.since or (base if not re.search("[,。;]", _WORDS["beside"].sub("", between)) else None)
    if last is not None and state.current is not None and last is not state.current:
        moved = since(q, last, *state.moved, state.current)
        state.claims.append(_claim(Says.SINCE, q, state, against=last, change=q, moved=moved))
    elif (
        state.rated is not None and _WORDS["at_once"].fullmatch(between) and state.rated.passage is q.passage
    ):
        claim = _claim(Says.GROWTH, q, state, change=q, rate=state.rated, moved=state.moved)
        state.claims.append(claim)  # "同比下降 50%，减少 0.2 万元"
    state.rated = None


def _last_for(state: _State, q: Quantity) -> Quantity | None:
    """The amount of the year before, unless the words of a change or a rate name another base: this year's budget, or
    a year that is not its."""
    named = list(_WORDS["base_said"].finditer(q.lead)) if state.last is not None else []
    if not named or state.last is None:
        return state.last
    year = named[-1].group("year")
    return state.last if year and year in _WORDS["a_year"].findall(state.last.lead) else None


def _from_another(state: _State, q: Quantity) -> bool:
    """The change is told from this year's budget, or from what is no amount of the year before."""
    named = list(_WORDS["base_said"].finditer(q.lead))
    planned = bool(named) and named[-1].group("plan") is not None
    return planned or (state.since is not None and state.since.kind != Kind.LAST)


def _apart_from_budget(state: _State, q: Quantity) -> None:
    """How far the amount lies from its budget."""
    if state.budget is not None and state.current is not None and state.current is not state.budget:
        state.claims.append(_claim(Says.SINCE, q, state, against=state.budget, change=q))
    rated = state.claims[-1] if state.claims else None
    if rated is None or rated.says != Says.COMPLETION or rated.rate is None or rated.against is not None:
        return
    if rated.subject is state.current and _of_one_budget(rated.rate, q):
        state.claims.append(replace(rated, change=q))  # "完成年初预算 100%，决算数大于预算数 5 万元"


def _of_one_budget(rate: Quantity, apart: Quantity) -> bool:
    """A rate of completion and right behind it how far the amount lies from the budget, which may be the same one."""
    if rate.passage is not apart.passage or not _WORDS["apart_at_once"].fullmatch(apart.lead):
        return False
    one, other = (_WORDS["stage"].search(q.lead) for q in (rate, apart))
    if one is None:
        return other is None
    return _of_beginning(one[0]) and (other is None or _of_beginning(other[0]))


def _tells_change(current: Quantity | None, between: str) -> bool:
    """A change right behind an amount, or behind what it is for; or one that opens the sentence."""
    if current is None:
        return not _WORDS["opens"].match(between)
    return current.kind == Kind.VALUE and (len(between) <= 24 or change_behind_purpose(between))


def _reached(state: _State, q: Quantity) -> None:
    """What was said to have moved in the same sentence, before its amount: "项目支出减少 80 万元，2026 年安排 720
    万元"."""
    for at, claim in enumerate(state.claims):
        stated = q.passage.text[claim.at : q.start]
        if (
            claim.subject is None
            and claim.change
            and not _WORDS["ended"].search(stated)
            and moved_before(claim.change, q)
        ):
            state.claims[at] = replace(claim, subject=q)


def _rated(state: _State, q: Quantity) -> None:
    """A rate: of the change before it, else of this year's amount over last year's."""
    if state.change is not None:
        subject, sure = state.moved
        moved = (subject, sure and follows(q))
        state.claims.append(
            _claim(Says.GROWTH, q, state, against=state.since, change=state.change, rate=q, moved=moved)
        )
    elif (last := _last_for(state, q)) is not None and state.current is not None:
        moved = subject_of(q, state.current, state.head)
        state.claims.append(_claim(Says.SINCE, q, state, against=last, rate=q, moved=moved))
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
