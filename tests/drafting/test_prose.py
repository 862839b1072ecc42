"""Directions, zero bases, first years, scores: chosen by the figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from yibenzhang.checking.check import check_document
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.figures import Indicator
from yibenzhang.drafting.goals import execution_score, indicator_score
from yibenzhang.drafting.invented import Shape, body
from yibenzhang.drafting.parts import Words
from yibenzhang.drafting.text import as_document
from yibenzhang.model.issues import Severity
from yibenzhang.standards import StandardsError

FIGURES = body(2, 2, "hubei", "budget", 2026, Shape(1, 4, fund=True))
TOTAL = compose(FIGURES).measures["income_total"]


def sentence(last: dict[str, Decimal], start: str) -> str:
    parts = compose(replace(FIGURES, last=last)).draft.parts
    return next(p.text for p in parts if isinstance(p, Words) and start in p.text)


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ({"income_total": TOTAL - 1000000}, "比上年增加100.00万元，增长"),
        ({"income_total": TOTAL + 1000000}, "比上年减少100.00万元，下降"),
        ({"income_total": TOTAL}, "与上年持平"),
        ({"income_total": Decimal(0)}, "上年预算数为0.00万元，比上年增加"),
        ({}, "为首次编报，上年无可比数"),
        ({"three_public": Decimal(0)}, "上年没有单独编报"),
    ],
)
def test_directions_are_chosen_by_the_figures(last: dict[str, Decimal], told: str) -> None:
    text = sentence(last, "收入预算总额为")
    assert told in text
    assert ("增长" in text) == ("增长" in told)


@settings(deadline=None, max_examples=examples(12))
@given(st.integers(min_value=-(10**11), max_value=10**12), st.integers(min_value=0, max_value=10**9))
def test_no_figure_of_last_year_makes_the_prose_wrong(total: int, reception: int) -> None:
    last = {
        "income_total": Decimal(total) / 100,
        "reception": Decimal(reception) / 100,
        "general": Decimal(total),
    }
    composed = compose(replace(FIGURES, last=last))
    checked = check_document(as_document(composed.draft, "x"))
    assert [f.message for f in checked.findings if f.severity == Severity.ERROR] == []


def test_terms_are_those_that_occur() -> None:
    def terms(figures: object) -> list[str]:
        return [p.text for p in compose(figures).draft.parts if isinstance(p, Words) and "：指" in p.text]  # type: ignore[arg-type]

    with_fund, without = terms(FIGURES), terms(body(2, 2, "hubei", "budget", 2026, Shape(1, 4)))
    assert any("政府性基金" in t.partition("：")[0] for t in with_fund)
    assert not any("政府性基金" in t.partition("：")[0] for t in without)


def one(**more: object) -> Indicator:
    told = {"level1": "产出指标", "level2": "数量指标", "name": "数", "target": "100", "weight": Decimal(20)}
    return Indicator(**{**told, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("indicator", "score"),
    [
        (one(reached="100"), "20.00"),
        (one(reached="130"), "20.00"),
        (one(reached="90"), "18.00"),
        (one(reached="0"), "0.00"),
        (one(reached="80", direction="≤"), "20.00"),
        (one(reached="125", direction="≤"), "16.00"),
        (one(quality="达成"), "20.00"),
        (one(quality="达成", share=Decimal(85)), "17.00"),
        (one(quality="部分达成", share=Decimal(70)), "14.00"),
        (one(quality="部分达成", share=Decimal(95)), "16.00"),
        (one(quality="未达成", share=Decimal(50)), "10.00"),
    ],
)
def test_scores_by_the_method(indicator: Indicator, score: str) -> None:
    assert str(indicator_score(indicator)) == score


def test_execution_has_ten_points() -> None:
    assert execution_score(Decimal(50), Decimal(100)) == 5
    assert execution_score(Decimal(120), Decimal(100)) == 10
    assert execution_score(Decimal(5), Decimal(0)) == 0


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.sampled_from("≥≤＝"), st.integers(0, 90))
def test_a_score_lies_between_nothing_and_the_weight(
    reached: int, target: int, direction: str, weight: int
) -> None:
    made = one(reached=str(reached), target=str(target), direction=direction, weight=Decimal(weight))
    assert 0 <= indicator_score(made) <= weight


def test_sentences_are_data_by_year(tmp_path: Path) -> None:
    (tmp_path / "hubei-budget.j2").write_text(
        "# 第一部分 {{ body }}概况\n旧句{{ m('income_total') }}", "utf-8"
    )
    (tmp_path / "hubei-budget@2026.j2").write_text(
        "# 第一部分 {{ body }}概况\n新句{{ m('income_total') }}", "utf-8"
    )
    told = [
        [
            p.text[:2]
            for p in compose(replace(FIGURES, year=y), str(tmp_path)).draft.parts
            if isinstance(p, Words)
        ]
        for y in (2025, 2026)
    ]
    assert told == [["旧句"], ["新句"]]


def test_a_broken_template_is_told(tmp_path: Path) -> None:
    (tmp_path / "hubei-budget.j2").write_text("{{ m(", "utf-8")
    with pytest.raises(StandardsError, match="hubei-budget.j2: 模板有误"):
        compose(FIGURES, str(tmp_path))
