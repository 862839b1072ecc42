"""Scans made for the tests: pages of the shipped examples as images, worn as copiers wear them."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

from bench.scans import Wear, rasterised, worn_image

__all__ = ["Wear", "images", "packed", "rasterised"]


def images(path: Path, pages: list[int], dpi: int, worn: Wear | None = None) -> list[Image.Image]:
    """Those pages (from 1) as images."""
    source = pdfium.PdfDocument(path)
    out = [worn_image(source[n - 1].render(scale=dpi / 72).to_pil(), worn or Wear(), n) for n in pages]
    source.close()
    return out


def packed(found: list[Image.Image], kind: str, dpi: int) -> bytes:
    """An image file of that kind, several pages where it can hold them."""
    out = io.BytesIO()
    if kind == "TIFF":
        found[0].save(
            out, kind, save_all=True, append_images=found[1:], dpi=(dpi, dpi), compression="tiff_lzw"
        )
    else:
        found[0].save(out, kind, dpi=(dpi, dpi))
    return out.getvalue()
