"""The generated ledger: its relations hold but for the number that was planted in each file."""

from pathlib import Path

from bench.ledger import BROKEN, FACTS, RELATIONS, measure


def test_the_planted_number_is_found(tmp_path: Path) -> None:
    found = {r["step"]: r for r in measure(tmp_path, 4)}
    assert (found["relations"]["count"], found["relations"]["broken"]) == (4 * RELATIONS, BROKEN)
    assert (found["across"]["count"], found["across"]["broken"]) == (2 * (FACTS // 2), 1)
