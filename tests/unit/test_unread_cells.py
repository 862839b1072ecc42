"""Cells of number columns in which no number can be read: told, and no sum that needs them accuses."""

from __future__ import annotations

from random import Random

import pytest

from bench.conditions.disclosure import GRID
from bench.conditions.texts import _csv
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.issues import Severity
from yibenzhang.reading import read_data

BASE = "hubei.txt"
RUINED = ("#####", "1,3O9.60", "详见附件", "待定", "1.2.3", "？", "(12.00", "12.00a")


def _found(data: bytes) -> tuple[Checked, list[str]]:
    checked = check_document(read_data("a", data))
    serious = [f.rule for f in checked.findings if f.severity in (Severity.ERROR, Severity.WARNING)]
    return checked, [r for r in serious if r not in ("reading.cell", "wording.number", "wording.grouping")]


def _base() -> list[list[str]]:
    from importlib.resources import files

    text = files("yibenzhang.standards").joinpath("cases", BASE).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.split("\n")]


def _spoilt(places: dict[tuple[int, int], str]) -> bytes:
    lines = _base()
    for (line, column), words in places.items():
        lines[line][column] = words
    return "\n".join("\t".join(line) for line in lines).encode()


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_blamed_for_what_cannot_be_read(seed: int) -> None:
    random = Random(seed)
    places = [
        (line, column)
        for line, cells in enumerate(_base())
        for column, words in enumerate(cells)
        if len(cells) > 1 and words.replace(",", "").replace(".", "").isdigit() and words[-3:-2] == "."
    ]
    chosen = {at: random.choice(RUINED) for at in random.sample(places, 3)}
    checked, other = _found(_spoilt(chosen))
    assert not other, chosen
    told = [e for f in checked.findings for e in f.evidence if f.rule == "reading.cell"]
    assert told


@pytest.mark.parametrize("words", ["待定", "#####"])
def test_a_sum_is_not_read_otherwise_where_a_part_is_not_known(words: str) -> None:
    """收入总计 is 本年收入合计 and 上年结转; where the first and one of its parts are not known, it is not 上年结转 alone."""
    lines = _base()
    rows = {cells[0].replace(" ", ""): n for n, cells in reversed(list(enumerate(lines)))}
    at = rows["本年收入合计"]
    _, other = _found(_spoilt({(at, 1): words, (at - 1, 1): words}))
    assert not other


def test_words_that_are_headings_are_none() -> None:
    """A heading printed again among the rows is no number that could not be read."""
    grid = [list(r) for r in GRID]
    checked, other = _found(_csv(grid=[*grid[:6], grid[0], *grid[6:]]).encode())
    assert not other
    assert not [f for f in checked.findings if f.rule == "reading.cell"]


def test_a_percentage_among_amounts_is_told() -> None:
    grid = [list(r) for r in GRID]
    grid[7][2] += "%"
    checked, other = _found(_csv(grid=grid).encode())
    assert not other
    assert [f.rule for f in checked.findings if f.severity == Severity.WARNING] == ["reading.cell"]
