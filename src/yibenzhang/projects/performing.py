"""Monitoring at mid-year and self-assessment of a project: pure functions of its goals, money and results by a
method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from yibenzhang.projects.method import Method
from yibenzhang.projects.records import Record, Result
from yibenzhang.projects.scoring import Points, execution_points, indicator_points, reached_of, sign_of
from yibenzhang.recognising.indicators import empty, target_of
from yibenzhang.standards import fold


class State(StrEnum):
    """How a promise stands in the middle of the year."""

    DONE = "done"
    ON_COURSE = "on_course"
    SLOW = "slow"
    STALLED = "stalled"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Watched:
    """An indicator in mid-year: ``share`` of the year's target that was reached, None where there is none."""

    result: Result
    share: Decimal | None
    state: State


@dataclass(frozen=True, slots=True)
class Monitored:
    """Both sides: how much of the year has gone, what was spent of the budget, and every promise."""

    gone: Decimal
    spent: Decimal | None
    money: State
    lines: tuple[Watched, ...]

    @property
    def worst(self) -> State:
        order = (State.BROKEN, State.STALLED, State.SLOW)
        states = {self.money, *(x.state for x in self.lines)}
        return next((s for s in order if s in states), State.ON_COURSE)


@dataclass(frozen=True, slots=True)
class Line:
    """A scored line of a self-assessment; the first has no result: it is the execution of the budget."""

    result: Result | None
    weight: Decimal
    points: Points
    given: Decimal | None

    @property
    def differs(self) -> Decimal | None:
        """By how much the body's own points leave what the method allows; None where it does not say or none can
        tell."""
        low, high = self.points.low, self.points.high
        if self.given is None or low is None or high is None:
            return None
        return (
            self.given - high if self.given > high else self.given - low if self.given < low else Decimal(0)
        )


@dataclass(frozen=True, slots=True)
class Assessed:
    """All lines, the execution first; ``missing``: lines without a result, which get nothing."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> tuple[Decimal, Decimal]:
        """The least and the most points; what only a person can judge counts from nothing to its weight."""
        low = sum((x.points.low or Decimal(0) for x in self.lines), Decimal(0))
        high = sum((x.weight if x.points.high is None else x.points.high for x in self.lines), Decimal(0))
        return low, high

    @property
    def given(self) -> Decimal | None:
        """The body's own points in all; None as long as it has not given all of them."""
        if any(x.given is None for x in self.lines):
            return None
        return sum((x.given or Decimal(0) for x in self.lines), Decimal(0))

    @property
    def weight(self) -> Decimal:
        return sum((x.weight for x in self.lines), Decimal(0))


# ---- monitoring ----------------------------------------------------------------------------------------


def monitored(record: Record, method: Method) -> Monitored:
    """How money and goals stand against the part of the year that has gone."""
    day = date.fromisoformat(record.date)
    first, last = date(record.year, 1, 1), date(record.year, 12, 31)
    gone = Decimal((min(day, last) - first).days + 1) / Decimal((last - first).days + 1)
    budget, executed = (Decimal(x) if x else None for x in (record.budget, record.executed))
    spent = executed / budget if budget and executed is not None else None
    lines = tuple(_watched(r, gone, method) for r in record.results)
    return Monitored(gone, spent, _pace(spent, gone, method), lines)


def _pace(share: Decimal | None, gone: Decimal, method: Method) -> State:
    if share is None:
        return State.UNKNOWN
    if share >= 1:
        return State.DONE
    if share < gone * method.monitoring.stalled:
        return State.STALLED
    return State.SLOW if share < gone * method.monitoring.slow else State.ON_COURSE


