"""Every rule proves itself on its case and its twin; the command that runs them says what fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from yibenzhang import proving
from yibenzhang.cli import app
from yibenzhang.proving import Claim, claims

CLAIMS = claims()


def trial(claim: Claim) -> Any:
    """Sums are looked at more closely, on the right cell and nothing else, in ``test_cases``."""
    sums = getattr(claim.fault, "func", None) is proving._sum
    return pytest.param(claim, marks=pytest.mark.long) if sums else claim


@pytest.mark.parametrize(
    "claim", [trial(c) for c in CLAIMS], ids=[f"{c.rule}-{k}" for k, c in enumerate(CLAIMS)]
)
def test_case_and_twin(claim: Claim) -> None:
    assert claim.fault() == ""


@pytest.mark.parametrize("shipped", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_new_rule_is_proved_by_its_own_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: bool
) -> None:
    """With the shipped ones, as the command does it; those are proved above, so the short rings leave them out here."""

    def mine_alone(extra: str) -> list[Claim]:
        return [c for c in claims(extra) if c.rule == "mine.words" or "保运转" in c.case]

    if not shipped:
        monkeypatch.setattr(proving, "claims", mine_alone)
    runner = CliRunner()
    mine = str(tmp_path / "mine")
    assert runner.invoke(app, ["rules", "new", "word", "保运转", mine]).exit_code == 0
    assert runner.invoke(app, ["rules", "new", "phrase", "mine.words", mine]).exit_code == 0
    assert runner.invoke(app, ["rules", "new", "phrase", "mine.words", mine]).exit_code == 2
    assert (
        runner.invoke(app, ["rules", "new", "word", "保运营", mine]).exit_code == 2
    )  # [kind.basic] is there
    assert runner.invoke(app, ["rules", "new", "title", "支出安排一览表", mine]).exit_code == 0
    passed = runner.invoke(app, ["rules", "test", "--standards", mine])
    assert passed.exit_code == 0, passed.output
    assert shipped or "2 个例子" in passed.output
    words = tmp_path / "mine" / "wording.toml"
    words.write_text(
        words.read_text(encoding="utf-8").replace("具体金额已定", "具体金额待定"), encoding="utf-8"
    )
    monkeypatch.setattr(proving, "claims", mine_alone)
    failed = runner.invoke(app, ["rules", "test", "--standards", mine])
    assert failed.exit_code == 1
    assert "mine.words" in failed.output


def test_list_and_show() -> None:
    runner = CliRunner()
    assert "prose.share" in runner.invoke(app, ["rules", "list"]).output
    assert "71.65%" in runner.invoke(app, ["rules", "show", "prose.share"]).output
    assert runner.invoke(app, ["rules", "show", "no.such"]).exit_code == 2


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("sums.toml", '[[columns]]\nid = "x"\n', "sums.toml"),
        ("tables.toml", '[[tabel]]\nid = "x"\n', "tabel"),
        ("tables.toml", '[[table]]\nid = "budget.income"\ntitles = "收入一览"\n', "titles"),
        ("wording.toml", '[[phrase]]\nid = "w"\nname = "n"\nseverity = "fatal"\npattern = "a"\nfires = "a"\ntwin = "b"\n', "severity"),
        ("wording.toml", '[[phrase]]\nid = "w"\nname = "n"\nseverity = "error"\npattern = "("\nfires = "a"\ntwin = "b"\n', "pattern"),
        ("headers.toml", '[label]\ncode = "科目"\n', "code"),
    ],
)  # fmt: skip
def test_mistakes_in_ones_own_data_are_named(tmp_path: Path, file: str, text: str, word: str) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["rules", "test", "--standards", str(tmp_path)])
    assert result.exit_code == 2
    assert word in result.output
