"""What an input is, and how small pieces of files are made; all by a seed, none of it taken from a real file."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Input:
    """A file of this name, made when it is wanted: some are large."""

    name: str
    make: Callable[[], bytes]


def zipped(parts: Mapping[str, str | bytes], level: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as z:
        for name, data in parts.items():
            z.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, level)
    return out.getvalue()


def deflated(unit: bytes, times: int, level: int = 9) -> bytes:
    """So many times ``unit``, packed without ever being whole in memory."""
    packing = zlib.compressobj(level)
    block, rest = unit * max(1, 1_000_000 // len(unit)), times
    per = max(1, 1_000_000 // len(unit))
    out = []
    while rest >= per:
        out.append(packing.compress(block))
        rest -= per
    out.append(packing.compress(unit * rest))
    out.append(packing.flush())
    return b"".join(out)


def damaged(data: bytes, seed: int) -> bytes:
    """Some bytes changed, a piece left out, doubled or cut off, as the seed says."""
    rng = random.Random(seed)
    out = bytearray(data)
    way = rng.randrange(5)
    if way == 0:
        del out[rng.randrange(len(out) // 4, len(out)) :]
    for _ in range(rng.choice((1, 5, 50, 500)) if way else 0):
        out[rng.randrange(len(out))] = rng.randrange(256)
    a = rng.randrange(len(out))
    b = min(len(out), a + rng.randrange(1, 5000))
    if way == 2:
        del out[a:b]
    elif way == 3:
        out[a:a] = out[a:b] * 50
    elif way == 4:
        out[a:b] = bytes(b - a)
    return bytes(out)


def pdf(objects: Sequence[bytes], root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        root,
        trailer,
        at,
    )
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def page_of(
    content: bytes, more: Sequence[bytes] = (), resources: bytes = b"", entries: bytes = b""
) -> bytes:
    """A PDF of one page: object 4 is its content, ``more`` are the objects from 6 on."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> %s >> %s>>"
        % (resources, entries)
    )
    pages = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
    return pdf([CATALOGUE, pages, page, content, FONT, *more])