def _watched(result: Result, gone: Decimal, method: Method) -> Watched:
    if empty(result.actual):
        return Watched(result, None, _forecast(result, State.UNKNOWN))
    aim, reached = target_of(result.target), target_of(result.actual)
    if aim is None or reached is None or (aim.unit and reached.unit and aim.unit != reached.unit):
        return Watched(result, None, _forecast(result, State.UNKNOWN))
    kinds = {fold(result.level1), fold(result.level2)}
    sign = sign_of(aim, method, (result.level1, result.level2))
    share = reached.number / aim.number if aim.number else None
    if sign in ("≤", "<"):
        kept = reached_of(sign, reached.number, aim.number)
        return Watched(result, share, _forecast(result, State.ON_COURSE) if kept else State.BROKEN)
    if reached_of(sign if sign != "=" else "≥", reached.number, aim.number):
        return Watched(result, share, State.DONE)
    state = _pace(share, gone, method) if kinds & method.monitoring.cumulative else State.SLOW
    return Watched(result, share, _forecast(result, state))


def _forecast(result: Result, state: State) -> State:
    """Who says that the target will be missed is believed; who says that it will be met is not asked about a promise
    nobody can count."""
    if result.forecast == "no":
        return State.STALLED
    return State.ON_COURSE if result.forecast == "yes" and state is State.UNKNOWN else state


# ---- self-assessment -----------------------------------------------------------------------------------


def assessed(record: Record, method: Method) -> Assessed:
    """Every line with the points of the method beside those that the body gives itself."""
    weighed = with_weights(record.results, method)
    budget, executed = (Decimal(x) if x else Decimal(0) for x in (record.budget, record.executed))
    own = record.words.get("execution_given", "").strip()
    first = Line(
        None, method.execution, execution_points(executed, budget, method), Decimal(own) if own else None
    )
    lines = [first]
    for r in weighed:
        weight = Decimal(r.weight or 0)
        points = indicator_points(r.target, r.actual, weight, method, (r.level1, r.level2))
        lines.append(Line(r, weight, points, Decimal(r.given) if r.given.strip() else None))
    return Assessed(tuple(lines))


def with_weights(results: Sequence[Result], method: Method) -> tuple[Result, ...]:
    """The results with weights: their own where all have one, else those of the method, evenly within a level."""
    if results and all(r.weight.strip() for r in results):
        return tuple(results)
    levels = [fold(r.level1) for r in results]
    table = method.weights_with_cost if any("成本" in x for x in levels) else method.weights
    whole = method.points - method.execution
    wanted = {x: table.get(x, Decimal(0)) for x in dict.fromkeys(levels)}
    known = sum(wanted.values(), Decimal(0))
    shares = (
        {x: whole * w / known for x, w in wanted.items()}
        if known
        else dict.fromkeys(wanted, whole / max(len(wanted), 1))
    )
    return tuple(_spread(results, levels, shares, whole))


def beside_execution(results: Sequence[Result], method: Method) -> list[Result]:
    """Weights of a form that come to all points, as they are beside those of the execution of the budget."""
    weights = [Decimal(r.weight) for r in results if r.weight]
    if len(weights) < len(results) or sum(weights) != method.points:
        return list(results)
    share = (method.points - method.execution) / method.points
    return [replace(r, weight=f"{(Decimal(r.weight) * share).normalize():f}") for r in results]


def _spread(
    results: Sequence[Result], levels: Sequence[str], shares: Mapping[str, Decimal], whole: Decimal
) -> list[Result]:
    """Points evenly within each level, in tenths; what cannot be shared evenly goes to the first lines of the level,
    and what the levels leave to the first line that has points."""
    step = Decimal("0.1")
    given = [(shares[x] / levels.count(x)).quantize(step, ROUND_DOWN) for x in levels]
    for level, share in shares.items():
        lines = [n for n, x in enumerate(levels) if x == level]
        steps = int((share - sum((given[n] for n in lines), Decimal(0))) / step)
        for n in lines[:steps]:
            given[n] += step
    first = next((n for n, x in enumerate(levels) if shares[x]), None)
    if first is not None:
        given[first] += whole - sum(given, Decimal(0))
    return [replace(r, weight=f"{w.normalize():f}") for r, w in zip(results, given, strict=True)]
