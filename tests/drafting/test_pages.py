"""The printed pages: fonts embedded or named with another, wide tables sideways, numbers flush right."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from bench.roundtrip import figures_for
from yibenzhang.drafting.compose import compose
from yibenzhang.drafting.docx import write_docx
from yibenzhang.drafting.parts import Draft
from yibenzhang.drafting.pdf import write_pdf
from yibenzhang.model.amounts import parse_amount


@pytest.fixture(scope="module")
def draft() -> Draft:
    return compose(figures_for(11, 4, "hubei", "budget")).draft


@pytest.fixture(scope="module")
def pdf(draft: Draft, tmp_path_factory: pytest.TempPathFactory) -> pdfium.PdfDocument:
    path = tmp_path_factory.mktemp("pages") / "draft.pdf"
    write_pdf(draft, path)
    return pdfium.PdfDocument(path)


def test_every_font_is_embedded(pdf: pdfium.PdfDocument) -> None:
    seen = 0
    for page in pdf:
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            seen += 1
            assert raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(thing.raw)) == 1
    assert seen > 500


def test_wide_tables_lie_sideways_and_nothing_leaves_the_page(draft: Draft, pdf: pdfium.PdfDocument) -> None:
    turned = [page.get_width() > page.get_height() for page in pdf]
    assert sum(turned) >= sum(g.landscape for g in draft.grids()) > 0
    assert not all(turned)
    for page in pdf:
        width, height = page.get_size()
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            left, bottom, right, top = thing.get_bounds()
            assert 0 < left <= right < width
            assert 0 < bottom <= top < height


def test_numbers_end_where_their_column_ends(pdf: pdfium.PdfDocument) -> None:
    """In every table page the numbers share a few right edges: one for each column."""
    checked = 0
    for page in pdf:
        text = page.get_textpage()
        edges: dict[int, int] = defaultdict(int)
        for k in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(k)
            amount = parse_amount(text.get_text_bounded(left, bottom, right, top).strip())
            if amount is not None and amount.decimals == 2:
                edges[round(right)] += 1
        if sum(edges.values()) > 60:
            checked += 1
            lonely = sum(n for n in edges.values() if n < 3)
            assert lonely <= 0.1 * sum(edges.values()), edges
    assert checked >= 3


def test_word_names_fonts_with_a_fallback_and_repeats_heads(draft: Draft, tmp_path: Path) -> None:
    path = tmp_path / "draft.docx"
    write_docx(draft, path)
    with zipfile.ZipFile(path) as package:
        fonts = package.read("word/fontTable.xml").decode()
        document = package.read("word/document.xml").decode()
        styles = package.read("word/styles.xml").decode()
    assert 'w:altName w:val="Noto Serif CJK SC"' in fonts
    assert 'w:eastAsia="宋体"' in styles
    assert document.count("<w:tblHeader") >= len(draft.grids())
    assert 'w:orient="landscape"' in document
    assert document.count('w:val="Heading1"') >= 4
