"""Every sum has a case that fires once, on the right cell, and a twin within rounding that must not fire."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import yibenzhang
from yibenzhang import Checked, check
from yibenzhang.balance.coverage import Standing
from yibenzhang.model.issues import Severity

pytestmark = pytest.mark.middle

CASES = Path(yibenzhang.__file__).parent / "standards" / "cases"
ALL: list[dict[str, Any]] = tomllib.loads((CASES / "cases.toml").read_text(encoding="utf-8"))["case"]
BASES = sorted(p.name for p in CASES.glob("*.txt"))


def changed(case: dict[str, Any], value: str, tmp_path: Path) -> Checked:
    lines = (CASES / case["base"]).read_text(encoding="utf-8").split("\n")
    cells = lines[case["line"] - 1].split("\t")
    assert cells[case["at"]] == case["from"]
    cells[case["at"]] = value
    lines[case["line"] - 1] = "\t".join(cells)
    path = tmp_path / "case.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return check(path)


@pytest.mark.parametrize("base", BASES)
def test_a_base_is_clean_and_proved(base: str) -> None:
    result = check(CASES / base)
    assert result.findings == ()
    values = list(result.standing.values())
    assert values.count(Standing.PROVED) >= len(values) - 1


@pytest.mark.parametrize("case", ALL, ids=[c["rule"] for c in ALL])
def test_the_case_fires_once_on_the_right_cell(case: dict[str, Any], tmp_path: Path) -> None:
    [finding] = changed(case, case["to"], tmp_path).findings
    assert case["rule"] in {b.rule for b in finding.broken}
    assert finding.severity in (Severity.ERROR, Severity.WARNING)
    where = f"l{case['line']}"
    if case.get("certain"):
        first = finding.evidence[0]
        assert (first.text, first.place.key.split(":")[0]) == (case["to"], where)
        assert finding.expected == case["from"].replace(",", "")
    else:  # another number of the relation may be the wrong one: this one is among what is shown
        shown = {(e.text, e.place.key.split(":")[0]) for e in finding.evidence}
        assert (case["to"], where) in shown


@pytest.mark.parametrize("case", ALL, ids=[c["rule"] for c in ALL])
def test_the_twin_does_not_fire(case: dict[str, Any], tmp_path: Path) -> None:
    assert changed(case, case["honest"], tmp_path).findings == ()
