"""Mappings, contract checks, gaps and verdicts, and the commands."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from yibenzhang.cli import app
from yibenzhang.evidence.mappings import Mapped, mapping_of
from yibenzhang.evidence.measuring import check, entered, period_of, run
from yibenzhang.evidence.observations import Observation, Observations
from yibenzhang.evidence.packs import Indicator, Promise, packs
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.verdicts import verdict
from yibenzhang.evidence.words import EvidenceError
from yibenzhang.reports.evidenced import shown

LIMITS = Limits(seconds=20)
YEAR = period_of("2026")


def seen(
    value: str | None, begin: str = "2026-01-01", end: str = "2026-12-31", unit: str = "个"
) -> Observation:
    number = None if value is None else Decimal(value)
    return Observation(
        "a.b", "甲", begin, end, number, unit, None, None, "", "", "2026-07-01", "", "" if value else "没有"
    )


def indicator(gathers: bool = False, more: bool = True, unit: str = "个") -> Indicator:
    return Indicator("b", "乙", unit, "SELECT 1", "", Decimal(1), gathers, more)


def promise(by: str, limit: str | None, period: str = "2026", unit: str = "") -> Promise:
    return Promise(
        "b", "丙", by, limit or "做到", unit, period, by, None if limit is None else Decimal(limit)
    )


HALF, OVER = date(2026, 7, 1), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("by", "limit", "value", "at", "kind", "became"),
    [
        # a count that grows
        ("≥", "100", "100", HALF, {"gathers": True}, "kept"),
        ("≥", "100", "60", HALF, {"gathers": True}, "unknown"),
        ("≥", "100", "40", HALF, {"gathers": True}, "at_risk"),
        ("≥", "100", "99", OVER, {"gathers": True}, "broken"),
        # an allowance that is used up
        ("≤", "12", "5", HALF, {"gathers": True}, "kept"),
        ("≤", "12", "9.6", HALF, {"gathers": True}, "at_risk"),
        ("≤", "12", "12.01", HALF, {"gathers": True}, "broken"),
        ("≤", "12", "12", OVER, {"gathers": True}, "kept"),
        # a rate as it stands
        ("≥", "98", "98", HALF, {}, "kept"),
        ("≥", "98", "97.9", HALF, {}, "at_risk"),
        ("≥", "98", "97.9999", OVER, {}, "broken"),
        ("≤", "1", "1.2", HALF, {}, "at_risk"),
        ("=", "100", "99.9", OVER, {"unit": "%"}, "broken"),
        # printed with =
        ("=", "12.63", "12.634", OVER, {"gathers": True, "more": False}, "kept"),
        ("=", "12.63", "12.64", OVER, {"gathers": True, "more": False}, "broken"),
        ("=", "12.63", "12.64", HALF, {"gathers": True, "more": False}, "broken"),
        ("=", "12.63", "6", HALF, {"gathers": True, "more": False}, "unknown"),
        ("=", "28", "29", HALF, {}, "kept"),
        ("=", "0", "1", HALF, {"gathers": True, "more": False}, "broken"),
        ("<", "0", "0", OVER, {}, "broken"),
        ("<", "0", "-1", OVER, {}, "kept"),
        # what is not known
        ("≥", None, "5", OVER, {}, "unknown"),
        ("≥", "1", None, OVER, {}, "unknown"),
    ],
)
def test_verdicts(
    by: str, limit: str | None, value: str | None, at: date, kind: dict[str, Any], became: str
) -> None:
    of = indicator(**kind)
    assert verdict(promise(by, limit), of, seen(value, unit=of.unit), at)[0] == became


def test_another_year_month_or_unit_is_no_evidence() -> None:
    assert verdict(promise("≥", "9", "2020"), indicator(), seen("1"), OVER) == ("unknown", "other_period")
    month = seen("1", "2026-03-01", "2026-03-31")
    assert verdict(promise("≥", "9"), indicator(), month, OVER) == ("unknown", "other_period")
    assert verdict(promise("≥", "9", "长期"), indicator(True), month, OVER) == ("unknown", "other_period")
    assert verdict(promise("≥", "9", "长期"), indicator(), month, OVER) == ("broken", "not_met")
    assert verdict(promise("≥", "9", unit="万个"), indicator(), seen("1"), OVER) == ("unknown", "other_unit")
    assert verdict(promise("≥", "9"), indicator(), None, OVER) == ("unknown", "unmeasured")


def test_values_are_cut_and_not_rounded_for_people() -> None:
    assert [shown(Decimal(x)) for x in ("99.99999999", "100.000000", "1E+2", "0")] == [
        "99.999999",
        "100",
        "100",
        "0",
    ]


# ---- mappings

ORDERS = """
pack = "hotline"
subject = "示例市热线办"
[source]
kind = "files"
[tables.work_order]
file = "工单.csv"
[tables.work_order.columns]
id = "工单号"
received = "受理时间"
due = "时限"
finished = "办结"
[tables.merged_line]
file = "热线.json"
[tables.merged_line.columns]
number = "号码"
department = { sql = "upper(department)" }
merged = { column = "状态", values = { "并入" = "1", "保留" = "0" } }
[promises.on_time]
by = "≥"
limit = "60"
"""


def own(folder: Path, text: str = ORDERS, orders: str = "") -> Mapped:
    orders = orders or (
        "工单号,受理时间,时限,办结\n1,2026-01-02 08:00,2026-01-05 08:00,2026-01-04 08:00\n"
        "2,2026-02-02 08:00,2026-02-05 08:00,2026-02-06 08:00\n3,2025-02-02 08:00,2025-02-05 08:00,\n"
        "4,2026-12-30 08:00,2027-01-05 08:00,\n"
    )
    (folder / "工单.csv").write_text(orders, encoding="utf-8")
    lines = [
        {"号码": "1", "department": "a", "状态": "并入"},
        {"号码": "2", "department": "A", "状态": "并入"},
        {"号码": "3", "department": "b", "状态": "保留"},
    ]
    (folder / "热线.json").write_text(json.dumps(lines), encoding="utf-8")
    (folder / "m.toml").write_text(text, encoding="utf-8")
    return mapping_of(folder / "m.toml")


def values(mapped: Mapped) -> dict[str, tuple[Decimal | None, str]]:
    return {o.indicator.partition(".")[2]: (o.value, o.gap) for o in run(mapped, YEAR, "2026-12-31", LIMITS)}


def test_a_bureaus_own_names_codes_and_expressions(tmp_path: Path) -> None:
    found = values(own(tmp_path))
    assert found["on_time"] == (Decimal(50), "")
    assert found["received"] == (Decimal("0.0003"), "")
    assert found["merged_lines"] == (Decimal(1), "")


def test_a_register_of_today_is_no_evidence_of_years_ago(tmp_path: Path) -> None:
    mapped = own(tmp_path)
    for at, known in (("2026-12-31", True), ("2027-01-31", True), ("2027-02-01", False)):
        found = {o.indicator: o for o in run(mapped, YEAR, at, LIMITS)}
        assert (found["hotline.merged_lines"].value is not None) is known
        assert found["hotline.received"].value is not None  # events keep their time


def test_what_is_missing_is_a_gap_and_said_before_anything_runs(tmp_path: Path) -> None:
    mapped = own(tmp_path)
    told = check(mapped, LIMITS)
    assert len(told) == 1 and "cost_item" in told[0]
    value, gap = values(mapped)["cost"]
    assert value is None and "cost_item" in gap


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("due = \"时限\"\n", ""), "due"),
        (("时限", "期限"), "期限"),
        (("工单.csv", "没有.csv"), "没有.csv"),
        (("finished =", "finish ="), "finish"),
        (("[tables.work_order]", "[tables.orders]\nfile = 'x'\n[tables.work_order]"), "orders"),
        (("\"保留\" = \"0\"", "\"别的\" = \"0\""), "merged"),
    ],
)  # fmt: skip
def test_each_thing_that_is_missing_is_named(tmp_path: Path, change: tuple[str, str], what: str) -> None:
    told = check(own(tmp_path, ORDERS.replace(*change)), LIMITS)
    assert any(what in s for s in told), told


@pytest.mark.parametrize(
    "orders",
    [
        "工单号,受理时间,时限,办结\n",  # empty
        "工单号,受理时间,时限,办结\n1,2025-01-02,2025-01-05,2025-01-04\n",  # nothing in the period
        "工单号,受理时间,时限,办结\n1,昨天,2026-01-05,2026-01-04\n",  # unreadable
        "工单号,受理时间,时限,办结\n1,2026-01-02,,2026-01-04\n",  # blank where none may be
    ],
)
def test_no_rows_unreadable_and_blank_are_gaps_and_never_zero(tmp_path: Path, orders: str) -> None:
    found = values(own(tmp_path, orders=orders))
    for name in ("on_time", "received", "finished"):
        value, gap = found[name]
        assert value is None and gap
        assert "昨天" not in gap
    assert found["merged_lines"][0] == 1  # the others go on


def test_a_source_that_is_away_is_a_gap_for_every_indicator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ORDERS.replace('kind = "files"', 'kind = "database"\nvariable = "AWAY_URL"')
    for address in ("", "postgresql://u:S3cr3tWord@127.0.0.1:1/x", f"sqlite:///{tmp_path}/none.db"):
        monkeypatch.setenv("AWAY_URL", address)
        found = values(own(tmp_path, text))
        assert len(found) == 8 and all(v is None and g and "S3cr3t" not in g for v, g in found.values())
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize(
    "change",
    [
        ('pack = "hotline"', 'pack = "nothing"'),
        ('kind = "files"', 'kind = "magic"'),
        ('kind = "files"', 'kind = "database"'),
        ('limit = "60"', 'limit = "many"'),
        ("[promises.on_time]", "[promises.nothing]"),
        ("upper(department)", "pg_read_file('x')"),
        ("subject", "object"),
    ],
)
def test_mappings_that_are_wrong_are_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    with pytest.raises(EvidenceError):
        own(tmp_path, ORDERS.replace(*change))


def test_a_promise_on_an_indicator_the_pack_does_not_promise(tmp_path: Path) -> None:
    """It says by itself what it is held against."""
    wanted = ORDERS.replace("[promises.on_time]", "[promises.satisfied]")
    with pytest.raises(EvidenceError, match="by"):
        own(tmp_path, wanted.replace('by = "≥"\n', ""))
    made = own(tmp_path, wanted)
    assert [(p.indicator, p.by, p.name != "") for p in made.promises] == [("satisfied", "≥", True)]


def test_packs_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    source = (
        'name = "甲"\nabout = "乙"\npromises = [{ indicator = "n", name = "丙", sign = "≥", target = "1", period = "2026" }]\n'
        '[indicators]\nn = { name = "丁", unit = "个" }\n[tables.t]\nmeaning = "戊"\ncolumns.a = ["text", "己", "serial:A"]\n'
    )
    (folder / "pack.toml").write_text(source, encoding="utf-8")
    (folder / "q.sql").write_text("-- name: n\nSELECT count(*) AS value FROM {t}\n", encoding="utf-8")
    from yibenzhang.evidence.packs import pack

    own_pack = pack(str(folder))
    assert own_pack.indicators["n"].tables == ("t",)
    for bad in ("-- name: n\nDROP TABLE {t}\n", "-- name: n\nSELECT 1 FROM {u}\n", "-- name: x\nSELECT 1\n"):
        (folder / "q.sql").write_text(bad, encoding="utf-8")
        with pytest.raises(EvidenceError):
            pack(str(folder))


# ---- a person, and the commands


def test_a_persons_entry_needs_a_document_a_name_and_an_asked_indicator(tmp_path: Path) -> None:
    document = tmp_path / "d.pdf"
    document.write_bytes(b"x")
    hotline = packs()["hotline"]
    told = entered(hotline, "repeat_callers", "是", document, "甲", YEAR, "2026-06-01", "张")
    assert (told.value, told.by, len(told.hash)) == (1, "张", 64)
    assert entered(hotline, "same_matters", "否", document, "甲", YEAR, "2026-06-01", "张").value == 0
    for name, text, file, by in (
        ("repeat_callers", "是", tmp_path / "none", "张"),
        ("repeat_callers", "是", document, " "),
        ("repeat_callers", "也许", document, "张"),
        ("repeat_callers", "nan", document, "张"),
        ("on_time", "98", document, "张"),
        ("nothing", "98", document, "张"),
    ):
        with pytest.raises(EvidenceError):
            entered(hotline, name, text, file, "甲", YEAR, "2026-06-01", by)


@pytest.mark.parametrize("text", ("2026-13", "20260", "2026-02-01..2026-01-01", "", "今年"))
def test_periods_that_are_none(text: str) -> None:
    with pytest.raises(EvidenceError):
        period_of(text)


def test_the_commands_from_sample_to_verdict(tmp_path: Path) -> None:
    def call(*words: str) -> Any:
        return CliRunner().invoke(app, ["evidence", *words])

    folder, store = tmp_path / "sample", tmp_path / "store"
    mapping = str(write_sample(packs()["cloud"], folder))
    assert call("check", mapping).exit_code == 0
    made = call("run", mapping, "--period", "2026", "--store", str(store), "--at", "2026-12-31", "-f", "json")
    told = {p["indicator"]: p for p in json.loads(made.output)["promises"]}
    assert made.exit_code == 1  # 23 of 35 units
    assert told["units_running"]["verdict"] == "broken" and told["utilisation"]["verdict"] == "kept"
    assert (
        told["units"]["verdict"] == "unknown" and told["units"]["why"] == "other_period"
    )  # promised of 2020
    (tmp_path / "d").write_text("x", encoding="utf-8")
    words = ["record", "cloud", "savings", "800", "--document", str(tmp_path / "d"), "--by", "张", "--at", "2026-12-31"]  # fmt: skip
    subject = json.loads(call("show", "--store", str(store), "-f", "json").output)["observations"][0][
        "subject"
    ]
    rest = ["--subject", subject, "--period", "2026", "--store", str(store)]
    assert call(*words, *rest).exit_code == 0
    assert len(Observations(store).read()) == 5
    shown_ = call("show", "--store", str(store), "--mapping", mapping, "--period", "2026", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(shown_.output)))
    assert len(rows) == 5 and {r["verdict"] for r in rows} == {"broken", "kept", "unknown"}
    (folder / "cloud_system.csv").unlink()
    again = call("run", mapping, "--period", "2026", "--store", str(store), "--at", "2026-12-31")
    assert again.exit_code == 2 and "cloud_system" in again.output
    assert Observations(store).read()[-4].value is None
    assert call("packs").output.count("\n") == 19
    assert "```sql" in call("packs", "hotline").output
    assert call("packs", "nothing").exit_code == 2
