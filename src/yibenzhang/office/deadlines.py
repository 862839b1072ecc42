"""Who is late: days to publish in after approval, and what is told of a date that has passed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from yibenzhang.checking.closing import closed
from yibenzhang.model.issues import Issue, arguments
from yibenzhang.standards import Standards

DAYS = 20
"""Calendar days after approval (预算法 第14条); the day of approval is not counted."""
LATE = "deadline.published_late"
MISSING = "deadline.not_published"


@dataclass(frozen=True, slots=True)
class Lateness:
    """``days`` late, 0 where nothing is late yet or the day is not known; ``sentence`` says how it stands."""

    days: int
    sentence: str


def due_on(approved_on: date | None, days: int = DAYS, given: date | None = None) -> date | None:
    """The last day: the one given, else so many calendar days after approval; None where neither is known."""
    if given is not None or approved_on is None:
        return given
    return approved_on + timedelta(days=days)


def days_late(due: date | None, done_on: date | None, today: date) -> int:
    """Days late, as in ``lateness``, without a sentence: a board asks this a thousand times."""
    return max(((done_on or today) - due).days, 0) if due is not None else 0


def lateness(due: date | None, done_on: date | None, today: date) -> Lateness:
    """How something due that day stands today; ``done_on`` is the day it was published, or None.

    What was done on the last day is not late.
    """
    if due is None:
        done = f"{_day(done_on)}公开；" if done_on else ""
        return Lateness(0, f"{done}没有批复日期和截止日期，不能判断是否逾期。")
    if done_on is not None:
        days = max((done_on - due).days, 0)
        how = f"逾期 {days} 天" if days else "按期"
        return Lateness(days, f"应于{_day(due)}前公开，{_day(done_on)}公开，{how}。")
    days = (today - due).days
    if days > 0:
        return Lateness(days, f"应于{_day(due)}前公开，名录里没有登记公开日期，已逾期 {days} 天。")
    left = f"还有 {-days} 天" if days else "今天是最后一天"
    return Lateness(0, f"应于{_day(due)}前公开，{left}。")


def issue_late(
    name: str, due: date | None, published_on: date | None, today: date, standards: Standards
) -> Issue | None:
    """What is told of a disclosure (``name``: 某局2026年部门预算) published late or not at all; None where it is
    not."""
    found = lateness(due, published_on, today)
    if not found.days:
        return None
    rule = MISSING if published_on is None else LATE
    # the sentence counts the days, the id must not: decisions hang on it
    identity = hashlib.sha256(f"{rule}|{name}|{due}".encode()).hexdigest()[:12]
    return closed(Issue(rule, arguments(name=name, sentence=found.sentence), id=identity), standards)


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
