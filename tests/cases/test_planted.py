"""Errors planted one by one in the clean examples, as `yibenzhang bench planted` does: a sample of every kind.

The shares are those reached; they must not fall. Without the long ring a kind is planted once in each of two documents.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.planting.judging import KINDS, Verdict, tally, verdicts
from bench.planting.plants import Soil
from tests.conftest import EXAMPLES
from yibenzhang import read
from yibenzhang.model.documents import Document

pytestmark = pytest.mark.middle

PROVED = (
    "digit", "swapped_digits", "lost_point", "unit", "lost_unit", "direction", "rate", "share", "completion",
    "missing_project", "swapped_sentences", "cell_digit", "cell_swapped_digits", "cell_lost_point",
)  # fmt: skip
"""Kinds of which at least 95 in 100 are found."""


@pytest.fixture(scope="module", params=[1, pytest.param(4, marks=pytest.mark.long)])
def most(request: pytest.FixtureRequest) -> int:
    """So many errors of a kind in each document."""
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def found(most: int) -> list[Verdict]:
    documents = [(p.name, read(p)) for p in sorted(Path(EXAMPLES).glob("*-clean.*"))]
    if most > 1:
        return verdicts(documents, seed=2, most=most)
    return [v for d, kinds in shared_out(documents) for v in verdicts([d], kinds, seed=2, most=1)]


def shared_out(documents: list[tuple[str, Document]]) -> list[tuple[tuple[str, Document], list[str]]]:
    """Each kind to two of the documents that have a place for it, each time others."""
    kinds: list[list[str]] = [[] for _ in documents]
    for turn, (kind, plants) in enumerate(KINDS.items()):
        fit = [k for k, (_, d) in enumerate(documents) if next(iter(plants(Soil(d), Random(2))), None)]
        for at in range(min(2, len(fit))):
            kinds[fit[(turn + at) % len(fit)]].append(kind)
    return [(d, k) for d, k in zip(documents, kinds, strict=True) if k]


def test_every_kind_is_planted(found: list[Verdict]) -> None:
    assert {v.plant.kind for v in found} == set(KINDS)


def test_planted_errors_are_found_once(
    found: list[Verdict], most: int, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = [t for t in tally(found) if t.kind in PROVED]
    planted = sum(t.planted for t in counted)
    with capsys.disabled():
        print(f"\n{sum(t.once for t in counted)} of {planted} planted errors found once, at the right place")
    assert planted > (150 if most == 4 else 20)
    assert sum(t.once for t in counted) >= 0.92 * planted
    assert sum(t.extra for t in counted) <= 0.03 * planted


def test_no_kind_falls(found: list[Verdict], most: int) -> None:
    least = {
        "swapped_columns": 0.75, "swapped_rows": 0.5, "table_unit": 0.95, "missing_row": 0.75, "missing_table": 0.8,
        "missing_statement": 0.75, "stage": 0.95, "year": 0.9, "placeholder": 0.95, "doubled_word": 0.9, "count": 0.75,
    }  # fmt: skip
    for t in tally(found):
        if t.kind in least:
            missed = 1 if most == 1 else 0  # one of five weighs more than the shares know
            assert t.once + missed >= least[t.kind] * t.planted, t
