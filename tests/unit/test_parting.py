"""The rules across documents say the same however the ledger is parted: bodies that speak of each other stay together."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from bench.ledger_rows import batches
from yibenzhang.ledger.comparing import RULES
from yibenzhang.ledger.parting import asked
from yibenzhang.ledger.store import Ledger, Source

pytestmark = pytest.mark.middle


def wrong_here_and_there(facts: pa.Table) -> pa.Table:
    """One number of 97 is a thousand more than it was."""
    for name in ("value", "low", "high"):
        more = [v + 1000 if n % 97 == 13 else v for n, v in enumerate(facts[name].to_pylist())]
        place = facts.schema.get_field_index(name)
        facts = facts.set_column(
            place, facts.schema.field(name), pa.array(more, facts.schema.field(name).type)
        )
    return facts


def rows(ledger: Ledger, numbers: int) -> tuple[list[tuple[Any, ...]], int]:
    with closing(ledger.connect()) as con:
        found = list(asked(con, ledger.batch_folders(), RULES, numbers))
        parts = con.execute("SELECT count(DISTINCT part) FROM parts").fetchone()
    assert parts is not None
    return found, parts[0]


def test_the_parts_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.ledger_rows.LISTED", 12)  # enough numbers of each unit to speak of it
    ledger = Ledger(tmp_path / "账本")
    for tables, names in batches(120):
        sources = [Source(d, f"{n}.pdf", d, "2026-03-01T00:00:00+00:00") for n, d in names]
        ledger.add_arrow({**tables, "facts": wrong_here_and_there(tables["facts"])}, sources)
    whole, one = rows(ledger, 10**9)
    parted, many = rows(ledger, 1)
    assert (one, many) == (1, 6)  # a department with its nine units stays whole
    assert {r[0] for r in whole} >= {"across.previous", "across.units"} and len(whole) > 50
    assert parted == whole


def test_an_empty_ledger_has_one_part(tmp_path: Path) -> None:
    assert rows(Ledger(tmp_path / "账本"), 1) == ([], 0)
