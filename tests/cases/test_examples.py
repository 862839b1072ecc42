"""The shipped examples: clean ones stay clean, planted errors are found, each once, where they were planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import EXAMPLES, checked
from yibenzhang.balance.coverage import Standing
from yibenzhang.model.issues import Severity

CLEAN = sorted(EXAMPLES.glob("*-clean.*"))

# file → (row, printed text, expected) of the first evidence of each finding above notice, in the order told; "" = not determined
PLANTED: dict[str, list[tuple[str, str, str]]] = {
    "hubei-goals-three-errors.pdf": [
        ("运转类项目支出", "10988", "109.88"), ("合计", "324.17", "342.17"), ("泵站值守", "95.14", "35.14"),
    ],
    "hubei-goals-weak-targets.txt": [],
    "hubei-lost-point.txt": [("本年收入合计", "4,408.31", "4048.31"), ("数据中心机房电费", "10840", "108.40")],
    "hubei-wrong-digit.txt": [("差旅费", "90.41", "10.41")],
    "jiangsu-three-errors.pdf": [
        ("收入总计", "15,618.72", "15168.72"), ("住房公积金", "280.42", "230.42"), ("服务C", "438.60", "483.60"),
    ],
    "jiangsu-two-tables-differ.pdf": [("动植物保护", "1,359.16", "1299.16"), ("湿地保护", "8,599.86", "8659.86")],
    "shanghai-accounts-two-errors.pdf": [("防汛", "398.04", "0.00"), ("基本工资", "29976", "299.76")],
    "shanghai-accounts-unbalanced.pdf": [("总计", "14,301.93", "14264.78")],
    "shanghai-budget-missing-row.pdf": [("文化和旅游", "95,551,150.32", "")],
    "shanghai-budget-swapped-columns.pdf": [("图书馆", "9,242,660.14", "12245488.31")],
    "shanghai-budget-swapped-digits.pdf": [("合计", "32,408,814.70", "32480814.70")],
}  # fmt: skip

WEAK = {"hubei-goals-weak-targets.txt"}
"""Its errors are questions of wording, which have a test of their own."""


@pytest.mark.parametrize("path", CLEAN, ids=[p.name for p in CLEAN])
def test_clean_examples_are_clean(path: Path) -> None:
    result = checked(path.name)
    assert result.findings == ()
    tables = {f.id for t in result.tables for f in t.facts()}
    values = [s for i, s in result.standing.items() if i in tables and s != Standing.TRIVIAL]
    assert values.count(Standing.PROVED) / len(values) > 0.95


@pytest.mark.parametrize("name", PLANTED)
def test_planted_errors_are_found_once(name: str) -> None:
    errors = [f for f in checked(name).findings if f.severity != Severity.NOTICE]
    if name in WEAK:
        errors = [f for f in errors if f.severity == Severity.ERROR]
    told = [(f.evidence[0].row, f.evidence[0].text, f.expected) for f in errors]
    assert [t[:2] for t in told] == [p[:2] for p in PLANTED[name]]
    for (_, _, found), (_, _, wanted) in zip(told, PLANTED[name], strict=True):
        assert not wanted or found == wanted


def test_a_slid_row_is_the_extractions_doing() -> None:
    [finding] = checked("hubei-shifted-row.txt").findings
    assert (finding.rule, finding.severity) == ("reading.shifted", Severity.NOTICE)


def test_weak_targets_are_asked_about_once_each() -> None:
    findings = checked("hubei-goals-weak-targets.txt").findings
    assert [(f.rule, f.severity) for f in findings] == [
        (rule, Severity.WARNING) for rule in ("goals.weaker", "goals.unit", "goals.no_value")
    ]
    told = findings[-1]
    assert len(told.evidence) == told.message.count("”（")  # every indicator that is named has its place


def test_every_example_is_accounted_for() -> None:
    names = {p.name for p in EXAMPLES.iterdir() if p.suffix in (".txt", ".pdf")}
    assert names == {p.name for p in CLEAN} | set(PLANTED) | {"hubei-shifted-row.txt"}
