"""PDF written by hand: Chinese text in a font that every reader knows, rules, marks, layers, fields."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 595, 842
LEFTS = (50.0, 120.0, 300.0, 380.0, 460.0, 540.0)
"""The edges of the columns."""
TOP, STEP, SIZE = 740.0, 20.0, 10.0


def text(x: float, y: float, words: str, size: float = SIZE, before: str = "", matrix: str = "") -> str:
    """Words whose baseline begins at (x, y)."""
    place = f"{matrix} {x:.2f} {y:.2f} Tm" if matrix else f"1 0 0 1 {x:.2f} {y:.2f} Tm"
    return f"q BT {before} /F1 {size} Tf {place} <{words.encode('utf-16-be').hex()}> Tj ET Q\n"


def wide(words: str, size: float = SIZE) -> float:
    """How wide words are: Latin letters half a size, what is not Latin a size."""
    return sum(size / 2 if c.isascii() else size for c in words)


def line(x0: float, y0: float, x1: float, y1: float, before: str = "0.5 w") -> str:
    return f"q {before} {x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S Q\n"


def box(x0: float, y0: float, x1: float, y1: float, colour: str = "0.85 g") -> str:
    return f"q {colour} {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f Q\n"


def cell(r: int, c: int, words: str, number: bool = False, before: str = "", matrix: str = "") -> str:
    """Words in a cell of the grid; numbers stand at its right."""
    y = TOP - (r + 1) * STEP + 6
    x = LEFTS[c + 1] - 4 - wide(words) if number else LEFTS[c] + 4
    return text(x, y, words, before=before, matrix=matrix)


def rules(rows: int, before: str = "0.5 w") -> str:
    """A full grid of so many rows."""
    bottom = TOP - rows * STEP
    out = [line(LEFTS[0], TOP - r * STEP, LEFTS[-1], TOP - r * STEP, before) for r in range(rows + 1)]
    return "".join(out + [line(x, bottom, x, TOP, before) for x in LEFTS])


def pdf(pages: Sequence[str], extra: dict[str, str] | None = None, objects: Sequence[bytes] = ()) -> bytes:
    """Pages of drawing operators. ``extra``: entries of ``catalog``, ``page`` and ``resources``; ``objects`` are numbered from 10."""
    told = extra or {}
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1)"
        b" /Supplement 4 >> /DW 1000 /W [1 95 500 814 939 500] /FontDescriptor 5 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )
    first = 10 + len(objects)
    kids = [first + 2 * k for k in range(len(pages))]
    table: dict[int, bytes] = {
        1: f"<< /Type /Catalog /Pages 2 0 R {told.get('catalog', '')} >>".encode(),
        2: f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>".encode(),
        3: font[0], 4: font[1], 5: font[2],
    }  # fmt: skip
    table |= {10 + k: o for k, o in enumerate(objects)}
    for k, content in zip(kids, pages, strict=True):
        packed = zlib.compress(content.encode("latin-1"))
        table[k] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {k + 1} 0 R {told.get('page', '')}"
            f" /Resources << /Font << /F1 3 0 R >> {told.get('resources', '')} >> >>"
        ).encode()
        table[k + 1] = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    out = bytearray(b"%PDF-1.7\n")
    at = {}
    for n in sorted(table):
        at[n] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (n, table[n])
    start = len(out)
    most = max(table)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (most + 1)
    out += b"".join(
        b"%010d 00000 n \n" % at[n] if n in at else b"0000000000 65535 f \n" for n in range(1, most + 1)
    )
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (most + 1, start)
    return bytes(out)
