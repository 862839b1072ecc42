"""`bench scans --real` on a folder of one city: the sample, the wears, the figures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bench import real_scans
from tests.conftest import EXAMPLES
from yibenzhang.reading.extra import installed

pytestmark = [pytest.mark.long, pytest.mark.skipif(not installed(), reason="needs the extra ocr")]


def test_pages_are_drawn_again_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    shutil.copy(EXAMPLES / "shanghai-budget-clean.pdf", tmp_path / "a" / "b.pdf")
    for name in ("CITIES", "FILES", "PAGES"):
        monkeypatch.setattr(real_scans, name, 1)
    [one] = real_scans.sample(tmp_path, 3)
    assert one.pages == real_scans.sample(tmp_path, 3)[0].pages
    real_scans.show_real(tmp_path, [150], 3, False, "json")
    report = json.loads(capsys.readouterr().out)
    assert report["files"] == [{"file": "a/b.pdf", "pages": list(one.pages)}]
    rows = {r["wear"]: r for r in report["rows"]}
    assert set(rows) == {*real_scans.WEARS, "all"}
    assert all(r["right"] == r["numbers"] > 3 and r["new_errors"] == 0 for r in rows.values())
    assert rows["all"]["numbers"] == sum(rows[w]["numbers"] for w in real_scans.WEARS)
