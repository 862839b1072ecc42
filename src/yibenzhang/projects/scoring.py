"""Points of an indicator and of the execution of a budget: a pure function of money, targets and results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from yibenzhang.model.amounts import Amount
from yibenzhang.model.intervals import interval
from yibenzhang.projects.method import Method
from yibenzhang.recognising.indicators import Target, empty, target_of
from yibenzhang.standards import fold


class Reason(StrEnum):
    """Why so many points; what a person has to look at is named apart."""

    REACHED = "reached"
    SHORT = "short"
    MISSED = "missed"
    """Not reached, and the method gives nothing in proportion."""
    STEP = "step"
    """Points of the step that the rate of execution reaches."""
    BAND = "band"
    OVER = "over"
    """Reached far more than was aimed at: the target may have been too low."""
    NO_RESULT = "no_result"
    NO_TARGET = "no_target"
    ZERO_TARGET = "zero_target"
    """A ratio to a target of zero is none: reached or not."""
    OTHER_UNIT = "other_unit"
    WORDS = "words"
    """A result in words of no band: a person has to give the points."""


@dataclass(frozen=True, slots=True)
class Points:
    """Points that the method allows, from ``low`` to ``high``; None where only a person can tell."""

    low: Decimal | None
    high: Decimal | None
    reason: Reason

    def allow(self, printed: Amount) -> bool:
        """Whether the points printed can be these, rounded to the decimals they are printed with."""
        if self.low is None or self.high is None:
            return True
        meant = interval(replace(printed, unit=None))
        return self.low <= meant.high and meant.low <= self.high


def execution_points(spent: Decimal, budget: Decimal, method: Method) -> Points:
    """The method's points times the rate of execution, at most all of them, or those of its steps; none without a
    budget."""
    if budget <= 0:
        return Points(Decimal(0), Decimal(0), Reason.ZERO_TARGET)
    if method.steps:
        given = next((points for rate, points in method.steps if spent * 100 >= rate * budget), Decimal(0))
        return Points(given, given, Reason.STEP)
    made = _rounded(min(method.execution * spent / budget, method.execution), method)
    return Points(made, made, Reason.REACHED if spent >= budget else Reason.SHORT)


def indicator_points(
    target: str, actual: str, weight: Decimal, method: Method, kinds: tuple[str, ...] = ()
) -> Points:
    """Points of one indicator; ``kinds`` are the names of its levels, which say what an unsigned target means."""
    if empty(target):
        return Points(None, None, Reason.NO_TARGET)
    if empty(actual):
        return Points(Decimal(0), Decimal(0), Reason.NO_RESULT)
    aim, result = target_of(target), target_of(actual)
    if aim is None or result is None:
        return _in_words(target, actual, weight, method)
    if fold(target) == fold(actual):
        return Points(weight, weight, Reason.REACHED)
    if result.sign not in ("", "=") and not (
        result.sign == aim.sign and reached_of(aim.sign, result.number, aim.number)
    ):
        return Points(None, None, Reason.WORDS)  # "more than 93" against "more than 95": how much is not said
    if aim.unit and result.unit and aim.unit != result.unit:
        return Points(None, None, Reason.OTHER_UNIT)
    return measured(aim, result.number, weight, method, kinds)


def _in_words(target: str, actual: str, weight: Decimal, method: Method) -> Points:
    band = method.bands[0] if fold(target) == fold(actual) else method.band(actual)
    if band is None:
        return Points(None, None, Reason.WORDS)
    low, high = (_rounded(weight * x / 100, method) for x in (band.low, band.high))
    return Points(low, high, Reason.BAND)


def measured(
    aim: Target, reached: Decimal, weight: Decimal, method: Method, kinds: tuple[str, ...] = ()
) -> Points:
    """Points of a number against a condition: all of them where it is met, else in proportion."""
    sign = sign_of(aim, method, kinds)
    if reached_of(sign, reached, aim.number):
        far = sign in ("≥", ">") and aim.number > 0 and reached >= method.over * aim.number
        return Points(weight, weight, Reason.OVER if far else Reason.REACHED)
    if aim.number == 0 or (reached == 0 and sign in ("≤", "<")):
        return Points(Decimal(0), Decimal(0), Reason.ZERO_TARGET)
    less, more = sorted((reached, aim.number))
    share = max(less / more, Decimal(0))
    if not method.in_proportion or share < method.least:
        return Points(Decimal(0), Decimal(0), Reason.MISSED)
    made = _rounded(weight * share, method)
    return Points(made, made, Reason.SHORT)


def sign_of(aim: Target, method: Method, kinds: tuple[str, ...]) -> str:
    """The sign of a condition; without one it is what the kind of indicator says, and zero is never to be exceeded."""
    lower = aim.number == 0 or any(fold(k) in method.lower_is_better for k in kinds)
    return aim.sign or ("≤" if lower else "≥")


def reached_of(sign: str, reached: Decimal, number: Decimal) -> bool:
    """Whether a result meets a condition."""
    return {
        "≥": reached >= number,
        ">": reached > number,
        "≤": reached <= number,
        "<": reached < number,
        "=": reached == number,
    }[sign]


def _rounded(value: Decimal, method: Method) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-method.rounding), ROUND_HALF_UP)
