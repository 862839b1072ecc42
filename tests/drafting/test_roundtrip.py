"""There and back: what is drafted is read again, checks clean, and has the numbers that went in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bench.roundtrip import put_in, read_back, trips
from tests.conftest import sample
from yibenzhang import check
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.docx import write_docx
from yibenzhang.drafting.families import families
from yibenzhang.drafting.figures import Figures
from yibenzhang.drafting.invented import Shape, body
from yibenzhang.drafting.pipeline import WRITERS
from yibenzhang.drafting.published import figures_of, published
from yibenzhang.drafting.template import write_figures
from yibenzhang.drafting.workbook import read_workbook
from yibenzhang.model.issues import Severity
from yibenzhang.standards import load

FAMILIES = [f.partition("-")[::2] for f in families()]


def test_every_region_has_both_stages() -> None:
    assert {r for r, _ in FAMILIES} == {"hubei", "shanghai", "jiangsu", "national"}
    assert len(FAMILIES) == 8


@pytest.mark.parametrize(("region", "stage"), FAMILIES)
def test_text_of_several_bodies(region: str, stage: str) -> None:
    for number in sample((3, 0, 8), 2):
        for trip in trips(5, number, region, stage, ("txt",), workbook=number == 3):
            assert trip.good, (trip.number, trip.findings, trip.lost, trip.added, trip.asks)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "html", "pdf"])
def test_every_format(kind: str) -> None:
    for trip in trips(5, 3, "hubei", "accounts", (kind,)):
        assert trip.good, (trip.findings, trip.lost, trip.added, trip.asks)


def odd(region: str, stage: str, kind: str) -> Figures:
    if kind == "nothing":
        made = body(1, 1, region, stage, 2024, Shape(1, 0, zeros=True))
        none = dict.fromkeys(("procurement", "purchased_services"), Decimal(0))
        return replace(made, entries=(), projects=(), purchases=(), extra=none, planned={})
    if kind == "large":
        return body(
            1, 2, region, stage, 2024, Shape(12, 80, True, True, True, True, False, False, True, True)
        )
    figures = body(1, 3, region, stage, 2024)
    return replace(figures, last=dict.fromkeys(compose(figures).measures, Decimal(0)))


@pytest.mark.parametrize("kind", ["nothing", "large", "nothing last year"])
@pytest.mark.parametrize(
    ("region", "stage"), [("hubei", "budget"), ("national", "accounts"), ("shanghai", "budget")]
)
def test_odd_bodies(region: str, stage: str, kind: str, tmp_path: Path) -> None:
    composed = compose(odd(region, stage, kind))
    assert not composed.asks
    path = tmp_path / "draft.txt"
    WRITERS["txt"](composed.draft, path)
    checked = check(path)
    assert [f.message for f in checked.findings if f.severity != Severity.NOTICE] == []
    assert put_in(composed.draft, load()) == read_back(checked)


def test_a_broken_number_is_noticed(tmp_path: Path) -> None:
    """The comparison itself can fail: one digit in the file, one number lost and one added."""
    composed = compose(odd("hubei", "budget", "large"))
    path = tmp_path / "draft.txt"
    WRITERS["txt"](composed.draft, path)
    wanted = put_in(composed.draft, load())
    value = next(v for (a, v) in wanted if a[0] == "budget.expenditure" and a[2] and Decimal(v) > 100)
    shown = f"{Decimal(value):,.2f}"
    path.write_text(
        path.read_text(encoding="utf-8").replace(f"\t{shown}\t", f"\t9{shown}\t", 1), encoding="utf-8"
    )
    checked = check(path)
    assert wanted != read_back(checked)
    assert [f for f in checked.findings if f.severity == Severity.ERROR]


@pytest.mark.parametrize(("region", "stage"), FAMILIES)
def test_workbook_there_and_back(region: str, stage: str, tmp_path: Path) -> None:
    figures = body(9, 6, region, stage, 2024)
    for money in ("元", "万元"):
        write_figures(figures, tmp_path / "figures.xlsx", money)
        again = read_workbook(tmp_path / "figures.xlsx")
        assert compose(again).draft == replace(compose(figures).draft, parts=compose(again).draft.parts)
        wanted, got = (put_in(compose(f).draft, load()) for f in (figures, again))
        assert wanted == got
        assert again.projects == tuple(
            replace(
                p,
                indicators=tuple(
                    replace(i, place=j.place) for i, j in zip(p.indicators, q.indicators, strict=True)
                ),
            )
            for p, q in zip(figures.projects, again.projects, strict=True)
        )


@pytest.mark.parametrize(
    "name",
    [
        "hubei/xianning-data-bureau-2026-budget.txt", "hubei/wuhan-information-centre-2026-budget.txt",
        "shanghai/putuo-finance-bureau-2025-budget.pdf", "shanghai/putuo-finance-bureau-2024-accounts.pdf",
        "shanghai/putuo-wanli-subdistrict-2024-budget.pdf", "jiangsu/party-committee-office-2019-budget-tables.pdf",
        "jiangsu/procuratorate-2018-budget.pdf",
    ],
)  # fmt: skip
def test_published_tables_come_out_equal(name: str, corpus: Path, tmp_path: Path) -> None:
    found = published(corpus / name)
    figures = figures_of(found, {"duties": "1、略。", "institutions": "略。"})
    write_docx(compose(figures, grids=list(found.grids)).draft, tmp_path / "draft.docx")
    wanted, got = read_back(check(corpus / name)), read_back(check(tmp_path / "draft.docx"))
    assert wanted.total() > 100
    assert wanted == got
