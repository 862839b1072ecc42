"""Small PDF files made by hand for the tests: text in Helvetica, ruling lines, images, damage."""

from __future__ import annotations

import zlib
from collections.abc import Mapping


def pdf(
    pages: list[str],
    width: int = 595,
    height: int = 842,
    rotate: int = 0,
    encrypt: bool = False,
    kept: Mapping[int, float] | None = None,
) -> bytes:
    """A PDF whose pages draw the given content streams; ``kept``: streams are packed, and of those pages (from 0) only
    so much of them is there."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    objects.append(
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x55\nendstream"
    )
    kids = []
    for number, content in enumerate(pages):
        stream, packed = content.encode("latin-1"), b""
        if kept is not None:
            stream, packed = zlib.compress(stream), b" /Filter /FlateDecode"
            stream = stream[: round(len(stream) * kept.get(number, 1.0))]
        objects.append(b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(stream), packed, stream))
        body = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Rotate %d /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> >>"
            % (width, height, rotate, body)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids), b" ".join(b"%d 0 R" % k for k in kids),
    )  # fmt: skip
    if encrypt:
        objects.append(
            b"<< /Filter /Standard /V 1 /R 2 /P -64 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"
        )
    out = bytearray(b"%PDF-1.4\n")
    at = []
    for n, body_bytes in enumerate(objects, start=1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body_bytes)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in at:
        out += b"%010d 00000 n \n" % offset
    extra = b" /Encrypt %d 0 R /ID [<00112233> <00112233>]" % len(objects) if encrypt else b""
    out += b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        extra,
        start,
    )
    return bytes(out)


def text(x: float, y: float, words: str, size: float = 10) -> str:
    return f"BT /F1 {size} Tf {x} {y} Td ({words}) Tj ET\n"


def grid(xs: list[float], ys: list[float], thin_boxes: bool = False) -> str:
    """Ruling lines at those positions, stroked or as thin filled boxes."""
    out = []
    for x in xs:
        out.append(
            f"{x} {min(ys)} 0.5 {max(ys) - min(ys)} re f\n"
            if thin_boxes
            else f"{x} {min(ys)} m {x} {max(ys)} l S\n"
        )
    for y in ys:
        out.append(
            f"{min(xs)} {y} {max(xs) - min(xs)} 0.5 re f\n"
            if thin_boxes
            else f"{min(xs)} {y} m {max(xs)} {y} l S\n"
        )
    return "".join(out)


def table(
    rows: list[list[str]],
    x: float = 50,
    y: float = 780,
    width: float = 90,
    height: float = 18,
    thin: bool = False,
) -> str:
    """A ruled table, its top left corner at (x, y)."""
    xs = [x + k * width for k in range(len(rows[0]) + 1)]
    ys = [y - k * height for k in range(len(rows) + 1)]
    out = [grid(xs, ys, thin)]
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            if words:
                out.append(text(xs[c] + 3, ys[r + 1] + 5, words))
    return "".join(out)


IMAGE = "q 400 0 0 400 50 200 cm /Im1 Do Q\n"
