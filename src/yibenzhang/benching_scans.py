"""How well scans are read: `yibenzhang bench scans`, PDFs made into images and compared with themselves.

Each file's pages are drawn at a resolution, stored as JPEG in a PDF without characters, read back, and
compared number by number with what the native file says at the same place.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pypdfium2 as pdfium

from yibenzhang.amounts import CellState, cell_state, narrow
from yibenzhang.checking import check_document
from yibenzhang.documents import Cell, Document, Page, Paragraph, Table
from yibenzhang.findings import Severity
from yibenzhang.places import PagePlace
from yibenzhang.reading import read, read_bytes

QUALITY = 75


@dataclass(frozen=True, slots=True)
class Miss:
    """A number read otherwise: in which table cell, what the native file says and what was recognised."""

    file: str
    page: int
    native: str
    scanned: str
    sure: float


@dataclass(frozen=True, slots=True)
class Scanned:
    """One file as native and as scanned: numbers right before and after repair, and the same for words."""

    file: str
    pages: int
    seconds: float
    tables: int
    alike: int
    numbers: int
    right: int
    repaired: int
    words: int
    words_right: int
    errors: int
    new_errors: int
    misses: tuple[Miss, ...]


def bench_scans(files: list[str], dpi: int, most: int) -> Iterator[Scanned]:
    """File by file: at most ``most`` pages of each (0: all), those with tables first."""
    for file in files:
        native = read(file)
        chosen = _chosen(native, most)
        if not chosen or native.scanned:
            continue
        data = rasterised(file, chosen, dpi)
        native = _part(native, chosen)
        start = time.process_time()
        document = read_bytes(data, file)
        seconds = time.process_time() - start
        yield _compared(file, native, document, seconds)


def _chosen(document: Document, most: int) -> list[int]:
    """Page numbers in order; those with tables go before those without where not all are wanted."""
    pages = [p for p in document.pages if p.blocks]
    if most:
        pages.sort(key=lambda p: not any(isinstance(b, Table) for b in p.blocks))
        pages = pages[:most]
    return sorted(p.number for p in pages)


def rasterised(file: str, numbers: list[int], dpi: int) -> bytes:
    """A PDF of images only: those pages drawn at that resolution, as JPEG."""
    source = pdfium.PdfDocument(file)
    images = [source[n - 1].render(scale=dpi / 72).to_pil().convert("RGB") for n in numbers]
    out = io.BytesIO()
    images[0].save(
        out, "PDF", save_all=True, append_images=images[1:], resolution=float(dpi), quality=QUALITY
    )
    source.close()
    return out.getvalue()


def _part(document: Document, numbers: list[int]) -> Document:
    """The document of those pages alone, numbered anew as its scan is."""
    new = {n: k for k, n in enumerate(numbers, start=1)}
    pages = [_numbered(p, new[p.number]) for p in document.pages if p.number in new]
    return replace(document, pages=tuple(pages))


def _numbered(page: Page, number: int) -> Page:
    blocks: list[Paragraph | Table] = []
    for block in page.blocks:
        if isinstance(block, Table):
            cells = tuple(replace(c, place=_moved(c, number)) for c in block.cells)
            blocks.append(replace(block, pages=(number,), cells=cells))
        else:
            blocks.append(replace(block, place=_moved(block, number)))
    return replace(page, number=number, blocks=tuple(blocks))


def _moved(thing: Cell | Paragraph, number: int) -> PagePlace:
    assert isinstance(thing.place, PagePlace)
    return replace(thing.place, page=number)


def _compared(file: str, native: Document, scanned: Document, seconds: float) -> Scanned:
    before = check_document(native)
    after = check_document(scanned)
    mended = after.document
    misses: list[Miss] = []
    numbers = right = repaired = words = words_right = tables = alike = 0
    theirs = {p.number: p for p in scanned.pages}
    finals = {p.number: p for p in mended.pages}
    for page in native.pages:
        own = [b for b in page.blocks if isinstance(b, Table)]
        there = theirs.get(page.number)
        other = [b for b in there.blocks if isinstance(b, Table)] if there else []
        final = finals.get(page.number)
        last = [b for b in final.blocks if isinstance(b, Table)] if final else []
        tables += len(own)
        shapes = [(t.rows, t.columns) for t in other]
        for table in own:
            alike += (table.rows, table.columns) in shapes
            for cell in table.cells:
                state = cell_state(cell.text)
                if state == CellState.BLANK and not _at(cell, other)[0].strip():
                    continue
                text, sure = _at(cell, other)
                if state is None:
                    words += 1
                    words_right += _plain(text) == _plain(cell.text)
                    if _plain(text) != _plain(cell.text):
                        misses.append(Miss(file, page.number, cell.text, text, sure))
                    continue
                numbers += 1
                right += _plain(text) == _plain(cell.text)
                end = _plain(_at(cell, last)[0])
                repaired += end == _plain(cell.text)
                if end != _plain(cell.text) or _plain(text) != _plain(cell.text):
                    misses.append(Miss(file, page.number, cell.text, text, sure))
    known = {(f.rule, f.message) for f in before.findings if f.severity == Severity.ERROR}
    new = [f for f in after.findings if f.severity == Severity.ERROR and (f.rule, f.message) not in known]
    return Scanned(
        file, len(native.pages), seconds, tables, alike, numbers, right, repaired, words, words_right,
        len(known), len(new), tuple(misses),
    )  # fmt: skip


def _at(cell: Cell, tables: list[Table]) -> tuple[str, float]:
    """What the other reading has at the middle of that cell."""
    assert isinstance(cell.place, PagePlace)
    x, y = (cell.place.x0 + cell.place.x1) / 2, (cell.place.top + cell.place.bottom) / 2
    for table in tables:
        for c in table.cells:
            p = c.place
            if isinstance(p, PagePlace) and p.x0 <= x <= p.x1 and p.top <= y <= p.bottom:
                return c.text, c.sure
    return "", 0.0


_SIGNS = str.maketrans({"（": "(", "）": ")", "，": ",", "：": ":", "；": ";", "—": "-", "–": "-", "一": "-"})


def _plain(text: str) -> str:
    """Without blanks, full-width and half-width signs alike."""
    return "".join(narrow(text).split()).translate(_SIGNS)
