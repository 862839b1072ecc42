"""Schedules: the last slot, the period it measures, and one run for each slot."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yibenzhang.cli import app
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.observations import Observations
from yibenzhang.evidence.packs import packs
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.schedules import ZONE, schedule_of
from yibenzhang.evidence.words import EvidenceError


@pytest.mark.parametrize(
    "every, on, now, slot, year, month",
    [
        ("day", 1, "2026-03-02T02:00", "2026-03-02", "2026", "2026-03"),
        ("day", 1, "2026-03-02T01:59", "2026-03-01", "2026", "2026-02"),
        ("day", 1, "2027-01-01T08:00", "2027-01-01", "2026", "2026-12"),
        ("week", 1, "2026-03-02T03:00", "2026-03-02", "2026", "2026-03"),  # a Monday
        ("week", 1, "2026-03-02T01:00", "2026-02-23", "2026", "2026-02"),
        ("week", 7, "2026-03-02T03:00", "2026-03-01", "2026", "2026-02"),
        ("month", 1, "2026-03-01T03:00", "2026-03-01", "2026", "2026-02"),
        ("month", 15, "2026-03-14T03:00", "2026-02-15", "2026", "2026-02"),
        ("month", 28, "2026-01-05T03:00", "2025-12-28", "2025", "2025-12"),
    ],
)
def test_the_last_slot(every: str, on: int, now: str, slot: str, year: str, month: str) -> None:
    for period, measured in (("year", year), ("month", month)):
        made = schedule_of({"every": every, "at": "02:00", "on": on, "period": period})
        assert made is not None
        found = made.slot(datetime.fromisoformat(now).replace(tzinfo=ZONE))
        assert found == datetime.fromisoformat(f"{slot}T02:00").replace(tzinfo=ZONE)
        assert made.measured(found) == measured


def test_a_slot_is_run_once_and_a_failing_day_leaves_a_gap(tmp_path: Path) -> None:
    file = write_sample(packs()["hotline"], tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[schedule]\nevery = "day"\nat = "02:00"\n', encoding="utf-8")
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")  # no schedule: is let be
    store, kept = tmp_path / "store", tmp_path / "work_order.csv"
    away = tmp_path / "away.csv"

    def due(at: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["evidence", "due", str(tmp_path), "--store", str(store), "--at", at])
        return done.exit_code, done.output

    assert due("2026-12-29T02:30:00")[0] == 0
    before = len(Observations(store).read())
    assert before and due("2026-12-29T20:00:00") == (0, "")
    shutil.move(kept, away)
    code, said = due("2026-12-30T02:00:00")
    assert code == 2 and "个没有数" in said
    shutil.move(away, kept)
    assert due("2026-12-30T09:00:00") == (0, "")  # it was tried
    assert due("2026-12-31T02:00:00")[0] == 0
    found = [o for o in Observations(store).read() if o.indicator == "hotline.on_time"]
    assert [o.value is None for o in found] == [False, True, False]
    assert len(Observations(store).read()) == 3 * before


@pytest.mark.parametrize(
    "wrong", ['every = "hour"', 'at = "2 Uhr"', 'every = "week"\non = 8', "on = 31", 'period = "decade"']
)
def test_schedules_that_are_none(tmp_path: Path, wrong: str) -> None:
    file = write_sample(packs()["hotline"], tmp_path)
    file.write_text(f"{file.read_text(encoding='utf-8')}\n[schedule]\n{wrong}\n", encoding="utf-8")
    with pytest.raises(EvidenceError):
        mapping_of(file)
