"""Inputs made to do harm: each ends within its limits, with a result or one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.hostile.inputs import Input
from bench.hostile.running import inputs

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what Linux holds to")
SEED = 1
ROOT = Path(__file__).parents[2]
CHEAP = (
    "made-45.pdf", "huge-number.xlsx", "long-number.xlsx", "entities.xlsx", "nested-60.docx",
    "styles.docx", "repeated.ods", "ole-loop.xls", "deltas.ofd", "self.ofd", "locked.zip", "nested-5.zip", "up.zip",
    "digits.txt", "brackets.txt", "halves.txt", "rows-500000.csv", "spans.html", "nested.html",
    "selectors.html", "largest.png", "loop.tif", "thin.png",
)  # fmt: skip
DEAR = ("made-04.pdf", "made-30.pdf", "open-quotes.csv", "digits.csv")
"""Stopped at the limit of memory, near that of time, or as dear as ten of the others."""


def named(names: tuple[str, ...]) -> list[Input]:
    return [i for i in inputs(SEED) if i.name in names]


def tried(*options: str) -> list[dict[str, Any]]:
    """As the command does it: a fork of a long test run would count that run's memory too. None may be over a bound."""
    command = [
        sys.executable,
        "-m",
        "yibenzhang",
        "bench",
        "hostile",
        "--seed",
        str(SEED),
        "-f",
        "json",
        *options,
    ]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    found: list[dict[str, Any]] = json.loads(made.stdout)
    assert [f for f in found if f["wrong"]] == []
    assert made.returncode == 0
    return found


def test_there_are_three_hundred_in_all_formats() -> None:
    made = inputs(SEED)
    names = [i.name for i in made]
    assert len(names) == len(set(names)) >= 300
    kinds = {n.rpartition(".")[2] for n in names}
    assert {"pdf", "docx", "xlsx", "ods", "csv", "html", "txt", "ofd", "zip", "png", "tif", "jpg"} <= kinds


def test_the_same_seed_makes_the_same() -> None:
    some = ("damaged-0.xlsx", "damaged-3.zip", "mixed-1.txt", "made-21.pdf", "damaged-2.png")
    assert [i.make() for i in named(some)] == [i.make() for i in named(some)]


@pytest.mark.middle
@pytest.mark.parametrize("names", [CHEAP, pytest.param(DEAR, marks=pytest.mark.long)], ids=["cheap", "dear"])
def test_some(names: tuple[str, ...]) -> None:
    found = tried("--only", ",".join(names))
    assert {f["name"] for f in found} == set(names)
    for one in found:
        sentence = one["sentence"]
        assert sentence == "" or sentence.rstrip().endswith(("。", "…")) or len(sentence) == 300


@pytest.mark.long
def test_every_twentieth() -> None:
    assert len(tried("--part", "20")) >= 20
