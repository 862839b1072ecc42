"""Scans and images: the same facts and findings as from the native file, and never worse than a doubt."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from tests.conftest import EXAMPLES
from tests.pdfs import IMAGE, pdf
from tests.scanning import Wear, images, packed, rasterised
from yibenzhang import ReadingError, check
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.checking.ocr_correction import RECOGNISED, misread
from yibenzhang.model.documents import Document, Page, Table
from yibenzhang.model.issues import Issue, Severity
from yibenzhang.reading import extra, read, read_data
from yibenzhang.reading import pdf as pdf_reader
from yibenzhang.reading.glyphs import lines_of
from yibenzhang.reading.ocr import Reading
from yibenzhang.reading.scans import glyphs_of
from yibenzhang.reading.shapes import HIGH, WIDE, Shapes
from yibenzhang.reading.strips import Strip

pytestmark = pytest.mark.long

JIANGSU = EXAMPLES / "jiangsu-three-errors.pdf"
SHANGHAI = EXAMPLES / "shanghai-budget-clean.pdf"


def read_bytes(data: bytes, name: str) -> Document:
    return read_data(name, data)


def numbers(checked: Checked) -> list[tuple[str, str, str, str]]:
    """Every number with what it means."""
    return [
        (f.standard, plain(f.row.label), f.measure, f.text)
        for t in checked.tables
        for f in t.facts()
        if f.printed
    ]


def told(checked: Checked) -> list[tuple[str, str, str]]:
    return [(f.rule, f.reported, f.expected) for f in raised(checked)]


def raised(checked: Checked) -> list[Issue]:
    """The findings but for the one that says it is a scan."""
    return [f for f in checked.findings if f.rule != "reading.scanned"]


def test_a_worn_scan_tells_what_the_native_file_tells() -> None:
    """All pages at 200 dpi, askew and grainy: the same facts and findings, none above warning."""
    native = check(JIANGSU)
    data = rasterised(
        str(JIANGSU), list(range(1, len(native.document.pages) + 1)), 200, Wear(skew=1.3, noise=6, quality=70)
    )
    scan = check_document(read_bytes(data, "scan.pdf"))
    assert scan.document.scanned == frozenset(("", n) for n in range(1, len(native.document.pages) + 1))
    assert numbers(scan) == numbers(native)
    assert told(scan) == told(native)
    assert Severity.ERROR in {f.severity for f in native.findings}
    assert {f.severity for f in raised(scan)} == {Severity.WARNING}
    lowered = [f for f in raised(scan) if not f.rule.endswith(".unconfirmed")]
    assert lowered and all(f.message.endswith(RECOGNISED) for f in lowered)
    assert [f.message[:8] for f in scan.findings if f not in raised(scan)] == [
        f"全部 {len(native.document.pages)} 页是"
    ]


@pytest.mark.parametrize(
    ("dpi", "worn"),
    [(150, Wear(skew=-2.6, noise=4)), (300, Wear(turn=90)), (150, Wear(turn=180)), (200, Wear(turn=270, skew=0.8)),
     (200, Wear(seal=True)), (300, Wear(seal=True, skew=1.5, noise=6))],
    ids=["150-askew", "300-on-its-side", "150-upside-down", "200-on-its-other-side", "200-sealed", "300-all"],
)  # fmt: skip
def test_one_table_however_it_was_laid_on_the_glass(dpi: int, worn: Wear) -> None:
    page = next(p for p in read(SHANGHAI).pages if any(isinstance(b, Table) for b in p.blocks))
    [native] = [b for b in page.blocks if isinstance(b, Table)]
    [scan] = read_bytes(rasterised(str(SHANGHAI), [page.number], dpi, worn), "scan.pdf").tables()
    assert [[plain(t) for t in row] for row in scan.texts()] == [
        [plain(t) for t in row] for row in native.texts()
    ]


def test_red_print_is_read_where_it_is_no_seal() -> None:
    page = next(p for p in read(SHANGHAI).pages if any(isinstance(b, Table) for b in p.blocks))
    [native] = [b for b in page.blocks if isinstance(b, Table)]
    [black] = images(SHANGHAI, [page.number], 200)
    gray = np.asarray(black)
    red = np.stack([np.maximum(gray, 215), gray, gray], axis=2)  # all that is printed is red
    [scan] = read_bytes(packed([Image.fromarray(red)], "PNG", 200), "a.png").tables()
    assert [plain(t) for row in scan.texts() for t in row] == [
        plain(t) for row in native.texts() for t in row
    ]


def plain(text: str) -> str:
    """Blanks and the width of brackets do not count."""
    return "".join(text.replace("（", "(").replace("）", ")").split())


def test_marks_alone_stand_together() -> None:
    """The row that counts the columns begins with two stars, lower than a digit and apart."""
    strip = Strip(100, 50, 126, 57, (), 24.0)
    [line] = lines_of(glyphs_of(Reading("**", (0.9, 0.9), (0.36, 0.64)), strip, 0.36))
    assert line.text == "**"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_image_files(kind: str) -> None:
    made = images(SHANGHAI, [8, 1] if kind == "TIFF" else [8], 150)
    document = read_bytes(packed(made, kind, 150), f"a.{kind.lower()}")
    assert document.kind == "image"
    assert [p.number for p in document.pages] == ([1, 2] if kind == "TIFF" else [1])
    assert document.tables()[0].texts() == read(SHANGHAI).pages[7].blocks[-1].texts()  # type: ignore[union-attr]
    assert document.notices == ()


def test_native_and_scanned_pages_in_one_file(tmp_path: Path) -> None:
    import pypdfium2 as pdfium

    mixed = pdfium.PdfDocument(SHANGHAI)
    mixed.del_page(7)
    mixed.import_pages(pdfium.PdfDocument(rasterised(str(SHANGHAI), [8], 200)), index=7)
    mixed.save(tmp_path / "mixed.pdf")
    scan, native = check(tmp_path / "mixed.pdf"), check(SHANGHAI)
    assert scan.document.scanned == {("", 8)}
    assert numbers(scan) == numbers(native)
    assert (raised(scan), native.findings) == ([], ())
    assert scan.findings[0].message.startswith("第8页是扫描件")


def test_characters_know_how_sure_they_are() -> None:
    document = read_bytes(packed(images(SHANGHAI, [8], 150), "PNG", 150), "a.png")
    cells = document.tables()[0].cells
    assert all(0.5 < c.sure < 1 for c in cells if c.text)
    assert all(c.sure == 1 for t in read(SHANGHAI).tables() for c in t.cells)


# Repair


def tampered(document: Document, right: str, read_as: str, sure: float) -> Document:
    """The document as a scan on which one number was misread."""
    done = False
    pages: list[Page] = []
    for page in document.pages:
        blocks = []
        for block in page.blocks:
            if isinstance(block, Table) and not done:
                at = next((k for k, c in enumerate(block.cells) if c.text == right), None)
                if at is not None:
                    cells = list(block.cells)
                    cells[at] = replace(cells[at], text=read_as, sure=sure)
                    block, done = replace(block, cells=tuple(cells)), True
            blocks.append(block)
        pages.append(replace(page, blocks=tuple(blocks), scanned=True))
    assert done
    return replace(document, pages=tuple(pages))


def numbers_of(checked: Checked) -> set[str]:
    return {text for *_, text in numbers(checked)}


@pytest.mark.parametrize("read_as", ["6,229,028.58", "6,229,026.56", "622902658", "6,229,26.58"])
def test_a_misread_number_is_put_right_and_told_as_a_doubt(read_as: str) -> None:
    document = tampered(read(SHANGHAI), "6,229,026.58", read_as, 0.6)
    checked = check_document(document)
    if read_as == "6,229,26.58":  # not a number at all: nothing is guessed
        assert not any(f.severity == Severity.ERROR for f in checked.findings)
        return
    [finding] = raised(checked)
    assert (finding.rule, finding.severity) == ("reading.repaired", Severity.NOTICE)
    assert f"识别为 {read_as}" in finding.message
    assert numbers(checked) == [
        (*rest, t.replace(read_as, "6229026.58" if read_as == "622902658" else "6,229,026.58"))
        for *rest, t in numbers(checked)
    ]
    assert checked.document.tables() != document.tables()


def test_what_was_read_surely_stays_a_finding() -> None:
    """The twin: the same digit, but the recognition was in no doubt: the body may have printed it so."""
    [finding] = raised(check_document(tampered(read(SHANGHAI), "6,229,026.58", "6,229,028.58", 0.999)))
    assert finding.severity == Severity.WARNING
    assert (finding.reported, finding.expected) == ("6229028.58", "6229026.58")


def test_a_number_that_does_not_look_alike_stays_a_finding() -> None:
    [finding] = raised(check_document(tampered(read(SHANGHAI), "6,229,026.58", "6,225,026.58", 0.6)))
    assert finding.severity == Severity.WARNING


@pytest.mark.parametrize(
    ("read_as", "right", "alike"),
    [
        ("1284.50", "1234.50", True), ("123450", "1234.50", True), ("1234.50", "-1234.50", True),
        ("124.50", "1224.50", True), ("1234.50", "1234.50", False), ("1294.50", "1234.50", False),
        ("1288.50", "1233.50", False), ("134.50", "1234.50", False),
    ],
)  # fmt: skip
def test_what_may_be_misread(read_as: str, right: str, alike: bool) -> None:
    assert misread(read_as, right) is alike


# Without the extra, and what cannot be read


def test_without_the_extra_a_scan_is_a_notice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf_reader, "installed", lambda: False)
    monkeypatch.setattr("yibenzhang.reading.installed", lambda: False)
    whole = check_document(read_bytes(rasterised(str(SHANGHAI), [8], 72), "a.pdf"))
    assert [(f.rule, f.severity) for f in whole.findings] == [("reading.page", Severity.NOTICE)]
    assert extra.INSTALL in whole.findings[0].message
    assert whole.findings[0].message.count("。") == 1
    with pytest.raises(ReadingError, match="pip install"):
        read_bytes(packed(images(SHANGHAI, [8], 72), "PNG", 72), "a.png")


def test_a_picture_is_no_text(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = Image.fromarray(rng.integers(0, 255, (900, 700), dtype=np.uint8).repeat(2, 0).repeat(2, 1))
    document = read_bytes(packed([noise], "PNG", 150), "a.png")
    assert [n.unread for n in document.notices] == [True]
    assert document.blocks() == []


def test_what_is_recognised_is_bounded_by_its_length_and_not_by_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = packed(images(SHANGHAI, [8], 150), "PNG", 150)
    whole = read_bytes(made, "a.png")
    monkeypatch.setattr("yibenzhang.reading.scans.MAX_SCAN_CHARS", 60)
    short, again = read_bytes(made, "a.png"), read_bytes(made, "a.png")
    [notice] = short.notices
    assert notice.unread and "超过 60 字" in notice.message
    assert short == again and whole.notices == ()


def test_a_blank_page_is_blank() -> None:
    document = read_bytes(packed([Image.new("L", (1240, 1754), 250)], "PNG", 150), "a.png")
    assert (document.notices, document.blocks()) == ((), [])


@pytest.mark.parametrize("size", [(1, 1), (30, 30), (9000, 45), (50, 700)])
def test_a_scrap_is_no_page(size: tuple[int, int]) -> None:
    document = read_bytes(packed([Image.new("L", size, 30)], "PNG", 150), "a.png")
    assert document.blocks() == []
    assert len(document.notices) <= 1


def test_an_enormous_image_is_not_unpacked() -> None:
    made = packed([Image.new("1", (10_000, 10_000), 1)], "PNG", 2000)
    [notice] = read_bytes(made, "a.png").notices
    assert notice.unread and "百万像素" in notice.message
    with pytest.raises(ReadingError, match="百万像素"):
        read_bytes(packed([Image.new("1", (20_000, 20_000), 1)], "PNG", 2000), "a.png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "PDF"])
def test_damaged_images_give_a_sentence_or_a_notice(kind: str) -> None:
    """Cut short and bytes changed: ReadingError or a Document, nothing else."""
    small = images(SHANGHAI, [8], 72)[0].crop((0, 0, 220, 130))
    data = pdf([IMAGE]) if kind == "PDF" else packed([small], kind, 72)
    if kind == "PDF":
        out = io.BytesIO()
        small.save(out, "PDF", resolution=72)
        data = out.getvalue()
    rng = random.Random(7)
    for k in range(16):
        hurt = bytearray(data if k % 3 else data[: rng.randrange(8, len(data))])
        for _ in range(rng.randrange(1, 30)):
            hurt[rng.randrange(8, len(hurt))] = rng.randrange(256)
        try:
            assert isinstance(read_bytes(bytes(hurt), "a"), Document)
        except ReadingError as error:
            assert str(error).endswith("。")


# Numbers: shapes and second looks


@given(st.decimals(min_value=1, max_value=10**9, places=2), st.data())
def test_one_look_alike_digit_may_be_misread_and_another_may_not(value: Decimal, data: st.DataObject) -> None:
    right = f"{value:.2f}"
    assert not misread(right, right)
    places = [k for k, c in enumerate(right) if c in "36"]
    assume(places)
    at = data.draw(st.sampled_from(places))
    assert misread(f"{right[:at]}8{right[at + 1 :]}", right)
    assert not misread(f"{right[:at]}{'4' if right[at] == '6' else '9'}{right[at + 1 :]}", right)


@pytest.mark.parametrize(
    ("seen", "told"),
    [("1,234.56", "1,234.56"), ("12", "12"), ("-", "-"), ("1.234.56", ""), ("257.700", ""), ("3,15", ""), ("1,2345", "")],
)  # fmt: skip
def test_a_point_taken_for_a_comma_is_not_read_by_shape(
    seen: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Shapes, "_text", lambda self, pictures: seen)
    assert Shapes().read(np.zeros((1, 1), dtype=np.float32)) == told


def test_shapes_know_only_what_was_read_surely_twice() -> None:
    rng = np.random.default_rng(3)
    digits = {c: rng.random(WIDE * HIGH + 3).astype(np.float32) for c in "12345"}
    shapes = Shapes()
    unsure = Reading("12345", (0.5,) * 5, (0.0,) * 5)
    sure = Reading("12345", (0.999,) * 5, (0.0,) * 5)
    page = np.stack(list(digits.values()))
    for reading in (unsure, unsure, sure):
        shapes.learn(reading, page)
        assert shapes.read(page) == ""
    shapes.learn(sure, page)
    assert shapes.read(page[::-1]) == "54321"
    assert shapes.read(rng.random(page.shape).astype(np.float32)) == ""


@pytest.mark.parametrize(("others", "read"), [("", ""), ("689", "0")])
def test_a_digit_not_seen_yet_is_none_that_looks_like_it(others: str, read: str) -> None:
    rng = np.random.default_rng(4)
    known = "01247" + others
    page = rng.random((len(known), WIDE * HIGH + 3)).astype(np.float32)
    shapes = Shapes()
    for _ in range(2):
        shapes.learn(Reading(known, (0.999,) * len(known), (0.0,) * len(known)), page)
    near = page[:1] + np.float32(0.23)  # as far from 0 as a first 6 is
    assert shapes.read(near) == read
