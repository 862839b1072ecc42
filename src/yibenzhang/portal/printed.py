"""A number as it stands printed: its table as it was read with the cell lit, and the picture of its page."""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from yibenzhang.ledger.connecting import quoted
from yibenzhang.ledger.store import Ledger
from yibenzhang.portal.reading import Disclosure
from yibenzhang.processes.confining import Limits, begin, settle
from yibenzhang.web.picturing import end_with_parent

LIMITS = Limits(seconds=20.0)
_WIDTH = 1100
_KEPT = 64
_AROUND = 40
"""So many rows above and below the number are shown of its table."""
_BOX = re.compile(r"p(\d+):(-?\d+),(-?\d+),(-?\d+),(-?\d+)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table as it was read; ``lit``: it is the number that is looked at."""

    printed: str
    fact: str
    standing: str
    lit: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """A number, what is said of it, and the rows of its table around it: labels, headings and cells."""

    fact: str
    title: str
    label: str
    heading: str
    printed: str
    unit: str
    value: Any
    standing: str
    page: int | None
    file: str
    place: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    words: str = ""


_NAMES = (
    '"table", title, panel, "row", "column", label, heading, printed, unit_name, value, standing, page, '
    "file, place, fact"
)


def printed_number(ledger: Ledger, batch: str, disclosure: Disclosure, fact: str) -> Printed | None:
    """The number of a document by its identity; None where there is none."""
    import duckdb

    con = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    try:
        facts = quoted(str(ledger.batches / batch / "facts.parquet"))
        chosen = con.execute(
            f"SELECT {_NAMES} FROM read_parquet({facts}) WHERE document = ? AND fact = ?",
            [disclosure.document, fact],
        ).fetchone()
        if chosen is None:
            return _figure(con, ledger, batch, disclosure, fact)
        table, title, panel, row, _, label, heading, printed, unit, value, standing, page, file, place, _ = (
            chosen
        )
        around = con.execute(
            f'SELECT "row", "column", label, heading, printed, standing, fact FROM read_parquet({facts}) '
            'WHERE document = ? AND "table" = ? AND panel = ? AND "row" BETWEEN ? AND ? ORDER BY "row", "column"',
            [disclosure.document, table, panel, row - _AROUND, row + _AROUND],
        ).fetchall()
    finally:
        con.close()
    headings, rows = _grid(around, fact)
    return Printed(
        fact, title, label, heading, printed, unit, value, standing, page, file, place, headings, rows
    )


def _figure(con: Any, ledger: Ledger, batch: str, disclosure: Disclosure, fact: str) -> Printed | None:
    file = quoted(str(ledger.batches / batch / "figures.parquet"))
    found = con.execute(
        "SELECT section, words, printed, unit_name, value, standing, page, file, place FROM "
        f"read_parquet({file}) WHERE document = ? AND fact = ?",
        [disclosure.document, fact],
    ).fetchone()
    if found is None:
        return None
    section, words, printed, unit, value, standing, page, name, place = found
    return Printed(fact, section, "", "", printed, unit, value, standing, page, name, place, (), (), words)


def _grid(
    around: Sequence[tuple[Any, ...]], fact: str
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[Cell | None, ...]], ...]]:
    columns = sorted({r[1] for r in around})
    heads = {r[1]: r[3] for r in around}
    rows: dict[int, tuple[str, dict[int, Cell]]] = {}
    for row, column, label, _, printed, standing, name in around:
        cells = rows.setdefault(row, (label, {}))[1]
        cells[column] = Cell(printed, name, standing, name == fact)
    with_numbers = [
        (label, cells) for label, cells in rows.values() if any(c.printed for c in cells.values())
    ]
    return tuple(heads[c] for c in columns), tuple(
        (label, tuple(cells.get(c) for c in columns)) for label, cells in with_numbers
    )


class Pages:
    """Pictures of pages with a cell lit, drawn in a process of its own; the last ones are kept."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, str], bytes] = OrderedDict()

    def png(self, path: str, sha256: str, place: str, printed: str) -> bytes | None:
        """The page that a place is on; None where the file is not there any more, is another one or is no PDF."""
        key = (path, sha256, place)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            try:
                made = self._running().submit(_draw, path, sha256, place, printed).result(LIMITS.seconds)
            except (BrokenProcessPool, TimeoutError):
                self.close()
                return None
            if made is not None:
                self._kept[key] = made
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            return made

    def _running(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, get_context("spawn"), _confined)
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _confined() -> None:
    end_with_parent()
    settle(LIMITS)


def _draw(path: str, sha256: str, place: str, printed: str) -> bytes | None:
    """Runs in the process that draws."""
    import pypdfium2 as pdfium

    from yibenzhang.model.leaves import Leaf
    from yibenzhang.reading import ReadingError
    from yibenzhang.reading.archives import bytes_of
    from yibenzhang.showing.pictures import Drawer

    begin(LIMITS)
    found = _BOX.fullmatch(place)
    if found is None:
        return None
    number, *box = map(int, found.groups())
    try:
        stored = Path(path).parent  # a file of the workbench lies under its hash, with its name behind it
        data = bytes_of(stored if stored.name == sha256 else path)
        if hashlib.sha256(data).hexdigest() != sha256 or not data.startswith(b"%PDF"):
            return None
        document = pdfium.PdfDocument(data)
        page = document[number - 1]
        turn, lit = _turned(page, box, printed)
        width, height = page.get_size()
        if turn in (90, 270):
            width, height = height, width
        page.close()
        document.close()
        leaf = Leaf(1, 0, number, "picture", "", width, height, turn=turn)
        made = Drawer().picture(lambda: data, "", "pdf", leaf, _WIDTH)
    except (ReadingError, OSError, pdfium.PdfiumError, IndexError):
        return None
    return _lit(made, box, width) if lit else made


def _turned(page: Any, box: Sequence[int], printed: str) -> tuple[int, bool]:
    """How the page was turned to be read: so that the number is found in its box; and whether it is to be lit. A page
    without any text is a scan: it is taken as it lies."""
    import ctypes

    import pypdfium2.raw as raw

    text = page.get_textpage()
    try:
        if not text.count_chars():
            return 0, True
        width, height = page.get_size()
        for turn in (0, 90, 270, 180):
            size = (width, height) if turn in (0, 180) else (height, width)
            corners = []
            for x, y in ((box[0], box[1]), (box[2], box[3])):
                px, py = ctypes.c_double(), ctypes.c_double()
                raw.FPDF_DeviceToPage(
                    page.raw, 0, 0, round(size[0]), round(size[1]), turn // 90, round(x), round(y), px, py
                )
                corners.append((px.value, py.value))
            (xs, ys) = zip(*corners, strict=True)
            found = text.get_text_bounded(min(xs) - 2, min(ys) - 2, max(xs) + 2, max(ys) + 2)
            if _digits(printed) and _digits(printed) in _digits(found):
                return turn, True
        return 0, False
    finally:
        text.close()


def _digits(text: str) -> str:
    return re.sub(r"[^\d.]", "", text)


def _lit(made: bytes, box: Sequence[int], width: float) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.open(io.BytesIO(made)).convert("RGB")
    scale = image.width / width
    x0, top, x1, bottom = (v * scale for v in box)
    over = Image.new("RGB", image.size, "#fff3b0")
    area = tuple(map(round, (x0 - 3, top - 3, x1 + 3, bottom + 3)))
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).rectangle(area, fill=150)
    from PIL import ImageChops

    image = Image.composite(ImageChops.multiply(image, over), image, mask)
    ImageDraw.Draw(image).rectangle(area, outline="#c2410c", width=3)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=3)
    return out.getvalue()
