"""The generated ledger: its relations hold, and across documents only the numbers that were planted are found."""

from pathlib import Path

import pytest

from bench.ledger import RELATIONS, measure


@pytest.mark.long
def test_the_planted_numbers_are_found(tmp_path: Path) -> None:
    found = {r["step"]: r for r in measure(tmp_path, 40, beside=True)}
    assert (found["relations"]["count"], found["relations"]["broken"]) == (40 * RELATIONS, 1)
    assert (found["plain"]["count"], found["plain"]["broken"]) == (40 * RELATIONS, 1)
    assert (found["across"]["count"], found["across"]["broken"]) == (1, 1)  # of the body 7
    assert found["merge"]["count"] == 1 and found["generate"]["bytes"] > 0
