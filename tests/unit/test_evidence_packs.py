"""Packs: every promise has its measure, and the values on sample data are those of plain Python over the same rows."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import ROOT
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import check, period_of, run
from yibenzhang.evidence.packs import packs
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits

PROMISES = ROOT.parent / "shared" / "reference" / "promises.csv"
LIMITS = Limits(seconds=20)
Rows = list[dict[str, str]]
Tables = dict[str, Rows]

# ---- plain Python, which knows the rows as text and nothing of the packs' SQL


def this_year(rows: Rows, column: str) -> Rows:
    return [r for r in rows if r[column].startswith("2026")]


def yes(rows: Rows, column: str) -> Rows:
    return [r for r in rows if r[column] == "是"]


def total(rows: Rows, column: str) -> Decimal:
    return sum((Decimal(r[column]) for r in rows), Decimal(0))


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    return 100 * Decimal(part) / Decimal(whole)


def different(rows: Rows, column: str) -> Decimal:
    return Decimal(len({r[column] for r in rows}))


def share(rows: Rows, column: str) -> Decimal:
    return percent(len(yes(rows, column)), len(rows))


def highest(rows: Rows, column: str) -> Decimal:
    return max(Decimal(r[column]) for r in rows)


def lowest(rows: Rows, column: str) -> Decimal:
    return min(Decimal(r[column]) for r in rows)


def number(rows: Iterable[object]) -> Decimal:
    return Decimal(len(list(rows)))


def summed(rows: Rows, by: str, column: str) -> dict[str, Decimal]:
    out: dict[str, Decimal] = {}
    for r in rows:
        out[r[by]] = out.get(r[by], Decimal(0)) + Decimal(r[column])
    return out


def running_units(t: Tables) -> Decimal:
    systems = t["cloud_system"]
    broken = {r["unit"] for r in systems if r["running"] == "否"}
    return Decimal(len({r["unit"] for r in systems} - broken))


def on_time(t: Tables) -> Decimal:
    due = [r for r in this_year(t["work_order"], "received") if r["finished"] or r["due"] < "2027"]
    return percent(len([r for r in due if r["finished"] and r["finished"] <= r["due"]]), len(due))


def overdue(rows: Rows, year: str) -> int:
    after = str(int(year) + 1)
    mine = [r for r in rows if r["accepted"].startswith(year)]
    return sum((r["finished"] > r["due"]) if r["finished"] else (r["due"] < after) for r in mine)


def last_reviews(rows: Rows) -> Rows:
    last: dict[str, dict[str, str]] = {}
    for r in sorted(this_year(rows, "reviewed"), key=lambda r: int(r["round"])):
        last[r["project"]] = r
    return list(last.values())


def listed(rows: Rows) -> Decimal:
    return number(
        r for r in rows if r["listed"] and r["listed"] < "2027" and not ("" < r["withdrawn"] < "2027")
    )


def articles(t: Tables, media: str) -> Rows:
    return [r for r in this_year(t["article"], "published") if r["media"] == media]


def punctual(t: Tables) -> Decimal:
    due = [r for r in articles(t, "否") if r["due"]]
    return percent(len([r for r in due if r["published"] <= r["due"]]), len(due))


def answered(rows: Rows, column: str) -> Decimal:
    told = [r[column] for r in rows if r[column]]
    return percent(told.count("是"), len(told))


def up(rows: Rows) -> Decimal:
    mine = this_year(rows, "day")
    return percent(total(mine, "up"), total(mine, "probes"))


def layer(t: Tables, name: str) -> Rows:
    return [r for r in t["node"] if r["layer"] == name]


def rated(t: Tables) -> Decimal:
    answers = [r["satisfied"] for r in this_year(t["service_case"], "accepted") if r["satisfied"]]
    return percent(answers.count("是"), len(answers))


E4, E8 = Decimal(10) ** 4, Decimal(10) ** 8
PLAIN: dict[str, Callable[[Tables], Decimal]] = {
    "hotline.on_time": on_time,
    "hotline.satisfied": lambda t: answered(this_year(t["work_order"], "finished"), "satisfied"),
    "hotline.reopened": lambda t: answered(this_year(t["work_order"], "finished"), "reopened"),
    "hotline.passed_around": lambda t: percent(
        len([r for r in this_year(t["work_order"], "received") if int(r["transfers"]) >= 2]),
        len(this_year(t["work_order"], "received")),
    ),
    "hotline.cost": lambda t: total(this_year(t["cost_item"], "paid"), "amount") / E4,
    "hotline.merged_lines": lambda t: different(yes(t["merged_line"], "merged"), "department"),
    "hotline.received": lambda t: number(this_year(t["work_order"], "received")) / E4,
    "hotline.finished": lambda t: number(this_year(t["work_order"], "finished")) / E4,
    "cloud.units_running": running_units,
    "cloud.systems_running": lambda t: number(yes(t["cloud_system"], "running")),
    "cloud.units": lambda t: different(t["cloud_system"], "unit"),
    "cloud.utilisation": lambda t: percent(
        total(this_year(t["cloud_usage"], "day"), "used"),
        total(this_year(t["cloud_usage"], "day"), "allocated"),
    ),
    "data.bodies": lambda t: different(t["catalogue_entry"], "body"),
    "data.entries": lambda t: number(t["catalogue_entry"]),
    "data.records": lambda t: total(t["data_resource"], "records") / E8,
    "data.quality": lambda t: percent(
        total(this_year(t["quality_result"], "checked_on"), "passed"),
        total(this_year(t["quality_result"], "checked_on"), "checked"),
    ),
    "data.managed": lambda t: share(t["data_resource"], "managed"),
    "data.managed_projects": lambda t: share(this_year(t["it_project"], "approved"), "managed"),
    "data.public_entries": lambda t: number(yes(t["catalogue_entry"], "public")) / E4,
    "data.base_records": lambda t: total(yes(t["data_resource"], "base"), "records") / E8,
    "data.base_entries": lambda t: number(yes(t["catalogue_entry"], "base")),
    "data.updated": lambda t: percent(
        len(this_year(yes(t["data_resource"], "base"), "updated")), len(yes(t["data_resource"], "base"))
    ),
    "data.interfaces": lambda t: up(t["interface_day"]),
    "data.open_sets": lambda t: number(yes(t["data_resource"], "open")),
    "data.exchange_bodies": lambda t: different(
        [r for r in t["exchange_member"] if r["joined"] < "2027"], "body"
    ),
    "data-products.products": lambda t: listed(t["product"]),
    "data-products.enterprises": lambda t: different(yes(t["enterprise"], "large"), "code"),
    "city-model.governed": lambda t: percent(
        len(yes(yes(t["coded_object"], "coded"), "governed")), len(t["coded_object"])
    ),
    "websites.sites": lambda t: number(yes(t["site"], "maintained")),
    "websites.running": lambda t: up(t["site_day"]),
    "websites.downtime": lambda t: (
        max(summed(this_year(t["site_day"], "day"), "site", "down_minutes").values()) / 60
    ),
    "websites.articles": lambda t: number(articles(t, "否")),
    "websites.foreign_articles": lambda t: number(yes(this_year(t["article"], "published"), "foreign")),
    "websites.wrong_articles": lambda t: share(this_year(t["article"], "published"), "wrong"),
    "websites.response": lambda t: highest(this_year(t["important"], "ordered"), "hours"),
    "websites.topics": lambda t: number(this_year(t["topic"], "opened")),
    "websites.media_posts": lambda t: number(articles(t, "是")),
    "websites.visits": lambda t: total(this_year(t["visit_day"], "day"), "visits") / E4,
    "websites.on_time": punctual,
    "network.metro_nodes": lambda t: number(layer(t, "汇聚")),
    "network.wide_nodes": lambda t: number(layer(t, "广域接入")),
    "network.internet_bandwidth": lambda t: total(t["internet_exit"], "bandwidth"),
    "network.access_capacity": lambda t: lowest(layer(t, "接入"), "capacity"),
    "network.metro_capacity": lambda t: lowest(layer(t, "汇聚"), "capacity"),
    "network.running": lambda t: up(t["link_day"]),
    "network.repair": lambda t: highest(this_year(t["fault_month"], "month"), "longest_hours"),
    "network.lines": lambda t: number(
        r for r in t["line"] if r["begun"] < "2027" and (not r["ended"] or r["ended"] >= "2027")
    ),
    "machine-room.patrols": lambda t: min(
        summed(this_year(t["patrol_day"], "day"), "day", "patrols").values()
    ),
    "machine-room.staff": lambda t: number(yes(t["staff"], "on_site")),
    "machine-room.satisfaction": lambda t: share(this_year(t["survey"], "answered"), "satisfied"),
    "machine-room.repair": lambda t: highest(this_year(t["fault_month"], "month"), "longest_hours"),
    "machine-room.reports": lambda t: different(this_year(t["report"], "delivered"), "number"),
    "video-meetings.inspections": lambda t: lowest(this_year(t["inspection_month"], "month"), "inspections"),
    "video-meetings.staff": lambda t: number(yes(t["staff"], "on_site")),
    "video-meetings.interrupted": lambda t: share(this_year(t["meeting"], "held"), "interrupted"),
    "video-meetings.solved": lambda t: share(this_year(t["fault"], "begun"), "solved"),
    "documents.intensive_units": lambda t: number(yes(t["unit"], "intensive")),
    "documents.exchange_units": lambda t: number(yes(t["unit"], "exchange")),
    "documents.solved": lambda t: share(this_year(t["issue"], "raised"), "solved"),
    "documents.downtime": lambda t: total(this_year(t["service_month"], "month"), "down_hours"),
    "documents.recovery": lambda t: highest(this_year(t["service_month"], "month"), "longest_hours"),
    "documents.database_checks": lambda t: lowest(this_year(t["service_month"], "month"), "database_checks"),
    "documents.users": lambda t: different([r for r in t["account"] if r["registered"] < "2027"], "id"),
    "documents.paperless": lambda t: number(this_year(t["paperless_meeting"], "held")),
    "certificates.bodies": lambda t: different([r for r in t["member"] if r["joined"] < "2027"], "body"),
    "one-stop.one_thing": lambda t: number(r for r in t["matter"] if "" < r["live"] < "2027"),
    "one-stop.cases": lambda t: number(this_year(t["service_case"], "accepted")) / E4,
    "one-stop.satisfaction": rated,
    "one-stop.kiosks": lambda t: number(yes(t["kiosk"], "working")),
    "permits.projects": lambda t: different(this_year(t["permit_case"], "accepted"), "project"),
    "permits.overdue": lambda t: Decimal(
        overdue(t["permit_case"], "2026") - overdue(t["permit_case"], "2025")
    ),
    "trading.handled": lambda t: share(this_year(t["supervised_matter"], "received"), "handled"),
    "it-projects.passed": lambda t: share(last_reviews(t["review"]), "passed"),
    "security.incidents": lambda t: total(this_year(t["incident_month"], "month"), "incidents"),
    "security.graded": lambda t: different(
        [r for r in yes(this_year(t["assessment"], "assessed"), "passed") if r["level"] == "3"], "system"
    ),
    "security.reports": lambda t: different(this_year(t["report"], "delivered"), "number"),
    "fleet.safe_kilometres": lambda t: total(
        [r for r in this_year(t["vehicle_month"], "month") if r["accidents"] == "0"], "kilometres"
    ),
    "fleet.fuel": lambda t: percent(
        total(this_year(t["vehicle_month"], "month"), "litres"),
        total(this_year(t["vehicle_month"], "month"), "kilometres"),
    ),
    "industry.enterprises": lambda t: different(this_year(t["enterprise"], "attracted"), "code"),
    "industry.signed": lambda t: total(this_year(t["signing"], "signed"), "amount") / E8,
    "industry.checks": lambda t: number(this_year(t["safety_check"], "done")),
}
COMPUTED = [p for p in packs().values() if p.tables]


def rows_of(folder: Path) -> Tables:
    out = {}
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as f:
            out[file.stem] = list(csv.DictReader(f))
    return out


def near(a: Decimal, b: Decimal) -> bool:
    """Equal but for the digits that a quotient is cut off at."""
    return abs(a - b) < Decimal("1e-20")


@pytest.mark.parametrize("name", [p.id for p in COMPUTED])
def test_values_on_sample_data_are_those_of_plain_python(name: str, tmp_path: Path) -> None:
    mapped = mapping_of(write_sample(packs()[name], tmp_path))
    assert check(mapped, LIMITS) == []
    tables = rows_of(tmp_path)
    found = {o.indicator: o for o in run(mapped, period_of("2026"), "2026-12-31", LIMITS)}
    assert set(found) == {i for i in PLAIN if i.startswith(name + ".")}
    for indicator, o in found.items():
        assert o.value is not None, (indicator, o.gap)
        plain = PLAIN[indicator](tables)
        assert near(o.value, plain), (indicator, o.value, plain)
        assert len(o.hash) == 64 and "SELECT" in o.query


@pytest.mark.parametrize("name", [p.id for p in COMPUTED])
def test_a_database_gives_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_sample(packs()[name], tmp_path)
    tables = rows_of(tmp_path)
    with sqlite3.connect(tmp_path / "a.db") as con:
        for table, rows in tables.items():
            columns = list(rows[0])
            con.execute(
                f'CREATE TABLE "{table}" ({", ".join(f"{chr(34)}{c}{chr(34)} TEXT" for c in columns)})'
            )
            marks = ", ".join("?" * len(columns))
            con.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [list(r.values()) for r in rows])
    con.close()
    monkeypatch.setenv("SAMPLE_URL", f"sqlite:///{tmp_path / 'a.db'}")
    text = file.read_text(encoding="utf-8").replace(
        'kind = "files"', 'kind = "database"\nvariable = "SAMPLE_URL"'
    )
    file.write_text("\n".join(x for x in text.splitlines() if not x.startswith("file = ")), encoding="utf-8")
    mapped = mapping_of(file)
    assert check(mapped, LIMITS) == []
    for o in run(mapped, period_of("2026"), "2026-12-31", LIMITS):
        assert o.value is not None, (o.indicator, o.gap)
        assert abs(o.value - PLAIN[o.indicator](tables)) < Decimal("0.00001"), o.indicator


def test_every_indicator_is_computed_or_asked_and_promised() -> None:
    computed = {f"{p.id}.{i.id}" for p in packs().values() for i in p.indicators.values() if not i.asked}
    assert computed == set(PLAIN)
    for p in packs().values():
        assert {x.indicator for x in p.promises} <= set(p.indicators), p.id
        assert {i.id for i in p.indicators.values() if i.asked} <= {x.indicator for x in p.promises}, p.id


def test_every_row_of_the_promises_has_its_measure() -> None:
    """A row without one fails; promises of the packs are those rows and no others."""
    if not PROMISES.exists():
        pytest.skip("the promises (../shared/reference/promises.csv) are not on this machine")
    with PROMISES.open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    asked = [(r["system_en"], r["promise"], r["sign"], r["target"], r["unit"], r["period"]) for r in rows]
    have = [(p.id, x.name, x.sign, x.target, x.unit, x.period) for p in packs().values() for x in p.promises]
    assert sorted(asked) == sorted(have)
    assert {p.id: p.name for p in packs().values()} == {r["system_en"]: r["system"] for r in rows}
    assert len(rows) == 90


def test_units_of_promises_are_those_of_their_indicators() -> None:
    for p in packs().values():
        for x in p.promises:
            assert not x.unit or x.unit == p.indicators[x.indicator].unit, (p.id, x.name)
