"""Availability of sites for people, for programs and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from yibenzhang.evidence.availability import Availability, Verdict
from yibenzhang.evidence.records import words
from yibenzhang.evidence.service_plan import Plan

SCHEMA = "yibenzhang/availability/1"
COLUMNS = (
    "site", "begin", "end", "service", "planned", "unplanned", "unknown", "rate_low", "rate_high", "faults",
    "longest_repair", "rate", "downtime", "repair",
)  # fmt: skip
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Site:
    """The figures of one site."""

    name: str
    figures: Availability


def lines(sites: Sequence[Site], plan: Plan) -> Iterator[str]:
    """The report for people."""
    said = words()["words"]
    for site in sites:
        f = site.figures
        low, high = _rate(f, True), _rate(f, False)
        rate = (
            said["none"]
            if low is None
            else f"{low}%"
            if low == high
            else said["between"].format(low=f"{low}%", high=f"{high}%")
        )
        yield said["line"].format(
            site=site.name,
            service=_hours(f.service),
            down=_hours(f.down),
            planned=_hours(f.planned),
            unknown=_hours(f.unknown),
            rate=rate,
            faults=len(f.repairs),
            repair=_hours(max(f.repairs, default=0)),
        )
        for what, verdict in f.verdicts(plan).items():
            yield said["verdict"].format(
                what=said[what], promise=_promised(plan, what), verdict=said[verdict.value]
            )


def report(sites: Sequence[Site], plan: Plan) -> dict[str, Any]:
    """The report for programs: seconds as whole numbers, rates as strings."""
    return {"schema": SCHEMA, "sites": [row(s, plan) for s in sites]}


def table(sites: Sequence[Site], plan: Plan) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row(s, plan) for s in sites)
    return out.getvalue()


def row(site: Site, plan: Plan) -> dict[str, Any]:
    f = site.figures
    begin, end = (datetime.fromtimestamp(t, plan.zone).isoformat() for t in f.period)
    return {
        "site": site.name,
        "begin": begin,
        "end": end,
        "service": f.service,
        "planned": f.planned,
        "unplanned": f.unplanned,
        "unknown": f.unknown,
        "rate_low": _rate(f, True),
        "rate_high": _rate(f, False),
        "faults": len(f.repairs),
        "longest_repair": max(f.repairs, default=0),
        **{what: verdict.value for what, verdict in f.verdicts(plan).items()},
    }


def broken(sites: Sequence[Site], plan: Plan) -> bool:
    """Whether a promise was broken."""
    return any(v is Verdict.BROKEN for s in sites for v in s.figures.verdicts(plan).values())


def _rate(f: Availability, worst: bool) -> str | None:
    """Cut off, never rounded up: 99.99999 % is not 100 %."""
    rate = f.rate(worst)
    return None if rate is None else f"{rate.quantize(_PLACES, ROUND_FLOOR)}"


def _hours(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def _promised(plan: Plan, what: str) -> str:
    p = plan.promise
    limit = p.downtime if what == "downtime" else p.repair
    return f"≥{p.rate}%" if what == "rate" else f"≤{_hours(limit or 0)}"
