"""Conditions of scans: the control as a picture, worn as copiers and stamps wear it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from bench.conditions.canvas import HEIGHT, LEFTS, STEP, TOP, WIDTH, pdf
from bench.conditions.judging import Condition
from bench.conditions.pdfs import jpeg, one, page, picture_of


@cache
def _clean(dpi: int) -> Image.Image:
    return picture_of(one(page()), dpi)


def _as_pdf(image: Image.Image) -> bytes:
    content = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im1 Do Q\n"
    return pdf([content], {"resources": "/XObject << /Im1 10 0 R >>"}, [jpeg(image)])


def _as_file(image: Image.Image, kind: str, dpi: int = 200) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, dpi=(dpi, dpi))
    return out.getvalue()


def _askew(degrees: float, dpi: int = 200) -> Image.Image:
    return _clean(dpi).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))


def _sealed(image: Image.Image, dpi: int = 200) -> Image.Image:
    """A red seal over numbers."""
    scale = dpi / 72
    out = image.copy()
    over = Image.new("RGB", out.size, (255, 255, 255))
    draw = ImageDraw.Draw(over)
    x, y = LEFTS[3] * scale, (HEIGHT - TOP + 6 * STEP) * scale
    r = 55 * scale
    draw.ellipse((x - r, y - r, x + r, y + r), outline=(220, 30, 30), width=int(4 * scale))
    draw.ellipse((x - r / 3, y - r / 3, x + r / 3, y + r / 3), fill=(235, 60, 60))
    return Image.fromarray(np.minimum(np.asarray(out), np.asarray(over)))


def _noisy(sigma: float) -> Image.Image:
    grain = np.random.default_rng(1).normal(0, sigma, (_clean(200).height, _clean(200).width, 1))
    return Image.fromarray(
        np.clip(np.asarray(_clean(200), dtype=np.float64) + grain, 0, 255).astype(np.uint8)
    )


def _framed() -> Image.Image:
    """The black edge of a copier all around."""
    out = _clean(200).copy()
    ImageDraw.Draw(out).rectangle((8, 8, out.width - 9, out.height - 9), outline=(0, 0, 0), width=6)
    return out


def conditions() -> Iterator[Condition]:
    """All conditions of scans; they need the extra ``ocr``, without which every page is told."""
    made: dict[str, Callable[[], bytes]] = {
        "150 dpi": lambda: _as_pdf(_clean(150)),
        "300 dpi": lambda: _as_pdf(_clean(300)),
        "PNG": lambda: _as_file(_clean(200), "PNG"),
        "TIFF": lambda: _as_file(_clean(200), "TIFF"),
        "grey": lambda: _as_file(_clean(200).convert("L"), "PNG"),
        "black and white": lambda: _as_file(_clean(300).convert("1"), "PNG", 300),
        "askew by 1 degree": lambda: _as_pdf(_askew(1.0)),
        "askew by -2.4 degrees": lambda: _as_pdf(_askew(-2.4)),
        "upside down": lambda: _as_pdf(_clean(200).rotate(180)),
        "lying on its side": lambda: _as_file(_clean(200).rotate(90, expand=True), "PNG"),
        "noise": lambda: _as_pdf(_noisy(12)),
        "blurred": lambda: _as_pdf(_clean(200).filter(ImageFilter.GaussianBlur(0.8))),
        "seal over numbers": lambda: _as_pdf(_sealed(_clean(200))),
        "askew with a seal": lambda: _as_pdf(_sealed(_askew(2.0))),
        "frame of the copier": lambda: _as_pdf(_framed()),
        "grey paper": lambda: _as_pdf(Image.fromarray((np.asarray(_clean(200)) * 0.8).astype(np.uint8))),
        "blank page": lambda: _as_pdf(Image.new("RGB", (1654, 2339), (255, 255, 255))),
    }
    for name, make in made.items():
        yield Condition("scan", name, make)
