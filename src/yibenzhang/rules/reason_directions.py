"""Reasons that speak of less where the number is more, or of more where it is less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_at
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.lexicon.directions import reason_words
from yibenzhang.standards.patterns import patterns

_WAYS = {1: "增加", -1: "减少"}
_WORDS = patterns("reason_directions")
_NEAR = 48
"""So many characters may stand between a number and its reason."""


@dataclass(frozen=True, slots=True)
class _Reason:
    """The words of a reason of a number that moved up (1) or down (-1), from the number on."""

    begin: int
    start: int
    end: int
    way: int
    direction: str
    income: bool = False
    """The number is all income: that of a part of it is no other matter."""


@rule("reasons.direction", needs=("text",))
def against(case: Case) -> Iterator[Issue]:
    """A number that fell, explained by nothing but what grew, or the other way round."""
    for position, p in enumerate(case.passages):
        for reason in _reasons(p, case.by_passage.get(position, [])):
            other = _says(p.text[reason.start : reason.end], income=reason.income)
            if other and other != reason.way:
                words = p.clauses(reason.begin, reason.end)
                word = _word(p.text[reason.start : reason.end])
                yield issue_at(
                    "reasons.direction", words, p.place(reason.start), way=reason.direction, other=word
                )


def _reasons(p: Passage, found: list[Quantity]) -> Iterator[_Reason]:
    words = reason_words()
    for m in words.against_budget.finditer(p.text):
        way = 1 if m.group("way") in words.more else -1
        yield _Reason(m.start(), m.end(), _end(p.text, m.end()), way, f"{m.group('way')}预算")
    last: int | None = None
    for q in found:
        stated = q.kind in (Kind.DELTA, Kind.RATE) or (q.percent and _WORDS["compared"].search(q.lead))
        sentence = _sentence_before(p.text, q.start)
        if not (stated and q.sign and q.amount.value) or words.left_over.search(sentence):
            continue
        if before := _before(p.text, q):
            yield _Reason(q.start, *before, q.sign, _WAYS[1 if q.sign > 0 else -1])
        opened = words.opener.match(p.text, q.end, q.end + _NEAR)
        if opened is None or last == opened.end():
            continue
        last = opened.end()
        moved, income = _WAYS[1 if q.sign > 0 else -1], bool(words.all_income.search(sentence))
        yield _Reason(q.start, last, _end(p.text, last), q.sign, moved, income)


def _sentence_before(text: str, at: int) -> str:
    """The sentence up to there."""
    return text[max(text.rfind("。", 0, at), text.rfind(";", 0, at)) + 1 : at]


def _before(text: str, q: Quantity) -> tuple[int, int] | None:
    """The reason that opens the sentence of the first change it tells of, where no other is given behind it."""
    sentence = _sentence_before(text, q.start)
    found = reason_words().first.match(sentence)
    if (
        found is None
        or len(_WORDS["moved"].findall(sentence, found.end())) > 1
        or _WORDS["opened"].search(text, q.end, _end(text, q.end))
    ):
        return None
    begin = q.start - len(sentence)
    return begin + found.start("why"), begin + found.end("why")


def _end(text: str, start: int) -> int:
    stop = _WORDS["stop"].search(text, start)
    return stop.start() if stop else len(text)


def _says(reason: str, *, income: bool = False) -> int:
    """Which way a reason speaks of: 1, -1, or 0 where it speaks of both, of none, or of something else."""
    words = reason_words()
    if shift := words.shift.search(reason):
        before, after = (Decimal(shift.group(k).replace(",", "").rstrip(".")) for k in ("from", "to"))
        rest = reason[: shift.start()] + reason[shift.end() :]
        return 0 if before == after or re.search(r"[,、]", rest) else (1 if after > before else -1)
    if words.gone.fullmatch(reason):
        return -1
    if ended := words.ended.fullmatch(reason):
        reason = ended.group("now")
    if words.never.search(reason.replace("收入", "") if income else reason):
        return 0
    if bool(words.any_up.search(reason)) == bool(words.any_down.search(reason)):
        return 0
    if _found(words.up, reason):
        return 1
    return -1 if _found(words.down, reason) else 0


def _found(way: re.Pattern[str], reason: str) -> re.Match[str] | None:
    """The word of a way in the last clause, or two amounts compared in any ("面积多于计划，费用据实结算")."""
    *others, last = re.split(r"[,、]", reason)
    compared = (m for c in others if (m := way.search(c)) is not None and m.group("than"))
    return way.search(last) or next(compared, None)


def _word(reason: str) -> str:
    words = reason_words()
    found = _found(words.up, reason) or _found(words.down, reason) or words.gone.fullmatch(reason)
    return next(g for g in found.groups() if g) if found else _WAYS[_says(reason)]
