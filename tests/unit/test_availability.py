"""Availability worked by hand: hours, windows, midnight, month's end, overlaps, gaps, changed clocks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from yibenzhang.cli import app
from yibenzhang.evidence.availability import (
    Availability,
    Fault,
    States,
    Verdict,
    availability,
    states_of_faults,
    states_of_probes,
)
from yibenzhang.evidence.records import states_of_files
from yibenzhang.evidence.service_plan import Plan, PlanError, plan_from, plan_of
from yibenzhang.evidence.spans import both, length, union, without

HOUR = 3600
OFFICE = {"hours": {"工作日": "08:00-18:00"}}


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@dataclass(frozen=True)
class Case:
    """``faults``: begin, end, planned; expected seconds (service, planned, unplanned) and the longest repair."""

    name: str
    first: date
    last: date
    faults: list[tuple[str, str, bool]]
    expected: tuple[int, int, int]
    repair: int
    service: dict[str, Any] = field(default_factory=dict)


def day(text: str) -> date:
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def window(begin: str, end: str) -> dict[str, list[dict[str, datetime]]]:
    return {"maintenance": [{"begin": moment(begin), "end": moment(end)}]}


CASES = [
    Case("no fault", day("2026-03-02"), day("2026-03-02"), [], (24 * HOUR, 0, 0), 0),
    Case("one hour", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 09:00", "2026-03-02 10:00", False)], (24 * HOUR, 0, HOUR), HOUR),
    Case("a planned hour", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 09:00", "2026-03-02 10:00", True)], (24 * HOUR, HOUR, 0), 0),
    Case("planned and not at once is not planned", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 09:00", "2026-03-02 11:00", True), ("2026-03-02 10:00", "2026-03-02 12:00", False)], (24 * HOUR, HOUR, 2 * HOUR), 2 * HOUR),
    Case("overlapping faults count once", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 09:00", "2026-03-02 11:00", False), ("2026-03-02 10:00", "2026-03-02 12:00", False)], (24 * HOUR, 0, 3 * HOUR), 3 * HOUR),
    Case("one within another", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 09:00", "2026-03-02 12:00", False), ("2026-03-02 10:00", "2026-03-02 11:00", False)], (24 * HOUR, 0, 3 * HOUR), 3 * HOUR),
    Case("faults that touch are one", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 09:00", "2026-03-02 10:00", False), ("2026-03-02 10:00", "2026-03-02 11:00", False)], (24 * HOUR, 0, 2 * HOUR), 2 * HOUR),
    Case("two faults", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 09:00", "2026-03-02 10:00", False), ("2026-03-02 12:00", "2026-03-02 14:00", False)], (24 * HOUR, 0, 3 * HOUR), 2 * HOUR),
    Case("over midnight", day("2026-03-02"), day("2026-03-03"), [("2026-03-02 23:00", "2026-03-03 01:00", False)], (48 * HOUR, 0, 2 * HOUR), 2 * HOUR),
    Case("only what is in the period", day("2026-03-02"), day("2026-03-02"), [("2026-03-01 23:00", "2026-03-02 01:00", False)], (24 * HOUR, 0, HOUR), HOUR),
    Case("over the end of the month", day("2026-02-01"), day("2026-02-28"), [("2026-02-28 22:00", "2026-03-01 03:00", False)], (28 * 24 * HOUR, 0, 2 * HOUR), 2 * HOUR),
    Case("outside of the period", day("2026-03-02"), day("2026-03-02"), [("2026-03-04 09:00", "2026-03-04 10:00", False)], (24 * HOUR, 0, 0), 0),
    Case("a whole day down", day("2026-03-02"), day("2026-03-02"), [("2026-03-01 00:00", "2026-03-05 00:00", False)], (24 * HOUR, 0, 24 * HOUR), 24 * HOUR),
    Case("office hours", day("2026-03-02"), day("2026-03-08"), [], (50 * HOUR, 0, 0), 0, OFFICE),
    Case("a fault at night outside of office hours", day("2026-03-02"), day("2026-03-08"), [("2026-03-03 20:00", "2026-03-04 07:00", False)], (50 * HOUR, 0, 0), 0, OFFICE),
    Case("a fault over the night", day("2026-03-02"), day("2026-03-08"), [("2026-03-03 17:00", "2026-03-04 09:00", False)], (50 * HOUR, 0, 2 * HOUR), 16 * HOUR, OFFICE),
    Case("a fault over the week end", day("2026-03-02"), day("2026-03-09"), [("2026-03-06 17:30", "2026-03-09 08:30", False)], (60 * HOUR, 0, HOUR), 63 * HOUR, OFFICE),
    Case("a holiday", day("2026-03-02"), day("2026-03-08"), [("2026-03-03 09:00", "2026-03-03 10:00", False)], (40 * HOUR, 0, 0), 0, {**OFFICE, "closed": [day("2026-03-03")]}),
    Case("a Saturday worked", day("2026-03-02"), day("2026-03-08"), [("2026-03-07 09:00", "2026-03-07 10:00", False)], (60 * HOUR, 0, HOUR), HOUR, {**OFFICE, "open": [day("2026-03-07")]}),
    Case("hours over midnight", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 01:00", "2026-03-02 02:00", False)], (6 * HOUR + 2 * HOUR, 0, HOUR), HOUR, {"hours": {"每天": "22:00-06:00"}}),
    Case("two shifts a day", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 11:00", "2026-03-02 15:00", False)], (8 * HOUR, 0, 2 * HOUR), 4 * HOUR, {"hours": {"每天": "08:00-12:00 14:00-18:00"}}),
    Case("agreed maintenance is no service time", day("2026-03-02"), day("2026-03-02"), [], (22 * HOUR, 0, 0), 0, window("2026-03-02 02:00", "2026-03-02 04:00")),
    Case("down in the window", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 02:00", "2026-03-02 04:00", True)], (22 * HOUR, 0, 0), 0, window("2026-03-02 02:00", "2026-03-02 04:00")),
    Case("maintenance that took longer", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 02:00", "2026-03-02 05:00", True)], (22 * HOUR, HOUR, 0), 0, window("2026-03-02 02:00", "2026-03-02 04:00")),
    Case("a fault that begins in the window", day("2026-03-02"), day("2026-03-02"), [("2026-03-02 03:00", "2026-03-02 05:00", False)], (22 * HOUR, 0, HOUR), 2 * HOUR, window("2026-03-02 02:00", "2026-03-02 04:00")),
    Case("a window over midnight", day("2026-03-02"), day("2026-03-02"), [], (23 * HOUR, 0, 0), 0, window("2026-03-01 23:00", "2026-03-02 01:00")),
    Case("a window over the end of the month", day("2026-02-28"), day("2026-02-28"), [], (22 * HOUR, 0, 0), 0, window("2026-02-28 22:00", "2026-03-01 02:00")),
    Case("the day the clock goes forward", day("2026-03-29"), day("2026-03-29"), [], (23 * HOUR, 0, 0), 0, {"zone": "Europe/Berlin"}),
    Case("the day the clock goes back", day("2026-10-25"), day("2026-10-25"), [], (25 * HOUR, 0, 0), 0, {"zone": "Europe/Berlin"}),
    Case("office hours on the day the clock goes forward", day("2026-03-29"), day("2026-03-29"), [], (10 * HOUR, 0, 0), 0, {"zone": "Europe/Berlin", "hours": {"每天": "08:00-18:00"}}),
    Case("a leap year", day("2028-01-01"), day("2028-12-31"), [], (366 * 24 * HOUR, 0, 0), 0),
]  # fmt: skip


def plan(service: dict[str, Any] | None = None, **promise: Any) -> Plan:
    return plan_from({"service": service or {}, "promise": promise})


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_cases_worked_by_hand(case: Case) -> None:
    agreed = plan(case.service)
    zone = case.service.get("zone", "Asia/Shanghai")
    faults = [Fault(at(a, zone), at(b, zone), planned) for a, b, planned in case.faults]
    made = availability(states_of_faults(faults), agreed, agreed.period(case.first, case.last))
    assert (made.service, made.planned, made.unplanned) == case.expected
    assert max(made.repairs, default=0) == case.repair
    assert made.unknown == 0


MARCH = plan().period(day("2026-03-01"), day("2026-03-31"))


def probes(down: range, left_out: range = range(0)) -> States:
    """A probe a minute of one day, failing in some minutes, missing in others."""
    minutes = [m for m in range(24 * 60) if m not in left_out]
    times = np.array([at("2026-03-02") + 60 * m for m in minutes], dtype=np.int64)
    up = np.array([m not in down for m in minutes])
    return states_of_probes(times, up, plan(), plan().period(day("2026-03-02"), day("2026-03-02")))


def of_day(states: States, **promise: Any) -> tuple[Availability, Plan]:
    agreed = plan(**promise)
    return availability(states, agreed, agreed.period(day("2026-03-02"), day("2026-03-02"))), agreed


def test_probes_hold_until_the_next() -> None:
    made, _ = of_day(probes(range(600, 630)))
    assert (made.unplanned, made.unknown, made.repairs) == (1800, 0, (1800,))


def test_a_gap_is_unknown_with_a_best_and_a_worst_case() -> None:
    made, agreed = of_day(probes(range(0), range(600, 720)), rate=99, downtime_hours=1)
    assert (made.unplanned, made.unknown) == (0, 7200)  # the probe before the gap holds for its minute
    best, worst = made.rate(False), made.rate(True)
    assert best == 100 and worst is not None and 91 < worst < 92
    assert made.verdicts(agreed) == {"rate": Verdict.UNKNOWN, "downtime": Verdict.UNKNOWN}


def test_no_probe_at_all_is_nothing_known() -> None:
    made, agreed = of_day(States((), (plan().period(day("2026-03-02"), day("2026-03-02")),)), rate=98)
    assert made.unknown == 24 * HOUR
    assert made.verdicts(agreed)["rate"] is Verdict.UNKNOWN


def test_a_missed_probe_is_no_gap() -> None:
    made, _ = of_day(probes(range(0), range(600, 601)))
    assert made.unknown == 0


def test_two_probes_of_one_second_and_out_of_order() -> None:
    times = np.array([at("2026-03-02 00:01"), at("2026-03-02"), at("2026-03-02 00:01")], dtype=np.int64)
    up = np.array([True, True, False])
    states = states_of_probes(times, up, plan(), plan().period(day("2026-03-02"), day("2026-03-02")))
    assert states.down == (Fault(at("2026-03-02 00:01"), at("2026-03-02 00:02")),)


@pytest.mark.parametrize(
    ("hours_down", "verdict"),
    [
        (0, Verdict.KEPT),
        (9, Verdict.KEPT),
        (10, Verdict.AT_RISK),
        (12, Verdict.AT_RISK),
        (13, Verdict.BROKEN),
    ],
)
def test_the_year_s_downtime_against_its_promise(hours_down: int, verdict: Verdict) -> None:
    agreed = plan(downtime_hours=12)
    year = agreed.period(day("2026-01-01"), day("2026-12-31"))
    begin = at("2026-05-01")
    made = availability(states_of_faults([Fault(begin, begin + hours_down * HOUR)]), agreed, year)
    assert made.verdicts(agreed)["downtime"] is verdict


def test_repair_and_rate_against_their_promises() -> None:
    agreed = plan(rate="95", repair_hours=2)
    begin = at("2026-03-02 08:00")
    made = availability(states_of_faults([Fault(begin, begin + 3 * HOUR)]), agreed, MARCH)
    assert made.verdicts(agreed) == {"rate": Verdict.KEPT, "repair": Verdict.BROKEN}
    assert made.rate(False) == Decimal(100) * (744 - 3) / 744


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


@given(SPANS, SPANS)
def test_spans_are_sets_of_seconds(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    a, b = union(one), union(other)
    seconds = [
        {s for begin, end in spans for s in range(begin, end)} for spans in (a, b, both(a, b), without(a, b))
    ]
    assert seconds[2] == seconds[0] & seconds[1]
    assert seconds[3] == seconds[0] - seconds[1]
    assert length(a) == len(seconds[0])


def test_what_is_wrong_in_a_plan_is_told(tmp_path: Any) -> None:
    path = tmp_path / "约定.toml"
    path.write_text('[service]\nhours = {"工作日" = "八点到六点"}\n', encoding="utf-8")
    with pytest.raises(PlanError, match="约定.toml"):
        plan_of(path)


PLAN = """[service]
maintenance = [{begin = 2026-03-06T02:00:00, end = 2026-03-06T03:00:00}]
[promise]
rate = 98
downtime_hours = 12
repair_hours = 2
"""
TICKETS = """系统,开始时间,恢复时间,类型
门户,2026-03-05 10:00,2026-03-05 12:30,故障
门户,2026-03-06T02:00:00+08:00,2026-03-06T03:30:00+08:00,计划内
网办,2026-03-09 10:00,2026-03-09 11:00,故障
"""


def run(tmp_path: Path, records: str, name: str, *options: str) -> tuple[int, dict[str, Any]]:
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    (tmp_path / name).write_text(records, encoding="utf-8")
    command = ["availability", str(tmp_path / name), "--plan", str(tmp_path / "plan.toml"), *options]
    result = CliRunner().invoke(app, [*command, "--format", "json"])
    sites = json.loads(result.stdout)["sites"] if result.exit_code < 2 else []
    return result.exit_code, {s["site"]: s for s in sites}


def test_tickets_of_a_month(tmp_path: Path) -> None:
    code, sites = run(tmp_path, TICKETS, "故障.csv", "--year", "2026", "--month", "3")
    assert code == 1
    portal = sites["门户"]
    assert (portal["service"], portal["unplanned"], portal["planned"]) == (743 * HOUR, 2.5 * HOUR, 0.5 * HOUR)
    assert (portal["repair"], portal["downtime"], portal["rate"]) == ("broken", "unknown", "kept")
    assert sites["网办"]["rate_low"] == sites["网办"]["rate_high"] == "99.8654"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
@pytest.mark.parametrize("name", ["it's.parquet", "a.csv"])
def test_times_with_and_without_a_zone_and_as_text_are_the_same(tmp_path: Path, zone: str, name: str) -> None:
    import duckdb

    plan = plan_from({"service": {"zone": zone}})
    period = plan.period(date(2026, 3, 29), date(2026, 3, 29))  # the clock goes forward in Berlin
    seconds = [s for s in range(period[0], period[1], 60) if s % 17 and s % 7919]
    found = []
    for kind in ("s::VARCHAR", "s", "s AT TIME ZONE $zone", "(s AT TIME ZONE $zone)::VARCHAR"):
        file = tmp_path / name
        con = duckdb.connect()
        con.execute("SET TimeZone = 'UTC'")
        given = {"seconds": seconds, **({"zone": zone} if "$zone" in kind else {})}
        con.execute(
            f"CREATE TABLE t AS SELECT {kind} AS time, 'x' || (e // 60 % 3) AS site, e // 60 % 5 > 0 AS up FROM "
            "(SELECT e, to_timestamp(e) AS s FROM (SELECT unnest($seconds) AS e))",
            given,
        )
        path = str(file).replace("'", "''")
        con.execute(f"COPY (FROM t ORDER BY hash(time)) TO '{path}'")
        con.close()
        found.append([(n, availability(s, plan, period)) for n, s in states_of_files([file], plan, period)])
    assert len(found[0]) == 3
    assert all(f == found[0] for f in found[1:])


def test_a_ticket_that_is_still_open_and_one_that_is_turned_round(tmp_path: Path) -> None:
    """Down as long as the records go; what came then is not known."""
    opened = TICKETS.replace("网办,2026-03-09 10:00,2026-03-09 11:00", "网办,2026-03-09 10:00,")
    opened += "邮箱,2026-03-10 09:00,2026-03-10 10:00,故障\n"
    code, sites = run(tmp_path, opened, "故障.csv", "--from", "2026-03-09", "--to", "2026-03-11")
    assert (sites["网办"]["unplanned"], sites["网办"]["unknown"]) == (24 * 3600, 38 * 3600)
    assert (sites["邮箱"]["unplanned"], sites["邮箱"]["unknown"]) == (3600, 0)
    ahead = opened + "门户,2026-12-01 09:00,2026-12-01 10:00,计划内\n"
    _, again = run(tmp_path, ahead, "故障.csv", "--from", "2026-03-09", "--to", "2026-03-11")
    assert again["网办"] == sites["网办"]  # what is announced for later says nothing of it
    for wrong in (TICKETS.replace("11:00", "09:00"), TICKETS + ",2026-03-10 09:00,2026-03-10 10:00,故障\n"):
        assert run(tmp_path, wrong, "故障.csv", "--year", "2026")[0] == 2


def test_files_of_months_are_one_record_of_a_site(tmp_path: Path) -> None:
    second = tmp_path / "二.csv"
    second.write_text(
        TICKETS.splitlines()[0] + "\n门户,2026-04-05 10:00,2026-04-05 11:00,故障\n", encoding="utf-8"
    )
    _, sites = run(tmp_path, TICKETS, "一.csv", str(second), "--year", "2026")
    assert (len(sites), sites["门户"]["faults"]) == (2, 2)
    second.write_text(
        "类型,恢复时间,开始时间,系统\n故障,2026-04-05 11:00,2026-04-05 10:00,门户\n", encoding="utf-8"
    )
    assert run(tmp_path, TICKETS, "一.csv", str(second), "--year", "2026")[1] == sites
    second.write_text("系统,开始,结束\n门户,2026-04-05 10:00,2026-04-05 11:00\n", encoding="utf-8")
    assert run(tmp_path, TICKETS, "一.csv", str(second), "--year", "2026")[0] == 2


@pytest.mark.parametrize(
    ("years", "hours", "verdict"),
    [
        (1, 8, Verdict.KEPT),
        (1, 13, Verdict.BROKEN),
        (2, 16, Verdict.UNKNOWN),
        (0, 8, Verdict.UNKNOWN),
        (0, 13, Verdict.BROKEN),
    ],
)
def test_the_downtime_of_a_year_is_that_of_one_year(years: int, hours: int, verdict: Verdict) -> None:
    agreed = plan(downtime_hours=12)
    begin = agreed.period(date(2026, 3, 2), date(2026, 3, 2))[0]
    period = agreed.period(
        date(2026, 1 if years else 3, 1), date(2025 + years, 12, 31) if years else date(2026, 3, 31)
    )
    made = availability(states_of_faults([Fault(begin, begin + hours * HOUR)]), agreed, period)
    assert made.verdicts(agreed)["downtime"] is verdict


def test_probes_of_a_day_with_a_gap(tmp_path: Path) -> None:
    minutes = [m for m in range(1440) if not 600 <= m < 660]
    rows = [f"门户,2026-03-02 {m // 60:02d}:{m % 60:02d},{'异常' if m < 20 else '正常'}" for m in minutes]
    text = "站点,时间,状态\n" + "\n".join(reversed(rows)) + "\n"
    code, sites = run(tmp_path, text, "探测.csv", "--from", "2026-03-02", "--to", "2026-03-02")
    assert code == 0
    assert (sites["门户"]["unplanned"], sites["门户"]["unknown"], sites["门户"]["rate"]) == (
        1200,
        3600,
        "unknown",
    )


@pytest.mark.parametrize(
    ("records", "name"),
    [("甲,乙\n1,2\n", "无.csv"), ("站点,时间,状态\n甲,不是时间,1\n", "坏.csv"), ("x", "记录.doc")],
)
def test_records_that_cannot_be_used_are_told(tmp_path: Path, records: str, name: str) -> None:
    code, _ = run(tmp_path, records, name, "--year", "2026")
    assert code == 2
