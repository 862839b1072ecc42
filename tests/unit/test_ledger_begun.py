"""A folder in which other commands began becomes a ledger; one with something else does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from yibenzhang.ledger.store import Ledger, LedgerError


@pytest.mark.parametrize(
    "name", ["observations.jsonl", "scheme.toml", "probes.jsonl", "supervision-scores.jsonl"]
)
def test_what_the_program_keeps_beside_is_no_obstacle(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "mappings").mkdir()
    assert Ledger(tmp_path).batches.is_dir()


def test_something_else_is(tmp_path: Path) -> None:
    (tmp_path / "observations.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "报告.docx").write_text("", encoding="utf-8")
    with pytest.raises(LedgerError):
        Ledger(tmp_path)
