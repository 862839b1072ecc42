"""Hostile PDFs: streams that unpack to gigabytes, forms within forms, tables of a million cells, broken trees."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.hostile.inputs import CATALOGUE, FONT, Input, damaged, deflated, page_of, pdf, stream

_FLATE = b"/Filter /FlateDecode"
_MB = 1_000_000


def pdfs(examples: Path, seed: int) -> Iterator[Input]:
    """About a hundred."""
    for k, make in enumerate(_made()):
        yield Input(f"made-{k:02}.pdf", make)
    for source in sorted(examples.glob("*.pdf"))[:6]:
        for k in range(6):
            yield Input(f"damaged-{source.stem}-{k}.pdf", partial(_spoilt, source, seed + k))


def _spoilt(source: Path, seed: int) -> bytes:
    return damaged(source.read_bytes(), seed)


def _made() -> Iterator[Callable[[], bytes]]:
    for size in (20, 200, 1000, 3000):
        yield partial(_full_of, b" ", size * _MB)
        yield partial(_full_of, b"0 0 m 9 9 l S\n", size * _MB // 14)
    for unit in (
        b"BT /F1 9 Tf 50 50 Td (1,234.56) Tj ET\n",
        b"q 1 0 0 1 1 1 cm\n",
        b"0 0 10 10 re f\n",
        b"[",
        b"(",
        b"<<",
        b"q\n",
        b"BT\n",
        b"0 0 595 842 re W n\n",
        b"/F1 1 Tf\n",
        b"1 w 0 0 m 595 842 l S\n",
    ):
        for times in (100_000, 1_000_000):
            yield partial(_full_of, unit, times)
    for deep in (2, 3, 4):
        yield partial(_packed_again, deep)
    for lines in (100, 300, 1000, 5000):
        yield partial(_grid, lines, False)
        if lines <= 1000:
            yield partial(_grid, lines, True)
    for kind in (b"XObject", b"Pattern"):
        for deep in (1, 12, 30):
            yield partial(_forms, kind, deep)
    for width in (20_000, 60_000, 2**31 - 1):
        yield partial(_picture, width, width, b"/DeviceGray", 1)
        yield partial(_picture, width, 2000, b"/DeviceRGB", 8)
    for pages in (3100, 20_000):
        yield partial(_many_pages, pages)
    yield _looping_tree
    yield lambda: pdf([CATALOGUE, b"<< /Type /Pages /Count 999999999 /Kids [2 0 R] >>"])
    yield lambda: pdf([CATALOGUE, b"<< /Type /Pages /Count -1 /Kids [] >>"])
    yield _deep_tree
    for count in (1000, 100_000):
        yield partial(_fields, count)
    yield lambda: _unicode_map(
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        + b"100 beginbfrange <0000> <FFFF> <4E00> endbfrange\n" * 20_000
    )
    yield lambda: page_of(stream(b"BT /F1 1e38 Tf 1e38 -1e38 Td (1) Tj ET\n0 0 m nan inf l S\n" * 2000))
    yield lambda: page_of(stream(b"BT /F1 9 Tf (" + b"9" * 3_000_000 + b") Tj ET"))
    yield lambda: page_of(stream(zlib.compress(_clips(60_000)), _FLATE))
    yield lambda: page_of(stream(b"x" * 100, b"/Filter [" + b"/ASCIIHexDecode " * 50_000 + b"]"))
    yield lambda: b"%PDF-1.7\n" + b"1 0 obj << /Kids [" * 100_000
    yield lambda: b"%PDF-1.7\n" + b"stream\nendstream\n" * 2_000_000
    yield lambda: b"%PDF-1.7\n" + b"1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 500_000
    yield lambda: pdf([CATALOGUE], trailer=b"/Prev 9 ")
    yield lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF"


def _full_of(unit: bytes, times: int) -> bytes:
    return page_of(stream(deflated(unit, times), _FLATE))


def _packed_again(deep: int) -> bytes:
    data = deflated(b"\0", 1000 * _MB)
    for _ in range(deep - 1):
        data = zlib.compress(data, 9)
    return page_of(stream(data, b"/Filter [" + b"/FlateDecode " * deep + b"]"))


def _grid(lines: int, filled: bool) -> bytes:
    """A table of so many rows and columns, its cells with numbers."""
    step = 800 / lines
    out = [b"0.1 w"]
    for k in range(lines + 1):
        at = 20 + k * step
        out.append(
            b"20 %.3f m 580 %.3f l S %.3f 20 m %.3f 820 l S"
            % (at, at, 20 + k * step * 0.7, 20 + k * step * 0.7)
        )
    if filled:
        rng = random.Random(lines)
        size = max(step * 0.6, 0.05)
        for r in range(lines):
            for c in range(min(lines, 60_000 // lines)):
                out.append(
                    b"BT /F1 %.2f Tf %.3f %.3f Td (%d.%02d) Tj ET"
                    % (size, 20.2 + c * step * 0.7, 20.2 + r * step, rng.randrange(99), rng.randrange(100))
                )
    return page_of(stream(zlib.compress(b"\n".join(out)), _FLATE))


def _forms(kind: bytes, deep: int) -> bytes:
    """Each draws the next ten times; the last draws the first again."""
    objects = []
    first = 6
    for k in range(deep):
        other = first + (k + 1) % deep
        draw = b"/X Do\n" if kind == b"XObject" else b"/Pattern cs /X scn 0 0 99 99 re f\n"
        head = (
            b"/Type /XObject /Subtype /Form"
            if kind == b"XObject"
            else (b"/PatternType 1 /PaintType 1 /TilingType 1 /XStep 1 /YStep 1")
        )
        body = draw * 10 + b"0 0 m 9 9 l S\n"
        entries = b"%s /BBox [0 0 99 99] /Resources << /%s << /X %d 0 R >> >>" % (head, kind, other)
        objects.append(stream(body, entries))
    draw = b"/X Do\n" if kind == b"XObject" else b"/Pattern cs /X scn 0 0 595 842 re f\n"
    return page_of(stream(draw * 10), objects, b"/%s << /X 6 0 R >>" % kind)


def _picture(width: int, height: int, space: bytes, bits: int) -> bytes:
    data = deflated(b"\0", min(width * bits // 8 * min(height, 20_000), 400 * _MB))
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent %d %s" % (
        width,
        height,
        space,
        bits,
        _FLATE,
    )
    return page_of(stream(b"595 0 0 842 0 0 cm /X Do"), [stream(data, head)], b"/XObject << /X 6 0 R >>")


def _many_pages(count: int) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
    lines = b"".join(
        b"BT /F1 9 Tf 50 %d Td (item %d 1,234.%02d) Tj ET\n" % (800 - 9 * k, k, k) for k in range(60)
    )
    kids = b" ".join(b"%d 0 R" % (5 + k) for k in range(count))
    return pdf(
        [
            CATALOGUE,
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids),
            stream(lines),
            FONT,
            *[page] * count,
        ]
    )


def _looping_tree() -> bytes:
    node = b"<< /Type /Pages /Count 1000 /Parent 2 0 R /Kids [2 0 R 3 0 R 2 0 R] >>"
    return pdf([CATALOGUE, node, node])


def _deep_tree() -> bytes:
    deep = 20_000
    nodes = [b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (k + 3) for k in range(deep)]
    return pdf([CATALOGUE, *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>"])


def _fields(count: int) -> bytes:
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [9 9 99 99] /Contents (1,234.56) /AP << /N 6 0 R >> >>"
    form = stream(b"BT /F1 9 Tf (1,234.56) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 99 99]")
    listed = b"/Annots [%s] " % b" ".join(b"%d 0 R" % (7 + k) for k in range(count))
    return page_of(stream(b""), [form, *[note] * count], b"", listed)


def _unicode_map(content: bytes) -> bytes:
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /ToUnicode 7 0 R /DescendantFonts [8 0 R] >>"
    kind = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << >> >>"
    text = b"BT /F2 9 Tf 50 50 Td <" + b"0041" * 5000 + b"> Tj ET"
    page = page_of(stream(text), [font, stream(zlib.compress(content), _FLATE), kind])
    return page.replace(b"/F1 5 0 R", b"/F2 6 0 R", 1)


def _clips(count: int) -> bytes:
    return b"".join(
        b"q %d %d 5 5 re W n BT /F1 4 Tf %d %d Td (%d) Tj ET Q\n"
        % (k % 500, k // 90, k % 500, k // 90, k % 10)
        for k in range(count)
    )
