"""Hostile pictures: more pixels than memory, a thousand pages, noise that looks like print."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator

from PIL import Image, ImageDraw

from bench.hostile.inputs import Input, damaged, deflated


def _png(width: int, height: int, bits: int = 1, rows: int | None = None) -> bytes:
    """Declared so large; ``rows`` of it are there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = 1 + (width * bits + 7) // 8
    head = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    data = deflated(b"\0", min(line * (height if rows is None else rows), 300_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _noise(width: int, height: int, seed: int, kind: str = "PNG") -> bytes:
    image = Image.frombytes("L", (width, height), random.Random(seed).randbytes(width * height))
    return _saved(image, kind)


def _saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def _pattern(step: int, lines: bool) -> Image.Image:
    """A page of short strokes, or of ruling lines, so many pixels apart."""
    image = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(image)
    for y in range(20, 2320, step):
        if lines:
            pen.line((20, y, 1634, y), 0)
            continue
        for x in range(20, 1630, step):
            pen.line((x, y, x + step // 2, y + step // 2), 0, 2)
    for x in range(20, 1634, step) if lines else ():
        pen.line((x, 20, x, 2319), 0)
    return image


def _tiff(count: int, image: Image.Image) -> bytes:
    return _saved(
        image, "TIFF", save_all=True, append_images=[image] * (count - 1), compression="tiff_deflate"
    )


def pictures(seed: int) -> Iterator[Input]:
    """About forty."""
    blank = Image.new("L", (200, 280), 255)
    made: dict[str, Callable[[], bytes]] = {
        "large-50000.png": lambda: _png(50_000, 50_000),
        "large-9000.png": lambda: _png(9000, 9000, 8),
        "large-7000.png": lambda: _png(7000, 8000, 8),
        "largest.png": lambda: _png(2**31 - 1, 2**31 - 1, 8, 10),
        "unfinished.png": lambda: _png(5000, 5000, 8, 100),
        "thin.png": lambda: _png(60_000, 1, 8),
        "tall.png": lambda: _png(40, 60_000, 8),
        "dot.png": lambda: _png(1, 1, 8),
        "noise.png": lambda: _noise(1654, 2339, seed),
        "noise-large.png": lambda: _noise(6000, 8000, seed),
        "noise.jpg": lambda: _noise(1654, 2339, seed, "JPEG"),
        "strokes-12.png": lambda: _saved(_pattern(12, False), "PNG"),
        "strokes-30.png": lambda: _saved(_pattern(30, False), "PNG"),
        "lines-8.png": lambda: _saved(_pattern(8, True), "PNG"),
        "lines-20.png": lambda: _saved(_pattern(20, True), "PNG"),
        "black.png": lambda: _saved(Image.new("L", (1654, 2339), 0), "PNG"),
        "frames-1200.tif": lambda: _tiff(1200, blank),
        "frames-1200-a4.tif": lambda: _tiff(1200, Image.new("1", (1654, 2339), 1)),
        "frames-200-lines.tif": lambda: _tiff(200, _pattern(40, True).convert("1")),
        "frames-40-strokes.tif": lambda: _tiff(40, _pattern(40, False).convert("1")),
        "loop.tif": lambda: b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00" * 100,
        "tags.tif": lambda: (
            b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\x00\x01\x04\x00\xff\xff\xff\xff\x08\x00\x00\x00" * 65_535
        ),
        "deep.png": lambda: _png(3000, 3000, 16),
        "colours.png": lambda: _saved(Image.new("RGBA", (3000, 4000), (255, 0, 0, 9)), "PNG"),
        "print.jpg": lambda: _saved(Image.new("CMYK", (2000, 3000)), "JPEG"),
        "moving.png": lambda: _saved(blank, "PNG", save_all=True, append_images=[blank] * 200),
    }
    for name, make in made.items():
        yield Input(name, make)
    sound = _pattern(60, False)
    for kind in ("PNG", "JPEG", "TIFF"):
        data = _saved(sound, kind)
        for k in range(4):
            yield Input(f"damaged-{k}.{kind.lower()}", lambda d=data, k=k: damaged(d, seed + k))  # type: ignore[misc]
