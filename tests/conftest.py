"""Shared places. Tests that need the corpus skip with a clear word where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
EXAMPLES = ROOT / "examples"


def undecidable() -> bytes:
    """A text in which a number differs from its sum, and nothing tells which of them is wrong."""
    text = (EXAMPLES / "hubei-clean.txt").read_text(encoding="utf-8")
    line = "（二）政府性基金预算拨款\t\t（六）社会保障和就业支出\t317.28"
    assert text.count(line) == 1
    return text.replace(line, line.replace("317.28", "434.67")).encode()


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip("the corpus (../shared/corpus) is not on this machine")
    return CORPUS
