"""The synthetic corpus: the same seed gives the same; the planted errors are where they are said to be."""

from __future__ import annotations

import csv
import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.invented_corpus import KINDS, document, which, write_corpus
from bench.recall import CLEAN
from yibenzhang import check
from yibenzhang.cli import app
from yibenzhang.drafting.codes import Codes
from yibenzhang.drafting.families import families, family
from yibenzhang.drafting.invented import body, names_known
from yibenzhang.drafting.parts import Words
from yibenzhang.model.issues import Severity


def test_every_code_of_invented_bodies_has_a_name() -> None:
    for number in range(40):
        region = ("hubei", "shanghai", "jiangsu", "national")[number % 4]
        assert names_known(body(1, number, region, "budget", 2019 if region == "jiangsu" else 2026))


def test_names_follow_the_year() -> None:
    assert Codes(2018).name("20805") == "行政事业单位离退休"
    assert Codes(2024).name("20805") == "行政事业单位养老支出"


def test_bodies_go_over_several_years() -> None:
    first = [which(n) for n in range(6)]
    assert {w.body for w in first} == {0}
    assert len({(w.year, w.stage) for w in first}) == 6


def test_the_same_seed_gives_the_same_corpus(tmp_path: Path) -> None:
    for name in ("a", "b"):
        list(write_corpus(tmp_path / name, 12, 7, Decimal(1)))
    files = [sorted(p.name for p in (tmp_path / n).iterdir()) for n in ("a", "b")]
    assert files[0] == files[1]
    packed = [(tmp_path / n / "facts-000000.csv.gz").read_bytes() for n in ("a", "b")]
    read = [gzip.decompress(p).decode() for p in packed]
    assert read[0] == read[1]
    rows = list(csv.DictReader(read[0].splitlines()))
    assert {r["document"] for r in rows} == {which(n).name for n in range(12)}
    told = [json.loads(line) for line in (tmp_path / "a" / "errors.jsonl").read_text().splitlines()]
    assert len(told) == 12


def test_planted_errors_stand_in_the_draft() -> None:
    kinds = set()
    for number in range(24):
        draft, planted = document(number, 3, Decimal(1), True)
        clean, none = document(number, 3, Decimal(0), True)
        assert not none
        assert len(planted) == 1
        assert draft != clean
        kinds.add(planted[0].kind)
        texts = [p.text for p in draft.parts if isinstance(p, Words)]
        cells = [c for g in draft.grids() for row in g.rows for c in row]
        if planted[0].now:
            assert any(planted[0].now in t for t in (*texts, *cells))
    assert kinds == set(KINDS)


def test_wrong_digits_are_found_and_clean_files_are_clean(tmp_path: Path) -> None:
    found = 0
    wanted = 0
    for number in range(0, 12, 3):
        list(write_corpus(tmp_path / f"{number}", 1, number, Decimal(1), ("txt",)))
        [told] = [
            json.loads(line) for line in (tmp_path / f"{number}" / "errors.jsonl").read_text().splitlines()
        ]
        checked = check(next((tmp_path / f"{number}").glob("*.txt")))
        wanted += 1
        found += any(f.severity != Severity.NOTICE for f in checked.findings)
        assert told["document"] == which(0).name
    assert found >= wanted - 1


def test_families_are_sound() -> None:
    """Every measure column of every table has a condition, every named figure an address or a source."""
    for name in families():
        region, _, stage = name.partition("-")
        kind = family(region, stage)
        for table in kind.tables:
            for column in table["columns"]:
                plain = column.rpartition(":")[2].partition("@")[0]
                known = plain in ("code", "name", "unit", "other", "group") or plain in kind.measures
                assert known or plain in table.get("conditions", {}), (name, table["id"], column)
            assert all(len(line.split("|")) == len(table["columns"]) for line in table["header"]), (
                name,
                table["id"],
            )
            widths = table.get("widths", "").split()
            assert not widths or len(widths) == len(table["columns"]), (name, table["id"])
            assert not table.get("align") or len(table["align"]) == len(table["columns"]), (name, table["id"])


@pytest.mark.parametrize("number", [12, pytest.param(24, marks=pytest.mark.long)])
def test_known_errors_are_found_and_counted(tmp_path: Path, number: int) -> None:
    result = CliRunner().invoke(
        app, ["bench", "invent", str(tmp_path), "-n", str(number), "--seed", "3", "--files", "txt"]
    )
    assert result.exit_code == 0, result.output
    told = json.loads(CliRunner().invoke(app, ["bench", "recall", str(tmp_path), "-f", "json"]).stdout)
    clean = [r for r in told["rows"] if r["kind"] == CLEAN]
    assert sum(r["documents"] for r in told["rows"]) == number
    assert clean and clean[0]["extra"] <= 1  # the false doubt of test_roundtrip
    assert float(told["recall"]) >= 0.7
