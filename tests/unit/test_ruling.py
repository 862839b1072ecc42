"""Rules in scans: thin, grey, broken, among grain, askew and under a seal; and what looks like one and is none."""

from __future__ import annotations

import io

import pytest

from tests.pdfs import pdf

pytest.importorskip("cv2")

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from bench.scans import Wear, worn_image
from yibenzhang.model.documents import Table
from yibenzhang.reading import read_data
from yibenzhang.reading.grid import tables_of
from yibenzhang.reading.raster import Sheet, gray_of, sheet_of, straight

XS = (60, 150, 215, 280, 345, 430, 535)
TOP, PITCH, ROWS = 700, 13, 34
"""A table over the middle of the page, where seals are."""
DPI = (150, *(pytest.param(d, marks=pytest.mark.middle) for d in (200, 300)))
"""The least in the fast ring: rules are thinnest there, and a page of twice the dots takes four times as long."""
WEARS = {
    "clean": Wear(),
    "askew": Wear(skew=1.7),
    "the other way": Wear(skew=-2.6),
    "grainy": Wear(noise=10),
    "grainy and askew": Wear(noise=8, skew=0.9),
    "sealed": Wear(seal=True),
    "sealed and askew": Wear(seal=True, skew=1.4),
}


def ruled_page(tone: float, width: float, gap: tuple[float, float] | None = None, words: str = "") -> bytes:
    """A page with one table of grey rules, its head on a grey ground; ``gap``: where its rows are not printed."""
    low = TOP - PITCH * ROWS
    out = [f"0.93 g {XS[0]} {TOP - PITCH} {XS[-1] - XS[0]} {PITCH} re f 0 g {tone} G {width} w"]
    for r in range(ROWS + 1):
        y = TOP - PITCH * r
        spans = [(XS[0], XS[-1])] if gap is None else [(XS[0], gap[0]), (gap[1], XS[-1])]
        out += [f"{a} {y} m {b} {y} l S" for a, b in spans]
    out += [f"{x} {TOP} m {x} {low} l S" for x in XS]
    for r in range(ROWS):
        y = TOP - PITCH * (r + 1) + 3.4
        out.append(text(XS[0] + 1.2, y, words or f"20{r:02}0{r:02}"))
        out += [text(x - 34, y, f"{(r * 37 + k * 11) % 900 + 10}.{k}0") for k, x in enumerate(XS[2:])]
    return pdf(["\n".join(out)])


def text(x: float, y: float, words: str, size: float = 8) -> str:
    return f"BT /F1 {size} Tf {x} {y} Td ({words}) Tj ET"


def worn(data: bytes, dpi: int, wear: Wear) -> Image.Image:
    source = pdfium.PdfDocument(data)
    image = worn_image(source[0].render(scale=dpi / 72).to_pil(), wear, 7)
    source.close()
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=75)
    return Image.open(kept)


def seen(data: bytes, dpi: int, wear: Wear) -> Sheet:
    gray, _ = straight(gray_of(np.asarray(worn(data, dpi, wear)), dpi), 72 / dpi)
    return sheet_of(gray, 72 / dpi)


def shape(sheet: Sheet) -> list[tuple[int, int, int]]:
    """Rows, columns and cells of every table the rules make."""
    tables, _ = tables_of(1, sheet.hs, sheet.vs, [], 0)
    return [(t.rows, t.columns, len(t.cells)) for t in tables]


WHOLE = [(ROWS, len(XS) - 1, ROWS * (len(XS) - 1))]


@pytest.mark.parametrize("dpi", DPI[:2])
@pytest.mark.parametrize("wear", WEARS.values(), ids=WEARS)
@pytest.mark.parametrize(("tone", "width"), [(0.7, 0.5), (0.5, 0.25)], ids=["light", "hairline"])
def test_thin_grey_rules(tone: float, width: float, wear: Wear, dpi: int) -> None:
    assert shape(seen(ruled_page(tone, width), dpi, wear)) == WHOLE


@pytest.mark.parametrize("dpi", DPI[:2])
@pytest.mark.parametrize("wear", [Wear(), Wear(noise=8), Wear(skew=1.2)], ids=["clean", "grainy", "askew"])
def test_broken_rules(wear: Wear, dpi: int) -> None:
    """A white crease runs down the page: every row's rule is broken inside of a cell."""
    assert shape(seen(ruled_page(0.6, 0.5, gap=(225, 233)), dpi, wear)) == WHOLE


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("wear", [Wear(), Wear(noise=10), Wear(skew=0.7)], ids=["clean", "grainy", "askew"])
def test_strokes_in_line_are_no_rules(wear: Wear, dpi: int) -> None:
    """Letters whose strokes lie in one line, from one rule of a column almost to the next."""
    assert shape(seen(ruled_page(0.6, 0.5, words="EEFEEEFEETEEZE"), dpi, wear)) == WHOLE


@pytest.mark.parametrize("dpi", DPI[:2])
@pytest.mark.parametrize("wear", WEARS.values(), ids=WEARS)
def test_a_page_of_text_has_no_rules(wear: Wear, dpi: int) -> None:
    """Close lines, some of them underlined, letters with strokes in line and above one another."""
    out = ["0.4 G 0.5 w"]
    for r in range(40):
        y = 760 - 14 * r
        out.append(text(60, y, ("EEFEZETEE LLIHHI " * 6)[r % 5 : 84], 9))
        if r % 4 == 0:
            out.append(f"{60 + 20 * (r % 3)} {y - 1.5} m {330 - 15 * (r % 3)} {y - 1.5} l S")
    sheet = seen(pdf(["\n".join(out)]), dpi, wear)
    assert (sheet.hs, sheet.vs) == ([], [])


@pytest.mark.parametrize("dpi", DPI[:2])
def test_merged_cells_stay_merged(dpi: int) -> None:
    """A rule that stops at another one is not broken: the cells beside it belong together."""
    out = ["0.7 G 0.5 w 60 700 m 500 700 l S 60 660 m 500 660 l S 60 620 m 500 620 l S"]
    out.append("60 680 m 200 680 l S 230 680 m 500 680 l S 60 640 m 200 640 l S 300 640 m 500 640 l S")
    out += [f"{x} 700 m {x} 620 l S" for x in (60, 200, 230, 300, 500)]
    out += [text(62, y, "123.45") for y in (705, 685, 665, 645, 625)]
    for wear in (Wear(), Wear(noise=8), Wear(seal=True)):
        [(rows, columns, cells)] = shape(seen(pdf(["\n".join(out)]), dpi, wear))
        assert (rows, columns, cells) == (4, 4, 13)


@pytest.mark.long
@pytest.mark.parametrize("dpi", DPI[:2])
@pytest.mark.parametrize("wear", [Wear(noise=8, skew=0.9), Wear(seal=True)], ids=["grainy", "sealed"])
def test_numbers_between_thin_rules(wear: Wear, dpi: int) -> None:
    data = ruled_page(0.7, 0.5)
    [native] = [b for b in read_data("a.pdf", data).pages[0].blocks if isinstance(b, Table)]
    kept = io.BytesIO()
    worn(data, dpi, wear).save(kept, "PNG", dpi=(dpi, dpi))
    [scan] = read_data("a.png", kept.getvalue()).tables()
    assert scan.texts() == native.texts()
