"""How well scans are read: `yibenzhang bench scans`, PDFs made into images and compared with themselves.

Each file's pages are drawn at a resolution, stored as JPEG in a PDF without characters, read back, and
compared number by number with what the native file says at the same place.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table as RichTable

from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.amounts import CellState, cell_state, narrow
from yibenzhang.model.documents import Cell, Document, Page, Paragraph, Table
from yibenzhang.model.issues import Severity
from yibenzhang.model.places import PagePlace
from yibenzhang.reading import read, read_data


@dataclass(frozen=True, slots=True)
class Wear:
    """How a page suffers: degrees askew, quarter turns in degrees, grain (standard deviation of 255), JPEG
    quality, a red seal over the middle of it."""

    skew: float = 0.0
    turn: int = 0
    noise: float = 0.0
    quality: int = 75
    seal: bool = False


CLEAN = Wear()


@dataclass(frozen=True, slots=True)
class Miss:
    """A number read otherwise: in which table cell, what the native file says and what was recognised."""

    file: str
    page: int
    native: str
    scanned: str
    sure: float
    number: bool


@dataclass(frozen=True, slots=True)
class Scanned:
    """One file as native and as scanned: seconds of processor time; tables and those of the same shape;
    numbers, those right before and after repair; cells with words and those right; findings (errors and
    warnings) of the native file, and those only the scan has and only the native file has."""

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
    raised: int
    new: int
    new_errors: int
    lost: int
    misses: tuple[Miss, ...]


def bench_scans(files: list[str], dpi: int, most: int, worn: Wear = CLEAN) -> Iterator[Scanned]:
    """File by file: at most ``most`` pages of each (0: all), those with tables first."""
    for file in files:
        native = read(file)
        chosen = _chosen(native, most)
        if not chosen:
            continue
        yield scanned(file, native, chosen, rasterised(file, chosen, dpi, worn))


def scanned(file: str, native: Document, chosen: list[int], data: bytes) -> Scanned:
    """The scan of some pages of a file read and compared with the same pages of its native reading."""
    start = time.process_time()
    document = read_data(file, data)
    seconds = time.process_time() - start
    return _compared(file, _part(native, chosen), document, seconds)


def _chosen(document: Document, most: int) -> list[int]:
    """Page numbers in order; those with tables go before those without where not all are wanted."""
    pages = [p for p in document.pages if p.blocks and not p.scanned]
    if most:
        pages.sort(key=lambda p: not any(isinstance(b, Table) for b in p.blocks))
        pages = pages[:most]
    return sorted(p.number for p in pages)


def rasterised(file: str, numbers: list[int], dpi: int, worn: Wear = CLEAN) -> bytes:
    """A PDF of images only: those pages drawn at that resolution, worn, as JPEG."""
    images = [worn_image(i, worn, n) for n, i in zip(numbers, images_of(file, numbers, dpi), strict=True)]
    return as_pdf(images, dpi, worn.quality)


def images_of(file: str, numbers: list[int], dpi: int) -> list[Image.Image]:
    """Those pages drawn at that resolution."""
    source = pdfium.PdfDocument(file)
    out = [source[n - 1].render(scale=dpi / 72).to_pil() for n in numbers]
    source.close()
    return out


def as_pdf(images: list[Image.Image], dpi: int, quality: int) -> bytes:
    """A PDF of images only, as JPEG."""
    out = io.BytesIO()
    images[0].save(
        out, "PDF", save_all=True, append_images=images[1:], resolution=float(dpi), quality=quality
    )
    return out.getvalue()


def worn_image(image: Image.Image, worn: Wear, seed: int) -> Image.Image:
    """What an office does to a page: it is stamped, lies askew, the paper is grey and the image grainy."""
    if worn.seal:
        image = _sealed(image.convert("RGB"))
    image = image if worn.seal else image.convert("L")
    image = image.rotate(worn.skew, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255) if worn.seal else 255)
    image = image.rotate(worn.turn, expand=True)
    if worn.noise:
        grain = np.random.default_rng(seed).normal(0, worn.noise, (image.height, image.width))
        paper = np.asarray(image, dtype=np.float64) * 0.92
        paper += grain if paper.ndim == 2 else grain[:, :, None]
        image = Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))
    return image


def _sealed(image: Image.Image) -> Image.Image:
    """A round red seal, as large as seals are (42 mm where the page is A4), in the middle of the page."""
    over = Image.new("RGB", image.size, (255, 255, 255))
    draw = ImageDraw.Draw(over)
    x, y, r = image.width / 2, image.height / 2, 0.1 * min(image.size)
    draw.ellipse((x - r, y - r, x + r, y + r), outline=(220, 30, 30), width=max(2, round(0.06 * r)))
    draw.ellipse((x - r / 3, y - r / 3, x + r / 3, y + r / 3), fill=(235, 60, 60))
    return Image.fromarray(np.minimum(np.asarray(image), np.asarray(over)))


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
                    words_right += plain(text) == plain(cell.text)
                    if plain(text) != plain(cell.text):
                        misses.append(Miss(file, page.number, cell.text, text, sure, False))
                    continue
                numbers += 1
                right += plain(text) == plain(cell.text)
                end = plain(_at(cell, last)[0])
                repaired += end == plain(cell.text)
                if end != plain(cell.text) or plain(text) != plain(cell.text):
                    misses.append(Miss(file, page.number, cell.text, text, sure, True))
    known, found = _raised(before), _raised(after)
    errors = _raised(after, Severity.ERROR) - _raised(before, Severity.ERROR)
    return Scanned(
        file,
        len(native.pages),
        seconds,
        tables,
        alike,
        numbers,
        right,
        repaired,
        words,
        words_right,
        known.total(),
        (found - known).total(),
        errors.total(),
        (known - found).total(),
        tuple(misses),
    )


def _raised(checked: Checked, only: Severity | None = None) -> Counter[tuple[str, str, str]]:
    """What a reviewer is asked to look at: every error and warning (or one of them), by rule and numbers."""
    return Counter(
        (f.rule, f.reported, f.expected)
        for f in checked.findings
        if f.severity == only or (only is None and f.severity != Severity.NOTICE)
    )


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


def plain(text: str) -> str:
    """Without blanks, full-width and half-width signs alike."""
    return "".join(narrow(text).split()).translate(_SIGNS)


def show_scans(console: Console, files: list[str], dpi: int, most: int, worn: Wear, format: str) -> None:
    """The measurement as a table for people, with every number read otherwise, or as JSON."""
    found = []
    for file in files:
        for one in bench_scans([file], dpi, most, worn):
            found.append(one)
            if format != "json":
                console.print(f"{one.file}：{one.pages} 页，每页 {one.seconds / one.pages:.2f} 秒")
                for m in one.misses:
                    if m.number:
                        console.print(f"  第{m.page}页 {m.native!r} 识别为 {m.scanned!r}（{m.sure:.2f}）")
    if format == "json":
        print(json.dumps([asdict(f) for f in found], ensure_ascii=False, indent=2))
        return
    total = {n: sum(getattr(f, n) for f in found) for n in Scanned.__slots__ if n not in ("file", "misses")}
    numbers, words = max(total["numbers"], 1), max(total["words"], 1)
    shown = RichTable(title=f"{len(found)} 个文件，{dpi} dpi", show_edge=False, show_header=False)
    for name, value in (
        ("页", f"{total['pages']}"),
        ("每页秒数（单核，处理器时间）", f"{total['seconds'] / max(total['pages'], 1):.2f}"),
        ("行列数与原文一致的表", f"{total['alike']} / {total['tables']}"),
        ("表内数字", f"{total['numbers']}"),
        ("识别正确", f"{total['right']}（{100 * total['right'] / numbers:.3f}%）"),
        ("按加总修正后正确", f"{total['repaired']}（{100 * total['repaired'] / numbers:.3f}%）"),
        (
            "文字格正确",
            f"{total['words_right']} / {total['words']}（{100 * total['words_right'] / words:.2f}%）",
        ),
        ("原文的错误和疑问", f"{total['raised']}"),
        ("扫描件多报", f"{total['new']}（其中错误 {total['new_errors']}）"),
        ("扫描件少报", f"{total['lost']}"),
    ):
        shown.add_row(name, value)
    console.print(shown)
