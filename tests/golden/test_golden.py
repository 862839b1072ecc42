"""Cell accuracy on table pages transcribed by eye, beside pdfplumber on the same pages.

A golden file holds the grid as the ruling lines draw it: one line a row, tabs between cells, a merged
cell's text at its top left position. Blanks within a cell do not count; of a sentence the file holds the beginning
and `…`. The pages of the new cities were transcribed twice, by rows and by columns, from two drawings of the
page, before any reader saw them; where the two differed the page was looked at again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest

from yibenzhang.model.documents import Table
from yibenzhang.reading.pdf import read_page

Grid = list[list[str]]


@dataclass(frozen=True)
class Golden:
    file: str
    page: int
    tables: tuple[Grid, ...]


def golden(path: Path) -> Golden:
    lines = path.read_text(encoding="utf-8").split("\n")
    tables: list[Grid] = []
    for line in lines[2:]:
        if line.startswith("# table"):
            tables.append([])
        elif line:
            tables[-1].append(line.split("\t"))
        elif tables and len(tables[-1]) > 0:
            pass
    return Golden(lines[0].split(": ")[1].strip(), int(lines[1].split(": ")[1]), tuple(tables))


ALL = [golden(p) for p in sorted(Path(__file__).parent.glob("*.tsv"))]


def norm(text: str | None) -> str:
    return re.sub(r"\s+", "", text or "")


def score(wanted: tuple[Grid, ...], found: list[list[list[str | None]]]) -> tuple[int, int]:
    """Cells right, and all cells."""
    right = total = 0
    for k, table in enumerate(wanted):
        got = found[k] if k < len(found) else []
        for r, row in enumerate(table):
            for c, text in enumerate(row):
                total += 1
                right += r < len(got) and c < len(got[r]) and _is(norm(got[r][c]), norm(text))
    return right, total


def _is(found: str, wanted: str) -> bool:
    return found.startswith(wanted[:-1]) if wanted.endswith("…") else found == wanted


def ours(path: Path, page: int) -> list[list[list[str | None]]]:
    document = pypdfium2.PdfDocument(path)
    found, _ = read_page(document, page - 1, 0)
    document.close()
    return [[list(row) for row in b.texts()] for b in found.blocks if isinstance(b, Table)]


def plumbers(path: Path, page: int) -> list[list[list[str | None]]]:
    with pdfplumber.open(path) as pdf:
        return pdf.pages[page - 1].extract_tables()


def test_there_are_enough_pages() -> None:
    assert len(ALL) >= 43
    assert len({g.file for g in ALL}) >= 25
    assert len({g.file.split("/")[0] for g in ALL}) >= 12


def test_cell_accuracy(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = theirs = total = 0
    for g in ALL:
        right, cells = score(g.tables, ours(corpus / g.file, g.page))
        other, _ = score(g.tables, plumbers(corpus / g.file, g.page))
        mine, theirs, total = mine + right, theirs + other, total + cells
    with capsys.disabled():
        print(
            f"\n{total} cells on {len(ALL)} pages: this reader {mine / total:.2%}, pdfplumber {theirs / total:.2%}"
        )
    assert mine / total >= 0.9995
