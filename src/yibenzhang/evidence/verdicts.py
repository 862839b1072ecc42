"""What became of a promise: kept, at risk, broken, unknown; and why, in one word of words.toml."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from yibenzhang.evidence.availability import AT_RISK, Verdict
from yibenzhang.evidence.observations import Observation
from yibenzhang.evidence.packs import Indicator, Promise

Judged = tuple[Verdict, str]


def verdict(promise: Promise, indicator: Indicator, seen: Observation | None, at: date) -> Judged:
    """``at``: the day up to which the source was read; before the period's end nothing that can still be reached is broken.

    A target of one year is held against an observation of that year only. For ``=`` the value is rounded to the target's
    decimals, but shares are not: 99.6 % is not 100 %.
    """
    if seen is None:
        return Verdict.UNKNOWN, "unmeasured"
    if seen.value is None:
        return Verdict.UNKNOWN, "gap"
    if promise.limit is None:
        return Verdict.UNKNOWN, "no_target"
    if promise.unit and seen.unit != promise.unit:
        return Verdict.UNKNOWN, "other_unit"
    if not _same_period(promise, indicator, seen):
        return Verdict.UNKNOWN, "other_period"
    part = _elapsed(seen, at)
    met = _met(promise, indicator, seen.value)
    if part >= 1:
        return (Verdict.KEPT, "met") if met else (Verdict.BROKEN, "not_met")
    if promise.by in ("≤", "<"):
        return _at_most(promise.limit, indicator, seen.value, met)
    if indicator.gathers and promise.by == "=" and not indicator.more:
        return _exactly(promise.limit, seen.value, met)
    return (Verdict.KEPT, "met") if met else _not_yet(promise.limit * part, indicator, seen.value)


def _exactly(limit: Decimal, value: Decimal, met: bool) -> Judged:
    return (Verdict.BROKEN, "exceeded") if value > limit and not met else (Verdict.UNKNOWN, "running")


def _not_yet(due: Decimal, indicator: Indicator, value: Decimal) -> Judged:
    """Before the end, where the target is not met: ``due`` is what an even pace would have reached."""
    if not indicator.gathers:
        return Verdict.AT_RISK, "not_yet"
    return (Verdict.AT_RISK, "behind") if value < due else (Verdict.UNKNOWN, "running")


def _met(promise: Promise, indicator: Indicator, value: Decimal) -> bool:
    limit = promise.limit
    assert limit is not None
    if promise.by == "≥":
        return value >= limit
    if promise.by == "≤":
        return value <= limit
    if promise.by == "<":
        return value < limit
    equal = value == limit or (indicator.unit != "%" and value.quantize(limit, ROUND_HALF_UP) == limit)
    return equal or (indicator.more and value > limit)


def _same_period(promise: Promise, indicator: Indicator, seen: Observation) -> bool:
    """The year of the promise; where it names none, any period, and a whole year for what grows over the year."""
    year = promise.period if promise.period.isdigit() else seen.begin[:4]
    whole = (seen.begin, seen.end) == (f"{year}-01-01", f"{year}-12-31")
    return whole if promise.period.isdigit() or indicator.gathers else True


def _at_most(limit: Decimal, indicator: Indicator, value: Decimal, met: bool) -> Judged:
    if not met:
        return (Verdict.BROKEN, "exceeded") if indicator.gathers else (Verdict.AT_RISK, "not_yet")
    if indicator.gathers and limit > 0 and value >= AT_RISK * limit:
        return Verdict.AT_RISK, "near"
    return Verdict.KEPT, "met"


def _elapsed(seen: Observation, at: date) -> Decimal:
    """The part of the period that was over."""
    begin, end = date.fromisoformat(seen.begin), date.fromisoformat(seen.end)
    if at >= end:
        return Decimal(1)
    return Decimal(max(0, (at - begin).days + 1)) / ((end - begin).days + 1)
