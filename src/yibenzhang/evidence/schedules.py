"""When a mapping is to be run: its slots, and whether the last one was kept. What keeps the clock is the system's own
(cron, systemd, a task), or ``evidence due --watch``; a slot is run once, however often it is asked for.

    [schedule]
    every = "day"        # day, week, month
    at = "02:00"         # by the clock of Beijing
    on = 1               # the day of the week (1 is Monday) or of the month (1 to 28)
    period = "year"      # what is measured: the year or the month of the day before the slot
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from yibenzhang.evidence.observations import Observation

ZONE = ZoneInfo("Asia/Shanghai")
EVERY = ("day", "week", "month")
PERIODS = ("year", "month")


@dataclass(frozen=True, slots=True)
class Schedule:
    every: str
    at: time
    on: int
    period: str

    def slot(self, now: datetime) -> datetime:
        """The last moment, up to now, at which it was to be run."""
        local = now.astimezone(ZONE)
        day = (
            local.date()
            if local.timetz().replace(tzinfo=None) >= self.at
            else local.date() - timedelta(days=1)
        )
        if self.every == "week":
            day -= timedelta(days=(day.isoweekday() - self.on) % 7)
        elif self.every == "month":
            first = (
                day.replace(day=1)
                if day.day >= self.on
                else (day.replace(day=1) - timedelta(days=1)).replace(day=1)
            )
            day = first.replace(day=self.on)
        return datetime.combine(day, self.at, ZONE)

    def measured(self, slot: datetime) -> str:
        """The period that a slot measures, as ``period_of`` reads it: of the day before, so that the run of the first
        of January closes the old year."""
        before: date = slot.astimezone(ZONE).date() - timedelta(days=1)
        return str(before.year) if self.period == "year" else f"{before.year}-{before.month:02d}"


def schedule_of(data: Mapping[str, Any]) -> Schedule | None:
    """The schedule of a mapping; None where it has none. Raises ValueError and KeyError."""
    if not data:
        return None
    every, period = data.get("every", "day"), data.get("period", "year")
    on = int(data.get("on", 1))
    if every not in EVERY or period not in PERIODS or not 1 <= on <= (7 if every == "week" else 28):
        raise ValueError(f"schedule: {every} {on} {period}")
    return Schedule(every, time.fromisoformat(data.get("at", "02:00")), on, period)


def kept(slot: datetime, pack: str, subject: str, seen: Iterable[Observation]) -> bool:
    """Whether the pack was run for the subject since the slot; a gap counts, it was tried."""
    return any(
        o.subject == subject and o.indicator.startswith(f"{pack}.") and not o.by and _moment(o.time) >= slot
        for o in seen
    )


def _moment(text: str) -> datetime:
    made = datetime.fromisoformat(text)
    return made if made.tzinfo else made.replace(tzinfo=ZONE)
