"""Prometheus, and what its blackbox exporter probed: series of a period as rows of a table.

A table names its columns and a query for each; the values of one time and one set of labels are one row:

    [tables.site_day]
    address = "https://prometheus.example.gov.cn"
    step = "1d"
    queries = { up = "sum_over_time(probe_success[1d])", probes = "count_over_time(probe_success[1d])" }
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from yibenzhang.evidence.addresses import Allowed, fetch
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError, say

ZONE = ZoneInfo("Asia/Shanghai")
MOST_POINTS = 11_000
"""What Prometheus gives of a series at once."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def rows_of(
    address: str,
    queries: Mapping[str, str],
    step: str,
    begin: date,
    end: date,
    allowed: Sequence[Allowed],
    limits: Limits,
    header: str = "",
    variable: str = "",
) -> tuple[list[dict[str, Any]], str]:
    """The rows of the days from ``begin`` up to before ``end``, and the SHA-256 of all answers. Raises
    EvidenceError."""
    seconds = _seconds(step)
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    hashes = []
    first = int(datetime(begin.year, begin.month, begin.day, tzinfo=ZONE).timestamp()) + seconds
    last = int(datetime(end.year, end.month, end.day, tzinfo=ZONE).timestamp())
    for name, query in queries.items():
        for low in range(first, last + 1, seconds * MOST_POINTS):
            high = min(last, low + seconds * (MOST_POINTS - 1))
            asked = urlencode({"query": query, "start": low, "end": high, "step": seconds})
            data, hash = fetch(
                f"{address.rstrip('/')}/api/v1/query_range?{asked}", allowed, limits, header, variable
            )
            hashes.append(hash)
            for labels, moment, value in _points(data, address):
                at = datetime.fromtimestamp(moment, UTC).astimezone(ZONE) - timedelta(seconds=seconds)
                key = (moment, *sorted(labels.items()))
                row = rows.setdefault(key, {**labels, "time": at.replace(tzinfo=None).isoformat(sep=" ")})
                row[name] = value
    if len(rows) > limits.orders:
        raise EvidenceError(say("too_many", rows=limits.orders))
    return list(rows.values()), hashlib.sha256("".join(hashes).encode()).hexdigest()


def _seconds(step: str) -> int:
    if step[-1:] in _UNITS and step[:-1].isdigit() and int(step[:-1]) > 0:
        return int(step[:-1]) * _UNITS[step[-1]]
    raise EvidenceError(say("step_wrong", text=step))


def _points(data: Any, address: str) -> list[tuple[dict[str, str], float, str]]:
    """Labels (without the name of the metric), moment and value; what is not a number is left out."""
    try:
        if data["status"] != "success" or data["data"]["resultType"] != "matrix":
            raise KeyError
        return [
            ({k: str(v) for k, v in series["metric"].items() if k != "__name__"}, float(moment), str(value))
            for series in data["data"]["result"]
            for moment, value in series["values"]
            if value not in ("NaN", "+Inf", "-Inf")
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise EvidenceError(say("no_series", name=address)) from None
