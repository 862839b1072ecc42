"""Availability as contracts mean it: within service hours, agreed maintenance left out, gaps as unknown.

From probes (a site answered or did not, minute by minute) or from fault tickets; the same figures for a month, a
year or a contract period. What is not known gives a best and a worst case; a promise is kept only if it is in the
worst, broken only if it is in the best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from yibenzhang.evidence.service_plan import Plan
from yibenzhang.evidence.spans import Span, Spans, both, length, union, without

AT_RISK = Decimal("0.8")
"""So much of what a year may be down used up is a risk."""
_LEAST_DAYS, _MOST_DAYS = 364.9, 366.1
"""A year, with the hour by which clocks are changed."""


class Verdict(StrEnum):
    """Of a promise: kept, at risk (kept so far, most of the allowance used), broken, or not known."""

    KEPT = "kept"
    AT_RISK = "at_risk"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fault:
    """A time without service; ``planned``: announced, though not an agreed window."""

    begin: int
    end: int
    planned: bool = False


@dataclass(frozen=True, slots=True)
class States:
    """What is known of a site: when it was down (planned and not), and when nothing is known."""

    down: tuple[Fault, ...]
    unknown: Spans


@dataclass(frozen=True, slots=True)
class Availability:
    """Seconds of one site in one period. ``faults``: unplanned ones with service time lost, begin and end."""

    period: Span
    service: int
    planned: int
    unplanned: int
    unknown: int
    faults: tuple[tuple[Span, int], ...]

    @property
    def down(self) -> int:
        """Seconds without service, planned outside of agreed windows and not planned."""
        return self.planned + self.unplanned

    def rate(self, worst: bool) -> Decimal | None:
        """Percent of the service time in which the service ran; None where there was no service time."""
        if not self.service:
            return None
        lost = self.down + (self.unknown if worst else 0)
        return Decimal(100) * (self.service - lost) / self.service

    @property
    def repairs(self) -> tuple[int, ...]:
        """Seconds from the beginning to the end of each fault that hit service time, by the clock on the wall."""
        return tuple(end - begin for (begin, end), lost in self.faults if lost)

    def verdicts(self, plan: Plan) -> dict[str, Verdict]:
        """What became of each promise of the plan, by ``rate``, ``downtime`` and ``repair``.

        The downtime promised is that of a year: a part of one can break the promise but not keep it, and of a longer
        time nothing is known.
        """
        out: dict[str, Verdict] = {}
        promise = plan.promise
        best, worst = self.rate(False), self.rate(True)
        if promise.rate is not None and best is not None and worst is not None:
            out["rate"] = _between(worst >= promise.rate, best >= promise.rate)
        if promise.downtime is not None:
            kept = _between(self.down + self.unknown <= promise.downtime, self.down <= promise.downtime)
            near = self.down >= AT_RISK * promise.downtime and promise.downtime > 0
            out["downtime"] = Verdict.AT_RISK if near and kept is not Verdict.BROKEN else kept
            days = (self.period[1] - self.period[0]) / 86_400
            if days > _MOST_DAYS or (days < _LEAST_DAYS and out["downtime"] is Verdict.KEPT):
                out["downtime"] = Verdict.UNKNOWN
        if promise.repair is not None:
            longest = max(self.repairs, default=0)
            out["repair"] = _between(
                not self.unknown and longest <= promise.repair, longest <= promise.repair
            )
        return out


def _between(worst: bool, best: bool) -> Verdict:
    return Verdict.KEPT if worst else Verdict.UNKNOWN if best else Verdict.BROKEN


def availability(states: States, plan: Plan, period: Span) -> Availability:
    """The figures of one site in one period."""
    service = plan.service(period)
    planned = union((f.begin, f.end) for f in states.down if f.planned)
    unplanned = union((f.begin, f.end) for f in states.down if not f.planned)
    lost = both(unplanned, service)
    announced = without(both(planned, service), unplanned)
    unknown = without(without(both(states.unknown, service), unplanned), planned)
    faults = tuple((span, length(both((span,), service))) for span in both(unplanned, (period,)))
    return Availability(period, length(service), length(announced), length(lost), length(unknown), faults)


def states_of_probes(times: NDArray[np.int64], up: NDArray[np.bool_], plan: Plan, period: Span) -> States:
    """A probe holds until the next; after a pause longer than the plan's gap nothing is known from one interval on.

    ``times`` in seconds since 1970, in any order; of two probes of one second the one that failed counts.
    """
    if len(times) > 1 and not bool(np.all(times[1:] > times[:-1])):
        order = np.lexsort((up, times))
        times, up = times[order], up[order]
    inside = (times >= period[0]) & (times < period[1])
    times, up = times[inside], up[inside]
    if not len(times):
        return States((), (period,))
    first = np.concatenate(([True], times[1:] != times[:-1]))
    times, up = times[first], up[first]
    ends = np.append(times[1:], period[1])
    pauses = ends - times > plan.gap
    known = np.where(pauses, np.minimum(times + plan.probe_interval, ends), ends)
    unknown = [(int(a), int(b)) for a, b in zip(known[pauses], ends[pauses], strict=True)]
    if times[0] - period[0] > plan.gap:
        unknown.append((period[0], int(times[0])))
    down = union(_runs(times[~up], known[~up]))
    return States(tuple(Fault(a, b) for a, b in down), union(unknown))


def _runs(begins: NDArray[np.int64], ends: NDArray[np.int64]) -> list[Span]:
    """Spans one after the other joined, before they become Python's numbers."""
    if not len(begins):
        return []
    breaks = np.flatnonzero(begins[1:] != ends[:-1])
    starts = begins[np.concatenate(([0], breaks + 1))]
    stops = ends[np.concatenate((breaks, [len(ends) - 1]))]
    return [(int(a), int(b)) for a, b in zip(starts, stops, strict=True)]


def states_of_faults(faults: Sequence[Fault], unknown: Iterable[Span] = ()) -> States:
    """Tickets say all that was down: what has none was up, but for what they leave open."""
    return States(tuple(faults), union(unknown))
