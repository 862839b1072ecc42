"""Self-assessments scored by 财预〔2020〕10号: cases worked by hand, and a printed form scored again."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from yibenzhang.cli import app
from yibenzhang.projects.method import NATIONAL, method_of
from yibenzhang.projects.scoring import Points, Reason, execution_points, indicator_points
from yibenzhang.standards import StandardsError

METHOD = method_of()


def points(
    target: str, actual: str, weight: str = "20", kinds: tuple[str, ...] = ()
) -> tuple[str, str, Reason]:
    made = indicator_points(target, actual, Decimal(weight), METHOD, kinds)
    return (f"{made.low}", f"{made.high}", made.reason)


@pytest.mark.parametrize(
    ("target", "actual", "kinds", "low", "high", "reason"),
    [
        ("≥100件", "100件", (), "20", "20", Reason.REACHED),
        ("≥100件", "90件", (), "18.00", "18.00", Reason.SHORT),
        ("≥100件", "129件", (), "20", "20", Reason.REACHED),
        ("≥100件", "130件", (), "20", "20", Reason.OVER),
        ("≤10天", "8天", (), "20", "20", Reason.REACHED),
        ("≤10天", "12.5天", (), "16.00", "16.00", Reason.SHORT),
        ("≤0次", "0次", (), "20", "20", Reason.REACHED),
        ("≤0次", "2次", (), "0", "0", Reason.ZERO_TARGET),
        ("0次", "0次", (), "20", "20", Reason.REACHED),
        ("0次", "5次", (), "0", "0", Reason.ZERO_TARGET),
        ("0", "1", ("产出指标",), "0", "0", Reason.ZERO_TARGET),
        ("≥0次", "5次", (), "20", "20", Reason.REACHED),
        ("50万元", "40万元", ("成本指标",), "20", "20", Reason.REACHED),
        ("50万元", "62.5万元", ("成本指标",), "16.00", "16.00", Reason.SHORT),
        ("50件", "40件", ("产出指标",), "16.00", "16.00", Reason.SHORT),
        ("=12期", "13期", (), "18.46", "18.46", Reason.SHORT),
        ("≥95%", "＜93%", (), "None", "None", Reason.WORDS),
        ("≥95%", "＞96%", (), "None", "None", Reason.WORDS),
        ("≥95%", "≥95%", (), "20", "20", Reason.REACHED),
        ("≥95%", "", (), "0", "0", Reason.NO_RESULT),
        ("", "95%", (), "None", "None", Reason.NO_TARGET),
        ("≥3台", "95%", (), "None", "None", Reason.OTHER_UNIT),
        ("明显改善", "明显改善", (), "16.00", "20.00", Reason.BAND),
        ("明显改善", "部分达成预期指标", (), "12.00", "16.00", Reason.BAND),
        ("明显改善", "未达成", (), "0.00", "12.00", Reason.BAND),
        ("明显改善", "有所改善", (), "None", "None", Reason.WORDS),
    ],
)  # fmt: skip
def test_points_of_an_indicator(
    target: str, actual: str, kinds: tuple[str, ...], low: str, high: str, reason: Reason
) -> None:
    assert points(target, actual, kinds=kinds) == (low, high, reason)


@pytest.mark.parametrize(
    ("spent", "budget", "expected"),
    [
        ("50", "100", "5.00"),
        ("100", "100", "10.00"),
        ("120", "100", "10.00"),
        ("5", "0", "0"),
        ("0", "80", "0.00"),
    ],
)
def test_points_of_the_execution(spent: str, budget: str, expected: str) -> None:
    assert f"{execution_points(Decimal(spent), Decimal(budget), METHOD).high}" == expected


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.sampled_from(["≥", "≤", "=", ">", "<", ""]),
    st.integers(0, 90),
)
def test_points_lie_between_nothing_and_the_weight(reached: int, target: int, sign: str, weight: int) -> None:
    made = indicator_points(f"{sign}{target}件", f"{reached}件", Decimal(weight), METHOD)
    assert made.high is None or 0 <= made.high <= weight


FORM = """示范市示范局2025年度部门决算
项目支出绩效自评表
（2025年度）
项目名称\t示范平台运维
主管部门\t示范市示范局\t实施单位\t示范市示范局
项目资金（万元）\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分
年度资金总额\t100.00\t100.00\t95.00\t10\t95.00%\t9.5
一级指标\t二级指标\t三级指标\t年度指标值\t实际完成值\t分值\t得分
产出指标\t数量指标\t系统数量\t≥10个\t10个\t40\t40
产出指标\t质量指标\t可用率\t≥99%\t90%\t20\t{score}
效益指标\t社会效益指标\t办事便利\t明显提升\t达成预期指标\t20\t18
满意度指标\t服务对象满意度指标\t用户满意度\t≥90%\t95%\t10\t10
总分\t100\t{total}
"""


def scored(tmp_path: Path, score: str, total: str) -> tuple[int, dict[str, object]]:
    path = tmp_path / "自评.txt"
    path.write_text(FORM.format(score=score, total=total), encoding="utf-8")
    result = CliRunner().invoke(app, ["score", str(path), "--format", "json"])
    (document,) = json.loads(result.stdout)["documents"]
    (form,) = document["assessments"]
    return result.exit_code, form


def test_a_form_scored_by_the_method(tmp_path: Path) -> None:
    code, form = scored(tmp_path, "18.18", "95.68")
    assert code == 0
    assert (form["low"], form["high"], form["differs"]) == ("93.68", "97.68", False)


def test_full_points_for_a_target_that_was_missed(tmp_path: Path) -> None:
    code, form = scored(tmp_path, "20", "97.5")
    assert code == 1
    (wrong,) = [x for x in form["lines"] if x["differs"]]  # type: ignore[attr-defined]
    assert (wrong["indicator"], wrong["printed"], wrong["high"], wrong["reason"]) == (
        "可用率",
        "20",
        "18.18",
        "short",
    )


def test_another_region_s_method_is_a_file(tmp_path: Path) -> None:
    text = NATIONAL.read_text(encoding="utf-8").replace("execution = 10 ", "execution = 20 ")
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    other = method_of(str(tmp_path / "m.toml"))
    assert execution_points(Decimal(50), Decimal(100), other) == Points(
        Decimal("10.00"), Decimal("10.00"), Reason.SHORT
    )
    (tmp_path / "bad.toml").write_text(text.replace("high = 100", "high = 120"), encoding="utf-8")
    with pytest.raises(StandardsError, match="bad.toml"):
        method_of(str(tmp_path / "bad.toml"))


def test_a_file_without_self_assessments(tmp_path: Path) -> None:
    path = tmp_path / "无.txt"
    path.write_text("示范市示范局2025年度部门决算\n没有自评表。\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["score", str(path)])
    assert result.exit_code == 2
    assert "没有读到有分值的绩效自评表" in result.stdout


def test_another_layout_of_the_execution_is_read(corpus: Path) -> None:
    """The sums in numbered columns under two rows of headings, the points beside them (Ningde)."""
    path = corpus / "performance/ningde-overall-self-assessment-2024.pdf"
    result = CliRunner().invoke(app, ["score", str(path), "--format", "json"])
    (form,) = json.loads(result.stdout)["documents"][0]["assessments"]
    assert (form["printed"], form["low"], form["high"], form["differs"]) == ("92.33", "97.81", "97.81", True)
    differing = {x["indicator"]: (x["printed"], x["high"]) for x in form["lines"] if x["differs"]}
    assert differing == {"预算执行率": ("7", "8.87"), "基本经费投入成本": ("0", "3.61")}
    assert len(form["lines"]) == 18 and result.exit_code == 1
