"""What is installed: pinned with hashes, named in the bill of materials, under licences that permit it."""

from __future__ import annotations

import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_bom", ROOT / "tools" / "make_bom.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ROOT / "bom.cdx.json").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_hashes(tool: ModuleType, name: str) -> None:
    pins = tool.locked(name)
    assert len(pins) > 30 and [p for p, hashes in pins.items() if not hashes] == []
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [x for x in lines if x and x[0] != " " and "==" not in x] == [], "nothing but pins"


def test_the_bill_names_what_is_locked(tool: ModuleType, bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    run, everything = tool.locked("requirements.lock"), tool.locked("requirements-dev.lock")
    named = {(c["name"], c["version"]): c["scope"] for c in bill["components"]}
    assert set(named) == set(run) | set(everything)
    assert {k for k, scope in named.items() if scope == "required"} == set(run)
    assert all(c["purl"] == f"pkg:pypi/{c['name']}@{c['version']}" for c in bill["components"])


def test_licences_permit_it(tool: ModuleType, bill: dict[str, Any]) -> None:
    assert tool.odd(bill) == []
    assert tool.odd({"components": [{"name": "x", "licenses": [{"license": {"name": "AGPL-3.0"}}]}]}) == [
        "x: AGPL-3.0"
    ]
    assert tool.odd({"components": [{"name": "x", "licenses": []}]}) == ["x: ?"]
