"""The corpus: profiles and standard tables of every file; no arithmetic alarm that is not real."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from yibenzhang import Checked, check
from yibenzhang.model.issues import Severity

FILES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "expected.toml").read_text(encoding="utf-8")
)["file"]


@lru_cache(maxsize=64)
def checked(path: Path) -> Checked:
    return check(path)


@pytest.mark.parametrize("file", FILES, ids=[f["path"] for f in FILES])
def test_profile(file: dict[str, Any], corpus: Path) -> None:
    p = checked(corpus / file["path"]).profile
    assert [p.body, p.fiscal_year, p.stage, p.level, p.region] == file["profile"]


@pytest.mark.parametrize("file", FILES, ids=[f["path"] for f in FILES])
def test_standard_tables(file: dict[str, Any], corpus: Path) -> None:
    result = checked(corpus / file["path"])
    found = [t.table.standard.id for t in result.tables if t.table.standard and not t.table.part_of]
    assert found == [f"{file['profile'][2]}.{name}" for name in file["tables"]]
    if not file["tables"]:
        assert not result.tables, "tables were invented"


@pytest.mark.parametrize("file", FILES, ids=[f["path"] for f in FILES])
def test_every_arithmetic_error_is_real(file: dict[str, Any], corpus: Path) -> None:
    """Each error from sums and cross-table equalities, looked up in the source, is listed in expected.toml."""
    found = [f for f in checked(corpus / file["path"]).findings if f.severity == Severity.ERROR]
    sums = [f.message for f in found if f.rule.partition(".")[0] in ("total", "equal", "balance", "change")]
    assert sums == file.get("errors", [])


def test_every_number_of_the_standard_tables_is_proved(corpus: Path) -> None:
    for file in FILES:
        result = checked(corpus / file["path"])
        for forms, least in ((False, 0.96), (True, 0.85)):
            drawn = [t for t in result.tables if (s := t.table.standard) and (s.layout == "form") == forms]
            # a printed zero that only zeros bear out is not proved
            ids = {f.id for t in drawn for f in t.facts() if f.amount and f.amount.value}
            values = [s for i, s in result.standing.items() if i in ids]
            if values:
                assert values.count(values[0].PROVED) / len(values) > least
