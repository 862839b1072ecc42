"""What was agreed of a service: hours, holidays, maintenance, and what was promised. A plan is a TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yibenzhang.evidence.spans import Span, Spans, both, union, without

_DAYS = {"周一": 0, "周二": 1, "周三": 2, "周四": 3, "周五": 4, "周六": 5, "周日": 6}
_HOURS = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
MOST_DAYS = 3660
"""A period of more than ten years is a mistake."""


class PlanError(Exception):
    """A plan that cannot be used; one sentence for people."""


@dataclass(frozen=True, slots=True)
class Promise:
    """``rate`` in percent, at least; ``downtime`` of a year and ``repair`` of one fault in seconds, at most; None where not promised."""

    rate: Decimal | None = None
    downtime: int | None = None
    repair: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """``hours``: day of the week (0 is Monday) → spans of minutes; ``closed``: days without service; ``maintenance``:
    agreed windows; ``probe_interval``: seconds between two probes, ``gap``: from how many seconds on a pause is a gap."""

    zone: ZoneInfo
    hours: Mapping[int, tuple[tuple[int, int], ...]]
    closed: frozenset[date]
    open_days: frozenset[date]
    maintenance: Spans
    probe_interval: int
    gap: int
    promise: Promise

    def service(self, period: Span) -> Spans:
        """The seconds within ``period`` in which the service was to run: its hours, less agreed maintenance."""
        day = datetime.fromtimestamp(period[0], self.zone).date() - timedelta(days=1)
        last = datetime.fromtimestamp(period[1], self.zone).date()
        if (last - day).days > MOST_DAYS:
            raise PlanError("时段超过十年，请检查起止日期。")
        spans: list[Span] = []
        while day <= last:
            if day not in self.closed:
                weekday = 0 if day in self.open_days else day.weekday()
                spans += [(self._at(day, a), self._at(day, b)) for a, b in self.hours.get(weekday, ())]
            day += timedelta(days=1)
        return without(both(union(spans), (period,)), self.maintenance)

    def _at(self, day: date, minutes: int) -> int:
        """A minute of a day, 24:00 and later being of the next; where clocks change, by the wall."""
        days, minute = divmod(minutes, 24 * 60)
        moment = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), self.zone)
        return int(moment.timestamp())

    def period(self, first: date, last: date) -> Span:
        """From the beginning of the first day to the end of the last."""
        return self._at(first, 0), self._at(last, 24 * 60)


def plan_of(path: Path) -> Plan:
    """The plan of a file. Raises PlanError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return plan_from(data)
    except OSError as error:
        raise PlanError(f"读不到服务约定 {path.name}：{error.strerror}。") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"服务约定 {path.name} 不是能读的 TOML：{error}。") from error
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise PlanError(f"服务约定 {path.name} 缺少或写错了一项：{error}。") from error


def plan_from(data: Mapping[str, Any]) -> Plan:
    service, probes, promise = (data.get(k, {}) for k in ("service", "probes", "promise"))
    zone = ZoneInfo(service.get("zone", "Asia/Shanghai"))
    hours: dict[int, tuple[tuple[int, int], ...]] = {}
    for days, text in service.get("hours", {"每天": "00:00-24:00"}).items():
        for day in _days(days):
            hours[day] = (*hours.get(day, ()), *_minutes(text))
    interval = int(probes.get("interval", 60))
    if interval <= 0:
        raise ValueError("probes.interval 应大于零")
    return Plan(
        zone,
        hours,
        frozenset(service.get("closed", ())),
        frozenset(service.get("open", ())),
        union(_window(w, zone) for w in service.get("maintenance", ())),
        interval,
        int(probes.get("gap", 2 * interval)),
        _promise(promise),
    )


def _promise(data: Mapping[str, Any]) -> Promise:
    rate = Decimal(str(data["rate"])) if "rate" in data else None
    hours = [data.get(k) for k in ("downtime_hours", "repair_hours")]
    downtime, repair = (None if h is None else int(Decimal(str(h)) * 3600) for h in hours)
    return Promise(rate, downtime, repair)


def _days(text: str) -> list[int]:
    if text == "每天":
        return list(range(7))
    if text == "工作日":
        return list(range(5))
    first, _, last = text.partition("至")
    return list(range(_DAYS[first], _DAYS[last or first] + 1))


def _minutes(text: str) -> list[tuple[int, int]]:
    found = [tuple(map(int, m.groups())) for m in _HOURS.finditer(text)]
    if not found:
        raise ValueError(f"时间 {text} 应写成 08:30-17:30")
    spans = [(a * 60 + b, c * 60 + d) for a, b, c, d in found]
    return [(begin, end if end > begin else end + 24 * 60) for begin, end in spans]  # over midnight


def _window(data: Mapping[str, Any], zone: ZoneInfo) -> Span:
    begin, end = (data[k] if data[k].tzinfo else data[k].replace(tzinfo=zone) for k in ("begin", "end"))
    if begin >= end:
        raise ValueError(f"维护窗口 {data['begin']} 的结束不晚于开始")
    return int(begin.timestamp()), int(end.timestamp())
