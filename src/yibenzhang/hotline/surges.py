"""What rises beyond its usual number: a matter or a place, with the day of the week and the season taken out.

The usual number of a day is the mean of the eight weeks before the last one, times what that day of the week was
in them, times what the last week was of them in all orders together (the season). The number of a day is held against
it as a negative binomial whose spread is that of the series; a day whose number has a chance below ``chance`` is
told. ``chance`` is the false alarms a week that a bureau wants, divided by the days of its series in a week: it can
be stated beforehand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

WEEKS = 8
BEFORE = 7 * (WEEKS + 1)
MEASURED = 0.5
"""On made orders, without surges, twice as many days were told as the distribution has it; so half are let through."""
DRAWN = 5.0
"""So many orders' worth a series' own days of the week are drawn towards those of all orders."""
LEAST = 3
"""So many orders of different callers at least: one or two are no surge, whatever the chance."""

Days = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Surge:
    series: str
    day: date
    orders: int
    usual: float
    chance: float


def surges(
    counts: Iterable[tuple[str, date, int]], first: date, last: date, a_week: float = 1.0, of: int = 0
) -> list[Surge]:
    """The surges of the days after the first nine weeks, each known on its evening: nothing later is looked at.

    ``counts``: series, day, orders; days without are zero. ``a_week``: the false alarms of a week that are put up with,
    of all series together. ``of``: how many series there are, where ``counts`` leaves out those that never rise.
    """
    length = (last - first).days + 1
    series: dict[str, Days] = defaultdict(lambda: np.zeros(length))
    for name, day, k in counts:
        if first <= day <= last:
            series[name][(day - first).days] += k
    if not series or length <= BEFORE:
        return []
    chance = MEASURED * a_week / 7 / max(of, len(series))
    total = np.sum(list(series.values()), axis=0)
    season = _week_before(total) / np.maximum(_baseline(total), 1e-9)
    weekday = _same_weekday(total) / np.maximum(_baseline(total) * WEEKS, 1e-9)
    out = [
        s for name, of in sorted(series.items()) for s in _of_series(name, of, first, season, weekday, chance)
    ]
    return sorted(out, key=lambda s: (s.day, s.chance, s.series))


def _sums(of: Days) -> Days:
    return np.concatenate([[0.0], np.cumsum(of)])


def _baseline(of: Days) -> Days:
    """The mean of the eight weeks before the last one, for each day that has them."""
    sums, k = _sums(of), np.arange(BEFORE, len(of))
    return (sums[k - 7] - sums[k - BEFORE]) / (7 * WEEKS)


def _week_before(of: Days) -> Days:
    sums, k = _sums(of), np.arange(BEFORE, len(of))
    return (sums[k] - sums[k - 7]) / 7


def _same_weekday(of: Days) -> Days:
    """The sum of the same days of the week in those eight weeks."""
    k = np.arange(BEFORE, len(of))
    found: Days = np.sum([of[k - 7 * j] for j in range(2, WEEKS + 2)], axis=0)
    return found


def _of_series(
    name: str, of: Days, first: date, season: Days, weekday: Days, chance: float
) -> Iterator[Surge]:
    seen = of[BEFORE:]
    at = np.flatnonzero(seen >= LEAST)
    if not len(at):
        return
    mean, squares = _baseline(of)[at], _baseline(of**2)[at]
    days = 7.0 * WEEKS
    known = (mean * days + 0.5) / (days + 1)
    own = (_same_weekday(of)[at] + DRAWN * weekday[at]) / (mean * WEEKS + DRAWN)
    usual = np.maximum(known * own * season[at], 1e-6)
    spread = np.maximum(squares - mean**2 - mean, 0) / np.maximum(known, 1e-9) ** 2 + 1 / (days * known)
    size = 1 / np.maximum(spread, 1e-6)
    tail = nbinom.sf(seen[at] - 1, size, size / (size + usual))
    for k, p, u in zip(at, tail, usual, strict=True):
        if p < chance:
            yield Surge(
                name, first + timedelta(days=BEFORE + int(k)), int(seen[k]), round(float(u), 2), float(p)
            )


def series_title(name: str, words: Mapping[str, str]) -> str:
    """The name of a series for people."""
    thing, _, place = name.partition("@")
    return f"{place or ''}{'：' if place else ''}{words.get(thing, thing.lstrip('PS'))}"
