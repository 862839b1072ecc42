"""One disclosure through many conditions of files: all read right or told, no false error."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.conditions import (
    encodings,
    further,
    further_office,
    letters,
    ofds,
    office,
    painted,
    pdfs,
    scans,
    texts,
    webpages,
)
from bench.conditions.cli import every
from bench.conditions.disclosure import AT, HEADER, ROWS
from bench.conditions.dresses import ONLY_TOLD
from bench.conditions.judging import READ, TOLD, Condition, judged
from yibenzhang.reading.extra import installed

CHANGED = (ROWS[AT[0]][0], HEADER[AT[1]])
QUICK = [
    c
    for m in (pdfs, letters, office, painted, texts, encodings, webpages, ofds, further, further_office)
    for c in m.conditions()
]
SLOW = list(scans.conditions()) if installed() else []
CANNOT_BE_READ = ONLY_TOLD | {
    "font without a map", "letters as curves", "table as a picture", "picture of the table",
    "solid patch over numbers", "picture of a table", "frame", "formula without a result",
    "boxes in rows without a table", "blank page", "page as a picture",
    "a row in words", "items in words", "a third of a column in words", "nearly half a column in words",
    "hashes in a column and a row", "drawing in a cell", "canvas in a cell", "picture in a cell",
    "frame with its page inside", "drawing of the table", "boxes beside one another", "circumflexes",
    "columns of blanks", "preformatted", "table in the head of the page", "part of another kind",
    "number as curves", "number as a picture", "much wider than its cell",
    "Big5", "Big5 with tabs", "UTF-32", "UTF-8 cut within a character", "one byte that is wrong",
    "full-width separators", "columns by one blank", "columns by nothing", "columns as a terminal prints them",
    "columns by full-width blanks",
    "layer for the screen alone", "covered by a form", "clear by a mask", "number printed upside down", "folded away",
    "words above words", "boxes in reverse", "box over another", "cells laid out as a grid", "zero bytes",
    "clipped by a path", "attached file", "shown as a date", "shown as a time", "kept as true", "about before every number",
}  # fmt: skip
"""What can only be told; everything else is read."""


def _in_rings() -> list[object]:
    """A fourth of the conditions on every run, and of the scans an eighth; all of them with the long ring."""
    turns = [*((c, k % 4) for k, c in enumerate(QUICK)), *((c, k % 8) for k, c in enumerate(SLOW))]
    return [
        pytest.param(c, id=f"{c.kind}-{c.name}", marks=[pytest.mark.long] if later else [])
        for c, later in turns
    ]


@pytest.mark.parametrize("condition", _in_rings())
def test_read_or_told(condition: Condition) -> None:
    found = judged(condition, CHANGED)
    wanted = (READ, TOLD) if condition.name in CANNOT_BE_READ else (READ,)
    assert found.verdict in wanted, found.detail


def test_there_are_many_conditions() -> None:
    names = Counter(c.kind for c in QUICK)
    assert len(QUICK) > 250
    assert set(names) == {"pdf", "docx", "xlsx", "html", "csv", "ofd", "text"}


def test_the_measure_counts_them() -> None:
    found = every("csv")
    assert {j.verdict for j in found} <= {READ, TOLD}
    assert len(found) > 30
