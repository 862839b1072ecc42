"""Errors that need a whole document: a blank total, a unit that only other tables show, a number above nothing."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from random import Random

import pytest

from bench.planting.judging import KINDS
from bench.planting.plants import Plant, Soil, planted
from yibenzhang.checking.check import check_document
from yibenzhang.model.documents import Document
from yibenzhang.model.issues import Severity
from yibenzhang.reading import read

pytestmark = pytest.mark.middle

EXAMPLES = Path(__file__).parents[2] / "examples"


@lru_cache(maxsize=4)
def example(name: str) -> Document:
    return read(EXAMPLES / name)


def plants(name: str, kind: str) -> list[Plant]:
    return list(KINDS[kind](Soil(example(name)), Random(1)))


def told(name: str, plant: Plant) -> list[str]:
    found = check_document(planted(example(name), plant)).findings
    return [f.rule for f in found if f.severity != Severity.NOTICE]


@pytest.mark.parametrize("name", ["hubei-clean.txt", "hubei-goals-clean.pdf", "jiangsu-clean.pdf"])
def test_a_clean_document_says_nothing(name: str) -> None:
    found = check_document(example(name)).findings
    assert [f.message for f in found if f.severity != Severity.NOTICE] == []


@pytest.mark.parametrize(
    "name", ["hubei-goals-clean.pdf", pytest.param("jiangsu-clean.pdf", marks=pytest.mark.long)]
)
def test_the_unit_of_every_table_is_told_once(name: str) -> None:
    for plant in plants(name, "table_unit"):
        assert told(name, plant) == ["units.table"], plant.sentence


def test_a_blank_total_beside_its_part_is_told_once() -> None:
    name = "shanghai-accounts-clean.pdf"
    [plant] = [
        p for p in plants(name, "swapped_columns") if p.sentence == "212 08 03 城市建设支出 1,591.72 1,591.72"
    ][:1]
    assert len(told(name, plant)) == 1


def test_a_table_without_its_table_is_told_once() -> None:
    name = "hubei-clean.txt"
    found = [told(name, p) for p in plants(name, "missing_table")]
    assert found.count(["presence.label"]) >= len(found) - 1
