"""What every file of the further cities is, and those that are no disclosure: no error is told of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from yibenzhang import check
from yibenzhang.model.issues import Severity

FILES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8")
)["file"]


@pytest.mark.parametrize("file", FILES, ids=[f["path"] for f in FILES])
def test_profile_and_kind(file: dict[str, Any], corpus: Path) -> None:
    found = check(corpus / file["path"])
    p = found.profile
    assert [p.body, p.fiscal_year or 0, p.stage, p.level, p.region] == file["profile"]
    assert found.document_kind == file.get("kind", "disclosure")
    if "kind" in file:
        assert not [f for f in found.findings if f.severity == Severity.ERROR]
